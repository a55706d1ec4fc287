import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { SignJWT, generateKeyPair } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { startExample } from '../../examples/api/start.mjs';
import { shellLines } from '../../examples/api/try.mjs';
import { send, type Exchange } from '../support/browser-client.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function start(validate?: string) {
  const api = await startExample({
    port: 0,
    environment: validate === undefined ? {} : { VALIDATE: validate },
    entra: { autoApprove: true },
  });
  cleanups.push(api.close);
  const entra = api.entra!;
  const scopes = `api://${api.apiClientId}/Expenses.Read`;
  const claims = '{"access_token":{"xms_cc":{"values":["cp1"]}}}';
  return {
    ...api,
    entra,
    scopes,
    token: (user: string, more: object = {}) => entra.accessToken({ user, scopes, claims, ...more }),
    get: (path: string, token?: string): Promise<Exchange> =>
      send(api.url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }),
  };
}

const problemOf = (answer: Exchange): Record<string, unknown> => {
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  return JSON.parse(answer.body) as Record<string, unknown>;
};

/** The claims of a challenge, as a client reads them. */
const claimsOf = (answer: Exchange): unknown => {
  const [, encoded = ''] = /claims="([^"]+)"/.exec(answer.headers['www-authenticate'] ?? '') ?? [];
  return JSON.parse(Buffer.from(encoded, 'base64').toString());
};

