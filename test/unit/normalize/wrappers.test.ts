import { describe, expect, it } from 'vitest';
import {
  acrsClaims,
  base64,
  correlationId,
  entraBody,
  entraText,
  ids,
  nbfClaims,
  requestCorrelationId,
  seen,
  timestamp,
  traceId,
  wireTimestamp,
} from './support.js';

type Case = readonly [name: string, input: unknown, expected: Record<string, unknown>];
const none = { aadstsCodes: [], b2cCodes: [] } as const;
const named = (name: string, message: string, more: object): Error =>
  Object.assign(new Error(message), { name, ...more });

describe('readAzureIdentity', () => {
  const text = `invalid_client: Error(s): 7000215 - Timestamp: ${wireTimestamp} - Description: ${entraText(7000215)} - Correlation ID: ${correlationId} - Trace ID: ${traceId}`;
  const cases: readonly Case[] = [
    [
      'AuthenticationError with errorResponse',
      named('AuthenticationError', `invalid_client Status code: 401\nMore details:\n${entraText(7000215)}`, {
        statusCode: 401,
        errorResponse: {
          error: 'invalid_client',
          errorDescription: entraText(7000215),
          errorCodes: [7000215],
          timestamp: wireTimestamp,
          traceId,
          correlationId,
        },
      }),
      {
        origin: 'token-response',
        oauthError: 'invalid_client',
        clientCode: 'AuthenticationError',
        aadstsCodes: [7000215],
        b2cCodes: [],
        ...ids,
        status: 401,
        description: entraText(7000215),
      },
    ],
    [
      'AuthenticationRequiredError: scopes and claims of the failed call',
      named('AuthenticationRequiredError', 'Automatic authentication has been disabled.', {
        scopes: ['User.Read', 7, 'Mail.Read'],
        getTokenOptions: { claims: base64(acrsClaims) },
      }),
      {
        origin: 'client',
        clientCode: 'AuthenticationRequiredError',
        ...none,
        claims: acrsClaims,
        scopes: ['User.Read', 'Mail.Read'],
        description: 'Automatic authentication has been disabled.',
      },
    ],
    [
      'CredentialUnavailableError',
      named('CredentialUnavailableError', 'EnvironmentCredential is unavailable.', {}),
      {
        origin: 'client',
        clientCode: 'CredentialUnavailableError',
        ...none,
        description: 'EnvironmentCredential is unavailable.',
      },
    ],
    [
      'a code only in the message',
      named('AuthenticationRequiredError', text, { scopes: ['a'] }),
      {
        origin: 'token-response',
        oauthError: 'invalid_client',
        clientCode: 'AuthenticationRequiredError',
        aadstsCodes: [7000215],
        b2cCodes: [],
        ...ids,
        scopes: ['a'],
        description: text.slice('invalid_client: '.length),
      },
    ],
  ];
  it.each(cases)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual({ producer: 'azure-identity', ...expected });
  });

  it("takes from MSAL's error in cause what the wrapper lost", () => {
    const cause = named('InteractionRequiredAuthError', `invalid_grant: ${entraText(50076)}`, {
      errorCode: 'invalid_grant',
      errorMessage: entraText(50076),
      subError: 'basic_action',
      claims: acrsClaims,
      errorNo: 50076,
      correlationId: requestCorrelationId,
    });
    const error = named('AuthenticationRequiredError', `invalid_grant: ${entraText(50076)}`, {
      scopes: ['User.Read'],
      cause,
    });
    expect(seen(error)).toMatchObject({
      oauthError: 'invalid_grant',
      suberror: 'basic_action',
      aadstsCodes: [50076],
      claims: acrsClaims,
      scopes: ['User.Read'],
      ...ids,
    });
  });

  it('finds the failure inside AggregateAuthenticationError', () => {
    const error = named('AggregateAuthenticationError', 'ChainedTokenCredential authentication failed.', {
      errors: [
        named('CredentialUnavailableError', 'EnvironmentCredential is unavailable.', {}),
        named('AuthenticationError', 'x', {
          statusCode: 400,
          errorResponse: { error: 'invalid_grant', errorDescription: entraText(53003), errorCodes: [53003] },
        }),
      ],
    });
    expect(seen(error)).toMatchObject({
      producer: 'azure-identity',
      oauthError: 'invalid_grant',
      aadstsCodes: [53003],
      ...ids,
    });
  });
});

