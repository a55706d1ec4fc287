/** Scanning bytes without making strings of them. */

export const newline = 10;
export const quote = 34;
export const colon = 58;
export const openBrace = 123;
export const closeBrace = 125;
export const openBracket = 91;
export const closeBracket = 93;
export const backslash = 92;

/**
 * Where a word is next, in one buffer after another.
 *
 * The last find is remembered, so that asking once a line costs one search a find and not one a line: a word that is
 * rare would otherwise be searched for to the end of the buffer at every line.
 */
export class WordFinder {
  readonly #word: Buffer;
  #buffer: Buffer | undefined;
  #from = 0;
  #found = -1;

  constructor(word: string) {
    this.#word = Buffer.from(word);
  }

  /** Index of the word in `start..end`, or -1. The bytes of a buffer object must not change between calls. */
  within(buffer: Buffer, start: number, end: number): number {
    const known = this.#buffer === buffer && start >= this.#from && (this.#found < 0 || this.#found >= start);
    if (!known) {
      this.#buffer = buffer;
      this.#from = start;
      this.#found = buffer.indexOf(this.#word, start);
    }
    return this.#found >= 0 && this.#found + this.#word.length <= end ? this.#found : -1;
  }
}

export function skipBlanks(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(buffer[at])) at += 1;
  return at;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === newline || byte === 13 || byte === 9;
}

/** The last index before `start` that is no blank, at least `floor - 1`. */
export function skipBlanksBack(buffer: Buffer, start: number, floor: number): number {
  let at = start;
  while (at >= floor && isBlank(buffer[at])) at -= 1;
  return at;
}
