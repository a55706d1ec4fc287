/** Other libraries than MSAL get tokens, and errors, from LocalEntra. */
import { ClientSecretCredential, OnBehalfOfCredential } from '@azure/identity';
import * as oidc from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/index.js';
import { normalize } from '../../src/normalize/index.js';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import type { Decision } from '../../src/types.js';

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterEach(() => entra.reset());
afterAll(() => entra.close());

const graph = 'https://graph.microsoft.com/.default';
const redirectUri = 'http://localhost:3000/redirect';

async function decisionOn(promise: Promise<unknown>): Promise<Decision> {
  const thrown = await promise.then(
    (value) => {
      throw new Error(`resolved: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
  const error = normalize(thrown, { nowMs: Date.now() });
  if (error === undefined) throw new Error(`nothing was read from ${String(thrown)}`);
  return decide(error);
}

/** `allowInsecureRequests`, which is marked as deprecated only to stand out; LocalEntra speaks http on loopback. */
const allowHttp = Reflect.get<typeof oidc, 'allowInsecureRequests'>(oidc, 'allowInsecureRequests');

describe('openid-client 6', () => {
  const configure = (secret = entra.clientSecret): Promise<oidc.Configuration> =>
    oidc.discovery(new URL(`${entra.authority}/v2.0`), entra.clientId, secret, undefined, {
      execute: [allowHttp],
    });

  async function signIn(configuration: oidc.Configuration, scope = 'openid profile offline_access') {
    const codeVerifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const nonce = oidc.randomNonce();
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      login_hint: 'alice@contoso.test',
    });
    const response = await fetch(url, { redirect: 'manual' });
    const callback = new URL(response.headers.get('location') ?? '');
    const checks = { pkceCodeVerifier: codeVerifier, expectedState: state, expectedNonce: nonce };
    return oidc.authorizationCodeGrant(configuration, callback, checks);
  }

  test('signs in with code and PKCE, checks the id token, refreshes', async () => {
    const configuration = await configure();
    const tokens = await signIn(configuration);
    expect(tokens.claims()).toMatchObject({ preferred_username: 'alice@contoso.test', tid: entra.tenantId });
    const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
    expect(refreshed.access_token).not.toBe(tokens.access_token);
  });

  test('gets a token of the application', async () => {
    const tokens = await oidc.clientCredentialsGrant(await configure(), { scope: graph });
    expect(tokens.token_type).toBe('bearer');
    expect(tokens.access_token).toMatch(/^ey/);
  });

  test('meets scripted errors', async () => {
    const configuration = await configure();
    const { refresh_token: token = '' } = await signIn(configuration);
    const claims = { access_token: { acrs: { essential: true, value: 'c1' } } };
    entra.failNext(50076, { claims });
    expect(await decisionOn(oidc.refreshTokenGrant(configuration, token))).toMatchObject({
      action: 'claims_challenge',
      claims: JSON.stringify(claims),
    });
    entra.throttle({ seconds: 30 });
    expect(await decisionOn(oidc.refreshTokenGrant(configuration, token))).toMatchObject({
      action: 'retry',
      retryAfterSeconds: 30,
    });
  });

  test('meets a wrong secret, and an error on the redirect URI', async () => {
    const stale = await configure('stale');
    expect(await decisionOn(oidc.clientCredentialsGrant(stale, { scope: graph }))).toMatchObject({
      action: 'fix_config',
      code: 'AADSTS7000215',
    });
    entra.failNext(65004, { flow: 'authorize' });
    expect(await decisionOn(signIn(await configure()))).toMatchObject({ action: 'user_cancelled' });
  });
});

describe('@azure/identity', () => {
  /** Its transport is replaced, as everywhere; requests go to the same paths on LocalEntra. */
  const options = () => ({
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
    httpClient: {
      async sendRequest(request: { url: string; method: string; headers: { toJSON(): object }; body?: unknown }) {
        const local = entra.localUrl(request.url);
        const headers = { ...request.headers.toJSON(), host: undefined } as unknown as Record<string, string>;
        delete headers['host'];
        delete headers['content-length'];
        const response = await fetch(local, {
          method: request.method,
          headers,
          ...(request.method === 'POST' && { body: String(request.body) }),
        });
        const found = Object.fromEntries(response.headers);
        return {
          request,
          status: response.status,
          bodyAsText: await response.text(),
          headers: {
            get: (name: string) => found[name.toLowerCase()],
            has: (name: string) => name.toLowerCase() in found,
            toJSON: () => found,
            set: () => undefined,
            delete: () => undefined,
            [Symbol.iterator]: () => Object.entries(found)[Symbol.iterator](),
          },
        };
      },
    },
  });

  test('ClientSecretCredential gets a token of the application', async () => {
    const credential = new ClientSecretCredential(
      entra.tenantId,
      entra.clientId,
      entra.clientSecret,
      options() as object,
    );
    const { token, expiresOnTimestamp } = await credential.getToken(graph);
    expect(token).toMatch(/^ey/);
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
    expect(entra.requests.at(-1)).toMatchObject({ endpoint: 'token', form: { grant_type: 'client_credentials' } });
  });

  test('OnBehalfOfCredential gets a token of the user', async () => {
    const credential = new OnBehalfOfCredential({
      tenantId: entra.tenantId,
      clientId: entra.clientId,
      clientSecret: entra.clientSecret,
      userAssertionToken: await entra.accessToken({ user: 'alice@contoso.test' }),
      ...(options() as object),
    });
    const { token } = await credential.getToken('api://tasks/Tasks.Read');
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(payload).toMatchObject({ preferred_username: 'alice@contoso.test' });
  });

  test.each([
    ['stale', {}, { action: 'fix_config', code: 'AADSTS7000215' }],
    [undefined, { code: 7000222 }, { action: 'fix_config', code: 'AADSTS7000222' }],
    [undefined, { code: 90033 }, { action: 'retry' }],
  ])('meets errors: secret %s, plan %j', async (secret, plan, expected) => {
    const credential = new ClientSecretCredential(
      entra.tenantId,
      entra.clientId,
      secret ?? entra.clientSecret,
      options() as object,
    );
    if ('code' in plan) entra.failAlways(plan);
    expect(await decisionOn(credential.getToken(graph))).toMatchObject(expected);
  });
});
