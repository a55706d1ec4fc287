/** Secrets and personal data in bodies and logs: S9, S10, S11. */
import diagnosticsChannel from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import express5 from 'express';
import { describe, expect, test } from 'vitest';
import { aadErrorHandler, createAadResponder, normalizeAadError, redact, type DecisionEvent } from '../../src/index.js';
import { expressVersions } from '../http/support.js';
import { canaries, canaryPlaces, canaryText, lineBreakers, markup, tokenBody } from './corpus.js';
import {
  ask,
  askerNames,
  askers,
  environments,
  fastest,
  inParallel,
  listen,
  spellings,
  victim,
  watchProcess,
} from './support.js';

watchProcess();

const names = Object.keys(canaries);
const hidden = Object.fromEntries(names.map((name) => [name, spellings(canaries[name]!)]));

/** Names of the canaries that a text holds in any spelling. */
function leaks(text: string): string[] {
  return names.filter((name) => hidden[name]!.some((spelling) => text.includes(spelling)));
}

test('14 canaries in 25 places, and the search finds each spelling', () => {
  expect([names.length, canaryPlaces.length]).toEqual([14, 25]);
  for (const name of names) {
    const value = canaries[name]!;
    const base64 = Buffer.from(`ab ${value} cd`).toString('base64');
    for (const text of [value, encodeURIComponent(value), base64, base64.replaceAll('+', '-').replaceAll('/', '_')])
      expect(leaks(`x ${text} y`), name).toContain(name);
  }
  for (const [place, make] of canaryPlaces) expect(normalizeAadError(make(canaryText)), place).toBeDefined();
});

describe.each(expressVersions)('%s', (_name, express) => {
  test.each(environments)(
    'S9: no secret in the body, the headers or Location of any answer, %s',
    async (environment) => {
      let thrown: unknown;
      const plain = await listen(victim(express, () => thrown, {}, environment).app);
      const redirecting = await listen(victim(express, () => thrown, { interaction: '/login' }, environment).app);
      for (const [place, make] of canaryPlaces) {
        for (const secret of [canaryText, Object.values(canaries).join(' ')]) {
          thrown = make(secret);
          for (const asker of askerNames) {
            for (const port of [plain, redirecting]) {
              const reply = await ask(port, '/mail', { headers: askers[asker] });
              expect([303, 401, 403, 500, 503], place).toContain(reply.status);
              expect(leaks(reply.rawHeaders.join('\n') + reply.body), `${place} ${asker}`).toEqual([]);
            }
          }
        }
      }
    },
  );
});

test('S9: each secret alone, with its name and without, in each place', () => {
  const responders = [false, true].map((exposeDetails) => createAadResponder({ exposeDetails, timeZone: 'UTC' }));
  let answered = 0;
  for (const [place, make] of canaryPlaces) {
    for (const name of names) {
      for (const text of [
        canaries[name]!,
        `${name}=${canaries[name]!}`,
        encodeURIComponent(`${name}=${canaries[name]!}`),
      ]) {
        for (const asker of askerNames) {
          for (const responder of responders) {
            const answer = responder.respond(make(text), { method: 'GET', url: '/mail', headers: askers[asker] });
            if (answer === undefined) continue;
            answered += 1;
            expect(leaks(JSON.stringify([answer.response, answer.setCookies])), `${place} ${name}`).toEqual([]);
          }
        }
      }
    }
  }
  // 25 x 14 x 3 x 4 x 2, less the places that are no evidence with a bare secret in them.
  expect(answered).toBeGreaterThan(7_500);
});

/** Everything an application can learn from hooks, with one error. */
async function recordsOf(thrown: unknown, logServerText = false): Promise<unknown[]> {
  const records: unknown[] = [];
  const keep = (...given: unknown[]): void => {
    records.push(...given);
  };
  const { app } = victim(express5, () => thrown, {
    onDecision: keep,
    onOperatorAlert: keep,
    logger: { info: keep, warn: keep, error: keep },
    logServerText,
  });
  diagnosticsChannel.subscribe('aad-error-handler:decision', keep);
  try {
    await ask(await listen(app), '/mail', { headers: askers.json });
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    diagnosticsChannel.unsubscribe('aad-error-handler:decision', keep);
  }
  return records;
}

const allowed = new Set(
  'action situation rule who retryable status kind code error clientCode correlationId traceId timestamp'.split(' '),
);

