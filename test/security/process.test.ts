/** Whole processes under attack: S16, S26, S27, S33. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAadResponder, normalizeAadError, parseChallenges } from '../../src/index.js';
import { magicKeys, thrownShapes, tokenBody } from './corpus.js';
import { ask, askerNames, askers, count, inParallel, stable, type Asker } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'aad-attack-'));
const bundle = join(folder, 'attack-child.cjs');
let children: ChildProcess[] = [];

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'attack-child.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile: bundle,
    logLevel: 'error',
  });
});
afterEach(() => {
  for (const child of children) child.kill();
  children = [];
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Victim {
  readonly ports: Readonly<Record<string, number>>;
  /** Sends a message and waits for the answer to it. */
  tell(message: string): Promise<unknown>;
  /** Ends it; its exit code and what it printed. */
  end(): Promise<{ code: number | null; printed: string }>;
}

async function start(flags: readonly string[]): Promise<Victim> {
  const child = fork(bundle, [], {
    execArgv: ['--unhandled-rejections=strict', ...flags],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const died = once(child, 'exit').then(() =>
    Promise.reject(new Error(`the process ended: ${printed.slice(0, 2_000)}`)),
  );
  died.catch(() => undefined);
  const [first] = (await Promise.race([once(child, 'message'), died])) as [{ ports: Record<string, number> }];
  return {
    ports: first.ports,
    async tell(message) {
      child.send(message);
      const [answer] = (await Promise.race([once(child, 'message'), died])) as [unknown];
      return answer;
    },
    async end() {
      if (child.exitCode === null) child.send('end');
      if (child.exitCode === null) await once(child, 'exit');
      return { code: child.exitCode, printed };
    },
  };
}

interface Case {
  readonly server: string;
  readonly path: string;
  readonly asker: Asker;
}

const cases: readonly Case[] = ['express4', 'express5'].flatMap((name) =>
  thrownShapes.flatMap((_shape, index) =>
    askerNames.flatMap((asker) => [
      ...['throw', 'reject', 'next'].map((way) => ({ server: name, path: `/${way}/${String(index)}`, asker })),
      { server: `${name}-interaction`, path: `/next/${String(index)}`, asker },
    ]),
  ),
);

async function answersOf({ ports }: Victim): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  await inParallel(cases, 8, async ({ server, path, asker }) => {
    const reply = await ask(ports[server]!, path, { headers: askers[asker], timeoutMs: 5_000 });
    answers.set(`${server} ${asker} ${path}`, stable(reply));
  });
  return answers;
}

function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...one].filter(([key, answer]) => other.get(key) !== answer).map(([key]) => key);
}

describe('the whole corpus against one process', () => {
  let healthy: Promise<ReadonlyMap<string, string>> | undefined;
  /** The answers of an ordinary process, whichever test asks first. */
  const expectedAnswers = (): Promise<ReadonlyMap<string, string>> =>
    (healthy ??= start([]).then(async (victim) => {
      const answers = await answersOf(victim);
      await victim.end();
      return answers;
    }));

  test('S26: nothing unhandled under --unhandled-rejections=strict, and nothing printed', async () => {
    const victim = await start([]);
    expect((await answersOf(victim)).size).toBe(cases.length);
    expect(await victim.end()).toEqual({ code: 0, printed: '' });
  }, 60_000);

  test('S16: the same answers without Object.prototype.__proto__', async () => {
    const victim = await start(['--disable-proto=delete']);
    expect(differences(await expectedAnswers(), await answersOf(victim))).toEqual([]);
    expect((await victim.end()).code).toBe(0);
  }, 120_000);

  test('S16: the same answers while Object.prototype is polluted, by both majors of Express', async () => {
    const victim = await start([]);
    expect(await victim.tell('pollute')).toBe('polluted');
    expect(differences(await expectedAnswers(), await answersOf(victim))).toEqual([]);
    expect((await victim.end()).code).toBe(0);
  }, 120_000);
});

