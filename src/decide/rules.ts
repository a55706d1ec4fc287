import {
  resourceServices,
  ruleOfAzureIdentityError,
  ruleOfMsalError,
  ruleOfNetworkCode,
  ruleOfOauthError,
  ruleOfResourceError,
  type RuleRow,
} from '../catalog/index.js';
import type { AadAction, Confidence, Who } from '../types.js';
import type { Evidence } from './evidence.js';

/** What a rule concludes. Claims, scopes, prompt and the case without a user are settled afterwards, the same for all. */
export interface Outcome {
  readonly action: AadAction;
  readonly situation: string;
  readonly who: Who;
  readonly confidence: Confidence;
  readonly because: string;
}

export interface Rule {
  /** kebab-case, public: stands in logs and tests. */
  readonly id: string;
  readonly when: (evidence: Evidence) => Outcome | undefined;
}

/**
 * Read from top to bottom: the first rule that concludes decides.
 *
 * Microsoft's advice is to react to `error`, because texts and numbers change; so claims, suberror, OAuth error and HTTP
 * status decide, and the AADSTS code refines, except where a code is documented as something that signing in cannot
 * solve. An unknown code changes nothing.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes (ms.date 2025-02-03)
 */
export const rules: readonly Rule[] = [
  // Our own loop brake has spoken already.
  { id: 'loop-brake', when: ownBrake },
  // Early, because a person who said no must not be sent back, whatever else the answer holds.
  { id: 'user-cancelled', when: userCancelled },
  // Before claims and interaction_required: Entra sends both with codes where another sign-in ends in the same place.
  { id: 'sign-in-cannot-help', when: signInCannotHelp },
  // Before suberror and code: the directive says exactly what is asked for, now and in future codes.
  { id: 'claims', when: usableClaims },
  // Before suberror and code: during an outage codes and texts are unreliable, the status is not.
  { id: 'transient', when: transient },
  { id: 'suberror', when: suberror },
  { id: 'code', when: catalogueCode },
  { id: 'oauth-error', when: oauthError },
  { id: 'client-code', when: clientCode },
  { id: 'http-status', when: httpStatus },
];

function fromRow(row: RuleRow, because: string): Outcome {
  return { action: row.action, situation: row.situation, who: row.who, confidence: row.confidence, because };
}

function ownBrake({ error }: Evidence): Outcome | undefined {
  if (error.producer !== 'aad-error-handler' || error.clientCode !== 'too_many_sign_ins') return undefined;
  return {
    action: 'contact_admin',
    situation: 'too-many-sign-ins',
    who: 'admin',
    confidence: 'documented',
    because: 'the same reason led to two sign-ins within five minutes',
  };
}

function cancelled(because: string, situation = 'sign-in-cancelled', confidence: Confidence = 'documented'): Outcome {
  return { action: 'user_cancelled', situation, who: 'user', confidence, because };
}

function userCancelled({ error, row, code }: Evidence): Outcome | undefined {
  if (row?.action === 'user_cancelled') return fromRow(row, `${code ?? ''} says that the user declined or went back`);
  if (error.oauthError === 'access_denied' && error.suberror === 'cancel')
    return cancelled('error_subcode=cancel: the user went back', undefined, 'observed');
  if (error.oauthError === 'authorization_declined')
    return cancelled('the user declined the device code request', 'consent-declined');
  if (error.oauthError === 'permission_denied')
    return cancelled('the administrator closed the approval page', 'admin-approval-not-granted');
  if (error.clientCode === 'user_canceled' || error.clientCode === 'user_cancelled')
    return cancelled('MSAL reports that the user cancelled');
  const bare =
    error.oauthError === 'access_denied' &&
    code === undefined &&
    error.suberror === undefined &&
    error.claims === undefined;
  if (
    bare &&
    (error.origin === 'authorization-response' || error.origin === 'token-response') &&
    error.status !== 403
  ) {
    return cancelled(
      'access_denied without a code: the user or the authorization server denied the request (RFC 6749 section 4.1.2.1)',
    );
  }
  return undefined;
}

