import diagnosticsChannel from 'node:diagnostics_channel';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import express5 from 'express';
import {
  aadAuthResponse,
  aadErrorHandler,
  type AadErrorHandlerOptions,
  type DecisionEvent,
  type LoggerLike,
} from '../../src/index.js';
import type { AadAction } from '../../src/types.js';
import {
  clients,
  correlationId,
  entraAnswer,
  errorOf,
  expressVersions,
  failingApp,
  timestamp,
  traceId,
} from './support.js';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One request, then everything that runs after the answer. */
async function ask(
  thrown: unknown,
  options: AadErrorHandlerOptions,
  kind: keyof typeof clients = 'navigation',
): Promise<supertest.Response> {
  const answer = await supertest(failingApp(express5, thrown, options).app)
    .get('/mail')
    .set(clients[kind]);
  await tick();
  return answer;
}

let rejections: unknown[];
const onRejection = (reason: unknown): void => {
  rejections.push(reason);
};
beforeEach(() => {
  rejections = [];
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  await tick();
  process.off('unhandledRejection', onRejection);
  vi.restoreAllMocks();
  expect(rejections).toEqual([]);
});

describe('onDecision', () => {
  test('gets one event an answered error: what was decided, why, and the ids, all of it short', async () => {
    const events: DecisionEvent[] = [];
    await ask(errorOf.claims_challenge, { onDecision: (event) => events.push(event) }, 'api');
    expect(events).toEqual([
      {
        action: 'claims_challenge',
        situation: 'mfa-required',
        rule: 'claims',
        who: 'user',
        retryable: false,
        status: 401,
        kind: 'api',
        code: 'AADSTS50076',
        error: 'invalid_grant/basic_action',
        correlationId,
        traceId,
        timestamp,
      },
    ]);
  });

  test.each(Object.keys(errorOf) as AadAction[])('%s: the status is the one that was sent', async (action) => {
    for (const kind of ['navigation', 'script', 'api'] as const) {
      for (const options of [{}, { interaction: '/login' }, { delegate: true }]) {
        const events: DecisionEvent[] = [];
        const { app, handedOn } = failingApp(express5, errorOf[action], {
          ...options,
          onDecision: (event) => events.push(event),
        });
        const answer = await supertest(app).get('/').set(clients[kind]);
        await tick();
        const sent = 'delegate' in options ? (handedOn[0] as { status: number }).status : answer.status;
        expect(events.map((event) => [event.action, event.kind, event.status])).toEqual([[action, kind, sent]]);
      }
    }
  });

  test('is not called for errors of others', async () => {
    const onDecision = vi.fn();
    expect((await ask(new Error('plain'), { onDecision })).status).toBe(418);
    expect(onDecision).not.toHaveBeenCalled();
  });

  test('runs after the answer was written, and sees an object of its own each time', async () => {
    const order: string[] = [];
    const { app } = failingApp(
      express5,
      errorOf.contact_admin,
      { onDecision: () => order.push('hook') },
      (response) => {
        const end = response.end.bind(response);
        response.end = ((...parts: []) => {
          order.push('answer');
          return end(...parts);
        }) as typeof response.end;
      },
    );
    await supertest(app).get('/').set(clients.navigation);
    await tick();
    expect(order).toEqual(['answer', 'hook']);
  });
});

describe.each(expressVersions)('hooks that misbehave, %s', (_name, express) => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const faults: readonly (readonly [name: string, hook: () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('hook');
      },
    ],
    [
      'throws undefined',
      () => {
        throw undefined as unknown as Error;
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook'))],
    ['hangs', () => new Promise(() => undefined)],
    ['returns a revoked proxy', revoked],
    [
      'returns a thenable that throws',
      () => ({
        then: () => {
          throw new Error('hook');
        },
      }),
    ],
    [
      'returns a thenable that rejects',
      () => ({
        then: (_ok: unknown, no: (reason: unknown) => void) => {
          no(new Error('hook'));
        },
      }),
    ],
    [
      'returns an object whose then throws',
      () => ({
        get then() {
          throw new Error('hook');
        },
      }),
    ],
  ];

  test.each(faults)('a hook that %s changes no byte, delays nothing and hides no other hook', async (_fault, hook) => {
    const plain = await supertest(failingApp(express, errorOf.fix_config).app).get('/mail').set(clients.navigation);
    const seen: string[] = [];
    const logger = {
      info: hook,
      warn: hook,
      error: () => {
        seen.push('logger');
        return hook();
      },
    } as unknown as LoggerLike;
    const { app, handedOn } = failingApp(express, errorOf.fix_config, {
      onDecision: () => {
        seen.push('decision');
        return hook();
      },
      onOperatorAlert: () => {
        seen.push('alert');
        return hook();
      },
      logger,
    });
    const start = performance.now();
    const answer = await supertest(app).get('/mail').set(clients.navigation);
    expect(performance.now() - start).toBeLessThan(500);
    await tick();
    expect([answer.status, answer.text]).toEqual([plain.status, plain.text]);
    expect(seen).toEqual(['decision', 'logger', 'alert']);
    expect(handedOn).toEqual([]);
  });
});

