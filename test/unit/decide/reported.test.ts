/**
 * Payloads in the shapes in which people report them, from what is thrown to what is decided. Where a producer has a test
 * of its own in test/contract, its shapes are there; these are the wrappers, logs and services around.
 */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize, type NormalizeContext } from '../../../src/normalize/index.js';
import { acrsClaims, correlationId, nowMs, traceId } from '../normalize/support.js';

const tokenUrl = 'https://login.microsoftonline.com/common/oauth2/v2.0/token';
const named = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

/** Members of the AadError and its Decision together. */
function understood(thrown: unknown, context: NormalizeContext = {}): Record<string, unknown> {
  const error = normalize(thrown, { nowMs, ...context });
  return error === undefined ? {} : { ...error, unconfirmed: error.unconfirmed ?? false, ...decide(error) };
}

type Report = readonly [name: string, thrown: unknown, expected: object, context?: NormalizeContext];

function check(reports: readonly Report[]): void {
  for (const [name, thrown, expected, context] of reports) {
    it(name, () => {
      expect(understood(thrown, context)).toMatchObject(expected);
    });
  }
}

const retry = { action: 'retry', retryable: true };
const repair = { action: 'fix_config', retryable: false };

describe('MSAL', () => {
  const hidden = (status: number): Error =>
    named('ClientAuthError', 'x', {
      errorCode: 'network_error',
      errorMessage: `Network request failed. | Fetch client threw: Error: HTTP status code ${String(status)} | Attempted to reach: ${tokenUrl}`,
      subError: '',
    });
  const interception =
    'request to https://login.microsoftonline.com/x/oauth2/v2.0/token failed, reason: self-signed certificate in certificate chain';

  check([
    ['1.9 to 1.14.0 hides a refusal in network_error', hidden(401), { ...repair, status: 401, situation: 'app-misconfigured' }],
    ['1.9 to 1.14.0 hides a bad request in network_error', hidden(400), { action: 'unknown', status: 400 }],
    ['1.9 to 1.14.0 hides throttling in network_error', hidden(429), { ...retry, status: 429, situation: 'service-busy' }],
    ['1.9 to 1.14.0 hides an outage in network_error', hidden(503), { ...retry, status: 503, situation: 'service-unavailable' }],
    ['a proxy that asks for credentials', hidden(407), { ...repair, clientCode: 'ERR_TUNNEL_CONNECTION_FAILED' }],
    [
      'network_error around a certificate of a proxy',
      named('ClientAuthError', 'network_error: x', { errorCode: 'network_error', errorMessage: 'x', cause: named('FetchError', interception, { code: 'SELF_SIGNED_CERT_IN_CHAIN' }) }),
      { ...repair, producer: 'msal', clientCode: 'SELF_SIGNED_CERT_IN_CHAIN' },
    ],
    [
      'network_error with the certificate in its sentence',
      named('ClientAuthError', 'x', { errorCode: 'network_error', errorMessage: `x | Fetch client threw: Error: self-signed certificate in certificate chain | Attempted to reach: ${tokenUrl}` }),
      { ...repair, clientCode: 'SELF_SIGNED_CERT_IN_CHAIN' },
    ],
    [
      'network_error around a passing fault keeps its name',
      named('ClientAuthError', 'x', { errorCode: 'network_error', errorMessage: 'x', cause: named('Error', 'read ECONNRESET', { code: 'ECONNRESET' }) }),
      { ...retry, clientCode: 'network_error' },
    ],
  ]); // prettier-ignore
});

