import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAccent, stylesheet } from '../../src/respond/index.js';
import { jsonOf, type LocaleFile } from '../data/read-data.js';
import { samples, startPages, type PagesServer, type Sample } from './pages-server.js';
import { browserArguments, executablePath, hasChromium } from './support.js';

const locales = ['en', 'nl', 'ar', 'ja'] as const;
const themes = ['light', 'dark'] as const;
const widths = [360, 1280] as const;

type Locale = (typeof locales)[number];
interface Look {
  readonly locale: Locale;
  readonly theme: (typeof themes)[number];
  readonly width: (typeof widths)[number];
}

const looks: readonly Look[] = locales.flatMap((locale) =>
  themes.flatMap((theme) => widths.map((width) => ({ locale, theme, width }))),
);
const textsIn = Object.fromEntries(
  locales.map((locale) => [locale, jsonOf(`data/locales/${locale}.json`) as LocaleFile]),
) as Record<Locale, LocaleFile>;

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = 'test-results/screenshots';

/** Of the 16 looks a situation has, axe sees four: each language once, each theme twice, each width twice. */
function axeLooksAt(index: number, { locale, theme, width }: Look): boolean {
  const language = locales.indexOf(locale);
  return (
    (index + language) % 2 === themes.indexOf(theme) && ((index >> 1) + (language >> 1)) % 2 === widths.indexOf(width)
  );
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly unknown[] }[];
  }[];
  readonly passes: readonly unknown[];
}
declare const axe: { run(options: object): Promise<AxeResult> };

interface Found {
  readonly where: string;
  readonly wrong: string;
}

