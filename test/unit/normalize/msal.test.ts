import { describe, expect, it } from 'vitest';
import {
  acrsClaims,
  capolidsClaims,
  correlationId,
  entraText,
  ids,
  requestCorrelationId,
  seen,
  timestamp,
  traceId,
  wireTimestamp,
} from './support.js';

const empty = { aadstsCodes: [], b2cCodes: [] } as const;

/** A ServerError text of MSAL Node 2.10 and later. */
const serverText = (codes: string, description: string): string =>
  `Error(s): ${codes} - Timestamp: ${wireTimestamp} - Description: ${description} - Correlation ID: ${correlationId} - Trace ID: ${traceId}`;
/** The text of MSAL Node 1 to 2.9. */
const oldServerText = (codes: string, description: string): string =>
  `${codes} - [${wireTimestamp}]: ${description} - Correlation ID: ${correlationId} - Trace ID: ${traceId}`;

/** The own properties of an MSAL error, with `message` as its constructor builds it. */
const msal = (
  name: string,
  errorCode: unknown,
  errorMessage: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  name,
  errorCode,
  errorMessage,
  message: errorMessage === '' ? String(errorCode) : `${String(errorCode)}: ${errorMessage}`,
  subError: '',
  correlationId: requestCorrelationId,
  ...more,
});

