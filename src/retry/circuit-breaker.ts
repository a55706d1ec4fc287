/**
 * A circuit for each authority and tenant.
 *
 * Why not cockatiel or opossum: each would be a dependency of every application for the sake of those who want a
 * breaker; neither shares "wait until T" between processes, honours Retry-After, or lets work back in gradually.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createMemoryBreakerStore, type BreakerStore } from './breaker-store.js';
import { between, checkRetryOptions, having, isFunction } from './options.js';
import { steadyNow } from './timer.js';

export type CircuitState = 'closed' | 'open' | 'half-open';

/** A circuit changed as this process sees it. */
export interface CircuitEvent {
  /** Host and tenant: `login.microsoftonline.com/contoso.onmicrosoft.com`. */
  readonly authority: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** How long nobody asks; only with `to: 'open'`. */
  readonly waitMs?: number;
}

/** Options of {@link createCircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** So many transient failures within `windowMs`, and no fewer than successes, open the circuit, 1 to 1000. @defaultValue 5 */
  readonly failureThreshold?: number;
  /** How long failures are counted together, in milliseconds, 100 to 600,000. @defaultValue 10000 */
  readonly windowMs?: number;
  /** First time open in milliseconds, doubled with each probe that fails, 10 to 600,000. @defaultValue 5000 */
  readonly openMs?: number;
  /** Longest time open without a Retry-After, in milliseconds, 10 to 3,600,000. @defaultValue 30000 */
  readonly maxOpenMs?: number;
  /** Longest Retry-After that is honoured, in milliseconds, 1000 to 86,400,000: no proxy shuts sign-in for a day. @defaultValue 900000 */
  readonly maxRetryAfterMs?: number;
  /** How long a probe may take before another one may go, in milliseconds, 10 to 600,000. @defaultValue 15000 */
  readonly probeMs?: number;
  /** Calls a second that are let in after closing even where fewer were usual before, 0.1 to 10,000. @defaultValue 5 */
  readonly minRecoveryPerSecond?: number;
  /** Where "wait until" is kept; with createRedisBreakerStore all processes share it. @defaultValue this process's memory */
  readonly store?: BreakerStore;
  /** Called when a circuit opens, closes or is probed. Throwing here is ignored. @defaultValue none */
  readonly onStateChange?: (event: CircuitEvent) => void;
  /** Milliseconds that only grow; for tests. @defaultValue a clock that nobody can set */
  readonly now?: () => number;
  /** 0 to 1; for tests. @defaultValue `Math.random` */
  readonly random?: () => number;
}

/** What became of an admitted call. Only the first word counts. */
export interface BreakerPass {
  readonly isProbe: boolean;
  readonly isSettled: boolean;
  /** The authority answered, with a token or an error of the caller's. */
  succeed(): Promise<void>;
  /** Throttling, outage or network. @param retryAfterMs what Retry-After asked for */
  fail(retryAfterMs?: number): Promise<void>;
  /** The authority was not asked, or nothing is known. */
  release(): void;
}

export type Admission =
  | { readonly admitted: true; readonly pass: BreakerPass }
  /** Ask again after so many milliseconds; every caller gets a time of its own. */
  | { readonly admitted: false; readonly retryAfterMs: number };

/** Made by {@link createCircuitBreaker}; pass it to `aadNetworkClient` or `withAadRetry`. */
export interface CircuitBreaker {
  /** Whether a call may go to this authority now. @param authority its URL, or any URL of the tenant */
  enter(authority: string): Promise<Admission>;
  /** Calls `fn`; calls of the same breaker inside it count as this one. */
  inside<Result>(pass: BreakerPass, authority: string, fn: () => Result): Result;
  /** As this process saw it last. */
  stateOf(authority: string): CircuitState;
}

const optionChecks = {
  failureThreshold: between(1, 1_000, true),
  windowMs: between(100, 600_000),
  openMs: between(10, 600_000),
  maxOpenMs: between(10, 3_600_000),
  maxRetryAfterMs: between(1_000, 86_400_000),
  probeMs: between(10, 600_000),
  minRecoveryPerSecond: between(0.1, 10_000),
  store: having('read', 'open', 'takeProbe', 'close'),
  onStateChange: isFunction,
  now: isFunction,
  random: isFunction,
};

/** Host and tenant of any URL of an authority, lower case. @internal */
export function authorityKey(url: string): string {
  if (!URL.canParse(url)) return url.toLowerCase().slice(0, 200);
  const { host, pathname } = new URL(url);
  const parts = pathname.split('/').filter((part) => part !== '' && part !== 'tfp');
  return `${host}/${parts[0] ?? ''}`.toLowerCase().slice(0, 200);
}

