import { describe, expect, test } from 'vitest';
import { notedCaller } from '../../../src/interaction/index.js';
import { AadOptionsError, requireAuthContext, type AadError, type AuthContextOptions } from '../../../src/index.js';
import { requestOf, responseOf } from './support.js';

const nowSeconds = 1_790_000_000;
const claims = (id = 'c1'): string => JSON.stringify({ access_token: { acrs: { essential: true, value: id } } });

/** What `next` was called with; a request that passes gives undefined. */
function nextOf(
  token: unknown,
  options: AuthContextOptions = {},
  id: Parameters<typeof requireAuthContext>[0] = 'c1',
): AadError | undefined {
  const calls: unknown[][] = [];
  const handler = requireAuthContext(id, { now: () => nowSeconds * 1000, ...options });
  handler(requestOf({ more: { auth: token } }), responseOf().response, (...parts) => calls.push(parts));
  expect(calls).toHaveLength(1);
  return calls[0]![0] as AadError | undefined;
}

describe('a token with the authentication context passes', () => {
  test.each<[string, unknown]>([
    ['as a list', { acrs: ['c7', 'c1'] }],
    ['as a text', { acrs: 'c7 c1' }],
    ['in capitals', { acrs: ['C1'] }],
    ['where express-oauth2-jwt-bearer leaves it', { payload: { acrs: ['c1'] } }],
    ['beside what is no text', { acrs: [7, null, 'c1'] }],
  ])('%s', (_name, token) => {
    expect(nextOf(token)).toBeUndefined();
  });

  test('also where the id depends on the request', () => {
    expect(nextOf({ acrs: ['c9'] }, {}, () => 'C9')).toBeUndefined();
    expect(nextOf({ acrs: ['c9'] }, {}, () => 'c8')?.claims).toBe(claims('c8'));
  });

  test('and any token where nothing is wanted', () => {
    expect(nextOf({}, {}, () => undefined)).toBeUndefined();
  });
});

describe('any other is refused with a claims challenge', () => {
  test.each<[string, unknown]>([
    ['no claims at all', undefined],
    ['no text', 'c1'],
    ['no context', {}],
    ['another one', { acrs: ['c11'] }],
    ['half of it', { acrs: ['c'] }],
    ['what is no list', { acrs: { c1: true } }],
    ['an acr, which counts with stepUp only', { acr: 'c1' }],
  ])('%s', (_name, token) => {
    const error = nextOf(token)!;
    expect(error).toMatchObject({ origin: 'resource-challenge', oauthError: 'insufficient_claims', claims: claims() });
    expect(notedCaller(error)).toEqual({ stepUp: undefined, handlesClaims: false });
  });

  test.each<[unknown, boolean]>([
    [['cp1'], true],
    ['CP1', true],
    ['cp1 x', true],
    [['cp2'], false],
    [[1, null], false],
    [undefined, false],
  ])('xms_cc %j: the caller handles it: %s', (xmsCc, isAble) => {
    expect(notedCaller(nextOf({ xms_cc: xmsCc })!)?.handlesClaims).toBe(isAble);
  });
});

describe('with stepUp', () => {
  const stepUp = { acrValues: ['urn:a', 'urn:b'], maxAgeSeconds: 300 };
  const recent = { auth_time: nowSeconds - 300 };

  test.each<[string, object, string | undefined]>([
    ['the level and recent', { acrs: ['c1'], ...recent }, undefined],
    ['the level by acr and recent', { acr: 'urn:b', ...recent }, undefined],
    ['the level, too old', { acrs: ['c1'], auth_time: nowSeconds - 301 }, 'insufficient_user_authentication'],
    ['the level, no time', { acrs: ['c1'] }, 'insufficient_user_authentication'],
    ['no level, but cp1', { xms_cc: ['cp1'], ...recent }, 'insufficient_claims'],
    ['no level, no cp1', recent, 'insufficient_user_authentication'],
    ['an acr that is no text', { acr: ['urn:a'], ...recent }, 'insufficient_user_authentication'],
  ])('%s', (_name, token, oauthError) => {
    expect(nextOf(token, { stepUp })?.oauthError).toBe(oauthError);
  });

  test.each<[maxAgeSeconds: number, ageSeconds: number, passes: boolean]>([
    [0, 0, true],
    [0, 5, true],
    [0, 60, true],
    [0, 61, false],
    [59, 60, true],
    [60, 61, false],
    [61, 61, true],
    [61, 62, false],
    [300, 301, false],
  ])('an age of %i seconds at most, a sign-in %i seconds ago: it passes: %s', (maxAgeSeconds, ageSeconds, passes) => {
    const error = nextOf({ acrs: ['c1'], auth_time: nowSeconds - ageSeconds }, { stepUp: { maxAgeSeconds } });
    expect(error?.oauthError).toBe(passes ? undefined : 'insufficient_user_authentication');
    // What is asked for is what was configured.
    if (!passes) expect(notedCaller(error!)?.stepUp?.maxAgeSeconds).toBe(maxAgeSeconds);
  });

  test('the challenge that the error stands for asks for it as well', () => {
    const header = (options: AuthContextOptions['stepUp']): string => {
      const { cause } = nextOf({}, { stepUp: options! }) as unknown as { cause: { headers: Record<string, string> } };
      return cause.headers['www-authenticate']!;
    };
    expect(header(stepUp)).toContain('acr_values="urn:a urn:b", max_age="300"');
    expect(header({ acrValues: ['urn:a'] })).toMatch(/acr_values="urn:a"$/);
  });

  test('the answer asks for what was configured', () => {
    expect(notedCaller(nextOf({}, { stepUp })!)).toEqual({ stepUp });
    expect(notedCaller(nextOf({ xms_cc: ['cp1'] }, { stepUp })!)).toEqual({ stepUp, handlesClaims: true });
  });

  test.each<[string, object, object]>([
    ['the id of the context is the default', { maxAgeSeconds: 0 }, { acrValues: ['c1'], maxAgeSeconds: 0 }],
    ['values in one text', { acrValues: 'a b' }, { acrValues: ['a', 'b'], maxAgeSeconds: undefined }],
    [
      '1,024 characters',
      { acrValues: [256, 255, 255, 255].map((length) => 'a'.repeat(length)) },
      { acrValues: expect.any(Array) },
    ],
  ])('%s', (_name, options, wanted) => {
    expect(notedCaller(nextOf({}, { stepUp: options })!)?.stepUp).toMatchObject(wanted);
  });

  test('without a maximum age an old sign-in will do', () => {
    expect(nextOf({ acrs: ['c1'], auth_time: 1 }, { stepUp: { acrValues: ['a'] } })).toBeUndefined();
  });
});

