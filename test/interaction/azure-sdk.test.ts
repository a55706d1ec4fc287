/** Our challenges, read by clients that are not ours: the Azure SDK's pipeline and Microsoft's documented parser. */
import { authorizeRequestOnClaimChallenge, authorizeRequestOnTenantChallenge } from '@azure/core-client';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type ChallengeCallbacks,
  type HttpClient,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { ConfidentialClientApplication } from '@azure/msal-node';
import express5 from 'express';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { aadErrorHandler, requireAuthContext, throwOnChallenge } from '../../src/index.js';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { send } from '../support/browser-client.js';
import { readAsDocumented } from './documented-parser.js';
import { listen, type Running } from './support.js';

/** The policy sends tokens over https only; behind this name TLS ends in the client of this test. */
const apiOrigin = 'https://api.contoso.test';
const user = 'alice@contoso.test';
const apiScope = 'api://tasks/.default';
const c1Claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

let entra: LocalEntra;
let api: Running;
beforeAll(async () => {
  entra = await createLocalEntra();
  api = await startApi();
});
afterAll(async () => {
  api.close();
  await entra.close();
});
afterEach(() => {
  entra.reset();
});

/** An API as its README would write it; validating the token is the application's, LocalEntra signed it anyway. */
function startApi(): Promise<Running> {
  const client = new ConfidentialClientApplication(entra.msalConfiguration());
  const tokenOf = (request: express5.Request): string => request.headers.authorization?.slice(7) ?? '';
  const app = express5();
  app.use((request, _response, next) => {
    const token = tokenOf(request);
    if (token !== '') Object.assign(request, { auth: { payload: decodeJwt(token), token } });
    next();
  });
  const paid: express5.RequestHandler = (_request, response) => {
    response.json({ paid: true });
  };
  app.get('/payments', requireAuthContext('c1'), paid);
  app.get('/payments-for-all-clients', requireAuthContext('c1', { stepUp: {} }), paid);
  app.get('/report', async (request, response) => {
    const scopes = ['api://downstream/Read'];
    const result = await client.acquireTokenOnBehalfOf({ oboAssertion: tokenOf(request), scopes });
    const headers = { authorization: `Bearer ${result!.accessToken}` };
    response.json(await throwOnChallenge(await fetch(`${entra.url}/api/me`, { headers }), { scopes }).json());
  });
  app.use(aadErrorHandler({ mode: 'api', flow: 'on-behalf-of', exposeDetails: false }));
  return listen(app);
}

interface TokenCall {
  readonly claims: string | undefined;
  readonly enableCae: boolean | undefined;
}

/** Alice goes through /authorize with what a challenge asked for, as a credential with a browser would let her. */
async function stepUp(claims: string): Promise<void> {
  const url = new URL(`${entra.authority}/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({
    client_id: entra.clientId,
    redirect_uri: 'http://localhost/',
    response_type: 'code',
    scope: 'openid',
    claims,
  }).toString();
  expect((await send(url.href)).status).toBe(302);
}

interface SdkClient {
  get(path: string): Promise<PipelineResponse>;
  /** What the credential was asked for, in order. */
  readonly tokenCalls: readonly TokenCall[];
}

/** A client of the Azure SDK with a credential that signs Alice in. */
function sdkClient({
  challengeCallbacks,
  capabilities = ['cp1'],
}: { challengeCallbacks?: ChallengeCallbacks; capabilities?: readonly string[] } = {}): SdkClient {
  const tokenCalls: TokenCall[] = [];
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(
    bearerTokenAuthenticationPolicy({
      scopes: apiScope,
      credential: {
        async getToken(_scopes, { claims, enableCae } = {}) {
          tokenCalls.push({ claims, enableCae });
          if (claims !== undefined) await stepUp(claims);
          const xmsCc = capabilities.length === 0 ? {} : { xms_cc: { values: capabilities } };
          const token = await entra.accessToken({ user, claims: JSON.stringify({ access_token: xmsCc }) });
          return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      },
      ...(challengeCallbacks !== undefined && { challengeCallbacks }),
    }),
  );
  const wire = createDefaultHttpClient();
  const loopback: HttpClient = {
    sendRequest(request) {
      const { pathname } = new URL(request.url);
      return wire.sendRequest(
        createPipelineRequest({
          url: `http://localhost:${String(api.port)}${pathname}`,
          headers: createHttpHeaders(request.headers.toJSON()),
          allowInsecureConnection: true,
        }),
      );
    },
  };
  return {
    tokenCalls,
    get: (path) => pipeline.sendRequest(loopback, createPipelineRequest({ url: apiOrigin + path })),
  };
}

/** Challenges of each kind our middleware writes: how they come about, and the claims as they must arrive. */
const cases: readonly {
  readonly name: string;
  readonly path: string;
  readonly arrange?: () => void;
  readonly claims: string;
}[] = [
  { name: 'requireAuthContext', path: '/payments', claims: c1Claims },
  { name: 'requireAuthContext with RFC 9470 behind it', path: '/payments-for-all-clients', claims: c1Claims },
  ...[
    '{"access_token":{"a":null}}',
    '{"access_token":{"ab":null}}',
    '{"access_token":{"abc":null}}',
    '{"access_token": {"capolids": {"values": ["a-b"], "essential": true}}, "userinfo": null}',
  ].map((claims) => ({
    name: `an on-behalf-of error with ${claims}`,
    path: '/report',
    arrange: () => {
      entra.failNext(50076, { claims, suberror: 'basic_action', flow: 'on-behalf-of' });
    },
    claims,
  })),
];

