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

describe('a Redis that answers', () => {
  /** The last command, as a client of `redis` gets it; scripts by what they call. */
  function working(answers: Record<string, unknown> = {}) {
    const sent: unknown[] = [];
    const wordOf = (script: string): string =>
      [...script.matchAll(/redis\.call\('(\w+)'/g)].map(([, word]) => word).join();
    const client: BreakerRedisClient = {
      eval: (script, { keys, arguments: values }) => {
        sent.push([wordOf(script), keys, values]);
        return Promise.resolve(answers['eval'] ?? 1);
      },
      set: (...parts) => {
        sent.push(['set', ...parts]);
        return Promise.resolve('set' in answers ? answers['set'] : 'OK');
      },
    };
    const warnings: unknown[] = [];
    return { sent, warnings, store: createRedisBreakerStore(client, { onWarning: (one) => warnings.push(one) }) };
  }
  const keys = ['aad-breaker:{key}:open', 'aad-breaker:{key}:half', 'aad-breaker:{key}:probe'];

  test.each([
    ['closed', [-1, 0], undefined],
    ['open', [1_500, 2], { waitMs: 1_500, opens: 2 }],
    ['half-open', [0, 3], { waitMs: 0, opens: 3 }],
    ['open, in texts, as RESP 2 has it', ['1500', '2'], { waitMs: 1_500, opens: 2 }],
  ])('tells that a circuit is %s', async (_name, reply, record) => {
    const { store, sent, warnings } = working({ eval: reply });
    expect(await store.read('key')).toEqual(record);
    expect(sent).toEqual([['GET,PTTL', keys, []]]);
    expect(warnings).toEqual([]);
  });

  test.each([[[]], [[1]], [['x', 1]], [[1, 'x']], [[Infinity, 1]], [{}], ['OK'], [7]])(
    'but not with %j: then this process decides',
    async (reply) => {
      const { store, warnings } = working({ eval: reply });
      expect(await store.read('key')).toBeUndefined();
      expect(warnings).toEqual([
        {
          code: 'AAD_BREAKER_STORE_UNAVAILABLE',
          cause: new TypeError('Redis answered something that is no circuit.'),
        },
      ]);
    },
  );

  test('is told how long a circuit is open, in whole milliseconds, 1 at least', async () => {
    const { store, sent } = working();
    await store.open('key', { waitMs: 1_500.2, opens: 2 }, 600_000.5);
    await store.open('key', { waitMs: 0, opens: 1 }, 600_000);
    const commands = 'PTTL,SET,SET,PTTL,DEL';
    expect(sent).toEqual([
      [commands, keys, ['1501', '2', '600001']],
      [commands, keys, ['1', '1', '600000']],
    ]);
  });

  test.each([
    ['OK', true],
    [null, false],
  ])('gives the right to try to one caller: %j', async (reply, wanted) => {
    const { store, sent } = working({ set: reply });
    expect(await store.takeProbe('key', 15_000.5)).toBe(wanted);
    expect(await store.takeProbe('key', 0)).toBe(wanted);
    expect(sent).toEqual([
      ['set', keys[2], '1', { NX: true, PX: 15_001 }],
      ['set', keys[2], '1', { NX: true, PX: 1 }],
    ]);
  });

  test('forgets a circuit that was closed', async () => {
    const { store, sent } = working();
    await store.close('key');
    expect(sent).toEqual([['DEL', keys, []]]);
  });

  test('in time leaves no timer behind', async () => {
    await working({ eval: [-1, 0] }).store.read('key');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('without anybody who listens, a failure is nobody\u2019s business', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('down'));
    const store = createRedisBreakerStore({ eval: failing, set: failing });
    await store.open('key', { waitMs: 100, opens: 1 }, 60_000);
    expect(await store.read('key')).toEqual({ waitMs: 100, opens: 1 });
    await expect(store.close('key')).resolves.toBeUndefined();
  });
});

test.each([
  ['does not answer', () => new Promise(() => undefined), undefined, 'Redis did not answer within 250 ms.'],
  ['is not connected', () => Promise.resolve([-1, 0]), false, 'The Redis client is not connected.'],
])('the warning says why: it %s', async (_name, answer, isReady, message) => {
  const { store, warnings } = setUp(answer, isReady);
  const record = store.read('key');
  await vi.advanceTimersByTimeAsync(250);
  await record;
  expect(warnings).toEqual([{ code: 'AAD_BREAKER_STORE_UNAVAILABLE', cause: new Error(message) }]);
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
