/**
 * Whose address is it? A host of Microsoft's in a URL or sentence is evidence, one in somebody's query string is not:
 * `https://api.contoso.test/go?to=https://login.microsoftonline.com` is a call to `api.contoso.test`.
 */

/** Hosts of the identity platform itself, their subdomains included: whatever comes from there is about identity. */
const platformHosts = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.microsoftonline.de',
  'login.partner.microsoftonline.cn',
  'login.windows.net',
  'login.microsoft.com',
  'login.live.com',
  'login.chinacloudapi.cn',
  'sts.windows.net',
  'b2clogin.com',
  'ciamlogin.com',
];

/** Hosts of Microsoft's services whose errors are known: they answer about many other things as well. */
const serviceHosts = [
  'graph.microsoft.com',
  'graph.microsoft.us',
  'graph.microsoft.de',
  'dod-graph.microsoft.us',
  'microsoftgraph.chinacloudapi.cn',
  'graph.windows.net',
  'management.azure.com',
  'management.usgovcloudapi.net',
  'management.chinacloudapi.cn',
  'vault.azure.net',
  'vault.usgovcloudapi.net',
  'vault.azure.cn',
];

/** Hosts of services that take Entra tokens. Proof only together with a status that {@link isReactable}. */
const resourceHosts = [
  'sharepoint.com',
  'dynamics.com',
  'blob.core.windows.net',
  'queue.core.windows.net',
  'table.core.windows.net',
  'dfs.core.windows.net',
  'file.core.windows.net',
  'openai.azure.com',
  'cognitiveservices.azure.com',
  'services.ai.azure.com',
  'search.windows.net',
  'servicebus.windows.net',
  'documents.azure.com',
  'azconfig.io',
  'api.powerbi.com',
  'api.fabric.microsoft.com',
  'dev.azure.com',
  'visualstudio.com',
  'outlook.office.com',
  'outlook.office365.com',
  'api.loganalytics.io',
  'api.loganalytics.azure.com',
  'api.securitycenter.microsoft.com',
  'api.security.microsoft.com',
];

/**
 * Well-known services with tokens of their own, which refuse them in the words of RFC 6750. Any other host may be an API
 * of the application's own behind Entra ID.
 */
const othersHosts = [
  'google.com',
  'googleapis.com',
  'github.com',
  'ghcr.io',
  'gitlab.com',
  'docker.io',
  'docker.com',
  'atlassian.com',
  'atlassian.net',
  'slack.com',
  'salesforce.com',
  'okta.com',
  'oktapreview.com',
  'auth0.com',
  'amazonaws.com',
  'amazoncognito.com',
  'dropboxapi.com',
  'zoom.us',
  'linkedin.com',
  'facebook.com',
  'twitter.com',
  'x.com',
  'apple.com',
  'stripe.com',
];

/** Characters of a URL or sentence that are looked at. */
const maxLength = 2_048;

/** Whether a URL or sentence names a host of the identity platform or of a service whose errors are known. */
export const namesIdentityHost = (text: string | undefined): boolean =>
  namesPlatformHost(text) || names(serviceHosts, text);

/** Whether a text names a host of the identity platform itself, which answers about nothing else. */
export const namesPlatformHost = (text: string | undefined): boolean => names(platformHosts, text) || namesImds(text);

/** Whether a text names a service that takes Entra tokens. Proof only together with a status that isReactable. */
export const namesResourceHost = (text: string | undefined): boolean => names(resourceHosts, text);

/** Whether a URL or a realm is that of a well-known service with tokens of its own. */
export const namesOthersHost = (text: string | undefined): boolean => names(othersHosts, text);

/**
 * Whether an answer with this status comes from Microsoft's identity platform, or is a refusal, limit or failure of one
 * of its services. A 404 of Microsoft Graph is the application's own business.
 *
 * @param status undefined where the answer is not known: then the address alone must do
 */
export function answersAboutIdentity(url: string | undefined, status: number | undefined): boolean {
  if (namesPlatformHost(url)) return true;
  if (isReactable(status)) return names(serviceHosts, url) || namesResourceHost(url);
  return status === undefined && names(serviceHosts, url);
}

/** A status with which a service refuses, limits or fails; a 404 or 409 of it is the application's own business. */
export const isReactable = (status: number | undefined): boolean =>
  status === 401 || status === 403 || status === 429 || (status !== undefined && status >= 500);

/** The instance metadata service of Azure has an address that other clouds use too; its path is Azure's. */
const namesImds = (text: string | undefined): boolean =>
  text !== undefined && text.slice(0, maxLength).includes('169.254.169.254/metadata/identity');

function names(hosts: readonly string[], text: string | undefined): boolean {
  if (text === undefined) return false;
  const head = text.slice(0, maxLength).toLowerCase();
  // Most texts name none of them anywhere; only the others are taken apart.
  if (!hosts.some((host) => head.includes(host))) return false;
  return head.split(between).some((word) => {
    const named = hostOf(word);
    return hosts.some((host) => named === host || (named.endsWith(`.${host}`) && !named.startsWith('.')));
  });
}

/** What stands between the words of a sentence, a printed object or escaped JSON. */
const between = /[\s"'`<>()[\]{},;|\\*\u00ab\u00bb\u2018-\u201e\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b]+/;

/** `login.microsoftonline.com` of `authority=https://login.microsoftonline.com:443/common`; of a word without a URL the word. */
function hostOf(word: string): string {
  const scheme = /^(?:[\w-]{1,40}[=:])?[a-z][a-z\d+.-]{1,20}:\/\//.exec(word); // accepts "url=https://", refuses "a.test/?u=https://"
  // JSON may escape slashes, which leaves one of the two in front of the host.
  const address = word.slice(scheme === null ? (/^\/{0,2}/.exec(word)?.[0].length ?? 0) : scheme[0].length);
  const authority = address.split(/[/?#]/, 1)[0] ?? '';
  const host = scheme === null ? authority : authority.slice(authority.lastIndexOf('@') + 1);
  // accepts "host=login.live.com:443.", "to:login.live.com"
  return host.replace(/^[\w-]{1,40}[=:](?=[a-z])/, '').replace(/\.?(?::\d{0,5})?\.?$/, '');
}
