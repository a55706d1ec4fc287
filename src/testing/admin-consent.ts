import { isKnownRedirectUri } from './authorization-request.js';
import type { AuthorizationRequest } from './authorization-types.js';
import { page, redirect, type EntraAnswer, type EntraRequest } from './http.js';
import { adminConsentPage, errorPage, messagePage } from './pages.js';
import type { FailurePlan } from './plans.js';
import { authorizationErrorResponse } from './responses.js';
import { splitScopes } from './scopes.js';
import type { EntraState } from './state.js';

/** `v2`: /v2.0/adminconsent with scopes; `v1`: /adminconsent for all registered permissions. */
type Version = 'v1' | 'v2';

const tenantWildcards: ReadonlySet<string> = new Set(['common', 'consumers']);

interface ConsentRequest {
  readonly version: Version;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
}

function readConsentRequest(
  state: EntraState,
  http: EntraRequest,
  version: Version,
  tenant: string,
): ConsentRequest | EntraAnswer {
  const { query } = http;
  if (version === 'v2' && tenantWildcards.has(tenant)) {
    return page(errorPage(900144, 'Admin consent needs a tenant or "organizations", not "common".'), 400);
  }
  if (!state.settings.clients.some((client) => client.clientId === query['client_id'])) {
    return page(errorPage(700016, 'The application was not found in the directory: check client_id.'), 400);
  }
  if (!isKnownRedirectUri(state, query['redirect_uri'])) {
    return page(errorPage(50011, 'The redirect_uri is neither a loopback address nor registered (redirectUris).'), 400);
  }
  const scopes = splitScopes(query['scope']);
  return { version, redirectUri: query['redirect_uri'], scopes, state: query['state'] };
}

function back(request: ConsentRequest, fields: Readonly<Record<string, string>>): EntraAnswer {
  const target = new URL(request.redirectUri);
  const echoed = request.state === undefined ? {} : { state: request.state };
  for (const [name, value] of Object.entries({ ...fields, ...echoed })) target.searchParams.set(name, value);
  return redirect(target.href);
}

function grant(state: EntraState, request: ConsentRequest): EntraAnswer {
  for (const scope of request.scopes) state.adminConsents.add(scope.toLowerCase());
  const scope = request.version === 'v2' ? { scope: request.scopes.join(' ') } : {};
  return back(request, { admin_consent: 'True', tenant: state.settings.tenantId, ...scope });
}

/** v2 says `admin_consent=True` on failure too; v1 has no AADSTS code. */
function refuse(
  state: EntraState,
  request: ConsentRequest,
  code: number | string = 65004,
  error?: string,
): EntraAnswer {
  if (request.version === 'v1') {
    return back(request, { error: 'permission_denied', error_description: 'The admin canceled the request' });
  }
  const details = { now: state.settings.now, error: error ?? 'consent_required' };
  const { error: name = '', error_description: description = '' } = authorizationErrorResponse(code, details);
  return back(request, { admin_consent: 'True', error: name, error_description: description });
}

/** GET /adminconsent and /v2.0/adminconsent. A plan makes it refuse. @internal */
export function adminConsent(
  state: EntraState,
  http: EntraRequest,
  version: Version,
  tenant: string,
  plan?: FailurePlan,
): EntraAnswer {
  const request = readConsentRequest(state, http, version, tenant);
  if ('status' in request) return request;
  if (plan !== undefined) return refuse(state, request, plan.code, plan.error);
  if (state.settings.autoApprove) return grant(state, request);
  const id = state.secret(version);
  state.openPages.set(id, asOpenPage(request));
  return page(adminConsentPage(id, request.scopes.join(' ')));
}

/** Open pages are kept as authorization requests; the id's prefix says which kind. */
function asOpenPage(request: ConsentRequest): AuthorizationRequest {
  const none = undefined;
  return {
    clientId: '',
    redirectUri: request.redirectUri,
    responseMode: 'query',
    scopes: request.scopes,
    state: request.state,
    nonce: none,
    prompt: none,
    loginHint: none,
    claims: none,
    codeChallenge: none,
    codeChallengeMethod: none,
    policy: none,
  };
}

/** The buttons of the page. @internal */
export function decideAdminConsent(state: EntraState, http: EntraRequest): EntraAnswer {
  const id = http.form['id'] ?? '';
  const open = state.openPages.get(id);
  if (open === undefined) return page(messagePage('Page expired', 'Start again from the application.'), 400);
  state.openPages.delete(id);
  const version: Version = id.startsWith('v1') ? 'v1' : 'v2';
  const request: ConsentRequest = { version, redirectUri: open.redirectUri, scopes: open.scopes, state: open.state };
  return http.form['accept'] === undefined ? refuse(state, request) : grant(state, request);
}
