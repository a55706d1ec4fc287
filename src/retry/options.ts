/** Codes of the errors this folder makes; examples/ERRORS.md has a heading for each. */
export type AadRetryErrorCode = 'ERR_AAD_RETRY_OPTIONS' | 'ERR_AAD_RETRY_TIMEOUT' | 'ERR_AAD_CIRCUIT_OPEN';

/** A mistake in options: the sentence names the option, the value and the fix. */
export class AadRetryOptionsError extends TypeError {
  override readonly name = 'AadRetryOptionsError';
  readonly code = 'ERR_AAD_RETRY_OPTIONS';
  readonly option: string;

  constructor(option: string, sentence: string) {
    super(`${option}: ${sentence}`);
    this.option = option;
  }
}

/** Longest delay of a timer of Node; a longer one fires at once. */
export const maxTimerMs = 2_147_483_647;

type Check = (value: unknown) => string | undefined;

/** A number in a range. */
export const between =
  (low: number, high: number, whole = false): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))
      ? undefined
      : `give a ${whole ? 'whole ' : ''}number from ${String(low)} to ${String(high)}`;

export const isFunction: Check = (value) => (typeof value === 'function' ? undefined : 'give a function');

/** An object that has these methods. */
export const having =
  (...methods: readonly string[]): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
      ? undefined
      : `give an object with ${methods.join(', ')}`;

export const isObject: Check = (value) =>
  typeof value === 'object' && value !== null ? undefined : 'give an object or leave it out';

export const isAuthority: Check = (value) =>
  typeof value === 'string' && URL.canParse(value)
    ? undefined
    : 'give a URL such as "https://login.microsoftonline.com/<tenant>"';

export const isFilledText: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'give a text with at least one character';

export const isSignal: Check = (value) =>
  having('addEventListener', 'removeEventListener', 'throwIfAborted')(value) === undefined
    ? undefined
    : 'give an AbortSignal';

/** As it may stand in a message: short, and no secret in an object gets out. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === null ? 'null' : `a value of type ${typeof value}`;
}

/**
 * Refuses options that are unknown or wrong.
 *
 * @throws AadRetryOptionsError
 */
export function checkRetryOptions(
  what: string,
  options: unknown,
  checks: Readonly<Record<string, Check>>,
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new AadRetryOptionsError('options', `${what} was given ${shown(options)}; give an object or nothing.`);
  }
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      throw new AadRetryOptionsError(
        name,
        `${what} has no such option; its options are ${Object.keys(checks).join(', ')}.`,
      );
    }
    const fix = value === undefined ? undefined : check(value);
    if (fix !== undefined) throw new AadRetryOptionsError(name, `${what} was given ${shown(value)}; ${fix}.`);
  }
}
