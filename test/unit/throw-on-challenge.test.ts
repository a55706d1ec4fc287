import { describe, expect, test } from 'vitest';
import { AadOptionsError, DownstreamChallengeError, throwOnChallenge } from '../../src/index.js';
import { notedCaller } from '../../src/interaction/index.js';

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

describe('a wrong option is refused, whatever the API answered', () => {
  const answered = (status: number, options: unknown): unknown => {
    try {
      return throwOnChallenge({ status, headers: new Headers(challenge) }, options as object);
    } catch (error) {
      return error;
    }
  };

  test.each<[string, unknown, string, string]>([
    ['an unknown name', { scope: ['a'] }, 'ERR_AAD_OPTIONS_UNKNOWN', 'unknown option "scope", did you mean "scopes"?'],
    ['a text for a list', { scopes: 'a' }, 'ERR_AAD_OPTIONS_TYPE', 'option "scopes" must be a value of type array, got "a".'],
    ['no object', ['a'], 'ERR_AAD_OPTIONS_TYPE', 'the options must be an object, got an array.'],
  ])('%s', (_name, options, code, text) => {
    for (const status of [200, 401]) {
      const error = answered(status, options) as AadOptionsError;
      expect(error).toBeInstanceOf(AadOptionsError);
      expect([error.code, error.message]).toEqual([code, `throwOnChallenge: ${text} [${code}]`]);
    }
  }); // prettier-ignore
});

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

describe('what is no answer is told', () => {
  test.each<[string, unknown, RegExp]>([
    ['a promise', Promise.resolve(new Response(null, { status: 401 })), /got a promise; await the fetch first/],
    ['nothing', undefined, /needs the Response of a fetch/],
    ['an answer of axios', { status: 401, headers: {} }, /needs the Response of a fetch/],
  ])('%s', (_name, given, sentence) => {
    expect(() => throwOnChallenge(given as never)).toThrow(sentence);
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

describe('what RFC 9470 asks for goes on to our own caller', () => {
  const stepUpIn = (parameters: string, error = 'insufficient_user_authentication'): unknown =>
    notedCaller(thrownBy(401, bearer(`error="${error}", ${parameters}`)) as object)?.stepUp;
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `acr${String(index)}`);

  test.each<[string, string[], number?]>([
    ['acr_values="urn:a urn:b", max_age="300"', ['urn:a', 'urn:b'], 300],
    ['acr_values="urn:a  urn:b "', ['urn:a', 'urn:b']],
    [`acr_values="${'a'.repeat(128)}"`, ['a'.repeat(128)]],
    [`acr_values="${many(8).join(' ')}"`, many(8)],
    [`acr_values="${many(9).join(' ')}"`, many(8)],
    ['max_age="0"', [], 0],
    ['max_age="999999999"', [], 999_999_999],
    ['acr_values="urn:a", max_age="-1"', ['urn:a']],
    ['acr_values="urn:a", max_age="5 minutes"', ['urn:a']],
    ['acr_values="urn:a", max_age="x5"', ['urn:a']],
    ['acr_values="urn:a", max_age=""', ['urn:a']],
    ['acr_values="urn:a", max_age="1000000000"', ['urn:a']],
    [`acr_values="urn:a ${'b'.repeat(129)}", max_age="1"`, [], 1],
    ['acr_values="urn:a é", max_age="1"', [], 1],
    ['acr_values="urn:a b\\"", max_age="1"', [], 1],
    ['acr_values="\\"b urn:a", max_age="1"', [], 1],
    ['scope="acr", max_age="1"', [], 1],
    // Nothing behind 2,048 characters is looked at, so what stands there spoils nothing.
    [`acr_values="urn:a${' '.repeat(2_043)}é"`, ['urn:a']],
  ])('%s', (parameters, acrValues, maxAgeSeconds) => {
    expect(stepUpIn(parameters)).toEqual({ acrValues, maxAgeSeconds });
  });

  test.each([
    ['realm="x"', 'insufficient_user_authentication'],
    ['acr_values=""', 'insufficient_user_authentication'],
    ['acr_values="é", max_age="x"', 'insufficient_user_authentication'],
    ['acr_values="urn:a", max_age="300"', 'invalid_token'],
  ])('nothing goes on from %s of %s', (parameters, error) => {
    expect(stepUpIn(parameters, error)).toBeUndefined();
  });

  test('from the challenge that says so, not from the one beside it', () => {
    const error = thrownBy(401, {
      'www-authenticate':
        'Bearer error="invalid_token", max_age="1", Bearer error="insufficient_user_authentication", max_age="2"',
    });
    expect(notedCaller(error as object)?.stepUp).toEqual({ acrValues: [], maxAgeSeconds: 2 });
  });

  test('a refusal that asks for nothing has no note', () => {
    expect(notedCaller(thrownBy(401, challenge) as object)).toBeUndefined();
  });
});
