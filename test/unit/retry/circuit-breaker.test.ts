import { describe, expect, test, vi } from 'vitest';
import {
  createCircuitBreaker,
  createMemoryBreakerStore,
  type BreakerPass,
  type BreakerStore,
  type CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitEvent,
} from '../../../src/retry/index.js';
import { authorityKey } from '../../../src/retry/circuit-breaker.js';
import { VirtualClock } from '../../retry/virtual-clock.js';

const authority = 'https://login.microsoftonline.com/contoso.test';
const key = 'login.microsoftonline.com/contoso.test';

function setUp(options: CircuitBreakerOptions = {}) {
  const clock = new VirtualClock();
  const events: CircuitEvent[] = [];
  const breaker = createCircuitBreaker({
    now: clock.now,
    random: () => 1,
    onStateChange: (event) => events.push(event),
    ...options,
  });
  return { clock, events, breaker };
}

async function pass(breaker: CircuitBreaker, url = authority): Promise<BreakerPass> {
  const entry = await breaker.enter(url);
  if (!entry.admitted) throw new Error(`refused for ${entry.retryAfterMs} ms`);
  return entry.pass;
}

async function fail(breaker: CircuitBreaker, times: number, retryAfterMs?: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await (await pass(breaker)).fail(retryAfterMs);
}

const refusedFor = async (breaker: CircuitBreaker, url = authority): Promise<number | undefined> => {
  const entry = await breaker.enter(url);
  return entry.admitted ? undefined : entry.retryAfterMs;
};

describe('a circuit opens', () => {
  test('with the fifth failure in ten seconds, and says so', async () => {
    const { breaker, events } = setUp();
    await fail(breaker, 4);
    expect(breaker.stateOf(authority)).toBe('closed');
    await fail(breaker, 1);
    expect(breaker.stateOf(authority)).toBe('open');
    expect(events).toEqual([{ authority: key, from: 'closed', to: 'open', waitMs: 5_000 }]);
  });

  test('not with failures that are far apart', async () => {
    const { breaker, clock } = setUp();
    for (let count = 0; count < 20; count += 1) {
      await fail(breaker, 1);
      clock.jump(3_000);
    }
    expect(breaker.stateOf(authority)).toBe('closed');
  });

  test('not while most calls succeed', async () => {
    const { breaker } = setUp();
    for (let count = 0; count < 20; count += 1) await (await pass(breaker)).succeed();
    await fail(breaker, 19);
    expect(breaker.stateOf(authority)).toBe('closed');
    await fail(breaker, 1);
    expect(breaker.stateOf(authority)).toBe('open');
  });

  test('for the longest Retry-After among its failures, or the back-off when that is longer', async () => {
    const one = setUp();
    await fail(one.breaker, 4, 30_000);
    await fail(one.breaker, 1, 7_000);
    expect(one.events[0]?.waitMs).toBe(30_000);
    const two = setUp();
    await fail(two.breaker, 5, 1);
    expect(two.events[0]?.waitMs).toBe(5_000);
  });

  test('not for longer than maxRetryAfterMs, whatever the answer says', async () => {
    const { breaker, events } = setUp();
    await fail(breaker, 5, 86_400_000);
    expect(events[0]?.waitMs).toBe(900_000);
  });

  test('for its own tenant and host, whatever the path, letter case or policy', async () => {
    const { breaker } = setUp();
    await fail(breaker, 5);
    expect(await refusedFor(breaker, `${authority.toUpperCase()}/oauth2/v2.0/token?x=1`)).toBeGreaterThan(0);
    expect(
      await refusedFor(breaker, 'https://login.microsoftonline.com/fabrikam.test/oauth2/v2.0/token'),
    ).toBeUndefined();
    expect(await refusedFor(breaker, 'https://login.microsoftonline.us/contoso.test')).toBeUndefined();
    expect(breaker.stateOf('https://login.microsoftonline.com/tfp/contoso.test/b2c_1_signin/oauth2')).toBe('open');
  });

  test('not by calls of which nothing is known', async () => {
    const { breaker } = setUp({ failureThreshold: 1 });
    const one = await pass(breaker);
    one.release();
    await one.fail();
    expect(breaker.stateOf(authority)).toBe('closed');
  });
});

