import { createHash, randomBytes } from 'node:crypto';
import { clearCookies, cookieNames, readCookie, setCookies, type CountedReason } from '../../interaction/index.js';
import type { RequestIn } from '../types.js';
import type { InteractionContext } from './context.js';

/** Seconds a person may take at Entra: MFA registration and a device's enrolment are slow. */
export const transactionSeconds = 3_600;
/** Abandoned sign-ins kept side by side (tabs); older ones are cleared. */
const maxTransactions = 4;
const cookiePrefix = 'aad-tx-';
/** Two cookies: a request header block ends at 16 KiB in Node, and a code of Entra has about 1 KB. */
const maxPostedLength = 7_200;
const maxDescription = 2_000;

/** One sign-in on its way, sealed in a cookie of its own. */
export interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly scopes: readonly string[];
  readonly returnTo: string;
  /** Why it began by itself; a person's click has no reason to count. */
  readonly reason?: CountedReason;
  /** The visit to the password reset policy: no tokens are wanted from it. */
  readonly isPasswordReset?: boolean;
  /** Entra's answer by form_post, on its way to a GET of the redirect URI. */
  readonly posted?: Readonly<Record<string, string>>;
}

/** A sign-in about to begin: fresh state, nonce and PKCE verifier. */
export function newTransaction(
  wanted: Pick<Transaction, 'scopes' | 'returnTo'> & {
    readonly reason?: CountedReason | undefined;
    readonly isPasswordReset?: boolean | undefined;
  },
): Transaction {
  return {
    state: randomBytes(16).toString('base64url'),
    nonce: randomBytes(16).toString('base64url'),
    verifier: randomBytes(32).toString('base64url'),
    scopes: wanted.scopes,
    returnTo: wanted.returnTo,
    ...(wanted.reason !== undefined && { reason: wanted.reason }),
    ...(wanted.isPasswordReset === true && { isPasswordReset: true }),
  };
}

/** @see RFC 7636 section 4.2 */
export function codeChallengeOf({ verifier }: Transaction): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

const nameOf = (state: string): string => cookiePrefix + state.slice(0, 8);

/** `Set-Cookie` values that keep a sign-in; the oldest abandoned ones end when there are too many. */
export function keepTransaction(
  { cookies, crossSite, sealer, settings }: InteractionContext,
  request: RequestIn,
  transaction: Transaction,
): string[] {
  const cookieHeader = request.headers.cookie;
  const old = cookieNames(cookieHeader, cookiePrefix, cookies);
  const surplus = old.slice(0, Math.max(0, old.length - maxTransactions + 1));
  const sealed = sealer.seal('transaction', transaction, settings.now() + transactionSeconds * 1000);
  return [
    ...surplus.flatMap((name) => clearCookies(cookieHeader, name, cookies, crossSite)),
    ...setCookies(nameOf(transaction.state), sealed, transactionSeconds, cookies, crossSite),
  ];
}

/** The sign-in that a `state` belongs to, if it is one of this browser. */
export function openTransaction(
  { cookies, sealer, settings }: InteractionContext,
  request: RequestIn,
  state: string | undefined,
): Transaction | undefined {
  if (state === undefined || !/^[\w-]{22}$/.test(state)) return undefined; // refuses "a;b"
  const sealed = readCookie(request.headers.cookie, nameOf(state), cookies);
  const transaction = sealer.open('transaction', sealed, settings.now()) as Transaction | undefined;
  return transaction?.state === state ? transaction : undefined;
}

/**
 * `Set-Cookie` values that keep Entra's form_post answer with its sign-in, sealed; undefined when it is too long for
 * cookies.
 */
export function keepPosted(
  { cookies, crossSite, sealer, settings }: InteractionContext,
  transaction: Transaction,
  parameters: ReadonlyMap<string, string>,
): string[] | undefined {
  const posted = Object.fromEntries(parameters);
  const { error_description: description } = posted;
  if (description !== undefined) posted['error_description'] = description.slice(0, maxDescription);
  const payload: Transaction = { ...transaction, posted };
  const sealed = sealer.seal('transaction', payload, settings.now() + transactionSeconds * 1000);
  if (sealed.length > maxPostedLength) return undefined;
  return setCookies(nameOf(transaction.state), sealed, transactionSeconds, cookies, crossSite);
}

/** `Set-Cookie` values that end a sign-in. */
export function endTransaction(
  { cookies, crossSite }: InteractionContext,
  request: RequestIn,
  { state }: Transaction,
): string[] {
  return clearCookies(request.headers.cookie, nameOf(state), cookies, crossSite);
}
