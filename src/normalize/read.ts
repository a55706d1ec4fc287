/**
 * Safe reading of values that somebody else made: getters that throw, proxies, revoked proxies, null prototypes,
 * strings of any size. Every reader of this folder goes through these functions, one guarded read per field.
 */

/** No text is looked at beyond this; 1 MB costs no more than 16 KiB. */
export const maxTextLength = 16_384;
/** Claims are kept whole or not at all. */
export const maxClaimsLength = 8_192;
/** How deep `cause`, `innerError`, `response` … are followed. */
export const maxDepth = 5;
/** How many members of `errors[]`, codes or challenges are looked at. */
export const maxWidth = 16;

export type Bag = Readonly<Record<string, unknown>>;

/** An object or function whose fields may be read, else undefined. */
export function asBag(value: unknown): Bag | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? (value as Bag) : undefined;
}

const objectPrototype = Object.prototype as unknown as Bag;

/** One guarded read; a getter or proxy trap that throws counts as absent. */
export function read(bag: Bag, key: string): unknown {
  try {
    const value = bag[key];
    // A polluted Object.prototype is not a field of the error.
    return value !== undefined && value === objectPrototype[key] ? undefined : value;
  } catch {
    return undefined;
  }
}

/** The text, cut to 16 KiB, or undefined when it is no string or empty. */
export function asText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return value.length > maxTextLength ? value.slice(0, maxTextLength) : value;
}

/** A field as text. A duplicated query parameter arrives as an array: its first member counts. */
export function readText(bag: Bag, key: string): string | undefined {
  const value = read(bag, key);
  if (typeof value === 'string') return asText(value);
  return typeof value === 'object' && isArray(value) ? asText(readIndex(value, 0)) : undefined;
}

/** Array.isArray throws for a revoked proxy. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** `instanceof` asks a proxy for its prototype, which may throw. */
export function isInstance<Class>(value: unknown, type: abstract new (...args: never[]) => Class): value is Class {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

export function readIndex(list: readonly unknown[], index: number): unknown {
  try {
    return list[index];
  } catch {
    return undefined;
  }
}

/** At most `most` members, each guarded. */
export function members(value: unknown, most = maxWidth): unknown[] {
  if (!isArray(value)) return [];
  let length: unknown;
  try {
    length = value.length;
  } catch {
    return [];
  }
  const count = typeof length === 'number' ? Math.min(length, most) : 0;
  const out: unknown[] = [];
  for (let index = 0; index < count; index += 1) out.push(readIndex(value, index));
  return out;
}

/** HTTP status from a number or a three-digit string, 100 to 599. */
export function asStatus(value: unknown): number | undefined {
  const status = typeof value === 'string' && value.length === 3 ? digits(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

/** A run of one to nine digits and nothing else (between these places), as a number. */
export function digits(text: string, start = 0, end = text.length): number | undefined {
  if (end <= start || end - start > 9) return undefined;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const unit = text.charCodeAt(index) - 48;
    // Not `unit < 0`: behind the text there is NaN.
    if (!(unit >= 0 && unit <= 9)) return undefined;
    value = value * 10 + unit;
  }
  return value;
}

const emptyGuid = '00000000-0000-0000-0000-000000000000';

/**
 * A GUID at this place of the text, in lower case, else undefined. Placeholders (`undefined`, `Not Available`, `GUID`,
 * the nil GUID) are not ids, and a longer run of hexadecimal digits is not a GUID.
 */
export function guidAt(text: string, start: number): string | undefined {
  // The hyphen first: places without one are told apart at once. A loop, because entering a regular expression costs more.
  if (start < 0 || start + 36 > text.length || text.charCodeAt(start + 8) !== 45) return undefined;
  let hasUpper = false;
  for (let index = 0; index < 36; index += 1) {
    const unit = text.charCodeAt(start + index);
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (unit !== 45) return undefined;
    } else if (unit >= 65 && unit <= 70) hasUpper = true;
    else if (!((unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102))) return undefined;
  }
  if (isHex(text.charCodeAt(start + 36))) return undefined;
  const guid = text.slice(start, start + 36);
  return guid === emptyGuid ? undefined : hasUpper ? guid.toLowerCase() : guid;
}

/** A value that is exactly one GUID, in lower case. */
export function asGuid(value: unknown): string | undefined {
  return typeof value === 'string' && value.length === 36 ? guidAt(value, 0) : undefined;
}

export function isHex(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102) || (unit >= 65 && unit <= 70);
}

export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/**
 * An OAuth error, suberror or client code: a short name of letters, digits, `_`, `.` and `-`.
 * `undefined` and `null` as text are what string templates leave behind, not codes.
 */
export function asName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) return undefined;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    const fine =
      (unit >= 97 && unit <= 122) ||
      (unit >= 65 && unit <= 90) ||
      isDigit(unit) ||
      unit === 95 ||
      unit === 46 ||
      unit === 45;
    if (!fine) return undefined;
  }
  return value === 'undefined' || value === 'null' ? undefined : value;
}

/** Header value by name from a plain object in any case, a `Headers`, an `AxiosHeaders` or a Map. */
export function readHeader(headers: unknown, name: string): string | undefined {
  return headerReader(headers)(name);
}

/** Reads several fields of the same headers: the names are listed once, because there may be very many of them. */
export function headerReader(headers: unknown): (name: string) => string | undefined {
  const bag = asBag(headers);
  if (bag === undefined) return () => undefined;
  let keys: ReadonlyMap<string, string> | undefined;
  return (name) => {
    const direct = joined(read(bag, name));
    if (direct !== undefined) return direct;
    if (isArray(headers)) return headerOfEntries(headers, name);
    const get = read(bag, 'get');
    if (typeof get === 'function') {
      try {
        return asText((get as (key: string) => unknown).call(headers, name));
      } catch {
        return undefined;
      }
    }
    keys ??= keysByName(bag);
    const key = keys.get(name);
    if (key !== undefined) return joined(read(bag, key));
    // HttpHeaders of @azure/core-http as JSON prints it.
    const map = asBag(read(bag, '_headersMap'));
    const entry = map === undefined ? undefined : asBag(read(map, name));
    return entry === undefined ? undefined : readText(entry, 'value');
  };
}

/** Names in lower case -> as they are written. */
function keysByName(bag: Bag): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  try {
    for (const key of Object.keys(bag).slice(0, 256)) {
      const name = key.toLowerCase();
      if (!byName.has(name)) byName.set(name, key);
    }
  } catch {
    // A proxy that does not list its fields has none.
  }
  return byName;
}

/** A repeated field arrives as a list: its values are joined as RFC 9110 section 5.3 joins them. */
function joined(value: unknown): string | undefined {
  if (typeof value === 'string') return asText(value);
  if (!isArray(value)) return undefined;
  const texts = members(value).filter((member): member is string => typeof member === 'string');
  return asText(texts.join(', '));
}

/** `[[name, value], …]`, or node:http's raw list of names and values in turn. */
function headerOfEntries(headers: readonly unknown[], name: string): string | undefined {
  const list = members(headers, 128);
  const values = list.flatMap((member, index) => {
    const [key, value] = isArray(member)
      ? [readIndex(member, 0), readIndex(member, 1)]
      : index % 2 === 0
        ? [member, list[index + 1]]
        : [];
    return typeof key === 'string' && typeof value === 'string' && key.toLowerCase() === name ? [value] : [];
  });
  return asText(values.join(', '));
}
