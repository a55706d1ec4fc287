/** The routes of msalInteraction on a client that only notes what it is asked for; test/interaction has them on MSAL. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import {
  createSealer,
  notedReturnTo,
  openBrake,
  plannerOf,
  reasonKey,
  countOf,
} from '../../../src/interaction/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { statusOf } from '../../../src/express/status-note.js';
import type { AadError, Decision, RequestFacts } from '../../../src/types.js';
import { nowMs, origin, secret, siteOf, type Answer, type Site } from './routes-support.js';

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const sealer = createSealer([secret]);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
const errorOf = (answer: Answer): AadError => answer.next?.[0] as AadError;
const namesSet = ({ setCookies }: Answer): string[] =>
  setCookies.map((cookie) => `${cookie.split('=')[0]!}${cookie.includes('Max-Age=0') ? ' ended' : ''}`).sort();
const brakeOf = ({ jar }: Site): ReturnType<typeof openBrake> =>
  openBrake(sealer, { secure: true }, `__Host-aad-brake=${jar.get('__Host-aad-brake') ?? ''}`, nowMs);

/** A ticket as the error handler makes one, its cookie in the browser. */
function challenge(
  site: Site,
  error: AadError,
  more: Partial<Decision> = {},
  facts: Partial<RequestFacts> = {},
): string {
  const planner = plannerOf(site.auth)!;
  const whole: RequestFacts = {
    ...{ kind: 'navigation', method: 'GET', safe: true, redirectable: true, returnTo: '/tasks', instance: '/tasks' },
    ...{ locale: 'en', reloads: 0, nowMs },
    ...facts,
  };
  const plan = planner.plan({ ...decide(error), ...more }, error, whole, undefined);
  for (const cookie of plan.setCookies) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    site.jar.set(name, value);
  }
  return plan.url!;
}
const needsClaims = (): AadError =>
  normalize(
    { error: 'interaction_required', error_description: 'AADSTS50076: x', error_codes: [50076], claims },
    { scopes: ['api://tasks/Read'] },
  )!;

describe('paths', () => {
  test('are those of the defaults, or what was asked for', () => {
    expect(siteOf().auth.paths).toEqual({
      signIn: '/auth/sign-in',
      signOut: '/auth/sign-out',
      redirect: '/auth/redirect',
      adminConsent: '/auth/admin-consent',
    });
    expect(siteOf({ basePath: '/id/', redirectPath: '/callback' }).auth.paths).toEqual({
      signIn: '/id/sign-in',
      signOut: '/id/sign-out',
      redirect: '/callback',
      adminConsent: '/id/admin-consent',
    });
    expect(siteOf({ basePath: '/id' }).auth.paths.redirect).toBe('/id/redirect');
  });

  test.each([
    ['/', 'GET'],
    ['/auth', 'GET'],
    ['/auth/sign-in/', 'GET'],
    ['/auth/sign-in', 'POST'],
    ['/auth/challenge', 'POST'],
    ['/auth/redirect', 'PUT'],
    ['/auth/sign-out', 'HEAD'],
    ['/auth/admin-consent', 'POST'],
    ['/AUTH/sign-in', 'GET'],
  ])('%s %s is somebody else’s', async (url, method) => {
    expect((await siteOf().go(url, { method })).next).toEqual([]);
  });

  test('are compared whole, also where a router was mounted below a path', async () => {
    const site = siteOf();
    expect((await site.go('/auth/sign-in?x=1', { more: { url: '/sign-in?x=1' } })).status).toBe(303);
    expect((await site.go('/auth/sign-in', { url: '/auth/sign-in', more: { originalUrl: undefined } })).status).toBe(
      303,
    );
    expect((await site.go('/', { method: undefined, more: { originalUrl: undefined, url: undefined, method: undefined } })).next).toEqual([]); // prettier-ignore
  });

  test('the result cannot be changed', () => {
    expect(Object.isFrozen(siteOf().auth)).toBe(true);
  });
});

