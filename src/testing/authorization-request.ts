import type { AuthorizationFault, AuthorizationRequest } from './authorization-types.js';
import type { EntraRequest } from './http.js';
import { splitScopes } from './scopes.js';
import type { EntraState } from './state.js';

const prompts: ReadonlySet<string> = new Set(['login', 'none', 'consent', 'select_account', 'create']);
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Loopback on any port, or registered exactly. @internal */
export function isKnownRedirectUri(state: EntraState, uri: string | undefined): uri is string {
  if (uri === undefined || !URL.canParse(uri)) return false;
  if (state.settings.redirectUris.includes(uri)) return true;
  const { protocol, hostname, hash } = new URL(uri);
  return (protocol === 'http:' || protocol === 'https:') && loopbackHosts.has(hostname) && hash === '';
}

const onPage = (code: number, error: string, description: string): AuthorizationFault => ({
  onPage: true,
  code,
  error,
  description,
});
const onRedirect = (code: number, error: string, description: string): AuthorizationFault => ({
  onPage: false,
  code,
  error,
  description,
});

/** Entra shows errors about the client and its redirect URI on its own page; the application never hears of them. */
function pageFault(state: EntraState, query: EntraRequest['query']): AuthorizationFault | undefined {
  if (!state.settings.clients.some((client) => client.clientId === query['client_id'])) {
    return onPage(700016, 'unauthorized_client', 'The application was not found in the directory: check client_id.');
  }
  if (!isKnownRedirectUri(state, query['redirect_uri'])) {
    return onPage(
      50011,
      'invalid_request',
      'The redirect_uri is neither a loopback address nor registered (redirectUris).',
    );
  }
  if (splitScopes(query['scope']).length === 0) {
    return onPage(900144, 'invalid_request', 'The request must contain the parameter: scope.');
  }
  return undefined;
}

function redirectFault(query: EntraRequest['query']): AuthorizationFault | undefined {
  if (query['response_type'] !== 'code') {
    return onRedirect(700054, 'unsupported_response_type', 'LocalEntra answers response_type=code only.');
  }
  if (!['query', 'fragment', 'form_post', undefined].includes(query['response_mode'])) {
    return onRedirect(90023, 'invalid_request', 'response_mode must be query, fragment or form_post.');
  }
  if (query['prompt'] !== undefined && !prompts.has(query['prompt'])) {
    return onRedirect(90023, 'invalid_request', 'The value of prompt is not supported.');
  }
  if (query['claims'] !== undefined && !isJsonObject(query['claims'])) {
    return onRedirect(90023, 'invalid_request', 'The claims parameter is not a JSON object.');
  }
  const method = query['code_challenge_method'];
  if (method !== undefined && method !== 'S256' && method !== 'plain') {
    return onRedirect(90023, 'invalid_request', 'code_challenge_method must be S256 or plain.');
  }
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Reads and checks an authorization request. With a fault that may be reported, the request is there too: it says where.
 *
 * @internal
 */
export function readAuthorizationRequest(
  state: EntraState,
  query: EntraRequest['query'],
  policy: string | undefined,
): { readonly request?: AuthorizationRequest; readonly fault?: AuthorizationFault } {
  const fault = pageFault(state, query);
  if (fault !== undefined) return { fault };
  const mode = query['response_mode'];
  const request: AuthorizationRequest = {
    clientId: query['client_id'] ?? '',
    redirectUri: query['redirect_uri'] ?? '',
    responseMode: mode === 'fragment' || mode === 'form_post' ? mode : 'query',
    scopes: splitScopes(query['scope']),
    state: query['state'],
    nonce: query['nonce'],
    prompt: query['prompt'],
    loginHint: query['login_hint'],
    claims: query['claims'],
    codeChallenge: query['code_challenge'],
    codeChallengeMethod: query['code_challenge_method'],
    policy,
  };
  const later = redirectFault(query);
  return later === undefined ? { request } : { request, fault: later };
}
