/** The recipe of MIGRATION.md for routes around plain MSAL, run as it stands there. */
import { readFileSync } from 'node:fs';
import * as msal from '@azure/msal-node';
import express, { type Express } from 'express';
import session from 'express-session';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as main from '../../src/index.js';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { authorizations, claimsBesideMsal, listen, openBrowser, secret, type Running } from '../interaction/support.js';
import { codeBlocks, runBlock } from './document-code.js';

const guide = 'examples/MIGRATION.md';
const modules = {
  '@azure/msal-node': msal,
  express: { default: express },
  'express-session': { default: session },
  'aad-error-handler': main,
};

let entra: LocalEntra;
const running: Running[] = [];
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterEach(() => {
  entra.reset();
  for (const server of running.splice(0)) server.close();
});
afterAll(() => entra.close());

async function serve(app: Express): Promise<string> {
  const server = await listen(app);
  running.push(server);
  return `http://localhost:${String(server.port)}`;
}

describe('From plain MSAL routes', () => {
  async function start(): Promise<string> {
    const { createApp } = await runBlock<{
      createApp(options: { client: msal.ConfidentialClientApplication; baseUrl: string; secret: string }): Express;
    }>(guide, 'recipe', modules);
    const app = express();
    const url = await serve(app);
    const client = new msal.ConfidentialClientApplication(entra.msalConfiguration());
    app.use(createApp({ client, baseUrl: url, secret }));
    return url;
  }

  test('somebody who is not signed in opens a page, signs in and lands on it', async () => {
    const url = await start();
    const steps = await openBrowser().visit(`${url}/tasks`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${url}/tasks` });
    expect(steps.at(-1)!.body).toContain('for alice@contoso.test');
  });

  test('MFA: the claims of the failed call reach /authorize unchanged, with its scopes', async () => {
    entra.failNext(50076, {
      flow: 'silent',
      claims: { access_token: { acrs: { essential: true, value: 'c1' } } },
      suberror: 'basic_action',
    });
    const url = await start();
    const browser = openBrowser();
    await browser.visit(`${url}/login`);
    const steps = await browser.visit(`${url}/tasks`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${url}/tasks` });
    const sent = authorizations(entra).at(-1)!;
    expect(claimsBesideMsal(sent['claims'])).toMatchObject({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
    expect(sent['scope']!.split(' ')).toContain('api://tasks/Tasks.Read');
    expect(sent['login_hint']).toBe('alice@contoso.test');
  });

  test('consent: the failed scopes are asked for with prompt=consent', async () => {
    entra.failNext(65001, { flow: 'silent', suberror: 'consent_required' });
    const url = await start();
    const browser = openBrowser();
    await browser.visit(`${url}/login`);
    expect((await browser.visit(`${url}/tasks`)).at(-1)).toMatchObject({ status: 200, url: `${url}/tasks` });
    const sent = authorizations(entra).at(-1)!;
    expect(sent['prompt']).toBe('consent');
    expect(sent['scope']!.split(' ')).toContain('api://tasks/Tasks.Read');
  });

  test('two tabs that began to sign in side by side both land on their own page', async () => {
    const url = await start();
    const browser = openBrowser();
    const authorizeAddress = async (tab: number): Promise<string> => {
      const login = (await browser.request(`${url}/tasks?tab=${String(tab)}`)).headers.location!;
      return (await browser.request(url + login)).headers.location!;
    };
    const [one, two] = [await authorizeAddress(1), await authorizeAddress(2)];
    expect((await browser.visit(two)).at(-1)).toMatchObject({ status: 200, url: `${url}/tasks?tab=2` });
    expect((await browser.visit(one)).at(-1)).toMatchObject({ status: 200, url: `${url}/tasks?tab=1` });
  });

  test('as many lines are marked as new as the text says', () => {
    const recipe = codeBlocks(guide).find(({ mark }) => mark === 'recipe')!;
    expect(recipe.text.match(/\/\/ new\b/g)).toHaveLength(7);
    expect(readFileSync(guide, 'utf8')).toContain('Seven lines are new');
  });

  test('the person goes back at Entra: a page that offers another try', async () => {
    entra.failNext({ flow: 'authorize', error: 'access_denied', subcode: 'cancel' });
    const steps = await openBrowser().visit(`${await start()}/login`);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.at(-1)!.body).toContain('The sign-in was cancelled');
  });

  test.each([
    ['error=access_denied', 400],
    ['code=stolen', 303],
  ])('a callback with a foreign state and %s does not sign in', async (query, status) => {
    const url = await start();
    const browser = openBrowser();
    await browser.request(`${url}/login`);
    const answer = await browser.request(`${url}/auth/redirect?${query}&state=forged`);
    expect(answer.status).toBe(status);
    expect(entra.requests.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(0);
  });
});
