import { describe, expect, test } from 'vitest';
import { missingPermissions, readTokenFacts, shortPermission } from '../../../src/doctor/token.js';
import { accessToken, graph, nowMs, personalTenant } from './support.js';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (payload: unknown): string => `h.${part(payload)}.s`;
const bare = { format: 'jwt', scopes: [], roles: [], expired: false, accountKind: 'unknown' } as const;
const none = { scopes: [], roles: [], expired: false, accountKind: 'unknown' } as const;

describe('what an access token says', () => {
  test('is read without the word Bearer, in any case, and blanks around it', () => {
    for (const token of [tokenOf({}), `Bearer ${tokenOf({})}`, `bearer    ${tokenOf({})} `, ` BEARER ${tokenOf({})}`])
      expect(readTokenFacts(token, nowMs)).toStrictEqual(bare);
  });

  test.each<[string, object, object]>([
    ['an audience of ours', { aud: graph }, { audience: graph, audienceName: 'Microsoft Graph' }],
    ['an audience of somebody', { aud: 'api://a1-b2' }, { audience: 'api://a1-b2' }],
    ['an audience of 256 characters', { aud: 'a'.repeat(256) }, { audience: 'a'.repeat(256) }],
    ['an audience that is longer', { aud: 'a'.repeat(257) }, {}],
    ['an audience with blanks', { aud: 'a b' }, {}],
    ['an audience that begins with markup', { aud: '<a' }, {}],
    ['an audience that ends with markup', { aud: 'a>' }, {}],
    ['an audience that is a list', { aud: [graph] }, { audience: graph, audienceName: 'Microsoft Graph' }],
    ['scopes', { scp: 'A.Read B.Read' }, { permissionType: 'delegated', scopes: ['A.Read', 'B.Read'] }],
    ['scopes and roles of the user', { scp: 'A.Read', roles: ['R'] }, { permissionType: 'delegated', scopes: ['A.Read'], roles: ['R'] }],
    ['roles', { roles: ['A.Read', 7, '<b>', 'b>', `A${'a'.repeat(127)}`, `A${'a'.repeat(128)}`] }, { permissionType: 'application', roles: ['A.Read', `A${'a'.repeat(127)}`] }],
    ['roles that are no list', { roles: 'A.Read' }, {}],
    ['128 permissions at most', { roles: Array.from({ length: 129 }, (_, index) => `R${index}`) }, { permissionType: 'application', roles: Array.from({ length: 128 }, (_, index) => `R${index}`) }],
    ['an application by idtyp', { idtyp: 'app' }, { permissionType: 'application' }],
    ['a user by idtyp', { idtyp: 'user', roles: ['R'] }, { permissionType: 'delegated', roles: ['R'] }],
    ['another idtyp', { idtyp: 'device' }, {}],
    ['an expiry to come', { exp: nowMs / 1000 + 1 }, { expiresAt: '2026-01-15T12:00:01Z' }],
    ['an expiry now', { exp: nowMs / 1000 }, { expiresAt: '2026-01-15T12:00:00Z', expired: true }],
    ['an expiry of 0', { exp: 0 }, {}],
    ['an expiry in milliseconds', { exp: 1e11 }, {}],
    ['an expiry as text', { exp: '1' }, {}],
    ['a work account', { tid: '11111111-2222-4333-8444-555555555555' }, { accountKind: 'work-or-school' }],
    ['a personal account', { tid: personalTenant }, { accountKind: 'personal' }],
    ['a personal account in capitals', { tid: personalTenant.toUpperCase() }, { accountKind: 'personal' }],
    ['a tenant that is no text', { tid: 5 }, {}],
  ])('%s', (_name, payload, wanted) => {
    expect(readTokenFacts(tokenOf(payload), nowMs)).toStrictEqual({ ...bare, ...wanted });
  }); // prettier-ignore

  test.each<[string, string, 'opaque' | 'unreadable']>([
    ['of a personal account', `Ew${'A'.repeat(100)}`, 'opaque'],
    ['shorter than one of a personal account', `Ew${'A'.repeat(99)}`, 'unreadable'],
    ['with something before it', `xEw${'A'.repeat(100)}`, 'unreadable'],
    ['with other characters', `Ew${'A'.repeat(50)}!${'A'.repeat(50)}`, 'unreadable'],
    ['encrypted, of five parts', 'a.b.c.d.e', 'opaque'],
    ['of four parts', 'a.b.c.d', 'unreadable'],
    ['of two parts', `h.${part({})}`, 'unreadable'],
    ['with a payload that is no JSON', 'a.b.c', 'unreadable'],
    ['with a payload that is no object', tokenOf(7), 'unreadable'],
    ['a word', 'undefined', 'unreadable'],
    ['longer than any', `${tokenOf({})}${'x'.repeat(32_768)}`, 'unreadable'],
  ])('nothing of one that is %s', (_name, token, format) => {
    expect(readTokenFacts(token, nowMs)).toStrictEqual({ format, ...none });
  });

  test('of 32,768 characters is read', () => {
    const token = tokenOf({});
    expect(readTokenFacts(token + 's'.repeat(32_768 - token.length), nowMs).format).toBe('jwt');
    expect(readTokenFacts(token + 's'.repeat(32_769 - token.length), nowMs).format).toBe('unreadable');
  });
});

describe('wanted permissions that are missing', () => {
  const token = readTokenFacts(
    accessToken({ scp: 'User.Read https://graph.microsoft.com/Mail.Read', roles: ['Admin'] }),
    nowMs,
  );

  test.each<[string, readonly string[], readonly string[]]>([
    ['none of those it holds, in any case', ['user.read', 'Mail.Read', 'ADMIN'], []],
    ['those it lacks, by their short names', ['https://graph.microsoft.com/Files.Read', 'User.Read'], ['Files.Read']],
    ['no words of the protocol', ['openid', 'Profile', 'email', 'offline_access', '.default', 'https://graph.microsoft.com/.default', 'https://graph.microsoft.com/'], []],
    ['nothing that has not the shape of one', ['<b>', 'a b'], []],
  ])('%s', (_name, wanted, missing) => {
    expect(missingPermissions(wanted, token)).toEqual(missing);
  }); // prettier-ignore

  test('nobody can say without a token that can be read', () => {
    expect(missingPermissions(['A.Read'], undefined)).toEqual([]);
    expect(missingPermissions(['A.Read'], readTokenFacts('x', nowMs))).toEqual([]);
  });

  test('short names', () => {
    expect(['https://graph.microsoft.com/Mail.Read', 'Mail.Read', '/x', ''].map(shortPermission)).toEqual([
      'Mail.Read',
      'Mail.Read',
      'x',
      '',
    ]);
  });
});
