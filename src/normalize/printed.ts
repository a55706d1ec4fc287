import type { Reading } from './aad-error.js';
import { namesIdentityHost } from './hosts.js';
import { asName, asStatus } from './read.js';
import { printedNetworkCode } from './network.js';
import { findIds } from './text-evidence.js';
import { saysUnusableToken, unusableToken } from './unusable-token.js';
import { isMsalCode, isOauthError } from './vocabulary.js';

/**
 * Exceptions of MSAL, ADAL, Azure Identity and Microsoft.IdentityModel for .NET, Java, Python and Android, printed
 * without any code of Entra: `MsalUiRequiredException: No account or login hint was passed to the AcquireTokenSilent
 * call.` They reach a Node application in the log line or error body of another service.
 *
 * The evidence is the name of the class, which nobody else uses. `clientCode` is the name that MSAL Node,
 * `@azure/identity` or Node itself has for the same failure, so that the catalogue can explain it.
 */
export function readPrinted(text: string): Reading | undefined {
  return readPrintedMsal(text) ?? readPrintedCredential(text) ?? readIdentityModel(text);
}

/** Accepts "Microsoft.Identity.Client.MsalUiRequiredException", refuses "MsalPlanner" and "MyMsalClientException". */
const msalClass =
  /\b(?:Msal(UiRequired|InteractionRequired|ThrottledUiRequired|Client|Service|ThrottledService|Throttling|ManagedIdentity|UserCancel|ClaimsChallenge)|Adal(SilentTokenAcquisition|Service|ClaimChallenge)|(MicrosoftIdentityWebChallengeUser))Exception\b|\b(IDW10502): /;

/** Classes that say: the user must sign in. */
const interactiveClasses = new Set([
  'UiRequired',
  'InteractionRequired',
  'ThrottledUiRequired',
  'ClaimsChallenge',
  'SilentTokenAcquisition',
  'ClaimChallenge',
  'MicrosoftIdentityWebChallengeUser',
  'IDW10502',
]);

/** `ErrorCode` of MSAL.NET and MSAL for Android, and what MSAL Node calls the same. */
const msalNodeCodes = new Map([
  ['authentication_canceled', 'user_canceled'],
  ['user_null', 'no_account_in_silent_request'],
  ['no_account_for_login_hint', 'no_account_found'],
  ['no_current_account', 'no_account_found'],
  ['network_not_available', 'no_network_connectivity'],
  ['device_network_not_available', 'no_network_connectivity'],
  ['request_timeout', 'network_error'],
  ['service_not_available', 'server_error'],
  ['multiple_matching_tokens_detected', 'multiple_matching_tokens'],
]);

/** Sentences of MSAL for Java and .NET where no `ErrorCode` is printed. */
const msalSentences: readonly (readonly [sentence: string, code: string])[] = [
  ['Token not found in the cache', 'no_tokens_found'],
  ['Token not found it the cache', 'no_tokens_found'],
  ['No account or login hint was passed', 'no_account_in_silent_request'],
  ['No account was found in the token cache', 'no_account_found'],
  ['ser canceled authentication', 'user_canceled'],
  ['ser cancelled the flow', 'user_canceled'],
  ['No Authorization code was returned', 'authorization_code_missing_from_server_response'],
  ['has not consented to use the application', 'consent_required'],
];

/** Codes of MSAL Node that mean: no answer came. */
const unanswered = new Set(['no_network_connectivity', 'network_error', 'server_error']);