/** Beyond this the circuit that was used longest ago is forgotten: tenant names can come from outside. */
const maxCircuits = 1_000;
/** A circuit about which nobody had news for so long is closed. */
const keepMs = 600_000;
/** Calls a second are an average over about this time. */
const rateWindowMs = 10_000;
/** After closing, calls come back at this multiple of what was usual, twice that after each `recoveryDoublesMs`. */
const recoveryFactor = 1.25;
const recoveryDoublesMs = 30_000;

/** What this process knows about one authority. */
class Circuit {
  state: CircuitState = 'closed';
  openUntilMs = -Infinity;
  /** How often it opened without closing in between, as far as known here. */
  opens = 0;
  /** Results of the current window. */
  windowStartMs = -Infinity;
  good = 0;
  bad = 0;
  /** Longest Retry-After of the failures in the window. */
  askedMs = 0;
  /** Calls, each fading with time; stands still while not closed. */
  weight = 0;
  lastCallMs: number | undefined;
  /** Milliseconds of which `weight` knows: a young average has not seen a whole window yet. */
  observedMs = 0;
  /** While set, calls are let in one by one; when the next one may go. */
  nextSlotMs: number | undefined;
  closedAtMs = -Infinity;
  usualPerSecond = 0;

  countCall(nowMs: number): void {
    const sinceMs = this.lastCallMs === undefined ? 0 : nowMs - this.lastCallMs;
    this.weight = this.weight * Math.exp(-sinceMs / rateWindowMs) + 1;
    this.observedMs += sinceMs;
    this.lastCallMs = nowMs;
  }

  /** Calls a second as usual lately. A burst at the very start is no usage yet: it counts as a second's. */
  get perSecond(): number {
    return (this.weight * 1_000) / (rateWindowMs * (1 - Math.exp(-Math.max(1_000, this.observedMs) / rateWindowMs)));
  }

  countResult(nowMs: number, windowMs: number, isGood: boolean): void {
    if (nowMs - this.windowStartMs > windowMs) {
      this.windowStartMs = nowMs;
      this.good = 0;
      this.bad = 0;
      this.askedMs = 0;
    }
    if (isGood) this.good += 1;
    else this.bad += 1;
  }

  /** Milliseconds to wait for a place while calls come back; 0: go. Ends when nobody wants a place for a second. */
  waitForSlot(nowMs: number, minPerSecond: number): number {
    if (this.nextSlotMs === undefined) return 0;
    if (nowMs - this.nextSlotMs > 1_000) {
      this.nextSlotMs = undefined;
      return 0;
    }
    const growth = recoveryFactor * 2 ** ((nowMs - this.closedAtMs) / recoveryDoublesMs);
    const stepMs = 1_000 / (Math.max(minPerSecond, this.usualPerSecond) * growth);
    if (this.nextSlotMs > nowMs) return this.nextSlotMs - nowMs;
    this.nextSlotMs = Math.max(this.nextSlotMs, nowMs - stepMs) + stepMs;
    return 0;
  }
}