describe('readOpenidClient', () => {
  const cases: readonly Case[] = [
    [
      'OPError of version 5',
      named('OPError', `invalid_grant (${entraText(70008)})`, {
        error: 'invalid_grant',
        error_description: entraText(70008),
      }),
      {
        origin: 'token-response',
        oauthError: 'invalid_grant',
        aadstsCodes: [70008],
        b2cCodes: [],
        ...ids,
        description: entraText(70008),
      },
    ],
    [
      'ResponseBodyError of version 6: suberror and claims are in cause',
      named('ResponseBodyError', 'server responded with an error in the response body', {
        code: 'OAUTH_RESPONSE_BODY_ERROR',
        status: 400,
        error: 'invalid_grant',
        error_description: entraText(50076),
        cause: entraBody('invalid_grant', 50076, { suberror: 'basic_action', claims: acrsClaims }),
      }),
      {
        origin: 'token-response',
        oauthError: 'invalid_grant',
        suberror: 'basic_action',
        aadstsCodes: [50076],
        b2cCodes: [],
        claims: acrsClaims,
        ...ids,
        status: 400,
        description: entraText(50076),
      },
    ],
    [
      'AuthorizationResponseError of version 6: URLSearchParams in cause',
      named('AuthorizationResponseError', 'authorization response from the server is an error', {
        code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
        error: 'access_denied',
        cause: new URLSearchParams({ error: 'access_denied', error_subcode: 'cancel', state: 's', claims: acrsClaims }),
      }),
      {
        origin: 'authorization-response',
        oauthError: 'access_denied',
        suberror: 'cancel',
        ...none,
        claimsDropped: true,
      },
    ],
    [
      'WWWAuthenticateChallengeError of version 6',
      named('WWWAuthenticateChallengeError', 'server responded with a challenge in the WWW-Authenticate HTTP Header', {
        code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
        status: 401,
        cause: [
          { scheme: 'pop', parameters: { realm: '' } },
          { scheme: 'Bearer', parameters: { error: 'insufficient_claims', claims: base64(nbfClaims) } },
        ],
      }),
      { origin: 'resource-challenge', oauthError: 'insufficient_claims', ...none, claims: nbfClaims, status: 401 },
    ],
  ];
  it.each(cases)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual({ producer: 'openid-client', ...expected });
  });
});

describe('readNetwork', () => {
  const cases: readonly Case[] = [
    [
      'a refused connection to an identity host',
      Object.assign(new Error('getaddrinfo ENOTFOUND login.microsoftonline.com'), {
        code: 'ENOTFOUND',
        hostname: 'login.microsoftonline.com',
      }),
      { clientCode: 'ENOTFOUND', ...none, description: 'getaddrinfo ENOTFOUND login.microsoftonline.com' },
    ],
    [
      'a reset whose request names the host',
      Object.assign(new Error('read ECONNRESET'), {
        code: 'ECONNRESET',
        config: { url: 'https://graph.microsoft.com/v1.0/me' },
      }),
      { clientCode: 'ECONNRESET', ...none, description: 'read ECONNRESET' },
    ],
    [
      'a refused connection to nobody in particular',
      Object.assign(new Error('connect ECONNREFUSED 203.0.113.9:443'), { code: 'ECONNREFUSED', port: 443 }),
      { clientCode: 'ECONNREFUSED', ...none, unconfirmed: true, description: 'connect ECONNREFUSED [redacted]:443' },
    ],
    [
      'fetch failed with its cause',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('getaddrinfo EAI_AGAIN login.microsoftonline.com'), { code: 'EAI_AGAIN' }),
      }),
      { clientCode: 'EAI_AGAIN', ...none, description: 'getaddrinfo EAI_AGAIN login.microsoftonline.com' },
    ],
    [
      'fetch failed without a cause',
      new TypeError('fetch failed'),
      { ...none, unconfirmed: true, description: 'fetch failed' },
    ],
  ];
  it.each(cases)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual({ producer: 'network', origin: 'network', ...expected });
  });

  it.each<[name: string, input: unknown]>([
    [
      'a refused database connection',
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
        code: 'ECONNREFUSED',
        address: '127.0.0.1',
        port: 5432,
      }),
    ],
    [
      'a refused cache connection inside another error',
      new Error('cache', {
        cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', port: 6379 }),
      }),
    ],
    ['a missing file', Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })],
    ['a broken certificate file', Object.assign(new Error('x'), { code: 'ERR_OSSL_PEM_NO_START_LINE' })],
  ])('does not claim %s', (_name, input) => {
    expect(seen(input)).toBeUndefined();
  });
});

