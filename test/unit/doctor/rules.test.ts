/** Each rule by itself, on plain facts; diagnose.test.ts has whole answers. */
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/doctor/facts.js';
import { namedPermissions, permissionRules } from '../../../src/doctor/permission-rules.js';
import { codeText, listed, pages, sentenceOf, statusText, type DoctorRule } from '../../../src/doctor/rule.js';
import { tokenRules } from '../../../src/doctor/token-rules.js';
import type { TokenFacts } from '../../../src/doctor/index.js';
import type { AadError } from '../../../src/types.js';

const rules: readonly DoctorRule[] = [...tokenRules, ...permissionRules];

function facts(more: Partial<Facts> = {}): Facts {
  const { message = '' } = more;
  return {
    ...{ error: undefined, status: 403, service: 'graph', code: undefined, text: message.toLowerCase(), message },
    ...{ challengeError: undefined, token: undefined, sentToken: undefined, wanted: [], missing: [] },
    ...more,
  };
}
const jwt = (more: Partial<TokenFacts> = {}): TokenFacts => ({
  ...{ format: 'jwt', scopes: [], roles: [], expired: false, accountKind: 'work-or-school' },
  ...more,
});
const user = (...scopes: string[]): TokenFacts => jwt({ permissionType: 'delegated', scopes });
const app = (...roles: string[]): TokenFacts => jwt({ permissionType: 'application', roles });
const opaque = (format: 'opaque' | 'unreadable'): TokenFacts => jwt({ format, accountKind: 'unknown' });
const error = (more: Partial<AadError>): AadError => ({ aadstsCodes: [], b2cCodes: [], ...more }) as AadError;

/** `certain: evidence; evidence`, or undefined. */
function seen(id: string, given: Partial<Facts>): string | undefined {
  const found = rules.find((rule) => rule.id === id)!.when(facts(given));
  return found && `${found.confidence}: ${found.evidence.join('; ')}`;
}

const said = 'certain: the sentence in the answer says so';
type Row = readonly [id: string, given: Partial<Facts>, wanted: string | undefined];

/** Codes that name the cause by themselves. */
const codes: Readonly<Record<string, readonly string[]>> = {
  'token-missing': ['AuthenticationFailedMissingToken', 'AKV10000'],
  'token-malformed': ['AuthenticationFailedInvalidHeader', 'Authentication_UnsupportedTokenType'],
  'token-expired': ['ExpiredAuthenticationToken', 'Authentication_ExpiredToken', 'TokenExpired'],
  'wrong-audience': ['InvalidAuthenticationTokenAudience', 'InvalidAudienceForResource', 'AKV10022', 'InvalidAudience'],
  'wrong-tenant': ['InvalidAuthenticationTokenTenant', 'AKV10032'],
  'application-not-in-tenant': ['Authorization_IdentityNotFound', 'Authorization_IdentityDisabled'],
  'missing-permission': ['Authentication_MSGraphPermissionMissing', 'ErrorInsufficientPermissionsInAccessToken'],
  'azure-role-missing': ['AuthorizationFailed', 'LinkedAuthorizationFailed', 'ForbiddenByRbac', 'AuthorizationPermissionMismatch', 'InsufficientAccessError'], // prettier-ignore
  'deny-assignment': ['DenyAssignmentAuthorizationFailed'],
  'vault-access-policy': ['ForbiddenByPolicy'],
  'network-rules': ['ForbiddenByFirewall', 'ForbiddenByConnection'],
  'license-missing': ['Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI'], // prettier-ignore
  'user-privilege': ['Authentication_RequestFromUnsupportedUserRole', 'accessRestricted'],
};

