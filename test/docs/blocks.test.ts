/** Every code block of the documents, and every @example of the doc comments, goes through the compiler. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import * as client from '../../src/client/index.js';
import * as main from '../../src/index.js';
import * as testing from '../../src/testing/index.js';
import { codeBlocks } from '../examples/document-code.js';
import { compile, type Snippet } from './compile.js';

const documents = [
  'README.md',
  ...readdirSync('examples')
    .flatMap((name) => (name.endsWith('.md') ? `examples/${name}` : `examples/${name}/README.md`))
    .filter((path) => existsSync(path)),
];
const blocks: Snippet[] = documents.flatMap((path) =>
  codeBlocks(path)
    .filter(({ language }) => ['js', 'mjs', 'ts'].includes(language))
    .map(({ text, line }) => ({ name: `${path}:${String(line)}`, folder: dirname(path), text })),
);
const examples: Snippet[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.includes('generated'))
  .flatMap((path) =>
    [...readFileSync(`src/${path}`, 'utf8').matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)].map((match) => ({
      name: `src/${path}: ${match[1]!.slice(0, 60)}`,
      folder: 'src',
      text: match[1]!.replace(/^ *\* ?/gm, ''),
    })),
  );

/** An example need not repeat the import of what it is about. */
const exported = Object.entries({
  'aad-error-handler': main,
  'aad-error-handler/client': client,
  'aad-error-handler/testing': testing,
})
  .flatMap(([entry, names]) =>
    Object.keys(names).map((name) => `declare const ${name}: typeof import('${entry}').${name};`),
  )
  .concat(
    `declare const ConfidentialClientApplication: typeof import('@azure/msal-node').ConfidentialClientApplication;`,
  )
  .join('\n');

test('code blocks compile', () => {
  expect(blocks.length).toBeGreaterThan(30);
  expect(Object.fromEntries(compile(blocks, ''))).toEqual({});
}, 120_000);

test('examples of doc comments compile', () => {
  expect(examples.length).toBeGreaterThan(8);
  expect(Object.fromEntries(compile(examples, exported))).toEqual({});
}, 120_000);
