import { ownFields } from '../own-fields.js';
import { decodeClaims } from './claims.js';
import { maxTextLength, maxWidth } from './read.js';

/** One challenge of a `WWW-Authenticate` value. */
export interface Challenge {
  /** auth-scheme in lower case: `bearer`, `pop`, `basic`. */
  readonly scheme: string;
  /** auth-params, names in lower case, values unescaped. The first of a repeated name counts. */
  readonly parameters: ReadonlyMap<string, string>;
  /** token68 credentials, for schemes that use them (`Negotiate oYG…`). */
  readonly token68?: string;
}

const SPACE = 32;
const TAB = 9;
const COMMA = 44;
const EQUALS = 61;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Schemes that start a new challenge even where the comma before them is missing. */
const knownSchemes = new Set(['bearer', 'pop', 'dpop', 'basic', 'digest', 'negotiate', 'ntlm', 'mutual', 'hoba']);

/** Unescaped JSON is looked for at most this often in one value: each search may run to the end of the text. */
const maxJsonSearches = 8;

/** One value on its way through the parser. */
interface Scan {
  readonly text: string;
  jsonSearches: number;
}

/**
 * All challenges of a `WWW-Authenticate` value, in order; an empty list when there is none.
 *
 * One linear pass over at most 16 KiB, and forgiving where real servers are not strict: unquoted URIs (Microsoft Graph),
 * several challenges in one value, any case, missing commas, quotes that are not escaped inside raw JSON
 * (Microsoft.Identity.Web), a Java `Map.toString()` in braces with blanks and commas in its values (Spring), a
 * quoted-string that never ends. Text inside quotes is never read as parameters.
 *
 * @param header one field value, or the values of several fields
 * @see RFC 9110 section 11.6.1 (WWW-Authenticate), RFC 6750 section 3
 */
export function parseChallenges(header: string | readonly string[] | null | undefined): Challenge[] {
  const challenges: Challenge[] = [];
  const values = typeof header === 'string' ? [header] : Array.isArray(header) ? header.slice(0, maxWidth) : [];
  for (const value of values as readonly unknown[]) if (typeof value === 'string') parseValue(value, challenges);
  return challenges;
}

function parseValue(header: string, challenges: Challenge[]): void {
  const text = header.slice(0, maxTextLength);
  const scan: Scan = { text, jsonSearches: 0 };
  /** Between the braces of a printed map there are only parameters, no schemes. */
  let inMap = false;
  let current: { scheme: string; parameters: Map<string, string>; token68?: string } | undefined;
  let at = 0;
  while (at < text.length && challenges.length < maxWidth) {
    const start = at;
    while (isTokenUnit(text.charCodeAt(at))) at += 1;
    if (at === start) {
      // A separator, or a stray quoted-string: it is stepped over as a whole, so that nothing inside is a parameter.
      const unit = text.charCodeAt(at);
      if (unit === OPEN_BRACE && current?.parameters.size === 0) inMap = true;
      else if (unit === CLOSE_BRACE) inMap = false;
      at = unit === QUOTE ? readQuoted(scan, at, false).next : at + 1;
      continue;
    }
    const word = text.slice(start, at);
    const afterSpaces = skipSpaces(text, at);
    if (text.charCodeAt(afterSpaces) === EQUALS) {
      const name = word.toLowerCase();
      const valueStart = skipSpaces(text, afterSpaces + 1);
      const value =
        text.charCodeAt(valueStart) === QUOTE
          ? readQuoted(scan, valueStart, name === 'claims')
          : readBare(scan, valueStart, inMap);
      at = value.next;
      if (current !== undefined && !current.parameters.has(name)) current.parameters.set(name, value.text);
      continue;
    }
    if (inMap) continue;
    current = { scheme: word.toLowerCase(), parameters: new Map() };
    challenges.push(current);
    const tokenStart = afterSpaces;
    const token = readToken68(text, tokenStart);
    if (token !== undefined) {
      current.token68 = token;
      at = tokenStart + token.length;
    }
  }
}

/** token68 directly after a scheme: one run without blanks that is followed by a comma or the end and is no parameter. */
function readToken68(text: string, start: number): string | undefined {
  let end = start;
  while (isToken68Unit(text.charCodeAt(end))) end += 1;
  if (end === start) return undefined;
  while (text.charCodeAt(end) === EQUALS) end += 1;
  const after = skipSpaces(text, end);
  return after >= text.length || text.charCodeAt(after) === COMMA ? text.slice(start, end) : undefined;
}

/**
 * An unquoted value: a URI (Microsoft Graph), raw JSON, words up to the next comma, parameter or scheme, or an entry of a
 * Java `Map.toString()`, which runs to the next `, name=` or to the closing brace.
 */
function readBare(scan: Scan, start: number, inMap: boolean): { text: string; next: number } {
  const { text } = scan;
  if (text.charCodeAt(start) === OPEN_BRACE) {
    const end = findJsonEnd(scan, start);
    if (end !== undefined) return { text: text.slice(start, end), next: end };
  }
  let end = start;
  while (end < text.length) {
    const unit = text.charCodeAt(end);
    if (unit === CLOSE_BRACE || (unit === COMMA && !inMap)) break;
    if (unit !== COMMA && unit !== SPACE && unit !== TAB) {
      end += 1;
      continue;
    }
    const word = skipSpaces(text, end + 1);
    let wordEnd = word;
    while (isTokenUnit(text.charCodeAt(wordEnd))) wordEnd += 1;
    const isName = wordEnd > word && text.charCodeAt(skipSpaces(text, wordEnd)) === EQUALS;
    const isScheme = !inMap && knownSchemes.has(text.slice(word, wordEnd).toLowerCase());
    if (isName || isScheme) break;
    // A comma directly behind the blanks is looked at by the next round.
    end = wordEnd;
  }
  return { text: text.slice(start, end).trimEnd(), next: end };
}

