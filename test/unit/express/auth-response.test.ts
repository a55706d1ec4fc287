import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aadAuthResponse, AadOptionsError, type AadAuthResponseOptions, type AadError } from '../../../src/index.js';
import { callbackParameters } from '../../../src/express/form-body.js';
import { readSecrets } from '../../../src/express/secrets.js';
import { statusOf } from '../../../src/express/status-note.js';
import type { RequestIn } from '../../../src/express/types.js';
import { requestOf, responseOf, type RequestParts } from './support.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const query = '/cb?error=login_required&error_description=AADSTS50058%3A+x&state=s1';

function nextOf(request: RequestIn, options: AadAuthResponseOptions = {}): Promise<AadError | undefined> {
  return new Promise((resolve) => {
    aadAuthResponse(options)(request, responseOf(request).response, (error) => {
      resolve(error as AadError | undefined);
    });
  });
}

describe('aadAuthResponse', () => {
  test('turns an error of the query into an AadError', async () => {
    expect(await nextOf(requestOf({ url: query }))).toMatchObject({
      origin: 'authorization-response',
      oauthError: 'login_required',
      aadstsCodes: [50058],
      flow: 'authorization-code',
    });
  });

  test.each(['/cb', '/cb?code=1&state=s1', '/cb?', '/cb?state=s1'])('%s passes', async (url) => {
    expect(await nextOf(requestOf({ url }))).toBeUndefined();
  });

  test('turns an error of a form into one too, and leaves the form to the application', async () => {
    const request = requestOf({ method: 'POST', headers: form, chunks: ['error=login_', 'required&state=s1'] });
    expect(await nextOf(request)).toMatchObject({ oauthError: 'login_required' });
    expect(request.body).toEqual({ error: 'login_required', state: 's1' });
  });

  test('leaves a body alone that was parsed before, and makes none where there was nothing', async () => {
    const body = { code: '1' };
    const parsed = requestOf({ method: 'POST', headers: form, more: { body } });
    await nextOf(parsed);
    expect(parsed.body).toBe(body);
    const empty = requestOf({ method: 'POST', headers: form });
    await nextOf(empty);
    expect(empty.body).toBeUndefined();
    const get = requestOf({ url: '/cb?code=1' });
    await nextOf(get);
    expect(get.body).toBeUndefined();
  });

  describe('checkState', () => {
    test('gets the request and the state', async () => {
      const checkState = vi.fn(() => true);
      const request = requestOf({ url: query });
      await nextOf(request, { checkState });
      expect(checkState).toHaveBeenCalledWith(request, 's1');
      await nextOf(requestOf({ url: '/cb?error=login_required' }), { checkState });
      expect(checkState).toHaveBeenLastCalledWith(expect.anything(), undefined);
    });

    test('is not asked about anything but an error', async () => {
      const checkState = vi.fn(() => true);
      await nextOf(requestOf({ url: '/cb?code=1&state=s1' }), { checkState });
      expect(checkState).not.toHaveBeenCalled();
    });

    test.each<[string, () => unknown, boolean]>([
      ['says yes', () => true, true],
      ['says yes later', () => Promise.resolve(true), true],
      ['says no', () => false, false],
      ['says no later', () => Promise.resolve(false), false],
      ['throws nothing', () => { throw undefined as unknown as Error; }, false], // prettier-ignore
      ['throws a word of Express', () => { throw 'route' as unknown as Error; }, false], // prettier-ignore
    ])('%s', async (_name, checkState, isBelieved) => {
      const error = await nextOf(requestOf({ url: query }), { checkState: checkState as never });
      expect(error?.oauthError).toBe(isBelieved ? 'login_required' : undefined);
      expect(error?.clientCode).toBe(isBelieved ? undefined : 'state_not_found');
      expect(statusOf(error)).toBe(isBelieved ? undefined : 400);
    });

    test('what it throws is the error of the request', async () => {
      const down = new Error('store');
      expect(await nextOf(requestOf({ url: query }), { checkState: () => Promise.reject(down) })).toBe(down);
      expect(await nextOf(requestOf({ url: query }), { checkState: () => { throw down; } })).toBe(down); // prettier-ignore
    });

    describe('that takes its time', () => {
      beforeEach(() => void vi.useFakeTimers());
      afterEach(() => void vi.useRealTimers());

      test('is waited for a second; then the state counts as foreign', async () => {
        let error: AadError | undefined;
        const done = nextOf(requestOf({ url: query }), { checkState: () => new Promise(() => undefined) }).then(
          (value) => (error = value),
        );
        await vi.advanceTimersByTimeAsync(999);
        expect(error).toBeUndefined();
        await vi.advanceTimersByTimeAsync(1);
        await done;
        expect(error?.clientCode).toBe('state_not_found');
      });

      test('leaves no timer behind', async () => {
        await nextOf(requestOf({ url: query }), { checkState: () => Promise.resolve(true) });
        expect(vi.getTimerCount()).toBe(0);
      });
    });
  });

  test('refuses what is no function', () => {
    expect(() => aadAuthResponse({ checkState: true } as never)).toThrow(AadOptionsError);
    expect(() => aadAuthResponse({ state: 1 } as never)).toThrow(/^aadAuthResponse: unknown option "state"/);
  });
});

