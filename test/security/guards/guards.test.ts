/** The table of guards: none is missing, and each still fits the source and the tests. run.mjs is what removes them. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
interface Guard extends Edit {
  readonly threat: string;
  readonly tests: readonly string[];
  readonly why: string;
  readonly also?: readonly Edit[];
}
interface Table {
  readonly filesOfTests: () => ReadonlyMap<string, string>;
  readonly editsOf: (guard: Guard) => readonly Edit[];
  readonly occurrences: (text: string, find: string) => number;
  readonly withoutGuard: (source: string, edit: Edit) => string;
  readonly patternOf: (name: string) => string;
}

const load = async <Module>(name: string): Promise<Module> =>
  (await import(/* @vite-ignore */ new URL(`${name}.mjs`, import.meta.url).href)) as Module;
const { guards } = await load<{ readonly guards: readonly Guard[] }>('guards');
const { editsOf, filesOfTests, occurrences, patternOf, withoutGuard } = await load<Table>('table');

const root = resolve(import.meta.dirname, '../../..');
const threats = Array.from({ length: 34 }, (_, index) => `S${String(index + 1)}`);

describe('the table of guards', () => {
  test.each(threats)('%s has a guard that is removed', (threat) => {
    expect(guards.filter((guard) => guard.threat === threat).length).toBeGreaterThan(0);
  });

  test('each test of the table of threats must notice one', () => {
    const noticing = new Set(guards.flatMap(({ tests }) => tests));
    expect([...filesOfTests().keys()].filter((name) => !noticing.has(name))).toEqual([]);
  });

  test('names tests of the table of threats, by the id of their threat', () => {
    const names = filesOfTests();
    for (const { threat, tests, why } of guards) {
      expect(tests.length, why).toBeGreaterThan(0);
      for (const name of tests)
        expect([name, names.has(name), name.startsWith(`${threat}: `)]).toEqual([name, true, true]);
    }
  });

  test('finds each guard exactly once in src, and changes it', () => {
    for (const edit of guards.flatMap(editsOf)) {
      const source = readFileSync(join(root, edit.file), 'utf8');
      expect(edit.file.startsWith('src/'), edit.file).toBe(true);
      expect([edit.file, edit.find, occurrences(source, edit.find)]).toEqual([edit.file, edit.find, 1]);
      expect(withoutGuard(source, edit), edit.find).not.toBe(source);
    }
  });

  test('says why in a line, and not the same twice for one threat', () => {
    const lines = guards.map(({ threat, why }) => `${threat} ${why}`);
    expect(new Set(lines).size).toBe(lines.length);
    for (const { why } of guards) expect(why).toMatch(/^[^\n]{10,90}$/);
  });
});

describe('the runner', () => {
  test('refuses a guard that is not there, or there twice', () => {
    const edit = { file: 'src/x.ts', find: 'if (a)', replace: '$&' };
    expect(withoutGuard('if (a) b();', edit)).toBe('$& b();');
    expect(() => withoutGuard('b();', edit)).toThrow('src/x.ts: found 0 times, not once: if (a)');
    expect(() => withoutGuard('if (a) if (a) b();', edit)).toThrow('found 2 times');
  });

  test('fills the placeholders of test.each, and nothing else', () => {
    const pattern = new RegExp(`^${patternOf('S1: %s of %j (a.b) cost %d')}$`);
    expect(pattern.test('S1: letters of "x" (a.b) cost 7')).toBe(true);
    expect(pattern.test('S1: letters of "x" (a-b) cost 7')).toBe(false);
  });
});
