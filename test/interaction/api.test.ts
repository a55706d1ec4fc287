import express5 from 'express';
import express4 from 'express4';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import { aadErrorHandler, DownstreamChallengeError, requireAuthContext, throwOnChallenge } from '../../src/index.js';
import {
  claimsChallengeResponse,
  createLocalEntra,
  tokenErrorResponse,
  type LocalEntra,
} from '../../src/testing/index.js';
import { send, type Exchange } from '../support/browser-client.js';
import { readAsDocumented } from './documented-parser.js';
import { listen, type Running } from './support.js';

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterAll(() => entra.close());

const running: Running[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

async function startApi(
  requirement: Parameters<typeof requireAuthContext>[0],
  major: 4 | 5 = 5,
): Promise<(headers: Record<string, string>) => Promise<Exchange>> {
  const express = major === 4 ? express4 : express5;
  const app = express();
  app.use((request, _response, next) => {
    // Validation is the application's; here the token is one of LocalEntra's anyway.
    const token = request.headers.authorization?.slice(7);
    if (token !== undefined) Object.assign(request, { auth: { payload: decodeJwt(token) } });
    next();
  });
  app.get('/payments', requireAuthContext(requirement), (_request, response) => {
    response.json({ paid: true });
  });
  app.use(aadErrorHandler({ exposeDetails: false }));
  const server = await listen(app);
  running.push(server);
  return (headers) => send(`http://localhost:${String(server.port)}/payments`, { headers });
}

const bearer = async (claims: object): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await entra.accessToken({ user: 'alice@contoso.test', claims: JSON.stringify(claims) })}`,
  accept: 'application/json',
});
const able = { access_token: { xms_cc: { values: ['cp1'] } } };

/** Alice goes through /authorize with authentication context c1, as a browser would. */
async function proveC1(): Promise<void> {
  const url = new URL(`${entra.authority}/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({
    client_id: entra.clientId,
    redirect_uri: 'http://localhost/',
    response_type: 'code',
    scope: 'openid',
    claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
  }).toString();
  expect((await send(url.href)).status).toBe(302);
}

describe('requireAuthContext', () => {
  test.each([5, 4] as const)(
    'Express %i: a caller with cp1 gets the challenge, steps up, and passes',
    async (major) => {
      entra.reset();
      const call = await startApi('c1', major);
      const challenged = await call(await bearer(able));
      expect(challenged.status).toBe(401);
      expect(readAsDocumented(challenged.headers['www-authenticate']!)).toEqual({
        error: 'insufficient_claims',
        claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
      });
      expect(JSON.parse(challenged.body)).toMatchObject({ action: 'claims_challenge', status: 401 });
      await proveC1();
      expect(await call(await bearer(able))).toMatchObject({ status: 200, body: '{"paid":true}' });
    },
  );

  test('a caller without cp1 cannot handle a challenge: 403 without one', async () => {
    entra.reset();
    const call = await startApi('c1');
    for (const claims of [{}, { access_token: { xms_cc: { values: ['other'] } } }]) {
      const answer = await call(await bearer(claims));
      expect(answer.status).toBe(403);
      expect(answer.headers['www-authenticate']).toBeUndefined();
      // Says what is asked for, and nothing the caller could only misread.
      const problem = JSON.parse(answer.body) as Record<string, unknown>;
      expect(problem).toMatchObject({ status: 403, action: 'contact_admin', situation: 'stronger-sign-in-required' });
      expect(problem).not.toHaveProperty('claims');
    }
  });

  test('the context can depend on the request, or not be needed', async () => {
    entra.reset();
    const call = await startApi((request) => (request.headers['x-tenant'] === 'b' ? 'c25' : undefined));
    const token = await bearer(able);
    expect((await call(token)).status).toBe(200);
    const answer = await call({ ...token, 'x-tenant': 'b' });
    expect(readAsDocumented(answer.headers['www-authenticate']!).claims).toBe(
      '{"access_token":{"acrs":{"essential":true,"value":"c25"}}}',
    );
  });

  test('a function that names no context of Entra is an error of the application, not a challenge', async () => {
    const call = await startApi(() => 'c100');
    const answer = await call(await bearer(able));
    expect(answer.status).toBe(500);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  test.each(['', 'c0', 'c100', 'c1 c2', 'C', 'c1\n', '__proto__'])('refuses %j when the application starts', (id) => {
    expect(() => requireAuthContext(id)).toThrow(expect.objectContaining({ code: 'ERR_AAD_OPTIONS_VALUE' }) as Error);
  });

  test.each([
    ['a list', { acrs: ['c1', 'c2'], xms_cc: ['cp1'] }, true],
    ['one text', { acrs: 'c1', xms_cc: 'cp1' }, true],
    ['a list in one text', { acrs: 'c2 c1' }, true],
    ['upper case', { acrs: ['C1'] }, true],
    ['a longer id', { acrs: ['c11'], xms_cc: ['cp1'] }, false],
    ['odd values', { acrs: [1, null, {}], xms_cc: ['CP1'] }, false],
    ['nothing', undefined, false],
  ])('reads acrs from %s', (_name, claims, passes) => {
    const outcomes: unknown[] = [];
    const handler = requireAuthContext('c1', { claimsOf: () => claims });
    handler({} as never, {} as never, (error) => outcomes.push(error));
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0] === undefined).toBe(passes);
  });
});

describe('throwOnChallenge', () => {
  const respond = (status: number, headers: Record<string, string> = {}): Response =>
    new Response(status === 204 ? null : '{"a":1}', { status, headers });

  test.each([
    [200, {}],
    [204, {}],
    [302, { location: '/' }],
    [400, { 'www-authenticate': 'Bearer error="invalid_token"' }],
    [401, {}],
    [403, {}],
    [404, {}],
    [500, {}],
    [502, {}],
  ])('%i with %j is given back, its body unread', async (status, headers: Record<string, string>) => {
    const response = respond(status, headers);
    expect(throwOnChallenge(response)).toBe(response);
    expect(response.bodyUsed).toBe(false);
  });

  test('an identity challenge is thrown with what it asks for', () => {
    const { status, headers } = claimsChallengeResponse({ access_token: { nbf: { essential: true, value: '1' } } });
    try {
      throwOnChallenge(respond(status, headers), { scopes: ['api://a/b'] });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(DownstreamChallengeError);
      expect((error as DownstreamChallengeError).cause).toMatchObject({
        oauthError: 'insufficient_claims',
        claims: '{"access_token":{"nbf":{"essential":true,"value":"1"}}}',
        scopes: ['api://a/b'],
        status: 401,
      });
    }
  });

  test('scopes the challenge names itself count more than those of the caller', () => {
    const headers = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="api://a/more"' };
    expect(() => throwOnChallenge(respond(403, headers), { scopes: ['api://a/b'] })).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ scopes: ['api://a/more'] }) }) as Error,
    );
  });

  test('works on whatever has a status and headers', () => {
    const answer = tokenErrorResponse(50076);
    expect(throwOnChallenge({ status: 404, headers: { get: () => null } }).status).toBe(404);
    expect(answer.status).toBe(400);
  });
});
