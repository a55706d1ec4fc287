import { afterEach, describe, expect, test } from 'vitest';
import { startExample } from '../../examples/web-app/start.mjs';
import type { LocalEntraOptions } from '../../src/testing/index.js';
import { authorizations, claimsBesideMsal, openBrowser } from '../interaction/support.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function start(entraOptions: LocalEntraOptions = {}) {
  const app = await startExample({ port: 0, environment: {}, entra: { autoApprove: true, ...entraOptions } });
  cleanups.push(app.close);
  return { ...app, entra: app.entra!, browser: openBrowser() };
}

const statuses = (steps: readonly { readonly status: number }[]): number[] => steps.map(({ status }) => status);

describe('examples/web-app', () => {
  test('who is not signed in opens a page, signs in once and reads that page', async () => {
    const { url, browser, entra } = await start();
    expect((await browser.request(url)).body).toContain('Nobody is signed in');
    const steps = await browser.visit(`${url}/profile`);
    expect(statuses(steps)).toEqual([303, 303, 302, 303, 200]);
    expect(steps.at(-1)).toMatchObject({ url: `${url}/profile` });
    expect(steps.at(-1)!.body).toContain('Alice Example, alice@contoso.test');
    expect(steps.at(-1)!.headers['cache-control']).toBe('no-store');
    expect((await browser.request(url)).body).toContain('Signed in as alice@contoso.test');
    expect(authorizations(entra)).toHaveLength(1);
  });

  test('MFA by Conditional Access: the claims arrive at /authorize, and the mail is shown', async () => {
    const { url, browser, entra } = await start({ defaultUser: 'mfa@contoso.test' });
    await browser.visit(`${url}/auth/sign-in`);
    const steps = await browser.visit(`${url}/mail`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${url}/mail` });
    expect(steps.at(-1)!.body).toContain('Lunch on Thursday?');
    const sent = authorizations(entra).slice(1);
    expect(sent).toMatchObject([{ login_hint: 'mfa@contoso.test', scope: 'Mail.Read openid profile offline_access' }]);
    expect(claimsBesideMsal(sent[0]!['claims'])).toMatchObject({
      access_token: { capolids: { essential: true, values: ['5e0b3a1c-0001-4000-8000-00000000c0de'] } },
    });
  });

  test('a second permission is asked for when it is needed, not at sign-in', async () => {
    const { url, browser, entra } = await start({ defaultUser: 'consent@contoso.test' });
    await browser.visit(`${url}/profile`);
    expect(authorizations(entra).map(({ scope }) => scope)).toEqual(['User.Read openid profile offline_access']);
    const steps = await browser.visit(`${url}/mail`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${url}/mail` });
    expect(authorizations(entra).at(-1)).toMatchObject({
      prompt: 'consent',
      scope: 'Mail.Read openid profile offline_access',
    });
    // Once for ever.
    expect(statuses(await browser.visit(`${url}/mail`))).toEqual([200]);
  });

  test('all sessions are revoked (the button of the trouble page): a new sign-in with the claims of Graph', async () => {
    const { url, browser, entra, troubleUrl } = await start();
    await browser.visit(`${url}/profile`);
    const desk = await browser.request(troubleUrl!);
    expect(desk.body).toContain('formaction="/trouble/revoke"');
    expect((await browser.request(`${troubleUrl!}/trouble/revoke`, { method: 'POST' })).status).toBe(303);
    const steps = await browser.visit(`${url}/profile`);
    expect(statuses(steps)).toEqual([303, 303, 302, 303, 200]);
    expect(claimsBesideMsal(authorizations(entra).at(-1)!['claims'])).toMatchObject({
      access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d+$/) } },
    });
  });

  test('Entra is busy (the button of the trouble page): a page that says when to come back', async () => {
    const { url, browser, troubleUrl } = await start();
    await browser.visit(`${url}/auth/sign-in`);
    await browser.request(`${troubleUrl!}/trouble/throttle`, { method: 'POST' });
    const page = await browser.request(`${url}/mail`);
    expect(page.status).toBe(503);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    expect(page.body).toContain('Contoso Intranet');
  });

  test('signing out ends the session and forgets the tokens', async () => {
    const { url, browser, entra } = await start();
    await browser.visit(`${url}/profile`);
    const steps = await browser.visit(`${url}/auth/sign-out`, { method: 'POST', from: url });
    expect(steps.at(-1)!.body).toContain('Nobody is signed in');
    await browser.visit(`${url}/profile`);
    expect(authorizations(entra)).toHaveLength(2);
  });

  test('each sign-in begins a new session, so that a planted session id is worth nothing', async () => {
    const { url, browser } = await start();
    const sessionId = async (): Promise<string | undefined> =>
      (await browser.jar.getCookies(url)).find(({ key }) => key === 'connect.sid')?.value;
    await browser.visit(`${url}/auth/sign-in`);
    const first = await sessionId();
    expect(first).toBeDefined();
    await browser.visit(`${url}/auth/sign-in`);
    expect(await sessionId()).toBeDefined();
    expect(await sessionId()).not.toBe(first);
  });

  test('by hand: the sign-in page shows the claims, "with MFA" meets them; going back is a page, not a loop', async () => {
    const { url, browser } = await start({ autoApprove: false });
    const user = 'mfa@contoso.test';
    const asked = (await browser.visit(`${url}/mail`)).at(-1)!;
    const challenged = (await browser.press(asked, { signIn: user })).at(-1)!;
    expect(challenged.body).toMatch(/claims: <code>.*capolids/);
    const cancelled = (await browser.press(challenged, { cancel: 'yes' })).at(-1)!;
    expect(cancelled.status).toBe(403);
    const again = (await browser.visit(`${url}/mail`)).at(-1)!;
    const done = (await browser.press(again, { mfa: user })).at(-1)!;
    expect(done).toMatchObject({ status: 200, url: `${url}/mail` });
  });
});

