import { normalize, ownError } from '../normalize/index.js';
import { badValue } from '../options.js';
import { formatChallenge } from '../respond/index.js';
import type { Handler, RequestIn } from './types.js';

/** Where validated token claims are found: `req.auth.payload`, `req.auth`, `req.user`. Validation is the application's. */
export interface AuthContextOptions {
  /** Claims of the validated access token. @defaultValue `req.auth.payload` (express-oauth2-jwt-bearer), `req.auth`, `req.user` */
  readonly claimsOf?: (request: RequestIn) => Readonly<Record<string, unknown>> | undefined;
}

/**
 * Lets a request pass whose token holds the authentication context (`acrs`), and answers any other with a claims
 * challenge for it, so that the caller steps up. A caller that cannot handle challenges (no `cp1` in `xms_cc`) gets 403.
 *
 * Needs `acrs` and `xms_cc` as optional claims of the API's app registration, and a middleware before it that has
 * validated the token.
 *
 * @param idOrFunction `'c1'` to `'c99'`, or a function of the request, because ids differ by tenant
 * @see https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context (read 2026-11)
 */
export function requireAuthContext(
  idOrFunction: string | ((request: RequestIn) => string | undefined),
  options: AuthContextOptions = {},
): Handler {
  const call = 'requireAuthContext';
  if (typeof idOrFunction === 'string' && !isContextId(idOrFunction))
    throw badValue(call, 'id', 'must be an authentication context id from "c1" to "c99".');
  const claimsOf = options.claimsOf ?? defaultClaims;
  return function aadRequireAuthContext(request, _response, next) {
    try {
      const wanted = typeof idOrFunction === 'string' ? idOrFunction : idOrFunction(request);
      if (wanted === undefined) {
        next();
        return;
      }
      if (!isContextId(wanted)) throw badValue(call, 'id', 'must be an authentication context id from "c1" to "c99".');
      const claims = claimsOf(request);
      const held = listOf(claims?.['acrs']);
      if (held.includes(wanted.toLowerCase())) {
        next();
        return;
      }
      const able = listOf(claims?.['xms_cc']).includes('cp1');
      next(able ? stepUp(wanted.toLowerCase()) : refused());
    } catch (error) {
      // `throw undefined` must not read as "no error" and let the request pass.
      next(error ?? new Error('the authentication context could not be checked'));
    }
  };
}

const isContextId = (id: string): boolean => /^c[1-9]\d?$/i.test(id); // accepts "c1", refuses "c100"

/** Always an error: `next(undefined)` would let the request pass. */
function stepUp(id: string): object {
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: id } } });
  const header = formatChallenge({ error: 'insufficient_claims', claims });
  return normalize({ status: 401, headers: { 'www-authenticate': header }, body: {} }) ?? refused();
}

/** RFC 6750 has no error for "cannot step up"; a 403 with text is what Microsoft's guide shows. */
function refused(): object {
  return ownError('accessDenied');
}

/** A claim that is a string (one value or space-separated) or a list, in lower case. */
function listOf(value: unknown): string[] {
  if (typeof value === 'string') return value.toLowerCase().split(' ');
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === 'string').map((entry) => entry.toLowerCase())
    : [];
}

function defaultClaims(request: RequestIn): Readonly<Record<string, unknown>> | undefined {
  const { auth, user } = request as RequestIn & { auth?: unknown; user?: unknown };
  const payload = isBag(auth) ? auth['payload'] : undefined;
  return [payload, auth, user].find(isBag);
}

function isBag(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