describe('sign-in', () => {
  test('sends the person to Entra with state, nonce and PKCE, and keeps what for in a sealed cookie', async () => {
    const site = siteOf();
    const answer = await site.go('/auth/sign-in?return_to=%2Ftasks%3Fa%3D1');
    expect([answer.status, answer.location]).toEqual([303, 'https://login.microsoftonline.com/x/authorize?n=1']);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    const [asked] = site.urls;
    expect(asked).toStrictEqual({
      scopes: ['openid', 'profile', 'offline_access'],
      redirectUri: `${origin}/auth/redirect`,
      responseMode: 'query',
      state: expect.stringMatching(/^[\w-]{22}$/),
      nonce: expect.stringMatching(/^[\w-]{22}$/),
      codeChallenge: expect.stringMatching(/^[\w-]{43}$/),
      codeChallengeMethod: 'S256',
    });
    expect(answer.setCookies).toEqual([
      expect.stringMatching(
        new RegExp(`^__Host-aad-tx-${asked!.state.slice(0, 8)}=[\\w.-]+; Path=/; HttpOnly; Max-Age=3600; SameSite=Lax; Secure$`), // prettier-ignore
      ),
    ]);
  });

  test.each([
    ['?prompt=select_account', 'select_account'],
    ['?prompt=login', 'login'],
    ['?prompt=none', undefined],
    ['?prompt=consent', undefined],
    ['', undefined],
  ])('%s asks with prompt %s', async (query, prompt) => {
    const site = siteOf();
    await site.go(`/auth/sign-in${query}`);
    expect(site.urls[0]!.prompt).toBe(prompt);
    expect('prompt' in site.urls[0]!).toBe(prompt !== undefined);
  });

  test.each([
    ['%2Ftasks', '/tasks'],
    [encodeURIComponent(`${origin}/tasks?a=1`), '/tasks?a=1'],
    [encodeURIComponent('https://evil.test/'), '/'],
    ['%2F%2Fevil.test', '/'],
    ['', '/'],
    ...['sign-in', 'challenge?ticket=x', 'sign-out', 'admin-consent', 'admin-consent/return', 'redirect#a'].map(
      (path) => [encodeURIComponent(`/auth/${path}`), '/'],
    ),
    [encodeURIComponent('/auth/sign-in-help'), '/auth/sign-in-help'],
  ])('return_to=%s comes back to %s', async (returnTo, wanted) => {
    const site = siteOf();
    const state = await site.begin(`?return_to=${returnTo}`);
    expect((await site.go(`/auth/redirect?code=abc&state=${state}`)).location).toBe(wanted);
  });

  test.each(['cors', 'no-cors', 'same-origin'])(
    'a script (%s) gets no redirect, but what an error handler answers',
    async (mode) => {
      const site = siteOf();
      const answer = await site.go('/auth/sign-in?return_to=%2Ftasks', { headers: { 'sec-fetch-mode': mode } });
      expect(errorOf(answer).clientCode).toBe('login_required');
      expect(notedReturnTo(errorOf(answer))).toBe('/tasks');
      expect([site.urls, answer.setCookies]).toEqual([[], []]);
    },
  );

  test('a browser that says it navigates is sent', async () => {
    expect((await siteOf().go('/auth/sign-in', { headers: { 'sec-fetch-mode': 'navigate' } })).status).toBe(303);
  });

  test('scopes of an application', async () => {
    const site = siteOf({ scopes: ['openid', 'User.Read'] });
    await site.begin();
    expect(site.urls[0]!.scopes).toEqual(['openid', 'User.Read']);
  });

  test('a fifth open sign-in ends the oldest', async () => {
    const site = siteOf();
    for (let tab = 0; tab < 4; tab += 1) expect(namesSet(await site.go('/auth/sign-in'))).toHaveLength(1);
    const [oldest] = [...site.jar.keys()];
    const answer = await site.go('/auth/sign-in');
    expect(namesSet(answer).filter((name) => name.endsWith(' ended'))).toEqual([`${oldest!} ended`]);
    expect(site.jar.size).toBe(4);
  });

  test('what MSAL cannot do is an error of the request', async () => {
    const failed = new Error('no metadata');
    const client = { getAuthCodeUrl: () => Promise.reject(failed), acquireTokenByCode: () => Promise.resolve() };
    expect((await siteOf({ client }).go('/auth/sign-in')).next).toEqual([failed]);
    const silent = { ...client, getAuthCodeUrl: () => Promise.reject(undefined) };
    expect(errorOf(await siteOf({ client: silent }).go('/auth/sign-in'))).toMatchObject({
      message: 'a route of the sign-in failed without a reason',
    });
  });

  describe('hints about the account', () => {
    const account = { username: 'ada@contoso.test', tenantId: '3f1c8a52-0000-4000-8000-00000000aaaa' };
    const hinted = { loginHint: 'ada@contoso.test', domainHint: 'organizations' };

    test.each<[string, unknown, object]>([
      ['of a session', () => account, hinted],
      ['of a slow session', () => Promise.resolve(account), hinted],
      ['are left out when nobody is signed in', () => undefined, {}],
      ['are left out when the session fails', () => { throw new Error('x'); }, {}], // prettier-ignore
      ['are left out when the session rejects', () => Promise.reject(new Error('x')), {}],
    ])('%s', async (_name, getAccount, wanted) => {
      const site = siteOf({ getAccount: getAccount as never });
      await site.begin();
      const { loginHint, domainHint } = site.urls[0]!;
      expect({ ...(loginHint && { loginHint }), ...(domainHint && { domainHint }) }).toEqual(wanted);
    });

    test('are left out where the person chooses', async () => {
      const site = siteOf({ getAccount: () => account });
      await site.begin('?prompt=select_account');
      expect(site.urls[0]).not.toHaveProperty('loginHint');
    });

    describe('of a session that hangs', () => {
      beforeEach(() => void vi.useFakeTimers());
      afterEach(() => void vi.useRealTimers());

      test('are waited for a second', async () => {
        const site = siteOf({ getAccount: () => new Promise(() => undefined) });
        const begun = site.go('/auth/sign-in');
        await vi.advanceTimersByTimeAsync(999);
        expect(site.urls).toHaveLength(0);
        await vi.advanceTimersByTimeAsync(1);
        expect((await begun).status).toBe(303);
        expect(site.urls[0]).not.toHaveProperty('loginHint');
      });

      test('leave no timer where the session answered', async () => {
        const site = siteOf({ getAccount: () => account });
        await site.begin();
        expect(vi.getTimerCount()).toBe(0);
      });
    });
  });
});