describe('an open circuit', () => {
  test('refuses, each with a time of its own, at or after its end', async () => {
    let draw = 0;
    const { breaker } = setUp({ random: () => (draw += 0.1) % 1 });
    await fail(breaker, 5, 10_000);
    const times = await Promise.all(Array.from({ length: 5 }, () => refusedFor(breaker)));
    expect(new Set(times).size).toBe(5);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(10_000);
  });

  test('lets one call try when its time is over; success closes it', async () => {
    const { breaker, clock, events } = setUp();
    await fail(breaker, 5);
    clock.jump(5_000);
    const probe = await pass(breaker);
    expect(probe.isProbe).toBe(true);
    expect(await refusedFor(breaker)).toBeLessThanOrEqual(1_000);
    expect(breaker.stateOf(authority)).toBe('half-open');
    await probe.succeed();
    expect(events.map(({ to }) => to)).toEqual(['open', 'half-open', 'closed']);
    expect((await pass(breaker)).isProbe).toBe(false);
  });

  test('doubles its time with each probe that fails, up to a limit, and starts anew after closing', async () => {
    const { breaker, clock, events } = setUp();
    await fail(breaker, 5);
    for (let count = 0; count < 4; count += 1) {
      clock.jump(30_000);
      await fail(breaker, 1);
    }
    clock.jump(30_000);
    await (await pass(breaker)).succeed();
    clock.jump(60_000);
    await fail(breaker, 5);
    const waits = events.filter(({ to }) => to === 'open').map(({ waitMs }) => waitMs);
    expect(waits).toEqual([5_000, 10_000, 20_000, 30_000, 30_000, 5_000]);
  });

  test('lets another call try when the first one has not come back', async () => {
    const { breaker, clock } = setUp();
    await fail(breaker, 5);
    clock.jump(5_000);
    await pass(breaker);
    clock.jump(14_999);
    expect(await refusedFor(breaker)).toBeGreaterThan(0);
    clock.jump(1);
    expect((await pass(breaker)).isProbe).toBe(true);
  });

  test('is not moved by calls that were under way when it opened', async () => {
    const { breaker, events } = setUp();
    const [late, slow] = [await pass(breaker), await pass(breaker)];
    await fail(breaker, 5);
    await late.fail(600_000);
    await slow.succeed();
    expect(events).toHaveLength(1);
    expect(breaker.stateOf(authority)).toBe('open');
  });

  test('is closed when nobody came for ten minutes', async () => {
    const { breaker, clock } = setUp();
    await fail(breaker, 5);
    clock.jump(5_000 + 600_000);
    expect((await pass(breaker)).isProbe).toBe(false);
  });
});

describe('after closing', () => {
  /** Twenty calls a second for a while, then an outage; how many are let in each second afterwards. */
  async function admittedPerSecond(seconds: number): Promise<number[]> {
    const { breaker, clock } = setUp({ random: () => 0, windowMs: 100 });
    for (let count = 0; count < 600; count += 1) {
      await (await pass(breaker)).succeed();
      clock.jump(50);
    }
    clock.jump(101);
    await fail(breaker, 5);
    clock.jump(5_000);
    await (await pass(breaker)).succeed();
    const counts: number[] = [];
    for (let second = 0; second < seconds; second += 1) {
      let admitted = 0;
      for (let count = 0; count < 200; count += 1) {
        if ((await breaker.enter(authority)).admitted) admitted += 1;
        clock.jump(5);
      }
      counts.push(admitted);
    }
    return counts;
  }

  test('calls come back at about the rate that was usual, then faster and faster', async () => {
    const counts = await admittedPerSecond(90);
    expect(counts[0]).toBeGreaterThanOrEqual(15);
    expect(Math.max(...counts.slice(0, 10))).toBeLessThanOrEqual(40);
    expect(counts.at(-1)).toBeGreaterThan(100);
  });

  test('everything goes as before once nobody has to wait', async () => {
    const { breaker, clock } = setUp();
    await fail(breaker, 5);
    clock.jump(5_000);
    await (await pass(breaker)).succeed();
    clock.jump(5_000);
    const entries = await Promise.all(Array.from({ length: 50 }, () => breaker.enter(authority)));
    expect(entries.every(({ admitted }) => admitted)).toBe(true);
  });
});

