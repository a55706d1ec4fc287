import { closeBrace, colon, openBrace, quote, skipBlanks, skipBlanksBack, WordFinder } from './bytes.js';
import type { Tally } from './tally.js';
import type { TextReader } from './text-reader.js';
import { asUtcSeconds } from './time.js';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads one row of a JSON sign-in log: Microsoft Graph's signIn, the same inside `properties` (Azure Monitor),
 * PowerShell's spelling with capitals, or a Log Analytics row with `ResultType`.
 *
 * Most rows of a log are successes. Those are recognised in the bytes: `"errorCode":0` directly inside `"status":{`.
 * A quote inside a JSON string is always escaped, so `"errorCode"` followed by a colon can only be a key. Every other
 * row is parsed as a whole, so that nothing is read from the wrong place.
 */
export class SignInReader {
  readonly #tally: Tally;
  readonly #text: TextReader;
  /** `"errorCode"` or `"ErrorCode"`. */
  readonly #errorCode = new WordFinder('rrorCode"');
  /** `"resultType"` or `"ResultType"`. */
  readonly #resultType = new WordFinder('esultType"');

  constructor(tally: Tally, text: TextReader) {
    this.#tally = tally;
    this.#text = text;
  }

  read(buffer: Buffer, start: number, end: number): void {
    const first = skipBlanks(buffer, start, end);
    if (first === end) return;
    this.#tally.rows += 1;
    const at = this.#errorCode.within(buffer, first, end);
    if (at >= 0) {
      if (isWhole(buffer, first, end) && isZeroStatus(buffer, at, first, end)) {
        this.#tally.successes += 1;
        return;
      }
    } else if (this.#resultType.within(buffer, first, end) < 0) {
      this.#withoutCode(buffer, first, end);
      return;
    }
    this.#parse(buffer, first, end);
  }

  /** No code of a sign-in log: an application log's line, or the rest of a row that was cut. */
  #withoutCode(buffer: Buffer, start: number, end: number): void {
    if (this.#text.read(buffer, start, end)) return;
    if (buffer[start] === openBrace && parseObject(buffer.toString('utf8', start, end)) === undefined) {
      this.#tally.countUnreadable();
    }
  }

  #parse(buffer: Buffer, start: number, end: number): void {
    const row = parseObject(buffer.toString('utf8', start, end));
    if (row === undefined) {
      if (!this.#text.read(buffer, start, end)) this.#tally.countUnreadable();
      return;
    }
    const code = codeOfRow(row);
    if (code === undefined) {
      this.#text.read(buffer, start, end);
      return;
    }
    if (code === 0) {
      this.#tally.successes += 1;
      return;
    }
    const { groups, verdicts } = this.#tally;
    const verdict = verdicts.ofNumber(code);
    groups.add(verdict, applicationOf(row), timeOf(row), verdict.known ? undefined : reasonOf(row));
  }
}

/** From brace to brace: a row that was cut is not even a success. */
function isWhole(buffer: Buffer, start: number, end: number): boolean {
  return buffer[start] === openBrace && buffer[skipBlanksBack(buffer, end - 1, start)] === closeBrace;
}

/** `"status":{"errorCode":0` with any blanks, the word's tail being at `at`. */
function isZeroStatus(buffer: Buffer, at: number, start: number, end: number): boolean {
  // "rrorCode" is at `at`, its first letter and its quote before it, and nine bytes on the key has ended.
  const separator = skipBlanks(buffer, at + 9, end);
  if (buffer[separator] !== colon) return false;
  const value = skipBlanks(buffer, separator + 1, end);
  const after = buffer[value + 1];
  if (buffer[value] !== 48 || after === undefined || (after >= 48 && after <= 57)) return false;
  const brace = skipBlanksBack(buffer, at - 3, start);
  if (buffer[brace] !== openBrace || buffer[at - 2] !== quote) return false;
  const owner = skipBlanksBack(buffer, brace - 1, start);
  if (buffer[owner] !== colon) return false;
  const key = skipBlanksBack(buffer, owner - 1, start);
  return key - 7 >= start && isStatusKey(buffer, key - 7);
}

/** `"status"` or `"Status"`. */
function isStatusKey(buffer: Buffer, at: number): boolean {
  return (
    buffer[at] === quote &&
    ((buffer[at + 1] ?? 0) | 32) === 115 &&
    buffer[at + 2] === 116 &&
    buffer[at + 3] === 97 &&
    buffer[at + 4] === 116 &&
    buffer[at + 5] === 117 &&
    buffer[at + 6] === 115 &&
    buffer[at + 7] === quote
  );
}

function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** A member in camelCase or with a capital. */
function member(row: JsonObject, name: string): unknown {
  return row[name] ?? row[name.charAt(0).toUpperCase() + name.slice(1)];
}

function statusOf(row: JsonObject): JsonObject | undefined {
  return asObject(member(row, 'status')) ?? asObject(member(asObject(member(row, 'properties')) ?? {}, 'status'));
}

/** `status.errorCode` of a row; undefined: not a row of a sign-in log. */
export function codeOfRow(row: JsonObject): number | undefined {
  const status = statusOf(row);
  return asCode(status === undefined ? member(row, 'resultType') : member(status, 'errorCode'));
}

/** A number, or a short run of digits. */
export function asCode(value: unknown): number | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 && value <= 999_999_999 ? value : undefined;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined; // accepts "50076", refuses "5e4"
}

function applicationOf(row: JsonObject): string | undefined {
  const inner = asObject(member(row, 'properties')) ?? row;
  return (
    asLabel(member(row, 'appDisplayName')) ??
    asLabel(member(inner, 'appDisplayName')) ??
    asLabel(member(row, 'appId')) ??
    asLabel(member(inner, 'appId'))
  );
}

function timeOf(row: JsonObject): string | undefined {
  const inner = asObject(member(row, 'properties')) ?? row;
  for (const value of [member(row, 'createdDateTime'), member(inner, 'createdDateTime'), row.TimeGenerated, row.time]) {
    const time = asUtcSeconds(value);
    if (time !== undefined) return time;
  }
  return undefined;
}

function reasonOf(row: JsonObject): string | undefined {
  const status = statusOf(row);
  return asLabel(status === undefined ? member(row, 'resultDescription') : member(status, 'failureReason'));
}

/** A text that names something, cut. */
export function asLabel(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined;
}