describe('the redirect URI', () => {
  test('redeems the code with the verifier of the sign-in, hands over the result and goes on', async () => {
    const site = siteOf();
    const state = await site.begin('?return_to=%2Ftasks');
    const answer = await site.go(`/auth/redirect?code=abc&state=${state}&client_info=ci&session_state=s`);
    const [{ codeChallenge, nonce }] = site.urls as [(typeof site.urls)[0]];
    const [[asked, response]] = site.redeemed as [(typeof site.redeemed)[0]];
    expect(asked).toStrictEqual({
      ...{ code: 'abc', scopes: ['openid', 'profile', 'offline_access'], redirectUri: `${origin}/auth/redirect` },
      ...{ codeVerifier: expect.stringMatching(/^[\w-]{43}$/), state, nonce },
    });
    expect(sha256(asked.codeVerifier)).toBe(codeChallenge);
    expect(response).toStrictEqual({ code: 'abc', state, nonce, client_info: 'ci' });
    expect(site.signedIn).toEqual([{ account: { username: 'ada@contoso.test' } }]);
    expect([answer.status, answer.location]).toEqual([303, '/tasks']);
    expect(namesSet(answer)).toEqual(['__Host-aad-claims ended', `__Host-aad-tx-${state.slice(0, 8)} ended`]);
    expect(site.jar.size).toBe(0);
  });

  test('says nothing of client_info where there is none', async () => {
    const site = siteOf();
    const state = await site.begin();
    await site.go(`/auth/redirect?code=abc&state=${state}`);
    expect(site.redeemed[0]![1]).toStrictEqual({ code: 'abc', state, nonce: site.urls[0]!.nonce });
  });

  test('leaves the answer to onSignedIn where that gives one', async () => {
    const site = siteOf({
      onSignedIn: (_request, response) => {
        response.statusCode = 204;
        response.end();
      },
    });
    const state = await site.begin();
    expect(await site.go(`/auth/redirect?code=abc&state=${state}`)).toMatchObject({ status: 204, location: undefined });
  });

  test('an onSignedIn that fails is an error of the request, the sign-in is over', async () => {
    const failed = new Error('session store');
    const site = siteOf({ onSignedIn: () => Promise.reject(failed) });
    const state = await site.begin();
    expect((await site.go(`/auth/redirect?code=abc&state=${state}`)).next).toEqual([failed]);
    expect(site.jar.size).toBe(0);
  });

  test.each<[string, (state: string, site: Site) => string | Promise<string>]>([
    ['without a state', () => '?code=abc'],
    ['with a state of somebody else', () => `?code=abc&state=${'A'.repeat(22)}`],
    ['with a state that was cut', (state) => `?code=abc&state=${state.slice(0, 21)}`],
    ['with a state that shares its start', (state) => `?code=abc&state=${state.slice(0, 8)}${'A'.repeat(14)}`],
    ['with a state that is longer', (state) => `?code=abc&state=${state}A`],
    ['after an hour', (state, site) => { site.advance(3_600_000); return `?code=abc&state=${state}`; }], // prettier-ignore
    ['in another browser', (state, site) => { site.jar.clear(); return `?code=abc&state=${state}`; }], // prettier-ignore
  ])('%s: a 400 that says "start again"; with a living session home', async (_name, queryOf) => {
    const site = siteOf();
    const answer = await site.go(`/auth/redirect${await queryOf(await site.begin(), site)}`);
    expect(errorOf(answer).clientCode).toBe('state_not_found');
    expect(statusOf(errorOf(answer))).toBe(400);
    const living = siteOf({ getAccount: () => ({ username: 'ada' }) });
    const home = await living.go(`/auth/redirect${await queryOf(await living.begin(), living)}`);
    expect([home.status, home.location, home.setCookies]).toEqual([303, '/', []]);
    expect([site.redeemed, living.redeemed]).toEqual([[], []]);
  });

  test('an error goes to the error handler, with the place the sign-in was for', async () => {
    const site = siteOf();
    const state = await site.begin('?return_to=%2Ftasks');
    const answer = await site.go(
      `/auth/redirect?error=login_required&error_description=AADSTS50058%3A+x&state=${state}`,
    );
    expect(errorOf(answer)).toMatchObject({
      origin: 'authorization-response',
      oauthError: 'login_required',
      aadstsCodes: [50058],
      scopes: ['openid', 'profile', 'offline_access'],
    });
    expect(notedReturnTo(errorOf(answer))).toBe('/tasks');
    expect(namesSet(answer)).toEqual([`__Host-aad-tx-${state.slice(0, 8)} ended`]);
  });

  test.each(['', '&session_state=s'])('neither code nor error%s is no answer of Entra', async (more) => {
    const site = siteOf();
    const state = await site.begin('?return_to=%2Ftasks');
    const answer = await site.go(`/auth/redirect?state=${state}${more}`);
    expect(errorOf(answer).clientCode).toBe('state_not_found');
    expect(notedReturnTo(errorOf(answer))).toBe('/tasks');
  });

  test('an error beside a code counts, the code does not', async () => {
    const site = siteOf();
    const state = await site.begin();
    await site.go(`/auth/redirect?code=abc&error=access_denied&state=${state}`);
    expect(site.redeemed).toEqual([]);
  });

  describe('and a code that Entra does not take', () => {
    const refused = (code: number) => () => {
      throw Object.assign(new Error('x'), { error: 'invalid_grant', error_description: `AADSTS${code}: x`, error_codes: [code] }); // prettier-ignore
    };

    test('is an error of the request', async () => {
      const site = siteOf({}, refused(70008));
      const state = await site.begin('?return_to=%2Ftasks');
      const answer = await site.go(`/auth/redirect?code=abc&state=${state}`);
      expect(errorOf(answer)).toMatchObject({ aadstsCodes: [70008], scopes: ['openid', 'profile', 'offline_access'] });
      expect(notedReturnTo(errorOf(answer))).toBe('/tasks');
      expect(statusOf(errorOf(answer))).toBeUndefined();
      expect(site.signedIn).toEqual([]);
    });

    test('because it was redeemed before: with a session the person goes on, without one there is a 400', async () => {
      const site = siteOf({}, refused(54005));
      const state = await site.begin('?return_to=%2Ftasks');
      const answer = await site.go(`/auth/redirect?code=abc&state=${state}`);
      expect([errorOf(answer).aadstsCodes, statusOf(errorOf(answer))]).toEqual([[54005], 400]);
      const living = siteOf({ getAccount: () => ({ username: 'ada' }) }, refused(54005));
      const again = await living.begin('?return_to=%2Ftasks');
      const gone = await living.go(`/auth/redirect?code=abc&state=${again}`);
      expect([gone.status, gone.location]).toEqual([303, '/tasks']);
      expect(living.jar.size).toBe(0);
    });

    test.each<[string, unknown]>([
      ['a bug', new RangeError('bug')],
      [
        'a token cache that is down',
        Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED', syscall: 'connect' }),
      ],
      [
        'a bare 429 of somebody',
        Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '7' } }),
      ],
      ['an outage of somebody', { status: 503, headers: { 'retry-after': '7' }, body: 'down' }],
    ])('what is not proven to be an error of Entra goes on as it is: %s', async (_name, failed) => {
      const site = siteOf({}, () => { throw failed; }); // prettier-ignore
      const state = await site.begin();
      const answer = await site.go(`/auth/redirect?code=abc&state=${state}`);
      expect(answer.next).toHaveLength(1);
      expect(answer.next![0]).toBe(failed);
      expect(namesSet(answer)).toEqual([`__Host-aad-tx-${state.slice(0, 8)} ended`]);
    });

    test('a client that rejects without a reason is no success', async () => {
      const site = siteOf({}, () => Promise.reject(undefined));
      const answer = await site.go(`/auth/redirect?code=abc&state=${await site.begin()}`);
      expect(errorOf(answer)).toMatchObject({ message: 'a route of the sign-in failed without a reason' });
    });
  });
});

