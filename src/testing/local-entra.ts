import { completeDeviceCode } from './device.js';
import { parseClaims } from './claims.js';
import { openIdConfiguration } from './metadata.js';
import { createNetworkClient, toLocalUrl, type LocalNetworkClient } from './network-client.js';
import { readOptions, type LocalEntraOptions, type Settings } from './options.js';
import { readPlan, type FailurePlan, type PendingPlan, type PlanDetails } from './plans.js';
import { refusal, shown } from './refusal.js';
import { revoke } from './sample-api.js';
import { startServer, type RunningServer } from './server.js';
import { EntraState, type RecordedRequest } from './state.js';
import { splitScopes } from './scopes.js';
import { findRoute, factsOf } from './routes.js';
import { issueAccessToken } from './tokens.js';
import { findUser, type LocalEntraUser } from './users.js';

/** Configuration for `new ConfidentialClientApplication(...)` of MSAL 2 to 7. */
export interface LocalMsalConfiguration {
  auth: {
    clientId: string;
    /** The real authority: `https://login.microsoftonline.com/<tenant>`. */
    authority: string;
    clientSecret: string;
    clientCapabilities: string[];
    /** Sends browsers to LocalEntra's /authorize: getAuthCodeUrl answers a loopback URL. */
    authorityMetadata: string;
  };
  system: { networkClient: LocalNetworkClient };
}

/** For whom {@link LocalEntra.accessToken} makes a token. */
export interface AccessTokenRequest {
  /** User name. @defaultValue none: a token of the application itself, with roles */
  readonly user?: string;
  /** Space-separated or a list. @defaultValue `<clientId>/access_as_user` */
  readonly scopes?: string | readonly string[];
  /** Claims request as JSON text, for example to get `xms_cc`. @defaultValue none */
  readonly claims?: string;
  /** Seconds until it expires, negative for one that has. @defaultValue accessTokenSeconds */
  readonly lifetimeSeconds?: number;
}

/** What {@link LocalEntra.throttle} does. */
export interface ThrottleOptions {
  /** How long, in seconds of `now`, 1 to 86,400; Retry-After counts down. */
  readonly seconds: number;
  /** HTTP status of the refusals. @defaultValue 429 */
  readonly status?: 429 | 503;
}

/** A running test double of Microsoft Entra ID on this machine. It is not an identity provider: it signs in whoever asks. */
export interface LocalEntra {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `<url>/<tenantId>`, for libraries that accept http authorities (openid-client). MSAL: {@link LocalEntra.msalConfiguration}. */
  readonly authority: string;
  readonly tenantId: string;
  /** `iss` of all tokens without a B2C policy. */
  readonly issuer: string;
  readonly clientId: string;
  /** Invented and obviously fake. */
  readonly clientSecret: string;
  /**
   * MSAL's `system.networkClient`: every https authority ends at {@link LocalEntra.url}.
   *
   * An answer that is not JSON rejects, and MSAL turns any such rejection into `network_error`. MSAL's own transport says
   * `token_parsing_error` instead; to see that (majors 5 to 7), leave `system.networkClient` out of
   * {@link LocalEntra.msalConfiguration}: its `authorityMetadata` already points at the loopback address.
   */
  readonly networkClient: LocalNetworkClient;
  /** All users, those of the options first. */
  readonly users: readonly LocalEntraUser[];
  /** The last 1,000 requests, oldest first, a live list; secrets, codes and tokens of forms removed. */
  readonly requests: readonly RecordedRequest[];
  /** Scripted failures that still wait for their call. */
  readonly pending: readonly PendingPlan[];
  /** Ready for MSAL; a new object on each call. Add `cache`, `system.loggerOptions` and so on as needed. */
  msalConfiguration(): LocalMsalConfiguration;
  /**
   * Fails the next call that fits (or the next `times`).
   *
   * Without `flow` it fails a call of the token endpoint; use `flow: 'authorize'` for an error on the redirect URI.
   *
   * @example `entra.failNext(50076, { claims: { access_token: { acrs: { essential: true, value: 'c1' } } } })`
   * @throws TypeError `ERR_AAD_TESTING_PLAN`: unknown key or value, with the valid ones
   */
  failNext(codeOrPlan: number | string | FailurePlan, details?: PlanDetails): void;
  /** As {@link LocalEntra.failNext}, until {@link LocalEntra.clearPlans} or {@link LocalEntra.reset}. */
  failAlways(codeOrPlan: number | string | FailurePlan, details?: PlanDetails): void;
  /** Forgets scripted failures and throttling. */
  clearPlans(): void;
  /** The token endpoint answers 429 (90055) with Retry-After for a while. @throws TypeError `ERR_AAD_TESTING_PLAN` */
  throttle(options: ThrottleOptions): void;
  /**
   * Continuous access evaluation: the sample API refuses this user's tokens with a claims challenge until new ones come,
   * and refreshing answers 50173 until the user signs in again.
   *
   * @param options `keepRefreshTokens`: only access tokens are revoked, a refresh brings a good one
   * @throws TypeError `ERR_AAD_TESTING_PLAN` when the user is unknown
   */
  revoke(userName: string, options?: { readonly keepRefreshTokens?: boolean }): void;
  /** Answers a device code as the user would; without `user` it is declined. @returns false when the code is unknown */
  completeDeviceCode(userCode: string, user?: string): boolean;
  /** A signed access token without any flow: assertions for on-behalf-of, calls to an API under test. */
  accessToken(request?: AccessTokenRequest): Promise<string>;
  /** The same path and query on LocalEntra; for a test that follows a URL on login.microsoftonline.com. */
  localUrl(url: string): string;
  /** Forgets plans, sessions, codes, tokens, consents and requests. The signing key stays. */
  reset(): void;
  /** Stops listening and closes open connections. Safe to call twice. */
  close(): Promise<void>;
}

