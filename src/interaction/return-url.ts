const maxUrlLength = 2_048;

/** Never resolved: only the parser's opinion of a path is wanted. */
const anyOrigin = 'http://local.invalid';

/**
 * Whether a text is a path of this application: what `Location` may say without leaving the origin.
 *
 * It must start with one `/`, hold no backslash, no control character, no whitespace and nothing that is one when
 * percent-decoded at its start (`/%2f`, `/%5c`, `/%09`), be at most 2,048 characters, and still be a path of the same
 * origin, not starting with `//`, after the WHATWG parser has resolved its dots (`/..//evil`).
 */
export function isLocalUrl(text: unknown): text is string {
  return typeof text === 'string' && parseLocal(text) !== undefined;
}

/**
 * A return URL as path, query and fragment in ASCII, ready for `Location`; undefined when it is not ours.
 *
 * @param origin own origin such as `https://app.example`; an absolute URL of it is reduced to its path and checked again
 */
export function toLocalUrl(text: unknown, origin?: string): string | undefined {
  if (typeof text !== 'string') return undefined;
  if (origin !== undefined && text.length <= maxUrlLength && text.startsWith(`${origin}/`)) {
    return parseLocal(text.slice(origin.length));
  }
  return parseLocal(text);
}

function parseLocal(text: string): string | undefined {
  if (text.length > maxUrlLength || text.charCodeAt(0) !== 47) return undefined;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit <= 32 || unit === 92 || unit === 127 || (unit >= 0x80 && (unit <= 0xa0 || isSpecial(unit))))
      return undefined;
  }
  if (!isPlainStart(text)) return undefined;
  if (isPlainPath(text)) return text;
  try {
    const url = new URL(text, anyOrigin);
    if (url.origin !== anyOrigin || url.username !== '' || url.password !== '') return undefined;
    const local = url.pathname + url.search + url.hash;
    return isPlainStart(local) ? local : undefined;
  } catch {
    return undefined;
  }
}

/** Characters that some software takes for a slash, a blank or a change of direction. */
function isSpecial(unit: number): boolean {
  return (
    (unit >= 0x2000 && unit <= 0x200f) ||
    (unit >= 0x2028 && unit <= 0x202f) ||
    (unit >= 0x205f && unit <= 0x206f) ||
    (unit >= 0xd800 && unit <= 0xdfff) ||
    unit === 0x2044 ||
    unit === 0x2215 ||
    unit === 0xff0f ||
    unit === 0xff3c ||
    unit === 0xfeff ||
    unit === 0x3000
  );
}

/** One slash, then neither a slash nor something that decodes to a slash, a backslash, a control or another `%`. */
function isPlainStart(text: string): boolean {
  const second = text.charCodeAt(1);
  if (second === 47 || second === 92) return false;
  return second !== 37 || !/^\/%(?:2f|5c|25|[01][0-9a-f]|20|7f)/i.test(text); // accepts "/%C3", refuses "/%2fevil"
}

/**
 * Letters, digits, `-`, `_`, `~` and slashes, in a query also `=`, `&`, `.`, `%` and `+`: the parser would return
 * them as they are, so it is spared.
 */
function isPlainPath(text: string): boolean {
  let inQuery = false;
  for (let index = 1; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const plain =
      (unit >= 97 && unit <= 122) ||
      (unit >= 65 && unit <= 90) ||
      (unit >= 48 && unit <= 57) ||
      unit === 45 ||
      unit === 95 ||
      unit === 126;
    if (plain || unit === 47) continue;
    // An empty query is dropped by the parser.
    if (unit === 63 && index + 1 < text.length) inQuery = true;
    else if (!inQuery || (unit !== 61 && unit !== 38 && unit !== 46 && unit !== 37 && unit !== 43)) return false;
  }
  return true;
}
