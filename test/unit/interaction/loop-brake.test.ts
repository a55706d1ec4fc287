import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import {
  brakeCookie,
  brakeWindowSeconds,
  countOf,
  countTicketUse,
  createPlanner,
  createSealer,
  finished,
  maxSignIns,
  noteBrake,
  openBrake,
  openTicket,
  readBrake,
  readCookie,
  reasonKey,
  sealBrake,
  signInsFor,
  started,
  strike,
  type BrakeState,
  type OpenedTicket,
  type Plan,
  type Planner,
} from '../../../src/interaction/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadError, Decision, InteractionRequest, RequestFacts } from '../../../src/types.js';

const nowMs = Date.UTC(2026, 10, 3, 12);
const cookies = { secure: true };
const sealer = createSealer(['a test secret of more than thirty-two characters']);
const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';

function errorOf(code: number, more: Readonly<Record<string, unknown>> = {}): AadError {
  return normalize({ error: 'invalid_grant', error_codes: [code], error_description: `AADSTS${code}: x`, ...more })!;
}

const facts: RequestFacts = {
  kind: 'navigation',
  method: 'GET',
  safe: true,
  redirectable: true,
  returnTo: '/tasks',
  instance: '/tasks',
  locale: 'en',
  reloads: 0,
  nowMs,
};

const pairs = (setCookies: readonly string[]): string => setCookies.map((cookie) => cookie.split(';')[0]!).join('; ');

