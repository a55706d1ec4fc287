import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startExample } from '../../examples/with-passport/app.mjs';
import { authorizations, openBrowser } from '../interaction/support.js';
import { script } from '../support/browser-client.js';

let example: Awaited<ReturnType<typeof startExample>>;
beforeAll(async () => {
  example = await startExample({ port: 0, environment: {} });
});
afterEach(() => {
  example.entra!.reset();
});
afterAll(() => example.close());

/** The last authorization request with its claims read. */
function lastAuthorization(): Record<string, unknown> {
  const query = authorizations(example.entra!).at(-1)!;
  return { ...query, claims: JSON.parse(query['claims']!) as unknown };
}
const capability = { xms_cc: { values: ['cp1'] } };
const signInAs = (browser: ReturnType<typeof openBrowser>, user: string) =>
  browser.visit(`${example.url}/login?login_hint=${user}`);

describe('with-passport', () => {
  test('somebody who is not signed in opens a page, signs in through passport and lands on that page', async () => {
    const steps = await openBrowser().visit(`${example.url}/me?tab=2`);
    expect(steps.map((step) => step.status)).toEqual([303, 302, 302, 303, 200]);
    expect(steps.at(-1)).toMatchObject({ url: `${example.url}/me?tab=2` });
    expect(steps.at(-1)!.body).toContain('alice@contoso.test');
    expect(lastAuthorization()).toMatchObject({
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

  test('MFA at the token call: claims, scopes and the login hint reach /authorize, and the page opens', async () => {
    const browser = openBrowser();
    await signInAs(browser, 'mfa@contoso.test');
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/me` });
    expect(steps.at(-1)!.body).toContain('mfa@contoso.test');
    const { claims, ...query } = lastAuthorization();
    expect(claims).toEqual({
      access_token: { capolids: { essential: true, values: [expect.any(String)] }, ...capability },
    });
    expect(query).toMatchObject({
      login_hint: 'mfa@contoso.test',
      scope: 'openid profile offline_access api://tasks/Tasks.Read',
    });
    expect(query).not.toHaveProperty('prompt');
  });

  test('consent: /authorize is asked for the failed scopes with prompt=consent', async () => {
    const browser = openBrowser();
    await signInAs(browser, 'consent@contoso.test');
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/me` });
    expect(lastAuthorization()).toMatchObject({
      prompt: 'consent',
      scope: 'openid profile offline_access api://tasks/Tasks.Read',
    });
  });

  test('a downstream API that wants a newer token: its claims reach /authorize, and the call succeeds', async () => {
    const browser = openBrowser();
    expect((await browser.visit(`${example.url}/me`)).at(-1)!.status).toBe(200);
    await browser.visit(`${example.url}/local/revoke`);
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/me` });
    expect(lastAuthorization()['claims']).toEqual({
      access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d{10}$/) as string }, ...capability },
    });
  });

  test('the person goes back at Entra: a page says so, and nobody is sent to sign in again', async () => {
    const steps = await openBrowser().visit(`${example.url}/local/cancel`);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.at(-1)!.body).toContain('The sign-in was cancelled');
    expect(authorizations(example.entra!)).toHaveLength(1);
  });

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
    expect(example.entra!.requests.filter(({ endpoint }) => endpoint === 'token')).toEqual([]);
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
    example.entra!.failNext(54005, { flow: 'authorization-code' });
    const steps = await openBrowser().visit(`${example.url}/login`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/` });
    expect(authorizations(example.entra!)).toHaveLength(2);
  });

  test.each([
    ['notassigned@contoso.test', 403, 'AADSTS50105'],
    ['disabled@contoso.test', 403, 'AADSTS50057'],
  ])('%s gets a page that names the code instead of a loop', async (user, status, code) => {
    const browser = openBrowser();
    await signInAs(browser, user);
    const before = authorizations(example.entra!).length;
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.map((step) => step.status)).toEqual([status]);
    expect(steps[0]!.body).toContain(code);
    expect(authorizations(example.entra!)).toHaveLength(before);
  });

  test('an outage of the token endpoint is a page that waits, with Retry-After', async () => {
    const browser = openBrowser();
    await browser.visit(`${example.url}/login`);
    example.entra!.throttle({ seconds: 30 });
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