describe('HTTP clients', () => {
  const refused = { config: { url: tokenUrl, method: 'post' } };
  check([
    ['401 of the token endpoint without a body', named('AxiosError', 'x', { code: 'ERR_BAD_REQUEST', status: 401, ...refused }), { ...repair, situation: 'app-misconfigured', unconfirmed: false }],
    ['401 of the token endpoint with a page', named('AxiosError', 'x', { status: 401, ...refused, response: { status: 401, headers: {}, data: '<html>' } }), repair],
    ['401 of the token endpoint with an empty body', named('AxiosError', 'x', { status: 401, ...refused, response: { status: 401, headers: {}, data: '' } }), repair],
    ['400 of the token endpoint without a body', named('AxiosError', 'x', { status: 400, ...refused }), { action: 'unknown', unconfirmed: false }],
    [
      'simple-oauth2 keeps status and wait in a Boom',
      named('Error', 'Response Error: 429 Too Many Requests', {
        isBoom: true,
        data: { isResponseError: true, headers: { 'retry-after': '12' }, payload: { error: 'temporarily_unavailable', error_description: 'AADSTS90033: x', error_codes: [90033] } },
        output: { statusCode: 429, payload: {}, headers: {} },
      }),
      { ...retry, status: 429, retryAfterSeconds: 12, situation: 'service-unavailable' },
    ],
    [
      'a Boom whose payload was not parsed',
      named('Error', 'x', { isBoom: true, data: { headers: {}, payload: Buffer.from('{"error":"invalid_grant","error_description":"AADSTS50076: x","suberror":"basic_action"}') }, output: { statusCode: 400 } }),
      { action: 'interactive', status: 400, suberror: 'basic_action' },
    ],
    ['passport-oauth2 in an outage', named('InternalOAuthError', 'Failed to obtain access token', { oauthError: { statusCode: 503, data: '<html>' } }), { ...retry, status: 503, unconfirmed: true }],
    ['headers of Entra alone', { status: 429, headers: { 'x-ms-ests-server': '2.1.17396.9 - WEULR1 ProdSlices', 'x-ms-request-id': traceId, 'retry-after': '11' }, body: '' }, { ...retry, unconfirmed: false, traceId, retryAfterSeconds: 11 }],
    ['a body under another name', named('Error', 'Token request failed: 400', { responseBody: { error: 'invalid_grant', error_description: 'AADSTS50076: mfa', error_codes: [50076], suberror: 'basic_action' } }), { action: 'interactive', code: 'AADSTS50076' }],
    ['a child process that wrote to stderr', named('Error', 'spawn az exited with code 1', { stderr: 'ERROR: AADSTS7000222: x', exitCode: 1 }), { ...repair, code: 'AADSTS7000222' }],
    ['a bare status, from a caller who knows', { status: 503 }, { ...retry, unconfirmed: false }, { confirmed: true }],
    ['a bare 401, from a caller who knows', { statusCode: 401 }, { action: 'interactive' }, { confirmed: true }],
  ]); // prettier-ignore

  it('a bare status from anybody is no identity error', () => {
    expect(understood({ status: 503 })).toEqual({});
    expect(understood({ status: 404 }, { confirmed: true })).toEqual({});
  });
});

