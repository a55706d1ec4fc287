import type { RequestKind } from '../types.js';

/** Longest header looked at; a longer one is cut, which costs a client with 4 KiB of languages its last ones. */
const maxHeaderLength = 4_096;

/** Header values that decide the kind of request. */
export interface KindHeaders {
  readonly authorization?: string | undefined;
  readonly secFetchMode?: string | undefined;
  readonly secFetchDest?: string | undefined;
  readonly requestedWith?: string | undefined;
  readonly accept?: string | undefined;
}

/**
 * Who is asking: a person's browser navigating, a script in a page, or an API client.
 *
 * A bearer token means API. Then the Fetch metadata, which scripts cannot forge, then `X-Requested-With`, then `Accept`:
 * without HTML in it (or with `*` alone, as curl and fetch send it) the client is a script.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function requestKind(headers: KindHeaders, mode: 'auto' | 'web' | 'api'): RequestKind {
  if (mode === 'api') return 'api';
  if (mode === 'auto' && headers.authorization !== undefined && /^(?:bearer|pop) /i.test(headers.authorization))
    return 'api'; // accepts "Bearer x"
  if (headers.secFetchMode !== undefined) return headers.secFetchMode === 'navigate' ? 'navigation' : 'script';
  if (headers.secFetchDest !== undefined) return headers.secFetchDest === 'document' ? 'navigation' : 'script';
  if (headers.requestedWith !== undefined) return 'script';
  return prefersHtml(headers.accept) ? 'navigation' : 'script';
}

/**
 * Whether `Accept` prefers text/html to application/json, as `accepts(['json', 'html'])` answers it. Absent and `*`
 * mean JSON.
 *
 * @see RFC 9110 section 12.5.1
 */
export function prefersHtml(accept: string | undefined): boolean {
  // The usual values of scripts and API clients.
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return false;
  const text = accept.length > maxHeaderLength ? accept.slice(0, maxHeaderLength) : accept;
  // Only a quality can rule JSON out where HTML is not named.
  if (!/html|text\/\*|q/i.test(text)) return false; // accepts "text/*", refuses "*/*"
  const json: Preference = { quality: 0, specificity: 0, order: -1 };
  const html: Preference = { quality: 0, specificity: 0, order: -1 };
  let at = 0;
  for (let order = 0; at < text.length; order += 1) {
    const range = readRange(text, at);
    consider(json, range, 'application', 'json', order);
    consider(html, range, 'text', 'html', order);
    at = range.end + 1;
  }
  // Not `<= 0`: a quality that is no number accepts nothing.
  if (!(html.quality > 0)) return false;
  if (!(json.quality > 0)) return true;
  return (html.quality - json.quality || html.specificity - json.specificity || json.order - html.order) > 0;
}

interface Preference {
  quality: number;
  specificity: number;
  order: number;
}

interface MediaRange {
  /** `text/html`, lower case. */
  readonly name: string;
  readonly quality: number;
  /** Has parameters besides `q`, all of them without a value: they fit any type and make the range more specific. */
  readonly isSpecific: boolean;
  /** Has a parameter with a value: it fits neither of our two types. */
  readonly isOther: boolean;
  /** Index of the comma behind it. */
  readonly end: number;
}

/** `type/subtype;q=0.5` from here to the next comma; of equal parameters the first counts, quoted values may hold commas. */
function readRange(text: string, start: number): MediaRange {
  let at = endOfValue(text, start);
  const name = part(text, start, at).toLowerCase();
  const seen = new Set<string>();
  let quality = 1;
  let isSpecific = false;
  let isOther = false;
  while (text.charAt(at) === ';') {
    const keyStart = at + 1;
    at = keyStart;
    while (at < text.length && !';,='.includes(text.charAt(at))) at += 1;
    if (text.charAt(at) !== '=') continue;
    const key = part(text, keyStart, at).toLowerCase();
    const { value, end } = readValue(text, at + 1);
    at = end;
    if (value === undefined || seen.has(key)) continue;
    seen.add(key);
    if (key === 'q') quality = value === '' ? 1 : Number.parseFloat(value);
    else if (value === '' || value === '*') isSpecific = true;
    else isOther = true;
  }
  return { name, quality, isSpecific, isOther, end: at };
}

/** A token or quoted-string; undefined when its closing quote is missing, which takes the rest of the header. */
function readValue(text: string, start: number): { readonly value: string | undefined; readonly end: number } {
  const first = skipBlanks(text, start);
  if (text.charAt(first) !== '"') {
    const end = endOfValue(text, first);
    return { value: part(text, first, end), end };
  }
  let value = '';
  for (let at = first + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '"') return { value, end: endOfValue(text, at) };
    if (text.charAt(at) === '\\' && at + 1 < text.length) at += 1;
    value += text.charAt(at);
  }
  return { value: undefined, end: text.length };
}