/** Sentences of services that name the cause by themselves. */
const phrases: Readonly<Record<string, readonly string[]>> = {
  'token-missing': ['Access token is empty.', "The 'Authorization' header is missing.", 'Authorization header is missing'],
  'token-malformed': ['CompactToken parsing failed', 'IDX14100: x', 'JWT is not well formed', 'malformed token'],
  'token-expired': ['the token is expired', 'Token has expired', 'Lifetime validation failed', 'expiry UTC time', 'Token expired'],
  'personal-account': ['not supported for MSA accounts', 'MSA requests', 'a personal Microsoft account', '9188040d-6c67-4c5b-b112-36a304b66dad'],
  'wrong-audience': ['Invalid audience.', 'for wrong audience', 'Audience validation failed', 'Invalid authorization token audience'],
  'needs-delegated-token': ['is only valid with delegated authentication flow', 'only supports delegated', 'a delegated authentication flow'],
  'missing-permission': ['Missing scope permissions', 'Missing role permissions', 'Scopes are missing in the token', 'PermissionScopeNotGranted', 'missing permission scope', 'must have one of the following scopes', 'missing application scopes'],
  'azure-role-missing': ['does not have authorization to perform action'],
  'mailbox-policy': ['blocked by AppOnly AccessPolicy', 'an application access policy'],
  'license-missing': ['has no SPO license', 'A license is required', 'The user is not licensed', 'missing license'],
}; // prettier-ignore

describe('a code that names its cause', () => {
  test.each(Object.entries(codes).flatMap(([id, list]) => list.map((code) => [code, id] as const)))(
    '%s: %s, and no other code does',
    (code, id) => {
      expect(seen(id, { code })).toBe(`certain: code ${code}`);
      expect(seen(id, { code: `${code}X`, status: 400 })).toBeUndefined();
    },
  );
});

describe('a sentence that names its cause', () => {
  test.each(Object.entries(phrases).flatMap(([id, list]) => list.map((message) => [message, id] as const)))(
    '"%s": %s, and no other sentence does',
    (message, id) => {
      expect(seen(id, { message, status: 400 })).toBe(said);
      expect(seen(id, { message: 'All is well.', status: 400 })).toBeUndefined();
    },
  );
});

