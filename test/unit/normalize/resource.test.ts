import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { findKeyVaultCode, readResource } from '../../../src/normalize/resource.js';
import { entraText, ids, nowMs, requestCorrelationId, seen, timestamp, traceId } from './support.js';

type Case = readonly [name: string, input: unknown, expected: Record<string, unknown>];

const none = { aadstsCodes: [], b2cCodes: [] } as const;
const graphBody = (code: string, message: string, more: object = {}): object => ({
  error: {
    code,
    message,
    innerError: {
      date: '2026-01-15T10:20:30',
      'request-id': traceId,
      'client-request-id': requestCorrelationId,
      ...more,
    },
  },
});

const cases: readonly Case[] = [
  [
    'a Graph body',
    {
      status: 401,
      headers: {},
      body: graphBody('InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'),
    },
    {
      producer: 'graph',
      origin: 'resource-challenge',
      ...none,
      clientCode: 'InvalidAuthenticationToken',
      traceId,
      requestCorrelationId,
      timestamp,
      status: 401,
      description: 'Lifetime validation failed, the token is expired.',
    },
  ],
  [
    'a Graph body as text',
    {
      status: 403,
      headers: {},
      body: JSON.stringify(graphBody('Authorization_RequestDenied', 'Insufficient privileges.')),
    },
    {
      producer: 'graph',
      origin: 'resource-challenge',
      ...none,
      clientCode: 'Authorization_RequestDenied',
      traceId,
      requestCorrelationId,
      timestamp,
      status: 403,
      description: 'Insufficient privileges.',
    },
  ],
  [
    'a Graph code that nobody knows, with a status that says what to do',
    { status: 403, headers: {}, body: graphBody('BrandNewRefusal', 'No.') },
    {
      producer: 'graph',
      origin: 'resource-challenge',
      ...none,
      clientCode: 'BrandNewRefusal',
      traceId,
      requestCorrelationId,
      timestamp,
      status: 403,
      description: 'No.',
    },
  ],
  [
    'a GraphError object',
    Object.assign(new Error('Access token has expired.'), {
      name: 'GraphError',
      statusCode: 401,
      code: 'InvalidAuthenticationToken',
      requestId: traceId,
      headers: new Headers(),
      body: '',
    }),
    {
      producer: 'graph',
      origin: 'resource-challenge',
      ...none,
      clientCode: 'InvalidAuthenticationToken',
      traceId,
      status: 401,
      description: 'Access token has expired.',
    },
  ],
  [
    'an Azure Resource Manager body',
    {
      status: 403,
      headers: {},
      body: { error: { code: 'AuthorizationFailed', message: 'The client does not have authorization.' } },
    },
    {
      producer: 'arm',
      origin: 'resource-challenge',
      ...none,
      clientCode: 'AuthorizationFailed',
      status: 403,
      description: 'The client does not have authorization.',
    },
  ],
  [
    'an AADSTS code inside a resource message',
    { status: 401, headers: {}, body: { error: { code: 'InvalidAuthenticationToken', message: entraText(500011) } } },
    {
      producer: 'graph',
      origin: 'resource-challenge',
      aadstsCodes: [500011],
      b2cCodes: [],
      clientCode: 'InvalidAuthenticationToken',
      ...ids,
      status: 401,
      description: entraText(500011),
    },
  ],
  [
    'a Key Vault body: the code of the message counts',
    { status: 401, headers: {}, body: { error: { code: 'Unauthorized', message: 'AKV10022: Invalid audience.' } } },
    {
      producer: 'key-vault',
      origin: 'resource-challenge',
      ...none,
      clientCode: 'AKV10022',
      status: 401,
      description: 'AKV10022: Invalid audience.',
    },
  ],
  [
    'a Key Vault body: the inner code counts',
    {
      status: 403,
      headers: {},
      body: {
        error: { code: 'Forbidden', message: 'Caller is not authorized.', innererror: { code: 'ForbiddenByRbac' } },
      },
    },
    {
      producer: 'key-vault',
      origin: 'resource-challenge',
      ...none,
      clientCode: 'ForbiddenByRbac',
      status: 403,
      description: 'Caller is not authorized.',
    },
  ],
  [
    'an App Only refusal of SharePoint',
    {
      status: 403,
      headers: {},
      body: {
        'odata.error': {
          code: '-2147024891, System.UnauthorizedAccessException',
          message: { lang: 'en-US', value: 'Access denied.' },
        },
      },
    },
    {
      producer: 'sharepoint',
      origin: 'resource-challenge',
      ...none,
      clientCode: '-2147024891, System.UnauthorizedAccessException',
      status: 403,
      description: 'Access denied.',
    },
  ],
];

