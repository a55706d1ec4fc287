import { parseRetryAfter } from '../normalize/index.js';
import { withNote } from './answer-note.js';
import type { BreakerPass, CircuitBreaker } from './circuit-breaker.js';
import { between, checkRetryOptions, having, isFunction, isObject, maxTimerMs } from './options.js';

/** MSAL's NetworkResponse. */
export interface AadNetworkResponse<Body> {
  headers: Record<string, string>;
  body: Body;
  status: number;
}

/** The part of MSAL's NetworkRequestOptions that is used. */
export interface AadNetworkRequestOptions {
  headers?: Record<string, string>;
  body?: string;
}

/** MSAL's INetworkModule, in our own words so that no version of MSAL is needed for the types. */
export interface AadNetworkClient {
  sendGetRequestAsync<Body>(
    url: string,
    options?: AadNetworkRequestOptions,
    timeout?: number,
  ): Promise<AadNetworkResponse<Body>>;
  sendPostRequestAsync<Body>(url: string, options?: AadNetworkRequestOptions): Promise<AadNetworkResponse<Body>>;
}

/** What is used of `fetch`: Node's own, undici's, or one for tests. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: 'GET' | 'POST';
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
    readonly dispatcher?: object;
  },
) => Promise<{
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  text(): Promise<string>;
}>;

/** Options of {@link aadNetworkClient}. */
export interface AadNetworkClientOptions {
  /** Milliseconds for a whole request, body included, 1 to 2,147,483,647. MSAL's own clients wait for ever. @defaultValue 10000 */
  readonly timeoutMs?: number;
  /**
   * Handed to `fetch` as it is: a proxy is `new ProxyAgent(url)` of `undici`. Where Node's fetch refuses the agent of another
   * undici major (`UND_ERR_INVALID_ARG`), give that undici's own `fetch` as well.
   * @defaultValue none: Node's own connections
   */
  readonly dispatcher?: object;
  /** Sends the requests. @defaultValue Node's `fetch` */
  readonly fetch?: FetchLike;
  /** While its circuit for the authority is open, requests are answered here with `temporarily_unavailable`. @defaultValue none */
  readonly breaker?: CircuitBreaker;
  /** Milliseconds since the epoch; for tests. @defaultValue `Date.now` */
  readonly now?: () => number;
}

const optionChecks = {
  timeoutMs: between(1, maxTimerMs),
  dispatcher: isObject,
  fetch: isFunction,
  breaker: having('enter', 'inside'),
  now: isFunction,
};

type JsonObject = Record<string, unknown>;

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

const isTransient = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Values with which every major makes an InteractionRequiredAuthError, which keeps the claims by itself. */
const keptErrors = new Set<unknown>(['interaction_required', 'consent_required', 'login_required', 'bad_token']);
const keptSuberrors = new Set<unknown>([
  'message_only',
  'additional_action',
  'basic_action',
  'user_password_expired',
  'consent_required',
  'bad_token',
]);

function claimsThatMsalDrops({ error, suberror, claims }: JsonObject): string | undefined {
  return typeof claims !== 'string' || keptErrors.has(error) || keptSuberrors.has(suberror) ? undefined : claims;
}

/** Entra's body with the note, or an OAuth-style one in place of what is no JSON object. */
function errorBody(body: JsonObject | undefined, status: number, retryAfterSeconds: number | undefined, atMs: number) {
  if (body === undefined) {
    const text = `The answer was no JSON object (HTTP ${String(status)}): an outage, a proxy or a captive portal.`;
    return { error: 'temporarily_unavailable', error_description: withNote(text, { status, retryAfterSeconds, atMs }) };
  }
  const claims = claimsThatMsalDrops(body);
  return {
    ...body,
    // Without `error` MSAL would take a 4xx answer for a token.
    ...(body['error'] === undefined && isTransient(status) && { error: 'temporarily_unavailable' }),
    error_description: withNote(body['error_description'], { status, retryAfterSeconds, atMs, claims }),
  };
}

/** As Node's own sockets say it, with the host, so that normalizeAadError knows whose connection it was. */
function noAnswer(url: string, limitMs: number): Error {
  const { hostname } = new URL(url);
  return Object.assign(new Error(`No answer from ${hostname} within ${String(limitMs)} ms`), {
    code: 'ETIMEDOUT',
    hostname,
  });
}

/**
 * Headers as MSAL looks them up: lower case, but `Retry-After` as majors 2 to 7.1.1 spell it, in seconds, because MSAL
 * reads a date or 0 as 60 s. A value that says nothing is left out, as MSAL would do with it.
 */
