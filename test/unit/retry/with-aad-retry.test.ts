import { describe, expect, test, vi } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { decide } from '../../../src/decide/index.js';
import {
  createCircuitBreaker,
  withAadRetry,
  type AadRetryCall,
  type AadRetryOptions,
} from '../../../src/retry/index.js';
import { createAadError } from '../../../src/testing/index.js';
import { VirtualClock } from '../../retry/virtual-clock.js';

const busy = (): Error => createAadError({ code: 90033, status: 400 });
const answer = (status: number, headers: Record<string, string> = {}): Error =>
  Object.assign(new Error(`HTTP ${status}`), { status, headers, body: { error: 'temporarily_unavailable' } });

/** Runs on virtual time; what a test gives comes last. */
function start(fn: (call: AadRetryCall) => unknown, options: AadRetryOptions = {}, clock = new VirtualClock()) {
  const delays: number[] = [];
  const settled = { value: undefined as unknown, error: undefined as unknown, atMs: undefined as number | undefined };
  const done = withAadRetry(fn, {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    onRetry: ({ delayMs }) => delays.push(delayMs),
    ...options,
  }).then(
    (value) => Object.assign(settled, { value, atMs: clock.now() }),
    (error: unknown) => Object.assign(settled, { error, atMs: clock.now() }),
  );
  return { clock, delays, settled, done };
}

/** Fails with each in turn, then succeeds. */
function failing(...errors: readonly Error[]) {
  let calls = 0;
  const fn = vi.fn(async () => {
    const error = errors[calls];
    calls += 1;
    if (error !== undefined) throw error;
    return 'token';
  });
  return fn;
}

