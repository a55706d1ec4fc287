/** Things to paste, for a first look. All ids, names and hosts are invented. */
export interface Example {
  readonly id: string;
  readonly label: string;
  readonly text: string;
}

const ids = `"trace_id":"0a1b2c3d-1111-4aaa-8bbb-0123456789ab","correlation_id":"4e5f6a7b-2222-4ccc-9ddd-abcdef012345"`;
const encode = (claims: string): string => Buffer.from(claims).toString('base64');
const revoked = encode('{"access_token":{"nbf":{"essential":true,"value":"1790000000"}}}');
const graphIds = `"innerError":{"date":"2026-01-15T10:20:30","request-id":"6c2e0c11-0003-4a00-9b00-7d3f2e100003"}`;

export const examples: readonly Example[] = [
  {
    id: 'msal-mfa',
    label: 'MSAL: a second factor is needed',
    text: `{"name":"InteractionRequiredAuthError","errorCode":"invalid_grant","subError":"basic_action","errorMessage":"invalid_grant: Error(s): 50076 - Timestamp: 2026-01-15 10:20:30Z - Description: AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication. Trace ID: 0a1b2c3d-1111-4aaa-8bbb-0123456789ab Correlation ID: 4e5f6a7b-2222-4ccc-9ddd-abcdef012345 Timestamp: 2026-01-15 10:20:30Z","claims":"{\\"access_token\\":{\\"capolids\\":{\\"essential\\":true,\\"values\\":[\\"11111111-2222-4333-8444-555555555555\\"]}}}"}`,
  },
  {
    id: 'revoked-session',
    label: 'WWW-Authenticate: session revoked',
    text: `WWW-Authenticate: Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="${revoked}"`,
  },
  {
    id: 'graph-403',
    label: 'Microsoft Graph: 403',
    text: `HTTP/1.1 403 Forbidden\ncontent-type: application/json\n\n{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.",${graphIds}}}`,
  },
  {
    id: 'graph-audience',
    label: 'Microsoft Graph: wrong audience',
    text: `HTTP/1.1 401 Unauthorized\ncontent-type: application/json\n\n{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure. Invalid audience.",${graphIds}}}`,
  },
  {
    id: 'secret-expired',
    label: 'Token endpoint: secret expired',
    text: `HTTP/1.1 401 Unauthorized\n\n{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys for app '11111111-2222-4333-8444-555555555555' are expired. Trace ID: 0a1b2c3d-1111-4aaa-8bbb-0123456789ab","error_codes":[7000222],"timestamp":"2026-01-15 10:20:30Z",${ids}}`,
  },
  {
    id: 'consent',
    label: 'Log line: consent missing',
    text: `2026-01-15T10:20:30Z ERROR [mail] token failed: invalid_grant: AADSTS65001: The user or administrator has not consented to use the application with ID '11111111-2222-4333-8444-555555555555' named 'Contoso Mail'. Trace ID: 0a1b2c3d-1111-4aaa-8bbb-0123456789ab`,
  },
  {
    id: 'went-back',
    label: 'Redirect URI: the person went back',
    text: `https://app.contoso.example/auth/redirect?error=access_denied&error_subcode=cancel&state=example`,
  },
  {
    id: 'not-ours',
    label: 'A bug of the application',
    text: `TypeError: Cannot read properties of undefined (reading 'name')`,
  },
];