function signInCannotHelp({ error, row, code }: Evidence): Outcome | undefined {
  if (row === undefined || row.signInHelps || row.wrapper) return undefined;
  // RFC 8628 section 3.5: the same request again, later; whatever code stands beside it.
  if (error.oauthError === 'slow_down') return undefined;
  if (row.action !== 'contact_admin' && row.action !== 'fix_config' && row.action !== 'admin_consent') return undefined;
  return fromRow(row, `${code ?? ''} cannot be solved by signing in again`);
}

function usableClaims({ error, row, code, attempts }: Evidence): Outcome | undefined {
  if (error.claims === undefined) return undefined;
  // A block that came with claims (53003): worth one try with them, not two.
  if (attempts > 0 && row?.action === 'contact_admin')
    return fromRow(row, `${code ?? ''} again after its claims were presented`);
  return {
    action: 'claims_challenge',
    situation: situationOfClaims(error.claims, row),
    who: 'user',
    confidence: 'documented',
    because: 'the error carries a usable claims directive',
  };
}

/** What the directive asks for, told to the user. The code knows better where it has a row. */
function situationOfClaims(claims: string, row: RuleRow | undefined): string {
  if (row !== undefined && (row.action === 'claims_challenge' || row.action === 'interactive')) return row.situation;
  if (claims.includes('"acrs"') || claims.includes('polids"')) return 'stronger-sign-in-required';
  if (claims.includes('"nbf"') || claims.includes('"auth_time"')) return 'session-expired';
  return 'stronger-sign-in-required';
}

const transientErrors = new Set(['temporarily_unavailable', 'server_error']);

/** The code knows better what is busy where it has a row that says so. */
function retryLater(row: RuleRow | undefined, situation: string, because: string): Outcome {
  const isRows = row?.action === 'retry';
  return {
    action: 'retry',
    situation: isRows ? row.situation : situation,
    who: isRows ? row.who : situation === 'network-problem' ? 'nobody' : 'microsoft',
    confidence: 'documented',
    because,
  };
}

function transient({ error, row, code }: Evidence): Outcome | undefined {
  if (error.throttledLocally === true)
    return retryLater(row, 'service-busy', 'MSAL answers from its memory of an earlier 429 or 5xx');
  if (error.status === 429 || error.oauthError === 'too_many_requests')
    return retryLater(row, 'service-busy', 'HTTP 429: the service limits requests');
  const slowDown = error.oauthError === 'slow_down' ? ruleOfOauthError(error.oauthError) : undefined;
  if (slowDown !== undefined) return fromRow(slowDown, 'slow_down: poll the token endpoint less often');
  // While the endpoint is being updated: 410, documented as worth a retry within 70 seconds, and 404, which
  // @azure/identity repeats as well; with a code the endpoint has said what is wrong.
  const isUpdating = error.status === 410 || (error.status === 404 && error.clientCode === undefined);
  if (isUpdating && error.flow === 'managed-identity') {
    const because = `HTTP ${String(error.status)}: the managed identity endpoint is being updated`;
    return retryLater(row, 'service-unavailable', because);
  }
  // B2C sends `server_error` for faults of a person and of a policy too; Entra ID only for its own.
  const isB2cs = code?.startsWith('AADB2C') === true && row !== undefined && row.action !== 'unknown';
  const saysTransient = error.oauthError !== undefined && transientErrors.has(error.oauthError) && !isB2cs;
  // Entra does not refuse a grant with a 5xx: beside a definite refusal the status is that of a server in between.
  const refused =
    row !== undefined &&
    !row.wrapper &&
    row.action !== 'retry' &&
    row.action !== 'unknown' &&
    error.oauthError !== undefined &&
    !saysTransient;
  if (!refused && (error.status === 408 || (error.status !== undefined && error.status >= 500))) {
    return retryLater(row, 'service-unavailable', `HTTP ${String(error.status)} from the service`);
  }
  if (saysTransient) {
    return retryLater(
      row,
      'service-unavailable',
      `${error.oauthError} is transient${code === undefined ? '' : `, ${code}`}`,
    );
  }
  if (error.origin !== 'network') return undefined;
  const networkRow =
    error.clientCode === undefined
      ? undefined
      : (ruleOfNetworkCode(error.clientCode) ?? ruleOfMsalError(error.clientCode));
  if (networkRow !== undefined) return fromRow(networkRow, `${error.clientCode ?? ''}: the connection failed`);
  // An answer with a 4xx status arrived: the connection itself works.
  return error.status === undefined ? retryLater(row, 'network-problem', 'the connection failed') : undefined;
}