describe('S10', () => {
  test('S10: records hold at most 13 known fields and 2 KB, no secret, and never the error', async () => {
    for (const [place, make] of canaryPlaces) {
      for (const secret of [canaryText, Object.values(canaries).join(' ')]) {
        const thrown = make(secret);
        const records = await recordsOf(thrown);
        expect(records.length, place).toBeGreaterThanOrEqual(3);
        for (const record of records) {
          if (record === 'aad-error-handler:decision') continue;
          expect(record === thrown || record instanceof Error, place).toBe(false);
          const text = typeof record === 'string' ? record : inspect(record, { depth: 9, showHidden: true });
          expect(leaks(text), place).toEqual([]);
          if (typeof record !== 'object' || record === null) continue;
          expect(
            Object.keys(record).filter((key) => !allowed.has(key)),
            place,
          ).toEqual([]);
          expect(JSON.stringify(record).length, place).toBeLessThanOrEqual(2_048);
          for (const value of Object.values(record)) expect(['string', 'number', 'boolean']).toContain(typeof value);
        }
      }
    }
  });

  test("S10: the server's text comes by option only, cut and without what has the shape or the name of a secret", async () => {
    const text = `AADSTS50105: more text ${canaryText} ${'more text '.repeat(1_000)}`;
    expect(JSON.stringify(await recordsOf(tokenBody(50105, { error_description: text })))).not.toContain('more text');
    const records = await recordsOf(tokenBody(50105, { error_description: text }), true);
    const event = records.find((record) => typeof record === 'object') as DecisionEvent;
    expect(Object.keys(event).length).toBeLessThanOrEqual(14);
    expect(event.serverText).toContain('more text');
    // Of nothing but harmless words, so that nothing but the cut makes it short.
    const long = await recordsOf(
      tokenBody(50105, { error_description: 'AADSTS50105: '.padEnd(9_000, 'more text ') }),
      true,
    );
    for (const { serverText } of [event, long.find((record) => typeof record === 'object') as DecisionEvent])
      expect(serverText!.length).toBeLessThanOrEqual(1_000);
    // Tenant and object id are GUIDs, which support needs; everything else goes.
    expect(leaks(event.serverText!).filter((name) => name !== 'tenant' && name !== 'oid')).toEqual([]);
  });

  test('S10: redaction takes the same time for 10 MB as for 16 KiB', () => {
    for (const unit of ['a', 'a@', 'eyJ', 'code=', '1.', '::', 'Bearer ', '"password":"', '%25', '\\"', '#EXT#']) {
      // Made before, because repeating a text costs more than redacting it.
      const text = unit.repeat(10_000_000 / unit.length);
      expect(
        fastest(() => redact(text), 10),
        unit,
      ).toBeLessThanOrEqual(40);
    }
  });

  test('S10: what is normalized prints nothing of what it came from', () => {
    for (const [place, make] of canaryPlaces) {
      const error = normalizeAadError(make(canaryText));
      // An address the server sent is kept for developers; it stands in no answer.
      const rest = { ...error, errorUri: undefined };
      expect(
        leaks(inspect(rest, { depth: 9, showHidden: true, getters: false }) + JSON.stringify(rest)),
        place,
      ).toEqual([]);
    }
  });
});

describe('S11', () => {
  /** One line of printable text: no control, format, surrogate or separator characters. */
  const printable = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;

  test('S11: 1,000 texts of line breaks, escapes and bidi marks leave records of one printable line', async () => {
    const texts: string[] = [];
    for (let index = 0; texts.length < 1_000; index += 1) {
      const one = lineBreakers[index % lineBreakers.length]!;
      const other = lineBreakers[(index * 7 + 3) % lineBreakers.length]!;
      texts.push(`AADSTS50105: a${one}b${other}${one}level=fatal msg="${index}"`);
    }
    const events: DecisionEvent[] = [];
    const sentences: string[] = [];
    const log = (record: object, sentence?: string): void => {
      events.push(record as DecisionEvent);
      sentences.push(sentence ?? '');
    };
    let thrown: unknown;
    const { app } = victim(express5, () => thrown, {
      logger: { info: log, warn: log, error: log },
      logServerText: true,
    });
    const port = await listen(app);
    for (const text of texts) {
      thrown = tokenBody(50105, {
        error_description: text,
        suberror: text,
        error: text,
        correlation_id: text,
        timestamp: text,
      });
      await ask(port, '/', { headers: askers.json });
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(events.length).toBe(1_000);
    for (const event of events) {
      expect(event.serverText).toBeDefined();
      for (const value of Object.values(event) as unknown[]) expect(String(value)).toMatch(printable);
    }
    for (const sentence of sentences) expect(sentence).toMatch(printable);
  });

  test('S11: a text that is cut in the middle of a character stays well formed', async () => {
    for (const before of ['', 'x', 'xx']) {
      const records = await recordsOf(
        tokenBody(50105, { error_description: `AADSTS50105: ${before}${'\u{1f600}'.repeat(900)}` }),
        true,
      );
      for (const record of records)
        if (typeof record === 'object') expect((record as DecisionEvent).serverText).toMatch(printable);
    }
  });
});

test('S9: nothing is printed to the console by the library itself', async () => {
  const printed: unknown[] = [];
  const { error, warn, log } = console;
  const keep = (...given: unknown[]): void => {
    printed.push(...given);
  };
  Object.assign(console, { error: keep, warn: keep, log: keep });
  try {
    const app = express5();
    app.set('env', 'production');
    app.use((_request, _response, next) => {
      next(tokenBody(50105, { error_description: `AADSTS50105: ${canaryText} ${markup}` }));
    });
    app.use(aadErrorHandler());
    const port = await listen(app);
    await inParallel(askerNames, 1, async (asker) => {
      await ask(port, '/', { headers: askers[asker] });
    });
  } finally {
    Object.assign(console, { error, warn, log });
  }
  expect(printed).toEqual([]);
});