function endOfValue(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charAt(at) !== ';' && text.charAt(at) !== ',') at += 1;
  return at;
}

function isBlank(unit: number): boolean {
  return unit === 32 || unit === 9;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** The text between two places without the blanks around it. */
function part(text: string, start: number, end: number): string {
  const first = skipBlanks(text, start);
  let last = end;
  while (last > first && isBlank(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(Math.min(first, last), last);
}

/** The most specific range counts, of equals the one with the higher quality, then the later one. */
function consider(best: Preference, range: MediaRange, type: string, subtype: string, order: number): void {
  if (range.isOther) return;
  const slash = range.name.indexOf('/');
  if (slash < 0) return;
  const [rangeType, rangeSubtype] = [range.name.slice(0, slash), range.name.slice(slash + 1)];
  if ((rangeType !== type && rangeType !== '*') || (rangeSubtype !== subtype && rangeSubtype !== '*')) return;
  const specificity = (rangeType === type ? 4 : 0) + (rangeSubtype === subtype ? 2 : 0) + (range.isSpecific ? 1 : 0);
  if ((best.specificity - specificity || best.quality - range.quality || best.order - order) < 0) {
    best.quality = range.quality;
    best.specificity = specificity;
    best.order = order;
  }
}

/** Tags of other spellings and regions, lower case, as the tag of a built-in locale. */
const languageAliases: ReadonlyMap<string, string> = new Map([
  ['pt', 'pt-BR'],
  ['zh', 'zh-Hans'],
  ['zh-cn', 'zh-Hans'],
  ['zh-sg', 'zh-Hans'],
  ['zh-my', 'zh-Hans'],
  ['zh-tw', 'zh-Hant'],
  ['zh-hk', 'zh-Hant'],
  ['zh-mo', 'zh-Hant'],
  ['no', 'nb'],
  ['nn', 'nb'],
  ['iw', 'he'],
]);

/** Finds the best locale for an `Accept-Language` value; made once from the supported tags. */
export function createLocaleMatcher(
  supported: readonly string[],
  fallback: string,
): (acceptLanguage: string | undefined) => string {
  const byName = new Map<string, string>();
  for (const tag of supported) byName.set(tag.toLowerCase(), tag);
  for (const [alias, tag] of languageAliases) if (supported.includes(tag) && !byName.has(alias)) byName.set(alias, tag);

  const find = (range: string): string | undefined => {
    let tag = range.toLowerCase();
    for (;;) {
      const found = byName.get(tag);
      if (found !== undefined) return found;
      const dash = tag.lastIndexOf('-');
      if (dash < 0) return undefined;
      tag = tag.slice(0, dash);
    }
  };

  const match = (acceptLanguage: string): string => {
    const text = acceptLanguage.length > maxHeaderLength ? acceptLanguage.slice(0, maxHeaderLength) : acceptLanguage;
    let best: string | undefined;
    let bestQuality = 0;
    for (const entry of text.split(',', 64)) {
      const semicolon = entry.indexOf(';');
      const range = (semicolon < 0 ? entry : entry.slice(0, semicolon)).trim();
      if (range.length === 0 || range.length > 35) continue;
      const quality = semicolon < 0 ? 1 : readQuality(entry.slice(semicolon + 1));
      if (quality <= bestQuality) continue;
      const tag = range === '*' ? fallback : find(range);
      if (tag === undefined) continue;
      best = tag;
      bestQuality = quality;
      if (quality === 1) break;
    }
    return best ?? fallback;
  };

  // Browsers of one language send the very same header.
  const known = new Map<string, string>();
  return (acceptLanguage) => {
    if (acceptLanguage === undefined || acceptLanguage === '') return fallback;
    if (acceptLanguage.length > maxKnownLength) return match(acceptLanguage);
    const found = known.get(acceptLanguage);
    if (found !== undefined) return found;
    const tag = match(acceptLanguage);
    if (known.size >= maxKnown) known.clear();
    known.set(acceptLanguage, tag);
    return tag;
  };
}

/** Values of Accept-Language whose answer is remembered, and the longest of them. */
const maxKnown = 100;
const maxKnownLength = 64;

function readQuality(parameter: string): number {
  const match = /^\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/i.exec(parameter); // accepts "q=0.8", refuses "q=2"
  return match === null ? 0 : Number(match[1]);
}
