import { describe, expect, it } from 'vitest';
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