describe('logger', () => {
  const levels: Readonly<Record<AadAction, keyof LoggerLike>> = {
    retry: 'warn',
    interactive: 'info',
    claims_challenge: 'info',
    consent: 'info',
    admin_consent: 'info',
    contact_admin: 'warn',
    fix_config: 'error',
    user_cancelled: 'info',
    unknown: 'error',
  };

  test.each(Object.entries(levels) as [AadAction, keyof LoggerLike][])(
    '%s is logged as %s, record first as pino has it',
    async (action, level) => {
      const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
      await ask(errorOf[action], { logger });
      expect(
        Object.entries(logger)
          .filter(([, method]) => method.mock.calls.length > 0)
          .map(([name]) => name),
      ).toEqual([level]);
      const [record, sentence] = logger[level].mock.calls[0] as [DecisionEvent, string];
      expect(record.action).toBe(action);
      expect(sentence).toBe(`identity error: ${action} (${record.situation}, ${record.code!})`);
    },
  );

  test('a method of a class instance keeps its this', async () => {
    class Logger {
      readonly lines: string[] = [];
      info(_record: object, message = ''): void {
        this.lines.push(message);
      }
      warn = this.info.bind(this);
      error = this.info.bind(this);
    }
    const logger = new Logger();
    await ask(errorOf.interactive, { logger });
    expect(logger.lines).toEqual(['identity error: interactive (sign-in-needed, AADSTS50058)']);
  });

  test('console works', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue(undefined);
    await ask(errorOf.fix_config, { logger: console });
    expect(error).toHaveBeenCalledWith(
      expect.objectContaining({ situation: 'secret-expired' }),
      'identity error: fix_config (secret-expired, AADSTS7000215)',
    );
  });
});

describe('the text of the server', () => {
  const token = `eyJ${'hbGciOiJub25lIn0'.repeat(3)}.eyJ4Ijox.c2lnbmF0dXJl`;
  const thrown = entraAnswer(50105, {
    description: `User alice@contoso.example from 203.0.113.7 is not assigned.\r\nclient_secret=Zx8~verysecretvalue access_token=${token} \u202egnp.exe`,
  });

  test('is in no event and no log line by default', async () => {
    const events: unknown[] = [];
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await ask(thrown, { onDecision: (event) => events.push(event), logger });
    const said = JSON.stringify([events, logger.warn.mock.calls]);
    expect(events).toHaveLength(1);
    expect(said).not.toMatch(/alice|203\.0|verysecret|eyJ|assigned\./);
  });

  test('logServerText adds it: redacted, on one line, at most 1,000 characters', async () => {
    const events: DecisionEvent[] = [];
    await ask(thrown, { logServerText: true, onDecision: (event) => events.push(event) });
    const text = events[0]!.serverText!;
    expect(text).toContain('is not assigned.');
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/alice|203\.0|verysecret|eyJ|[\r\n\u202e]/);
    const long: DecisionEvent[] = [];
    await ask(entraAnswer(50105, { description: 'very long '.repeat(100_000) }), {
      logServerText: true,
      onDecision: (event) => long.push(event),
    });
    expect(long[0]!.serverText!.length).toBeLessThanOrEqual(1_000);
  });

  test('words that anybody may have written are left out of events: only registered ones are known', async () => {
    const events: DecisionEvent[] = [];
    await ask(
      { error: 'call_me_now', error_description: 'AADSTS50105: x', suberror: 'call-555-0134', error_codes: [50105] },
      { onDecision: (event) => events.push(event) },
    );
    expect(events).toHaveLength(1);
    expect(JSON.stringify(events)).not.toMatch(/call/);
  });
});

