/**
 * Timers and a clock that stand still until a test moves them: what the tables need of vitest's fake timers, which only
 * a vitest worker has. Promises between two timers run, as with vitest's `…Async` functions.
 */
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  Date: globalThis.Date,
};
const realImmediate = globalThis.setImmediate;
/** Timers one call may fire: as vitest has it, code that starts a new one each time must end. */
const maxTimers = 10_000;

export class FakeTimers {
  #nowMs = 0;
  #order = 0;
  #timers = new Map();
  #performanceNow;

  /** @param toFake names of globals; all of the above without it */
  use({ toFake = [...Object.keys(real), 'performance'] } = {}) {
    this.restore();
    this.#nowMs = real.Date.now();
    const startMs = this.#nowMs;
    const start = (callback, delayMs, args, isRepeated) => {
      const id = (this.#order += 1);
      const everyMs = Math.max(1, Number(delayMs) || 0);
      this.#timers.set(id, { atMs: this.#nowMs + everyMs, everyMs, isRepeated, fire: () => callback(...args) });
      const timer = { ref: () => timer, unref: () => timer, hasRef: () => true, refresh: () => timer };
      return Object.assign(timer, { [Symbol.toPrimitive]: () => id });
    };
    const stop = (timer) => {
      if (timer !== undefined && timer !== null) this.#timers.delete(Number(timer));
    };
    const now = () => this.#nowMs;
    const fakes = {
      setTimeout: (callback, delayMs, ...args) => start(callback, delayMs, args, false),
      setInterval: (callback, delayMs, ...args) => start(callback, delayMs, args, true),
      clearTimeout: stop,
      clearInterval: stop,
      Date: class extends real.Date {
        constructor(...args) {
          super(...(args.length === 0 ? [now()] : args));
        }
        static now() {
          return now();
        }
      },
    };
    for (const name of toFake) if (name in fakes) globalThis[name] = fakes[name];
    if (toFake.includes('performance')) {
      this.#performanceNow = performance.now;
      performance.now = () => this.#nowMs - startMs;
    }
  }

  restore() {
    Object.assign(globalThis, real);
    if (this.#performanceNow !== undefined) performance.now = this.#performanceNow;
    this.#performanceNow = undefined;
    this.#timers.clear();
  }

  get count() {
    return this.#timers.size;
  }

  setTime(time) {
    this.#nowMs = new real.Date(time).getTime();
  }

  async advance(byMs) {
    await this.#runUntil(this.#nowMs + byMs);
  }

  async runAll() {
    await this.#runUntil(Infinity);
  }

  async #runUntil(endMs) {
    for (let fired = 0; fired < maxTimers; fired += 1) {
      await settled();
      let next;
      for (const [id, timer] of this.#timers) if (next === undefined || timer.atMs < next[1].atMs) next = [id, timer];
      if (next === undefined || next[1].atMs > endMs) {
        if (endMs !== Infinity) this.#nowMs = endMs;
        return;
      }
      const [id, timer] = next;
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      if (timer.isRepeated) timer.atMs += timer.everyMs;
      else this.#timers.delete(id);
      timer.fire();
    }
    throw new Error(`more than ${String(maxTimers)} timers`);
  }
}

/** Whatever is ready has run when the event loop has turned. */
const settled = () => new Promise((resolve) => realImmediate(resolve));