describe('readHttp', () => {
  const challenge = `Bearer realm="", error="insufficient_claims", claims="${base64(acrsClaims)}"`;
  const fromChallenge = {
    producer: 'www-authenticate',
    origin: 'resource-challenge',
    oauthError: 'insufficient_claims',
    ...none,
    claims: acrsClaims,
    status: 401,
  };
  const throttled = {
    producer: 'token-response',
    origin: 'token-response',
    oauthError: 'temporarily_unavailable',
    aadstsCodes: [90055],
    b2cCodes: [],
    ...ids,
    status: 429,
    retryAfterSeconds: 17,
    description: entraText(90055),
  };
  const cases: readonly Case[] = [
    ['plain headers', { status: 401, headers: { 'www-authenticate': challenge } }, fromChallenge],
    ['headers in capitals', { statusCode: 401, headers: { 'WWW-Authenticate': challenge } }, fromChallenge],
    [
      'headers with several values',
      { status: 401, headers: { 'www-authenticate': [challenge, 'Negotiate'] } },
      fromChallenge,
    ],
    ['a Headers object', { status: 401, headers: new Headers({ 'www-authenticate': challenge }) }, fromChallenge],
    ['a Map', { status: 401, headers: new Map([['www-authenticate', challenge]]) }, fromChallenge],
    ['a fetch Response', new Response('', { status: 401, headers: { 'www-authenticate': challenge } }), fromChallenge],
    [
      'an error with a response (axios)',
      named('AxiosError', 'Request failed with status code 401', {
        code: 'ERR_BAD_REQUEST',
        config: { url: 'https://api.example/' },
        response: { status: 401, headers: { 'www-authenticate': challenge }, data: {} },
      }),
      fromChallenge,
    ],
    [
      'a body with Retry-After',
      { status: 429, headers: { 'retry-after': '17' }, data: entraBody('temporarily_unavailable', 90055) },
      throttled,
    ],
    [
      'a body with a Retry-After date',
      {
        status: 429,
        headers: { 'Retry-After': 'Thu, 15 Jan 2026 10:20:47 GMT' },
        body: JSON.stringify(entraBody('temporarily_unavailable', 90055)),
      },
      throttled,
    ],
    [
      'a body of bytes',
      {
        status: 429,
        headers: { 'retry-after': '17' },
        body: Buffer.from(JSON.stringify(entraBody('temporarily_unavailable', 90055))),
      },
      throttled,
    ],
    [
      'claims of the header and codes of the body',
      {
        status: 401,
        headers: { 'www-authenticate': challenge },
        body: {
          error: {
            code: 'InvalidAuthenticationToken',
            message: 'Continuous access evaluation',
            innerError: { 'request-id': traceId, date: timestamp },
          },
        },
      },
      {
        producer: 'www-authenticate',
        origin: 'resource-challenge',
        oauthError: 'insufficient_claims',
        ...none,
        clientCode: 'InvalidAuthenticationToken',
        claims: acrsClaims,
        traceId,
        timestamp,
        status: 401,
        description: 'Continuous access evaluation',
      },
    ],
    [
      'an HTML outage of an unknown host',
      { status: 503, headers: { 'retry-after': '5' }, body: '<html>Our services are not available</html>' },
      {
        producer: 'http',
        origin: 'network',
        ...none,
        status: 503,
        retryAfterSeconds: 5,
        unconfirmed: true,
        description: '<html>Our services are not available</html>',
      },
    ],
    [
      'an HTML outage of an identity host',
      {
        status: 503,
        headers: {},
        body: '<html></html>',
        url: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
      },
      { producer: 'http', origin: 'network', ...none, status: 503, description: '<html></html>' },
    ],
  ];
  it.each(cases)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual(expected);
  });

  it.each<[name: string, input: unknown]>([
    ['an http-errors object', Object.assign(new Error('Not Found'), { status: 404, statusCode: 404, expose: true })],
    [
      'a body-parser error',
      Object.assign(new SyntaxError('Unexpected token'), {
        status: 400,
        type: 'entity.parse.failed',
        body: '{"error":"x"',
      }),
    ],
    ['a challenge for Basic', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }],
    ['a Response that is fine', new Response('{}', { status: 200 })],
  ])('does not claim %s', (_name, input) => {
    expect(seen(input)).toBeUndefined();
  });

  it('marks a 503 of an unknown host as unconfirmed: it may be our own application', () => {
    const thrown = Object.assign(new Error('Service Unavailable'), { status: 503, headers: { 'retry-after': '5' } });
    expect(seen(thrown)?.unconfirmed).toBe(true);
  });

  it('marks a bare Bearer challenge of an unknown API as unconfirmed', () => {
    expect(seen({ status: 401, headers: { 'www-authenticate': 'Bearer' } })).toStrictEqual({
      producer: 'www-authenticate',
      origin: 'resource-challenge',
      ...none,
      status: 401,
      unconfirmed: true,
    });
  });
});

