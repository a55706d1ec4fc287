import { createMemoryBreakerStore, type BreakerRecord, type BreakerStore } from './breaker-store.js';
import { between, checkRetryOptions, having, isFilledText, isFunction } from './options.js';
import { steadyNow } from './timer.js';

/** The commands used of a client of `redis` (node-redis) 4 and later. Nothing of it is imported. */
export interface BreakerRedisClient {
  // Method syntax on purpose: the real client's wider parameters stay assignable.
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** false while the connection is down: then no command is sent, because node-redis would queue it. */
  readonly isReady?: boolean;
}

/** Options of {@link createRedisBreakerStore}. */
export interface RedisBreakerStoreOptions {
  /** Start of every key. @defaultValue `'aad-breaker:'` */
  readonly prefix?: string;
  /** How long a command may take, in milliseconds, 10 to 5,000. @defaultValue 250 */
  readonly timeoutMs?: number;
  /** After a failure Redis is left alone for so many milliseconds, 100 to 600,000. @defaultValue 5000 */
  readonly retryMs?: number;
  /** Redis does not answer and this process decides alone: called once until Redis has answered again. Throwing is ignored. @defaultValue none */
  readonly onWarning?: (warning: { readonly code: 'AAD_BREAKER_STORE_UNAVAILABLE'; readonly cause: unknown }) => void;
}

const optionChecks = {
  prefix: isFilledText,
  timeoutMs: between(10, 5_000),
  retryMs: between(100, 600_000),
  onWarning: isFunction,
};

/**
 * Three keys a circuit, all ending by themselves: `open` lives as long as nobody may ask, `half` outlives it and holds
 * how often it opened, `probe` is the right to try. Redis counts the time, so clocks of instances do not matter.
 */
const readScript = `local half = redis.call('GET', KEYS[2])
if not half then return {-1, 0} end
return {math.max(0, redis.call('PTTL', KEYS[1])), tonumber(half)}`;
const openScript = `if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
redis.call('SET', KEYS[2], ARGV[2], 'PX', math.max(0, redis.call('PTTL', KEYS[1])) + tonumber(ARGV[3]))
redis.call('DEL', KEYS[3])
return 1`;
const closeScript = `return redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])`;

function toRecord(reply: unknown): BreakerRecord | undefined {
  const [waitMs, opens] = Array.isArray(reply) ? (reply as readonly unknown[]).map(Number) : [];
  if (waitMs === undefined || opens === undefined || !Number.isFinite(waitMs) || !Number.isFinite(opens)) {
    throw new TypeError('Redis answered something that is no circuit.');
  }
  return waitMs < 0 ? undefined : { waitMs, opens };
}

/** The promise, or a rejection when it takes too long. */
function within<Result>(promise: Promise<Result>, timeoutMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`Redis did not answer within ${String(timeoutMs)} ms.`));
    }, timeoutMs);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/**
 * Circuits shared through Redis: what Entra told one instance ("wait until T") holds for all.
 *
 * While Redis fails or is slow every process goes on with its own circuits, starting from what it knew, and says so once.
 * The client needs an `error` listener, as always with node-redis, or a lost connection ends the process.
 *
 * @param client a connected client of `redis` 4 or later
 * @throws AadRetryOptionsError `ERR_AAD_RETRY_OPTIONS`
 */
export function createRedisBreakerStore(
  client: BreakerRedisClient,
  options: RedisBreakerStoreOptions = {},
): BreakerStore {
  checkRetryOptions('createRedisBreakerStore', { client }, { client: having('set', 'eval') });
  checkRetryOptions('createRedisBreakerStore', options, optionChecks);
  const { prefix = 'aad-breaker:', timeoutMs = 250, retryMs = 5_000, onWarning } = options;
  const own = createMemoryBreakerStore();
  let leaveAloneUntilMs = 0;
  let warned = false;
  let outages = 0;

  // One hash tag, so that a Redis cluster keeps the three keys of a circuit together.
  const keysOf = (key: string): string[] => ['open', 'half', 'probe'].map((part) => `${prefix}{${key}}:${part}`);

  function degrade(cause: unknown): void {
    leaveAloneUntilMs = steadyNow() + retryMs;
    outages += 1;
    if (warned) return;
    warned = true;
    try {
      onWarning?.({ code: 'AAD_BREAKER_STORE_UNAVAILABLE', cause });
    } catch {
      // An observer changes nothing.
    }
  }

  async function ask<Result>(command: () => Promise<Result>, fallback: () => Promise<Result>): Promise<Result> {
    if (steadyNow() < leaveAloneUntilMs) return fallback();
    const before = outages;
    try {
      if (client.isReady === false) throw new Error('The Redis client is not connected.');
      const result = await within(command(), timeoutMs);
      // An answer to a question from before the outage does not end it.
      if (before === outages) warned = false;
      return result;
    } catch (cause) {
      degrade(cause);
      return fallback();
    }
  }

  return {
    read: (key) =>
      ask(
        async () => toRecord(await client.eval(readScript, { keys: keysOf(key), arguments: [] })),
        () => own.read(key),
      ),
    open: async (key, record, keepMs) => {
      // Kept here as well: should Redis go away, this process still knows.
      await own.open(key, record, keepMs);
      const values = [Math.max(1, Math.ceil(record.waitMs)), record.opens, Math.ceil(keepMs)].map(String);
      await ask(
        () => client.eval(openScript, { keys: keysOf(key), arguments: values }),
        () => Promise.resolve(undefined),
      );
    },
    takeProbe: (key, leaseMs) =>
      ask(
        async () =>
          (await client.set(keysOf(key)[2] ?? '', '1', { NX: true, PX: Math.max(1, Math.ceil(leaseMs)) })) !== null,
        () => own.takeProbe(key, leaseMs),
      ),
    close: async (key) => {
      await own.close(key);
      await ask(
        () => client.eval(closeScript, { keys: keysOf(key), arguments: [] }),
        () => Promise.resolve(undefined),
      );
    },
  };
}
