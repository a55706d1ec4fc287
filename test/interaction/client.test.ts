import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aadFetch } from '../../src/client/index.js';
import { toLocalUrl } from '../../src/interaction/index.js';

const places: string[] = [];
let answers: (() => Response)[] = [];
let calls: unknown[][] = [];

beforeEach(() => {
  places.length = 0;
  calls = [];
  vi.useFakeTimers();
  vi.stubGlobal('location', {
    origin: 'https://app.contoso.test',
    pathname: '/list/1',
    search: '?page=2&q=a+b',
    hash: '',
    assign: (url: string) => places.push(url),
  });
  vi.stubGlobal('fetch', async (...parts: unknown[]) => {
    calls.push(parts);
    return (answers.shift() ?? (() => new Response('done')))();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  answers = [];
});

const problem =
  (body: unknown, status = 401, type = 'application/problem+json; charset=utf-8') =>
  (): Response =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'content-type': type } });
const interaction = { url: '/auth/challenge?ticket=a.b', method: 'GET' };

/** Lets timers and promises run; tells after how many seconds the call was done. */
async function settle(call: Promise<Response>): Promise<{ response: Response; seconds: number }> {
  const begun = Date.now();
  let seconds = -1;
  void call.finally(() => {
    seconds = (Date.now() - begun) / 1000;
  });
  await vi.runAllTimersAsync();
  return { response: await call, seconds };
}

describe('aadFetch', () => {
  test('navigates to the sign-in and back to this page when the user must act', async () => {
    answers = [problem({ status: 401, action: 'claims_challenge', interaction })];
    const { response } = await settle(aadFetch('/api/tasks'));
    expect(places).toEqual(['/auth/challenge?ticket=a.b&return_to=%2Flist%2F1%3Fpage%3D2%26q%3Da%2Bb']);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ action: 'claims_challenge' });
    expect(calls).toHaveLength(1);
  });

  test.each([
    ['#part-3', '#part-3'],
    ['#/tasks/7?tab=notes&order=asc', '#/tasks/7?tab=notes&order=asc'],
    ['#%C3%A9', '#%C3%A9'],
    ['#/zipcode=1', '#/zipcode=1'],
    ['#/list?state=new', '#/list?state=new'],
    ['#code=0.AXEA&state=s1', ''],
    ['#error=login_required', ''],
    ['#access_token=eyJ0&expires_in=3599', ''],
    ['#a=b&id_token=eyJ0', ''],
    ['#/callback?code=0.AXEA', ''],
  ])('comes back to the fragment %s of this page as %j', async (hash, kept) => {
    Object.assign(location as object, { hash });
    answers = [problem({ interaction })];
    await settle(aadFetch('/api/tasks'));
    const [, , returnTo] = /^(.*)&return_to=(.*)$/.exec(places[0]!)!;
    expect(decodeURIComponent(returnTo!)).toBe(`/list/1?page=2&q=a+b${kept}`);
    // As the sign-in route reads it.
    expect(toLocalUrl(decodeURIComponent(returnTo!))).toBe(`/list/1?page=2&q=a+b${kept}`);
  });

  test('an address without a query gets one', async () => {
    answers = [problem({ interaction: { url: '/login' } })];
    await settle(aadFetch('/api/tasks'));
    expect(places).toEqual(['/login?return_to=%2Flist%2F1%3Fpage%3D2%26q%3Da%2Bb']);
  });

  test.each([
    'https://evil.test/', '//evil.test/', '/\\evil.test', '\\\\evil.test', 'javascript:alert(1)', '/\t/evil.test', 'auth', '', 1, null, {},
  ])('opens no other place than one of this origin: %j', async (url) => {
    answers = [problem({ interaction: { url } })];
    await settle(aadFetch('/api/tasks'));
    expect(places).toEqual([]);
  }); // prettier-ignore

  test('waits as long as it is told and tries once more', async () => {
    answers = [problem({ retryable: true, retryAfter: 7 }, 503)];
    const { response, seconds } = await settle(aadFetch('/api/tasks', { headers: { a: 'b' } }));
    expect(await response.text()).toBe('done');
    expect(seconds).toBe(7);
    expect(calls).toEqual([
      ['/api/tasks', { headers: { a: 'b' } }],
      ['/api/tasks', { headers: { a: 'b' } }],
    ]);
  });

  test('a wait of a minute is waited', async () => {
    answers = [problem({ retryable: true, retryAfter: 60 }, 503)];
    expect((await settle(aadFetch('/api/tasks', { method: 'head' }))).seconds).toBe(60);
    expect(calls).toHaveLength(2);
  });

  test('a second failure is given to the caller', async () => {
    answers = [problem({ retryable: true, retryAfter: 1 }, 503), problem({ retryable: true, retryAfter: 1 }, 503)];
    const { response } = await settle(aadFetch('/api/tasks'));
    expect(response.status).toBe(503);
    expect(calls).toHaveLength(2);
  });

  test.each([
    ['a POST', { retryable: true, retryAfter: 1 }, { method: 'POST' }],
    ['a post', { retryable: true, retryAfter: 1 }, { method: 'post' }],
    ['what begins like GET', { retryable: true, retryAfter: 1 }, { method: 'GETX' }],
    ['what ends like GET', { retryable: true, retryAfter: 1 }, { method: 'XGET' }],
    ['a wait of 61 seconds', { retryable: true, retryAfter: 61 }, {}],
    ['a wait of two minutes', { retryable: true, retryAfter: 120 }, {}],
    ['no wait given', { retryable: true }, {}],
    ['a wait that is no number', { retryable: true, retryAfter: 'soon' }, {}],
    ['what is not retryable', { retryable: false, retryAfter: 1 }, {}],
  ])('%s is not repeated', async (_name, body, init) => {
    answers = [problem(body, 503)];
    await settle(aadFetch('/api/tasks', init));
    expect(calls).toHaveLength(1);
  });

  test('the method of a Request counts', async () => {
    answers = [problem({ retryable: true, retryAfter: 1 }, 503)];
    await settle(aadFetch(new Request('https://app.contoso.test/api', { method: 'POST', body: 'a' })));
    expect(calls).toHaveLength(1);
    answers = [problem({ retryable: true, retryAfter: 1 }, 503)];
    await settle(aadFetch(new Request('https://app.contoso.test/api')));
    expect(calls).toHaveLength(3);
  });

  test.each([
    ['an ordinary answer', () => new Response('{"interaction":{"url":"/a"}}')],
    ['an answer without a type', () => new Response(null, { status: 204 })],
    ['JSON that only looks like ours', problem({ interaction }, 401, 'application/json')],
    ['a problem that is no JSON', problem('{"interaction"')],
    ['a problem that is null', problem('null')],
    ['a problem of somebody else', problem({ type: 'about:blank', status: 400 })],
  ])('%s passes untouched, its body unread', async (_name, answer) => {
    answers = [answer];
    const { response } = await settle(aadFetch('/api/tasks'));
    expect([places, calls.length, response.bodyUsed]).toEqual([[], 1, false]);
  });

  test('what fetch throws is thrown', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
    await expect(aadFetch('/api/tasks')).rejects.toThrow('offline');
  });

  test('is under 1 kB when built, and needs nothing', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [fileURLToPath(new URL('../../src/client/index.ts', import.meta.url))],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2020',
      write: false,
      metafile: true,
    });
    expect(Object.keys(metafile.inputs)).toHaveLength(1);
    expect(outputFiles[0]!.contents.length).toBeLessThan(1_000);
    expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(600);
  });
});
