/** Attributes of our cookies: always HttpOnly, path `/`. */
export interface CookieSettings {
  /** https: `Secure` and the `__Host-` prefix, which binds a cookie to this very host. */
  readonly secure: boolean;
}

/** Browsers refuse a cookie over 4,096 bytes with its attributes; longer values are split. */
const maxCookieValue = 3_600;
const maxParts = 4;

/** `__Host-name` on https, `name` on http (only for development on loopback). */
export function cookieName(name: string, { secure }: CookieSettings): string {
  return secure ? `__Host-${name}` : name;
}

/**
 * `Set-Cookie` values for one named value, split into `name`, `name.1`, … when it is long.
 *
 * @param crossSite the cookie must come along with a POST from Entra (`response_mode=form_post`)
 * @param maxAgeSeconds 0 deletes the cookie
 */
export function setCookies(
  name: string,
  value: string,
  maxAgeSeconds: number,
  settings: CookieSettings,
  crossSite = false,
): string[] {
  // SameSite=None needs Secure; on http the attribute is left out, which Chromium treats as Lax with two minutes of POST.
  const sameSite = !crossSite ? '; SameSite=Lax' : settings.secure ? '; SameSite=None' : '';
  const attributes = `; Path=/; HttpOnly; Max-Age=${String(maxAgeSeconds)}${sameSite}${settings.secure ? '; Secure' : ''}`;
  const full = cookieName(name, settings);
  if (value.length <= maxCookieValue) return [`${full}=${value}${attributes}`];
  const cookies: string[] = [];
  for (let part = 0; part < maxParts && part * maxCookieValue < value.length; part += 1) {
    const piece = value.slice(part * maxCookieValue, (part + 1) * maxCookieValue);
    cookies.push(`${full}${part === 0 ? '' : `.${String(part)}`}=${piece}${attributes}`);
  }
  return cookies;
}

/** The value of a cookie, its parts joined; undefined when it is not there. One linear pass over at most 16 KiB. */
export function readCookie(header: string | undefined, name: string, settings: CookieSettings): string | undefined {
  if (header === undefined || header === '') return undefined;
  const full = cookieName(name, settings);
  let value = findCookie(header, full);
  if (value === undefined) return undefined;
  for (let part = 1; part < maxParts; part += 1) {
    const more = findCookie(header, `${full}.${String(part)}`);
    if (more === undefined) break;
    value += more;
  }
  return value;
}

/** Names of our cookies that start with a prefix, to clear what abandoned sign-ins left behind. */
export function cookieNames(header: string | undefined, prefix: string, settings: CookieSettings): string[] {
  const full = cookieName(prefix, settings);
  return (header ?? '')
    .slice(0, 16_384)
    .split(';')
    .map((pair) => pair.slice(0, Math.max(0, pair.indexOf('='))).trim())
    .filter((name) => name.startsWith(full) && !name.includes('.'))
    .map((name) => name.slice(full.length - prefix.length));
}

function findCookie(header: string, name: string): string | undefined {
  let at = header.indexOf(`${name}=`);
  while (at >= 0) {
    const before = at === 0 ? 59 : header.charCodeAt(at - 1);
    if (before === 59 || before === 32) {
      const start = at + name.length + 1;
      const end = header.indexOf(';', start);
      return header.slice(start, end < 0 ? header.length : end).trim();
    }
    at = header.indexOf(`${name}=`, at + 1);
  }
  return undefined;
}
