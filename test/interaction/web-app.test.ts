import { afterEach, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra, type LocalEntraOptions } from '../../src/testing/index.js';
import { script } from '../support/browser-client.js';
import {
  apiScope,
  authorizations,
  claimsBesideMsal,
  openBrowser,
  publicOrigin,
  startWebApp,
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
  const entra = await createLocalEntra({
    redirectUris: [`${publicOrigin}/auth/redirect`, `${publicOrigin}/auth/admin-consent/return`],
    ...entraOptions,
  });
  cleanups.push(() => entra.close());
  const app = await startWebApp(entra, appOptions);
  cleanups.push(() => {
    app.close();
  });
  return { entra, app };
}

const statuses = (steps: readonly { readonly status: number }[]): number[] => steps.map(({ status }) => status);
const pathOf = (url: string): string => new URL(url).pathname;
const nowhereElse = (steps: readonly { readonly url: string }[], ...origins: string[]): void => {
  for (const { url } of steps) expect(origins).toContain(new URL(url).origin);
};

describe.each([5, 4] as const)('a web application on Express %i', (express) => {
  test('MFA claims of a token call: one visit to /authorize with the claims unchanged, then the page', async () => {
    const { entra, app } = await start({ defaultUser: 'mfa@contoso.test' }, { express });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const steps = await browser.visit(`${app.url}/tasks?page=2`);

    expect(statuses(steps)).toEqual([303, 303, 302, 303, 200]);
    expect(steps.at(-1)!.url).toBe(`${app.url}/tasks?page=2`);
    nowhereElse(steps, app.url, entra.url);
    const sent = authorizations(entra).at(-1)!;
    expect(claimsBesideMsal(sent['claims'])).toMatchObject({
      access_token: { capolids: { essential: true, values: ['5e0b3a1c-0001-4000-8000-00000000c0de'] } },
    });
    expect(sent).toMatchObject({
      login_hint: 'mfa@contoso.test',
      domain_hint: 'organizations',
      code_challenge_method: 'S256',
      scope: `${apiScope} openid profile offline_access`,
    });
    expect(sent['prompt']).toBeUndefined();
  });

  test('any claims directive arrives as it was sent, member by member', async () => {
    const { entra, app } = await start({}, { express });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const asked = {
      access_token: {
        acrs: { essential: true, value: 'c1' },
        nbf: { essential: true, value: '1790000000' },
        'urn:x': null,
        text: { value: 'Zoë "quoted" \\ & <b> 漢 %2f +' },
        list: { essential: false, values: [1, 'two', { three: [3] }] },
      },
      userinfo: { given_name: { essential: true } },
    };
    entra.failNext(50076, { claims: asked, suberror: 'basic_action', flow: 'silent' });
    const steps = await browser.visit(`${app.url}/tasks`);
    expect(steps.at(-1)!.status).toBe(200);
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject(asked);
    const { access_token: accessToken } = claimsBesideMsal(authorizations(entra).at(-1)!['claims']) as typeof asked;
    expect(accessToken).toEqual(asked.access_token);
  });

  test('access is revoked while signed in: the challenge of the API leads to a new token, and the call succeeds', async () => {
    const { entra, app } = await start({}, { express });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    expect((await browser.request(`${app.url}/me`)).status).toBe(200);

    entra.revoke('alice@contoso.test');
    const steps = await browser.visit(`${app.url}/me`);
    expect(statuses(steps)).toEqual([303, 303, 302, 303, 200]);
    expect(JSON.parse(steps.at(-1)!.body)).toMatchObject({ preferred_username: 'alice@contoso.test' });
    const sent = claimsBesideMsal(authorizations(entra).at(-1)!['claims']) as { access_token: object };
    expect(Object.keys(sent.access_token)).toEqual(['nbf']);
    // The ledger is settled: an ordinary sign-in asks for nothing of it.
    await browser.visit(`${app.url}/auth/sign-in`);
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject({ access_token: {} });
    expect(authorizations(entra).at(-1)!['claims']).not.toContain('nbf');
  });

  test('step-up: a resource that wants authentication context c1 gets it', async () => {
    const { entra, app } = await start({}, { express });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const steps = await browser.visit(`${app.url}/payments`);
    expect(statuses(steps)).toEqual([303, 303, 302, 303, 200]);
    expect(JSON.parse(steps.at(-1)!.body)).toMatchObject({ acrs: ['c1'] });
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
  });

  test('consent for a new scope: asked for once, with the scopes of the failed call', async () => {
    const { entra, app } = await start({ defaultUser: 'consent@contoso.test' }, { express });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const steps = await browser.visit(`${app.url}/tasks`);
    expect(statuses(steps)).toEqual([303, 303, 302, 303, 200]);
    expect(authorizations(entra).at(-1)).toMatchObject({
      prompt: 'consent',
      scope: `${apiScope} openid profile offline_access`,
    });
  });

  test('the session expired during a form post: a page that says nothing was sent, and a link that signs in', async () => {
    const { app } = await start({}, { express });
    const browser = openBrowser();
    const answer = await browser.request(`${app.url}/form`, { method: 'POST', from: `${app.url}/form` });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(answer.headers.location).toBeUndefined();
    const link = /class="button" href="([^"]+)"/.exec(answer.body)![1]!;
    const steps = await browser.visit(new URL(link.replaceAll('&amp;', '&'), app.url).href, {
      from: `${app.url}/form`,
    });
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/form` });
    // Signed in now: the same form goes through.
    const again = await browser.request(`${app.url}/form`, { method: 'POST', from: `${app.url}/form` });
    expect([again.status, again.body]).toEqual([200, '<h1>Posted 1</h1>']);
  });

  test('the user cancels at Entra: a page with "Try again", which works', async () => {
    const { entra, app } = await start({ autoApprove: false }, { express });
    const browser = openBrowser();
    const asked = await browser.visit(`${app.url}/tasks`);
    expect(asked.at(-1)!.url).toContain('/oauth2/v2.0/authorize');
    const cancelled = await browser.press(asked.at(-1)!, { cancel: 'yes' });
    const page = cancelled.at(-1)!;
    expect(page.status).toBe(403);
    expect(page.body).toContain('The permission was not given');
    expect(page.body).not.toContain('AADSTS65004:');
    // Whatever the reader does next, the application itself sends nobody anywhere.
    expect(page.headers['refresh']).toBeUndefined();
    const link = /class="button" href="([^"]+)"/.exec(page.body)![1]!;
    const again = await browser.visit(new URL(link.replaceAll('&amp;', '&'), app.url).href);
    expect(again.at(-1)!.url).toContain(entra.url);
    const done = await browser.press(again.at(-1)!, { signIn: 'alice@contoso.test' });
    expect(done.at(-1)).toMatchObject({ status: 200, url: `${app.url}/tasks` });
    expect(app.signIns).toEqual(['alice@contoso.test']);
  });

  test('the wrong account: Entra is asked to let the person choose, without a hint at the wrong one', async () => {
    const { entra, app } = await start({ autoApprove: false }, { express });
    const browser = openBrowser();
    const first = await browser.visit(`${app.url}/auth/sign-in`);
    await browser.press(first.at(-1)!, { signIn: 'disabled@contoso.test' });
    entra.failNext(16000, { error: 'interaction_required', flow: 'silent' });
    const steps = await browser.visit(`${app.url}/tasks`);
    const sent = authorizations(entra).at(-1)!;
    expect(sent['prompt']).toBe('select_account');
    expect(sent['login_hint']).toBeUndefined();
    expect(sent['domain_hint']).toBeUndefined();
    const done = await browser.press(steps.at(-1)!, { signIn: 'alice@contoso.test' });
    expect(done.at(-1)!).toMatchObject({ status: 200, url: `${app.url}/tasks` });
    expect(app.signIns).toEqual(['disabled@contoso.test', 'alice@contoso.test']);
  });

  test('a guest who is not invited: a page with "Use another account", which lets the person choose', async () => {
    const { entra, app } = await start({ autoApprove: false }, { express });
    const browser = openBrowser();
    const asked = await browser.visit(`${app.url}/tasks`);
    entra.clearPlans();
    const page = (await browser.press(asked.at(-1)!, { fail: 'yes', code: '50020' })).at(-1)!;
    expect(page.status).toBe(403);
    const link = /class="button" href="([^"]+)"/.exec(page.body)![1]!;
    expect(link).toBe('/auth/sign-in?return_to=%2Ftasks&amp;prompt=select_account');
    await browser.visit(app.url + link.replace('&amp;', '&'));
    expect(authorizations(entra).at(-1)!['prompt']).toBe('select_account');
  });

  test('two tabs at once: each ends on its own page, with its own claims', async () => {
    const { entra, app } = await start({ autoApprove: false }, { express });
    const browser = openBrowser();
    const first = await browser.visit(`${app.url}/auth/sign-in`);
    await browser.press(first.at(-1)!, { signIn: 'alice@contoso.test' });
    entra.failNext(50076, {
      claims: { access_token: { acrs: { value: 'c2' } } },
      suberror: 'basic_action',
      flow: 'silent',
    });
    const one = await browser.visit(`${app.url}/tasks?tab=1`);
    entra.failNext(50079, {
      claims: { access_token: { acrs: { value: 'c3' } } },
      suberror: 'basic_action',
      flow: 'silent',
    });
    const two = await browser.visit(`${app.url}/tasks?tab=2`);
    const done = [
      await browser.press(two.at(-1)!, { mfa: 'alice@contoso.test' }),
      await browser.press(one.at(-1)!, { mfa: 'alice@contoso.test' }),
    ];
    expect(done.map((steps) => steps.at(-1)!.url)).toEqual([`${app.url}/tasks?tab=2`, `${app.url}/tasks?tab=1`]);
    expect(done.map((steps) => steps.at(-1)!.status)).toEqual([200, 200]);
    const claims = authorizations(entra)
      .slice(-2)
      .map((query) => claimsBesideMsal(query['claims']));
    expect(claims).toMatchObject([
      { access_token: { acrs: { value: 'c2' } } },
      { access_token: { acrs: { value: 'c3' } } },
    ]);
  });

  test('a challenge whose sign-in was abandoned rides on the next one, and is dropped when a token comes', async () => {
    const { entra, app } = await start({ autoApprove: false }, { express });
    const browser = openBrowser();
    const first = await browser.visit(`${app.url}/auth/sign-in`);
    await browser.press(first.at(-1)!, { signIn: 'alice@contoso.test' });
    const nbf = { access_token: { nbf: { essential: true, value: '1790000000' } } };
    entra.failNext(50076, { claims: nbf, suberror: 'basic_action', flow: 'silent' });
    await browser.visit(`${app.url}/tasks`);
    const two = await browser.visit(`${app.url}/auth/sign-in`);
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject(nbf);
    await browser.press(two.at(-1)!, { signIn: 'alice@contoso.test' });
    await browser.visit(`${app.url}/auth/sign-in`);
    expect(authorizations(entra).at(-1)!['claims']).not.toContain('nbf');
    // Two at once are asked for together.
    entra.failNext(50076, { claims: nbf, suberror: 'basic_action', flow: 'silent' });
    await browser.visit(`${app.url}/fresh`);
    const acrs = { access_token: { acrs: { essential: true, value: 'c1' } } };
    entra.failNext(50076, { claims: acrs, suberror: 'basic_action', flow: 'silent' });
    await browser.visit(`${app.url}/fresh`);
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject({
      access_token: { ...nbf.access_token, ...acrs.access_token },
    });
  });

  test('five tabs and more: the oldest sign-in ends on an honest page, the newest ones work', async () => {
    const { app } = await start({ autoApprove: false }, { express });
    const browser = openBrowser();
    const tabs = [];
    for (let tab = 0; tab < 6; tab += 1)
      tabs.push((await browser.visit(`${app.url}/auth/sign-in?return_to=/form?tab=${tab}`)).at(-1)!);
    const cookies = await browser.jar.getCookies(app.url);
    expect(cookies.filter(({ key }) => key.startsWith('aad-tx-'))).toHaveLength(4);
    expect((await browser.press(tabs[0]!, { signIn: 'alice@contoso.test' })).at(-1)!.status).toBe(400);
    for (const tab of [2, 3, 4, 5]) {
      const done = (await browser.press(tabs[tab]!, { signIn: 'alice@contoso.test' })).at(-1)!;
      expect([done.status, done.url]).toEqual([200, `${app.url}/form?tab=${tab}`]);
    }
    // Now signed in: the oldest tab goes home instead.
    expect((await browser.jar.getCookies(app.url)).filter(({ key }) => key.startsWith('aad-tx-'))).toEqual([]);
  });

  test('sign-out ends the session', async () => {
    const { app } = await start({}, { express });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    expect((await browser.request(app.url)).body).toContain('alice@contoso.test');
    const steps = await browser.visit(`${app.url}/auth/sign-out`);
    expect(statuses(steps)).toEqual([303, 200]);
    expect(steps.at(-1)!.body).toContain('nobody');
  });

  test('signing in for a page, reading it and signing out is no loop, however often', async () => {
    const { app } = await start({}, { express });
    const browser = openBrowser();
    for (let round = 0; round < 4; round += 1) {
      expect((await browser.visit(`${app.url}/tasks`)).at(-1)).toMatchObject({ status: 200, url: `${app.url}/tasks` });
      await browser.visit(`${app.url}/auth/sign-out`, { from: `${app.url}/tasks` });
    }
  });

  test('an image of another site signs nobody out', async () => {
    const { app } = await start({}, { express });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const image = { accept: 'image/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const answer = await browser.request(`${app.url}/auth/sign-out`, { headers: image, from: 'https://evil.test/' });
    expect(answer.status).toBe(400);
    await browser.visit(`${app.url}/auth/sign-out`, { from: 'https://evil.test/' });
    expect((await browser.request(app.url)).body).toContain('alice@contoso.test');
  });
});

describe('the loop brake, over real sockets', () => {
  test('a third sign-in for the same reason is a page with ids and a way to start again', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    entra.failAlways(50076, {
      claims: { access_token: { acrs: { value: 'c9' } } },
      suberror: 'basic_action',
      flow: 'silent',
    });
    const before = authorizations(entra).length;
    const steps = await browser.visit(`${app.url}/fresh`);
    const made = authorizations(entra).slice(before);
    expect(made).toHaveLength(2);
    // The second try asks for more than the first.
    expect(made.map((query) => query['prompt'])).toEqual([undefined, 'login']);
    const page = steps.at(-1)!;
    expect(page.status).toBe(403);
    expect(page.body).toContain('The sign-in keeps starting over');
    expect(page.body).toMatch(/AADSTS50076/);
    expect(page.body).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(page.body).toContain('href="/auth/sign-in?return_to=%2Ffresh"');
    // And it stays stopped.
    expect(statuses(await browser.visit(`${app.url}/fresh`))).toEqual([403]);
  });

  test('claims that never help (53003 with claims): tried once, then the administrator', async () => {
    const { entra, app } = await start({ defaultUser: 'risk@contoso.test' });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const before = authorizations(entra).length;
    const steps = await browser.visit(`${app.url}/fresh`);
    expect(authorizations(entra).length - before).toBe(1);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.at(-1)!.body).toMatch(/AADSTS53003/);
  });

  test('a resource that asks for something else each time is stopped too', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    for (let round = 0; round < 12; round += 1) {
      const value = String(1_790_000_000 + round);
      entra.failNext(50173, { claims: { access_token: { nbf: { value } } }, suberror: 'bad_token', flow: 'silent' });
    }
    const before = authorizations(entra).length;
    const steps = await browser.visit(`${app.url}/fresh`);
    expect(authorizations(entra).length - before).toBeLessThanOrEqual(5);
    expect(steps.at(-1)!.status).toBe(403);
  });

  test('an error on the redirect URI that comes back each time is stopped', async () => {
    const { entra, app } = await start();
    entra.failAlways(50058, { error: 'login_required', flow: 'authorize' });
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in`);
    expect(steps.length).toBeLessThan(12);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.at(-1)!.body).toContain('The sign-in keeps starting over');
  });

  test('a page whose scripts sign in again and again is stopped', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    entra.failAlways(50076, { suberror: 'basic_action', flow: 'silent' });
    const found: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const answer = await browser.request(`${app.url}/fresh`, { headers: script, from: `${app.url}/form` });
      const { interaction, situation } = JSON.parse(answer.body) as {
        interaction?: { url: string };
        situation: string;
      };
      found.push(`${String(answer.status)} ${situation}`);
      if (interaction !== undefined) await browser.visit(app.url + interaction.url);
    }
    expect(found).toEqual(['401 mfa-required', '401 mfa-required', '403 too-many-sign-ins']);
  });

  test('AADSTS50196, where Entra itself saw a loop, is never answered with a redirect', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    entra.failAlways(50196, { flow: 'silent' });
    entra.failAlways(50196, { flow: 'authorization-code' });
    entra.failAlways(50196, { flow: 'authorize' });
    const before = authorizations(entra).length;
    const steps = await browser.visit(`${app.url}/fresh`);
    expect(statuses(steps)).toHaveLength(1);
    expect(authorizations(entra)).toHaveLength(before);
    // Neither on the redirect URI.
    const callback = (await browser.visit(`${app.url}/auth/sign-in`)).at(-1)!;
    expect(callback.status).toBeGreaterThanOrEqual(400);
    expect(pathOf(callback.url)).toBe('/auth/redirect');
  });

  test('the reason of one user does not stop another', async () => {
    const { entra, app } = await start();
    const [one, two] = [openBrowser(), openBrowser()];
    await one.visit(`${app.url}/auth/sign-in`);
    await two.visit(`${app.url}/auth/sign-in`);
    entra.failAlways(50076, { suberror: 'basic_action', flow: 'silent' });
    await one.visit(`${app.url}/fresh`);
    expect((await one.request(`${app.url}/fresh`)).status).toBe(403);
    expect((await two.request(`${app.url}/fresh`)).status).toBe(303);
  });
});

