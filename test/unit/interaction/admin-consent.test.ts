import { describe, expect, test } from 'vitest';
import { adminConsentUrl, readAdminConsentResponse } from '../../../src/interaction/index.js';

describe('admin consent', () => {
  test('the v2 address, every part encoded', () => {
    const url = new URL(
      adminConsentUrl({
        host: 'https://login.microsoftonline.us',
        tenant: 'contoso.test/../common?x',
        clientId: 'a b&c',
        scopes: ['https://graph.microsoft.us/User.Read', 'https://graph.microsoft.us/Mail.Read'],
        redirectUri: 'https://app.contoso.test/auth/admin-consent/return',
        state: 's&t',
      }),
    );
    expect(url.origin + url.pathname).toBe(
      'https://login.microsoftonline.us/contoso.test%2F..%2Fcommon%3Fx/v2.0/adminconsent',
    );
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'a b&c',
      scope: 'https://graph.microsoft.us/User.Read https://graph.microsoft.us/Mail.Read',
      redirect_uri: 'https://app.contoso.test/auth/admin-consent/return',
      state: 's&t',
    });
  });

  test.each([
    ['admin_consent=True&tenant=x', 'granted'],
    ['admin_consent=true', 'granted'],
    ['admin_consent=True&error=consent_required&error_description=AADSTS65004', 'failed'],
    ['admin_consent=True&error=', 'failed'],
    ['admin_consent=True&error_description=x', 'failed'],
    ['error=permission_denied', 'failed'],
    ['admin_consent=False', undefined],
    ['admin_consent=1', undefined],
    ['tenant=x', undefined],
    ['', undefined],
  ])('%s means %s', (query, wanted) => {
    expect(readAdminConsentResponse(new Map(new URLSearchParams(query)))).toBe(wanted);
  });
});
