import { createHash, randomBytes } from 'node:crypto';
import {
  adminConsentUrl,
  clearCookies,
  cookieNames,
  createPlanner,
  createSealer,
  isLocalUrl,
  maxSignIns,
  mergeClaims,
  noteReturnTo,
  openBrake,
  openTicket,
  plannerKey,
  readAdminConsentResponse,
  readCookie,
  reasonKey,
  sealBrake,
  setCookies,
  signInsFor,
  strike,
  toLocalUrl,
  type Sealer,
} from '../interaction/index.js';
import { normalize, ownError } from '../normalize/index.js';
import { AadOptionsError, badValue, checkOptions, requireOption, type OptionNames } from '../options.js';
import { redirectTo } from '../respond/index.js';
import type { AadError, Prompt } from '../types.js';
import { callbackParameters } from './form-body.js';
import { readSecrets } from './error-handler.js';
import { strangeCallback } from './status-note.js';
import type { Handler, Next, RequestIn, ResponseOut } from './types.js';
import { writeResponse } from './write.js';

/** The two methods of a ConfidentialClientApplication that are used; every major from 2 to 7 has them. */
export interface MsalClient {
  // Method syntax on purpose: parameters are compared bivariantly, so the real client of each major is assignable.
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  acquireTokenByCode(request: AuthorizationCodeRequest, response?: Record<string, string>): Promise<unknown>;
}

/** What we ask MSAL to build an authorization URL from. */
export interface AuthorizationUrlRequest {
  scopes: string[];
  redirectUri: string;
  responseMode: 'query' | 'form_post';
  state: string;
  nonce: string;
  codeChallenge: string;
  codeChallengeMethod: 'S256';
  claims?: string;
  prompt?: string;
  loginHint?: string;
  domainHint?: string;
  /** Only for the password reset policy of Azure AD B2C. */
  authority?: string;
}

/** What we ask MSAL to redeem. */
export interface AuthorizationCodeRequest {
  code: string;
  scopes: string[];
  redirectUri: string;
  codeVerifier: string;
  state: string;
  nonce: string;
}

/** The parts of an MSAL account that become hints. */
export interface AccountLike {
  readonly homeAccountId?: string;
  readonly username?: string;
  readonly tenantId?: string;
}

/** Options of {@link msalInteraction}. */
export interface MsalInteractionOptions {
  /** The application's own ConfidentialClientApplication. */
  readonly client: MsalClient;
  /** Origin as browsers see it, `https://app.contoso.example`. Never taken from the request. */
  readonly baseUrl: string;
  /** Seals cookies and tickets: random text of at least 32 characters; a list rotates (the first seals, all open). */
  readonly secret: string | readonly string[];
  /** Scopes of an ordinary sign-in. @defaultValue `openid`, `profile`, `offline_access` */
  readonly scopes?: readonly string[];
  /** Path of the redirect URI registered in Entra. @defaultValue `'/auth/redirect'` */
  readonly redirectPath?: string;
  /** Path below which the other routes live: sign-in, challenge, sign-out, admin-consent. @defaultValue `'/auth'` */
  readonly basePath?: string;
  /** @defaultValue `'query'` */
  readonly responseMode?: 'query' | 'form_post';
  /** Called with MSAL's AuthenticationResult; keep the account in the session here. */
  readonly onSignedIn: (request: RequestIn, response: ResponseOut, result: unknown) => unknown;
  /** The signed-in account, for hints; undefined when nobody is. */
  readonly getAccount?: (request: RequestIn) => AccountLike | undefined | Promise<AccountLike | undefined>;
  /** Ends the application's session on sign-out. */
  readonly onSignOut?: (request: RequestIn, response: ResponseOut) => unknown;
  /**
   * Entra's end-session endpoint, such as `https://login.microsoftonline.com/<tenant>/oauth2/v2.0/logout`: sign-out goes
   * there and comes back to `/`. @defaultValue none: only this application's session ends
   */
  readonly endSessionUrl?: string;
  /**
   * Azure AD B2C: authority of the password reset policy, such as
   * `https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_reset`. "Forgot your password?" (AADB2C90118) goes there,
   * and from there to the ordinary sign-in. The client needs the host in its `knownAuthorities`.
   */
  readonly passwordResetAuthority?: string;
  /** Where an administrator approves: the tenant (never `common`) and the client id. */
  readonly adminConsent?: {
    readonly clientId: string;
    readonly tenant: string;
    readonly scopes?: readonly string[];
    readonly host?: string;
  };
  /**
   * Called when the browser came back saying that an administrator approved, before the way back. Not a proof: whoever can
   * open the approval link can write that answer. Only the next token shows what was granted.
   */
  readonly onAdminConsent?: (request: RequestIn, response: ResponseOut) => unknown;
  /** Milliseconds since the epoch; for tests. @defaultValue `Date.now` */
  readonly now?: () => number;
}

