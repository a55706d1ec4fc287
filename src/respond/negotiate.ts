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
  if (accept === undefined || accept === '') return false;
  const text = accept.length > maxHeaderLength ? accept.slice(0, maxHeaderLength) : accept;
  if (!text.includes('html') && !text.includes('text/*') && !text.includes('HTML')) {
    if (!text.includes('q') && !text.includes('Q')) return false;
  }
  const json: Preference = { quality: 0, specificity: 0, order: 0 };
  const html: Preference = { quality: 0, specificity: 0, order: 0 };
  let order = 0;
  for (const entry of text.split(',')) {
    const range = parseRange(entry);
    if (range !== undefined) {
      consider(json, range, 'application', 'json', order);
      consider(html, range, 'text', 'html', order);
    }
    order += 1;
  }
  if (html.quality === 0) return false;
  if (json.quality === 0) return true;
  return (
    html.quality > json.quality ||
    (html.quality === json.quality &&
      (html.specificity > json.specificity || (html.specificity === json.specificity && html.order < json.order)))
  );
}

interface Preference {
  quality: number;
  specificity: number;
  order: number;
}

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

/** `type/subtype;q=0.5`; a range with other parameters matches neither of our two types. */
function parseRange(entry: string): MediaRange | undefined {
  const [range = '', ...parameters] = entry.split(';');
  const slash = range.indexOf('/');
  if (slash < 1) return undefined;
  const type = range.slice(0, slash).trim().toLowerCase();
  const subtype = range
    .slice(slash + 1)
    .trim()
    .toLowerCase();
  if (type === '' || subtype === '' || /[\s/]/.test(type + subtype)) return undefined; // refuses "text/ht ml"
  let quality = 1;
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() !== 'q') return undefined;
    quality = Number.parseFloat(value.trim());
    break;
  }
  return Number.isNaN(quality) ? undefined : { type, subtype, quality };
}

function consider(best: Preference, range: MediaRange, type: string, subtype: string, order: number): void {
  let specificity = 0;
  if (range.type === type) specificity |= 4;
  else if (range.type !== '*') return;
  if (range.subtype === subtype) specificity |= 2;
  else if (range.subtype !== '*') return;
  const wins =
    best.specificity < specificity ||
    (best.specificity === specificity &&
      (best.quality < range.quality || (best.quality === range.quality && best.order < order)));
  if (best.quality === 0 && best.specificity === 0 && best.order === 0 ? true : wins) {
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

  return (acceptLanguage) => {
    if (acceptLanguage === undefined || acceptLanguage === '') return fallback;
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
}

function readQuality(parameter: string): number {
  const match = /^\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/i.exec(parameter); // accepts "q=0.8", refuses "q=2"
  return match === null ? 0 : Number(match[1]);
}
