import { ownFields } from '../own-fields.js';

/** What may be said in a `WWW-Authenticate` challenge. Values are plain text; the writer quotes and escapes. */
export interface ChallengeInput {
  /** auth-scheme. @defaultValue `Bearer` */
  readonly scheme?: string;
  readonly realm?: string;
  readonly authorizationUri?: string;
  readonly clientId?: string;
  readonly error?: string;
  readonly errorDescription?: string;
  readonly scope?: string | readonly string[];
  /** Decoded claims JSON; written as padded base64. Left out when longer than 6,000 base64 characters. */
  readonly claims?: string;
  /** RFC 9470 */
  readonly acrValues?: string | readonly string[];
  /** RFC 9470: seconds, a non-negative integer. */
  readonly maxAge?: number;
}

/** So that a header block stays below 8 KiB, which proxies refuse above. */
export const maxHeaderClaims = 6_000;
/** The whole value; with the other headers of an answer still below 8 KiB. */
const maxChallengeLength = 7_680;
const maxValueLength = 512;
/** What goes first when everything together is too long; without them the challenge still says what is asked for. */
const droppable = ['error_description', 'acr_values', 'client_id', 'realm', 'scope'];

/**
 * One valid challenge for `WWW-Authenticate`.
 *
 * The only writer of that header. It cannot produce anything RFC 9110 or RFC 6750 forbid: values are quoted-strings of
 * printable ASCII, `error` and `scope` keep only the characters RFC 6750 allows, other characters become a blank, and
 * claims go whole (base64) or not at all.
 *
 * @see RFC 9110 section 11.6.1, RFC 6750 section 3, RFC 9470 section 3
 */
export function formatChallenge(input: ChallengeInput): string {
  const challenge = ownFields(input);
  const scheme =
    challenge.scheme !== undefined && /^[A-Za-z][A-Za-z0-9-]{0,31}$/.test(challenge.scheme)
      ? challenge.scheme
      : 'Bearer'; // refuses "a b"
  const parameters = new Map<string, string>();
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) parameters.set(name, `${name}="${value}"`);
  };
  add('realm', challenge.realm === undefined ? undefined : quotable(challenge.realm));
  add('authorization_uri', uri(challenge.authorizationUri));
  add('client_id', nonEmpty(challenge.clientId));
  add('error', nonEmpty(challenge.error));
  add('error_description', nonEmpty(challenge.errorDescription));
  add('scope', scopeText(challenge.scope));
  add('claims', challenge.claims === undefined ? undefined : keptBase64(challenge.claims));
  add('acr_values', scopeText(challenge.acrValues));
  if (challenge.maxAge !== undefined && Number.isSafeInteger(challenge.maxAge) && challenge.maxAge >= 0) {
    add('max_age', String(challenge.maxAge));
  }
  let text = join(scheme, parameters);
  for (const name of droppable) {
    if (text.length <= maxChallengeLength) break;
    parameters.delete(name);
    text = join(scheme, parameters);
  }
  return text;
}

function join(scheme: string, parameters: ReadonlyMap<string, string>): string {
  let text = scheme;
  for (const parameter of parameters.values()) text += text === scheme ? ` ${parameter}` : `, ${parameter}`;
  return text;
}

/** One policy challenges many requests with the very same directive. */
let lastClaims: { readonly claims: string; readonly base64: string | undefined } = { claims: '', base64: undefined };

function keptBase64(claims: string): string | undefined {
  if (claims !== lastClaims.claims) lastClaims = { claims, base64: base64Of(claims) };
  return lastClaims.base64;
}

/** @returns undefined for claims that a header cannot carry whole */
function base64Of(claims: string): string | undefined {
  const bytes = Buffer.from(claims, 'utf8');
  // Lone surrogates do not survive UTF-8: such claims would not be the ones that were sent.
  const isWhole = bytes.length > 0 && bytes.toString('utf8') === claims;
  return isWhole && claimsFitHeader(claims) ? bytes.toString('base64') : undefined;
}

/** Whether {@link formatChallenge} would leave these claims out. */
export function claimsFitHeader(claims: string): boolean {
  return Math.ceil(Buffer.byteLength(claims, 'utf8') / 3) * 4 <= maxHeaderClaims;
}

/**
 * %x20-21 / %x23-5B / %x5D-7E, the set RFC 6750 allows in error and error_description: printable ASCII without `"` and
 * `\`, so nothing ever needs an escape. Everything else becomes a blank.
 */
function quotable(text: string): string {
  return text.slice(0, maxValueLength).replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, ' '); // accepts "a b", changes "é" and CR
}

function nonEmpty(text: string | undefined): string | undefined {
  const value = text === undefined ? '' : quotable(text).trim();
  return value === '' ? undefined : value;
}

/** A URI is written whole or not at all: half an address is worse than none. */
function uri(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= maxValueLength && /^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)
    ? text
    : undefined; // refuses "a b"
}

/** scope-token *( SP scope-token ) of RFC 6749 section 3.3; a token with other characters is left out. */
function scopeText(scope: string | readonly string[] | undefined): string | undefined {
  if (scope === undefined) return undefined;
  const tokens = typeof scope === 'string' ? scope.split(' ') : scope;
  let text = '';
  for (const token of tokens) {
    if (!/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(token)) continue; // accepts "User.Read", refuses "a b"
    if (text.length + token.length > 1024) break;
    text += text === '' ? token : ` ${token}`;
  }
  return text === '' ? undefined : text;
}