describe('form_post', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (site: Site, fields: Record<string, string>): Promise<Answer> =>
    site.go('/auth/redirect', { method: 'POST', headers: form, chunks: [new URLSearchParams(fields).toString()] });

  test('is asked for, and the cookie comes along from Entra’s site', async () => {
    const site = siteOf({ responseMode: 'form_post' });
    const answer = await site.go('/auth/sign-in');
    expect(site.urls[0]!.responseMode).toBe('form_post');
    expect(answer.setCookies[0]).toMatch(/; SameSite=None; Secure$/);
  });

  test('an answer is sealed and handled by the GET that follows', async () => {
    const site = siteOf({ responseMode: 'form_post' });
    const state = await site.begin('?return_to=%2Ftasks');
    const posted = await post(site, { code: 'abc', state, client_info: 'ci' });
    expect([posted.status, posted.location]).toEqual([303, `/auth/redirect?state=${state}`]);
    expect(namesSet(posted)).toEqual([`__Host-aad-tx-${state.slice(0, 8)}`]);
    expect(site.redeemed).toEqual([]);
    const answer = await site.go(posted.location!);
    expect(site.redeemed[0]![1]).toMatchObject({ code: 'abc', client_info: 'ci' });
    expect([answer.status, answer.location]).toEqual([303, '/tasks']);
  });

  test('a long description is cut, the error arrives', async () => {
    const site = siteOf({ responseMode: 'form_post' });
    const state = await site.begin();
    const posted = await post(site, { error: 'server_error', error_description: `AADSTS90033: ${'x'.repeat(3_000)}`, state }); // prettier-ignore
    expect(posted.status).toBe(303);
    const error = errorOf(await site.go(posted.location!));
    expect(error.aadstsCodes).toEqual([90033]);
    expect(error.description).toHaveLength(2_000);
  });

  test('an answer that no cookie holds is handled at once, without a redirect and without the brake', async () => {
    const site = siteOf({ responseMode: 'form_post' });
    const state = await site.begin('?return_to=%2Ftasks');
    const answer = await post(site, { code: 'a'.repeat(8_000), state });
    expect(site.redeemed[0]![0].code).toHaveLength(8_000);
    expect([answer.status, answer.location]).toEqual([303, '/tasks']);
    expect(namesSet(answer).filter((name) => name.includes('brake'))).toEqual([]);
  });
});

