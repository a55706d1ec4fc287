import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startExample } from '../../examples/hono/start.mjs';
import type { LocalEntra } from '../../src/testing/index.js';
import { navigation, script, send } from '../support/browser-client.js';
import { buildLibrary, entries, run } from './processes.js';

const root = resolve(import.meta.dirname, '../..');
const accept = { accept: 'application/json' };

describe('the Hono example over real sockets', () => {
  let url: string;
  let entra: LocalEntra;
  let close: () => Promise<void>;
  // One for each test: MSAL remembers an outage.
  beforeEach(async () => {
    const started = await startExample({ port: 0, environment: {} });
    url = started.url;
    entra = started.entra!;
    close = () => started.close();
  });
  afterEach(() => close());

  const profileAs = async (user: string, lifetimeSeconds = 3_600) => {
    const token = await entra.accessToken({ user, lifetimeSeconds });
    return send(`${url}/profile`, { headers: { ...accept, authorization: `Bearer ${token}` } });
  };

  test('a call that works is not touched', async () => {
    const answer = await profileAs('alice@contoso.test');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ preferred_username: 'alice@contoso.test', scp: 'Profile.Read' });
  });

  test.each([
    ['mfa@contoso.test', 401, 'insufficient_claims', 'AADSTS50076', /claims="[\w+/]+=*"/],
    ['consent@contoso.test', 403, 'insufficient_scope', 'AADSTS65001', /scope="api:\/\/profiles\/Profile.Read"/],
  ] as const)('%s: %i with a challenge the caller can act on', async (user, status, error, code, part) => {
    const answer = await profileAs(user);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['www-authenticate']).toContain(`error="${error}"`);
    expect(answer.headers['www-authenticate']).toContain(`/${entra.tenantId}/oauth2/authorize"`);
    expect(answer.headers['www-authenticate']).toMatch(part);
    expect(JSON.parse(answer.body)).toMatchObject({ status, code, instance: '/profile' });
  });

  test('a challenge of the API behind it is handed on to the caller', async () => {
    const token = await entra.accessToken({ user: 'alice@contoso.test' });
    const call = () => send(`${url}/profile`, { headers: { ...accept, authorization: `Bearer ${token}` } });
    expect((await call()).status).toBe(200);
    entra.revoke('alice@contoso.test');
    const answer = await call();
    expect(answer.status).toBe(401);
    const [, claims = ''] = /claims="([^"]+)"/.exec(answer.headers['www-authenticate']!) ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toHaveProperty('access_token.nbf');
  });

  describe.each([
    ['a secret that has expired', 7000222, 500, 'fix_config', undefined],
    ['an outage', 90033, 503, 'retry', '7'],
  ] as const)('%s while it calls for itself', (_name, code, status, action, retryAfter) => {
    test.each([
      ['a page for a person', navigation, 'text/html; charset=utf-8'],
      ['a problem document for a script', script, 'application/problem+json; charset=utf-8'],
    ] as const)('is %s', async (_who, headers, type) => {
      entra.failNext({ code, ...(retryAfter !== undefined && { retryAfterSeconds: Number(retryAfter) }) });
      const answer = await send(`${url}/report?month=1`, { headers });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe(type);
      expect(answer.headers['retry-after']).toBe(retryAfter);
      if (headers === script) expect(JSON.parse(answer.body)).toMatchObject({ action, code: `AADSTS${code}` });
      else expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    });
  });

  test('HEAD has the status and headers, and no body', async () => {
    entra.failNext(7000222);
    const answer = await send(`${url}/report`, { method: 'HEAD', headers: navigation });
    expect(answer.status).toBe(500);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toBe('');
  });

  test('errors of others go where they would have gone: the own handler and HTTPException', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const bug = await send(`${url}/bug`, { headers: navigation });
    expect([bug.status, bug.body]).toEqual([500, 'Something went wrong here.\n']);
    expect(logged).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'a bug of the application' }));
    logged.mockRestore();
    const noToken = await send(`${url}/profile`, { headers: accept });
    expect(noToken.status).toBe(401);
    expect(noToken.headers['www-authenticate']).toContain('no authorization included');
    const expired = await profileAs('alice@contoso.test', -60);
    expect(expired.status).toBe(401);
    expect(expired.headers['www-authenticate']).toContain('error="invalid_token"');
  });
});

test('on a real tenant there are no switches, and callers need a token', async () => {
  const registration = {
    TENANT_ID: '22222222-2222-4222-8222-222222222222',
    CLIENT_ID: 'c',
    CLIENT_SECRET: 'fake-secret',
  };
  const { url, entra, close } = await startExample({ port: 0, environment: registration });
  try {
    expect(entra).toBeUndefined();
    expect((await send(`${url}/local-entra/token/alice@contoso.test`)).status).toBe(404);
    expect((await send(`${url}/profile`)).status).toBe(401);
  } finally {
    await close();
  }
});

test('its README shows the glue as it is', () => {
  const block = /```js\n([\s\S]*?)```/.exec(readFileSync(`${root}/examples/hono/README.md`, 'utf8'))![1]!;
  const file = readFileSync(`${root}/examples/hono/aad-on-error.mjs`, 'utf8');
  expect(block).toBe(file.replace(/^\/\/.*\n/gm, '').replace(/\/\*\*[\s\S]*?\*\/\n/g, ''));
});

describe('without Express', () => {
  test('nothing the example imports, at whatever depth, is Express or our Express folder', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['examples/hono/server.mjs'],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      alias: { ...entries },
      logLevel: 'error',
    });
    const loaded = Object.keys(metafile.inputs);
    for (const expected of [
      'src/core.ts',
      'src/responder.ts',
      'examples/hono/app.mjs',
      'node_modules/hono/dist/hono.js',
    ])
      expect(loaded).toContain(expected);
    expect(loaded.filter((path) => /node_modules\/express\/|^src\/express\/|^src\/index\.ts$/.test(path))).toEqual([]);
  });

  test('it runs where importing Express fails', async () => {
    const library = await buildLibrary(['express']);
    const hono = run(['examples/start.mjs', 'hono'], library, { PORT: '0' });
    const refused = run(['--input-type=module', '-e', 'await import("express")'], library);
    try {
      const url = (await hono.shows(/http:\/\/localhost:\d+/)).trim();
      await send(`${url}/local-entra/fail/53003`);
      const answer = await send(`${url}/report`, { headers: script });
      expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([403, 'AADSTS53003']);
      expect(await refused.ended).toBe(1);
      expect(refused.output().stderr).toContain('refused: express');
    } finally {
      await Promise.all([hono.stop(), refused.stop()]);
      library.remove();
    }
  });
});
