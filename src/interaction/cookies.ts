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
 * `Set-Cookie` values for one named value, split into `name`, `name.1`, … when it is long; none when it would not fit
 * four cookies. A part of full length says that another one follows (an empty one at the end, if need be), so that a
 * part left over from an older, longer value is never joined to a newer one.
 *
 * @param crossSite the cookie must come along with a POST from Entra (`response_mode=form_post`)
 */
export function setCookies(
  name: string,
  value: string,
  maxAgeSeconds: number,
  settings: CookieSettings,
  crossSite = false,
): string[] {
  const parts = Math.floor(value.length / maxCookieValue) + 1;
  if (parts > maxParts) return [];
  const full = cookieName(name, settings);
  const attributes = attributesOf(maxAgeSeconds, settings, crossSite);
  if (parts === 1) return [`${full}=${value}${attributes}`];
  return Array.from({ length: parts }, (_, part) => {
    const piece = value.slice(part * maxCookieValue, (part + 1) * maxCookieValue);
    return `${partName(full, part)}=${piece}${attributes}`;
  });
}

/** `Set-Cookie` values that delete a cookie and those of its parts that this browser sent. */
export function clearCookies(
  header: string | undefined,
  name: string,
  settings: CookieSettings,
  crossSite = false,
): string[] {
  const full = cookieName(name, settings);
  const attributes = attributesOf(0, settings, crossSite);
  const cleared = [`${full}=${attributes}`];
  for (let part = 1; part < maxParts; part += 1) {
    const other = partName(full, part);
    if (header !== undefined && findCookie(header, other) !== undefined) cleared.push(`${other}=${attributes}`);
  }
  return cleared;
}

/** SameSite=None needs Secure; on http the attribute is left out, which Chromium treats as Lax with two minutes of POST. */
function attributesOf(maxAgeSeconds: number, { secure }: CookieSettings, crossSite: boolean): string {
  const sameSite = !crossSite ? '; SameSite=Lax' : secure ? '; SameSite=None' : '';
  return `; Path=/; HttpOnly; Max-Age=${String(maxAgeSeconds)}${sameSite}${secure ? '; Secure' : ''}`;
}

const partName = (full: string, part: number): string => (part === 0 ? full : `${full}.${String(part)}`);

/** The value of a cookie, its parts joined; undefined when it is not there. */
export function readCookie(header: string | undefined, name: string, settings: CookieSettings): string | undefined {
  if (header === undefined || header === '') return undefined;
  const full = cookieName(name, settings);
  let value = findCookie(header, full);
  for (let part = 1; part < maxParts && value?.length === part * maxCookieValue; part += 1) {
    value += findCookie(header, partName(full, part)) ?? '';
  }
  return value;
}

/** Names of our cookies that start with a prefix, oldest first, to clear what abandoned sign-ins left behind. */
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
