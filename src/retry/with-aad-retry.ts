import { decide } from '../decide/index.js';
import { normalize } from '../normalize/index.js';
import type { AadError, DecideContext, Decision } from '../types.js';
import type { BreakerPass, CircuitBreaker } from './circuit-breaker.js';
import { AadCircuitOpenError, AadRetryTimeoutError } from './errors.js';
import {
  between,
  checkRetryOptions,
  having,
  isAuthority,
  isFunction,
  isObject,
  isSignal,
  maxTimerMs,
} from './options.js';
import { reasonOf, steadyNow, wait } from './timer.js';

/** Options of {@link withAadRetry}. */
export interface AadRetryOptions {
  /** Calls in total, the first one included, 1 to 10. Answers from MSAL's throttle memory are not counted. @defaultValue 3 */
  readonly attempts?: number;
  /** Milliseconds for everything, calls and waits included, 1 to 2,147,483,647. @defaultValue 30000 */
  readonly budgetMs?: number;
  /** First back-off in milliseconds, doubled each time, drawn with full jitter, 0 to 60,000. @defaultValue 500 */
  readonly baseDelayMs?: number;
  /**
   * Longest wait between two calls in milliseconds, 0 to 3,600,000; a longer Retry-After ends the retrying. MSAL remembers
   * a 429 or 5xx without Retry-After for 60 s: to outlast that, give 61_000 here and 90_000 as `budgetMs`.
   * @defaultValue 20000
   */
  readonly maxDelayMs?: number;
  /** Ends waits and calls at once with its reason. @defaultValue none */
  readonly signal?: AbortSignal;
  /** What `decide` is told about the calls. @defaultValue nothing */
  readonly context?: DecideContext;
  /**
   * Holds calls back while the authority fails. `fn` is not called then, not even for a token from MSAL's cache: give the
   * breaker to `aadNetworkClient` instead where that matters. Both may have the same one.
   * @defaultValue none
   */
  readonly breaker?: CircuitBreaker;
  /** Which circuit counts: `https://login.microsoftonline.com/<tenant>`. @defaultValue `https://login.microsoftonline.com/common` */
  readonly authority?: string;
  /** Called before each wait for another call. Throwing here is ignored. @defaultValue none */
  readonly onRetry?: (event: {
    readonly attempt: number;
    readonly delayMs: number;
    readonly error: AadError;
    readonly decision: Decision;
  }) => void;
  /** Milliseconds since the epoch, for both dates and durations; for tests. @defaultValue `Date.now`, and durations by a clock that nobody can set */
  readonly now?: () => number;
  /** 0 to 1; for tests. @defaultValue `Math.random` */
  readonly random?: () => number;
  /**
   * Waits between calls, and for the breaker; for tests. It must reject when the signal is aborted. The end of the budget is
   * watched by a timer of its own. @defaultValue a timer that the signal ends
   */
  readonly sleep?: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** What `fn` is told; calls that can be cancelled pass `signal` on. */
export interface AadRetryCall {
  /** 1 for the first call. */
  readonly attempt: number;
  /** Aborted when the caller's signal is or the budget is spent. */
  readonly signal: AbortSignal;
}

const optionChecks = {
  attempts: between(1, 10, true),
  budgetMs: between(1, maxTimerMs),
  baseDelayMs: between(0, 60_000),
  maxDelayMs: between(0, 3_600_000),
  signal: isSignal,
  context: isObject,
  breaker: having('enter', 'inside'),
  authority: isAuthority,
  onRetry: isFunction,
  now: isFunction,
  random: isFunction,
  sleep: isFunction,
};

/** MSAL remembers a 429 or 5xx for 60 s unless it read Retry-After; calling earlier only repeats its own error. */
const localThrottleMs = 60_000;

/** Whether MSAL keeps this answer in its throttle memory. */
function startsThrottleMemory({ producer, status }: AadError): boolean {
  return producer === 'msal' && status !== undefined && (status === 429 || status >= 500);
}

/**
 * Milliseconds that must pass, not counting jitter; undefined: nobody said, back off.
 *
 * @param sinceMs how long ago MSAL's throttle memory began, if an answer of the server can have started it
 */
function requiredDelay(error: AadError, sinceMs: number): number | undefined {
  if (error.retryAfterSeconds !== undefined) return error.retryAfterSeconds * 1_000;
  if (error.throttledLocally === true) return Math.max(0, localThrottleMs - sinceMs);
  return startsThrottleMemory(error) ? localThrottleMs : undefined;
}

/** What the breaker learns of a failure. */
async function report(pass: BreakerPass | undefined, error: AadError | undefined, isTransient: boolean): Promise<void> {
  if (pass === undefined) return;
  if (error === undefined || error.throttledLocally === true) pass.release();
  else if (isTransient) await pass.fail((error.retryAfterSeconds ?? 0) * 1_000);
  else if (error.origin === 'token-response') await pass.succeed();
  else pass.release();
}

/**
 * Calls `fn` again while its failure is one that `decide` calls retryable: throttling, outage, network.
 *
 * Waits for Retry-After where the error knows it (with MSAL: through `aadNetworkClient`), waits out MSAL's memory of an
 * earlier 429 or 5xx without spending attempts on it, else backs off exponentially with full jitter. The last error is
 * thrown as it came. Whether calling twice is safe is the caller's to know: token acquisition is, a payment is not, and
 * an authorization code works once.
 *
 * `budgetMs` bounds everything: a call that never settles is left behind and the promise rejects.
 *
 * @param fn called with the number of the attempt and a signal; may throw or return a plain value
 * @throws what `fn` threw last, or the signal's reason
 * @throws AadRetryOptionsError `ERR_AAD_RETRY_OPTIONS` for a wrong option
 * @throws AadRetryTimeoutError `ERR_AAD_RETRY_TIMEOUT` when a call had not settled at the end of the budget
 * @throws AadCircuitOpenError `ERR_AAD_CIRCUIT_OPEN` when the breaker asks to wait longer than `maxDelayMs` or the budget
 * @example
 * ```ts
 * const token = await withAadRetry(() => client.acquireTokenSilent({ account, scopes }), { budgetMs: 10_000 });
 * ```
 */
export async function withAadRetry<Result>(
  fn: (call: AadRetryCall) => Result | PromiseLike<Result>,
  options: AadRetryOptions = {},
): Promise<Awaited<Result>> {
  checkRetryOptions('withAadRetry', { fn }, { fn: isFunction });
  checkRetryOptions('withAadRetry', options, optionChecks);
  const { attempts = 3, budgetMs = 30_000, baseDelayMs = 500, maxDelayMs = 20_000, signal, context, breaker } = options;
  const { authority = 'https://login.microsoftonline.com/common' } = options;
  const { random = Math.random, sleep = wait, now = steadyNow } = options;
  const wallNow = options.now ?? Date.now;
  const endMs = now() + budgetMs;
  let lastThrown: unknown;
  let rememberedSinceMs: number | undefined;

  /** A clock that is set back cannot make the budget longer than it was. */
  const leftMs = (): number => Math.min(budgetMs, endMs - now());

  /** A pass of the breaker as soon as it gives one. */
  async function admitted(): Promise<BreakerPass | undefined> {
    while (breaker !== undefined) {
      const admission = await breaker.enter(authority);
      if (admission.admitted) return admission.pass;
      const { retryAfterMs } = admission;
      if (retryAfterMs > maxDelayMs || retryAfterMs >= leftMs()) {
        throw new AadCircuitOpenError(authority, retryAfterMs, lastThrown);
      }
      await sleep(retryAfterMs, signal);
    }
    return undefined;
  }

  /** undefined: longer than allowed. */
  function delayAfter(error: AadError, attempt: number): number | undefined {
    const nowMs = now();
    if (error.throttledLocally !== true) rememberedSinceMs = error.producer === 'msal' ? nowMs : undefined;
    const requiredMs = requiredDelay(error, nowMs - (rememberedSinceMs ?? nowMs));
    if (requiredMs !== undefined && requiredMs > maxDelayMs) return undefined;
    const delayMs =
      requiredMs === undefined
        ? Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1)) * random()
        : // Those who were told the same time do not come back in the same moment.
          requiredMs + random() * Math.min(1_000, baseDelayMs);
    return delayMs < leftMs() ? delayMs : undefined;
  }

  for (let attempt = 1; ;) {
    signal?.throwIfAborted();
    const pass = await admitted();
    const bounds = { attempt, leftMs: leftMs(), budgetMs, signal, cause: lastThrown };
    try {
      const result = await callWithin(bounds, (call) =>
        breaker === undefined || pass === undefined ? fn(call) : breaker.inside(pass, authority, () => fn(call)),
      );
      await pass?.succeed();
      return result;
    } catch (thrown) {
      if (thrown instanceof Unsettled) {
        // A call that hangs for the rest of the budget counts as an outage.
        await pass?.fail();
        throw thrown.error;
      }
      const error = normalize(thrown, { nowMs: wallNow() });
      const decision = error === undefined ? undefined : decide(error, context);
      await report(pass, error, decision?.retryable === true);
      if (signal?.aborted === true) throw thrown;
      // Where nobody was asked this was no attempt.
      const used = error?.throttledLocally === true ? attempt - 1 : attempt;
      if (error === undefined || decision?.retryable !== true || used >= attempts) throw thrown;
      const delayMs = delayAfter(error, attempt);
      if (delayMs === undefined) throw thrown;
      try {
        options.onRetry?.({ attempt, delayMs, error, decision });
      } catch {
        // An observer cannot stop the retry.
      }
      await sleep(delayMs, signal);
      lastThrown = thrown;
      // Without a wait it counts after all: that would be an endless loop.
      attempt = delayMs < 1 ? attempt + 1 : used + 1;
    }
  }
}