describe('a request never passes because something went wrong', () => {
  test.each([undefined, null, 0, '', false, Number.NaN, 'route', 'router'])('claimsOf throws %s', (thrown) => {
    const error = nextOf({}, { claimsOf: () => { throw thrown; } }); // prettier-ignore
    expect(error).toBeInstanceOf(Error);
    expect((error as unknown as Error).message).toBe('the authentication context could not be checked');
  });

  test.each([new RangeError('x'), 'a text', { status: 500 }])(
    'what it throws goes to the error handler: %s',
    (thrown) => {
      expect(nextOf({}, { claimsOf: () => { throw thrown; } })).toBe(thrown); // prettier-ignore
    },
  );

  test.each(['c0', 'c100', 'x1', '', null, 7])('a function that gives %j as id', (id) => {
    expect(nextOf({}, {}, () => id as string)).toBeInstanceOf(AadOptionsError);
  });
});

describe('mistakes at start-up', () => {
  const mistake = (id: unknown, options: unknown): AadOptionsError => {
    try {
      requireAuthContext(id as string, options as AuthContextOptions);
    } catch (error) {
      return error as AadOptionsError;
    }
    throw new Error('no mistake');
  };

  test.each(['c0', 'c100', 'c1x', 'xc1', ' c1', '1', ''])('the id %j', (id) => {
    const error = mistake(id, {});
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_VALUE', 'id']);
    expect(error.message).toContain(
      'requireAuthContext: option "id" must be an authentication context id from "c1" to',
    );
  });

  test.each(['c1', 'c9', 'c10', 'C99'])('but not the id %s', (id) => {
    expect(requireAuthContext(id)).toBeTypeOf('function');
  });

  test('an id that is no text', () => {
    expect(mistake(1, {})).toMatchObject({
      code: 'ERR_AAD_OPTIONS_TYPE',
      option: 'id',
      message: expect.stringContaining(
        'must be a text such as "c1" or a function of the request, got a value of type number.',
      ),
    });
  });

  test.each([
    ['stepUp.maxAgeSeconds', { maxAgeSeconds: -1 }, 'a whole number of seconds, 0 or more.'],
    ['stepUp.maxAgeSeconds', { maxAgeSeconds: 1.5 }, 'a whole number of seconds, 0 or more.'],
    ['stepUp.acrValues', { acrValues: [] }, 'one or more acr values of printable ASCII without blanks.'],
    ['stepUp.acrValues', { acrValues: '' }, 'one or more acr values'],
    ['stepUp.acrValues', { acrValues: 'a  b' }, 'one or more acr values'],
    ['stepUp.acrValues', { acrValues: ['a', 'b c'] }, 'one or more acr values'],
    ['stepUp.acrValues', { acrValues: ['a', 7] }, 'one or more acr values'],
    ['stepUp.acrValues', { acrValues: ['a"'] }, 'one or more acr values'],
    ['stepUp.acrValues', { acrValues: ['é'] }, 'one or more acr values'],
    ['stepUp.acrValues', { acrValues: ['a'.repeat(257)] }, 'one or more acr values'],
    ['stepUp.acrValues', { acrValues: 7 }, 'one or more acr values'],
    [
      'stepUp.acrValues',
      { acrValues: [256, 256, 255, 255].map((length) => 'a'.repeat(length)) },
      'must not be longer than 1024 characters.',
    ],
  ])('%s: %j', (option, stepUp, fix) => {
    const error = mistake('c1', { stepUp });
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_VALUE', option]);
    expect(error.message).toContain(fix);
  });

  test.each([
    ['stepUp.acr', { stepUp: { acr: 'x' } }, 'ERR_AAD_OPTIONS_UNKNOWN'],
    ['stepUp.maxAgeSeconds', { stepUp: { maxAgeSeconds: '1' } }, 'ERR_AAD_OPTIONS_TYPE'],
    ['claimsOf', { claimsOf: {} }, 'ERR_AAD_OPTIONS_TYPE'],
    ['now', { now: 1 }, 'ERR_AAD_OPTIONS_TYPE'],
    ['step', { step: 1 }, 'ERR_AAD_OPTIONS_UNKNOWN'],
  ])('%s', (option, options, code) => {
    expect(mistake('c1', options)).toMatchObject({ code, option });
    expect(mistake('c1', options).message).toMatch(/^requireAuthContext: /);
  });
});
