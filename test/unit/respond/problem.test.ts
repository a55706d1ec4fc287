import { describe, expect, test } from 'vitest';
import { detailsOf } from '../../../src/catalog/index.js';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { accountStandIn, respond, withoutCode, type RespondInput } from '../../../src/respond/index.js';
import { problemText, publicScopes } from '../../../src/respond/problem.js';
import { textsOf, uiText } from '../../../src/respond/texts.js';
import { localeOf } from '../../../src/catalog/index.js';
import { createSettings, type RespondOptions } from '../../../src/options.js';
import type { AadError, Decision, RequestFacts } from '../../../src/types.js';
import { pageInput } from './page-input.js';

type Changes<Shape> = { readonly [Name in keyof Shape]?: Shape[Name] | undefined };
interface Given {
  readonly error?: Changes<AadError>;
  readonly decision?: Changes<Decision>;
  readonly facts?: Partial<RequestFacts>;
  readonly options?: RespondOptions;
  readonly more?: Partial<RespondInput>;
}

function inputOf({ error = {}, decision = {}, facts = {}, options = {}, more = {} }: Given = {}): RespondInput {
  const base = pageInput({ action: 'contact_admin', situation: 'not-assigned-to-app', options });
  return {
    ...base,
    error: { ...base.error, description: base.error.description, ...error } as AadError,
    decision: { ...base.decision, ...decision } as Decision,
    facts: { ...base.facts, kind: 'script', redirectable: false, ...facts },
    ...more,
  };
}
const documentOf = (given: Given = {}): Record<string, unknown> =>
  JSON.parse(problemText(inputOf(given), 403)) as Record<string, unknown>;
const bare: Changes<AadError> = { traceId: undefined, correlationId: undefined, timestamp: undefined, suberror: undefined, oauthError: undefined }; // prettier-ignore

describe('a problem document', () => {
  const { title, message } = localeOf('en').situations.get('not-assigned-to-app')!;
  const always = {
    ...{ type: 'urn:aad-error-handler:not-assigned-to-app', title, status: 403, detail: message, instance: '/mail' },
    ...{ action: 'contact_admin', situation: 'not-assigned-to-app', retryable: false },
  };

  test('has no member for what is not known', () => {
    expect(documentOf({ error: bare })).toStrictEqual(always);
    expect(JSON.parse(respond(inputOf({ error: bare })).body)).toStrictEqual(always);
  });

  test.each<[string, Given, object]>([
    ['a code', { decision: { code: 'AADSTS50105' } }, { code: 'AADSTS50105', type: 'https://login.microsoftonline.com/error?code=50105' }],
    ['a code of B2C', { decision: { code: 'AADB2C90118' } }, { code: 'AADB2C90118' }],
    ['a registered OAuth error', { error: { ...bare, oauthError: 'invalid_grant' } }, { error: 'invalid_grant' }],
    ['another OAuth error', { error: { ...bare, oauthError: 'call_me' } }, {}],
    ['a registered suberror', { error: { ...bare, suberror: 'bad_token' } }, { suberror: 'bad_token' }],
    ['another suberror', { error: { ...bare, suberror: 'call_me' } }, {}],
    ['claims', { decision: { claims: '{"a":"é"}' } }, { claims: '{"a":"é"}' }],
    ['scopes', { decision: { scopes: ['Mail.Read', '<b>'] } }, { scopes: ['Mail.Read'] }],
    ['the wait', { more: { retryAfterSeconds: 0 } }, { retryAfter: 0 }],
    ['ids and time', { error: { ...bare, traceId: 't', correlationId: 'c', timestamp: 'x' } }, { traceId: 't', correlationId: 'c', timestamp: 'x' }],
    ['the place of the sign-in', { more: { plan: { url: '/login?ticket="x', attempts: 0, setCookies: [] } } }, { interaction: { url: '/login?ticket="x', method: 'GET' } }],
    ['no place for an API', { facts: { kind: 'api' }, more: { plan: { url: '/login', attempts: 0, setCookies: [] } } }, {}],
    ['no place where there is none', { more: { plan: { attempts: 0, setCookies: [] } } }, {}],
    ['an address with quotation marks', { facts: { instance: '/a"b' } }, { instance: '/a"b' }],
  ])('has %s', (_name, given, wanted) => {
    const input = { error: bare, ...given };
    expect(documentOf(input)).toStrictEqual({ ...always, ...wanted });
    expect(JSON.parse(respond(inputOf(input)).body)).toStrictEqual({ ...always, ...wanted });
  }); // prettier-ignore

  test('claims go whole or not at all: 8,192 bytes as JSON', () => {
    const has = (claims: string): boolean => 'claims' in documentOf({ decision: { claims } });
    expect([has('x'.repeat(8_190)), has('x'.repeat(8_191))]).toEqual([true, false]);
    expect([has('é'.repeat(4_095)), has('é'.repeat(4_096))]).toEqual([true, false]);
    expect([has('"'.repeat(4_095)), has('"'.repeat(4_096))]).toEqual([true, false]);
  });

  test('the same claims are written the same, others are not', () => {
    const bodyOf = (claims: string): unknown =>
      (JSON.parse(respond(inputOf({ decision: { claims } })).body) as { claims?: string }).claims;
    expect(['{"a":1}', '{"a":1}', '{"a":2}', '', '{"a":1}'].map(bodyOf)).toEqual([
      '{"a":1}',
      '{"a":1}',
      '{"a":2}',
      '',
      '{"a":1}',
    ]);
  });

  test.each<[readonly string[], readonly string[]]>([
    [['api://a1/.default', 'https://graph.microsoft.com/Mail.Read', 'a-b_c+d~e%20'], ['api://a1/.default', 'https://graph.microsoft.com/Mail.Read', 'a-b_c+d~e%20']],
    [['<b>', 'a b', 'é', '', 'a"'], []],
    [['a'.repeat(256), 'a'.repeat(257)], ['a'.repeat(256)]],
    [[...Array<string>(4).fill('a'.repeat(256)), 'b'], Array<string>(4).fill('a'.repeat(256))],
    [[...Array<string>(3).fill('a'.repeat(256)), 'b', 'c'.repeat(255)], [...Array<string>(3).fill('a'.repeat(256)), 'b', 'c'.repeat(255)]],
  ])('scopes that have the shape of one are repeated, 1,024 characters at most (%#)', (scopes, wanted) => {
    expect(publicScopes(scopes)).toEqual(wanted);
  }); // prettier-ignore
});

