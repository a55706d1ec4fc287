/** What only a browser can judge: S1, S3, S13, S14. Left out, and said so, where there is no Chromium. */
import express5 from 'express';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aadErrorHandler, type AadErrorHandlerOptions } from '../../src/index.js';
import { redirectTo, type PageModel } from '../../src/respond/index.js';
import { toLocalUrl } from '../../src/interaction/index.js';
import { writeResponse } from '../../src/express/write.js';
import { hasChromium, openBrowser } from '../browser/support.js';
import { errorOf } from '../http/support.js';
import { markupPayloads, returnUrls, tokenBody } from './corpus.js';
import { isLong, listen, watchProcess } from './support.js';

watchProcess();

/** Headers that helmet 8 sets on every answer. */
const helmetHeaders = {
  'content-security-policy':
    "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** What a page did that it should not: dialogs, reports on the console, errors, requests elsewhere. */
function watch(page: Page, origin: string): string[] {
  const seen: string[] = [];
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  // A status of 4xx is reported as well; that is what error pages have.
  page.on('console', (message) => {
    if (!message.text().startsWith('Failed to load resource: the server responded with a status of'))
      seen.push(`console ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`error ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin) seen.push(`request ${request.url()}`);
    else if (url.pathname === '/favicon.ico') return;
  });
  return seen;
}

async function serve(
  thrown: (index: number) => unknown,
  options: AadErrorHandlerOptions = {},
  before: Readonly<Record<string, string>> = {},
): Promise<string> {
  const app = express5();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set(before);
    next();
  });
  app.get('/favicon.ico', (_request, response) => {
    response.status(204).end();
  });
  app.get('/page/:index', (request, _response, next) => {
    next(thrown(Number(request.params.index)));
  });
  app.get('/frame', (_request, response) => {
    response.removeHeader('content-security-policy');
    response.type('html').send('<!doctype html><title>frame</title><iframe src="/page/0"></iframe>');
  });
  app.use(aadErrorHandler({ exposeDetails: false, timeZone: 'UTC', maxReloads: 0, ...options }));
  return `http://127.0.0.1:${String(await listen(app))}`;
}

describe.skipIf(!hasChromium)('in Chromium', () => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await openBrowser();
    page = await context.newPage();
  });
  afterAll(() => context.close());

  test('S1: 30 payloads in every field of a page for developers: no dialog, no report, no request elsewhere', async () => {
    const worst = Array.from({ length: 30 }, (_, index) => markupPayloads[index * 4]!);
    const origin = await serve(
      (index) => {
        const text = worst[index]!;
        return tokenBody(50105, {
          error_description: `AADSTS50105: ${text}`,
          suberror: text,
          error_uri: text,
          trace_id: text,
          claims: text,
        });
      },
      { exposeDetails: true, exposeServerText: true },
    );
    const seen = watch(page, origin);
    for (let index = 0; index < worst.length; index += 1) {
      await page.goto(`${origin}/page/${String(index)}`);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await page.locator('h1').count()).toBe(1);
      // The text is there, as text.
      expect(await page.locator('.developer pre').textContent()).toContain('AADSTS50105');
    }
    expect(seen).toEqual([]);
  }, 60_000);

  test('S1: an own page made of the same model shows texts, not markup', async () => {
    const escape = (text: string): string => text.replace(/[&<>"']/g, (unit) => `&#${String(unit.charCodeAt(0))};`);
    const render = (model: PageModel): string =>
      `<!doctype html><title>x</title><h1>${escape(model.title)}</h1><p>${escape(JSON.stringify(model))}</p>`;
    const origin = await serve(() => tokenBody(50105, { error_description: `AADSTS50105: ${markupPayloads[0]!}` }), {
      render,
    });
    const seen = watch(page, origin);
    await page.goto(`${origin}/page/0`);
    expect(await page.locator('p').textContent()).not.toContain('<script');
    expect(seen).toEqual([]);
  });

  test('S3: 154 return URLs as Location: Chromium never leaves', async () => {
    const app = express5();
    app.get('/go/:index', (request, response) => {
      const candidate = returnUrls[Number(request.params.index)];
      writeResponse(response, redirectTo(toLocalUrl(candidate) ?? '/home'), [], false);
    });
    app.use((_request, response) => {
      response.send('<!doctype html><title>here</title>');
    });
    const origin = `http://127.0.0.1:${String(await listen(app))}`;
    const seen = watch(page, origin);
    await page.goto(`${origin}/home`);
    // A cross-origin redirect would be a refused fetch, and a request that is seen.
    const ends = await page.evaluate(
      (paths) => Promise.all(paths.map(async (path) => (await fetch(path)).url)),
      returnUrls.map((_url, index) => `/go/${String(index)}`),
    );
    for (const [index, end] of ends.entries()) expect(new URL(end).origin, returnUrls[index]).toBe(origin);
    // What is accepted, and in the long run everything, by navigating as well.
    for (const [index, candidate] of returnUrls.entries()) {
      if (!isLong && toLocalUrl(candidate) === undefined) continue;
      await page.goto(`${origin}/go/${String(index)}`, { waitUntil: 'commit' });
      expect(new URL(page.url()).origin, candidate).toBe(origin);
    }
    expect(seen).toEqual([]);
  }, 60_000);

  test('S13: no page can be framed, not even by its own origin', async () => {
    for (const before of [{}, helmetHeaders]) {
      const origin = await serve(() => errorOf.contact_admin, {}, before);
      await page.goto(`${origin}/frame`);
      const frame = page.frames().find((other) => other !== page.mainFrame())!;
      await frame.waitForLoadState().catch(() => undefined);
      // Without the policy the page would be in the frame; Chromium puts a page of its own there.
      expect(await frame.locator('.page').count()).toBe(0);
      await page.goto(`${origin}/page/0`);
      expect(await page.locator('.page').count()).toBe(1);
    }
  });

  const strict = "default-src 'self'; style-src 'self'";
  test.each<[name: string, before: Readonly<Record<string, string>>, kept: readonly string[]]>([
    ['alone', {}, []],
    ['after helmet', helmetHeaders, []],
    [
      'after helmet with styles of files only',
      { ...helmetHeaders, 'content-security-policy': `${strict};upgrade-insecure-requests` },
      ['upgrade-insecure-requests'],
    ],
    [
      'after a policy that allows nothing',
      { 'content-security-policy': "default-src 'none'; style-src 'none'; sandbox" },
      ['sandbox'],
    ],
    ['beside a policy that only reports', { 'content-security-policy-report-only': strict }, []],
  ])('S14: the page is styled by hash, runs no script and reports nothing, %s', async (_name, before, kept) => {
    const origin = await serve(() => errorOf.contact_admin, {}, before);
    const seen = watch(page, origin);
    const response = await page.goto(`${origin}/page/0`);
    const policies = (await response!.headersArray())
      .filter(({ name }) => name.toLowerCase().startsWith('content-security-policy'))
      .flatMap(({ value }) => value.split(', '));
    expect(policies).toEqual([
      expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      ),
      ...kept,
    ]);
    const width = await page.locator('.page').evaluate((element) => getComputedStyle(element).maxWidth);
    expect(width).toBe('640px');
    expect(seen).toEqual([]);
    // A script that somebody got onto the page would not run.
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return 'ran' in window;
    });
    expect(ran).toBe(false);
  });
});
