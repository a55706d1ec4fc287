/** Codes of the TypeErrors that the test kit throws for its own arguments. */
export type TestingErrorCode = 'ERR_AAD_TESTING_PLAN' | 'ERR_AAD_TESTING_OPTIONS';

/** A TypeError with a stable `code`; the message names the bad key or value and the fix. */
export interface TestingError extends TypeError {
  readonly code: TestingErrorCode;
}

/** @internal */
export function refusal(code: TestingErrorCode, message: string): TestingError {
  return Object.assign(new TypeError(message), { code });
}

/** Edits (insert, remove, replace) that turn one short word into another. */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** ` Did you mean "claims"?` when a valid name is at most two edits away, else an empty string. @internal */
export function hint(word: string, valid: readonly string[]): string {
  if (word.length > 40) return '';
  const near = valid
    .map((name) => ({ name, edits: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((left, right) => left.edits - right.edits)[0];
  return near !== undefined && near.edits <= 2 ? ` Did you mean "${near.name}"?` : '';
}

/** A value as it may stand in an error message: short, on one line. @internal */
export function shown(value: unknown): string {
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return String(value);
  try {
    return JSON.stringify(value).slice(0, 80);
  } catch {
    return 'a value that is not JSON';
  }
}

/** Refuses keys that are not in `valid`. @internal */
export function checkKeys(code: TestingErrorCode, what: string, value: object, valid: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (valid.includes(key)) continue;
    throw refusal(code, `${what}: unknown key "${key}".${hint(key, valid)} Valid keys: ${valid.join(', ')}.`);
  }
}
