import { noteCaller, type StepUp } from '../interaction/index.js';
import { normalize, ownError } from '../normalize/index.js';
import { AadOptionsError, badValue, checkOptions, type OptionNames } from '../options.js';
import { formatChallenge } from '../respond/index.js';
import { failure } from './pass-on.js';
import { handlesClaims, validatedClaims, valuesOf, type ClaimsOf, type TokenClaims } from './token-claims.js';
import type { AppFunction, AppRequest, Handler } from './types.js';

/** Step-up in the words of RFC 9470, for authorization servers and clients that know it. */
export interface StepUpOptions {
  /** Values of the token's `acr` that will do as well, and `acr_values` of the challenge; at most 1,024 characters. @defaultValue the context's id */
  readonly acrValues?: string | readonly string[];
  /**
   * Longest time in seconds since the person signed in, 0 or more, by the token's `auth_time`; `max_age` of the challenge.
   * 0 asks for a fresh sign-in. A sign-in of the last 60 seconds always passes, because clocks differ and its token needs
   * some seconds to get here. A token without `auth_time` does not pass. @defaultValue any age
   */
  readonly maxAgeSeconds?: number;
}

/** Options of {@link requireAuthContext}. */
export interface AuthContextOptions {
  /**
   * Claims of the validated access token. @defaultValue `req.auth.payload` (express-oauth2-jwt-bearer), `req.auth`,
   * `req.authInfo`, `req.user`
   */
  readonly claimsOf?: ClaimsOf;
  /** Also asks with `insufficient_user_authentication`. @defaultValue only Entra's claims challenge */
  readonly stepUp?: StepUpOptions;
  /** Milliseconds since the epoch; for tests. @defaultValue `Date.now` */
  readonly now?: () => number;
}

const optionNames = {
  claimsOf: 'function',
  stepUp: 'object',
  now: 'function',
} as const satisfies Record<keyof AuthContextOptions, OptionNames[string]>;

const stepUpNames = { acrValues: 'any', maxAgeSeconds: 'number' } as const satisfies Record<
  keyof StepUpOptions,
  OptionNames[string]
>;

const call = 'requireAuthContext';

/**
 * Lets a request pass whose token holds the authentication context (`acrs`), and answers any other with a claims
 * challenge for it, so that the caller steps up. A caller that cannot handle challenges (no `cp1` in `xms_cc`) gets 403.
 *
 * Needs `acrs` and `xms_cc` (and `auth_time` for `maxAgeSeconds`) as optional claims of the API's app registration, and a
 * middleware before it that has validated the token.
 *
 * With `stepUp` the answer carries a second challenge as RFC 9470 has it, and a token passes by `acr` too. Entra's stands
 * first: Microsoft's documented parser takes the header for one challenge, so only a first one is whole for it; clients
 * of RFC 9470 read all challenges and find theirs by its error. Alone stands the second one when the context is there and
 * only the sign-in is too old, because Entra would answer a claims challenge for a context it has granted with the same
 * old sign-in, and when the caller has no `cp1`.
 *
 * @param idOrFunction `'c1'` to `'c99'`, or a function of the request, because ids differ by tenant; undefined: not needed
 * @throws AadOptionsError at start-up, with the option's name and the fix
 * @see https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context (read 2026-11)
 * @see RFC 9470 sections 3 and 6
 */
export function requireAuthContext(
  idOrFunction: string | AppFunction<[request: AppRequest], string | undefined>,
  options: AuthContextOptions = {},
): Handler {
  if (typeof idOrFunction !== 'function') assertContextId(idOrFunction);
  checkOptions(call, options, optionNames);
  const { claimsOf = validatedClaims, now = Date.now } = options;
  const stepUpFor = readStepUp(options.stepUp);
  return function aadRequireAuthContext(request, _response, next) {
    try {
      const wanted = typeof idOrFunction === 'function' ? idOrFunction(request as AppRequest) : idOrFunction;
      if (wanted === undefined) {
        next();
        return;
      }
      assertContextId(wanted);
      const id = wanted.toLowerCase();
      next(refusal(id, claimsOf(request as AppRequest), stepUpFor(id), now()));
    } catch (error) {
      next(failure(error, 'the authentication context could not be checked'));
    }
  };
}

