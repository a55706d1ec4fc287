/** The table of README.md: every threat has a test, every test of the table exists, none is skipped. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = import.meta.dirname;
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const testFiles = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
const threats = Array.from({ length: 34 }, (_, index) => `S${String(index + 1)}`);

interface Row {
  readonly threat: string;
  readonly file: string;
  readonly names: readonly string[];
}

const rows: readonly Row[] = read('README.md')
  .split('\n')
  .filter((line) => line.startsWith('| S'))
  .map((line) => {
    const [, threat = '', , file = '', names = ''] = line.split('|').map((cell) => cell.trim());
    return { threat, file, names: [...names.matchAll(/`([^`]+)`/g)].map((match) => match[1]!) };
  });

describe('the table of threats', () => {
  test.each(threats)('%s has a test', (threat) => {
    expect(rows.filter((row) => row.threat === threat && row.names.length > 0).length).toBeGreaterThan(0);
  });

  test('names tests that exist, by the id of their threat', () => {
    for (const { threat, file, names } of rows) {
      const source = read(file);
      for (const name of names) {
        expect(name.startsWith(`${threat}: `), name).toBe(true);
        const written = [`'${name}'`, `"${name}"`, `'${name.replaceAll("'", "\\'")}'`];
        expect(
          written.some((text) => source.includes(text)),
          `${file}: ${name}`,
        ).toBe(true);
      }
    }
  });

  test('every test that names a threat names one of the table', () => {
    for (const file of testFiles) {
      for (const match of read(file).matchAll(/(?:test|it)(?:\.each\([^\n]*\))?\(\s*['"](S\d+): /g))
        expect(threats).toContain(match[1]);
    }
  });

  test('no test of a threat is skipped but for want of a browser', () => {
    for (const file of testFiles) {
      const source = read(file).replace('describe.skipIf(!hasChromium)', '');
      if (file !== 'threats.test.ts') expect(source, file).not.toMatch(/\.(?:skip|skipIf|runIf|todo|only|fails)\b/);
    }
  });
});
