/** Codes that Entra does not take, and answers by form_post beside the same ones by query. */
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra, type LocalEntraOptions } from '../../src/testing/index.js';
import type { Exchange } from '../support/browser-client.js';
import {
  authorizations,
  openBrowser,
  publicOrigin,
  startWebApp,
  type Browser,
  type WebApp,
  type WebAppOptions,
} from './support.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(
  entraOptions: LocalEntraOptions = {},
  appOptions: WebAppOptions = {},
): Promise<{ entra: LocalEntra; app: WebApp }> {
  const entra = await createLocalEntra({ redirectUris: [`${publicOrigin}/auth/redirect`], ...entraOptions });
  cleanups.push(() => entra.close());
  const app = await startWebApp(entra, appOptions);
  cleanups.push(() => {
    app.close();
  });
  return { entra, app };
}

const redemptions = (entra: LocalEntra): number =>
  entra.requests.filter(({ form }) => form['grant_type'] === 'authorization_code').length;

/** Goes to a page until Entra sends the browser back: the address of the redirect URI with the code, not yet opened. */
async function callbackOf(browser: Browser, url: string): Promise<string> {
  let place = url;
  for (let hop = 0; hop < 5 && !place.includes('/auth/redirect?'); hop += 1) {
    const answer = await browser.request(place);
    place = new URL(answer.headers.location!, place).href;
  }
  expect(place).toContain('code=');
  return place;
}

const mainLink = (page: Exchange): string | undefined => /class="button" href="([^"]+)"/.exec(page.body)?.[1];

describe('a code that was redeemed already (AADSTS54005)', () => {
  test('with a session: both requests of a double click go on to the page asked for', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const callback = await callbackOf(browser, `${app.url}/payments`);
    const answers = await Promise.all([browser.request(callback), browser.request(callback)]);
    expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual([
      [303, '/payments'],
      [303, '/payments'],
    ]);
    // Both were redeemed, one was refused; nobody was signed in twice by it.
    expect([redemptions(entra), app.signIns.length]).toEqual([3, 2]);
    for (const { headers } of answers)
      expect(headers['set-cookie']).toContainEqual(expect.stringMatching(/^aad-tx-[^=]+=; .*Max-Age=0/));
    expect((await browser.visit(`${app.url}/payments`)).at(-1)!.status).toBe(200);
  });

  test('without a session: a page to start again from, with the code for support, and no redirect', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    const callback = await callbackOf(browser, `${app.url}/tasks?page=2`);
    const answers = await Promise.all([browser.request(callback), browser.request(callback)]);
    const refused = answers.find(({ status }) => status !== 303)!;
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect([refused.status, refused.headers.location, refused.headers['refresh']]).toEqual([400, undefined, undefined]);
    expect(refused.body).toContain('This sign-in can no longer be used');
    expect(refused.body).toContain('AADSTS54005');
    // The way on is the start page, as the text says; the session of the other request counts there.
    expect(mainLink(refused)).toBe('/');
    expect((await browser.visit(app.url)).at(-1)!.body).toContain('alice@contoso.test');
    expect(authorizations(entra)).toHaveLength(1);
  });

  test('a stolen code, used elsewhere first, signs nobody in and starts nothing', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    const callback = await callbackOf(browser, `${app.url}/tasks`);
    entra.failNext(54005, { error: 'invalid_grant', flow: 'authorization-code' });
    expect((await browser.visit(callback)).map(({ status }) => status)).toEqual([400]);
    expect(app.signIns).toEqual([]);
  });

  test('a getAccount that fails counts as no session', async () => {
    const { entra, app } = await start(
      {},
      { getAccount: () => Promise.reject(new Error('the session store is down')) },
    );
    const browser = openBrowser();
    const callback = await callbackOf(browser, `${app.url}/auth/sign-in`);
    entra.failNext(54005, { error: 'invalid_grant', flow: 'authorization-code' });
    expect((await browser.request(callback)).status).toBe(400);
  });
});

