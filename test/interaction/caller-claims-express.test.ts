/** An API whose caller cannot handle claims challenges, over real sockets, with MSAL and validated tokens. */
import { ConfidentialClientApplication } from '@azure/msal-node';
import express5 from 'express';
import express4 from 'express4';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { aadErrorHandler, throwOnChallenge, type AadErrorHandlerOptions } from '../../src/index.js';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { send, type Exchange } from '../support/browser-client.js';
import { listen, type Running } from './support.js';

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterAll(() => entra.close());

const running: Running[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
  entra.reset();
});

const cp1 = '{"access_token":{"xms_cc":{"values":["cp1"]}}}';

interface Api {
  call(path: '/report' | '/payments', claims?: string): Promise<Exchange>;
}

/** Validates the token with jose and leaves its claims where `place` says; `/report` fails on behalf of, `/payments` downstream. */
async function startApi(
  major: 4 | 5,
  place: (claims: object) => object,
  options: AadErrorHandlerOptions = {},
): Promise<Api> {
  const keys = createRemoteJWKSet(new URL(`${entra.authority}/discovery/v2.0/keys`));
  const client = new ConfidentialClientApplication(entra.msalConfiguration());
  const express = major === 4 ? express4 : express5;
  const app = express();
  const tokenOf = (request: express5.Request): string => request.headers.authorization?.slice(7) ?? '';
  const route =
    (handle: (request: express5.Request, response: express5.Response) => Promise<unknown>): express5.RequestHandler =>
    (request, response, next) => {
      handle(request, response).catch(next);
    };
  app.use((request, _response, next) => {
    jwtVerify(tokenOf(request), keys).then(({ payload }) => {
      Object.assign(request, place(payload));
      next();
    }, next);
  });
  app.get('/report', route(async (request, response) => {
    const scopes = ['api://downstream/Read'];
    response.json(await client.acquireTokenOnBehalfOf({ oboAssertion: tokenOf(request), scopes }));
  })); // prettier-ignore
  app.get('/payments', route(async (request, response) => {
    const { authorization = '' } = request.headers;
    const answer = await fetch(`${entra.url}/api/payments`, { headers: { authorization } });
    response.json(await throwOnChallenge(answer).json());
  })); // prettier-ignore
  app.use(aadErrorHandler({ flow: 'on-behalf-of', exposeDetails: false, ...options }));
  const server = await listen(app);
  running.push(server);
  return {
    async call(path, claims) {
      const token = await entra.accessToken({
        user: 'alice@contoso.test',
        ...(claims !== undefined && { claims }),
      });
      entra.failNext(50076, {
        claims: { access_token: { acrs: { essential: true, value: 'c1' } } },
        suberror: 'basic_action',
        flow: 'on-behalf-of',
      });
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      return send(`http://localhost:${String(server.port)}${path}`, { headers });
    },
  };
}

const places: readonly [name: string, place: (claims: object) => object][] = [
  ['req.auth.payload', (payload) => ({ auth: { payload } })],
  ['req.auth', (auth) => ({ auth })],
  ['req.authInfo', (authInfo) => ({ authInfo, user: { id: 7 } })],
  ['req.user', (user) => ({ user })],
];
const paths = ['/report', '/payments'] as const;

describe.each([5, 4] as const)('an API on Express %i', (major) => {
  test.each(places)('with its claims in %s: cp1 gets the challenge, no cp1 a 403 without one', async (_name, place) => {
    const api = await startApi(major, place);
    for (const path of paths) {
      const able = await api.call(path, cp1);
      expect([able.status, able.headers['www-authenticate']]).toEqual([
        401,
        expect.stringContaining('error="insufficient_claims"'),
      ]);
      const unable = await api.call(path);
      expect([unable.status, unable.headers['www-authenticate']]).toEqual([403, undefined]);
      const problem = JSON.parse(unable.body) as Record<string, unknown>;
      expect(problem).toMatchObject({ action: 'contact_admin', retryable: false });
      expect(problem['situation']).toBe(path === '/report' ? 'mfa-required' : 'stronger-sign-in-required');
      expect(problem).not.toHaveProperty('claims');
    }
  });

  test('whose claims are not known challenges everybody', async () => {
    const api = await startApi(major, () => ({ user: { id: 7 } }));
    for (const path of paths) expect((await api.call(path)).status).toBe(401);
  });
});

describe('claimsOf of aadErrorHandler', () => {
  test('says where else the claims are', async () => {
    const claimsOf = (request: object): Record<string, unknown> =>
      (request as { token: Record<string, unknown> }).token;
    const api = await startApi(5, (token) => ({ token }), { claimsOf });
    expect([(await api.call('/report')).status, (await api.call('/report', cp1)).status]).toEqual([403, 401]);
  });

  test('that knows nothing keeps the challenge for an API without xms_cc in its tokens', async () => {
    const api = await startApi(5, (auth) => ({ auth }), { claimsOf: () => undefined });
    expect((await api.call('/report')).status).toBe(401);
  });

  test('that throws changes nothing', async () => {
    const claimsOf = (): never => {
      throw new Error('no claims here');
    };
    const api = await startApi(5, (auth) => ({ auth }), { claimsOf });
    expect((await api.call('/report')).status).toBe(401);
  });

  test('that is no function is an error when the application starts', () => {
    expect(() => aadErrorHandler({ claimsOf: 'auth' as never })).toThrow(
      expect.objectContaining({ code: 'ERR_AAD_OPTIONS_TYPE', option: 'claimsOf' }) as Error,
    );
  });
});