describe('causes in the token', () => {
  test.each<Row>([
    // Conditional Access
    ['conditional-access', { error: error({ claims: '{}' }), challengeError: 'insufficient_claims' }, 'certain: the API answered insufficient_claims with a claims directive'],
    ['conditional-access', { error: error({ claims: '{}', oauthError: 'x', origin: 'token-response' }) }, 'certain: the token endpoint answered x with a claims directive'],
    ['conditional-access', { error: error({ claims: '{}', oauthError: 'two words' }) }, 'certain: the API answered with a claims directive'],
    ['conditional-access', { error: error({ claims: '{}', oauthError: 'x' }), challengeError: '' }, 'certain: the API answered x with a claims directive'],
    ['conditional-access', { error: error({ claims: '{}' }) }, 'certain: the API answered with a claims directive'],
    ['conditional-access', { challengeError: 'insufficient_claims' }, 'certain: the API answered insufficient_claims without claims'],
    ['conditional-access', { challengeError: 'insufficient_claims', error: error({ claimsDropped: true }) }, 'certain: the API answered insufficient_claims, but its claims cannot be read'],
    ['conditional-access', { error: error({ oauthError: 'interaction_required' }) }, 'likely: the API answered interaction_required'],
    ['conditional-access', { message: 'Continuous access evaluation resulted in' }, 'likely: the answer names continuous access evaluation'],
    ['conditional-access', { error: error({ oauthError: 'invalid_token' }) }, undefined],
    ['conditional-access', {}, undefined],
    // No token
    ['token-missing', { status: 401, sentToken: false }, 'certain: HTTP 401, and the request that the HTTP client kept has no Authorization header'],
    ['token-missing', { status: 403, sentToken: false }, undefined],
    ['token-missing', { status: 401, code: 'AuthenticationFailed' }, 'likely: HTTP 401, code AuthenticationFailed'],
    ['token-missing', { status: 401, challengeError: '' }, 'likely: HTTP 401 with a bare challenge, which RFC 6750 keeps for requests without a token'],
    ['token-missing', { status: 401, challengeError: '', code: 'x' }, undefined],
    ['token-missing', { status: 401, challengeError: 'invalid_token' }, undefined],
    ['token-missing', { status: 401 }, undefined],
    ['token-missing', { status: 401, code: 'AKV10000', token: user() }, undefined],
    ['token-missing', { status: 401, code: 'AKV10000', token: opaque('opaque') }, undefined],
    ['token-missing', { status: 401, code: 'AKV10000', token: opaque('unreadable') }, 'certain: code AKV10000'],
    // No whole token
    ['token-malformed', { code: 'Authentication_MissingOrMalformed' }, 'likely: code Authentication_MissingOrMalformed'],
    ['token-malformed', { token: opaque('unreadable') }, 'certain: the given token does not have the three parts of an access token'],
    ['token-malformed', { token: opaque('unreadable'), message: 'Access token is empty.' }, undefined],
    ['token-malformed', { token: opaque('opaque') }, undefined],
    ['token-malformed', { token: user() }, undefined],
    // Expired
    ['token-expired', { token: jwt({ expired: true, expiresAt: '2026-01-15T11:00:00Z' }) }, 'certain: the token expired at 2026-01-15T11:00:00Z'],
    ['token-expired', { token: jwt({ expired: true }) }, 'certain: the token expired at an earlier time'],
    ['token-expired', { token: jwt() }, undefined],
    // Personal accounts
    ['personal-account', { status: 401, token: jwt({ accountKind: 'personal' }) }, 'likely: HTTP 401, and the token is of a personal account (tid)'],
    ['personal-account', { status: 403, token: jwt({ accountKind: 'personal' }) }, 'likely: HTTP 403, and the token is of a personal account (tid)'],
    ['personal-account', { status: 400, token: jwt({ accountKind: 'personal' }) }, undefined],
    ['personal-account', { token: user() }, undefined],
    ['personal-account', {}, undefined],
    ['personal-account', { token: opaque('opaque') }, 'possible: HTTP 403, and the token is opaque, as those of personal accounts are'],
    ['personal-account', { token: opaque('opaque'), service: 'arm' }, undefined],
    ['personal-account', { token: opaque('unreadable') }, undefined],
    // Another API
    ['wrong-audience', { code: 'InvalidAudience', token: jwt({ audience: 'api://x' }) }, 'certain: code InvalidAudience; aud of the token is api://x'],
    ['wrong-audience', { code: 'InvalidAudience', token: jwt({ audience: 'https://vault.azure.net' }) }, 'certain: code InvalidAudience; aud of the token is https://vault.azure.net (Azure Key Vault)'],
    ['wrong-audience', { token: jwt({ audience: 'https://vault.azure.net' }) }, 'certain: aud of the token is https://vault.azure.net (Azure Key Vault); the answer came from Microsoft Graph'],
    ['wrong-audience', { token: jwt({ audience: 'https://graph.microsoft.com' }) }, undefined],
    ['wrong-audience', { token: jwt({ audience: 'https://vault.azure.net' }), service: 'unknown' }, undefined],
    ['wrong-audience', { code: '3000006' }, 'likely: SharePoint could not check the signature, which it can for its own tokens'],
    ['wrong-audience', { token: jwt() }, undefined],
    // Another tenant
    ['wrong-tenant', { message: 'The access token is from the wrong issuer' }, 'likely: the sentence in the answer says so'],
    ['wrong-tenant', {}, undefined],
    // Refused, nobody knows why
    ...['InvalidAuthenticationToken', 'Authentication_Unauthorized', 'unauthenticated', 'AuthenticationFailed', 'Unauthorized'].map((code): Row => ['token-not-accepted', { code }, `likely: code ${code}`]),
    ['token-not-accepted', { status: 401, challengeError: 'invalid_token' }, 'likely: HTTP 401, error invalid_token'],
    ['token-not-accepted', { status: 403, challengeError: 'invalid_token' }, undefined],
    ['token-not-accepted', { status: 401, challengeError: 'x' }, undefined],
    ['token-not-accepted', { code: 'Unauthorized', token: user() }, 'possible: code Unauthorized; aud and exp of the token show nothing wrong: revocation or signature is left'],
    ['token-not-accepted', { code: 'Unauthorized', token: opaque('opaque') }, 'likely: code Unauthorized'],
  ])('%s: %j', (id, given, wanted) => {
    expect(seen(id, given)).toBe(wanted);
  }); // prettier-ignore
});

