/**
 * One instance of an application, run as a process of its own by redis.test.ts: sessions that need a token about once a
 * second, from an authority that is going to be away. Prints one JSON object a line.
 */
import { createClient } from 'redis';
import {
  aadNetworkClient,
  createCircuitBreaker,
  createRedisBreakerStore,
  withAadRetry,
} from '../../src/retry/index.js';

const [authority = '', redisUrl = '', sessionsText = '', durationText = ''] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));
const isNaive = redisUrl === '';

async function createBreaker() {
  const client = createClient({ url: redisUrl });
  client.on('error', () => undefined);
  await client.connect();
  const store = createRedisBreakerStore(client, {
    retryMs: 500,
    // Machines that run tests are slow at times; here only a Redis that is gone counts.
    timeoutMs: 2_000,
    onWarning: ({ code }) => say({ warning: code }),
  });
  const onStateChange = ({ from, to }: { from: string; to: string }): void => say({ from, to });
  // A tenth of the usual times, as the whole run.
  const times = { windowMs: 1_000, openMs: 500, maxOpenMs: 2_000, probeMs: 1_500 };
  return createCircuitBreaker({ ...times, store, onStateChange });
}

const breaker = isNaive ? undefined : await createBreaker();
const networkClient = aadNetworkClient();

async function token(): Promise<unknown> {
  const answer = await networkClient.sendPostRequestAsync<object>(`${authority}/oauth2/v2.0/token`);
  if (answer.status !== 200) throw Object.assign(new Error('token request failed'), answer);
  return answer.body;
}

say({ ready: true });
await new Promise((resolve) => process.stdin.once('data', resolve));
const endMs = Date.now() + Number(durationText);

const result = { calls: 0, failures: 0, lost: 0 };

async function call(): Promise<void> {
  for (;;) {
    try {
      await (breaker === undefined
        ? token()
        : withAadRetry(token, { attempts: 10, budgetMs: 30_000, baseDelayMs: 50, authority, breaker }));
      return;
    } catch (error) {
      if (!isNaive) {
        result.failures += 1;
        say({ failure: String(error) });
        return;
      }
      await pause(100);
    }
  }
}

async function session(): Promise<void> {
  await pause(Math.random() * 1_000);
  while (Date.now() < endMs) {
    result.calls += 1;
    result.lost += 1;
    await call();
    result.lost -= 1;
    await pause((0.5 + Math.random()) * 1_000);
  }
}

await Promise.race([
  Promise.all(Array.from({ length: Number(sessionsText) }, session)),
  pause(endMs - Date.now() + 5_000),
]);
say({ result });
process.exit(0);
