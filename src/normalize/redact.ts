import { isHex, maxTextLength } from './read.js';

const mark = '[redacted]';

/**
 * Names whose value is a secret or personal wherever `name=value`, `name: value` or `"name":"value"` appears.
 * `code` alone is one only in `code=` of a URL or form, never in `error code: 50076`.
 */
const secretNames = new Set(
  (
    'access_token refresh_token id_token client_secret client_assertion assertion password passwd pwd secret nonce ' +
    'code_verifier device_code session_state id_token_hint login_hint username user_name upn preferred_username email ' +
    'unique_name authorization cookie set-cookie x-ms-refreshtokencredential api_key apikey sig sharedaccesskey ' +
    'accountkey clientsecret accesstoken refreshtoken idtoken clientassertion logonhint loginhint userassertion ' +
    'authorizationcode codeverifier devicecode signature'
  ).split(' '),
);
/** Only with `=` directly behind them: `?code=…&state=…`. */
const secretInForms = new Set(['code', 'state', 'client_info', 'x-client-info', 'samlresponse', 'wresult']);
/** Also as a JSON member; `"code":"…"` is not one: Graph and Node keep their error codes there. */
const secretInJson = new Set(['state', 'client_info', 'samlresponse']);
/** Members of a claims directive too (OpenID Connect Core section 5.5), where they hold an object. */
const directiveNames = new Set(['access_token', 'id_token']);
/** Their value is a list of `name=value` pairs with attributes: all of it goes, up to the end of the line or string. */
const cookieNames = new Set(['cookie', 'set-cookie']);
const schemes = new Set(['bearer', 'basic', 'pop', 'dpop']);

/**
 * A text without tokens, authorization codes, assertions, secrets, cookies, e-mail addresses, user names and IP
 * addresses. AADSTS and OAuth codes, trace and correlation ids, times and GUIDs stay: they are what support needs.
 *
 * Cuts to 16 KiB first, then walks the text once word by word. URL-encoded separators count as what they stand for.
 */
export function redactText(input: string): string {
  const text = input.slice(0, maxTextLength);
  const view = decodeSeparators(text);
  let out = '';
  let kept = 0;
  let at = 0;
  const hide = (from: number, to: number): void => {
    out += text.slice(kept, from) + mark;
    kept = to;
  };
  while (at < view.length) {
    if (!isWordUnit(view.charCodeAt(at))) {
      // "::1" has no word in front; "Type::1" has.
      const end = view.startsWith('::', at) && !isWordUnit(view.charCodeAt(at - 1)) ? endOfIpv6(view, at) : at;
      if (end > at) hide(at, end);
      at = Math.max(end, at + 1);
      continue;
    }
    const start = at;
    let dots = 0;
    let atSign = -1;
    while (at < view.length) {
      const unit = view.charCodeAt(at);
      if (unit === 46) dots += 1;
      else if (unit === 64) atSign = at;
      else if (unit === 35 && lengthOfGuestMark(view, at) > 0) at += lengthOfGuestMark(view, at) - 1;
      else if (!isWordUnit(unit)) break;
      at += 1;
    }
    // The full stop of a sentence is no part of the word before it, which starts with something else.
    let last = at;
    while (view.charCodeAt(last - 1) === 46) last -= 1;
    dots -= at - last;
    const ipv6End = view.charCodeAt(at) === 58 ? endOfIpv6(view, start) : start;
    const word = view.slice(start, Math.min(last, start + 40)).toLowerCase();
    if (ipv6End > start) {
      hide(start, ipv6End);
      at = ipv6End;
    } else if (schemes.has(word)) {
      const value = skipTo(view, at, ' ');
      const end = value === at ? at : indexOfAny(` \t\r\n,;"'`, view, value);
      // "Bearer authentication" and `Bearer authorization_uri="…"` hold no token.
      if (end - value >= 12 && !/^[a-z_]{1,24}=?$/.test(view.slice(value, end))) {
        hide(value, end);
        at = end;
      }
    } else if (secretNames.has(word) || secretInForms.has(word)) {
      const value = valueAfter(view, at, secretInForms.has(word), secretInJson.has(word));
      const isOpen =
        value === undefined ||
        isHarmless(view, value) ||
        (word === 'code' && isErrorLink(view, start, value)) ||
        (directiveNames.has(word) && isObject(view, value));
      if (!isOpen) {
        const end = cookieNames.has(word) ? endOfCookies(view, value) : endOfValue(view, value);
        if (end > value) {
          hide(value, end);
          at = end;
        }
      }
    } else if (atSign > start && at - atSign > 3) {
      hide(start, last);
    } else if (isToken(view, start, last) || isIpAddress(view, start, last, dots)) {
      hide(start, last);
    }
  }
  return out + text.slice(kept);
}