describe('parameters of a callback', () => {
  const read = async (parts: RequestParts): Promise<Record<string, string>> =>
    Object.fromEntries(await callbackParameters(requestOf(parts)));

  test.each<[string, RequestParts, Record<string, string>]>([
    ['the query', { url: '/cb?a=1&b=2' }, { a: '1', b: '2' }],
    ['the query as received, whatever a router made of it', { url: '/', more: { originalUrl: '/cb?a=1' } }, { a: '1' }],
    ['no query', { url: '/cb' }, {}],
    ['no address', { more: { url: undefined } }, {}],
    ['the first of equal names', { url: '/cb?a=1&a=2' }, { a: '1' }],
    ['a form', { method: 'POST', headers: form, chunks: ['a=1&b=%C3', '%A9'] }, { a: '1', b: 'é' }],
    ['a form with a charset', { method: 'POST', headers: { 'content-type': 'Application/X-WWW-form-urlencoded; charset=utf-8' }, chunks: ['a=1'] }, { a: '1' }],
    ['a form, not the query of its address', { method: 'POST', url: '/cb?a=2', headers: form, chunks: ['a=1'] }, { a: '1' }],
    ['JSON is left for others', { method: 'POST', headers: { 'content-type': 'application/json' }, chunks: ['{"a":1}'] }, {}],
    ['a type that only contains the word', { method: 'POST', headers: { 'content-type': 'x application/x-www-form-urlencoded' }, chunks: ['a=1'] }, {}],
    ['no type', { method: 'POST', chunks: ['a=1'] }, {}],
    ['a body as text', { method: 'POST', headers: form, more: { body: 'a=1' } }, { a: '1' }],
    ['a body as bytes', { method: 'POST', headers: form, more: { body: Buffer.from('a=1') } }, { a: '1' }],
    ['a text of 64 KiB', { method: 'POST', more: { body: `a=${'x'.repeat(65_534)}` } }, { a: 'x'.repeat(65_534) }],
    ['a longer text', { method: 'POST', more: { body: `a=${'x'.repeat(65_535)}` } }, {}],
    ['a parsed body', { method: 'POST', headers: form, more: { body: { a: '1', list: ['2', '3'], object: {}, none: null, number: 4 } } }, { a: '1', list: '2' }],
    ['an empty body of express.json before a form', { method: 'POST', headers: form, chunks: ['a=1'], more: { body: {} } }, { a: '1' }],
    ['a body of null before a form', { method: 'POST', headers: form, chunks: ['a=1'], more: { body: null } }, { a: '1' }],
    ['a parsed body without a type', { method: 'POST', more: { body: { a: '1' } } }, { a: '1' }],
  ])('%s', async (_name, parts, wanted) => {
    expect(await read(parts)).toEqual(wanted);
  }); // prettier-ignore

  test('are 32 at most', async () => {
    const many = Array.from({ length: 40 }, (_, index) => [`p${index}`, 'x'] as const);
    const text = new URLSearchParams(many.map(([name, value]) => [name, value])).toString();
    for (const parts of [{ url: `/cb?${text}` }, { method: 'POST', more: { body: Object.fromEntries(many) } }])
      expect(Object.keys(await read(parts))).toEqual(many.slice(0, 32).map(([name]) => name));
  });

  test.each([
    ['64 KiB', 65_536, true],
    ['more', 65_537, false],
  ])('of a form of %s', async (_name, bytes, isRead) => {
    const chunks = ['a=', ...Array.from({ length: 8 }, () => 'x'.repeat(8_192))].join('').slice(0, bytes);
    const text = chunks.padEnd(bytes, 'x');
    const pieces = [text.slice(0, 30_000), text.slice(30_000, 60_000), text.slice(60_000)];
    const outcome = await read({ method: 'POST', headers: form, chunks: pieces }).catch(
      (error: unknown) => (error as Error).message,
    );
    expect(typeof outcome === 'object' ? outcome['a']!.length : outcome).toBe(
      isRead ? bytes - 2 : 'the form is too large',
    );
  });

  test('of a form that somebody has read and kept nothing of are none', async () => {
    const request = requestOf({ method: 'POST', headers: form, chunks: ['a=1'] });
    request.pipe(new PassThrough()).resume();
    await new Promise((resolve) => request.once('end', resolve));
    expect((await callbackParameters(request)).size).toBe(0);
    const parsedEmpty = Object.assign(request, { body: {} });
    expect((await callbackParameters(parsedEmpty)).size).toBe(0);
  });

  test('of a request that is gone are none', async () => {
    const request = requestOf({ method: 'POST', headers: form, chunks: ['a=1'] });
    request.destroy();
    expect((await callbackParameters(request)).size).toBe(0);
  });

  test('of a request that breaks off or fails: an error', async () => {
    const broken = (): RequestIn => {
      const request = requestOf({ method: 'POST', headers: form });
      // Not ended: the rest of the form never comes.
      request.removeAllListeners();
      return request;
    };
    const aborted = broken();
    const reading = callbackParameters(aborted);
    aborted.emit('close');
    await expect(reading).rejects.toThrow('the request was aborted');
    const failed = broken();
    const failing = callbackParameters(failed);
    failed.emit('error', new Error('reset'));
    await expect(failing).rejects.toThrow('reset');
  });
});

describe('secrets', () => {
  const long = 'x'.repeat(32);

  test.each<[string, string | readonly string[], readonly string[]]>([
    ['one', long, [long]],
    ['several', [long, `${long}y`], [long, `${long}y`]],
  ])('%s', (_name, secret, wanted) => {
    expect(readSecrets('call', secret)).toEqual(wanted);
  });

  test('none: a random one, for this process only', () => {
    const [one, other] = [readSecrets('call', undefined), readSecrets('call', undefined)];
    expect(one).toHaveLength(1);
    expect(one[0]!.length).toBeGreaterThanOrEqual(64);
    expect(one[0]).not.toBe(other[0]);
  });

  test.each(['', 'x'.repeat(31), [], [long, 'short'], 7, null, [long, 7]])('%j is refused', (secret) => {
    expect(() => readSecrets('call', secret as never)).toThrow(
      'call: option "secret" must be a random text of at least 32 characters, or a list of them (the first seals, all open).',
    );
  });
});
