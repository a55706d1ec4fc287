/** MIGRATION, TROUBLESHOOTING, FEATURES and the README of every example: what they name exists, what they say to type works. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as client from '../../src/client/index.js';
import * as core from '../../src/core.js';
import * as main from '../../src/index.js';
import * as testing from '../../src/testing/index.js';
import { runCli } from '../cli/harness.js';
import { codeBlocks, tableUnder } from '../examples/document-code.js';

const guides = ['GUIDE', 'ERRORS', 'MIGRATION', 'TROUBLESHOOTING', 'FEATURES'].map((name) => `examples/${name}.md`);
const exampleReadmes = readdirSync('examples').map((name) => `examples/${name}/README.md`);
const documents = ['README.md', 'examples/README.md', 'test/README.md', ...guides].concat(
  exampleReadmes.filter((path) => existsSync(path)),
);
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
const entries: Readonly<Record<string, object>> = {
  'aad-error-handler': main,
  'aad-error-handler/core': core,
  'aad-error-handler/testing': testing,
  'aad-error-handler/client': client,
};

const code = documents.flatMap((path) =>
  codeBlocks(path)
    .filter(({ language }) => ['js', 'mjs', 'ts'].includes(language))
    .map((block) => ({ ...block, path, name: `${path}:${String(block.line)}` })),
);
const commands = documents.flatMap((path) =>
  codeBlocks(path)
    .filter(({ language }) => ['sh', 'bash', 'shell', 'console'].includes(language))
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/^\$ /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ path, line })),
);

const isInstalled = (name: string): boolean => {
  const packageName = name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0]!;
  return existsSync(join('node_modules', packageName));
};
/** What a module named by a document exports; undefined when there is no such module. */
async function exportsOf(from: string, path: string): Promise<readonly string[] | undefined> {
  const entry = entries[from];
  if (entry !== undefined) return Object.keys(entry);
  const tag = /^aad-error-handler\/locales\/(.+)$/.exec(from)?.[1];
  if (tag !== undefined) return existsSync(`data/locales/${tag}.json`) ? ['default'] : undefined;
  if (from.startsWith('.')) {
    const file = join(dirname(path), from);
    return existsSync(file) ? Object.keys((await import(pathToFileURL(file).href)) as object) : undefined;
  }
  if (from.startsWith('node:') ? !builtinModules.includes(from.slice(5)) : !isInstalled(from)) return undefined;
  return Object.keys((await import(from)) as object);
}

