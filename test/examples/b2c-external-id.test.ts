import { afterEach, describe, expect, test } from 'vitest';
import { startExample } from '../../examples/b2c-external-id/start.mjs';
import { authorizations, openBrowser, type Browser } from '../interaction/support.js';
import type { Exchange } from '../support/browser-client.js';

type Example = Awaited<ReturnType<typeof startExample>>;
let example: Example;
afterEach(() => example.close());

const last = (steps: readonly Exchange[]): Exchange => steps.at(-1)!;
const heading = ({ body }: Exchange): string => /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? '';
/** Policies that were visited, in order. */
const policies = (): string[] =>
  example.entra!.requests.filter(({ endpoint }) => endpoint === 'authorize').map(({ path }) => path.split('/')[2]!);
const redeemed = () => example.entra!.requests.filter(({ form }) => form['grant_type'] === 'authorization_code');

const carla = { signIn: 'carla@customer.example' };
async function signIn(browser: Browser, path = '/orders'): Promise<Exchange> {
  const page = last(await browser.visit(`${example.url}/auth/sign-in?return_to=${path}`));
  return last(await browser.press(page, carla));
}

describe('Azure AD B2C', () => {
  const start = async () => {
    example = await startExample({ port: 0, environment: {} });
    return openBrowser();
  };

  test('a page for customers leads to the sign-in policy and back, and its tokens are refreshed there', async () => {
    const browser = await start();
    const page = last(await browser.visit(`${example.url}/orders`));
    expect(heading(page)).toBe('User flow b2c_1_sign_in');
    const orders = last(await browser.press(page, carla));
    expect(orders).toMatchObject({ status: 200, url: `${example.url}/orders` });
    expect(orders.body).toContain('Carla Customer');
    const tokenPaths = example.entra!.requests.filter(({ endpoint }) => endpoint === 'token').map(({ path }) => path);
    expect(tokenPaths.length).toBeGreaterThan(1);
    expect(new Set(tokenPaths)).toEqual(new Set(['/contoso.onmicrosoft.com/b2c_1_sign_in/oauth2/v2.0/token']));
  });

  test('"Forgot your password?" goes through the reset policy and ends, signed in, on the page asked for', async () => {
    const browser = await start();
    const page = last(await browser.visit(`${example.url}/orders`));
    const reset = last(await browser.press(page, { forgot: 'yes' }));
    expect(heading(reset)).toBe('User flow b2c_1_password_reset');
    const again = last(await browser.press(reset, carla));
    expect(heading(again)).toBe('User flow b2c_1_sign_in');
    expect(last(await browser.press(again, carla))).toMatchObject({ status: 200, url: `${example.url}/orders` });
    expect(policies()).toEqual(['b2c_1_sign_in', 'b2c_1_password_reset', 'b2c_1_sign_in']);
    // The code of the reset policy is no use to the sign-in policy, and is not tried there.
    expect(redeemed().map(({ path }) => path.split('/')[2])).toEqual(['b2c_1_sign_in']);
  });

  test.each([
    ['the sign-in page', {}],
    ['the password reset page', { forgot: 'yes' }],
  ])('cancelled on %s: a page that offers another try, and no redirect by itself', async (_where, button) => {
    const browser = await start();
    let page = last(await browser.visit(`${example.url}/orders`));
    if ('forgot' in button) page = last(await browser.press(page, button));
    const visits = policies().length;
    const cancelled = last(await browser.press(page, { cancel: 'yes' }));
    expect(cancelled.status).toBe(403);
    expect(cancelled.url).toContain(`${example.url}/auth/redirect`);
    expect(cancelled.body).toContain('The sign-in was cancelled');
    expect(policies()).toHaveLength(visits);
    const link = /href="(\/auth\/sign-in[^"]*)"/.exec(cancelled.body)![1]!.replaceAll('&amp;', '&');
    const again = last(await browser.visit(example.url + link));
    expect(heading(again)).toBe('User flow b2c_1_sign_in');
    expect(last(await browser.press(again, carla))).toMatchObject({ status: 200, url: `${example.url}/orders` });
  });

  test('editing the profile is a policy of its own: changed or cancelled, the customer stays signed in', async () => {
    const browser = await start();
    await signIn(browser);
    const signInVisits = policies().length;
    for (const button of [carla, { cancel: 'yes' }]) {
      const page = last(await browser.visit(`${example.url}/profile/sign-in`));
      expect(heading(page)).toBe('User flow b2c_1_edit_profile');
      const home = last(await browser.press(page, button));
      expect(home).toMatchObject({ status: 200, url: `${example.url}/` });
      expect(home.body).toContain('Welcome, Carla Customer');
    }
    expect(redeemed().map(({ path }) => path.split('/')[2])).toEqual(['b2c_1_sign_in', 'b2c_1_edit_profile']);
    // The tokens of the sign-in policy still work: no further sign-in.
    expect(last(await browser.visit(`${example.url}/orders`)).status).toBe(200);
    expect(policies()).toHaveLength(signInVisits + 2);
  });

  test('somebody else at the profile page does not become the one who is signed in', async () => {
    const browser = await start();
    await signIn(browser);
    const page = last(await browser.visit(`${example.url}/profile/sign-in`));
    const home = last(await browser.press(page, { signIn: 'alice@contoso.test' }));
    expect(home.body).toContain('Welcome, Carla Customer');
  });

  test('an expired refresh token (AADB2C90080) is a sign-in with the name filled in, and without a domain hint', async () => {
    const browser = await start();
    await signIn(browser);
    await browser.visit(`${example.url}/local-entra/expire`);
    const page = last(await browser.visit(`${example.url}/orders`));
    expect(heading(page)).toBe('User flow b2c_1_sign_in');
    const query = authorizations(example.entra!).at(-1)!;
    expect(query['login_hint']).toBe('carla@customer.example');
    expect(query).not.toHaveProperty('domain_hint');
    expect(last(await browser.press(page, carla))).toMatchObject({ status: 200, url: `${example.url}/orders` });
  });

  test('signing out ends the session of the application', async () => {
    const browser = await start();
    await signIn(browser);
    await browser.visit(`${example.url}/auth/sign-out`);
    expect((await browser.request(example.url)).body).toContain('Nobody is signed in');
  });
});