describe('challenge', () => {
  test('asks Entra for what the failed call needs, once', async () => {
    const site = siteOf();
    const url = challenge(site, needsClaims());
    const answer = await site.go(url);
    expect(answer.status).toBe(303);
    expect(site.urls[0]).toMatchObject({
      claims,
      scopes: ['api://tasks/Read', 'openid', 'profile', 'offline_access'],
    });
    expect(namesSet(answer).filter((name) => name.includes('ticket'))).toEqual([expect.stringMatching(/ ended$/)]);
    const again = await site.go(url);
    expect(errorOf(again).clientCode).toBe('state_not_found');
    expect(site.urls).toHaveLength(1);
  });

  test.each<[string, Partial<Decision>, readonly string[]]>([
    ['consent', { action: 'consent', scopes: ['a'] }, ['a', 'openid', 'profile', 'offline_access']],
    ['a claims challenge', { action: 'claims_challenge', scopes: ['a'] }, ['a', 'openid', 'profile', 'offline_access']],
    ['a sign-in', { action: 'interactive', scopes: ['a', 'openid'] }, ['a', 'openid', 'profile', 'offline_access']],
    ['a call without scopes', { action: 'interactive', scopes: [] }, ['User.Read']],
  ])('scopes of %s', async (_name, more, wanted) => {
    const site = siteOf({ scopes: ['User.Read'] });
    await site.go(challenge(site, needsClaims(), more));
    expect(site.urls[0]!.scopes).toEqual(wanted);
  });

  test('comes back to the page, or where a script’s page says', async () => {
    for (const [more, wanted] of [
      ['', '/tasks'],
      ['&return_to=%2Flist', '/list'],
      ['&return_to=%2F%2Fevil.test', '/tasks'],
      ['&return_to=%2Fauth%2Fsign-in', '/tasks'],
    ] as const) {
      const site = siteOf();
      await site.go(challenge(site, needsClaims()) + more);
      expect((await site.go(`/auth/redirect?code=abc&state=${site.urls[0]!.state}`)).location).toBe(wanted);
    }
  });

  test.each(['', '?ticket=', '?ticket=x', '?ticket=a.b.c~AAAAAAAA'])('%s is no ticket of ours', async (query) => {
    const answer = await siteOf().go(`/auth/challenge${query}`);
    expect([errorOf(answer).clientCode, statusOf(errorOf(answer))]).toEqual(['state_not_found', 400]);
  });

  test('is for navigations only', async () => {
    const site = siteOf();
    const answer = await site.go(challenge(site, needsClaims()), { headers: { 'sec-fetch-mode': 'cors' } });
    expect(errorOf(answer).clientCode).toBe('state_not_found');
    expect(site.urls).toEqual([]);
  });

  test('counts each sign-in that comes to an end, and stops the third', async () => {
    const site = siteOf();
    const key = reasonKey(needsClaims(), undefined);
    const seen: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      const begun = await site.go(challenge(site, needsClaims()));
      expect(namesSet(begun)).toContain('__Host-aad-brake');
      seen.push([countOf(brakeOf(site), key), countOf(brakeOf(site), '*')]);
      await site.go(`/auth/redirect?code=abc&state=${site.urls.at(-1)!.state}`);
      seen.push([countOf(brakeOf(site), key), countOf(brakeOf(site), '*')]);
    }
    expect(seen).toEqual([
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
    const third = await site.go(challenge(site, needsClaims()));
    expect(errorOf(third).clientCode).toBe('too_many_sign_ins');
    expect(notedReturnTo(errorOf(third))).toBe('/tasks');
    expect(site.urls).toHaveLength(2);
  });

  test('counts one that comes back with an error, for the answer to that error too', async () => {
    const site = siteOf();
    await site.go(challenge(site, needsClaims()));
    const answer = await site.go(`/auth/redirect?error=interaction_required&error_description=AADSTS50076%3A+x&state=${site.urls[0]!.state}`); // prettier-ignore
    const error = errorOf(answer);
    expect(countOf(brakeOf(site), reasonKey(needsClaims(), undefined))).toBe(1);
    expect(plannerOf(site.auth)!.attempts(needsClaims(), undefined, nowMs)).toBe(0);
    expect(error.aadstsCodes).toEqual([50076]);
  });

  test('and for the answer to that error, whose request came with the older cookie', async () => {
    const site = siteOf();
    const needed = normalize({ error: 'login_required', error_description: 'AADSTS50058: x' })!;
    await site.go(challenge(site, needed));
    const state = site.urls[0]!.state;
    const answer = await site.go(
      `/auth/redirect?error=login_required&error_description=AADSTS50058%3A+x&state=${state}`,
    );
    expect(plannerOf(site.auth)!.attempts(errorOf(answer), undefined, nowMs)).toBe(1);
  });

  test.each(['code', 'error'])(
    'by form_post (%s) at once is not counted: the browser kept the brake back',
    async (member) => {
      const site = siteOf({ responseMode: 'form_post' });
      await site.go(challenge(site, needsClaims()));
      const fields = { [member]: 'x'.repeat(8_000), state: site.urls[0]!.state };
      const answer = await site.go('/auth/redirect', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        chunks: [new URLSearchParams(fields).toString()],
      });
      expect(namesSet(answer).filter((name) => name.includes('brake'))).toEqual([]);
    },
  );

  test('does not count a person who declined', async () => {
    const site = siteOf();
    await site.go(challenge(site, needsClaims()));
    const state = site.urls[0]!.state;
    const answer = await site.go(`/auth/redirect?error=access_denied&error_subcode=cancel&state=${state}`);
    expect(namesSet(answer)).toEqual([`__Host-aad-tx-${state.slice(0, 8)} ended`]);
    expect(countOf(brakeOf(site), reasonKey(needsClaims(), undefined))).toBe(0);
  });

  test('begins even if MSAL fails then', async () => {
    const client = {
      getAuthCodeUrl: () => Promise.reject(new Error('x')),
      acquireTokenByCode: () => Promise.resolve(),
    };
    const site = siteOf({ client });
    await site.go(challenge(site, needsClaims()));
    expect(countOf(brakeOf(site), '*')).toBe(1);
  });
});

