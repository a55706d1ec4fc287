import { decide } from '../decide/index.js';
import { normalize } from '../normalize/index.js';
import type { AadError, DecideContext, Decision } from '../types.js';

/** Options of {@link withAadRetry}. */
export interface AadRetryOptions {
  /** Calls in total, the first one included, 1 to 10. @defaultValue 3 */
  readonly attempts?: number;
  /** Milliseconds for everything, waits included. @defaultValue 30000 */
  readonly budgetMs?: number;
  /** First back-off in milliseconds, doubled each time, drawn with full jitter. @defaultValue 500 */
  readonly baseDelayMs?: number;
  /** Longest wait between two calls in milliseconds; a longer Retry-After ends the retrying. @defaultValue 20000 */
  readonly maxDelayMs?: number;
  readonly signal?: AbortSignal;
  readonly context?: DecideContext;
  /** Before each wait. Throwing here is ignored. */
  readonly onRetry?: (event: {
    readonly attempt: number;
    readonly delayMs: number;
    readonly error: AadError;
    readonly decision: Decision;
  }) => void;
  /** Milliseconds since the epoch; for tests. @defaultValue `Date.now` */
  readonly now?: () => number;
  /** 0 to 1; for tests. @defaultValue `Math.random` */
  readonly random?: () => number;
  /** For tests. @defaultValue a timer that the signal ends */
  readonly sleep?: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
}

/**
 * Calls `fn` again while its failure is one that `decide` calls retryable: throttling, outage, network.
 *
 * Waits for Retry-After where the error knows it, else exponentially with full jitter. The last error is thrown as it
 * came. Whether calling twice is safe is the caller's to know: token acquisition is, a payment is not.
 *
 * @throws what `fn` threw last, or the signal's reason
 */
export async function withAadRetry<Result>(
  fn: () => Result | PromiseLike<Result>,
  options: AadRetryOptions = {},
): Promise<Awaited<Result>> {
  const { attempts = 3, budgetMs = 30_000, baseDelayMs = 500, maxDelayMs = 20_000, signal, context } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const sleep = options.sleep ?? wait;
  const startMs = now();
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await fn();
    } catch (thrown) {
      const error = normalize(thrown, { nowMs: now() });
      const decision = error === undefined ? undefined : decide(error, context);
      if (error === undefined || decision?.retryable !== true || attempt >= attempts) throw thrown;
      const delayMs = delayFor(error, attempt, baseDelayMs, maxDelayMs, random());
      const spentMs = Math.max(0, now() - startMs);
      if (delayMs === undefined || spentMs + delayMs > budgetMs) throw thrown;
      try {
        options.onRetry?.({ attempt, delayMs, error, decision });
      } catch {
        // An observer cannot stop the retry.
      }
      await sleep(delayMs, signal);
    }
  }
}

/** MSAL remembers a 429 or 5xx for 60 s unless it read Retry-After; calling earlier only repeats its own error. */
const localThrottleMs = 60_000;

function delayFor(
  error: AadError,
  attempt: number,
  baseDelayMs: number,
  maxDelayMs: number,
  random: number,
): number | undefined {
  if (error.retryAfterSeconds !== undefined) {
    const asked = error.retryAfterSeconds * 1_000;
    return asked > maxDelayMs ? undefined : asked;
  }
  if (error.throttledLocally === true) return localThrottleMs > maxDelayMs ? undefined : localThrottleMs;
  return Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1)) * random;
}

function wait(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
