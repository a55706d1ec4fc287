// Answers for Entra's token endpoint: MSAL of each major is real, only its network client is this. No traffic leaves.

export const tenantId = '7d2f0a5e-2222-4c00-8a00-0c0ffee00002';
const clientId = '7d2f0a5e-3333-4c00-8a00-0c0ffee00003';
const objectId = '7d2f0a5e-5555-4c00-8a00-0c0ffee00005';
const authority = `https://login.microsoftonline.com/${tenantId}`;
const scopes = ['https://graph.microsoft.com/User.Read'];

/** What Conditional Access asks for; it must reach /authorize and API clients unchanged. */
export const claims =
  '{"access_token":{"capolids":{"essential":true,"values":["11111111-2222-4333-8444-555555555555"]}}}';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signedIn() {
  const now = Math.floor(Date.now() / 1000);
  const idToken = {
    aud: clientId,
    iss: `${authority}/v2.0`,
    iat: now,
    exp: now + 3600,
    sub: 'subject',
    oid: objectId,
    tid: tenantId,
    preferred_username: 'ann@contoso.example',
    ver: '2.0',
  };
  return {
    token_type: 'Bearer',
    scope: scopes.join(' '),
    expires_in: 3600,
    access_token: 'invented-access-token',
    refresh_token: 'invented-refresh-token',
    id_token: `${part({ alg: 'none', typ: 'JWT' })}.${part(idToken)}.none`,
    client_info: part({ uid: objectId, utid: tenantId }),
  };
}

const mfaRequired = () => ({
  error: 'invalid_grant',
  error_description:
    "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'. Trace ID: 0f0f0f0f-6666-4c00-8a00-0c0ffee00006 Correlation ID: 0f0f0f0f-7777-4c00-8a00-0c0ffee00007 Timestamp: 2026-01-31 09:00:00Z",
  error_codes: [50076],
  timestamp: '2026-01-31 09:00:00Z',
  trace_id: '0f0f0f0f-6666-4c00-8a00-0c0ffee00006',
  correlation_id: '0f0f0f0f-7777-4c00-8a00-0c0ffee00007',
  error_uri: 'https://login.microsoftonline.com/error?code=50076',
  suberror: 'basic_action',
  claims,
});

const networkClient = {
  async sendGetRequestAsync(url) {
    throw new Error(`unexpected request to ${url}`);
  },
  async sendPostRequestAsync(url, options) {
    const { pathname, host } = new URL(url);
    if (host !== 'login.microsoftonline.com' || !pathname.endsWith('/oauth2/v2.0/token'))
      throw new Error(`unexpected request to ${url}`);
    const redeems = new URLSearchParams(options.body).get('grant_type') === 'authorization_code';
    return redeems
      ? { status: 200, headers: {}, body: signedIn() }
      : { status: 400, headers: { 'content-type': 'application/json' }, body: mfaRequired() };
  },
};

/** Configuration for any major's ConfidentialClientApplication. */
export const msalConfiguration = {
  auth: { clientId, authority, clientSecret: 'invented-secret' },
  system: { networkClient },
};

/** Signs a person in, once; what comes back fails as MSAL of this major fails when the resource wants MFA. */
export async function createFailingCall(client) {
  const { account } = await client.acquireTokenByCode({
    code: 'invented-code',
    redirectUri: 'https://app.contoso.example/auth/redirect',
    scopes,
  });
  return () => client.acquireTokenSilent({ account, scopes, forceRefresh: true });
}