describe('pending claims', () => {
  test('of an abandoned sign-in ride on the next one, until tokens come', async () => {
    const site = siteOf();
    await site.go(challenge(site, needsClaims()));
    const state = await site.begin();
    expect(site.urls[1]!.claims).toBe(claims);
    await site.go(`/auth/redirect?code=abc&state=${state}`);
    await site.begin();
    expect(site.urls[2]).not.toHaveProperty('claims');
  });

  test('of an hour ago are forgotten', async () => {
    const site = siteOf();
    await site.go(challenge(site, needsClaims()));
    site.advance(3_600_000);
    await site.begin();
    expect(site.urls[1]).not.toHaveProperty('claims');
  });

  test('that are long ride on their own request only', async () => {
    for (const [length, isKept] of [
      [1_500, true],
      [1_501, false],
    ] as const) {
      // prettier-ignore
      const site = siteOf();
      const long = `{"a":"${'x'.repeat(length - 8)}"}`;
      expect(long).toHaveLength(length);
      await site.go(challenge(site, needsClaims(), { claims: long }));
      expect(site.urls[0]!.claims).toBe(long);
      await site.begin();
      expect(site.urls[1]!.claims).toBe(isKept ? long : undefined);
    }
  });

  test('that somebody made up count for nothing', async () => {
    const site = siteOf();
    site.jar.set('__Host-aad-claims', sealer.seal('ledger', { a: 1 }, nowMs + 60_000));
    await site.begin();
    expect(site.urls[0]).not.toHaveProperty('claims');
  });
});

describe('password reset of Azure AD B2C', () => {
  const passwordResetAuthority = 'https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_reset';
  const forgotten = (state: string): string =>
    `/auth/redirect?error=access_denied&error_description=AADB2C90118%3A+The+user+has+forgotten+their+password.&state=${state}`;

  test('leads to the policy and from there to the ordinary sign-in, without redeeming its code', async () => {
    const site = siteOf({ passwordResetAuthority, getAccount: () => ({ username: 'ada@contoso.test' }) });
    const reset = await site.go(forgotten(await site.begin('?return_to=%2Ftasks')));
    expect(reset.status).toBe(303);
    expect(site.urls[1]).toMatchObject({ authority: passwordResetAuthority });
    expect(site.urls[1]).not.toHaveProperty('loginHint');
    const back = await site.go(`/auth/redirect?code=abc&state=${site.urls[1]!.state}`);
    expect([back.status, site.redeemed]).toEqual([303, []]);
    expect(site.urls[2]).not.toHaveProperty('authority');
    expect(site.urls[2]).toHaveProperty('loginHint');
    const done = await site.go(`/auth/redirect?code=def&state=${site.urls[2]!.state}`);
    expect([done.location, site.redeemed.length]).toEqual(['/tasks', 1]);
  });

  test('is an ordinary error without a policy, and after two of them', async () => {
    const none = siteOf();
    expect(errorOf(await none.go(forgotten(await none.begin()))).b2cCodes).toEqual(['AADB2C90118']);
    const site = siteOf({ passwordResetAuthority });
    for (const isSent of [true, true, false]) {
      const answer = await site.go(forgotten(await site.begin()));
      expect(answer.next === undefined).toBe(isSent);
    }
  });

  test('does not follow from another error', async () => {
    const site = siteOf({ passwordResetAuthority });
    const answer = await site.go(`/auth/redirect?error=server_error&state=${await site.begin()}`);
    expect(errorOf(answer).oauthError).toBe('server_error');
  });
});

