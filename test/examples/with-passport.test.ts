import { describe, expect, test } from 'vitest';
import { startExample } from '../../examples/with-passport/app.mjs';
import { authorizations, openBrowser } from '../interaction/support.js';
import { script } from '../support/browser-client.js';
import { capability, signInJourneys, useExample } from './sign-in-journeys.js';

const example = useExample(() => startExample({ port: 0, environment: {} }), '/login');

describe('with-passport', () => {
  test('somebody who is not signed in opens a page, signs in through passport and lands on that page', async () => {
    const steps = await openBrowser().visit(`${example.url}/me?tab=2`);
    expect(steps.map((step) => step.status)).toEqual([303, 302, 302, 303, 200]);
    expect(steps.at(-1)).toMatchObject({ url: `${example.url}/me?tab=2` });
    expect(steps.at(-1)!.body).toContain('alice@contoso.test');
    expect(example.lastAuthorization()).toMatchObject({
      code_challenge_method: 'S256',
      scope: 'openid profile offline_access',
      claims: { access_token: capability },
    });
  });

  test('a fetch of the same page gets 401 with a same-origin way to sign in', async () => {
    const answer = await openBrowser().request(`${example.url}/me`, { headers: script });
    expect(answer.status).toBe(401);
    const problem = JSON.parse(answer.body) as { action: string; interaction: { url: string } };
    expect(problem.action).toBe('interactive');
    expect(problem.interaction.url).toMatch(/^\/login\?ticket=/);
  });

  signInJourneys(example);

  test('a callback with an error that no sign-in of this browser asked for is a 400 page without its text', async () => {
    const answer = await openBrowser().request(
      `${example.url}/auth/callback?error=login_required&error_description=call+0800-EVIL&state=forged`,
    );
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain('EVIL');
  });

  test('two tabs that began to sign in side by side both land on their own page', async () => {
    const browser = openBrowser();
    const first = await browser.request(`${example.url}/me?tab=1`);
    const second = await browser.request(`${example.url}/me?tab=2`);
    const authorize = async (answer: typeof first) =>
      (await browser.request(example.url + answer.headers.location!)).headers.location!;
    const [one, two] = [await authorize(first), await authorize(second)];
    expect((await browser.visit(two)).at(-1)).toMatchObject({ status: 200, url: `${example.url}/me?tab=2` });
    expect((await browser.visit(one)).at(-1)).toMatchObject({ status: 200, url: `${example.url}/me?tab=1` });
  });

  test('of many sign-ins that nobody finished, the session keeps four', async () => {
    const browser = openBrowser();
    const addresses: string[] = [];
    for (let tab = 0; tab < 6; tab += 1)
      addresses.push((await browser.request(`${example.url}/login`)).headers.location!);
    const callbacks = await Promise.all(addresses.map((address) => openBrowser().request(address)));
    const locations: string[] = [];
    for (const { headers } of callbacks) locations.push((await browser.request(headers.location!)).headers.location!);
    expect(locations.map((location) => location.split('?')[0])).toEqual(['/login', '/login', '/', '/', '/', '/']);
  });

  test('a forged code beside a sign-in under way is not redeemed', async () => {
    const browser = openBrowser();
    await browser.request(`${example.url}/login`);
    const answer = await browser.request(`${example.url}/auth/callback?code=stolen&state=forged`);
    expect(answer.status).toBe(303);
    expect(example.entra.requests.filter(({ endpoint }) => endpoint === 'token')).toEqual([]);
  });

  test('a callback whose session is gone starts the sign-in anew', async () => {
    const browser = openBrowser();
    const [, login, authorize] = await browser.visit(`${example.url}/me`);
    expect(login!.url).toContain('/login?ticket=');
    const steps = await openBrowser().visit(authorize!.headers.location!);
    expect(steps[0]!.headers.location).toMatch(/^\/login\?ticket=/);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/` });
    expect(steps.at(-1)!.body).toContain('Signed in as alice@contoso.test');
  });

  test('a code that was redeemed already (54005) starts the sign-in anew', async () => {
    example.entra.failNext(54005, { flow: 'authorization-code' });
    const steps = await openBrowser().visit(`${example.url}/login`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/` });
    expect(authorizations(example.entra)).toHaveLength(2);
  });

  test.each([
    ['notassigned@contoso.test', 403, 'AADSTS50105'],
    ['disabled@contoso.test', 403, 'AADSTS50057'],
  ])('%s gets a page that names the code instead of a loop', async (user, status, code) => {
    const browser = openBrowser();
    await example.signInAs(browser, user);
    const before = authorizations(example.entra).length;
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.map((step) => step.status)).toEqual([status]);
    expect(steps[0]!.body).toContain(code);
    expect(authorizations(example.entra)).toHaveLength(before);
  });

  test('an outage of the token endpoint is a page that waits, with Retry-After', async () => {
    const browser = openBrowser();
    await browser.visit(`${example.url}/login`);
    example.entra.throttle({ seconds: 30 });
    const answer = await browser.request(`${example.url}/me`);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('signing out ends the session', async () => {
    const browser = openBrowser();
    await browser.visit(`${example.url}/login`);
    expect((await browser.visit(`${example.url}/logout`)).at(-1)!.body).toContain('Nobody is signed in');
  });
});
