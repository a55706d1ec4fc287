import { mergeClaims, readCookie, setCookies, type CountedReason } from '../../interaction/index.js';
import type { Prompt } from '../../types.js';
import type { RequestIn, ResponseOut } from '../types.js';
import { accountOf, hintsOf } from './account.js';
import { cleared, send, type InteractionContext } from './context.js';
import { codeChallengeOf, keepTransaction, newTransaction, transactionSeconds } from './transaction.js';

const ledgerCookie = 'aad-claims';
/** Longer claims ride on their own authorization request only: a request header block ends at 16 KiB in Node. */
const maxPendingClaims = 1_500;

/** What the next authorization request is made of. */
export interface Wanted {
  readonly returnTo: string;
  readonly claims?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly prompt?: Prompt | undefined;
  readonly reason?: CountedReason | undefined;
  readonly isPasswordReset?: boolean | undefined;
}

/** Sends the person to Entra; remembers what for in a sealed cookie. */
export async function authorize(
  context: InteractionContext,
  request: RequestIn,
  response: ResponseOut,
  wanted: Wanted,
  setBefore: readonly string[],
): Promise<void> {
  const { settings } = context;
  const claims = mergeClaims(pendingClaims(context, request), wanted.claims);
  const account = await accountOf(settings, request);
  const { passwordResetAuthority } = settings;
  const transaction = newTransaction({
    ...wanted,
    scopes: wanted.scopes !== undefined && wanted.scopes.length > 0 ? wanted.scopes : settings.scopes,
  });
  // Entra refuses login_hint together with select_account; the reset policy asks who it is anyway.
  const withHints = wanted.prompt !== 'select_account' && wanted.isPasswordReset !== true;
  const url = await settings.client.getAuthCodeUrl({
    scopes: [...transaction.scopes],
    redirectUri: context.redirectUri,
    responseMode: settings.responseMode,
    state: transaction.state,
    nonce: transaction.nonce,
    codeChallenge: codeChallengeOf(transaction),
    codeChallengeMethod: 'S256',
    ...(claims !== undefined && { claims }),
    ...(wanted.prompt !== undefined && { prompt: wanted.prompt }),
    ...(withHints && hintsOf(settings, account)),
    ...(wanted.isPasswordReset === true &&
      passwordResetAuthority !== undefined && { authority: passwordResetAuthority }),
  });
  send(response, url, [
    ...setBefore,
    ...keepTransaction(context, request, transaction),
    ...keepPendingClaims(context, claims),
  ]);
}

/** The claims ledger: a challenge whose sign-in was abandoned rides on the next authorization request. */
function pendingClaims({ cookies, sealer, settings }: InteractionContext, request: RequestIn): string | undefined {
  const sealed = readCookie(request.headers.cookie, ledgerCookie, cookies);
  const claims = sealed === undefined ? undefined : sealer.open('ledger', sealed, settings.now());
  return typeof claims === 'string' ? claims : undefined;
}

function keepPendingClaims({ cookies, sealer, settings }: InteractionContext, claims: string | undefined): string[] {
  if (claims === undefined || claims.length > maxPendingClaims) return [];
  const sealed = sealer.seal('ledger', claims, settings.now() + transactionSeconds * 1000);
  return setCookies(ledgerCookie, sealed, transactionSeconds, cookies);
}

/** `Set-Cookie` values once a token came: what was asked for is no longer needed. */
export function settlePendingClaims(context: InteractionContext, request: RequestIn): string[] {
  return cleared(context, request, ledgerCookie);
}
