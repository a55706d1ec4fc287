import { existsSync, readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as client from '../../src/client/index.js';
import * as core from '../../src/core.js';
import * as main from '../../src/index.js';
import * as testing from '../../src/testing/index.js';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map((match) => ({
  language: match[1]!,
  text: match[2]!,
}));
const modules: Readonly<Record<string, object>> = {
  'aad-error-handler': main,
  'aad-error-handler/core': core,
  'aad-error-handler/testing': testing,
  'aad-error-handler/client': client,
};

describe('README', () => {
  const code = blocks.filter((block) => block.language === 'js');

  test.each(code.map((block, index) => [index + 1, block.text] as const))(
    'code block %i is valid and imports what exists',
    async (_index, text) => {
      await expect(transform(text, { loader: 'js', format: 'esm' })).resolves.toBeDefined();
      for (const [, names, from] of text.matchAll(/import \{([^}]+)\} from '(aad-error-handler[^']*)'/g)) {
        for (const name of names!.split(',')) expect(Object.keys(modules[from!]!)).toContain(name.trim());
      }
    },
  );

  test('every function it names in backticks is exported', () => {
    const exported = new Set(Object.values(modules).flatMap((module) => Object.keys(module)));
    const named = [...readme.matchAll(/`(?:await )?([a-z][A-Za-z]{5,})\(/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(15);
    expect(
      named.filter((name) => !exported.has(name) && !['getAuthCodeUrl', 'acquireTokenByCode'].includes(name)),
    ).toEqual([]);
  });

  test('its two commands are scripts of the package, and every option error has a heading', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(readme).toContain('npm ci && npm run demo');
    expect(readme).toContain('npm ci && npm test');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['demo', 'test']));
    for (const code of ['UNKNOWN', 'TYPE', 'VALUE', 'MISSING']) expect(readme).toContain(`### ERR_AAD_OPTIONS_${code}`);
  });

  test('every file it links to exists', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !link.startsWith('http'));
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });
});
