import { newline } from './bytes.js';

/** Takes lines where they lie in the buffer, without the newline. Valid only during the call. */
export type LineHandler = (buffer: Buffer, start: number, end: number) => void;

/** Longer lines are not kept: they are counted and passed over. */
export const maxLineBytes = 8_388_608;

/** Cuts chunks into lines. Only the part of a line that crosses two chunks is copied. */
export class LineSplitter {
  readonly #onLine: LineHandler;
  readonly #onTooLong: () => void;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #skipping = false;

  constructor(onLine: LineHandler, onTooLong: () => void) {
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  write(chunk: Buffer): void {
    let start = 0;
    if (this.#restBytes > 0 || this.#skipping) {
      const end = chunk.indexOf(newline);
      if (end < 0) {
        this.#keep(chunk);
        return;
      }
      this.#finish(chunk.subarray(0, end));
      start = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      this.#onLine(chunk, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (this.#restBytes > 0 || this.#skipping) this.#finish(Buffer.alloc(0));
  }

  #keep(part: Buffer): void {
    if (this.#skipping) return;
    if (this.#restBytes + part.length > maxLineBytes) {
      this.#skipping = true;
      this.#rest = [];
      this.#restBytes = 0;
      return;
    }
    // A copy: the chunk's memory is used again for the next read.
    this.#rest.push(Buffer.from(part));
    this.#restBytes += part.length;
  }

  #finish(last: Buffer): void {
    if (this.#skipping) this.#onTooLong();
    else {
      const line = Buffer.concat([...this.#rest, last]);
      this.#onLine(line, 0, line.length);
    }
    this.#rest = [];
    this.#restBytes = 0;
    this.#skipping = false;
  }
}
