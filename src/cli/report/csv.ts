import { newline, quote } from './bytes.js';
import { maxLineBytes } from './lines.js';
import { asCode, asLabel } from './sign-in-reader.js';
import type { Tally } from './tally.js';
import { asUtcSeconds } from './time.js';

/** Where the columns are that a report needs. */
export interface CsvColumns {
  readonly delimiter: number;
  readonly count: number;
  readonly code: number;
  readonly time: number;
  readonly application: number;
  readonly applicationId: number;
  readonly reason: number;
}

/** Header texts in lower case: the portal's download, Log Analytics' export, PowerShell's Export-Csv. */
const headers = {
  code: ['sign-in error code', 'error code', 'errorcode', 'status.errorcode', 'status_errorcode', 'resulttype'],
  time: ['date (utc)', 'date', 'createddatetime', 'timegenerated [utc]', 'timegenerated', 'time'],
  application: ['application', 'appdisplayname', 'application name', 'app display name'],
  applicationId: ['application id', 'appid', 'app id'],
  reason: ['failure reason', 'failurereason', 'status.failurereason', 'status_failurereason', 'resultdescription'],
} as const;

const delimiters = [44, 59, 9];

/** The columns of a header line, or undefined when it has none for the error code. */
export function readCsvHeader(line: string): CsvColumns | undefined {
  const bytes = Buffer.from(line);
  for (const delimiter of delimiters) {
    const names = splitRow(bytes, 0, bytes.length, delimiter).map((name) => name.trim().toLowerCase());
    const find = (wanted: readonly string[]): number => names.findIndex((name) => wanted.includes(name));
    const code = find(headers.code);
    if (code < 0 || names.length < 2) continue;
    return {
      delimiter,
      count: names.length,
      code,
      time: find(headers.time),
      application: find(headers.application),
      applicationId: find(headers.applicationId),
      reason: find(headers.reason),
    };
  }
  return undefined;
}

/** Fields of one row (RFC 4180): quoted fields may hold delimiters, line breaks and doubled quotes. */
export function splitRow(bytes: Buffer, start: number, end: number, delimiter: number): string[] {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const quoted = bytes[at] === quote;
    let stop = quoted ? at + 1 : at;
    if (quoted) {
      while (stop < end && !(bytes[stop] === quote && bytes[stop + 1] !== quote)) stop += bytes[stop] === quote ? 2 : 1;
      fields.push(bytes.toString('utf8', at + 1, Math.min(stop, end)).replaceAll('""', '"'));
      while (stop < end && bytes[stop] !== delimiter) stop += 1;
    } else {
      while (stop < end && bytes[stop] !== delimiter) stop += 1;
      fields.push(bytes.toString('utf8', at, stop));
    }
    if (stop >= end) return fields;
    at = stop + 1;
  }
}

/** Reads the rows of a CSV whose header has been understood. Line breaks inside quotes do not end a row. */
export class CsvReader {
  readonly #tally: Tally;
  readonly #columns: CsvColumns;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #inQuotes = false;
  #isHeader = true;

  constructor(tally: Tally, columns: CsvColumns) {
    this.#tally = tally;
    this.#columns = columns;
  }

  write(chunk: Buffer): void {
    let start = 0;
    let inQuotes = this.#inQuotes;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === quote) inQuotes = !inQuotes;
      else if (byte === newline && !inQuotes) {
        this.#end(chunk, start, at);
        start = at + 1;
      }
    }
    this.#inQuotes = inQuotes;
    if (start >= chunk.length) return;
    if (this.#restBytes + chunk.length - start > maxLineBytes) {
      // A quote that never closes: give the row up and take the next line as a new one.
      this.#tally.rows += 1;
      this.#tally.countUnreadable();
      this.#rest = [];
      this.#restBytes = 0;
      this.#inQuotes = false;
      return;
    }
    this.#rest.push(Buffer.from(chunk.subarray(start)));
    this.#restBytes += chunk.length - start;
  }

  end(): void {
    if (this.#restBytes > 0) this.#end(Buffer.alloc(0), 0, 0);
  }

  #end(chunk: Buffer, start: number, end: number): void {
    if (this.#restBytes === 0) {
      this.#row(chunk, start, end);
      return;
    }
    const row = Buffer.concat([...this.#rest, chunk.subarray(start, end)]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#row(row, 0, row.length);
  }

  #row(bytes: Buffer, start: number, lineEnd: number): void {
    const end = bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd;
    if (this.#isHeader || end <= start) {
      this.#isHeader = false;
      return;
    }
    this.#tally.rows += 1;
    const { code: codeColumn, count, delimiter, time, application, applicationId, reason } = this.#columns;
    const fields = splitRow(bytes, start, end, delimiter);
    const text = fields[codeColumn]?.trim();
    const code = text === '' || text === 'None' ? 0 : asCode(text);
    if (code === undefined || fields.length !== count) {
      this.#tally.countUnreadable();
      return;
    }
    if (code === 0) {
      this.#tally.successes += 1;
      return;
    }
    const { groups, verdicts } = this.#tally;
    const verdict = verdicts.ofNumber(code);
    const name = asLabel(fields[application]) ?? asLabel(fields[applicationId]);
    groups.add(verdict, name, asUtcSeconds(fields[time]?.trim()), asLabel(fields[reason]));
  }
}
