import { ConfidentialClientApplication as Msal7, type AccountInfo } from '@azure/msal-node';
import { ConfidentialClientApplication as Msal2 } from 'msal-node-2';
import { ConfidentialClientApplication as Msal3 } from 'msal-node-3';
import { ConfidentialClientApplication as Msal5 } from 'msal-node-5';
import { ConfidentialClientApplication as Msal6 } from 'msal-node-6';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { decide, msalInteraction, normalizeAadError, TokenRequestError, type MsalClient } from '../../src/index.js';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { send } from '../support/browser-client.js';
import { apiScope, secret } from './support.js';

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterAll(() => entra.close());
afterEach(() => {
  entra.reset();
});

const request = {} as never;
const baseUrl = 'https://app.contoso.test';
const fixed = { baseUrl, secret, onSignedIn: () => undefined };
/** Each major has types of its own for the same things; this is what the tests need of all of them. */
type Client = Pick<Msal7, 'getAuthCodeUrl' | 'acquireTokenByCode' | 'acquireTokenSilent'>;

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}

/** Signs a user in by a code, as the redirect route does. */
async function signIn(client: Client, user: string): Promise<AccountInfo> {
  const redirectUri = 'http://localhost/';
  const url = await client.getAuthCodeUrl({ scopes: ['openid', 'profile'], redirectUri, loginHint: user });
  const code = new URL((await send(url)).headers.location!).searchParams.get('code')!;
  const result = await client.acquireTokenByCode({
    code,
    scopes: ['openid', 'profile', 'offline_access'],
    redirectUri,
  });
  return result.account!;
}

const majors: readonly [major: number, create: (entra: LocalEntra) => Client][] = [
  [2, (local) => new Msal2(local.msalConfiguration()) as unknown as Client],
  [3, (local) => new Msal3(local.msalConfiguration()) as unknown as Client],
  [5, (local) => new Msal5(local.msalConfiguration()) as unknown as Client],
  [6, (local) => new Msal6(local.msalConfiguration())],
  [7, (local) => new Msal7(local.msalConfiguration())],
];

test('the real client of every major is accepted as it is, and the token is typed by it', async () => {
  const configuration = entra.msalConfiguration();
  const clients: readonly MsalClient[] = [
    new Msal2(configuration),
    new Msal3(configuration),
    new Msal5(configuration),
    new Msal6(configuration),
  ];
  for (const client of clients) expect(() => msalInteraction({ ...fixed, client })).not.toThrow();
  const client = new Msal7(configuration);
  const account = await signIn(client, 'alice@contoso.test');
  // No cast: compiled by tsc with the types of MSAL.
  const { expiresOn } = await msalInteraction({ ...fixed, client, getAccount: () => account }).acquireToken(request, {
    scopes: [apiScope],
  });
  expect(expiresOn!.getTime()).toBeGreaterThan(Date.now());
});

describe.each(majors)('acquireToken with MSAL Node %i', (_major, create) => {
  test('gives what acquireTokenSilent gives', async () => {
    const client = create(entra);
    const account = await signIn(client, 'alice@contoso.test');
    const auth = msalInteraction({ ...fixed, client, getAccount: () => account });
    const result = await auth.acquireToken(request, { scopes: [apiScope] });
    expect(result.accessToken).toMatch(/^ey/);
    expect(result.account?.username).toBe('alice@contoso.test');
  });

  test('a refusal says which scopes were asked for', async () => {
    const client = create(entra);
    const account = await signIn(client, 'consent@contoso.test');
    const auth = msalInteraction({ ...fixed, client, getAccount: async () => account });
    const thrown = await failureOf(auth.acquireToken(request, { scopes: [apiScope] }));
    expect(thrown).toBeInstanceOf(TokenRequestError);
    expect(thrown).toMatchObject({ cause: { aadstsCodes: [65001], scopes: [apiScope], flow: 'silent' } });
    expect(decide(normalizeAadError(thrown)!)).toMatchObject({ action: 'consent', scopes: [apiScope] });
  });

  test.each([undefined, null])('without an account (%s) it asks for a sign-in with these scopes', async (account) => {
    const auth = msalInteraction({ ...fixed, client: create(entra), getAccount: () => account as undefined });
    const thrown = await failureOf(auth.acquireToken(request, { scopes: [apiScope] }));
    expect(decide(normalizeAadError(thrown)!)).toMatchObject({ action: 'interactive', scopes: [apiScope] });
    // Nobody was asked about a user who is not there.
    expect(entra.requests.filter(({ endpoint }) => endpoint === 'token')).toEqual([]);
  });
});

