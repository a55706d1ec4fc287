/**
 * examples/testing-your-app with its own tests, as their author would run them: in node:test and in vitest, against a copy
 * of this package made from src, in a folder of its own.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const example = join(root, 'examples/testing-your-app');
let folder = '';

beforeAll(async () => {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  folder = mkdtempSync(join(root, 'test-results/example-'));
  cpSync(example, folder, { recursive: true });
  const installed = join(folder, 'node_modules/aad-error-handler');
  mkdirSync(installed, { recursive: true });
  await build({
    entryPoints: { index: join(root, 'src/index.ts'), testing: join(root, 'src/testing/index.ts') },
    outdir: installed,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  // Without one of its own the folder belongs to this repository, and the name of the package would mean its dist/.
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const exports = { '.': './index.js', './testing': './testing.js' };
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({ name: 'aad-error-handler', type: 'module', exports }),
  );
  // vitest would go up and find the one of this repository.
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};');
  for (const name of ['vitest', 'express', 'jose', 'http-errors']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  }
  symlinkSync(join(root, 'node_modules/@azure'), join(folder, 'node_modules/@azure'), 'dir');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: readonly string[]): Promise<{ readonly status: number | null; readonly output: string }> {
  // What this vitest tells its own processes must not reach the one that is started.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_TEST|TEST$)/.test(name)),
  );
  const child = spawn(process.execPath, args, { cwd: folder, env: { ...env, NO_COLOR: '1', CI: '1' } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done) => child.on('close', (status) => done({ status, output })));
}

test('takes fewer than 60 lines and nothing of this package but the test kit', () => {
  const text = readFileSync(join(example, 'app.test.mjs'), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThan(60);
  expect([...text.matchAll(/'(aad-error-handler[^']*)'/g)].map((match) => match[1])).toEqual([
    'aad-error-handler/testing',
  ]);
});

test('passes in node:test', async () => {
  const { status, output } = await run('--test', '--test-reporter=tap', 'app.test.mjs');
  expect(output).toMatch(/^# pass [6-9]$/m);
  expect(output).toMatch(/^# fail 0$/m);
  expect(status).toBe(0);
}, 120_000);

test('passes in vitest', async () => {
  const { status, output } = await run('node_modules/vitest/vitest.mjs', 'run', '--root', '.', 'app.test.mjs');
  expect(output).toMatch(/Tests +6 passed/);
  expect(status).toBe(0);
}, 120_000);
