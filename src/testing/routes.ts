import { adminConsent, decideAdminConsent } from './admin-consent.js';
import { authorize, decideAuthorization, failAuthorization, logout } from './authorize.js';
import { decideDevice, deviceAuthorization, devicePrompt } from './device.js';
import { json, page, type EntraAnswer, type EntraRequest } from './http.js';
import { instanceDiscovery, meantHost, openIdConfiguration } from './metadata.js';
import { messagePage, startPage } from './pages.js';
import type { CallFacts, FailurePlan } from './plans.js';
import { tokenErrorResponse } from './responses.js';
import { sampleApi } from './sample-api.js';
import { splitScopes } from './scopes.js';
import type { EntraState } from './state.js';
import { correlationIdOf } from './token-call.js';
import { token, tokenFacts } from './token.js';
import { jsonWebKeySet } from './tokens.js';

/** Where a request goes. @internal */
export interface Route {
  readonly endpoint: string;
  readonly method: 'GET' | 'POST';
  readonly tenant: string;
  readonly policy: string | undefined;
}

type Entry = readonly [tail: string, endpoint: string, method: Route['method']];

/** Paths without tenant. */
const fixedPaths: readonly Entry[] = [
  ['', 'start', 'GET'],
  ['common/discovery/instance', 'instance-discovery', 'GET'],
  ['common/oauth2/deviceauth', 'deviceauth', 'GET'],
  ['api/me', 'api', 'GET'],
  ['api/payments', 'api', 'GET'],
  ['oidc/userinfo', 'api', 'GET'],
  ['local-entra/decide', 'decide', 'POST'],
  ['local-entra/device', 'decide-device', 'POST'],
  ['local-entra/admin-consent', 'decide-admin-consent', 'POST'],
];

/** Paths after `/{tenant}` or `/{tenant}/{policy}`; the longer one of two that fit stands first. */
const tenantPaths: readonly Entry[] = [
  ['v2.0/.well-known/openid-configuration', 'discovery', 'GET'],
  ['.well-known/openid-configuration', 'discovery', 'GET'],
  ['oauth2/v2.0/authorize', 'authorize', 'GET'],
  ['oauth2/v2.0/token', 'token', 'POST'],
  ['oauth2/v2.0/devicecode', 'devicecode', 'POST'],
  ['oauth2/v2.0/logout', 'logout', 'GET'],
  ['discovery/v2.0/keys', 'keys', 'GET'],
  ['v2.0/adminconsent', 'adminconsent-v2', 'GET'],
  ['adminconsent', 'adminconsent-v1', 'GET'],
];

/** The route of a request; undefined when nothing is there. @internal */
export function findRoute({ url, query }: EntraRequest): Route | undefined {
  const path = url.pathname.replace(/^\/(?:tfp\/)?/, '').replace(/\/$/, ''); // drops "/" or "/tfp/" in front
  const fixed = fixedPaths.find(([tail]) => tail === path);
  if (fixed !== undefined) return { endpoint: fixed[1], method: fixed[2], tenant: 'common', policy: undefined };
  const found = tenantPaths.find(([tail]) => path.endsWith(`/${tail}`));
  if (found === undefined) return undefined;
  const [tenant = '', policy = query['p'], ...rest] = path.slice(0, -found[0].length - 1).split('/');
  if (rest.length > 0 || tenant === '') return undefined;
  return { endpoint: found[1], method: found[2], tenant, policy };
}

const wildcards: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers']);

/** The tenant is ours, a wildcard, or named by domain (as B2C authorities do). */
function isKnownTenant({ tenantId }: { readonly tenantId: string }, tenant: string): boolean {
  return tenant === tenantId || wildcards.has(tenant) || tenant.includes('.');
}

/** What plans may ask about a request; undefined for pages and APIs, which no plan touches. @internal */
export function factsOf(state: EntraState, http: EntraRequest, route: Route): CallFacts | undefined {
  const { query, form } = http;
  switch (route.endpoint) {
    case 'token':
      return tokenFacts(state, form);
    case 'authorize':
      return { flow: 'authorize', user: query['login_hint'], scopes: splitScopes(query['scope']) };
    case 'adminconsent-v1':
    case 'adminconsent-v2':
      return { flow: 'admin-consent', scopes: splitScopes(query['scope']) };
    case 'devicecode':
      return { flow: 'device-authorization', scopes: splitScopes(form['scope']) };
    case 'discovery':
    case 'instance-discovery':
    case 'keys':
      return { flow: 'discovery', scopes: [] };
    default:
      return undefined;
  }
}

/** The answer a plan prescribes: on the redirect URI where errors arrive there, else as a token response. @internal */
export function planAnswer(state: EntraState, http: EntraRequest, route: Route, plan: FailurePlan): EntraAnswer {
  if (plan.body === undefined) {
    if (route.endpoint === 'authorize') return failAuthorization(state, http, route.policy, plan);
    if (route.endpoint === 'adminconsent-v1') return adminConsent(state, http, 'v1', route.tenant, plan);
    if (route.endpoint === 'adminconsent-v2') return adminConsent(state, http, 'v2', route.tenant, plan);
  }
  const error = plan.code === undefined && plan.error === undefined ? { error: 'server_error' } : {};
  const answer = tokenErrorResponse(plan.code, {
    ...error,
    ...plan,
    now: state.settings.now,
    correlationId: correlationIdOf(http),
  });
  return plan.body === undefined ? answer : { ...answer, body: plan.body };
}

/** The right answer of a route. @internal */
export async function answerRoute(state: EntraState, http: EntraRequest, route: Route): Promise<EntraAnswer> {
  const { settings, url } = state;
  const { endpoint, tenant, policy } = route;
  if (!isKnownTenant(settings, tenant)) {
    return tokenErrorResponse(90002, { now: settings.now, correlationId: correlationIdOf(http) });
  }
  switch (endpoint) {
    case 'start':
      return page(startPage(url, `${url}/${settings.tenantId}`, settings.users));
    case 'instance-discovery':
      return instanceDiscovery(http);
    case 'discovery':
      return json(openIdConfiguration(state, tenant, policy, meantHost(http)));
    case 'keys':
      return json(await jsonWebKeySet());
    case 'authorize':
      return authorize(state, http, policy);
    case 'token':
      return token(state, http, policy);
    case 'devicecode':
      return deviceAuthorization(state, http);
    case 'deviceauth':
      return devicePrompt(state, http);
    case 'logout':
      return logout(state, http);
    case 'adminconsent-v1':
      return adminConsent(state, http, 'v1', tenant);
    case 'adminconsent-v2':
      return adminConsent(state, http, 'v2', tenant);
    case 'decide':
      return decideAuthorization(state, http);
    case 'decide-device':
      return decideDevice(state, http);
    case 'decide-admin-consent':
      return decideAdminConsent(state, http);
    case 'api':
      return sampleApi(state, http, http.url.pathname.slice(1));
    default:
      return page(messagePage('Not found', 'LocalEntra has no such address.'), 404);
  }
}