describe('acquireToken', () => {
  const silent = (acquireTokenSilent: NonNullable<MsalClient['acquireTokenSilent']>): MsalClient => ({
    getAuthCodeUrl: () => Promise.resolve(''),
    acquireTokenByCode: () => Promise.resolve(),
    acquireTokenSilent,
  });
  const account = { homeAccountId: 'a.b', username: 'alice@contoso.test' };

  test('passes the request on, with the account and a list of its own', async () => {
    const calls: unknown[] = [];
    const client = silent(async (asked) => {
      asked.scopes.push('openid');
      calls.push(asked);
    });
    const auth = msalInteraction({ ...fixed, client, getAccount: () => account });
    const scopes = Object.freeze(['Mail.Read']);
    const correlationId = '4e5f6a7b-2222-4ccc-9ddd-abcdef012345';
    await auth.acquireToken(request, { scopes, claims: '{}', forceRefresh: true, correlationId });
    expect(calls).toEqual([
      { scopes: ['Mail.Read', 'openid'], claims: '{}', forceRefresh: true, correlationId, account },
    ]);
  });

  test('what is no identity error is thrown as it is', async () => {
    const broken = new TypeError('x is not a function');
    const auth = msalInteraction({
      ...fixed,
      client: silent(() => Promise.reject(broken)),
      getAccount: () => account,
    });
    expect(await failureOf(auth.acquireToken(request, { scopes: ['a'] }))).toBe(broken);
  });

  test('a token cache that is down is not taken for the identity platform', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' });
    const auth = msalInteraction({
      ...fixed,
      client: silent(() => Promise.reject(refused)),
      getAccount: () => account,
    });
    expect(await failureOf(auth.acquireToken(request, { scopes: ['a'] }))).toBe(refused);
  });

  test('a session store that is down is not taken for a person who is signed out', async () => {
    const down = new Error('the session store is down');
    let asked = 0;
    const client = silent(async () => {
      asked += 1;
    });
    const auth = msalInteraction({ ...fixed, client, getAccount: () => Promise.reject(down) });
    expect(await failureOf(auth.acquireToken(request, { scopes: ['a'] }))).toBe(down);
    expect(asked).toBe(0);
  });

  test('Entra that cannot be reached is an error to try again', async () => {
    const client = new Msal7(entra.msalConfiguration());
    const known = await signIn(client, 'alice@contoso.test');
    const auth = msalInteraction({ ...fixed, client, getAccount: () => known });
    entra.failNext({ outage: 'refuse' });
    const thrown = await failureOf(auth.acquireToken(request, { scopes: [apiScope] }));
    expect(decide(normalizeAadError(thrown)!)).toMatchObject({ action: 'retry' });
  });

  test('the error shows codes, not what the server said or who it was about', async () => {
    const client = new Msal7(entra.msalConfiguration());
    const known = await signIn(client, 'alice@contoso.test');
    const auth = msalInteraction({ ...fixed, client, getAccount: () => known });
    entra.failNext(50173, { suberror: 'bad_token', description: 'AADSTS50173: alice@contoso.test must sign in' });
    const thrown = (await failureOf(auth.acquireToken(request, { scopes: [apiScope] }))) as Error;
    expect([thrown.name, thrown.message]).toEqual(['TokenRequestError', 'no token: invalid_grant']);
    expect(JSON.stringify(thrown)).not.toContain('alice');
    expect(JSON.stringify(thrown)).toContain('50173');
  });

  test.each<[name: string, options: object, tokenRequest: object, expected: object]>([
    ['no getAccount', {}, { scopes: ['a'] }, { code: 'ERR_AAD_OPTIONS_MISSING', option: 'getAccount' }],
    ['no scopes', { getAccount: () => account }, {}, { code: 'ERR_AAD_OPTIONS_VALUE', option: 'scopes' }],
    ['an empty list', { getAccount: () => account }, { scopes: [] }, { code: 'ERR_AAD_OPTIONS_VALUE' }],
    ['scopes in one text', { getAccount: () => account }, { scopes: 'a b' }, { code: 'ERR_AAD_OPTIONS_VALUE' }],
    [
      'a client without the method',
      { getAccount: () => account, client: { ...silent(async () => undefined), acquireTokenSilent: undefined } },
      { scopes: ['a'] },
      { code: 'ERR_AAD_OPTIONS_VALUE', option: 'client' },
    ],
  ])('%s is a mistake of the application and says so', async (_name, options, tokenRequest, expected) => {
    const auth = msalInteraction({ ...fixed, client: silent(async () => undefined), ...options });
    expect(await failureOf(auth.acquireToken(request, tokenRequest as never))).toMatchObject(expected);
  });
});