const cases: readonly [name: string, input: Record<string, unknown>, expected: Record<string, unknown>][] = [
  [
    'InteractionRequiredAuthError with claims (2 to 7)',
    msal('InteractionRequiredAuthError', 'invalid_grant', entraText(50076), {
      subError: 'basic_action',
      timestamp: wireTimestamp,
      traceId,
      claims: acrsClaims,
      errorNo: 50076,
    }),
    {
      oauthError: 'invalid_grant',
      suberror: 'basic_action',
      aadstsCodes: [50076],
      b2cCodes: [],
      claims: acrsClaims,
      ...ids,
      requestCorrelationId,
      description: entraText(50076),
    },
  ],
  [
    "InteractionRequiredAuthError of a silent refresh: correlationId is the server's own",
    msal('InteractionRequiredAuthError', 'invalid_grant', entraText(65001), {
      subError: 'consent_required',
      claims: '',
      correlationId,
      traceId,
      errorNo: '65001',
    }),
    {
      oauthError: 'invalid_grant',
      suberror: 'consent_required',
      aadstsCodes: [65001],
      b2cCodes: [],
      ...ids,
      description: entraText(65001),
    },
  ],
  [
    'claims that are no directive are dropped, and said to be',
    msal('InteractionRequiredAuthError', 'invalid_grant', entraText(53003), { claims: '{access_token={}}' }),
    {
      oauthError: 'invalid_grant',
      aadstsCodes: [53003],
      b2cCodes: [],
      claimsDropped: true,
      ...ids,
      requestCorrelationId,
      description: entraText(53003),
    },
  ],
  [
    'ServerError of 2.10 to 7 with status (client credentials)',
    msal('ServerError', 'invalid_client', serverText('7000215', entraText(7000215)), { errorNo: 7000215, status: 401 }),
    {
      oauthError: 'invalid_client',
      aadstsCodes: [7000215],
      b2cCodes: [],
      ...ids,
      requestCorrelationId,
      status: 401,
      description: serverText('7000215', entraText(7000215)),
    },
  ],
  [
    'ServerError of 1.18 with the older text and no errorNo',
    msal('ServerError', 'invalid_client', oldServerText('7000215', 'AADSTS7000215: Invalid client secret provided.'), {
      correlationId: undefined,
    }),
    {
      oauthError: 'invalid_client',
      aadstsCodes: [7000215],
      b2cCodes: [],
      ...ids,
      description: oldServerText('7000215', 'AADSTS7000215: Invalid client secret provided.'),
    },
  ],
  [
    'ServerError whose codes stand only before the text',
    msal('ServerError', 'invalid_grant', serverText('50076,50000', 'Refused.')),
    {
      oauthError: 'invalid_grant',
      aadstsCodes: [50076, 50000],
      b2cCodes: [],
      ...ids,
      requestCorrelationId,
      description: serverText('50076,50000', 'Refused.'),
    },
  ],
  [
    'ServerError whose codes stand only before the older text',
    msal('ServerError', 'invalid_grant', oldServerText('50076', 'Refused.')),
    {
      oauthError: 'invalid_grant',
      aadstsCodes: [50076],
      b2cCodes: [],
      ...ids,
      requestCorrelationId,
      description: oldServerText('50076', 'Refused.'),
    },
  ],
  [
    'ServerError with a suberror that MSAL does not know',
    msal('ServerError', 'invalid_grant', serverText('70043', entraText(70043)), {
      subError: 'token_expired',
      errorNo: 70043,
    }),
    {
      oauthError: 'invalid_grant',
      suberror: 'token_expired',
      aadstsCodes: [70043],
      b2cCodes: [],
      ...ids,
      requestCorrelationId,
      description: serverText('70043', entraText(70043)),
    },
  ],
  [
    'ServerError that holds nothing but errorNo',
    { name: 'ServerError', errorCode: 'invalid_grant', errorMessage: '', errorNo: 700082 },
    { oauthError: 'invalid_grant', aadstsCodes: [700082], b2cCodes: [] },
  ],
  [
    'the literal undefined in place of ids and text',
    msal(
      'ServerError',
      'server_error',
      'Error(s): undefined - Timestamp: undefined - Description: undefined - Correlation ID: undefined - Trace ID: undefined',
      {
        correlationId: 'undefined',
        traceId: 'undefined',
      },
    ),
    {
      oauthError: 'server_error',
      ...empty,
      description:
        'Error(s): undefined - Timestamp: undefined - Description: undefined - Correlation ID: undefined - Trace ID: undefined',
    },
  ],
  [
    'the literal undefined as errorCode',
    msal('ServerError', 'undefined', entraText(50076)),
    { aadstsCodes: [50076], b2cCodes: [], ...ids, requestCorrelationId, description: entraText(50076) },
  ],
  [
    'correlationId as a number',
    msal('ServerError', 'invalid_grant', 'AADSTS50173: x', { correlationId: 12345 }),
    { oauthError: 'invalid_grant', aadstsCodes: [50173], b2cCodes: [], description: 'AADSTS50173: x' },
  ],
  [
    'throttled: errorCode is the AADSTS number',
    {
      name: 'ServerError',
      errorCode: '90055',
      errorMessage: 'AADSTS90055: Too many requests.',
      message: '90055: AADSTS90055: Too many requests.',
      subError: '',
    },
    { aadstsCodes: [90055], b2cCodes: [], throttledLocally: true, description: 'AADSTS90055: Too many requests.' },
  ],
  [
    'throttled: several numbers',
    { name: 'ServerError', errorCode: '90033 90025', errorMessage: '', subError: '' },
    { aadstsCodes: [90033, 90025], b2cCodes: [], throttledLocally: true },
  ],
  [
    'throttled: errorCode is empty',
    { name: 'ServerError', errorCode: '', errorMessage: '', message: '', subError: '' },
    { ...empty, throttledLocally: true },
  ],
  [
    'throttled: errorCode is a number',
    { name: 'ServerError', errorCode: 90055, errorMessage: '' },
    { aadstsCodes: [90055], b2cCodes: [], throttledLocally: true },
  ],
  [
    'a 200 with a suberror: an empty errorCode of another class is not throttled',
    msal('InteractionRequiredAuthError', '', '', { subError: 'message_only', claims: '' }),
    { ...empty, suberror: 'message_only', correlationId: requestCorrelationId, requestCorrelationId },
  ],
  [
    'a client error of 5 to 7: only a link',
    msal(
      'ClientAuthError',
      'no_account_in_silent_request',
      'See https://aka.ms/msal.js.errors#no_account_in_silent_request for details',
    ),
    {
      origin: 'client',
      ...empty,
      clientCode: 'no_account_in_silent_request',
      correlationId: requestCorrelationId,
      requestCorrelationId,
      description: 'See https://aka.ms/msal.js.errors#no_account_in_silent_request for details',
    },
  ],
  [
    'interaction required by the cache, not by the server',
    msal('InteractionRequiredAuthError', 'no_tokens_found', 'No refresh token found in the cache. Please sign-in.', {
      claims: '',
      correlationId: '',
    }),
    {
      origin: 'client',
      ...empty,
      clientCode: 'no_tokens_found',
      description: 'No refresh token found in the cache. Please sign-in.',
    },
  ],
  [
    'a name known to the server and to nobody else stays the OAuth error',
    msal('ServerError', 'brand_new_error', 'AADSTS999: x', { correlationId: '' }),
    { oauthError: 'brand_new_error', aadstsCodes: [999], b2cCodes: [], description: 'AADSTS999: x' },
  ],
  [
    'NodeAuthError by its name only',
    msal('NodeAuthError', 'invalid_client_credential', 'Client credential is invalid.', { correlationId: '' }),
    {
      origin: 'client',
      ...empty,
      clientCode: 'invalid_client_credential',
      description: 'Client credential is invalid.',
    },
  ],
  [
    'a refused connection (ClientAuthError of 2 and 3)',
    msal('ClientAuthError', 'network_error', 'Network request failed', { correlationId: '' }),
    { origin: 'network', ...empty, clientCode: 'network_error', description: 'Network request failed' },
  ],
  [
    'a refused connection (AuthError of 5 to 7)',
    msal('AuthError', 'network_error', 'Network request failed: fetch failed', { correlationId: '' }),
    { origin: 'network', ...empty, clientCode: 'network_error', description: 'Network request failed: fetch failed' },
  ],
  [
    'HTML in place of JSON (5 to 7): an outage, not a parsing bug',
    msal(
      'AuthError',
      'token_parsing_error',
      'Failed to parse response: Unexpected token \'<\', "<html>" is not valid JSON',
      { correlationId: '' },
    ),
    {
      origin: 'network',
      ...empty,
      clientCode: 'token_parsing_error',
      description: 'Failed to parse response: Unexpected token \'<\', "<html>" is not valid JSON',
    },
  ],
  [
    'a token that does not parse is a client error',
    msal('ClientAuthError', 'token_parsing_error', 'Token cannot be parsed', { correlationId: '' }),
    { origin: 'client', ...empty, clientCode: 'token_parsing_error', description: 'Token cannot be parsed' },
  ],
  [
    'HTML in place of JSON (1 to 3): status and Retry-After are in the text',
    msal(
      'ServerError',
      'server_error',
      'Http status code: 503\nHttp status message: Unavailable\nHeaders: {"retry-after":"9","set-cookie":["a=b"]}',
      { correlationId: '' },
    ),
    {
      origin: 'network',
      ...empty,
      oauthError: 'server_error',
      clientCode: 'server_error',
      status: 503,
      retryAfterSeconds: 9,
      description:
        'Http status code: 503\nHttp status message: Unavailable\nHeaders: {"retry-after":"9","set-cookie":["[redacted]"]}',
    },
  ],
  [
    'a device code that failed: only the OAuth error is left (5 to 7)',
    msal('AuthError', 'post_request_failed', 'authorization_declined', { correlationId: '' }),
    {
      ...empty,
      oauthError: 'authorization_declined',
      clientCode: 'post_request_failed',
      flow: 'device-code',
      description: 'authorization_declined',
    },
  ],
  [
    'a device code that failed: a sentence before it (2 and 3)',
    msal(
      'AuthError',
      'post_request_failed',
      'Post request failed from the network, could be a 4xx/5xx or a network unavailability. Please check the exact error code for details. expired_token',
      { correlationId: '' },
    ),
    {
      ...empty,
      oauthError: 'expired_token',
      clientCode: 'post_request_failed',
      flow: 'device-code',
      description:
        'Post request failed from the network, could be a 4xx/5xx or a network unavailability. Please check the exact error code for details. expired_token',
    },
  ],
  [
    'a JSON string as answer: the TypeError that MSAL 1 to 7 throw',
    { name: 'TypeError', message: "Cannot create property 'key_id' on string '<html>'" },
    {
      origin: 'network',
      ...empty,
      clientCode: 'token_parsing_error',
      description: "Cannot create property 'key_id' on string '<html>'",
    },
  ],
  [
    'name and message alone',
    { name: 'InteractionRequiredAuthError', message: `invalid_grant: ${entraText(50076)}` },
    { oauthError: 'invalid_grant', aadstsCodes: [50076], b2cCodes: [], ...ids, description: entraText(50076) },
  ],
  [
    'B2C behind an OAuth error',
    msal(
      'ServerError',
      'access_denied',
      serverText('undefined', 'AADB2C90118: The user has forgotten their password.'),
      { correlationId: '' },
    ),
    {
      oauthError: 'access_denied',
      aadstsCodes: [],
      b2cCodes: ['AADB2C90118'],
      ...ids,
      description: serverText('undefined', 'AADB2C90118: The user has forgotten their password.'),
    },
  ],
  [
    'two codes: the real one inside',
    msal(
      'ServerError',
      'invalid_grant',
      `AADSTS50000: There was an error issuing a token. AADSTS50013: Assertion failed. Trace ID: ${traceId}`,
      { errorNo: 50000, correlationId: '' },
    ),
    {
      oauthError: 'invalid_grant',
      aadstsCodes: [50000, 50013],
      b2cCodes: [],
      traceId,
      description: `AADSTS50000: There was an error issuing a token. AADSTS50013: Assertion failed. Trace ID: ${traceId}`,
    },
  ],
  [
    'without a class name, as some wrappers copy the fields',
    {
      errorCode: 'interaction_required',
      errorMessage: entraText(53003),
      subError: 'message_only',
      claims: capolidsClaims,
    },
    {
      oauthError: 'interaction_required',
      suberror: 'message_only',
      aadstsCodes: [53003],
      b2cCodes: [],
      claims: capolidsClaims,
      ...ids,
      description: entraText(53003),
    },
  ],
];

