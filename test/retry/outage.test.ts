/** An outage of 60 s with 200 sessions on virtual time: what reaches the authority, what users see, how it ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outageMs, sessionCount, simulate, type Figures, type Manner, type Transport } from './outage.js';

const manners: readonly Manner[] = ['gives up', 'retries every second', 'withAadRetry', 'withAadRetry + breaker'];
const transports: readonly Transport[] = ['plain', 'msal'];
/** What does not depend on the transport is shown once. */
const shown = (transport: Transport, manner: Manner): boolean =>
  transport === 'plain' || manner === 'retries every second' || manner === 'withAadRetry + breaker';
const figures = new Map<string, Figures>();

beforeAll(async () => {
  for (const transport of transports) {
    for (const manner of manners.filter((one) => shown(transport, one))) {
      figures.set(`${transport}: ${manner}`, await simulate(transport, manner));
    }
  }
}, 240_000);

const of = (transport: Transport, manner: Manner): Figures => figures.get(`${transport}: ${manner}`)!;

afterAll(() => {
  console.log(`An outage of ${outageMs / 1000} s, ${sessionCount} sessions:`);
  console.table(
    Object.fromEntries(
      [...figures].map(([name, row]) => [
        name,
        {
          calls: row.calls,
          'requests in outage': row.requestsInOutage,
          'failures seen': row.failures,
          lost: row.lost,
          'steady /s': Number(row.steadyPerSecond.toFixed(1)),
          'peak /s after': row.peakAfter,
          'recovered after s': Number(row.recoverySeconds.toFixed(1)),
        },
      ]),
    ),
  );
});

describe.each(transports)('%s: with withAadRetry and a breaker', (transport) => {
  test('the authority gets at most a twentieth of the requests of those who retry every second', () => {
    const naive = of(transport, 'retries every second').requestsInOutage;
    expect(naive).toBeGreaterThan(5_000);
    expect(of(transport, 'withAadRetry + breaker').requestsInOutage).toBeLessThanOrEqual(naive / 20);
  });

  test('no herd comes back: the peak is at most twice what is usual', () => {
    const { peakAfter, steadyPerSecond } = of(transport, 'withAadRetry + breaker');
    expect(steadyPerSecond).toBeGreaterThan(15);
    expect(peakAfter).toBeLessThanOrEqual(2 * steadyPerSecond);
  });

  test('no user sees a failure and no call is lost', () => {
    expect(of(transport, 'withAadRetry + breaker')).toMatchObject({ failures: 0, lost: 0 });
    expect(of('plain', 'gives up').failures).toBeGreaterThan(500);
  });

  test('everybody is served within a minute after the outage', () => {
    expect(of(transport, 'withAadRetry + breaker').recoverySeconds).toBeLessThan(60);
  });
});

test.each([1, 2, 3, 4, 5])('the goals do not hang on one seed: %i', async (seed) => {
  const row = await simulate('plain', 'withAadRetry + breaker', seed * 101);
  expect(row).toMatchObject({ failures: 0, lost: 0 });
  expect(row.requestsInOutage).toBeLessThan(300);
  expect(row.peakAfter).toBeLessThanOrEqual(2 * row.steadyPerSecond);
});
