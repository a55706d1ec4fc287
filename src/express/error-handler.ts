import { createReporter, type EventOptions, type Reporter } from '../events/index.js';
import { createPlanner, createSealer, isLocalUrl, plannerOf, type Planner } from '../interaction/index.js';
import { isPlainlyForeign } from '../normalize/index.js';
import {
  AadOptionsError,
  badValue,
  checkOptions,
  createSettings,
  respondOptionNames,
  type OptionNames,
  type RespondOptions,
} from '../options.js';
import { answer, type Answer, type RequestLike } from '../responder.js';
import type { PageModel } from '../respond/index.js';
import type { Flow } from '../types.js';
import { delegated } from './delegated.js';
import { renderOwn, withBody } from './own-page.js';
import { startsCustom, type CustomInteraction } from './own-start.js';
import { passable } from './pass-on.js';
import { readSecrets } from './secrets.js';
import { statusOf } from './status-note.js';
import { callerHandlesClaims, type ClaimsOf } from './token-claims.js';
import type { AppFunction, AppRequest, ErrorHandler, Next, RequestIn, ResponseOut } from './types.js';
import { canAnswer, writeResponse } from './write.js';

/** Something made by msalInteraction. */
export interface InteractionRouter {
  readonly router: (request: RequestIn, response: ResponseOut, next: (error?: unknown) => void) => void;
}

/** Options of {@link aadErrorHandler}. All are optional; unknown names are refused. */
export interface AadErrorHandlerOptions extends RespondOptions, EventOptions {
  /**
   * How a person is sent to sign in: what msalInteraction made, a local path (`'/login'`, gets a sealed single-use
   * `ticket`; no fragment), or `{ start(req, res, request) }`. Return the promise of what `start` waits for: when it
   * rejects, or nothing was sent within 10 seconds, the page with the sign-in button is sent, and a later redirect of its
   * own fails with ERR_HTTP_HEADERS_SENT.
   * @defaultValue none: answers are pages and problem documents, nobody is redirected
   */
  readonly interaction?: InteractionRouter | string | CustomInteraction;
  /**
   * Seals tickets of `interaction: '/login'` and the loop brake: random text of at least 32 characters, the same in all
   * processes; a list rotates (the first seals, all open).
   * @defaultValue random, good for one process until it restarts
   */
  readonly secret?: string | readonly string[];
  /** The application is on https: cookies of tickets are `Secure` and `__Host-`. @defaultValue true when `NODE_ENV` is `production` */
  readonly secureCookies?: boolean;
  /** How the failed calls get their tokens, when all of them do it the same way. @defaultValue inferred from each error */
  readonly flow?: Flow;
  /** Whether a user can sign in; a function is asked for each error and must answer at once. @defaultValue inferred from the flow */
  readonly hasUser?: boolean | AppFunction<[request: AppRequest], boolean>;
  /**
   * Claims of the caller's validated access token: without `cp1` in their `xms_cc` (an optional claim of the API's app
   * registration) a claims challenge becomes a 403. `() => undefined` for an API that does not have that claim.
   * @defaultValue `req.auth.payload`, `req.auth`, `req.authInfo`, `req.user`, where they hold claims of a token
   */
  readonly claimsOf?: ClaimsOf;
  /** Hand on an http-errors error with `status`, `headers` and `expose` instead of answering. @defaultValue false */
  readonly delegate?: boolean;
  /**
   * The page: name of a view of the application's engine, or a function that returns whole HTML. The built-in page is sent
   * when it fails, returns nothing, or takes longer than a second.
   * @defaultValue the built-in page
   */
  readonly render?: string | ((model: PageModel) => string | Promise<string>);
}

const optionNames = {
  ...respondOptionNames,
  interaction: 'any',
  secret: 'any',
  secureCookies: 'boolean',
  flow: 'string',
  hasUser: 'any',
  claimsOf: 'function',
  delegate: 'boolean',
  render: 'any',
  onDecision: 'function',
  onOperatorAlert: 'function',
  operatorAlertIntervalSeconds: 'number',
  logger: 'object',
  logServerText: 'boolean',
  telemetry: 'boolean',
} as const satisfies Record<keyof AadErrorHandlerOptions, OptionNames[string]>;

const call = 'aadErrorHandler';