const refusals = ['Authorization_RequestDenied', 'accessDenied', 'ErrorAccessDenied', 'Forbidden', 'UnauthorizedAccessException', 'System.UnauthorizedAccessException']; // prettier-ignore

describe('causes in what was granted', () => {
  test.each<Row>([
    // A user is needed
    ['needs-delegated-token', { message: 'only supports delegated', token: app() }, `${said}; the token has no user (roles without scp)`],
    ['needs-delegated-token', { message: 'only supports delegated', token: user() }, said],
    ['needs-delegated-token', { message: 'Missing scope permissions', token: app() }, `${said}; the token has no user`],
    ['needs-delegated-token', { message: 'Missing scope permissions', token: user() }, undefined],
    ['needs-delegated-token', { code: 'Authentication_RequestFromUnsupportedUserRole', token: app() }, 'likely: code Authentication_RequestFromUnsupportedUserRole for a token without a user'],
    ['needs-delegated-token', { code: 'Authentication_RequestFromUnsupportedUserRole', token: user() }, undefined],
    ['needs-delegated-token', { code: 'x', token: app() }, undefined],
    // An application is needed
    ['needs-application-token', { message: 'Missing role permissions', token: user() }, `${said}; the token is delegated (scp)`],
    ['needs-application-token', { message: 'Missing role permissions', token: app() }, undefined],
    ['needs-application-token', { message: 'Missing role permissions' }, undefined],
    ['needs-application-token', { message: 'x', token: user() }, undefined],
    // Nobody consented
    ['consent-missing', { error: error({ aadstsCodes: [65001] }) }, 'certain: Entra ID answered that consent is missing'],
    ['consent-missing', { error: error({ suberror: 'consent_required' }) }, 'certain: Entra ID answered that consent is missing'],
    ['consent-missing', { error: error({ oauthError: 'consent_required' }) }, 'certain: Entra ID answered that consent is missing'],
    ['consent-missing', { error: error({ aadstsCodes: [65004], suberror: 'x', oauthError: 'y' }) }, undefined],
    ['consent-missing', {}, undefined],
    // The token lacks it
    ['missing-permission', { missing: ['A.Read'], token: user('B.Read') }, 'certain: A.Read of the wanted permissions is not in the token; the token holds B.Read'],
    ['missing-permission', { missing: ['A.Read', 'C.Read'], token: jwt({ scopes: ['B.Read'], roles: ['R'] }), status: 401 }, 'certain: A.Read, C.Read of the wanted permissions are not in the token; the token holds B.Read, R'],
    ['missing-permission', { missing: ['A.Read'], token: user(), status: 400 }, 'likely: A.Read of the wanted permissions is not in the token; the token holds no permission'],
    ['missing-permission', { missing: ['A.Read'], token: user(), status: 400, code: 'Forbidden' }, 'certain: A.Read of the wanted permissions is not in the token; the token holds no permission'],
    ['missing-permission', { message: "Missing scope permissions. API requires one of 'Chat.Read, Chat.ReadWrite'", status: 400 }, 'certain: the answer asks for one of Chat.Read, Chat.ReadWrite'],
    ['missing-permission', { challengeError: 'insufficient_scope', status: 401 }, 'certain: the challenge says insufficient_scope'],
    ['missing-permission', { error: error({ oauthError: 'insufficient_scope' }), status: 400 }, 'certain: the challenge says insufficient_scope'],
    ['missing-permission', { token: jwt() }, 'certain: the token holds neither scp nor roles: nothing was granted'],
    ['missing-permission', { token: jwt(), status: 401 }, undefined],
    ['missing-permission', { token: jwt(), status: 400 }, undefined],
    ['missing-permission', { token: user('A.Read'), wanted: ['A.Read'], code: 'Forbidden' }, undefined],
    ['missing-permission', { token: opaque('opaque'), wanted: ['A.Read'], code: 'Forbidden' }, 'possible: code Forbidden'],
    ['missing-permission', { wanted: ['A.Read'], code: 'Forbidden' }, 'possible: code Forbidden'],
    ['missing-permission', { token: user('A.Read'), code: 'Forbidden' }, 'possible: code Forbidden; the token holds A.Read'],
    ['missing-permission', { token: app('A.Read'), code: 'Forbidden' }, 'possible: code Forbidden; the token holds A.Read'],
    ['missing-permission', { code: 'Forbidden', status: 401 }, undefined],
    ['missing-permission', { code: 'x' }, undefined],
    ...refusals.map((code): Row => ['missing-permission', { code, status: 400 }, `${['Authorization_RequestDenied', 'ErrorAccessDenied'].includes(code) ? 'likely' : 'possible'}: code ${code}`]),
    ['missing-permission', { code: 'Forbidden', service: 'sharepoint' }, 'possible: code Forbidden'],
    ['missing-permission', { code: 'Forbidden', service: 'unknown' }, 'possible: code Forbidden'],
    ['missing-permission', { code: 'Forbidden', service: 'arm' }, undefined],
    // Azure
    ['azure-role-missing', { code: 'SubscriptionNotFound' }, 'likely: code SubscriptionNotFound'],
    ['azure-role-missing', { code: 'AuthorizationFailure' }, 'possible: code AuthorizationFailure'],
    ['azure-role-missing', { code: 'Forbidden', service: 'key-vault' }, 'possible: code Forbidden'],
    ['azure-role-missing', { code: 'Forbidden' }, undefined],
    ['vault-access-policy', { code: 'AccessDenied', service: 'key-vault' }, 'certain: code AccessDenied'],
    ['vault-access-policy', { code: 'AccessDenied', service: 'storage' }, undefined],
    ['vault-access-policy', { code: 'Forbidden', service: 'key-vault' }, 'possible: code Forbidden'],
    ['vault-access-policy', { code: 'Forbidden' }, undefined],
    ['network-rules', { code: 'Forbidden', service: 'key-vault' }, 'possible: code Forbidden'],
    ['network-rules', { code: 'AuthorizationFailure' }, 'possible: code AuthorizationFailure'],
    ['network-rules', { code: 'Forbidden' }, undefined],
    // Mailboxes, licenses
    ['mailbox-policy', { code: 'ErrorAccessDenied', token: app('Mail.Read') }, 'likely: code ErrorAccessDenied for a token without a user'],
    ['mailbox-policy', { code: 'ErrorAccessDenied', token: user('Mail.Read') }, undefined],
    ['mailbox-policy', { code: 'ErrorAccessDenied', token: app(), missing: ['Mail.Read'] }, undefined],
    ['mailbox-policy', { code: 'ErrorAccessDenied' }, undefined],
    ['mailbox-policy', { code: 'x', token: app() }, undefined],
    ['license-missing', { code: 'OrganizationFromTenantGuidNotFound' }, 'likely: code OrganizationFromTenantGuidNotFound'],
    ['license-missing', { message: 'The user may not have a license.' }, 'likely: the sentence in the answer names a license among its reasons'],
    // The user
    ...refusals.map((code): Row => ['user-privilege', { code, status: 400 }, `possible: code ${code} of Microsoft Graph`]),
    ['user-privilege', { code: 'Authentication_RequestFromUnsupportedUserRole', token: app() }, undefined],
    ['user-privilege', { code: 'Authentication_RequestFromUnsupportedUserRole', token: user() }, 'certain: code Authentication_RequestFromUnsupportedUserRole'],
    ['user-privilege', { token: user('A.Read'), wanted: ['A.Read'] }, 'likely: HTTP 403, although the token holds A.Read'],
    ['user-privilege', { token: user('A.Read'), wanted: ['A.Read'], status: 401 }, undefined],
    ['user-privilege', { token: user('A.Read'), wanted: ['A.Read'], missing: ['A.Read'] }, undefined],
    ['user-privilege', { token: user('A.Read'), wanted: ['A.Read'], service: 'arm' }, undefined],
    ['user-privilege', { token: jwt(), wanted: ['A.Read'], code: 'Forbidden' }, 'possible: code Forbidden of Microsoft Graph'],
    ['user-privilege', { token: user('A.Read'), code: 'Forbidden' }, 'possible: code Forbidden of Microsoft Graph'],
    ['user-privilege', { token: app('A.Read'), code: 'Forbidden' }, undefined],
    ['user-privilege', { code: 'Forbidden', message: 'Missing scope permissions' }, undefined],
    ['user-privilege', { code: 'Forbidden', message: 'Missing role permissions' }, undefined],
    ['user-privilege', { code: 'Forbidden', message: 'Scopes are missing' }, undefined],
    ['user-privilege', {}, undefined],
    ['user-privilege', { code: 'x' }, undefined],
  ])('%s: %j', (id, given, wanted) => {
    expect(seen(id, given)).toBe(wanted);
  }); // prettier-ignore
});