/** What {@link msalInteraction} gives: mount `router`, pass the whole to `aadErrorHandler({ interaction })`. */
export interface MsalInteraction {
  readonly router: Handler;
  /** Paths of the routes, for links. */
  readonly paths: {
    readonly signIn: string;
    readonly signOut: string;
    readonly redirect: string;
    readonly adminConsent: string;
  };
}

const optionNames = {
  client: 'object',
  baseUrl: 'string',
  secret: 'any',
  scopes: 'array',
  redirectPath: 'string',
  basePath: 'string',
  responseMode: 'string',
  onSignedIn: 'function',
  getAccount: 'function',
  onSignOut: 'function',
  endSessionUrl: 'string',
  passwordResetAuthority: 'string',
  adminConsent: 'object',
  onAdminConsent: 'function',
  now: 'function',
} as const satisfies Record<keyof MsalInteractionOptions, OptionNames[string]>;

const call = 'msalInteraction';
/** Seconds a person may take at Entra: MFA registration and a device's enrolment are slow. */
const transactionSeconds = 3_600;
/** Abandoned sign-ins kept side by side (tabs); older ones are cleared. */
const maxTransactions = 4;
const ledgerCookie = 'aad-claims';
const transactionPrefix = 'aad-tx-';
const adminStateSeconds = 86_400;
/** Longer claims ride on their own authorization request only: a request header block ends at 16 KiB in Node. */
const maxPendingClaims = 1_500;
/** "Forgot your password?" on a page of Azure AD B2C. */
const passwordResetCode = 'AADB2C90118';

/** One sign-in on its way, sealed in a cookie of its own. */
interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly scopes: readonly string[];
  readonly returnTo: string;
  /** The visit to the password reset policy: no tokens are wanted from it. */
  readonly isPasswordReset?: boolean;
}

/** What the next authorization request is made of. */
interface Wanted {
  readonly returnTo: string;
  readonly claims?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly prompt?: Prompt | undefined;
  readonly isPasswordReset?: boolean | undefined;
}

/**
 * The routes that finish a sign-in on a real ConfidentialClientApplication: sign-in, challenge, redirect URI, sign-out
 * and admin consent. State lives in sealed cookies, so any instance behind a load balancer can finish what another began.
 *
 * @example
 * ```ts
 * const auth = msalInteraction({ client, baseUrl, secret, onSignedIn: (req, _res, result) => saveAccount(req, result) });
 * app.use(auth.router);
 * app.use(aadErrorHandler({ interaction: auth }));
 * ```
 * @throws AadOptionsError at start-up, with the option's name and the fix
 */
