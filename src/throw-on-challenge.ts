import { normalize, parseChallenges } from './normalize/index.js';
import type { AadError } from './types.js';

/** A fetch `Response` as far as it is looked at. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** The refusal of a downstream API as an Error, to be thrown; `cause` is its AadError. */
export class DownstreamChallengeError extends Error {
  override readonly name = 'DownstreamChallengeError';
  override readonly cause: AadError;

  constructor(cause: AadError) {
    super(
      `the downstream API answered ${String(cause.status ?? 401)}${cause.oauthError === undefined ? '' : ` (${cause.oauthError})`}`,
    );
    this.cause = cause;
  }
}

/**
 * The response, or a throw when it is an identity challenge: 401 or 403 with a `WWW-Authenticate`, 429, 503.
 *
 * Only status and headers are read, so the body stays for the caller. What is thrown goes through aadErrorHandler like
 * any other identity error: a claims challenge of the downstream API becomes a redirect or the caller's own challenge.
 *
 * @param options `scopes`: those of the token that was sent. Name them, so that the sign-in asks for a new token of that
 *   API; without them MSAL's cache would go on with the refused one until it expires.
 *
 * @example
 * ```ts
 * const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
 * const response = throwOnChallenge(answer, { scopes });
 * ```
 * @throws DownstreamChallengeError
 */
export function throwOnChallenge<Response extends ResponseLike>(
  response: Response,
  options: { readonly scopes?: readonly string[] } = {},
): Response {
  const { status } = response;
  const challenged =
    (status === 401 || status === 403) && parseChallenges(response.headers.get('www-authenticate')).length > 0;
  if (!challenged && status !== 429 && status !== 503) return response;
  const error = normalize(
    { status, headers: response.headers, body: {} },
    { nowMs: Date.now(), scopes: options.scopes, confirmed: true },
  );
  // The caller says that this is a downstream API's answer, so a bare challenge counts here.
  if (error !== undefined) throw new DownstreamChallengeError(error);
  return response;
}
