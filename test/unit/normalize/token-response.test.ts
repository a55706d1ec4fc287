import { describe, expect, it } from 'vitest';
import { asHttpsUrl, readErrorCodes, readTokenResponse } from '../../../src/normalize/token-response.js';
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

describe('readTokenResponse: what counts as evidence', () => {
  const trace = { trace_id: traceId };
  const correlation = { correlation_id: correlationId };
  const suberror = { suberror: 'basic_action' };
  const words = { error_description: 'Something went wrong.' };
  const unknown = { error: 'teapot' };

  it.each<[name: string, body: Record<string, unknown>, isEvidence: boolean]>([
    ['nothing', {}, false],
    ['a registered error', { error: 'invalid_grant' }, true],
    ['a registered error in a list, as duplicated parameters arrive', { error: ['invalid_grant', 'x'] }, true],
    ['another error', unknown, false],
    ['another error with a trace id', { ...unknown, ...trace }, true],
    ['another error with a suberror', { ...unknown, ...suberror }, true],
    ['another error with a correlation id alone', { ...unknown, ...correlation }, false],
    ['another error with a correlation id and words', { ...unknown, ...correlation, ...words }, true],
    [
      'another error with a correlation id and codes that are none',
      { ...unknown, ...correlation, error_codes: [1] },
      true,
    ],
    ['another error with words', { ...unknown, ...words }, false],
    ['another error with codes that are none', { ...unknown, error_codes: [1] }, false],
    ['another error with codes', { ...unknown, error_codes: [50076] }, true],
    ['an error that is no name, with codes', { error: 'a b', error_codes: [50076] }, false],
    ['an error that is no name, with ids and words', { error: 'a b', ...words, ...trace }, false],
    ['words', words, false],
    ['words with a trace id', { ...words, ...trace }, false],
    ['words with codes', { ...words, error_codes: [50076] }, true],
    ['an AADSTS code in the words', { error_description: 'AADSTS50076: x' }, true],
    ['a B2C code in the words', { error_description: 'AADB2C90118: x' }, true],
    ['codes alone', { error_codes: [50076] }, false],
    ['codes with a trace id', { error_codes: [50076], ...trace }, true],
    ['codes with a correlation id', { error_codes: [50076], ...correlation }, true],
    ['codes with a suberror', { error_codes: [50076], ...suberror }, true],
    ['ids alone', { ...trace, ...correlation, ...suberror }, false],
  ])('%s', (_name, body, isEvidence) => {
    expect(readTokenResponse(body) !== undefined).toBe(isEvidence);
  });
});