describe('bearerTokenAuthenticationPolicy of @azure/core-rest-pipeline', () => {
  test.each(cases)('$name: our claims byte for byte, and the second request succeeds', async (each) => {
    each.arrange?.();
    const client = sdkClient();
    const response = await client.get(each.path);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([200, undefined]);
    expect(client.tokenCalls).toEqual([
      { claims: undefined, enableCae: true },
      { claims: each.claims, enableCae: true },
    ]);
  });

  test('access revoked between two calls: the challenge of the downstream API arrives, and the call succeeds', async () => {
    const client = sdkClient();
    expect((await client.get('/report')).status).toBe(200);
    entra.revoke(user);
    expect((await client.get('/report')).status).toBe(200);
    expect(client.tokenCalls.map(({ claims }) => claims)).toEqual([
      undefined,
      expect.stringMatching(/^\{"access_token":\{"nbf":\{"essential":true,"value":"\d{10}"\}\}\}$/),
    ]);
  });

  test('a challenge that the new token does not satisfy is handed to the caller, not tried again and again', async () => {
    entra.failAlways(50076, { claims: c1Claims, suberror: 'basic_action', flow: 'on-behalf-of' });
    const client = sdkClient();
    const response = await client.get('/report');
    expect([response.status, client.tokenCalls.length]).toEqual([401, 2]);
    expect(JSON.parse(response.bodyAsText!)).toMatchObject({ action: 'claims_challenge', claims: c1Claims });
  });

  test('an expired assertion is no claims challenge: one answer, no further token', async () => {
    entra.failNext(500133, { error: 'invalid_grant', flow: 'on-behalf-of' });
    const client = sdkClient();
    const response = await client.get('/report');
    expect([response.status, client.tokenCalls.length]).toEqual([401, 1]);
    expect(response.headers.get('www-authenticate')).toMatch(/error="invalid_token"$/);
  });

  test('a client without cp1 gets 403 and asks for nothing', async () => {
    const client = sdkClient({ capabilities: [] });
    const response = await client.get('/payments');
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([403, undefined]);
    expect(client.tokenCalls).toHaveLength(1);
  });
});

/** What the callbacks of @azure/core-client are given, and what they asked the credential for. */
function challengeOptions(response: PipelineResponse): {
  readonly asked: unknown[];
  readonly options: Parameters<typeof authorizeRequestOnClaimChallenge>[0];
} {
  const asked: unknown[] = [];
  return {
    asked,
    options: {
      scopes: [apiScope],
      response,
      request: response.request,
      getAccessToken: async (scopes, { claims, tenantId }) => {
        asked.push({ scopes, claims, tenantId });
        return { token: 'invented', expiresOnTimestamp: 1 };
      },
    },
  };
}

/** An answer of our API as the pipeline sees it, before any policy has acted on it. */
async function rawAnswer(path: string): Promise<PipelineResponse> {
  const token = await entra.accessToken({ user, claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}' });
  const request = createPipelineRequest({
    url: `http://localhost:${String(api.port)}${path}`,
    headers: createHttpHeaders({ authorization: `Bearer ${token}` }),
    allowInsecureConnection: true,
  });
  return createDefaultHttpClient().sendRequest(request);
}

describe('the callbacks of @azure/core-client', () => {
  test.each(['/payments', '/payments-for-all-clients'])(
    'authorizeRequestOnClaimChallenge reads the claims of %s byte for byte',
    async (path) => {
      const { asked, options } = challengeOptions(await rawAnswer(path));
      expect(await authorizeRequestOnClaimChallenge(options)).toBe(true);
      expect(asked).toEqual([{ scopes: [apiScope], claims: c1Claims, tenantId: undefined }]);
      expect(options.request.headers.get('authorization')).toBe('Bearer invented');
    },
  );

  test.each([
    ['authorizeRequestOnClaimChallenge', authorizeRequestOnClaimChallenge],
    ['authorizeRequestOnTenantChallenge', authorizeRequestOnTenantChallenge],
  ])('a client configured with %s handles our claims challenge all the same', async (_name, callback) => {
    const client = sdkClient({ challengeCallbacks: { authorizeRequestOnChallenge: callback } });
    expect((await client.get('/payments')).status).toBe(200);
    expect(client.tokenCalls.map(({ claims }) => claims)).toEqual([undefined, c1Claims]);
  });

  // It splits at blanks and keeps quotes and commas, which fits the header of Azure Storage only. Our header is no worse
  // for it than the documented one; should this test fail, a newer version reads both.
  test("authorizeRequestOnTenantChallenge reads neither our header nor the one of Microsoft's documentation", async () => {
    const response = await rawAnswer('/payments');
    const documented =
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="e30="';
    for (const header of [response.headers.get('www-authenticate')!, documented]) {
      const { asked, options } = challengeOptions({
        ...response,
        headers: createHttpHeaders({ 'www-authenticate': header }),
      });
      await expect(authorizeRequestOnTenantChallenge(options)).rejects.toThrow('Invalid URL');
      expect(asked).toEqual([]);
    }
  });
});

describe("Microsoft's documented parser", () => {
  test.each(cases)('$name: reads our claims byte for byte', async (each) => {
    each.arrange?.();
    const response = await rawAnswer(each.path);
    expect(response.status).toBe(401);
    expect(readAsDocumented(response.headers.get('www-authenticate')!)).toEqual({
      error: 'insufficient_claims',
      claims: each.claims,
    });
  });
});
