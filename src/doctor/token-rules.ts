import { audienceName, fitsService, nameOf, scopeOf } from './audiences.js';
import type { Facts } from './facts.js';
import {
  certain,
  codeIs,
  codeText,
  likely,
  pages,
  possible,
  says,
  saysSo,
  statusText,
  type DoctorRule,
  type Seen,
} from './rule.js';

const acquire =
  'in the code, where acquireTokenSilent, acquireTokenOnBehalfOf or acquireTokenByClientCredential is called';

/**
 * Causes that lie in the token itself: mostly 401.
 *
 * @see https://learn.microsoft.com/graph/resolve-auth-errors (read 2026-11)
 */
export const tokenRules: readonly DoctorRule[] = [
  {
    // First: the directive says exactly what is missing, whatever the code beside it is.
    id: 'conditional-access',
    title: 'Conditional Access or a revoked session asks for another sign-in',
    when: conditionalAccess,
    cause: ({ error }) =>
      error?.claims?.includes('"nbf"') === true
        ? 'The session was revoked or changed after the token was issued (continuous access evaluation). The token will not be accepted again, although it has not expired.'
        : 'A Conditional Access policy wants something that the token does not show: multifactor authentication, a compliant device, a location, an authentication context.',
    change:
      'Send the user to /authorize with the claims of the answer; aadErrorHandler({ interaction }) does it. An API hands the claims on to its caller. Give MSAL clientCapabilities: ["CP1"], so that the API sends claims at all.',
    where:
      'Microsoft Entra admin center > Monitoring & health > Sign-in logs > the failed sign-in > Conditional Access names the policy; Conditional Access > Policies holds it',
    learnMore: pages.claimsChallenge,
  },
  {
    id: 'token-missing',
    title: 'The request carried no access token',
    when: tokenMissing,
    cause: 'The Authorization header was missing or empty when the request reached the API.',
    change:
      'Send "Authorization: Bearer <access token>" with every call, and check that the accessToken of MSAL\'s result is not empty before calling. A redirect to another host drops the header in most HTTP clients.',
    where: 'in the code, where the request to the API is built',
    learnMore: pages.authErrors,
  },
  {
    id: 'token-malformed',
    title: 'What was sent is not an access token',
    when: tokenMalformed,
    cause:
      'The header held something else than a whole access token: the word "undefined", a doubled "Bearer", quotation marks, an ID token object, or a token that was cut.',
    change:
      'Send result.accessToken as it is, with one "Bearer " in front. Do not parse, shorten or store it in a cookie of 4 KB.',
    where: 'in the code, where the Authorization header is built',
    learnMore: pages.authErrors,
  },
  {
    id: 'token-expired',
    title: 'The access token has expired',
    when: tokenExpired,
    cause: 'The token was kept longer than it lives, usually 60 to 90 minutes, or the clock of the server is wrong.',
    change:
      'Ask MSAL for the token directly before each call (acquireTokenSilent renews it), and do not keep access tokens in a session. Check the clock of the machine when fresh tokens count as expired.',
    where: acquire,
    learnMore: pages.tokenClaims,
  },
  {
    // Before the audience: tokens of personal accounts are opaque, so nothing can be said about their audience.
    id: 'personal-account',
    title: 'A personal Microsoft account cannot use this API',
    when: personalAccount,
    cause:
      'The user signed in with a personal Microsoft account (outlook.com, hotmail.com, live.com), and the API or this operation serves work and school accounts only.',
    change:
      'Use the tenant id or "organizations" as authority in place of "common", and limit the supported account types; or leave the feature out for personal accounts. The permissions table of the operation says whether it serves them.',
    where:
      'Microsoft Entra admin center > App registrations > the application > Authentication > Supported account types; in the code, auth.authority',
    learnMore: pages.authErrors,
  },
  {
    id: 'wrong-audience',
    title: 'The token was issued for another API',
    when: wrongAudience,
    cause: ({ service, token }) =>
      `An access token opens the one API it was issued for (aud). ${token?.audienceName === undefined ? 'This one' : `A token for ${token.audienceName}`} does not open ${nameOf(service)}. A client id in aud means an ID token, or a token for the own API that should have been exchanged on behalf of the user.`,
    change: ({ service }) =>
      `Ask for a token with a scope of the API that is called, such as ${scopeOf(service)}, in a call of its own: one token never serves two APIs.`,
    where: acquire,
    learnMore: pages.authErrors,
  },
  {
    id: 'wrong-tenant',
    title: 'The token comes from another tenant',
    when: (facts) =>
      codeIs(facts, 'InvalidAuthenticationTokenTenant', 'AKV10032')
        ? certain(codeText(facts))
        : says(facts, 'wrong issuer')
          ? likely(saysSo)
          : undefined,
    cause: 'The subscription, vault or site belongs to another tenant than the one that issued the token.',
    change:
      'Get the token from the tenant that owns the resource: use its id in the authority, not "common" or the home tenant.',
    where:
      'in the code, auth.authority or the authority of the token request; Azure portal > Subscriptions > Directory shows the tenant',
    learnMore: pages.azureRoles,
  },
  {
    id: 'application-not-in-tenant',
    title: 'The application is not in this tenant, or is disabled there',
    when: (facts) =>
      codeIs(facts, 'Authorization_IdentityNotFound', 'Authorization_IdentityDisabled')
        ? certain(codeText(facts))
        : undefined,
    cause:
      'The tenant has no enabled service principal (enterprise application) or account for the identity in the token.',
    change:
      'Have an administrator of that tenant consent to the application, which creates its service principal, or set "Enabled for users to sign-in" to Yes. Client credentials need the tenant id as authority, not "common".',
    where: 'Microsoft Entra admin center > Enterprise applications > the application > Properties',
    learnMore: pages.consent,
  },
  {
    // Last of this table: the token was refused, and nothing says why.
    id: 'token-not-accepted',
    title: 'The API did not accept the token',
    when: notAccepted,
    cause:
      'The token is expired, revoked, for another API or tenant, or its signature does not fit; the answer does not say which.',
    change:
      'Get a fresh token for this API and try once more; if that is refused as well, decode the token of a development account and compare aud, exp and tid with what the API expects.',
    where: acquire,
    learnMore: pages.authErrors,
  },
];

