import { describe, expect, test } from 'vitest';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { ConfidentialClientApplication as Client2 } from 'msal-node-2';
import { hintsOf } from '../../../src/express/interaction/account.js';
import type { MsalClient } from '../../../src/express/interaction/msal-client.js';

const tenantId = '3f1c8a52-0000-4000-8000-00000000aaaa';
const username = 'ada@contoso.test';
const consumers = '9188040d-6c67-4c5b-b112-36a304b66dad';

const auth = (authority?: string) => ({
  clientId: '5d2b7c11-0000-4000-8000-00000000bbbb',
  clientSecret: 'an invented secret',
  ...(authority !== undefined && { authority, knownAuthorities: [new URL(authority).hostname] }),
});

describe.each([
  ['MSAL Node 7', (authority?: string): MsalClient => new ConfidentialClientApplication({ auth: auth(authority) })],
  ['MSAL Node 2', (authority?: string): MsalClient => new Client2({ auth: auth(authority) })],
])('hints with %s', (_name, clientFor) => {
  test.each([
    ['a tenant', `https://login.microsoftonline.com/${tenantId}`, 'organizations'],
    ['no authority, which is common', undefined, 'organizations'],
    ['the cloud of the US government', `https://login.microsoftonline.us/${tenantId}`, 'organizations'],
    ['Azure AD B2C', 'https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_sign_in', undefined],
    ['External ID', `https://contoso.ciamlogin.com/${tenantId}`, undefined],
    ['Azure AD B2C or External ID at an own host', `https://login.contoso.test/${tenantId}/B2C_1_sign_in`, undefined],
  ])('%s', (_authority, authority, domainHint) => {
    const client = clientFor(authority);
    expect(hintsOf({ client }, { username, tenantId })).toEqual({
      loginHint: username,
      ...(domainHint !== undefined && { domainHint }),
    });
    expect(hintsOf({ client }, { username, tenantId: consumers }).domainHint).toBe(domainHint && 'consumers');
  });

  test.each([
    ['nobody is signed in', undefined, {}],
    ['an account without a name', { tenantId }, {}],
    ['an account with an empty name', { username: '', tenantId }, {}],
    ['an account without a tenant', { username }, { loginHint: username }],
    ['an account with an empty tenant', { username, tenantId: '' }, { loginHint: username }],
  ])('%s', (_account, account, expected) => {
    expect(hintsOf({ client: clientFor() }, account)).toEqual(expected);
  });
});

test('a client that does not tell its authority is taken for one of an organization', () => {
  const client: MsalClient = { getAuthCodeUrl: () => Promise.resolve(''), acquireTokenByCode: () => Promise.resolve() };
  expect(hintsOf({ client }, { username, tenantId })).toEqual({ loginHint: username, domainHint: 'organizations' });
});

test.each([
  ...[
    'login.microsoftonline.com',
    'login.windows.net',
    'login.microsoft.com',
    'sts.windows.net',
    'login.microsoftonline.us',
  ],
  ...['login.usgovcloudapi.net', 'login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
])('%s signs in organizations', (host) => {
  const config = { auth: { authority: `https://${host}/${tenantId}` } };
  expect(hintsOf({ client: { config } as never }, { username, tenantId }).domainHint).toBe('organizations');
});

test.each([
  ['of another host', { auth: { authority: 'https://login.contoso.test/x' } }, undefined],
  ['that is no address', { auth: { authority: 'contoso' } }, 'organizations'],
  ['that is no text', { auth: { authority: 7 } }, 'organizations'],
  ['that is not there', { auth: {} }, 'organizations'],
  ['without auth', {}, 'organizations'],
])('an authority %s', (_name, config, domainHint) => {
  expect(hintsOf({ client: { config } as never }, { username, tenantId }).domainHint).toBe(domainHint);
});
