import { describe, expect, test } from 'vitest';
import { interactionRequest, notedReturnTo, noteReturnTo } from '../../../src/interaction/index.js';
import type { AadAction, Decision } from '../../../src/types.js';

const decision: Decision = {
  action: 'claims_challenge',
  situation: 'mfa-required',
  retryable: false,
  who: 'user',
  code: 'AADSTS50076',
  claims: '{"access_token":{}}',
  scopes: ['a'],
  confidence: 'documented',
  rule: 'claims',
  trace: [],
};
const hints = { loginHint: 'alice@contoso.test', domainHint: 'organizations' };

describe('the next authorization request', () => {
  test('holds everything the decision asks for, and the hints', () => {
    expect(interactionRequest(decision, '/a', hints)).toEqual({
      action: 'claims_challenge',
      situation: 'mfa-required',
      code: 'AADSTS50076',
      claims: '{"access_token":{}}',
      scopes: ['a'],
      returnTo: '/a',
      ...hints,
    });
  });

  test('has no member for what the decision does not say', () => {
    const bare: { code?: string; claims?: string; scopes?: readonly string[] } & Decision = { ...decision };
    delete bare.code;
    delete bare.claims;
    delete bare.scopes;
    expect(interactionRequest(bare, '/a')).toStrictEqual({
      action: 'claims_challenge',
      situation: 'mfa-required',
      returnTo: '/a',
    });
    expect(interactionRequest({ ...bare, prompt: 'login' }, '/a', { loginHint: 'alice@contoso.test' })).toStrictEqual({
      action: 'claims_challenge',
      situation: 'mfa-required',
      returnTo: '/a',
      prompt: 'login',
      loginHint: 'alice@contoso.test',
    });
  });

  test('has no hint where the person is about to choose an account: Entra refuses both together', () => {
    const request = interactionRequest({ ...decision, prompt: 'select_account' }, '/a', hints);
    expect(request).toMatchObject({ prompt: 'select_account' });
    expect(request).not.toHaveProperty('loginHint');
    expect(request).not.toHaveProperty('domainHint');
  });

  test.each<[AadAction, boolean]>([
    ['interactive', true],
    ['claims_challenge', true],
    ['consent', true],
    ['retry', false],
    ['admin_consent', false],
    ['contact_admin', false],
    ['fix_config', false],
    ['user_cancelled', false],
    ['unknown', false],
  ])('%s: there is one: %s', (action, wanted) => {
    expect(interactionRequest({ ...decision, action }, '/a') !== undefined).toBe(wanted);
  });

  test('where a failed sign-in was meant to end is kept beside the error, not in it', () => {
    const error = Object.freeze({});
    noteReturnTo(error, '/a');
    expect([notedReturnTo(error), notedReturnTo({}), Object.keys(error)]).toEqual(['/a', undefined, []]);
  });
});
