import { noteCaller, type StepUp } from './interaction/index.js';
import { normalize, parseChallenges, type Challenge } from './normalize/index.js';
import { checkOptions, type OptionNames } from './option-checks.js';
import type { AadError } from './types.js';

/** A fetch `Response` as far as it is looked at. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** Options of {@link throwOnChallenge}. */
export interface ThrowOnChallengeOptions {
  /**
   * Scopes of the token that was sent. Name them, so that the sign-in asks for a new token of that API; without them MSAL's
   * cache would go on with the refused one until it expires.
   * @defaultValue those that the challenge names
   */
  readonly scopes?: readonly string[];
}

const optionNames = { scopes: 'array' } as const satisfies Record<keyof ThrowOnChallengeOptions, OptionNames[string]>;

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
 * any other identity error: a claims challenge of the downstream API becomes a redirect or the caller's own challenge. The
 * `acr_values` and `max_age` of RFC 9470 are handed on to the caller of an API.
 *
 * @example
 * ```ts
 * const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
 * const response = throwOnChallenge(answer, { scopes });
 * ```
 * @throws DownstreamChallengeError
 * @throws TypeError when it is given something else, such as the promise of a fetch that was not awaited
 * @throws AadOptionsError for a wrong option, whatever the API answered
 */
export function throwOnChallenge<Response extends ResponseLike>(
  response: Response,
  options: ThrowOnChallengeOptions = {},
): Response {
  checkOptions('throwOnChallenge', options, optionNames);
  checkResponse(response);
  const { status } = response;
  const challenges = status === 401 || status === 403 ? parseChallenges(response.headers.get('www-authenticate')) : [];
  if (challenges.length === 0 && status !== 429 && status !== 503) return response;
  const error = normalize(
    { status, headers: response.headers, body: {} },
    { nowMs: Date.now(), scopes: options.scopes, confirmed: true },
  );
  // The caller says that this is a downstream API's answer, so a bare challenge counts here.
  if (error === undefined) return response;
  const thrown = new DownstreamChallengeError(error);
  const stepUp = stepUpIn(challenges);
  if (stepUp !== undefined) noteCaller(thrown, { stepUp });
  throw thrown;
}

/** A forgotten `await` would let every challenge pass in silence. */
function checkResponse(given: unknown): void {
  const { status, headers, then } = (given ?? {}) as { status?: unknown; headers?: { get?: unknown }; then?: unknown };
  if (typeof status === 'number' && typeof headers?.get === 'function') return;
  throw new TypeError(
    typeof then === 'function'
      ? 'throwOnChallenge: got a promise; await the fetch first.'
      : 'throwOnChallenge: needs the Response of a fetch, with status and headers.',
  );
}

/** acr values handed on, and characters of one: what a challenge of ours can carry whole. */
const maxAcrValues = 8;
const acrValue = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/; // accepts "urn:contoso:mfa", refuses "" and quotes

/** What the downstream API asks for in the words of RFC 9470, for the challenge to our own caller. */
function stepUpIn(challenges: readonly Challenge[]): StepUp | undefined {
  const asked = challenges.find(({ parameters }) => parameters.get('error') === 'insufficient_user_authentication');
  if (asked === undefined) return undefined;
  const values = (asked.parameters.get('acr_values') ?? '').slice(0, 2_048).split(' ').filter(Boolean);
  const acrValues = values.every((value) => acrValue.test(value)) ? values.slice(0, maxAcrValues) : [];
  const maxAge = asked.parameters.get('max_age');
  // accepts "300", refuses "-1" and "5 minutes"
  const maxAgeSeconds = maxAge !== undefined && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : undefined;
  return acrValues.length === 0 && maxAgeSeconds === undefined ? undefined : { acrValues, maxAgeSeconds };
}