/** The two mistakes with the argument itself that a list of known options would not explain. */
function checkArgument(given: unknown): void {
  if (typeof given !== 'object' || given === null) return;
  const fix =
    'httpVersion' in given
      ? 'is called by Express itself: write app.use(aadErrorHandler()), with the parentheses.'
      : 'router' in given && 'paths' in given
        ? 'got what msalInteraction() returned: write aadErrorHandler({ interaction: auth }).'
        : undefined;
  if (fix !== undefined) throw new AadOptionsError('ERR_AAD_OPTIONS_TYPE', 'options', `${call}: ${fix}`);
}

/**
 * Express error-handling middleware (4 and 5) for Microsoft Entra ID and MSAL.
 *
 * Mount it after all routes. An identity error gets the right answer for the one who asked: a redirect to sign in or a
 * friendly page for a navigation, 401 problem+json for a script, a valid challenge for an API client. Any other error
 * goes to the next handler, the very same object.
 *
 * @example
 * ```ts
 * app.use(aadErrorHandler());
 * ```
 * @throws AadOptionsError at start-up, with the option's name and the fix
 */
export function aadErrorHandler(options: AadErrorHandlerOptions = {}): ErrorHandler {
  checkArgument(options);
  checkOptions(call, options, optionNames);
  const environment = process.env['NODE_ENV'];
  const settings = createSettings(call, options, environment);
  const isPrinted = environment !== 'production';
  const reporter = createReporter(options);
  const { interaction, claimsOf, delegate, hasUser, flow, render } = options;
  const custom = customOf(interaction);
  const planner = plannerFor(options);
  checkValues(options);
  // Only then is the caller asked for what it can handle.
  const mayBeApi = ({ headers }: RequestIn): boolean => settings.mode === 'api' || headers.authorization !== undefined;

  return function aadErrorHandlerMiddleware(error, request, response, next) {
    if (!canAnswer(response)) {
      next(error);
      return;
    }
    // Told apart before anything of the request is looked at: a foreign error must cost next to nothing.
    if (isPlainlyForeign(error)) {
      next(passable(error, isPrinted));
      return;
    }
    let found: Answer | undefined;
    try {
      found = answer(error, requestLike(request), settings, {
        flow,
        hasUser: typeof hasUser === 'function' ? guardedHasUser(hasUser, request) : hasUser,
        callerHandlesClaims: mayBeApi(request) ? claimsCheck(request, claimsOf) : undefined,
        planner,
        nowMs: Date.now(),
        status: statusOf(error),
      });
    } catch {
      // A mistake of ours must not take the place of what the application has thrown: that is handed on.
      found = undefined;
    }
    if (found === undefined) {
      next(passable(error, isPrinted));
      return;
    }
    const handOn = delegate === true ? delegated(found, error, response) : undefined;
    if (handOn !== undefined) {
      reportTo(reporter, found, handOn.status);
      next(handOn);
      return;
    }
    const headOnly = request.method === 'HEAD';
    const { status } = found.response;
    if (custom !== undefined && startsCustom(custom, found, request, response)) {
      reportTo(reporter, found, status, reporter.wanted ? endOf(response) : undefined);
      return;
    }
    if (render !== undefined && found.response.headers['content-type']?.startsWith('text/html') === true) {
      reportTo(reporter, found, status, sendOwn(render, found, response, headOnly, next));
      return;
    }
    // First, though the hooks run afterwards: an error is told of even where its answer cannot be written.
    reportTo(reporter, found, status);
    writeResponse(response, found.response, found.setCookies, headOnly);
  };
}

// Functions of their own, because a closure in the middleware would cost every request the memory for what it captures.

const claimsCheck =
  (request: RequestIn, claimsOf: ClaimsOf | undefined): (() => boolean | undefined) =>
  () =>
    callerHandlesClaims(request, claimsOf);

/** @param answered resolves when the answer has been given; absent: it is given at once */
function reportTo(reporter: Reporter, found: Answer, status: number, answered?: Promise<unknown>): void {
  const { error, decision } = found.undisclosed ?? found;
  reporter.report(error, decision, status, found.facts.kind, found.facts.nowMs, answered);
}

/** When an application's own start has answered, or nobody waits any more; undefined: it has. */
function endOf(response: ResponseOut): Promise<unknown> | undefined {
  return canAnswer(response)
    ? new Promise((resolve) => response.once('finish', resolve).once('close', resolve))
    : undefined;
}

