/**
 * What a token endpoint may answer, and what an application should make of it.
 *
 * Bodies are written by hand in Entra's documented shape; ids, names and tokens are invented. One row an answer. The
 * expectations are those of the flows in which MSAL keeps what it can (code, silent, on-behalf-of, client credentials);
 * `expectedOf` in expectations.ts derives what is left in the others.
 */
import type { AadAction } from '../../../src/types.js';

export type Major = 2 | 3 | 5 | 6 | 7;
export type MsalFlow = 'authorization-code' | 'silent' | 'on-behalf-of' | 'client-credentials' | 'device-code';

/** Name of what MSAL throws; `none`: MSAL resolves with an empty access token. */
export type Thrown =
  'InteractionRequiredAuthError' | 'ServerError' | 'ClientAuthError' | 'AuthError' | 'TypeError' | 'none';

export interface Outcome {
  readonly action: AadAction;
  readonly situation: string;
}

export interface Answer extends Outcome {
  readonly id: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Parsed JSON, or the Error that the network client rejects with. */
  readonly body: unknown;
  readonly thrown: Thrown;
  /** Majors that throw something else. */
  readonly thrownIn?: Partial<Readonly<Record<Major, Thrown>>>;
  /** What MSAL throws from device code, where it is not the usual `post_request_failed`. */
  readonly thrownFromDeviceCode?: Thrown;
  readonly codes: readonly number[];
  readonly b2cCodes?: readonly string[];
  /** Claims that must survive where MSAL keeps them (InteractionRequiredAuthError), decoded. */
  readonly claims?: string;
  /** The value that came as claims is not usable and must be dropped. */
  readonly claimsDropped?: true;
  /** MSAL drops claims from a ServerError; then this is what is left. @defaultValue interactive, same situation */
  readonly withoutClaims?: Outcome;
  /** What the application should do when it says which flow failed. */
  readonly flows?: Partial<Readonly<Record<MsalFlow, Outcome>>>;
  /** MSAL's own code, where it left nothing of the server's. */
  readonly clientCode?: string;
  /** What the page says when MSAL answers from its throttle memory. @defaultValue `service-busy` */
  readonly throttledSituation?: string;
  /** Flows in which MSAL throws something so general that reading it or not are both defensible. */
  readonly unasserted?: readonly MsalFlow[];
}

const stamp = '2026-01-15 09:30:00Z';
export const traceId = '5b1e0c11-0001-4a00-9b00-7d3f2e100001';
export const correlationId = '5b1e0c11-0002-4a00-9b00-7d3f2e100002';
export const timestamp = '2026-01-15T09:30:00Z';

const ids = { timestamp: stamp, trace_id: traceId, correlation_id: correlationId };
const tail = (separator: string): string =>
  `${separator}Trace ID: ${traceId}${separator}Correlation ID: ${correlationId}${separator}Timestamp: ${stamp}`;

type Extra = Readonly<Record<string, unknown>>;

/** A body as Entra writes it: code and ids in the text and in fields of their own. */
function entra(
  error: string,
  codes: number | readonly number[],
  text: string,
  extra: Extra = {},
  separator = ' ',
): Extra {
  const list = typeof codes === 'number' ? [codes] : codes;
  return {
    error,
    error_description: `AADSTS${String(list[0])}: ${text}${tail(separator)}`,
    error_codes: list,
    ...ids,
    error_uri: `https://login.microsoftonline.com/error?code=${String(list[0])}`,
    ...extra,
  };
}

const sub = (suberror: string, claims?: string): Extra => ({ suberror, ...(claims !== undefined && { claims }) });

export const policyClaims =
  '{"access_token":{"capolids":{"essential":true,"values":["7d2f0a5e-1111-4c00-8a00-0c0ffee00001"]}}}';
export const contextClaims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const longClaims = JSON.stringify({ access_token: { capolids: { essential: true, values: ['x'.repeat(9000)] } } });

const irae = 'InteractionRequiredAuthError';
const server = 'ServerError';

/** Short for the columns that nearly every row has. */
const does = (action: AadAction, situation: string): Outcome => ({ action, situation });
const contactAdmin = does('contact_admin', 'blocked-by-policy');
const staleCode = { 'authorization-code': does('interactive', 'sign-in-expired') } as const;

