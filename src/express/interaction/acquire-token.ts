import { badValue, requireOption } from '../../options.js';
import type { AadError } from '../../types.js';
import type { AppRequest, RequestIn } from '../types.js';
import { identityErrorOf } from './context.js';
import type { SilentTokenRequest, TokenRequest } from './msal-client.js';
import type { InteractionSettings } from './options.js';

/** The refusal of a token request as an Error; `cause` is its AadError with the scopes asked for. */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';
  override readonly cause: AadError;

  constructor(cause: AadError) {
    const what = cause.oauthError ?? cause.clientCode;
    super(`no token${what === undefined ? '' : `: ${what}`}`);
    this.cause = cause;
  }
}

const call = 'acquireToken';

/**
 * acquireTokenSilent for the account of the session. MSAL's errors do not say which scopes were asked for; what is
 * thrown here does, so that consent and claims challenges ask for these.
 *
 * @throws TokenRequestError when the identity platform or MSAL refuses; anything else as it was thrown
 */
export async function acquireToken(
  { client, hooks, now }: InteractionSettings,
  request: RequestIn,
  tokenRequest: TokenRequest,
): Promise<unknown> {
  const { scopes } = tokenRequest;
  // Its own type, so that the check does not turn a readonly list into any[].
  const isList: boolean = Array.isArray(scopes) && scopes.length > 0;
  if (!isList) throw badValue(call, 'scopes', "must be a list of scopes of the API to call, such as ['Mail.Read'].");
  requireOption(call, hooks, 'getAccount', 'Pass getAccount to msalInteraction: it says whose token is wanted.');
  if (client.acquireTokenSilent === undefined)
    throw badValue('msalInteraction', 'client', 'must have the method acquireTokenSilent.');
  // Not guarded: a session store that is down must not read as "nobody is signed in".
  const account = await hooks.getAccount?.(request as AppRequest);
  try {
    const silent = { ...tokenRequest, scopes: [...scopes], account } as SilentTokenRequest;
    return await client.acquireTokenSilent(silent);
  } catch (thrown) {
    const error = identityErrorOf(thrown, { flow: 'silent', nowMs: now(), scopes });
    throw error === undefined ? thrown : new TokenRequestError(error);
  }
}