function conditionalAccess(facts: Facts): Seen | undefined {
  const { error, challengeError } = facts;
  const origin = `${error?.origin === 'token-response' ? 'the token endpoint' : 'the API'} answered`;
  const name = challengeError === undefined || challengeError === '' ? error?.oauthError : challengeError;
  if (error?.claims !== undefined)
    return certain(`${origin} ${name !== undefined && isErrorName(name) ? `${name} ` : ''}with a claims directive`);
  if (name === 'insufficient_claims') {
    const claims = error?.claimsDropped === true ? ', but its claims cannot be read' : ' without claims';
    return certain(`${origin} insufficient_claims${claims}`);
  }
  if (codeIs(facts, 'RoleAssignmentRequestAcrsValidationFailed')) return certain(codeText(facts));
  if (name === 'interaction_required') return likely(`${origin} interaction_required`);
  return says(facts, 'continuous access evaluation')
    ? likely('the answer names continuous access evaluation')
    : undefined;
}

const isErrorName = (name: string): boolean => /^[\w.-]{1,64}$/.test(name); // refuses "a b"

function tokenMissing(facts: Facts): Seen | undefined {
  const { status, challengeError, sentToken, token, code } = facts;
  if (token !== undefined && token.format !== 'unreadable') return undefined;
  if (codeIs(facts, 'AuthenticationFailedMissingToken', 'AKV10000')) return certain(codeText(facts));
  if (says(facts, 'token is empty', "'authorization' header is missing", 'authorization header is missing'))
    return certain(saysSo);
  if (status !== 401) return undefined;
  if (sentToken === false)
    return certain('HTTP 401, and the request that the HTTP client kept has no Authorization header');
  if (codeIs(facts, 'AuthenticationFailed')) return likely('HTTP 401, code AuthenticationFailed');
  // RFC 6750 section 3.1: a request without any credentials gets a challenge without an error.
  return challengeError === '' && code === undefined
    ? likely('HTTP 401 with a bare challenge, which RFC 6750 keeps for requests without a token')
    : undefined;
}

