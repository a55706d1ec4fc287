/** One error and one request -> facts, decision and answer; test/http has the same behind Express. */
import { describe, expect, test } from 'vitest';
import { createPlanner, createSealer, noteCaller, noteReturnTo, type StepUp } from '../../src/interaction/index.js';
import { normalize, ownError } from '../../src/normalize/index.js';
import { createSettings, type RespondOptions } from '../../src/options.js';
import { answer, type AnswerContext, type RequestLike } from '../../src/responder.js';
import { tokenErrorResponse } from '../../src/testing/index.js';
import type { AadError, RequestFacts } from '../../src/types.js';

const nowMs = Date.UTC(2026, 0, 15, 10, 20, 30);
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const entra = (code: number, more: object = {}): object => tokenErrorResponse(code, { now: () => nowMs, ...more });
const html = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const script = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' };
const api = { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' };

type Given = Partial<RequestLike> & { readonly context?: Partial<AnswerContext>; readonly options?: RespondOptions };

function answered(thrown: unknown, { context = {}, options = {}, ...request }: Given = {}) {
  const settings = createSettings('test', { exposeDetails: false, timeZone: 'UTC', ...options }, 'production');
  const whole = { method: 'GET', url: '/tasks?page=2', headers: html, ...request };
  return answer(thrown, whole, settings, { nowMs, ...context })!;
}
const factsOf = (given: Given, thrown: unknown = entra(50058)): RequestFacts => answered(thrown, given).facts;
const planner = createPlanner({
  sealer: createSealer(['a test secret of more than thirty-two characters']),
  cookies: { secure: true },
  startPath: '/login',
  signInPath: '/login',
  adminConsentUrl: undefined,
  countHere: true,
});

describe('what is no identity error', () => {
  test.each([new Error('x'), undefined, null, 'text', { status: 404 }])('%s has no answer', (thrown) => {
    expect(answered(thrown)).toBeUndefined();
  });

  test('nor has what may be somebody else’s', () => {
    const foreign = { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"' }, body: {} };
    expect(normalize(foreign)?.unconfirmed).toBe(true);
    expect(answered(foreign)).toBeUndefined();
  });
});

test('an error is read with the clock, the scopes and the flow of the call', () => {
  const thrown = {
    status: 429,
    headers: { 'retry-after': new Date(nowMs + 7_000).toUTCString() },
    body: { error: 'temporarily_unavailable', error_description: 'AADSTS90055: x' },
  };
  const { error } = answered(thrown, { context: { scopes: ['Mail.Read'], flow: 'silent' } });
  expect(error).toMatchObject({ retryAfterSeconds: 7, scopes: ['Mail.Read'], flow: 'silent' });
});

describe('the facts of a request', () => {
  test('are those of the request, and nothing else', () => {
    expect(factsOf({ headers: { ...html, 'accept-language': 'nl' } })).toStrictEqual({
      kind: 'navigation',
      method: 'GET',
      safe: true,
      hasAuthorization: false,
      redirectable: true,
      returnTo: '/tasks?page=2',
      instance: '/tasks',
      locale: 'nl',
      reloads: 0,
      nowMs,
    });
  });

  test.each<[string, Given, Partial<RequestFacts>]>([
    ['HEAD is as safe as GET', { method: 'HEAD' }, { safe: true, redirectable: true }],
    ['a form is not', { method: 'POST' }, { safe: false, redirectable: false }],
    ['a token', { headers: api }, { kind: 'api', hasAuthorization: true, redirectable: false }],
    ['a token in a list of values', { headers: { authorization: ['Bearer a'] } }, { kind: 'api', hasAuthorization: true }],
    ['a script', { headers: script }, { kind: 'script', redirectable: false }],
    ['a script by its mode alone', { headers: { accept: 'text/html', 'sec-fetch-mode': 'cors' } }, { kind: 'script' }],
    ['a script by its destination alone', { headers: { accept: 'text/html', 'sec-fetch-dest': 'empty' } }, { kind: 'script' }],
    ['X-Requested-With', { headers: { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' } }, { kind: 'script' }],
    ['htmx', { headers: { accept: 'text/html', 'hx-request': 'true' } }, { kind: 'script' }],
    ['Accept in two lines', { headers: { accept: ['text/html', 'application/json'] } }, { kind: 'navigation' }],
    ['an API by option', { options: { mode: 'api' } }, { kind: 'api' }],
    ['an image is no page', { headers: { ...html, 'sec-fetch-dest': 'image' } }, { redirectable: false }],
    ['a frame is no page', { headers: { ...html, 'sec-fetch-dest': 'iframe' } }, { redirectable: false }],
    ['no word about the destination', { headers: { accept: 'text/html' } }, { kind: 'navigation', redirectable: true }],
    ['a prefetch has nobody who could sign in', { headers: { ...html, 'sec-purpose': 'prefetch;prerender' } }, { redirectable: false }],
    ['Purpose: prefetch', { headers: { ...html, purpose: 'prefetch' } }, { redirectable: false }],
    ['X-Moz: prefetch', { headers: { ...html, 'x-moz': 'prefetch' } }, { redirectable: false }],
    ['another purpose', { headers: { ...html, 'sec-purpose': 'x' } }, { redirectable: true }],
    ['several languages', { headers: { ...html, 'accept-language': ['xx', 'de'] } }, { locale: 'de' }],
  ])('%s', (_name, given, wanted) => {
    expect(factsOf(given)).toMatchObject(wanted);
  }); // prettier-ignore

  test.each<[string, string]>([
    ['/', '/'],
    ['/tasks', '/tasks'],
    ['/tasks?a=b', '/tasks'],
    ['/a%20b', '/a%20b'],
    ['//evil.test', '/'],
    ['/é', '/'],
    ['/é/a', '/'],
    ['/a b', '/'],
    ['https://evil.test/', '/'],
    ['*', '/'],
    ['', '/'],
    [`/${'a'.repeat(255)}`, `/${'a'.repeat(255)}`],
    [`/${'a'.repeat(256)}`, '/'],
    [`/a?${'b'.repeat(300)}`, '/a'],
  ])('instance of %.40s', (url, instance) => {
    expect(factsOf({ url }).instance).toBe(instance);
  });

  test.each<[string, number, string]>([
    ['/tasks?aad_reload=2', 2, '/tasks'],
    ['/tasks?a=b&aad_reload=12', 12, '/tasks?a=b'],
    ['/tasks?aad_reload=2&a=b', 2, '/tasks?a=b'],
    ['/tasks?a=b&aad_reload=2&c=d', 2, '/tasks?a=b&c=d'],
    ['/tasks?aad_reload=2&aad_reload=3&a=b', 2, '/tasks?a=b'],
    ['/tasks?aad_reload=2#x', 2, '/tasks'],
    ['/tasks?aad_reload=100', 99, '/tasks'],
    ['/tasks?aad_reload=x', 99, '/tasks'],
    ['/tasks?aad_reload=', 99, '/tasks'],
    ['/tasks?aad_reload=2x', 99, '/tasks'],
    ['/tasks?xaad_reload=2', 99, '/tasks?xaad_reload=2'],
    ['/aad_reload', 99, '/aad_reload'],
    ['/tasks?a=b', 0, '/tasks?a=b'],
  ])('%s has reloaded itself %i times and is the page %s', (url, reloads, returnTo) => {
    expect(factsOf({ url })).toMatchObject({ reloads, returnTo });
  });
});

describe('where to come back to', () => {
  const referer = 'https://app.contoso.test/form?a=b#c';
  const own = { referer, 'sec-fetch-site': 'same-origin' };

  test.each<[string, Given, string]>([
    ['a page: the page', {}, '/tasks?page=2'],
    ['a script: the page it runs in', { headers: { ...script, ...own } }, '/form?a=b'],
    ['a script whose page is not told: the start page', { headers: script }, '/'],
    ['a form: the page it stands on', { method: 'POST', headers: { ...html, ...own } }, '/form?a=b'],
    ['a form whose page is not told: its address', { method: 'POST' }, '/tasks?page=2'],
    ['a page: never its referer', { headers: { ...html, ...own } }, '/tasks?page=2'],
    ['a script from elsewhere', { headers: { ...script, referer, 'sec-fetch-site': 'cross-site' } }, '/'],
    ['a script of a browser that does not say', { headers: { accept: '*/*', referer } }, '/'],
    ['a page of http, for development', { headers: { ...script, ...own, referer: 'http://localhost:3000/a' } }, '/a'],
    ['a referer without a path', { headers: { ...script, ...own, referer: 'https://app.contoso.test' } }, '/'],
    ['a referer that leads away', { headers: { ...script, ...own, referer: 'https://app.contoso.test//evil.test' } }, '/'],
    ['a referer of another kind', { headers: { ...script, ...own, referer: 'android-app://x/y' } }, '/'],
    ['a referer with something before it', { headers: { ...script, ...own, referer: 'xhttps://a/b' } }, '/'],
    ['a referer in two lines', { headers: { ...script, ...own, referer: [referer] } }, '/'],
    ['a referer of 2,048 characters', { headers: { ...script, ...own, referer: `https://a/${'b'.repeat(2_038)}` } }, `/${'b'.repeat(2_038)}`],
    ['a longer referer', { headers: { ...script, ...own, referer: `https://a/${'b'.repeat(2_039)}` } }, '/'],
    ['an address that is none of ours', { url: '//evil.test' }, '/'],
    ['a redirect URI with a code', { url: '/cb?code=1&state=2' }, '/'],
    ['a redirect URI with an error', { url: '/cb?state=2&error=x' }, '/'],
    ['a code without state', { url: '/cb?code=1' }, '/cb?code=1'],
    ['a state without code', { url: '/cb?state=1' }, '/cb?state=1'],
    ['words that only contain these', { url: '/cb?xcode=1&xstate=2' }, '/cb?xcode=1&xstate=2'],
    ['another start page', { url: '//evil.test', options: { homeUrl: '/start' } }, '/start'],
  ])('%s', (_name, given, wanted) => {
    expect(factsOf(given).returnTo).toBe(wanted);
  }); // prettier-ignore

  test('an error of the redirect URI leads to where the sign-in was meant to end, else to the start page', () => {
    const returned = (): AadError => normalize({ error: 'login_required' }, { origin: 'authorization-response' })!;
    expect(factsOf({ url: '/cb' }, returned()).returnTo).toBe('/');
    const noted = returned();
    noteReturnTo(noted, '/tasks');
    expect(factsOf({ url: '/cb' }, noted).returnTo).toBe('/tasks');
    expect(factsOf({ url: '/auth/challenge?ticket=x' }, ownError('too_many_sign_ins')).returnTo).toBe('/');
  });
});

describe('how long to wait', () => {
  test.each<[string, unknown, number | undefined]>([
    ['as the server said', { status: 429, headers: { 'retry-after': '7' }, body: { error: 'temporarily_unavailable', error_description: 'AADSTS90055: x' } }, 7],
    ['60 s after throttling', { status: 429, headers: {}, body: { error: 'temporarily_unavailable', error_description: 'AADSTS90055: x' } }, 60],
    ['60 s where MSAL answers from memory', { name: 'ServerError', errorCode: 'temporarily_unavailable', errorMessage: 'AADSTS90055: x [aad-error-handler status=503 at=0 local]', subError: '' }, 60],
    ['30 s after an outage', entra(90033, { status: 503 }), 30],
    ['30 s where no status is known', { error: 'temporarily_unavailable', error_description: 'AADSTS90033: x' }, 30],
    ['10 s after a lost connection', { name: 'ClientAuthError', errorCode: 'network_error', errorMessage: 'x' }, 10],
    ['not at all for anything else', entra(50058), undefined],
  ])('%s', (_name, thrown, wanted) => {
    expect(answered(thrown).retryAfterSeconds).toBe(wanted);
  }); // prettier-ignore
});

describe('a sign-in', () => {
  test('starts with a redirect that a planner made, its cookies beside it', () => {
    const found = answered(entra(50058), { context: { planner } });
    expect(found.response.status).toBe(303);
    expect(found.response.headers['location']).toMatch(/^\/login\?ticket=/);
    expect(found.setCookies).toBe(found.plan!.setCookies);
    expect(found.setCookies.length).toBeGreaterThan(0);
  });

  test('brings no cookies with what no sign-in solves', () => {
    expect(answered(entra(50105), { context: { planner } }).setCookies).toEqual([]);
    expect(answered(entra(50058)).setCookies).toEqual([]);
  });

  test('is counted by the cookies of the request', () => {
    const first = answered(entra(50058), { context: { planner } });
    const cookie = first.setCookies.map((one) => one.split(';')[0]!).join('; ');
    expect(answered(entra(50058), { context: { planner } }).decision.prompt).toBeUndefined();
    expect(answered(entra(50058), { headers: { ...html, cookie }, context: { planner } }).decision.prompt).toBe(
      'login',
    );
    expect(answered(entra(50058), { context: { planner, attempts: 2 } }).decision.rule).toBe('loop-brake');
  });

  test('never starts where the status says that the callback was none of ours', () => {
    const found = answered(entra(50058), { context: { planner, status: 400 } });
    expect([found.response.status, found.plan, found.setCookies]).toEqual([400, undefined, []]);
  });

  test('is decided by what is known about the call', () => {
    expect(answered(entra(50058), { context: { hasUser: false } }).decision.action).not.toBe('interactive');
    expect(answered(entra(50058), { context: { flow: 'client-credentials' } }).decision.action).not.toBe('interactive');
    expect(answered(entra(65001), { context: { scopes: ['Mail.Read'] } }).decision.scopes).toEqual(['Mail.Read']);
    const overrides = [{ match: { code: 50058 }, use: { action: 'contact_admin' as const } }];
    expect(answered(entra(50058), { options: { overrides } }).decision.action).toBe('contact_admin');
  });
});

describe('an error that would tell whether an account exists', () => {
  test.each([50034, 50126, 50053])('AADSTS%i of a password grant is answered like all of them', (code) => {
    const found = answered(entra(code), { context: { flow: 'password' }, headers: api });
    const other = answered(entra(50126), { context: { flow: 'password' }, headers: api });
    const told = ({ response }: typeof found): unknown => {
      const rest = JSON.parse(response.body) as Record<string, unknown>;
      for (const id of ['traceId', 'correlationId', 'timestamp']) Reflect.deleteProperty(rest, id);
      return [response.status, response.headers, rest];
    };
    expect(told(found)).toEqual(told(other));
    expect(found.decision.code).toBeUndefined();
    expect(found.undisclosed!.decision.code).toBe(`AADSTS${code}`);
    expect(found.undisclosed!.error.aadstsCodes).toEqual([code]);
  });

  test('the flow may stand in the error', () => {
    const error = normalize(entra(50057), { flow: 'password' })!;
    expect(answered(error, { headers: api }).undisclosed?.decision.code).toBe('AADSTS50057');
  });

  test('any other has nothing to hide', () => {
    expect(answered(entra(50058)).undisclosed).toBeUndefined();
    expect(answered(entra(50053)).undisclosed?.decision.situation).not.toBe('mfa-required');
  });
});

describe('a claims challenge', () => {
  const challenged = (): AadError => normalize(entra(50076, { claims }))!;

  test.each<[string, Given, boolean]>([
    ['an API whose caller is not known', { headers: api }, true],
    ['an API whose caller handles it', { headers: api, context: { callerHandlesClaims: true } }, true],
    ['an API whose caller does not', { headers: api, context: { callerHandlesClaims: false } }, false],
    ['an API that asks a function: yes', { headers: api, context: { callerHandlesClaims: () => true } }, true],
    ['an API that asks a function: no', { headers: api, context: { callerHandlesClaims: () => false } }, false],
    ['an API that asks a function: unknown', { headers: api, context: { callerHandlesClaims: () => undefined } }, true],
    ['a page, whoever calls', { context: { callerHandlesClaims: false } }, true],
    ['a script, whoever calls', { headers: script, context: { callerHandlesClaims: false } }, true],
  ])('%s: asked for: %s', (_name, given, isAsked) => {
    expect(answered(challenged(), given).decision.action).toBe(isAsked ? 'claims_challenge' : 'contact_admin');
  });

  test.each([
    [true, api, 'claims_challenge'],
    [false, api, 'contact_admin'],
    [false, html, 'contact_admin'],
    [undefined, html, 'claims_challenge'],
  ] as const)('an error that knows its caller (%s) knows best', (handlesClaims, headers, action) => {
    const error = challenged();
    noteCaller(error, handlesClaims === undefined ? {} : { handlesClaims });
    const found = answered(error, { headers, context: { callerHandlesClaims: !(handlesClaims ?? true) } });
    expect(found.decision.action).toBe(action);
  });

  test('nobody is asked about any other error', () => {
    const callerHandlesClaims = (): never => {
      throw new Error('asked');
    };
    expect(answered(entra(50058), { headers: api, context: { callerHandlesClaims } }).response.status).toBe(401);
  });
});

describe('step-up of RFC 9470', () => {
  const stepUp: StepUp = { acrValues: ['urn:a', 'urn:b'], maxAgeSeconds: 300 };
  const own = 'error="insufficient_user_authentication", error_description="A stronger or more recent sign-in is needed", acr_values="urn:a urn:b", max_age="300"';
  const start = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ';
  const headerOf = (code: number, headers: RequestLike['headers'], note: StepUp | undefined, more: object = {}): string | undefined => {
    const error = normalize(entra(code, more))!;
    noteCaller(error, { stepUp: note });
    return answered(error, { headers }).response.headers['www-authenticate'];
  };

  test('stands behind Entra’s challenge for claims', () => {
    const base64 = Buffer.from(claims).toString('base64');
    expect(headerOf(50076, api, stepUp, { claims })).toBe(`${start}error="insufficient_claims", claims="${base64}", Bearer ${own}`);
  });

  test('stands in place of a plain refusal', () => {
    expect(headerOf(50058, api, stepUp)).toBe(`${start}${own}`);
    expect(headerOf(50058, api, { acrValues: ['urn:a'] })).toBe(`${start}${own.replace(' urn:b', '').replace(', max_age="300"', '')}`);
  });

  test('is for API clients and 401 only', () => {
    expect(headerOf(50058, api, undefined)).toBe(`${start}error="invalid_token"`);
    expect(headerOf(50058, script, stepUp)).not.toContain('acr_values');
    expect(headerOf(65001, api, stepUp, { suberror: 'consent_required' })).not.toContain('acr_values');
    expect(headerOf(50105, api, stepUp)).toBeUndefined();
  });
}); // prettier-ignore
