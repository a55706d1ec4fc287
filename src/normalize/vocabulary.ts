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

/** Hosts that only Microsoft's identity platform and its resources have; a URL or message that names one is evidence. */
const identityHosts = [
  'login.microsoftonline.',
  'login.partner.microsoftonline.',
  'login.windows.net',
  'login.microsoft.com',
  'login.live.com',
  'login.chinacloudapi.cn',
  'sts.windows.net',
  '.b2clogin.com',
  '.ciamlogin.com',
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
  '169.254.169.254/metadata/identity',
];

export function namesIdentityHost(text: string | undefined): boolean {
  if (text === undefined) return false;
  const head = text.slice(0, 2048);
  return identityHosts.some((host) => head.includes(host));
}