describe.each(['jwt-bearer', 'jose'])('examples/api, tokens validated by %s', (validate) => {
  test('a valid token with the permission is let in, for a user and for a daemon with the role', async () => {
    const { get, token, entra, apiClientId } = await start(validate);
    expect(await get('/expenses', await token('alice@contoso.test'))).toMatchObject({ status: 200 });
    const daemon = await entra.accessToken({ scopes: `api://${apiClientId}/.default` });
    expect(JSON.parse((await get('/expenses', daemon)).body)).toMatchObject({ value: [{ text: 'Taxi' }, {}] });
  });

  test('any other token, or none, is 401 with a challenge and a problem document', async () => {
    const { get, token, entra, apiClientId } = await start(validate);
    const { privateKey } = await generateKeyPair('RS256');
    const forge = (issuer: string): Promise<string> =>
      new SignJWT({ scp: 'Expenses.Read' })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(issuer)
        .setAudience(apiClientId)
        .setExpirationTime('1h')
        .sign(privateKey);
    const unsigned = [{ alg: 'none' }, { aud: apiClientId, iss: entra.issuer, scp: 'Expenses.Read', exp: 4e9 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const bad: Record<string, string | undefined> = {
      none: undefined,
      rubbish: 'rubbish',
      expired: await token('alice@contoso.test', { lifetimeSeconds: -60 }),
      'for another API': await token('alice@contoso.test', { scopes: 'api://other/Expenses.Read' }),
      'of another key': await forge(entra.issuer),
      'of another issuer': await forge('https://login.contoso.example/v2.0'),
      unsigned: `${unsigned}.`,
    };
    for (const [name, value] of Object.entries(bad)) {
      const answer = await get('/expenses', value);
      expect([name, answer.status]).toEqual([name, 401]);
      expect([name, answer.headers['www-authenticate']]).toEqual([name, expect.stringMatching(/^Bearer /)]);
      if (value !== undefined) expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
      expect(problemOf(answer)).toMatchObject({ status: 401, action: 'interactive', instance: '/expenses' });
    }
  });

  test('a token without the permission is 403, and the challenge names the whole scope', async () => {
    const { get, token, scopes, apiClientId } = await start(validate);
    const answer = await get(
      '/expenses',
      await token('alice@contoso.test', { scopes: `api://${apiClientId}/Reports.Read` }),
    );
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toContain(`error="insufficient_scope", scope="${scopes}"`);
    expect(problemOf(answer)).toMatchObject({ action: 'consent', scopes: [scopes] });
  });

  test('Graph is called on behalf of the caller, with a token of its own', async () => {
    const { get, token, entra } = await start(validate);
    const answer = await get('/receipts', await token('alice@contoso.test'));
    expect(JSON.parse(answer.body)).toEqual({
      value: [{ text: 'Taxi to the airport.pdf' }, { text: 'Hotel, two nights.pdf' }],
    });
    expect(entra.requests.filter(({ endpoint }) => endpoint === 'token').map(({ form }) => form)).toMatchObject([
      { requested_token_use: 'on_behalf_of', scope: expect.stringContaining('Files.Read') as string },
    ]);
  });

  test('MFA for Graph becomes the own challenge with the claims of Entra', async () => {
    const { get, token, entra } = await start(validate);
    const answer = await get('/receipts', await token('mfa@contoso.test'));
    expect(answer.status).toBe(401);
    const header = answer.headers['www-authenticate']!;
    expect(header).toContain('error="insufficient_claims"');
    expect(header).toContain(
      `authorization_uri="https://login.microsoftonline.com/${entra.tenantId}/oauth2/authorize"`,
    );
    expect(claimsOf(answer)).toEqual({
      access_token: { capolids: { essential: true, values: ['5e0b3a1c-0001-4000-8000-00000000c0de'] } },
    });
    expect(problemOf(answer)).toMatchObject({ action: 'claims_challenge', code: 'AADSTS50076' });
  });

  test('consent for Graph is asked for by way of this API, because the caller cannot consent to the rest', async () => {
    const { get, token, apiClientId } = await start(validate);
    const answer = await get('/receipts', await token('consent@contoso.test'));
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toContain(
      `error="insufficient_scope", scope="api://${apiClientId}/.default"`,
    );
    expect(problemOf(answer)).toMatchObject({ action: 'consent', code: 'AADSTS65001' });
  });

  test('a revoked session, noticed by Graph, becomes the own challenge', async () => {
    const { get, token, entra } = await start(validate);
    const callerToken = await token('alice@contoso.test');
    expect((await get('/receipts', callerToken)).status).toBe(200);
    entra.revoke('alice@contoso.test');
    const answer = await get('/receipts', callerToken);
    expect(answer.status).toBe(401);
    expect(claimsOf(answer)).toMatchObject({ access_token: { nbf: { essential: true } } });
  });

  test('a step-up is asked for with claims, and a token with the authentication context is let in', async () => {
    const { get, token, entra, scopes } = await start(validate);
    const challenged = await get('/payouts', await token('alice@contoso.test'));
    expect(challenged.status).toBe(401);
    const claims = claimsOf(challenged);
    expect(claims).toEqual({ access_token: { acrs: { essential: true, value: 'c1' } } });
    // The client takes the claims to /authorize, as a person's browser would.
    const query = new URLSearchParams({
      client_id: entra.clientId,
      redirect_uri: 'http://localhost/',
      response_type: 'code',
      scope: scopes,
      claims: JSON.stringify(claims),
    });
    expect((await send(`${entra.authority}/oauth2/v2.0/authorize?${query.toString()}`)).status).toBe(302);
    const answer = await get('/payouts', await token('alice@contoso.test'));
    expect(JSON.parse(answer.body)).toEqual({ value: [{ text: 'To your bank account', amount: 271.5 }] });
  });

  test.each([['/payouts', 'alice@contoso.test']])(
    '%s: a caller that cannot handle a challenge (no cp1) gets 403 without one',
    async (path, user) => {
      const { get, token } = await start(validate);
      const answer = await get(path, await token(user, { claims: '{}' }));
      expect(answer.status).toBe(403);
      expect(answer.headers['www-authenticate']).toBeUndefined();
      expect(problemOf(answer)).toMatchObject({ action: 'contact_admin' });
    },
  );

  test('a daemon where a user is needed is 403', async () => {
    const { get, entra, apiClientId } = await start(validate);
    const answer = await get('/receipts', await entra.accessToken({ scopes: `api://${apiClientId}/.default` }));
    expect(answer.status).toBe(403);
  });
});

describe('examples/api', () => {
  test('jose: while the signing keys cannot be had, a good token is not called bad', async () => {
    const { get, token, entra } = await start('jose');
    entra.failNext({ flow: 'discovery', status: 503 });
    const good = await token('alice@contoso.test');
    const answer = await get('/expenses', good);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('10');
    expect(problemOf(answer)).toMatchObject({ action: 'retry' });
    expect((await get('/expenses', good)).status).toBe(200);
  });

  test('express-oauth2-jwt-bearer: the same outage reads as a bad token, as the README warns', async () => {
    const { get, token, entra } = await start('jwt-bearer');
    entra.failNext({ flow: 'discovery', status: 503 });
    const answer = await get('/expenses', await token('alice@contoso.test'));
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  test('refuses an unknown way to validate, naming those there are', async () => {
    await expect(start('none')).rejects.toThrow('VALIDATE must be one of jwt-bearer, jose.');
  });

  test.skipIf(!existsSync('/usr/bin/curl'))(
    'each line that the server prints for a shell answers what it says',
    async () => {
      const { setup, tries } = shellLines(await start());
      for (const { about, line } of tries) {
        const { stdout } = await promisify(execFile)('bash', ['-c', `${setup}\n${line}`]);
        expect(`${about} <- ${stdout.slice(9, 12)}`).toBe(`${about} <- ${about.slice(0, 3)}`);
      }
    },
  );
});