describe('readResource', () => {
  it.each(cases)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual(expected);
  });

  it.each<[name: string, input: unknown]>([
    ['a body of any other API', { error: { code: 'validation_failed', message: 'name is required' } }],
    [
      'the same with a status',
      { status: 400, body: { error: { code: 'validation_failed', message: 'name is required' } } },
    ],
    ['an error object with a code and no status', Object.assign(new Error('x'), { code: 'Forbidden' })],
    ['a Graph body of a missing item', graphBody('ItemNotFoundAnywhere', 'The resource could not be found.')],
  ])('does not claim %s', (_name, input) => {
    expect(seen(input, { nowMs })).toBeUndefined();
  });
});

describe('readResource: what counts as evidence', () => {
  const withId = { innerError: { 'request-id': traceId } };
  const weird = { code: 'NobodyKnows', message: 'x' };
  const known = { code: 'InvalidAuthenticationToken', message: 'x' };

  type Evidence = [
    name: string,
    bag: Record<string, unknown>,
    status: number | undefined,
    producer: string | undefined,
  ];

  it.each<Evidence>([
    ['a known code', { error: known }, undefined, 'graph'],
    ['a known code without words', { error: { code: 'InvalidAuthenticationToken' } }, undefined, 'graph'],
    ...[401, 403, 429, 500, 503].map((status): Evidence => [
      `an unknown code of Graph with ${String(status)}`,
      { error: { ...weird, ...withId } },
      status,
      'graph',
    ]),
    ...[400, 404, 499, undefined].map((status): Evidence => [
      `an unknown code of Graph with ${String(status)}`,
      { error: { ...weird, ...withId } },
      status,
      undefined,
    ]),
    ['an unknown code without a request id', { error: weird }, 401, undefined],
    ['a request id without a code', { error: { message: 'x', ...withId } }, 401, undefined],
    ['an AADSTS code in the words', { error: { code: 'NobodyKnows', message: 'AADSTS50076: x' } }, undefined, 'http'],
    [
      'an AADSTS code in the words of Graph',
      { error: { ...weird, ...withId, message: 'AADSTS50076: x' } },
      undefined,
      'graph',
    ],
    ["an SDK's error with a status", known, 401, 'graph'],
    ["an SDK's error with a request id", { ...known, requestId: traceId }, undefined, 'graph'],
    ["an SDK's error with neither", known, undefined, undefined],
    ["an SDK's error with an unknown code", { ...weird, requestId: traceId }, 401, undefined],
    [
      "an SDK's error with an unknown code and an AADSTS code",
      { ...weird, message: 'AADSTS50076: x', requestId: traceId },
      401,
      undefined,
    ],
    ['nothing', {}, 401, undefined],
  ])('%s', (_name, bag, status, producer) => {
    expect(readResource(bag, status)?.producer).toBe(producer);
  });
});

