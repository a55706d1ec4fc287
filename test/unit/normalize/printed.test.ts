import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { correlationId, traceId } from './support.js';

const told = (text: string): readonly unknown[] => {
  const error = normalize(text);
  if (error === undefined) return ['none'];
  const { action, situation } = decide(error);
  return [error.clientCode ?? error.oauthError, action, situation];
};

type Case = [name: string, text: string, expected: readonly unknown[]];

describe('exceptions of MSAL for other platforms, printed without a code of Entra', () => {
  it.each<Case>([
    [
      '.NET: silent call without an account',
      'MSAL.NetCore.4.61.3.0.MsalUiRequiredException:\n\tErrorCode: user_null\nMicrosoft.Identity.Client.MsalUiRequiredException: No account or login hint was passed to the AcquireTokenSilent call. ',
      ['no_account_in_silent_request', 'interactive', 'sign-in-needed'],
    ],
    [
      '.NET: the code as a field of a log event',
      'Token acquisition failed | {"Claims":null,"ErrorCode":"no_account_for_login_hint","Type":"Microsoft.Identity.Client.MsalUiRequiredException"}',
      ['no_account_found', 'interactive', 'sign-in-needed'],
    ],
    [
      '.NET: an OAuth error and the status',
      '[01/15/2026 10:20:30] Exception type: Microsoft.Identity.Client.MsalUiRequiredException\n, ErrorCode: invalid_grant\nHTTP StatusCode 400',
      ['invalid_grant', 'interactive', 'session-expired'],
    ],
    [
      '.NET: a sign-in that is needed for no known reason',
      'IDW10502: An MsalUiRequiredException was thrown due to a challenge for the user. ',
      ['login_required', 'interactive', 'sign-in-needed'],
    ],
    [
      '.NET: the person closed the window',
      'MsalClientException: \n\tErrorCode: authentication_canceled\nUser canceled authentication.',
      ['user_canceled', 'user_cancelled', 'sign-in-cancelled'],
    ],
    [
      '.NET: the service does not answer',
      'Microsoft.Identity.Client.MsalServiceException: Service is unavailable\n\tErrorCode: service_not_available\n\tStatusCode: 503',
      ['server_error', 'retry', 'service-unavailable'],
    ],
    [
      '.NET: the request took too long',
      'MsalServiceException:\n\tErrorCode: request_timeout\nRequest to the endpoint timed out.',
      ['network_error', 'retry', 'network-problem'],
    ],
    [
      '.NET: no managed identity here',
      'MSAL.NetCore.4.70.0.0.MsalClientException:\n\tErrorCode: managed_identity_all_sources_unavailable',
      ['CredentialUnavailableError', 'fix_config', 'app-misconfigured'],
    ],
    [
      'Java: nothing in the cache',
      'com.microsoft.aad.msal4j.MsalClientException: Token not found in the cache\n\tat com.microsoft.aad.msal4j.AcquireTokenSilentSupplier.execute',
      ['no_tokens_found', 'interactive', 'session-expired'],
    ],
    [
      'Java: no consent',
      'com.microsoft.aad.msal4j.MsalInteractionRequiredException: The user or administrator has not consented to use the application.',
      ['consent_required', 'consent', 'consent-needed'],
    ],
    [
      'Java: the host is not found',
      'com.microsoft.aad.msal4j.MsalClientException: java.net.UnknownHostException: sts.contoso.test',
      ['ENOTFOUND', 'retry', 'network-problem'],
    ],
    [
      'Java: three tries',
      'com.microsoft.aad.msal4j.MsalClientException: java.lang.RuntimeException: Max retries 3 times exceeded. Error Details: sts.contoso.test',
      [undefined, 'retry', 'network-problem'],
    ],
    [
      'Java: told to wait',
      'com.microsoft.aad.msal4j.MsalThrottlingException: Request was throttled according to instructions from STS.',
      [undefined, 'retry', 'service-busy'],
    ],
    [
      'Android: the person went back',
      'com.microsoft.identity.client.exception.MsalUserCancelException: The dialog was closed',
      ['user_canceled', 'user_cancelled', 'sign-in-cancelled'],
    ],
    [
      'Java: a page instead of JSON',
      'com.microsoft.aad.msal4j.MsalServiceException: <html>502 Bad Gateway</html>',
      ['server_error', 'retry', 'service-unavailable'],
    ],
    [
      'Node: behind the words of a logger',
      'Unhandled rejection ClientConfigurationError: untrusted_authority: The provided authority is not trusted.',
      ['untrusted_authority', 'fix_config', 'app-misconfigured'],
    ],
    [
      'a reason that nothing knows',
      'Microsoft.Identity.Client.MsalClientException: Something else\n\tErrorCode: brand_new_code',
      ['brand_new_code', 'unknown', 'unknown-problem'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it('keeps the ids and the status that stand beside them', () => {
    const text = `MsalServiceException: ErrorCode: invalid_client StatusCode: 401 Trace ID: ${traceId} CorrelationId: ${correlationId}`;
    expect(normalize(text)).toMatchObject({ oauthError: 'invalid_client', status: 401, traceId, correlationId });
  });
});

describe('each class, code and sentence that is known', () => {
  /** Members that are given; the rest of the error is not looked at. */
  type Read = readonly [text: string, read: Readonly<Record<string, unknown>>];

  it.each([
    'MsalUiRequiredException',
    'MsalInteractionRequiredException',
    'MsalThrottledUiRequiredException',
    'MsalClaimsChallengeException',
    'AdalSilentTokenAcquisitionException',
    'AdalClaimChallengeException',
    'MicrosoftIdentityWebChallengeUserException',
  ])('%s asks for a sign-in', (name) => {
    expect(normalize(`${name}: a reason of its own`)).toMatchObject({
      producer: 'msal',
      origin: 'client',
      clientCode: 'login_required',
    });
  });

  it.each(['MsalThrottlingException', 'MsalThrottledServiceException'])(
    '%s was throttled on its own machine',
    (name) => {
      expect(normalize(`${name}: a reason of its own`)).toMatchObject({ producer: 'msal', throttledLocally: true });
    },
  );

  it.each<readonly [code: string, clientCode: string, origin: string]>([
    ['authentication_canceled', 'user_canceled', 'client'],
    ['user_null', 'no_account_in_silent_request', 'client'],
    ['no_account_for_login_hint', 'no_account_found', 'client'],
    ['no_current_account', 'no_account_found', 'client'],
    ['network_not_available', 'no_network_connectivity', 'network'],
    ['device_network_not_available', 'no_network_connectivity', 'network'],
    ['request_timeout', 'network_error', 'network'],
    ['service_not_available', 'server_error', 'network'],
    ['multiple_matching_tokens_detected', 'multiple_matching_tokens', 'client'],
  ])('ErrorCode %s', (code, clientCode, origin) => {
    for (const text of [`MsalClientException: ErrorCode: ${code}`, `MsalClientException {"ErrorCode":"${code}"}`])
      expect(normalize(text)).toMatchObject({ producer: 'msal', clientCode, origin });
  });

  it.each<readonly [sentence: string, clientCode: string]>([
    ['Token not found in the cache', 'no_tokens_found'],
    ['Token not found it the cache', 'no_tokens_found'],
    ['No account or login hint was passed', 'no_account_in_silent_request'],
    ['No account was found in the token cache', 'no_account_found'],
    ['User canceled authentication', 'user_canceled'],
    ['The user cancelled the flow', 'user_canceled'],
    ['No Authorization code was returned', 'authorization_code_missing_from_server_response'],
    ['The user has not consented to use the application', 'consent_required'],
  ])('"%s"', (sentence, clientCode) => {
    expect(normalize(`MsalClientException: ${sentence}.`)).toMatchObject({ clientCode, origin: 'client' });
  });

  it.each<Read>([
    ['MsalServiceException: <!DOCTYPE html>', { clientCode: 'server_error', origin: 'network' }],
    ['MsalClientException: java.net.UnknownHostException: x.test', { producer: 'network', origin: 'network' }],
    ['MsalClientException: Max retries 3 times exceeded', { clientCode: undefined, origin: 'network' }],
    ['MsalServiceException: ErrorCode: invalid_client', { oauthError: 'invalid_client', origin: 'token-response' }],
    ['MsalServiceException: {"StatusCode":503}', { status: 503 }],
    ["MsalServiceException: 'StatusCode': 502", { status: 502 }],
    ['MsalServiceException: HTTP StatusCode 400', { status: 400 }],
    ['MsalServiceException: StatusCode: 0', { status: undefined }],
    [
      'MsalManagedIdentityException: ErrorCode: managed_identity_unreachable_network',
      { clientCode: 'CredentialUnavailableError', producer: 'azure-identity', flow: 'managed-identity' },
    ],
    [
      'MsalManagedIdentityException: ErrorCode: managed_identity_request_failed',
      { clientCode: 'managed_identity_request_failed', flow: 'managed-identity' },
    ],
    ['AuthenticationRequiredError: call authenticate()', { clientCode: 'AuthenticationRequiredError' }],
    [
      'ManagedIdentityCredential authentication unavailable. RESPONSE 400 Bad Request',
      {
        clientCode: 'CredentialUnavailableError',
        origin: 'client',
        flow: 'managed-identity',
        status: undefined,
      },
    ],
    ['EnvironmentCredential authentication failed', { clientCode: 'AuthenticationError', flow: undefined }],
    ['ClientSecretCredential authentication failed\nRESPONSE 401 Unauthorized', { status: 401 }],
    [
      "IDX20803: Unable to obtain configuration from: 'https://login.microsoftonline.com/common'.",
      { producer: 'text', origin: 'network' },
    ],
    [
      "IDX20807: Unable to retrieve document from: 'https://contoso.b2clogin.com/x'. NotFound",
      { producer: 'text', origin: 'client' },
    ],
    ['IDX10223: Lifetime validation failed.', { producer: 'text', origin: 'resource-challenge' }],
  ])('%s', (text, read) => {
    const error = normalize(text) as unknown as Readonly<Record<string, unknown>>;
    expect(Object.fromEntries(Object.keys(read).map((name) => [name, error[name]]))).toEqual(read);
  });
});

describe('errors of Azure Identity for other platforms', () => {
  it.each<Case>([
    [
      'a chain, Python',
      'DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\tEnvironmentCredential: x',
      ['AggregateAuthenticationError', 'fix_config', 'app-misconfigured'],
    ],
    [
      'a chain, printed in JavaScript',
      'ChainedTokenCredential authentication failed.\nCredentialUnavailableError: x',
      ['AggregateAuthenticationError', 'fix_config', 'app-misconfigured'],
    ],
    [
      'one credential, .NET',
      'Azure.Identity.CredentialUnavailableException: ManagedIdentityCredential authentication unavailable. No endpoint found.',
      ['CredentialUnavailableError', 'fix_config', 'app-misconfigured'],
    ],
    [
      'a chain, Go',
      'DefaultAzureCredential: failed to acquire a token.\nAttempted credentials:\n\tEnvironmentCredential: missing variable',
      ['AggregateAuthenticationError', 'fix_config', 'app-misconfigured'],
    ],
    [
      'an answer, Go',
      'ManagedIdentityCredential authentication failed\nGET http://169.254.169.254/x\nRESPONSE 503 Service Unavailable',
      ['AuthenticationError', 'retry', 'service-unavailable'],
    ],
    [
      'another tenant',
      'Azure.Identity.AuthenticationFailedException: The current credential is not configured to acquire tokens for tenant contoso.test.',
      ['CredentialUnavailableError', 'fix_config', 'app-misconfigured'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(told(text)).toEqual(expected);
  });
});

describe('errors of Microsoft.IdentityModel', () => {
  it('metadata of an authority of ours', () => {
    const text = "IDX20803: Unable to obtain configuration from: 'https://login.microsoftonline.com/common'.";
    expect(told(text)).toEqual(['openid_config_error', 'retry', 'network-problem']);
    expect(normalize(text)?.unconfirmed).toBeUndefined();
  });

  it('an authority that does not exist', () => {
    const text = "IDX20807: Unable to retrieve document from: 'https://contoso.b2clogin.com/x'. 'StatusCode: 404'";
    expect(told(text)).toEqual(['invalid_authority_metadata', 'fix_config', 'app-misconfigured']);
  });

  it.each<Case>([
    ['expired', 'IDX10223: Lifetime validation failed. The token is expired.', ['invalid_token', 'interactive']],
    ['made for another API', 'IDX10214: Audience validation failed.', ['unusable_token', 'fix_config']],
  ])('a token that is %s, of whichever issuer', (_name, text, expected) => {
    expect(told(text).slice(0, 2)).toEqual(expected);
    expect(normalize(text)?.unconfirmed).toBe(true);
  });
});

describe('what only looks like one of them', () => {
  it.each([
    'java.lang.IllegalStateException: Token not found in the cache of products',
    'ErrorCode: 12 in module billing, see MsalPlanner for the schedule',
    'The credential is unavailable until Monday',
    'com.contoso.MyMsalClientException: no',
    'User canceled authentication of the parcel',
  ])('%s', (text) => {
    expect(normalize(text)).toBeUndefined();
  });
});