describe('S16', () => {
  const responder = createAadResponder({ exposeDetails: true, timeZone: 'UTC' });
  const shapes: readonly ((key: string) => unknown)[] = [
    (key) => tokenBody(50105, { error: key }),
    (key) => tokenBody(50105, { suberror: key, error_subcode: key }),
    (key) => tokenBody(50105, { error_codes: [key, 50105], [key]: 'x' }),
    (key) => ({
      name: key,
      code: key,
      errorCode: key,
      errorMessage: `AADSTS50105: ${key}`,
      message: `AADSTS50105: ${key}`,
    }),
    (key) => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer ${key}="x", error="${key}"`, [key]: 'x' },
      body: tokenBody(50105),
    }),
    (key) =>
      JSON.parse(
        `{"error":"invalid_grant","error_description":"AADSTS50105: x","${key}":{"status":200,"claims":"x"}}`,
      ) as unknown,
  ];

  test('S16: 12 magic keys as code, error, suberror, language and field name change nothing', () => {
    expect(magicKeys.length).toBe(12);
    for (const shape of shapes) {
      const request = (language: string): { method: string; url: string; headers: Record<string, string> } => ({
        method: 'GET',
        url: '/mail',
        headers: { ...askers.json, 'accept-language': language },
      });
      const plain = responder.respond(shape('harmless'), request('en'))!;
      for (const key of magicKeys) {
        const answer = responder.respond(shape(key), request(key))!;
        expect([key, answer.response.status]).toEqual([key, plain.response.status]);
        expect(answer.response.headers).toEqual(plain.response.headers);
        expect(JSON.parse(answer.response.body)).toEqual(JSON.parse(plain.response.body));
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(normalizeAadError({ error: '__proto__', code: 'constructor' })).toBeUndefined();
  });
});

test('S33: interleaved requests with ids of their own: each gets its own', async () => {
  const { ports, end } = await start([]);
  const requests = Array.from({ length: count(10_000, 2_000) }, (_, index) => index);
  await inParallel(requests, 16, async (index) => {
    const id = String(index).padStart(12, '0');
    const server = ['express4', 'express5', 'express4-interaction', 'express5-interaction'][index % 4]!;
    const asker = askerNames[index % askerNames.length]!;
    const reply = await ask(ports[server]!, `/unique/${String(index)}?wait=${String(index % 4)}`, {
      headers: askers[asker],
      timeoutMs: 5_000,
    });
    if (reply.status === 303) return;
    const seen = [...reply.body.matchAll(/00000000-0000-4000-8000-(\d{12})/g)].map((match) => match[1]);
    expect(new Set(seen)).toEqual(new Set([id]));
    // Claims are JSON inside JSON, and base64 in a challenge.
    const challenge = parseChallenges(reply.headers['www-authenticate'])[0]?.parameters.get('claims') ?? '';
    const claims = `${reply.body}${Buffer.from(challenge, 'base64').toString('utf8')}`.replaceAll('\\"', '"');
    const values = [...claims.matchAll(/"value":"(\d{12})"/g)].map((match) => match[1]);
    expect([...new Set(values)]).toEqual(reply.headers['content-type']?.includes('json') === true ? [id] : []);
    expect(challenge === '').toBe(asker !== 'api');
  });
  expect((await end()).code).toBe(0);
}, 60_000);

test('S27: errors that are never the same leave nothing on the heap', async () => {
  const { ports, tell, end } = await start(['--expose-gc']);
  let at = 0;
  const hammer = async (requests: number): Promise<number> => {
    await inParallel(Array.from({ length: requests }), 8, async () => {
      at += 1;
      const server = ['express4-interaction', 'express5-interaction'][at % 2]!;
      await ask(ports[server]!, `/unique/${String(at)}?page=${String(at)}`, {
        headers: { ...askers[askerNames[at % 4]!], 'accept-language': `x-${String(at)},en` },
        timeoutMs: 5_000,
      });
    });
    return ((await tell('heap')) as { heap: number }).heap;
  };
  await hammer(1_500);
  const before = await hammer(500);
  const requests = count(50_000, 2_000);
  const after = await hammer(requests);
  const perRequest = (after - before) / requests;
  console.info(`S27: ${requests} requests, ${perRequest.toFixed(1)} bytes of heap each`);
  // One kept answer would be some thousand bytes; few requests leave the noise of the collector.
  expect(perRequest).toBeLessThanOrEqual(count(50, 600));
  expect((await end()).code).toBe(0);
}, 300_000);
