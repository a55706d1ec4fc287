import { decide } from '../../decide/index.js';
import { reasonKey } from '../../interaction/index.js';
import { normalize } from '../../normalize/index.js';
import type { AadError } from '../../types.js';
import { callbackParameters } from '../form-body.js';
import { noteStatus, strangeCallback } from '../status-note.js';
import type { AppRequest, Next, RequestIn, ResponseOut } from '../types.js';
import { accountOf } from './account.js';
import { authorize, settlePendingClaims } from './authorize.js';
import { countError, countStart, countTokens } from './brake.js';
import { appendCookies, identityErrorOf, send, withReturnTo, type InteractionContext, type Route } from './context.js';
import { endTransaction, keepPosted, openTransaction, type Transaction } from './transaction.js';

/** "Forgot your password?" on a page of Azure AD B2C. */
const passwordResetCode = 'AADB2C90118';
/** The code was redeemed before: a reload of the redirect URI, a second click, a proxy that asked twice. */
const alreadyRedeemedCode = 54005;

type Parameters = ReadonlyMap<string, string>;

/**
 * The redirect URI: an error goes through the pipeline, a code to MSAL.
 *
 * An answer by form_post is sealed into the cookie of its sign-in and handled by the GET that follows, exactly as one by
 * query: the POST comes from Entra's origin, so it carries neither the application's session nor the loop brake
 * (SameSite=Lax), could not be sent on to another sign-in, and would be posted again by every reload.
 */
export function redirectRoute(context: InteractionContext): Route {
  const { settings } = context;
  const { hooks } = settings;

  return async (request, response, next) => {
    const sent = await callbackParameters(request);
    const transaction = openTransaction(context, request, sent.get('state'));
    if (transaction === undefined) {
      await staleCallback(context, request, response, next);
      return;
    }
    const kept = request.method === 'POST' ? keepPosted(context, transaction, sent) : undefined;
    if (kept !== undefined) {
      send(response, `${context.paths.redirect}?state=${transaction.state}`, kept);
      return;
    }
    const parameters: Parameters = request.method === 'POST' ? sent : answerOf(transaction, sent);
    const clear = endTransaction(context, request, transaction);
    if (parameters.has('error') || !parameters.has('code')) {
      await failedSignIn(context, request, response, next, parameters, transaction, clear);
      return;
    }
    if (transaction.isPasswordReset === true) {
      // The new password is set; tokens of the reset policy are for another account key, so the ordinary sign-in follows.
      const { returnTo, reason } = transaction;
      await authorize(context, request, response, { returnTo, reason }, clear);
      return;
    }
    let result: unknown;
    try {
      result = await redeem(context, parameters, transaction);
    } catch (thrown) {
      await failedRedemption(context, request, response, next, thrown, transaction, clear);
      return;
    }
    // Before the hook, which may answer by itself or fail: the tokens came all the same.
    const counted = countTokens(context, request, transaction);
    appendCookies(response, [...clear, ...settlePendingClaims(context, request), ...counted]);
    await hooks.onSignedIn(request as AppRequest, response, result);
    if (!response.headersSent) send(response, transaction.returnTo, []);
  };
}

/** What Entra answered: as posted before, else as this request says. */
function answerOf({ posted }: Transaction, sent: Parameters): Parameters {
  return posted === undefined ? sent : new Map(Object.entries(posted));
}

function redeem(
  { redirectUri, settings }: InteractionContext,
  parameters: Parameters,
  { nonce, scopes, state, verifier }: Transaction,
): Promise<unknown> {
  const code = parameters.get('code') ?? '';
  return settings.client.acquireTokenByCode(
    { code, scopes: [...scopes], redirectUri, codeVerifier: verifier, state, nonce },
    { code, state, nonce, ...clientInfo(parameters) },
  );
}

/** MSAL of every major reads client_info from the response of the token endpoint, majors 2 and 3 also from here. */
function clientInfo(parameters: Parameters): Record<string, string> {
  const value = parameters.get('client_info');
  return value === undefined ? {} : { client_info: value };
}

/**
 * A code that Entra did not take.
 *
 * One that was redeemed before brought its session already, so a person who has one goes on to the page asked for;
 * without one there is a page to start again from, because a second use can also mean that somebody else had the code
 * (RFC 6749 section 10.5). An expired or revoked code (70008) never brought a session: whoever is signed in may be
 * another account, so that sign-in begins anew, bounded by the loop brake.
 */
async function failedRedemption(
  context: InteractionContext,
  request: RequestIn,
  response: ResponseOut,
  next: Next,
  thrown: unknown,
  transaction: Transaction,
  clear: readonly string[],
): Promise<void> {
  const { settings } = context;
  const error = identityErrorOf(thrown, {
    flow: 'authorization-code',
    nowMs: settings.now(),
    scopes: transaction.scopes,
  });
  if (error?.aadstsCodes.includes(alreadyRedeemedCode) === true) {
    if ((await accountOf(settings, request)) !== undefined) {
      send(response, transaction.returnTo, [...clear, ...countTokens(context, request, transaction)]);
      return;
    }
    noteStatus(error, 400);
  }
  appendCookies(response, [...clear, ...countError(context, request, transaction, error)]);
  // Rethrown and not handed to `next`, which takes nothing at all for success: the router sees to that.
  if (error === undefined) throw thrown;
  next(withReturnTo(error, transaction.returnTo));
}

/** An authorization error response to a sign-in of ours. */
async function failedSignIn(
  context: InteractionContext,
  request: RequestIn,
  response: ResponseOut,
  next: Next,
  parameters: Parameters,
  transaction: Transaction,
  clear: readonly string[],
): Promise<void> {
  const error = normalize(Object.fromEntries(parameters), {
    origin: 'authorization-response',
    flow: 'authorization-code',
    nowMs: context.settings.now(),
    scopes: transaction.scopes,
  });
  if (error !== undefined && (await goesToPasswordReset(context, request, response, error, transaction, clear))) return;
  // Somebody who declined stands before a page: nothing goes on by itself.
  const isDeclined = error !== undefined && decide(error).action === 'user_cancelled';
  appendCookies(response, [...clear, ...(isDeclined ? [] : countError(context, request, transaction, error))]);
  next(withReturnTo(error ?? strangeCallback(), transaction.returnTo));
}

/** "Forgot your password?" leads to the reset policy, as often as any other reason. @returns whether it took over */
async function goesToPasswordReset(
  context: InteractionContext,
  request: RequestIn,
  response: ResponseOut,
  error: AadError,
  { returnTo, reason }: Transaction,
  clear: readonly string[],
): Promise<boolean> {
  const { passwordResetAuthority } = context.settings;
  if (passwordResetAuthority === undefined || !error.b2cCodes.includes(passwordResetCode)) return false;
  const counted = countStart(context, request, reasonKey(error, undefined));
  if (counted === undefined) return false;
  appendCookies(response, counted);
  await authorize(context, request, response, { returnTo, reason, isPasswordReset: true }, clear);
  return true;
}

/** Back button, history, a lost cookie: with a living session the person goes home, otherwise a page says so. */
async function staleCallback(
  { settings }: InteractionContext,
  request: RequestIn,
  response: ResponseOut,
  next: Next,
): Promise<void> {
  const account = await accountOf(settings, request);
  if (account === undefined) next(strangeCallback());
  else send(response, '/', []);
}