describe('the loop brake', () => {
  test('counts by reason: account, scopes, claims, code', () => {
    const keys = [
      reasonKey(errorOf(50076), undefined),
      reasonKey(errorOf(50079), undefined),
      reasonKey(errorOf(50076, { claims }), undefined),
      reasonKey(normalize({ error: 'invalid_grant', error_codes: [50076] }, { scopes: ['a'] })!, undefined),
      reasonKey(errorOf(50076), 'alice'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(reasonKey(errorOf(50076), undefined)).toBe(keys[0]);
  });

  test('takes a reason for the same with the scopes that every sign-in adds, in any order', () => {
    const keyOf = (scopes?: string[]): string =>
      reasonKey(normalize({ error: 'invalid_grant' }, { scopes })!, undefined);
    expect(keyOf(['b', 'a', 'openid', 'profile', 'offline_access'])).toBe(keyOf(['a', 'b']));
    expect(keyOf(['openid', 'profile', 'email'])).toBe(keyOf());
    expect(keyOf(['a'])).not.toBe(keyOf(['b']));
    expect(keyOf(['a', 'bc'])).not.toBe(keyOf(['ab', 'c']));
  });

  test.each<[string, Partial<AadError>, Partial<AadError>]>([
    ['B2C codes', { b2cCodes: ['AADB2C90118'] }, { b2cCodes: ['AADB2C90077'] }],
    ['one of several codes', { aadstsCodes: [1], b2cCodes: ['AADB2C1'] }, { aadstsCodes: [2], b2cCodes: ['AADB2C1'] }],
    ['suberrors', { suberror: 'basic_action', oauthError: 'x' }, { suberror: 'message_only', oauthError: 'x' }],
    ['OAuth errors', { oauthError: 'invalid_grant' }, { oauthError: 'login_required' }],
    ['codes of MSAL', { clientCode: 'no_tokens_found' }, { clientCode: 'no_account_error' }],
    ['statuses', { status: 401 }, { status: 403 }],
  ])('tells two %s apart', (_name, one, other) => {
    const bare = { aadstsCodes: [], b2cCodes: [] } as unknown as AadError;
    const keys = [{}, one, other].map((more) => reasonKey({ ...bare, ...more }, undefined));
    expect(new Set(keys).size).toBe(3);
  });

  test('takes a code for the reason, whatever else the error says', () => {
    const bare = { aadstsCodes: [50076], b2cCodes: [] } as unknown as AadError;
    expect(reasonKey({ ...bare, suberror: 'basic_action' }, undefined)).toBe(reasonKey(bare, undefined));
  });

  test('shows nothing readable of the reason', () => {
    expect(reasonKey(errorOf(50076, { claims }), 'alice@contoso.test')).toMatch(/^[\w-]{12}$/);
  });

  test('a first and a second sign-in pass, a third does not', () => {
    let state: BrakeState = [];
    const seen: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      seen.push(signInsFor(state, 'a'));
      state = strike(state, 'a', nowMs + round);
    }
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(seen.filter((count) => count < maxSignIns)).toHaveLength(2);
  });

  test('sign-ins that ran side by side count once, those that ran one after the other each', () => {
    let state: BrakeState = [];
    for (let tab = 0; tab < 10; tab += 1) state = strike(state, 'a', nowMs + tab, 0);
    expect(countOf(state, 'a')).toBe(1);
    state = strike(state, 'a', nowMs + 20, 1);
    expect(signInsFor(state, 'a')).toBe(2);
    // The cookie was lost on the way: the sign-in itself knows how many there were.
    expect(countOf(strike([], 'a', nowMs, 1), 'a')).toBe(2);
  });

  test('ten sign-ins may begin at once, and begin again once they have brought tokens; a thirteenth open one may not', () => {
    let state: BrakeState = [];
    for (let tab = 0; tab < 10; tab += 1) state = started(state, nowMs);
    expect(signInsFor(state, 'a')).toBe(0);
    for (let tab = 0; tab < 10; tab += 1) state = finished(state, nowMs);
    expect(finished(state, nowMs)).toEqual(state);
    for (let tab = 0; tab < 12; tab += 1) {
      expect(signInsFor(state, 'a')).toBe(0);
      state = started(state, nowMs);
    }
    expect(signInsFor(state, 'a')).toBe(maxSignIns);
    expect(signInsFor(readBrake(state, nowMs + brakeWindowSeconds * 1000 + 1_000), 'a')).toBe(0);
  });

  test('different reasons may follow each other, but five sign-ins within the window are enough', () => {
    let state: BrakeState = [];
    for (const key of ['a', 'b', 'c', 'd']) state = strike(state, key, nowMs);
    expect(signInsFor(state, 'e')).toBe(0);
    state = strike(state, 'e', nowMs);
    expect(signInsFor(state, 'f')).toBeGreaterThanOrEqual(maxSignIns);
  });

  test('starts over when the window has passed since the first one, also if the reason kept coming', () => {
    let state = strike([], 'a', nowMs);
    state = strike(state, 'a', nowMs + 200_000);
    expect(signInsFor(readBrake(state, nowMs + brakeWindowSeconds * 1000 - 1_000), 'a')).toBe(2);
    expect(signInsFor(readBrake(state, nowMs + brakeWindowSeconds * 1000 + 1_000), 'a')).toBe(0);
  });

  test('holds at most eight reasons, however many come', () => {
    let state: BrakeState = [];
    for (let round = 0; round < 100; round += 1) state = strike(state, `reason ${round}`, nowMs);
    expect(state.length).toBeLessThanOrEqual(8);
    expect(Buffer.byteLength(pairs(sealBrake(sealer, cookies, state, nowMs)))).toBeLessThan(1_500);
  });

  const since = nowMs / 1000;

  test.each([
    ...[undefined, null, 'x', {}, [null], [{}], [[1]]],
    ...[[{ key: 'a', count: '1', since }], [{ key: 1, count: 1, since }], [{ key: 'a', count: 1, since: `${since}` }]],
    [{ key: 'a', count: 1, since: since - brakeWindowSeconds }],
  ])('a state that is none, or over, counts as none (%#)', (value) => {
    expect(readBrake(value, nowMs)).toEqual([]);
  });

  test('of a state, what is of the window is read, eight reasons at most', () => {
    const strikes = Array.from({ length: 9 }, (_, index) => ({ key: `k${index}`, count: 1, since: since - 299 }));
    expect(readBrake(strikes, nowMs)).toEqual(strikes.slice(0, 8));
  });

  test('each reason has its own window, from its own first sign-in', () => {
    const state = strike(strike(strike([], 'a', nowMs), 'b', nowMs + 200_000), 'b', nowMs + 210_000);
    const later = readBrake(state, nowMs + brakeWindowSeconds * 1000 + 1_000);
    expect([countOf(later, 'a'), countOf(later, 'b')]).toEqual([0, 2]);
  });

  test('a clock an hour off: strikes of the future count, old ones do not, nothing stays for ever', () => {
    const hour = 3_600_000;
    const ahead = pairs(
      sealBrake(sealer, cookies, strike(strike([], 'a', nowMs + hour), 'a', nowMs + hour), nowMs + hour),
    );
    expect(signInsFor(openBrake(sealer, cookies, ahead, nowMs), 'a')).toBe(2);
    expect(signInsFor(openBrake(sealer, cookies, ahead, nowMs + hour + 301_000), 'a')).toBe(0);
    const behind = pairs(sealBrake(sealer, cookies, strike([], 'a', nowMs - hour), nowMs - hour));
    expect(openBrake(sealer, cookies, behind, nowMs)).toEqual([]);
  });

  test('a forged or foreign cookie counts as none', () => {
    const foreign = createSealer(['another secret of more than thirty-two characters']);
    const cookie = pairs(sealBrake(foreign, cookies, strike([], 'a', nowMs), nowMs));
    expect(openBrake(sealer, cookies, cookie, nowMs)).toEqual([]);
    expect(openBrake(sealer, cookies, `__Host-${brakeCookie}=x`, nowMs)).toEqual([]);
    expect(openBrake(sealer, cookies, undefined, nowMs)).toEqual([]);
  });
});

describe('the planner', () => {
  const settings = {
    sealer,
    cookies,
    startPath: '/login',
    signInPath: '/login',
    adminConsentUrl: undefined,
    countHere: true,
  };

  type Facts = Partial<Pick<RequestFacts, 'kind' | 'redirectable' | 'returnTo'>>;

  /** One browser: what a planner decides about a page that fails, with the cookies of the answers before. */
  function browserOf(planner: Planner) {
    const jar = new Map<string, string>();
    const header = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const keep = (setCookies: readonly string[]): void => {
      for (const cookie of setCookies) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (cookie.includes('Max-Age=0')) jar.delete(name);
        else jar.set(name, value);
      }
    };
    const attempts = (error: AadError, returnTo = '/tasks'): number =>
      planner.attempts(error, header(), nowMs, returnTo);
    const fail = (error: AadError, more: Facts = {}): { decision: Decision; plan: Plan } => {
      const decision = decide(error, { attempts: attempts(error, more.returnTo) });
      const plan = planner.plan(decision, error, { ...facts, ...more }, header());
      keep(plan.setCookies);
      return { decision, plan };
    };
    /** What readInteractionTicket does. */
    const use = (plan: Plan): void => {
      const text = new URL(plan.url!, 'https://app.contoso.test').searchParams.get('ticket');
      const opened = openTicket(sealer, text, header(), nowMs, cookies) as OpenedTicket;
      keep([...opened.setCookies, ...countTicketUse(sealer, cookies, opened, header(), nowMs)]);
    };
    return { jar, attempts, fail, use };
  }

  const said = ({ action, prompt }: Decision): string => `${action} ${prompt ?? '-'}`;

  test.each([
    ['an own route, whose tickets are used', '/login'],
    ['an own start()', undefined],
  ])('with %s, the third time for the same reason at the same page is a stop', (_way, startPath) => {
    const error = errorOf(50076, { claims });
    const browser = browserOf(createPlanner({ ...settings, startPath }));
    const rounds = [0, 1, 2].map(() => {
      const round = browser.fail(error);
      if (startPath !== undefined && round.plan.url !== undefined) browser.use(round.plan);
      return round;
    });
    expect(rounds.map(({ decision }) => said(decision))).toEqual([
      'claims_challenge -',
      'claims_challenge login',
      'contact_admin -',
    ]);
    expect(rounds.map(({ plan }) => plan.attempts)).toEqual([0, 0, 2]);
    expect(rounds[2]!.plan).toMatchObject({ setCookies: [] });
    expect(rounds.map(({ plan }) => plan.url !== undefined)).toEqual([startPath, startPath, undefined].map(Boolean));
    expect(browser.fail(error, { returnTo: '/other' }).decision.action).toBe('claims_challenge');
  });

  test('with an own route, each redirect of one page counts, used or not, and at most twelve of all pages begin', () => {
    const browser = browserOf(createPlanner(settings));
    expect(said(browser.fail(errorOf(50058)).decision)).toBe('interactive -');
    expect(said(browser.fail(errorOf(50058)).decision)).toBe('interactive login');
    expect(browser.fail(errorOf(50058)).decision).toMatchObject({ rule: 'loop-brake', action: 'contact_admin' });
    const tabs = browserOf(createPlanner(settings));
    for (let tab = 0; tab < 12; tab += 1)
      expect(said(tabs.fail(errorOf(50058), { returnTo: `/${String(tab)}` }).decision)).toBe('interactive -');
    const last = tabs.fail(errorOf(50058), { returnTo: '/12' });
    expect(last.decision).toMatchObject({ rule: 'loop-brake' });
    expect(last.plan.attempts, 'what one page has led to, not how many began').toBe(1);
  });

  test('with an own route, five tabs with a page each do not stop the sign-in for another reason', () => {
    const browser = browserOf(createPlanner(settings));
    for (let tab = 0; tab < 5; tab += 1) browser.use(browser.fail(errorOf(50058), { returnTo: `/${tab}` }).plan);
    expect(said(browser.fail(errorOf(65001)).decision)).toBe('consent consent');
  });

  test("a script's ticket counts once it is used, however many were handed out; a click on a page's link does not", () => {
    const error = errorOf(50058);
    const scripts = browserOf(createPlanner(settings));
    const calls = [0, 1, 2, 3].map(() => scripts.fail(error, { kind: 'script', redirectable: false }));
    expect(scripts.attempts(error)).toBe(0);
    scripts.use(calls[3]!.plan);
    expect(scripts.attempts(error)).toBe(1);
    const form = browserOf(createPlanner(settings));
    for (let click = 0; click < 3; click += 1) form.use(form.fail(error, { redirectable: false }).plan);
    expect(form.attempts(error)).toBe(0);
  });

  test.each(['script', 'api'] as const)('%s: nothing is counted when it is answered', (kind) => {
    const planner = createPlanner(settings);
    const error = errorOf(50076);
    const plan = planner.plan(decide(error), error, { ...facts, kind, redirectable: false }, undefined);
    expect(plan.setCookies.some((cookie) => cookie.includes(brakeCookie))).toBe(false);
    expect(plan.url !== undefined).toBe(kind === 'script');
  });

  test.each(['abc', 'abc.', '.0', 'abc.0x', 'abc.x.0', '-abc.0', 'ABC.0'])(
    'a ticket of other routes, which count by themselves, is not counted as one of an own route: key %s',
    (key) => {
      const opened: OpenedTicket = { key, setCookies: [], request: { returnTo: '/' } as InteractionRequest };
      expect(countTicketUse(sealer, cookies, opened, undefined, nowMs)).toEqual([]);
    },
  );

  test("using a script's ticket adds one to the sign-ins it had seen, however many these were", () => {
    const opened: OpenedTicket = { key: 'abc.10', setCookies: [], request: { returnTo: '/' } as InteractionRequest };
    const state = openBrake(sealer, cookies, pairs(countTicketUse(sealer, cookies, opened, undefined, nowMs)), nowMs);
    expect(state.map(({ count }) => count).sort()).toEqual([1, 11]);
  });

  test('where the place is not said, it is the start page', () => {
    const planner = createPlanner(settings);
    const error = errorOf(50058);
    const header = pairs(planner.plan(decide(error), error, { ...facts, returnTo: '/' }, undefined).setCookies);
    expect(planner.attempts(error, header, nowMs)).toBe(1);
    expect(planner.attempts(error, header, nowMs, '/tasks')).toBe(0);
  });

  test.each([
    ['of 4,500 bytes ride on the ticket', 'x'.repeat(4_488), true],
    ['of more are left out whole', 'x'.repeat(4_489), false],
    ['are measured in bytes', 'é'.repeat(2_245), false],
  ])('claims %s', (_name, filling, isKept) => {
    const planner = createPlanner(settings);
    const error = errorOf(50076, { claims });
    const decision: Decision = { ...decide(error), claims: `{"a":"${filling}"}    ` };
    const plan = planner.plan(decision, error, facts, undefined);
    const text = new URL(plan.url!, 'https://app.contoso.test').searchParams.get('ticket');
    const { request } = openTicket(sealer, text, pairs(plan.setCookies), nowMs, cookies) as OpenedTicket;
    expect(request).toMatchObject({ action: 'claims_challenge', situation: decision.situation, returnTo: '/tasks' });
    expect(request.claims).toBe(isKept ? decision.claims : undefined);
    expect(decision.claims).toBeDefined();
  });

  describe('of msalInteraction, whose routes count', () => {
    const planner = createPlanner({
      ...settings,
      startPath: '/auth/challenge',
      signInPath: '/sign-in',
      countHere: false,
    });
    const counts = (error: AadError, more: Facts = {}, decision = decide(error)): boolean =>
      planner
        .plan(decision, error, { ...facts, ...more }, undefined)
        .setCookies.some((cookie) => cookie.includes(brakeCookie));
    const returned = (): AadError =>
      normalize(
        { error: 'login_required', error_description: 'AADSTS50058: x' },
        { origin: 'authorization-response' },
      )!;

    test('nothing is counted when a page fails: its sign-in has not come back', () => {
      expect(counts(errorOf(50058))).toBe(false);
    });

    test('an answer of Entra that leads to the next sign-in is counted, once', () => {
      const error = returned();
      const { setCookies } = planner.plan(decide(error), error, facts, undefined);
      expect(planner.attempts(error, pairs(setCookies), nowMs)).toBe(1);
      noteBrake(error, strike([], reasonKey(error, undefined), nowMs));
      expect(counts(error)).toBe(false);
    });

    test('but not where there is a page instead of a redirect, or no sign-in at all', () => {
      expect(counts(returned(), { redirectable: false })).toBe(false);
      expect(counts(returned(), { kind: 'api' })).toBe(false);
      expect(counts(returned(), {}, { ...decide(returned()), action: 'contact_admin' })).toBe(false);
    });

    test('what the redirect URI has counted for this error counts, not the older cookie of its request', () => {
      const error = returned();
      noteBrake(error, strike(strike([], reasonKey(error, undefined), nowMs), reasonKey(error, undefined), nowMs));
      expect(planner.attempts(error, undefined, nowMs)).toBe(2);
      expect(planner.attempts(returned(), undefined, nowMs)).toBe(0);
    });
  });

  test.each([
    ['an own route knows no place', {}, '/tasks', '/login'],
    ['ours comes back to it', { countHere: false }, '/tasks?a=b&c', '/login?return_to=%2Ftasks%3Fa%3Db%26c'],
    ['the start page needs no word', { countHere: false }, '/', '/login'],
    ['there is none', { countHere: false, signInPath: undefined }, '/tasks', undefined],
  ])('the address of the ordinary sign-in: %s', (_name, more, returnTo, wanted) => {
    const planner = createPlanner({ ...settings, ...more });
    const error = errorOf(50105);
    expect(planner.plan(decide(error), error, { ...facts, returnTo }, undefined).signInUrl).toBe(wanted);
  });

  test('an address with a query of its own gets the ticket added', () => {
    const planner = createPlanner({ ...settings, startPath: '/login?from=error' });
    const error = errorOf(50058);
    expect(planner.plan(decide(error), error, facts, undefined).url).toMatch(/^\/login\?from=error&ticket=[\w.~-]+$/);
  });

  test('AADSTS50196 gets no way to sign in, at the first try already', () => {
    const planner = createPlanner(settings);
    const error = errorOf(50196, { suberror: 'bad_token' });
    const decision = decide(error);
    const plan = planner.plan(decision, error, facts, undefined);
    expect(decision.situation).toBe('too-many-sign-ins');
    expect(['interactive', 'claims_challenge', 'consent']).not.toContain(decision.action);
    expect(plan).toMatchObject({ setCookies: [] });
    expect(plan.url).toBeUndefined();
  });

  test('a page that polls keeps at most eight unused tickets in the browser', () => {
    const planner = createPlanner(settings);
    const error = errorOf(50058);
    const jar = new Map<string, string>();
    let first = '';
    for (let poll = 0; poll < 200; poll += 1) {
      const header = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const plan = planner.plan(decide(error), error, { ...facts, kind: 'script', redirectable: false }, header);
      if (poll === 0) first = plan.url!;
      for (const cookie of plan.setCookies) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (cookie.includes('Max-Age=0')) jar.delete(name);
        else jar.set(name, value);
      }
      expect(jar.size).toBeLessThanOrEqual(8);
      // The newest one always works.
      const text = new URL(plan.url!, 'https://app.contoso.test').searchParams.get('ticket');
      const now = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      expect(openTicket(sealer, text, now, nowMs, cookies)).toMatchObject({ request: { returnTo: '/tasks' } });
    }
    const header = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const text = new URL(first, 'https://app.contoso.test').searchParams.get('ticket');
    expect(openTicket(sealer, text, header, nowMs, cookies)).toBe('cookie');
  });

  test('10,000 users leave nothing in the memory of the server', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const planner = createPlanner({ ...settings, startPath: undefined });
    const round = (users: number): number => {
      let cookieBytes = 0;
      for (let user = 0; user < users; user += 1) {
        const error = errorOf(50076, { claims: claims.replace('"1"', `"${String(user)}"`) });
        const decision = decide(error, { attempts: planner.attempts(error, undefined, nowMs) });
        const header = pairs(planner.plan(decision, error, facts, undefined).setCookies);
        expect(planner.attempts(error, header, nowMs, facts.returnTo)).toBe(1);
        cookieBytes = Math.max(cookieBytes, readCookie(header, brakeCookie, cookies)!.length);
      }
      return cookieBytes;
    };
    round(500);
    collect();
    const before = process.memoryUsage().heapUsed;
    const cookieBytes = round(10_000);
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    expect(cookieBytes).toBeLessThan(400);
    // A map of 10,000 entries would hold about 100 bytes each; what is left is noise of the test itself.
    expect(grown / 10_000).toBeLessThan(50);
  });
});