describe('the developer part of it', () => {
  const developerOf = (given: Given): Record<string, unknown> => {
    const document = documentOf({ ...given, options: { exposeDetails: true, ...given.options } });
    expect(
      JSON.parse(respond(inputOf({ ...given, options: { exposeDetails: true, ...given.options } })).body),
    ).toMatchObject({ developer: { rule: 'code' } });
    return document.developer as Record<string, unknown>;
  };
  const always = {
    ...{ rule: 'code', confidence: 'documented', trace: [], producer: 'token-response', origin: 'token-response' },
    ...{ who: 'user', aadstsCodes: [90094], b2cCodes: [] },
  };

  test('is there outside production only', () => {
    expect('developer' in documentOf()).toBe(false);
    expect(developerOf({})).toStrictEqual(always);
  });

  test.each<[string, Given, object]>([
    ['a known code of a library', { error: { clientCode: 'no_tokens_found' } }, { clientCode: 'no_tokens_found' }],
    ['no unknown code', { error: { clientCode: 'call_me' } }, {}],
    ['the text of the server, by option', { options: { exposeServerText: true }, error: { description: 'x'.repeat(2_001) } }, { description: 'x'.repeat(2_000) }],
    ['no text without the option', { error: { description: 'x' } }, {}],
    ['claims that could not be read', { error: { claimsDropped: true } }, { claimsDropped: true }],
    ['nothing about claims that could', { error: { claimsDropped: false } }, {}],
  ])('has %s', (_name, given, wanted) => {
    expect(developerOf(given)).toStrictEqual({ ...always, ...wanted });
  }); // prettier-ignore

  test('explains the code', () => {
    const { name, summary, remedy } = detailsOf(50105)!;
    expect(developerOf({ decision: { code: 'AADSTS50105' } })).toStrictEqual({ ...always, name, summary, remedy });
  });

  test('says what really happened where the answer does not', () => {
    const undisclosed = {
      error: { ...inputOf().error, aadstsCodes: [50034] },
      decision: { ...inputOf().decision, rule: 'code' },
    };
    expect(developerOf({ more: { undisclosed } })).toMatchObject({ aadstsCodes: [50034] });
  });
});

