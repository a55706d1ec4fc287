/** One error and one request -> the whole answer. Used by express/ and, through core.ts, by every other framework. */
import { decide, isForUser } from './decide/index.js';
import {
  notedCaller,
  notedReturnTo,
  refusedToCaller,
  toLocalUrl,
  type Planner,
  type StepUp,
} from './interaction/index.js';
import { normalize } from './normalize/index.js';
import { ownFields } from './own-fields.js';
import {
  accountStandIn,
  formatChallenge,
  reloadParameter,
  requestKind,
  respond,
  withoutCode,
  type AnswerPlan,
  type Settings,
  type Undisclosed,
} from './respond/index.js';
import type { AadError, DecideContext, Decision, Override, RequestFacts, ResponseSpec } from './types.js';

/** The parts of a request that are looked at, as node:http has them. Header names in lower case. */
export interface RequestLike {
  /** `GET`, `POST`, in capitals. */
  readonly method: string;
  /** Path and query as received, before any router changed them. */
  readonly url: string;
  /** Header fields by name in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The answer and everything it came from. */
export interface Answer {
  readonly response: ResponseSpec;
  /** To be added to the response, each one a `Set-Cookie`. */
  readonly setCookies: readonly string[];
  readonly error: AadError;
  /** What the answer says. */
  readonly decision: Decision;
  /** For logs: what really happened, when the answer must not tell whether an account exists. */
  readonly undisclosed: Undisclosed | undefined;
  readonly facts: RequestFacts;
  readonly settings: Settings;
  readonly plan: AnswerPlan | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** What is known besides the error and the request. */
export interface RespondContext extends DecideContext {
  /**
   * Whether an API's caller can handle a claims challenge: `cp1` in `xms_cc` of its token, where that is known. false: 403
   * instead of a challenge. @defaultValue true
   */
  readonly callerHandlesClaims?: boolean | (() => boolean | undefined) | undefined;
  /**
   * Rules for this answer. They come before those that createAadResponder was given, and are checked in the same way.
   * @defaultValue only those of createAadResponder
   */
  readonly overrides?: readonly Override[] | undefined;
}

/** Its overrides have been checked. */
export interface AnswerContext extends RespondContext {
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
  given: AnswerContext,
): Answer | undefined {
  const context = ownFields(given);
  const received = normalize(thrown, { nowMs: context.nowMs, scopes: context.scopes, flow: context.flow });
  if (received === undefined || received.unconfirmed === true) return undefined;
  const cookieHeader = headerOf(request, 'cookie');
  // A callback that is no sign-in of ours never starts one.
  const planner = context.status === undefined ? context.planner : undefined;
  const facts = readFacts(request, settings, received, context.nowMs);
  const decideContext = {
    flow: context.flow,
    hasUser: context.hasUser,
    scopes: context.scopes,
    attempts: context.attempts ?? planner?.attempts(received, cookieHeader, context.nowMs, facts.returnTo) ?? 0,
    overrides: rulesOf(context, settings),
  };
  let error = received;
  let decision = decide(error, decideContext);
  let undisclosed: Undisclosed | undefined;
  const standIn = accountStandIn(error, decision, context.flow ?? error.flow);
  if (standIn !== undefined) {
    undisclosed = { error, decision };
    error = standIn;
    const attempts = context.attempts ?? planner?.attempts(error, cookieHeader, context.nowMs, facts.returnTo) ?? 0;
    decision = withoutCode(decide(error, { ...decideContext, attempts }));
  }
  const caller = notedCaller(received);
  if (decision.action === 'claims_challenge' && !handlesClaims(caller?.handlesClaims, facts, context))
    decision = refusedToCaller(decision, facts.kind);
  const plan = planner && ownFields(planner.plan(decision, error, facts, cookieHeader));
  const retryAfterSeconds =
    decision.action === 'retry' ? (decision.retryAfterSeconds ?? defaultRetryAfter(error)) : undefined;
  const found: { response: ResponseSpec } & Answer = {
    response: noResponse,
    setCookies: plan !== undefined && isForUser(decision.action) ? plan.setCookies : noCookies,
    error,
    decision,
    undisclosed,
    facts,
    settings,
    plan,
    retryAfterSeconds,
  };
  const response = withStepUp(respond(found), caller?.stepUp, found);
  found.response = context.status === undefined ? response : { ...response, status: context.status };
  return found;
}

/** Until the answer is made of all the rest. */
const noResponse: ResponseSpec = { status: 500, headers: {}, body: '' };

const noCookies: readonly string[] = [];

/** The first rule that matches counts, so those for this answer stand first. */
function rulesOf({ overrides }: RespondContext, settings: Settings): Settings['overrides'] {
  return overrides === undefined ? settings.overrides : [...overrides, ...(settings.overrides ?? [])];
}

/** An error that was made for this caller knows best; otherwise only an API's caller is looked at. */
function handlesClaims(
  noted: boolean | undefined,
  { kind }: RequestFacts,
  { callerHandlesClaims }: RespondContext,
): boolean {
  if (noted !== undefined || kind !== 'api') return noted ?? true;
  return (typeof callerHandlesClaims === 'function' ? callerHandlesClaims() : callerHandlesClaims) ?? true;
}

/** The challenge of RFC 9470: behind Entra's where claims are asked for, otherwise in place of `invalid_token`. */
function withStepUp(
  response: ResponseSpec,
  stepUp: StepUp | undefined,
  { decision, facts, settings }: Pick<Answer, 'decision' | 'facts' | 'settings'>,
): ResponseSpec {
  const first = response.headers['www-authenticate'];
  if (stepUp === undefined || facts.kind !== 'api' || response.status !== 401 || first === undefined) return response;
  const { acrValues, maxAgeSeconds } = stepUp;
  const isSecond = decision.action === 'claims_challenge';
  const own = formatChallenge({
    // Readers that take the header for one challenge would let a repeated parameter count: right behind the scheme,
    // `error` is no parameter to them, and nothing else stands in both challenges.
    ...(!isSecond && { realm: settings.realm, authorizationUri: settings.authorizationUri }),
    error: 'insufficient_user_authentication',
    errorDescription: 'A stronger or more recent sign-in is needed',
    acrValues,
    ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
  });
  const challenge = isSecond ? `${first}, ${own}` : own;
  return { ...response, headers: { ...response.headers, 'www-authenticate': challenge } };
}

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
  const authorization = headerOf(request, 'authorization');
  const kind = requestKind(
    {
      authorization,
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
  return {
    kind,
    method: request.method,
    safe,
    hasAuthorization: authorization !== undefined,
    redirectable: kind === 'navigation' && safe && isTopLevel(headers),
    returnTo:
      notedReturnTo(error) ??
      (isCallback(error, own) ? undefined : placeOf(kind, safe, here, headers)) ??
      settings.homeUrl,
    instance: here === undefined ? '/' : instanceOf(own, here),
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
  return url.includes('state=') && /[?&]state=/.test(url) && /[?&](?:code|error)=/.test(url); // accepts "?code=1&state=2"
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
function instanceOf(own: string, here: string): string {
  const question = own.indexOf('?');
  const path = question < 0 ? own : own.slice(0, question);
  if (path.length > maxInstanceLength) return '/';
  // What toLocalUrl gives back as it is holds visible ASCII only.
  return own === here || /^[\x21-\x7e]+$/.test(path) ? path : '/'; // refuses "/é"
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
