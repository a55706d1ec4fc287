/** The middleware on Node's request and response; test/http has it in Express 4 and 5 over a socket. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpError } from 'http-errors';
import {
  aadErrorHandler,
  AadOptionsError,
  normalizeAadError,
  type AadErrorHandlerOptions,
} from '../../../src/index.js';
import { noteStatus } from '../../../src/express/status-note.js';
import type { RequestIn, ResponseOut } from '../../../src/express/types.js';
import { tokenErrorResponse } from '../../../src/testing/index.js';
import { headersOf, requestOf, responseOf, type RequestParts } from './support.js';

const secret = 'a test secret of more than thirty-two characters';
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const html = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const api = { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' };
const entra = (code: number, more: object = {}): object => tokenErrorResponse(code, more);
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Handled {
  readonly request: RequestIn;
  readonly response: ResponseOut;
  readonly next: unknown[];
  readonly status: number;
  readonly headers: Record<string, unknown>;
  body(): string;
}

function handled(
  thrown: unknown,
  options: AadErrorHandlerOptions = {},
  parts: RequestParts = {},
  prepare: (response: ResponseOut) => void = () => undefined,
): Handled {
  const request = requestOf({ headers: html, url: '/tasks?page=2', ...parts });
  const { response, sent } = responseOf(request);
  prepare(response);
  const next: unknown[] = [];
  const handler = aadErrorHandler({ exposeDetails: false, timeZone: 'UTC', secret, secureCookies: false, ...options });
  handler(thrown, request, response, (error) => next.push(error));
  return {
    ...{ request, response, next },
    get status() {
      return response.statusCode;
    },
    get headers() {
      return headersOf(response);
    },
    body: () => sent().split('\r\n\r\n').slice(1).join('\r\n\r\n'),
  };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('what is handed on', () => {
  test.each<[string, unknown]>([
    ['an error of the application', new RangeError('bug')],
    ['a text', 'text'],
    ['an object', { a: 1 }],
    ['an answer that may be anybody’s', { status: 401, headers: {}, body: '' }],
  ])('%s, the very same', (_name, thrown) => {
    const { next, response } = handled(thrown);
    expect(next).toEqual([thrown]);
    expect(next[0]).toBe(thrown);
    expect(response.headersSent).toBe(false);
  });

  test('whatever comes when the answer has begun', () => {
    const thrown = entra(50058);
    expect(handled(thrown, {}, {}, (response) => { response.flushHeaders(); }).next).toEqual([thrown]); // prettier-ignore
  });

  test('what Express could not read, as an Error that it can', () => {
    const hostile = Object.defineProperty(new Error('x'), 'status', { get: () => { throw new Error('no'); } }); // prettier-ignore
    expect((handled(hostile).next[0] as Error).cause).toBe(hostile);
  });
});

describe('an answer', () => {
  test('is a page for a person', () => {
    const { status, headers, body, next } = handled(entra(50105));
    expect([status, next]).toEqual([403, []]);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body()).toMatch(/^<!doctype html>/i);
  });

  test('is empty for HEAD', () => {
    const { body, headers } = handled(entra(50105), {}, { method: 'HEAD' });
    expect(body()).toBe('');
    expect(Number(headers['content-length'])).toBeGreaterThan(100);
  });

  test('is a problem document for a program', () => {
    const { status, body } = handled(entra(50105), {}, { headers: api });
    expect([status, (JSON.parse(body()) as { instance: string }).instance]).toEqual([403, '/tasks']);
  });

  test('knows the address as it was received', () => {
    const instance = (parts: RequestParts): string =>
      (JSON.parse(handled(entra(50105), {}, { headers: api, ...parts }).body()) as { instance: string }).instance;
    expect(instance({ url: '/', more: { originalUrl: '/app/tasks' } })).toBe('/app/tasks');
    expect(instance({ url: '/tasks' })).toBe('/tasks');
    expect(instance({ more: { url: undefined } })).toBe('/');
  });

  test('takes a request without a method for GET', () => {
    expect(handled(entra(50058), { interaction: '/login' }, { more: { method: undefined } }).status).toBe(303);
  });

  test('has the status that was noted for its error', () => {
    const error = normalizeAadError(entra(50105))!;
    noteStatus(error, 400);
    expect(handled(error).status).toBe(400);
  });

  test('keeps its details for development', () => {
    const shows = (environment: string | undefined): boolean => {
      vi.stubEnv('NODE_ENV', environment);
      return handled(entra(50105), { exposeDetails: undefined as never }, { headers: api })
        .body()
        .includes('developer');
    };
    expect([shows('production'), shows('development'), shows(undefined)]).toEqual([false, true, true]);
  });
});

describe('what is known about the call', () => {
  const actionOf = (options: AadErrorHandlerOptions, more: object = {}, thrown = entra(50058)): string =>
    (JSON.parse(handled(thrown, options, { headers: api, more }).body()) as { action: string }).action;

  test.each<[string, AadErrorHandlerOptions, string]>([
    ['a flow without a user', { flow: 'client-credentials' }, 'fix_config'],
    ['nobody who could sign in', { hasUser: false }, 'fix_config'],
    ['somebody who could', { hasUser: true }, 'interactive'],
    ['nobody, by request', { hasUser: () => false }, 'fix_config'],
    ['somebody, by request', { hasUser: () => true }, 'interactive'],
    ['a function that throws says nothing', { hasUser: () => { throw new Error('x'); } }, 'interactive'],
    ['a function that is no yes or no says nothing', { hasUser: (() => 0) as never }, 'interactive'],
    ['an async function says nothing', { hasUser: (() => Promise.resolve(false)) as never }, 'interactive'],
    ['an async function that rejects ends nothing', { hasUser: (() => Promise.reject(new Error('x'))) as never }, 'interactive'],
    ['a function that gives null says nothing', { hasUser: (() => null) as never }, 'interactive'],
  ])('%s', async (_name, options, wanted) => {
    const decided = actionOf(options);
    expect(decided === 'interactive').toBe(wanted === 'interactive');
    await tick();
  }); // prettier-ignore

  test('hasUser is asked with the request', () => {
    const hasUser = vi.fn(() => true);
    const { request } = handled(entra(50058), { hasUser });
    expect(hasUser).toHaveBeenCalledWith(request);
  });

  test('a caller whose token cannot handle claims gets no challenge', () => {
    const auth = { iss: 'x', aud: 'y' };
    const challenge = entra(50076, { claims });
    expect(actionOf({}, {}, challenge)).toBe('claims_challenge');
    expect(actionOf({}, { auth }, challenge)).toBe('contact_admin');
    expect(actionOf({}, { auth: { ...auth, xms_cc: ['cp1'] } }, challenge)).toBe('claims_challenge');
    expect(actionOf({ claimsOf: () => ({}) }, {}, challenge)).toBe('contact_admin');
    expect(actionOf({ claimsOf: () => undefined }, { auth }, challenge)).toBe('claims_challenge');
  });
});

describe('with a path of the application', () => {
  const cookieOf = (options: AadErrorHandlerOptions): string =>
    String((handled(entra(50058), { interaction: '/login', ...options }).headers['set-cookie'] as string[])[0]);

  test('a page becomes a redirect with a ticket', () => {
    const { status, headers } = handled(entra(50058), { interaction: '/login' });
    expect([status, headers['location']]).toEqual([303, expect.stringMatching(/^\/login\?ticket=[\w.~-]+$/)]);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^aad-ticket-/),
      expect.stringMatching(/^aad-brake=/),
    ]);
  });

  test('the third time for the same reason is a page', () => {
    const jar = new Map<string, string>();
    const options = { interaction: '/login' };
    const statuses = [0, 1, 2].map(() => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const { status, headers } = handled(entra(50058), options, { headers: { ...html, cookie } });
      for (const one of (headers['set-cookie'] ?? []) as string[]) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
        jar.set(name, value);
      }
      return status;
    });
    expect(statuses).toEqual([303, 303, 403]);
  });

  test.each([
    ['production', undefined, '__Host-aad-ticket-'],
    ['development', undefined, 'aad-ticket-'],
    ['production', false, 'aad-ticket-'],
    ['development', true, '__Host-aad-ticket-'],
  ])('NODE_ENV %s, secureCookies %s: the cookie is %s…', (environment, secureCookies, start) => {
    vi.stubEnv('NODE_ENV', environment);
    const cookie = cookieOf({ secureCookies: secureCookies as never });
    expect(cookie.startsWith(start)).toBe(true);
    expect(cookie.includes('; Secure')).toBe(start.startsWith('__Host-'));
  });
});

describe('with an own start', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('it gets the request, the response and what is wanted, and answers', () => {
    const start = vi.fn((_request: unknown, response: ResponseOut) => {
      response.statusCode = 302;
      response.setHeader('location', '/own');
      response.end();
    });
    const { request, response, status, headers, next } = handled(entra(50076, { claims }), { interaction: { start } as never });
    expect(start).toHaveBeenCalledWith(request, response, expect.objectContaining({ action: 'claims_challenge', claims, returnTo: '/tasks?page=2' }));
    expect([status, headers['location'], next]).toEqual([302, '/own', []]);
    expect(headers['set-cookie']).toMatch(/^aad-brake=/);
    expect(vi.getTimerCount()).toBe(0);
  }); // prettier-ignore

  test.each<[string, RequestParts, number]>([
    ['a form that was posted', { method: 'POST' }, 50058],
    ['a script', { headers: { accept: '*/*', 'sec-fetch-mode': 'cors' } }, 50058],
    ['an API', { headers: api }, 50058],
    ['what no sign-in solves', {}, 50105],
  ])('it is not called for %s', (_name, parts, code) => {
    const start = vi.fn();
    const { response } = handled(entra(code), { interaction: { start } }, parts);
    expect(start).not.toHaveBeenCalled();
    expect(response.writableEnded).toBe(true);
  });

  test.each<[string, () => unknown, number]>([
    ['throws', () => { throw new Error('x'); }, 0],
    ['returns and answers nothing', () => undefined, 10_000],
    ['returns null', () => null, 10_000],
    ['promises an answer that never comes', () => new Promise(() => undefined), 10_000],
    ['promises an answer and gives none', () => Promise.resolve(), 10_000],
    ['rejects', () => Promise.reject(new Error('x')), 0],
  ])('that %s, there is a page after a while', async (_name, start, afterMs) => {
    const found = handled(entra(50058), { interaction: { start } });
    if (afterMs > 0) {
      await vi.advanceTimersByTimeAsync(afterMs - 1);
      expect(found.response.writableEnded).toBe(false);
    }
    await vi.advanceTimersByTimeAsync(1);
    expect(found.response.writableEnded).toBe(true);
    expect(found.status).toBe(401);
    expect(found.body()).toContain('<h1');
    expect(found.headers['set-cookie']).toMatch(/^aad-brake=/);
  }); // prettier-ignore

  const late =
    (delayMs: number) =>
    async (_request: unknown, response: ResponseOut): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      response.statusCode = 302;
      response.end();
    };

  test.each<[string, (request: unknown, response: ResponseOut) => unknown]>([
    ['whose promise is returned', late(9_999)],
    ['of a start that returns at once', (...parts) => void late(9_999)(...parts)],
  ])('an answer that comes late, but in time, is left alone: one %s', async (_name, start) => {
    const found = handled(entra(50058), { interaction: { start } as never });
    await vi.advanceTimersByTimeAsync(9_999);
    expect([found.status, found.body()]).toEqual([302, expect.not.stringContaining('<h1')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(found.status).toBe(302);
  });

  test('an answer leaves no timer behind, nor does a browser that is gone', async () => {
    handled(entra(50058), { interaction: { start: late(1_000) } as never });
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(() => {
      expect(vi.getTimerCount()).toBe(0);
    });
    const gone = handled(entra(50058), { interaction: { start: () => undefined } });
    expect(vi.getTimerCount()).toBe(1);
    gone.response.emit('close');
    expect(vi.getTimerCount()).toBe(0);
    const failed = handled(entra(50058), { interaction: { start: () => Promise.reject(new Error('x')) } });
    await vi.advanceTimersByTimeAsync(0);
    expect([failed.status, vi.getTimerCount()]).toEqual([401, 0]);
  });

  test('what a returned promise rejects with after the limit ends there: the page was sent', async () => {
    const start = async (_request: unknown, response: ResponseOut): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 11_000));
      response.setHeader('location', '/own');
    };
    const found = handled(entra(50058), { interaction: { start } as never });
    await vi.advanceTimersByTimeAsync(12_000);
    expect([found.status, found.next]).toEqual([401, []]);
  });

  test('HEAD gets no body either way', async () => {
    const found = handled(entra(50058), { interaction: { start: () => undefined } }, { method: 'HEAD' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([found.status, found.body()]).toEqual([401, '']);
  });
});