describe('readTextValue', () => {
  const cases: readonly Case[] = [
    [
      'a description',
      entraText(50076),
      {
        producer: 'text',
        origin: 'token-response',
        aadstsCodes: [50076],
        b2cCodes: [],
        ...ids,
        description: entraText(50076),
      },
    ],
    [
      'an OAuth error before the code',
      `Graph Error: invalid_grant:AADSTS65001: x`,
      {
        producer: 'text',
        origin: 'token-response',
        oauthError: 'invalid_grant',
        aadstsCodes: [65001],
        b2cCodes: [],
        description: 'Graph Error: invalid_grant:AADSTS65001: x',
      },
    ],
    [
      'a B2C text',
      'AADB2C90091: The user has cancelled',
      {
        producer: 'text',
        origin: 'token-response',
        aadstsCodes: [],
        b2cCodes: ['AADB2C90091'],
        description: 'AADB2C90091: The user has cancelled',
      },
    ],
    [
      'a body printed into a message',
      `request failed: ${JSON.stringify(entraBody('invalid_grant', 50076, { claims: acrsClaims }))} (400)`,
      {
        producer: 'token-response',
        origin: 'token-response',
        oauthError: 'invalid_grant',
        aadstsCodes: [50076],
        b2cCodes: [],
        claims: acrsClaims,
        ...ids,
        description: entraText(50076),
      },
    ],
    [
      'JSON inside JSON inside a message',
      `failed: ${JSON.stringify({ message: JSON.stringify({ body: JSON.stringify(entraBody('invalid_grant', 50173)) }) })}`,
      {
        producer: 'token-response',
        origin: 'token-response',
        oauthError: 'invalid_grant',
        aadstsCodes: [50173],
        b2cCodes: [],
        ...ids,
        description: entraText(50173),
      },
    ],
    [
      'a body that was cut off',
      `{"error":"invalid_grant","error_description":"${entraText(50076)}`,
      {
        producer: 'token-response',
        origin: 'token-response',
        oauthError: 'invalid_grant',
        aadstsCodes: [50076],
        b2cCodes: [],
        ...ids,
        description: `{"error":"invalid_grant","error_description":"${entraText(50076)}`,
      },
    ],
    [
      'a Key Vault text',
      'AKV10032: Invalid issuer.',
      {
        producer: 'key-vault',
        origin: 'resource-challenge',
        aadstsCodes: [],
        b2cCodes: [],
        clientCode: 'AKV10032',
        description: 'AKV10032: Invalid issuer.',
      },
    ],
    [
      'a challenge',
      `Bearer error="insufficient_claims", claims="${base64(acrsClaims)}"`,
      {
        producer: 'www-authenticate',
        origin: 'resource-challenge',
        oauthError: 'insufficient_claims',
        aadstsCodes: [],
        b2cCodes: [],
        claims: acrsClaims,
      },
    ],
    [
      'a challenge with its header name',
      `WWW-Authenticate: bearer error="insufficient_claims", claims="${base64(acrsClaims)}"`,
      {
        producer: 'www-authenticate',
        origin: 'resource-challenge',
        oauthError: 'insufficient_claims',
        aadstsCodes: [],
        b2cCodes: [],
        claims: acrsClaims,
      },
    ],
    [
      'a URL-encoded description',
      'AADSTS65004%3a+User+declined',
      {
        producer: 'text',
        origin: 'token-response',
        aadstsCodes: [65004],
        b2cCodes: [],
        description: 'AADSTS65004: User declined',
      },
    ],
  ];
  it.each(cases)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual(expected);
  });
});
