import { describe, expect, it } from 'vitest';
import { readErrorCodes } from '../../../src/normalize/token-response.js';
import {
  acrsClaims,
  base64,
  correlationId,
  entraBody,
  entraText,
  ids,
  nowMs,
  seen,
  traceId,
  wireTimestamp,
} from './support.js';

type Case = readonly [name: string, input: unknown, expected: Record<string, unknown> | undefined];

const bodies: readonly Case[] = [
  [
    'the whole body',
    entraBody('invalid_grant', 50076, {
      suberror: 'basic_action',
      claims: acrsClaims,
      error_uri: 'https://login.microsoftonline.com/error?code=50076',
    }),
    {
      oauthError: 'invalid_grant',
      suberror: 'basic_action',
      aadstsCodes: [50076],
      b2cCodes: [],
      claims: acrsClaims,
      ...ids,
      errorUri: 'https://login.microsoftonline.com/error?code=50076',
      description: entraText(50076),
    },
  ],
  [
    'claims in base64',
    { error: 'interaction_required', claims: base64(acrsClaims) },
    { oauthError: 'interaction_required', aadstsCodes: [], b2cCodes: [], claims: acrsClaims },
  ],
  [
    'claims that are no directive',
    { error: 'interaction_required', claims: 'x' },
    { oauthError: 'interaction_required', aadstsCodes: [], b2cCodes: [], claimsDropped: true },
  ],
  [
    'ids only in the text',
    { error: 'invalid_grant', error_description: entraText(50173) },
    { oauthError: 'invalid_grant', aadstsCodes: [50173], b2cCodes: [], ...ids, description: entraText(50173) },
  ],
  [
    'the code only in error_codes',
    { error: 'invalid_grant', error_codes: [50173] },
    { oauthError: 'invalid_grant', aadstsCodes: [50173], b2cCodes: [] },
  ],
  [
    'error_codes as text',
    { error: 'invalid_resource', error_codes: '[500011]' },
    { oauthError: 'invalid_resource', aadstsCodes: [500011], b2cCodes: [] },
  ],
  [
    'error_codes as texts',
    { error: 'invalid_resource', error_codes: ['500011', 'x'] },
    { oauthError: 'invalid_resource', aadstsCodes: [500011], b2cCodes: [] },
  ],
  [
    'text and error_codes disagree: both, the text first',
    { error: 'invalid_grant', error_description: 'AADSTS991: x', error_codes: [90010, 991] },
    { oauthError: 'invalid_grant', aadstsCodes: [991, 90010], b2cCodes: [], description: 'AADSTS991: x' },
  ],
  [
    'the code only in error_uri',
    { error: 'invalid_request', error_uri: 'https://login.microsoftonline.com/error?code=900144' },
    {
      oauthError: 'invalid_request',
      aadstsCodes: [900144],
      b2cCodes: [],
      errorUri: 'https://login.microsoftonline.com/error?code=900144',
    },
  ],
  [
    'an error_uri that is no https URL is not passed on',
    { error: 'invalid_request', error_uri: 'javascript:alert(1)' },
    { oauthError: 'invalid_request', aadstsCodes: [], b2cCodes: [] },
  ],
  [
    'no error field',
    { error_description: 'AADSTS50076: x', trace_id: traceId },
    { aadstsCodes: [50076], b2cCodes: [], traceId, description: 'AADSTS50076: x' },
  ],
  [
    'error alone, of the OAuth registry',
    { error: 'invalid_grant' },
    { oauthError: 'invalid_grant', aadstsCodes: [], b2cCodes: [] },
  ],
  [
    'an unknown error with ids of Entra',
    { error: 'brand_new', suberror: 'also_new', trace_id: traceId },
    { oauthError: 'brand_new', suberror: 'also_new', aadstsCodes: [], b2cCodes: [], traceId },
  ],
  [
    'an unknown error with a code',
    { error: 'brand_new', error_description: 'AADSTS999: x' },
    { oauthError: 'brand_new', aadstsCodes: [999], b2cCodes: [], description: 'AADSTS999: x' },
  ],
  [
    'an error that is no name',
    { error: 'a b\r\nc', error_description: 'AADSTS50076: x' },
    { aadstsCodes: [50076], b2cCodes: [], description: 'AADSTS50076: x' },
  ],
  [
    'the camel-cased copy of @azure/identity',
    {
      error: 'invalid_client',
      errorDescription: 'AADSTS7000215: x',
      errorCodes: [7000215],
      traceId,
      correlationId,
      timestamp: wireTimestamp,
    },
    { oauthError: 'invalid_client', aadstsCodes: [7000215], b2cCodes: [], ...ids, description: 'AADSTS7000215: x' },
  ],
  [
    'placeholders are no ids',
    {
      error: 'invalid_resource',
      error_description: 'AADSTS500011: x',
      trace_id: 'GUID',
      correlation_id: 'Not Available',
    },
    { oauthError: 'invalid_resource', aadstsCodes: [500011], b2cCodes: [], description: 'AADSTS500011: x' },
  ],
  [
    'the status of a body that carries one',
    { error: 'temporarily_unavailable', status: '503' },
    { oauthError: 'temporarily_unavailable', aadstsCodes: [], b2cCodes: [], status: 503 },
  ],
  [
    'a B2C body',
    {
      error: 'invalid_grant',
      error_description: `AADB2C90080: The provided grant has expired. Correlation ID: ${correlationId} Timestamp: ${wireTimestamp}`,
    },
    {
      oauthError: 'invalid_grant',
      aadstsCodes: [],
      b2cCodes: ['AADB2C90080'],
      correlationId,
      timestamp: ids.timestamp,
      description: `AADB2C90080: The provided grant has expired. Correlation ID: ${correlationId} Timestamp: ${wireTimestamp}`,
    },
  ],
  [
    'personal data is cut out of the description',
    { error: 'invalid_grant', error_description: "AADSTS50020: User account 'jane@contoso.example' does not exist." },
    {
      oauthError: 'invalid_grant',
      aadstsCodes: [50020],
      b2cCodes: [],
      description: "AADSTS50020: User account '[redacted]' does not exist.",
    },
  ],
  [
    'error null with a description of Entra',
    { error: null, error_description: 'AADSTS50076: x' },
    { aadstsCodes: [50076], b2cCodes: [], description: 'AADSTS50076: x' },
  ],
];