/**
 * A quoted-string from its opening quote. Raw JSON that somebody put between quotes without escaping (only claims: a
 * realm may be `{`) is read to its matching brace; a string that never ends is read to the end of the value.
 */
function readQuoted(scan: Scan, start: number, mayBeJson: boolean): { text: string; next: number } {
  const { text } = scan;
  if (
    mayBeJson &&
    text.charCodeAt(start + 1) === OPEN_BRACE &&
    text.charCodeAt(skipSpaces(text, start + 2)) === QUOTE
  ) {
    const end = findJsonEnd(scan, start + 1);
    if (end !== undefined && text.charCodeAt(end) === QUOTE) return { text: text.slice(start + 1, end), next: end + 1 };
  }
  let value = '';
  let run = start + 1;
  let at = run;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return { text: value + text.slice(run, at), next: at + 1 };
    if (unit === BACKSLASH && at + 1 < text.length) {
      value += text.slice(run, at) + text.charAt(at + 1);
      at += 2;
      run = at;
    } else at += 1;
  }
  return { text: value + text.slice(run, at), next: at };
}

function findJsonEnd(scan: Scan, start: number): number | undefined {
  if (scan.jsonSearches >= maxJsonSearches) return undefined;
  scan.jsonSearches += 1;
  return endOfJson(scan.text, start);
}

/** Index after the brace that closes the JSON object starting at `start`, minding strings and escapes. */
export function endOfJson(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === BACKSLASH) at += 1;
      else if (unit === QUOTE) inString = false;
    } else if (unit === QUOTE) inString = true;
    else if (unit === OPEN_BRACE) depth += 1;
    else if (unit === CLOSE_BRACE) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

function skipSpaces(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB) at += 1;
  return at;
}

/** tchar of RFC 9110 section 5.6.2. */
export function isTokenUnit(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 94 && unit <= 122) ||
    unit === 33 ||
    (unit >= 35 && unit <= 39) ||
    unit === 42 ||
    unit === 43 ||
    unit === 45 ||
    unit === 46 ||
    unit === 124 ||
    unit === 126
  );
}

function isToken68Unit(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 97 && unit <= 122) ||
    unit === 45 ||
    unit === 46 ||
    unit === 95 ||
    unit === 126 ||
    unit === 43 ||
    unit === 47
  );
}

/** What a set of challenges asks for, from the one challenge that asks for most. */
export interface ChallengeReading {
  readonly oauthError?: string;
  readonly claims?: string;
  readonly claimsDropped: boolean;
  readonly scopes?: readonly string[];
  readonly description?: string;
  readonly authorizationUri?: string;
  /** RFC 9470: authentication context values asked for. */
  readonly acrValues?: string;
  /** `consent`, as Microsoft.Identity.Web's APIs ask for it. */
  readonly proposedAction?: string;
}

/**
 * The challenge to react to: usable claims with `insufficient_claims` first, then any usable claims beside an error the
 * resource documents for it (`invalid_token` at Azure Resource Manager), then any Bearer or PoP challenge with an error,
 * then the first one that names an authorization server.
 */
export function readChallenges(challenges: readonly Challenge[]): ChallengeReading | undefined {
  let best: Challenge | undefined;
  let bestScore = -1;
  let bestClaims: string | undefined;
  let isAsked = false;
  for (const challenge of challenges) {
    const { scheme, parameters } = challenge;
    if (scheme !== 'bearer' && scheme !== 'pop') continue;
    const sent = parameters.get('claims');
    const claims = decodeClaims(sent);
    if (sent !== undefined) isAsked = true;
    const error = parameters.get('error');
    const score =
      (claims === undefined ? 0 : error === 'insufficient_claims' ? 64 : 32) +
      (error === undefined ? 0 : 8) +
      (parameters.has('authorization_uri') ? 2 : 0) +
      (scheme === 'bearer' ? 1 : 0);
    if (score > bestScore) {
      best = challenge;
      bestScore = score;
      bestClaims = claims;
    }
  }
  if (best === undefined) return undefined;
  const { parameters } = best;
  const scope = parameters.get('scope') ?? parameters.get('scopes');
  // Absent fields are not found in a polluted prototype.
  return ownFields<ChallengeReading>({
    ...optional('oauthError', parameters.get('error')),
    ...optional('claims', bestClaims),
    claimsDropped: isAsked && bestClaims === undefined,
    ...optional('scopes', scope === undefined ? undefined : scope.split(/[ ,]/).filter(Boolean).slice(0, maxWidth)),
    ...optional('description', parameters.get('error_description') ?? parameters.get('errordescription')),
    ...optional('authorizationUri', parameters.get('authorization_uri')),
    ...optional('acrValues', parameters.get('acr_values')),
    ...optional('proposedAction', parameters.get('proposedaction')),
  });
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}
