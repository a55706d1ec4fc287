/**
 * form_post on https in a real browser: Entra is another site there, so Chromium itself decides which cookies come along
 * with its POST (SameSite=None) and which only with the GET behind it (Lax).
 */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { browserArguments, hasChromium, openBrowser } from '../browser/support.js';
import { authorizations, publicOrigin, startWebApp, type WebApp, type WebAppOptions } from './support.js';
import { startTlsProxy } from './tls-proxy.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Stage {
  readonly entra: LocalEntra;
  readonly app: WebApp;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Cookie names of each POST to the redirect URI. */
  readonly posted: string[][];
}

async function stage(options: WebAppOptions = {}): Promise<Stage> {
  const entra = await createLocalEntra({ redirectUris: [`${publicOrigin}/auth/redirect`] });
  cleanups.push(() => entra.close());
  const app = await startWebApp(entra, { https: true, responseMode: 'form_post', ...options });
  cleanups.push(() => {
    app.close();
  });
  const host = new URL(publicOrigin).hostname;
  const proxy = await startTlsProxy(host, app.port);
  cleanups.push(() => {
    proxy.close();
  });
  const launch = {
    ignoreHTTPSErrors: true,
    args: [...browserArguments, `--host-resolver-rules=MAP ${host}:443 127.0.0.1:${String(proxy.port)}`],
  };
  const context = await openBrowser(launch);
  cleanups.push(() => context.close());
  const page = await context.newPage();
  const posted: string[][] = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.method() !== 'POST' || !request.url().startsWith(publicOrigin)) return;
    void request.allHeaders().then(({ cookie = '' }) => {
      posted.push(cookie.split('; ').map((pair) => pair.slice(0, pair.indexOf('='))));
    });
  });
  return { entra, app, context, page, posted };
}

const sessionOf = async (context: BrowserContext): Promise<string | undefined> =>
  (await context.cookies(publicOrigin)).find(({ name }) => name === 'connect.sid')?.value;

describe.skipIf(!hasChromium)('form_post on https in Chromium', () => {
  test('signs in and steps up in the session that was there, though the POST did not carry it', async () => {
    const { app, context, page, posted } = await stage();
    await page.goto(`${publicOrigin}/auth/sign-in?return_to=/form`);
    await page.waitForURL(`${publicOrigin}/form`);
    const session = await sessionOf(context);
    expect(session).toBeDefined();
    await page.goto(`${publicOrigin}/payments`);
    await page.waitForURL(`${publicOrigin}/payments`);
    expect(await page.locator('body').innerText()).toContain('"acrs":["c1"]');
    expect([app.signIns.length, await sessionOf(context)]).toEqual([2, session]);
    await expect.poll(() => posted.length).toBe(2);
    for (const names of posted) expect(names).toEqual([expect.stringMatching(/^__Host-aad-tx-/)]);
    const left = (await context.cookies(publicOrigin)).map(({ name }) => name);
    expect(left.filter((name) => name.startsWith('__Host-aad-tx-'))).toEqual([]);
  });

  test('goes on to another sign-in after an error that asks for it', async () => {
    const { entra, app, page } = await stage();
    entra.failNext(50058, { error: 'login_required', flow: 'authorize' });
    await page.goto(`${publicOrigin}/auth/sign-in?return_to=/form`);
    await page.waitForURL(`${publicOrigin}/form`);
    expect([authorizations(entra).length, app.signIns.length]).toEqual([2, 1]);
  });

  test.each([
    ['a sign-in that never succeeds', 50058, 'login_required'],
    ['a password that is forgotten again and again', 'AADB2C90118', 'access_denied'],
  ])('%s is stopped by the loop brake', async (_name, code, error) => {
    const { entra, page } = await stage({
      passwordResetAuthority: 'https://login.microsoftonline.com/contoso.onmicrosoft.com',
    });
    entra.failAlways(code, { error, flow: 'authorize' });
    await page.goto(`${publicOrigin}/auth/sign-in`);
    await page.getByRole('heading', { name: 'The sign-in keeps starting over' }).waitFor();
    expect(authorizations(entra)).toHaveLength(3);
  });

  test('a reload of the page after an error asks for nothing to be posted again', async () => {
    const { entra, page, posted } = await stage();
    entra.failNext(65004, { error: 'access_denied', flow: 'authorize' });
    await page.goto(`${publicOrigin}/auth/sign-in`);
    await page.getByRole('heading', { name: 'The permission was not given' }).waitFor();
    await page.reload();
    // The sign-in is over; there is no session to go home with.
    await page.getByRole('heading', { name: 'This sign-in can no longer be used' }).waitFor();
    await expect.poll(() => posted.length).toBe(1);
  });
});
