import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAadResponder, normalizeAadError, redact } from '../../src/core.js';

const busy = { error: 'temporarily_unavailable', error_description: 'AADSTS90055: x' };

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe('normalizeAadError', () => {
  const nowMs = Date.UTC(2026, 0, 15);
  const answer = { status: 429, headers: { 'retry-after': new Date(nowMs + 30_000).toUTCString() }, body: busy };

  test('reads dates by the clock that is given, else by the one of the machine', () => {
    expect(normalizeAadError(answer, { nowMs })?.retryAfterSeconds).toBe(30);
    vi.useFakeTimers();
    vi.setSystemTime(nowMs + 10_000);
    expect(normalizeAadError(answer)?.retryAfterSeconds).toBe(20);
    expect(normalizeAadError(answer, { scopes: ['a'] })).toMatchObject({ retryAfterSeconds: 20, scopes: ['a'] });
    expect(normalizeAadError(answer, { nowMs, scopes: ['a'] })?.retryAfterSeconds).toBe(30);
  });

  test('is undefined for anything else', () => {
    expect(normalizeAadError(new Error('x'))).toBeUndefined();
  });
});

describe('redact', () => {
  const secret = 'client_secret=Zx8~verysecretvalue';

  test.each<[string, unknown, string]>([
    ['a text', `AADSTS7000215 ${secret}`, 'AADSTS7000215 client_secret=[redacted]'],
    ['an empty text', '', ''],
    ['an error: its message', new Error(`x ${secret}`), 'x client_secret=[redacted]'],
    ['an object with a message', { message: secret, other: 'x' }, 'client_secret=[redacted]'],
    ['an object without one, as JSON', { a: 1 }, '{"a":1}'],
    ['a message that is no text', { message: 7 }, '{"message":7}'],
    ['bytes, as the text they are', Buffer.from(`x ${secret}`), 'x client_secret=[redacted]'],
    ['a number', 50076, '50076'],
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a function', () => secret, ''],
    ['a symbol', Symbol('x'), ''],
    ['a bigint', 5n, ''],
  ])('of %s', (_name, value, wanted) => {
    expect(redact(value)).toBe(wanted);
  });

  test('never throws', () => {
    const cycle: Record<string, unknown> = {};
    cycle['cycle'] = cycle;
    expect(redact(cycle)).toBe('');
    const hostile = Object.defineProperty({}, 'message', { get: () => { throw new Error('no'); } }); // prettier-ignore
    expect(redact(hostile)).toBe('');
  });
});

describe('createAadResponder', () => {
  const request = { method: 'GET', url: '/', headers: { accept: 'application/json' } };

  test('shows details outside production only, by the environment when it was made', () => {
    const shows = (environment: string): boolean => {
      vi.stubEnv('NODE_ENV', environment);
      const { respond } = createAadResponder();
      vi.unstubAllEnvs();
      return respond(busy, request)!.response.body.includes('"developer"');
    };
    expect([shows('production'), shows('development')]).toEqual([false, true]);
  });

  test('gives undefined for what is no identity error', () => {
    expect(createAadResponder().respond(new Error('x'), request)).toBeUndefined();
  });

  test('takes what is known about the call', () => {
    const { respond } = createAadResponder({ exposeDetails: false });
    expect(respond({ error: 'login_required' }, request, { hasUser: false })!.decision.action).not.toBe('interactive');
    expect(respond({ error: 'login_required' }, request)!.decision.action).toBe('interactive');
    expect(respond({ error: 'consent_required' }, request, { scopes: ['Mail.Read'] })!.decision.scopes).toEqual([
      'Mail.Read',
    ]);
  });

  describe('overrides for one answer', () => {
    const expired = { error: 'login_required' };
    const actionWith = (own: object[] | undefined, usual?: object[]): string =>
      createAadResponder({ exposeDetails: false, ...(usual && { overrides: usual as never }) }).respond(
        expired,
        request,
        own && { overrides: own as never },
      )!.decision.action;
    const match = { oauthError: 'login_required' };

    test('count, and before those of all answers', () => {
      expect(actionWith([{ match, use: { action: 'contact_admin' } }])).toBe('contact_admin');
      const usual = [{ match, use: { action: 'fix_config' } }];
      expect(actionWith(undefined, usual)).toBe('fix_config');
      expect(actionWith([{ match, use: { action: 'contact_admin' } }], usual)).toBe('contact_admin');
      expect(actionWith([{ match: { code: 50105 }, use: { action: 'contact_admin' } }], usual)).toBe('fix_config');
      expect(actionWith([], usual)).toBe('fix_config');
    });

    test('are read as at start-up: a code as a text, nothing for what is undefined', () => {
      const use = { action: 'contact_admin', situation: undefined };
      const { decision } = createAadResponder().respond(
        { error: 'invalid_grant', error_codes: [50126], error_description: 'AADSTS50126: x' },
        request,
        { overrides: [{ match: { code: 'aadsts50126' }, use: use as never }] },
      )!;
      expect(decision.action).toBe('contact_admin');
      expect(decision.situation).toMatch(/^[a-z-]+$/);
    });

    test.each<[string, unknown]>([
      ['no list', {}],
      ['no rule', [null]],
      ['an unknown action', [{ match, use: { action: 'x' } }]],
      ['an unknown member', [{ match, use: { actions: 'x' } }]],
      ['a match of nothing', [{ match: {}, use: {} }]],
    ])('%s is refused in the words of start-up, whatever was thrown', (_name, overrides) => {
      const words = (run: () => unknown): string => {
        try {
          run();
        } catch (error) {
          return String(error);
        }
        return 'nothing';
      };
      const { respond } = createAadResponder();
      const atStart = words(() => createAadResponder({ overrides: overrides as never }));
      expect(atStart).toMatch(/^AadOptionsError: createAadResponder: .*overrides/);
      expect(words(() => respond(expired, request, { overrides: overrides as never }))).toBe(atStart);
      expect(words(() => respond(new Error('x'), request, { overrides: overrides as never }))).toBe(atStart);
    });
  });

  test('has the time of each answer', () => {
    vi.useFakeTimers();
    vi.setSystemTime(Date.UTC(2026, 0, 15));
    expect(createAadResponder().respond(busy, request)!.facts.nowMs).toBe(Date.UTC(2026, 0, 15));
  });

  test('refuses options by its own name', () => {
    expect(() => createAadResponder({ mod: 'x' } as object)).toThrow(/^createAadResponder: unknown option "mod"/);
    expect(() => createAadResponder({ homeUrl: 'x' })).toThrow(/^createAadResponder: option "homeUrl"/);
  });
});
