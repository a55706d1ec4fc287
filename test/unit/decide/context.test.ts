import { describe, expect, it } from 'vitest';
import { decide, isForUser } from '../../../src/decide/index.js';
import type { AadAction, AadError, DecideContext, Decision, Override } from '../../../src/types.js';

const claims = '{"access_token":{"capolids":{"essential":true,"values":["5d6e7f80-4444-4abc-8def-1234567890ab"]}}}';

const error = (facts: Partial<AadError>): AadError => ({
  producer: 'token-response',
  origin: 'token-response',
  aadstsCodes: [],
  b2cCodes: [],
  cause: undefined,
  ...facts,
});

describe('decide: a call without a user', () => {
  const contexts: readonly [name: string, context: DecideContext, facts: Partial<AadError>][] = [
    ['hasUser: false', { hasUser: false }, {}],
    ['flow of the context', { flow: 'client-credentials' }, {}],
    ['flow of the error', {}, { flow: 'managed-identity' }],
  ];
  const rows: readonly [name: string, facts: Partial<AadError>, expected: Partial<Decision>][] = [
    [
      'claims become a matter of policy',
      { oauthError: 'interaction_required', aadstsCodes: [53003], claims },
      { action: 'contact_admin', situation: 'blocked-by-policy', who: 'admin', rule: 'claims' },
    ],
    [
      'MFA becomes a matter of policy',
      { oauthError: 'invalid_grant', aadstsCodes: [50076] },
      { action: 'contact_admin', situation: 'blocked-by-policy', who: 'admin', rule: 'code' },
    ],
    [
      'the registration of a second factor becomes a matter of policy',
      { oauthError: 'invalid_grant', aadstsCodes: [50079] },
      { action: 'contact_admin', situation: 'blocked-by-policy', who: 'admin', rule: 'code' },
    ],
    [
      'consent becomes admin consent',
      { oauthError: 'invalid_grant', aadstsCodes: [65001] },
      { action: 'admin_consent', situation: 'admin-approval-needed', who: 'admin', rule: 'code' },
    ],
    [
      'an expired grant becomes configuration',
      { oauthError: 'invalid_grant' },
      { action: 'fix_config', situation: 'app-misconfigured', who: 'developer', rule: 'oauth-error' },
    ],
    [
      'a retry stays a retry',
      { status: 503 },
      { action: 'retry', situation: 'service-unavailable', who: 'microsoft', rule: 'transient' },
    ],
    [
      'configuration stays configuration',
      { oauthError: 'invalid_client', aadstsCodes: [7000215] },
      { action: 'fix_config', situation: 'secret-expired', who: 'developer', rule: 'sign-in-cannot-help' },
    ],
  ];
  for (const [contextName, context, more] of contexts) {
    it.each(rows)(`${contextName}: %s`, (_name, facts, expected) => {
      const decision = decide(error({ ...facts, ...more }), context);
      expect(decision).toMatchObject(expected);
      expect(isForUser(decision.action)).toBe(false);
      expect(decision.claims).toBeUndefined();
      expect(decision.prompt).toBeUndefined();
    });
  }

  it('says in the trace that nobody is there', () => {
    expect(decide(error({ oauthError: 'invalid_grant' }), { hasUser: false }).trace).toStrictEqual([
      { rule: 'oauth-error', because: 'OAuth error invalid_grant: the grant is expired, revoked or no longer enough' },
      { rule: 'no-user', because: 'the call has no user who could sign in or consent' },
    ]);
  });

  it('hasUser: true is believed against the flow', () => {
    expect(decide(error({ oauthError: 'invalid_grant', flow: 'client-credentials' }), { hasUser: true }).action).toBe(
      'interactive',
    );
  });

  it.each(['authorization-code', 'silent', 'on-behalf-of', 'device-code', 'password'] as const)(
    '%s has a user',
    (flow) => {
      expect(isForUser(decide(error({ oauthError: 'invalid_grant' }), { flow }).action)).toBe(true);
    },
  );

  it("the flow of the context is believed against the error's", () => {
    expect(
      decide(error({ oauthError: 'invalid_grant', flow: 'client-credentials' }), { flow: 'authorization-code' }),
    ).toMatchObject({ action: 'interactive', situation: 'sign-in-expired' });
  });
});

describe('decide: a polluted Object.prototype', () => {
  it.each<[name: keyof DecideContext, value: unknown]>([
    ['flow', 'client-credentials'],
    ['hasUser', false],
    ['attempts', 5],
    ['scopes', ['User.Read']],
    ['overrides', [{ match: {}, use: { action: 'fix_config' } }]],
  ])('is not taken for %s', (name, value) => {
    const facts = error({ oauthError: 'invalid_grant' });
    const expected = { ...decide(facts) };
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    let found: unknown;
    prototype[name] = value;
    try {
      found = { ...decide(Object.assign(Object.create(null) as AadError, facts)) };
    } finally {
      Reflect.deleteProperty(prototype, name);
    }
    expect(found).toStrictEqual(expected);
  });
});

