import { describe, expect, test } from 'vitest';
import { callerHandlesClaims, validatedClaims } from '../../../src/express/token-claims.js';
import { requestOf } from './support.js';

const token = { iss: 'https://login.microsoftonline.com/x/v2.0', aud: 'api', xms_cc: ['cp1'] };
const dull = { iss: 'https://login.microsoftonline.com/x/v2.0', aud: 'api' };

describe('validated claims are found', () => {
  test.each<[string, object, unknown]>([
    ['in req.auth.payload, before all others', { auth: { payload: token }, user: dull }, token],
    ['in req.auth', { auth: token, user: dull }, token],
    ['in req.authInfo, where it holds claims of a token', { authInfo: token, user: dull }, token],
    ['in req.user, where req.authInfo says something else', { authInfo: { scope: 'x' }, user: dull }, dull],
    ['in req.user, whatever it is', { user: { id: 1 } }, { id: 1 }],
    ['nowhere', {}, undefined],
    ['nowhere, where there are texts', { auth: 'x', authInfo: 'y', user: 'z' }, undefined],
    ['not in null', { auth: null, user: null }, undefined],
  ])('%s', (_name, more, wanted) => {
    expect(validatedClaims(requestOf({ more }))).toEqual(wanted);
  });
});

describe('whether the caller handles a claims challenge', () => {
  test.each<[string, object, boolean | undefined]>([
    ['it says so', { auth: token }, true],
    ['it does not', { auth: dull }, false],
    ['a user of a database says nothing', { user: { id: 1, name: 'Ada' } }, undefined],
    ['claims without an audience are none of an access token', { user: { iss: 'x' } }, undefined],
    ['claims without an issuer are none of an access token', { user: { aud: 'x', iss: 7 } }, undefined],
    ['a user of a database in front of the token does not hide it', { auth: { id: 1 }, user: token }, true],
    ['nothing is known', {}, undefined],
  ])('%s', (_name, more, wanted) => {
    expect(callerHandlesClaims(requestOf({ more }))).toBe(wanted);
  });

  test.each<[string, () => unknown, boolean | undefined]>([
    ['gives claims', () => ({ xms_cc: ['cp1'] }), true],
    ['gives claims without xms_cc', () => ({}), false],
    ['gives undefined', () => undefined, undefined],
    ['gives null', () => null, undefined],
    ['gives a text', () => 'cp1', undefined],
    ['throws', () => { throw new Error('x'); }, undefined], // prettier-ignore
  ])('claimsOf %s', (_name, claimsOf, wanted) => {
    expect(callerHandlesClaims(requestOf({ more: { auth: dull } }), claimsOf as never)).toBe(wanted);
  });
});
