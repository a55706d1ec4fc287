/** The code blocks of README.md and GUIDE.md run, and do what the text around them says. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { promisify } from 'node:util';
import * as msal from '@azure/msal-node';
import express from 'express';
import session from 'express-session';
import supertest from 'supertest';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as client from '../../src/client/index.js';
import * as core from '../../src/core.js';
import * as main from '../../src/index.js';
import * as testing from '../../src/testing/index.js';
import { codeBlocks } from '../examples/document-code.js';
import { runDocumentBlock } from './run-block.js';

const guide = 'examples/GUIDE.md';
const secret = 'sealed with thirty-two characters or more';
const nl = JSON.parse(readFileSync('data/locales/nl.json', 'utf8')) as object;
/** Express whose applications listen on a free port, wherever they are told to. */
const servers: Server[] = [];
const listening = Object.assign(() => {
  const app = express();
  const listen = app.listen.bind(app) as (port: number) => Server;
  app.listen = (() => {
    const server = listen(0);
    servers.push(server);
    return server;
  }) as typeof app.listen;
  return app;
}, express);
const modules = {
  'aad-error-handler': main,
  'aad-error-handler/core': core,
  'aad-error-handler/client': client,
  'aad-error-handler/testing': testing,
  'aad-error-handler/locales/nl': { default: nl },
  '@azure/msal-node': msal,
  express: { default: listening },
  'express-session': { default: session },
};
const page = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const mfa = { error: 'invalid_grant', error_description: 'AADSTS50076: You must use multi-factor authentication.' };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  for (const server of servers.splice(0)) server.close();
});

/** Every block is run by one of the tests below. */
const run = new Set<string>();
const runBlock: typeof runDocumentBlock = (path, mark, ...rest) => {
  run.add(`${path} ${mark}`);
  return runDocumentBlock(path, mark, ...rest);
};

describe('README.md', () => {
  test('"Use" is a page for people and the problem document that is shown', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await runBlock('README.md', 'use', modules);
    const shown = await supertest(servers[0]!).get('/').set(page);
    expect(shown.status).toBe(401);
    expect(shown.text).toContain('<h1>One more step to confirm it is you</h1>');
    expect(shown.text).not.toContain('For developers');
    // As curl asks.
    const problem = await supertest(servers[0]!).get('/').set('accept', '*/*');
    const inReadme = codeBlocks('README.md').find(({ language, mark }) => language === 'json' && mark === 'use')!;
    expect(JSON.parse(problem.text)).toEqual(JSON.parse(inReadme.text));
  });

  test('"Use" tells developers more outside production', async () => {
    vi.stubEnv('NODE_ENV', 'development');
    await runBlock('README.md', 'use', modules);
    const shown = await supertest(servers[0]!).get('/').set(page);
    expect(shown.text).toContain('For developers');
    const api = await supertest(servers[0]!).get('/').set('authorization', 'Bearer x');
    expect(api.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
  });

  test('"With automatic sign-in" goes to Entra, comes back, calls Graph and signs out', async () => {
    const entra = await testing.createLocalEntra();
    class Client extends msal.ConfidentialClientApplication {
      constructor() {
        super(entra.msalConfiguration());
      }
    }
    vi.stubEnv('SESSION_SECRET', secret);
    const forbidden = testing.graphErrorResponse('forbidden');
    const graph = vi
      .fn()
      .mockResolvedValueOnce(Response.json({ value: [] }))
      .mockResolvedValueOnce(Response.json(forbidden.body, { status: forbidden.status }));
    await runBlock(
      'README.md',
      'sign-in',
      { ...modules, 'node:util': { promisify }, '@azure/msal-node': { ConfidentialClientApplication: Client } },
      { fetch: graph, process },
    );
    const agent = supertest.agent(servers[0]);
    const own = (location: string): string => location.replace('http://localhost:3000', '');
    const start = await agent.get('/mail').set(page);
    expect(start.status).toBe(303);
    const authorize = await agent.get(start.headers['location']!).set(page);
    expect(authorize.headers['location']).toMatch(/\/authorize\?/);
    const entraUrl = new URL(authorize.headers['location']!);
    expect(entraUrl.searchParams.get('redirect_uri')).toBe('http://localhost:3000/auth/redirect');
    const answer = await fetch(entra.url + entraUrl.pathname + entraUrl.search, { redirect: 'manual' });
    const back = await agent.get(own(answer.headers.get('location')!)).set(page);
    expect(back.headers['location']).toBe('/mail');
    const mail = await agent.get('/mail').set(page);
    expect([mail.status, mail.body]).toEqual([200, { value: [] }]);
    const refused = await agent.get('/mail').set(page);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('<h1>')]);
    await agent.get('/auth/sign-out').set(page);
    expect((await agent.get('/mail').set(page)).status).toBe(303);
    await entra.close();
  });
});

