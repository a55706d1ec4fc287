import { describe, expect, it } from 'vitest';
import { decide, rules } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadError, DecideContext, Decision } from '../../../src/types.js';

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const nbf = '{"access_token":{"nbf":{"essential":true,"value":"1768472430"}}}';

/** An AadError with these facts; what is not named is as empty as it can be. */
const error = (facts: Partial<AadError>): AadError => ({
  producer: 'token-response',
  origin: 'token-response',
  aadstsCodes: [],
  b2cCodes: [],
  cause: undefined,
  ...facts,
});

const told = (facts: Partial<AadError>, context?: DecideContext): Partial<Decision> => {
  const { rule, action, situation, who } = decide(error(facts), context);
  return { rule, action, situation, who };
};

type Row = readonly [
  name: string,
  facts: Partial<AadError>,
  rule: string,
  action: string,
  situation: string,
  who: string,
];

const table: readonly Row[] = [
  // loop-brake
  [
    'our own brake has stopped the sign-ins',
    { producer: 'aad-error-handler', origin: 'client', clientCode: 'too_many_sign_ins' },
    'loop-brake',
    'contact_admin',
    'too-many-sign-ins',
    'admin',
  ],
  // user-cancelled
  [
    'the user declined consent (65004)',
    { oauthError: 'invalid_grant', aadstsCodes: [65004] },
    'user-cancelled',
    'user_cancelled',
    'consent-declined',
    'user',
  ],
  [
    'the user went back',
    { origin: 'authorization-response', oauthError: 'access_denied', suberror: 'cancel' },
    'user-cancelled',
    'user_cancelled',
    'sign-in-cancelled',
    'user',
  ],
  [
    'the user went back in B2C',
    { oauthError: 'access_denied', b2cCodes: ['AADB2C90091'] },
    'user-cancelled',
    'user_cancelled',
    'sign-in-cancelled',
    'user',
  ],
  [
    'a bare access_denied',
    { origin: 'authorization-response', oauthError: 'access_denied' },
    'user-cancelled',
    'user_cancelled',
    'sign-in-cancelled',
    'user',
  ],
  [
    'the user declined a device code',
    { oauthError: 'authorization_declined' },
    'user-cancelled',
    'user_cancelled',
    'consent-declined',
    'user',
  ],
  [
    'the administrator closed the approval page',
    { origin: 'authorization-response', oauthError: 'permission_denied' },
    'user-cancelled',
    'user_cancelled',
    'admin-approval-not-granted',
    'user',
  ],
  [
    'MSAL says that the user cancelled',
    { producer: 'msal', origin: 'client', clientCode: 'user_canceled' },
    'user-cancelled',
    'user_cancelled',
    'sign-in-cancelled',
    'user',
  ],
  // sign-in-cannot-help
  [
    'a disabled account',
    { oauthError: 'invalid_grant', aadstsCodes: [50057] },
    'sign-in-cannot-help',
    'contact_admin',
    'account-disabled',
    'admin',
  ],
  [
    'no assignment to the application',
    { oauthError: 'interaction_required', aadstsCodes: [50105] },
    'sign-in-cannot-help',
    'contact_admin',
    'not-assigned-to-app',
    'admin',
  ],
  [
    'a wrong secret',
    { oauthError: 'invalid_client', aadstsCodes: [7000215] },
    'sign-in-cannot-help',
    'fix_config',
    'secret-expired',
    'developer',
  ],
  [
    'an unknown application',
    { oauthError: 'unauthorized_client', aadstsCodes: [700016] },
    'sign-in-cannot-help',
    'fix_config',
    'app-not-in-organization',
    'developer',
  ],
  [
    'consent of an administrator',
    { oauthError: 'consent_required', aadstsCodes: [90094] },
    'sign-in-cannot-help',
    'admin_consent',
    'admin-approval-needed',
    'admin',
  ],
  // claims
  [
    'MFA with claims',
    { oauthError: 'invalid_grant', suberror: 'basic_action', aadstsCodes: [50076], claims },
    'claims',
    'claims_challenge',
    'mfa-required',
    'user',
  ],
  [
    'claims of a resource',
    { origin: 'resource-challenge', oauthError: 'insufficient_claims', claims },
    'claims',
    'claims_challenge',
    'stronger-sign-in-required',
    'user',
  ],
  [
    'claims after a revocation',
    { origin: 'resource-challenge', oauthError: 'invalid_token', claims: nbf },
    'claims',
    'claims_challenge',
    'session-expired',
    'user',
  ],
  [
    'claims with a code that nobody knows',
    { oauthError: 'invalid_grant', aadstsCodes: [999_999], claims },
    'claims',
    'claims_challenge',
    'stronger-sign-in-required',
    'user',
  ],
  // transient
  [
    'slow_down beside a code of a loop (50196)',
    { oauthError: 'slow_down', aadstsCodes: [50196], status: 400 },
    'transient',
    'retry',
    'waiting-for-sign-in',
    'user',
  ],
  [
    'an API refused the token for what it is',
    { producer: 'www-authenticate', oauthError: 'invalid_token', clientCode: 'unusable_token', status: 401 },
    'client-code',
    'fix_config',
    'app-misconfigured',
    'developer',
  ],
  ['429', { status: 429 }, 'transient', 'retry', 'service-busy', 'microsoft'],
  ['408', { status: 408 }, 'transient', 'retry', 'service-unavailable', 'microsoft'],
  ['500', { status: 500 }, 'transient', 'retry', 'service-unavailable', 'microsoft'],
  ['599', { status: 599 }, 'transient', 'retry', 'service-unavailable', 'microsoft'],
  [
    'temporarily_unavailable',
    { oauthError: 'temporarily_unavailable' },
    'transient',
    'retry',
    'service-unavailable',
    'microsoft',
  ],
  ['server_error', { oauthError: 'server_error' }, 'transient', 'retry', 'service-unavailable', 'microsoft'],
  ['too_many_requests', { oauthError: 'too_many_requests' }, 'transient', 'retry', 'service-busy', 'microsoft'],
  [
    'MSAL answers from memory, with a code',
    { producer: 'msal', aadstsCodes: [90055], throttledLocally: true },
    'transient',
    'retry',
    'service-busy',
    'microsoft',
  ],
  [
    'MSAL answers from memory, with nothing',
    { producer: 'msal', throttledLocally: true },
    'transient',
    'retry',
    'service-busy',
    'microsoft',
  ],
  [
    'a refused connection',
    { producer: 'network', origin: 'network', clientCode: 'ECONNREFUSED' },
    'transient',
    'retry',
    'network-problem',
    'nobody',
  ],
  [
    'a connection that failed for no known reason',
    { producer: 'network', origin: 'network' },
    'transient',
    'retry',
    'network-problem',
    'nobody',
  ],
  [
    'network_error of MSAL',
    { producer: 'msal', origin: 'network', clientCode: 'network_error' },
    'transient',
    'retry',
    'network-problem',
    'nobody',
  ],
  [
    'HTML in place of JSON',
    { producer: 'msal', origin: 'network', clientCode: 'token_parsing_error' },
    'transient',
    'retry',
    'service-unavailable',
    'nobody',
  ],
  [
    'a certificate nobody trusts',
    { producer: 'network', origin: 'network', clientCode: 'SELF_SIGNED_CERT_IN_CHAIN' },
    'transient',
    'fix_config',
    'app-misconfigured',
    'developer',
  ],
  // suberror
  [
    'basic_action',
    { oauthError: 'invalid_grant', suberror: 'basic_action' },
    'suberror',
    'interactive',
    'stronger-sign-in-required',
    'user',
  ],
  [
    'basic_action and a code that says more',
    { oauthError: 'invalid_grant', suberror: 'basic_action', aadstsCodes: [50076] },
    'suberror',
    'interactive',
    'mfa-required',
    'user',
  ],
  [
    'message_only',
    { oauthError: 'invalid_grant', suberror: 'message_only' },
    'suberror',
    'contact_admin',
    'blocked-by-policy',
    'admin',
  ],
  [
    'user_password_expired',
    { oauthError: 'invalid_grant', suberror: 'user_password_expired' },
    'suberror',
    'interactive',
    'password-expired',
    'user',
  ],
  [
    'consent_required',
    { oauthError: 'invalid_grant', suberror: 'consent_required', aadstsCodes: [65001] },
    'suberror',
    'consent',
    'consent-needed',
    'user',
  ],
  [
    'bad_token',
    { oauthError: 'invalid_grant', suberror: 'bad_token' },
    'suberror',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'token_expired',
    { oauthError: 'invalid_grant', suberror: 'token_expired', aadstsCodes: [70043] },
    'suberror',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'client_mismatch',
    { oauthError: 'invalid_grant', suberror: 'client_mismatch' },
    'suberror',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'protection_policy_required',
    { oauthError: 'unauthorized_client', suberror: 'protection_policy_required' },
    'suberror',
    'contact_admin',
    'approved-app-required',
    'admin',
  ],
  [
    'device_authentication_failed',
    { oauthError: 'invalid_grant', suberror: 'device_authentication_failed' },
    'suberror',
    'interactive',
    'device-registration-required',
    'user',
  ],
  // code
  [
    'MFA without suberror and claims',
    { oauthError: 'invalid_grant', aadstsCodes: [50076] },
    'code',
    'interactive',
    'mfa-required',
    'user',
  ],
  [
    'consent without suberror',
    { oauthError: 'invalid_grant', aadstsCodes: [65001] },
    'code',
    'consent',
    'consent-needed',
    'user',
  ],
  [
    'an expired refresh token',
    { oauthError: 'invalid_grant', aadstsCodes: [700082] },
    'code',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'a block without claims',
    { oauthError: 'access_denied', aadstsCodes: [53003] },
    'code',
    'contact_admin',
    'blocked-by-policy',
    'admin',
  ],
  [
    'a guest that is not invited',
    { oauthError: 'invalid_grant', aadstsCodes: [50020] },
    'code',
    'contact_admin',
    'guest-not-invited',
    'admin',
  ],
  [
    'a forgotten B2C password',
    { oauthError: 'access_denied', b2cCodes: ['AADB2C90118'] },
    'code',
    'interactive',
    'password-reset-requested',
    'user',
  ],
  [
    'a transient code whose status is lost',
    { aadstsCodes: [90033] },
    'code',
    'retry',
    'service-unavailable',
    'microsoft',
  ],
  // oauth-error
  ['a bare invalid_grant', { oauthError: 'invalid_grant' }, 'oauth-error', 'interactive', 'session-expired', 'user'],
  [
    'invalid_grant with a code that nobody knows',
    { oauthError: 'invalid_grant', aadstsCodes: [999_999] },
    'oauth-error',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'invalid_grant with a suberror that nobody knows',
    { oauthError: 'invalid_grant', suberror: 'brand_new' },
    'oauth-error',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'invalid_grant while redeeming a code',
    { oauthError: 'invalid_grant', flow: 'authorization-code' },
    'oauth-error',
    'interactive',
    'sign-in-expired',
    'user',
  ],
  ['login_required', { oauthError: 'login_required' }, 'oauth-error', 'interactive', 'sign-in-needed', 'user'],
  ['consent_required as error', { oauthError: 'consent_required' }, 'oauth-error', 'consent', 'consent-needed', 'user'],
  [
    'interaction_required',
    { oauthError: 'interaction_required' },
    'oauth-error',
    'interactive',
    'stronger-sign-in-required',
    'user',
  ],
  [
    'insufficient_scope',
    { origin: 'resource-challenge', oauthError: 'insufficient_scope' },
    'oauth-error',
    'consent',
    'consent-needed',
    'user',
  ],
  [
    'insufficient_claims whose claims are gone',
    { origin: 'resource-challenge', oauthError: 'insufficient_claims', claimsDropped: true },
    'oauth-error',
    'interactive',
    'stronger-sign-in-required',
    'user',
  ],
  [
    'access_denied of a resource',
    { origin: 'resource-challenge', oauthError: 'access_denied' },
    'oauth-error',
    'contact_admin',
    'permission-denied',
    'admin',
  ],
  [
    'access_denied with a 403',
    { origin: 'token-response', oauthError: 'access_denied', status: 403 },
    'oauth-error',
    'contact_admin',
    'permission-denied',
    'admin',
  ],
  ['invalid_client', { oauthError: 'invalid_client' }, 'oauth-error', 'fix_config', 'secret-expired', 'developer'],
  ['invalid_scope', { oauthError: 'invalid_scope' }, 'oauth-error', 'fix_config', 'app-misconfigured', 'developer'],
  // client-code
  [
    'an empty cache',
    { producer: 'msal', origin: 'client', clientCode: 'no_tokens_found' },
    'client-code',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'no account',
    { producer: 'msal', origin: 'client', clientCode: 'no_account_in_silent_request' },
    'client-code',
    'interactive',
    'sign-in-needed',
    'user',
  ],
  [
    'bad client credentials',
    { producer: 'msal', origin: 'client', clientCode: 'invalid_client_credential' },
    'client-code',
    'fix_config',
    'secret-expired',
    'developer',
  ],
  [
    'an expired token at Graph',
    { producer: 'graph', origin: 'resource-challenge', clientCode: 'InvalidAuthenticationToken', status: 401 },
    'client-code',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    'a refusal of Azure Resource Manager',
    { producer: 'arm', origin: 'resource-challenge', clientCode: 'AuthorizationFailed', status: 403 },
    'client-code',
    'contact_admin',
    'permission-denied',
    'admin',
  ],
  [
    'a missing credential of @azure/identity',
    { producer: 'azure-identity', origin: 'client', clientCode: 'CredentialUnavailableError' },
    'client-code',
    'fix_config',
    'app-misconfigured',
    'developer',
  ],
  // http-status
  [
    '401',
    { producer: 'http', origin: 'resource-challenge', status: 401 },
    'http-status',
    'interactive',
    'session-expired',
    'user',
  ],
  [
    '403',
    { producer: 'http', origin: 'resource-challenge', status: 403 },
    'http-status',
    'contact_admin',
    'permission-denied',
    'admin',
  ],
  // unknown
  ['nothing that anybody knows', { oauthError: 'brand_new' }, 'unknown', 'unknown', 'unknown-problem', 'developer'],
  ['400', { status: 400 }, 'unknown', 'unknown', 'unknown-problem', 'developer'],
  [
    'a code that is a prototype key',
    { clientCode: '__proto__', oauthError: 'constructor', suberror: 'toString' },
    'unknown',
    'unknown',
    'unknown-problem',
    'developer',
  ],
];

