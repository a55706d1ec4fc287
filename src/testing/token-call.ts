import { randomUUID } from 'node:crypto';
import { claimsFor, proofsIn, type ClaimsRequest } from './claims.js';
import type { EntraAnswer, EntraRequest } from './http.js';
import type { CallFacts } from './plans.js';
import { tokenErrorResponse, type TokenErrorDetails } from './responses.js';
import { protectedScopes } from './scopes.js';
import type { EntraState } from './state.js';
import type { LocalEntraUser } from './users.js';

/** One token request on its way through the checks. @internal */
export interface Call {
  readonly state: EntraState;
  readonly http: EntraRequest;
  readonly form: EntraRequest['form'];
  readonly flow: CallFacts['flow'] | undefined;
  readonly policy: string | undefined;
  readonly clientId: string;
  readonly claims: ClaimsRequest | undefined;
}

/** The client's own correlation id, which Entra echoes. @internal */
export function correlationIdOf(http: EntraRequest): string {
  const given = http.query['client-request-id'] ?? http.headers['client-request-id'] ?? http.form['client-request-id'];
  return given !== undefined && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

/** An error in Entra's form with the caller's correlation id. @internal */
export function fail(call: Call, code: number | string, details: TokenErrorDetails = {}): EntraAnswer {
  return tokenErrorResponse(code, {
    now: call.state.settings.now,
    correlationId: correlationIdOf(call.http),
    ...details,
  });
}

/** What the user's situation says about this call; undefined when nothing is in the way. @internal */
export function situationFault(call: Call, user: LocalEntraUser, scopes: readonly string[]): EntraAnswer | undefined {
  const { state } = call;
  if (user.fails === undefined) return undefined;
  const open = new Set([...state.adminConsents, ...(state.consents.get(user.userName.toLowerCase()) ?? [])]);
  const wanted = protectedScopes(scopes, state.settings.unprotectedScopes).filter(
    (scope) => user.untilConsent !== true || !(open.has(scope.toLowerCase()) || hasCombinedConsent(call, open)),
  );
  const at = user.failsAt ?? 'protected-scope';
  const refreshes = at !== 'protected-scope' && call.flow === 'silent';
  if (!refreshes && (at === 'refresh' || wanted.length === 0)) return undefined;
  const missing = user.until?.filter((proof) => !state.of(state.proofs, user).has(proof));
  if (missing !== undefined && missing.length === 0) return undefined;
  const claims = missing === undefined ? user.claims : claimsFor(missing);
  return fail(call, user.fails, claims === undefined ? {} : { claims });
}

/** Consent to `.default` of an API also covers what that API calls on behalf of the user, as with knownClientApplications. */
function hasCombinedConsent({ flow, clientId }: Call, open: ReadonlySet<string>): boolean {
  const api = clientId.toLowerCase();
  return flow === 'on-behalf-of' && (open.has(`api://${api}/.default`) || open.has(`${api}/.default`));
}

/** A `claims` parameter that demands something the user has not gone through /authorize for. @internal */
export function claimsFault(call: Call, user: LocalEntraUser): EntraAnswer | undefined {
  const missing = proofsIn(call.claims).filter((proof) => !call.state.of(call.state.proofs, user).has(proof));
  return missing.length === 0 ? undefined : fail(call, 50076, { claims: claimsFor(missing) });
}