describe('examples/web-app on a real tenant', () => {
  const environment = {
    TENANT_ID: '77777777-7777-4777-8777-777777777777',
    CLIENT_ID: '88888888-8888-4888-8888-888888888888',
    CLIENT_SECRET: 'an invented secret',
    BASE_URL: 'https://intranet.contoso.example',
  };

  test('sends people to that tenant, with the redirect URI to register and the capability cp1', async () => {
    const app = await startExample({ port: 0, environment });
    cleanups.push(app.close);
    const local = await startExample({ port: 0, environment: { ...environment, BASE_URL: undefined } });
    cleanups.push(local.close);
    expect(app).toMatchObject({ url: environment.BASE_URL, entra: undefined });
    const answer = await openBrowser().request(`${local.url}/auth/sign-in`);
    const target = new URL(answer.headers.location!);
    expect(target.origin + target.pathname).toBe(
      `https://login.microsoftonline.com/${environment.TENANT_ID}/oauth2/v2.0/authorize`,
    );
    expect(Object.fromEntries(target.searchParams)).toMatchObject({
      client_id: environment.CLIENT_ID,
      redirect_uri: `${local.url}/auth/redirect`,
      scope: 'openid profile offline_access',
    });
    expect(claimsBesideMsal(target.searchParams.get('claims') ?? undefined)).toMatchObject({ access_token: {} });
    const signedOut = await openBrowser().request(`${local.url}/auth/sign-out`);
    expect(signedOut.headers.location).toContain(
      `https://login.microsoftonline.com/${environment.TENANT_ID}/oauth2/v2.0/logout`,
    );
  });

  test.each(['CLIENT_ID', 'CLIENT_SECRET'])('says at start-up that %s is missing', async (name) => {
    await expect(startExample({ port: 0, environment: { ...environment, [name]: undefined } })).rejects.toThrow(
      `${name} is needed`,
    );
  });
});