const nothing: readonly Case[] = [
  ['a validation error', { error: 'Bad Request', message: 'name is required' }, undefined],
  ['a word', { error: 'not_found' }, undefined],
  ['a word with a description', { error: 'not_found', error_description: 'no such row' }, undefined],
  ['a description without a code', { error_description: 'something' }, undefined],
  ['a state alone', { state: 'x', code: 'y' }, undefined],
  ['a number as error', { error: 50076 }, undefined],
  ['error_codes out of range', { error_codes: [1, 1e12, -50076, 50076.5] }, undefined],
  ['an empty object', {}, undefined],
];

describe('readTokenResponse: token bodies', () => {
  it.each(bodies)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual({ producer: 'token-response', origin: 'token-response', ...expected });
  });

  it.each(nothing)('does not claim %s', (_name, input) => {
    expect(seen(input)).toBeUndefined();
  });

  it('reads the same from URLSearchParams', () => {
    expect(seen(new URLSearchParams({ error: 'invalid_grant', error_description: 'AADSTS50076: x' }))).toMatchObject({
      oauthError: 'invalid_grant',
      aadstsCodes: [50076],
    });
  });
});

describe('readTokenResponse: authorization responses', () => {
  const answers: readonly Case[] = [
    [
      'access_denied with error_subcode=cancel',
      { error: 'access_denied', error_subcode: 'cancel', state: 's' },
      { oauthError: 'access_denied', suberror: 'cancel', aadstsCodes: [], b2cCodes: [] },
    ],
    [
      'a URL-encoded description',
      { error: 'consent_required', error_description: 'AADSTS65004%3a+User+declined+to+consent', state: 's' },
      {
        oauthError: 'consent_required',
        aadstsCodes: [65004],
        b2cCodes: [],
        description: 'AADSTS65004: User declined to consent',
      },
    ],
    [
      'a duplicated parameter: the first counts',
      {
        error: ['access_denied', 'server_error'],
        error_description: ['AADSTS65004: a', 'AADSTS90033: b'],
        state: ['s', 't'],
      },
      { oauthError: 'access_denied', aadstsCodes: [65004], b2cCodes: [], description: 'AADSTS65004: a' },
    ],
    [
      'a fragment parsed with its hash sign',
      { '#error': 'login_required', error_description: 'AADSTS50058: x', state: 's' },
      { oauthError: 'login_required', aadstsCodes: [50058], b2cCodes: [], description: 'AADSTS50058: x' },
    ],
    [
      'a query parsed with its question mark',
      { '?error': 'login_required', error_description: 'AADSTS50058: x' },
      { oauthError: 'login_required', aadstsCodes: [50058], b2cCodes: [], description: 'AADSTS50058: x' },
    ],
    [
      'a failed admin consent that says True',
      { admin_consent: 'True', error: 'permission_denied', error_description: 'The admin canceled the request' },
      { oauthError: 'permission_denied', aadstsCodes: [], b2cCodes: [], description: 'The admin canceled the request' },
    ],
    [
      'a forgotten B2C password',
      { error: 'access_denied', error_description: 'AADB2C90118: The user has forgotten their password.', state: 's' },
      {
        oauthError: 'access_denied',
        aadstsCodes: [],
        b2cCodes: ['AADB2C90118'],
        description: 'AADB2C90118: The user has forgotten their password.',
      },
    ],
    [
      'claims of a query are never used',
      { error: 'interaction_required', claims: acrsClaims, state: 's' },
      { oauthError: 'interaction_required', aadstsCodes: [], b2cCodes: [], claimsDropped: true },
    ],
  ];

  it.each(answers)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual({
      producer: 'authorization-response',
      origin: 'authorization-response',
      ...expected,
    });
  });

  it.each(answers)('reads the same from a request with that query: %s', (_name, input, expected) => {
    expect(seen({ query: input })).toStrictEqual({
      producer: 'authorization-response',
      origin: 'authorization-response',
      ...expected,
    });
  });

  it('the caller can say that a body came to the redirect URI', () => {
    const body = entraBody('interaction_required', 50076, { claims: acrsClaims });
    expect(seen(body, { nowMs, origin: 'authorization-response' })).toStrictEqual({
      producer: 'authorization-response',
      origin: 'authorization-response',
      oauthError: 'interaction_required',
      aadstsCodes: [50076],
      b2cCodes: [],
      claimsDropped: true,
      ...ids,
      description: entraText(50076),
    });
    expect(
      seen(new URLSearchParams({ error: 'interaction_required', claims: acrsClaims }), {
        nowMs,
        origin: 'authorization-response',
      }),
    ).not.toHaveProperty('claims');
  });

  it('claims of a query are not used through any field that holds it', () => {
    for (const wrap of [
      (query: object) => ({ query }),
      (query: object) => ({ statusCode: 400, query }),
      (query: object) => ({ response: { query } }),
      (query: object) => Object.assign(new Error('x'), { query }),
    ]) {
      expect(
        seen(wrap({ error: 'interaction_required', claims: acrsClaims, error_description: 'AADSTS50076: x' })),
      ).not.toHaveProperty('claims');
    }
  });
});

describe('readErrorCodes', () => {
  it.each<[value: unknown, codes: number[]]>([
    [
      [50076, 50079],
      [50076, 50079],
    ],
    [
      ['50076', 50079],
      [50076, 50079],
    ],
    ['50076', [50076]],
    ['[50076,50079]', [50076, 50079]],
    ['50076 50079', [50076, 50079]],
    [50076, [50076]],
    [99, []],
    [100, [100]],
    [999_999_999, [999_999_999]],
    [1_000_000_000, []],
    [1.5, []],
    [Number.NaN, []],
    ['1e5', []],
    ['-50076', []],
    ['x'.repeat(300), []],
    [[[50076], { a: 50076 }], []],
    [{ 0: 50076 }, []],
    [null, []],
    [
      Array.from({ length: 50 }, (_, index) => 50_000 + index),
      Array.from({ length: 16 }, (_, index) => 50_000 + index),
    ],
  ])('%j', (value, codes) => {
    expect(readErrorCodes(value)).toStrictEqual(codes);
  });
});
