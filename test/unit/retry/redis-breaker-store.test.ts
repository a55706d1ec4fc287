/** The store's ways out when Redis fails; test/retry/redis.test.ts runs it on a real one. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRedisBreakerStore, type BreakerRedisClient } from '../../../src/retry/index.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client whose answers a test chooses; `undefined` never comes. */
function setUp(answer: () => Promise<unknown>, isReady?: boolean) {
  const commands: string[] = [];
  const client: BreakerRedisClient = {
    eval: (script) => {
      commands.push(/'(GET|PTTL|DEL)'/.exec(script)?.[1] ?? '');
      return answer();
    },
    set: (key) => {
      commands.push(key);
      return answer();
    },
    ...(isReady !== undefined && { isReady }),
  };
  const warnings: unknown[] = [];
  const store = createRedisBreakerStore(client, { onWarning: (warning) => warnings.push(warning), retryMs: 1_000 });
  return { store, commands, warnings };
}

describe('a Redis that fails', () => {
  const down = (): Promise<unknown> => Promise.reject(new Error('down'));

  test('leaves the process with what it knows, and is told about once', async () => {
    const { store, warnings } = setUp(down);
    await store.open('key', { waitMs: 5_000, opens: 2 }, 60_000);
    expect(await store.read('key')).toEqual({ waitMs: 5_000, opens: 2 });
    expect([await store.takeProbe('key', 100), await store.takeProbe('key', 100)]).toEqual([true, false]);
    await store.close('key');
    expect(await store.read('key')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(5_000);
    await store.read('key');
    expect(warnings).toEqual([{ code: 'AAD_BREAKER_STORE_UNAVAILABLE', cause: new Error('down') }]);
  });

  test('is left alone for a while, then asked again; a later failure is told again', async () => {
    let works = false;
    const { store, commands, warnings } = setUp(() => (works ? Promise.resolve([-1, 0]) : down()));
    await store.read('key');
    await store.read('key');
    expect(commands).toHaveLength(1);
    works = true;
    await vi.advanceTimersByTimeAsync(1_000);
    await store.read('key');
    expect(commands).toHaveLength(2);
    works = false;
    await store.read('key');
    expect(warnings).toHaveLength(2);
  });

  test('and an answer to an earlier question do not make two warnings', async () => {
    const answers: ((value: unknown) => void)[] = [];
    let first = true;
    const { store, warnings } = setUp(() => {
      if (!first) return down();
      first = false;
      return new Promise((resolve) => answers.push(resolve));
    });
    const early = store.read('key');
    await store.read('key');
    answers[0]?.([-1, 0]);
    await early;
    await vi.advanceTimersByTimeAsync(1_000);
    await store.read('key');
    expect(warnings).toHaveLength(1);
  });

  test.each([
    ['does not answer', () => new Promise(() => undefined)],
    ['answers nonsense', () => Promise.resolve('OK')],
    [
      'throws at once',
      () => {
        throw new Error('closed');
      },
    ],
  ])('when it %s', async (_, answer) => {
    const { store, warnings } = setUp(answer);
    const record = store.read('key');
    await vi.advanceTimersByTimeAsync(250);
    expect(await record).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  test('gets no commands while the client is not connected: they would be queued', async () => {
    const { store, commands, warnings } = setUp(() => Promise.resolve([-1, 0]), false);
    await store.read('key');
    expect(commands).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  test('an observer that throws changes nothing', async () => {
    const client = { eval: down, set: down };
    const store = createRedisBreakerStore(client, {
      onWarning: () => {
        throw new Error('observer');
      },
    });
    expect(await store.read('key')).toBeUndefined();
  });
});

test('the three keys of a circuit have one hash tag, for clusters', async () => {
  const evaluate = vi.fn(() => Promise.resolve([-1, 0]));
  const store = createRedisBreakerStore({ eval: evaluate, set: evaluate }, { prefix: 'app:' });
  await store.read('host/tenant');
  expect(evaluate).toHaveBeenCalledWith(expect.any(String), {
    keys: ['app:{host/tenant}:open', 'app:{host/tenant}:half', 'app:{host/tenant}:probe'],
    arguments: [],
  });
});

test.each([
  [
    { get: () => undefined },
    {},
    'client: createRedisBreakerStore was given a value of type object; give an object with set, eval.',
  ],
  [{ set: () => 0, eval: () => 0 }, { timeoutMs: 1 }, 'timeoutMs'],
  [{ set: () => 0, eval: () => 0 }, { prefix: '' }, 'prefix'],
  [{ set: () => 0, eval: () => 0 }, { ttl: 5 }, 'ttl: createRedisBreakerStore has no such option'],
])('refuses %j %j', (client, options, sentence) => {
  expect(() => createRedisBreakerStore(client as never, options as never)).toThrow(
    expect.objectContaining({ code: 'ERR_AAD_RETRY_OPTIONS', message: expect.stringContaining(sentence) }),
  );
});