describe('headers', () => {
  const headersOf = (given: Given): Readonly<Record<string, string>> => respond(inputOf(given)).headers;
  const start = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"';

  test.each<[string, Given, string | undefined]>([
    ['claims', { decision: { action: 'claims_challenge', claims: '{"a":1}' } }, `${start}, error="insufficient_claims", claims="eyJhIjoxfQ=="`],
    ['claims that are gone', { decision: { action: 'claims_challenge', claims: undefined } }, `${start}, error="invalid_token"`],
    ['claims that do not fit', { decision: { action: 'claims_challenge', claims: `{"a":"${'x'.repeat(9_000)}"}` } }, `${start}, error="invalid_token"`],
    ['consent', { decision: { action: 'consent' } }, `${start}, error="insufficient_scope"`],
    ['consent for scopes', { decision: { action: 'consent', scopes: ['Mail.Read', '<b>', 'User.Read'] } }, `${start}, error="insufficient_scope", scope="Mail.Read User.Read"`],
    ['a sign-in', { decision: { action: 'interactive' } }, `${start}, error="invalid_token"`],
    ['a sign-in of a client without a token', { decision: { action: 'interactive' }, facts: { hasAuthorization: false } }, start],
    ['anything else', { decision: { action: 'contact_admin' } }, undefined],
  ])('the challenge for %s', (_name, given, wanted) => {
    const headers = headersOf({ ...given, facts: { kind: 'api', ...given.facts } });
    expect(headers['www-authenticate']).toBe(wanted);
    expect('www-authenticate' in headers).toBe(wanted !== undefined);
  }); // prettier-ignore

  test('Retry-After stands beside a retry whose wait is known', () => {
    expect(headersOf({ decision: { action: 'retry' }, more: { retryAfterSeconds: 7 } })['retry-after']).toBe('7');
    expect('retry-after' in headersOf({ decision: { action: 'retry' }, more: { retryAfterSeconds: undefined } })).toBe(
      false,
    );
    expect('retry-after' in headersOf({ decision: { action: 'contact_admin' }, more: { retryAfterSeconds: 7 } })).toBe(
      false,
    );
  });

  test('a page reloads itself at its own address', () => {
    const refresh = (returnTo: string, reloads: number): string | undefined =>
      headersOf({
        decision: { action: 'retry' },
        facts: { kind: 'navigation', returnTo, reloads },
        more: { retryAfterSeconds: 7 },
      })['refresh'];
    expect(refresh('/mail', 0)).toBe('10;url=/mail?aad_reload=1');
    expect(refresh('/mail?a=b', 1)).toBe('20;url=/mail?a=b&aad_reload=2');
    expect(refresh('/mail#top', 0)).toBe('10;url=/mail?aad_reload=1#top');
    expect(refresh('/mail?a=b#top?', 0)).toBe('10;url=/mail?a=b&aad_reload=1#top?');
    expect(refresh('/mail', 3)).toBeUndefined();
  });

  const plan = { url: '/login?ticket=t', attempts: 0, setCookies: [] };
  test.each<[string, Given, boolean]>([
    ['a page that can be left', { decision: { action: 'interactive' }, facts: { kind: 'navigation', redirectable: true }, more: { plan } }, true],
    ['a page that must stay', { decision: { action: 'interactive' }, facts: { kind: 'navigation', redirectable: false }, more: { plan } }, false],
    ['a page without a place to go', { decision: { action: 'interactive' }, facts: { kind: 'navigation', redirectable: true } }, false],
    ['what no sign-in solves', { decision: { action: 'contact_admin' }, facts: { kind: 'navigation', redirectable: true }, more: { plan } }, false],
  ])('%s: a redirect %s', (_name, given, isRedirect) => {
    const found = respond(inputOf(given));
    expect(found.status === 303).toBe(isRedirect);
    if (isRedirect)
      expect(found).toMatchObject({ body: '', headers: { location: '/login?ticket=t', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } });
  }); // prettier-ignore
});

