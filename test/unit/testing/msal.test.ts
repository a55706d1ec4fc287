import { createHash, randomBytes } from 'node:crypto';
import * as msal7 from '@azure/msal-node';
import * as msal2 from 'msal-node-2';
import * as msal3 from 'msal-node-3';
import * as msal5 from 'msal-node-5';
import * as msal6 from 'msal-node-6';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra } from '../../../src/testing/index.js';

/** The five majors share the calls used here; major 7's types stand for all. */
const majors = [
  [2, msal2],
  [3, msal3],
  [5, msal5],
  [6, msal6],
  [7, msal7],
] as unknown as readonly (readonly [number, typeof msal7])[];

const redirectUri = 'http://localhost:3000/auth/redirect';
const tasks = 'api://tasks/Tasks.Read';
const stepUp = { access_token: { acrs: { essential: true, value: 'c1' } } };

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterEach(() => {
  entra.reset();
});
afterAll(async () => {
  await entra.close();
});

/** What a rejected promise was rejected with. */
async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  return promise.then(
    (value) => {
      throw new Error(`resolved: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as Record<string, unknown>,
  );
}

/** The account of a result; a result without one fails the test. */
function accountOf(result: msal7.AuthenticationResult | null): msal7.AccountInfo {
  if (result?.account == null) throw new Error('no account');
  return result.account;
}

interface SignInOptions {
  readonly user?: string;
  readonly scopes?: string[];
  readonly claims?: string;
  readonly prompt?: string;
}

async function signIn(client: msal7.ConfidentialClientApplication, options: SignInOptions = {}) {
  const { user = 'alice@contoso.test', scopes = ['User.Read'], claims, prompt } = options;
  const codeVerifier = randomBytes(32).toString('base64url');
  const url = await client.getAuthCodeUrl({
    scopes,
    redirectUri,
    state: 'state-1',
    nonce: 'nonce-1',
    loginHint: user,
    codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    codeChallengeMethod: 'S256',
    ...(claims === undefined ? {} : { claims }),
    ...(prompt === undefined ? {} : { prompt }),
  });
  const response = await fetch(url, { redirect: 'manual' });
  const location = new URL(response.headers.get('location') ?? 'about:blank');
  const code = location.searchParams.get('code') ?? '';
  const redeem = (verifier = codeVerifier) =>
    client.acquireTokenByCode(
      { code, scopes, redirectUri, codeVerifier: verifier, state: 'state-1', nonce: 'nonce-1' },
      {
        code,
        state: location.searchParams.get('state') ?? '',
        nonce: 'nonce-1',
      },
    );
  return { url, location, redeem };
}

describe.each(majors)('MSAL %i', (major, msal) => {
  const newClient = () => new msal.ConfidentialClientApplication(entra.msalConfiguration());

  test('signs in with the code flow, then refreshes silently for another resource', async () => {
    const client = newClient();
    const { url, location, redeem } = await signIn(client);
    expect(new URL(url).origin).toBe(entra.url);
    expect(location.searchParams.get('state')).toBe('state-1');
    const first = await redeem();
    expect(first.account).toMatchObject({ username: 'alice@contoso.test', tenantId: entra.tenantId });
    expect(first.account?.homeAccountId).toBe(`00000000-0000-4000-8000-000000000001.${entra.tenantId}`);
    const second = await client.acquireTokenSilent({ account: accountOf(first), scopes: [tasks] });
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(second.fromCache).toBe(false);
    const third = await client.acquireTokenSilent({ account: accountOf(first), scopes: [tasks] });
    expect(third.fromCache).toBe(true);
  });

  test('gets 50076 with claims, and after a visit to /authorize with them a token', async () => {
    const client = newClient();
    const account = accountOf(await (await signIn(client, { user: 'mfa@contoso.test' })).redeem());
    const error = await failure(client.acquireTokenSilent({ account, scopes: [tasks] }));
    expect(error).toMatchObject({
      name: 'InteractionRequiredAuthError',
      errorCode: 'invalid_grant',
      subError: 'basic_action',
      errorNo: 50076,
    });
    const claims = String(error['claims']);
    const again = await (await signIn(client, { user: 'mfa@contoso.test', scopes: [tasks], claims })).redeem();
    expect(again.accessToken).not.toBe('');
    const sent = entra.requests.filter(({ endpoint }) => endpoint === 'authorize').at(-1);
    expect(JSON.parse(sent?.query['claims'] ?? '')).toMatchObject(JSON.parse(claims) as object);
    const refreshed = await client.acquireTokenSilent({
      account: accountOf(again),
      scopes: [tasks],
      forceRefresh: true,
    });
    expect(refreshed.fromCache).toBe(false);
  });

  test('fails as scripted, once', async () => {
    const client = newClient();
    const account = accountOf(await (await signIn(client)).redeem());
    entra.failNext(50076, { claims: stepUp, suberror: null });
    const error = await failure(client.acquireTokenSilent({ account, scopes: [tasks] }));
    expect(error).toMatchObject({ name: 'ServerError', errorCode: 'invalid_grant' });
    expect(String(error['message'])).toContain('AADSTS50076: ');
    expect(entra.pending).toEqual([]);
    await expect(client.acquireTokenSilent({ account, scopes: [tasks] })).resolves.toMatchObject({
      fromCache: false,
    });
  });

  test('gets an application token, and an error for a wrong secret', async () => {
    const request = { scopes: ['https://graph.microsoft.com/.default'] };
    const token = await newClient().acquireTokenByClientCredential(request);
    expect(token?.accessToken).toMatch(/^ey/);
    const configuration = entra.msalConfiguration();
    configuration.auth.clientSecret = 'stale';
    const error = await failure(
      new msal.ConfidentialClientApplication(configuration).acquireTokenByClientCredential(request),
    );
    expect(error).toMatchObject({ name: 'ServerError', errorCode: 'invalid_client', errorNo: 7000215, status: 401 });
  });

  test('works on behalf of a user, and refuses stale and foreign assertions', async () => {
    const client = newClient();
    const oboAssertion = await entra.accessToken({ user: 'alice@contoso.test' });
    const result = await client.acquireTokenOnBehalfOf({ oboAssertion, scopes: [tasks] });
    expect(result?.account?.username).toBe('alice@contoso.test');
    const stale = await entra.accessToken({ user: 'alice@contoso.test', lifetimeSeconds: -60 });
    expect(await failure(client.acquireTokenOnBehalfOf({ oboAssertion: stale, scopes: [tasks] }))).toMatchObject({
      errorNo: 500133,
    });
    expect(await failure(client.acquireTokenOnBehalfOf({ oboAssertion: 'a.b.c', scopes: [tasks] }))).toMatchObject({
      errorNo: 50013,
    });
    const notAssigned = await entra.accessToken({ user: 'notassigned@contoso.test' });
    expect(await failure(client.acquireTokenOnBehalfOf({ oboAssertion: notAssigned, scopes: [tasks] }))).toMatchObject({
      errorCode: 'interaction_required',
      errorNo: 50105,
    });
  });

  test('signs in with a device code', async () => {
    const { auth, system } = entra.msalConfiguration();
    const { clientId, authority, authorityMetadata } = auth;
    const client = new msal.PublicClientApplication({ auth: { clientId, authority, authorityMetadata }, system });
    const messages: string[] = [];
    const result = await client.acquireTokenByDeviceCode({
      scopes: ['User.Read'],
      deviceCodeCallback: ({ message }) => {
        messages.push(message);
      },
    });
    expect(messages[0]).toContain('/common/oauth2/deviceauth');
    const silent = await client.acquireTokenSilent({ account: accountOf(result), scopes: [tasks] });
    expect(silent.accessToken).toMatch(/^ey/);
  });

  test('discovers an authority that MSAL has no built-in metadata for', async () => {
    const { auth, system } = entra.msalConfiguration();
    const { clientId, clientSecret } = auth;
    const authority = 'https://login.contoso.test/contoso.test/b2c_1_signin';
    const configuration = {
      auth: { clientId, clientSecret, authority, knownAuthorities: ['login.contoso.test'] },
      system,
    };
    const client = new msal.ConfidentialClientApplication(configuration);
    const account = accountOf(await (await signIn(client)).redeem());
    expect(account.username).toBe('alice@contoso.test');
    expect(entra.requests.map(({ endpoint }) => endpoint)).toEqual(['discovery', 'authorize', 'token']);
  });

  test('meets throttling, and remembers it', async () => {
    const client = newClient();
    const account = accountOf(await (await signIn(client)).redeem());
    entra.throttle({ seconds: 30 });
    const request = { account, scopes: [tasks] };
    expect(await failure(client.acquireTokenSilent(request))).toMatchObject({ errorCode: 'temporarily_unavailable' });
    const calls = entra.requests.length;
    expect(await failure(client.acquireTokenSilent(request))).toMatchObject({ errorCode: '90055' });
    expect(entra.requests).toHaveLength(calls);
  });

  test.each([
    ['refuse', 'network_error'],
    ['reset', 'network_error'],
    ['cut', 'network_error'],
    ['html', 'network_error'],
    ['empty', 'network_error'],
    ['invalid-json', 'network_error'],
  ] as const)('outage %s becomes %s', async (outage, errorCode) => {
    const client = newClient();
    const account = accountOf(await (await signIn(client)).redeem());
    entra.failNext({ outage });
    expect(await failure(client.acquireTokenSilent({ account, scopes: [tasks] }))).toMatchObject({
      errorCode,
    });
  });

  test.runIf(major >= 5)('meets a broken answer with its own transport as in production', async () => {
    const { auth } = entra.msalConfiguration();
    const client = new msal.ConfidentialClientApplication({ auth });
    entra.failNext({ outage: 'html' });
    const error = await failure(client.acquireTokenByClientCredential({ scopes: ['api://tasks/.default'] }));
    expect(error).toMatchObject({ errorCode: 'token_parsing_error' });
    entra.failNext({ outage: 'reset' });
    const reset = await failure(client.acquireTokenByClientCredential({ scopes: ['api://tasks/.default'] }));
    expect(reset).toMatchObject({ errorCode: 'network_error' });
  });
});

test('every user of the table shows the situation it promises', async () => {
  const expected: Record<string, number | undefined> = {
    'alice@contoso.test': undefined,
    'mfa@contoso.test': 50076,
    'consent@contoso.test': 65001,
    'disabled@contoso.test': 50057,
    'notassigned@contoso.test': 50105,
    'device@contoso.test': 53000,
    'risk@contoso.test': 53003,
    'expired@contoso.test': 700082,
  };
  expect(entra.users.map(({ userName }) => userName)).toEqual(Object.keys(expected));
  for (const [user, code] of Object.entries(expected)) {
    const client = new msal7.ConfidentialClientApplication(entra.msalConfiguration());
    const account = accountOf(await (await signIn(client, { user })).redeem());
    const call = client.acquireTokenSilent({ account, scopes: [tasks] });
    if (code === undefined) await expect(call).resolves.toBeDefined();
    else
      expect([user, String((await failure(call))['message']).match(/AADSTS(\d+)/)?.[1]]).toEqual([user, String(code)]);
  }
});

test('consent@ is well after prompt=consent', async () => {
  const client = new msal7.ConfidentialClientApplication(entra.msalConfiguration());
  const account = accountOf(await (await signIn(client, { user: 'consent@contoso.test' })).redeem());
  expect(await failure(client.acquireTokenSilent({ account, scopes: [tasks] }))).toMatchObject({
    subError: 'consent_required',
  });
  const again = await signIn(client, { user: 'consent@contoso.test', scopes: [tasks], prompt: 'consent' });
  await expect(again.redeem()).resolves.toMatchObject({ account: { username: 'consent@contoso.test' } });
});

test('a code works once, and only with its verifier', async () => {
  const client = new msal7.ConfidentialClientApplication(entra.msalConfiguration());
  const { redeem } = await signIn(client);
  expect(await failure(redeem('x'.repeat(43)))).toMatchObject({ errorNo: 501481 });
  await redeem();
  expect(await failure(redeem())).toMatchObject({ errorNo: 54005, errorCode: 'invalid_grant' });
});