class NetworkFailure extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`connect ${code} 203.0.113.7:443`);
    this.code = code;
  }
}

export const answers: readonly Answer[] = [
  // ---- the user must prove more, with and without claims -------------------------------------------------------------
  {
    id: 'MFA, basic_action, claims',
    status: 400,
    body: entra('invalid_grant', 50076, 'Policy asks for a second factor.', sub('basic_action', policyClaims)),
    thrown: irae,
    codes: [50076],
    claims: policyClaims,
    ...does('claims_challenge', 'mfa-required'),
  },
  {
    id: 'MFA, interaction_required, claims',
    status: 400,
    body: entra('interaction_required', 50076, 'Policy asks for a second factor.', { claims: policyClaims }, '\r\n'),
    thrown: irae,
    codes: [50076],
    claims: policyClaims,
    ...does('claims_challenge', 'mfa-required'),
  },
  {
    id: 'MFA, invalid_grant, claims, no suberror',
    status: 400,
    body: entra('invalid_grant', 50076, 'Policy asks for a second factor.', { claims: policyClaims }),
    thrown: server,
    codes: [50076],
    claims: policyClaims,
    ...does('claims_challenge', 'mfa-required'),
  },
  {
    id: 'MFA, basic_action, no claims',
    status: 400,
    body: entra('invalid_grant', 50076, 'Policy asks for a second factor.', sub('basic_action')),
    thrown: irae,
    codes: [50076],
    ...does('interactive', 'mfa-required'),
  },
  {
    id: 'MFA, claims are base64',
    status: 400,
    body: entra('interaction_required', 50076, 'Second factor.', {
      claims: Buffer.from(policyClaims).toString('base64'),
    }),
    thrown: irae,
    codes: [50076],
    claims: policyClaims,
    ...does('claims_challenge', 'mfa-required'),
  },
  {
    id: 'MFA, claims are not JSON',
    status: 400,
    body: entra('interaction_required', 50076, 'Second factor.', { claims: '{"access_token":' }),
    thrown: irae,
    codes: [50076],
    claimsDropped: true,
    ...does('interactive', 'mfa-required'),
  },
  {
    id: 'MFA, claims over 8 KiB',
    status: 400,
    body: entra('interaction_required', 50076, 'Second factor.', { claims: longClaims }),
    thrown: irae,
    codes: [50076],
    claimsDropped: true,
    ...does('interactive', 'mfa-required'),
  },
  {
    id: 'MFA registration, basic_action',
    status: 400,
    body: entra('invalid_grant', 50079, 'Set up a second factor.', sub('basic_action')),
    thrown: irae,
    codes: [50079],
    ...does('interactive', 'mfa-setup-required'),
  },
  {
    id: 'MFA registration, no suberror',
    status: 400,
    body: entra('invalid_grant', 50079, 'Set up a second factor.'),
    thrown: server,
    codes: [50079],
    ...does('interactive', 'mfa-setup-required'),
  },
  {
    id: 'MFA enrolment interrupt',
    status: 400,
    body: entra('interaction_required', 50072, 'Set up a second factor.'),
    thrown: irae,
    codes: [50072],
    ...does('interactive', 'mfa-setup-required'),
  },
  {
    id: 'MFA not passed',
    status: 400,
    body: entra('invalid_grant', 50074, 'The second factor was not passed.'),
    thrown: server,
    codes: [50074],
    ...does('interactive', 'mfa-required'),
  },
  {
    id: 'MFA too old',
    status: 400,
    body: entra('invalid_grant', 50078, 'The second factor is older than policy allows.'),
    thrown: server,
    codes: [50078],
    ...does('interactive', 'mfa-required'),
  },
  {
    id: 'MFA failed during strong authentication',
    status: 400,
    body: entra('invalid_grant', 500121, 'The request for a second factor was not answered.'),
    thrown: server,
    codes: [500121],
    ...does('interactive', 'mfa-required'),
  },
  {
    id: 'external challenge, claims',
    status: 400,
    body: entra('interaction_required', 50158, 'Another provider must confirm.', { claims: policyClaims }),
    thrown: irae,
    codes: [50158],
    claims: policyClaims,
    ...does('claims_challenge', 'stronger-sign-in-required'),
  },
  {
    id: 'authentication context, no code',
    status: 400,
    body: { error: 'interaction_required', error_description: `Step up.${tail(' ')}`, ...ids, claims: contextClaims },
    thrown: irae,
    codes: [],
    claims: contextClaims,
    ...does('claims_challenge', 'stronger-sign-in-required'),
  },
  {
    id: 'device not compliant, claims',
    status: 400,
    body: entra('interaction_required', 53000, 'The device is not managed.', { claims: policyClaims }),
    thrown: irae,
    codes: [53000],
    claims: policyClaims,
    ...does('claims_challenge', 'device-not-compliant'),
  },
  {
    id: 'device not joined, claims',
    status: 400,
    body: entra('interaction_required', 53001, 'The device is not joined.', { claims: policyClaims }),
    thrown: irae,
    codes: [53001],
    claims: policyClaims,
    ...does('claims_challenge', 'device-not-compliant'),
  },
  {
    id: 'device must identify itself',
    status: 400,
    body: entra('interaction_required', 50097, 'The device must identify itself.'),
    thrown: irae,
    codes: [50097],
    ...does('interactive', 'device-registration-required'),
  },
  {
    id: 'additional_action without a code',
    status: 400,
    body: {
      error: 'invalid_grant',
      error_description: `More is needed.${tail(' ')}`,
      suberror: 'additional_action',
      ...ids,
    },
    thrown: irae,
    codes: [],
    ...does('interactive', 'stronger-sign-in-required'),
  },
  {
    id: 'device_authentication_failed',
    status: 400,
    body: entra('invalid_grant', 50155, 'The device could not identify itself.', sub('device_authentication_failed')),
    thrown: server,
    codes: [50155],
    ...does('interactive', 'device-registration-required'),
  },
  {
    id: 'interaction_required, unknown code',
    status: 400,
    body: entra('interaction_required', 59123, 'Something of next year.'),
    thrown: irae,
    codes: [59123],
    ...does('interactive', 'stronger-sign-in-required'),
  },
  {
    id: 'interaction_required, unknown code, claims',
    status: 400,
    body: entra('interaction_required', 59123, 'Something of next year.', { claims: policyClaims }),
    thrown: irae,
    codes: [59123],
    claims: policyClaims,
    ...does('claims_challenge', 'stronger-sign-in-required'),
  },
  {
    id: 'interrupted_user',
    status: 400,
    body: {
      error: 'invalid_grant',
      error_description: `Interrupted.${tail(' ')}`,
      suberror: 'interrupted_user',
      ...ids,
    },
    thrown: irae,
    thrownIn: { 2: server },
    codes: [],
    ...does('interactive', 'sign-in-needed'),
  },
  {
    id: 'ui_not_allowed',
    status: 400,
    body: { error: 'invalid_grant', error_description: `No window.${tail(' ')}`, suberror: 'ui_not_allowed', ...ids },
    thrown: irae,
    thrownIn: { 2: server, 3: server },
    codes: [],
    ...does('interactive', 'sign-in-needed'),
  },

  // ---- policy: signing in again would loop ---------------------------------------------------------------------------
  {
    id: 'Conditional Access block, message_only, claims',
    status: 400,
    body: entra('invalid_grant', 53003, 'Access is blocked by policy.', sub('message_only', policyClaims)),
    thrown: irae,
    codes: [53003],
    claims: policyClaims,
    ...does('claims_challenge', 'stronger-sign-in-required'),
  },
  {
    id: 'Conditional Access block, message_only',
    status: 400,
    body: entra('invalid_grant', 53003, 'Access is blocked by policy.', sub('message_only')),
    thrown: irae,
    codes: [53003],
    ...contactAdmin,
  },
  {
    id: 'Conditional Access block, access_denied, claims',
    status: 400,
    body: entra('access_denied', 53003, 'Access is blocked by policy.', { claims: policyClaims }),
    thrown: server,
    codes: [53003],
    claims: policyClaims,
    withoutClaims: contactAdmin,
    ...does('claims_challenge', 'stronger-sign-in-required'),
  },
  {
    id: 'app protection policy',
    status: 400,
    body: entra('unauthorized_client', 53005, 'An app protection policy is needed.', sub('protection_policy_required')),
    thrown: server,
    codes: [53005],
    ...does('contact_admin', 'approved-app-required'),
  },
  {
    id: 'security policy block of workload and user',
    status: 400,
    body: entra('invalid_grant', 530032, 'Blocked by a security policy.'),
    thrown: server,
    codes: [530032],
    ...contactAdmin,
  },
  {
    id: 'not assigned, interaction_required',
    status: 400,
    body: entra('interaction_required', 50105, 'The user has no role in the application.'),
    thrown: irae,
    codes: [50105],
    ...does('contact_admin', 'not-assigned-to-app'),
  },
  {
    id: 'not assigned, invalid_grant',
    status: 400,
    body: entra('invalid_grant', 50105, 'The user has no role in the application.'),
    thrown: server,
    codes: [50105],
    ...does('contact_admin', 'not-assigned-to-app'),
  },
  {
    id: 'account disabled, login_required',
    status: 400,
    body: entra('login_required', 50057, 'The account is disabled.'),
    thrown: irae,
    codes: [50057],
    ...does('contact_admin', 'account-disabled'),
  },
  {
    id: 'account disabled, bad_token',
    status: 400,
    body: entra('invalid_grant', 50057, 'The account is disabled.', sub('bad_token')),
    thrown: irae,
    codes: [50057],
    ...does('contact_admin', 'account-disabled'),
  },
  {
    id: 'guest not in tenant',
    status: 400,
    body: entra('invalid_grant', 50020, 'The account is not in this directory.'),
    thrown: server,
    codes: [50020],
    ...does('contact_admin', 'guest-not-invited'),
  },
  {
    id: 'guest has not redeemed the invitation',
    status: 400,
    body: entra('interaction_required', 50014, 'The invitation is still open.'),
    thrown: irae,
    codes: [50014],
    ...does('contact_admin', 'guest-not-invited'),
  },
  {
    id: 'risk block',
    status: 400,
    body: entra('invalid_grant', 53011, 'The user is blocked because of risk.', sub('message_only')),
    thrown: irae,
    codes: [53011],
    ...does('contact_admin', 'blocked-by-risk'),
  },
  {
    id: 'tenant restrictions',
    status: 400,
    body: entra('invalid_grant', 500021, 'The organisation does not allow this tenant.'),
    thrown: server,
    codes: [500021],
    ...does('contact_admin', 'organization-blocked'),
  },
  {
    id: 'sign-in loop',
    status: 400,
    body: entra('invalid_grant', 50196, 'The same request again and again.'),
    thrown: server,
    codes: [50196],
    ...does('fix_config', 'too-many-sign-ins'),
  },
  {
    id: 'no licence',
    status: 400,
    body: entra('invalid_client', 650052, 'The organisation has no service principal for the API.'),
    thrown: server,
    codes: [650052],
    ...does('contact_admin', 'license-missing'),
  },

  // ---- session, password, refresh token ------------------------------------------------------------------------------
  {
    id: 'no session, login_required',
    status: 400,
    body: entra('login_required', 50058, 'No signed-in session.'),
    thrown: irae,
    codes: [50058],
    ...does('interactive', 'sign-in-needed'),
  },
  {
    id: 'no session, invalid_grant',
    status: 400,
    body: entra('invalid_grant', 50058, 'No signed-in session.'),
    thrown: server,
    codes: [50058],
    ...does('interactive', 'sign-in-needed'),
  },
  {
    id: 'password changed, bad_token',
    status: 400,
    body: entra('invalid_grant', 50173, 'The grant is from before a password change.', sub('bad_token')),
    thrown: irae,
    codes: [50173],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'password changed, no suberror',
    status: 400,
    body: entra('invalid_grant', 50173, 'The grant is from before a password change.'),
    thrown: server,
    codes: [50173],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'password expired, user_password_expired',
    status: 400,
    body: entra('invalid_grant', 50055, 'The password is past its date.', sub('user_password_expired')),
    thrown: irae,
    codes: [50055],
    ...does('interactive', 'password-expired'),
  },
  {
    id: 'password expired, no suberror',
    status: 400,
    body: entra('invalid_grant', 50055, 'The password is past its date.'),
    thrown: server,
    codes: [50055],
    ...does('interactive', 'password-expired'),
  },
  {
    id: 'grant expired',
    status: 400,
    body: entra('invalid_grant', 70008, 'The grant is past its date.'),
    thrown: server,
    codes: [70008],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'refresh token idle, bad_token',
    status: 400,
    body: entra('invalid_grant', 700082, 'Not used for 90 days.', sub('bad_token')),
    thrown: irae,
    codes: [700082],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'refresh token idle, no suberror',
    status: 400,
    body: entra('invalid_grant', 700082, 'Not used for 90 days.'),
    thrown: server,
    codes: [700082],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'refresh token of a single-page app',
    status: 400,
    body: entra('invalid_grant', 700084, 'Fixed lifetime is over.', sub('bad_token')),
    thrown: irae,
    codes: [700084],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'sign-in frequency, token_expired',
    status: 400,
    body: entra('invalid_grant', 70043, 'Sign-in frequency policy.', sub('token_expired')),
    thrown: server,
    codes: [70043],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'session revoked',
    status: 400,
    body: entra('invalid_grant', 50132, 'The session is no longer valid.'),
    thrown: server,
    codes: [50132],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'session revoked by password change',
    status: 400,
    body: entra('invalid_grant', 50133, 'The session was revoked.'),
    thrown: server,
    codes: [50133],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'bad_token without a code',
    status: 400,
    body: { error: 'invalid_grant', error_description: `Not usable.${tail(' ')}`, suberror: 'bad_token', ...ids },
    thrown: irae,
    codes: [],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'client_mismatch',
    status: 400,
    body: {
      error: 'invalid_grant',
      error_description: `Other client.${tail(' ')}`,
      suberror: 'client_mismatch',
      ...ids,
    },
    thrown: server,
    codes: [],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'code redeemed twice',
    status: 400,
    body: entra('invalid_grant', 54005, 'The code was used before.'),
    thrown: server,
    codes: [54005],
    ...does('interactive', 'sign-in-expired'),
  },
  {
    id: 'invalid_grant, unknown code',
    status: 400,
    body: entra('invalid_grant', 59123, 'Something of next year.'),
    thrown: server,
    codes: [59123],
    ...does('interactive', 'session-expired'),
    flows: staleCode,
  },
  {
    id: 'invalid_grant, nothing else',
    status: 400,
    body: { error: 'invalid_grant' },
    thrown: server,
    codes: [],
    ...does('interactive', 'session-expired'),
    flows: staleCode,
  },
  {
    id: 'incoming assertion expired',
    status: 400,
    body: entra('invalid_grant', 500133, 'The assertion is outside its time range.'),
    thrown: server,
    codes: [500133],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'two sessions, user must choose',
    status: 400,
    body: entra('interaction_required', 16000, 'Several accounts fit.'),
    thrown: irae,
    codes: [16000],
    ...does('interactive', 'wrong-account'),
  },

  // ---- consent -------------------------------------------------------------------------------------------------------
  {
    id: 'consent, suberror consent_required',
    status: 400,
    body: entra('invalid_grant', 65001, 'Nobody has agreed to the permission.', sub('consent_required')),
    thrown: irae,
    codes: [65001],
    ...does('consent', 'consent-needed'),
  },
  {
    id: 'consent, no suberror',
    status: 400,
    body: entra('invalid_grant', 65001, 'Nobody has agreed to the permission.'),
    thrown: server,
    codes: [65001],
    ...does('consent', 'consent-needed'),
  },
  {
    id: 'consent_required as error',
    status: 400,
    body: { error: 'consent_required', error_description: `Consent.${tail(' ')}`, ...ids },
    thrown: irae,
    codes: [],
    ...does('consent', 'consent-needed'),
  },
  {
    id: 'consent declined, access_denied',
    status: 400,
    body: entra('access_denied', 65004, 'The user said no.'),
    thrown: server,
    codes: [65004],
    ...does('user_cancelled', 'consent-declined'),
  },
  {
    id: 'consent declined, consent_required',
    status: 400,
    body: entra('consent_required', 65004, 'The user said no.'),
    thrown: irae,
    codes: [65004],
    ...does('user_cancelled', 'consent-declined'),
  },
  {
    id: 'administrator consent, suberror consent_required',
    status: 400,
    body: entra('invalid_grant', 90094, 'An administrator must agree.', sub('consent_required')),
    thrown: irae,
    codes: [90094],
    ...does('admin_consent', 'admin-approval-needed'),
  },
  {
    id: 'administrator consent, no suberror',
    status: 400,
    body: entra('invalid_grant', 90094, 'An administrator must agree.'),
    thrown: server,
    codes: [90094],
    ...does('admin_consent', 'admin-approval-needed'),
  },
  {
    id: 'administrator consent for a risky app',
    status: 400,
    body: entra('consent_required', 900941, 'The app is considered risky.'),
    thrown: irae,
    codes: [900941],
    ...does('admin_consent', 'admin-approval-needed'),
  },

  // ---- the application or its registration ---------------------------------------------------------------------------
  {
    id: 'application not in tenant',
    status: 400,
    body: entra('unauthorized_client', 700016, 'The application is not in the directory.'),
    thrown: server,
    codes: [700016],
    ...does('fix_config', 'app-not-in-organization'),
  },
  {
    id: 'wrong secret',
    status: 401,
    body: entra('invalid_client', 7000215, 'The secret is wrong.'),
    thrown: server,
    codes: [7000215],
    ...does('fix_config', 'secret-expired'),
  },
  {
    id: 'secret expired',
    status: 401,
    body: entra('invalid_client', 7000222, 'The secret is past its date.'),
    thrown: server,
    codes: [7000222],
    ...does('fix_config', 'secret-expired'),
  },
  {
    id: 'certificate unknown',
    status: 401,
    body: entra('invalid_client', 700027, 'The key of the assertion is unknown.'),
    thrown: server,
    codes: [700027],
    ...does('fix_config', 'secret-expired'),
  },
  {
    id: 'no credential in the request',
    status: 401,
    body: entra('invalid_client', 7000218, 'The request holds no credential.'),
    thrown: server,
    codes: [7000218],
    ...does('fix_config', 'secret-expired'),
  },
  {
    id: 'no federated credential fits',
    status: 401,
    body: entra('invalid_client', 700213, 'No federated credential fits the subject.'),
    thrown: server,
    codes: [700213],
    ...does('fix_config', 'secret-expired'),
  },
  {
    id: 'wrapper around the real code',
    status: 401,
    body: entra('invalid_client', [70002, 50012], 'Credentials failed. AADSTS50012: The secret is wrong.'),
    thrown: server,
    codes: [70002, 50012],
    ...does('fix_config', 'secret-expired'),
  },
  {
    id: 'tenant does not exist',
    status: 400,
    body: entra('invalid_request', 90002, 'The tenant does not exist.'),
    thrown: server,
    codes: [90002],
    ...does('fix_config', 'app-misconfigured'),
  },
  {
    id: 'API not in tenant',
    status: 400,
    body: entra('invalid_resource', 500011, 'The API has no principal in the directory.'),
    thrown: server,
    codes: [500011],
    ...does('fix_config', 'app-not-in-organization'),
  },
  {
    id: 'scope malformed',
    status: 400,
    body: entra('invalid_scope', 70011, 'The scope is malformed.'),
    thrown: server,
    codes: [70011],
    ...does('fix_config', 'app-misconfigured'),
  },
  {
    id: 'redirect URI not registered',
    status: 400,
    body: entra('invalid_client', 50011, 'The redirect URI is not registered.'),
    thrown: server,
    codes: [50011],
    ...does('fix_config', 'app-misconfigured'),
  },
  {
    id: 'grant type unknown',
    status: 400,
    body: entra('unsupported_grant_type', 70003, 'The grant type is not known.'),
    thrown: server,
    codes: [70003],
    ...does('fix_config', 'app-misconfigured'),
  },
  {
    id: 'parameter missing',
    status: 400,
    body: entra('invalid_request', 900144, "The body must contain 'client_id'."),
    thrown: server,
    codes: [900144],
    ...does('fix_config', 'app-misconfigured'),
  },
  {
    id: 'assertion of the wrong audience',
    status: 400,
    body: entra('invalid_grant', 50013, 'The assertion failed its signature check.'),
    thrown: server,
    codes: [50013],
    ...does('fix_config', 'app-misconfigured'),
  },
  {
    id: 'application disabled',
    status: 400,
    body: entra('unauthorized_client', 7000112, 'The application is disabled.'),
    thrown: server,
    codes: [7000112],
    ...does('contact_admin', 'app-disabled'),
  },
  {
    id: 'invalid_request, login_required in the text',
    status: 400,
    body: entra('invalid_request', 90014, "The parameter 'login_required_hint' is missing."),
    thrown: irae,
    codes: [90014],
    ...does('fix_config', 'app-misconfigured'),
  },
  {
    id: 'invalid_client, no code',
    status: 401,
    body: { error: 'invalid_client', error_description: `Refused.${tail(' ')}`, ...ids },
    thrown: server,
    codes: [],
    ...does('fix_config', 'secret-expired'),
  },

  // ---- transient -----------------------------------------------------------------------------------------------------
  {
    id: '429, Retry-After, code',
    status: 429,
    headers: { 'Retry-After': '17' },
    body: entra('temporarily_unavailable', 90055, 'Too many requests of the tenant.'),
    thrown: server,
    codes: [90055],
    ...does('retry', 'service-busy'),
  },
  {
    id: '429, no code',
    status: 429,
    body: { error: 'too_many_requests', error_description: `Slow down.${tail(' ')}`, ...ids },
    thrown: server,
    codes: [],
    ...does('retry', 'service-busy'),
  },
  {
    id: '503, Retry-After is a date',
    status: 503,
    throttledSituation: 'service-unavailable',
    headers: { 'Retry-After': 'Thu, 15 Jan 2026 09:31:00 GMT' },
    body: entra('temporarily_unavailable', 90033, 'The service is not available.'),
    thrown: server,
    codes: [90033],
    ...does('retry', 'service-unavailable'),
  },
  {
    id: '400, Retry-After',
    status: 400,
    headers: { 'Retry-After': '5' },
    body: entra('temporarily_unavailable', 90055, 'Too many requests of the tenant.'),
    thrown: server,
    codes: [90055],
    ...does('retry', 'service-busy'),
  },
  {
    id: '400, retry-after in lower case',
    status: 400,
    headers: { 'retry-after': '5' },
    body: entra('temporarily_unavailable', 90055, 'Too many requests of the tenant.'),
    thrown: server,
    codes: [90055],
    ...does('retry', 'service-busy'),
  },
  {
    id: 'temporarily_unavailable with status 400',
    status: 400,
    body: entra('temporarily_unavailable', 90033, 'The service is not available.'),
    thrown: server,
    codes: [90033],
    ...does('retry', 'service-unavailable'),
  },
  {
    id: '500 server_error',
    status: 500,
    body: { error: 'server_error', error_description: `Failure.${tail(' ')}`, ...ids },
    thrown: server,
    codes: [],
    ...does('retry', 'service-unavailable'),
  },
  {
    id: '504, unknown code',
    status: 504,
    body: entra('server_error', 59124, 'Something of next year.'),
    thrown: server,
    codes: [59124],
    ...does('retry', 'service-unavailable'),
  },
  {
    id: 'retryable code as invalid_grant',
    status: 400,
    body: entra('invalid_grant', 50033, 'A passing failure.'),
    thrown: server,
    codes: [50033],
    ...does('retry', 'service-unavailable'),
  },
  {
    id: 'service busy, code 90006',
    status: 400,
    body: entra('invalid_request', 90006, 'An external server failed.'),
    thrown: server,
    codes: [90006],
    ...does('retry', 'service-unavailable'),
  },
  {
    id: 'connection reset',
    status: 0,
    body: new NetworkFailure('ECONNRESET'),
    thrown: 'ClientAuthError',
    thrownFromDeviceCode: 'ClientAuthError',
    codes: [],
    clientCode: 'network_error',
    ...does('retry', 'network-problem'),
  },
  {
    id: 'connection timed out',
    status: 0,
    body: new NetworkFailure('ETIMEDOUT'),
    thrown: 'ClientAuthError',
    thrownFromDeviceCode: 'ClientAuthError',
    codes: [],
    clientCode: 'network_error',
    ...does('retry', 'network-problem'),
  },

  // ---- device code -----------------------------------------------------------------------------------------------------
  {
    id: 'slow_down',
    status: 400,
    body: entra('slow_down', 70022, 'Polling too often.'),
    thrown: server,
    codes: [70022],
    ...does('retry', 'waiting-for-sign-in'),
  },
  {
    id: 'expired_token',
    status: 400,
    body: { error: 'expired_token', error_description: `Too late.${tail(' ')}`, ...ids },
    thrown: server,
    codes: [],
    ...does('interactive', 'sign-in-expired'),
  },
  {
    id: 'code_expired',
    status: 400,
    body: entra('code_expired', 70019, 'Too late.'),
    thrown: server,
    codes: [70019],
    ...does('interactive', 'sign-in-expired'),
  },
  {
    id: 'authorization_declined',
    status: 400,
    body: { error: 'authorization_declined', error_description: `Declined.${tail(' ')}`, ...ids },
    thrown: server,
    codes: [],
    ...does('user_cancelled', 'consent-declined'),
  },
  {
    id: 'bare access_denied',
    status: 400,
    body: { error: 'access_denied', error_description: `Denied.${tail(' ')}`, ...ids },
    thrown: server,
    codes: [],
    ...does('user_cancelled', 'sign-in-cancelled'),
  },
  {
    id: 'bad_verification_code',
    status: 400,
    body: { error: 'bad_verification_code', error_description: `Unknown.${tail(' ')}`, ...ids },
    thrown: server,
    codes: [],
    ...does('fix_config', 'app-misconfigured'),
  },

  // ---- Azure AD B2C ----------------------------------------------------------------------------------------------------
  {
    id: 'B2C password reset',
    status: 400,
    body: {
      error: 'access_denied',
      error_description: `AADB2C90118: The user forgot the password.\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${stamp}\r\n`,
    },
    thrown: server,
    codes: [],
    b2cCodes: ['AADB2C90118'],
    ...does('interactive', 'password-reset-requested'),
  },
  {
    id: 'B2C cancelled',
    status: 400,
    body: {
      error: 'access_denied',
      error_description: `AADB2C90091: The user went back.\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${stamp}\r\n`,
    },
    thrown: server,
    codes: [],
    b2cCodes: ['AADB2C90091'],
    ...does('user_cancelled', 'sign-in-cancelled'),
  },
  {
    id: 'B2C grant expired',
    status: 400,
    body: {
      error: 'invalid_grant',
      error_description: `AADB2C90080: The grant is past its date.\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${stamp}\r\n`,
    },
    thrown: server,
    codes: [],
    b2cCodes: ['AADB2C90080'],
    ...does('interactive', 'session-expired'),
  },

  // ---- unusual shapes --------------------------------------------------------------------------------------------------
  {
    id: 'translated text, labels differ',
    status: 400,
    body: {
      ...entra('invalid_grant', 50076, ''),
      error_description: `AADSTS50076: Aufgrund einer Richtlinie ist ein zweiter Faktor noetig. Ablaufverfolgungs-ID: ${traceId} Korrelations-ID: ${correlationId} Zeitstempel: ${stamp}`,
    },
    thrown: server,
    codes: [50076],
    ...does('interactive', 'mfa-required'),
  },
  {
    id: 'code only in error_codes',
    status: 400,
    body: { error: 'invalid_grant', error_description: `Expired.${tail(' ')}`, error_codes: [700082], ...ids },
    thrown: server,
    codes: [700082],
    ...does('interactive', 'session-expired'),
  },
  {
    id: 'error_codes are strings',
    status: 400,
    body: { error: 'invalid_grant', error_description: `Expired.${tail(' ')}`, error_codes: ['700082'], ...ids },
    thrown: server,
    codes: [700082],
    ...does('interactive', 'session-expired'),
  },
  {
    id: '200 with suberror',
    status: 200,
    body: { suberror: 'message_only' },
    thrown: irae,
    thrownFromDeviceCode: irae,
    codes: [],
    ...contactAdmin,
  },
  {
    id: '400 with an empty object',
    status: 400,
    body: {},
    thrown: 'none',
    thrownFromDeviceCode: 'none',
    codes: [],
    ...does('unknown', 'unknown-problem'),
  },
  {
    id: '503 with a string',
    status: 503,
    body: 'The service is unavailable.',
    thrown: 'TypeError',
    thrownFromDeviceCode: 'TypeError',
    codes: [],
    clientCode: 'token_parsing_error',
    unasserted: ['client-credentials'],
    ...does('retry', 'service-unavailable'),
  },
];