describe('texts', () => {
  const english = localeOf('en');
  const texts = {
    'mfa-required': { title: 'One for all' },
    'session-expired': { nl: { title: 'Een' }, en: { message: 'Own' } },
  };
  const settings = createSettings('test', { texts }, 'production');

  test('of the application stand in place of ours, those of a language before those of all', () => {
    const built = english.situations.get('mfa-required')!;
    expect(textsOf(settings, english, 'mfa-required')).toEqual({ ...built, title: 'One for all' });
    expect(textsOf(settings, english, 'session-expired')).toEqual({
      ...english.situations.get('session-expired'),
      message: 'Own',
    });
    expect(textsOf(settings, localeOf('nl'), 'session-expired').title).toBe('Een');
    expect(textsOf(settings, english, 'service-busy')).toBe(english.situations.get('service-busy'));
  });

  test('of a situation that nobody knows are those of an unknown problem', () => {
    expect(textsOf(settings, english, 'nobody-knows')).toBe(english.situations.get('unknown-problem'));
  });

  test('have numbers in place of their names, kept with their units', () => {
    expect(uiText(english, 'waitSeconds', { seconds: 7 })).toContain('7\u00a0');
    expect(uiText(english, 'waitSeconds')).toContain('{seconds}');
    expect(uiText(english, 'waitSeconds', { other: 7 })).toContain('{seconds}');
    expect(uiText({ ...english, ui: new Map() }, 'signIn')).toBe(english.ui.get('signIn'));
    expect(uiText(english, 'no-such-text')).toBe('');
    expect(uiText({ ...english, ui: new Map([['x', '{constructor} {a} {a}']]) }, 'x', { a: 1 })).toBe(
      '{constructor} 1 1',
    );
  });
});

describe('an error that tells whether an account exists', () => {
  const errorOf = (code: number, more: object = {}): AadError =>
    normalize({ error: 'invalid_client', suberror: 'bad_token', error_uri: 'https://login.microsoftonline.com/error?code=1', error_description: `AADSTS${code}: x`, error_codes: [code], claims: '{"a":1}', ...more })!; // prettier-ignore

  test('is answered by one that tells nothing but ids and times', () => {
    const error = errorOf(50034, { trace_id: '0a1b2c3d-1111-4aaa-8bbb-0123456789ab' });
    const standIn = accountStandIn(error, decide(error), undefined)!;
    expect(standIn).toMatchObject({
      aadstsCodes: [50126],
      b2cCodes: [],
      oauthError: 'invalid_grant',
      traceId: error.traceId,
    });
    expect(['suberror', 'claims', 'clientCode', 'description', 'errorUri'].filter((name) => name in standIn)).toEqual(
      [],
    );
    expect(standIn.cause).toBe(error.cause);
    expect(Object.keys(standIn)).not.toContain('cause');
  });

  test('keeps saying that it is an outage', () => {
    const error = errorOf(50034, { error: 'temporarily_unavailable' });
    const decision = { ...decide(error), rule: 'transient', code: 'AADSTS50034' };
    expect(accountStandIn(error, decision, undefined)?.oauthError).toBe('temporarily_unavailable');
  });

  test.each<[string, Changes<Decision>, 'password' | 'silent' | undefined, boolean]>([
    ['a code of the family', { code: 'AADSTS50034', situation: 'x' }, undefined, true],
    ['another code', { code: 'AADSTS50076', situation: 'x' }, undefined, false],
    ['no code', { code: undefined, situation: 'x' }, undefined, false],
    [
      'a disabled account, of somebody whose password was checked',
      { code: undefined, situation: 'account-disabled' },
      'silent',
      false,
    ],
    ['a disabled account in a password grant', { code: undefined, situation: 'account-disabled' }, 'password', true],
    ['a locked account in a password grant', { code: undefined, situation: 'account-locked' }, 'password', true],
    ['an unknown guest in a password grant', { code: undefined, situation: 'guest-not-invited' }, 'password', true],
    ['anything else in a password grant', { code: undefined, situation: 'mfa-required' }, 'password', false],
    ['what a rule of the application says', { code: 'AADSTS50034', rule: 'override' }, undefined, false],
  ])('%s', (_name, more, flow, tells) => {
    const error = errorOf(50034);
    const decision = { ...decide(error), ...more } as Decision;
    expect(accountStandIn(error, decision, flow) !== undefined).toBe(tells);
  });

  test('the code is not told', () => {
    const decision = decide(errorOf(50034));
    expect('code' in withoutCode(decision)).toBe(false);
    expect(decision.code).toBeDefined();
  });
});