describe('GUIDE.md', () => {
  test('decide', async () => {
    const log = vi.fn();
    const refusing = { acquireTokenSilent: () => Promise.reject(testing.createAadError({ code: 65001 })) };
    await runBlock(guide, 'decide', modules, { client: refusing, account: {}, scopes: [], console: { log } });
    expect(log).toHaveBeenCalledWith('consent', 'consent-needed', 'user', expect.any(String), expect.any(Array));
    const bug = new Error('a bug');
    const broken = { acquireTokenSilent: () => Promise.reject(bug) };
    const failing = runBlock(guide, 'decide', modules, { client: broken, account: {}, scopes: [], console: { log } });
    await expect(failing).rejects.toBe(bug);
  });

  test('own-sign-in', async () => {
    vi.stubEnv('SESSION_SECRET', secret);
    const app = express();
    app.get('/page', (_req, _res, next) => {
      next(mfa);
    });
    const startYourSignIn = vi.fn((_req: unknown, res: express.Response, _wanted: unknown) => res.send('sign in'));
    await runBlock(guide, 'own-sign-in', modules, { app, process, startYourSignIn });
    const agent = supertest.agent(app);
    const start = await agent.get('/page').set(page);
    await agent.get(start.headers['location']!).set(page);
    expect(startYourSignIn.mock.calls[0]![2]).toMatchObject({ returnTo: '/page' });
  });

  test('client', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('[]')));
    const { response } = await runBlock(guide, 'client', modules, {}, ['response']);
    expect((response as Response).status).toBe(200);
  });

  test('api', async () => {
    const app = express();
    app.use((req, _res, next) => {
      if (req.headers.authorization !== undefined) Object.assign(req, { auth: { acrs: ['c1'], xms_cc: ['cp1'] } });
      next();
    });
    app.get('/invalid', (_req, _res, next) => {
      next(Object.assign(new Error('no token'), { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }));
    });
    const challenge = testing.claimsChallengeResponse({ access_token: { nbf: { essential: true, value: '1' } } });
    const fetch = (): Promise<Response> => Promise.resolve(new Response(null, challenge as ResponseInit));
    await runBlock(guide, 'api', modules, { app, fetch, headersFor: () => Promise.resolve({}) });
    const answer = await supertest(app).get('/payouts').set('authorization', 'Bearer x');
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_claims"');
    expect((await supertest(app).get('/payouts')).status).toBe(403); // its caller's token says nothing of cp1
    expect((await supertest(app).get('/invalid')).body).toMatchObject({ status: 401 });
  });

  test('outages', async () => {
    const entra = await testing.createLocalEntra();
    const { auth } = entra.msalConfiguration();
    const local: main.FetchLike = (url, init) => fetch(entra.url + new URL(url).pathname, init);
    const aadNetworkClient: typeof main.aadNetworkClient = (options) =>
      main.aadNetworkClient({ ...options, fetch: local });
    const given = { ...main, aadNetworkClient };
    const surroundings = { auth, scopes: ['api://tasks/.default'] };
    entra.failNext(90033, { status: 503, retryAfterSeconds: 0 });
    const used = { ...modules, 'aad-error-handler': given };
    const { result } = await runBlock(guide, 'outages', used, surroundings, ['result']).finally(() => entra.close());
    expect((result as { accessToken: string }).accessToken).not.toBe('');
  });

  test('diagnose', async () => {
    const log = vi.fn();
    const { status, body } = testing.graphErrorResponse('forbidden');
    const given = { error: { status, body }, accessToken: undefined, console: { log } };
    await runBlock(guide, 'diagnose', modules, given);
    expect(log.mock.calls[0]).toContain('missing-permission');
  });

  test('its table of findings names every rule of the doctor, and no other', () => {
    const section = readFileSync(guide, 'utf8').split('## Diagnosis of 401 and 403')[1]!.split('\n## ')[0]!;
    const named = section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => [...line.matchAll(/`([a-z]+-[a-z-]+)`/g)].map((match) => match[1]!));
    const files = ['token-rules', 'permission-rules', 'index'].map((name) =>
      readFileSync(`src/doctor/${name}.ts`, 'utf8'),
    );
    const ids = [...files.join('').matchAll(/\bid: '([a-z-]+)'/g)].map((match) => match[1]!);
    expect(named.sort()).toEqual(ids.sort());
  });

  test('explorer', async () => {
    vi.stubEnv('NODE_ENV', 'development');
    const app = express();
    await runBlock(guide, 'explorer', modules, { app, process });
    expect((await supertest(app).get('/errors').set(page)).text).toContain('Paste an error');
  });

  test('hooks', async () => {
    const app = express();
    app.get('/', (_req, _res, next) => {
      next(mfa);
    });
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await runBlock(guide, 'hooks', modules, { app, console: logger });
    await supertest(app).get('/');
    expect(logger.info).toHaveBeenCalledWith(
      expect.objectContaining({ code: 'AADSTS50076', kind: 'script' }),
      expect.any(String),
    );
  });

  test('language', async () => {
    const app = express();
    app.get('/', (_req, _res, next) => {
      next(mfa);
    });
    await runBlock(guide, 'language', modules, { app });
    const answer = await supertest(app).get('/').set('accept-language', 'el');
    expect([answer.headers['content-language'], (answer.body as { title: string }).title]).toEqual(['el', '…']);
  });

  test('testing', async () => {
    const { entra, client: made } = await runBlock(guide, 'testing', modules, {}, ['entra', 'client']);
    const call = (made as msal.ConfidentialClientApplication).acquireTokenByClientCredential({
      scopes: ['a/.default'],
    });
    await expect(call).rejects.toMatchObject({ errorNo: 50076 });
    await (entra as testing.LocalEntra).close();
  });

  test('core', async () => {
    const given = { error: mfa, method: 'GET', url: '/', headers: {} };
    expect(await runBlock(guide, 'core', modules, given, ['status'])).toEqual({ status: 401 });
  });
});

test('no block of the two is left out', () => {
  const blocks = ['README.md', guide].flatMap((path) =>
    codeBlocks(path)
      .filter(({ language }) => language === 'js')
      .map(({ mark, line }) => `${path} ${mark ?? `line ${String(line)}`}`),
  );
  expect([...run].sort()).toEqual(blocks.sort());
});
