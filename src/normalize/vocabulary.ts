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

/** Headers that only Microsoft's services send: Storage, Azure Resource Manager, Key Vault, Microsoft Graph, Entra ID, Exchange, SharePoint. */
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
  'x-ms-ests-server',
  'x-ms-diagnostics',
  'sprequestguid',
  'x-sharepointhealthscore',
  'x-powerbi-error-info',
  'x-vss-resourcetenant',
];