describe.skipIf(!hasChromium)('pages in Chromium', () => {
  let server: PagesServer;
  let browser: Browser;
  /** Pages of one context without script, so that two situations can load at a time. */
  let plainPages: Page[];
  let scriptPages: Page[];
  const contexts: BrowserContext[] = [];
  const counts = { pages: 0, looks: 0, axe: 0, rules: 0 };
  const axeSaw = new Map<string, Set<string>>();

  async function newPages(count: number, javaScriptEnabled: boolean): Promise<Page[]> {
    const context = await browser.newContext({ javaScriptEnabled });
    contexts.push(context);
    return Promise.all(Array.from({ length: count }, () => context.newPage()));
  }

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    server = await startPages();
    browser = await chromium.launch({ executablePath, args: [...browserArguments] });
    plainPages = await newPages(2, false);
    scriptPages = await newPages(2, true);
  });
  afterAll(async () => {
    console.log(
      `${String(samples.length)} situations: ${String(counts.pages)} page loads, ${String(counts.looks)} looks measured; ` +
        `axe-core: ${String(counts.axe)} runs, ${String(counts.rules)} rules passed`,
    );
    await browser.close();
    await server.close();
  });

  async function dress(page: Page, { locale, theme, width }: Look): Promise<void> {
    await page.setExtraHTTPHeaders({ 'accept-language': locale });
    await page.emulateMedia({ colorScheme: theme, media: 'screen', forcedColors: 'none' });
    await page.setViewportSize({ width, height: 800 });
  }

  /** Loads a page and says what the browser complained about or asked for besides the document itself. */
  async function load(page: Page, path: string): Promise<string[]> {
    const complaints: string[] = [];
    const url = server.url + path;
    const onConsole = (message: { text(): string }): void => {
      // Chromium reports every status of 400 and more; the answers here have one on purpose.
      if (!message.text().startsWith('Failed to load resource: the server responded with a status of'))
        complaints.push(message.text());
    };
    const onError = (error: Error): void => {
      complaints.push(String(error));
    };
    const onRequest = (request: { url(): string }): void => {
      if (request.url() !== url) complaints.push(`asked for ${request.url()}`);
    };
    page.on('console', onConsole).on('pageerror', onError).on('request', onRequest);
    const response = await page.goto(url);
    page.off('console', onConsole).off('pageerror', onError).off('request', onRequest);
    counts.pages += 1;
    const status = response?.status() ?? 0;
    if (status < 400) complaints.push(`status ${String(status)}`);
    return complaints;
  }

  /** Two pages take turns through a list. */
  async function eachOf<Item>(
    pages: readonly Page[],
    items: readonly Item[],
    see: (page: Page, item: Item) => Promise<void>,
  ): Promise<void> {
    const queue = [...items];
    await Promise.all(
      pages.map(async (page) => {
        for (let item = queue.shift(); item !== undefined; item = queue.shift()) await see(page, item);
      }),
    );
  }

  const signsIn = ({ decision }: Sample): boolean =>
    ['interactive', 'claims_challenge', 'consent'].includes(decision.action);
  /** The richest page a situation has: with a link for administrators and another account where there is one. */
  const pathOf = (sample: Sample): string => `/${signsIn(sample) ? 'plain' : 'signin'}/${sample.situation}`;

  /** What is measured of the page as it looks now. */
  function measure(page: Page): Promise<{
    readonly scrolls: number;
    readonly outside: number;
    readonly background: string;
    readonly button: { readonly height: number; readonly bottom: number } | undefined;
  }> {
    return page.evaluate(() => {
      const root = document.documentElement;
      const box = document.querySelector('.button')?.getBoundingClientRect();
      return {
        scrolls: root.scrollWidth - root.clientWidth,
        outside: [...document.querySelectorAll('main *')].filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          return width > 0 && (left < -0.5 || right > root.clientWidth + 0.5);
        }).length,
        background: getComputedStyle(document.body).backgroundColor,
        button: box === undefined ? undefined : { height: box.height, bottom: box.bottom },
      };
    });
  }

  test.each(locales)('%s: every situation, light and dark, narrow and wide, without script', async (locale) => {
    const found: Found[] = [];
    await eachOf(plainPages, samples, async (page, sample) => {
      const texts = textsIn[locale].situations[sample.situation]!;
      const note = (wrong: string): number => found.push({ where: sample.situation, wrong });
      await dress(page, { locale, theme: 'light', width: 1280 });
      for (const complaint of await load(page, pathOf(sample))) note(complaint);
      const said = await page.evaluate(() => ({
        lang: document.documentElement.lang,
        dir: document.documentElement.dir,
        headings: [...document.querySelectorAll('h1')].map((heading) => heading.textContent),
        text: document.querySelector('main')?.textContent ?? '',
      }));
      expect(said).toMatchObject({ lang: locale, dir: locale === 'ar' ? 'rtl' : 'ltr', headings: [texts['title']] });
      for (const part of ['message', 'helpDesk']) if (!said.text.includes(texts[part]!)) note(`no ${part}`);
      // Where no sign-in can follow, the page says where to start one.
      const steps = [texts['nextStep']!, ...(signsIn(sample) ? [textsIn[locale].ui['signInAtStartPage']!] : [])];
      if (!steps.some((step) => said.text.includes(step))) note('no next step');
      for (const look of looks.filter((candidate) => candidate.locale === locale)) {
        await page.emulateMedia({ colorScheme: look.theme });
        await page.setViewportSize({ width: look.width, height: 800 });
        const seen = await measure(page);
        counts.looks += 1;
        if (seen.scrolls > 0 || seen.outside > 0)
          note(`${String(seen.scrolls)} px wider than ${String(look.width)} px`);
        if (seen.background !== (look.theme === 'dark' ? 'rgb(27, 27, 27)' : 'rgb(245, 245, 245)'))
          note(seen.background);
        if (seen.button === undefined || seen.button.height < 44) note(`button ${String(seen.button?.height)} px high`);
        if ((seen.button?.bottom ?? 9_999) > 800) note('the button is below the fold');
      }
      // The first Tab reaches the one thing to do, and shows it.
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return [element?.className, element === null ? '' : getComputedStyle(element).outlineStyle];
      });
      if (focused.join() !== 'button,solid') note(`first Tab stop: ${focused.join()}`);
    });
    expect(found).toEqual([]);
  });

  test.each(looks)('$locale, $theme, $width px: axe-core finds nothing', async (look) => {
    const found: Found[] = [];
    for (const page of scriptPages) await dress(page, look);
    const chosen = samples.filter((_sample, index) => axeLooksAt(index, look));
    await eachOf(scriptPages, chosen, async (page, sample) => {
      for (const wrong of await load(page, pathOf(sample))) found.push({ where: sample.situation, wrong });
      found.push(...(await runAxe(page, sample.situation)));
      const saw = axeSaw.get(sample.situation) ?? new Set();
      axeSaw.set(sample.situation, saw.add(look.locale).add(look.theme).add(String(look.width)));
    });
    expect(found).toEqual([]);
  });

  test('axe-core has seen every situation in every language, theme and width', () => {
    const all = [...locales, ...themes, ...widths.map(String)].sort();
    expect(axeSaw.size).toBe(samples.length);
    for (const [situation, saw] of axeSaw) expect([...saw].sort(), situation).toEqual(all);
  });

  /** The page's policy forbids scripts of the page; the debugger's are no part of it, so nothing is bypassed. */
  async function runAxe(page: Page, where: string): Promise<Found[]> {
    await page.evaluate(axeSource);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    const result = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
    counts.axe += 1;
    counts.rules += result.passes.length;
    expect(result.passes.length).toBeGreaterThan(10);
    return result.violations.map(({ id, nodes }) => ({
      where,
      wrong: `${id}: ${nodes.map((node) => node.target.join(' ')).join()}`,
    }));
  }

  test.each(['en', 'ar'] as const)(
    '%s: branded, developer and form pages: axe-core finds nothing either',
    async (locale) => {
      const found: Found[] = [];
      const paths = [
        '/branded/not-assigned-to-app',
        '/branded/service-busy',
        '/developer/secret-expired',
        '/developer/mfa-required',
      ];
      for (const theme of themes) {
        for (const page of scriptPages) await dress(page, { locale, theme, width: 360 });
        await eachOf(scriptPages, paths, async (page, path) => {
          await page.goto(server.url + path);
          found.push(...(await runAxe(page, path)));
        });
        const [page] = scriptPages as [Page];
        await page.goto(`${server.url}/app`);
        await page.evaluate(() => {
          document.forms[0]!.action = '/signin/session-expired';
        });
        await page.getByRole('button').click();
        await page.locator('.note').waitFor();
        found.push(...(await runAxe(page, 'form')));
      }
      expect(found).toEqual([]);
    },
  );

  test('accent colours: axe-core finds nothing wrong with 27 of them, light and dark', async () => {
    const [page] = scriptPages as [Page];
    const found: Found[] = [];
    await dress(page, { locale: 'en', theme: 'light', width: 1280 });
    for (const complaint of await load(page, '/branded/admin-approval-needed'))
      if (!complaint.endsWith('/logo.svg')) found.push({ where: 'page', wrong: complaint });
    const parts = ['00', '80', 'ff'];
    const colours = parts.flatMap((red) => parts.flatMap((green) => parts.map((blue) => `#${red}${green}${blue}`)));
    for (const colour of colours) {
      // The page's own variables, as the stylesheet of an application with this colour has them.
      const css = stylesheet(parseAccent(colour)).split('\n').slice(0, 2).join('');
      await page.evaluate((text) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        document.adoptedStyleSheets = [sheet];
      }, css);
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        found.push(...(await runAxe(page, `${colour} ${theme}`)));
      }
    }
    expect(found).toEqual([]);
  });

  test('the button of an approval opens a mail, and the policy has nothing against it', async () => {
    const [page] = plainPages as [Page];
    await dress(page, { locale: 'ar', theme: 'light', width: 360 });
    expect(await load(page, '/signin/admin-approval-needed')).toEqual([]);
    const reports: string[] = [];
    page.on('console', (message) => reports.push(message.text()));
    const button = page.locator('.button').first();
    expect(await button.getAttribute('href')).toMatch(/^mailto:\?subject=%D8[^&]+&body=%D9[^&]+$/);
    await button.click();
    expect(reports.filter((text) => /policy|violat/i.test(text))).toEqual([]);
    expect(page.url()).toBe(`${server.url}/signin/admin-approval-needed`);
  });

  test('a logo of the application is loaded, and nothing else', async () => {
    const [page] = plainPages as [Page];
    await dress(page, { locale: 'en', theme: 'light', width: 1280 });
    expect(await load(page, '/branded/not-assigned-to-app')).toEqual([`asked for ${server.url}/logo.svg`]);
    expect(await page.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(40);
  });

  test('zoom: no situation scrolls sideways at 200% and 400% of a wide window, nor on a phone with text twice as large', async () => {
    const found: Found[] = [];
    await eachOf(scriptPages, [...samples.entries()], async (page, [index, sample]) => {
      await dress(page, { locale: locales[index % 4]!, theme: 'light', width: 360 });
      await page.goto(server.url + pathOf(sample));
      for (const [width, percent] of [
        [640, 100],
        [320, 100],
        [360, 200],
      ] as const) {
        await page.setViewportSize({ width, height: 450 });
        const over = await page.evaluate((size) => {
          const root = document.documentElement;
          root.style.fontSize = `${String(size)}%`;
          for (const details of document.querySelectorAll('details')) details.open = true;
          return root.scrollWidth - root.clientWidth;
        }, percent);
        if (over > 0)
          found.push({ where: sample.situation, wrong: `${String(over)} px too wide at ${String(width)} px` });
      }
    });
    expect(found).toEqual([]);
  });

  test('forced colours: the button has an edge, focus is seen, axe-core finds nothing', async () => {
    const [page] = scriptPages as [Page];
    await dress(page, { locale: 'en', theme: 'dark', width: 1280 });
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
    await page.goto(`${server.url}/signin/not-assigned-to-app`);
    await page.keyboard.press('Tab');
    const style = await page
      .locator('.button')
      .first()
      .evaluate((element) => {
        const { borderTopWidth, borderTopStyle, borderTopColor, outlineStyle, outlineColor, forcedColorAdjust } =
          getComputedStyle(element);
        const { backgroundColor } = getComputedStyle(document.body);
        return {
          borderTopWidth,
          borderTopStyle,
          outlineStyle,
          forcedColorAdjust,
          edge: borderTopColor !== backgroundColor,
          ring: outlineColor !== backgroundColor,
        };
      });
    expect(style).toEqual({
      borderTopWidth: '2px',
      borderTopStyle: 'solid',
      outlineStyle: 'solid',
      forcedColorAdjust: 'auto',
      edge: true,
      ring: true,
    });
    expect(await runAxe(page, 'forced colours')).toEqual([]);
    await page.emulateMedia({ forcedColors: 'none' });
  });

  test('print: no button, the details for support are there without being opened', async () => {
    const [page] = scriptPages as [Page];
    await dress(page, { locale: 'en', theme: 'dark', width: 1280 });
    await page.goto(`${server.url}/signin/not-assigned-to-app`);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.button').isVisible()).toBe(false);
    const printed = await page.locator('details pre').evaluate((element) => {
      const { height } = element.getBoundingClientRect();
      return { height, seen: element.checkVisibility({ contentVisibilityAuto: true }) };
    });
    expect(printed.seen).toBe(true);
    expect(printed.height).toBeGreaterThan(50);
    // Ink for text only, whatever the theme of the screen is.
    const colours = await page.evaluate(() => [
      getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.body).color,
    ]);
    expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    await page.emulateMedia({ media: 'screen' });
  });

  test('keyboard alone: Tab to the button, on to the details, Enter opens them, and one selection takes the whole block', async () => {
    const [page] = plainPages as [Page];
    await dress(page, { locale: 'en', theme: 'light', width: 1280 });
    await page.goto(`${server.url}/plain/not-assigned-to-app`);
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.localName ?? '');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('a');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('summary');
    await page.keyboard.press('Enter');
    const block = page.locator('details pre');
    expect(await block.isVisible()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('pre');
    await block.click();
    const copied = await page.evaluate(() => getSelection()?.toString() ?? '');
    for (const part of [
      'AADSTS50105',
      '4e5f6a7b-2222-4ccc-9ddd-abcdef012345',
      '0a1b2c3d-1111-4aaa-8bbb-0123456789ab',
      'Time (UTC): 2026-01-15T10:20:30Z',
      'Time (local): ',
    ])
      expect(copied).toContain(part);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Start page' }).waitFor();
  });

  test('headings go down one level at a time, and the page has one main landmark', async () => {
    const [page] = plainPages as [Page];
    await dress(page, { locale: 'en', theme: 'light', width: 1280 });
    for (const path of [
      '/plain/admin-approval-needed',
      '/signin/admin-approval-needed',
      '/branded/service-busy',
      '/developer/mfa-required',
    ]) {
      await page.goto(server.url + path);
      const levels = await page.evaluate(() =>
        [...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.localName.slice(1))),
      );
      expect(levels[0], path).toBe(1);
      expect(
        levels.every((level, index) => index === 0 || level === 2),
        path,
      ).toBe(true);
      expect(await page.locator('main').count()).toBe(1);
    }
  });

  test('a page of a retry reloads itself without script, and counts', async () => {
    const [page] = plainPages as [Page];
    await dress(page, { locale: 'en', theme: 'light', width: 1280 });
    // The server's own wait is over a minute away in real life; here the browser's clock is not waited for.
    const response = await page.goto(`${server.url}/plain/network-problem`);
    expect(response?.headers()['refresh']).toBe('10;url=/plain/network-problem?aad_reload=1');
    expect(await page.locator('.note').innerText()).toContain('attempt 1 of 3');
    await page.goto(`${server.url}/plain/network-problem?aad_reload=3`);
    expect(await page.locator('.note').innerText()).toContain('stopped');
    await page.locator('.button').click();
    await page.waitForURL(`${server.url}/plain/network-problem`);
  });

  describe('requests of a page', () => {
    interface Answered {
      readonly status: number;
      readonly type: string;
      readonly redirected: boolean;
      readonly body: Readonly<Record<string, unknown>>;
    }
    let page: Page;
    beforeAll(async () => {
      page = (await newPages(1, true))[0]!;
      await page.setExtraHTTPHeaders({});
    });

    const target = '/signin/sign-in-needed';
    const fetches: readonly (readonly [name: string, init: RequestInit])[] = [
      ['fetch', {}],
      ['fetch, POST of JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }],
      ['fetch that asks for HTML', { headers: { accept: 'text/html' } }],
      ['fetch with redirect: manual', { redirect: 'manual' }],
      ['fetch with redirect: error', { redirect: 'error' }],
      ['fetch with mode: same-origin', { mode: 'same-origin' }],
      ['fetch without credentials', { credentials: 'omit' }],
      [
        'fetch as htmx sends it',
        { headers: { 'HX-Request': 'true', 'HX-Current-URL': '/app', Accept: 'text/html, */*' } },
      ],
      [
        'fetch as Turbo sends it',
        { headers: { Accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml' } },
      ],
      ['fetch, keepalive', { method: 'POST', keepalive: true, body: 'x' }],
    ];
    const xhrs: readonly (readonly [name: string, method: string, headers: Readonly<Record<string, string>>])[] = [
      ['XMLHttpRequest', 'GET', {}],
      ['XMLHttpRequest with X-Requested-With', 'GET', { 'X-Requested-With': 'XMLHttpRequest' }],
      ['jQuery', 'POST', { 'X-Requested-With': 'XMLHttpRequest', Accept: 'text/html, */*; q=0.01' }],
      ['axios', 'GET', { Accept: 'application/json, text/plain, */*' }],
      ['axios, PUT', 'PUT', { Accept: 'application/json, text/plain, */*', 'Content-Type': 'application/json' }],
      ['htmx', 'GET', { 'HX-Request': 'true', 'HX-Target': 'list', Accept: '*/*' }],
      ['htmx, boosted', 'GET', { 'HX-Request': 'true', 'HX-Boosted': 'true', Accept: 'text/html' }],
      ['DELETE', 'DELETE', {}],
    ];

    function expectProblem(answered: Answered): void {
      expect(answered).toEqual({
        status: 401,
        type: 'application/problem+json; charset=utf-8',
        redirected: false,
        body: expect.objectContaining({
          status: 401,
          action: 'interactive',
          instance: target,
          interaction: { url: expect.stringMatching(/^\/auth\/challenge\?ticket=/), method: 'GET' },
        }),
      });
    }

    async function watched(run: () => Promise<Answered>): Promise<Answered> {
      await page.goto(`${server.url}/app`);
      server.requests.length = 0;
      const answered = await run();
      expect(server.requests).toEqual([target]);
      return answered;
    }

    test.each(fetches)('%s gets 401 problem+json, never a redirect', async (_name, init) => {
      const answered = await watched(() =>
        page.evaluate(
          async ([path, options]) => {
            const response = await fetch(path, options);
            return {
              status: response.status,
              type: response.headers.get('content-type') ?? '',
              redirected: response.redirected || response.type !== 'basic',
              body: (await response.json()) as Record<string, unknown>,
            };
          },
          [target, init] as const,
        ),
      );
      expectProblem(answered);
    });

    test.each(xhrs)('%s (%s) gets 401 problem+json, never a redirect', async (_name, method, headers) => {
      const answered = await watched(() =>
        page.evaluate(
          ([path, verb, own]) =>
            new Promise<Answered>((resolve, reject) => {
              const request = new XMLHttpRequest();
              request.open(verb, path);
              for (const [name, value] of Object.entries(own)) request.setRequestHeader(name, value);
              request.onload = () => {
                resolve({
                  status: request.status,
                  type: request.getResponseHeader('content-type') ?? '',
                  redirected: new URL(request.responseURL).pathname !== path,
                  body: JSON.parse(request.responseText) as Record<string, unknown>,
                });
              };
              request.onerror = () => {
                reject(new Error('no answer'));
              };
              request.send();
            }),
          [target, method, headers] as const,
        ),
      );
      expectProblem(answered);
    });

    test('the url of a problem document leads to the sign-in as a navigation', async () => {
      await page.goto(`${server.url}/app`);
      await page.evaluate(async (path) => {
        const problem = (await (await fetch(path)).json()) as { interaction: { url: string } };
        location.assign(problem.interaction.url);
      }, target);
      await page.getByRole('heading', { name: 'Sign-in starts here' }).waitFor();
    });

    test('an EventSource and an image are not redirected either', async () => {
      await page.goto(`${server.url}/app`);
      server.requests.length = 0;
      await page.evaluate(async (path) => {
        await new Promise((resolve) => {
          const source = new EventSource(path);
          source.onerror = () => {
            source.close();
            resolve(undefined);
          };
        });
        await new Promise((resolve) => {
          const image = new Image();
          image.onerror = resolve;
          image.src = path;
        });
      }, target);
      expect(server.requests).toEqual([target, target]);
    });

    test('a link is a navigation: it goes to the sign-in', async () => {
      await page.goto(`${server.url}/app`);
      await page.getByRole('link', { name: 'go' }).click();
      await page.getByRole('heading', { name: 'Sign-in starts here' }).waitFor();
      expect(new URL(page.url()).searchParams.has('ticket')).toBe(true);
    });

    test('without an interaction a navigation gets its page, at its own address', async () => {
      const response = await page.goto(`${server.url}/plain/sign-in-needed`);
      expect(response?.status()).toBe(401);
      expect(page.url()).toBe(`${server.url}/plain/sign-in-needed`);
      expect(await page.locator('h1').innerText()).toBe(textsIn.en.situations['sign-in-needed']!['title']);
    });

    test('a posted form gets a page that says nothing was sent, with a way to the sign-in', async () => {
      await page.goto(`${server.url}/app`);
      await page.evaluate(() => {
        document.forms[0]!.action = '/signin/session-expired';
      });
      await page.getByRole('button', { name: 'send' }).click();
      expect(await page.locator('.note').innerText()).toContain('nothing was sent or saved');
      await page.locator('.button').click();
      await page.getByRole('heading', { name: 'Sign-in starts here' }).waitFor();
    });
  });

  test.each([
    ['/plain/mfa-required', 'en', 'light', 1280],
    ['/branded/not-assigned-to-app', 'en', 'dark', 1280],
    ['/signin/admin-approval-needed', 'en', 'light', 360],
    ['/plain/service-busy', 'ja', 'dark', 1280],
    ['/branded/blocked-by-policy', 'ar', 'light', 360],
    ['/developer/secret-expired', 'en', 'light', 1280],
    ['/signin/too-many-sign-ins', 'nl', 'dark', 360],
    ['/signin/admin-approval-needed', 'ar', 'dark', 1280],
  ] as const)('a picture of %s, %s, %s, %i px', async (path, locale, theme, width) => {
    const [page] = scriptPages as [Page];
    await dress(page, { locale, theme, width });
    await page.goto(server.url + path);
    if (path.startsWith('/branded')) await page.locator('summary').click();
    const name = `${path.slice(1).replace('/', '-')}-${locale}-${theme}-${String(width)}.png`;
    const picture = await page.screenshot({ path: `${shots}/pages-${name}`, fullPage: true });
    expect(picture.length).toBeGreaterThan(5_000);
  });
});
