/** What must be read and decided for each answer, major, flow and call; derived from the row and from how MSAL works. */
import {
  correlationId,
  timestamp,
  traceId,
  type Answer,
  type Major,
  type MsalFlow,
  type Outcome,
  type Thrown,
} from './answers.js';

export interface Expected {
  readonly thrown: Thrown;
  /** MSAL asked the server; false: it answered from its memory. */
  readonly asked: boolean;
  readonly read?: {
    readonly oauthError: string | undefined;
    readonly suberror: string | undefined;
    readonly clientCode: string | undefined;
    readonly aadstsCodes: readonly number[];
    readonly b2cCodes: readonly string[];
    readonly claims: string | undefined;
    readonly claimsDropped: true | undefined;
    readonly traceId: string | undefined;
    /** Only where the server named one; else it is the id of the request. */
    readonly correlationId: string | undefined;
    readonly timestamp: string | undefined;
    readonly throttledLocally: true | undefined;
  };
  readonly decided?: Outcome & { readonly retryable: boolean };
  /** Decided by an application that says which flow failed. */
  readonly decidedInFlow?: Outcome & { readonly retryable: boolean };
}

interface Body {
  readonly error?: unknown;
  readonly suberror?: unknown;
  readonly error_description?: unknown;
}

const bodyOf = (answer: Answer): Body => (typeof answer.body === 'object' && answer.body !== null ? answer.body : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Whether the second call finds the first one's failure in MSAL's throttle memory. */
function isThrottled({ status, headers = {} }: Answer, major: Major): boolean {
  if (status === 429 || status >= 500) return true;
  // 7.1.2 made the look-up of Retry-After independent of case; before, only this spelling counts.
  return status !== 0 && ('Retry-After' in headers || (major === 7 && 'retry-after' in headers));
}

export function expectedOf(answer: Answer, major: Major, flow: MsalFlow, call: 1 | 2): Expected {
  const body = bodyOf(answer);
  const isSecond = call === 2;
  if (isSecond && isThrottled(answer, major)) return throttled(answer, body);
  // A refresh token that the server calls bad is removed from the cache.
  if (isSecond && flow === 'silent' && body.suberror === 'bad_token') return noTokens();
  if (flow === 'device-code') {
    const thrown = answer.thrownFromDeviceCode ?? 'AuthError';
    return thrown === 'AuthError' ? deviceCode(textOf(body.error) ?? '') : asSent(answer, body, thrown, flow);
  }
  return asSent(answer, body, answer.thrownIn?.[major] ?? answer.thrown, flow);
}

function asSent(answer: Answer, body: Body, thrown: Thrown, flow: MsalFlow): Expected {
  if (thrown === 'none') return { thrown, asked: true };
  const keepsClaims = thrown === 'InteractionRequiredAuthError';
  const lost = answer.claims !== undefined && !keepsClaims;
  const outcome = lost ? (answer.withoutClaims ?? { action: 'interactive', situation: answer.situation }) : answer;
  return {
    thrown,
    asked: true,
    read: {
      oauthError: textOf(body.error),
      suberror: textOf(body.suberror),
      clientCode: answer.clientCode,
      aadstsCodes: answer.codes,
      b2cCodes: answer.b2cCodes ?? [],
      claims: keepsClaims ? answer.claims : undefined,
      claimsDropped: keepsClaims ? answer.claimsDropped : undefined,
      ...idsIn(body),
      throttledLocally: undefined,
    },
    ...decisions(outcome, answer.flows?.[flow] ?? outcome, flow),
  };
}

/** MSAL throws `ServerError[<error_codes>]` with the server's text and no network call. */
function throttled(answer: Answer, body: Body): Expected {
  const outcome: Outcome = { action: 'retry', situation: answer.throttledSituation ?? 'service-busy' };
  return {
    thrown: 'ServerError',
    asked: false,
    read: {
      ...nothing,
      suberror: textOf(body.suberror),
      aadstsCodes: answer.codes,
      b2cCodes: answer.b2cCodes ?? [],
      ...idsIn(body),
      throttledLocally: true,
    },
    ...decisions(outcome, outcome, 'silent'),
  };
}

function noTokens(): Expected {
  const outcome: Outcome = { action: 'interactive', situation: 'session-expired' };
  return {
    thrown: 'InteractionRequiredAuthError',
    asked: false,
    read: { ...nothing, clientCode: 'no_tokens_found' },
    ...decisions(outcome, outcome, 'silent'),
  };
}

/** All that is left of an answer to device-code polling is the OAuth `error`. */
function deviceCode(error: string): Expected {
  const outcome = outcomeOfError(error);
  return {
    thrown: 'AuthError',
    asked: true,
    read: { ...nothing, clientCode: 'post_request_failed', oauthError: error },
    ...decisions(outcome, outcome, 'device-code'),
  };
}

const outcomesByError = new Map<string, Outcome>([
  ['invalid_grant', { action: 'interactive', situation: 'session-expired' }],
  ['interaction_required', { action: 'interactive', situation: 'stronger-sign-in-required' }],
  ['login_required', { action: 'interactive', situation: 'sign-in-needed' }],
  ['consent_required', { action: 'consent', situation: 'consent-needed' }],
  ['access_denied', { action: 'user_cancelled', situation: 'sign-in-cancelled' }],
  ['authorization_declined', { action: 'user_cancelled', situation: 'consent-declined' }],
  ['invalid_client', { action: 'fix_config', situation: 'secret-expired' }],
  ['unauthorized_client', { action: 'fix_config', situation: 'app-misconfigured' }],
  ['invalid_request', { action: 'fix_config', situation: 'app-misconfigured' }],
  ['invalid_scope', { action: 'fix_config', situation: 'app-misconfigured' }],
  ['invalid_resource', { action: 'fix_config', situation: 'app-not-in-organization' }],
  ['unsupported_grant_type', { action: 'fix_config', situation: 'app-misconfigured' }],
  ['bad_verification_code', { action: 'fix_config', situation: 'app-misconfigured' }],
  ['temporarily_unavailable', { action: 'retry', situation: 'service-unavailable' }],
  ['server_error', { action: 'retry', situation: 'service-unavailable' }],
  ['too_many_requests', { action: 'retry', situation: 'service-busy' }],
  ['slow_down', { action: 'retry', situation: 'waiting-for-sign-in' }],
  ['expired_token', { action: 'interactive', situation: 'sign-in-expired' }],
  ['code_expired', { action: 'interactive', situation: 'sign-in-expired' }],
]);

function outcomeOfError(error: string): Outcome {
  const outcome = outcomesByError.get(error);
  if (outcome === undefined) throw new Error(`answers.ts uses ${error}, which has no expectation for device code`);
  return outcome;
}

const nothing = {
  oauthError: undefined,
  suberror: undefined,
  clientCode: undefined,
  aadstsCodes: [],
  b2cCodes: [],
  claims: undefined,
  claimsDropped: undefined,
  traceId: undefined,
  correlationId: undefined,
  timestamp: undefined,
  throttledLocally: undefined,
} as const;

/** The ids and the time that the server's text names: MSAL passes on the text whole, the fields only now and then. */
function idsIn(body: Body): {
  traceId: string | undefined;
  correlationId: string | undefined;
  timestamp: string | undefined;
} {
  const text = textOf(body.error_description) ?? '';
  return {
    traceId: text.includes(traceId) ? traceId : undefined,
    correlationId: text.includes(correlationId) ? correlationId : undefined,
    timestamp: text.includes(timestamp.slice(0, 10)) ? timestamp : undefined,
  };
}

function decisions(outcome: Outcome, inFlow: Outcome, flow: MsalFlow): Pick<Expected, 'decided' | 'decidedInFlow'> {
  return { decided: full(outcome), decidedInFlow: full(flow === 'client-credentials' ? withoutUser(inFlow) : inFlow) };
}

const full = ({ action, situation }: Outcome): Outcome & { retryable: boolean } => ({
  action,
  situation,
  retryable: action === 'retry',
});

/** Client credentials: nobody is there who could sign in or consent. */
function withoutUser(outcome: Outcome): Outcome {
  const { action, situation } = outcome;
  if (action === 'consent') return { action: 'admin_consent', situation: 'admin-approval-needed' };
  if (action === 'claims_challenge' || situation.startsWith('mfa-')) {
    return { action: 'contact_admin', situation: 'blocked-by-policy' };
  }
  return action === 'interactive' ? { action: 'fix_config', situation: 'app-misconfigured' } : outcome;
}
