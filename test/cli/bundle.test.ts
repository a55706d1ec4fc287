import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'aad-errors-bundle-'));
const cli = join(folder, 'cli.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outfile: cli,
    logLevel: 'error',
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const start = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [cli, ...args], { input, encoding: 'utf8' });

describe('the built command', () => {
  it.each([
    [['explain', '50076'], 0, /AADSTS50076/, /^$/],
    [['explain', 'nothing at all'], 1, /^$/, /No code found/],
    [['nope'], 2, /^$/, /unknown command/],
    [['report', '/no/such/file'], 3, /^$/, /there is no such file/],
  ])('%j exits with %i', (args, status, out, err) => {
    const result = start(args);
    expect(result.status).toBe(status);
    expect(result.stdout).toMatch(out);
    expect(result.stderr).toMatch(err);
  });

  it('reads standard input', () => {
    expect(start(['report', '-', '--json'], '2026-01-31T09:00:00Z AADSTS53003: blocked\n').stdout).toContain(
      'AADSTS53003',
    );
  });

  it('ends quietly when the reader of a pipe goes away', () => {
    const result = spawnSync('sh', ['-c', `"${process.execPath}" "${cli}" list | head -1`], { encoding: 'utf8' });
    expect(result.stdout.split('\n')).toHaveLength(2);
    expect(result.stderr).toBe('');
  });

  it('prints the version of the package it lies in', () => {
    writeFileSync(join(folder, 'package.json'), '{"name":"aad-error-handler","version":"9.8.7"}');
    const inner = join(folder, 'dist');
    const result = spawnSync(
      'sh',
      ['-c', `mkdir -p "${inner}" && cp "${cli}" "${inner}/" && "${process.execPath}" "${inner}/cli.mjs" --version`],
      { encoding: 'utf8' },
    );
    expect(result.stdout).toBe('9.8.7\n');
  });
});
