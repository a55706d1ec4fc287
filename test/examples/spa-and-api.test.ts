import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startExample } from '../../examples/spa-and-api/start.mjs';
import type { LocalEntra, LocalEntraOptions } from '../../src/testing/index.js';
import { hasChromium, openBrowser as openChromium } from '../browser/support.js';
import { authorizations, claimsBesideMsal, openBrowser } from '../interaction/support.js';
import { script } from '../support/browser-client.js';

const root = resolve(import.meta.dirname, '../..');
let folder = '';
let clientFile = '';
beforeAll(async () => {
  mkdirSync(join(root, 'test-results/screenshots'), { recursive: true });
  folder = mkdtempSync(join(root, 'test-results/spa-'));
  clientFile = join(folder, 'client.js');
  // What the package serves as aad-error-handler/client, built from src now.
  await build({
    entryPoints: [join(root, 'src/client/index.ts')],
    bundle: true,
    format: 'esm',
    outfile: clientFile,
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(entraOptions: LocalEntraOptions = {}) {
  const example = await startExample({
    port: 0,
    environment: {},
    entra: { autoApprove: true, ...entraOptions },
    clientFile,
  });
  cleanups.push(example.close);
  return { ...example, entra: example.entra! };
}

interface Problem {
  readonly action: string;
  readonly interaction: { readonly url: string };
}

describe('examples/spa-and-api over real sockets', () => {
  test('a fetch by somebody who is not signed in gets 401 with a same-origin way to sign in, and works after it', async () => {
    const { url } = await start();
    const browser = openBrowser();
    const answer = await browser.request(`${url}/api/expenses`, { headers: script });
    expect(answer.status).toBe(401);
    const problem = JSON.parse(answer.body) as Problem;
    expect(problem.action).toBe('interactive');
    expect(problem.interaction.url).toMatch(/^\/auth\/challenge\?ticket=/);
    const steps = await browser.visit(`${url}${problem.interaction.url}&return_to=%2F%3Fshow%3Dexpenses`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${url}/?show=expenses` });
    expect(JSON.parse((await browser.request(`${url}/api/expenses`, { headers: script })).body)).toMatchObject({
      value: [{ text: 'Taxi', amount: 31.5 }, { text: 'Hotel' }],
    });
  });

  test.each([
    ['receipts', 'mfa@contoso.test', { action: 'claims_challenge', situation: 'stronger-sign-in-required' }, {}],
    ['receipts', 'consent@contoso.test', { action: 'consent' }, { prompt: 'consent' }],
    ['payouts', 'alice@contoso.test', { action: 'claims_challenge', situation: 'stronger-sign-in-required' }, {}],
  ])(
    '%s for %s: what the API asks for reaches the page as a problem, and /authorize',
    async (list, user, asked, sent) => {
      const { url, entra } = await start({ defaultUser: user });
      const browser = openBrowser();
      await browser.visit(`${url}/auth/sign-in`);
      const fetchList = () => browser.request(`${url}/api/${list}`, { headers: script });
      const refused = await fetchList();
      const problem = JSON.parse(refused.body) as Problem & { claims?: string; scopes: string[] };
      expect([refused.status, problem]).toMatchObject([401, asked]);
      await browser.visit(url + problem.interaction.url);
      const request = authorizations(entra).at(-1)!;
      expect(request).toMatchObject({ ...sent, scope: `${problem.scopes.join(' ')} openid profile offline_access` });
      expect(claimsBesideMsal(request['claims'])).toMatchObject(JSON.parse(problem.claims ?? '{}') as object);
      expect((await fetchList()).status).toBe(200);
    },
  );

  test('the API itself takes no cookie: only the server of the page has the tokens', async () => {
    const { url, apiUrl } = await start();
    const browser = openBrowser();
    await browser.visit(`${url}/auth/sign-in`);
    expect((await browser.request(`${apiUrl}/expenses`)).status).toBe(401);
    const page = (await browser.request(url)).body + (await browser.request(`${url}/user`)).body;
    expect(page).toContain('alice@contoso.test');
    expect(page).not.toMatch(/eyJ/);
  });

  test('an answer of the API that no sign-in can solve reaches the page as it is', async () => {
    const { url, entra } = await start();
    const browser = openBrowser();
    await browser.visit(`${url}/auth/sign-in`);
    await browser.request(`${url}/api/expenses`, { headers: script });
    entra.failNext(7000222, { flow: 'on-behalf-of' });
    const answer = await browser.request(`${url}/api/receipts`, { headers: script });
    expect(answer.status).toBe(500);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer.body)).toMatchObject({ action: 'fix_config', instance: '/receipts' });
  });
});

describe.skipIf(!hasChromium)('examples/spa-and-api in Chromium', () => {
  interface Stage {
    readonly url: string;
    readonly entra: LocalEntra;
    readonly page: Page;
    readonly context: BrowserContext;
    /** What the console said and requests to other origins than the page's and LocalEntra's. */
    readonly complaints: string[];
  }

  async function open(entraOptions: LocalEntraOptions = {}, launch: object = {}): Promise<Stage> {
    const { url, entra } = await start(entraOptions);
    const context = await openChromium(launch);
    cleanups.push(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (!message.text().includes('the server responded with a status of 40')) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (![url, entra.url].includes(new URL(request.url()).origin)) complaints.push(request.url());
    });
    await page.goto(url);
    return { url, entra, page, context, complaints };
  }

  const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const list = (page: Page, text: string): Promise<void> => page.locator('#list li', { hasText: text }).waitFor();

  test('a click needs a sign-in: the page leaves for it, comes back and shows what was clicked', async () => {
    const { url, entra, page, complaints } = await open();
    await press(page, 'Expenses');
    await list(page, 'Taxi: 31.50');
    expect(page.url()).toBe(`${url}/?show=expenses`);
    await page.locator('#user', { hasText: 'alice@contoso.test' }).waitFor();
    await page.screenshot({ path: join(root, 'test-results/screenshots/spa-and-api.png') });
    expect(authorizations(entra)).toHaveLength(1);
    // Signed in, the next call is an ordinary one.
    await press(page, 'Receipts');
    await list(page, 'Taxi to the airport.pdf');
    expect(authorizations(entra)).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  test('the API wants a step-up: its challenge reaches /authorize through both servers, and the call succeeds', async () => {
    const { url, entra, page, complaints } = await open();
    await press(page, 'Expenses');
    await list(page, 'Taxi');
    await press(page, 'Payouts');
    await list(page, 'To your bank account: 271.50');
    expect(page.url()).toBe(`${url}/?show=payouts`);
    const asked = authorizations(entra).slice(1);
    expect(asked).toHaveLength(1);
    expect(claimsBesideMsal(asked[0]!['claims'])).toMatchObject({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
    expect(asked[0]!['scope']).toMatch(/^api:\/\/[\w-]{36}\/Expenses\.Read /);
    expect(complaints).toEqual([]);
  });

  test('Graph, behind the API, wants MFA: the claims arrive at /authorize', async () => {
    const { entra, page } = await open({ defaultUser: 'mfa@contoso.test' });
    await press(page, 'Receipts');
    await list(page, 'Hotel, two nights.pdf');
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject({
      access_token: { capolids: { essential: true, values: ['5e0b3a1c-0001-4000-8000-00000000c0de'] } },
    });
  });

  test('Graph, behind the API, needs consent: it is asked for the API with all it needs', async () => {
    const { entra, page } = await open({ defaultUser: 'consent@contoso.test' });
    await press(page, 'Receipts');
    await list(page, 'Hotel, two nights.pdf');
    expect(authorizations(entra).at(-1)).toMatchObject({
      prompt: 'consent',
      scope: 'api://33333333-3333-4333-8333-333333333333/.default openid profile offline_access',
    });
  });

  test('the session is revoked while the page is open: the next click signs in again and shows its list', async () => {
    const { entra, page } = await open();
    await press(page, 'Receipts');
    await list(page, 'Hotel');
    entra.revoke('alice@contoso.test');
    await press(page, 'Expenses');
    await list(page, 'Taxi');
    await press(page, 'Receipts');
    await list(page, 'Hotel');
    expect(authorizations(entra).at(-1)!['claims']).toContain('"nbf"');
  });

  test('Entra is busy for a moment behind the API: the page waits as long as it was told and shows the list', async () => {
    const { entra, page } = await open();
    await press(page, 'Expenses');
    await list(page, 'Taxi');
    entra.failNext(90033, { status: 503, retryAfterSeconds: 1, flow: 'on-behalf-of' });
    await press(page, 'Receipts');
    await list(page, 'Hotel');
    expect(entra.pending).toEqual([]);
  });

  test('what no sign-in solves is told in the words of the problem document', async () => {
    const { entra, page } = await open();
    await press(page, 'Expenses');
    await list(page, 'Taxi');
    entra.failNext(50105, { error: 'interaction_required', flow: 'on-behalf-of' });
    await press(page, 'Receipts');
    await page.locator('#status', { hasText: 'You do not have access to this application yet' }).waitFor();
    expect(authorizations(entra)).toHaveLength(1);
  });

  test.each([
    ['with', { ignoreDefaultArgs: ['--disable-back-forward-cache'] }],
    ['without', {}],
  ])('who signs out and goes back signs in again, %s a page kept in memory', async (_name, launch) => {
    const { url, entra, page } = await open({}, launch);
    await press(page, 'Expenses');
    await list(page, 'Taxi');
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.waitForURL(`${url}/`);
    expect(await page.locator('#sign-out').isVisible()).toBe(false);
    await page.goBack();
    await expect.poll(() => authorizations(entra).length).toBe(2);
    await list(page, 'Taxi');
  });

  test('the content security policy lets no inline script and no foreign origin in', async () => {
    const { page, complaints } = await open();
    await page.evaluate(() => {
      const element = document.createElement('script');
      element.textContent = 'document.title = "taken over"';
      document.body.append(element);
    });
    const reached = await page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => true).catch(() => false)); // prettier-ignore
    expect([await page.title(), reached]).toEqual(['Contoso Expenses', false]);
    for (const directive of ['script-src', 'connect-src'])
      expect(complaints.filter((text) => text.includes(`Content Security Policy directive`) && text.includes(directive))).not.toEqual([]); // prettier-ignore
  });
});
