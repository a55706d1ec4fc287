import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDemo } from '../../examples/demo/app.mjs';
import { hasChromium, openBrowser } from './support.js';

type Demo = Awaited<ReturnType<typeof startDemo>>;

const shots = 'test-results/screenshots';

describe.skipIf(!hasChromium)('the demo in Chromium', () => {
  let demo: Demo;
  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    demo = await startDemo({ port: 0 });
  });
  afterAll(() => demo.close());

  test('"MFA required" is followed to the end: back on the page, signed in', async () => {
    const context = await openBrowser();
    const page = await context.newPage();
    await page.goto(demo.url);
    await page.screenshot({ path: `${shots}/demo.png`, fullPage: true });
    await page.getByRole('link', { name: 'MFA required (50076 with claims)' }).click();
    await page.getByRole('heading', { name: 'It worked' }).waitFor();
    expect(page.url()).toBe(`${demo.url}/situations/mfa-required`);
    await context.close();
  });

  test('the buttons show what a script and an API client get for the same failure', async () => {
    const context = await openBrowser();
    const page = await context.newPage();
    await page.goto(demo.url);
    const row = page.locator('li', { hasText: 'MFA required (50076 with claims)' });
    await row.getByRole('button', { name: 'fetch it' }).click();
    await page.locator('#answer', { hasText: '"interaction"' }).waitFor();
    expect(await page.locator('#answer').innerText()).toMatch(/^HTTP 401/);
    await page.locator('#raw', { hasText: 'InteractionRequiredAuthError' }).waitFor();
    await row.getByRole('button', { name: 'call it as an API' }).click();
    await page.locator('#answer', { hasText: 'insufficient_claims' }).waitFor();
    await page.screenshot({ path: `${shots}/demo-answers.png`, fullPage: true });
    await context.close();
  });

  test.each([
    ['not-assigned', 'en', 'light', 1280],
    ['service-unavailable', 'nl', 'dark', 1280],
    ['admin-approval-needed', 'de', 'light', 360],
    ['not-assigned', 'ar', 'dark', 360],
    ['blocked-by-policy', 'ja', 'light', 1280],
    ['secret-invalid', 'nl', 'light', 360],
  ] as const)(
    'the page of %s in %s, %s, %i px: own styles, no script, no foreign request',
    async (id, locale, colorScheme, width) => {
      const context = await openBrowser({
        locale,
        colorScheme,
        viewport: { width, height: 900 },
        javaScriptEnabled: false,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith(demo.url)) complaints.push(request.url());
      });
      const response = await page.goto(`${demo.url}/situations/${id}`);
      await page.screenshot({ path: `${shots}/${id}-${locale}-${colorScheme}-${String(width)}.png`, fullPage: true });
      expect(response?.status()).toBeGreaterThanOrEqual(403);
      expect(await page.locator('html').getAttribute('lang')).toBe(locale);
      expect(await page.locator('html').getAttribute('dir')).toBe(locale === 'ar' ? 'rtl' : 'ltr');
      expect(await page.locator('h1').count()).toBe(1);
      // Styled by our hash: the button has its accent colour and the page does not scroll sideways.
      expect(
        await page
          .locator('.button')
          .first()
          .evaluate((element) => getComputedStyle(element).paddingLeft),
      ).not.toBe('0px');
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      ).toBe(true);
      expect(complaints.filter((text) => !text.includes('the server responded with a status'))).toEqual([]);
      await context.close();
    },
  );
});
