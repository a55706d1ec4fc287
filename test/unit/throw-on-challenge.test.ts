import { describe, expect, test } from 'vitest';
import { DownstreamChallengeError, throwOnChallenge } from '../../src/index.js';

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const bearer = (text: string): Record<string, string> => ({ 'www-authenticate': `Bearer ${text}` });
const challenge = bearer(`error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`);

function thrownBy(status: number, headers: Record<string, string>, options?: { scopes: string[] }): unknown {
  const response = { status, headers: new Headers(headers) };
  try {
    expect(throwOnChallenge(response, options)).toBe(response);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the refusal of a downstream API is thrown', () => {
  test.each<[string, number, Record<string, string>, string, object]>([
    ['a claims challenge', 401, challenge, '401 (insufficient_claims)', { claims }],
    ['a claims challenge with 403', 403, challenge, '403 (insufficient_claims)', { claims }],
    ['a bare challenge', 401, bearer('realm="x"'), '401', { origin: 'resource-challenge' }],
    ['throttling', 429, { 'retry-after': '7' }, '429', { retryAfterSeconds: 7 }],
    ['an outage', 503, {}, '503', { status: 503 }],
  ])('%s', (_name, status, headers, said, cause) => {
    const error = thrownBy(status, headers, { scopes: ['api://a/b'] }) as DownstreamChallengeError;
    expect(error).toBeInstanceOf(DownstreamChallengeError);
    expect(error.name).toBe('DownstreamChallengeError');
    expect(error.message).toBe(`the downstream API answered ${said}`);
    expect(error.cause).toMatchObject({ status, scopes: ['api://a/b'], ...cause });
  });
});

describe('any other answer is given back', () => {
  test.each<[string, number, Record<string, string>]>([
    ['success', 200, challenge],
    ['an error of the API', 404, challenge],
    ['a fault of the API', 500, challenge],
    ['a refusal without a challenge', 401, {}],
    ['a refusal without permission', 403, {}],
    ['a challenge that is none', 401, { 'www-authenticate': '' }],
  ])('%s', (_name, status, headers) => {
    expect(thrownBy(status, headers)).toBeUndefined();
  });
});
