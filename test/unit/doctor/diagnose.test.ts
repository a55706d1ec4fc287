import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailTables } from '../../../src/catalog/index.js';
import { diagnose, findingIds, type DiagnoseOptions } from '../../../src/doctor/index.js';
import { normalize } from '../../../src/normalize/index.js';
import {
  accessToken,
  application,
  arm,
  armAnswer,
  challenge,
  delegated,
  expired,
  graphAnswer,
  nowMs,
  personalTenant,
  requestId,
} from './support.js';

/** `id confidence` of each finding, in order. */
const verdict = (answer: unknown, options: DiagnoseOptions = {}): readonly string[] | undefined =>
  diagnose(answer, { nowMs, ...options })?.findings.map(({ id, confidence }) => `${id} ${confidence}`);

const denied = graphAnswer(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
const roleMessage =
  "The client 'aaaaaaaa-0000-4000-8000-000000000001' with object id 'aaaaaaaa-0000-4000-8000-000000000001' does not have " +
  "authorization to perform action 'Microsoft.Web/sites/read' over scope '/subscriptions/11111111-2222-4333-8444-555555555555'.";

describe('from the answer alone', () => {
  it.each<readonly [string, unknown, readonly string[]]>([
    [
      'Graph: empty Authorization header',
      graphAnswer(401, 'InvalidAuthenticationToken', 'Access token is empty.'),
      ['token-missing certain', 'token-not-accepted likely'],
    ],
    [
      'ARM: no Authorization header',
      armAnswer(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."),
      ['token-missing certain', 'token-not-accepted likely'],
    ],
    ['ARM: header without token', armAnswer(401, 'AuthenticationFailedMissingToken', 'x'), ['token-missing certain']],
    [
      'a bare challenge without an error',
      {
        status: 401,
        headers: {
          'www-authenticate': 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"',
        },
      },
      ['token-missing likely'],
    ],
    [
      'Graph: a string that is no token',
      graphAnswer(401, 'InvalidAuthenticationToken', 'CompactToken parsing failed with error code: 80049217'),
      ['token-malformed certain', 'token-not-accepted likely'],
    ],
    [
      'Graph: a token without dots',
      graphAnswer(401, 'InvalidAuthenticationToken', 'IDX14100: JWT is not well formed, there are no dots (.).'),
      ['token-malformed certain', 'token-not-accepted likely'],
    ],
    ['ARM: a doubled Bearer', armAnswer(401, 'AuthenticationFailedInvalidHeader', 'x'), ['token-malformed certain']],
    [
      'Graph: expired',
      graphAnswer(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'),
      ['token-expired certain', 'token-not-accepted likely'],
    ],
    [
      'ARM: expired',
      armAnswer(
        401,
        'ExpiredAuthenticationToken',
        "The access token expiry UTC time '1/15/2026 11:00:00 AM' is earlier than current UTC time.",
      ),
      ['token-expired certain'],
    ],
    [
      'Graph: personal account',
      graphAnswer(403, 'Forbidden', 'This API is not supported for MSA accounts'),
      ['personal-account certain', 'missing-permission possible', 'user-privilege possible'],
    ],
    [
      'Graph: wrong audience',
      graphAnswer(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.'),
      ['wrong-audience certain', 'token-not-accepted likely'],
    ],
    [
      'ARM: wrong audience',
      armAnswer(
        401,
        'InvalidAuthenticationTokenAudience',
        "The access token has been obtained for wrong audience or resource 'https://graph.microsoft.com'.",
      ),
      ['wrong-audience certain'],
    ],
    [
      'Key Vault: wrong audience',
      armAnswer(401, 'Unauthorized', 'AKV10022: Invalid audience.'),
      ['wrong-audience certain'],
    ],
    ['ARM: wrong tenant', armAnswer(401, 'InvalidAuthenticationTokenTenant', 'x'), ['wrong-tenant certain']],
    ['Key Vault: wrong tenant', armAnswer(401, 'Unauthorized', 'AKV10032: Invalid issuer.'), ['wrong-tenant certain']],
    [
      'Graph: no service principal',
      graphAnswer(
        401,
        'Authorization_IdentityNotFound',
        'The identity of the calling application could not be established.',
      ),
      ['application-not-in-tenant certain'],
    ],
    [
      'Graph: /me with client credentials',
      graphAnswer(400, 'BadRequest', '/me request is only valid with delegated authentication flow.'),
      ['needs-delegated-token certain'],
    ],
    [
      'Graph: the permissions are named',
      graphAnswer(
        403,
        'Forbidden',
        "Missing scope permissions on the request. API requires one of 'Chat.ReadBasic, Chat.Read'. Scopes on the request 'User.Read'",
      ),
      ['missing-permission certain'],
    ],
    [
      'Graph: privileged access',
      graphAnswer(
        403,
        'UnknownError',
        '{"errorCode":"PermissionScopeNotGranted","message":"Authorization failed due to missing permission scope PrivilegedAccess.Read.AzureADGroup."}',
      ),
      ['missing-permission certain'],
    ],
    [
      'Graph: reports',
      graphAnswer(403, 'Authentication_MSGraphPermissionMissing', 'x'),
      ['missing-permission certain'],
    ],
    [
      'RFC 6750: insufficient_scope',
      { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="Tasks.Read"' } },
      ['missing-permission certain'],
    ],
    ['Graph: a bare refusal leaves two reasons', denied, ['missing-permission likely', 'user-privilege possible']],
    [
      'Graph: a role of the user',
      graphAnswer(403, 'Authentication_RequestFromUnsupportedUserRole', 'x'),
      ['user-privilege certain'],
    ],
    [
      'Graph: no Microsoft Entra ID P1',
      graphAnswer(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'x'),
      ['license-missing certain'],
    ],
    ['Graph: no mailbox', graphAnswer(404, 'MailboxNotEnabledForRESTAPI', 'x'), ['license-missing certain']],
    [
      'Graph: no SharePoint',
      graphAnswer(400, 'BadRequest', 'Tenant does not have a SPO license.'),
      ['license-missing certain'],
    ],
    [
      'Exchange: application access policy',
      graphAnswer(
        403,
        'ErrorAccessDenied',
        'Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.',
      ),
      ['mailbox-policy certain', 'missing-permission likely', 'user-privilege possible'],
    ],
    ['ARM: no role', armAnswer(403, 'AuthorizationFailed', roleMessage), ['azure-role-missing certain']],
    ['ARM: deny assignment', armAnswer(403, 'DenyAssignmentAuthorizationFailed', 'x'), ['deny-assignment certain']],
    [
      'Key Vault: the inner code counts',
      {
        status: 403,
        headers: {},
        body: { error: { code: 'Forbidden', message: 'x', innererror: { code: 'ForbiddenByRbac' } } },
      },
      ['azure-role-missing certain'],
    ],
    ['Key Vault: access policy', armAnswer(403, 'ForbiddenByPolicy', 'x'), ['vault-access-policy certain']],
    [
      'Key Vault: without an inner code three reasons are left',
      {
        status: 403,
        headers: {},
        body: { error: { code: 'Forbidden', message: 'x' } },
        url: 'https://a1.vault.azure.net/secrets',
      },
      ['azure-role-missing possible', 'vault-access-policy possible', 'network-rules possible'],
    ],
    ['Key Vault: firewall', armAnswer(403, 'ForbiddenByFirewall', 'x'), ['network-rules certain']],
    [
      'Graph: Conditional Access, 403 with claims',
      graphAnswer(403, 'Forbidden', 'x', challenge({ access_token: { acrs: { essential: true, value: 'c1' } } })),
      ['conditional-access certain', 'missing-permission possible', 'user-privilege possible'],
    ],
    [
      'Graph: session revoked, 401 with claims',
      graphAnswer(
        401,
        'InvalidAuthenticationToken',
        'x',
        challenge({ access_token: { nbf: { essential: true, value: '1768469400' } } }),
      ),
      ['conditional-access certain', 'token-not-accepted likely'],
    ],
    [
      'Entra: interaction_required with claims, 400',
      {
        status: 400,
        body: {
          error: 'interaction_required',
          error_description: 'AADSTS50079: x',
          error_codes: [50079],
          claims: '{"access_token":{"capolids":{"essential":true,"values":["x"]}}}',
        },
      },
      ['conditional-access certain'],
    ],
    [
      'Entra: nobody consented, 400',
      {
        status: 400,
        body: {
          error: 'invalid_grant',
          suberror: 'consent_required',
          error_description: 'AADSTS65001: x',
          error_codes: [65001],
        },
      },
      ['consent-missing certain'],
    ],
    ['a 401 without anything', { status: 401, headers: {}, body: '' }, ['cannot-tell possible']],
    ['a 403 without anything', { status: 403, headers: {}, body: '' }, ['cannot-tell possible']],
    [
      'Graph: an empty message',
      graphAnswer(403, 'Forbidden', ''),
      ['missing-permission possible', 'user-privilege possible'],
    ],
  ])('%s', (_name, answer, expected) => {
    expect(verdict(answer)).toEqual(expected);
  });
});

describe('with the token of the failed call', () => {
  const wanted = { wantedScopes: ['https://graph.microsoft.com/Mail.Read', 'User.Read', 'offline_access'] };
  it.each<readonly [string, unknown, object, DiagnoseOptions, readonly string[]]>([
    [
      'expired',
      denied,
      { ...expired, ...delegated('User.Read') },
      {},
      ['token-expired certain', 'missing-permission possible', 'user-privilege possible'],
    ],
    [
      'for Azure Resource Manager',
      graphAnswer(401, 'InvalidAuthenticationToken', 'x'),
      { aud: `${arm}/`, scp: 'user_impersonation' },
      {},
      ['wrong-audience certain', 'token-not-accepted possible'],
    ],
    [
      'for the retired Azure AD Graph, sent to Graph',
      denied,
      { aud: '00000002-0000-0000-c000-000000000000', scp: 'User.Read' },
      wanted,
      ['wrong-audience certain', 'missing-permission certain'],
    ],
    [
      'of a personal account',
      graphAnswer(403, 'accessDenied', 'x'),
      { ...delegated('Files.Read'), tid: personalTenant },
      {},
      ['personal-account likely', 'missing-permission possible', 'user-privilege possible'],
    ],
    ['a delegated one without the scope', denied, delegated('User.Read'), wanted, ['missing-permission certain']],
    [
      'an application one without the role',
      denied,
      application('User.Read.All'),
      wanted,
      ['missing-permission certain'],
    ],
    [
      'a delegated one with all scopes: the user is what is left',
      denied,
      delegated('User.Read mail.read'),
      wanted,
      ['user-privilege likely'],
    ],
    ['without any permission', denied, { idtyp: 'app' }, {}, ['missing-permission certain']],
    [
      'without a user, where one is needed',
      graphAnswer(400, 'BadRequest', '/me request is only valid with delegated authentication flow.'),
      application('User.Read.All'),
      {},
      ['needs-delegated-token certain'],
    ],
    [
      'without a user, with all that is wanted: resetting a password',
      graphAnswer(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
      application('User.ReadWrite.All'),
      { wantedScopes: ['User.ReadWrite.All'] },
      ['needs-delegated-token possible'],
    ],
    [
      'of a user, where a role is needed',
      graphAnswer(
        403,
        'Forbidden',
        "Missing role permissions on the request. API requires one of 'Chat.Read.All'. Roles on the request ''.",
      ),
      delegated('Chat.Read'),
      {},
      ['needs-application-token certain', 'missing-permission certain'],
    ],
    [
      'without a user, for a mailbox',
      graphAnswer(403, 'ErrorAccessDenied', 'Access is denied.'),
      application('Mail.Read'),
      { wantedScopes: ['Mail.Read'] },
      ['mailbox-policy likely'],
    ],
    [
      'nothing wrong in it',
      graphAnswer(401, 'InvalidAuthenticationToken', 'x'),
      delegated('User.Read'),
      {},
      ['token-not-accepted possible'],
    ],
  ])('%s', (_name, answer, claims, options, expected) => {
    expect(verdict(answer, { accessToken: accessToken(claims), ...options })).toEqual(expected);
  });

  it.each([
    ['undefined', 'token-malformed certain'],
    ['Bearer null', 'token-malformed certain'],
    [`Ew${'A'.repeat(400)}`, 'personal-account possible'],
  ])('%.20s is no token that can be read', (given, first) => {
    expect(verdict(graphAnswer(401, 'InvalidAuthenticationToken', 'x'), { accessToken: given })?.[0]).toBe(
      first === 'personal-account possible' ? 'token-not-accepted likely' : first,
    );
    expect(verdict(graphAnswer(401, 'InvalidAuthenticationToken', 'x'), { accessToken: given })).toContain(first);
  });

  it('shows a handful of claims and nothing that names the user, the tenant or the token', () => {
    const token = accessToken({ ...delegated('User.Read'), roles: ['Reader'] });
    const diagnosis = diagnose(denied, { nowMs, accessToken: `Bearer ${token}`, ...wanted });
    expect(diagnosis?.token).toEqual({
      format: 'jwt',
      audience: 'https://graph.microsoft.com',
      audienceName: 'Microsoft Graph',
      permissionType: 'delegated',
      scopes: ['User.Read'],
      roles: ['Reader'],
      expiresAt: '2026-01-15T13:00:00Z',
      expired: false,
      accountKind: 'work-or-school',
    });
    const text = JSON.stringify(diagnosis);
    for (const secret of [token, token.split('.')[1]!, 'jane@contoso.test', 'aaaaaaaa-0000', '11111111-2222'])
      expect(text).not.toContain(secret);
  });

  it('claims of another shape than a permission or an address are left out', () => {
    const claims = { aud: '<script>', scp: 'Mail.Read <b> "x"', roles: ['Ok.Read', '<i>', 7], exp: '9', tid: 5 };
    expect(diagnose(denied, { nowMs, accessToken: accessToken(claims) })?.token).toEqual({
      format: 'jwt',
      permissionType: 'delegated',
      scopes: ['Mail.Read'],
      roles: ['Ok.Read'],
      expired: false,
      accountKind: 'unknown',
    });
  });

  it('is looked for in the error of an HTTP client only when asked to', () => {
    const sent = Object.assign(new Error('Request failed with status code 403'), {
      config: {
        url: 'https://graph.microsoft.com/v1.0/me',
        headers: { Authorization: `Bearer ${accessToken(expired)}` },
      },
      response: denied,
    });
    expect(diagnose(sent, { nowMs })?.token).toBeUndefined();
    expect(verdict(sent, { tokenFromError: true })?.[0]).toBe('token-expired certain');
  });

  it('a request that is kept without an Authorization header shows that there was none', () => {
    const answer = {
      response: { status: 401, data: '' },
      config: { url: 'https://graph.microsoft.com/v1.0/me', headers: {} },
    };
    expect(verdict(answer)).toEqual(['token-missing certain']);
    expect(diagnose(answer, { nowMs })?.service).toBe('graph');
  });
});

describe('shapes', () => {
  const body = {
    error: { code: 'Authorization_RequestDenied', message: 'x', innerError: { 'request-id': requestId } },
  };
  it.each<readonly [string, unknown]>([
    [
      'an axios error',
      { message: 'Request failed with status code 403', response: { status: 403, headers: {}, data: body } },
    ],
    [
      'a GraphError',
      Object.assign(new Error('x'), {
        statusCode: 403,
        code: 'Authorization_RequestDenied',
        requestId,
        body: JSON.stringify(body.error),
      }),
    ],
    ['a body as text', { status: 403, body: JSON.stringify(body) }],
    ['the whole answer as JSON text', JSON.stringify({ status: 403, headers: {}, body })],
    ['a wrapped error', new Error('loading failed', { cause: { response: { status: 403, data: body } } })],
    ['an AadError', normalize({ status: 403, headers: {}, body })],
  ])('%s', (_name, thrown) => {
    expect(diagnose(thrown, { nowMs })).toMatchObject({
      service: 'graph',
      status: 403,
      code: 'Authorization_RequestDenied',
      conclusive: false,
      findings: [{ id: 'missing-permission' }, { id: 'user-privilege' }],
    });
  });

  it.each([
    [undefined],
    [null],
    ['all is well'],
    [50076],
    [{ status: 200, body: {} }],
    [{ status: 404, headers: {}, body: { error: { code: 'itemNotFound', message: 'x' } } }],
    [{ status: 429, headers: {}, body: { error: { code: 'TooManyRequests', message: 'x' } } }],
    [new Error('the application has a bug of its own')],
    [{ error: 'invalid_client', error_description: 'AADSTS7000215: x', error_codes: [7000215] }],
  ])('%j is no refusal of an API: nothing is diagnosed', (value) => {
    expect(diagnose(value, { nowMs })).toBeUndefined();
  });

  it('a code that Graph and Resource Manager share names neither without other evidence', () => {
    const token = { accessToken: accessToken({ aud: arm, scp: 'user_impersonation' }) };
    const shared = armAnswer(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
    expect(diagnose(shared, { nowMs, ...token })).toMatchObject({ service: 'unknown' });
    expect(verdict(shared, token)).toEqual(['token-not-accepted possible']);
    expect(verdict({ ...shared, url: 'https://graph.microsoft.com/v1.0/me' }, token)?.[0]).toBe(
      'wrong-audience certain',
    );
  });

  it.each([
    [
      'a revoked proxy',
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    ],
    [
      'a getter that throws',
      {
        status: 403,
        get body(): unknown {
          throw new Error('no');
        },
      },
    ],
    [
      'a cycle',
      (() => {
        const cycle: Record<string, unknown> = { status: 403 };
        cycle['response'] = cycle;
        return cycle;
      })(),
    ],
  ])('%s does not throw', (_name, hostile) => {
    expect(() => diagnose(hostile, { nowMs })).not.toThrow();
  });

  it('whatever is given, nothing is thrown and every sentence is whole', () => {
    const value = fc.oneof(
      fc.anything({ withNullPrototype: true }),
      fc.record(
        {
          status: fc.constantFrom(400, 401, 403, 500),
          headers: fc.dictionary(fc.constantFrom('www-authenticate', 'x'), fc.string()),
          body: fc.oneof(fc.string(), fc.record({ error: fc.record({ code: fc.anything(), message: fc.anything() }) })),
        },
        { requiredKeys: [] },
      ),
    );
    const options = fc.record({
      accessToken: fc.anything(),
      wantedScopes: fc.anything(),
      tokenFromError: fc.boolean(),
    });
    fc.assert(
      fc.property(value, options, (given, chosen) => {
        const diagnosis = diagnose(given, { nowMs, ...(chosen as DiagnoseOptions) });
        for (const { title, cause, change, where, evidence } of diagnosis?.findings ?? []) {
          for (const sentence of [title, cause, change, where, ...evidence]) {
            expect(sentence).not.toMatch(/(?<!the word ")undefined|null|\[object|NaN|[\u0000-\u001f\u007f-\u009f]/);
            expect(sentence.length).toBeGreaterThan(3);
          }
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['null', null],
    ['a whole result of MSAL', { accessToken: 'x' }],
    ['nothing', ''],
  ])('%s in place of a token counts as no token', (_name, token) => {
    const given = { nowMs, accessToken: token as string, wantedScopes: 'Mail.Read' as unknown as string[] };
    expect(diagnose(denied, given)?.findings.map(({ id }) => id)).toEqual(['missing-permission', 'user-privilege']);
  });

  it('a megabyte of text costs no more than its first part', () => {
    const huge = graphAnswer(403, 'Forbidden', `requires one of '${'Aa.Bb.'.repeat(200_000)}'`);
    const start = performance.now();
    expect(diagnose(huge, { nowMs, accessToken: 'x.'.repeat(500_000) })).toBeDefined();
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('sentences', () => {
  it('name the permissions that the answer lists, and no e-mail address or markup of it', () => {
    const message =
      "Missing scope permissions on the request. API requires one of 'Chat.Read, Chat.ReadWrite, <b>Evil</b>, jane@contoso.test'. Scopes on the request 'User.Read'";
    const [first] = diagnose(graphAnswer(403, 'Forbidden', message), { nowMs })!.findings;
    expect(first).toMatchObject({
      evidence: ['the answer asks for one of Chat.Read, Chat.ReadWrite'],
      where: expect.stringContaining('API permissions > Add a permission > Delegated permissions'),
    });
    expect(JSON.stringify(first)).not.toMatch(/Evil|jane/);
  });

  it('name the action of a missing Azure role', () => {
    const [first] = diagnose(armAnswer(403, 'AuthorizationFailed', roleMessage), { nowMs })!.findings;
    expect(first!.cause).toContain('Microsoft.Web/sites/read is in no role');
    expect(first!.where).toContain('Access control (IAM)');
  });

  it('tell a revoked session from a policy', () => {
    const cause = (claims: object): string =>
      diagnose(graphAnswer(401, 'x', 'x', challenge(claims)), { nowMs })!.findings[0]!.cause;
    expect(cause({ access_token: { nbf: { essential: true, value: '1768469400' } } })).toContain('revoked or changed');
    expect(cause({ access_token: { acrs: { essential: true, value: 'c1' } } })).toContain('Conditional Access policy');
  });

  it('say what would make the answer surer, and nothing when it is sure', () => {
    expect(diagnose(denied, { nowMs })?.toKnowMore).toEqual([
      'the access token of the failed call, from a development account (accessToken)',
      'the permissions that the operation needs (wantedScopes)',
    ]);
    expect(diagnose(armAnswer(403, 'AuthorizationFailed', 'x'), { nowMs })).toMatchObject({
      conclusive: true,
      toKnowMore: [],
    });
    expect(diagnose({ status: 401, body: '' }, { nowMs })?.toKnowMore).toHaveLength(2);
  });
});

describe('the tables', () => {
  const verdicts = detailTables
    .resourceErrors()
    .filter(
      ({ service, code }) => code !== undefined && ['graph', 'arm', 'keyvault', 'sharepoint'].includes(service ?? ''),
    )
    .filter(({ action }) => action !== 'retry')
    // Refuses what the request asks for, with 400, whatever the token.
    .filter(({ code }) => code !== 'RoleAssignmentRequestPolicyValidationFailed')
    .map(
      (row) =>
        [`${row.service ?? ''} ${row.code ?? ''}`, row.code ?? '', row.action === 'contact_admin' ? 403 : 401] as const,
    );

  it.each(verdicts)('%s of the catalogue has a diagnosis that names a cause', (_name, code, status) => {
    const found = verdict({
      status,
      headers: {},
      body: { error: { code, message: 'x' } },
    });
    expect(found?.[0]).toBeDefined();
    expect(found?.[0]).not.toMatch(/^cannot-tell/);
  });

  it('ids are there once each', () => {
    expect(new Set(findingIds).size).toBe(findingIds.length);
  });
});