/**
 * Stops asking an authority that fails, for each host and tenant by itself, and lets work back in gradually.
 *
 * Closed: everything goes. Open, after sustained transient failures: nothing goes until the time that Retry-After named,
 * else a time that doubles. Half-open: one call goes, among all instances that share the store; its success closes the
 * circuit, its failure opens it again. After closing, calls come back at about the rate that was usual before.
 *
 * @throws AadRetryOptionsError `ERR_AAD_RETRY_OPTIONS`
 */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  checkRetryOptions('createCircuitBreaker', options, optionChecks);
  const { failureThreshold = 5, windowMs = 10_000, openMs = 5_000, maxOpenMs = 30_000 } = options;
  const { maxRetryAfterMs = 900_000, probeMs = 15_000, minRecoveryPerSecond = 5, onStateChange } = options;
  const { now = steadyNow, random = Math.random } = options;
  const store = options.store ?? createMemoryBreakerStore(now);
  const circuits = new Map<string, Circuit>();
  const passes = new AsyncLocalStorage<{ readonly key: string; readonly pass: BreakerPass }>();

  function circuitOf(key: string): Circuit {
    const circuit = circuits.get(key) ?? new Circuit();
    circuits.delete(key);
    circuits.set(key, circuit);
    const oldest = circuits.keys().next();
    if (circuits.size > maxCircuits && oldest.done !== true) circuits.delete(oldest.value);
    return circuit;
  }

  function moveTo(key: string, circuit: Circuit, to: CircuitState, waitMs?: number): void {
    const from = circuit.state;
    circuit.state = to;
    if (from === to) return;
    try {
      onStateChange?.({ authority: key, from, to, ...(waitMs !== undefined && { waitMs }) });
    } catch {
      // An observer changes nothing.
    }
  }

  function opened(key: string, circuit: Circuit, waitMs: number, opens: number): void {
    circuit.openUntilMs = now() + waitMs;
    circuit.opens = opens;
    moveTo(key, circuit, 'open', waitMs);
  }

  function closed(key: string, circuit: Circuit): void {
    if (circuit.state === 'closed') return;
    circuit.opens = 0;
    circuit.openUntilMs = -Infinity;
    circuit.windowStartMs = -Infinity;
    circuit.nextSlotMs = now();
    circuit.closedAtMs = now();
    circuit.usualPerSecond = circuit.perSecond;
    // The pause must not fade what was usual.
    circuit.lastCallMs = now();
    moveTo(key, circuit, 'closed');
  }

  async function open(key: string, circuit: Circuit, askedMs: number): Promise<void> {
    const doubled = Math.min(maxOpenMs, openMs * 2 ** Math.min(circuit.opens, 20));
    // Half to full, so that instances without a common store do not probe together.
    const backOffMs = doubled * (0.5 + random() / 2);
    const waitMs = Math.max(Math.min(askedMs, maxRetryAfterMs), backOffMs);
    opened(key, circuit, waitMs, circuit.opens + 1);
    await store.open(key, { waitMs, opens: circuit.opens }, keepMs).catch(() => undefined);
  }

  function createPass(key: string, circuit: Circuit, isProbe: boolean): BreakerPass {
    let settled = false;
    const once = (): boolean => {
      const first = !settled;
      settled = true;
      return first;
    };
    return {
      isProbe,
      get isSettled() {
        return settled;
      },
      async succeed() {
        if (!once()) return;
        if (!isProbe) {
          if (circuit.state === 'closed') circuit.countResult(now(), windowMs, true);
          return;
        }
        closed(key, circuit);
        await store.close(key).catch(() => undefined);
      },
      async fail(retryAfterMs = 0) {
        if (!once()) return;
        if (isProbe) return open(key, circuit, retryAfterMs);
        // Calls that were under way when it opened tell nothing new.
        if (circuit.state !== 'closed') return;
        circuit.countResult(now(), windowMs, false);
        circuit.askedMs = Math.max(circuit.askedMs, retryAfterMs);
        if (circuit.bad >= failureThreshold && circuit.bad >= circuit.good) return open(key, circuit, circuit.askedMs);
      },
      release: () => void once(),
    };
  }

  const refusal = (waitMs: number): Admission => ({ admitted: false, retryAfterMs: Math.max(1, waitMs) });

  function admit(key: string, circuit: Circuit, isProbe: boolean): Admission {
    return { admitted: true, pass: createPass(key, circuit, isProbe) };
  }

  async function enter(authority: string): Promise<Admission> {
    const key = authorityKey(authority);
    const outer = passes.getStore();
    if (outer?.key === key && !outer.pass.isSettled) return { admitted: true, pass: outer.pass };
    const circuit = circuitOf(key);
    // While it is known to be open nobody is asked, not even the store.
    const leftMs = circuit.openUntilMs - now();
    if (leftMs > 0) return refusal(leftMs + random() * Math.min(1_000, leftMs / 5));
    // While calls come back one by one, those without a place draw the time of their next try.
    const queuedMs = (circuit.nextSlotMs ?? -Infinity) - now();
    if (queuedMs > 0) return refusal(queuedMs + random() * 1_000);
    // A store that fails says nothing: an open circuit goes on with a probe of its own.
    const unknown = circuit.state === 'closed' ? undefined : { waitMs: 0, opens: circuit.opens };
    const shared = await store.read(key).catch(() => unknown);
    if (shared === undefined) {
      closed(key, circuit);
      const slotMs = circuit.waitForSlot(now(), minRecoveryPerSecond);
      if (slotMs > 0) return refusal(slotMs + random() * 1_000);
      circuit.countCall(now());
      return admit(key, circuit, false);
    }
    if (shared.waitMs > 0) {
      opened(key, circuit, shared.waitMs, shared.opens);
      return refusal(shared.waitMs + random() * Math.min(1_000, shared.waitMs / 5));
    }
    circuit.opens = shared.opens;
    moveTo(key, circuit, 'half-open');
    const isProbe = await store.takeProbe(key, probeMs).catch(() => true);
    return isProbe ? admit(key, circuit, true) : refusal(250 + random() * 750);
  }

  return {
    enter,
    inside: (pass, authority, fn) => passes.run({ key: authorityKey(authority), pass }, fn),
    stateOf: (authority) => circuits.get(authorityKey(authority))?.state ?? 'closed',
  };
}