describe('decide: attempts', () => {
  it('the first try is as decided', () => {
    const decision = decide(error({ oauthError: 'invalid_grant', aadstsCodes: [50076] }), { attempts: 0 });
    expect(decision).toMatchObject({ action: 'interactive', rule: 'code' });
    expect(decision.prompt).toBeUndefined();
  });

  it('the second try asks for more', () => {
    expect(decide(error({ oauthError: 'invalid_grant', aadstsCodes: [50076] }), { attempts: 1 })).toMatchObject({
      action: 'interactive',
      prompt: 'login',
    });
    expect(decide(error({ aadstsCodes: [50076], claims }), { attempts: 1 })).toMatchObject({
      action: 'claims_challenge',
      prompt: 'login',
      claims,
    });
  });

  it.each<[name: string, facts: Partial<AadError>]>([
    ['interactive', { oauthError: 'invalid_grant' }],
    ['claims_challenge', { claims }],
    ['consent', { aadstsCodes: [65001] }],
  ])('the third try of %s is a page', (_name, facts) => {
    for (const attempts of [2, 3, 100]) {
      const decision = decide(error(facts), { attempts });
      expect(decision).toMatchObject({
        action: 'contact_admin',
        situation: 'too-many-sign-ins',
        who: 'admin',
        rule: 'loop-brake',
        retryable: false,
      });
      expect(decision.prompt).toBeUndefined();
      expect(decision.claims).toBeUndefined();
      expect(decision.trace.at(-1)).toStrictEqual({
        rule: 'loop-brake',
        because: `${String(attempts)} sign-ins brought the same answer`,
      });
    }
  });

  it('the third try is a page, too, where a rule of the application starts them', () => {
    const overrides = [{ match: { code: 50105 }, use: { action: 'interactive', prompt: 'login' } }] as const;
    const notAssigned = error({ aadstsCodes: [50105], scopes: ['Mail.Read'] });
    expect(decide(notAssigned, { attempts: 1, overrides })).toMatchObject({ action: 'interactive', prompt: 'login' });
    const third = decide(notAssigned, { attempts: 2, overrides });
    expect(third).toMatchObject({ action: 'contact_admin', situation: 'too-many-sign-ins', rule: 'loop-brake' });
    expect(third.trace.map(({ rule }) => rule).slice(-1)).toStrictEqual(['loop-brake']);
    for (const member of ['claims', 'prompt', 'scopes']) expect(third).not.toHaveProperty(member);
  });

  it.each<[action: AadAction, facts: Partial<AadError>]>([
    ['retry', { status: 503 }],
    ['user_cancelled', { aadstsCodes: [65004] }],
    ['fix_config', { oauthError: 'invalid_client' }],
    ['contact_admin', { aadstsCodes: [50105] }],
  ])('attempts change nothing about %s', (action, facts) => {
    const { rule, ...rest } = decide(error(facts), { attempts: 5 });
    expect(rest.action).toBe(action);
    expect(rule).not.toBe('loop-brake');
  });

  it('a block with claims (53003): their first presentation is tried, the second is not', () => {
    const facts = { oauthError: 'invalid_grant', suberror: 'message_only', aadstsCodes: [53003], claims };
    expect(decide(error(facts), { attempts: 0 })).toMatchObject({ action: 'claims_challenge', rule: 'claims', claims });
    const second = decide(error(facts), { attempts: 1 });
    expect(second).toMatchObject({
      action: 'contact_admin',
      situation: 'blocked-by-policy',
      who: 'admin',
      rule: 'claims',
      code: 'AADSTS53003',
    });
    expect(second.claims).toBeUndefined();
  });
});

describe('decide: prompt', () => {
  it.each<[name: string, facts: Partial<AadError>, prompt: string | undefined]>([
    ['consent asks for consent', { aadstsCodes: [65001] }, 'consent'],
    ['a password change asks for a new login', { oauthError: 'invalid_grant', aadstsCodes: [50173] }, 'login'],
    ['an expired session does not', { oauthError: 'invalid_grant', aadstsCodes: [700082] }, undefined],
    ['the wrong account asks for a choice', { aadstsCodes: [50141] }, 'select_account'],
    ['a wrong password asks for a choice', { aadstsCodes: [50126] }, 'select_account'],
    ['claims do not', { claims }, undefined],
    ['a retry has none', { status: 503 }, undefined],
  ])('%s', (_name, facts, prompt) => {
    expect(decide(error(facts)).prompt).toBe(prompt);
  });
});

