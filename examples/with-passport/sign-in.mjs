// The sign-in of this application: passport with openid-client's strategy. aad-error-handler does not sign anybody in
// here; it says what the next sign-in must ask for, and /login passes that on.
import { aadAuthResponse, normalizeAadError, readInteractionTicket } from 'aad-error-handler';
import express from 'express';
import * as openid from 'openid-client';
import { Strategy } from 'openid-client/passport';
import passport from 'passport';

const signInScopes = ['openid', 'profile', 'offline_access'];
/** Sign-ins that may be under way side by side in one session, in several tabs. */
const maxPending = 4;
/** Access tokens are renewed this long before they end, so that none ends on its way to an API. */
const renewalMs = 5 * 60_000;

/**
 * Says that this application can answer claims challenges; without it no API sends one for a revoked session.
 * MSAL does this for `clientCapabilities: ['CP1']`, here it is our job, beside the claims that were asked for.
 */
function withCapability(claims = '{}') {
  const wanted = JSON.parse(claims);
  return JSON.stringify({ ...wanted, access_token: { ...wanted.access_token, xms_cc: { values: ['cp1'] } } });
}

/** openid-client's strategy, which knows prompt, scope and login hint, with the claims parameter, state and nonce. */
class EntraStrategy extends Strategy {
  authorizationRequestParams(req, options) {
    const parameters = super.authorizationRequestParams(req, options);
    parameters.set('claims', withCapability(options.claims));
    parameters.set('state', options.state);
    parameters.set('nonce', openid.randomNonce());
    return parameters;
  }
}

/** Where the strategy keeps nonce and code verifier in the session: by state, so that tabs do not disturb each other. */
const sessionKeyOf = (state) => `sign-in ${state}`;

/** Remembers where a sign-in leads; forgets the oldest ones, which nobody has finished. */
function rememberSignIn(session, state, returnTo) {
  const pending = Object.entries(session.pending ?? {});
  for (const [old] of pending.slice(0, 1 - maxPending)) delete session[sessionKeyOf(old)];
  session.pending = Object.fromEntries([...pending.slice(1 - maxPending), [state, returnTo]]);
}

const isPending = (session, state) => typeof state === 'string' && Object.hasOwn(session.pending ?? {}, state);

/**
 * @param configuration of openid-client, from discovery @param baseUrl origin as browsers see it
 * @param secret the same as given to aadErrorHandler
 * @returns router with /login, /auth/callback and /logout; requireSignIn as middleware; tokenFor(req, scopes)
 */
export function createSignIn({ configuration, baseUrl, secret, secureCookies }) {
  const authenticator = new passport.Passport();
  const callbackURL = `${baseUrl}/auth/callback`;
  const verify = (tokens, done) => {
    const { name, preferred_username: userName } = tokens.claims();
    done(null, { name, userName, refreshToken: tokens.refresh_token });
  };
  const strategyFor = (state) =>
    new EntraStrategy({ name: 'entra', config: configuration, callbackURL, sessionKey: sessionKeyOf(state) }, verify);
  // The session lives on the server; a session in a cookie must not hold a refresh token.
  authenticator.serializeUser((user, done) => done(null, user));
  authenticator.deserializeUser((user, done) => done(null, user));

  const router = express.Router();
  router.use(authenticator.session());

  router.get('/login', (req, res, next) => {
    const wanted = readInteractionTicket(req, { secret, secureCookies });
    const hint = req.query.login_hint ?? req.user?.userName;
    const state = openid.randomState();
    rememberSignIn(req.session, state, wanted?.returnTo ?? '/');
    authenticator.authenticate(strategyFor(state), {
      state,
      claims: wanted?.claims,
      prompt: wanted?.prompt,
      scope: [...new Set([...signInScopes, ...(wanted?.scopes ?? [])])],
      // Entra refuses a hint beside select_account: the person is about to choose.
      loginHint: wanted?.prompt === 'select_account' ? undefined : hint,
    })(req, res, next);
  });

  router.get(
    '/auth/callback',
    // Before passport, which turns access_denied into a bare 401 and keeps no suberror.
    aadAuthResponse({ checkState: (req, state) => isPending(req.session, state) }),
    (req, res, next) => {
      const { state } = req.query;
      // Another browser began it, or the session is gone: nothing can be checked, so start again.
      if (!isPending(req.session, state)) return next(signInNeeded());
      const { [state]: returnTo, ...others } = req.session.pending;
      req.session.pending = others;
      authenticator.authenticate(strategyFor(state), (error, user) => {
        if (error) return next(normalizeAadError(error, { flow: 'authorization-code' }) ?? error);
        if (!user) return next(signInNeeded());
        // A new session id against session fixation; what other tabs wait for stays, old tokens do not.
        delete req.session.accessTokens;
        req.logIn(user, { keepSessionInfo: true }, (failure) =>
          failure ? next(failure) : res.redirect(303, returnTo),
        );
      })(req, res, next);
    },
  );

  router.get('/logout', (req, res, next) => {
    req.logout((failure) => (failure ? next(failure) : res.redirect(303, '/')));
  });

  /** From the session, or with the refresh token. What fails says which scopes it was for. */
  async function tokenFor(req, scopes) {
    const scope = scopes.join(' ');
    const kept = (req.session.accessTokens ??= {});
    if (kept[scope]?.renewAtMs > Date.now()) return kept[scope].accessToken;
    try {
      const parameters = { scope, claims: withCapability() };
      const tokens = await openid.refreshTokenGrant(configuration, req.user.refreshToken, parameters);
      req.user.refreshToken = tokens.refresh_token ?? req.user.refreshToken;
      kept[scope] = {
        accessToken: tokens.access_token,
        renewAtMs: Date.now() + (tokens.expires_in ?? 0) * 1000 - renewalMs,
      };
      return tokens.access_token;
    } catch (error) {
      throw normalizeAadError(error, { scopes, flow: 'silent' }) ?? error;
    }
  }

  return { router, requireSignIn, tokenFor };
}

const signInNeeded = () => normalizeAadError({ error: 'login_required' });

/** Nobody is signed in: an error like any other, so a page is redirected and a script gets 401 with the way to go. */
function requireSignIn(req, _res, next) {
  next(req.isAuthenticated() ? undefined : signInNeeded());
}
