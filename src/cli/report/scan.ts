import { sniffBytes } from '../input.js';
import { closeBrace, newline, openBrace, openBracket, quote, skipBlanks, skipBlanksBack } from './bytes.js';
import { CsvReader, readCsvHeader } from './csv.js';
import { LineSplitter } from './lines.js';
import { ObjectSplitter } from './objects.js';
import { SignInReader } from './sign-in-reader.js';
import { Tally } from './tally.js';
import { TextReader } from './text-reader.js';

/** `ndjson`: one object a line. `json`: an array, pages, or objects over several lines. `text`: an application log. */
export type LogFormat = 'csv' | 'json' | 'ndjson' | 'text';

export interface ScanResult {
  readonly format: LogFormat;
  readonly bytes: number;
  readonly tally: Tally;
}

interface Reader {
  write(chunk: Buffer): void;
  end(): void;
}

/**
 * Reads a whole log of any of the known formats, chunk by chunk.
 *
 * @param chunks UTF-8 without byte order mark
 * @param onProgress called after each chunk with the bytes and rows so far
 */
export async function scanLog(
  chunks: AsyncIterable<Buffer>,
  onProgress: (bytes: number, rows: number) => void,
): Promise<ScanResult> {
  const tally = new Tally();
  let format: LogFormat | undefined;
  let reader: Reader | undefined;
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (reader === undefined) {
      // Copied: the chunk's memory is used again for the next read.
      parts.push(Buffer.from(chunk));
      if (bytes < sniffBytes) continue;
      const head = Buffer.concat(parts);
      parts = [];
      format = sniff(head);
      reader = createReader(format, head, tally);
      reader.write(head);
    } else reader.write(chunk);
    onProgress(bytes, tally.rows);
  }
  if (reader === undefined) {
    const head = Buffer.concat(parts);
    format = sniff(head);
    reader = createReader(format, head, tally);
    reader.write(head);
  }
  reader.end();
  return { format: format ?? 'text', bytes, tally };
}

function createReader(format: LogFormat, head: Buffer, tally: Tally): Reader {
  const text = new TextReader(tally);
  const tooLong = (): void => {
    tally.rows += 1;
    tally.countUnreadable();
  };
  if (format === 'csv') {
    const columns = readCsvHeader(firstLine(head));
    if (columns !== undefined) return new CsvReader(tally, columns);
  }
  if (format === 'text') {
    return new LineSplitter((buffer, start, end) => {
      tally.rows += 1;
      text.read(buffer, start, end);
    }, tooLong);
  }
  const signIns = new SignInReader(tally, text);
  const onRow = (buffer: Buffer, start: number, end: number): void => {
    signIns.read(buffer, start, end);
  };
  return format === 'ndjson' ? new LineSplitter(onRow, tooLong) : new ObjectSplitter(onRow, tooLong);
}

/** What the first 64 KB look like. */
export function sniff(head: Buffer): LogFormat {
  const first = skipBlanks(head, 0, head.length);
  if (head[first] === openBracket && isJsonArrayStart(head, first)) return 'json';
  // A log cut at its start begins in the middle of a row: the second line tells.
  let start = first;
  for (let line = 0; line < 2 && start < head.length; line += 1) {
    const found = head.indexOf(newline, start);
    const end = found < 0 ? head.length : found;
    const begin = skipBlanks(head, start, end);
    if (head[begin] === openBrace) {
      const kind = kindOfObject(head.toString('utf8', begin, end));
      if (kind !== undefined) return kind;
      if (line === 0 && opensMoreLines(head, begin, end)) return 'json';
    }
    start = end + 1;
  }
  if (head[first] === openBrace && head[skipBlanks(head, first + 1, head.length)] === quote) return 'json';
  return readCsvHeader(firstLine(head)) === undefined ? 'text' : 'csv';
}

/**
 * Whether JSON that starts in a first line goes on in the next ones: the line is longer than the head, ends with the
 * bracket of a page's list, or is followed by a member or a closing brace. Otherwise it is a row that was cut.
 */
function opensMoreLines(head: Buffer, start: number, end: number): boolean {
  const next = skipBlanks(head, end, head.length);
  if (next >= head.length || head[skipBlanksBack(head, end - 1, start)] === openBracket) return true;
  return head[next] === quote || head[next] === closeBrace;
}

/** `[{` or `[]`, not the `[2026-01-31 ...]` or `[info]` of a text log. */
function isJsonArrayStart(head: Buffer, at: number): boolean {
  const next = skipBlanks(head, at + 1, head.length);
  return head[next] === openBrace || head[next] === 93;
}

/** `json` for a page with its rows in a list, `ndjson` for any other whole object. */
function kindOfObject(line: string): 'json' | 'ndjson' | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const lists = [Reflect.get(value, 'value'), Reflect.get(value, 'records')];
    return lists.some((list) => Array.isArray(list)) ? 'json' : 'ndjson';
  } catch {
    return undefined;
  }
}

function firstLine(head: Buffer): string {
  const end = head.indexOf(newline);
  return head.toString('utf8', 0, end < 0 ? Math.min(head.length, sniffBytes) : end).replace(/\r$/, '');
}
