import { ruleOfMsalError, ruleOfOauthError } from '../catalog/index.js';

/**
 * Words that count as evidence. The lists themselves are facts and live in data/; what is here says how a word is used.
 */

/** Classes whose `errorCode` is never an OAuth error of the server. */
const clientSideNames = new Set<string | undefined>([
  'ClientAuthError',
  'ClientConfigurationError',
  'NodeAuthError',
  'ManagedIdentityError',
  'JoseHeaderError',
  'PlatformBrokerError',
  'CacheError',
  'BrowserAuthError',
  'BrowserConfigurationAuthError',
]);

/** Names of MSAL's error classes, of every major and of MSAL.js for browsers. `e.name` survives JSON and two copies. */
const msalNames = new Set<string | undefined>([
  ...clientSideNames,
  'AuthError',
  'InteractionRequiredAuthError',
  'ServerError',
  'NetworkError',
]);

export const isClientSideName = (name: string | undefined): boolean => clientSideNames.has(name);

export const isMsalName = (name: string | undefined): boolean => msalNames.has(name);

/** An `error` of RFC 6749, 6750, 8628, 9470, OpenID Connect or one that Entra adds. */
export const isOauthError = (word: string): boolean => ruleOfOauthError(word) !== undefined;

export const isMsalCode = (word: string): boolean => ruleOfMsalError(word) !== undefined;

/** Hosts of the identity platform itself: whatever comes from there is about identity. */
const platformHosts = [
  'login.microsoftonline.',
  'login.partner.microsoftonline.',
  'login.windows.net',
  'login.microsoft.com',
  'login.live.com',
  'login.chinacloudapi.cn',
  'sts.windows.net',
  '.b2clogin.com',
  '.ciamlogin.com',
  '169.254.169.254/metadata/identity',
];

/** Hosts of Microsoft's services whose errors are known: they answer about many other things as well. */
const serviceHosts = [
  'graph.microsoft.',
  'dod-graph.microsoft.us',
  'microsoftgraph.chinacloudapi.cn',
  'graph.windows.net',
  'management.azure.com',
  'management.usgovcloudapi.net',
  'management.chinacloudapi.cn',
  '.vault.azure.net',
  '.vault.usgovcloudapi.net',
  '.vault.azure.cn',
];

/** Whether a URL or message names one of these hosts, which is evidence. */
export function namesIdentityHost(text: string | undefined): boolean {
  return names(platformHosts, text) || names(serviceHosts, text);
}

/** Whether a text names a host of the identity platform itself, which answers about nothing else. */
export const namesPlatformHost = (text: string | undefined): boolean => names(platformHosts, text);

function names(hosts: readonly string[], text: string | undefined): boolean {
  if (text === undefined) return false;
  const head = text.slice(0, 2_048);
  return hosts.some((host) => head.includes(host));
}

/** Whether a text names a service that takes Entra tokens. Proof only together with a status that isReactable. */
export const namesResourceHost = (text: string | undefined): boolean =>
  text !== undefined && resourceHost.test(text.slice(0, 2_048));

/**
 * Whether an answer with this status comes from Microsoft's identity platform, or is a refusal, limit or failure of one
 * of its services. A 404 of Microsoft Graph is the application's own business.
 *
 * @param status undefined where the answer is not known: then the address alone must do
 */
export function answersAboutIdentity(url: string | undefined, status: number | undefined): boolean {
  if (names(platformHosts, url)) return true;
  if (isReactable(status)) return names(serviceHosts, url) || namesResourceHost(url);
  return status === undefined && names(serviceHosts, url);
}

/** A status with which a service refuses, limits or fails; a 404 or 409 of it is the application's own business. */
export const isReactable = (status: number | undefined): boolean =>
  status === 401 || status === 403 || status === 429 || (status !== undefined && status >= 500);

/**
 * Hosts of services that take Entra tokens, whole: accepts "https://contoso.sharepoint.com/sites", refuses
 * "contoso.sharepoint.com.test" and "mydev.azure.com".
 */
const resourceHost =
  /(?:(?<=[a-z\d])\.(?:sharepoint\.com|dynamics\.com|(?:blob|queue|table|dfs|file)\.core\.windows\.net|(?:openai|cognitiveservices)\.azure\.com|(?:search|servicebus)\.windows\.net|documents\.azure\.com|azconfig\.io)|(?<![a-z\d.-])(?:api\.powerbi\.com|api\.fabric\.microsoft\.com|dev\.azure\.com|outlook\.office(?:365)?\.com))(?![a-z\d-]|\.[a-z\d])/i;

/** Headers that only Microsoft's services send: Storage, Azure Resource Manager, Key Vault, Microsoft Graph. */
export const serviceHeaders: readonly string[] = [
  'x-ms-error-code',
  'x-ms-ratelimit-remaining-subscription-reads',
  'x-ms-ratelimit-remaining-subscription-writes',
  'x-ms-ratelimit-remaining-subscription-deletes',
  'x-ms-ratelimit-remaining-subscription-global-reads',
  'x-ms-ratelimit-remaining-subscription-global-writes',
  'x-ms-ratelimit-remaining-subscription-resource-requests',
  'x-ms-ratelimit-remaining-tenant-reads',
  'x-ms-ratelimit-remaining-tenant-writes',
  'x-ms-ratelimit-remaining-resource',
  'x-ms-keyvault-region',
  'x-ms-keyvault-network-info',
  'x-ms-keyvault-service-version',
  'x-ms-ags-diagnostic',
];
