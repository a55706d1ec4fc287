import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aadErrorExplorer } from '../../src/index.js';
import { browserArguments, executablePath, hasChromium } from './support.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = 'test-results/screenshots';
declare const axe: {
  run(options: object): Promise<{ violations: { id: string; nodes: { target: unknown[] }[] }[]; passes: unknown[] }>;
};

const claims = Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}').toString('base64');
const header = `WWW-Authenticate: Bearer realm="", error="insufficient_claims", claims="${claims}"`;

/** One page of each kind. */
const kinds = {
  start: '',
  search: '?q=conditional+access',
  entry: '?code=50105',
  signin: '?example=msal-mfa&signin=1&lang=nl',
  diagnosis: '?example=graph-403',
  'right-to-left': '?code=50105&lang=ar',
  foreign: '?example=not-ours',
  missing: '?code=nothing',
} as const;
const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 360 },
] as const;

describe.skipIf(!hasChromium)('the explorer in Chromium', () => {
  let server: Server;
  let url: string;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    const app = express();
    app.use('/errors', aadErrorExplorer({ branding: { applicationName: 'Contoso Mail', logoUrl: '/logo.svg' } }));
    app.get('/logo.svg', (_request, response) => {
      response.type('image/svg+xml').send('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>');
    });
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/errors`;
    browser = await chromium.launch({ executablePath, args: [...browserArguments] });
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  async function withPage(options: BrowserContextOptions, see: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext(options);
    try {
      await see(await context.newPage());
    } finally {
      await context.close();
    }
  }

  test.each(looks)(
    '$colorScheme, $width px, without script: nothing scrolls sideways, complains or comes from elsewhere',
    async ({ colorScheme, width }) => {
      await withPage({ javaScriptEnabled: false, colorScheme, viewport: { width, height: 900 } }, async (page) => {
        const complaints: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('request', (request) => {
          if (!request.url().startsWith(new URL(url).origin) && request.url() !== 'about:srcdoc')
            complaints.push(request.url());
        });
        for (const [kind, query] of Object.entries(kinds)) {
          await page.goto(url + query);
          const seen = await page.evaluate(() => ({
            over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            background: getComputedStyle(document.body).backgroundColor,
            low: [...document.querySelectorAll('button,input:not([type=checkbox]):not([type=hidden]),select')].filter(
              (element) => element.getBoundingClientRect().height > 0 && element.getBoundingClientRect().height < 44,
            ).length,
          }));
          expect({ kind, ...seen }).toEqual({
            kind,
            over: 0,
            background: colorScheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(244, 245, 247)',
            low: 0,
          });
          if ((colorScheme === 'light') === width > 360) {
            // The frame is painted after the page that it stands in.
            await page.waitForTimeout(150);
            await page.screenshot({
              path: `${shots}/explorer-${kind}-${colorScheme}-${String(width)}.png`,
              fullPage: true,
            });
          }
        }
        expect(complaints.filter((text) => !text.includes('the server responded with a status'))).toEqual([]);
      });
    },
  );

  test.each(looks)('$colorScheme, $width px: axe-core finds nothing', async ({ colorScheme, width }) => {
    await withPage({ colorScheme, viewport: { width, height: 900 } }, async (page) => {
      for (const [kind, query] of Object.entries(kinds)) {
        await page.goto(url + query);
        await page.evaluate(axeSource);
        // The previewed page runs no script; test/browser/pages.test.ts looks at it on its own.
        const result = await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
          return axe.run({ iframes: false, resultTypes: ['violations'] });
        });
        expect(result.passes.length).toBeGreaterThan(10);
        expect(
          result.violations.map(
            ({ id, nodes }) => `${kind} ${id}: ${nodes.map(({ target }) => target.join(' ')).join()}`,
          ),
        ).toEqual([]);
      }
    });
  });

  test('by keyboard alone, without script: paste, explain, choose a language and see that page', async () => {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto(url);
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').getAttribute('id')).toBe('text');
      await page.keyboard.insertText(header);
      for (let tab = 0; tab < 2; tab += 1) await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Explain');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'The three answers' }).waitFor();
      expect(await page.locator('.verdict .badge').textContent()).toBe('claims_challenge');
      await page.getByLabel('Language').focus();
      await page.keyboard.type('Neder');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('iframe[title="The page in Nederlands"]').waitFor();
      expect(page.url()).toBe(`${url}?`);
    });
  });

  test('the preview is the real page, styled, right to left where the language is', async () => {
    await withPage({}, async (page) => {
      await page.goto(`${url}?code=50105&lang=ar`);
      const frame = page.frameLocator('iframe');
      const html = frame.locator('html');
      expect([await html.getAttribute('lang'), await html.getAttribute('dir')]).toEqual(['ar', 'rtl']);
      expect(
        await frame
          .locator('.button')
          .first()
          .evaluate((element) => getComputedStyle(element).paddingLeft),
      ).not.toBe('0px');
      expect(await frame.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(40);
      // Its own language does not turn the explorer around.
      expect(await page.locator('html').getAttribute('dir')).toBe('ltr');
    });
  });

  test('links of the preview lead nowhere, and the explorer itself cannot be framed', async () => {
    await withPage({}, async (page) => {
      await page.goto(`${url}?code=50105`);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.frameLocator('iframe').locator('.button').first().click();
      await page.waitForTimeout(300);
      expect(asked.filter((address) => address.startsWith(new URL(url).origin))).toEqual([]);
      expect(page.url()).toBe(`${url}?code=50105`);
    });
    await withPage({}, async (page) => {
      await page.setContent(`<iframe src="${url}"></iframe>`);
      await page.waitForTimeout(300);
      // What stands there is the browser's own page about a refusal.
      expect(await page.frames()[1]?.locator('.home').count()).toBe(0);
    });
  });

  test('forced colours: the rule that decided and the buttons still have an edge', async () => {
    await withPage({ forcedColors: 'active', colorScheme: 'dark' }, async (page) => {
      await page.goto(`${url}?code=50105`);
      for (const selector of ['.badge', 'button']) {
        const edge = await page
          .locator(selector)
          .first()
          .evaluate((element) => getComputedStyle(element).borderTopStyle);
        expect(edge).toBe('solid');
      }
    });
  });
});
