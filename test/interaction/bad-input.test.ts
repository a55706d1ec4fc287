/** Cookie jars, clocks and requests as nobody planned them: an honest page, no loop, no token lost, no open redirect. */
import { afterEach, describe, expect, test } from 'vitest';
import { createSealer } from '../../src/interaction/index.js';
import { createLocalEntra, type LocalEntra, type LocalEntraOptions } from '../../src/testing/index.js';
import type { Exchange } from '../support/browser-client.js';
import {
  authorizations,
  claimsBesideMsal,
  openBrowser,
  publicOrigin,
  secret,
  startWebApp,
  type Browser,
  type WebApp,
  type WebAppOptions,
} from './support.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startEntra(options: LocalEntraOptions = {}): Promise<LocalEntra> {
  const entra = await createLocalEntra({ redirectUris: [`${publicOrigin}/auth/redirect`], ...options });
  cleanups.push(() => entra.close());
  return entra;
}

async function startApp(entra: LocalEntra, options: WebAppOptions = {}): Promise<WebApp> {
  const app = await startWebApp(entra, options);
  cleanups.push(() => {
    app.close();
  });
  return app;
}

const locationOf = (answer: Exchange): string => new URL(answer.headers.location!, answer.url).href;

/** Up to Entra and back, the redirect URI not yet opened. */
async function callbackOf(browser: Browser, url: string): Promise<string> {
  let place = url;
  for (let hop = 0; hop < 5 && !place.includes('/auth/redirect?'); hop += 1)
    place = locationOf(await browser.request(place));
  return place;
}

function expectStartAgain(steps: readonly Exchange[], app: WebApp): void {
  const page = steps.at(-1)!;
  expect(steps.length).toBeLessThanOrEqual(5);
  expect(page.status).toBe(400);
  expect(page.body).toContain('This sign-in can no longer be used');
  expect(/class="button" href="([^"]+)"/.exec(page.body)?.[1]).toBe('/');
  expect(new URL(page.url).origin).toBe(app.url);
}

