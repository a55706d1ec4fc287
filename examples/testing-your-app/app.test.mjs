// Runs with `node --test` and with vitest; of this package it uses nothing but aad-error-handler/testing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createLocalEntra } from 'aad-error-handler/testing';
import { createApp } from './app.mjs';

const { test, after } = process.env.VITEST
  ? await import('vitest').then(({ test, afterAll }) => ({ test, after: afterAll }))
  : await import('node:test');

const entra = await createLocalEntra();
const server = createApp({ msalConfiguration: entra.msalConfiguration(), apiUrl: `${entra.url}/api/me` }).listen(0);
await once(server, 'listening');
after(() => Promise.all([entra.close(), new Promise((done) => server.close(done))]));

async function getProfile(user, token = entra.accessToken({ user })) {
  const url = `http://127.0.0.1:${server.address().port}/profile`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${await token}`, connection: 'close' } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const claimsOf = ({ headers }) =>
  Buffer.from(/claims="([^"]+)"/.exec(headers.get('www-authenticate'))[1], 'base64').toString();

test('works', async () => {
  assert.equal((await getProfile('alice@contoso.test')).body.preferred_username, 'alice@contoso.test');
});
test('MFA: the caller gets the claims to sign in with', async () => {
  const answer = await getProfile('mfa@contoso.test');
  assert.equal(answer.status, 401);
  assert.match(claimsOf(answer), /capolids/);
});
test('consent: the caller learns which scopes are missing', async () => {
  const answer = await getProfile('consent@contoso.test');
  assert.equal(answer.status, 403);
  assert.match(answer.headers.get('www-authenticate'), /insufficient_scope/);
});
test('CAE: a revoked session asks for a newer token', async () => {
  const token = await entra.accessToken({ user: 'alice@contoso.test' });
  assert.equal((await getProfile('alice@contoso.test', token)).status, 200);
  entra.revoke('alice@contoso.test');
  const answer = await getProfile('alice@contoso.test', token);
  assert.equal(answer.status, 401);
  assert.match(claimsOf(answer), /nbf/);
});
test('an expired secret is ours to mend, not for the caller', async () => {
  entra.failNext(7000222);
  const { status, body } = await getProfile('alice@contoso.test');
  assert.deepEqual([status, body.action, body.code], [500, 'fix_config', 'AADSTS7000222']);
});
test('429, last because MSAL remembers it: the caller is told to come back', async () => {
  entra.throttle({ seconds: 30 });
  const { status, headers } = await getProfile('alice@contoso.test');
  assert.equal(status, 503);
  assert.ok(Number(headers.get('retry-after')) > 0);
});
