/** The parts of the mutation run that could pass or fail it wrongly: the score, the floor, the list of files, the harness. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Mutant {
  readonly status: string;
  readonly mutatorName?: string;
  readonly replacement?: string;
  readonly location?: object;
}
type Scores = Record<string, { readonly percent: number }>;
interface Score {
  scoreOf: (mutants: readonly Mutant[]) => object;
  survivorsOf: (files: Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>) => string;
  belowFloor: (floor: Record<string, number>, scores: Scores) => string[];
  raised: (floor: Record<string, number>, scores: Scores) => object;
}
interface Areas {
  readonly areas: Record<string, { readonly files: readonly string[]; readonly tests: readonly string[] }>;
  readonly folders: readonly string[];
  readonly mutatedFiles: (root: string) => readonly string[];
}
interface Test {
  readonly id: string;
  readonly run: () => Promise<void>;
}
interface Harness {
  readonly Collector: new () => {
    readonly tests: readonly Test[];
    readonly module: Record<string, (...args: unknown[]) => unknown> & {
      readonly it: {
        (name: string, body: () => void): void;
        readonly each: (table: unknown) => (name: string, body: (...args: unknown[]) => void) => void;
      };
      readonly vi: Record<string, (...args: unknown[]) => unknown>;
    };
    readonly collect: (file: string, load: () => void) => void;
    readonly finish: () => Promise<void>;
    readonly unstub: () => void;
  };
}

const load = async <Module>(name: string): Promise<Module> =>
  (await import(/* @vite-ignore */ new URL(`${name}.mjs`, import.meta.url).href)) as Module;
const { scoreOf, survivorsOf, belowFloor, raised } = await load<Score>('score');
const { areas, folders, mutatedFiles } = await load<Areas>('areas');
const { Collector } = await load<Harness>('harness');

describe('score', () => {
  const mutants = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError'];

  it('counts what was noticed against what was tried', () => {
    expect(scoreOf(mutants.map((status) => ({ status })))).toStrictEqual({
      percent: 60,
      killed: 2,
      timedOut: 1,
      survived: 1,
      notCovered: 1,
    });
    expect(scoreOf([])).toMatchObject({ percent: 100 });
  });

  it('lists what was not noticed, in the order of the file', () => {
    const at = (line: number, column: number, endColumn: number): object => ({
      start: { line, column },
      end: { line, column: endColumn },
    });
    const file = {
      source: 'one === two;\nthree();',
      mutants: [
        { status: 'NoCoverage', mutatorName: 'B', replacement: 'four()', location: at(2, 1, 8) },
        { status: 'Survived', mutatorName: 'A', replacement: 'true', location: at(1, 1, 12) },
        { status: 'Killed', mutatorName: 'A', replacement: 'false', location: at(1, 1, 12) },
      ],
    };
    expect(survivorsOf({ 'src/x.ts': file })).toBe(
      'src/x.ts:1:1 A\n    one === two\n    true\nsrc/x.ts:2:1 B (not covered)\n    three()\n    four()\n',
    );
  });
});

describe('floor', () => {
  it.each([
    [89.99, ['decide: 89.99 % is below the floor of 90 %']],
    [90, []],
    [100, []],
  ])('%d %% against 90 %%', (percent, failures) => {
    expect(belowFloor({ decide: 90 }, { decide: { percent } })).toStrictEqual(failures);
  });

  it('must be there for everything that is mutated', () => {
    expect(belowFloor({}, { decide: { percent: 100 } })).toStrictEqual(['decide: no floor in floor.json']);
  });

  it('is raised to just below a score, and never lowered', () => {
    const scores = { better: { percent: 95.04 }, worse: { percent: 50 }, new: { percent: 0.2 } };
    expect(raised({ better: 90, worse: 60, other: 70 }, scores)).toStrictEqual({
      better: 94.5,
      new: 0,
      other: 70,
      worse: 60,
    });
  });
});

describe('areas', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const assigned = Object.values(areas).flatMap(({ files }) => files);

  it('hold every file of src that is mutated, each once', () => {
    const there = mutatedFiles(root);
    expect(there.length).toBeGreaterThan(100);
    expect([...assigned].sort()).toStrictEqual([...there].sort());
    for (const folder of folders) expect(there.some((file) => file.startsWith(`${folder}/`))).toBe(true);
  });

  it('leave out commands, stand-ins for tests and generated data', () => {
    for (const folder of ['src/cli/', 'src/testing/', 'src/catalog/generated/'])
      expect(assigned.filter((file) => file.startsWith(folder))).toStrictEqual([]);
  });

  it('name tests that are there', () => {
    const tests = Object.values(areas).flatMap((area) => area.tests);
    expect(tests.filter((path) => !existsSync(root + path))).toStrictEqual([]);
  });
});

