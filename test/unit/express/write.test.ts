import { describe, expect, test } from 'vitest';
import { failure, passable } from '../../../src/express/pass-on.js';
import { canAnswer, writeResponse } from '../../../src/express/write.js';
import type { ResponseSpec } from '../../../src/types.js';
import { headersOf, requestOf, responseOf } from './support.js';

const page: ResponseSpec = {
  status: 403,
  headers: {
    'cache-control': 'no-store',
    vary: 'Accept, Accept-Language',
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  },
  body: '<p>é</p>',
};

/** The response after writing onto what the application had prepared. */
function written(
  prepared: Record<string, string | string[]>,
  { spec = page, setCookies = [] as string[], headOnly = false } = {},
) {
  const { response, sent } = responseOf(requestOf({ method: headOnly ? 'HEAD' : 'GET' }));
  for (const [name, value] of Object.entries(prepared)) response.setHeader(name, value);
  writeResponse(response, spec, setCookies, headOnly);
  return { response, headers: headersOf(response), body: sent().split('\r\n\r\n').slice(1).join('\r\n\r\n') };
}

describe('an answer', () => {
  test('is written with its status, headers, cookies and body', () => {
    const { response, headers, body } = written({}, { setCookies: ['a=1', 'b=2'] });
    expect(response.statusCode).toBe(403);
    expect(headers).toEqual({ ...page.headers, 'set-cookie': ['a=1', 'b=2'] });
    expect(body).toBe('<p>é</p>');
    expect(response.writableEnded).toBe(true);
  });

  test('to HEAD has the length of the body and no body', () => {
    const { headers, body } = written({}, { headOnly: true });
    expect(headers['content-length']).toBe(9);
    expect(body).toBe('');
  });

  test.each<[string, Record<string, string>]>([
    ['a length', { 'content-length': '5' }],
    ['chunks', { 'transfer-encoding': 'chunked' }],
    ['a length beside others', { 'x-powered-by': 'Express', 'content-length': '5' }],
  ])('in place of one for which the application had announced %s has its own length', (_name, prepared) => {
    const { headers, body } = written(prepared);
    expect(headers['content-length']).toBe(9);
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(body).toBe('<p>é</p>');
  });

  test('replaces what was prepared for another answer and keeps what is for every answer', () => {
    const { headers } = written({
      'x-powered-by': 'Express',
      'content-type': 'application/pdf',
      'content-encoding': 'gzip',
      etag: '"1"',
      'last-modified': 'x',
      location: '/x',
      'strict-transport-security': 'max-age=1',
      'set-cookie': 'sid=1',
    });
    expect(headers).toEqual({
      ...page.headers,
      'x-powered-by': 'Express',
      'strict-transport-security': 'max-age=1',
      'set-cookie': 'sid=1',
    });
  });

  test('replaces it also where it is the only header', () => {
    expect(written({ etag: '"1"' }).headers).toEqual(page.headers);
    expect(written({ 'x-powered-by': 'Express' }).headers).toEqual({ ...page.headers, 'x-powered-by': 'Express' });
  });

  test('adds its cookies to those that are there', () => {
    expect(written({ 'set-cookie': ['sid=1'] }, { setCookies: ['a=1'] }).headers['set-cookie']).toEqual([
      'sid=1',
      'a=1',
    ]);
  });

  test.each<[string | string[], string]>([
    ['Origin', 'Origin, Accept, Accept-Language'],
    ['accept', 'accept, Accept-Language'],
    ['ACCEPT , accept-language', 'ACCEPT , accept-language'],
    ['*', '*'],
    [' * ', '*'],
    [['Origin', 'Accept'], 'Origin, Accept, Accept-Language'],
  ])('with Vary %j has Vary %s', (vary, wanted) => {
    expect(written({ vary }).headers['vary']).toBe(wanted);
  });

  test.each<[string | string[], unknown]>([
    ["script-src 'self'", "default-src 'none'; frame-ancestors 'none'"],
    ['sandbox allow-popups', ["default-src 'none'; frame-ancestors 'none'", 'sandbox allow-popups']],
    [
      ['sandbox', "img-src 'self'"],
      ["default-src 'none'; frame-ancestors 'none'", 'sandbox'],
    ],
  ])('with the policy %j has the policy %j', (policy, wanted) => {
    expect(written({ 'content-security-policy': policy }).headers['content-security-policy']).toEqual(wanted);
  });

  test('has no header that somebody has put onto Object.prototype', () => {
    const prototype = Object.prototype as Record<string, unknown>;
    prototype['x-evil'] = '1';
    try {
      expect(written({}).response.getHeader('x-evil')).toBeUndefined();
    } finally {
      delete prototype['x-evil'];
    }
  });

  test('can be given until it was begun, ended or cut off', () => {
    expect(canAnswer(responseOf().response)).toBe(true);
    const begun = responseOf().response;
    begun.flushHeaders();
    const ended = responseOf().response;
    ended.end();
    const cut = responseOf().response;
    cut.destroy();
    expect([begun, ended, cut].map(canAnswer)).toEqual([false, false, false]);
  });
});

