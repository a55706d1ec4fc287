import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra, type LocalEntraOptions } from '../../src/testing/index.js';
import {
  apiScope,
  authorizations,
  claimsBesideMsal,
  startWebApp,
  type WebApp,
  type WebAppOptions,
} from '../interaction/support.js';
import { navigation, send } from '../support/browser-client.js';
import { hasChromium, openBrowser } from './support.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Stage {
  readonly entra: LocalEntra;
  readonly app: WebApp;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Every navigation of the page's main frame, in order. */
  readonly visited: string[];
}

async function stage(entraOptions: LocalEntraOptions = {}, appOptions: WebAppOptions = {}): Promise<Stage> {
  const entra = await createLocalEntra(entraOptions);
  cleanups.push(() => entra.close());
  const app = await startWebApp(entra, appOptions);
  cleanups.push(() => {
    app.close();
  });
  const context = await openBrowser();
  cleanups.push(() => context.close());
  const page = await context.newPage();
  const visited: string[] = [];
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) visited.push(frame.url());
  });
  return { entra, app, context, page, visited };
}

const heading = (page: Page): Promise<string> => page.locator('h1').innerText();
/** Opens a page and waits until no redirect follows. */
async function open(page: Page, url: string): Promise<number | undefined> {
  return (await page.goto(url, { waitUntil: 'load' }))?.status();
}
const signInAs = (page: Page, button: string): Promise<void> =>
  page.getByRole('button', { name: button, exact: true }).click();