/** Actions that a suberror and a code may agree on, so that the code's situation is the better text. */
const userActions = new Set<AadAction>(['interactive', 'claims_challenge']);

function suberror({ error, row, suberrorRow }: Evidence): Outcome | undefined {
  if (suberrorRow === undefined || suberrorRow.action === 'unknown') return undefined;
  const because = `suberror ${error.suberror ?? ''}`;
  const agrees =
    row !== undefined &&
    (row.action === suberrorRow.action || (userActions.has(row.action) && userActions.has(suberrorRow.action)));
  return agrees
    ? { ...fromRow(suberrorRow, because), situation: row.situation, who: row.who }
    : fromRow(suberrorRow, because);
}

const interactionErrors = new Set([
  'interaction_required',
  'login_required',
  'consent_required',
  'account_selection_required',
]);

function catalogueCode({ error, row, code }: Evidence): Outcome | undefined {
  if (row === undefined || row.action === 'unknown') return undefined;
  // An inferred reading of a number does not beat an OAuth error that says plainly what to do.
  const plain = error.oauthError !== undefined && interactionErrors.has(error.oauthError);
  if (plain && row.confidence === 'inferred' && row.action === 'fix_config') return undefined;
  return fromRow(row, `catalogue row of ${code ?? ''}`);
}

function oauthError({ error, flow }: Evidence): Outcome | undefined {
  if (error.oauthError === undefined) return undefined;
  const row = ruleOfOauthError(error.oauthError);
  if (row === undefined || row.action === 'unknown') return undefined;
  const because = `OAuth error ${error.oauthError}`;
  switch (error.oauthError) {
    case 'invalid_grant':
      return flow === 'authorization-code' || error.origin === 'authorization-response'
        ? { ...fromRow(row, `${because} while redeeming a code: the code is stale`), situation: 'sign-in-expired' }
        : fromRow(row, `${because}: the grant is expired, revoked or no longer enough`);
    case 'invalid_token':
      // What is wrong with the token is known: the API's own code says that a new one would be the same.
      return error.clientCode !== undefined && resourceRow(error.clientCode)?.action === 'fix_config'
        ? undefined
        : fromRow(row, because);
    case 'access_denied':
      return {
        action: 'contact_admin',
        situation: 'permission-denied',
        who: 'admin',
        confidence: 'documented',
        because,
      };
    case 'insufficient_claims':
      return {
        action: 'interactive',
        situation: 'stronger-sign-in-required',
        who: 'user',
        confidence: 'documented',
        because: `${because}, but its claims were missing or not usable`,
      };
    default:
      return fromRow(row, because);
  }
}

function clientCode({ error }: Evidence): Outcome | undefined {
  const code = error.clientCode;
  if (code === undefined) return undefined;
  const row =
    error.producer === 'msal'
      ? ruleOfMsalError(code)
      : error.producer === 'azure-identity'
        ? (ruleOfAzureIdentityError(code) ?? ruleOfMsalError(code))
        : (resourceRow(code) ?? ruleOfNetworkCode(code) ?? ruleOfMsalError(code));
  return row === undefined || row.action === 'unknown' ? undefined : fromRow(row, `${error.producer} code ${code}`);
}

function resourceRow(code: string): RuleRow | undefined {
  for (const service of resourceServices) {
    const row = ruleOfResourceError(service, code);
    if (row !== undefined) return row;
  }
  return undefined;
}

function httpStatus({ error }: Evidence): Outcome | undefined {
  if (error.status === 401 && error.origin === 'token-response') {
    return {
      action: 'fix_config',
      situation: 'app-misconfigured',
      who: 'developer',
      confidence: 'inferred',
      because: "HTTP 401 of the token endpoint: it refused the application's credentials (RFC 6749 section 5.2)",
    };
  }
  if (error.status === 401) {
    return {
      action: 'interactive',
      situation: 'session-expired',
      who: 'user',
      confidence: 'inferred',
      because: 'HTTP 401: a new token is needed',
    };
  }
  if (error.status === 403) {
    return {
      action: 'contact_admin',
      situation: 'permission-denied',
      who: 'admin',
      confidence: 'inferred',
      because: 'HTTP 403: signed in, but not allowed',
    };
  }
  return undefined;
}