describe('a foreign error for next', () => {
  test.each([undefined, null, 0, 'text', true, Symbol('x'), 5n])('%s is the very same', (value) => {
    for (const isPrinted of [true, false]) expect(passable(value, isPrinted)).toBe(value);
  });

  test.each<[string, unknown]>([
    ['an Error', new Error('x')],
    ['an object', { a: 1 }],
    ['a function', () => 1],
    ['one with a status and good headers', { status: 404, headers: { 'x-a': 'b', 'x-list': ['a', 'b'] } }],
    ['one with bad headers that Express does not send', { headers: { 'bad name': 'x' } }],
    ['one with bad headers and a status that is none', { status: 399, headers: { 'bad name': 'x' } }],
    ['one with bad headers and a status of another kind', { status: 600, headers: { 'bad name': 'x' } }],
    ['one with a status as text', { status: '404', headers: { 'bad name': 'x' } }],
    ['one with headers of null', { status: 404, headers: null }],
    ['one with headers that are a text', { status: 404, headers: 'x' }],
  ])('%s is the very same', (_name, value) => {
    for (const isPrinted of [true, false]) expect(passable(value, isPrinted)).toBe(value);
  });

  const throwing = (name: string): object =>
    Object.defineProperty({ status: 404 }, name, {
      get: () => {
        throw new Error('no');
      },
    });
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };

  test.each<[string, unknown]>([
    ['a name that no header has', { status: 404, headers: { 'bad name': 'x' } }],
    ['a name that no header has, by statusCode', { statusCode: 500, headers: { 'bad name': 'x' } }],
    ['the lowest status', { status: 400, headers: { 'bad name': 'x' } }],
    ['the highest status', { status: 599, headers: { 'bad name': 'x' } }],
    ['a line break', { status: 404, headers: { 'x-a': 'b\r\nc' } }],
    ['no value', { status: 404, headers: { 'x-a': undefined } }],
    ['a revoked proxy', revoked()],
    ...['message', 'name', 'status', 'statusCode', 'headers', 'stack'].map((name): [string, unknown] => [`a ${name} that throws`, throwing(name)]),
  ])('%s would end the process: a plain Error stands in, with the value as cause', (_name, value) => {
    for (const isPrinted of [true, false]) {
      const plain = passable(value, isPrinted) as Error;
      expect(plain).toBeInstanceOf(Error);
      expect(plain.message).toBe('a value that cannot be read was thrown');
      expect(Object.is(plain.cause, value)).toBe(true);
    }
  }); // prettier-ignore

  test('an Error whose stack no page can hold would end the process outside production', () => {
    const error = Object.assign(new Error('x'), { stack: Symbol('no text') });
    expect(passable(error, true)).toMatchObject({ message: 'a value that cannot be read was thrown', cause: error });
    expect(passable(error, false)).toBe(error);
  });

  test('the stack of an Error is not made for it in production', () => {
    const before = Error.prepareStackTrace;
    let made = 0;
    Error.prepareStackTrace = () => (made += 1);
    try {
      passable(new Error('x'), false);
    } finally {
      Error.prepareStackTrace = before;
    }
    expect(made).toBe(0);
  });
});

describe('what was thrown where a check has failed', () => {
  test.each([undefined, null, 0, '', false, Number.NaN, 'route', 'router'])('%s reads as an error', (thrown) => {
    expect(failure(thrown, 'no check')).toEqual(new Error('no check'));
  });

  test.each(['routes', 'text', 7, { status: 500 }, new Error('x')])('%s goes on as it is', (thrown) => {
    expect(failure(thrown, 'no check')).toBe(thrown);
  });
});
