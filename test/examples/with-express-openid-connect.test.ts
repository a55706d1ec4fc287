import express, { type Express } from 'express';
import openIdConnect from 'express-openid-connect';
import { describe, expect, test } from 'vitest';
import { startExample } from '../../examples/with-express-openid-connect/app.mjs';
import * as signIn from '../../examples/with-express-openid-connect/sign-in.mjs';
import * as main from '../../src/index.js';
import { authorizations, listen, openBrowser, secret } from '../interaction/support.js';
import { script } from '../support/browser-client.js';
import { capability, signInJourneys, useExample } from './sign-in-journeys.js';
import { runBlock } from './document-code.js';

const example = useExample(() => startExample({ port: 0, environment: {} }), '/local/sign-in');

describe('with-express-openid-connect', () => {
  test('somebody who is not signed in opens a page, signs in through res.oidc.login and lands on that page', async () => {
    const steps = await openBrowser().visit(`${example.url}/me?tab=2`);
    expect(steps.map((step) => step.status)).toEqual([302, 302, 302, 200]);
    expect(steps.at(-1)).toMatchObject({ url: `${example.url}/me?tab=2` });
    expect(steps.at(-1)!.body).toContain('alice@contoso.test');
    const { claims, ...query } = example.lastAuthorization();
    expect(claims).toEqual({ access_token: capability });
    expect(query).toMatchObject({ code_challenge_method: 'S256', scope: 'openid profile offline_access' });
    expect(Object.values(query)).not.toContain('undefined');
  });

  test('a fetch of the same page gets 401 problem+json, never a redirect', async () => {
    const answer = await openBrowser().request(`${example.url}/me`, { headers: script });
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer.body)).toMatchObject({ action: 'interactive', situation: 'sign-in-needed' });
  });

  signInJourneys(example);

  test('the token in the session is used until it ends', async () => {
    const browser = openBrowser();
    await browser.visit(`${example.url}/me`);
    await browser.visit(`${example.url}/me`);
    const grants = example.entra.requests.flatMap(({ form }) => form['grant_type'] ?? []);
    expect(grants).toEqual(['authorization_code', 'refresh_token']);
  });

  test('a callback that no sign-in of this browser began shows nothing of what its address says', async () => {
    const browser = openBrowser();
    const answer = await browser.request(
      `${example.url}/callback?error=access_denied&error_description=call+0800-EVIL&state=forged`,
    );
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/.+\/authorize\?/);
    expect(answer.headers.location).not.toContain('EVIL');
  });

  test('a callback of another browser starts the sign-in anew, and a page ends it when that does not help', async () => {
    const browser = openBrowser();
    const statuses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const [, authorize] = await openBrowser().visit(`${example.url}/me`);
      const callback = (await browser.request(authorize!.url)).headers.location!;
      statuses.push((await browser.request(callback)).status);
    }
    expect(statuses).toEqual([302, 302, 403]);
  });

  test('a code that was redeemed already (54005) starts the sign-in anew', async () => {
    example.entra.failNext(54005, { flow: 'authorization-code' });
    const steps = await openBrowser().visit(`${example.url}/login`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/` });
    expect(authorizations(example.entra)).toHaveLength(2);
  });

  test.each([
    ['notassigned@contoso.test', 'AADSTS50105'],
    ['disabled@contoso.test', 'AADSTS50057'],
  ])('%s gets a page that names the code instead of a loop', async (user, code) => {
    const browser = openBrowser();
    await example.signInAs(browser, user);
    const before = authorizations(example.entra).length;
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.map((step) => step.status)).toEqual([403]);
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

  test('an outage of discovery while a sign-in starts is a page, not a stack trace', async () => {
    const fresh = await startExample({ port: 0, environment: {} });
    fresh.entra!.failNext({ outage: 'reset', flow: 'discovery' });
    const answer = await openBrowser().request(`${fresh.url}/me`);
    await fresh.close();
    expect(answer.status).toBe(503);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    expect(answer.body).not.toContain('node_modules');
  });

  test('signing out ends the session', async () => {
    const browser = openBrowser();
    await browser.visit(`${example.url}/login`);
    expect((await browser.visit(`${example.url}/logout`)).at(-1)!.body).toContain('Nobody is signed in');
  });
});

describe('MIGRATION.md: a path in place of start', () => {
  test('a fetch learns where to sign in, and the page it navigates to carries the claims to /authorize', async () => {
    const entra = example.entra;
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    const { addSignInPath } = await runBlock<{ addSignInPath(app: Express, options: { secret: string }): void }>(
      'examples/MIGRATION.md',
      'path',
      {
        'aad-error-handler': main,
        './with-express-openid-connect/sign-in.mjs': signIn,
      },
    );
    const app = express();
    const { port, close } = await listen(app);
    const url = `http://localhost:${String(port)}`;
    const client = { issuerBaseURL: `${entra.authority}/v2.0`, clientID: entra.clientId };
    app.use(
      openIdConnect.auth({
        ...signIn.entraOptions,
        ...client,
        clientSecret: entra.clientSecret,
        baseURL: url,
        secret,
      }),
    );
    app.get('/data', () => {
      throw main.normalizeAadError({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076], claims });
    });
    addSignInPath(app, { secret });

    const browser = openBrowser();
    const answer = await browser.request(`${url}/data`, { headers: script });
    expect(answer.status).toBe(401);
    const { interaction } = JSON.parse(answer.body) as { interaction: { url: string } };
    expect(interaction.url).toMatch(/^\/sign-in\?ticket=/);
    await browser.visit(url + interaction.url);
    expect(example.lastAuthorization()['claims']).toEqual({
      access_token: { acrs: { essential: true, value: 'c1' }, ...capability },
    });
    close();
  });
});