/** Whether a plan refuses this call: the connection must fail before the server sees it, so the client asks here. */
function takeRefusal(state: EntraState, method: string, url: URL, body: string): boolean {
  const form = Object.fromEntries(new URLSearchParams(body));
  const http = { method, url, headers: {}, query: Object.fromEntries(url.searchParams), form };
  const route = findRoute(http);
  const facts = route === undefined ? undefined : factsOf(state, http, route);
  return facts !== undefined && state.plans.take(facts, (plan) => plan.outage === 'refuse') !== undefined;
}

function knownUser(settings: Settings, userName: string): LocalEntraUser {
  const user = findUser(settings.users, userName);
  if (user !== undefined) return user;
  const names = settings.users.map((entry) => entry.userName).join(', ');
  throw refusal('ERR_AAD_TESTING_PLAN', `user: ${shown(userName)} is unknown. Users: ${names}.`);
}

function makeAccessToken(state: EntraState, request: AccessTokenRequest = {}): Promise<string> {
  const { settings } = state;
  const { scopes = `${settings.clientId}/access_as_user` } = request;
  return issueAccessToken(state, {
    session: request.user === undefined ? undefined : state.newSession(knownUser(settings, request.user)),
    clientId: settings.clientId,
    scopes: typeof scopes === 'string' ? splitScopes(scopes) : scopes,
    claims: parseClaims(request.claims),
    policy: undefined,
    lifetimeSeconds: request.lifetimeSeconds,
  });
}

function startThrottle(state: EntraState, { seconds, status = 429 }: ThrottleOptions): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400) {
    throw refusal('ERR_AAD_TESTING_PLAN', `seconds: ${shown(seconds)} is not a whole number from 1 to 86,400.`);
  }
  state.throttle = { untilMs: state.settings.now() + seconds * 1000, status };
}

function msalConfiguration(state: EntraState, networkClient: LocalNetworkClient): LocalMsalConfiguration {
  const { clientId, clientSecret, tenantId } = state.settings;
  const host = 'login.microsoftonline.com';
  return {
    auth: {
      clientId,
      authority: `https://${host}/${tenantId}`,
      clientSecret,
      clientCapabilities: ['CP1'],
      authorityMetadata: JSON.stringify(openIdConfiguration(state, tenantId, undefined, host)),
    },
    system: { networkClient },
  };
}

function localEntra(state: EntraState, running: RunningServer): LocalEntra {
  const { settings, url } = state;
  const networkClient = createNetworkClient({
    url,
    takeRefusal: (method, target, body) => takeRefusal(state, method, target, body),
  });
  return {
    url,
    authority: `${url}/${settings.tenantId}`,
    tenantId: settings.tenantId,
    issuer: state.issuer,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    networkClient,
    users: settings.users,
    get requests() {
      return state.requests;
    },
    get pending() {
      return state.plans.pending;
    },
    msalConfiguration: () => msalConfiguration(state, networkClient),
    failNext: (codeOrPlan, details) => {
      state.plans.add(readPlan(codeOrPlan, details), 1);
    },
    failAlways: (codeOrPlan, details) => {
      state.plans.add(readPlan(codeOrPlan, details), Infinity);
    },
    clearPlans: () => {
      state.plans.clear();
      state.throttle = undefined;
    },
    throttle: (options) => {
      startThrottle(state, options);
    },
    revoke: (userName, { keepRefreshTokens = false } = {}) => {
      revoke(state, knownUser(settings, userName).userName, keepRefreshTokens);
    },
    completeDeviceCode: (userCode, user) => completeDeviceCode(state, userCode, user),
    accessToken: (request) => makeAccessToken(state, request),
    localUrl: (given) => toLocalUrl(url, given).href,
    reset: () => {
      state.reset();
    },
    close: running.close,
  };
}

/**
 * Starts a test double of Microsoft Entra ID on 127.0.0.1.
 *
 * @example
 * ```ts
 * const entra = await createLocalEntra();
 * const msal = new ConfidentialClientApplication(entra.msalConfiguration());
 * entra.failNext(50076, { claims: { access_token: { acrs: { essential: true, value: 'c1' } } } });
 * // ... your application meets the error; then
 * await entra.close();
 * ```
 * @throws TypeError `ERR_AAD_TESTING_OPTIONS` for an unknown or wrong option; Node's `EADDRINUSE` when the port is taken
 */
export async function createLocalEntra(options: LocalEntraOptions = {}): Promise<LocalEntra> {
  const settings = readOptions(options);
  const { running, state } = await startServer(settings.port, (url) => new EntraState(settings, url));
  return localEntra(state, running);
}
