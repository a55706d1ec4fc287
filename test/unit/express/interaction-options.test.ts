import { describe, expect, test, vi } from 'vitest';
import { AadOptionsError, msalInteraction, type MsalInteractionOptions } from '../../../src/index.js';
import { TokenRequestError } from '../../../src/express/index.js';
import { requestOf } from './support.js';
import { nowMs, origin, secret, siteOf } from './routes-support.js';

const base: MsalInteractionOptions = {
  client: { getAuthCodeUrl: () => Promise.resolve(''), acquireTokenByCode: () => Promise.resolve() },
  baseUrl: origin,
  secret,
  onSignedIn: () => undefined,
};

function mistake(options: object): AadOptionsError | undefined {
  try {
    msalInteraction({ ...base, ...options });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(AadOptionsError);
    return error as AadOptionsError;
  }
}

describe('msalInteraction refuses at start-up', () => {
  test.each<[string, object, string]>([
    ['baseUrl', { baseUrl: 'app.contoso.test' }, 'must be an absolute URL such as "https://app.contoso.example".'],
    ['baseUrl', { baseUrl: 'ftp://app.contoso.test' }, 'must be an absolute URL'],
    ['baseUrl', { baseUrl: 'xhttps://app.contoso.test' }, 'must be an absolute URL'],
    ['baseUrl', { baseUrl: 'httpsx://app.contoso.test' }, 'must be an absolute URL'],
    ['baseUrl', { baseUrl: 'https://user@app.contoso.test' }, 'must be an absolute URL'],
    [
      'baseUrl',
      { baseUrl: `${origin}/app` },
      'must be an origin without a path; mount paths with basePath and redirectPath.',
    ],
    ['baseUrl', { baseUrl: `${origin}?a=b` }, 'must be an origin without a path'],
    ['baseUrl', { baseUrl: `${origin}#a` }, 'must be an origin without a path'],
    ['baseUrl', { baseUrl: 'http://app.contoso.test' }, 'must use https; http is for localhost only.'],
    ['baseUrl', { baseUrl: 'http://localhost.contoso.test' }, 'must use https'],
    ['basePath', { basePath: 'auth' }, 'must be a path such as "/auth".'],
    ['basePath', { basePath: '//auth' }, 'must be a path such as "/auth".'],
    ['basePath', { basePath: '/auth?a' }, 'must be a path such as "/auth".'],
    ['redirectPath', { redirectPath: '/auth#a' }, 'must be a path such as "/auth".'],
    ['responseMode', { responseMode: 'fragment' }, 'must be "query" or "form_post".'],
    ['endSessionUrl', { endSessionUrl: 'http://login.microsoftonline.com/x' }, 'must be an https URL.'],
    ['endSessionUrl', { endSessionUrl: 'logout' }, 'must be an https URL.'],
    ['passwordResetAuthority', { passwordResetAuthority: 'http://contoso.b2clogin.com' }, 'must be an https URL.'],
    [
      'adminConsent.tenant',
      { adminConsent: { clientId: 'x', tenant: 'common' } },
      'must not be "common": pass the tenant id, or "organizations".',
    ],
    [
      'adminConsent.tenant',
      { adminConsent: { clientId: 'x', tenant: 'COMMON' } },
      'must not be "common": pass the tenant id, or "organizations".',
    ],
    [
      'adminConsent.tenant',
      { adminConsent: { clientId: 'x', tenant: 'Consumers' } },
      'must not be "consumers": pass the tenant id, or "organizations".',
    ],
    ...[
      ['login.microsoftonline.us', 'must be an absolute URL such as "https://login.microsoftonline.us".'],
      ['', 'must be an absolute URL such as "https://login.microsoftonline.us".'],
      ['ftp://login.microsoftonline.us', 'must be an absolute URL such as "https://login.microsoftonline.us".'],
      ['http://login.microsoftonline.us', 'must use https; http is for localhost only.'],
      [
        'https://login.microsoftonline.us/contoso.test',
        'must be an origin without a path; the tenant has an option of its own.',
      ],
      ['https://login.microsoftonline.us?a=b', 'must be an origin without a path'],
    ].map(([host, fix]): [string, object, string] => [
      'adminConsent.host',
      { adminConsent: { clientId: 'x', tenant: 'x', host } },
      fix!,
    ]),
    ...[[], [1], ['openid', undefined], ['']].flatMap((scopes): [string, object, string][] => [
      ['scopes', { scopes }, 'must be a list of scopes; leave it out for openid, profile, offline_access.'],
      [
        'adminConsent.scopes',
        { adminConsent: { clientId: 'x', tenant: 'x', scopes } },
        'must be a list of scopes; leave it out for https://graph.microsoft.com/.default.',
      ],
    ]),
    [
      'client',
      { client: {} },
      'must have the methods getAuthCodeUrl and acquireTokenByCode. Pass your ConfidentialClientApplication.',
    ],
    [
      'client',
      { client: { getAuthCodeUrl: () => undefined, acquireTokenByCode: 'x' } },
      'must have the method acquireTokenByCode. Pass your ConfidentialClientApplication.',
    ],
    ...['sign-in', 'challenge', 'sign-out', 'admin-consent', 'admin-consent/return'].map(
      (route): [string, object, string] => [
        'redirectPath',
        { basePath: '/id/', redirectPath: `/id/${route}` },
        'must not be the path of another route; leave it out for "/id/redirect".',
      ],
    ),
    // Browsers send /auth, and %C3%BC.
    ['basePath', { basePath: '/a/../auth' }, 'must be a path such as "/auth".'],
    ['redirectPath', { redirectPath: '/zur\u00fcck' }, 'must be a path such as "/auth".'],
    ['secret', { secret: 'short' }, '32 characters'],
  ])('%s: %j', (option, options, fix) => {
    expect(mistake(options)).toMatchObject({
      code: 'ERR_AAD_OPTIONS_VALUE',
      option,
      message: expect.stringMatching(new RegExp(`^msalInteraction: option "${option}" `)),
    });
    expect(mistake(options)!.message).toContain(fix);
  });

  test.each<[string, object, string]>([
    ['client', {}, 'Pass your ConfidentialClientApplication.'],
    ['baseUrl', {}, 'Pass the origin browsers use, such as "https://app.contoso.example".'],
    ['secret', {}, 'Pass a random text of at least 32 characters, for instance from SESSION_SECRET.'],
    [
      'onSignedIn',
      {},
      'Pass a function that keeps the account, such as (req, res, result) => { req.session.account = result.account; }.',
    ],
    ['adminConsent.clientId', { adminConsent: { tenant: 'x' } }, 'Pass the client id of the app registration.'],
    [
      'adminConsent.clientId',
      { adminConsent: { clientId: '', tenant: 'x' } },
      'Pass the client id of the app registration.',
    ],
    ['adminConsent.tenant', { adminConsent: { clientId: 'x' } }, 'Pass the tenant id.'],
  ])('without %s', (option, options, fix) => {
    const error = mistake(option.includes('.') ? options : { [option]: undefined });
    expect(error).toMatchObject({ code: 'ERR_AAD_OPTIONS_MISSING', option });
    expect(error!.message).toBe(`msalInteraction: option "${option}" is missing. ${fix} [ERR_AAD_OPTIONS_MISSING]`);
  });

  test.each<[string, object]>([
    ['client', { client: 'x' }],
    ['baseUrl', { baseUrl: 7 }],
    ['scopes', { scopes: 'openid' }],
    ['redirectPath', { redirectPath: 7 }],
    ['basePath', { basePath: 7 }],
    ['responseMode', { responseMode: 7 }],
    ['onSignedIn', { onSignedIn: {} }],
    ['getAccount', { getAccount: {} }],
    ['onSignOut', { onSignOut: {} }],
    ['endSessionUrl', { endSessionUrl: 7 }],
    ['passwordResetAuthority', { passwordResetAuthority: 7 }],
    ['adminConsent', { adminConsent: [] }],
    ['adminConsent.clientId', { adminConsent: { clientId: 7, tenant: 'x' } }],
    ['adminConsent.tenant', { adminConsent: { clientId: 'x', tenant: 7 } }],
    ['adminConsent.scopes', { adminConsent: { clientId: 'x', tenant: 'x', scopes: 'a' } }],
    ['adminConsent.host', { adminConsent: { clientId: 'x', tenant: 'x', host: 7 } }],
    ['onAdminConsent', { onAdminConsent: {} }],
    ['now', { now: 7 }],
  ])('%s of another type', (option, options) => {
    expect(mistake(options)).toMatchObject({ code: 'ERR_AAD_OPTIONS_TYPE', option });
  });

  test.each<[string, object]>([
    ['http on localhost', { baseUrl: 'http://localhost:3000' }],
    ['http on 127.0.0.1', { baseUrl: 'http://127.0.0.1:3000/' }],
    ['http on ::1', { baseUrl: 'http://[::1]:3000' }],
    ['query', { responseMode: 'query' }],
    ['form_post', { responseMode: 'form_post' }],
    ['organizations', { adminConsent: { clientId: 'x', tenant: 'organizations' } }],
    ['a national cloud', { adminConsent: { clientId: 'x', tenant: 'x', host: 'https://login.microsoftonline.us/' } }],
    ['LocalEntra', { adminConsent: { clientId: 'x', tenant: 'x', host: 'http://localhost:8080' } }],
    ['one scope', { scopes: ['openid'] }],
    ['a redirect URI beside the routes', { redirectPath: '/auth/sign-in/done' }],
    ['the routes at the root', { basePath: '/' }],
    ['a client whose methods are inherited', { client: Object.create(base.client) as object }],
    ['everything left out', { scopes: undefined, getAccount: undefined, adminConsent: undefined, now: undefined }],
  ])('but not %s', (_name, options) => {
    expect(mistake(options)).toBeUndefined();
  });
});

