import { expect, test } from 'vitest';
import {
  authorizationErrorResponse,
  claimsChallengeResponse,
  graphErrorKinds,
  graphErrorResponse,
  tokenErrorResponse,
} from '../../../src/testing/index.js';

const fixed = { now: () => Date.UTC(2026, 0, 31, 23, 59, 59), traceId: 'trace-1', correlationId: 'correlation-1' };

test('tokenErrorResponse is whole and repeatable', () => {
  expect(tokenErrorResponse(53003, { ...fixed, description: 'Blocked.', claims: '{"access_token":{}}' })).toEqual({
    status: 400,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store, no-cache',
      'x-ms-request-id': 'trace-1',
    },
    body: {
      error: 'invalid_grant',
      error_description:
        'AADSTS53003: Blocked.\r\nTrace ID: trace-1\r\nCorrelation ID: correlation-1\r\nTimestamp: 2026-01-31 23:59:59Z',
      error_codes: [53003],
      timestamp: '2026-01-31 23:59:59Z',
      trace_id: 'trace-1',
      correlation_id: 'correlation-1',
      error_uri: 'https://login.microsoftonline.com/error?code=53003',
      suberror: 'message_only',
      claims: '{"access_token":{}}',
    },
  });
});

test('authorizationErrorResponse makes fields for URLSearchParams', () => {
  const fields = authorizationErrorResponse('AADSTS65004', {
    ...fixed,
    description: 'No.',
    subcode: 'cancel',
    state: 's&1',
  });
  expect(fields).toEqual({
    error: 'access_denied',
    error_description:
      'AADSTS65004: No.\r\nTrace ID: trace-1\r\nCorrelation ID: correlation-1\r\nTimestamp: 2026-01-31 23:59:59Z',
    error_uri: 'https://login.microsoftonline.com/error?code=65004',
    error_subcode: 'cancel',
    state: 's&1',
  });
  expect(new URLSearchParams(fields).get('state')).toBe('s&1');
});

test('claimsChallengeResponse carries padded base64 of the claims', () => {
  const claims = { access_token: { acrs: { essential: true, value: 'c1' } } };
  const { status, headers } = claimsChallengeResponse(claims);
  const base64 =
    /error="insufficient_claims", claims="([\w+/]+=*)"$/.exec(headers['www-authenticate'] ?? '')?.[1] ?? '';
  expect(status).toBe(401);
  expect(base64.length % 4).toBe(0);
  expect(JSON.parse(Buffer.from(base64, 'base64').toString())).toEqual(claims);
});

test('graphErrorResponse knows its kinds and no other', () => {
  const answers = graphErrorKinds.map((kind) => [kind, graphErrorResponse(kind)] as const);
  expect(answers.map(([kind, { status }]) => [kind, status])).toEqual([
    ['invalid-token', 401],
    ['expired-token', 401],
    ['insufficient-claims', 401],
    ['forbidden', 403],
    ['throttled', 429],
    ['unavailable', 503],
  ]);
  for (const [, { body }] of answers) expect(body['error']).toMatchObject({ code: expect.any(String) as string });
  expect(() => graphErrorResponse('nonsense' as 'forbidden')).toThrow(/unknown kind "nonsense"/);
});

test.each([tokenErrorResponse, authorizationErrorResponse])('%o refuses what is no code', (build) => {
  expect(() => build('fifty')).toThrow(expect.objectContaining({ code: 'ERR_AAD_TESTING_PLAN' }));
});
