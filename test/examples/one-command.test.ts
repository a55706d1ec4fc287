/**
 * Every example by its one command, `node examples/start.mjs NAME`, as `npm run example NAME` does: on dist where it is
 * built and not older than src, as in CI; otherwise on a build of src made for this test.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildLibrary, run, type Library, type Running } from './processes.js';

const root = resolve(import.meta.dirname, '../..');
const names = readdirSync(join(root, 'examples')).filter((name) =>
  existsSync(join(root, 'examples', name, 'server.mjs')),
);

/** Whether dist is there, and is of the sources as they are now. */
function isDistFresh(): boolean {
  const builtAtMs = statSync(join(root, 'dist/index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).every(
    // `npm test` writes the generated catalogue anew, after the build.
    (entry) =>
      !entry.isFile() ||
      entry.parentPath.endsWith('generated') ||
      statSync(join(entry.parentPath, entry.name)).mtimeMs <= builtAtMs,
  );
}

let library: Library = { nodeOptions: '', remove: () => undefined };
const running: Running[] = [];
beforeAll(async () => {
  if (isDistFresh()) return;
  console.log('dist is missing or older than src (npm run build): the examples run on a build made for this test');
  library = await buildLibrary();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((example) => example.stop()));
});
afterAll(() => {
  library.remove();
});

function start(...parts: readonly string[]): Running {
  const example = run(['examples/start.mjs', ...parts], library, { PORT: '0' });
  running.push(example);
  return example;
}

const address = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/;

describe('npm run example', () => {
  test('the index names every example, and nothing that is not there', () => {
    const index = readFileSync(join(root, 'examples/README.md'), 'utf8');
    const listed = [...index.matchAll(/^\| \[([\w-]+)\]\(\1\/\)/gm)].map(([, name]) => name!);
    expect(listed.sort()).toEqual([...names, 'testing-your-app'].sort());
  });

  test.each(names.filter((name) => name !== 'daemon'))(
    '%s starts without a tenant, and the address it prints answers',
    async (name) => {
      const url = await start(name).shows(address);
      const response = await fetch(url, { headers: { accept: 'text/html' } });
      expect(response.status).toBeLessThan(500);
      expect((await response.text()).length).toBeGreaterThan(0);
    },
  );

  test('daemon does its work without a tenant and ends by itself', async () => {
    const daemon = start('daemon');
    expect([await daemon.ended, daemon.output().stderr]).toEqual([0, expect.not.stringMatching(/^\s+at /m)]);
  });

  test("spa-and-api hands out the package's own client helper, complete in one file", async () => {
    const url = await start('spa-and-api').shows(address);
    const response = await fetch(`${url}/aad-client.js`);
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
    const script = await response.text();
    expect(script).toContain('aadFetch');
    expect(script).not.toMatch(/^import\s/m);
  });

  test.each([[[]], [['no-such-example']]])('%j is refused with the names of those there are', async (parts) => {
    const refused = start(...parts);
    expect(await refused.ended).toBe(1);
    for (const name of names) expect(refused.output().stderr).toContain(name);
  });
});
