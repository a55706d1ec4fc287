/** Readers of single libraries, on the shapes that tests with the real libraries (test/contract/producers) have found. */
import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { readAzureIdentity } from '../../../src/normalize/azure-identity.js';
import { readOpenidClient } from '../../../src/normalize/openid-client.js';
import { readPassport } from '../../../src/normalize/passport.js';
import { acrsClaims, base64, correlationId, entraBody, entraText, nowMs, traceId } from './support.js';

describe('readPassport', () => {
  const prefix = 'In _authCodeFlowHandler: ';
  const answer = (statusCode: unknown): string =>
    `${prefix}failed to redeem: {"statusCode":${JSON.stringify(statusCode)},"data":"x"}`;
  const outage = { producer: 'passport-azure-ad', origin: 'network' };

  it.each<[name: string, bag: Record<string, unknown>, expected: Record<string, unknown> | undefined]>([
    [
      'words with a code',
      { message: `${prefix}${entraText(50076)}` },
      { producer: 'passport-azure-ad', aadstsCodes: [50076], traceId, correlationId, rawDescription: entraText(50076) },
    ],
    [
      'words with a body',
      { message: `${prefix}failed: {"error":"invalid_grant","suberror":"bad_token"}` },
      { producer: 'passport-azure-ad', oauthError: 'invalid_grant', suberror: 'bad_token' },
    ],
    ['words without a code', { message: `${prefix}failed` }, undefined],
    ['429', { message: answer(429) }, { ...outage, status: 429, rawDescription: answer(429) }],
    ['500', { message: answer(500) }, { ...outage, status: 500, rawDescription: answer(500) }],
    ['503', { message: answer(503) }, { ...outage, status: 503 }],
    ['499', { message: answer(499) }, undefined],
    ['no status', { message: answer(null) }, undefined],
    ['an answer that is cut', { message: answer(503).slice(0, -1) }, undefined],
    ['other words', { message: `In an hour: ${entraText(50076)}` }, undefined],
    ['words before the place', { message: `x In order_of_appearance: ${entraText(50076)}` }, undefined],
    ['a place of three letters', { message: `In abc: ${entraText(50076)}` }, undefined],
    ['a place of four letters', { message: `In abcd: ${entraText(50076)}` }, { aadstsCodes: [50076] }],
    ['no words', {}, undefined],
  ])('%s', (_name, bag, expected) => {
    const reading = readPassport(bag);
    if (expected === undefined) expect(reading).toBeUndefined();
    else expect(reading).toMatchObject(expected);
  });

  it.each(['TokenError', 'AuthorizationError'])('%s of passport-oauth2 has the OAuth error in `code`', (name) => {
    const uri = 'https://login.microsoftonline.com/error?code=50076';
    const bag = { name, message: 'AADSTS50076: x', code: 'invalid_grant', uri, status: 500 };
    expect(readPassport(bag)).toMatchObject({
      producer: 'passport-azure-ad',
      oauthError: 'invalid_grant',
      aadstsCodes: [50076],
      rawDescription: 'AADSTS50076: x',
      errorUri: uri,
      status: undefined,
    });
    expect(readPassport({ ...bag, message: 'AADB2C90118: x', uri: undefined })).toMatchObject({
      b2cCodes: ['AADB2C90118'],
    });
    // The same class serves every other provider.
    expect(readPassport({ name, message: 'expired', code: 'invalid_grant' })).toBeUndefined();
    expect(readPassport({ name, message: 'expired' })).toBeUndefined();
    expect(readPassport({ name })).toBeUndefined();
  });

  it('another class with the same members is not taken for it', () => {
    expect(readPassport({ name: 'Error', message: 'AADSTS50076: x', code: 'invalid_grant' })).toBeUndefined();
  });
});

describe('readOpenidClient', () => {
  const body = entraBody('invalid_grant', 50076);
  const found = { producer: 'openid-client', oauthError: 'invalid_grant', aadstsCodes: [50076], traceId };

  it.each<[name: string, bag: Record<string, unknown>, expected: Record<string, unknown> | undefined]>([
    ['OPError of openid-client 5', { name: 'OPError', ...body }, { ...found, origin: 'token-response' }],
    [
      'ResponseBodyError with its cause',
      { name: 'ResponseBodyError', cause: body, status: 400 },
      { ...found, status: 400 },
    ],
    ['ResponseBodyError without a cause', { name: 'ResponseBodyError', ...body, status: 400 }, found],
    [
      'the status of the body before that of the error',
      { name: 'ResponseBodyError', cause: { ...body, status: 403 }, status: 400 },
      { status: 403 },
    ],
    ['a status that is none', { name: 'ResponseBodyError', cause: body, status: 'x' }, { status: undefined }],
    [
      'AuthorizationResponseError',
      { name: 'AuthorizationResponseError', cause: body },
      { ...found, origin: 'authorization-response' },
    ],
    [
      'AuthorizationResponseError with its parameters',
      {
        name: 'AuthorizationResponseError',
        cause: new URLSearchParams({ error: 'access_denied', error_subcode: 'cancel' }),
      },
      { producer: 'openid-client', origin: 'authorization-response', oauthError: 'access_denied', suberror: 'cancel' },
    ],
    [
      'AuthorizationResponseError without a cause',
      { name: 'AuthorizationResponseError', error: 'access_denied' },
      { origin: 'authorization-response', oauthError: 'access_denied' },
    ],
    [
      'WWWAuthenticateChallengeError',
      {
        name: 'WWWAuthenticateChallengeError',
        cause: [{ scheme: 'bearer', parameters: { error: 'insufficient_claims', claims: base64(acrsClaims) } }],
        status: 401,
      },
      { producer: 'openid-client', origin: 'resource-challenge', claims: acrsClaims, status: 401 },
    ],
    [
      'WWWAuthenticateChallengeError without challenges',
      { name: 'WWWAuthenticateChallengeError', cause: [], ...body },
      undefined,
    ],
    ['a body without evidence', { name: 'OPError', error: 'teapot' }, undefined],
    ['another class', { name: 'RPError', ...body }, undefined],
    ['no name', body, undefined],
  ])('%s', (_name, bag, expected) => {
    const reading = readOpenidClient(bag);
    if (expected === undefined) expect(reading).toBeUndefined();
    else expect(reading).toMatchObject(expected);
  });
});

