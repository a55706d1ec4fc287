import { normalize } from '../../normalize/index.js';
import { WordFinder } from './bytes.js';
import type { Tally } from './tally.js';
import { timeOfLine } from './time.js';

/** Without one of these words a line shows no identity error, so it never becomes a string. */
const words = ['AADSTS', 'AADB2C', 'invalid_grant', '_required', 'insufficient_claims', 'invalid_client'] as const;
/** normalize looks at 16 KiB; in a longer line these start a little before the word. */
const maxText = 16_384;
const before = 2_048;

/** Reads lines of application logs: whatever normalize accepts as an identity error, once a line. */
export class TextReader {
  readonly #tally: Tally;
  readonly #finders = words.map((word) => new WordFinder(word));

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** @returns whether the line shows an identity error; it is counted then */
  read(buffer: Buffer, start: number, end: number): boolean {
    const word = this.#firstWord(buffer, start, end);
    if (word < 0) return false;
    const from = end - start <= maxText ? start : Math.max(start, word - before);
    const text = buffer.toString('utf8', from, Math.min(end, from + maxText));
    const error = normalize(text);
    if (error === undefined) return false;
    const { groups, verdicts } = this.#tally;
    groups.add(
      verdicts.ofError(error),
      undefined,
      timeOfLine(buffer.toString('latin1', start, Math.min(end, start + 256))) ?? error.timestamp,
    );
    return true;
  }

  #firstWord(buffer: Buffer, start: number, end: number): number {
    for (const finder of this.#finders) {
      const found = finder.within(buffer, start, end);
      if (found >= 0) return found;
    }
    return -1;
  }
}