describe('bad input', () => {
  test('a browser that refuses cookies: an honest page, no loop', async () => {
    const { app } = await start();
    const browser = openBrowser({ refusesCookies: true });
    for (const path of ['/tasks', '/auth/sign-in', '/me']) {
      const steps = await browser.visit(app.url + path);
      expect(steps.length).toBeLessThanOrEqual(4);
      const page = steps.at(-1)!;
      expect(page.status).toBe(400);
      expect(page.body).toContain('This sign-in can no longer be used');
      expect(/class="button" href="([^"]+)"/.exec(page.body)?.[1]).toBe('/');
    }
    expect(app.signIns).toEqual([]);
  });

  test.each([
    ['forged', () => 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['cut', (state: string) => state.slice(0, 8)],
    ['changed at its end', (state: string) => `${state.slice(0, -1)}${state.endsWith('A') ? 'B' : 'A'}`],
    ['missing', () => ''],
    ['with what could end a cookie name', () => 'a;b=c'],
    ['very long', () => 'A'.repeat(5_000)],
  ])(
    'a state that is %s: nobody is signed in, no code is redeemed, the real one still works',
    async (_name, change) => {
      const { entra, app } = await start({ autoApprove: false });
      const browser = openBrowser();
      const asked = (await browser.visit(`${app.url}/tasks`)).at(-1)!;
      const state = authorizations(entra).at(-1)!['state']!;
      const strange = await browser.visit(
        `${app.url}/auth/redirect?code=0.code.theirs&state=${encodeURIComponent(change(state))}`,
        {
          from: 'https://evil.test/',
        },
      );
      expect(statuses(strange)).toEqual([400]);
      expect(app.signIns).toEqual([]);
      expect(entra.requests.some(({ form }) => form['grant_type'] === 'authorization_code')).toBe(false);
      const done = await browser.press(asked, { signIn: 'alice@contoso.test' });
      expect(done.at(-1)).toMatchObject({ status: 200, url: `${app.url}/tasks` });
    },
  );

  test('the state of another browser signs nobody in', async () => {
    const { entra, app } = await start({ autoApprove: false });
    const [victim, attacker] = [openBrowser(), openBrowser()];
    const asked = (await attacker.visit(`${app.url}/auth/sign-in`)).at(-1)!;
    const redirected = await attacker.request(`${entra.url}/local-entra/decide`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        id: /name="id" value="([^"]+)"/.exec(asked.body)![1]!,
        signIn: 'mfa@contoso.test',
      }).toString(),
      from: asked.url,
    });
    // The attacker hands the callback with a good code to the victim.
    const steps = await victim.visit(redirected.headers.location!, { from: 'https://evil.test/' });
    expect(statuses(steps)).toEqual([400]);
    expect(app.signIns).toEqual([]);
  });

  test('a callback replayed from the history: home when signed in, and no second sign-in', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    const steps = await browser.visit(`${app.url}/tasks`);
    const callback = steps.find(({ url }) => url.includes('/auth/redirect?'))!.url;
    const again = await browser.visit(callback);
    expect(statuses(again)).toEqual([303, 200]);
    expect(again.at(-1)!.url).toBe(`${app.url}/`);
    expect(app.signIns).toHaveLength(1);
    expect(entra.requests.filter(({ form }) => form['grant_type'] === 'authorization_code')).toHaveLength(1);
    // In another browser it is nobody's.
    expect(statuses(await openBrowser().visit(callback))).toEqual([400]);
  });

  test('a ticket works once, in its own browser, within its time', async () => {
    let nowMs = Date.now();
    const { app } = await start({}, { now: () => nowMs });
    const [browser, other] = [openBrowser(), openBrowser()];
    const ticketOf = async (): Promise<string> =>
      app.url + (await browser.request(`${app.url}/tasks`)).headers.location!;
    const ticket = await ticketOf();
    await other.request(`${app.url}/tasks`);
    expect((await other.request(ticket)).status).toBe(400);
    expect((await browser.request(ticket)).status).toBe(303);
    expect((await browser.request(ticket)).status).toBe(400);
    const late = await ticketOf();
    nowMs += 601_000;
    expect((await browser.request(late)).status).toBe(400);
    expect((await browser.request(`${app.url}/auth/challenge`)).status).toBe(400);
    expect((await browser.request(`${app.url}/auth/challenge?ticket=x`)).status).toBe(400);
  });

  test.each([
    ['ahead', 3_600_000, 400],
    ['behind', -3_600_000, 200],
  ])(
    'a clock an hour %s: signing in works; what was begun before the jump ends on a page (ahead) or works (behind)',
    async (_name, jump, status) => {
      let offset = 0;
      const { app } = await start({ autoApprove: false }, { now: () => Date.now() + offset });
      const browser = openBrowser();
      const before = (await browser.visit(`${app.url}/tasks`)).at(-1)!;
      offset = jump;
      const steps = await browser.press(before, { signIn: 'alice@contoso.test' });
      expect(steps.at(-1)!.status).toBe(status);
      const after = (await browser.visit(`${app.url}/auth/sign-in?return_to=/tasks`)).at(-1)!;
      const done = await browser.press(after, { signIn: 'alice@contoso.test' });
      expect(done.at(-1)).toMatchObject({ status: 200, url: `${app.url}/tasks` });
    },
  );

  test.each([
    'https://evil.test/', '//evil.test', '/\\evil.test', '/%2fevil.test', '/%5cevil.test', '/\tevil', '/.//evil.test',
    'javascript:alert(1)', 'https://localhost@evil.test', '/auth/sign-out', '/auth/sign-in?return_to=/form', '/auth/challenge?ticket=x',
    '/auth/../auth/sign-out', '/auth/%73ign-out/../sign-out',
  ])('return_to=%s leads home', async (returnTo) => {
    const { app } = await start();
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/` });
    expect(app.signIns).toHaveLength(1);
  }); // prettier-ignore

  test.each(['/form', '/form?a=b#c', '/form?next=https://evil.test/'])('return_to=%s is kept', async (returnTo) => {
    const { app } = await start();
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`);
    expect(steps.at(-1)!.url).toBe(app.url + returnTo);
    const absolute = await openBrowser().visit(
      `${app.url}/auth/sign-in?return_to=${encodeURIComponent(app.url + returnTo)}`,
    );
    expect(absolute.at(-1)!.url).toBe(app.url + returnTo);
  });

  test('a script is never redirected to a sign-in page, not even where the sign-in lives', async () => {
    const { app } = await start();
    const browser = openBrowser();
    for (const path of ['/tasks', '/auth/sign-in?return_to=/form']) {
      const answer = await browser.request(app.url + path, { headers: script, from: `${app.url}/form` });
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      const { interaction } = JSON.parse(answer.body) as { interaction: { url: string } };
      const steps = await browser.visit(`${app.url}${interaction.url}&return_to=%2Fform`);
      expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/form` });
      await browser.visit(`${app.url}/auth/sign-out`);
    }
    const ticket = (await browser.request(`${app.url}/tasks`)).headers.location!;
    expect((await browser.request(app.url + ticket, { headers: script, from: `${app.url}/form` })).status).toBe(400);
    const image = { ...script, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' };
    const answer = await browser.request(`${app.url}/auth/sign-in`, { headers: image });
    expect(answer.status).toBe(401);
  });

  test('claims of any size the reader accepts, abandoned one after the other, block no later page', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    for (const length of [1_000, 3_000, 3_900, 4_100, 6_000, 8_100]) {
      const claims = JSON.stringify({ access_token: { [`t${length}`]: { value: 'x'.repeat(length - 40) } } });
      entra.failNext(50076, { claims, suberror: 'basic_action', flow: 'silent' });
      const answer = await browser.request(`${app.url}/fresh`);
      // A request line and headers together may have 16 KiB in Node.
      const started = await browser.request(app.url + answer.headers.location!);
      expect([length, answer.status, started.status]).toEqual([length, 303, 303]);
      const sent = new URL(started.headers.location!).searchParams.get('claims') ?? '';
      // Whole or not at all; a shorter one that was abandoned rides along.
      const value = (JSON.parse(sent) as { access_token: Record<string, { value: string }> }).access_token[`t${length}`]
        ?.value;
      expect([length, value?.length]).toEqual([length, length < 4_500 ? length - 40 : undefined]);
      expect(sent).toContain('"t1000"');
      expect((await browser.jar.getCookieString(app.url)).length).toBeLessThan(6_000);
      expect((await browser.request(app.url)).status).toBe(200);
      for (const { key } of await browser.jar.getCookies(app.url))
        if (key.startsWith('aad-brake')) await browser.jar.setCookie(`${key}=; Path=/; Max-Age=0`, app.url);
    }
  });

  test('a long return URL and many scopes: the transaction is split over cookies and comes back', async () => {
    const scopes = [
      'openid',
      'profile',
      'offline_access',
      ...Array.from({ length: 30 }, (_, index) => `api://tasks/${'Scope'.repeat(8)}.${index}`),
    ];
    const { app } = await start({ autoApprove: false }, { scopes });
    const browser = openBrowser();
    const returnTo = `/form?q=${'a'.repeat(1_900)}`;
    const asked = (await browser.visit(`${app.url}/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`)).at(-1)!;
    const parts = (await browser.jar.getCookies(app.url)).filter(({ key }) => key.startsWith('aad-tx-'));
    expect(parts.length).toBeGreaterThan(1);
    const done = await browser.press(asked, { signIn: 'alice@contoso.test' });
    expect(done.at(-1)!.url).toBe(app.url + returnTo);
    expect((await browser.jar.getCookies(app.url)).filter(({ key }) => key.startsWith('aad-tx-'))).toEqual([]);
  });

  test('a code that Entra refuses: a new sign-in, bounded', async () => {
    const { entra, app } = await start();
    entra.failNext(70008, { error: 'invalid_grant', flow: 'authorization-code' });
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in?return_to=/form`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/form` });
    entra.failAlways(70008, { error: 'invalid_grant', flow: 'authorization-code' });
    expect((await openBrowser().visit(`${app.url}/auth/sign-in`)).at(-1)!.status).toBe(403);
  });

  test('Entra is down while a code is redeemed: a page that waits, not one that signs in again', async () => {
    const { entra, app } = await start();
    entra.failNext(90033, { status: 503, flow: 'authorization-code' });
    const page = (await openBrowser().visit(`${app.url}/auth/sign-in?return_to=/form`)).at(-1)!;
    expect(page.status).toBe(503);
    // Reloading the redirect URI would use the code again.
    expect(page.headers['refresh'] ?? '').not.toContain('/auth/redirect');
    expect(page.headers['retry-after']).toMatch(/^\d+$/);
  });
});