/** undefined when the token holds what is wanted; otherwise always an error: `next(undefined)` lets the request pass. */
function refusal(
  id: string,
  claims: TokenClaims | undefined,
  stepUp: StepUp | undefined,
  nowMs: number,
): object | undefined {
  const hasLevel = valuesOf(claims?.['acrs']).includes(id) || isAcrOf(stepUp, claims?.['acr']);
  if (hasLevel && isRecent(stepUp, claims?.['auth_time'], nowMs)) return undefined;
  const isAble = handlesClaims(claims);
  if (!hasLevel && (isAble || stepUp === undefined)) {
    const error = challenged({ error: 'insufficient_claims', claims: claimsFor(id) });
    noteCaller(error, { stepUp, handlesClaims: isAble });
    return error;
  }
  const error = challenged({
    error: 'insufficient_user_authentication',
    acrValues: stepUp?.acrValues ?? [],
    ...(stepUp?.maxAgeSeconds !== undefined && { maxAge: stepUp.maxAgeSeconds }),
  });
  noteCaller(error, { stepUp });
  return error;
}

function isAcrOf(stepUp: StepUp | undefined, acr: unknown): boolean {
  return stepUp !== undefined && typeof acr === 'string' && stepUp.acrValues.includes(acr);
}

/**
 * A sign-in so new counts as fresh, whatever was asked for. `max_age=0` means "sign in now" (like `prompt=login`), but no
 * token arrives in the second of its sign-in: compared to the second, whoever has just signed in would be sent to do it
 * again without end. A floor and no leeway, so that longer ages stay as exact as they are written.
 *
 * @see OpenID Connect Core section 3.1.2.1 (max_age), RFC 9470 section 4
 */
const freshSeconds = 60;

function isRecent(stepUp: StepUp | undefined, authTime: unknown, nowMs: number): boolean {
  if (stepUp?.maxAgeSeconds === undefined) return true;
  return typeof authTime === 'number' && nowMs / 1000 - authTime <= Math.max(stepUp.maxAgeSeconds, freshSeconds);
}

function claimsFor(id: string): string {
  return JSON.stringify({ access_token: { acrs: { essential: true, value: id } } });
}

/** The error that an API with this challenge would be read as, so that there is one way to an answer. */
function challenged(challenge: Parameters<typeof formatChallenge>[0]): object {
  const headers = { 'www-authenticate': formatChallenge(challenge) };
  return normalize({ status: 401, headers, body: {} }) ?? ownError('accessDenied');
}

function assertContextId(id: unknown): asserts id is string {
  if (typeof id !== 'string')
    throw new AadOptionsError(
      'ERR_AAD_OPTIONS_TYPE',
      'id',
      `${call}: option "id" must be a text such as "c1" or a function of the request, got a value of type ${typeof id}.`,
    );
  // accepts "c1" and "C99", refuses "c100"
  if (!/^c[1-9]\d?$/i.test(id)) throw badValue(call, 'id', 'must be an authentication context id from "c1" to "c99".');
}

/** Longest list of acr values that a challenge carries whole. */
const maxAcrValuesLength = 1_024;

/** @returns what to ask for beside an authentication context; the context's own id is the default value of `acr` */
function readStepUp(stepUp: StepUpOptions | undefined): (id: string) => StepUp | undefined {
  if (stepUp === undefined) return () => undefined;
  checkOptions(call, stepUp, stepUpNames, 'stepUp');
  const { acrValues, maxAgeSeconds } = stepUp;
  if (maxAgeSeconds !== undefined && (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 0))
    throw badValue(call, 'stepUp.maxAgeSeconds', 'must be a whole number of seconds, 0 or more.');
  const listed: readonly unknown[] | undefined = typeof acrValues === 'string' ? acrValues.split(' ') : acrValues;
  if (listed === undefined) return (id) => ({ acrValues: [id], maxAgeSeconds });
  // accepts "urn:example:mfa", refuses "" and "a b"
  const isAcr = (value: unknown): value is string =>
    typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(value);
  if (!Array.isArray(listed) || listed.length === 0 || !listed.every(isAcr))
    throw badValue(call, 'stepUp.acrValues', 'must be one or more acr values of printable ASCII without blanks.');
  if (listed.join(' ').length > maxAcrValuesLength)
    throw badValue(call, 'stepUp.acrValues', `must not be longer than ${String(maxAcrValuesLength)} characters.`);
  const values: readonly string[] = [...listed];
  return () => ({ acrValues: values, maxAgeSeconds });
}