/**
 * The text with `%3D`, `%22`, `\u0026` and the like replaced by the character they stand for, repeated to the same
 * length, so that positions stay those of the text.
 */
function decodeSeparators(text: string): string {
  // accepts "%3D", "%253d" and "\u0026"; refuses "%2B"
  return text.replace(/(?:%(?:25){0,2}|\\u00)(?:0[ad]|2[02367cf]|3[abdf]|40|5[bcd]|7[bd])/gi, (match) =>
    String.fromCharCode(Number.parseInt(match.slice(-2), 16)).repeat(match.length),
  );
}

/** `#EXT#` in the user name of a guest, `jane_contoso.com#EXT#@fabrikam.onmicrosoft.com`; 0 for any other `#`. */
function lengthOfGuestMark(text: string, at: number): number {
  return /^#{1,5}EXT#{1,5}/i.exec(text.slice(at, at + 13))?.[0].length ?? 0; // accepts "#EXT#", refuses "#code"
}

/**
 * Letters, digits, `_`, `-`, `~`, `+`, `%` and all of non-ASCII (mail addresses may hold it). Inside a word also `.` and
 * `@`, but not in front of it: `@password` and `...password` are `password`.
 */
function isWordUnit(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 48 && unit <= 57) ||
    (unit >= 65 && unit <= 90) ||
    unit === 95 ||
    unit === 45 ||
    unit === 126 ||
    unit === 43 ||
    unit === 37 ||
    (unit > 127 && unit !== 8220 && unit !== 8221 && unit !== 8216 && unit !== 8217 && unit !== 160)
  );
}

/** A JWT (`eyJ` and two dots), Entra's opaque code or refresh token (`0.A…`, `1.A…`, `M.…`), or a long random word. */
function isToken(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length < 20) return false;
  if (text.startsWith('eyJ', start)) return true;
  if (length >= 24 && text.charCodeAt(start + 1) === 46 && /[01M]/.test(text.charAt(start))) return true; // accepts "0.AAAA", refuses "login.microsoft"
  if (length < 32 || isGuidLike(text, start, end)) return false;
  let upper = false;
  let lower = false;
  let digit = false;
  for (let at = start; at < end && at < start + 512; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 65 && unit <= 90) upper = true;
    else if (unit >= 97 && unit <= 122) lower = true;
    else if (unit >= 48 && unit <= 57) digit = true;
  }
  return digit && (length >= 40 || (upper && lower));
}

function isGuidLike(text: string, start: number, end: number): boolean {
  return end - start === 36 && text.charCodeAt(start + 8) === 45 && text.charCodeAt(start + 13) === 45;
}

function isIpAddress(text: string, start: number, end: number, dots: number): boolean {
  if (dots !== 3) return false;
  const parts = text.slice(start, end).split('.');
  return parts.every((part) => part.length > 0 && part.length <= 3 && Number(part) <= 255 && !/\D/.test(part)); // accepts "10", refuses "v1"
}

function skipTo(text: string, at: number, units: string): number {
  let next = at;
  while (next < text.length && next - at < 24 && units.includes(text.charAt(next))) next += 1;
  return next;
}

/** Where the value starts after `name=`, `name: ` or `"name":"`; undefined when the name is used as a word. */
function valueAfter(text: string, at: number, formOnly: boolean, inJson: boolean): number | undefined {
  if (formOnly && text.charCodeAt(at) === 61) return skipTo(text, at, '=');
  if (formOnly && !(inJson && `"\\`.includes(text.charAt(at)))) return undefined;
  const separator = skipTo(text, at, `"'\\ `);
  const unit = text.charCodeAt(separator);
  if (unit !== 61 && unit !== 58) return undefined;
  let value = skipTo(text, separator + 1, `"'\\ =:`);
  if (text.charAt(value) === '[' && `"\\`.includes(text.charAt(value + 1))) value = skipTo(text, value + 1, `"'\\`);
  // `Authorization: Bearer …`: the scheme stays.
  const scheme = /^(?:bearer|basic|pop|dpop) /i.exec(text.slice(value, value + 7)); // accepts "Basic dXNl", refuses "Basically"
  return scheme === null ? value : skipTo(text, value + scheme[0].length, ' ');
}

