import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, isForUser, rules } from '../../src/decide/index.js';
import { isSituation } from '../../src/catalog/index.js';
import { decodeClaims, normalize, parseRetryAfter } from '../../src/normalize/index.js';
import type { AadError, DecideContext } from '../../src/types.js';
import { anything, context, errorShaped } from './arbitraries.js';
import { check, runs, timeoutMs } from './runs.js';

const nowMs = Date.UTC(2026, 0, 15, 10, 20, 30);
const ruleIds = new Set([...rules.map(({ id }) => id), 'unknown', 'loop-brake', 'override']);
const isoSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const name = /^[\w.-]{1,64}$/;

/** Everything types.ts promises about an AadError. */
function assertHonest(error: AadError): void {
  for (const code of error.aadstsCodes) expect(Number.isInteger(code) && code >= 100 && code <= 999_999_999).toBe(true);
  for (const code of error.b2cCodes) expect(code).toMatch(/^AADB2C\d{3,9}$/);
  if (error.oauthError !== undefined) expect(error.oauthError).toMatch(name);
  if (error.suberror !== undefined) expect(error.suberror).toMatch(name);
  if (error.claims !== undefined) {
    expect(decodeClaims(error.claims)).toBe(error.claims);
  }
  for (const id of [error.traceId, error.correlationId, error.requestCorrelationId])
    if (id !== undefined) expect(id).toMatch(guid);
  if (error.timestamp !== undefined) expect(error.timestamp).toMatch(isoSeconds);
  if (error.errorUri !== undefined) expect(error.errorUri).toMatch(/^https:\/\/[!-~]+$/);
  if (error.status !== undefined) expect(error.status >= 100 && error.status <= 599).toBe(true);
  if (error.retryAfterSeconds !== undefined)
    expect(error.retryAfterSeconds >= 0 && error.retryAfterSeconds <= 86_400).toBe(true);
  expect((error.description ?? '').length).toBeLessThanOrEqual(16_384 * 2);
}

function assertSane(error: AadError, given: DecideContext): void {
  const decision = decide(error, given);
  expect(isSituation(decision.situation)).toBe(true);
  expect(ruleIds.has(decision.rule)).toBe(true);
  expect(decision.retryable).toBe(decision.action === 'retry');
  expect(decision.claims === undefined).toBe(decision.action !== 'claims_challenge');
  if (decision.claims !== undefined) expect(decision.claims).toBe(error.claims);
  if (isForUser(decision.action)) {
    expect(given.hasUser).not.toBe(false);
    expect(given.attempts ?? 0).toBeLessThan(2);
  } else expect(decision.prompt).toBeUndefined();
  expect(decide(error, given)).toStrictEqual(decision);
}

const seen = (error: AadError | undefined): unknown =>
  error === undefined ? undefined : { ...error, description: error.description };

describe('normalize and decide', () => {
  it(
    'never throw, and are honest about any value at all',
    () => {
      let errors = 0;
      check('fc.anything', fc.tuple(anything, context), ([thrown, given]) => {
        const error = normalize(thrown, { nowMs });
        if (error === undefined) return;
        errors += 1;
        assertHonest(error);
        assertSane(error, given);
      });
      console.info(`fc.anything: ${String(errors)} read as identity errors`);
    },
    timeoutMs,
  );

  it(
    'never throw, and are honest about error-shaped values',
    () => {
      let errors = 0;
      check('error-shaped', fc.tuple(errorShaped, context), ([thrown, given]) => {
        const error = normalize(thrown, { nowMs });
        if (error === undefined) return;
        errors += 1;
        assertHonest(error);
        assertSane(error, given);
      });
      console.info(`error-shaped: ${String(errors)} read as identity errors`);
      // Otherwise the generator makes nothing of interest any more.
      expect(errors).toBeGreaterThan(runs / 5);
    },
    timeoutMs,
  );

  it(
    'read the same twice, and leave the value as it was',
    () => {
      check(
        'same input, same output',
        errorShaped,
        (thrown) => {
          const before = JSON.stringify(thrown, (_key, value: unknown) =>
            typeof value === 'bigint' ? String(value) : value,
          );
          expect(seen(normalize(thrown, { nowMs }))).toStrictEqual(seen(normalize(thrown, { nowMs })));
          expect(
            JSON.stringify(thrown, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
          ).toBe(before);
          return undefined;
        },
        Math.ceil(runs / 10),
      );
    },
    timeoutMs,
  );

  it(
    'an error read once is given back, and found inside another error',
    () => {
      check(
        'wrapped again',
        errorShaped,
        (thrown) => {
          const error = normalize(thrown, { nowMs });
          if (error === undefined) return;
          expect(normalize(error)).toBe(error);
          expect(normalize({ cause: error })).toBeDefined();
        },
        Math.ceil(runs / 10),
      );
    },
    timeoutMs,
  );

  it(
    'parseRetryAfter gives whole seconds of at most a day, or nothing',
    () => {
      check(
        'parseRetryAfter',
        fc.tuple(
          fc.oneof(
            fc.anything(),
            fc.string(),
            fc.double(),
            fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
          ),
          fc.oneof(fc.double(), fc.integer()),
        ),
        ([value, now]) => {
          const seconds = parseRetryAfter(value, now);
          return seconds === undefined || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400);
        },
      );
    },
    timeoutMs,
  );

  it(
    'parseRetryAfter reads every HTTP-date as the seconds until then',
    () => {
      check(
        'HTTP-date',
        fc.tuple(
          fc.date({
            min: new Date('1000-01-01T00:00:00Z'),
            max: new Date('9999-12-31T23:59:59Z'),
            noInvalidDate: true,
          }),
          fc.integer({ min: -100_000_000, max: 100_000_000 }),
        ),
        ([date, offset]) => {
          const at = Math.floor(date.getTime() / 1000) * 1000;
          const wanted = Math.min(86_400, Math.max(0, Math.ceil(offset / 1000)));
          return parseRetryAfter(date.toUTCString(), at - offset) === wanted;
        },
      );
    },
    timeoutMs,
  );
});