async function sendOwn(
  render: NonNullable<AadErrorHandlerOptions['render']>,
  found: Answer,
  response: ResponseOut,
  headOnly: boolean,
  next: Next,
): Promise<void> {
  try {
    const body = await renderOwn(render, found, response);
    if (canAnswer(response)) writeResponse(response, withBody(found, body), found.setCookies, headOnly);
  } catch (error) {
    // Only a response object that somebody changed can fail here; it must not end the process.
    next(error);
  }
}

const flows: readonly Flow[] = [
  'authorization-code',
  'silent',
  'on-behalf-of',
  'client-credentials',
  'managed-identity',
  'device-code',
  'password',
];

/** @throws AadOptionsError for a value of the right type that cannot work */
function checkValues({
  render,
  flow,
  hasUser,
  secret,
  logger,
  operatorAlertIntervalSeconds,
}: AadErrorHandlerOptions): void {
  if (render !== undefined && typeof render !== 'function' && (typeof render !== 'string' || render === ''))
    throw badValue(call, 'render', 'must be the name of a view or a function that returns HTML.');
  if (flow !== undefined && !flows.includes(flow)) throw badValue(call, 'flow', `must be one of ${flows.join(', ')}.`);
  if (hasUser !== undefined && typeof hasUser !== 'boolean' && typeof hasUser !== 'function')
    throw badValue(call, 'hasUser', 'must be true, false or a function of the request that returns one of them.');
  if (secret !== undefined) readSecrets(call, secret);
  if (logger !== undefined && !(['info', 'warn', 'error'] as const).every((name) => typeof logger[name] === 'function'))
    throw badValue(call, 'logger', 'must have the methods info, warn and error, as pino and console have.');
  if (operatorAlertIntervalSeconds !== undefined && !(operatorAlertIntervalSeconds >= 0))
    throw badValue(call, 'operatorAlertIntervalSeconds', 'must be a number of seconds, 0 or more.');
}

/** The request as received; `originalUrl` because routers change `url`. */
export function requestLike(request: RequestIn): RequestLike {
  return { method: request.method ?? 'GET', url: request.originalUrl ?? request.url ?? '/', headers: request.headers };
}

function guardedHasUser(hasUser: AppFunction<[request: AppRequest], boolean>, request: RequestIn): boolean | undefined {
  try {
    const answer: unknown = hasUser(request as AppRequest);
    if (typeof answer === 'boolean') return answer;
    // An async function cannot be waited for here; what it rejects with must not end the process.
    if (typeof answer === 'object' && answer !== null && 'then' in answer)
      Promise.resolve(answer).catch(() => undefined);
    return undefined;
  } catch {
    return undefined;
  }
}

function customOf(interaction: AadErrorHandlerOptions['interaction']): CustomInteraction | undefined {
  return typeof interaction === 'object' &&
    (interaction as unknown) !== null &&
    'start' in interaction &&
    typeof interaction.start === 'function'
    ? interaction
    : undefined;
}

function plannerFor(options: AadErrorHandlerOptions): Planner | undefined {
  const { interaction } = options;
  if (interaction === undefined) return undefined;
  const own = plannerOf(interaction);
  if (own !== undefined) return own;
  const isCustom = customOf(interaction) !== undefined;
  if (!isCustom && typeof interaction !== 'string') {
    throw badValue(
      call,
      'interaction',
      'must be what msalInteraction() returned, a path such as "/login", or { start(req, res, request) }.',
    );
  }
  // An own start() gets no ticket; its sign-ins are counted all the same.
  const startPath = typeof interaction === 'string' ? interaction : undefined;
  if (startPath !== undefined && !isLocalUrl(startPath))
    throw badValue(call, 'interaction', 'must be a path of this application such as "/login".');
  // The ticket would be put into the fragment, which browsers keep to themselves: no sign-in route would ever get it.
  if (startPath?.includes('#') === true)
    throw badValue(call, 'interaction', 'must be a path without a fragment (#…): the ticket is put behind it.');
  const secure = options.secureCookies ?? process.env['NODE_ENV'] === 'production';
  return createPlanner({
    sealer: createSealer(readSecrets(call, options.secret)),
    cookies: { secure },
    startPath,
    signInPath: startPath,
    adminConsentUrl: undefined,
    countHere: true,
  });
}