describe('sign-out', () => {
  test.each(['GET', 'POST'])('%s ends the session of the application and goes home', async (method) => {
    const ended: unknown[] = [];
    const site = siteOf({ onSignOut: (request) => void ended.push(request.method) });
    const answer = await site.go('/auth/sign-out', { method });
    expect([answer.status, answer.location, ended]).toEqual([303, '/', [method]]);
    expect(namesSet(answer)).toEqual(['__Host-aad-brake ended', '__Host-aad-claims ended']);
  });

  test('starts the count of sign-ins over: the next one that is needed is no loop', async () => {
    const site = siteOf();
    for (let round = 0; round < 3; round += 1) {
      const begun = await site.go(challenge(site, needsClaims()));
      expect(begun.status).toBe(303);
      await site.go(`/auth/redirect?code=abc&state=${site.urls.at(-1)!.state}`);
      expect(countOf(brakeOf(site), reasonKey(needsClaims(), undefined))).toBe(1);
      await site.go('/auth/sign-out');
      expect(brakeOf(site)).toEqual([]);
    }
  });

  const foreign = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };
  const prefetch = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' };

  test.each<[string, string, Record<string, string>]>([
    ['a browser without Fetch metadata', 'GET', {}],
    ['a typed address', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }],
    ['a link of the application', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' }],
    ['a link of a sibling host', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-site' }],
    ['a form of the application', 'POST', { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' }],
    ['a script of the application', 'POST', { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }],
    ['a page with another purpose', 'GET', { purpose: 'other' }],
  ])('by %s ends the session', async (_name, method, headers) => {
    const onSignOut = vi.fn();
    const answer = await siteOf({ onSignOut }).go('/auth/sign-out', { method, headers });
    expect([answer.status, onSignOut.mock.calls.length]).toEqual([303, 1]);
  });

  test.each<[string, string, Record<string, string>]>([
    ['an image of another site', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'cross-site' }],
    ['an image of the application', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'same-origin' }],
    ['a script’s GET', 'GET', { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }],
    ['a script of another site', 'POST', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'cross-site' }],
    ['a script of a sibling host', 'POST', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'same-site' }],
    ['a prefetch', 'GET', { ...prefetch, 'sec-purpose': 'prefetch' }],
    ['a prerendered page', 'GET', { ...prefetch, 'sec-purpose': 'prefetch;prerender' }],
    ['a prefetch of another site', 'GET', { ...foreign, 'sec-purpose': 'prefetch' }],
    ['a prefetch of older Chromium', 'GET', { purpose: 'prefetch' }],
    ['a prefetch of older Firefox', 'GET', { 'x-moz': 'prefetch' }],
  ])('%s signs nobody out, and gets an error that no browser keeps for later', async (_name, method, headers) => {
    const onSignOut = vi.fn();
    const answer = await siteOf({ onSignOut }).go('/auth/sign-out', { method, headers });
    expect([errorOf(answer).clientCode, statusOf(errorOf(answer))]).toEqual(['state_not_found', 400]);
    expect([onSignOut.mock.calls, answer.setCookies]).toEqual([[], []]);
  });

  test.each(['GET', 'POST'])('%s from another site signs nobody out and leads home', async (method) => {
    const onSignOut = vi.fn();
    const endSessionUrl = 'https://login.microsoftonline.com/x/oauth2/v2.0/logout';
    const answer = await siteOf({ onSignOut, endSessionUrl }).go('/auth/sign-out', { method, headers: foreign });
    expect([answer.status, answer.location, answer.setCookies]).toEqual([303, '/', []]);
    expect(onSignOut).not.toHaveBeenCalled();
  });

  test('goes on to Entra, which comes back here', async () => {
    const endSessionUrl = 'https://login.microsoftonline.com/x/oauth2/v2.0/logout?p=1';
    expect((await siteOf({ endSessionUrl }).go('/auth/sign-out')).location).toBe(
      `${endSessionUrl}&post_logout_redirect_uri=${encodeURIComponent(`${origin}/`)}`,
    );
  });

  test('leaves the answer to onSignOut where that gives one', async () => {
    const site = siteOf({ onSignOut: (_request, response) => void response.writeHead(204).end() });
    const answer = await site.go('/auth/sign-out');
    expect(answer).toMatchObject({ status: 204, location: undefined });
    expect(namesSet(answer)).toEqual(['__Host-aad-brake ended', '__Host-aad-claims ended']);
  });
});

