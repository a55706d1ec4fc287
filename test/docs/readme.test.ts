import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as client from '../../src/client/index.js';
import * as core from '../../src/core.js';
import * as main from '../../src/index.js';
import * as testing from '../../src/testing/index.js';
import { tableUnder } from '../examples/document-code.js';

const readme = readFileSync('README.md', 'utf8');
const guide = readFileSync('examples/GUIDE.md', 'utf8');
const modules: readonly object[] = [main, core, testing, client];

describe('README', () => {
  test('every function that it and the guide name in backticks is exported', () => {
    const exported = new Set(modules.flatMap((module) => Object.keys(module)));
    const named = [...(readme + guide).matchAll(/`(?:await )?([a-z][A-Za-z]{5,})\(/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !exported.has(name))).toEqual([]);
  });

  test('its two commands are scripts of the package', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(readme).toContain('npm ci && npm run demo');
    expect(readme).toContain('npm ci && npm test');
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]!);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('every file it links to exists', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !link.startsWith('http'));
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });

  test('an Express developer finds things in the usual order', () => {
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual([
      ...['Install', 'Use', 'Try it', 'What becomes of an error', 'Options', 'Pages and languages'],
      ...['Beside other libraries', 'Speed', 'Security', 'Supported versions', 'Licence'],
    ]);
  });

  test('its options are options of aadErrorHandler, with the defaults of OPTIONS.md', () => {
    const known = new Map(
      tableUnder('examples/OPTIONS.md', 'aadErrorHandler(options)').map((row) => [row[0]!, row[2]!]),
    );
    const rows = tableUnder('README.md', 'Options');
    expect(rows.length).toBeGreaterThan(8);
    for (const [names = ''] of rows) for (const name of names.split(', ')) expect(known.has(name), name).toBe(true);
  });

  test('its feature table is a part of FEATURES.md, cell by cell', () => {
    const features = readFileSync('examples/FEATURES.md', 'utf8');
    const all = [...features.matchAll(/^## (.+)$/gm)].flatMap((match) => tableUnder('examples/FEATURES.md', match[1]!));
    const rows = tableUnder('README.md', 'Beside other libraries');
    expect(rows.length).toBeGreaterThan(12);
    for (const row of rows) {
      const whole = all.find(([feature]) => feature === row[0]);
      expect([row[0], whole?.[1]?.split(':')[0], ...(whole ?? []).slice(2)]).toEqual(row);
    }
    expect(readme).toContain(`all ${String(all.length)} rows`);
  });

  test('has the place where npm run bench writes its table', () => {
    const { length } = readme
      .split('## Speed')[1]!
      .split('\n## ')[0]!
      .split(/<!-- \/?bench -->/);
    expect(length).toBe(3);
  });
});