describe('sentences', () => {
  const cases: readonly Partial<Facts>[] = [
    {},
    {
      service: 'unknown',
      token: app('A.Read'),
      missing: ['A.Read'],
      error: error({ claims: '{"access_token":{"nbf":1}}' }),
    },
    { token: jwt({ audienceName: 'Azure Storage' }), message: "perform action 'Microsoft.Web/sites/read' over" },
  ];
  const sentences = rules.flatMap((rule) =>
    cases.flatMap((given) =>
      (['cause', 'change', 'where'] as const).map(
        (part) => [rule.id, part, sentenceOf(rule[part], facts(given))] as const,
      ),
    ),
  );

  test('are whole, whatever is known', () => {
    for (const [id, part, text] of sentences) {
      expect(text, `${id} ${part}`).toMatch(part === 'where' ? /^[A-Zi].{12,}[^.]$/ : /^[A-Z][^]{25,}\.$/);
      expect(text, `${id} ${part}`).not.toMatch(/(?<!the word ")undefined| {2}|\bfalse\b/);
    }
  });

  test('have titles of their own and lead to pages of Microsoft', () => {
    for (const { title } of rules) expect(title).toMatch(/^[A-Z][^.]{12,}$/);
    expect(new Set(rules.map(({ title }) => title)).size).toBe(rules.length);
    for (const { learnMore } of rules) expect(Object.values(pages)).toContain(learnMore);
    for (const page of Object.values(pages)) expect(page).toMatch(/^https:\/\/learn\.microsoft\.com\/[\w/-]{10,}$/);
  });

  const sentence = (id: string, part: 'cause' | 'change' | 'where', given: Partial<Facts>): string =>
    sentenceOf(rules.find((rule) => rule.id === id)![part], facts(given));

  test.each<[string, 'cause' | 'change' | 'where', Partial<Facts>, string]>([
    ['conditional-access', 'cause', { error: error({ claims: '{"access_token":{"nbf":{}}}' }) }, 'The session was revoked'],
    ['conditional-access', 'cause', { error: error({ claims: '{"access_token":{"acrs":{}}}' }) }, 'A Conditional Access policy'],
    ['conditional-access', 'cause', {}, 'A Conditional Access policy'],
    ['wrong-audience', 'cause', { token: jwt({ audienceName: 'Azure Storage' }) }, 'A token for Azure Storage does not open Microsoft Graph.'],
    ['wrong-audience', 'cause', { service: 'unknown' }, 'This one does not open the API.'],
    ['wrong-audience', 'change', { service: 'arm' }, 'such as https://management.azure.com/.default, in a call'],
    ['wrong-audience', 'change', { service: 'unknown' }, 'such as <App ID URI of the API>/.default, in a call'],
    ['missing-permission', 'cause', { token: app() }, 'The application permission is not in roles'],
    ['missing-permission', 'cause', { token: user() }, 'The permission was not asked for'],
    ['missing-permission', 'cause', {}, 'The permission was not asked for'],
    ['missing-permission', 'change', { missing: ['A.Read', 'B.Read'] }, 'Add A.Read, B.Read, grant it'],
    ['missing-permission', 'change', { message: "requires one of 'Chat.Read'" }, 'Add Chat.Read, grant it'],
    ['missing-permission', 'change', {}, 'Add the permission that the reference page of the operation lists, grant it'],
    ['missing-permission', 'where', { token: app() }, 'Add a permission > Application permissions, then Grant admin consent'],
    ['missing-permission', 'where', {}, 'Add a permission > Delegated permissions, then Grant admin consent'],
    ['needs-delegated-token', 'where', {}, 'API permissions > Delegated permissions'],
    ['needs-application-token', 'where', {}, 'API permissions > Application permissions'],
    ['azure-role-missing', 'cause', { message: "perform action 'Microsoft.Web/sites/read' over scope" }, ': Microsoft.Web/sites/read is in no role'],
    ['azure-role-missing', 'cause', { message: "perform action 'evil' over scope" }, ': the action in the message is in no role'],
  ])('%s: %s with %j', (id, part, given, wanted) => {
    expect(sentence(id, part, given)).toContain(wanted);
  }); // prettier-ignore

  test('name what is not known with a neutral word', () => {
    expect([statusText(facts({ status: undefined })), statusText(facts({ status: 401 }))]).toEqual([
      'the answer',
      'HTTP 401',
    ]);
    expect([codeText(facts()), codeText(facts({ code: 'x' }))]).toEqual(['code ', 'code x']);
  });

  test('list twelve names and count the rest', () => {
    const names = Array.from({ length: 13 }, (_, index) => `N${index}`);
    expect(listed(names.slice(0, 12))).toBe(names.slice(0, 12).join(', '));
    expect(listed(names)).toBe(`${names.slice(0, 12).join(', ')} and 1 more`);
    expect(listed(['a', 'b', 'c'], 1)).toBe('a and 2 more');
    expect(listed([])).toBe('');
  });
});

describe('permissions that a message names', () => {
  test.each<[string, readonly string[]]>([
    ["API requires one of 'Chat.ReadBasic, Chat.Read'. Scopes on the request 'User.Read'", ['Chat.ReadBasic', 'Chat.Read']],
    ['must have one of the following scopes: Mail.Read', ['Mail.Read']],
    ['missing permission scope PrivilegedAccess.Read.AzureADGroup.', ['PrivilegedAccess.Read.AzureADGroup']],
    ['Requires One Of Mail.Read, Mail.Read', ['Mail.Read']],
    ['Mail.Read requires one of', []],
    ['requires one of e.g. contoso.example, a.B, A1.Read', []],
    ['Mail.Read', []],
    [`requires one of ${'x'.repeat(584)} Mail.Read`, []],
    [`requires one of ${'x'.repeat(574)} Mail.Read`, ['Mail.Read']],
    [`requires one of ${'x'.repeat(700)} Mail.Read on the request`, []],
    [`requires one of ${Array.from({ length: 14 }, (_, index) => `${String.fromCharCode(65 + index)}a.Read`).join(' ')}`, Array.from({ length: 12 }, (_, index) => `${String.fromCharCode(65 + index)}a.Read`)],
  ])('%.60s', (message, wanted) => {
    expect(namedPermissions(message)).toEqual(wanted);
  }); // prettier-ignore
});
