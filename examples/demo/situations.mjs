// What the demo can show: each entry breaks one real MSAL or HTTP call and says what the person, script or API gets.
import { claimsChallengeResponse } from 'aad-error-handler/testing';

const apiScope = 'api://demo/Tasks.Read';
const mfaClaims = '{"access_token":{"capolids":{"essential":true,"values":["11111111-2222-4333-8444-555555555555"]}}}';

/** Fails the next token call with a code and makes that call. */
const tokenError =
  (code, details = {}) =>
  async ({ entra, callApi }) => {
    entra.failNext({ ...(code !== undefined && { code }), flow: 'on-behalf-of', ...details });
    return callApi();
  };

/** Fails on Entra's own page: the error comes back on the redirect URI. */
const signInError =
  (code, details = {}) =>
  async ({ entra, res, auth, path }) => {
    entra.failNext({ ...(code !== undefined && { code }), flow: 'authorize', ...details });
    res.redirect(303, `${auth.paths.signIn}?return_to=${encodeURIComponent(path)}`);
  };

/**
 * id -> { group, title, run }. `finishes`: after the sign-in the same page opens, so the way can be walked to its end.
 * `signInOnly`: happens while signing in, so there is nothing to fetch.
 */
export const situations = new Map(
  Object.entries({
    'mfa-required': {
      group: 'Sign in again',
      title: 'MFA required (50076 with claims)',
      finishes: true,
      run: tokenError(50076, { claims: mfaClaims, suberror: 'basic_action' }),
    },
    'mfa-claims-lost': {
      group: 'Sign in again',
      title: 'MFA required, MSAL drops the claims (50076, no suberror)',
      finishes: true,
      run: tokenError(50076, { claims: mfaClaims, suberror: null }),
    },
    'sign-in-needed': {
      group: 'Sign in again',
      title: 'No session (50058)',
      finishes: true,
      run: tokenError(50058, { error: 'login_required' }),
    },
    'session-frequency': {
      group: 'Sign in again',
      title: 'Sign-in frequency (70043, token_expired)',
      finishes: true,
      run: tokenError(70043, { error: 'invalid_grant', suberror: 'token_expired' }),
    },
    'refresh-token-expired': {
      group: 'Sign in again',
      title: 'Refresh token expired (700082)',
      finishes: true,
      run: tokenError(700082),
    },
    'graph-claims-challenge': {
      group: 'Sign in again',
      title: 'Microsoft Graph: access revoked (401 insufficient_claims)',
      finishes: true,
      run: async ({ throwOnChallenge }) => {
        const { status, headers } = claimsChallengeResponse({
          access_token: { nbf: { essential: true, value: '1790000000' } },
        });
        throwOnChallenge(new Response(null, { status, headers }));
      },
    },
    'consent-needed': {
      group: 'Permission',
      title: 'Consent needed (65001)',
      finishes: true,
      run: tokenError(65001, { suberror: 'consent_required' }),
    },
    'admin-approval-needed': {
      group: 'Permission',
      title: 'Administrator must approve (90094)',
      run: tokenError(90094),
    },
    'not-assigned': {
      group: 'Permission',
      title: 'Not assigned to the application (50105)',
      run: tokenError(50105, { error: 'interaction_required' }),
    },
    'blocked-by-policy': {
      group: 'Permission',
      title: 'Blocked by Conditional Access (53003)',
      run: tokenError(53003, { suberror: 'message_only' }),
    },
    'consent-declined': {
      group: 'While signing in',
      title: 'Permission declined (65004)',
      signInOnly: true,
      run: signInError(65004, { error: 'access_denied' }),
    },
    'sign-in-cancelled': {
      group: 'While signing in',
      title: 'Went back (access_denied, cancel)',
      signInOnly: true,
      run: signInError(undefined, { error: 'access_denied', subcode: 'cancel' }),
    },
    'service-unavailable': {
      group: 'Outages',
      title: 'Entra is unavailable (90033, 503)',
      run: tokenError(90033, { status: 503, retryAfterSeconds: 7 }),
    },
    throttled: {
      group: 'Outages',
      title: "MSAL's own throttle on the second call",
      run: async (context) => {
        context.entra.failNext(90033, { flow: 'on-behalf-of', status: 503 });
        await context.callApi({ sameClient: true }).catch(() => undefined);
        return context.callApi({ sameClient: true });
      },
    },
    'network-problem': {
      group: 'Outages',
      title: 'Connection refused',
      run: tokenError(undefined, { outage: 'refuse' }),
    },
    'secret-invalid': {
      group: 'Operators',
      title: 'Client secret invalid (7000215)',
      run: tokenError(7000215),
    },
    'unknown-code': {
      group: 'Operators',
      title: 'A code nobody has heard of',
      run: tokenError(987654321, { error: 'invalid_request', description: 'Something new happened.' }),
    },
    'not-ours': {
      group: 'Operators',
      title: 'A plain Error of the application',
      run: async () => {
        throw new Error('the application has a bug of its own');
      },
    },
  }),
);

export { apiScope, mfaClaims };