describe('who is refused comes back at a time of its own', () => {
  test.each([
    ['a second later at most, while it is long open', 10_000, 11_000],
    ['a fifth of the time later at most, while it is not', 1_000, 1_200],
  ])('%s', async (_name, waitMs, wanted) => {
    const { breaker } = setUp({ openMs: 10 });
    await fail(breaker, 5, waitMs);
    expect(await refusedFor(breaker)).toBe(wanted);
  });

  test.each([
    [10_000, 11_000],
    [1_000, 1_200],
  ])('also when another instance has opened it for %i ms', async (waitMs, wanted) => {
    const { breaker, clock, events } = setUp({
      store: { ...createMemoryBreakerStore(), read: async () => ({ waitMs, opens: 3 }) },
    });
    expect(await refusedFor(breaker)).toBe(wanted);
    expect(events).toEqual([{ authority: key, from: 'closed', to: 'open', waitMs }]);
    clock.jump(waitMs - 1);
    expect(await refusedFor(breaker)).toBeGreaterThan(1);
  });

  test.each([
    ['soonest', 0, 250],
    ['latest', 1, 1_000],
  ])('%s while one call tries for all', async (_name, draw, wanted) => {
    const { breaker, clock } = setUp({ random: () => draw });
    await fail(breaker, 5);
    clock.jump(5_000);
    await pass(breaker);
    expect(await refusedFor(breaker)).toBe(wanted);
  });

  test.each([
    ['soonest', 0, 80],
    ['latest', 1, 1_080],
  ])('%s while calls come back one by one', async (_name, draw, wanted) => {
    const { breaker, clock } = setUp({ random: () => draw, openMs: 10_000, minRecoveryPerSecond: 10 });
    await fail(breaker, 5);
    clock.jump(10_000);
    await (await pass(breaker)).succeed();
    // 10 a second times 1.25: a place every 80 ms.
    await pass(breaker);
    expect(await refusedFor(breaker)).toBe(wanted);
    clock.jump(79);
    expect(await refusedFor(breaker)).toBe(wanted - 79);
    clock.jump(1);
    expect(await refusedFor(breaker)).toBeUndefined();
  });

  test.each([
    ['a burst at the very start counts as a second of use', 5, 0, 152.26],
    ['what was usual for a minute counts as it was', 600, 100, 80],
  ])('the rate they come back at: %s', async (_name, calls, everyMs, wanted) => {
    const { breaker, clock } = setUp({
      random: () => 0,
      minRecoveryPerSecond: 0.1,
      failureThreshold: 1,
      windowMs: 100,
    });
    for (let call = 1; call < calls; call += 1) {
      await (await pass(breaker)).succeed();
      clock.jump(everyMs);
    }
    // A window of its own, so that one failure opens it; the mean fades by a hundredth meanwhile.
    clock.jump(101);
    await fail(breaker, 1);
    clock.jump(5_000);
    await (await pass(breaker)).succeed();
    await pass(breaker);
    expect(Math.abs((await refusedFor(breaker))! - wanted)).toBeLessThan(3);
  });

  test('and several that ask at the same moment for the last place: one of them', async () => {
    const { breaker, clock } = setUp({ random: () => 0, minRecoveryPerSecond: 10 });
    await fail(breaker, 5);
    clock.jump(5_000);
    await (await pass(breaker)).succeed();
    const entries = await Promise.all([1, 2, 3].map(() => breaker.enter(authority)));
    expect(entries.map(({ admitted }) => admitted)).toEqual([true, false, false]);
    for (const entry of entries.slice(1)) expect(entry).toEqual({ admitted: false, retryAfterMs: 80 });
  });
});

describe('the names of circuits', () => {
  test.each([
    ['https://Login.Microsoftonline.com/Contoso.Test/oauth2/v2.0/token?x=1', 'login.microsoftonline.com/contoso.test'],
    ['https://contoso.b2clogin.com/tfp/contoso.test/B2C_1', 'contoso.b2clogin.com/contoso.test'],
    ['https://login.microsoftonline.com', 'login.microsoftonline.com/'],
    ['http://localhost:8080//a', 'localhost:8080/a'],
    ['No URL', 'no url'],
    [`x${'Y'.repeat(300)}`, `x${'y'.repeat(199)}`],
    [`https://a.test/${'Y'.repeat(300)}`, `a.test/${'y'.repeat(193)}`],
  ])('%s', (url, name) => {
    expect(authorityKey(url)).toBe(name);
  });
});

describe('a pass', () => {
  test('says whether it is settled, and of a probe only the first word counts', async () => {
    const { breaker, clock } = setUp();
    await fail(breaker, 5);
    clock.jump(5_000);
    const probe = await pass(breaker);
    expect(probe.isSettled).toBe(false);
    probe.release();
    expect(probe.isSettled).toBe(true);
    await probe.succeed();
    expect(breaker.stateOf(authority)).toBe('half-open');
  });

  test('that is settled is not used again inside its call', async () => {
    const { breaker } = setUp();
    const one = await pass(breaker);
    await breaker.inside(one, authority, async () => {
      await one.succeed();
      expect(await pass(breaker)).not.toBe(one);
    });
  });

  test('counts once', async () => {
    const { breaker } = setUp({ failureThreshold: 2 });
    const one = await pass(breaker);
    await one.fail();
    await one.fail();
    await one.fail();
    expect(breaker.stateOf(authority)).toBe('closed');
  });

  test('is the same one for calls inside the call, so that a probe does not wait for itself', async () => {
    const { breaker, clock } = setUp();
    await fail(breaker, 5);
    clock.jump(5_000);
    const probe = await pass(breaker);
    await breaker.inside(probe, authority, async () => {
      await Promise.resolve();
      const inner = await pass(breaker, `${authority}/oauth2/v2.0/token`);
      expect(inner).toBe(probe);
      await inner.succeed();
    });
    expect(breaker.stateOf(authority)).toBe('closed');
  });

  test('of another breaker or tenant is not', async () => {
    const { breaker } = setUp();
    const one = await pass(breaker);
    await breaker.inside(one, authority, async () => {
      expect(await pass(breaker, 'https://login.microsoftonline.com/fabrikam.test')).not.toBe(one);
      expect(await pass(setUp().breaker)).not.toBe(one);
    });
  });
});