describe('a cookie jar that is full', () => {
  test.each([1, 2])('with room for %i: an honest page or the page asked for, never a loop', async (maxCookies) => {
    const app = await startApp(await startEntra());
    const browser = openBrowser({ maxCookies });
    for (const path of ['/tasks', '/auth/sign-in?return_to=/form', '/payments']) {
      const steps = await browser.visit(app.url + path);
      expect(steps.length).toBeLessThan(20);
      expect([200, 400, 403]).toContain(steps.at(-1)!.status);
      if (steps.at(-1)!.status === 200) expect(steps.at(-1)!.url).not.toContain('/auth/');
    }
  });

  test('with room for what one sign-in needs: it works, whatever was dropped for it', async () => {
    const app = await startApp(await startEntra());
    const browser = openBrowser({ maxCookies: 3 });
    for (let other = 0; other < 3; other += 1) await browser.jar.setCookie(`other${other}=1; Path=/`, app.url);
    const steps = await browser.visit(`${app.url}/tasks`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/tasks` });
  });

  test('that drops the sign-in while the person is at Entra: start again, which works', async () => {
    const app = await startApp(await startEntra({ autoApprove: false }));
    const browser = openBrowser();
    const asked = (await browser.visit(`${app.url}/auth/sign-in?return_to=/form`)).at(-1)!;
    await browser.jar.removeAllCookies();
    expectStartAgain(await browser.press(asked, { signIn: 'alice@contoso.test' }), app);
    expect(app.signIns).toEqual([]);
    const again = (await browser.visit(`${app.url}/auth/sign-in?return_to=/form`)).at(-1)!;
    const done = await browser.press(again, { signIn: 'alice@contoso.test' });
    expect(done.at(-1)).toMatchObject({ status: 200, url: `${app.url}/form` });
  });

  test('that drops one half of a long sign-in: start again', async () => {
    const scopes = Array.from({ length: 40 }, (_, index) => `api://tasks/${'Scope'.repeat(15)}.${index}`);
    const app = await startApp(await startEntra({ autoApprove: false }), { scopes });
    const browser = openBrowser();
    const asked = (await browser.visit(`${app.url}/auth/sign-in`)).at(-1)!;
    const parts = (await browser.jar.getCookies(app.url)).filter(({ key }) => key.startsWith('aad-tx-'));
    expect(parts.length).toBeGreaterThan(1);
    await browser.jar.setCookie(`${parts[1]!.key}=; Path=/; Max-Age=0`, app.url);
    expectStartAgain(await browser.press(asked, { signIn: 'alice@contoso.test' }), app);
  });

  test('of a page that polls: no more than eight tickets of it are kept', async () => {
    const app = await startApp(await startEntra());
    const browser = openBrowser();
    for (let poll = 0; poll < 20; poll += 1) await browser.request(`${app.url}/tasks`);
    expect((await browser.jar.getCookies(app.url)).length).toBeLessThanOrEqual(8);
  });
});

describe('two redirects at once', () => {
  test('two sign-ins that come back in the same moment end on their own pages', async () => {
    const app = await startApp(await startEntra());
    const browser = openBrowser();
    const callbacks = [
      await callbackOf(browser, `${app.url}/auth/sign-in?return_to=/form?tab=1`),
      await callbackOf(browser, `${app.url}/auth/sign-in?return_to=/form?tab=2`),
    ];
    const answers = await Promise.all(callbacks.map((callback) => browser.request(callback)));
    expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual([
      [303, '/form?tab=1'],
      [303, '/form?tab=2'],
    ]);
    expect((await browser.jar.getCookies(app.url)).filter(({ key }) => key.startsWith('aad-'))).toEqual([]);
  });

  test('one ticket used twice in the same moment: two visits to Entra at most, and the page asked for', async () => {
    const entra = await startEntra();
    const app = await startApp(entra);
    const browser = openBrowser();
    const ticket = locationOf(await browser.request(`${app.url}/tasks`));
    const started = await Promise.all([browser.request(ticket), browser.request(ticket)]);
    const callbacks = [];
    for (const answer of started) callbacks.push(await callbackOf(browser, locationOf(answer)));
    const answers = await Promise.all(callbacks.map((callback) => browser.request(callback)));
    expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual([
      [303, '/tasks'],
      [303, '/tasks'],
    ]);
    expect(authorizations(entra)).toHaveLength(2);
    expect((await browser.visit(`${app.url}/tasks`)).map(({ status }) => status)).toEqual([200]);
  });

  test('two pages that fail in the same moment, for the same reason: each is finished, and the brake does not stop them', async () => {
    const app = await startApp(await startEntra());
    const browser = openBrowser();
    const tickets = (
      await Promise.all([browser.request(`${app.url}/tasks?a`), browser.request(`${app.url}/tasks?b`)])
    ).map(locationOf);
    const started = await Promise.all(tickets.map((ticket) => browser.request(ticket)));
    expect(started.map(({ status }) => status)).toEqual([303, 303]);
    for (const [index, answer] of started.entries()) {
      const steps = await browser.visit(locationOf(answer));
      expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/tasks?${'ab'[index]}` });
    }
  });
});

describe('a sign-in that is too old', () => {
  test.each([
    ['59 minutes', 59 * 60, 200],
    ['an hour and a second', 3_601, 400],
  ])('%s', async (_name, seconds, status) => {
    let offsetMs = 0;
    const entra = await startEntra({ autoApprove: false });
    const app = await startApp(entra, { now: () => Date.now() + offsetMs });
    const browser = openBrowser();
    const asked = (await browser.visit(`${app.url}/auth/sign-in?return_to=/form`)).at(-1)!;
    offsetMs = seconds * 1000;
    const steps = await browser.press(asked, { signIn: 'alice@contoso.test' });
    expect(steps.at(-1)!.status).toBe(status);
    // Not even redeemed: the code goes to nobody.
    const redeemed = entra.requests.filter(({ form }) => form['grant_type'] === 'authorization_code').length;
    expect(redeemed).toBe(status === 200 ? 1 : 0);
  });
});

describe('a clock an hour off', () => {
  /** Two instances of one application with the same secret; the browser's requests go to one and then to the other. */
  async function instances(skewMs: number): Promise<{ apps: WebApp[]; balancer: { port: number }; browser: Browser }> {
    const entra = await startEntra();
    const apps = [
      await startApp(entra, { https: true }),
      await startApp(entra, { https: true, now: () => Date.now() + skewMs }),
    ];
    const balancer = { port: apps[0]!.port };
    return { apps, balancer, browser: openBrowser({ https: balancer }) };
  }

  test.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])('%s, the same for the whole of a sign-in: it works', async (_name, skewMs) => {
    const { apps, balancer, browser } = await instances(skewMs);
    balancer.port = apps[1]!.port;
    const steps = await browser.visit(`${publicOrigin}/auth/sign-in?return_to=/form`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${publicOrigin}/form` });
  });

  test('ahead, on the instance that gets the ticket of a right one: a page, and the other instance still takes it', async () => {
    const { apps, balancer, browser } = await instances(3_600_000);
    const ticket = locationOf(await browser.request(`${publicOrigin}/tasks`));
    balancer.port = apps[1]!.port;
    expect((await browser.visit(ticket)).map(({ status }) => status)).toEqual([400]);
    balancer.port = apps[0]!.port;
    expect((await browser.visit(ticket)).at(-1)).toMatchObject({ status: 200, url: `${publicOrigin}/tasks` });
  });

  test('behind, on the instance that finishes what a right one began: it works', async () => {
    const { apps, balancer, browser } = await instances(-3_600_000);
    const callback = await callbackOf(browser, `${publicOrigin}/auth/sign-in?return_to=/form`);
    balancer.port = apps[1]!.port;
    expect((await browser.request(callback)).headers.location).toBe('/form');
  });

  test('ahead, on the instance that finishes: a page to start again from, no loop, and the other instance still finishes it', async () => {
    const { apps, balancer, browser } = await instances(3_601_000);
    const callback = await callbackOf(browser, `${publicOrigin}/auth/sign-in?return_to=/form`);
    balancer.port = apps[1]!.port;
    expect((await browser.visit(callback)).map(({ status }) => status)).toEqual([400]);
    balancer.port = apps[0]!.port;
    expect((await browser.request(callback)).headers.location).toBe('/form');
  });

  test("the browser's clock does not count: cookies live by Max-Age, none has a date", async () => {
    const { browser } = await instances(0);
    const steps = await browser.visit(`${publicOrigin}/payments`);
    const set = steps.flatMap(({ headers }) => headers['set-cookie'] ?? []).filter((text) => text.includes('aad-'));
    expect(set.length).toBeGreaterThan(4);
    for (const cookie of set) {
      expect(cookie).toMatch(/; Max-Age=\d+/);
      expect(cookie).not.toMatch(/expires/i);
    }
  });

  test('set back while the loop brake holds: the brake lets go with its cookie, after five minutes of the browser', async () => {
    let offsetMs = 0;
    const entra = await startEntra();
    const app = await startApp(entra, { now: () => Date.now() + offsetMs });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    entra.failAlways(50076, { suberror: 'basic_action', flow: 'silent' });
    expect((await browser.visit(`${app.url}/fresh`)).at(-1)!.status).toBe(403);
    const brake = (await browser.jar.getCookies(app.url)).find(({ key }) => key === 'aad-brake');
    expect(brake!.maxAge).toBe(300);
    offsetMs = -3_600_000;
    expect((await browser.visit(`${app.url}/fresh`)).at(-1)!.status).toBe(403);
    await browser.jar.setCookie('aad-brake=; Path=/; Max-Age=0', app.url);
    expect((await browser.request(`${app.url}/fresh`)).status).toBe(303);
  });
});