describe('Microsoft Entra External ID', () => {
  const start = async () => {
    example = await startExample({ port: 0, environment: { KIND: 'external-id' } });
    return openBrowser();
  };

  test('the same application without policies: sign-in at the tenant, password reset left to its page', async () => {
    const browser = await start();
    const page = last(await browser.visit(`${example.url}/orders`));
    expect(heading(page)).toBe('Sign in');
    expect(page.body).not.toContain('Forgot your password');
    expect(last(await browser.press(page, carla))).toMatchObject({ status: 200, url: `${example.url}/orders` });
    const [authorization] = example.entra!.requests.filter(({ endpoint }) => endpoint === 'authorize');
    expect(authorization!.path).toBe('/contoso.onmicrosoft.com/oauth2/v2.0/authorize');
    expect((await browser.request(example.url)).body).not.toContain('Edit your profile');
  });

  test('going back on its page is a page that offers another try', async () => {
    const browser = await start();
    const page = last(await browser.visit(`${example.url}/orders`));
    const cancelled = last(await browser.press(page, { cancel: 'yes' }));
    expect(cancelled.status).toBe(403);
    expect(cancelled.body).toContain('href="/auth/sign-in?return_to=%2Forders">Try again</a>');
  });
});

describe('on a real directory', () => {
  test.each([
    ['b2c', 'https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_in/oauth2/v2.0/logout'],
    ['external-id', 'https://contoso.ciamlogin.com/contoso.onmicrosoft.com/oauth2/v2.0/logout'],
  ])('%s: signing out goes through the directory and back, and there are no switches', async (kind, address) => {
    const environment = {
      KIND: kind,
      TENANT_NAME: 'contoso',
      SIGN_IN_POLICY: 'B2C_1_in',
      SCOPE: 'https://contoso.test/s',
    };
    const registration = { CLIENT_ID: '44444444-4444-4444-8444-444444444444', CLIENT_SECRET: 'fake-secret' };
    example = await startExample({ port: 0, environment: { ...environment, ...registration } });
    expect(example.entra).toBeUndefined();
    const { status, headers } = await openBrowser().request(`${example.url}/auth/sign-out`);
    expect(status).toBe(303);
    const target = new URL(headers.location!);
    expect(target.origin + target.pathname).toBe(address);
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe(`${example.url}/`);
    expect((await openBrowser().request(`${example.url}/local-entra/expire`)).status).toBe(404);
  });
});