describe('acquireToken', () => {
  const account = { username: 'ada@contoso.test' };
  const request = requestOf({});
  const authOf = (acquireTokenSilent: unknown, getAccount: unknown = () => account) =>
    siteOf({ client: { ...base.client, acquireTokenSilent } as never, getAccount: getAccount as never }).auth;

  test('asks MSAL for the account of the session, with what it was given', async () => {
    const silent = vi.fn(async () => ({ accessToken: 'invented' }));
    const scopes = Object.freeze(['Mail.Read']);
    await expect(authOf(silent).acquireToken(request, { scopes, forceRefresh: true, claims: '{}' })).resolves.toEqual({
      accessToken: 'invented',
    });
    expect(silent).toHaveBeenCalledWith({ scopes: ['Mail.Read'], forceRefresh: true, claims: '{}', account });
  });

  test.each<[string, object, string]>([
    [
      'an error of Entra',
      { errorCode: 'invalid_grant', errorMessage: 'AADSTS65001: x', name: 'ServerError', subError: 'consent_required' },
      'no token: invalid_grant',
    ],
    [
      'an error of MSAL',
      { errorCode: 'no_tokens_found', errorMessage: 'x', name: 'ClientAuthError' },
      'no token: no_tokens_found',
    ],
  ])('%s says which scopes were asked for', async (_name, thrown, message) => {
    const error: unknown = await authOf(() => Promise.reject(thrown))
      .acquireToken(request, { scopes: ['Mail.Read'] })
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ name: 'TokenRequestError', message, cause: { scopes: ['Mail.Read'] } });
  });

  test('reads a date of Retry-After by the clock of the options', async () => {
    const thrown = { status: 429, headers: { 'retry-after': new Date(nowMs + 7_000).toUTCString() }, body: { error: 'temporarily_unavailable', error_description: 'AADSTS90055: x' } }; // prettier-ignore
    const error: unknown = await authOf(() => Promise.reject(thrown))
      .acquireToken(request, { scopes: ['a'] })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ cause: { retryAfterSeconds: 7 } });
  });

  test.each([new RangeError('bug'), undefined, { status: 500 }])(
    'what is no identity error goes on as it is: %s',
    async (thrown) => {
      const failure: unknown = await authOf(() => Promise.reject(thrown))
        .acquireToken(request, { scopes: ['a'] })
        .catch((error: unknown) => error);
      expect(failure).toBe(thrown);
    },
  );

  test('a session that fails is not "nobody is signed in"', async () => {
    const down = new Error('store');
    const auth = authOf(vi.fn(), () => Promise.reject(down));
    await expect(auth.acquireToken(request, { scopes: ['a'] })).rejects.toBe(down);
  });

  test.each([undefined, [], 'Mail.Read', {}])('refuses scopes that are no list: %j', async (scopes) => {
    await expect(authOf(vi.fn()).acquireToken(request, { scopes } as never)).rejects.toMatchObject({
      code: 'ERR_AAD_OPTIONS_VALUE',
      option: 'scopes',
      message: expect.stringContaining(
        'acquireToken: option "scopes" must be a list of scopes of the API to call, such as [\'Mail.Read\'].',
      ),
    });
  });

  test('says what msalInteraction lacks', async () => {
    await expect(siteOf({ client: { ...base.client, acquireTokenSilent: vi.fn() } }).auth.acquireToken(request, { scopes: ['a'] })).rejects.toMatchObject({
      code: 'ERR_AAD_OPTIONS_MISSING',
      option: 'getAccount',
      message: expect.stringContaining('Pass getAccount to msalInteraction: it says whose token is wanted.'),
    }); // prettier-ignore
    await expect(siteOf({ getAccount: () => account }).auth.acquireToken(request, { scopes: ['a'] })).rejects.toMatchObject({
      code: 'ERR_AAD_OPTIONS_VALUE',
      option: 'client',
      message: expect.stringContaining('msalInteraction: option "client" must have the method acquireTokenSilent.'),
    }); // prettier-ignore
  });

  test('an error without a name of its own says so little', () => {
    expect(new TokenRequestError({ aadstsCodes: [] } as never).message).toBe('no token');
  });
});