describe('decide: what goes along', () => {
  it('has no member without a value', () => {
    const always = ['action', 'situation', 'retryable', 'who', 'confidence', 'rule', 'trace'];
    expect(Object.keys(decide(error({ status: 503 })))).toStrictEqual(always);
    expect(Object.keys(decide(error({ status: 401 })))).toStrictEqual(always);
    expect(Object.keys(decide(error({ aadstsCodes: [65001], claims }), { scopes: ['a'], attempts: 1 }))).toStrictEqual([
      ...always,
      'code',
      'prompt',
      'claims',
      'scopes',
    ]);
  });

  it('says so when nothing fits', () => {
    expect(decide(error({}))).toStrictEqual({
      action: 'unknown',
      situation: 'unknown-problem',
      retryable: false,
      who: 'developer',
      confidence: 'inferred',
      rule: 'unknown',
      trace: [{ rule: 'unknown', because: 'no rule knows this error' }],
    });
  });

  it('takes scopes from the error, else from the context, and only for the user', () => {
    expect(
      decide(error({ aadstsCodes: [65001], scopes: ['Mail.Read'] }), { scopes: ['User.Read'] }).scopes,
    ).toStrictEqual(['Mail.Read']);
    expect(decide(error({ aadstsCodes: [65001] }), { scopes: ['User.Read'] }).scopes).toStrictEqual(['User.Read']);
    expect(decide(error({ aadstsCodes: [50105] }), { scopes: ['User.Read'] }).scopes).toBeUndefined();
  });

  it('passes the wait on with a retry only', () => {
    expect(decide(error({ status: 429, retryAfterSeconds: 17 })).retryAfterSeconds).toBe(17);
    expect(decide(error({ status: 429, retryAfterSeconds: 0 })).retryAfterSeconds).toBe(0);
    expect(decide(error({ oauthError: 'invalid_grant', retryAfterSeconds: 17 })).retryAfterSeconds).toBeUndefined();
  });

  it('says in the trace that claims were dropped', () => {
    expect(decide(error({ oauthError: 'interaction_required', claimsDropped: true })).trace.slice(1)).toStrictEqual([
      { rule: 'claims', because: 'a claims value was present but not usable' },
    ]);
    expect(decide(error({ oauthError: 'interaction_required', claimsDropped: false })).trace).toHaveLength(1);
  });

  it('signs in without claims where a code asks for them and none came along', () => {
    const decision = decide(error({ aadstsCodes: [50079] }));
    expect(decision.action).toBe('interactive');
    expect(decision.trace.at(-1)).toStrictEqual({
      rule: 'claims',
      because: 'no claims came along: the user signs in without them',
    });
  });

  it('says the same every time and changes nothing', () => {
    const facts = Object.freeze(error({ oauthError: 'invalid_grant', aadstsCodes: Object.freeze([50076]), claims }));
    const context = Object.freeze({ attempts: 1, scopes: Object.freeze(['a']) });
    expect(decide(facts, context)).toStrictEqual(decide(facts, context));
  });
});