/** Index of the first of these characters, or the end. */
function indexOfAny(units: string, text: string, start: number): number {
  let at = start;
  while (at < text.length && !units.includes(text.charAt(at))) at += 1;
  return at;
}

function endOfValue(text: string, start: number): number {
  const quote = text.charAt(start - 1);
  if (quote === '"' || quote === "'") {
    let at = start;
    // Inside an escaped string (`\"password\":\"…\"`) the closing quote has a backslash before it as well.
    const isEscaped = text.charAt(start - 2) === '\\';
    while (at < text.length && text.charAt(at) !== quote) {
      if (text.charAt(at) === '\\') {
        if (isEscaped) return at;
        at += 1;
      }
      at += 1;
    }
    return Math.min(at, text.length);
  }
  return indexOfAny(` \t\r\n,;&"'}`, text, start);
}

/** To the end of the line, of the string or of the JSON list; blanks, `;`, `=`, `]` and commas belong to the value. */
function endOfCookies(text: string, start: number): number {
  const quote = text.charAt(start - 1);
  const stops = `\r\n${quote === "'" ? quote : '"'}`;
  let at = indexOfAny(stops, text, start);
  // The next member of a list of cookies: `["a=1; path=/","b=2"]`.
  const isList = text.slice(Math.max(0, start - 3), start).includes('[');
  while (isList && text.startsWith(`${quote},${quote}`, at)) at = indexOfAny(stops, text, at + 3);
  return at;
}

/** `https://login.microsoftonline.com/error?code=50076`: the code of an error, not one to redeem. */
function isErrorLink(text: string, name: number, value: number): boolean {
  // accepts "/error?" and what an encoded "?" was replaced by; refuses "/callback?"
  return (
    /\/error\?{1,5}$/.test(text.slice(Math.max(0, name - 12), name)) &&
    /^\d{4,9}(?![\w.~-])/.test(text.slice(value, value + 10))
  );
}

/** `"access_token":{"acrs":…}` of a claims directive; the members of the object are looked at one by one. */
const isObject = (text: string, value: number): boolean => /^\{\s{0,8}[\\"'}]/.test(text.slice(value, value + 12)); // accepts `{"nbf":`, refuses "{secret}"

/** `password: null`, `assertion: AADSTS50013` and the like name no secret. */
function isHarmless(text: string, value: number): boolean {
  const code = /^AADSTS\d{3,9}\.?/.exec(text.slice(value, value + 16))?.[0]; // accepts "AADSTS50013. X", refuses "AADSTSx"
  if (code !== undefined) {
    // A whole word, not the start of a password or a user name.
    const after = text.charCodeAt(value + code.length);
    return !isWordUnit(after) && after !== 64;
  }
  return /^(?:null|undefined)(?![\w-])/.test(text.slice(value, value + 10)); // accepts "null,", refuses "nullable1"
}

/** Index behind an IPv6 address that starts here, else the start. `09:05:00` and `std::string` are none. */
function endOfIpv6(text: string, start: number): number {
  let at = start;
  let colons = 0;
  let group = 0;
  let hasDigit = false;
  while (at - start < 46) {
    const unit = text.charCodeAt(at);
    if (unit === 58) {
      // No address has three in a row: a text of nothing but colons is left at once.
      if (at - start >= 2 && text.startsWith('::', at - 2)) break;
      colons += 1;
      group = 0;
    } else if (isHex(unit)) {
      group += 1;
      hasDigit ||= unit < 58;
      if (group > 4) return start;
    } else break;
    at += 1;
  }
  // `::ffff:203.0.113.7`, as Node writes the address of an IPv4 client.
  const lastOctets = /^(?:\.\d{1,3}){3}/.exec(text.slice(at, at + 12))?.[0] ?? ''; // accepts ".0.113.7", refuses ". Next"
  at += lastOctets.length;
  const isAddress = hasDigit && (colons === (lastOctets === '' ? 7 : 6) || text.slice(start, at).includes('::'));
  const after = text.charCodeAt(at);
  return isAddress && !(isWordUnit(after) && after !== 37) ? at : start;
}
