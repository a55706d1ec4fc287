/** One error and one request -> the whole answer. Used by express/ and, through core.ts, by every other framework. */
import { decide, isForUser } from './decide/index.js';
import { notedReturnTo, toLocalUrl, type Planner } from './interaction/index.js';
import { normalize } from './normalize/index.js';
import { reloadParameter, requestKind, respond, type AnswerPlan, type Settings } from './respond/index.js';
import type { AadError, DecideContext, Decision, RequestFacts, ResponseSpec } from './types.js';

/** The parts of a request that are looked at, as node:http has them. Header names in lower case. */
export interface RequestLike {
  readonly method: string;
  /** Path and query as received, before any router changed them. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The answer and everything it came from. */
export interface Answer {
  readonly response: ResponseSpec;
  /** To be added to the response, each one a `Set-Cookie`. */
  readonly setCookies: readonly string[];
  readonly error: AadError;
  readonly decision: Decision;
  readonly facts: RequestFacts;
  readonly settings: Settings;
  readonly plan: AnswerPlan | undefined;
  readonly retryAfterSeconds: number | undefined;
}

export interface AnswerContext extends DecideContext {
  readonly planner?: Planner | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Status in place of the table's: only for callbacks that are no sign-in of ours (400). */
  readonly status?: number | undefined;
}

/** The answer to an identity error. @returns undefined when the thrown value is none; pass it on untouched */
export function answer(
  thrown: unknown,
  request: RequestLike,
  settings: Settings,
  context: AnswerContext,
): Answer | undefined {
  const error = normalize(thrown, { nowMs: context.nowMs, scopes: context.scopes, flow: context.flow });
  if (error === undefined || error.unconfirmed === true) return undefined;
  const cookieHeader = headerOf(request, 'cookie');
  // A callback that is no sign-in of ours never starts one.
  const planner = context.status === undefined ? context.planner : undefined;
  const facts = readFacts(request, settings, error, context.nowMs);
  const attempts = context.attempts ?? planner?.attempts(error, cookieHeader, context.nowMs) ?? 0;
  const decision = decide(error, {
    flow: context.flow,
    hasUser: context.hasUser,
    scopes: context.scopes,
    attempts,
    overrides: settings.overrides,
  });
  const plan = planner?.plan(decision, error, facts, cookieHeader);
  const retryAfterSeconds =
    decision.action === 'retry' ? (decision.retryAfterSeconds ?? defaultRetryAfter(error)) : undefined;
  const input = { error, decision, facts, settings, plan, retryAfterSeconds };
  const response = respond(input);
  return {
    response: context.status === undefined ? response : { ...response, status: context.status },
    setCookies: plan !== undefined && isForUser(decision.action) ? plan.setCookies : noCookies,
    error,
    decision,
    facts,
    settings,
    plan,
    retryAfterSeconds,
  };
}

const noCookies: readonly string[] = [];

/** What to wait when the server did not say: MSAL's own throttle memory lasts 60 s, a lost connection is soon back. */
function defaultRetryAfter(error: AadError): number {
  if (error.throttledLocally === true || error.status === 429) return 60;
  return error.origin === 'network' && error.status === undefined ? 10 : 30;
}

function headerOf(request: RequestLike, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** Facts of a request: who asks, where to come back to, in which language. Never throws, whatever was sent. */
export function readFacts(request: RequestLike, settings: Settings, error: AadError, nowMs: number): RequestFacts {
  const { headers } = request;
  const kind = requestKind(
    {
      authorization: headerOf(request, 'authorization'),
      secFetchMode: headerOf(request, 'sec-fetch-mode'),
      secFetchDest: headerOf(request, 'sec-fetch-dest'),
      requestedWith: headerOf(request, 'x-requested-with') ?? headerOf(request, 'hx-request'),
      accept: headerOf(request, 'accept'),
    },
    settings.mode,
  );
  const safe = request.method === 'GET' || request.method === 'HEAD';
  const reloadAt = request.url.indexOf(reloadParameter);
  const own = reloadAt < 0 ? request.url : withoutReload(request.url);
  const here = toLocalUrl(own);
  const question = own.indexOf('?');
  return {
    kind,
    method: request.method,
    safe,
    redirectable: kind === 'navigation' && safe && isTopLevel(headers),
    returnTo:
      notedReturnTo(error) ??
      (isCallback(error, own) ? undefined : placeOf(kind, safe, here, headers)) ??
      settings.homeUrl,
    instance: instanceOf(here === undefined ? undefined : question < 0 ? own : own.slice(0, question)),
    locale: settings.localeFor(headerOf(request, 'accept-language')),
    reloads: reloadAt < 0 ? 0 : reloadsOf(request.url),
    nowMs,
  };
}

/** Entra's pages refuse to be framed, and a prefetch has nobody who could sign in. Absent headers say nothing. */
function isTopLevel(headers: RequestLike['headers']): boolean {
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document') return false;
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz'];
  return typeof purpose !== 'string' || !purpose.includes('prefetch');
}

/** Where to come back to: the page itself, the page a script runs in, the form that an unsafe request came from. */
function placeOf(
  kind: RequestFacts['kind'],
  safe: boolean,
  here: string | undefined,
  headers: RequestLike['headers'],
): string | undefined {
  if (kind !== 'navigation') return refererPath(headers);
  return safe ? here : (refererPath(headers) ?? here);
}

/** A redirect URI with a code or an error in its query is no place to come back to: it is used up, or somebody made it. */
function isCallback(error: AadError, url: string): boolean {
  if (error.origin === 'authorization-response' || error.producer === 'aad-error-handler') return true;
  return /[?&]state=/.test(url) && /[?&](?:code|error)=/.test(url); // accepts "?code=1&state=2"
}

/** The page a script runs in, when the browser itself says that the request came from our own origin. */
function refererPath(headers: RequestLike['headers']): string | undefined {
  const referer = headers['referer'];
  if (headers['sec-fetch-site'] !== 'same-origin' || typeof referer !== 'string' || referer.length > 2_048)
    return undefined;
  const path = /^https?:\/\/[^/?#\\]+(\/[^#]*)/.exec(referer)?.[1]; // accepts "https://app.example/a?b", keeps "/a?b"
  return toLocalUrl(path);
}

const maxInstanceLength = 256;

/** Path without query, as RFC 9457 `instance`; `/` when it is no ordinary path. */
function instanceOf(path: string | undefined): string {
  return path === undefined || path.length > maxInstanceLength || !/^[\x21-\x7e]+$/.test(path) ? '/' : path; // refuses "/é"
}

function withoutReload(url: string): string {
  const question = url.indexOf('?');
  if (question < 0) return url;
  const rest = url
    .slice(question + 1)
    .split('&')
    .filter((pair) => !pair.startsWith(`${reloadParameter}=`))
    .join('&');
  return rest === '' ? url.slice(0, question) : `${url.slice(0, question)}?${rest}`;
}

/** How often the page has reloaded itself: 0 to 99; anything odd counts as the end of it. */
function reloadsOf(url: string): number {
  const match = /[?&]aad_reload=(\d{1,2})(?:&|#|$)/.exec(url); // accepts "?aad_reload=2"
  return match === null ? 99 : Number(match[1]);
}
