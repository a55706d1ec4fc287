import { afterEach, describe, expect, test, vi } from 'vitest';
import { brakeCookie, createSealer, createTicket, type CookieSettings } from '../../../src/interaction/index.js';
import { readInteractionTicket } from '../../../src/express/index.js';
import type { InteractionRequest } from '../../../src/types.js';
import { requestOf, responseOf } from './support.js';

const secret = 'a test secret of more than thirty-two characters';
const wanted: InteractionRequest = { action: 'interactive', returnTo: '/tasks', situation: 'session-expired' };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The request that a ticket leads to, in the browser that has its cookie. */
function visit(
  { key = 'reason', secure = false, atMs = Date.now() }: { key?: string; secure?: boolean; atMs?: number } = {},
  change: (url: string) => { url?: string | undefined; originalUrl?: string | undefined } = (url) => ({
    originalUrl: url,
  }),
) {
  const cookies: CookieSettings = { secure };
  const ticket = createTicket(createSealer([secret]), wanted, key, atMs, cookies);
  const { url, originalUrl } = change(`/login?a=b&ticket=${ticket.text}`);
  const request = requestOf({
    url,
    headers: { cookie: ticket.setCookies[0]!.split(';')[0]! },
    more: { originalUrl },
  });
  const { response } = responseOf(request);
  const whole = Object.assign(request, { res: response });
  const setCookies = (): string[] => [response.getHeader('set-cookie') ?? []].flat() as string[];
  return { request: whole, response, setCookies };
}

describe('the ticket of a request', () => {
  test('says what the sign-in is for, and ends its cookie', () => {
    const { request, setCookies } = visit();
    expect(readInteractionTicket(request, { secret, secureCookies: false })).toEqual(wanted);
    expect(setCookies()).toEqual([expect.stringMatching(/^aad-ticket-[\w-]{8}=; .*Max-Age=0/)]);
  });

  test.each<[string, (url: string) => object]>([
    ['in url, where there is no originalUrl', (url) => ({ url })],
    ['in originalUrl, whatever a router made of url', (url) => ({ url: '/', originalUrl: url })],
  ])('is found %s', (_name, change) => {
    expect(readInteractionTicket(visit({}, change).request, { secret, secureCookies: false })).toEqual(wanted);
  });

  test.each<[string, (url: string) => object]>([
    ['no ticket', () => ({ originalUrl: '/login?a=b' })],
    ['no query', () => ({ originalUrl: '/login' })],
    ['no address', () => ({ url: undefined })],
    ['a ticket that was cut', (url) => ({ originalUrl: url.slice(0, -1) })],
    ['the ticket of another browser', (url) => ({ originalUrl: `${url.slice(0, -8)}AAAAAAAA` })],
  ])('%s: sign in as usual, no cookie is touched', (_name, change) => {
    const { request, setCookies } = visit({}, change);
    expect(readInteractionTicket(request, { secret, secureCookies: false })).toBeUndefined();
    expect(setCookies()).toEqual([]);
  });

  test('of a script counts for the loop brake when it is used', () => {
    const { request, setCookies } = visit({ key: 'reason.0' });
    readInteractionTicket(request, { secret, secureCookies: false });
    expect(setCookies().map((cookie) => cookie.split('=')[0]!.replace(/ticket-.*/, 'ticket'))).toEqual([
      'aad-ticket',
      brakeCookie,
    ]);
  });

  test('that was sealed with an older secret opens', () => {
    const secrets = ['x'.repeat(32), secret];
    expect(readInteractionTicket(visit().request, { secret: secrets, secureCookies: false })).toEqual(wanted);
  });

  test('is not used when the answer has begun', () => {
    const { request, response } = visit();
    response.flushHeaders();
    expect(readInteractionTicket(request, { secret, secureCookies: false })).toBeUndefined();
  });

  test('of ten minutes ago is over', () => {
    const { request } = visit({ atMs: Date.now() - 601_000 });
    expect(readInteractionTicket(request, { secret, secureCookies: false })).toBeUndefined();
  });

  test.each([
    ['production', true],
    ['development', false],
    [undefined, false],
  ])('with NODE_ENV %s the cookies are secure: %s', (environment, secure) => {
    vi.stubEnv('NODE_ENV', environment);
    expect(readInteractionTicket(visit({ secure }).request, { secret })).toEqual(wanted);
    expect(readInteractionTicket(visit({ secure: !secure }).request, { secret })).toBeUndefined();
  });

  test.each<[string, (url: string) => object]>([
    ['with a ticket', (url) => ({ originalUrl: url })],
    ['without a ticket', () => ({ originalUrl: '/login' })],
  ])('a secret that is missing is told by a visit %s, since a random one would refuse all tickets', (_name, change) => {
    for (const options of [{}, { secret: undefined }, { secret: '' }, { secret: [] }])
      expect(() => readInteractionTicket(visit({}, change).request, options as never)).toThrow(
        expect.objectContaining({
          code: 'ERR_AAD_OPTIONS_MISSING',
          option: 'secret',
          message:
            'readInteractionTicket: option "secret" is missing. Pass the secret of aadErrorHandler, which sealed the ticket. [ERR_AAD_OPTIONS_MISSING]',
        }),
      );
  });

  test('a short secret is told by a visit without a ticket', () => {
    const { request } = visit({}, () => ({ originalUrl: '/login' }));
    expect(() => readInteractionTicket(request, { secret: 'short' })).toThrow(
      expect.objectContaining({ code: 'ERR_AAD_OPTIONS_VALUE', option: 'secret' }),
    );
  });

  test('mistakes are told', () => {
    const refuse = (request: object, options: object): unknown => {
      try {
        return readInteractionTicket(request as never, options as never);
      } catch (error) {
        return error;
      }
    };
    const { request } = visit();
    expect(refuse(request, { secret: 'short' })).toMatchObject({ code: 'ERR_AAD_OPTIONS_VALUE', option: 'secret' });
    expect(refuse(request, { secret, secureCookies: 1 })).toMatchObject({ option: 'secureCookies' });
    expect(refuse(request, { secrets: secret })).toMatchObject({ code: 'ERR_AAD_OPTIONS_UNKNOWN', option: 'secrets' });
    expect(refuse(Object.assign(request, { res: undefined }), { secret })).toMatchObject({
      option: 'request',
      message: expect.stringContaining(
        'readInteractionTicket: option "request" must be Express\'s request: the ticket is ended on its response.',
      ),
    });
  });
});
