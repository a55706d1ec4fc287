import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import {
  brakeCookie,
  brakeWindowSeconds,
  createPlanner,
  createSealer,
  maxSignIns,
  openBrake,
  openTicket,
  readBrake,
  readCookie,
  reasonKey,
  sealBrake,
  signInsFor,
  strike,
  type BrakeState,
} from '../../../src/interaction/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadError, RequestFacts } from '../../../src/types.js';

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
    expect(keyOf(['openid', 'profile'])).toBe(keyOf());
    expect(keyOf(['a'])).not.toBe(keyOf(['b']));
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

  test.each([undefined, null, 'x', {}, [null], [{}], [{ key: 'a', count: 'x', since: 1 }], [[1]]])(
    'a state that is none counts as none (%#)',
    (value) => {
      expect(readBrake(value, nowMs)).toEqual([]);
    },
  );

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

  test('with an own route for the start, the third time for the same reason is a stop', () => {
    const planner = createPlanner(settings);
    const error = errorOf(50076, { claims });
    let header = '';
    const actions: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const decision = decide(error, { attempts: planner.attempts(error, header, nowMs) });
      actions.push(`${decision.action} ${decision.prompt ?? '-'}`);
      const plan = planner.plan(decision, error, facts, header);
      header = pairs(plan.setCookies);
      if (round === 2) expect(plan).toMatchObject({ attempts: 2, setCookies: [] });
    }
    expect(actions).toEqual(['claims_challenge -', 'claims_challenge login', 'contact_admin -']);
  });

  test.each(['script', 'api'] as const)('%s: nothing is counted, because nobody is redirected', (kind) => {
    const planner = createPlanner(settings);
    const error = errorOf(50076);
    const plan = planner.plan(decide(error), error, { ...facts, kind, redirectable: false }, undefined);
    expect(plan.setCookies.some((cookie) => cookie.includes(brakeCookie))).toBe(false);
    expect(plan.url !== undefined).toBe(kind === 'script');
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
    const planner = createPlanner(settings);
    const round = (users: number): number => {
      let cookieBytes = 0;
      for (let user = 0; user < users; user += 1) {
        const error = errorOf(50076, { claims: claims.replace('"1"', `"${String(user)}"`) });
        const decision = decide(error, { attempts: planner.attempts(error, undefined, nowMs) });
        const header = pairs(planner.plan(decision, error, facts, undefined).setCookies);
        expect(planner.attempts(error, header, nowMs)).toBe(1);
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