describe('admin consent', () => {
  const adminConsent = { clientId: 'client', tenant: 'contoso.test' };
  const stateOf = (answer: Answer): string => new URL(answer.location!).searchParams.get('state')!;

  test('leads to Entra’s page, by default for all of Graph that is configured', async () => {
    const url = new URL((await siteOf({ adminConsent }).go('/auth/admin-consent')).location!);
    const { state, ...rest } = Object.fromEntries(url.searchParams);
    expect((await siteOf({ adminConsent }).go('/auth/admin-consent')).setCookies).toEqual([]);
    expect(url.origin + url.pathname).toBe('https://login.microsoftonline.com/contoso.test/v2.0/adminconsent');
    expect(rest).toEqual({
      client_id: 'client',
      scope: 'https://graph.microsoft.com/.default',
      redirect_uri: `${origin}/auth/admin-consent/return`,
    });
    expect(state).toMatch(/^[\w.-]+$/);
  });

  test('of a national cloud', async () => {
    const own = { ...adminConsent, host: 'https://login.microsoftonline.us//', scopes: ['a', 'b'] };
    const url = new URL((await siteOf({ adminConsent: own }).go('/auth/admin-consent')).location!);
    expect([url.origin, url.pathname, url.searchParams.get('scope')]).toEqual([
      'https://login.microsoftonline.us',
      '/contoso.test/v2.0/adminconsent',
      'a b',
    ]);
  });

  test('is nobody’s route without the option', async () => {
    expect((await siteOf().go('/auth/admin-consent')).next).toEqual([]);
  });

  test('granted: the hook is called, then home', async () => {
    const called: unknown[] = [];
    const site = siteOf({ adminConsent, onAdminConsent: (request) => void called.push(request.originalUrl) });
    const state = stateOf(await site.go('/auth/admin-consent'));
    const answer = await site.go(`/auth/admin-consent/return?admin_consent=True&tenant=evil&state=${state}`);
    expect([answer.status, answer.location, called.length, answer.setCookies]).toEqual([303, '/', 1, []]);
  });

  test('granted, and the hook answers by itself', async () => {
    const site = siteOf({ adminConsent, onAdminConsent: (_request, response) => void response.writeHead(204).end() });
    const state = stateOf(await site.go('/auth/admin-consent'));
    expect((await site.go(`/auth/admin-consent/return?admin_consent=True&state=${state}`)).status).toBe(204);
  });

  test.each([
    ['admin_consent=True&error=access_denied&error_description=AADSTS65004%3A+x', 65004],
    ['error=access_denied&error_description=AADSTS65004%3A+x', 65004],
    ['admin_consent=False', undefined],
    ['', undefined],
  ])('not granted (%s): an error whose page links home', async (query, code) => {
    const called: unknown[] = [];
    const site = siteOf({ adminConsent, onAdminConsent: () => void called.push(1) });
    const state = stateOf(await site.go('/auth/admin-consent'));
    const error = errorOf(await site.go(`/auth/admin-consent/return?${query}&state=${state}`));
    expect(error.aadstsCodes[0]).toBe(code);
    expect(error.origin).toBe(code === undefined ? 'client' : 'authorization-response');
    expect([notedReturnTo(error), called]).toEqual(['/', []]);
  });

  test.each(['', '&state=x'])('an answer that nobody asked for (%s) is a 400', async (state) => {
    const called: unknown[] = [];
    const site = siteOf({ adminConsent, onAdminConsent: () => void called.push(1) });
    const error = errorOf(await site.go(`/auth/admin-consent/return?admin_consent=True${state}`));
    expect([error.clientCode, statusOf(error), called]).toEqual(['state_not_found', 400, []]);
  });

  test('waits for an administrator until the next day', async () => {
    const site = siteOf({ adminConsent });
    const state = stateOf(await site.go('/auth/admin-consent'));
    site.advance(86_399_000);
    expect((await site.go(`/auth/admin-consent/return?admin_consent=True&state=${state}`)).status).toBe(303);
    site.advance(1_000);
    expect(errorOf(await site.go(`/auth/admin-consent/return?admin_consent=True&state=${state}`))).toBeDefined();
  });

  test('pages offer it where it is configured', () => {
    const planOf = (site: Site) =>
      plannerOf(site.auth)!.plan(decide(needsClaims()), needsClaims(), { nowMs, returnTo: '/tasks', kind: 'navigation' } as RequestFacts, undefined); // prettier-ignore
    expect(planOf(siteOf({ adminConsent })).adminConsentUrl).toBe(`${origin}/auth/admin-consent`);
    expect(planOf(siteOf()).adminConsentUrl).toBeUndefined();
    expect(planOf(siteOf()).signInUrl).toBe('/auth/sign-in?return_to=%2Ftasks');
  });
});

describe('on http, for development', () => {
  test('cookies are neither Secure nor prefixed', async () => {
    const answer = await siteOf({ baseUrl: 'http://localhost:3000' }).go('/auth/sign-in');
    expect(answer.setCookies[0]).toMatch(/^aad-tx-[\w-]{8}=.*; SameSite=Lax$/);
  });
});
