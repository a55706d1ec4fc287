/** A clock that runs as fast as the work allows: time passes only when nothing else is left to do. */
interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export class VirtualClock {
  #nowMs = 0;
  #order = 0;
  #timers: Timer[] = [];

  readonly now = (): number => this.#nowMs;

  /** For `withAadRetry`: rejects with the reason when the signal is aborted. */
  readonly sleep = (delayMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const timer: Timer = { atMs: this.#nowMs + delayMs, order: (this.#order += 1), fire: resolve };
      this.#insert(timer);
      signal?.addEventListener('abort', () => {
        const at = this.#timers.indexOf(timer);
        if (at >= 0) this.#timers.splice(at, 1);
        reject(signal.reason);
      });
    });

  #insert(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle]!;
      if (other.atMs < timer.atMs || (other.atMs === timer.atMs && other.order < timer.order)) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }

  /** Sets the clock without anything happening in between, as an administrator or NTP does. */
  jump(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Lets time pass until `endMs`; the work between two timers is done before the clock goes on. */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      await settleWork();
      const next = this.#timers[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#timers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }
}

/** Promises that are ready have run when the event loop has turned. */
const settleWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Numbers that look random and are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
