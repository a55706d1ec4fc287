import { json, type EntraAnswer, type EntraRequest } from './http.js';
import type { EntraState } from './state.js';

/** networkClient says here which host the application meant; only metadata depends on it. @internal */
export const meantHostHeader = 'x-local-entra-host';

/** The host the application's authority names, when it is a plain host name. @internal */
export function meantHost(http: EntraRequest): string | undefined {
  const host = http.headers[meantHostHeader];
  return host !== undefined && /^[a-z0-9.-]{1,253}$/i.test(host) ? host : undefined; // accepts "login.contoso.test", refuses "a/b"
}

/** Hosts of the global cloud, which MSAL treats as one. */
const globalCloud = ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'];

/** Endpoints of a tenant. They are on this machine, whatever host the authority names. @internal */
export function openIdConfiguration(
  state: EntraState,
  tenant: string,
  policy?: string,
  host?: string,
): Record<string, unknown> {
  const base = `${state.url}/${tenant}${policy === undefined ? '' : `/${policy}`}`;
  // MSAL from 5.3 refuses an issuer on another host than the authority's.
  const issuer = host === undefined ? state.issuerFor(policy) : `https://${host}/${state.settings.tenantId}/v2.0`;
  return {
    issuer,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    userinfo_endpoint: `${state.url}/oidc/userinfo`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
    code_challenge_methods_supported: ['S256', 'plain'],
    claims_parameter_supported: true,
    cloud_instance_name: 'microsoftonline.com',
    tenant_region_scope: null,
  };
}

/** GET /common/discovery/instance. @internal */
export function instanceDiscovery(http: EntraRequest): EntraAnswer {
  const asked = http.query['authorization_endpoint'] ?? '';
  const url = URL.canParse(asked)
    ? new URL(asked)
    : new URL('https://login.microsoftonline.com/common/oauth2/v2.0/authorize');
  const known = globalCloud.includes(url.hostname);
  const tenant = url.pathname.split('/')[1] ?? 'common';
  return json({
    tenant_discovery_endpoint: `https://${url.host}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: known ? 'login.microsoftonline.com' : url.host,
        preferred_cache: known ? 'login.windows.net' : url.host,
        aliases: known ? globalCloud : [url.host],
      },
    ],
  });
}