describe('readResource: what is read', () => {
  it.each<[code: string, producer: string]>([
    ['InvalidAuthenticationToken', 'graph'],
    ['LinkedAuthorizationFailed', 'arm'],
    ['-2147024891, System.UnauthorizedAccessException', 'sharepoint'],
    ['ForbiddenByRbac', 'key-vault'],
    ['identity_not_found', 'managed-identity'],
    ['AuthorizationPermissionMismatch', 'http'],
    ['TokenExpired', 'http'],
    ['proposedAction=consent', 'www-authenticate'],
  ])('%s is of %s', (code, producer) => {
    expect(readResource({ error: { code } }, 403)).toMatchObject({
      producer,
      origin: producer === 'managed-identity' ? 'token-response' : 'resource-challenge',
      clientCode: code,
    });
    expect(readResource({ error: { code } }, 403)?.flow).toBe(
      producer === 'managed-identity' ? 'managed-identity' : undefined,
    );
  });

  const graph = (error: object, more: object = {}): unknown =>
    readResource({ error: { code: 'InvalidAuthenticationToken', ...error }, ...more }, undefined);

  it.each<[name: string, reading: unknown, expected: Record<string, unknown>]>([
    ['request-id', graph({ innerError: { 'request-id': traceId } }), { traceId }],
    ['requestId', graph({ innerError: { requestId: traceId } }), { traceId }],
    ['innererror in lower case', graph({ innererror: { 'request-id': traceId } }), { traceId }],
    ['the request id of the SDK', graph({}, { requestId: traceId }), { traceId }],
    ['the ids of the words', graph({ message: entraText(50013) }), { ...ids, aadstsCodes: [50013], b2cCodes: [] }],
    ['a request id of the words', graph({ message: `request-id: ${traceId}` }), { traceId }],
    ['a B2C code of the words', graph({ message: 'AADB2C90118: x' }), { b2cCodes: ['AADB2C90118'] }],
    ['words in an object', graph({ message: { lang: 'en', value: 'x' } }), { rawDescription: 'x' }],
    ['the date', graph({ innerError: { date: '2026-01-15T10:20:30' } }), { timestamp }],
    [
      "the caller's own id",
      graph({ innerError: { 'client-request-id': requestCorrelationId } }),
      { requestCorrelationId },
    ],
    [
      'the innermost code',
      graph({ code: 'x', innerError: { code: 'y', innerError: { code: 'ForbiddenByRbac' } } }),
      { clientCode: 'ForbiddenByRbac' },
    ],
    [
      'the innermost code in lower case',
      graph({ code: 'x', innererror: { code: 'y', innererror: { code: 'ForbiddenByRbac' } } }),
      { clientCode: 'ForbiddenByRbac' },
    ],
    [
      'the last of the inner codes that is there',
      graph({ code: 'x', innerError: { code: 'ForbiddenByRbac', innerError: {} } }),
      { clientCode: 'ForbiddenByRbac' },
    ],
    [
      'a code of Key Vault in the words',
      graph({ code: 'Unauthorized', message: 'x AKV10022: Invalid audience' }),
      { clientCode: 'AKV10022', producer: 'key-vault' },
    ],
    [
      'odata.error',
      readResource({ 'odata.error': { code: 'InvalidAuthenticationToken' } }, undefined),
      { clientCode: 'InvalidAuthenticationToken' },
    ],
    [
      'a code of SharePoint',
      readResource({ error: { code: '-1, Microsoft.SharePoint.X', message: 'AADSTS50013: x' } }, 401),
      { clientCode: 'Microsoft.SharePoint.X' },
    ],
    [
      'no code of more than 128 characters',
      readResource({ error: { code: 'x'.repeat(129), message: 'AADSTS50013: x' } }, 401),
      { clientCode: undefined },
    ],
    [
      'a code of 128 characters',
      readResource({ error: { code: 'x'.repeat(128), message: 'AADSTS50013: x' } }, 401),
      { clientCode: 'x'.repeat(128) },
    ],
  ])('%s', (_name, reading, expected) => {
    expect(reading).toMatchObject(expected);
  });

  it('follows inner errors four deep', () => {
    const nested = (depth: number): object =>
      depth === 0 ? { code: 'ForbiddenByRbac' } : { code: 'InvalidAuthenticationToken', innerError: nested(depth - 1) };
    expect(graph({ innerError: nested(3) })).toMatchObject({ clientCode: 'ForbiddenByRbac' });
    expect(graph({ innerError: nested(4) })).toMatchObject({ clientCode: 'InvalidAuthenticationToken' });
  });
});

describe('readResource: codes that any API may use', () => {
  const everybodys = [
    'AccessDenied', 'Forbidden', 'Unauthorized', 'TooManyRequests', 'TokenExpired', 'accessDenied', 'unauthenticated',
    'serviceNotAvailable', 'AuthenticationFailed', 'AuthorizationFailure',
  ]; // prettier-ignore

  it.each(everybodys)('%s proves nothing alone, and something beside ids of Microsoft', (code) => {
    const unconfirmed = (error: object): boolean | undefined =>
      readResource({ error: { code, ...error } }, 403)?.unconfirmed;
    expect(unconfirmed({})).toBe(true);
    expect(unconfirmed({ innerError: { 'request-id': traceId } })).toBe(false);
    expect(unconfirmed({ message: 'AADSTS50013: x' })).toBe(false);
  });

  it('a code of one service is proof', () => {
    expect(readResource({ error: { code: 'InvalidAuthenticationToken' } }, 401)?.unconfirmed).toBe(false);
    expect(readResource({ error: { code: 'x', message: 'AADSTS50013: x' } }, 401)?.unconfirmed).toBe(false);
  });
});

describe('findKeyVaultCode', () => {
  it.each([
    ['AKV10022: x', 'AKV10022'],
    ['[TokenExpired] AKV10032', 'AKV10032'],
    ['AKV100', undefined],
    ['AKV1x AKV10022', undefined],
    ['AKV1002x', undefined],
    ['1AKV100', undefined],
    ['', undefined],
  ])('%j holds %j', (text, code) => {
    expect(findKeyVaultCode(text)).toBe(code);
  });
});

describe('what the SDK of Storage adds to a refusal', () => {
  const refused = (detail: string): object => ({
    name: 'RestError',
    code: 'AuthenticationFailed',
    statusCode: 403,
    message: 'Server failed to authenticate the request.',
    request: { url: 'https://contoso.blob.core.windows.net/invoices' },
    details: { authenticationErrorDetail: detail },
  });

  it.each([
    ['Issuer validation failed. Issuer did not match.', 'unusable_token'],
    ['Lifetime validation failed. The token is expired.', 'AuthenticationFailed'],
  ])('%s', (detail, clientCode) => {
    expect(normalize(refused(detail))).toMatchObject({ clientCode });
  });
});