function readPrintedMsal(text: string): Reading | undefined {
  const match = msalClass.exec(text);
  if (match === null) return undefined;
  const kind = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
  const { traceId, correlationId } = findIds(text, false);
  const status = asStatus(/StatusCode["']?:? ?(\d{3})\b/.exec(text)?.[1]); // accepts "HTTP StatusCode 400", refuses "StatusCode: 0"
  const reading: Reading = {
    producer: 'msal',
    origin: 'client',
    rawDescription: text,
    status,
    traceId,
    correlationId,
  };
  if (kind === 'Throttling' || kind === 'ThrottledService') return { ...reading, throttledLocally: true };
  if (kind === 'UserCancel') return { ...reading, clientCode: 'user_canceled' };
  const word = asName(/\bErrorCode["']?\s?: ?["']?([A-Za-z_]{3,64})/.exec(text)?.[1]); // accepts `"ErrorCode":"user_null"`
  if (word?.startsWith('managed_identity_') === true) return readUnavailableIdentity(word, reading);
  if (word !== undefined && isOauthError(word)) return { ...reading, origin: 'token-response', oauthError: word };
  const code =
    (word === undefined ? undefined : (msalNodeCodes.get(word) ?? (isMsalCode(word) ? word : undefined))) ??
    msalSentences.find(([sentence]) => text.includes(sentence))?.[1];
  if (code !== undefined) {
    return { ...reading, clientCode: code, origin: unanswered.has(code) ? 'network' : 'client' };
  }
  if (interactiveClasses.has(kind)) return { ...reading, clientCode: 'login_required' };
  // What an outage or a proxy answered instead of JSON.
  if (/<html|<!doctype/i.test(text)) return { ...reading, origin: 'network', clientCode: 'server_error' };
  const networkCode = printedNetworkCode(text);
  if (networkCode !== undefined) {
    return { ...reading, producer: 'network', origin: 'network', clientCode: networkCode };
  }
  // MSAL for Java gives up after three tries and names no more than the host.
  if (text.includes('Max retries 3 times exceeded')) return { ...reading, origin: 'network' };
  return { ...reading, clientCode: word };
}

/** MSAL.NET looked for a managed identity: where none is there, `@azure/identity` says that the credential is unavailable. */
function readUnavailableIdentity(word: string, reading: Reading): Reading {
  const isAbsent = word.includes('unavailable') || word.includes('unreachable');
  return {
    ...reading,
    producer: 'azure-identity',
    flow: 'managed-identity',
    clientCode: isAbsent ? 'CredentialUnavailableError' : word,
  };
}

/** Sentences of Azure Identity, the same in all its languages, and the name of the error in JavaScript. */
const credentialSentences: readonly (readonly [sentence: RegExp, name: string])[] = [
  [
    /(?:DefaultAzureCredential|ChainedTokenCredential) (?:failed to retrieve a token|authentication failed)|\b[A-Z]\w{3,40}Credential: failed to acquire a token|No credential in this chain provided a token|\bAggregateAuthenticationError\b/,
    'AggregateAuthenticationError',
  ],
  [/\bAuthenticationRequiredError\b/, 'AuthenticationRequiredError'],
  [
    /\b[A-Z]\w{3,40}Credential authentication unavailable|\bCredentialUnavailable(?:Exception|Error)\b|All Managed Identity sources are unavailable|not configured to acquire tokens for tenant/,
    'CredentialUnavailableError',
  ],
  [
    /\bAzure\.Identity\.Authentication(?:Failed|Required)Exception\b|\b[A-Z]\w{3,40}Credential authentication failed/,
    'AuthenticationError',
  ],
];

function readPrintedCredential(text: string): Reading | undefined {
  const name = credentialSentences.find(([sentence]) => sentence.test(text))?.[1];
  if (name === undefined) return undefined;
  return {
    producer: 'azure-identity',
    origin: 'client',
    clientCode: name,
    rawDescription: text,
    // Azure Identity for Go prints the exchange: `GET http://169.254.169.254/`, then `RESPONSE 503 Service Unavailable`.
    status: name === 'AuthenticationError' ? asStatus(/\bRESPONSE (\d{3})\b/.exec(text)?.[1]) : undefined,
    flow: text.includes('ManagedIdentityCredential authentication') ? 'managed-identity' : undefined,
  };
}

/**
 * Microsoft.IdentityModel, which validates tokens in ASP.NET: `IDX10223: Lifetime validation failed` (IDX10xxx: the
 * token), `IDX20803: Unable to obtain configuration from 'https://login.microsoftonline.com/…'` (IDX20xxx: the
 * authority's metadata). The library works with every issuer, so without a host of ours it is not confirmed.
 */
function readIdentityModel(text: string): Reading | undefined {
  const group = /\bIDX([12]0)\d{3}: /.exec(text)?.[1]; // accepts "IDX10214: Audience", refuses "IDX5"
  if (group === undefined) return undefined;
  const unconfirmed = !namesIdentityHost(text);
  if (group === '20') {
    const isMissing = /NotFound|\b404\b/.test(text);
    return {
      producer: 'text',
      origin: isMissing ? 'client' : 'network',
      clientCode: isMissing ? 'invalid_authority_metadata' : 'openid_config_error',
      rawDescription: text,
      unconfirmed,
    };
  }
  return {
    producer: 'text',
    origin: 'resource-challenge',
    oauthError: 'invalid_token',
    clientCode: saysUnusableToken(text) ? unusableToken : undefined,
    rawDescription: text,
    unconfirmed,
  };
}
