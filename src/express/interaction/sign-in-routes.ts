import { openTicket } from '../../interaction/index.js';
import { ownError } from '../../normalize/index.js';
import { callbackParameters } from '../form-body.js';
import { strangeCallback } from '../status-note.js';
import type { AppRequest, RequestIn } from '../types.js';
import { authorize, settlePendingClaims } from './authorize.js';
import { beginFor, forgetSignIns } from './brake.js';
import {
  appendCookies,
  isNavigation,
  isPrefetch,
  readReturnTo,
  send,
  withReturnTo,
  type InteractionContext,
  type Route,
} from './context.js';

/** An ordinary sign-in, for links and for scripts that learn where it lives. */
export function signInRoute(context: InteractionContext): Route {
  return async (request, response, next) => {
    const parameters = await callbackParameters(request);
    const returnTo = readReturnTo(context, parameters.get('return_to')) ?? '/';
    if (!isNavigation(request)) {
      next(withReturnTo(ownError('login_required'), returnTo));
      return;
    }
    const asked = parameters.get('prompt');
    const prompt = asked === 'select_account' || asked === 'login' ? asked : undefined;
    await authorize(context, request, response, { returnTo, prompt }, []);
  };
}

/** Uses a ticket of the error handler, once, unless the loop brake has counted enough of them. */
export function challengeRoute(context: InteractionContext): Route {
  const { cookies, sealer, settings } = context;
  return async (request, response, next) => {
    const nowMs = settings.now();
    const parameters = await callbackParameters(request);
    const opened = openTicket(sealer, parameters.get('ticket'), request.headers.cookie, nowMs, cookies);
    if (opened === undefined || opened === 'cookie' || !isNavigation(request)) {
      next(strangeCallback());
      return;
    }
    const wanted = opened.request;
    const begun = beginFor(context, request, opened.key);
    if (begun === undefined) {
      // The third strike, seen by this route itself.
      next(withReturnTo(ownError('too_many_sign_ins'), wanted.returnTo));
      return;
    }
    // Before the client is asked for an address: it began, even if that fails.
    appendCookies(response, begun.setCookies);
    // A script's page may name the place to come back to; it is checked like any other.
    const returnTo = readReturnTo(context, parameters.get('return_to')) ?? wanted.returnTo;
    const scopes = scopesFor(wanted.action, wanted.scopes, settings.scopes);
    const { reason } = begun;
    await authorize(context, request, response, { ...wanted, returnTo, scopes, reason }, opened.setCookies);
  };
}

/** Consent asks for the failed call's scopes and what keeps the session; other sign-ins for the usual ones too. */
function scopesFor(action: string, failed: readonly string[] | undefined, usual: readonly string[]): readonly string[] {
  if (failed === undefined || failed.length === 0) return usual;
  return action === 'consent' || action === 'claims_challenge' || action === 'interactive'
    ? [...new Set([...failed, 'openid', 'profile', 'offline_access'])]
    : usual;
}

/**
 * Ends the application's session and, by option, the one at Entra, when a person asked for it on this site.
 *
 * An image and a page fetched in advance get an error and no redirect: any other answer to a prefetch would be shown later
 * in place of the sign-out. Whom another site sent here stays signed in and is led home, where the way out is.
 */
export function signOutRoute(context: InteractionContext): Route {
  const { hooks, endSessionUrl, origin } = context.settings;
  return async (request, response, next) => {
    if (isPrefetch(request) || !(isNavigation(request) || isOwnPost(request))) {
      next(strangeCallback());
      return;
    }
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      send(response, '/', []);
      return;
    }
    // Before the hook, which may answer by itself.
    appendCookies(response, [...settlePendingClaims(context, request), ...forgetSignIns(context, request)]);
    await hooks.onSignOut?.(request as AppRequest, response);
    if (response.headersSent) return;
    const url = endSessionUrl === undefined ? '/' : endSessionAddress(endSessionUrl, `${origin}/`);
    send(response, url, []);
  };
}

/** A script of this very origin that signs out by a POST, which no image and no prefetch sends. */
function isOwnPost({ method, headers }: RequestIn): boolean {
  return method === 'POST' && headers['sec-fetch-site'] === 'same-origin';
}

/** @see OpenID Connect RP-Initiated Logout 1.0 section 2 */
function endSessionAddress(endSessionUrl: string, back: string): string {
  const url = new URL(endSessionUrl);
  url.searchParams.set('post_logout_redirect_uri', back);
  return url.href;
}