function tokenMalformed(facts: Facts): Seen | undefined {
  if (codeIs(facts, 'AuthenticationFailedInvalidHeader', 'Authentication_UnsupportedTokenType'))
    return certain(codeText(facts));
  if (says(facts, 'compacttoken parsing failed', 'idx14100', 'jwt is not well formed', 'malformed'))
    return certain(saysSo);
  if (codeIs(facts, 'Authentication_MissingOrMalformed')) return likely(codeText(facts));
  return facts.token?.format === 'unreadable' && !says(facts, 'token is empty')
    ? certain('the given token does not have the three parts of an access token')
    : undefined;
}

function tokenExpired(facts: Facts): Seen | undefined {
  const { token } = facts;
  if (token?.expired === true) return certain(`the token expired at ${token.expiresAt ?? 'an earlier time'}`);
  if (codeIs(facts, 'ExpiredAuthenticationToken', 'Authentication_ExpiredToken', 'TokenExpired'))
    return certain(codeText(facts));
  return says(
    facts,
    'token is expired',
    'token has expired',
    'lifetime validation failed',
    'expiry utc time',
    'token expired',
  )
    ? certain(saysSo)
    : undefined;
}

function personalAccount(facts: Facts): Seen | undefined {
  const { token, status, service } = facts;
  if (says(facts, 'msa accounts', 'msa requests', 'personal microsoft account', '9188040d-6c67-4c5b-b112-36a304b66dad'))
    return certain(saysSo);
  const refused = status === 401 || status === 403;
  if (!refused || token === undefined) return undefined;
  if (token.accountKind === 'personal')
    return likely(`${statusText(facts)}, and the token is of a personal account (tid)`);
  return token.format === 'opaque' && service === 'graph'
    ? possible(`${statusText(facts)}, and the token is opaque, as those of personal accounts are`)
    : undefined;
}

function wrongAudience(facts: Facts): Seen | undefined {
  const { token, service } = facts;
  const audience = token?.audience;
  const said = codeIs(
    facts,
    'InvalidAuthenticationTokenAudience',
    'InvalidAudienceForResource',
    'AKV10022',
    'InvalidAudience',
  )
    ? codeText(facts)
    : says(
          facts,
          'invalid audience',
          'wrong audience',
          'audience validation failed',
          'invalid authorization token audience',
        )
      ? saysSo
      : undefined;
  const held =
    audience === undefined
      ? undefined
      : `aud of the token is ${audience}${audienceName(audience) === undefined ? '' : ` (${audienceName(audience) ?? ''})`}`;
  if (said !== undefined) return held === undefined ? certain(said) : certain(said, held);
  if (codeIs(facts, '3000006'))
    return likely('SharePoint could not check the signature, which it can for its own tokens');
  return audience !== undefined && fitsService(audience, service) === false
    ? certain(`${held ?? ''}; the answer came from ${nameOf(service)}`)
    : undefined;
}

function notAccepted(facts: Facts): Seen | undefined {
  const { status, token, challengeError } = facts;
  const refused =
    codeIs(
      facts,
      'InvalidAuthenticationToken',
      'Authentication_Unauthorized',
      'unauthenticated',
      'AuthenticationFailed',
      'Unauthorized',
    ) ||
    (status === 401 && challengeError === 'invalid_token');
  if (!refused) return undefined;
  const said = facts.code === undefined ? `${statusText(facts)}, error invalid_token` : codeText(facts);
  return token?.format === 'jwt'
    ? possible(said, 'aud and exp of the token show nothing wrong: revocation or signature is left')
    : likely(said);
}
