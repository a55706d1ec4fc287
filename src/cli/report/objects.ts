import { backslash, closeBrace, closeBracket, colon, isBlank, openBrace, openBracket, quote } from './bytes.js';
import { maxLineBytes, type LineHandler } from './lines.js';

/** Keys of a page whose array holds the rows: Microsoft Graph, Azure Monitor in storage or an event hub. */
const listKeys = new Set(['value', 'records', 'Records', 'signIns']);
/** JSON nested deeper than this is no sign-in log. */
const maxLevels = 64;

/**
 * Finds the row objects in streamed JSON: the elements of a top-level array, the elements of a page's `value`
 * (`{"@odata.context":...,"value":[...]}`, several pages one after another), or top-level objects themselves.
 *
 * One pass over the bytes with the nesting and the string state, so a page of any size needs the memory of its largest
 * row. Damaged JSON is found by brackets that do not match; the next top-level value goes on.
 */
export class ObjectSplitter {
  readonly #onObject: LineHandler;
  readonly #onDamaged: () => void;
  /** Brackets that are open, outermost first. */
  readonly #open: number[] = [];
  #rest = Buffer.alloc(0);
  /** Index in the work buffer where the current row, or a top-level object that may be one, starts. */
  #rowStart = -1;
  /** Nesting at which the row's own brace closes; 0 for a top-level object. */
  #rowLevel = -1;
  #inString = false;
  /** The last byte of the chunk before was a backslash inside a string. */
  #escaped = false;
  /** Inside the `value` array of a top-level object. */
  #inPage = false;
  /** Start of the last string at level 1 of a top-level object, for the key before an array. */
  #stringStart = -1;
  #lastKey = '';
  #afterKey = false;
  /** A row that is too long, or deeper than sense, is passed over. */
  #skipping = false;

  constructor(onObject: LineHandler, onDamaged: () => void) {
    this.#onObject = onObject;
    this.#onDamaged = onDamaged;
  }

  write(chunk: Buffer): void {
    const carried = this.#rest.length;
    const work = carried === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#scan(work, carried);
    this.#carry(work);
  }

  end(): void {
    if (this.#open.length > 0) this.#onDamaged();
  }

  /** Keeps what the next chunk continues: the current row, else the current key. */
  #carry(work: Buffer): void {
    const from = this.#rowStart >= 0 ? this.#rowStart : this.#stringStart;
    if (from < 0) {
      this.#rest = Buffer.alloc(0);
      return;
    }
    if (work.length - from > maxLineBytes) {
      this.#skipping = this.#rowStart >= 0 && this.#rowLevel > 0;
      if (this.#skipping) this.#onDamaged();
      this.#rowStart = -1;
      this.#stringStart = -1;
      this.#rest = Buffer.alloc(0);
      return;
    }
    this.#rest = Buffer.from(work.subarray(from));
    if (this.#stringStart >= 0) this.#stringStart -= from;
    if (this.#rowStart >= 0) this.#rowStart = 0;
  }

  #scan(work: Buffer, start: number): void {
    let at = start;
    const length = work.length;
    while (at < length) {
      const byte = work[at];
      if (this.#inString) {
        at = this.#endOfString(work, at);
        continue;
      }
      switch (byte) {
        case quote:
          this.#inString = true;
          if (this.#open.length === 1 && this.#open[0] === openBrace) this.#stringStart = at + 1;
          break;
        case openBrace:
        case openBracket:
          this.#openAt(byte, at);
          break;
        case closeBrace:
        case closeBracket:
          this.#closeAt(byte, work, at);
          break;
        case colon:
          break;
        default:
          if (!isBlank(byte)) this.#afterKey = false;
      }
      at += 1;
    }
  }

  /** Steps behind a string; one that crosses two chunks goes on at the next one's start. */
  #endOfString(work: Buffer, start: number): number {
    let at = start;
    const length = work.length;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    while (at < length) {
      const byte = work[at];
      if (byte === quote) {
        this.#inString = false;
        if (this.#stringStart >= 0) this.#noteString(work, at);
        return at + 1;
      }
      if (byte === backslash) {
        if (at + 1 >= length) {
          this.#escaped = true;
          return length;
        }
        at += 2;
      } else at += 1;
    }
    return at;
  }

  #noteString(work: Buffer, end: number): void {
    this.#lastKey = end - this.#stringStart <= 16 ? work.toString('latin1', this.#stringStart, end) : '';
    this.#stringStart = -1;
    this.#afterKey = true;
  }

  #openAt(byte: number, at: number): void {
    const level = this.#open.length;
    if (byte === openBrace && this.#rowStart < 0 && !this.#skipping) {
      const inList = this.#open[level - 1] === openBracket && (level === 1 || (level === 2 && this.#inPage));
      if (level === 0 || inList) {
        this.#rowStart = at;
        this.#rowLevel = level;
      }
    }
    if (
      byte === openBracket &&
      level === 1 &&
      this.#open[0] === openBrace &&
      this.#afterKey &&
      listKeys.has(this.#lastKey)
    ) {
      // The top-level object is a page, so it is no row itself.
      this.#inPage = true;
      this.#rowStart = -1;
      this.#rowLevel = -1;
    }
    this.#afterKey = false;
    if (level < maxLevels) this.#open.push(byte);
    else this.#reset();
  }

  #closeAt(byte: number, work: Buffer, at: number): void {
    const opened = this.#open.pop();
    if (opened === undefined || (opened === openBrace) !== (byte === closeBrace)) {
      this.#reset();
      return;
    }
    const level = this.#open.length;
    if (this.#rowStart >= 0 && level === this.#rowLevel) {
      this.#onObject(work, this.#rowStart, at + 1);
      this.#rowStart = -1;
      this.#rowLevel = -1;
    }
    if (this.#skipping && level <= 2) this.#skipping = false;
    if (level === 0) this.#inPage = false;
    this.#afterKey = false;
  }

  #reset(): void {
    this.#onDamaged();
    this.#open.length = 0;
    this.#rowStart = -1;
    this.#rowLevel = -1;
    this.#stringStart = -1;
    this.#inPage = false;
    this.#skipping = false;
  }
}