describe('code blocks', () => {
  test('are found in every guide that has code', () => {
    expect(new Set(code.map(({ path }) => path))).toEqual(
      new Set(documents.filter((path) => /^```(?:js|mjs|ts)\b/m.test(readFileSync(path, 'utf8')))),
    );
    expect(code.length).toBeGreaterThan(10);
  });

  test.each(code)('$name is valid and imports what exists', async ({ path, text, language }) => {
    const loader = language === 'ts' ? 'ts' : 'js';
    await expect(transform(text, { loader, format: 'esm' })).resolves.toBeDefined();
    for (const [, clause, from] of text.matchAll(/^import ([^;]*?) from '([^']+)';/gm)) {
      const exported = await exportsOf(from!, path);
      expect(exported, from).toBeDefined();
      const named = /\{([^}]*)\}/.exec(clause!)?.[1] ?? '';
      for (const name of named.split(',').map((part) => part.trim().split(' as ')[0]!))
        if (name !== '' && !name.startsWith('type ')) expect(exported, `${name} of ${from!}`).toContain(name);
    }
  });
});

describe('links', () => {
  /** The anchor that GitHub makes of a heading. */
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
  const anchorsOf = (path: string): string[] =>
    [...readFileSync(path, 'utf8').matchAll(/^#{1,6} (.+)$/gm)].map((match) => slug(match[1]!));

  test.each(documents)('of %s lead to files and headings', (path) => {
    const targets = [...readFileSync(path, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((target) => !/^https?:/.test(target));
    const broken = targets.filter((target) => {
      const [file = '', anchor] = target.split('#', 2);
      const there = file === '' ? path : normalize(join(dirname(path), file));
      return !existsSync(there) || (anchor !== undefined && !anchorsOf(there).includes(anchor));
    });
    expect(broken).toEqual([]);
  });
});

describe('commands', () => {
  const examples = commands.filter(({ line }) => line.includes('npm run example'));
  const scripts = commands.flatMap(({ path, line }) =>
    [...line.matchAll(/npm run ([\w:-]+)/g)].map((match) => ({ path, script: match[1]! })),
  );
  const cli = commands.filter(({ line }) => /^npx aad-error-handler /.test(line));

  test.each(examples)('$line ($path) starts an example that exists', ({ line }) => {
    const name = /npm run example ([\w-]+)/.exec(line)?.[1] ?? '';
    expect(existsSync(`examples/${name}/server.mjs`)).toBe(true);
  });

  test('npm scripts they name exist, and the bin', () => {
    expect(scripts.filter(({ script }) => manifest['scripts']![script] === undefined)).toEqual([]);
    expect(Object.keys(manifest['bin']!)).toEqual(['aad-error-handler', 'aad-errors']);
  });

  test.each(cli)('$line ($path) is understood by the command line', async ({ line }) => {
    const { exitCode, out } = await runCli(argumentsOf(line));
    expect(exitCode).toBe(0);
    expect(out).not.toBe('');
  });

  test('other programs are those everybody has', () => {
    const programs = commands.map(({ line }) => line.replace(/^(?:[A-Z_]+=\S+ )+/, '').split(' ')[0]!);
    expect(
      [...new Set(programs)].filter((name) => !['npm', 'npx', 'node', 'curl', 'redis-server'].includes(name)),
    ).toEqual([]);
  });

  /** Words of a command line; quotes group, as in a shell. */
  function argumentsOf(line: string): string[] {
    const words = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
    return words.slice(2).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
  }
});

describe('FEATURES.md', () => {
  const sections = [...readFileSync('examples/FEATURES.md', 'utf8').matchAll(/^## (.+)$/gm)].map((match) => match[1]!);
  const rows = sections.flatMap((heading) => tableUnder('examples/FEATURES.md', heading));

  test('every cell is filled with a word of its list', () => {
    const words = ['yes', 'yes ¹', 'partly', 'no', '–', 'Express 4', 'CommonJS'];
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) {
      expect(row).toHaveLength(8);
      expect(row.slice(2).filter((cell) => !words.includes(cell)), row[0]).toEqual([]); // prettier-ignore
    }
  });

  test('what it names of this package is an export, an option or the command line', () => {
    const exported = new Set(Object.values(entries).flatMap((entry) => Object.keys(entry)));
    const isOption = (name: string): boolean =>
      [main.aadErrorHandler, main.msalInteraction].some((make) => {
        try {
          (make as (options: object) => unknown)({ [name]: undefined });
          return true;
        } catch (error) {
          return (error as { code?: string }).code !== 'ERR_AAD_OPTIONS_UNKNOWN';
        }
      });
    const named = rows
      .flatMap((row) => (/^yes: (.*)$/.exec(row[1]!)?.[1] ?? '').split(', '))
      .filter((name) => name !== '');
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !exported.has(name) && name !== 'aad-errors' && !isOption(name))).toEqual([]);
  });

  test('"no runtime dependencies: no" names those there are', () => {
    const row = rows.find(([feature]) => feature === 'Without runtime dependencies')!;
    expect(row[1]).toBe(`no: ${Object.keys(manifest['dependencies']!).join(', ')}`);
  });

  test('versions it compares with are the installed ones', () => {
    const text = readFileSync('examples/FEATURES.md', 'utf8');
    for (const [label, name] of [
      ['passport-azure-ad', 'passport-azure-ad'],
      ['express-openid-connect', 'express-openid-connect'],
      ['MSAL Node', '@azure/msal-node'],
    ])
      expect(text).toContain(`${label!} ${manifest['devDependencies']![name!]!}`);
  });
});

describe('TROUBLESHOOTING.md', () => {
  const text = readFileSync('examples/TROUBLESHOOTING.md', 'utf8');

  test('every symptom says why, what to change and how to check', () => {
    const symptoms = text.split(/^### /m).slice(1);
    expect(symptoms.length).toBeGreaterThanOrEqual(20);
    for (const symptom of symptoms)
      for (const part of ['**Why.**', '**Change.**', '**Check.**'])
        expect(symptom.includes(part), `${part} of ${symptom.split('\n')[0]!}`).toBe(true);
  });

  test.each([50011, 700016, 7000215, 7000222, 50196, 54005, 70008])(
    'AADSTS%i has a heading of its own',
    (aadstsCode) => {
      expect(text).toMatch(new RegExp(`^### .*${String(aadstsCode)}\\b`, 'm'));
    },
  );
});