/** Marks the end of the budget, so that a nested withAadRetry's own timeout is not mistaken for it. */
class Unsettled extends Error {
  readonly error: AadRetryTimeoutError;

  constructor(error: AadRetryTimeoutError) {
    super();
    this.error = error;
  }
}

interface CallBounds {
  readonly attempt: number;
  readonly leftMs: number;
  readonly budgetMs: number;
  readonly signal: AbortSignal | undefined;
  readonly cause: unknown;
}

/** One call, left behind when the signal is aborted or the time is over. */
async function callWithin<Result>(
  { attempt, leftMs, budgetMs, signal, cause }: CallBounds,
  fn: (call: AadRetryCall) => Result | PromiseLike<Result>,
): Promise<Awaited<Result>> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const settled = new AbortController();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      ending.abort(signal?.reason);
      reject(reasonOf(ending.signal));
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
  // Never the caller's `sleep`: one that does not really wait would end every call at once.
  const expired = wait(Math.max(0, leftMs), settled.signal).then(
    () => {
      const error = new AadRetryTimeoutError(attempt, budgetMs, cause);
      ending.abort(error);
      throw new Unsettled(error);
    },
    () => new Promise<never>(() => undefined),
  );
  const run = async () => await fn({ attempt, signal: ending.signal });
  try {
    return await Promise.race([run(), aborted, expired]);
  } finally {
    settled.abort();
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
  }
}
