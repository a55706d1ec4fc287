/** openid-client 5 (OPError) and 6 (oauth4webapi's errors). */
import * as client6 from 'openid-client';
import { Issuer, type BaseClient } from 'openid-client-5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { expectReading, fromWholeAnswer, read, type IdentityReply } from './expected.js';
import { revokedClaims, startLoopback, thrownBy, type Loopback } from './loopback.js';

let loopback: Loopback;

beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

const issuer = 'https://login.microsoftonline.com/7d2f0a5e-2222-4c00-8a00-0c0ffee00002/v2.0';
const redirectUri = 'https://app.example/redirect';
const bodies = ['mfa', 'expired', 'consent', 'secret', 'busy'] as const;

function version5(name: IdentityReply): BaseClient {
  const endpoint = loopback.url(name);
  return new new Issuer({ issuer, token_endpoint: endpoint, userinfo_endpoint: endpoint }).Client({
    client_id: '7d2f0a5e-3333-4c00-8a00-0c0ffee00003',
    client_secret: 'invented-secret',
    redirect_uris: [redirectUri],
    response_types: ['code'],
  });
}

function version6(name: IdentityReply): client6.Configuration {
  const metadata = { issuer, token_endpoint: loopback.url(name), authorization_endpoint: `${issuer}/authorize` };
  const configuration = new client6.Configuration(metadata, '7d2f0a5e-3333-4c00-8a00-0c0ffee00003', {
    client_secret: 'invented-secret',
  });
  // Marked as deprecated only to stand out; the loopback server speaks http.
  Reflect.get<typeof client6, 'allowInsecureRequests'>(client6, 'allowInsecureRequests')(configuration);
  return configuration;
}

describe('openid-client 5', () => {
  it('refresh: suberror and claims are found in the response that OPError keeps out of sight', async () => {
    const thrown = await thrownBy(() => version5('mfa').refresh('invented-refresh-token'));
    expect(Object.keys(thrown as object)).not.toContain('response');
    expectReading(thrown, fromWholeAnswer.mfa);
  });

  it('refresh: how long to wait is found there as well', async () => {
    const thrown = await thrownBy(() => version5('busy').refresh('invented-refresh-token'));
    expect(read(thrown)).toMatchObject({ status: 429, retryAfterSeconds: 17 });
  });

  it('userinfo: and the claims of a challenge', async () => {
    const thrown = await thrownBy(() => version5('graphRevoked').userinfo('invented-token'));
    expect(read(thrown)).toMatchObject({ oauthError: 'insufficient_claims', claims: revokedClaims, status: 401 });
    expect(decide(read(thrown))).toMatchObject({ action: 'claims_challenge', claims: revokedClaims });
  });

  it.each(['expired', 'consent', 'secret', 'busy'] as const)('refresh: %s', async (name) => {
    const thrown = await thrownBy(() => version5(name).refresh('invented-refresh-token'));
    const { read: facts, ...outcome } = fromWholeAnswer[name];
    const { oauthError, aadstsCodes, traceId, correlationId, timestamp } = facts;
    expectReading(thrown, {
      ...outcome,
      read: { producer: 'openid-client', oauthError, aadstsCodes, traceId, correlationId, timestamp },
    });
  });

  it('refresh against a gateway in trouble', async () => {
    expectReading(await thrownBy(() => version5('outage').refresh('invented-refresh-token')), fromWholeAnswer.outage);
  });

  it('callback with an error', async () => {
    const parameters = { error: 'access_denied', error_description: 'AADSTS65004: The user said no.', state: 'one' };
    const error = read(await thrownBy(() => version5('mfa').callback(redirectUri, parameters, { state: 'one' })));
    expect(error).toMatchObject({ producer: 'openid-client', origin: 'authorization-response', aadstsCodes: [65004] });
    expect(decide(error)).toMatchObject({ action: 'user_cancelled', situation: 'consent-declined' });
  });
});

describe('openid-client 6', () => {
  it.each(bodies)('refresh: %s', async (name) => {
    const thrown = await thrownBy(() => client6.refreshTokenGrant(version6(name), 'invented-refresh-token'));
    const { read: facts, ...outcome } = fromWholeAnswer[name];
    const { aadstsCodes, oauthError, traceId, correlationId, timestamp, status } = facts;
    expectReading(thrown, {
      ...outcome,
      read: { producer: 'openid-client', aadstsCodes, oauthError, traceId, correlationId, timestamp, status },
    });
    expect(read(thrown).claims).toBe('claims' in facts ? facts.claims : undefined);
  });

  it('refresh against a gateway in trouble', async () => {
    const thrown = await thrownBy(() => client6.refreshTokenGrant(version6('outage'), 'invented-refresh-token'));
    expectReading(thrown, fromWholeAnswer.outage);
  });

  it('refresh: how long to wait is found in the response of the error', async () => {
    const thrown = await thrownBy(() => client6.refreshTokenGrant(version6('busy'), 'invented-refresh-token'));
    expect(read(thrown)).toMatchObject({ status: 429, retryAfterSeconds: 17 });
  });

  it('redirect with an error', async () => {
    const url = new URL(
      `${redirectUri}?error=access_denied&error_description=AADSTS65004%3A+The+user+said+no.&state=one`,
    );
    const error = read(
      await thrownBy(() => client6.authorizationCodeGrant(version6('mfa'), url, { expectedState: 'one' })),
    );
    expect(error).toMatchObject({ producer: 'openid-client', origin: 'authorization-response', aadstsCodes: [65004] });
    expect(decide(error)).toMatchObject({ action: 'user_cancelled', situation: 'consent-declined' });
  });

  it('protected resource with a challenge', async () => {
    const url = new URL(loopback.url('graphRevoked'));
    const thrown = await thrownBy(() => client6.fetchProtectedResource(version6('mfa'), 'invented-token', url, 'GET'));
    const error = read(thrown);
    expect(error).toMatchObject({
      producer: 'openid-client',
      origin: 'resource-challenge',
      claims: revokedClaims,
      status: 401,
    });
    expect(decide(error)).toMatchObject({
      action: 'claims_challenge',
      situation: 'session-expired',
      claims: revokedClaims,
    });
  });
});
