/** A form that is looked at and left where it is; test/http/auth-response.test.ts has real body parsers behind it. */
import { describe, expect, test } from 'vitest';
import { isResponse, peekForm } from '../../../src/express/peek-form.js';
import type { RequestIn } from '../../../src/express/types.js';
import { requestOf, responseOf, type RequestParts } from './support.js';

/** A request as Node's parser leaves it once all of it has come. */
const whole = (chunks: RequestParts['chunks'] = [], more: object = {}): RequestIn =>
  requestOf({ method: 'POST', chunks, more: { complete: true, ...more } });
const peek = (request: RequestIn): Promise<string> => peekForm(request, responseOf(request).response);

function listenersOf(request: RequestIn): number {
  return ['readable', 'end', 'error', 'close', 'data'].reduce((sum, name) => sum + request.listenerCount(name), 0);
}

async function rest(request: RequestIn): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('a form that was looked at', () => {
  test.each([
    ['in one piece', ['a=1&b=%C3%A9']],
    ['in several', ['a=', '1&b=%C3', '%A9']],
  ])('%s is still there', async (_name, chunks) => {
    const request = whole(chunks);
    const before = listenersOf(request);
    expect(await peek(request)).toBe('a=1&b=%C3%A9');
    expect(listenersOf(request)).toBe(before);
    expect(await rest(request)).toBe('a=1&b=%C3%A9');
  });

  test('may have been set to text before', async () => {
    const request = whole(['a=1']).setEncoding('utf8');
    expect(await peek(request)).toBe('a=1');
    expect(await rest(request)).toBe('a=1');
  });

  test.each([
    ['with no length', whole()],
    ['by its length', whole([], { headers: { 'content-length': '0' } })],
    ['because its connection is gone', whole(['a=1']).destroy()],
  ])('is empty %s', async (_name, request) => {
    expect(await peek(request)).toBe('');
  });

  test('of a request that does not say when it is complete is read all the same', async () => {
    expect(await peek(whole(['a=', '1'], { complete: false }))).toBe('a=1');
  });

  test.each([
    ['64 KiB', 65_536, true],
    ['more', 65_537, false],
  ])('of %s', async (_name, bytes, isRead) => {
    const text = 'a='.padEnd(bytes, 'x');
    const request = whole([text.slice(0, 40_000), text.slice(40_000)]);
    expect((await peek(request)).length).toBe(isRead ? bytes : 0);
    expect((await rest(request)).length).toBe(bytes);
  });

  test('that is too large and looks like an authorization response is refused', async () => {
    await expect(peek(whole([`x=${'y'.repeat(65_000)}&error=access_denied&`, 'z'.repeat(1_000)]))).rejects.toThrow(
      'the form is too large',
    );
  });

  test.each([
    ['breaks off', 'close', undefined, 'the request was aborted'],
    ['fails', 'error', new Error('reset'), 'reset'],
  ])('of a request that %s is an error', async (_name, event, reason, message) => {
    const request = whole(['a=1'], { complete: false });
    const before = listenersOf(request);
    const peeked = peek(request);
    request.emit(event, reason);
    await expect(peeked).rejects.toThrow(message);
    expect(listenersOf(request)).toBe(before);
  });
});

describe('what nobody reads', () => {
  test('is thrown away with the answer, so that the connection can go on', async () => {
    const request = whole(['a=1']);
    const { response } = responseOf(request);
    await peekForm(request, response);
    const ended = new Promise((resolve) => request.once('end', resolve));
    response.emit('finish');
    await ended;
    expect(request.readableEnded).toBe(true);
  });

  test('but not what somebody is reading at his own pace', async () => {
    const request = whole(['a=1']);
    const { response } = responseOf(request);
    await peekForm(request, response);
    const chunks: unknown[] = [];
    request.on('data', (chunk) => chunks.push(chunk)).pause();
    response.emit('finish');
    await new Promise((resolve) => setImmediate(resolve));
    expect(chunks).toEqual([]);
  });
});

test.each<[string, string[], boolean]>([
  ['an error', ['error', 'state'], true],
  ['a code', ['code'], true],
  ['an ID token', ['id_token'], true],
  ['an access token', ['access_token'], true],
  ['admin consent', ['admin_consent', 'tenant'], true],
  ['an address', ['street', 'state'], false],
  ['nothing', [], false],
])('%s: %j', (_name, names, wanted) => {
  expect(isResponse((name) => names.includes(name))).toBe(wanted);
});