describe('response_mode=form_post', () => {
  test.each([
    [5, undefined],
    [5, 'parsed'],
    [5, 'json'],
    [4, undefined],
    [4, 'parsed'],
  ] as const)('Express %i, body: %s: signs in over http on localhost', async (express, body) => {
    const { entra, app } = await start({}, { express, responseMode: 'form_post', ...(body !== undefined && { body }) });
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in?return_to=/form`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/form` });
    expect(authorizations(entra)[0]!['response_mode']).toBe('form_post');
    expect(app.signIns).toHaveLength(1);
  });

  test('on https: the cookie of the sign-in comes with the cross-site POST, the others need not', async () => {
    const { app } = await start({}, { https: true, responseMode: 'form_post' });
    const browser = openBrowser({ https: app });
    const steps = await browser.visit(`${publicOrigin}/tasks`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${publicOrigin}/tasks` });
    const set = steps.flatMap(({ url, headers }) =>
      url.startsWith(publicOrigin) ? (headers['set-cookie'] ?? []) : [],
    );
    const ours = set.filter((cookie) => cookie.includes('aad-'));
    expect(ours.length).toBeGreaterThan(2);
    for (const cookie of ours) {
      expect(cookie).toMatch(/^__Host-aad-[^;]*; Path=\/; HttpOnly; .*; Secure$/);
      expect(cookie).toContain(cookie.startsWith('__Host-aad-tx-') ? 'SameSite=None' : 'SameSite=Lax');
    }
  });

  test('query mode on https: SameSite=Lax for all of them', async () => {
    const { app } = await start({}, { https: true });
    const steps = await openBrowser({ https: app }).visit(`${publicOrigin}/tasks`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${publicOrigin}/tasks` });
    const set = steps.flatMap(({ url, headers }) =>
      url.startsWith(publicOrigin) ? (headers['set-cookie'] ?? []) : [],
    );
    for (const cookie of set.filter((text) => text.includes('aad-')))
      expect(cookie).toMatch(/^__Host-.*SameSite=Lax; Secure$/);
  });

  test('a cancelled sign-in by form_post: the page, and nobody signed in', async () => {
    const { app } = await start({ autoApprove: false }, { https: true, responseMode: 'form_post' });
    const browser = openBrowser({ https: app });
    const asked = (await browser.visit(`${publicOrigin}/auth/sign-in`)).at(-1)!;
    const page = (await browser.press(asked, { cancel: 'yes' })).at(-1)!;
    expect(page.status).toBe(403);
    expect(page.body).toContain('The permission was not given');
  });

  test('a forged form_post is a 400 page; a body of 100 KB is refused without an answer from its text', async () => {
    const { app } = await start({}, { responseMode: 'form_post' });
    const browser = openBrowser();
    const post = (body: string): Promise<{ status: number; body: string }> =>
      browser.request(`${app.url}/auth/redirect`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
        from: 'https://evil.test/',
      });
    expect(await post('error=access_denied&error_description=AADSTS65004%3A+call+0800-EVIL&state=x')).toMatchObject({
      status: 400,
    });
    expect((await post('error=access_denied&error_description=EVIL&state=x')).body).not.toContain('EVIL');
    expect((await post(`code=${'x'.repeat(100_000)}&state=x`)).status).toBeGreaterThanOrEqual(400);
    expect(app.signIns).toEqual([]);
  });
});