describe('decide: one reading each', () => {
  it.each(table)('%s', (_name, facts, rule, action, situation, who) => {
    expect(told(facts)).toStrictEqual({ rule, action, situation, who });
  });

  it('every rule has a row', () => {
    const shown = new Set(table.map(([, , rule]) => rule));
    expect(rules.map(({ id }) => id).filter((id) => !shown.has(id))).toStrictEqual([]);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  it.each(table)('says so in the trace, and holds only what the action needs: %s', (_name, facts, rule, action) => {
    const decision = decide(error(facts));
    expect(decision.trace[0]?.rule).toBe(rule);
    expect(decision.trace.every(({ because }) => because.length > 0)).toBe(true);
    expect(decision.retryable).toBe(action === 'retry');
    expect(decision.claims).toBe(action === 'claims_challenge' ? facts.claims : undefined);
    expect(decision.retryAfterSeconds).toBeUndefined();
  });
});

describe('decide: places in the order', () => {
  const evidence: Readonly<Record<string, Partial<AadError>>> = {
    'loop-brake': { producer: 'aad-error-handler', clientCode: 'too_many_sign_ins' },
    'user-cancelled': { oauthError: 'authorization_declined' },
    'sign-in-cannot-help': { aadstsCodes: [50057] },
    claims: { claims },
    transient: { status: 503 },
    suberror: { suberror: 'bad_token' },
    code: { aadstsCodes: [65001] },
    'oauth-error': { oauthError: 'invalid_scope' },
    'client-code': { producer: 'msal', clientCode: 'no_tokens_found' },
    'http-status': { status: 401 },
  };
  /** Two rules that need the same field cannot both have evidence. */
  const excluded = new Set([
    'loop-brake>client-code',
    'user-cancelled>oauth-error',
    'sign-in-cannot-help>code',
    'transient>http-status',
  ]);
  const ids = rules.map(({ id }) => id);
  const pairs = ids
    .flatMap((first, index) => ids.slice(index + 1).map((second) => [first, second] as const))
    .filter(([first, second]) => !excluded.has(`${first}>${second}`));

  it('has evidence for every rule alone', () => {
    expect(ids.map((id) => decide(error(evidence[id] ?? {})).rule)).toStrictEqual(ids);
  });

  it.each(pairs)('%s comes before %s', (first, second) => {
    expect(decide(error({ ...evidence[second], ...evidence[first] })).rule).toBe(first);
  });

  it.each<[name: string, facts: Partial<AadError>, rule: string, action: string]>([
    ['a declined consent beats claims', { aadstsCodes: [65004], claims }, 'user-cancelled', 'user_cancelled'],
    [
      'a code that loops beats interaction_required with claims',
      { oauthError: 'interaction_required', aadstsCodes: [50105], claims },
      'sign-in-cannot-help',
      'contact_admin',
    ],
    ['a code that loops beats a 503', { aadstsCodes: [7000215], status: 503 }, 'sign-in-cannot-help', 'fix_config'],
    [
      'access_denied with claims is no cancellation',
      { oauthError: 'access_denied', claims },
      'claims',
      'claims_challenge',
    ],
    ['claims beat 503', { status: 503, claims }, 'claims', 'claims_challenge'],
    ['429 beats a code that asks for sign-in', { status: 429, aadstsCodes: [50076] }, 'transient', 'retry'],
    ['message_only beats the code', { suberror: 'message_only', aadstsCodes: [50076] }, 'suberror', 'contact_admin'],
    [
      'the code beats interaction_required',
      { oauthError: 'interaction_required', aadstsCodes: [65001] },
      'code',
      'consent',
    ],
    [
      'the OAuth error beats the client code',
      { producer: 'msal', oauthError: 'expired_token', clientCode: 'post_request_failed' },
      'oauth-error',
      'interactive',
    ],
    [
      'the resource code beats the status',
      { producer: 'graph', clientCode: 'Authentication_MissingOrMalformed', status: 401 },
      'client-code',
      'fix_config',
    ],
  ])('%s', (_name, facts, rule, action) => {
    expect(decide(error(facts))).toMatchObject({ rule, action });
  });
});

describe('decide: which code explains', () => {
  it.each<[name: string, facts: Partial<AadError>, code: string | undefined, situation: string]>([
    ['the only one', { aadstsCodes: [65001] }, 'AADSTS65001', 'consent-needed'],
    ['a known one before an unknown one', { aadstsCodes: [999_999, 65001] }, 'AADSTS65001', 'consent-needed'],
    ['a known one after an unknown one', { aadstsCodes: [65001, 999_999] }, 'AADSTS65001', 'consent-needed'],
    ['the inner one of two specific ones', { aadstsCodes: [65001, 50173] }, 'AADSTS50173', 'session-expired'],
    [
      'an unknown one is still named',
      { aadstsCodes: [999_999], oauthError: 'invalid_grant' },
      'AADSTS999999',
      'session-expired',
    ],
    ['a B2C code', { b2cCodes: ['AADB2C90118'] }, 'AADB2C90118', 'password-reset-requested'],
    ['none', { oauthError: 'invalid_grant' }, undefined, 'session-expired'],
  ])('%s', (_name, facts, code, situation) => {
    expect(decide(error(facts))).toMatchObject({ situation });
    expect(decide(error(facts)).code).toBe(code);
  });
});

describe('decide: from a thrown value to an action', () => {
  it.each([
    [
      'invalid_grant without suberror in a plain ServerError',
      { name: 'ServerError', errorCode: 'invalid_grant', errorMessage: 'AADSTS700082: expired', errorNo: 700082 },
      'interactive',
    ],
    [
      'MSAL throttles: the numeric code is no OAuth error',
      { name: 'ServerError', errorCode: '90055', errorMessage: 'AADSTS90055: x' },
      'retry',
    ],
    ['MSAL throttles: nothing at all', { name: 'ServerError', errorCode: '', errorMessage: '' }, 'retry'],
    [
      'HTML in place of JSON',
      {
        name: 'AuthError',
        errorCode: 'token_parsing_error',
        errorMessage: "Failed to parse response: Unexpected token '<'",
      },
      'retry',
    ],
    [
      'a challenge of Azure Resource Manager',
      {
        status: 401,
        headers: {
          'www-authenticate': `Bearer error="invalid_token", claims="${Buffer.from(claims).toString('base64')}"`,
        },
      },
      'claims_challenge',
    ],
    [
      "a query of the redirect URI with somebody's claims",
      { error: 'interaction_required', claims, state: 'x' },
      'interactive',
    ],
  ])('%s', (_name, thrown, action) => {
    const read = normalize(thrown);
    expect(read === undefined ? undefined : decide(read).action).toBe(action);
  });
});
