import { describe, expect, test } from 'vitest';
import { noteCaller, notedCaller, plannerKey, plannerOf, refusedToCaller } from '../../../src/interaction/index.js';
import type { Decision } from '../../../src/types.js';

const decision: Decision = {
  action: 'claims_challenge',
  situation: 'mfa-required',
  retryable: false,
  who: 'user',
  code: 'AADSTS50076',
  claims: '{"access_token":{}}',
  scopes: ['a'],
  prompt: 'login',
  confidence: 'documented',
  rule: 'claims',
  trace: [{ rule: 'claims', because: 'usable claims' }],
};

describe('a claims challenge for a client that cannot handle one', () => {
  test.each([
    ['api', 'mfa-required'],
    ['script', 'mfa-required'],
    ['navigation', 'blocked-by-policy'],
  ] as const)('%s: only an administrator can help, and nothing is left that could be misread', (kind, situation) => {
    const because = "no cp1 in xms_cc of the caller's token: it cannot handle a challenge";
    expect(refusedToCaller(decision, kind)).toStrictEqual({
      action: 'contact_admin',
      situation,
      retryable: false,
      who: 'admin',
      code: 'AADSTS50076',
      confidence: 'documented',
      rule: 'caller-without-claims',
      trace: [{ rule: 'caller-without-claims', because }, ...decision.trace],
    });
    expect(decision.claims).toBe('{"access_token":{}}');
  });

  test('what is known about the caller is kept beside the error, not in it', () => {
    const error = Object.freeze({});
    noteCaller(error, { handlesClaims: false });
    expect([notedCaller(error), notedCaller({}), Object.keys(error)]).toEqual([
      { handlesClaims: false },
      undefined,
      [],
    ]);
  });
});

describe('what msalInteraction made', () => {
  test('is known by a symbol that another copy of the package has too', () => {
    const planner = {};
    expect(plannerOf({ [Symbol.for('aad-error-handler.planner')]: planner })).toBe(planner);
    expect(plannerKey).toBe(Symbol.for('aad-error-handler.planner'));
  });

  test.each([undefined, null, '/login', 7, true, {}, [], () => undefined])('is not %s', (value) => {
    expect(plannerOf(value)).toBeUndefined();
  });

  test('is not a function that carries the symbol', () => {
    expect(plannerOf(Object.assign(() => undefined, { [plannerKey]: {} }))).toBeUndefined();
  });
});
