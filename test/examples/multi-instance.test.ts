/** Two real processes behind the example's load balancer; with Redis where a redis-server is. */
import { spawnSync } from 'node:child_process';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startExample } from '../../examples/multi-instance/start.mjs';
import { authorizations, claimsBesideMsal, openBrowser } from '../interaction/support.js';
import { send, type Exchange } from '../support/browser-client.js';
import { buildLibrary, run, type Library } from './processes.js';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.log('examples/multi-instance with Redis left out: there is no redis-server on this machine');

type Example = Awaited<ReturnType<typeof startExample>>;
let library: Library;
let nodeOptions: string | undefined;
beforeAll(async () => {
  library = await buildLibrary();
  // Inherited by the processes that the example starts.
  nodeOptions = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = library.nodeOptions;
});
afterAll(() => {
  if (nodeOptions === undefined) delete process.env['NODE_OPTIONS'];
  else process.env['NODE_OPTIONS'] = nodeOptions;
  library.remove();
});

let example: Example;
afterEach(() => example.close());

const instancesOf = (example: Example, steps: readonly Exchange[], path: string): (string | undefined)[] =>
  steps
    .filter(({ url }) => url.startsWith(example.url) && new URL(url).pathname === path)
    .map(({ headers }) => headers['x-instance'] as string | undefined);

/** The API's JSON on the example's page. */
function answerOn({ body }: Exchange): Record<string, unknown> {
  const text = /<pre>([^<]*)<\/pre>/.exec(body)?.[1] ?? 'null';
  return JSON.parse(text.replaceAll('&#34;', '"')) as Record<string, unknown>;
}
const tokenCalls = ({ entra }: Example): number =>
  entra!.requests.filter(({ endpoint }) => endpoint === 'token').length;

describe.runIf(hasRedis)('with Redis', () => {
  test("the processes finish each other's sign-in and step-up, and know each other's tokens", async () => {
    example = await startExample({ port: 0, environment: {} });
    expect(example.redis.url).toMatch(/^redis:\/\/127\.0\.0\.1:/);
    const browser = openBrowser();
    const steps = await browser.visit(`${example.url}/payments`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/payments` });
    expect(answerOn(steps.at(-1)!)).toMatchObject({ preferred_username: 'alice@contoso.test', acrs: ['c1'] });
    // One sign-in, one step-up with the API's claims; what one process began the other one finished.
    expect(authorizations(example.entra!).map(({ claims }) => claimsBesideMsal(claims))).toMatchObject([
      {},
      { access_token: { acrs: { essential: true, value: 'c1' } } },
    ]);
    const begun = instancesOf(example, steps, '/auth/challenge');
    expect(new Set(begun)).toEqual(new Set(['1', '2']));
    expect(instancesOf(example, steps, '/auth/redirect')).toEqual(begun.map((number) => (number === '1' ? '2' : '1')));
    // From here on neither asks again.
    const later = [await browser.visit(`${example.url}/profile`), await browser.visit(`${example.url}/profile`)];
    expect(later.map((visit) => visit.map(({ status }) => status))).toEqual([[200], [200]]);
    expect(new Set(later.map(([answer]) => answer!.headers['x-instance']))).toEqual(new Set(['1', '2']));
  });

  test('what Entra told one process holds for the other: no token call while the circuit is open', async () => {
    example = await startExample({ port: 0, environment: {} });
    const browser = openBrowser();
    await browser.visit(`${example.url}/profile`);
    await send(`${example.url}/local-entra/outage`);
    const working = tokenCalls(example);
    const first = [];
    for (let visit = 0; visit < 8; visit += 1) first.push(await browser.request(`${example.url}/profile`));
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([503]));
    // Two failures open the circuit of a process: one at each, a second at the first. The other one never has its second.
    const before = tokenCalls(example);
    expect(before - working).toBe(3);
    const later = [];
    for (let visit = 0; visit < 4; visit += 1) later.push(await browser.request(`${example.url}/profile`));
    expect(tokenCalls(example)).toBe(before);
    expect(later.map(({ headers }) => headers['x-instance']).sort()).toEqual(['1', '1', '2', '2']);
    for (const { status, headers } of later) {
      expect(status).toBe(503);
      // Entra said 20 seconds; the rest of them, and at most a second more, so that not all come back together.
      expect(Number(headers['retry-after'])).toBeGreaterThan(10);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(22);
    }
  });

  test('a process that ends in the middle of a sign-in loses nobody', async () => {
    example = await startExample({ port: 0, environment: {} });
    const browser = openBrowser();
    const begun = await browser.request(`${example.url}/auth/sign-in?return_to=/profile`);
    const page = await browser.request(begun.headers.location!, { from: example.url });
    await example.stopInstance(Number(begun.headers['x-instance']));
    const steps = await browser.visit(page.headers.location!, { from: page.url });
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/profile` });
    expect(answerOn(steps.at(-1)!)).toMatchObject({ preferred_username: 'alice@contoso.test' });
    expect(authorizations(example.entra!)).toHaveLength(1);
  });

  test('signing out at one process is signing out at all, and leaves no tokens behind', async () => {
    example = await startExample({ port: 0, environment: {} });
    const browser = openBrowser();
    await browser.visit(`${example.url}/profile`);
    const kept = await browser.jar.getCookieString(example.url);
    const redis = createClient({ url: example.redis.url! });
    await redis.connect();
    const keys = async (): Promise<string[]> => (await redis.keys('*')).map((key) => key.split(':')[0]!).sort();
    expect(await keys()).toEqual(['msal', 'sess']);
    await browser.visit(`${example.url}/auth/sign-out`);
    expect(await keys()).toEqual([]);
    redis.destroy();
    for (let visit = 0; visit < 2; visit += 1) {
      const { body } = await send(example.url, { headers: { cookie: kept } });
      expect(body).toContain('Nobody is signed in');
    }
  });
});