describe('readMsal', () => {
  it.each(cases)('reads %s', (_name, input, expected) => {
    expect(seen(input)).toStrictEqual({ producer: 'msal', origin: 'token-response', ...expected });
  });

  it.each(cases)('reads the same from an Error object: %s', (_name, input, expected) => {
    const error = Object.assign(new Error(typeof input.message === 'string' ? input.message : ''), input);
    expect(seen(error)).toStrictEqual({ producer: 'msal', origin: 'token-response', ...expected });
  });

  it.each(cases.filter(([, input]) => input.errorCode !== undefined))(
    'reads the same after JSON, which loses message and stack: %s',
    (_name, input, expected) => {
      const error = Object.assign(new Error(typeof input.message === 'string' ? input.message : ''), input);
      Object.defineProperty(error, 'message', { value: input.message, enumerable: false });
      const copy: unknown = JSON.parse(JSON.stringify(error));
      expect(seen(copy)).toStrictEqual({ producer: 'msal', origin: 'token-response', ...expected });
    },
  );

  it('finds codes and ids after structuredClone, which keeps only message and stack', () => {
    const error = Object.assign(new Error(`invalid_grant: ${entraText(50076)}`), {
      name: 'InteractionRequiredAuthError',
      errorCode: 'invalid_grant',
      claims: acrsClaims,
    });
    expect(seen(structuredClone(error))).toStrictEqual({
      producer: 'text',
      origin: 'token-response',
      oauthError: 'invalid_grant',
      aadstsCodes: [50076],
      b2cCodes: [],
      ...ids,
      description: `invalid_grant: ${entraText(50076)}`,
    });
  });

  it.each<[name: string, input: unknown]>([
    ['errorCode of another library', { name: 'StripeError', errorCode: 'card_declined', message: 'no' }],
    ['a numeric errorCode of another library', { errorCode: 50076, message: 'ticket' }],
    ['an MSAL name with a message of somebody else', { name: 'AuthError', message: 'you: shall not pass' }],
    ['an MSAL name with no message', { name: 'ServerError' }],
    ['an ordinary TypeError', new TypeError("Cannot read properties of null (reading 'x')")],
  ])('does not claim %s', (_name, input) => {
    expect(seen(input)).toBeUndefined();
  });

  it("keeps the server's time and not a field that is no time", () => {
    expect(seen(msal('ServerError', 'invalid_grant', entraText(50076), { timestamp: 'yesterday' }))?.timestamp).toBe(
      timestamp,
    );
  });
});