function msalHeaders(headers: Iterable<readonly [string, string]>, atMs: number): Record<string, string> {
  const result = Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const seconds = parseRetryAfter(result['retry-after'], atMs);
  delete result['retry-after'];
  if (seconds !== undefined) result['Retry-After'] = String(Math.max(1, seconds));
  return result;
}

/**
 * A network client for MSAL Node 2 to 7 that adds what MSAL lacks: a timeout, HTTP status, Retry-After and dropped claims
 * for the error handler, honest errors for answers that are no JSON, an optional proxy and circuit breaker.
 *
 * What MSAL would lose is noted at the end of `error_description`; status and all other fields go to MSAL as they came, so
 * its throttling works, with the right wait. A connection that fails rejects with fetch's error, which MSAL reports as
 * `network_error`. Redirects are not followed: a token endpoint sends none, and a proxy's must not get the client secret.
 *
 * @throws AadRetryOptionsError `ERR_AAD_RETRY_OPTIONS`
 * @example
 * ```ts
 * const client = new ConfidentialClientApplication({ auth, system: { networkClient: aadNetworkClient() } });
 * ```
 */
export function aadNetworkClient(options: AadNetworkClientOptions = {}): AadNetworkClient {
  checkRetryOptions('aadNetworkClient', options, optionChecks);
  const { timeoutMs = 10_000, dispatcher, breaker, now = Date.now } = options;
  // Looked up at each call, so that a fetch replaced later counts. Its types differ between undici and the DOM.
  const send: FetchLike =
    options.fetch ?? ((url, init) => (globalThis as unknown as { readonly fetch: FetchLike }).fetch(url, init));

  async function exchange(
    method: 'GET' | 'POST',
    url: string,
    { headers = {}, body = '' }: AadNetworkRequestOptions,
    limitMs: number,
    pass: BreakerPass | undefined,
  ): Promise<AadNetworkResponse<unknown>> {
    const ending = new AbortController();
    const timer = setTimeout(() => {
      ending.abort(noAnswer(url, limitMs));
    }, limitMs);
    try {
      const response = await send(url, {
        method,
        headers,
        ...(method === 'POST' && { body }),
        redirect: 'manual',
        signal: ending.signal,
        ...(dispatcher !== undefined && { dispatcher }),
      });
      const text = await response.text();
      const { status } = response;
      const atMs = now();
      const answered = msalHeaders(response.headers, atMs);
      const retryAfterSeconds = parseRetryAfter(answered['Retry-After'], atMs);
      const parsed = parseObject(text);
      const isFine = status >= 200 && status < 300;
      // Azure's region discovery answers with a bare word.
      const isWord = method === 'GET' && isFine && answered['content-type']?.startsWith('text/plain') === true;
      if (isTransient(status) || (parsed === undefined && !isWord)) await pass?.fail((retryAfterSeconds ?? 0) * 1_000);
      else await pass?.succeed();
      if (parsed === undefined && isWord) return { headers: answered, status, body: text };
      const bodyForMsal = isFine && parsed !== undefined ? parsed : errorBody(parsed, status, retryAfterSeconds, atMs);
      return { headers: answered, status, body: bodyForMsal };
    } catch (error) {
      await pass?.fail();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The circuit is open. To MSAL this is a 400: as a 503 it would go into MSAL's throttle memory, which knows no users and
   * would hold back everybody until the time that was meant for one caller. The note tells the error handler 503.
   */
  function localAnswer(retryAfterMs: number): AadNetworkResponse<unknown> {
    const retryAfterSeconds = Math.ceil(retryAfterMs / 1_000);
    const text = 'No request was made: the circuit of the authority is open.';
    const note = withNote(text, { status: 503, retryAfterSeconds, atMs: now(), isLocal: true });
    return { headers: {}, status: 400, body: { error: 'temporarily_unavailable', error_description: note } };
  }

  async function request<Body>(
    method: 'GET' | 'POST',
    url: string,
    requestOptions: AadNetworkRequestOptions = {},
    limitMs = timeoutMs,
  ): Promise<AadNetworkResponse<Body>> {
    const admission = await breaker?.enter(url);
    const answer =
      admission?.admitted === false
        ? localAnswer(admission.retryAfterMs)
        : await exchange(method, url, requestOptions, Math.min(limitMs, timeoutMs), admission?.pass);
    return answer as AadNetworkResponse<Body>;
  }

  return {
    sendGetRequestAsync: (url, requestOptions, timeout) =>
      request('GET', url, requestOptions, timeout !== undefined && timeout > 0 ? timeout : timeoutMs),
    sendPostRequestAsync: (url, requestOptions) => request('POST', url, requestOptions),
  };
}