describe('onOperatorAlert', () => {
  const start = Date.UTC(2026, 0, 15, 10, 0, 0);
  const secretWrong = errorOf.fix_config;
  const secretExpired = entraAnswer(7000222);

  async function alertsOf(
    steps: readonly (readonly [minutes: number, thrown: object])[],
    seconds?: number,
  ): Promise<(string | undefined)[]> {
    const alerts: DecisionEvent[] = [];
    const options: AadErrorHandlerOptions = {
      onOperatorAlert: (event) => alerts.push(event),
      ...(seconds !== undefined && { operatorAlertIntervalSeconds: seconds }),
    };
    let current: unknown;
    // One handler for all steps: the interval is its memory.
    const app = express5();
    app.use((_request, _response, next) => {
      next(current);
    });
    app.use(aadErrorHandler(options));
    for (const [minutes, thrown] of steps) {
      vi.spyOn(Date, 'now').mockReturnValue(start + minutes * 60_000);
      current = thrown;
      await supertest(app).get('/').set(clients.navigation);
      await tick();
    }
    return alerts.map((event) => event.code);
  }

  test('is called once an hour for the same reason, and for each reason by itself', async () => {
    expect(
      await alertsOf([
        [0, secretWrong],
        [1, secretWrong],
        [2, secretExpired],
        [59, secretWrong],
        [60, secretWrong],
        [61, secretExpired],
      ]),
    ).toEqual(['AADSTS7000215', 'AADSTS7000222', 'AADSTS7000215']);
  });

  test('the interval is an option; 0 means every time', async () => {
    const each: [number, object][] = [
      [0, secretWrong],
      [1, secretWrong],
      [2, secretWrong],
    ];
    expect(await alertsOf(each, 60)).toHaveLength(3);
    expect(await alertsOf(each, 61)).toHaveLength(2);
    expect(await alertsOf(each, 0)).toHaveLength(3);
  });

  test('a clock that was set back does not silence it for longer', async () => {
    expect(
      await alertsOf([
        [600, secretWrong],
        [0, secretWrong],
      ]),
    ).toHaveLength(2);
  });

  test.each((Object.keys(errorOf) as AadAction[]).filter((action) => action !== 'fix_config'))(
    '%s alerts nobody',
    async (action) => {
      const onOperatorAlert = vi.fn();
      await ask(errorOf[action], { onOperatorAlert });
      expect(onOperatorAlert).not.toHaveBeenCalled();
    },
  );

  test('10,000 requests with an expired secret alert once', async () => {
    const onOperatorAlert = vi.fn();
    const { createReporter } = await import('../../src/events/index.js');
    const { decide, normalizeAadError } = await import('../../src/index.js');
    const reporter = createReporter({ onOperatorAlert });
    const error = normalizeAadError(secretExpired)!;
    const decision = decide(error);
    for (let index = 0; index < 10_000; index += 1) reporter.report(error, decision, 500, 'navigation', start + index);
    await tick();
    expect(onOperatorAlert).toHaveBeenCalledTimes(1);
  });

  test('codes that an attacker makes up are one reason', async () => {
    const onOperatorAlert = vi.fn();
    const { createReporter } = await import('../../src/events/index.js');
    const { decide, normalizeAadError } = await import('../../src/index.js');
    const reporter = createReporter({ onOperatorAlert });
    const error = normalizeAadError(secretExpired)!;
    const decision = decide(error);
    for (let index = 0; index < 500; index += 1)
      reporter.report(error, { ...decision, code: `AADSTS${String(90_000_000 + index)}` }, 500, 'navigation', start);
    await tick();
    expect(onOperatorAlert).toHaveBeenCalledTimes(1);
  });
});

test.each(['query', 'form_post'])('forged authorization responses by %s alert once', async (way) => {
  const onOperatorAlert = vi.fn();
  const app = express5();
  app.all('/redirect', aadAuthResponse() as express5.RequestHandler);
  app.use(aadErrorHandler({ onOperatorAlert }));
  for (const code of [7000222, 7000215, 700016, 700024, 650056, 90002, 123456789]) {
    const fields = { error: 'invalid_client', error_description: `AADSTS${String(code)}: forged` };
    const request = supertest(app);
    await (way === 'query'
      ? request.get('/redirect').query(fields)
      : request.post('/redirect').type('form').send(fields));
    await tick();
  }
  expect(onOperatorAlert).toHaveBeenCalledTimes(1);
});

describe('diagnostics_channel', () => {
  const name = 'aad-error-handler:decision';

  test('publishes the same event to anybody who subscribed, without any option', async () => {
    const seen: unknown[] = [];
    const listener = (event: unknown): void => {
      seen.push(event);
    };
    diagnosticsChannel.subscribe(name, listener);
    try {
      const events: unknown[] = [];
      await ask(errorOf.contact_admin, { onDecision: (event) => events.push(event) });
      await ask(errorOf.retry, {});
      expect(seen).toHaveLength(2);
      expect(seen[0]).toBe(events[0]);
    } finally {
      diagnosticsChannel.unsubscribe(name, listener);
    }
  });

  test('nothing is made for nobody', async () => {
    const immediate = vi.spyOn(globalThis, 'setImmediate');
    const { createReporter } = await import('../../src/events/index.js');
    const reporter = createReporter({});
    expect(reporter.wanted).toBe(false);
    const { decide, normalizeAadError } = await import('../../src/index.js');
    const error = normalizeAadError(errorOf.retry)!;
    reporter.report(error, decide(error), 503, 'api', 0);
    expect(immediate).not.toHaveBeenCalled();
  });
});