describe('decide: overrides', () => {
  const use = { action: 'contact_admin', situation: 'permission-denied', who: 'admin' } as const;
  const facts = {
    oauthError: 'invalid_grant',
    suberror: 'basic_action',
    aadstsCodes: [50076],
    b2cCodes: ['AADB2C90118'],
  };

  it.each<[name: string, match: Override['match'], fits: boolean]>([
    ['an AADSTS number', { code: 50076 }, true],
    ['an AADSTS text', { code: 'AADSTS50076' }, true],
    ['a B2C code', { code: 'AADB2C90118' }, true],
    ['another number', { code: 50079 }, false],
    ['another B2C code', { code: 'AADB2C90091' }, false],
    ['the OAuth error', { oauthError: 'invalid_grant' }, true],
    ['another OAuth error', { oauthError: 'invalid_client' }, false],
    ['the suberror', { suberror: 'basic_action' }, true],
    ['another suberror', { suberror: 'bad_token' }, false],
    ['another situation', { situation: 'nothing-like-it' }, false],
    ['everything together', { code: 50076, oauthError: 'invalid_grant', suberror: 'basic_action' }, true],
    ['all but one', { code: 50076, oauthError: 'invalid_grant', suberror: 'bad_token' }, false],
  ])('match %s', (_name, match, fits) => {
    const decision = decide(error(facts), { overrides: [{ match, use }] });
    expect(decision.rule === 'override').toBe(fits);
    if (fits) expect(decision).toMatchObject({ ...use, retryable: false, confidence: 'documented' });
  });

  it('match the situation that the rules found', () => {
    expect(
      decide(error({ aadstsCodes: [65001] }), {
        overrides: [{ match: { situation: 'consent-needed' }, use: { action: 'admin_consent' } }],
      }),
    ).toMatchObject({ action: 'admin_consent', situation: 'consent-needed', rule: 'override' });
  });

  it('the first that fits counts', () => {
    const overrides: Override[] = [
      { match: { code: 1 }, use: { situation: 'a' } },
      { match: { code: 50076 }, use: { situation: 'b' } },
      { match: { code: 50076 }, use: { situation: 'c' } },
    ];
    expect(decide(error(facts), { overrides }).situation).toBe('b');
  });

  it('keep the reasoning of the built-in rule behind their own', () => {
    expect(
      decide(error({ aadstsCodes: [65001] }), { overrides: [{ match: { code: 65001 }, use }] }).trace,
    ).toStrictEqual([
      { rule: 'override', because: 'a rule of the application' },
      { rule: 'code', because: 'catalogue row of AADSTS65001' },
    ]);
  });

  it('can make an error retryable', () => {
    expect(decide(error(facts), { overrides: [{ match: { code: 50076 }, use: { action: 'retry' } }] })).toMatchObject({
      action: 'retry',
      retryable: true,
    });
    expect(decide(error(facts), { overrides: [{ match: { code: 50076 }, use: { retryable: true } }] })).toMatchObject({
      action: 'interactive',
      retryable: true,
    });
  });

  it('take the claims along where they make a claims challenge of something else', () => {
    const blocked = error({ aadstsCodes: [50105], claims });
    const to = (action: AadAction): Decision =>
      decide(blocked, { overrides: [{ match: { code: 50105 }, use: { action } }] });
    expect(decide(blocked).claims).toBeUndefined();
    expect(to('claims_challenge')).toMatchObject({ action: 'claims_challenge', claims });
    expect(to('interactive').claims).toBeUndefined();
  });

  it('cannot make a claims challenge without claims', () => {
    const overrides: Override[] = [{ match: { code: 50076 }, use: { action: 'claims_challenge' } }];
    expect(decide(error(facts), { overrides }).action).toBe('interactive');
    expect(decide(error({ ...facts, claims }), { overrides })).toMatchObject({ action: 'claims_challenge', claims });
  });
});

describe('decide: what another action of an override brings along', () => {
  const facts = error({ oauthError: 'invalid_grant', aadstsCodes: [50105], scopes: ['Orders.Read'] });
  const use = (to: Override['use'], from: AadError = facts, more: DecideContext = {}): Decision =>
    decide(from, { ...more, overrides: [{ match: { oauthError: 'invalid_grant' }, use: to }] });

  it('consent: the prompt and the scopes of the failed call', () => {
    expect(use({ action: 'consent', situation: 'consent-needed' })).toMatchObject({
      action: 'consent',
      prompt: 'consent',
      scopes: ['Orders.Read'],
    });
  });

  it('consent: the scopes of the context when the error names none', () => {
    const bare = error({ oauthError: 'invalid_grant', aadstsCodes: [50105] });
    expect(use({ action: 'consent' }, bare, { scopes: ['Orders.Write'] }).scopes).toEqual(['Orders.Write']);
  });

  it('the prompt of the rule comes before ours', () => {
    expect(use({ action: 'consent', prompt: 'login' }).prompt).toBe('login');
  });

  it('interactive: another account where the situation asks for one', () => {
    expect(use({ action: 'interactive', situation: 'wrong-account' }).prompt).toBe('select_account');
  });

  it('an action without a user keeps nothing of the sign-in', () => {
    const challenged = error({ oauthError: 'invalid_grant', aadstsCodes: [50076], claims, scopes: ['Orders.Read'] });
    const decision = use({ action: 'contact_admin' }, challenged);
    expect(decision).toMatchObject({ action: 'contact_admin' });
    expect(Object.keys(decision)).not.toEqual(expect.arrayContaining(['claims']));
    expect([decision.claims, decision.scopes, decision.prompt]).toEqual([undefined, undefined, undefined]);
  });

  it('claims_challenge: the claims', () => {
    const blocked = error({ oauthError: 'invalid_grant', aadstsCodes: [50105], claims });
    expect(use({ action: 'claims_challenge' }, blocked).claims).toBe(claims);
  });

  it('retry: the wait that the server asked for', () => {
    const waiting = error({ oauthError: 'invalid_grant', aadstsCodes: [50076], retryAfterSeconds: 7 });
    expect(use({ action: 'retry' }, waiting)).toMatchObject({ retryable: true, retryAfterSeconds: 7 });
  });

  it('the same action with another situation keeps what it had', () => {
    const challenged = error({ oauthError: 'invalid_grant', aadstsCodes: [50076], claims });
    expect(use({ situation: 'blocked-by-policy' }, challenged)).toMatchObject({ action: 'claims_challenge', claims });
  });
});