describe('what is not ours', () => {
  test('parameters of the sign-in address do not reach Entra', async () => {
    const entra = await startEntra();
    const app = await startApp(entra);
    const foreign = new URLSearchParams({
      claims: '{"access_token":{"acrs":{"essential":true,"value":"theirs"}}}',
      scope: 'api://theirs/.default',
      login_hint: 'mallory@evil.test',
      domain_hint: 'evil.test',
      prompt: 'none',
      redirect_uri: 'https://evil.test/',
      state: 'theirs',
      client_id: 'theirs',
      response_mode: 'fragment',
    });
    await openBrowser().visit(`${app.url}/auth/sign-in?${foreign.toString()}`);
    const sent = authorizations(entra)[0]!;
    expect(claimsBesideMsal(sent['claims'])).toMatchObject({ access_token: {} });
    expect(JSON.stringify(sent)).not.toMatch(/theirs|evil/);
    expect(sent).toMatchObject({ redirect_uri: `${app.url}/auth/redirect`, response_mode: 'query' });
    expect(sent).not.toHaveProperty('prompt');
  });

  test.each([
    ['sealed with another secret', (nowMs: number) => createSealer(['x'.repeat(32)]).seal('ticket', {}, nowMs + 1e6)],
    ['sealed for another purpose', (nowMs: number) => createSealer([secret]).seal('ledger', '{}', nowMs + 1e6)],
    ['with a byte too many', (nowMs: number) => `${createSealer([secret]).seal('ticket', {}, nowMs + 1e6)}A`],
  ])('a ticket %s starts nothing', async (_name, seal) => {
    const entra = await startEntra();
    const app = await startApp(entra);
    const browser = openBrowser();
    await browser.request(`${app.url}/tasks`);
    expectStartAgain(await browser.visit(`${app.url}/auth/challenge?ticket=${seal(Date.now())}`), app);
    expect(authorizations(entra)).toEqual([]);
  });

  test.each([
    ['with another secret', ['x'.repeat(32)], 1e6, 400],
    ['with ours, a day ago', [secret], -1, 400],
    ['with ours', [secret], 1e6, 303],
  ])("an administrator's answer whose state is sealed %s", async (_name, secrets, validMs, status) => {
    const app = await startApp(await startEntra());
    const state = createSealer(secrets).seal('admin-state', { id: 'a' }, Date.now() + validMs);
    const query = `admin_consent=True&state=${state}`;
    const answer = await openBrowser().request(`${app.url}/auth/admin-consent/return?${query}`);
    expect([answer.status, app.adminConsents.length]).toEqual([status, status === 303 ? 1 : 0]);
  });
});
