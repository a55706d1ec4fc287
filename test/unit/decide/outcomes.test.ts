/** Each rule alone, against catalogue rows made up for the purpose: what it concludes, down to its sentence. */
import { describe, expect, it } from 'vitest';
import type { RuleRow } from '../../../src/catalog/index.js';
import type { Evidence } from '../../../src/decide/evidence.js';
import { rules, type Outcome } from '../../../src/decide/index.js';
import type { AadAction, AadError } from '../../../src/types.js';

const row = (action: AadAction, more: Partial<RuleRow> = {}): RuleRow => ({
  action,
  situation: 'of-the-row',
  who: 'admin',
  retryable: false,
  signInHelps: true,
  wrapper: false,
  revealsAccount: false,
  confidence: 'observed',
  ...more,
});

/** What a rule says that takes everything from the row above. */
const ofRow = (action: AadAction, because: string): Outcome => ({
  action,
  situation: 'of-the-row',
  who: 'admin',
  confidence: 'observed',
  because,
});

type Facts = Partial<AadError>;
type Case = readonly [name: string, facts: Facts, expected: Outcome | undefined, more?: Partial<Evidence>];

function conclude(rule: string, facts: Facts, more: Partial<Evidence> = {}): Outcome | undefined {
  const error: AadError = {
    producer: 'token-response',
    origin: 'token-response',
    aadstsCodes: [],
    b2cCodes: [],
    cause: undefined,
    ...facts,
  };
  const evidence: Evidence = {
    error,
    flow: undefined,
    hasUser: true,
    attempts: 0,
    row: undefined,
    code: undefined,
    suberrorRow: undefined,
    ...more,
  };
  const found = rules.find(({ id }) => id === rule);
  if (found === undefined) throw new Error(`no rule ${rule}`);
  return found.when(evidence);
}

const check = (rule: string, cases: readonly Case[]): void => {
  it.each(cases.map(([name, ...rest]) => [name, rest] as const))(`${rule}: %s`, (_name, [facts, expected, more]) => {
    expect(conclude(rule, facts, more)).toStrictEqual(expected);
  });
};

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const code = 'AADSTS50076';

