/** Circuits shared through a real Redis: two processes in an outage, and Redis gone in the middle of it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCircuitBreaker, createRedisBreakerStore, type BreakerRedisClient } from '../../src/retry/index.js';

const redisServer = '/usr/bin/redis-server';
const hasRedis = existsSync(redisServer);
if (!hasRedis) console.log(`Skipped: circuits shared through Redis, because ${redisServer} is not there.`);

const pause = (delayMs: number): Promise<void> => new Promise((done) => setTimeout(done, delayMs));

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

interface Redis {
  readonly url: string;
  stop(): Promise<void>;
}

async function startRedis(): Promise<Redis> {
  const port = await freePort();
  const child = spawn(
    redisServer,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  );
  children.add(child);
  for (let tries = 0; tries < 100; tries += 1) {
    const isUp = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true));
      socket.on('error', () => done(false)).on('connect', () => socket.end());
    });
    if (isUp) break;
    await pause(50);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () =>
      new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done();
        child.on('exit', () => done());
        child.kill('SIGKILL');
      }),
  };
}

describe.runIf(hasRedis)('a store in Redis', () => {
  let redis: Redis;
  const clients: { destroy(): void }[] = [];

  async function client(): Promise<BreakerRedisClient> {
    const made = createClient({ url: redis.url });
    made.on('error', () => undefined);
    await made.connect();
    clients.push(made);
    return made;
  }

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const made of clients) made.destroy();
    await redis.stop();
  });

  const authority = 'https://login.microsoftonline.com/contoso.test';

  test('what one instance was told, the other one keeps to', async () => {
    const [one, two] = await Promise.all(
      [client(), client()].map(async (made) =>
        createCircuitBreaker({ failureThreshold: 1, store: createRedisBreakerStore(await made, { prefix: 'told:' }) }),
      ),
    );
    const first = await one!.enter(authority);
    if (!first.admitted) throw new Error('not admitted');
    await first.pass.fail(17_000);
    expect(two!.stateOf(authority)).toBe('closed');
    const second = await two!.enter(authority);
    expect(second.admitted).toBe(false);
    expect(second).toMatchObject({ retryAfterMs: expect.closeTo(17_500, -3) });
    expect(two!.stateOf(authority)).toBe('open');
    await expect(two!.enter('https://login.microsoftonline.com/fabrikam.test')).resolves.toMatchObject({
      admitted: true,
    });
  });

  test('only one of them tries, and its success is known to all', async () => {
    const stores = [client(), client()].map(async (made) => createRedisBreakerStore(await made, { prefix: 'probe:' }));
    const [one, two] = (await Promise.all(stores)) as [
      ReturnType<typeof createRedisBreakerStore>,
      ReturnType<typeof createRedisBreakerStore>,
    ];
    await one.open('key', { waitMs: 60, opens: 2 }, 5_000);
    expect((await two.read('key'))?.waitMs).toBeGreaterThan(0);
    await pause(80);
    expect(await two.read('key')).toEqual({ waitMs: 0, opens: 2 });
    const taken = await Promise.all([one, two, one, two].map((store) => store.takeProbe('key', 1_000)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await two.close('key');
    expect(await one.read('key')).toBeUndefined();
  });

  test('of two waits the later end counts', async () => {
    const store = createRedisBreakerStore(await client(), { prefix: 'later:' });
    await store.open('key', { waitMs: 9_000, opens: 1 }, 1_000);
    await store.open('key', { waitMs: 100, opens: 1 }, 1_000);
    expect((await store.read('key'))?.waitMs).toBeGreaterThan(8_000);
  });

  test('a circuit without news ends by itself', async () => {
    const store = createRedisBreakerStore(await client(), { prefix: 'ends:' });
    await store.open('key', { waitMs: 20, opens: 1 }, 30);
    await pause(90);
    expect(await store.read('key')).toBeUndefined();
  });
});

const sessionsEach = 25;
const outageStartMs = 4_000;
const outageMs = 6_000;
const durationMs = 18_000;

/** An authority on this machine that is away for a while. Requests are counted by the second. */
async function startAuthority() {
  let startMs = Date.now();
  const times: number[] = [];
  const server: Server = createServer((request, response) => {
    const at = Date.now() - startMs;
    times.push(at);
    const away = at >= outageStartMs && at < outageStartMs + outageMs;
    request.resume();
    response.writeHead(away ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(away ? { error: 'temporarily_unavailable' } : { access_token: 'invented' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const count = (fromMs: number, toMs: number): number => times.filter((at) => at >= fromMs && at < toMs).length;
  return {
    /** The time of the run begins, once all processes are ready. */
    begin: () => {
      startMs = Date.now();
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/contoso.test`,
    figures: () => ({
      requestsInOutage: count(outageStartMs, outageStartMs + outageMs),
      steadyPerSecond: count(1_500, outageStartMs) / ((outageStartMs - 1_500) / 1000),
      peakAfter: Math.max(
        ...Array.from({ length: 6 }, (_, second) => {
          const from = outageStartMs + outageMs + second * 1_000;
          return count(from, from + 1_000);
        }),
      ),
    }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Outcome {
  readonly calls: number;
  readonly failures: number;
  readonly lost: number;
  readonly warnings: number;
  readonly changes: readonly string[];
  readonly errors: string;
}

function startWorker(file: string, authority: string, redisUrl: string) {
  const child = spawn(process.execPath, [file, authority, redisUrl, String(sessionsEach), String(durationMs)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ready = new Promise((done) => child.stdout.once('data', done));
  const outcome = new Promise<Outcome>((done) => {
    child.on('close', () => {
      const lines = out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const result = lines.find((line) => line['result'] !== undefined)?.['result'] ?? {};
      done({
        ...(result as { calls: number; failures: number; lost: number }),
        warnings: lines.filter((line) => line['warning'] !== undefined).length,
        changes: lines.filter((line) => line['to'] !== undefined).map((line) => `${line['from']} -> ${line['to']}`),
        errors:
          errors +
          lines
            .map((line) => JSON.stringify(line['failure'] ?? ''))
            .join('')
            .replaceAll('""', ''),
      });
    });
  });
  return { ready, outcome, go: () => child.stdin.end('go\n') };
}

describe.runIf(hasRedis)('two processes in an outage', () => {
  const rows: Record<string, object> = {};

  async function run(name: string, file: string, redis: Redis | undefined, stopAtMs?: number) {
    const authority = await startAuthority();
    const workers = [1, 2].map(() => startWorker(file, authority.url, redis?.url ?? ''));
    await Promise.all(workers.map(({ ready }) => ready));
    authority.begin();
    for (const { go } of workers) go();
    if (stopAtMs !== undefined) {
      await pause(stopAtMs);
      await redis?.stop();
    }
    const outcomes = await Promise.all(workers.map(({ outcome }) => outcome));
    const figures = authority.figures();
    authority.close();
    const sum = (key: 'calls' | 'failures' | 'lost' | 'warnings'): number =>
      outcomes.reduce((total, one) => total + one[key], 0);
    rows[name] = {
      calls: sum('calls'),
      'requests in outage': figures.requestsInOutage,
      'failures seen': sum('failures'),
      lost: sum('lost'),
      'steady /s': Math.round(figures.steadyPerSecond),
      'peak /s after': figures.peakAfter,
      warnings: sum('warnings'),
    };
    return { outcomes, figures };
  }

  test('share one circuit; without Redis each has its own, and says so once', async () => {
    const folder = resolve(import.meta.dirname, '../../test-results');
    const file = resolve(folder, `redis-worker-${process.pid}.mjs`);
    mkdirSync(folder, { recursive: true });
    await build({
      entryPoints: [resolve(import.meta.dirname, 'redis-worker.ts')],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['redis'],
      logLevel: 'silent',
    });
    const [redis, other] = await Promise.all([startRedis(), startRedis()]);
    const [naive, shared, stopped] = await Promise.all([
      run('retries every 100 ms', file, undefined),
      run('shared through Redis', file, redis),
      run('Redis stopped in the middle', file, other, outageStartMs + outageMs / 2),
    ]);
    await Promise.all([redis.stop(), other.stop()]);
    rmSync(file);
    console.log(`Two processes, ${2 * sessionsEach} sessions, an outage of ${outageMs / 1000} s:`);
    console.table(rows);

    for (const { outcomes, figures } of [shared, stopped]) {
      expect(outcomes.map(({ errors }) => errors)).toEqual(['', '']);
      expect(figures.requestsInOutage).toBeLessThanOrEqual(naive.figures.requestsInOutage / 20);
      expect(figures.peakAfter).toBeLessThanOrEqual(2 * figures.steadyPerSecond);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ failures: 0, lost: 0 });
        expect(outcome.calls).toBeGreaterThan(100);
        expect(outcome.changes[0]).toBe('closed -> open');
        expect(outcome.changes.at(-1)).toMatch(/-> closed$/);
      }
    }
    expect(shared.outcomes.map(({ warnings }) => warnings)).toEqual([0, 0]);
    expect(stopped.outcomes.map(({ warnings }) => warnings)).toEqual([1, 1]);
  }, 90_000);
});
