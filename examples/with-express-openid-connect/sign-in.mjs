// The sign-in of this application is express-openid-connect's. aad-error-handler does not sign anybody in here; it says
// what the next sign-in must ask for, and startSignIn passes that on.
import { normalizeAadError } from 'aad-error-handler';

const signInScopes = ['openid', 'profile', 'offline_access'];

/**
 * Says that this application can answer claims challenges; without it no API sends one for a revoked session.
 * MSAL does this for `clientCapabilities: ['CP1']`, here it is our job, beside the claims that were asked for.
 */
function withCapability(claims = '{}') {
  const wanted = JSON.parse(claims);
  return JSON.stringify({ ...wanted, access_token: { ...wanted.access_token, xms_cc: { values: ['cp1'] } } });
}

/** Options of auth() that matter to Entra, for the ordinary sign-in. */
export const entraOptions = {
  authRequired: false, // requiresAuth() redirects a fetch too; requireSignIn below does not
  clientAuthMethod: 'client_secret_post',
  authorizationParams: {
    response_type: 'code',
    scope: signInScopes.join(' '),
    claims: withCapability(),
  },
  tokenEndpointParams: { claims: withCapability() },
  // The token of a new sign-in is for that sign-in's scopes: tokenFor must not take it for another one.
  afterCallback: (_req, _res, session) => ({ ...session, accessTokenScope: undefined }),
};

/** Requests whose error made us call login(). */
const startedByUs = new WeakSet();

/** `start` of aadErrorHandler's interaction: the same login with what the failed call asks for. */
export function startSignIn(req, res, request) {
  startedByUs.add(req);
  return res.oidc.login({
    returnTo: request.returnTo,
    authorizationParams: {
      scope: [...new Set([...signInScopes, ...(request.scopes ?? [])])].join(' '),
      claims: withCapability(request.claims),
      // A member that is undefined would arrive as the text "undefined", so members are left out.
      ...(request.prompt !== undefined && { prompt: request.prompt }),
      // Entra refuses a hint beside select_account: the person is about to choose.
      ...(request.prompt !== 'select_account' &&
        req.oidc.isAuthenticated() && { login_hint: req.oidc.user.preferred_username }),
    },
  });
}

const signInNeeded = () => normalizeAadError({ error: 'login_required' });

/** Nobody is signed in: an error like any other, so a page is redirected and a script gets 401 with the way to go. */
export function requireSignIn(req, _res, next) {
  next(req.oidc.isAuthenticated() ? undefined : signInNeeded());
}

/**
 * Error middleware: a callback without the cookie of its sign-in (another browser, an old tab, a second sign-in in
 * between) is a plain 400 for express-openid-connect. Starting again is what helps, and the loop brake bounds it.
 */
export function restartLostSignIn(error, _req, _res, next) {
  const isLost = error?.error === 'OAUTH_INVALID_RESPONSE' || /cookie not found/.test(error?.message);
  next(isLost ? signInNeeded() : error);
}

/**
 * Error middleware behind aadErrorHandler: login() reports its own failure there. It asks nobody but Entra's discovery,
 * so a lost connection is Entra's, which the error alone does not show.
 */
export function confirmFailedStart(error, req, _res, next) {
  next(startedByUs.has(req) ? (normalizeAadError(error, { confirmed: true }) ?? error) : error);
}

/** From the session, or with the refresh token. What fails says which scopes it was for. */
export async function tokenFor(req, scopes) {
  const { oidc, appSession } = req;
  const scope = scopes.join(' ');
  if (appSession.accessTokenScope === scope && !oidc.accessToken.isExpired()) return oidc.accessToken.access_token;
  try {
    const renewed = await oidc.accessToken.refresh({ tokenEndpointParams: { scope } });
    appSession.accessTokenScope = scope;
    return renewed.access_token;
  } catch (error) {
    throw normalizeAadError(error, { scopes, flow: 'silent' }) ?? error;
  }
}