describe('with an own page', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function rendered(
    render: unknown,
    parts: RequestParts = {},
    prepare?: (response: ResponseOut) => void,
  ): Promise<Handled> {
    const found = handled(entra(50105), { render: render as never }, parts, prepare);
    await vi.advanceTimersByTimeAsync(1_000);
    return found;
  }

  test('a function gets the texts and its page is sent, framing still forbidden', async () => {
    const render = vi.fn(({ title }: { title: string }) => `<p>${title}</p>`);
    const { status, headers, body } = await rendered(render);
    expect(render).toHaveBeenCalledWith(expect.objectContaining({ situation: 'not-assigned-to-app', locale: 'en' }));
    expect([status, body()]).toEqual([403, expect.stringMatching(/^<p>.+<\/p>$/)]);
    expect(headers['content-security-policy']).toBe("frame-ancestors 'none'; base-uri 'none'");
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves no timer when it was in time', async () => {
    handled(entra(50105), { render: () => '<p>x</p>' });
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a promise of a page is waited for', async () => {
    expect((await rendered(() => Promise.resolve('<p>late</p>'))).body()).toBe('<p>late</p>');
  });

  test.each<[string, unknown]>([
    ['throws', () => { throw new Error('x'); }],
    ['rejects', () => Promise.reject(new Error('x'))],
    ['hangs', () => new Promise(() => undefined)],
    ['gives no text', () => 7],
    ['gives an empty text', () => ''],
    ['gives blanks', () => ' \n'],
  ])('that %s: the built-in page', async (_name, render) => {
    const { headers, body } = await rendered(render);
    expect(body()).toContain('<h1');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  }); // prettier-ignore

  test('that hangs is given a second', async () => {
    const found = handled(entra(50105), { render: () => new Promise<string>(() => undefined) });
    await vi.advanceTimersByTimeAsync(999);
    expect(found.response.writableEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(found.response.writableEnded).toBe(true);
  });

  test('a view of the application’s engine', async () => {
    const views: unknown[] = [];
    const { body } = await rendered('error', {}, (response) => {
      response.render = (view, locals, callback) => {
        views.push([view, (locals as { situation: string }).situation]);
        callback(null, '<p>view</p>');
      };
    });
    expect([views, body()]).toEqual([[['error', 'not-assigned-to-app']], '<p>view</p>']);
  });

  test.each<[string, ((response: ResponseOut) => void) | undefined]>([
    ['without an engine', undefined],
    ['of an engine that fails', (response) => { response.render = (_view, _locals, callback) => { callback(new Error('x'), ''); }; }],
    ['of an engine that fails with a text', (response) => { response.render = (_view, _locals, callback) => { callback('x', '<p>half</p>'); }; }],
  ])('a view %s: the built-in page', async (_name, prepare) => {
    expect((await rendered('error', {}, prepare)).body()).toContain('<h1');
  }); // prettier-ignore

  test('a view of an engine that says undefined in place of an error is sent', async () => {
    const prepare = (response: ResponseOut): void => {
      response.render = (_view, _locals, callback) => {
        callback(undefined, '<p>view</p>');
      };
    };
    expect((await rendered('error', {}, prepare)).body()).toBe('<p>view</p>');
  });

  test('is for pages only', async () => {
    const render = vi.fn(() => '<p>x</p>');
    await rendered(render, { headers: api });
    handled(entra(50058), { render, interaction: '/login' });
    expect(render).not.toHaveBeenCalled();
  });

  test('is not written when somebody else has answered meanwhile', async () => {
    const found = handled(entra(50105), { render: () => Promise.resolve('<p>x</p>') });
    found.response.statusCode = 204;
    found.response.end();
    await vi.advanceTimersByTimeAsync(0);
    expect([found.status, found.next]).toEqual([204, []]);
  });

  test('a response that somebody changed does not end the process', async () => {
    const broken = new Error('broken');
    const found = handled(entra(50105), { render: () => Promise.resolve('<p>x</p>') }, {}, (response) => {
      response.getHeaderNames = () => {
        throw broken;
      };
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(found.next).toEqual([broken]);
  });

  test('HEAD gets its length', async () => {
    const { headers, body } = await rendered(() => '<p>é</p>', { method: 'HEAD' });
    expect([headers['content-length'], body()]).toEqual([9, '']);
  });
});

describe('delegated', () => {
  const delegatedError = (
    thrown: unknown,
    options: AadErrorHandlerOptions = {},
    parts: RequestParts = {},
  ): HttpError => {
    const { next, response } = handled(thrown, { delegate: true, ...options }, parts);
    expect(response.headersSent).toBe(false);
    expect(next).toHaveLength(1);
    return next[0] as HttpError;
  };

  test('is a new error with status, headers and what was decided', () => {
    const thrown = entra(50105);
    const error = delegatedError(thrown);
    expect(error).toMatchObject({ status: 403, statusCode: 403, expose: true, message: 'not-assigned-to-app' });
    expect(error['aad']).toStrictEqual({
      decision: expect.objectContaining({ action: 'contact_admin' }),
      locale: 'en',
    });
    expect(Object.keys(error.headers!).sort()).toEqual([
      'cache-control',
      'referrer-policy',
      'vary',
      'x-content-type-options',
    ]);
    expect(error.cause).toBe(thrown);
    expect(JSON.stringify(error)).not.toContain('"cause"');
  });

  test('keeps what a client needs: when to come back, what to prove', () => {
    expect(delegatedError(entra(90033, { status: 503, retryAfterSeconds: 7 })).headers).toMatchObject({
      'retry-after': '7',
    });
    expect(delegatedError(entra(90033, { status: 503 })).headers).not.toHaveProperty('refresh');
    expect(delegatedError(entra(50058), {}, { headers: api }).headers!['www-authenticate']).toContain('invalid_token');
  });

  test('cannot redirect: it is a 401 that says where the sign-in starts', () => {
    const error = delegatedError(entra(50058), { interaction: '/login' });
    expect(error.status).toBe(401);
    expect(error.headers).not.toHaveProperty('location');
    expect(error.headers!['www-authenticate']).toMatch(/^Bearer realm="", authorization_uri="[^"]+"$/);
    expect(error.headers).not.toHaveProperty('set-cookie');
    expect(error['aad']).toMatchObject({
      interaction: { url: expect.stringMatching(/^\/login\?ticket=/), method: 'GET' },
    });
  });

  test('is reported with the status that it has', async () => {
    const onDecision = vi.fn();
    delegatedError(entra(50058), { interaction: '/login', onDecision });
    await tick();
    expect(onDecision).toHaveBeenCalledWith(expect.objectContaining({ status: 401, kind: 'navigation' }));
  });
});

test('what really happened is reported where the answer does not tell it', async () => {
  const onDecision = vi.fn();
  const { body } = handled(entra(50034), { flow: 'password', onDecision }, { headers: api });
  await tick();
  expect(onDecision).toHaveBeenCalledWith(expect.objectContaining({ code: 'AADSTS50034' }));
  expect(body()).not.toContain('50034');
});

describe('mistakes at start-up', () => {
  const mistake = (options: object): AadOptionsError => {
    try {
      aadErrorHandler(options);
    } catch (error) {
      return error as AadOptionsError;
    }
    throw new Error(`no mistake in ${JSON.stringify(options)}`);
  };

  test.each<[string, unknown, string]>([
    ['render', '', 'must be the name of a view or a function that returns HTML.'],
    ['render', 7, 'must be the name of a view or a function that returns HTML.'],
    ['flow', 'implicit', 'must be one of authorization-code, silent, on-behalf-of, client-credentials, managed-identity, device-code, password.'],
    ['hasUser', 'yes', 'must be true, false or a function of the request that returns one of them.'],
    ['secret', 'short', 'must be a random text of at least 32 characters'],
    ['logger', { info: () => 0, warn: () => 0 }, 'must have the methods info, warn and error, as pino and console have.'],
    ['logger', { info: () => 0, error: () => 0 }, 'must have the methods info, warn and error'],
    ['logger', { warn: () => 0, error: () => 0 }, 'must have the methods info, warn and error'],
    ['operatorAlertIntervalSeconds', -1, 'must be a number of seconds, 0 or more.'],
    ['operatorAlertIntervalSeconds', Number.NaN, 'must be a number of seconds, 0 or more.'],
    ['interaction', 'https://evil.test/login', 'must be a path of this application such as "/login".'],
    ['interaction', {}, 'must be what msalInteraction() returned, a path such as "/login", or { start(req, res, request) }.'],
    ['interaction', { start: 1 }, 'must be what msalInteraction() returned'],
    ['interaction', null, 'must be what msalInteraction() returned'],
    ['interaction', 7, 'must be what msalInteraction() returned'],
  ])('%s: %j', (option, value, fix) => {
    const error = mistake({ [option]: value });
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_VALUE', option]);
    expect(error.message).toContain(`aadErrorHandler: option "${option}" ${fix}`);
  }); // prettier-ignore

  test.each<[string, unknown]>([
    ['secureCookies', 'yes'],
    ['flow', 7],
    ['claimsOf', {}],
    ['delegate', 1],
    ['onDecision', {}],
    ['onOperatorAlert', {}],
    ['operatorAlertIntervalSeconds', '1'],
    ['logger', () => 0],
    ['logServerText', 1],
    ['telemetry', 1],
  ])('%s of another type: %j', (option, value) => {
    expect(mistake({ [option]: value })).toMatchObject({ code: 'ERR_AAD_OPTIONS_TYPE', option });
  });

  test.each<AadErrorHandlerOptions>([
    ...(['authorization-code', 'silent', 'on-behalf-of', 'client-credentials', 'managed-identity', 'device-code', 'password'] as const).map((flow) => ({ flow })),
    ...[true, false, () => true].map((hasUser) => ({ hasUser })),
    ...[0, 1.5].map((operatorAlertIntervalSeconds) => ({ operatorAlertIntervalSeconds })),
    { render: 'error' },
    { render: () => '' },
    { logger: console },
    { secret: [secret, secret] },
    {},
  ])('but not %j', (options) => {
    expect(aadErrorHandler(options)).toHaveLength(4);
  }); // prettier-ignore
});