describe('harness', () => {
  it('runs what the test files register, with their hooks, again and again', async () => {
    const collector = new Collector();
    const { describe, it, test, beforeEach, afterEach } = collector.module;
    const seen: unknown[] = [];
    collector.collect('x.test.ts', () => {
      describe!('suite', () => {
        beforeEach!(() => seen.push('before'));
        afterEach!(() => seen.push('after'));
        it.each([
          [1, 2],
          [3, 4],
        ])('%d', (...args) => seen.push(args));
        it.each([1, [2]])('same name', (...args) => seen.push(args));
        test!('fails', () => {
          throw new Error('no');
        });
      });
    });
    expect(collector.tests.map(({ id }) => id)).toStrictEqual([
      'x.test.ts#suite 1',
      'x.test.ts#suite 3',
      'x.test.ts#suite same name',
      'x.test.ts#suite same name (1)',
      'x.test.ts#suite fails',
    ]);
    for (const run of [0, 1]) {
      seen.length = 0;
      for (const one of collector.tests.slice(0, 4)) await one.run();
      expect([run, seen]).toStrictEqual([
        run,
        [[1, 2], [3, 4], [1], [[2]]].flatMap((args) => ['before', args, 'after']),
      ]);
      await expect(collector.tests[4]!.run()).rejects.toThrow('no');
      expect(seen.at(-1)).toBe('after');
    }
  });

  it('runs what belongs to a whole suite once, and ends it before the next one', async () => {
    const collector = new Collector();
    const { describe, it, beforeAll, afterAll, beforeEach } = collector.module;
    const seen: unknown[] = [];
    collector.collect('x.test.ts', () => {
      beforeEach!(() => () => seen.push('cleaned'));
      for (const name of ['one', 'two']) {
        describe!(name, () => {
          beforeAll!(() => seen.push(`${name} begins`));
          afterAll!(() => seen.push(`${name} ends`));
          it(`${name} 1`, () => seen.push(`${name} 1`));
          it(`${name} 2`, () => seen.push(`${name} 2`));
        });
      }
    });
    collector.collect('y.test.ts', () => it('of another file', () => seen.push('y')));
    for (const { run } of collector.tests) await run();
    await collector.finish();
    expect(seen).toStrictEqual([
      ...['one begins', 'one 1', 'cleaned', 'one 2', 'cleaned', 'one ends'],
      ...['two begins', 'two 1', 'cleaned', 'two 2', 'cleaned', 'two ends', 'y'],
    ]);
  });

  it('stops the clock and lets it go on', async () => {
    const collector = new Collector();
    const { vi } = collector.module as unknown as { vi: typeof import('vitest').vi };
    vi.useFakeTimers();
    const begun = Date.now();
    const seen: number[] = [];
    const interval = setInterval(() => seen.push(Date.now() - begun), 1_000);
    setTimeout(() => seen.push(Date.now() - begun), 1_500);
    clearTimeout(setTimeout(() => seen.push(-1), 10));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(seen).toStrictEqual([1_000, 1_500, 2_000]);
    clearInterval(interval);
    expect([Date.now() - begun, vi.getTimerCount()]).toStrictEqual([2_500, 0]);
    vi.setSystemTime(1e12);
    expect(new Date().getTime()).toBe(1e12);
    collector.unstub();
    expect(Math.abs(Date.now() - begun)).toBeLessThan(60_000);
  });

  it('puts globals back', () => {
    const collector = new Collector();
    const original = globalThis.URL;
    collector.module.vi['stubGlobal']!('URL', 1);
    collector.module.vi['stubGlobal']!('URL', 2);
    expect(globalThis.URL).toBe(2);
    collector.unstub();
    expect(globalThis.URL).toBe(original);
  });

  it('refuses what it does not offer, so that no test is left out silently', () => {
    const { module } = new Collector();
    expect(() => module['bench']).toThrow('vitest.bench is not offered');
    expect(() => module.vi['mock']).toThrow('vi.mock is not offered');
  });
});