describe.skipIf(!hasChromium)('a person in Chromium', () => {
  test('is sent to MFA by a token call, once, and ends on the page asked for', async () => {
    const { entra, app, page } = await stage({ defaultUser: 'mfa@contoso.test' });
    await open(page, `${app.url}/auth/sign-in`);
    expect(await open(page, `${app.url}/tasks?page=2`)).toBe(200);
    expect([page.url(), await heading(page)]).toEqual([`${app.url}/tasks?page=2`, 'Tasks']);
    expect(authorizations(entra)).toHaveLength(2);
    expect(claimsBesideMsal(authorizations(entra)[1]!['claims'])).toMatchObject({
      access_token: { capolids: { essential: true, values: ['5e0b3a1c-0001-4000-8000-00000000c0de'] } },
    });
  });

  test('whose access was revoked gets a new token for the downstream API', async () => {
    const { entra, app, page } = await stage();
    await open(page, `${app.url}/me`);
    entra.revoke('alice@contoso.test');
    expect(await open(page, `${app.url}/me`)).toBe(200);
    expect(await page.locator('body').innerText()).toContain('alice@contoso.test');
    expect(authorizations(entra).at(-1)!['claims']).toContain('"nbf"');
  });

  test('steps up for a resource that wants an authentication context', async () => {
    const { entra, app, page } = await stage();
    expect(await open(page, `${app.url}/payments`)).toBe(200);
    expect(await page.locator('body').innerText()).toContain('"acrs":["c1"]');
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
  });

  test('consents to the scopes of the call that failed', async () => {
    const { entra, app, page } = await stage({ defaultUser: 'consent@contoso.test' });
    await open(page, `${app.url}/auth/sign-in`);
    expect(await open(page, `${app.url}/tasks`)).toBe(200);
    expect(authorizations(entra).at(-1)).toMatchObject({ prompt: 'consent' });
    expect(authorizations(entra).at(-1)!['scope']).toContain(apiScope);
  });

  test('cancels, reads why nothing happened, tries again and signs in', async () => {
    const { app, page } = await stage({ autoApprove: false });
    await open(page, `${app.url}/tasks`);
    await signInAs(page, 'Cancel');
    await page.waitForURL(`${app.url}/**`);
    expect(await heading(page)).toBe('The permission was not given');
    await page.waitForTimeout(300);
    expect(page.url()).toContain('/auth/redirect');
    await page.getByRole('link', { name: 'Try again' }).click();
    await signInAs(page, 'Sign in as alice@contoso.test');
    await page.waitForURL(`${app.url}/tasks`);
    expect(app.signIns).toEqual(['alice@contoso.test']);
  });

  test('with the wrong account chooses another one', async () => {
    const { entra, app, page } = await stage({ autoApprove: false });
    await open(page, `${app.url}/auth/sign-in`);
    await signInAs(page, 'Sign in as disabled@contoso.test');
    await page.waitForURL(`${app.url}/`);
    entra.failNext(16000, { error: 'interaction_required', flow: 'silent' });
    await open(page, `${app.url}/tasks`);
    expect(authorizations(entra).at(-1)).toMatchObject({ prompt: 'select_account' });
    await signInAs(page, 'Sign in as alice@contoso.test');
    await page.waitForURL(`${app.url}/tasks`);
    expect(await page.locator('p').innerText()).toBe('alice@contoso.test');
  });

  test('with two tabs ends on the right page in each', async () => {
    const { app, page, context } = await stage({ autoApprove: false });
    const other = await context.newPage();
    await open(page, `${app.url}/tasks?tab=1`);
    await open(other, `${app.url}/tasks?tab=2`);
    await signInAs(other, 'Sign in as alice@contoso.test');
    await other.waitForURL(`${app.url}/tasks?tab=2`);
    await signInAs(page, 'Sign in as alice@contoso.test');
    await page.waitForURL(`${app.url}/tasks?tab=1`);
    expect([await heading(page), await heading(other)]).toEqual(['Tasks', 'Tasks']);
  });

  test('whose session expired while writing a form reads that nothing was sent, and comes back to the form', async () => {
    const { app, page } = await stage();
    await open(page, `${app.url}/form`);
    await page.locator('input').fill('a long text');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.note', { hasText: 'Nothing was sent' }).waitFor();
    await page.locator('a.button').click();
    await page.waitForURL(`${app.url}/form`);
    expect(await heading(page)).toBe('Form');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'Posted 1' }).waitFor();
  });

  test('is not sent in circles: the third time is a page', async () => {
    const { entra, app, page } = await stage();
    await open(page, `${app.url}/auth/sign-in`);
    entra.failAlways(50076, {
      claims: { access_token: { acrs: { value: 'c9' } } },
      suberror: 'basic_action',
      flow: 'silent',
    });
    const before = authorizations(entra).length;
    expect(await open(page, `${app.url}/fresh`)).toBe(403);
    expect(authorizations(entra).length - before).toBe(2);
    expect(await heading(page)).toBe('The sign-in keeps starting over');
    await page.reload();
    expect(await heading(page)).toBe('The sign-in keeps starting over');
    entra.clearPlans();
    await page.getByRole('link', { name: 'Start again' }).click();
    await page.waitForURL(`${app.url}/fresh`);
    expect(await heading(page)).toBe('Fresh');
  });

  test('signs in by form_post', async () => {
    const { entra, app, page } = await stage({}, { responseMode: 'form_post' });
    await open(page, `${app.url}/tasks`);
    await page.waitForURL(`${app.url}/tasks`);
    expect(await heading(page)).toBe('Tasks');
    expect(entra.requests.find(({ endpoint }) => endpoint === 'authorize')!.query['response_mode']).toBe('form_post');
  });

  test('an administrator grants, refuses, and gets admin_consent=True with an error', async () => {
    const { entra, app, page } = await stage({ autoApprove: false });
    await open(page, `${app.url}/auth/admin-consent`);
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.waitForURL(`${app.url}/`);
    expect(app.adminConsents).toHaveLength(1);
    await open(page, `${app.url}/auth/admin-consent`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${app.url}/auth/admin-consent/return**`);
    expect(page.url()).toContain('admin_consent=True');
    expect(await heading(page)).not.toBe('Home');
    entra.failNext(90094, { flow: 'admin-consent', error: 'access_denied' });
    expect(await open(page, `${app.url}/auth/admin-consent`)).toBe(403);
    expect(page.url()).toContain('admin_consent=True&error=access_denied');
    expect(app.adminConsents).toHaveLength(1);
  });

  test('the page goes to the sign-in by itself when its fetch needs the user (aadFetch), and comes back', async () => {
    const { app, page } = await stage();
    const client = await build({
      entryPoints: [fileURLToPath(new URL('../../src/client/index.ts', import.meta.url))],
      bundle: true,
      format: 'iife',
      globalName: 'client',
      write: false,
    });
    await open(page, `${app.url}/form?draft=1`);
    await page.addScriptTag({ content: client.outputFiles[0]!.text });
    // The address is the same before and after, so the navigation itself is waited for.
    const back = page.waitForEvent('framenavigated');
    const status = await page.evaluate('client.aadFetch("/tasks").then((response) => response.status)');
    expect(status).toBe(401);
    await back;
    await page.waitForLoadState();
    expect(page.url()).toBe(`${app.url}/form?draft=1`);
    expect(app.signIns).toEqual(['alice@contoso.test']);
    await page.addScriptTag({ content: client.outputFiles[0]!.text });
    expect(await page.evaluate('client.aadFetch("/tasks").then((response) => response.text())')).toContain('Tasks');
  });

  test('whose browser keeps no cookies reads an honest page instead of going in circles', async () => {
    const { app, context, page, visited } = await stage();
    await context.route('**/*', async (route) => {
      // Past the jar of the browser: what is set is not kept, so nothing is ever sent.
      const answer = await send(route.request().url(), { headers: navigation });
      const headers = Object.fromEntries(
        Object.entries(answer.headers).flatMap(([name, value]) =>
          typeof value === 'string' && name !== 'set-cookie' ? [[name, value]] : [],
        ),
      );
      await route.fulfill({ status: answer.status, headers, body: answer.body });
    });
    expect(await open(page, `${app.url}/tasks`)).toBe(400);
    expect(await heading(page)).toBe('This sign-in can no longer be used');
    expect(visited.length).toBeLessThan(4);
    expect(app.signIns).toEqual([]);
  });
});