export function msalInteraction(options: MsalInteractionOptions): MsalInteraction {
  checkOptions(call, options, optionNames);
  requireOption(call, options, 'client', 'Pass your ConfidentialClientApplication.');
  requireOption(call, options, 'baseUrl', 'Pass the origin browsers use, such as "https://app.contoso.example".');
  requireOption(
    call,
    options,
    'secret',
    'Pass a random text of at least 32 characters, for instance from SESSION_SECRET.',
  );
  requireOption(
    call,
    options,
    'onSignedIn',
    'Pass a function that keeps the account, such as (req, res, result) => { req.session.account = result.account; }.',
  );
  const origin = readOrigin(options.baseUrl);
  const basePath = localPath('basePath', options.basePath ?? '/auth').replace(/\/$/, '');
  const redirectPath = localPath('redirectPath', options.redirectPath ?? `${basePath}/redirect`);
  const responseMode = options.responseMode ?? 'query';
  if (!['query', 'form_post'].includes(responseMode))
    throw badValue(call, 'responseMode', 'must be "query" or "form_post".');
  const adminConsent = readAdminConsent(options.adminConsent);
  const endSessionUrl = httpsUrl('endSessionUrl', options.endSessionUrl);
  const passwordResetAuthority = httpsUrl('passwordResetAuthority', options.passwordResetAuthority);
  const sealer: Sealer = createSealer(readSecrets(call, options.secret));
  const cookies = { secure: origin.startsWith('https:') };
  const now = options.now ?? Date.now;
  const signInScopes = options.scopes ?? ['openid', 'profile', 'offline_access'];
  const redirectUri = origin + redirectPath;
  const paths = {
    signIn: `${basePath}/sign-in`,
    challenge: `${basePath}/challenge`,
    signOut: `${basePath}/sign-out`,
    adminConsent: `${basePath}/admin-consent`,
    adminConsentReturn: `${basePath}/admin-consent/return`,
    redirect: redirectPath,
  };
  const ownPaths = new Set(Object.values(paths));
  /** Where a `return_to` leads; never back into these routes, where the way would start over. */
  const readReturnTo = (text: string | undefined): string | undefined => {
    const local = toLocalUrl(text, origin);
    return local === undefined || ownPaths.has(local.split(/[?#]/, 1)[0] ?? '') ? undefined : local;
  };
  const cleared = (request: RequestIn, name: string, crossSite = false): string[] =>
    clearCookies(request.headers.cookie, name, cookies, crossSite);

  const send = (response: ResponseOut, url: string, cookiesToSet: readonly string[]): void => {
    writeResponse(response, redirectTo(url), cookiesToSet, false);
  };

  /** Sends the person to Entra; remembers what for in a sealed cookie. */
  const authorize = async (
    request: RequestIn,
    response: ResponseOut,
    wanted: Wanted,
    setBefore: readonly string[],
  ): Promise<void> => {
    const nowMs = now();
    const cookieHeader = request.headers.cookie;
    const pending = openLedger(sealer, readCookie(cookieHeader, ledgerCookie, cookies), nowMs);
    const claims = mergeClaims(pending, wanted.claims);
    const account = await accountOf(options, request);
    const verifier = randomBytes(32).toString('base64url');
    const transaction: Transaction = {
      state: randomBytes(16).toString('base64url'),
      nonce: randomBytes(16).toString('base64url'),
      verifier,
      scopes: wanted.scopes !== undefined && wanted.scopes.length > 0 ? wanted.scopes : signInScopes,
      returnTo: wanted.returnTo,
      ...(wanted.isPasswordReset === true && { isPasswordReset: true }),
    };
    // Entra refuses login_hint together with select_account; the reset policy asks who it is anyway.
    const withHint =
      wanted.prompt !== 'select_account' && wanted.isPasswordReset !== true && account?.username !== undefined;
    const url = await options.client.getAuthCodeUrl({
      scopes: [...transaction.scopes],
      redirectUri,
      responseMode,
      state: transaction.state,
      nonce: transaction.nonce,
      codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
      codeChallengeMethod: 'S256',
      ...(claims !== undefined && { claims }),
      ...(wanted.prompt !== undefined && { prompt: wanted.prompt }),
      ...(withHint && { loginHint: account.username, ...domainHint(account) }),
      ...(wanted.isPasswordReset === true &&
        passwordResetAuthority !== undefined && { authority: passwordResetAuthority }),
    });
    const set = [...setBefore];
    const old = cookieNames(cookieHeader, transactionPrefix, cookies);
    const crossSite = responseMode === 'form_post';
    for (const name of old.slice(0, Math.max(0, old.length - maxTransactions + 1)))
      set.push(...cleared(request, name, crossSite));
    const sealed = sealer.seal('transaction', transaction, nowMs + transactionSeconds * 1000);
    set.push(
      ...setCookies(transactionPrefix + transaction.state.slice(0, 8), sealed, transactionSeconds, cookies, crossSite),
    );
    if (claims !== undefined && claims.length <= maxPendingClaims) {
      set.push(
        ...setCookies(
          ledgerCookie,
          sealer.seal('ledger', claims, nowMs + transactionSeconds * 1000),
          transactionSeconds,
          cookies,
        ),
      );
    }
    send(response, url, set);
  };

  const signIn = async (request: RequestIn, response: ResponseOut, next: Next): Promise<void> => {
    const parameters = await callbackParameters(request);
    const returnTo = readReturnTo(parameters.get('return_to')) ?? '/';
    if (!isNavigation(request)) {
      next(withReturnTo(ownError('login_required'), returnTo));
      return;
    }
    const prompt = parameters.get('prompt');
    await authorize(
      request,
      response,
      {
        returnTo,
        prompt: prompt === 'select_account' || prompt === 'login' ? prompt : undefined,
      },
      [],
    );
  };

  /** Uses a ticket of the error handler, once, counting it against the loop brake. */
  const challenge = async (request: RequestIn, response: ResponseOut, next: Next): Promise<void> => {
    const nowMs = now();
    const parameters = await callbackParameters(request);
    const opened = openTicket(sealer, parameters.get('ticket'), request.headers.cookie, nowMs, cookies);
    if (opened === undefined || opened === 'cookie' || !isNavigation(request)) {
      next(strangeCallback());
      return;
    }
    const brake = openBrake(sealer, cookies, request.headers.cookie, nowMs);
    if (signInsFor(brake, opened.key) >= maxSignIns) {
      next(stopped(opened.request.returnTo));
      return;
    }
    const counted = sealBrake(sealer, cookies, strike(brake, opened.key, nowMs), nowMs);
    const wanted = opened.request;
    // A script's page may name the place to come back to; it is checked like any other.
    const returnTo = readReturnTo(parameters.get('return_to')) ?? wanted.returnTo;
    await authorize(
      request,
      response,
      { ...wanted, returnTo, scopes: scopesFor(wanted.action, wanted.scopes, signInScopes) },
      [...opened.setCookies, ...counted],
    );
  };

  /** The redirect URI: an error goes through the pipeline, a code to MSAL. */
  const redirect = async (request: RequestIn, response: ResponseOut, next: Next): Promise<void> => {
    const parameters = await callbackParameters(request);
    const state = parameters.get('state');
    const name = transactionPrefix + (state ?? '').slice(0, 8);
    const sealed = /^[\w-]{22}$/.test(state ?? '') ? readCookie(request.headers.cookie, name, cookies) : undefined; // refuses "a;b"
    const transaction = sealer.open('transaction', sealed, now()) as Transaction | undefined;
    if (state === undefined || transaction?.state !== state) {
      await staleCallback(request, response, next);
      return;
    }
    const clear = cleared(request, name, responseMode === 'form_post');
    const failed = parameters.has('error') || !parameters.has('code');
    if (failed) {
      const error = normalize(Object.fromEntries(parameters), {
        origin: 'authorization-response',
        flow: 'authorization-code',
        nowMs: now(),
        scopes: transaction.scopes,
      });
      if (error !== undefined && (await goesToPasswordReset(request, response, error, transaction, clear))) return;
      for (const cookie of clear) response.appendHeader('set-cookie', cookie);
      next(withReturnTo(error ?? strangeCallback(), transaction.returnTo));
      return;
    }
    if (transaction.isPasswordReset === true) {
      // The new password is set; tokens of the reset policy are for another account key, so the ordinary sign-in follows.
      await authorize(request, response, { returnTo: transaction.returnTo }, clear);
      return;
    }
    let result: unknown;
    try {
      result = await options.client.acquireTokenByCode(
        {
          code: parameters.get('code') ?? '',
          scopes: [...transaction.scopes],
          redirectUri,
          codeVerifier: transaction.verifier,
          state,
          nonce: transaction.nonce,
        },
        { code: parameters.get('code') ?? '', state, nonce: transaction.nonce, ...clientInfo(parameters) },
      );
    } catch (thrown) {
      for (const cookie of clear) response.appendHeader('set-cookie', cookie);
      const error = normalize(thrown, { flow: 'authorization-code', nowMs: now(), scopes: transaction.scopes });
      next(error === undefined ? thrown : withReturnTo(error, transaction.returnTo));
      return;
    }
    await options.onSignedIn(request, response, result);
    const settled = cleared(request, ledgerCookie);
    if (!response.headersSent) send(response, transaction.returnTo, [...clear, ...settled]);
  };

  /** "Forgot your password?" leads to the reset policy, as often as any other reason. @returns whether it took over */
  const goesToPasswordReset = async (
    request: RequestIn,
    response: ResponseOut,
    error: AadError,
    { returnTo }: Transaction,
    clear: readonly string[],
  ): Promise<boolean> => {
    if (passwordResetAuthority === undefined || !error.b2cCodes.includes(passwordResetCode)) return false;
    const nowMs = now();
    const brake = openBrake(sealer, cookies, request.headers.cookie, nowMs);
    const key = reasonKey(error, undefined);
    if (signInsFor(brake, key) >= maxSignIns) return false;
    const counted = sealBrake(sealer, cookies, strike(brake, key, nowMs), nowMs);
    await authorize(request, response, { returnTo, isPasswordReset: true }, [...clear, ...counted]);
    return true;
  };

  /** Back button, history, a lost cookie: with a living session the person goes home, otherwise a page says so. */
  const staleCallback = async (request: RequestIn, response: ResponseOut, next: Next): Promise<void> => {
    const account = await accountOf(options, request);
    if (account === undefined) next(strangeCallback());
    else send(response, '/', []);
  };

  const signOut = async (request: RequestIn, response: ResponseOut): Promise<void> => {
    await options.onSignOut?.(request, response);
    if (response.headersSent) return;
    const url = endSessionUrl === undefined ? '/' : endSessionAddress(endSessionUrl, `${origin}/`);
    send(response, url, cleared(request, ledgerCookie));
  };

  const startAdminConsent = (_request: RequestIn, response: ResponseOut, next: Next): void => {
    if (adminConsent === undefined) {
      next();
      return;
    }
    const state = sealer.seal(
      'admin-state',
      { id: randomBytes(8).toString('base64url') },
      now() + adminStateSeconds * 1000,
    );
    const url = adminConsentUrl({ ...adminConsent, redirectUri: origin + paths.adminConsentReturn, state });
    send(response, url, []);
  };

  const finishAdminConsent = async (request: RequestIn, response: ResponseOut, next: Next): Promise<void> => {
    const parameters = await callbackParameters(request);
    if (sealer.open('admin-state', parameters.get('state'), now()) === undefined) {
      next(strangeCallback());
      return;
    }
    if (readAdminConsentResponse(parameters) === 'granted') {
      await options.onAdminConsent?.(request, response);
      if (!response.headersSent) send(response, '/', []);
      return;
    }
    const sent = normalize(Object.fromEntries(parameters), { origin: 'authorization-response', nowMs: now() });
    next(withReturnTo(sent ?? strangeCallback(), '/'));
  };

  const routes = new Map<string, (request: RequestIn, response: ResponseOut, next: Next) => Promise<void> | void>([
    [`GET ${paths.signIn}`, signIn],
    [`GET ${paths.challenge}`, challenge],
    [`GET ${paths.redirect}`, redirect],
    [`POST ${paths.redirect}`, redirect],
    [`GET ${paths.signOut}`, signOut],
    [`POST ${paths.signOut}`, signOut],
    [`GET ${paths.adminConsent}`, startAdminConsent],
    [`GET ${paths.adminConsentReturn}`, finishAdminConsent],
  ]);

  const planner = createPlanner({
    sealer,
    cookies,
    startPath: paths.challenge,
    signInPath: paths.signIn,
    adminConsentUrl: adminConsent === undefined ? undefined : origin + paths.adminConsent,
    countHere: false,
  });

  const interaction: MsalInteraction & { readonly [plannerKey]: typeof planner } = {
    router: function aadInteractionRouter(request, response, next) {
      const url = request.originalUrl ?? request.url ?? '/';
      const question = url.indexOf('?');
      const route = routes.get(`${request.method ?? 'GET'} ${question < 0 ? url : url.slice(0, question)}`);
      if (route === undefined) {
        next();
        return;
      }
      Promise.resolve(route(request, response, next)).catch((error: unknown) => {
        next(error ?? new Error('a route of the sign-in failed without a reason'));
      });
    },
    paths: { signIn: paths.signIn, signOut: paths.signOut, redirect: paths.redirect, adminConsent: paths.adminConsent },
    [plannerKey]: planner,
  };
  return Object.freeze(interaction);
}

function withReturnTo(error: object, returnTo: string): object {
  noteReturnTo(error, returnTo);
  return error;
}

/** The third strike, seen by the challenge route itself. */
function stopped(returnTo: string): object {
  return withReturnTo(ownError('too_many_sign_ins'), returnTo);
}

function readOrigin(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw badValue(call, 'baseUrl', 'must be an absolute URL such as "https://app.contoso.example".');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw badValue(call, 'baseUrl', 'must be an origin without a path; mount paths with basePath and redirectPath.');
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !loopback)
    throw badValue(call, 'baseUrl', 'must use https; http is for localhost only.');
  return url.origin;
}

function localPath(option: string, path: string): string {
  if (!isLocalUrl(path) || /[?#]/.test(path)) throw badValue(call, option, 'must be a path such as "/auth".');
  return path;
}

function httpsUrl(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && (!URL.canParse(text) || new URL(text).protocol !== 'https:'))
    throw badValue(call, option, 'must be an https URL.');
  return text;
}

/** @see OpenID Connect RP-Initiated Logout 1.0 section 2 */
function endSessionAddress(endSessionUrl: string, back: string): string {
  const url = new URL(endSessionUrl);
  url.searchParams.set('post_logout_redirect_uri', back);
  return url.href;
}

/** false when the browser says that this is no navigation: a script or an image is never sent to a sign-in page. */
function isNavigation({ headers }: RequestIn): boolean {
  const mode = headers['sec-fetch-mode'];
  return mode === undefined || mode === 'navigate';
}

function readAdminConsent(
  adminConsent: MsalInteractionOptions['adminConsent'],
): { clientId: string; tenant: string; scopes: readonly string[]; host: string } | undefined {
  if (adminConsent === undefined) return undefined;
  checkOptions(
    call,
    adminConsent,
    { clientId: 'string', tenant: 'string', scopes: 'array', host: 'string' },
    'adminConsent',
  );
  for (const name of ['clientId', 'tenant'] as const) {
    if (!adminConsent[name])
      throw new AadOptionsError(
        'ERR_AAD_OPTIONS_MISSING',
        `adminConsent.${name}`,
        `${call}: option "adminConsent.${name}" is missing. Pass the ${name === 'tenant' ? 'tenant id' : 'client id of the app registration'}.`,
      );
  }
  if (adminConsent.tenant === 'common')
    throw badValue(call, 'adminConsent.tenant', 'must not be "common": pass the tenant id, or "organizations".');
  return {
    clientId: adminConsent.clientId,
    tenant: adminConsent.tenant,
    scopes: adminConsent.scopes ?? ['https://graph.microsoft.com/.default'],
    host: (adminConsent.host ?? 'https://login.microsoftonline.com').replace(/\/+$/, ''),
  };
}

function openLedger(sealer: Sealer, sealed: string | undefined, nowMs: number): string | undefined {
  const claims = sealed === undefined ? undefined : sealer.open('ledger', sealed, nowMs);
  return typeof claims === 'string' ? claims : undefined;
}

/** Longest a getAccount of the application may take; hints are not worth a wait. */
const accountTimeoutMs = 1_000;

async function accountOf({ getAccount }: MsalInteractionOptions, request: RequestIn): Promise<AccountLike | undefined> {
  if (getAccount === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, accountTimeoutMs, undefined);
    });
    return await Promise.race([getAccount(request), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Tenant of all personal Microsoft accounts. */
const consumersTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

function domainHint({ tenantId }: AccountLike): { domainHint?: string } {
  return tenantId === undefined ? {} : { domainHint: tenantId === consumersTenant ? 'consumers' : 'organizations' };
}

/** Consent asks for the failed call's scopes and what keeps the session; other sign-ins for the usual ones too. */
function scopesFor(action: string, failed: readonly string[] | undefined, usual: readonly string[]): readonly string[] {
  if (failed === undefined || failed.length === 0) return usual;
  return action === 'consent' || action === 'claims_challenge' || action === 'interactive'
    ? [...new Set([...failed, 'openid', 'profile', 'offline_access'])]
    : usual;
}

/** MSAL of every major reads client_info from the response of the token endpoint, majors 2 and 3 also from here. */
function clientInfo(parameters: ReadonlyMap<string, string>): Record<string, string> {
  const value = parameters.get('client_info');
  return value === undefined ? {} : { client_info: value };
}
