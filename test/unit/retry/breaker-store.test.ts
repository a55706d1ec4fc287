/** The store of one process; the one on Redis has its own test. */
import { describe, expect, test } from 'vitest';
import { createMemoryBreakerStore } from '../../../src/retry/index.js';

/** A store, and its clock. */
function setUp() {
  const clock = { nowMs: 0 };
  const store = createMemoryBreakerStore(() => clock.nowMs);
  const open = (key: string, waitMs = 1_000, keepMs = 60_000): Promise<void> =>
    store.open(key, { waitMs, opens: 1 }, keepMs);
  const isKnown = async (key: string): Promise<boolean> => (await store.read(key)) !== undefined;
  return { clock, store, open, isKnown };
}

/** How many entries the store holds: it keeps them in the only Map that is made meanwhile. */
async function sizeOf(run: (store: ReturnType<typeof setUp>) => Promise<void>): Promise<number> {
  const made: Map<unknown, unknown>[] = [];
  const original = globalThis.Map;
  globalThis.Map = class<Key, Value> extends original<Key, Value> {
    constructor(entries?: Iterable<readonly [Key, Value]> | null) {
      super(entries);
      made.push(this);
    }
  };
  let parts: ReturnType<typeof setUp>;
  try {
    parts = setUp();
  } finally {
    globalThis.Map = original;
  }
  await run(parts);
  expect(made).toHaveLength(1);
  return made[0]!.size;
}

describe('a store in memory', () => {
  test('tells what is left to wait, and forgets a circuit without news', async () => {
    const { clock, store, open } = setUp();
    await open('a', 1_000, 500);
    clock.nowMs = 400;
    expect(await store.read('a')).toEqual({ waitMs: 600, opens: 1 });
    clock.nowMs = 1_499;
    expect(await store.read('a')).toEqual({ waitMs: 0, opens: 1 });
    clock.nowMs = 1_500;
    expect(await store.read('a')).toBeUndefined();
  });

  test('does not keep circuits that ended, though nobody asks for them again', async () => {
    const size = await sizeOf(async ({ clock, open }) => {
      for (let index = 0; index < 500; index += 1) await open(`tenant-${String(index)}`, 1_000, 1_000);
      clock.nowMs = 2_000;
      await open('latest');
    });
    expect(size).toBe(1);
  });

  test('keeps 1,000 circuits at most: the one opened longest ago goes first', async () => {
    const kept: boolean[] = [];
    const size = await sizeOf(async ({ open, isKnown }) => {
      for (let index = 0; index < 1_000; index += 1) await open(`tenant-${String(index)}`);
      // Opened again, so it is not the oldest any more.
      await open('tenant-0');
      await open('one more');
      for (const key of ['tenant-0', 'tenant-1', 'tenant-2', 'tenant-999', 'one more']) kept.push(await isKnown(key));
    });
    expect([size, kept]).toEqual([1_000, [true, false, true, true, true]]);
  });

  test('a circuit that is opened again keeps the later end', async () => {
    const { store, open } = setUp();
    await open('a', 5_000);
    await open('a', 1_000);
    expect(await store.read('a')).toEqual({ waitMs: 5_000, opens: 1 });
  });
});
