import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reasonOf, wait } from '../../../src/retry/timer.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What became of a promise so far. */
function watch(promise: Promise<unknown>): { readonly state: () => unknown } {
  let state: unknown = 'waiting';
  promise.then(
    () => (state = 'done'),
    (error: unknown) => (state = error),
  );
  return { state: () => state };
}

describe('a wait', () => {
  test('ends when its time is over, with and without a signal', async () => {
    const waits = [watch(wait(1_000, undefined)), watch(wait(1_000, new AbortController().signal))];
    await vi.advanceTimersByTimeAsync(999);
    expect(waits.map(({ state }) => state())).toEqual(['waiting', 'waiting']);
    await vi.advanceTimersByTimeAsync(1);
    expect(waits.map(({ state }) => state())).toEqual(['done', 'done']);
  });

  test('is not begun when the signal was aborted before', async () => {
    const reason = new Error('gone');
    const { state } = watch(wait(1_000, AbortSignal.abort(reason)));
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(state()).toBe(reason);
  });

  test('ends with the reason of the signal, and leaves no timer', async () => {
    const ending = new AbortController();
    const { state } = watch(wait(1_000, ending.signal));
    const reason = new Error('gone');
    ending.abort(reason);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(state()).toBe(reason);
  });

  test('leaves no listener on a signal that lives on', async () => {
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    const done = watch(wait(10, signal));
    await vi.advanceTimersByTimeAsync(10);
    expect(done.state()).toBe('done');
    const [type, listener, options] = add.mock.calls[0]!;
    expect([type, options]).toEqual(['abort', { once: true }]);
    expect(remove).toHaveBeenCalledWith('abort', listener);
  });
});

describe('the reason of an aborted signal', () => {
  test('is the error that it was given', () => {
    const reason = new RangeError('x');
    expect(reasonOf(AbortSignal.abort(reason))).toBe(reason);
  });

  test.each(['a text', 7, null, {}])('is an AbortError where it was given none: %j', (reason) => {
    expect(reasonOf(AbortSignal.abort(reason))).toMatchObject({
      name: 'AbortError',
      message: 'The operation was aborted',
    });
  });
});