describe('with nothing shared but the secret', () => {
  test('a sign-in is finished by the other process, and both know who it is', async () => {
    example = await startExample({ port: 0, environment: { REDIS_URL: 'none' } });
    expect(example.redis).toEqual({ why: 'REDIS_URL=none' });
    const browser = openBrowser();
    const steps = await browser.visit(`${example.url}/auth/sign-in?return_to=/`);
    const [begun, finished] = ['/auth/sign-in', '/auth/redirect'].map((path) => instancesOf(example, steps, path)[0]);
    expect([begun, finished].sort()).toEqual(['1', '2']);
    for (let visit = 0; visit < 2; visit += 1) {
      const home = await browser.request(`${example.url}/`);
      expect(home.body).toContain('Signed in as alice@contoso.test');
    }
    expect(authorizations(example.entra!)).toHaveLength(1);
  });

  test('tokens are not shared: the way to an API goes through Entra once for each process, and ends', async () => {
    example = await startExample({ port: 0, environment: { REDIS_URL: 'none' } });
    const browser = openBrowser();
    const steps = await browser.visit(`${example.url}/profile`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/profile` });
    expect(authorizations(example.entra!)).toHaveLength(2);
  });

  test('a cookie of another secret, or a forged one, is nobody', async () => {
    example = await startExample({ port: 0, environment: { REDIS_URL: 'none' } });
    const other = await startExample({ port: 0, environment: { REDIS_URL: 'none' } });
    try {
      const browser = openBrowser();
      await browser.visit(`${other.url}/auth/sign-in`);
      const foreign = await browser.jar.getCookieString(other.url);
      expect(foreign).toMatch(/session=/);
      for (const cookie of [foreign, 'session=eyJ.x.y.z.w', 'session=null']) {
        const { status, body } = await send(example.url, { headers: { cookie } });
        expect([status, body.includes('Nobody is signed in')]).toEqual([200, true]);
      }
    } finally {
      await other.close();
    }
  });
});

test('on a real tenant the sign-in goes there, with the address of the load balancer, and there are no switches', async () => {
  const tenant = '55555555-5555-4555-8555-555555555555';
  example = await startExample({
    port: 0,
    environment: {
      TENANT_ID: tenant,
      CLIENT_ID: '44444444-4444-4444-8444-444444444444',
      CLIENT_SECRET: 'fake-secret',
      SESSION_SECRET: 'a fake secret of more than thirty-two characters',
      BASE_URL: 'https://app.contoso.example',
    },
  });
  expect([example.entra, example.redis]).toEqual([undefined, { why: 'REDIS_URL is not set' }]);
  const { status, headers } = await openBrowser().request(`${example.url}/auth/sign-in`);
  expect(status).toBe(303);
  const target = new URL(headers.location!);
  expect(target.origin + target.pathname).toBe(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize`);
  expect(target.searchParams.get('redirect_uri')).toBe('https://app.contoso.example/auth/redirect');
  expect((await send(`${example.url}/local-entra/outage`)).status).toBe(404);
});

test('started by its command it says what it uses, and ends with all of its processes', async () => {
  example = { close: () => Promise.resolve() } as Example;
  const started = run(['examples/start.mjs', 'multi-instance'], library, { PORT: '0' });
  try {
    await started.shows(/Stop with Ctrl\+C/);
    const { stdout } = started.output();
    expect(stdout).toContain(hasRedis ? 'shared in Redis' : 'there is no redis-server on this machine');
    const url = /http:\/\/localhost:\d+/.exec(stdout)![0];
    expect((await send(url)).body).toContain('Nobody is signed in');
    const ids = /Two processes \((\d+), (\d+)\)/.exec(stdout)!.slice(1).map(Number);
    const isAlive = (id: number): boolean => {
      try {
        return process.kill(id, 0);
      } catch {
        return false;
      }
    };
    expect(ids.map(isAlive)).toEqual([true, true]);
    expect(await started.stop()).toBe(0);
    expect(ids.map(isAlive)).toEqual([false, false]);
  } finally {
    await started.stop('SIGKILL');
  }
});