describe('readAzureIdentity', () => {
  const read = (bag: Record<string, unknown>): unknown => readAzureIdentity(bag, nowMs);
  const bare = {
    producer: 'azure-identity',
    origin: 'client',
    clientCode: 'CredentialUnavailableError',
    status: undefined,
    rawDescription: 'x',
    claims: undefined,
  };

  it('a class alone says what it says', () => {
    expect(read({ name: 'CredentialUnavailableError', message: 'x' })).toStrictEqual(bare);
    expect(read({ name: 'CredentialUnavailableError' })).toStrictEqual({ ...bare, rawDescription: undefined });
    expect(read({ name: 'Error', message: 'AADSTS50076: x' })).toBeUndefined();
    expect(read({ message: 'AADSTS50076: x' })).toBeUndefined();
  });

  it.each<[name: string, bag: Record<string, unknown>, expected: Record<string, unknown>]>([
    [
      'the copy of the token body',
      {
        name: 'AuthenticationError',
        statusCode: 400,
        errorResponse: { error: 'invalid_grant', errorDescription: 'AADSTS50076: x', traceId },
      },
      {
        oauthError: 'invalid_grant',
        aadstsCodes: [50076],
        traceId,
        status: 400,
        clientCode: 'AuthenticationError',
        origin: 'token-response',
      },
    ],
    [
      'the words of MSAL that it has copied',
      { name: 'CredentialUnavailableError', message: 'network_error: x' },
      { clientCode: 'network_error', origin: 'network' },
    ],
    [
      'a code in the words',
      { name: 'CredentialUnavailableError', message: `ClientSecretCredential: ${entraText(7000215)}` },
      { aadstsCodes: [7000215], correlationId, clientCode: 'CredentialUnavailableError' },
    ],
    [
      'a body before the words',
      {
        name: 'AuthenticationError',
        message: 'AADSTS50079: y',
        errorResponse: { error: 'invalid_grant', errorDescription: 'AADSTS50076: x' },
      },
      { aadstsCodes: [50076, 50079], rawDescription: 'AADSTS50076: x' },
    ],
    [
      'claims and scopes of the call',
      {
        name: 'AuthenticationRequiredError',
        message: 'x',
        scopes: ['User.Read', 1, ['Mail.Read'], 's'.repeat(256), 't'.repeat(255)],
        getTokenOptions: { claims: acrsClaims },
      },
      { claims: acrsClaims, scopes: ['User.Read', 't'.repeat(255)] },
    ],
  ])('%s', (_name, bag, expected) => {
    expect(read(bag)).toMatchObject({ producer: 'azure-identity', ...expected });
  });

  it('no scopes are no scopes', () => {
    expect(read({ name: 'AuthenticationRequiredError', scopes: [] })).not.toHaveProperty('scopes');
  });
});

describe('AuthenticationError of other libraries', () => {
  it.each([
    { name: 'AuthenticationError', message: 'Invalid credentials for the message broker' },
    { name: 'AuthenticationError', message: 'You must be logged in', extensions: { code: 'UNAUTHENTICATED' } },
  ])('is not ours: $message', (thrown) => {
    expect(normalize(thrown)).toBeUndefined();
    expect(normalize(Object.assign(new Error(thrown.message), thrown))).toBeUndefined();
  });

  it('is ours with the text of Entra, all that is left after structuredClone', () => {
    const thrown = { name: 'AuthenticationError', message: `invalid_client: ${entraText(7000215)}` };
    expect(normalize(thrown)).toMatchObject({ producer: 'azure-identity', aadstsCodes: [7000215] });
  });
});

describe('readJose', () => {
  const payload = {
    iss: 'https://login.microsoftonline.com/7d2f0a5e-2222-4c00-8a00-0c0ffee00002/v2.0',
    aud: 'api://x',
  };
  const expired = {
    name: 'JWTExpired',
    code: 'ERR_JWT_EXPIRED',
    message: '"exp" claim timestamp check failed',
    claim: 'exp',
  };

  it('a checked token of Entra that is refused is an invalid token', () => {
    const wanted = {
      producer: 'www-authenticate',
      origin: 'resource-challenge',
      oauthError: 'invalid_token',
      status: 401,
    };
    expect(normalize(Object.assign(new Error('x'), expired, { payload }))).toMatchObject(wanted);
    const audience = {
      ...expired,
      name: 'JWTClaimValidationFailed',
      code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
      claim: 'aud',
    };
    expect(normalize(Object.assign(new Error('x'), audience, { payload }))).toMatchObject(wanted);
  });

  it.each<[string, object]>([
    ['another issuer', { ...expired, payload: { iss: 'https://acme.okta.com/oauth2/default' } }],
    ['no payload', expired],
    ['a signature that is not good', { ...expired, code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', payload }],
  ])('not with %s', (_name, fields) => {
    expect(normalize(Object.assign(new Error('x'), fields))).toBeUndefined();
  });
});