describe('a store', () => {
  test('that fails stops nobody, and leaves the circuit as this process knows it', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('store'));
    const store: BreakerStore = { read: broken, open: broken, takeProbe: broken, close: broken };
    const { breaker, clock } = setUp({ store });
    await fail(breaker, 5);
    expect(await refusedFor(breaker)).toBeGreaterThan(0);
    clock.jump(5_000);
    const probe = await pass(breaker);
    expect(probe.isProbe).toBe(true);
    await probe.succeed();
    expect(breaker.stateOf(authority)).toBe('closed');
  });

  test('is not asked while the circuit is known to be open', async () => {
    const store = createMemoryBreakerStore();
    const { breaker } = setUp({ store });
    await fail(breaker, 5);
    const read = vi.spyOn(store, 'read');
    await refusedFor(breaker);
    expect(read).not.toHaveBeenCalled();
  });

  test('that is shared tells the other breaker', async () => {
    const clock = new VirtualClock();
    const store = createMemoryBreakerStore(clock.now);
    const [one, two] = [1, 2].map(() => createCircuitBreaker({ store, now: clock.now })) as [
      CircuitBreaker,
      CircuitBreaker,
    ];
    await fail(one, 5, 20_000);
    expect(await refusedFor(two)).toBeGreaterThanOrEqual(20_000);
    clock.jump(25_000);
    const probe = await pass(two);
    expect(await refusedFor(one)).toBeGreaterThan(0);
    await probe.succeed();
    clock.jump(1_001);
    expect((await pass(one)).isProbe).toBe(false);
  });
});

test('an observer that throws changes nothing', async () => {
  const { breaker } = setUp({
    onStateChange: () => {
      throw new Error('observer');
    },
  });
  await fail(breaker, 5);
  expect(breaker.stateOf(authority)).toBe('open');
});

test.each([
  [{ failureThreshold: 0 }, 'failureThreshold: createCircuitBreaker was given 0; give a whole number from 1 to 1000.'],
  [{ openMs: -1 }, 'openMs'],
  [
    { store: {} },
    'store: createCircuitBreaker was given a value of type object; give an object with read, open, takeProbe, close.',
  ],
  [{ onStateChange: 'log' }, 'onStateChange'],
  [{ threshold: 5 }, 'threshold: createCircuitBreaker has no such option; its options are failureThreshold,'],
])('refuses %j', (options, sentence) => {
  expect(() => createCircuitBreaker(options as CircuitBreakerOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_AAD_RETRY_OPTIONS', message: expect.stringContaining(sentence) }),
  );
});

test('without an observer a circuit opens all the same', async () => {
  const breaker = createCircuitBreaker({ failureThreshold: 1 });
  await (await pass(breaker)).fail();
  expect(breaker.stateOf(authority)).toBe('open');
});

test('what changed is told with the wait only where there is one', async () => {
  const { breaker, clock, events } = setUp();
  await fail(breaker, 5);
  clock.jump(5_000);
  await (await pass(breaker)).succeed();
  expect(events).toStrictEqual([
    { authority: key, from: 'closed', to: 'open', waitMs: 5_000 },
    { authority: key, from: 'open', to: 'half-open' },
    { authority: key, from: 'half-open', to: 'closed' },
  ]);
});

test('late answers of calls from before an outage do not count for the time after it', async () => {
  const { breaker, clock } = setUp();
  const late = await Promise.all(Array.from({ length: 5 }, () => pass(breaker)));
  await fail(breaker, 5);
  for (const one of late) await one.succeed();
  clock.jump(5_000);
  await (await pass(breaker)).succeed();
  clock.jump(2_000);
  await fail(breaker, 5);
  expect(breaker.stateOf(authority)).toBe('open');
});

test('circuits of names from outside do not pile up', async () => {
  const { breaker } = setUp({ failureThreshold: 1 });
  await (await pass(breaker)).fail();
  for (let count = 0; count < 1_000; count += 1) await breaker.enter(`https://login.microsoftonline.com/t${count}`);
  // Forgotten here, but not by the store.
  expect(breaker.stateOf(authority)).toBe('closed');
  expect(await refusedFor(breaker)).toBeGreaterThan(0);
});
