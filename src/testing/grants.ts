import { createHash } from 'node:crypto';
import { json, type EntraAnswer } from './http.js';
import { grantedScopes, splitScopes } from './scopes.js';
import type { CodeGrant, Grant, Session } from './state.js';
import { claimsFault, fail, situationFault, type Call } from './token-call.js';
import { issueAccessToken, issueIdToken, readToken, type TokenSubject } from './tokens.js';
import { findUser } from './users.js';

/** The success answer for a user. */
async function tokensFor(call: Call, grant: Grant, nonce?: string): Promise<EntraAnswer> {
  const { state } = call;
  const { session, scopes } = grant;
  const fault = situationFault(call, session.user, scopes) ?? claimsFault(call, session.user);
  if (fault !== undefined) return fault;
  const subject: TokenSubject = {
    session,
    clientId: grant.clientId,
    scopes,
    claims: call.claims,
    policy: grant.policy,
  };
  const refreshToken = scopes.includes('offline_access') ? state.secret('1.refresh') : undefined;
  if (refreshToken !== undefined) state.refreshTokens.set(refreshToken, grant);
  const clientInfo = JSON.stringify({ uid: session.user.oid, utid: state.settings.tenantId });
  return json({
    token_type: 'Bearer',
    scope: grantedScopes(scopes),
    expires_in: state.settings.accessTokenSeconds,
    ext_expires_in: state.settings.accessTokenSeconds,
    access_token: await issueAccessToken(state, subject),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(scopes.includes('openid') ? { id_token: await issueIdToken(state, session, subject, nonce) } : {}),
    client_info: Buffer.from(clientInfo).toString('base64url'),
  });
}

/** RFC 7636 section 4.6. */
function verifierFits({ request }: CodeGrant, verifier: string | undefined): boolean {
  if (request.codeChallenge === undefined) return true;
  if (verifier === undefined) return false;
  const hashed = createHash('sha256').update(verifier).digest('base64url');
  return request.codeChallenge === (request.codeChallengeMethod === 'S256' ? hashed : verifier);
}

/** Azure AD B2C: what one policy (user flow) issued, only that policy's endpoint redeems. */
function policyFault(call: Call, { policy }: Grant): EntraAnswer | undefined {
  const fits = policy?.toLowerCase() === call.policy?.toLowerCase();
  return fits ? undefined : fail(call, 'AADB2C90088', { error: 'invalid_grant' });
}

/** The authorization_code grant. @internal */
export async function redeemCode(call: Call, publicClient: boolean): Promise<EntraAnswer> {
  const { state, form } = call;
  const grant = state.codes.get(form['code'] ?? '');
  if (grant?.clientId !== call.clientId) return fail(call, 70000, { suberror: null });
  const foreign = policyFault(call, grant);
  if (foreign !== undefined) return foreign;
  if (grant.used) return fail(call, 54005, { error: 'invalid_grant' });
  if (state.settings.now() >= grant.expiresAtMs) return fail(call, 70008, { error: 'invalid_grant' });
  if (form['redirect_uri'] !== grant.request.redirectUri) return fail(call, 500112, { error: 'invalid_client' });
  if (!verifierFits(grant, form['code_verifier'])) return fail(call, 501481, { error: 'invalid_grant' });
  grant.used = true;
  const asked = splitScopes(form['scope']);
  const scopes = asked.length > 0 ? asked : grant.scopes;
  return tokensFor(call, { ...grant, scopes, publicClient }, grant.request.nonce);
}

/** The refresh_token grant. The old refresh token stays good, as at Entra. @internal */
export async function refresh(call: Call): Promise<EntraAnswer> {
  const grant = call.state.refreshTokens.get(call.form['refresh_token'] ?? '');
  if (grant?.clientId !== call.clientId) return fail(call, 70000);
  const foreign = policyFault(call, grant);
  if (foreign !== undefined) return foreign;
  if (grant.session.revoked) return fail(call, 50173);
  const asked = splitScopes(call.form['scope']);
  return tokensFor(call, { ...grant, scopes: asked.length > 0 ? asked : grant.scopes });
}

/** The jwt-bearer grant: the assertion must be an unexpired access token of this LocalEntra, of any audience. @internal */
export async function onBehalfOf(call: Call): Promise<EntraAnswer> {
  const { state, form } = call;
  const reading = await readToken(state, form['assertion'] ?? '');
  if (reading.outcome === 'expired') return fail(call, 500133, { error: 'invalid_grant' });
  const name = reading.outcome === 'valid' ? reading.payload['preferred_username'] : undefined;
  const user = typeof name === 'string' ? findUser(state.settings.users, name) : undefined;
  if (reading.outcome !== 'valid' || user === undefined) return fail(call, 50013, { error: 'invalid_grant' });
  const sid = reading.payload['sid'];
  const session: Session = state.sessions.get(typeof sid === 'string' ? sid : '') ?? state.newSession(user);
  if (session.revoked) return fail(call, 50173);
  return tokensFor(call, grantOf(call, session, splitScopes(form['scope']), false));
}

const grantOf = (call: Call, session: Session, scopes: readonly string[], publicClient: boolean): Grant => ({
  session,
  clientId: call.clientId,
  scopes,
  policy: call.policy,
  publicClient,
});

/** The client_credentials grant. @internal */
export async function clientCredentials(call: Call): Promise<EntraAnswer> {
  const { state, form } = call;
  const scopes = splitScopes(form['scope']);
  if (scopes.some((scope) => !scope.endsWith('/.default'))) return fail(call, 70011, { error: 'invalid_scope' });
  const subject = { session: undefined, clientId: call.clientId, scopes, claims: call.claims, policy: call.policy };
  return json({
    token_type: 'Bearer',
    expires_in: state.settings.accessTokenSeconds,
    ext_expires_in: state.settings.accessTokenSeconds,
    access_token: await issueAccessToken(state, subject),
  });
}

/** The device_code grant. @internal */
export async function redeemDeviceCode(call: Call): Promise<EntraAnswer> {
  const { state, form } = call;
  const device = state.deviceCodes.get(form['device_code'] ?? '');
  if (device === undefined) return fail(call, 70018);
  if (state.settings.now() >= device.expiresAtMs) return fail(call, 70020);
  if (device.outcome === 'pending') return fail(call, 70016);
  state.deviceCodes.delete(form['device_code'] ?? '');
  if (device.outcome === 'declined') return fail(call, 70018, { error: 'authorization_declined' });
  return tokensFor(call, grantOf(call, device.outcome, device.scopes, true));
}

/** The password grant. Nobody has a password: any will do, except `wrong`. @internal */
export async function password(call: Call): Promise<EntraAnswer> {
  const { state, form } = call;
  const user = findUser(state.settings.users, form['username']);
  if (user === undefined) return fail(call, 50034, { error: 'invalid_grant' });
  if (form['password'] === 'wrong') return fail(call, 50126, { error: 'invalid_grant' });
  return tokensFor(call, grantOf(call, state.newSession(user), splitScopes(form['scope']), true));
}
