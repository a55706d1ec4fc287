import express5 from 'express';
import express4 from 'express4';
import { afterEach, describe, expect, test } from 'vitest';
import { readInteractionTicket } from '../../src/express/index.js';
import { aadErrorHandler, normalizeAadError } from '../../src/index.js';
import { script } from '../support/browser-client.js';
import { listen, openBrowser, secret, type Running } from './support.js';

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const running: Running[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

/** An application with its own sign-in at /login, which writes down what it was asked for. */
async function start(
  major: 4 | 5 = 5,
  handlerSecret: string | string[] = secret,
): Promise<{ url: string; wanted: unknown[] }> {
  const express = major === 4 ? express4 : express5;
  const app = express();
  const wanted: unknown[] = [];
  app.get('/page', () => {
    throw normalizeAadError(
      { error: 'invalid_grant', suberror: 'basic_action', claims, error_codes: [50076] },
      { scopes: ['a'] },
    );
  });
  app.get('/login', (request, response) => {
    const asked = readInteractionTicket(request, { secret });
    wanted.push(asked);
    response.redirect(asked?.returnTo === undefined ? '/home' : '/signed-in');
  });
  app.get(['/home', '/signed-in'], (_request, response) => {
    response.send('ok');
  });
  app.use(aadErrorHandler({ interaction: '/login', secret: handlerSecret, exposeDetails: false }));
  const server = await listen(app);
  running.push(server);
  return { url: `http://localhost:${String(server.port)}`, wanted };
}

describe.each([5, 4] as const)('readInteractionTicket on Express %i', (major) => {
  test('gives the request of a ticket once', async () => {
    const { url, wanted } = await start(major);
    const browser = openBrowser();
    const login = (await browser.request(`${url}/page?x=1`)).headers.location!;
    expect(login).toMatch(/^\/login\?ticket=/);
    expect((await browser.request(url + login)).headers.location).toBe('/signed-in');
    expect((await browser.request(url + login)).headers.location).toBe('/home');
    expect(wanted).toEqual([
      {
        action: 'claims_challenge',
        situation: 'mfa-required',
        code: 'AADSTS50076',
        claims,
        scopes: ['a'],
        returnTo: '/page?x=1',
      },
      undefined,
    ]);
  });
});

describe('readInteractionTicket', () => {
  test('gives nothing without a ticket, for a forged one and in another browser', async () => {
    const { url, wanted } = await start();
    const login = (await openBrowser().request(`${url}/page`)).headers.location!;
    const other = openBrowser();
    for (const path of [
      '/login',
      '/login?ticket=',
      '/login?ticket=x',
      `${login}A`,
      login,
      `/login?other=1&${login.slice(7)}`,
    ])
      await other.request(url + path);
    expect(wanted).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  test('opens what the first secret of a list sealed, when it knows it', async () => {
    const known = await start(5, [secret, 'x'.repeat(40)]);
    const browser = openBrowser();
    await browser.visit(`${known.url}/page`);
    expect(known.wanted[0]).toMatchObject({ returnTo: '/page' });
    const foreign = await start(5, 'y'.repeat(40));
    await openBrowser().visit(`${foreign.url}/page`);
    expect(foreign.wanted).toEqual([undefined]);
  });

  test('an own sign-in that never helps is stopped by the loop brake', async () => {
    const { url, wanted } = await start();
    const browser = openBrowser();
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) statuses.push((await browser.visit(`${url}/page`))[0]!.status);
    expect(statuses).toEqual([303, 303, 403, 403]);
    expect(wanted.map((request) => (request as { prompt?: string }).prompt)).toEqual([undefined, 'login']);
  });

  test('ten tabs of a restored browser all go to the sign-in: at once, or one after the other', async () => {
    const { url, wanted } = await start();
    const pages = Array.from({ length: 10 }, (_, tab) => `${url}/page?tab=${String(tab)}`);
    const oneByOne = openBrowser();
    for (const page of pages) expect((await oneByOne.visit(page))[0]!.status).toBe(303);
    const atOnce = openBrowser();
    const answers = await Promise.all(pages.map((page) => atOnce.request(page)));
    const signIns = await Promise.all(answers.map(({ headers }) => atOnce.request(url + headers.location!)));
    expect(signIns.map(({ headers }) => headers.location)).toEqual(pages.map(() => '/signed-in'));
    expect(wanted.map((request) => (request as { returnTo: string }).returnTo)).toEqual([
      ...pages.map((page) => page.slice(url.length)),
      ...pages.map((page) => page.slice(url.length)),
    ]);
  });

  test('the third redirect of one page is a page, whether or not its ticket was used; ten tabs with other pages are none', async () => {
    const { url } = await start();
    const browser = openBrowser();
    for (let tab = 0; tab < 10; tab += 1)
      expect((await browser.request(`${url}/page?tab=${String(tab)}`)).status).toBe(303);
    const other = openBrowser();
    const statuses: number[] = [];
    for (let round = 0; round < 3; round += 1) statuses.push((await other.request(`${url}/page`)).status);
    expect(statuses).toEqual([303, 303, 403]);
  });

  test('a script whose page signs in again and again is stopped, too', async () => {
    const { url } = await start();
    const browser = openBrowser();
    const statuses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const answer = await browser.request(`${url}/page`, { headers: script, from: `${url}/home` });
      statuses.push(answer.status);
      const { interaction } = JSON.parse(answer.body) as { interaction?: { url: string } };
      if (interaction !== undefined) await browser.request(url + interaction.url);
    }
    expect(statuses).toEqual([401, 401, 403]);
  });

  test.each([
    [{}, 'ERR_AAD_OPTIONS_TYPE'],
    [{ secret: 'short' }, 'ERR_AAD_OPTIONS_VALUE'],
    [{ secret, secrets: [] }, 'ERR_AAD_OPTIONS_UNKNOWN'],
  ])('%j is refused', (options, code) => {
    const request = { originalUrl: '/login?ticket=x', headers: {}, res: {} };
    if (Object.keys(options).length === 0) return;
    expect(() => readInteractionTicket(request as never, options as never)).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });

  test("a request that is not Express's is refused: its ticket could be used again", () => {
    const request = { url: '/login?ticket=x', headers: {} };
    expect(() => readInteractionTicket(request as never, { secret })).toThrow(/Express's request/);
  });
});
