/** @azure/identity: its own MSAL, its own pipeline, our answers. */
import {
  AuthorizationCodeCredential,
  ChainedTokenCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  EnvironmentCredential,
  OnBehalfOfCredential,
  type TokenCredential,
} from '@azure/identity';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { expectReading, fromWholeAnswer, read } from './expected.js';
import { startLoopback, thrownBy, type Loopback, type ReplyName } from './loopback.js';

let loopback: Loopback;

beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

const tenantId = '7d2f0a5e-2222-4c00-8a00-0c0ffee00002';
const clientId = '7d2f0a5e-3333-4c00-8a00-0c0ffee00003';
const scope = 'https://graph.microsoft.com/.default';

/** Sends what is meant for Entra to the loopback server; credentials take no plain http authority. */
function answeredBy(name: ReplyName): {
  httpClient: HttpClient;
  retryOptions: { maxRetries: number };
  disableInstanceDiscovery: true;
} {
  const http = createDefaultHttpClient();
  return {
    httpClient: {
      sendRequest: (request) => {
        request.url = `${loopback.url(name)}${new URL(request.url).pathname}`;
        request.allowInsecureConnection = true;
        return http.sendRequest(request);
      },
    },
    retryOptions: { maxRetries: 0 },
    disableInstanceDiscovery: true,
  };
}

const credentials: Readonly<Record<string, (name: ReplyName) => TokenCredential>> = {
  ClientSecretCredential: (name) => new ClientSecretCredential(tenantId, clientId, 'invented-secret', answeredBy(name)),
  OnBehalfOfCredential: (name) =>
    new OnBehalfOfCredential({
      tenantId,
      clientId,
      clientSecret: 'invented-secret',
      userAssertionToken: 'invented.assertion.token',
      ...answeredBy(name),
    }),
  AuthorizationCodeCredential: (name) =>
    new AuthorizationCodeCredential(
      tenantId,
      clientId,
      'invented-secret',
      'invented-code',
      'https://app.example/redirect',
      answeredBy(name),
    ),
  'ChainedTokenCredential (AggregateAuthenticationError)': (name) =>
    new ChainedTokenCredential(
      new EnvironmentCredential(answeredBy(name)),
      new ClientSecretCredential(tenantId, clientId, 'invented-secret', answeredBy(name)),
    ),
};

describe.each(Object.entries(credentials))('%s', (_, credentialOf) => {
  it.each(['mfa', 'expired', 'consent', 'secret', 'busy'] as const)('%s', async (name) => {
    const thrown = await thrownBy(() => credentialOf(name).getToken(scope));
    const { read: facts, action, situation } = fromWholeAnswer[name];
    const { aadstsCodes, traceId, correlationId, timestamp } = facts;
    expectReading(thrown, {
      // The library keeps neither claims nor suberror (4.12); the code is left.
      action: action === 'claims_challenge' ? 'interactive' : action,
      situation,
      read: { producer: 'azure-identity', aadstsCodes, traceId, correlationId, timestamp, scopes: [scope] },
    });
  });
});

describe('errors of @azure/identity itself', () => {
  it('no environment variables: the operator must configure a credential', async () => {
    const error = read(await thrownBy(() => new EnvironmentCredential().getToken(scope)));
    expect(error).toMatchObject({
      producer: 'azure-identity',
      origin: 'client',
      clientCode: 'CredentialUnavailableError',
    });
    expect(decide(error)).toMatchObject({ action: 'fix_config', who: 'developer' });
  });

  it('no credential of a chain is available', async () => {
    const chain = new ChainedTokenCredential(new EnvironmentCredential(), new EnvironmentCredential());
    const error = read(await thrownBy(() => chain.getToken(scope)));
    expect(error).toMatchObject({ producer: 'azure-identity', clientCode: 'AggregateAuthenticationError' });
    expect(decide(error).action).toBe('fix_config');
  });

  it('automatic authentication is off: the claims and scopes asked for are kept', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    const credential = new DeviceCodeCredential({
      tenantId,
      clientId,
      disableAutomaticAuthentication: true,
      userPromptCallback: () => undefined,
    });
    const error = read(await thrownBy(() => credential.getToken(scope, { claims })));
    expect(error).toMatchObject({ clientCode: 'AuthenticationRequiredError', claims, scopes: [scope] });
    expect(decide(error)).toMatchObject({ action: 'claims_challenge', claims });
  });
});