describe('withAadRetry calls again', () => {
  test('after an outage, doubling a wait that is drawn between nothing and all of it', async () => {
    const fn = failing(busy(), busy());
    const { clock, delays, settled } = start(fn);
    await clock.runUntil(60_000);
    expect(delays).toEqual([250, 500]);
    expect(settled).toMatchObject({ value: 'token', atMs: 750 });
  });

  test.each([
    ['seconds', '17', 17_000],
    ['a fraction, rounded up', '1.5', 2_000],
    ['an HTTP date', new Date(17_000).toUTCString(), 17_000],
    ['nothing to wait for', '0', 0],
    ['a date that has passed', 'Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('after Retry-After: %s', async (_, header, waitMs) => {
    const fn = failing(answer(429, { 'retry-after': header }));
    const { clock, delays, settled } = start(fn);
    await clock.runUntil(60_000);
    // And a little on top, so that those who were told the same time do not come together.
    expect(delays).toEqual([waitMs + 250]);
    expect(settled.value).toBe('token');
  });

  test.each([
    ['negative', '-5'],
    ['garbage', 'soon'],
    ['a sign', '+5'],
  ])('as if Retry-After had not been there: %s', async (_, header) => {
    const fn = failing(answer(503, { 'retry-after': header }));
    const { clock, delays } = start(fn);
    await clock.runUntil(60_000);
    expect(delays).toEqual([250]);
  });

  test('tells fn which attempt it is', async () => {
    const attempts: number[] = [];
    const { clock } = start(({ attempt }) => {
      attempts.push(attempt);
      throw busy();
    });
    await clock.runUntil(60_000);
    expect(attempts).toEqual([1, 2, 3]);
  });

  test('even when an observer throws', async () => {
    const { clock, settled } = start(failing(busy()), {
      onRetry: () => {
        throw new Error('observer');
      },
    });
    await clock.runUntil(1_000);
    expect(settled.value).toBe('token');
  });
});

describe('withAadRetry throws the error as it came', () => {
  test.each([
    ['what is no identity error', new Error('division by zero')],
    ['a code that another call does not help', createAadError({ code: 7000215 })],
    ['a user who must sign in', createAadError({ code: 50076 })],
  ])('at once: %s', async (_, error) => {
    const fn = failing(error);
    const { clock, settled } = start(fn);
    await clock.runUntil(1_000);
    expect(settled.error).toBe(error);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['one day at most, and that is too long', '999999999'],
    ['longer than maxDelayMs', '21'],
  ])('when Retry-After is %s', async (_, header) => {
    const error = answer(429, { 'retry-after': header });
    const { clock, settled, delays } = start(failing(error), { budgetMs: 1e9 });
    await clock.runUntil(100);
    expect(settled.error).toBe(error);
    expect(delays).toEqual([]);
  });

  test('when the wait does not fit into the budget', async () => {
    const error = answer(429, { 'retry-after': '15' });
    const { clock, settled } = start(failing(error), { budgetMs: 10_000 });
    await clock.runUntil(100);
    expect(settled.error).toBe(error);
  });

  test('when all attempts are used', async () => {
    const errors = [busy(), busy(), busy(), busy()];
    const fn = failing(...errors);
    const { clock, settled } = start(fn, { attempts: 4 });
    await clock.runUntil(60_000);
    expect(fn).toHaveBeenCalledTimes(4);
    expect(settled.error).toBe(errors[3]);
  });

  test('also when fn throws without a promise, or throws nothing', async () => {
    const error = new RangeError('synchronous');
    const one = start(() => {
      throw error;
    });
    const two = start(() => Promise.reject(undefined));
    await one.clock.runUntil(10);
    await two.clock.runUntil(10);
    expect(one.settled.error).toBe(error);
    expect(two.settled).toMatchObject({ error: undefined, atMs: 0 });
  });
});

describe("withAadRetry and MSAL's throttle memory", () => {
  const first = (): Error => createAadError({ code: 90055, msalMajor: 3 });
  const memory = (): Error => createAadError({ code: 90055, msalMajor: 3, fromThrottleMemory: true });
  const patient = { maxDelayMs: 61_000, budgetMs: 200_000 };

  test('waits for the end of the 60 s that began with the first error, and counts no attempt', async () => {
    const fn = failing(first(), memory());
    const { clock, delays, settled } = start(fn, { ...patient, attempts: 2 });
    await clock.runUntil(200_000);
    expect(delays).toEqual([250, 59_750 + 250]);
    expect(settled).toMatchObject({ value: 'token', atMs: 60_250 });
    expect(fn).toHaveBeenCalledTimes(3);
  });

  test("waits 60 s from now when another user's 429 began it", async () => {
    const { clock, delays, settled } = start(failing(memory()), patient);
    await clock.runUntil(200_000);
    expect(delays).toEqual([60_250]);
    expect(settled.value).toBe('token');
  });

  test.each([
    [429, [60_250]],
    [500, [60_250]],
    [599, [60_250]],
    [499, [250]],
    [400, [250]],
    [undefined, [250]],
  ])('MSAL remembers status %s or not', async (status, wanted) => {
    const note = status === undefined ? '' : ` [aad-error-handler status=${status} at=0]`;
    const error = {
      name: 'ServerError',
      errorCode: 'temporarily_unavailable',
      errorMessage: `AADSTS90033: x${note}`,
      subError: '',
    };
    const { clock, delays } = start(failing(error as unknown as Error), patient);
    await clock.runUntil(1);
    expect(delays).toEqual(wanted);
  });

  test('a wait that is as long as allowed is waited', async () => {
    const { clock, settled } = start(failing(memory()), { ...patient, maxDelayMs: 60_000 });
    await clock.runUntil(200_000);
    expect(settled.value).toBe('token');
  });

  test('does not count from an answer of somebody else than MSAL', async () => {
    const { clock, delays } = start(failing(answer(503), memory()), patient);
    await clock.runUntil(200_000);
    expect(delays).toEqual([250, 60_250]);
  });

  test('does not go round for ever where nothing has to be waited for', async () => {
    const fn = failing(...Array.from({ length: 20 }, () => Object.assign(memory(), { errorMessage: 'AADSTS90055: x [aad-error-handler status=429 retry-after=0 at=0 local]' }))); // prettier-ignore
    const { clock } = start(fn, { ...patient, attempts: 3, baseDelayMs: 0 });
    await clock.runUntil(200_000);
    expect(fn.mock.calls.length).toBeLessThanOrEqual(4);
  });

  test('does not ask in between when the status shows that MSAL remembers', async () => {
    const error = createAadError({ code: 90033, flow: 'client-credentials', status: 503 });
    const { clock, delays } = start(failing(error), patient);
    await clock.runUntil(200_000);
    expect(delays).toEqual([60_250]);
  });

  test('gives up at once when the usual limits do not allow so long a wait', async () => {
    const error = memory();
    const fn = failing(first(), error);
    const { clock, settled } = start(fn);
    await clock.runUntil(1_000);
    expect(settled).toMatchObject({ error, atMs: 250 });
  });
});

/** The budget is watched by a timer of Node, whatever `sleep` does. */
async function onTimers(run: () => Promise<void>): Promise<void> {
  vi.useFakeTimers();
  try {
    await run();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
}

/** The error of a call, as soon as it has ended. */
function errorOf(call: Promise<unknown>): { error: unknown } {
  const ended: { error: unknown } = { error: undefined };
  call.catch((error: unknown) => (ended.error = error));
  return ended;
}

describe('withAadRetry ends', () => {
  test('a call that never settles when the budget is spent, and tells it', () =>
    onTimers(async () => {
      let signal: AbortSignal | undefined;
      const settled = errorOf(
        withAadRetry(
          (call) => {
            signal = call.signal;
            return new Promise(() => undefined);
          },
          { budgetMs: 5_000 },
        ),
      );
      await vi.advanceTimersByTimeAsync(4_999);
      expect(settled.error).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(settled.error).toMatchObject({
        name: 'AadRetryTimeoutError',
        code: 'ERR_AAD_RETRY_TIMEOUT',
        attempts: 1,
        message: 'Call 1 had not settled when the budget of 5000 ms was spent. [ERR_AAD_RETRY_TIMEOUT]',
      });
      expect(signal?.aborted).toBe(true);
      const error = normalize(settled.error);
      expect(error && decide(error)).toMatchObject({ action: 'retry', situation: 'service-unavailable' });
    }));

  test('a second call that never settles, with what the first failed of as cause', () =>
    onTimers(async () => {
      const error = busy();
      const settled = errorOf(
        withAadRetry(({ attempt }) => (attempt === 1 ? Promise.reject(error) : new Promise(() => undefined)), {
          budgetMs: 5_000,
        }),
      );
      await vi.advanceTimersByTimeAsync(5_000);
      expect(settled.error).toMatchObject({ attempts: 2, cause: error });
    }));

  test('no call for a sleep of the caller that does not wait', async () => {
    const slow = (): Promise<string> => new Promise((resolve) => setTimeout(resolve, 5, 'token'));
    await expect(withAadRetry(slow, { sleep: async () => undefined })).resolves.toBe('token');
    const delays: number[] = [];
    const sleep = async (delayMs: number): Promise<void> => void delays.push(delayMs);
    await expect(withAadRetry(failing(busy(), busy()), { sleep, random: () => 0.5 })).resolves.toBe('token');
    // Only what lies between the calls.
    expect(delays).toEqual([250, 500]);
  });

  test.each([
    ['during the wait', failing(busy()), 100],
    ['during a call', () => new Promise(() => undefined), 100],
  ])('with the reason of the signal: %s', async (_, fn, atMs) => {
    const ending = new AbortController();
    const reason = new Error('the browser went away');
    const { clock, settled } = start(fn, { signal: ending.signal });
    await clock.runUntil(atMs);
    expect(settled.atMs).toBeUndefined();
    ending.abort(reason);
    await clock.runUntil(atMs);
    expect(settled).toMatchObject({ error: reason, atMs });
  });

  test('without a call when the signal was aborted before', async () => {
    const fn = failing();
    const { clock, settled } = start(fn, { signal: AbortSignal.abort() });
    await clock.runUntil(10);
    expect(fn).not.toHaveBeenCalled();
    expect(settled.error).toMatchObject({ name: 'AbortError' });
  });

  test('with its own timers, which leave nothing behind', async () => {
    vi.useFakeTimers();
    try {
      const ending = new AbortController();
      const done = withAadRetry(failing(busy()), { signal: ending.signal, random: () => 1 });
      await vi.advanceTimersByTimeAsync(500);
      await expect(done).resolves.toBe('token');
      expect(vi.getTimerCount()).toBe(0);
      const aborted = withAadRetry(failing(busy()), { signal: ending.signal, random: () => 1 });
      const outcome = expect(aborted).rejects.toThrow('stop');
      await vi.advanceTimersByTimeAsync(100);
      ending.abort(new Error('stop'));
      await outcome;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('withAadRetry and the signal of the caller', () => {
  test('fn gets a signal that ends with it, with the same reason', async () => {
    const ending = new AbortController();
    const reason = new Error('the browser went away');
    let inner: AbortSignal | undefined;
    const { clock } = start(
      ({ signal }) => {
        inner = signal;
        return new Promise(() => undefined);
      },
      { signal: ending.signal },
    );
    await clock.runUntil(10);
    expect(inner?.aborted).toBe(false);
    ending.abort(reason);
    expect(inner?.reason).toBe(reason);
  });

  test('what fn throws after the end is not tried again', async () => {
    const ending = new AbortController();
    const error = busy();
    const fn = vi.fn(async () => {
      ending.abort(new Error('gone'));
      await Promise.resolve();
      throw error;
    });
    const { clock, settled } = start(fn, { signal: ending.signal });
    await clock.runUntil(60_000);
    expect(fn).toHaveBeenCalledTimes(1);
    expect(settled.error).toMatchObject({ message: 'gone' });
  });

  test('no listener is left on it', async () => {
    const { signal } = new AbortController();
    const counts = { added: 0, removed: 0 };
    const add = signal.addEventListener.bind(signal);
    vi.spyOn(signal, 'addEventListener').mockImplementation((...parts: Parameters<typeof add>) => {
      counts.added += 1;
      expect(parts[0]).toBe('abort');
      add(...parts);
    });
    const remove = vi.spyOn(signal, 'removeEventListener');
    await withAadRetry(failing(busy()), { signal, random: () => 0 });
    expect(counts.added).toBeGreaterThan(0);
    expect(remove.mock.calls.filter(([type]) => type === 'abort')).toHaveLength(counts.added);
    vi.restoreAllMocks();
  });
});

describe('withAadRetry and a clock that jumps', () => {
  test.each([
    ['an hour back', -3_600_000],
    ['a minute forth', 60_000],
  ])('ends in time when the clock goes %s', async (_, byMs) => {
    const clock = new VirtualClock();
    clock.jump(10_000_000);
    let calls = 0;
    const { settled } = start(
      () => {
        calls += 1;
        if (calls === 2) clock.jump(byMs);
        throw busy();
      },
      { attempts: 5 },
      clock,
    );
    await clock.runUntil(20_000_000);
    expect(calls).toBeLessThanOrEqual(5);
    expect(settled.error).toBeDefined();
  });

  test('durations do not hang on the system clock', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(1e12);
      const done = withAadRetry(
        ({ attempt }) => {
          vi.setSystemTime(1e12 + 1e9);
          return attempt === 1 ? Promise.reject(busy()) : 'token';
        },
        { baseDelayMs: 1 },
      );
      await expect(done).resolves.toBe('token');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('withAadRetry with a breaker', () => {
  const authority = 'https://login.microsoftonline.com/contoso.test';

  function opened(clock: VirtualClock, waitMs: number) {
    const breaker = createCircuitBreaker({ failureThreshold: 1, now: clock.now, random: () => 0 });
    const ready = breaker.enter(authority).then(async (entry) => entry.admitted && entry.pass.fail(waitMs));
    return { breaker, ready };
  }

  test('waits for the circuit without using an attempt', async () => {
    const clock = new VirtualClock();
    const { breaker, ready } = opened(clock, 8_000);
    await ready;
    const fn = failing();
    const { settled } = start(fn, { breaker, authority, attempts: 1 }, clock);
    await clock.runUntil(7_999);
    expect(fn).not.toHaveBeenCalled();
    await clock.runUntil(20_000);
    expect(settled.value).toBe('token');
    expect(breaker.stateOf(authority)).toBe('closed');
  });

  test('says so when that takes longer than allowed, in a form the handler answers with 503 and Retry-After', async () => {
    const clock = new VirtualClock();
    const { breaker, ready } = opened(clock, 45_000);
    await ready;
    const { settled } = start(failing(), { breaker, authority, budgetMs: 100_000 }, clock);
    await clock.runUntil(10);
    expect(settled.error).toMatchObject({ code: 'ERR_AAD_CIRCUIT_OPEN', retryAfterMs: 45_000 });
    const error = normalize(settled.error);
    expect(error).toMatchObject({ status: 503, retryAfterSeconds: 45 });
    expect(error && decide(error)).toMatchObject({ action: 'retry', retryAfterSeconds: 45 });
  });

  test.each([
    ['throttling', answer(429, { 'retry-after': '30' }), 'open'],
    ['an error of the user', createAadError({ code: 50076 }), 'closed'],
    ['an error of the application', new Error('bug'), 'closed'],
    ["an answer from MSAL's memory", createAadError({ code: 90055, fromThrottleMemory: true }), 'closed'],
  ])('counts %s as it should', async (_, error, state) => {
    const clock = new VirtualClock();
    const breaker = createCircuitBreaker({ failureThreshold: 1, now: clock.now });
    start(failing(error), { breaker, authority }, clock);
    await clock.runUntil(10);
    expect(breaker.stateOf(authority)).toBe(state);
  });

  test.each([
    ['longer than maxDelayMs', 8_001, { maxDelayMs: 8_000, budgetMs: 60_000 }, 'refused'],
    ['as long as maxDelayMs', 8_000, { maxDelayMs: 8_000, budgetMs: 60_000 }, 'token'],
    ['as long as the budget', 8_000, { maxDelayMs: 20_000, budgetMs: 8_000 }, 'refused'],
    ['just shorter than the budget', 8_000, { maxDelayMs: 20_000, budgetMs: 8_001 }, 'token'],
  ])('a circuit that is open %s', async (_, waitMs, options, wanted) => {
    const clock = new VirtualClock();
    const { breaker, ready } = opened(clock, waitMs);
    await ready;
    const { settled } = start(failing(), { breaker, authority, ...options }, clock);
    await clock.runUntil(60_000);
    expect(settled.error === undefined ? settled.value : 'refused').toBe(wanted);
  });

  test('opens it for as long as Retry-After said', async () => {
    const clock = new VirtualClock();
    const events: unknown[] = [];
    const breaker = createCircuitBreaker({
      failureThreshold: 1,
      now: clock.now,
      random: () => 0,
      onStateChange: ({ waitMs }) => events.push(waitMs),
    });
    start(failing(answer(429, { 'retry-after': '30' })), { breaker, authority }, clock);
    await clock.runUntil(10);
    expect(events).toEqual([30_000]);
  });

  test('an error of the user at the token endpoint is an answer: it closes a circuit that was being tried', async () => {
    const states = async (error: Error): Promise<string> => {
      const clock = new VirtualClock();
      const { breaker, ready } = opened(clock, 1_000);
      await ready;
      clock.jump(5_000);
      start(failing(error), { breaker, authority }, clock);
      await clock.runUntil(5_010);
      return breaker.stateOf(authority);
    };
    expect(await states(createAadError({ code: 50076 }))).toBe('closed');
    expect(await states(new Error('bug'))).toBe('half-open');
    expect(await states(Object.assign(new Error('x'), { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } }))).toBe('half-open'); // prettier-ignore
  });

  test('calls of the same breaker inside the call do not wait for it', async () => {
    const clock = new VirtualClock();
    const { breaker, ready } = opened(clock, 1_000);
    await ready;
    clock.jump(5_000);
    const { settled } = start(
      async () => ((await breaker.enter(authority)).admitted ? 'inside' : 'refused'),
      { breaker, authority },
      clock,
    );
    await clock.runUntil(5_010);
    expect(settled.value).toBe('inside');
  });

  test('without an authority it is the circuit of common', async () => {
    const clock = new VirtualClock();
    const breaker = createCircuitBreaker({ failureThreshold: 1, now: clock.now });
    start(failing(busy()), { breaker }, clock);
    await clock.runUntil(1);
    expect(breaker.stateOf('https://login.microsoftonline.com/common')).toBe('open');
  });

  test('says what the calls before failed with', async () => {
    const clock = new VirtualClock();
    const breaker = createCircuitBreaker({
      failureThreshold: 1,
      now: clock.now,
      random: () => 0,
      openMs: 60_000,
      maxOpenMs: 60_000,
    });
    const error = busy();
    const { settled } = start(failing(error), { breaker, authority, baseDelayMs: 0 }, clock);
    await clock.runUntil(10);
    expect(settled.error).toMatchObject({ code: 'ERR_AAD_CIRCUIT_OPEN' });
    expect((settled.error as Error).cause).toBe(error);
  });

  test('counts a call that hangs for the whole budget as a failure', () =>
    onTimers(async () => {
      const breaker = createCircuitBreaker({ failureThreshold: 1 });
      errorOf(withAadRetry(() => new Promise(() => undefined), { breaker, authority, budgetMs: 1_000 }));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(breaker.stateOf(authority)).toBe('open');
    }));
});

describe('withAadRetry refuses', () => {
  test.each([
    [{ attempts: 0 }, 'attempts: withAadRetry was given 0; give a whole number from 1 to 10.'],
    [{ attempts: 2.5 }, 'attempts'],
    [{ attempts: Number.NaN }, 'attempts'],
    [{ budgetMs: -1 }, 'budgetMs'],
    [{ budgetMs: Infinity }, 'budgetMs'],
    [{ budgetMs: '30s' }, 'budgetMs: withAadRetry was given "30s"; give a number from 1 to 2147483647.'],
    [{ baseDelayMs: -1 }, 'baseDelayMs'],
    [{ maxDelayMs: 4e9 }, 'maxDelayMs'],
    [{ signal: {} }, 'signal: withAadRetry was given a value of type object; give an AbortSignal.'],
    [{ sleep: 5 }, 'sleep'],
    [{ breaker: true }, 'breaker: withAadRetry was given true; give an object with enter, inside.'],
    [{ breaker: { enter: () => undefined } }, 'breaker'],
    [{ breaker: null }, 'breaker: withAadRetry was given null'],
    [{ context: null }, 'context: withAadRetry was given null; give an object or leave it out.'],
    [{ random: 'x' }, 'random: withAadRetry was given "x"; give a function.'],
    [{ attempts: 10.5 }, 'attempts'],
    [{ attempts: 11 }, 'attempts'],
    [{ attempts: '3' }, 'attempts'],
    [{ authority: 'contoso' }, 'authority: withAadRetry was given "contoso"; give a URL such as "https://'],
    [{ authority: new URL('https://login.microsoftonline.com/common') }, 'authority'],
    [{ signal: 'x'.repeat(50) }, `signal: withAadRetry was given "${'x'.repeat(40)}"; give an AbortSignal.`],
    ['options', 'options: withAadRetry was given "options"; give an object or nothing.'],
    [[], 'options: withAadRetry was given a value of type object; give an object or nothing.'],
    [{ retries: 3 }, 'retries: withAadRetry has no such option; its options are attempts,'],
    [{ constructor: 3 }, 'constructor: withAadRetry has no such option'],
    [null, 'options: withAadRetry was given null; give an object or nothing.'],
  ])('%j', async (options, sentence) => {
    const fn = vi.fn();
    const refused = withAadRetry(fn, options as AadRetryOptions);
    await expect(refused).rejects.toMatchObject({
      name: 'AadRetryOptionsError',
      code: 'ERR_AAD_RETRY_OPTIONS',
      message: expect.stringContaining(sentence),
    });
    await expect(refused).rejects.toBeInstanceOf(TypeError);
    expect(fn).not.toHaveBeenCalled();
  });

  test('a number of any size', async () => {
    await expect(withAadRetry(() => 1, { context: 7n as never })).rejects.toThrow('context: withAadRetry was given 7;');
  });

  test('what is no function', async () => {
    await expect(withAadRetry('token' as never)).rejects.toMatchObject({ option: 'fn' });
  });

  test('and takes the limits themselves', async () => {
    const options = { attempts: 10, budgetMs: 2_147_483_647, baseDelayMs: 0, maxDelayMs: 3_600_000 };
    await expect(withAadRetry(() => 1, options)).resolves.toBe(1);
    await expect(withAadRetry(() => 1, { attempts: 1, budgetMs: 1 })).resolves.toBe(1);
  });

  test('but takes options that are undefined', async () => {
    const options = { attempts: undefined, signal: undefined } as unknown as AadRetryOptions;
    await expect(withAadRetry(() => 1, options)).resolves.toBe(1);
  });
});
