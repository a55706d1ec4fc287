/** An authority that is away for a minute, and the sessions of a web application that need tokens from it. */
import { ConfidentialClientApplication } from '@azure/msal-node';
import { aadNetworkClient, createCircuitBreaker, withAadRetry, type FetchLike } from '../../src/retry/index.js';
import { seededRandom, VirtualClock } from './virtual-clock.js';

export const sessionCount = 200;
/** Each session needs a token about every ten seconds: twenty requests a second. */
const meanPauseMs = 10_000;
const outageStartMs = 60_000;
export const outageMs = 60_000;
const endMs = 240_000;
const latencyMs = 50;

export type Transport = 'plain' | 'msal';
export type Manner = 'gives up' | 'retries every second' | 'withAadRetry' | 'withAadRetry + breaker';

export interface Figures {
  /** Requests that reached the authority while it was away. */
  readonly requestsInOutage: number;
  /** Calls that ended with an error. */
  readonly failures: number;
  /** Calls that neither succeeded nor failed by the end of the run. */
  readonly lost: number;
  /** Requests a second before the outage, on average. */
  readonly steadyPerSecond: number;
  /** Most requests within one second in the minute after the outage. */
  readonly peakAfter: number;
  /** Seconds after the outage until every call that had been waiting was served. */
  readonly recoverySeconds: number;
  readonly calls: number;
}

/** `503 temporarily_unavailable`, or for MSAL, which remembers a 503 by itself, a connection that is reset. */
function createAuthority(clock: VirtualClock, transport: Transport) {
  const requestTimes: number[] = [];
  const isAway = (): boolean => clock.now() >= outageStartMs && clock.now() < outageStartMs + outageMs;
  const send: FetchLike = async () => {
    requestTimes.push(clock.now());
    const away = isAway();
    await clock.sleep(latencyMs);
    if (away && transport === 'msal') {
      throw Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) });
    }
    const body = away
      ? { error: 'temporarily_unavailable', error_description: 'AADSTS90033: Try again later.', error_codes: [90033] }
      : { token_type: 'Bearer', access_token: 'invented-token', expires_in: 3600 };
    return {
      status: away ? 503 : 200,
      headers: [['content-type', 'application/json']] as [string, string][],
      text: async () => JSON.stringify(body),
    };
  };
  return { send, requestTimes };
}

const authority = 'https://login.microsoftonline.com/22222222-2222-4222-8222-222222222222';

export async function simulate(transport: Transport, manner: Manner, seed = 7): Promise<Figures> {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const { send, requestTimes } = createAuthority(clock, transport);
  const { now, sleep } = clock;
  const breaker =
    manner === 'withAadRetry + breaker' ? createCircuitBreaker({ now, random: seededRandom(seed + 1) }) : undefined;
  // With MSAL the breaker stands where requests are made, so that its cache is not held back; else around the call.
  const networkClient = aadNetworkClient({
    fetch: send,
    now,
    ...(transport === 'msal' && breaker !== undefined && { breaker }),
  });
  const msal = new ConfidentialClientApplication({
    auth: { clientId: '11111111-1111-4111-8111-111111111111', authority, clientSecret: 'invented-secret' },
    system: { networkClient },
  });

  async function token(session: number): Promise<unknown> {
    if (transport === 'msal') {
      return msal.acquireTokenByClientCredential({ scopes: [`api://${session}/.default`], skipCache: true });
    }
    const answer = await networkClient.sendPostRequestAsync<object>(`${authority}/oauth2/v2.0/token`);
    if (answer.status !== 200) throw Object.assign(new Error('token request failed'), answer);
    return answer.body;
  }

  function call(session: number): Promise<unknown> {
    if (!manner.startsWith('withAadRetry')) return token(session);
    return withAadRetry(() => token(session), {
      attempts: 10,
      budgetMs: 150_000,
      maxDelayMs: 61_000,
      now,
      sleep,
      random,
      authority,
      ...(transport === 'plain' && breaker !== undefined && { breaker }),
    });
  }

  let failures = 0;
  let open = 0;
  let calls = 0;
  let servedAtMs = outageStartMs + outageMs;
  const work = Array.from({ length: sessionCount }, async (_, session) => {
    await sleep(random() * meanPauseMs);
    while (clock.now() < endMs - 30_000) {
      calls += 1;
      open += 1;
      const startedMs = clock.now();
      for (;;) {
        try {
          await call(session);
          break;
        } catch {
          if (manner !== 'retries every second') {
            failures += 1;
            break;
          }
          await sleep(1_000);
        }
      }
      open -= 1;
      if (startedMs < outageStartMs + outageMs) servedAtMs = Math.max(servedAtMs, clock.now());
      await sleep((0.5 + random()) * meanPauseMs);
    }
  });
  await clock.runUntil(endMs);
  void Promise.all(work);

  const within = (fromMs: number, toMs: number): number[] => requestTimes.filter((at) => at >= fromMs && at < toMs);
  const perSecond = new Map<number, number>();
  for (const at of within(outageStartMs + outageMs, outageStartMs + 2 * outageMs)) {
    const second = Math.floor(at / 1000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  return {
    requestsInOutage: within(outageStartMs, outageStartMs + outageMs).length,
    failures,
    lost: open,
    steadyPerSecond: within(10_000, outageStartMs).length / ((outageStartMs - 10_000) / 1000),
    peakAfter: Math.max(0, ...perSecond.values()),
    recoverySeconds: (servedAtMs - outageStartMs - outageMs) / 1000,
    calls,
  };
}
