/** The checks that every call's options go through at start-up. */

/** Codes of option errors; examples/ERRORS.md has a heading for each. */
export type OptionErrorCode =
  'ERR_AAD_OPTIONS_UNKNOWN' | 'ERR_AAD_OPTIONS_TYPE' | 'ERR_AAD_OPTIONS_VALUE' | 'ERR_AAD_OPTIONS_MISSING';

/** A mistake in options: `code` for machines, a sentence with the option's name and the fix for people. */
export class AadOptionsError extends TypeError {
  override readonly name = 'AadOptionsError';
  readonly code: OptionErrorCode;
  /** Path of the option, such as `branding.accentColor`. */
  readonly option: string;

  constructor(code: OptionErrorCode, option: string, sentence: string) {
    super(`${sentence} [${code}]`);
    this.code = code;
    this.option = option;
  }
}

/** What an option may be. */
export type Check = 'string' | 'boolean' | 'number' | 'object' | 'array' | 'function' | 'any';

/** Names and types of the options of one call. */
export type OptionNames = Readonly<Record<string, Check>>;

/**
 * Refuses options that are no object, unknown names (with the nearest known one) and wrong types.
 *
 * @throws AadOptionsError
 */
export function checkOptions(call: string, options: unknown, names: OptionNames, prefix = ''): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new AadOptionsError(
      'ERR_AAD_OPTIONS_TYPE',
      prefix || 'options',
      `${call}: ${prefix || 'the options'} must be an object, got ${describe(options)}.`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const wanted = Object.hasOwn(names, name) ? names[name] : undefined;
    if (wanted === undefined) {
      const near = nearest(name, Object.keys(names));
      throw new AadOptionsError(
        'ERR_AAD_OPTIONS_UNKNOWN',
        path,
        `${call}: unknown option "${path}"${near === undefined ? `; known are ${Object.keys(names).join(', ')}.` : `, did you mean "${near}"?`}`,
      );
    }
    if (value !== undefined && !fits(value, wanted)) {
      throw new AadOptionsError(
        'ERR_AAD_OPTIONS_TYPE',
        path,
        `${call}: option "${path}" must be a value of type ${wanted}, got ${describe(value)}.`,
      );
    }
  }
}

/** @throws AadOptionsError when a required option is missing */
export function requireOption(call: string, options: object, name: string, fix: string, prefix = ''): void {
  const value = (options as Readonly<Record<string, unknown>>)[name];
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    throw new AadOptionsError('ERR_AAD_OPTIONS_MISSING', path, `${call}: option "${path}" is missing. ${fix}`);
  }
}

export function badValue(call: string, option: string, problem: string): AadOptionsError {
  return new AadOptionsError('ERR_AAD_OPTIONS_VALUE', option, `${call}: option "${option}" ${problem}`);
}

function fits(value: unknown, wanted: Check): boolean {
  if (wanted === 'any') return true;
  if (wanted === 'array') return Array.isArray(value);
  if (wanted === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === wanted;
}

/** The value's type and, for short text and numbers, the value; never an object's content. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return value.length <= 40 ? `"${value}"` : 'a long string';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a value of type ${typeof value}`;
}

/** The known name at most two edits away, ignoring case. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase().slice(0, 64);
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