describe('sentences of node-fetch and others about a connection', () => {
  const sentence = (reason: string): string => `request to ${tokenUrl} failed, reason: ${reason}`;
  check([
    [sentence('self-signed certificate in certificate chain'), sentence('self-signed certificate in certificate chain'), { ...repair, clientCode: 'SELF_SIGNED_CERT_IN_CHAIN' }],
    [sentence('self signed certificate'), sentence('self signed certificate'), { ...repair, clientCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    [sentence('unable to get local issuer certificate'), sentence('unable to get local issuer certificate'), { ...repair, clientCode: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }],
    [sentence('unable to verify the first certificate'), sentence('unable to verify the first certificate'), { ...repair, clientCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
    [sentence('certificate has expired'), sentence('certificate has expired'), { ...repair, clientCode: 'CERT_HAS_EXPIRED' }],
    [sentence('socket hang up'), sentence('socket hang up'), { ...retry, clientCode: 'ECONNRESET' }],
    ['a TLS handshake cut off', sentence('Client network socket disconnected before secure TLS connection was established'), { ...retry, clientCode: 'ECONNRESET' }],
    ['Python behind a proxy', "HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded (Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Authentication Required')))", { ...repair, clientCode: 'ERR_TUNNEL_CONNECTION_FAILED' }],
    ['tunnel-agent behind a proxy', named('Error', 'tunneling socket could not be established, statusCode=407', { code: 'ECONNRESET', host: 'login.microsoftonline.com' }), { ...repair, clientCode: 'ERR_TUNNEL_CONNECTION_FAILED' }],
  ]); // prettier-ignore
});

describe('managed identities', () => {
  const throttled = '{"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}';
  check([
    ['Go, throttled', `ManagedIdentityAuthorizer: failed to request token from metadata endpoint: received HTTP status 429 with body: ${throttled}`, { ...retry, situation: 'service-busy' }],
    ['.NET, throttled', `ManagedIdentityCredential authentication failed: Service request failed.\nStatus: 429 ( )\n\nContent:\n${throttled}`, { ...retry, situation: 'service-busy' }],
    ['ADAL, throttled', `Get Token request returned http error: 429 and server response: ${throttled}`, { ...retry, situation: 'service-busy' }],
    ['.NET, being updated', 'ManagedIdentityCredential authentication failed: Service request failed.\nStatus: 410 (Gone)', { ...retry, status: 410, flow: 'managed-identity' }],
    ['an answer while it is being updated', { status: 410, headers: { server: 'IMDS/150.870.65.1103' }, body: { error: 'invalid_request', error_description: 'The IMDS endpoint is being updated' } }, { ...retry, flow: 'managed-identity' }],
    ['an endpoint that has no such identity', { status: 404, headers: {}, body: { statusCode: 404, message: 'No Managed Identity found for specified ClientId/ResourceId/PrincipalId.' } }, { ...repair, clientCode: 'identity_not_found' }],
    ['a host without the endpoint', named('CredentialUnavailableError', 'ManagedIdentityCredential authentication unavailable. Connection to IMDS endpoint cannot be established, connect timed out.'), repair],
    ['a chain in which one member timed out', named('AggregateAuthenticationError', 'DefaultAzureCredential failed to retrieve a token. ManagedIdentityCredential: authentication failed. AzureDeveloperCliCredential: timed out'), repair],
    ['404 of the endpoint', { status: 404, headers: { server: 'IMDS/150.870.65.1103' }, body: { error: 'x' } }, retry],
    ['a connection that broke', named('AuthenticationError', 'ManagedIdentityCredential authentication failed. Message socket hang up', { statusCode: 400, errorResponse: { error: 'ManagedIdentityCredential authentication failed.', errorDescription: 'socket hang up' } }), retry],
    ['App Service without the identity', { statusCode: 400, message: 'Unable to load the proper Managed Identity.', correlationId, headers: {}, body: { statusCode: 400, message: 'Unable to load the proper Managed Identity.', correlationId } }, { ...repair, clientCode: 'identity_not_found', correlationId }],
  ]); // prettier-ignore
});

describe('logs', () => {
  check([
    ['ADAL, 504', 'Get Token request returned http error: 504', { ...retry, status: 504 }],
    ['ADAL, WS-Trust', 'WS-Trust RST request returned http error: 503 and server response: <html>', { ...retry, status: 503 }],
    ['coloured for a terminal', `AADSTS\u001b[1m50076\u001b[0m: x Trace ID: \u001b[33m${traceId}\u001b[39m Correlation ID: \u001b[33m${correlationId}\u001b[39m`, { code: 'AADSTS50076', traceId, correlationId }],
    ['coloured fields', `{\n  errorCode: \u001b[32m'invalid_grant'\u001b[39m,\n  errorMessage: \u001b[32m'AADSTS50173: x'\u001b[39m }`, { oauthError: 'invalid_grant', code: 'AADSTS50173' }],
    ['a dash before the code', 'invalid_grant – AADSTS70002: x', { oauthError: 'invalid_grant' }],
    ['Go prints the code that says more behind', 'keyvault.BaseClient#GetSecret: Failure: StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 Code="Forbidden" Message="Client address is not authorized and caller is not a trusted service. https://x.vault.azure.net" InnerError={"code":"ForbiddenByFirewall"}', { ...repair, clientCode: 'ForbiddenByFirewall' }],
    ['the lines of Entra’s error page', `You cannot access this right now\nYour sign-in was successful but does not meet the criteria to access this resource.\n\nError Code: 53003\nRequest Id: ${traceId}\nCorrelation Id: ${correlationId}\nTimestamp: 2026-01-15T10:20:30.120Z\nApp name: Contoso`, { action: 'contact_admin', situation: 'blocked-by-policy', traceId, correlationId }],
  ]); // prettier-ignore

  it('the time when a token was issued is not the time of the error', () => {
    const text = 'AADSTS700082: The refresh token has expired. The token was issued on 2021-12-29T12:37:40.1100073Z and was inactive for 90.00:00:00.';
    expect(normalize(text)?.timestamp).toBeUndefined();
    expect(normalize(`${text} Timestamp: 2022-04-01 09:00:00Z`)?.timestamp).toBe('2022-04-01T09:00:00Z');
  }); // prettier-ignore

  it.each(['Error Code: 53003', `Error Code: 53003 Request Id: ${traceId}`, `Error Code: 11111 Request Id: ${traceId} Correlation Id: ${correlationId}`])(
    'a number without both ids or a row of the catalogue is nothing: %s',
    (text) => {
      expect(normalize(text)).toBeUndefined();
    },
  ); // prettier-ignore
});

describe('several credentials were tried', () => {
  const secret = 'AuthenticationError: invalid_client Status code: 401\nMore details:\nAADSTS7000222: The provided client secret keys are expired.';
  const cli = 'CredentialUnavailableError: ERROR: AADSTS50076: multi-factor authentication is needed.';
  it.each([[[secret, cli]], [[cli, secret]]])('what nobody can sign in for decides: %j', (lines) => {
    const message = `ChainedTokenCredential authentication failed.\n${lines.join('\n')}`;
    expect(understood(named('AggregateAuthenticationError', message))).toMatchObject({ ...repair, code: 'AADSTS7000222' });
  });
}); // prettier-ignore

describe('services', () => {
  const body = (code: string, message: string, inner: object = {}): object => ({
    error: { code, message, innerError: { 'request-id': traceId, ...inner } },
  });
  const challenge = (description: string): object => ({
    'www-authenticate': `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="${description}"`,
  });
  const encoded = encodeURIComponent(acrsClaims);
  check([
    ['a wrong audience stays one beside invalid_token', { status: 401, headers: challenge('x'), body: body('InvalidAuthenticationTokenAudience', 'x') }, repair],
    ['a wrong audience in the challenge alone', { status: 401, headers: challenge('The access token has been obtained for wrong audience or resource.') }, repair],
    ['a wrong issuer in the challenge alone', { status: 401, headers: challenge('The access token is from the wrong issuer.') }, repair],
    ['an expired token beside invalid_token', { status: 401, headers: challenge('The token is expired.'), body: body('InvalidAuthenticationToken', 'Lifetime validation failed') }, { action: 'interactive' }],
    ['Exchange says it in a header', { status: 401, headers: { 'www-authenticate': 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", error="invalid_token"', 'x-ms-diagnostics': '2000003;reason="The audience claim value is invalid.";error_category="invalid_audience"' } }, repair],
    ['a role that needs an authentication context', { status: 400, headers: {}, body: body('RoleAssignmentRequestAcrsValidationFailed', `&claims=${encoded}`) }, { action: 'claims_challenge', claims: acrsClaims, traceId }],
    ['the same from Azure Resource Manager', named('AxiosError', 'x', { config: { url: 'https://management.azure.com/x' }, response: { status: 400, headers: {}, data: { error: { code: 'RoleAssignmentRequestAcrsValidationFailed', message: `&claims=${encoded}` } } } }), { action: 'claims_challenge', unconfirmed: false }],
    ['the Graph SDK for TypeScript (Kiota)', { responseStatusCode: 403, responseHeaders: { 'request-id': [traceId] }, errorEscaped: { code: 'Authorization_RequestDenied', message: 'x', innerError: { requestId: traceId } } }, { action: 'contact_admin', status: 403, traceId }],
    ['the same, throttled', { responseStatusCode: 429, responseHeaders: { 'retry-after': ['10'] }, errorEscaped: { code: 'TooManyRequests', message: 'x' } }, { ...retry, retryAfterSeconds: 10 }],
    ['403 of Graph without a body', named('AxiosError', 'x', { config: { url: 'https://graph.microsoft.com/v1.0/me' }, response: { status: 403, headers: { 'request-id': traceId }, data: '' } }), { action: 'contact_admin', traceId, unconfirmed: false }],
    ['Storage answers HEAD with a header alone', { status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch', 'x-ms-request-id': traceId }, body: '' }, { action: 'contact_admin', clientCode: 'AuthorizationPermissionMismatch', traceId, unconfirmed: false }],
    ['a data action that ends in write', { status: 401, headers: {}, body: { error: { code: 'PermissionDenied', message: 'The principal lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/responses/write` to perform it.' } } }, { action: 'contact_admin', unconfirmed: false }],
    ['Power BI', { status: 401, headers: {}, body: { error: { code: 'PowerBINotAuthorizedException', 'pbi.error': { code: 'PowerBINotAuthorizedException' } } } }, { action: 'contact_admin' }],
    ['Forbidden of Graph is not Key Vault’s', { status: 403, headers: {}, body: body('Forbidden', 'Missing scope permissions on the request.') }, { producer: 'graph', traceId }],
    ['the request id of Azure AD Graph', { status: 403, headers: {}, body: { 'odata.error': { code: 'Authorization_RequestDenied', message: { lang: 'en', value: 'x' }, requestId: traceId } } }, { traceId }],
    ['a wait of a quarter of a second', { status: 429, headers: { 'retry-after': '0.249' }, body: body('TooManyRequests', 'x') }, { ...retry, retryAfterSeconds: 1 }],
    ['what Entra told the service', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, body: { error: { code: 401, message: 'BadGateway', innerError: { status: 401, message: 'AADSTS700016: Application not found in the directory.' } } } }, { ...repair, code: 'AADSTS700016' }],
    ['SharePoint, busy', { status: 503, headers: { sprequestguid: traceId }, body: '' }, { ...retry, unconfirmed: false, traceId }],
  ]); // prettier-ignore
});

describe('Azure AD B2C', () => {
  const from = { origin: 'authorization-response', flow: 'authorization-code' } as const;
  const back = (description: string, error = 'server_error'): object => ({
    error,
    error_description: description,
    state: 'x',
  });
  check([
    ['server_error with a code that another sign-in solves', back('AADB2C90255: The claims exchange did not complete as expected.'), { action: 'interactive', code: 'AADB2C90255' }, from],
    ['server_error with a fault of the policy', back('AADB2C90075: The claims exchange returned HTTP error response.'), { ...repair, code: 'AADB2C90075' }, from],
    ['server_error with a code that nobody knows', back('AADB2C90999: x'), retry, from],
    ['server_error of B2C that passes', back('AADB2C90035: The service is temporarily unavailable.'), retry, from],
    ['a person who is not there', back('AADB2C99002: User does not exist.'), { action: 'interactive' }, from],
    ['a provider behind B2C that refused the request', back("AADB2C90273: An invalid response was received : 'Error: invalid_request,Error Description: response_mode is invalid.'"), { ...repair, situation: 'identity-provider-problem' }, from],
    ['a person who said no at the provider, by the inner error', back("AADB2C90273: An invalid response was received : 'Error: access_denied,Error Description: Permissions error'"), { action: 'user_cancelled' }, from],
    ['a person who said no at the provider, by the outer error', back('AADB2C90273: An invalid response was received.', 'access_denied'), { action: 'user_cancelled' }, from],
    ['a provider whose secret is wrong', back("AADB2C90289: We encountered an 'invalid_client' error connecting to the identity provider. Please try again later."), { ...repair, situation: 'identity-provider-problem' }, from],
    ['a provider that cannot be reached', back('AADB2C90289: We encountered an error connecting to the identity provider. Please try again later.'), retry, from],
    ['a tenant without an administrator', back("AADSTS650051: Using application 'x' is currently not supported for your organization contoso.test because it is in an unmanaged state.", 'access_denied'), { action: 'contact_admin', retryable: false }, from],
    ['a service principal that is just being made', back('AADSTS650051: The service principal name is already present for the tenant.', 'access_denied'), retry, from],
    ['server_error of Entra ID stays a passing fault', back('AADSTS50058: x'), retry, from],
  ]); // prettier-ignore
});

describe('passport-azure-ad', () => {
  check([
    ['a state of another tab', named('Error', 'In collectInfoFromReq: invalid state received in the request'), { action: 'interactive', situation: 'sign-in-expired' }],
  ]); // prettier-ignore
});
