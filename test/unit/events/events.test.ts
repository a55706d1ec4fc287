/** Events, log lines and alerts by themselves; test/http/events.test.ts has them behind Express. */
import diagnosticsChannel from 'node:diagnostics_channel';
import { context, metrics, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { listAadsts } from '../../../src/catalog/index.js';
import { createReporter, type DecisionEvent, type EventOptions } from '../../../src/events/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadAction, AadError, Decision } from '../../../src/types.js';

const nowMs = Date.UTC(2026, 0, 15);
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const error: AadError = normalize({
  error: 'invalid_grant',
  suberror: 'basic_action',
  error_description: 'AADSTS50076: Due to a change\r\nmade by \u202e your administrator\ud800.',
  error_codes: [50076],
  trace_id: '0a1b2c3d-1111-4aaa-8bbb-0123456789ab',
  correlation_id: '4e5f6a7b-2222-4ccc-9ddd-abcdef012345',
  timestamp: '2026-01-15 10:20:30Z',
})!;
const decision = decide(error);

/** The error with other members; its description is none that a spread would copy. */
type Changes = { readonly [Name in keyof AadError]?: AadError[Name] | undefined };
const changed = (more: Changes): AadError => ({ ...error, description: error.description, ...more }) as AadError;

/** What the hook was told about one error. */
async function told(
  about: Changes = {},
  decided: Partial<Decision> = {},
  options: EventOptions = {},
): Promise<DecisionEvent> {
  const events: DecisionEvent[] = [];
  const reporter = createReporter({ ...options, onDecision: (event) => events.push(event) });
  reporter.report(changed(about), { ...decision, ...decided }, 401, 'script', nowMs);
  expect(events, 'not before the answer').toEqual([]);
  await tick();
  expect(events).toHaveLength(1);
  return events[0]!;
}

describe('an event', () => {
  test('says what was decided and by which ids to find it, and nothing else', async () => {
    const event = await told();
    expect(event).toStrictEqual({
      action: decision.action,
      situation: decision.situation,
      rule: decision.rule,
      who: decision.who,
      retryable: false,
      status: 401,
      kind: 'script',
      code: 'AADSTS50076',
      error: 'invalid_grant/basic_action',
      traceId: '0a1b2c3d-1111-4aaa-8bbb-0123456789ab',
      correlationId: '4e5f6a7b-2222-4ccc-9ddd-abcdef012345',
      timestamp: '2026-01-15T10:20:30Z',
    });
  });

  test('that two hooks get cannot be changed by the first of them', async () => {
    const events: DecisionEvent[] = [];
    const onDecision = (event: DecisionEvent): void => {
      expect(() => Object.assign(event, { action: 'changed' })).toThrow(TypeError);
      events.push(event);
    };
    const keep = (event: object): void => void events.push(event as DecisionEvent);
    const reporter = createReporter({ onDecision, logger: { info: keep, warn: keep, error: keep } });
    reporter.report(error, decision, 401, 'script', nowMs);
    await Promise.resolve();
    await Promise.resolve();
    expect(events.map(({ action }) => action)).toEqual([decision.action, decision.action]);
  });

  test('has no member for what is not known', async () => {
    const bare = { aadstsCodes: [], b2cCodes: [] } as unknown as AadError;
    const events: DecisionEvent[] = [];
    const untold: { code?: string } & Decision = { ...decision };
    delete untold.code;
    createReporter({ onDecision: (event) => events.push(event), logServerText: true }).report(
      bare,
      untold,
      500,
      'api',
      nowMs,
    );
    await tick();
    expect(Object.keys(events[0]!).sort()).toEqual([
      'action',
      'kind',
      'retryable',
      'rule',
      'situation',
      'status',
      'who',
    ]);
  });

  test.each<[string, Changes, Partial<DecisionEvent>]>([
    ['an OAuth error without suberror', { suberror: undefined }, { error: 'invalid_grant' }],
    ['a suberror that nobody registered', { suberror: 'call_me' }, { error: 'invalid_grant' }],
    ['an OAuth error that nobody registered', { oauthError: 'call_me' }, {}],
    ['a code of MSAL', { oauthError: undefined, clientCode: 'no_tokens_found' }, { clientCode: 'no_tokens_found' }],
    ['a code that nobody knows', { oauthError: undefined, clientCode: 'call_me' }, {}],
  ])('names %s', async (_name, about, wanted) => {
    const { error: named, clientCode } = await told(about);
    expect({ ...(named && { error: named }), ...(clientCode && { clientCode }) }).toEqual(wanted);
  });

  test('has the text of the server only when asked for, on one line, cut', async () => {
    expect(await told()).not.toHaveProperty('serverText');
    expect(await told({}, {}, { logServerText: false })).not.toHaveProperty('serverText');
    const { serverText } = await told({}, {}, { logServerText: true });
    expect(serverText).toBe('AADSTS50076: Due to a change made by   your administrator .');
    expect((await told({ description: 'x'.repeat(1_001) }, {}, { logServerText: true })).serverText).toHaveLength(
      1_000,
    );
  });
});

describe('nobody listens', () => {
  test('then nothing is made', () => {
    const reporter = createReporter({});
    expect(reporter.wanted).toBe(false);
    const untouched = new Proxy({} as AadError, {
      get: () => {
        throw new Error('read');
      },
    });
    expect(() => {
      reporter.report(untouched, decision, 401, 'api', nowMs);
    }).not.toThrow();
  });

  test.each<[string, EventOptions, boolean]>([
    ['a hook', { onDecision: () => undefined }, true],
    ['an alert', { onOperatorAlert: () => undefined }, true],
    ['a logger', { logger: console }, true],
    ['telemetry', { telemetry: true }, true],
    ['telemetry that is off', { telemetry: false }, false],
  ])('but %s does', (_name, options, wanted) => {
    expect(createReporter(options).wanted).toBe(wanted);
  });

  test('or whoever subscribed to the channel', async () => {
    const heard: unknown[] = [];
    const listen = (message: unknown): void => void heard.push(message);
    const reporter = createReporter({});
    diagnosticsChannel.subscribe('aad-error-handler:decision', listen);
    try {
      expect(reporter.wanted).toBe(true);
      reporter.report(error, decision, 401, 'api', nowMs);
      await tick();
    } finally {
      diagnosticsChannel.unsubscribe('aad-error-handler:decision', listen);
    }
    expect(heard).toEqual([expect.objectContaining({ code: 'AADSTS50076', status: 401 })]);
    expect(reporter.wanted).toBe(false);
  });
});

describe('a log line', () => {
  test.each<[AadAction, 'info' | 'warn' | 'error']>([
    ['retry', 'warn'],
    ['interactive', 'info'],
    ['claims_challenge', 'info'],
    ['consent', 'info'],
    ['admin_consent', 'info'],
    ['contact_admin', 'warn'],
    ['fix_config', 'error'],
    ['user_cancelled', 'info'],
    ['unknown', 'error'],
  ])('of %s has the level %s', async (action, level) => {
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await told({}, { action }, { logger });
    expect(Object.entries(logger).filter(([, method]) => method.mock.calls.length > 0)).toHaveLength(1);
    expect(logger[level]).toHaveBeenCalledWith(
      expect.objectContaining({ action, code: 'AADSTS50076' }),
      `identity error: ${action} (${decision.situation}, AADSTS50076)`,
    );
  });

  test('without a code names the situation alone', async () => {
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await told({}, { code: undefined as never }, { logger });
    expect(logger.info.mock.calls[0]![1]).toBe(`identity error: ${decision.action} (${decision.situation})`);
  });
});

describe('an alert', () => {
  /** Reports one error after the other and tells which raised an alert. */
  async function alerts(
    rounds: readonly (Partial<Decision> & {
      readonly atMs?: number;
      readonly clientCode?: string;
      readonly origin?: AadError['origin'];
    })[],
    options: EventOptions = {},
  ): Promise<string[]> {
    const raised: string[] = [];
    const reporter = createReporter({
      ...options,
      onOperatorAlert: ({ situation, code }) => raised.push(`${situation} ${code ?? ''}`.trim()),
    });
    for (const { atMs = 0, clientCode, origin = 'token-response', ...more } of rounds) {
      reporter.report(
        { ...error, origin, ...(clientCode !== undefined && { clientCode }) },
        { ...decision, action: 'fix_config', situation: 'secret-expired', code: 'AADSTS7000222', ...more },
        500,
        'api',
        nowMs + atMs,
      );
      await tick();
    }
    return raised;
  }
  const same = 'secret-expired AADSTS7000222';

  test.each<[string, Parameters<typeof alerts>[0], string[]]>([
    ['is raised once an hour', [{}, { atMs: 1 }, { atMs: 3_599_999 }, { atMs: 3_600_000 }], [same, same]],
    ['is raised again when the clock was set back', [{}, { atMs: -1 }], [same, same]],
    ['is raised for each situation', [{}, { situation: 'app-misconfigured' }], [same, 'app-misconfigured AADSTS7000222']],
    ['is raised for each code', [{}, { code: 'AADSTS7000215' }, {}], [same, 'secret-expired AADSTS7000215']],
    ['tells codes of libraries apart', [{ code: undefined as never, clientCode: 'no_tokens_found' }, { code: undefined as never, clientCode: 'ECONNRESET' }], ['secret-expired', 'secret-expired']],
    ['is not raised for what is no fault of the configuration', [{ action: 'retry' }, { action: 'unknown' }], []],
  ])('%s', async (_name, rounds, wanted) => {
    expect(await alerts(rounds)).toEqual(wanted);
  }); // prettier-ignore

  test('has an interval of its own choosing', async () => {
    const rounds = [{}, { atMs: 1_999 }, { atMs: 2_000 }];
    expect(await alerts(rounds, { operatorAlertIntervalSeconds: 2 })).toEqual([same, same]);
    expect(await alerts(rounds, { operatorAlertIntervalSeconds: 0 })).toEqual([same, same, same]);
  });

  const [first, second, ...many] = listAadsts()
    .slice(0, 201)
    .map(({ code }) => ({ code: `AADSTS${String(code)}` }));

  test('reasons do not pile up: past 200 of them the oldest is forgotten, and no other', async () => {
    const all = [first!, second!, ...many];
    const told = all.map(({ code }) => `secret-expired ${code}`);
    expect(await alerts([...all.slice(0, 200), first!, second!, all[199]!])).toEqual(told.slice(0, 200));
    expect(await alerts([...all, second!, all[199]!, all[200]!])).toEqual(told);
    expect(await alerts([...all, first!])).toEqual([...told, told[0]]);
  });

  test('the oldest is the one that was told longest ago, not the one that came first', async () => {
    const again = { ...first!, atMs: 3_600_000 };
    const rounds = [first!, second!, ...many.slice(0, 198), again, many[198]!, { ...first!, atMs: 3_600_001 }, second!];
    expect((await alerts(rounds)).slice(200)).toEqual(
      [first!, many[198]!, second!].map(({ code }) => `secret-expired ${code}`),
    );
  });

  test('is one for all codes that nobody knows: whoever answers can make them up', async () => {
    const unknown = Array.from({ length: 30 }, (_, index) => ({ code: `AADSTS${String(90_000_000 + index)}` }));
    expect(await alerts([...unknown, {}])).toEqual(['secret-expired AADSTS90000000', same]);
  });

  test('is one in an interval for all that stands in authorization responses, which anybody can write', async () => {
    const origin = 'authorization-response';
    const forged = [...many, {}, { situation: 'app-misconfigured' }].map((round) => ({ ...round, origin }) as const);
    expect(await alerts(forged)).toHaveLength(1);
    expect(await alerts([...forged, { origin, atMs: 3_599_999 }, { origin, atMs: 3_600_000 }])).toHaveLength(2);
  });

  test('of the token endpoint is raised whatever authorization responses say', async () => {
    const forged = { origin: 'authorization-response' } as const;
    expect(await alerts([forged, {}, forged, {}])).toEqual([same, same]);
  });
});

describe('a hook that misbehaves', () => {
  test.each<[string, () => unknown]>([
    ['throws', () => { throw new Error('x'); }],
    ['rejects', () => Promise.reject(new Error('x'))],
    ['gives a thenable that rejects', () => ({ then: (_: unknown, no: (reason: unknown) => void) => { no(new Error('x')); } })],
    ['gives null', () => null],
    ['gives a function', () => () => undefined],
  ])('and %s hides no other one', async (_name, hook) => {
    const seen: string[] = [];
    const noting = (name: string) => (): unknown => { seen.push(name); return hook(); };
    const logger = { info: noting('logger'), warn: noting('logger'), error: noting('logger') };
    createReporter({ onDecision: noting('decision'), logger, onOperatorAlert: noting('alert') }).report(
      error,
      { ...decision, action: 'fix_config' },
      500,
      'api',
      nowMs,
    );
    await tick();
    expect(seen).toEqual(['decision', 'logger', 'alert']);
  }); // prettier-ignore
});

describe('telemetry', () => {
  afterEach(() => {
    metrics.disable();
    trace.disable();
    context.disable();
  });

  test('counts decisions and marks the active span, from the second error on', async () => {
    const counted: unknown[] = [];
    const marked: unknown[] = [];
    const made: unknown[] = [];
    const counter = { add: (...parts: unknown[]) => counted.push(parts) };
    metrics.setGlobalMeterProvider({
      getMeter: (name: string) => ({ createCounter: (...parts: unknown[]) => { made.push([name, ...parts]); return counter; } }), // prettier-ignore
    } as never);
    vi.spyOn(trace, 'getActiveSpan').mockReturnValue({
      addEvent: (...parts: unknown[]) => marked.push(parts),
    } as never);
    const reporter = createReporter({ telemetry: true });
    const report = async (more: Partial<Decision> = {}): Promise<void> => {
      reporter.report(error, { ...decision, ...more }, 401, 'script', nowMs);
      await tick();
      await tick();
    };
    for (let waiting = 0; waiting < 50 && counted.length === 0; waiting += 1) await report();
    counted.length = marked.length = 0;
    await report();
    await report({ code: undefined as never });
    const attributes = { 'aad.action': decision.action, 'aad.situation': decision.situation, 'aad.kind': 'script' };
    expect(made).toEqual([['aad-error-handler', 'aad.errors', { description: expect.stringMatching(/^\w.{10,}/) }]]);
    expect(counted).toEqual([
      [1, attributes],
      [1, attributes],
    ]);
    expect(marked).toEqual([
      ['aad.decision', { ...attributes, 'aad.code': 'AADSTS50076' }],
      ['aad.decision', { ...attributes, 'aad.code': '' }],
    ]);
    vi.restoreAllMocks();
  });
});
