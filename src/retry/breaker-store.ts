import { steadyNow } from './timer.js';

/** What instances share about one circuit. */
export interface BreakerRecord {
  /** Milliseconds until the authority may be asked again; 0: one probe may go (half-open). */
  readonly waitMs: number;
  /** How often the circuit has opened without closing in between, 1 or more. */
  readonly opens: number;
}

/**
 * Where circuits are kept. Times are durations, never points in time, so that instances need no common clock.
 * A rejection counts as "nothing known": a store must not stop sign-ins.
 */
export interface BreakerStore {
  /** @returns undefined when the circuit is closed */
  read(key: string): Promise<BreakerRecord | undefined>;
  /** Opens for `waitMs`, or longer where somebody opened it for longer. After `keepMs` without news it is closed. */
  open(key: string, record: BreakerRecord, keepMs: number): Promise<void>;
  /** Whether the caller is the one that may ask while the circuit is half-open; the right ends after `leaseMs`. */
  takeProbe(key: string, leaseMs: number): Promise<boolean>;
  close(key: string): Promise<void>;
}

interface Entry {
  opens: number;
  openUntilMs: number;
  forgetAtMs: number;
  probeUntilMs: number;
}

/** Beyond this the circuit that was opened longest ago is forgotten: tenant names can come from outside. */
const maxEntries = 1_000;

/** Circuits of this process alone: 1,000 at most, those opened latest. */
export function createMemoryBreakerStore(now: () => number = steadyNow): BreakerStore {
  const entries = new Map<string, Entry>();
  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined && entry.forgetAtMs <= now()) entries.delete(key);
    return entries.get(key);
  };
  /** With each circuit that opens, so that those nobody asks about again do not stay. */
  const purge = (): void => {
    const nowMs = now();
    for (const [key, { forgetAtMs }] of entries) if (forgetAtMs <= nowMs) entries.delete(key);
    const [oldest] = entries.keys();
    if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest);
  };
  return {
    read: (key) => {
      const entry = live(key);
      const record = entry && { waitMs: Math.max(0, entry.openUntilMs - now()), opens: entry.opens };
      return Promise.resolve(record);
    },
    open: (key, { waitMs, opens }, keepMs) => {
      const openUntilMs = Math.max(live(key)?.openUntilMs ?? 0, now() + waitMs);
      // Put in again: the first one is the one that was opened longest ago.
      entries.delete(key);
      purge();
      entries.set(key, { opens, openUntilMs, forgetAtMs: openUntilMs + keepMs, probeUntilMs: 0 });
      return Promise.resolve();
    },
    takeProbe: (key, leaseMs) => {
      const entry = live(key);
      const free = entry === undefined || entry.probeUntilMs <= now();
      if (entry !== undefined && free) entry.probeUntilMs = now() + leaseMs;
      return Promise.resolve(free);
    },
    close: (key) => {
      entries.delete(key);
      return Promise.resolve();
    },
  };
}
