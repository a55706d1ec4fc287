import type { AppFunction, AppRequest, RequestIn } from './types.js';

/** Claims of a token that the application has validated. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** Where the validated claims of the caller's access token are, when not in one of the usual places. */
export type ClaimsOf = AppFunction<[request: AppRequest], TokenClaims | undefined>;

/**
 * Where libraries leave validated claims: `req.auth.payload` (express-oauth2-jwt-bearer), `req.auth` (express-jwt),
 * `req.authInfo` (passport's bearer strategies), `req.user`.
 */
export function validatedClaims(request: RequestIn): TokenClaims | undefined {
  return candidates(request).find(isBag);
}

function candidates(request: RequestIn): readonly unknown[] {
  const { auth, authInfo, user } = request as RequestIn & { auth?: unknown; authInfo?: unknown; user?: unknown };
  const payload = isBag(auth) ? auth['payload'] : undefined;
  return [payload, auth, isTokenClaims(authInfo) ? authInfo : undefined, user];
}

/**
 * Whether the caller can handle a claims challenge, by the client capability `cp1` in `xms_cc` of its token.
 *
 * @returns undefined when no claims of a token are known; a `req.user` from a database says nothing
 */
export function callerHandlesClaims(request: RequestIn, claimsOf?: ClaimsOf): boolean | undefined {
  try {
    const claims = claimsOf === undefined ? candidates(request).find(isTokenClaims) : claimsOf(request as AppRequest);
    return isBag(claims) ? handlesClaims(claims) : undefined;
  } catch {
    return undefined;
  }
}

export function handlesClaims(claims: TokenClaims | undefined): boolean {
  return valuesOf(claims?.['xms_cc']).includes('cp1');
}

/** A claim that is a string (one value or space-separated) or a list, in lower case: Entra's are not case-sensitive. */
export function valuesOf(value: unknown): string[] {
  if (typeof value === 'string') return value.toLowerCase().split(' ');
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === 'string').map((entry) => entry.toLowerCase())
    : [];
}

/** RFC 9068 section 2.2: every access token names who issued it and for whom. */
function isTokenClaims(value: unknown): value is TokenClaims {
  return isBag(value) && typeof value['iss'] === 'string' && value['aud'] !== undefined;
}

function isBag(value: unknown): value is TokenClaims {
  return typeof value === 'object' && value !== null;
}
