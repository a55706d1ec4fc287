import { randomBytes } from 'node:crypto';
import { isKnownRedirectUri, readAuthorizationRequest } from './authorization-request.js';
import type { AuthorizationRequest } from './authorization-types.js';
import { parseClaims, proofsIn } from './claims.js';
import { readCode } from './error-defaults.js';
import { page, readCookie, redirect, type EntraAnswer, type EntraRequest } from './http.js';
import { authorizePage, errorPage, formPostPage, messagePage } from './pages.js';
import type { FailurePlan } from './plans.js';
import { authorizationErrorResponse, type AuthorizationErrorDetails } from './responses.js';
import type { EntraState, Session } from './state.js';
import { findUser, type LocalEntraUser } from './users.js';

const cookieName = 'local-entra-session';

/** What the person at the page decided. */
interface SignIn {
  readonly user: LocalEntraUser;
  /** Goes through what `claims` demands. */
  readonly provesClaims: boolean;
  readonly consents: boolean;
}

/** Fields to the redirect URI in the mode the request asked for. */
function answerRequest(
  request: Pick<AuthorizationRequest, 'redirectUri' | 'responseMode'>,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): EntraAnswer {
  if (request.responseMode === 'form_post') {
    const nonce = randomBytes(12).toString('base64');
    const answer = page(formPostPage(request.redirectUri, fields, nonce), 200, nonce);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }
  const target = new URL(request.redirectUri);
  if (request.responseMode === 'fragment') target.hash = new URLSearchParams(fields).toString();
  else for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
  return redirect(target.href, headers);
}

/** An authorization error on the redirect URI. */
function refuse(
  state: EntraState,
  request: AuthorizationRequest,
  code: number | string | undefined,
  details: AuthorizationErrorDetails = {},
): EntraAnswer {
  const { now } = state.settings;
  const echoed = request.state === undefined ? {} : { state: request.state };
  return answerRequest(request, authorizationErrorResponse(code, { now, ...echoed, ...details }));
}

/** The session cookie's sign-in, unless it was revoked. */
function sessionOf(state: EntraState, request: EntraRequest): Session | undefined {
  const session = state.sessions.get(readCookie(request, cookieName) ?? '');
  return session?.revoked === true ? undefined : session;
}

/** Signs in and answers with a code. */
function approve(
  state: EntraState,
  request: AuthorizationRequest,
  signIn: SignIn,
  current: Session | undefined,
): EntraAnswer {
  const { user } = signIn;
  const claims = parseClaims(request.claims);
  if (signIn.provesClaims) for (const proof of proofsIn(claims)) state.of(state.proofs, user).add(proof);
  if (signIn.consents) for (const scope of request.scopes) state.of(state.consents, user).add(scope.toLowerCase());
  const sameUser = current?.user.userName === user.userName && request.prompt !== 'login';
  const session = sameUser ? current : state.newSession(user);
  const code = state.secret('0.code');
  state.codes.set(code, {
    session,
    clientId: request.clientId,
    scopes: request.scopes,
    policy: request.policy,
    publicClient: false,
    request,
    expiresAtMs: state.settings.now() + state.settings.codeSeconds * 1000,
    used: false,
  });
  return answerRequest(
    request,
    { code, ...(request.state === undefined ? {} : { state: request.state }), session_state: session.sid.slice(4, 24) },
    { 'set-cookie': `${cookieName}=${session.sid}; Path=/; HttpOnly; SameSite=Lax` },
  );
}

/** GET /authorize. @internal */
export function authorize(state: EntraState, http: EntraRequest, policy: string | undefined): EntraAnswer {
  const { request, fault } = readAuthorizationRequest(state, http.query, policy);
  if (request === undefined) return page(errorPage(fault?.code ?? 90023, fault?.description ?? ''), 400);
  if (fault !== undefined)
    return refuse(state, request, fault.code, { error: fault.error, description: fault.description });
  const { settings } = state;
  const current = sessionOf(state, http);
  if (request.prompt === 'none' && current === undefined) return refuse(state, request, 50058);
  if (request.prompt !== 'none' && !settings.autoApprove) {
    const id = state.secret('page');
    state.openPages.set(id, request);
    return page(authorizePage(id, request, settings.users));
  }
  const hinted = request.loginHint === undefined ? undefined : findUser(settings.users, request.loginHint);
  if (request.loginHint !== undefined && hinted === undefined) {
    return page(
      errorPage(50034, `The user account ${request.loginHint} does not exist; see the start page for the users.`),
      400,
    );
  }
  const user = hinted ?? current?.user ?? findUser(settings.users, settings.defaultUser);
  if (user === undefined) return refuse(state, request, 50058);
  return approve(state, request, { user, provesClaims: true, consents: request.prompt === 'consent' }, current);
}

/** The buttons of the page. @internal */
export function decideAuthorization(state: EntraState, http: EntraRequest): EntraAnswer {
  const { form } = http;
  const request = state.openPages.get(form['id'] ?? '');
  if (request === undefined) return page(messagePage('Page expired', 'Start again from the application.'), 400);
  state.openPages.delete(form['id'] ?? '');
  const isUserFlow = request.policy !== undefined;
  if (form['cancel'] !== undefined) {
    return isUserFlow
      ? refuse(state, request, 'AADB2C90091', { error: 'access_denied' })
      : refuse(state, request, 65004, { error: 'access_denied', subcode: 'cancel' });
  }
  if (form['forgot'] !== undefined && isUserFlow) {
    return refuse(state, request, 'AADB2C90118', { error: 'access_denied' });
  }
  if (form['fail'] !== undefined) return refuse(state, request, readCode(form['code']?.trim()) ?? 90023);
  const user = findUser(state.settings.users, form['signIn'] ?? form['mfa'] ?? form['consent']);
  if (user === undefined) return page(messagePage('Unknown user', 'Choose one of the buttons.'), 400);
  const signIn = { user, provesClaims: form['mfa'] !== undefined, consents: form['consent'] !== undefined };
  return approve(state, request, signIn, sessionOf(state, http));
}

/** A scripted failure of /authorize; the request's own faults come first, as at Entra. @internal */
export function failAuthorization(
  state: EntraState,
  http: EntraRequest,
  policy: string | undefined,
  plan: FailurePlan,
): EntraAnswer {
  const { request, fault } = readAuthorizationRequest(state, http.query, policy);
  if (request === undefined) return page(errorPage(fault?.code ?? 90023, fault?.description ?? ''), 400);
  return refuse(state, request, plan.code, {
    ...(plan.error === undefined ? {} : { error: plan.error }),
    ...(plan.description === undefined ? {} : { description: plan.description }),
    ...(plan.subcode === undefined ? {} : { subcode: plan.subcode }),
  });
}

/** GET /logout: ends the session and goes back to a known address. @internal */
export function logout(state: EntraState, http: EntraRequest): EntraAnswer {
  state.sessions.delete(readCookie(http, cookieName) ?? '');
  const cookie = { 'set-cookie': `${cookieName}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0` };
  const back = http.query['post_logout_redirect_uri'];
  if (!isKnownRedirectUri(state, back)) {
    const answer = page(messagePage('Signed out', 'You are signed out of LocalEntra.'));
    return { ...answer, headers: { ...answer.headers, ...cookie } };
  }
  const target = new URL(back);
  const given = http.query['state'];
  if (given !== undefined) target.searchParams.set('state', given);
  return redirect(target.href, cookie);
}