describe('admin consent', () => {
  test('granted: the application hears of it, the state is sealed, the tenant in the answer is not looked at', async () => {
    const { entra, app } = await start();
    const steps = await openBrowser().visit(`${app.url}/auth/admin-consent`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/` });
    const sent = entra.requests.find(({ endpoint }) => endpoint === 'adminconsent')!;
    expect(sent.path).toBe(`/${entra.tenantId}/v2.0/adminconsent`);
    expect(sent.query).toMatchObject({ scope: apiScope, redirect_uri: `${app.url}/auth/admin-consent/return` });
    expect(app.adminConsents).toHaveLength(1);
  });

  test.each([
    ['refused', {}],
    ['failed with admin_consent=True beside the error', { code: 65004, error: 'consent_required' }],
    ['failed for another reason', { code: 90094, error: 'access_denied' }],
  ])('%s: an honest page, and the application hears nothing', async (_name, plan) => {
    const { entra, app } = await start();
    entra.failNext({ error: 'access_denied', ...plan, flow: 'admin-consent' });
    const steps = await openBrowser().visit(`${app.url}/auth/admin-consent`);
    const last = steps.at(-1)!;
    expect(new URL(last.url).searchParams.get('admin_consent')).toBe('True');
    expect(last.status).toBe(403);
    expect(app.adminConsents).toEqual([]);
  });

  test.each(['admin_consent=True', 'admin_consent=True&state=forged', 'admin_consent=True&tenant=x&state='])(
    'an answer nobody asked for (%s) is a 400 page',
    async (query) => {
      const { app } = await start();
      const answer = await openBrowser().request(`${app.url}/auth/admin-consent/return?${query}`);
      expect(answer.status).toBe(400);
      expect(app.adminConsents).toEqual([]);
    },
  );

  test('the page for a user shows the link to forward, and an administrator with that link is heard', async () => {
    const { entra, app } = await start();
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    entra.failNext(90094, { flow: 'silent' });
    const page = (await browser.visit(`${app.url}/tasks`)).at(-1)!;
    expect(page.status).toBe(403);
    const link = /https?:\/\/[^\s<"]*\/auth\/admin-consent/.exec(page.body)![0];
    expect(link).toBe(`${app.url}/auth/admin-consent`);
    expect((await openBrowser().visit(link)).at(-1)!.status).toBe(200);
    expect(app.adminConsents).toHaveLength(1);
  });
});

describe('Azure AD B2C', () => {
  const reset = async (passwordReset: boolean): Promise<{ entra: LocalEntra; app: WebApp }> => {
    const entra = await createLocalEntra();
    cleanups.push(() => entra.close());
    const app = await startWebApp(entra, {
      ...(passwordReset && {
        passwordResetAuthority: 'https://login.microsoftonline.com/contoso.onmicrosoft.com',
      }),
    });
    cleanups.push(() => {
      app.close();
    });
    return { entra, app };
  };

  test('"forgot your password" goes to the reset policy, then signs in, then to the page asked for', async () => {
    const { entra, app } = await reset(true);
    entra.failNext('AADB2C90118', { error: 'access_denied', flow: 'authorize' });
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in?return_to=/form`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/form` });
    const paths = entra.requests
      .filter(({ endpoint }) => endpoint === 'authorize')
      .map(({ path }) => path.split('/')[1]);
    expect(paths).toHaveLength(3);
    // The code of the reset policy is not redeemed; the ordinary sign-in that follows is.
    expect(entra.requests.filter(({ form }) => form['grant_type'] === 'authorization_code')).toHaveLength(1);
    expect(app.signIns).toHaveLength(1);
  });

  test('forgotten again and again: stopped after two', async () => {
    const { entra, app } = await reset(true);
    for (let round = 0; round < 6; round += 1) {
      entra.failNext('AADB2C90118', { error: 'access_denied', flow: 'authorize' });
      // The visit to the reset policy itself succeeds.
      entra.failNext({ delayMs: 1, flow: 'authorize' });
    }
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in`);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.length).toBeLessThan(20);
  });

  test('cancelled on the reset page: a page, not a loop', async () => {
    const { entra, app } = await reset(true);
    entra.failNext('AADB2C90118', { error: 'access_denied', flow: 'authorize' });
    entra.failNext('AADB2C90091', { error: 'access_denied', flow: 'authorize' });
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in`);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.at(-1)!.body).toContain('The sign-in was cancelled');
  });

  test('without the option it is an ordinary sign-in, bounded by the brake', async () => {
    const { entra, app } = await reset(false);
    entra.failAlways('AADB2C90118', { error: 'access_denied', flow: 'authorize' });
    const steps = await openBrowser().visit(`${app.url}/auth/sign-in`);
    expect(steps.at(-1)!.status).toBe(403);
  });
});

describe('sign-out at Entra', () => {
  test('ends the session there too and comes back', async () => {
    const { entra, app } = await start({}, { endSessionUrl: 'https://login.contoso.test/t/oauth2/v2.0/logout?a=b' });
    const browser = openBrowser();
    await browser.visit(`${app.url}/auth/sign-in`);
    const answer = await browser.request(`${app.url}/auth/sign-out`);
    const { location } = answer.headers;
    expect(location).toBe(
      `https://login.contoso.test/t/oauth2/v2.0/logout?a=b&post_logout_redirect_uri=${encodeURIComponent(`${app.url}/`)}`,
    );
    const local = entra.localUrl(location!).replace('/t/', `/${entra.tenantId}/`);
    const steps = await browser.visit(local);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${app.url}/` });
    expect(steps.at(-1)!.body).toContain('nobody');
  });
});