describe('what a rule concludes', () => {
  const braked: Facts = { producer: 'aad-error-handler', origin: 'client', clientCode: 'too_many_sign_ins' };
  check('loop-brake', [
    [
      'our own error',
      braked,
      {
        action: 'contact_admin',
        situation: 'too-many-sign-ins',
        who: 'admin',
        confidence: 'documented',
        because: 'the same reason led to two sign-ins within five minutes',
      },
    ],
    ['another error of ours', { ...braked, clientCode: 'ticket_used' }, undefined],
    ["the same word in somebody else's error", { ...braked, producer: 'msal' }, undefined],
  ]);

  const cancelled = (because: string, more: Partial<Outcome> = {}): Outcome => ({
    action: 'user_cancelled',
    situation: 'sign-in-cancelled',
    who: 'user',
    confidence: 'documented',
    because,
    ...more,
  });
  const bare: Facts = { oauthError: 'access_denied', origin: 'authorization-response' };
  const denied = cancelled(
    'access_denied without a code: the user or the authorization server denied the request (RFC 6749 section 4.1.2.1)',
  );
  check('user-cancelled', [
    [
      'a code that says so',
      {},
      ofRow('user_cancelled', 'AADSTS50076 says that the user declined or went back'),
      { row: row('user_cancelled'), code },
    ],
    [
      'error_subcode=cancel',
      { ...bare, suberror: 'cancel' },
      cancelled('error_subcode=cancel: the user went back', { confidence: 'observed' }),
    ],
    ['cancel as the suberror of another error', { oauthError: 'invalid_grant', suberror: 'cancel' }, undefined],
    [
      'a declined device code',
      { oauthError: 'authorization_declined' },
      cancelled('the user declined the device code request', { situation: 'consent-declined' }),
    ],
    [
      'a closed approval page',
      { oauthError: 'permission_denied' },
      cancelled('the administrator closed the approval page', { situation: 'admin-approval-not-granted' }),
    ],
    ['user_canceled of MSAL', { clientCode: 'user_canceled' }, cancelled('MSAL reports that the user cancelled')],
    ['user_cancelled of MSAL', { clientCode: 'user_cancelled' }, cancelled('MSAL reports that the user cancelled')],
    ['another code of MSAL', { clientCode: 'network_error' }, undefined],
    ['access_denied on the redirect URI', bare, denied],
    ['access_denied of the token endpoint', { ...bare, origin: 'token-response' }, denied],
    ['access_denied of an API', { ...bare, origin: 'resource-challenge' }, undefined],
    ['access_denied with 403', { ...bare, status: 403 }, undefined],
    ['access_denied with 400', { ...bare, status: 400 }, denied],
    ['access_denied with a code', bare, undefined, { code }],
    ['access_denied with a suberror', { ...bare, suberror: 'basic_action' }, undefined],
    ['access_denied with claims', { ...bare, claims }, undefined],
    ['another error', { ...bare, oauthError: 'invalid_grant' }, undefined],
  ]);

  const useless = (action: AadAction, more: Partial<RuleRow> = {}): Partial<Evidence> => ({
    row: row(action, { signInHelps: false, ...more }),
    code,
  });
  const because = 'AADSTS50076 cannot be solved by signing in again';
  check('sign-in-cannot-help', [
    ['an administrator must act', {}, ofRow('contact_admin', because), useless('contact_admin')],
    ['a developer must act', {}, ofRow('fix_config', because), useless('fix_config')],
    ['an administrator must consent', {}, ofRow('admin_consent', because), useless('admin_consent')],
    ['a transient failure is for later rules', {}, undefined, useless('retry')],
    ['nothing is known', {}, undefined, useless('unknown')],
    ['a wrapper around the real code', {}, undefined, useless('contact_admin', { wrapper: true })],
    ['signing in helps', {}, undefined, useless('contact_admin', { signInHelps: true })],
    ['no row', {}, undefined, { code }],
  ]);

  const challenge = (situation: string): Outcome => ({
    action: 'claims_challenge',
    situation,
    who: 'user',
    confidence: 'documented',
    because: 'the error carries a usable claims directive',
  });
  const asks = (name: string): Facts => ({ claims: `{"access_token":{"${name}":{"essential":true}}}` });
  const stronger = challenge('stronger-sign-in-required');
  const blocked: Partial<Evidence> = { row: row('contact_admin'), code: 'AADSTS53003' };
  check('claims', [
    ['no claims', {}, undefined],
    ['an authentication context', asks('acrs'), stronger],
    ['policies', asks('capolids'), stronger],
    ['policies of another kind', asks('polids'), stronger],
    ['a token newer than a revocation', asks('nbf'), challenge('session-expired')],
    ['a sign-in newer than a time', asks('auth_time'), challenge('session-expired')],
    ['policies and a newer token', { claims: '{"access_token":{"polids":{},"nbf":{}}}' }, stronger],
    ['an authentication context and a newer token', { claims: '{"access_token":{"acrs":{},"nbf":{}}}' }, stronger],
    ['anything else', asks('xms_something'), stronger],
    ['the code knows what is asked for', asks('nbf'), challenge('of-the-row'), { row: row('interactive'), code }],
    ['the code asks for claims', asks('nbf'), challenge('of-the-row'), { row: row('claims_challenge'), code }],
    ['a code for somebody else', asks('nbf'), challenge('session-expired'), { row: row('fix_config'), code }],
    ['a block, the first time', asks('acrs'), stronger, blocked],
    [
      'a block, again',
      asks('acrs'),
      ofRow('contact_admin', 'AADSTS53003 again after its claims were presented'),
      { ...blocked, attempts: 1 },
    ],
    ['no block, again', asks('acrs'), stronger, { attempts: 1, row: row('fix_config'), code }],
    ['no code, again', asks('acrs'), stronger, { attempts: 1 }],
  ]);

  const later = (situation: string, sentence: string, more: Partial<Outcome> = {}): Outcome => ({
    action: 'retry',
    situation,
    who: 'microsoft',
    confidence: 'documented',
    because: sentence,
    ...more,
  });
  const busy = later('service-busy', 'HTTP 429: the service limits requests');
  const down = later('service-unavailable', 'HTTP 503 from the service');
  const retryRow: Partial<Evidence> = { row: row('retry'), code };
  const refusal: Facts = { status: 503, oauthError: 'invalid_grant' };
  const network: Facts = { origin: 'network' };
  check('transient', [
    [
      "MSAL's own memory",
      { throttledLocally: true },
      later('service-busy', 'MSAL answers from its memory of an earlier 429 or 5xx'),
    ],
    ['429', { status: 429 }, busy],
    ['too_many_requests', { oauthError: 'too_many_requests' }, busy],
    ['a code that knows more', { status: 429 }, { ...busy, situation: 'of-the-row', who: 'admin' }, retryRow],
    ['a code that says something else', { status: 429 }, busy, { row: row('interactive'), code }],
    [
      '410 of managed identity',
      { status: 410, flow: 'managed-identity' },
      later('service-unavailable', 'HTTP 410: the managed identity endpoint is being updated'),
    ],
    ['410 of anything else', { status: 410 }, undefined],
    ['managed identity with 400', { status: 400, flow: 'managed-identity' }, undefined],
    ['408', { status: 408 }, later('service-unavailable', 'HTTP 408 from the service')],
    ['500', { status: 500 }, later('service-unavailable', 'HTTP 500 from the service')],
    ['499', { status: 499 }, undefined],
    ['503', { status: 503 }, down],
    ['503 beside a definite refusal', refusal, undefined, { row: row('interactive'), code }],
    ['503 beside a refusal without a code', refusal, down],
    ['503 beside a code without an OAuth error', { status: 503 }, down, { row: row('interactive'), code }],
    ['503 beside a wrapper', refusal, down, { row: row('interactive', { wrapper: true }), code }],
    ['503 beside a code of which nothing is known', refusal, down, { row: row('unknown'), code }],
    ['503 beside a transient code', refusal, { ...down, situation: 'of-the-row', who: 'admin' }, retryRow],
    [
      '503 beside server_error and a code',
      { ...refusal, oauthError: 'server_error' },
      down,
      { row: row('interactive'), code },
    ],
    ['server_error', { oauthError: 'server_error' }, later('service-unavailable', 'server_error is transient')],
    [
      'temporarily_unavailable with a code',
      { oauthError: 'temporarily_unavailable' },
      later('service-unavailable', 'temporarily_unavailable is transient, AADSTS50076'),
      { code },
    ],
    ['another error', { oauthError: 'invalid_grant' }, undefined],
    ['nothing', {}, undefined],
    ['no connection and no more', network, later('network-problem', 'the connection failed', { who: 'nobody' })],
    [
      'no connection, by a code nobody knows',
      { ...network, clientCode: 'EWHATEVER' },
      later('network-problem', 'the connection failed', { who: 'nobody' }),
    ],
    ['no connection, but an answer', { ...network, status: 404 }, undefined],
  ]);

  it('transient: a code of Node or MSAL says what is wrong with the connection', () => {
    expect(conclude('transient', { ...network, clientCode: 'ECONNRESET' })).toMatchObject({
      action: 'retry',
      because: 'ECONNRESET: the connection failed',
    });
    expect(conclude('transient', { ...network, clientCode: 'ECONNRESET', status: 404 })?.action).toBe('retry');
    expect(conclude('transient', { ...network, clientCode: 'network_error' })).toMatchObject({
      action: 'retry',
      because: 'network_error: the connection failed',
    });
    expect(conclude('transient', { clientCode: 'ECONNRESET' })).toBeUndefined();
  });

  const sub = (action: AadAction): RuleRow => row(action, { situation: 'of-the-suberror', who: 'user' });
  const ofSuberror = (action: AadAction): Outcome => ({
    ...ofRow(action, 'suberror basic_action'),
    situation: 'of-the-suberror',
    who: 'user',
  });
  const suberror: Facts = { suberror: 'basic_action' };
  check('suberror', [
    ['none that is known', suberror, undefined],
    ['one of which nothing is known', suberror, undefined, { suberrorRow: sub('unknown') }],
    ['no code', suberror, ofSuberror('interactive'), { suberrorRow: sub('interactive') }],
    [
      'a code that agrees has the better text',
      suberror,
      ofRow('retry', 'suberror basic_action'),
      { suberrorRow: sub('retry'), row: row('retry'), code },
    ],
    [
      'a code that asks the user for something else has it too',
      suberror,
      ofRow('interactive', 'suberror basic_action'),
      { suberrorRow: sub('interactive'), row: row('claims_challenge'), code },
    ],
    [
      'a code that contradicts has not',
      suberror,
      ofSuberror('interactive'),
      { suberrorRow: sub('interactive'), row: row('contact_admin'), code },
    ],
    [
      'a suberror that contradicts the code',
      suberror,
      ofSuberror('contact_admin'),
      { suberrorRow: sub('contact_admin'), row: row('interactive'), code },
    ],
  ]);

  const guess = row('fix_config', { confidence: 'inferred' });
  const fromCode = ofRow('interactive', 'catalogue row of AADSTS50076');
  check('code', [
    ['no row', {}, undefined, { code }],
    ['a row that says nothing', {}, undefined, { row: row('unknown'), code }],
    ['a row', {}, fromCode, { row: row('interactive'), code }],
    ...['interaction_required', 'login_required', 'consent_required', 'account_selection_required'].map(
      (oauthError): Case => [`a guess against ${oauthError}`, { oauthError }, undefined, { row: guess, code }],
    ),
    [
      'a guess against another error',
      { oauthError: 'invalid_grant' },
      { ...ofRow('fix_config', 'catalogue row of AADSTS50076'), confidence: 'inferred' },
      { row: guess, code },
    ],
    [
      'a guess without an error',
      {},
      { ...ofRow('fix_config', 'catalogue row of AADSTS50076'), confidence: 'inferred' },
      { row: guess, code },
    ],
    [
      'a fact against interaction_required',
      { oauthError: 'interaction_required' },
      ofRow('fix_config', 'catalogue row of AADSTS50076'),
      { row: row('fix_config'), code },
    ],
    [
      'a guess that asks for the user as well',
      { oauthError: 'interaction_required' },
      { ...fromCode, confidence: 'inferred' },
      { row: row('interactive', { confidence: 'inferred' }), code },
    ],
  ]);

  const stale = 'OAuth error invalid_grant while redeeming a code: the code is stale';
  const expired = 'OAuth error invalid_grant: the grant is expired, revoked or no longer enough';
  check('oauth-error', [
    ['none', {}, undefined],
    ['one nobody knows', { oauthError: 'teapot' }, undefined],
    [
      'access_denied with 403',
      { oauthError: 'access_denied', status: 403 },
      {
        action: 'contact_admin',
        situation: 'permission-denied',
        who: 'admin',
        confidence: 'documented',
        because: 'OAuth error access_denied',
      },
    ],
    [
      'insufficient_claims',
      { oauthError: 'insufficient_claims' },
      {
        action: 'interactive',
        situation: 'stronger-sign-in-required',
        who: 'user',
        confidence: 'documented',
        because: 'OAuth error insufficient_claims, but its claims were missing or not usable',
      },
    ],
  ]);

  it.each<[name: string, facts: Facts, more: Partial<Evidence>, situation: string, sentence: string]>([
    ['of a refresh token', {}, {}, 'session-expired', expired],
    ['of a code', {}, { flow: 'authorization-code' }, 'sign-in-expired', stale],
    ['on the redirect URI', { origin: 'authorization-response' }, {}, 'sign-in-expired', stale],
    ['of an assertion', {}, { flow: 'on-behalf-of' }, 'session-expired', expired],
  ])('oauth-error: invalid_grant %s', (_name, facts, more, situation, sentence) => {
    expect(conclude('oauth-error', { ...facts, oauthError: 'invalid_grant' }, more)).toMatchObject({
      situation,
      because: sentence,
    });
  });

  it.each<[clientCode: string | undefined, action: AadAction | undefined]>([
    [undefined, 'interactive'],
    ['InvalidAuthenticationToken', 'interactive'],
    ['a_code_of_nobody', 'interactive'],
    ['unusable_token', undefined],
    ['InvalidAuthenticationTokenAudience', undefined],
  ])('oauth-error: invalid_token beside the code %s', (clientCode, action) => {
    expect(
      conclude('oauth-error', { oauthError: 'invalid_token', ...(clientCode !== undefined && { clientCode }) })?.action,
    ).toBe(action);
  });

  it('oauth-error: any other one as the catalogue has it', () => {
    expect(conclude('oauth-error', { oauthError: 'invalid_client' })).toMatchObject({
      action: 'fix_config',
      because: 'OAuth error invalid_client',
    });
  });

  it.each<[facts: Facts, action: AadAction | undefined]>([
    [{}, undefined],
    [{ producer: 'msal', clientCode: 'no_tokens_found' }, 'interactive'],
    [{ producer: 'msal', clientCode: 'unexpected_error' }, undefined], // in the catalogue, without advice
    // The names of one library mean nothing in another's error.
    [{ producer: 'msal', clientCode: 'Authentication_MissingOrMalformed' }, undefined],
    [{ producer: 'msal', clientCode: 'ECONNRESET' }, undefined],
    [{ producer: 'msal', clientCode: 'CredentialUnavailableError' }, undefined],
    [{ producer: 'azure-identity', clientCode: 'CredentialUnavailableError' }, 'fix_config'],
    [{ producer: 'azure-identity', clientCode: 'no_tokens_found' }, 'interactive'],
    [{ producer: 'azure-identity', clientCode: 'ECONNRESET' }, undefined],
    [{ producer: 'graph', clientCode: 'Authentication_MissingOrMalformed' }, 'fix_config'],
    [{ producer: 'graph', clientCode: 'CredentialUnavailableError' }, undefined],
    [{ producer: 'network', clientCode: 'ECONNRESET' }, 'retry'],
    [{ producer: 'http', clientCode: 'no_tokens_found' }, 'interactive'],
    [{ producer: 'http', clientCode: 'nobody_knows' }, undefined],
  ])('client-code: %j', (facts, action) => {
    const outcome = conclude('client-code', facts);
    expect(outcome?.action).toBe(action);
    expect(outcome?.because).toBe(
      action === undefined ? undefined : `${facts.producer ?? ''} code ${facts.clientCode ?? ''}`,
    );
  });

  check('http-status', [
    [
      '401 of the token endpoint',
      { status: 401, origin: 'token-response' },
      {
        action: 'fix_config',
        situation: 'app-misconfigured',
        who: 'developer',
        confidence: 'inferred',
        because: "HTTP 401 of the token endpoint: it refused the application's credentials (RFC 6749 section 5.2)",
      },
    ],
    [
      '401',
      { status: 401, origin: 'resource-challenge' },
      {
        action: 'interactive',
        situation: 'session-expired',
        who: 'user',
        confidence: 'inferred',
        because: 'HTTP 401: a new token is needed',
      },
    ],
    [
      '403',
      { status: 403 },
      {
        action: 'contact_admin',
        situation: 'permission-denied',
        who: 'admin',
        confidence: 'inferred',
        because: 'HTTP 403: signed in, but not allowed',
      },
    ],
    ['404', { status: 404 }, undefined],
    ['none', {}, undefined],
  ]);
});
