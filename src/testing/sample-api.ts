import { json, type EntraAnswer, type EntraRequest } from './http.js';
import { claimsChallengeResponse, invalidTokenResponse } from './responses.js';
import type { EntraState } from './state.js';
import { readToken } from './tokens.js';

/** Authentication context that /api/payments wants. */
const paymentsContext = 'c1';

/**
 * The protected sample API. Any access token of this LocalEntra is accepted, whatever its audience.
 *
 * - `/api/me`, `/oidc/userinfo`: 401 `insufficient_claims` (continuous access evaluation) for tokens issued before `revoke`.
 * - `/api/payments`: also wants authentication context c1.
 *
 * @internal
 */
export async function sampleApi(state: EntraState, http: EntraRequest, path: string): Promise<EntraAnswer> {
  const bearer = /^Bearer ([\w.-]+)$/i.exec(http.headers['authorization'] ?? ''); // accepts "Bearer a.b.c", refuses "Basic x"
  if (bearer === null) return invalidTokenResponse('Access token is empty.');
  const reading = await readToken(state, bearer[1] ?? '');
  if (reading.outcome === 'expired') return invalidTokenResponse('Lifetime validation failed, the token is expired.');
  if (reading.outcome === 'invalid') return invalidTokenResponse('Access token is malformed or has a wrong signature.');
  const { payload } = reading;
  const revoked = state.issued.get(String(payload['uti']))?.revokedAtSeconds;
  if (revoked !== undefined) {
    return claimsChallengeResponse({ access_token: { nbf: { essential: true, value: String(revoked) } } });
  }
  const contexts: unknown = payload['acrs'];
  if (path === 'api/payments' && !(Array.isArray(contexts) && contexts.includes(paymentsContext))) {
    return claimsChallengeResponse({ access_token: { acrs: { essential: true, value: paymentsContext } } });
  }
  const { name, preferred_username: userName, oid, sub, scp, roles, acrs } = payload;
  return json({ sub, oid, name, preferred_username: userName, scp, roles, acrs });
}

/** Marks the user's access tokens, and unless told otherwise the sessions and refresh tokens, as revoked. @internal */
export function revoke(state: EntraState, userName: string, keepRefreshTokens: boolean): void {
  const wanted = userName.toLowerCase();
  const seconds = Math.floor(state.settings.now() / 1000);
  for (const token of state.issued.values()) if (token.userName === wanted) token.revokedAtSeconds = seconds;
  if (keepRefreshTokens) return;
  for (const session of state.sessions.values()) {
    if (session.user.userName.toLowerCase() === wanted) session.revoked = true;
  }
}
