import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { buildLibrary, hasRedis, startProxy, startRedis, startService, type Proxy } from './processes.js';
import { authorizations, claimsBesideMsal, openBrowser, secret } from './support.js';

let library: Awaited<ReturnType<typeof buildLibrary>>;
let entra: LocalEntra;
const apiClient = { clientId: '33333333-3333-4333-8333-333333333333', clientSecret: 'fake-secret-of-the-api' };
beforeAll(async () => {
  library = await buildLibrary();
  entra = await createLocalEntra({ additionalClients: [apiClient] });
});
afterAll(async () => {
  await entra.close();
  library.remove();
});

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  entra.reset();
});

/** Web processes behind a proxy that sends each request to the next one. */
async function startWeb(processes: readonly object[]): Promise<Proxy> {
  const proxy = await startProxy();
  cleanups.push(() => {
    proxy.close();
  });
  const services = await Promise.all(
    processes.map((settings) =>
      startService('web', library.url, {
        baseUrl: proxy.url,
        auth: entra.msalConfiguration().auth,
        secret,
        ...settings,
      }),
    ),
  );
  for (const service of services) cleanups.push(service.stop);
  proxy.targets = services.map(({ port }) => port);
  return proxy;
}

/** Signs in and steps up across the processes; returns which process answered which path. */
async function walk(proxy: Proxy): Promise<{ path: string; process: string }[]> {
  const steps = await openBrowser().visit(`${proxy.url}/payments`);
  expect(steps.at(-1)!).toMatchObject({ status: 200, url: `${proxy.url}/payments` });
  expect(JSON.parse(steps.at(-1)!.body)).toEqual({ user: 'alice@contoso.test', acrs: ['c1'] });
  const sent = authorizations(entra).map((query) => claimsBesideMsal(query['claims']));
  expect(sent).toMatchObject([{}, { access_token: { acrs: { essential: true, value: 'c1' } } }]);
  return steps
    .filter(({ url }) => url.startsWith(proxy.url))
    .map(({ url, headers }) => ({ path: new URL(url).pathname, process: String(headers['x-process']) }));
}

const processOf = (answers: readonly { path: string; process: string }[], path: string): string[] =>
  answers.filter((answer) => answer.path === path).map(({ process }) => process);

describe('two processes behind a round-robin proxy', () => {
  test("finish each other's sign-ins with only the secret shared", async () => {
    const answers = await walk(await startWeb([{}, {}]));
    expect(new Set(answers.map(({ process }) => process)).size).toBe(2);
    // What begins a sign-in is never the process that finishes it.
    const [begun, finished] = [processOf(answers, '/auth/challenge'), processOf(answers, '/auth/redirect')];
    expect(begun).toHaveLength(2);
    expect(begun.map((id, index) => id === finished[index])).toEqual([false, false]);
  });

  test('while the secret is rotated from one process to the next', async () => {
    const newer = 'the next secret of more than thirty-two characters';
    await walk(await startWeb([{ secret: [newer, secret] }, { secret: [secret, newer] }]));
  });

  test('a process that does not know the secret answers with a page, not with a loop', async () => {
    const proxy = await startWeb([{}, { secret: 'a foreign secret of more than thirty-two characters' }]);
    const steps = await openBrowser().visit(`${proxy.url}/payments`);
    expect(steps.length).toBeLessThan(6);
    expect(steps.at(-1)!.status).toBe(400);
  });

  test.skipIf(!hasRedis)('with express-session on a Redis server', async () => {
    const redis = await startRedis();
    cleanups.push(redis.stop);
    const answers = await walk(await startWeb([{ redisUrl: redis.url }, { redisUrl: redis.url }]));
    const [begun, finished] = [processOf(answers, '/auth/challenge'), processOf(answers, '/auth/redirect')];
    expect(begun.map((id, index) => id === finished[index])).toEqual([false, false]);
  });
});

describe('a web application, our API and a downstream API in three processes', () => {
  const apiScope = `api://${apiClient.clientId}/access`;

  async function startChain(): Promise<{ proxy: Proxy; apiUrl: string }> {
    const { auth } = entra.msalConfiguration();
    const api = await startService('api', library.url, {
      auth: { ...auth, ...apiClient },
      jwksUri: `${entra.authority}/discovery/v2.0/keys`,
      audience: `api://${apiClient.clientId}`,
      downstreamScope: 'api://downstream/Pay',
      downstreamUrl: `${entra.url}/api/payments`,
    });
    cleanups.push(api.stop);
    const apiUrl = `http://127.0.0.1:${String(api.port)}/report`;
    return { proxy: await startWeb([{ apiUrl, apiScope }]), apiUrl };
  }

  test('the challenge of the last reaches the browser through both; the user steps up and the call succeeds', async () => {
    const { proxy } = await startChain();
    const browser = openBrowser();
    await browser.visit(`${proxy.url}/auth/sign-in`);
    const before = authorizations(entra).length;
    const steps = await browser.visit(`${proxy.url}/report`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${proxy.url}/report` });
    expect(JSON.parse(steps.at(-1)!.body)).toMatchObject({ preferred_username: 'alice@contoso.test', acrs: ['c1'] });
    const made = authorizations(entra).slice(before);
    expect(made).toHaveLength(1);
    expect(claimsBesideMsal(made[0]!['claims'])).toMatchObject({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
    expect(made[0]!['scope']).toContain(apiScope);
  });

  test('the API hands the downstream challenge on as its own, and an expired assertion as invalid_token', async () => {
    const { apiUrl } = await startChain();
    const call = async (lifetimeSeconds?: number): Promise<Response> => {
      const token = await entra.accessToken({
        user: 'alice@contoso.test',
        scopes: apiScope,
        // As a client that can handle claims challenges asks for it.
        claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
        ...(lifetimeSeconds !== undefined && { lifetimeSeconds }),
      });
      return fetch(apiUrl, { headers: { authorization: `Bearer ${token}` } });
    };
    const challenged = await call();
    expect(challenged.status).toBe(401);
    const header = challenged.headers.get('www-authenticate') ?? '';
    expect(header).toContain('error="insufficient_claims"');
    const claims = /claims="([^"]+)"/.exec(header)![1]!;
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toEqual({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
    entra.failNext(500133, { error: 'invalid_grant', flow: 'on-behalf-of' });
    const expired = await call();
    expect(expired.status).toBe(401);
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test("MFA for the API's own call (on behalf of) is the caller's challenge too", async () => {
    const { proxy } = await startChain();
    const browser = openBrowser();
    await browser.visit(`${proxy.url}/auth/sign-in`);
    const claims = { access_token: { capolids: { essential: true, values: ['a'] }, acrs: { value: 'c1' } } };
    entra.failNext(50076, { claims, suberror: 'basic_action', flow: 'on-behalf-of' });
    const steps = await browser.visit(`${proxy.url}/report`);
    expect(steps.at(-1)!.status).toBe(200);
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject(claims);
  });
});
