import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../../src');

/** Each place and the places it may import, in the one direction of the data. Entries of src/ stand by file name. */
const direction: Readonly<Record<string, readonly string[]>> = {
  'types.ts': [],
  'own-fields.ts': [],
  catalog: ['types.ts'],
  // Look-ups only ("is this a known error name?"): the lists are facts and live in data/.
  normalize: ['types.ts', 'own-fields.ts', 'catalog'],
  decide: ['types.ts', 'own-fields.ts', 'catalog'],
  doctor: ['types.ts', 'catalog', 'normalize'],
  interaction: ['types.ts', 'catalog', 'normalize', 'decide'],
  respond: ['types.ts', 'own-fields.ts', 'catalog', 'normalize', 'decide', 'doctor', 'interaction'],
  retry: ['types.ts', 'normalize', 'decide'],
  events: ['types.ts', 'catalog'],
  explain: ['types.ts', 'catalog', 'normalize', 'decide', 'doctor'],
  // Loaded by the first request of an explorer.
  explorer: [
    'types.ts',
    'catalog',
    'normalize',
    'decide',
    'doctor',
    'interaction',
    'respond',
    'explain',
    'responder.ts',
  ],
  'option-checks.ts': [],
  'locale-options.ts': ['catalog', 'respond', 'option-checks.ts'],
  'options.ts': ['types.ts', 'catalog', 'interaction', 'respond', 'option-checks.ts', 'locale-options.ts'],
  'responder.ts': ['types.ts', 'own-fields.ts', 'normalize', 'decide', 'interaction', 'respond'],
  'throw-on-challenge.ts': ['types.ts', 'normalize', 'interaction', 'option-checks.ts'],
  'core.ts': [
    'types.ts',
    'catalog',
    'normalize',
    'decide',
    'interaction',
    'respond',
    'retry',
    'doctor',
    'explain',
    'options.ts',
    'responder.ts',
    'throw-on-challenge.ts',
  ],
  express: [
    'types.ts',
    'catalog',
    'normalize',
    'decide',
    'interaction',
    'respond',
    'events',
    'explorer',
    'options.ts',
    'responder.ts',
  ],
  'index.ts': ['core.ts', 'express', 'events', 'respond'],
  testing: ['types.ts', 'catalog'],
  // Runs in browsers: imports nothing.
  client: [],
  cli: ['types.ts', 'catalog', 'normalize', 'decide', 'respond', 'doctor', 'explain', 'core.ts', 'testing'],
};

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'generated' ? [] : filesBelow(path);
    return name.endsWith('.ts') ? [path] : [];
  });
}

const files = filesBelow(src);
const placeOf = (file: string): string => relative(src, file).split('/')[0] ?? '';
const imports = new Map(
  files.map((file) => [
    file,
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)].map((match) => match[1] ?? ''),
  ]),
);
const localImports = (file: string): string[] =>
  (imports.get(file) ?? [])
    .filter((name) => name.startsWith('.'))
    .map((name) => resolve(dirname(file), name.replace(/\.js$/, '.ts')));

describe('imports', () => {
  test('every place of src/ has its rule', () => {
    expect([...new Set(files.map(placeOf))].filter((place) => direction[place] === undefined)).toEqual([]);
  });

  test('go in one direction only, through the door of a folder', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const place = placeOf(file);
      for (const target of localImports(file)) {
        const targetPlace = placeOf(target);
        if (targetPlace === place) continue;
        const allowed = direction[place]?.includes(targetPlace) === true;
        const throughDoor = targetPlace.endsWith('.ts') || target === join(src, targetPlace, 'index.ts');
        if (!allowed || !throughDoor) wrong.push(`${relative(src, file)} -> ${relative(src, target)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('have no cycle', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].map((name) => relative(src, name)).join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const target of localImports(file)) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('a planted import against the direction would be found', () => {
    expect(direction['decide']).not.toContain('express');
    expect(direction['normalize']).not.toContain('decide');
  });
});

describe('the framework', () => {
  test('only express/ knows requests and responses of Express, and nothing imports Express or MSAL', () => {
    const named: string[] = [];
    for (const [file, names] of imports) {
      if (names.some((name) => name === 'express' || name.startsWith('@azure/'))) named.push(relative(src, file));
    }
    expect(named).toEqual([]);
  });

  test('http-errors is used by express/ alone and jose by testing/ alone', () => {
    const users = (name: string): string[] => [
      ...new Set([...imports].filter(([, names]) => names.includes(name)).map(([file]) => placeOf(file))),
    ];
    expect(users('http-errors')).toEqual(['express']);
    expect(users('jose')).toEqual(['testing']);
  });
});