describe('readTokenResponse: what is read', () => {
  const url = 'https://login.microsoftonline.com/error?code=50076';
  const nothing = {
    producer: 'token-response',
    origin: 'token-response',
    oauthError: 'invalid_grant',
    suberror: undefined,
    aadstsCodes: [],
    b2cCodes: undefined,
    claims: undefined,
    claimsDropped: false,
    rawDescription: undefined,
    traceId: undefined,
    correlationId: undefined,
    timestamp: undefined,
    errorUri: undefined,
    status: undefined,
  };
  const redirect = { producer: 'authorization-response', origin: 'authorization-response' };

  it.each<[name: string, body: Record<string, unknown>, expected: Record<string, unknown>]>([
    ['an error alone', {}, {}],
    [
      'the names of @azure/identity',
      {
        errorDescription: 'AADSTS50076: x',
        subError: 'bad_token',
        errorCodes: [50079],
        traceId,
        correlationId,
        errorUri: url,
      },
      {
        rawDescription: 'AADSTS50076: x',
        suberror: 'bad_token',
        aadstsCodes: [50076, 50079],
        b2cCodes: [],
        traceId,
        correlationId,
        errorUri: url,
      },
    ],
    [
      'the names of the wire before others',
      { trace_id: traceId, traceId: correlationId, correlation_id: correlationId, correlationId: traceId },
      { traceId, correlationId },
    ],
    [
      'ids of the words',
      { error_description: entraText(50076) },
      { rawDescription: entraText(50076), aadstsCodes: [50076], b2cCodes: [], ...ids },
    ],
    [
      'the ids of the fields before those of the words',
      {
        error_description: entraText(50076),
        trace_id: correlationId,
        correlation_id: traceId,
        timestamp: '2026-02-01 00:00:00Z',
      },
      {
        rawDescription: entraText(50076),
        aadstsCodes: [50076],
        b2cCodes: [],
        traceId: correlationId,
        correlationId: traceId,
        timestamp: '2026-02-01T00:00:00Z',
      },
    ],
    [
      'a request id of the words',
      { error_description: `request-id: ${traceId}` },
      { rawDescription: `request-id: ${traceId}`, b2cCodes: [], traceId },
    ],
    [
      'a code once',
      { error_description: 'AADSTS50076: x', error_codes: [50076, 50079, 50079] },
      { rawDescription: 'AADSTS50076: x', aadstsCodes: [50076, 50079], b2cCodes: [] },
    ],
    ['the code of error_uri where there is no other', { error_uri: url }, { aadstsCodes: [50076], errorUri: url }],
    [
      'not the code of error_uri where there is another',
      { error_uri: url, error_codes: [50079] },
      { aadstsCodes: [50079], errorUri: url },
    ],
    [
      'no code of another error_uri',
      { error_uri: 'https://idp.example/help' },
      { errorUri: 'https://idp.example/help' },
    ],
    ['usable claims', { claims: acrsClaims }, { claims: acrsClaims }],
    ['claims that cannot be used', { claims: '{}' }, { claimsDropped: true }],
    ['no claims of a redirect URI', { claims: acrsClaims, state: 's' }, { ...redirect, claimsDropped: true }],
    ['a redirect URI by its state', { state: 's' }, redirect],
    ['a redirect URI by its subcode', { error_subcode: 'cancel' }, { ...redirect, suberror: 'cancel' }],
    ['a redirect URI by its consent', { admin_consent: 'True' }, redirect],
    [
      'a suberror before a subcode',
      { suberror: 'bad_token', error_subcode: 'cancel' },
      { ...redirect, suberror: 'bad_token' },
    ],
    ['status', { status: 400 }, { status: 400 }],
    ['statusCode', { statusCode: 401 }, { status: 401 }],
    ['not the 500 that passport-oauth2 always has', { status: 500 }, {}],
    [
      'encoded words',
      { error_description: 'AADSTS50076%3a+It%27s+x' },
      { rawDescription: "AADSTS50076: It's x", aadstsCodes: [50076], b2cCodes: [] },
    ],
  ])('%s', (_name, body, expected) => {
    expect(readTokenResponse({ error: 'invalid_grant', ...body })).toStrictEqual({ ...nothing, ...expected });
  });

  it.each(['#', '?'])('a redirect URI cut behind its %s', (sign) => {
    expect(readTokenResponse({ [`${sign}error`]: 'invalid_grant' })).toStrictEqual({ ...nothing, ...redirect });
  });

  it('a fragment that starts with the words', () => {
    expect(readTokenResponse({ '#error_description': 'AADSTS50076: x' })).toMatchObject({ aadstsCodes: [50076] });
  });

  it('where it arrived, as told by the caller', () => {
    expect(readTokenResponse({ error: 'invalid_grant', state: 's' }, 'token-response')).toMatchObject({
      producer: 'token-response',
    });
    expect(readTokenResponse({ error: 'invalid_grant' }, 'authorization-response')).toMatchObject(redirect);
  });
});

describe('readErrorCodes: every way to write them', () => {
  it.each<[value: unknown, expected: readonly number[]]>([
    [50076, [50076]],
    ['50076', [50076]],
    ['[50076]', [50076]],
    ['[50076,50079]', [50076, 50079]],
    ['50076, 50079', [50076, 50079]],
    [
      ['50076', 50079],
      [50076, 50079],
    ],
    [100, [100]],
    [99, []],
    ['99', []],
    [999_999_999, [999_999_999]],
    [1_000_000_000, []],
    [50076.5, []],
    ['5[0076', []],
    ['500]76', []],
    ['[[50076]]', []],
    ['abc', []],
    ['', []],
    [[[50076]], []],
    [[{ code: 50076 }], []],
    [{ 0: 50076, length: 1 }, []],
    [null, []],
    [undefined, []],
    [true, []],
    [`${'50076,'.repeat(42)}5007`, [...Array.from({ length: 42 }, () => 50076), 5007]],
    [`${'50076,'.repeat(42)}50076`, []],
  ])('%j', (value, expected) => {
    expect(readErrorCodes(value)).toStrictEqual(expected);
  });
});

describe('asHttpsUrl', () => {
  const long = (length: number): string => `https://x/${'y'.repeat(length - 10)}`;
  it.each(['https://x', 'https://login.microsoftonline.com/error?code=50076', long(256)])('accepts %s', (url) => {
    expect(asHttpsUrl(url)).toBe(url);
  });

  it.each([
    undefined,
    '',
    'http://x',
    'javascript:x',
    'xhttps://x',
    'https://',
    'https://x y',
    'https://x\u00e9',
    long(257),
  ])('refuses %j', (url) => {
    expect(asHttpsUrl(url)).toBeUndefined();
  });
});