describe('a code that expired (AADSTS70008)', () => {
  test('starts over even with a session: that one may be of another account', async () => {
    let offsetMs = 0;
    const { entra, app } = await start({ now: () => Date.now() + offsetMs });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const callback = await callbackOf(browser, `${app.url}/auth/sign-in?return_to=/form`);
    offsetMs = 601_000;
    const before = authorizations(entra).length;
    const steps = await browser.visit(callback);
    expect(authorizations(entra)).toHaveLength(before + 1);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/form` });
    expect(app.signIns).toHaveLength(2);
  });
});

describe('form_post ends where query ends', () => {
  /** What a person sees in the end, and how many times Entra was visited. */
  async function outcome(
    responseMode: 'query' | 'form_post',
    arrange: (entra: LocalEntra) => void,
    signedIn: boolean,
  ): Promise<object> {
    const { entra, app } = await start(
      {},
      {
        https: true,
        responseMode,
        passwordResetAuthority: 'https://login.microsoftonline.com/contoso.onmicrosoft.com',
      },
    );
    const browser = openBrowser({ https: app });
    if (signedIn) await browser.visit(`${publicOrigin}/auth/sign-in`);
    arrange(entra);
    const before = authorizations(entra).length;
    const last = (await browser.visit(`${publicOrigin}/auth/sign-in?return_to=/form`)).at(-1)!;
    const transactions = (await browser.jar.getCookies(publicOrigin)).filter(({ key }) => key.includes('aad-tx-'));
    return {
      status: last.status,
      path: new URL(last.url).pathname,
      title: /<h1>([^<]*)/.exec(last.body)?.[1],
      link: mainLink(last)?.replace(/ticket=.*/, 'ticket'),
      visits: authorizations(entra).length - before,
      signIns: app.signIns.length,
      transactions: transactions.length,
    };
  }

  const redirectError = { flow: 'authorize' } as const;
  const cases: readonly [name: string, arrange: (entra: LocalEntra) => void, expected: object][] = [
    ['a sign-in that works', () => undefined, { status: 200, path: '/form', visits: 1 }],
    [
      'a sign-in is needed after all (50058)',
      (entra) => entra.failNext(50058, { ...redirectError, error: 'login_required' }),
      { status: 200, path: '/form', visits: 2 },
    ],
    [
      'a sign-in that never succeeds',
      (entra) => entra.failAlways(50058, { ...redirectError, error: 'login_required' }),
      { status: 403, title: 'The sign-in keeps starting over', visits: 3 },
    ],
    [
      'the user declined',
      (entra) => entra.failNext(65004, { ...redirectError, error: 'access_denied' }),
      { status: 403, title: 'The permission was not given', visits: 1 },
    ],
    [
      'the account is not assigned',
      (entra) => entra.failNext(50105, { ...redirectError, error: 'interaction_required' }),
      { status: 403, visits: 1 },
    ],
    [
      'Entra is busy',
      (entra) => entra.failNext(90033, { ...redirectError, error: 'temporarily_unavailable' }),
      { status: 503, visits: 1 },
    ],
    [
      'an expired code',
      (entra) => entra.failNext(70008, { flow: 'authorization-code', error: 'invalid_grant' }),
      { status: 200, path: '/form', visits: 2 },
    ],
    [
      'MFA is asked for while the code is redeemed',
      (entra) =>
        entra.failNext(50076, {
          flow: 'authorization-code',
          error: 'invalid_grant',
          suberror: 'basic_action',
          claims: { access_token: { acrs: { essential: true, value: 'c1' } } },
        }),
      { status: 200, path: '/form', visits: 2 },
    ],
    [
      'Entra is down while the code is redeemed',
      (entra) => entra.failNext(90033, { flow: 'authorization-code', status: 503 }),
      { status: 503, visits: 1 },
    ],
    [
      'a password that is forgotten once',
      (entra) => entra.failNext('AADB2C90118', { ...redirectError, error: 'access_denied' }),
      { status: 200, path: '/form', visits: 3 },
    ],
    [
      'a password that is forgotten again and again',
      (entra) => entra.failAlways('AADB2C90118', { ...redirectError, error: 'access_denied' }),
      { status: 403, visits: 3 },
    ],
  ];

  test.each(cases)('%s', async (_name, arrange, expected) => {
    const query = await outcome('query', arrange, false);
    expect(query).toMatchObject({ ...expected, transactions: 0 });
    expect(await outcome('form_post', arrange, false)).toEqual(query);
  });

  test('a code redeemed already, with a session: on to the page asked for', async () => {
    const arrange = (entra: LocalEntra): void => {
      entra.failNext(54005, { flow: 'authorization-code', error: 'invalid_grant' });
    };
    const query = await outcome('query', arrange, true);
    expect(query).toMatchObject({ status: 200, path: '/form', visits: 1, signIns: 1 });
    expect(await outcome('form_post', arrange, true)).toEqual(query);
  });
});

describe('an answer by form_post on its way', () => {
  const formPost: WebAppOptions = { https: true, responseMode: 'form_post' };

  /** The page of Entra whose form goes to the redirect URI, not yet sent. */
  async function postPage(browser: Browser, url: string): Promise<Exchange> {
    const redirected = await browser.request(url);
    return browser.request(redirected.headers.location!, { from: url });
  }

  test('stands in no address and in no readable cookie', async () => {
    const { app } = await start({}, formPost);
    const browser = openBrowser({ https: app });
    const page = await postPage(browser, `${publicOrigin}/auth/sign-in?return_to=/form`);
    const code = /name="code" value="([^"]+)"/.exec(page.body)![1]!;
    const steps = await browser.press(page);
    expect(steps.map(({ status }) => status)).toEqual([303, 303, 200]);
    expect(steps[0]!.headers.location).toMatch(/^\/auth\/redirect\?state=[\w-]{22}$/);
    expect(steps[0]!.headers['set-cookie']).toHaveLength(1);
    expect(steps[0]!.headers['set-cookie']![0]).toMatch(
      /^__Host-aad-tx-[\w-]{8}=ey[\w.-]+; .*; HttpOnly; .*SameSite=None; Secure$/,
    );
    expect(JSON.stringify(steps.map(({ url, headers }) => [url, headers]))).not.toContain(code);
  });

  test('is handled with the session that was there before: the cart is not lost', async () => {
    const { app } = await start({}, formPost);
    const browser = openBrowser({ https: app });
    await browser.visit(`${publicOrigin}/auth/sign-in`);
    const sessionOf = async (): Promise<string | undefined> =>
      (await browser.jar.getCookies(publicOrigin)).find(({ key }) => key === 'connect.sid')?.value;
    const before = await sessionOf();
    expect(before).toBeDefined();
    await browser.visit(`${publicOrigin}/payments`);
    expect(app.signIns).toHaveLength(2);
    expect(await sessionOf()).toBe(before);
  });

  test('is nothing to another browser, and nothing once it was used', async () => {
    const { entra, app } = await start({}, formPost);
    const browser = openBrowser({ https: app });
    const page = await postPage(browser, `${publicOrigin}/auth/sign-in`);
    const steps = await browser.press(page);
    const hop = new URL(steps[0]!.headers.location!, publicOrigin).href;
    expect((await openBrowser({ https: app }).visit(hop)).map(({ status }) => status)).toEqual([400]);
    // Again in the same browser: home, because it is signed in; the form itself once more: a page, no second sign-in.
    expect((await browser.visit(hop)).map(({ url }) => new URL(url).pathname)).toEqual(['/auth/redirect', '/']);
    expect((await browser.press(page)).map(({ status }) => status)).toEqual([400]);
    expect([redemptions(entra), app.signIns.length]).toEqual([1, 1]);
  });

  test('that is too long for cookies is handled at once', async () => {
    const { app } = await start({}, formPost);
    const browser = openBrowser({ https: app });
    const page = await postPage(browser, `${publicOrigin}/auth/sign-in?return_to=/form`);
    const steps = await browser.press(page, { session_state: 'x'.repeat(6_000) });
    expect(steps.map(({ url }) => new URL(url).pathname)).toEqual(['/auth/redirect', '/form']);
    expect(app.signIns).toHaveLength(1);
  });

  test('with a text of 100 KB is refused before anything is kept', async () => {
    const { app } = await start({}, formPost);
    const browser = openBrowser({ https: app });
    const page = await postPage(browser, `${publicOrigin}/auth/sign-in`);
    const [answer] = await browser.press(page, { error: 'server_error', error_description: 'x'.repeat(100_000) });
    expect(answer!.status).toBeGreaterThanOrEqual(400);
    expect(answer!.headers['set-cookie'] ?? []).toEqual([]);
  });
});
