/** What MIGRATION.md says of hand-written handlers and passport-azure-ad: its code runs as it stands, its table is measured. */
import * as msal from '@azure/msal-node';
import express, { type Express } from 'express';
import session from 'express-session';
import passport from 'passport';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as main from '../../src/index.js';
import { createLocalEntra, type FailurePlan, type LocalEntra } from '../../src/testing/index.js';
import { authorizations, listen, openBrowser, secret, type Running } from '../interaction/support.js';
import { navigation, script, send, type Exchange } from '../support/browser-client.js';
import { runBlock, tableUnder } from './document-code.js';

const guide = 'examples/MIGRATION.md';
const modules = {
  '@azure/msal-node': msal,
  express: { default: express },
  'express-session': { default: session },
  passport: { default: passport },
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

describe('From a hand-written handler', () => {
  const claims = '{"access_token":{"capolids":{"essential":true,"values":["11111111-2222-4333-8444-555555555555"]}}}';
  const mfa = { code: 50076, claims, suberror: 'basic_action' };

  /** A row of the table: how the token call is refused, and who asks. */
  interface Failure {
    readonly what: string;
    readonly by: 'page' | 'fetch' | 'form';
    readonly plan?: FailurePlan;
    readonly headers: Readonly<Record<string, string>>;
    readonly method?: string;
    /** The second call of the same client fails, without a request. */
    readonly again?: boolean;
    /** MSAL speaks through aadNetworkClient, which is led to LocalEntra as DNS would lead it to Entra. */
    readonly ownTransport?: boolean;
  }
  const page = { by: 'page', headers: navigation } as const;
  const failures: readonly Failure[] = [
    { ...page, what: '50076 with claims, basic_action', plan: mfa },
    { ...page, what: '50076 with claims, no suberror', plan: { ...mfa, suberror: null } },
    {
      ...page,
      what: "the same, aadNetworkClient as MSAL's transport",
      plan: { ...mfa, suberror: null },
      ownTransport: true,
    },
    { what: '50076 with claims, basic_action', by: 'fetch', plan: mfa, headers: script },
    { what: '50076 with claims, basic_action', by: 'form', plan: mfa, headers: navigation, method: 'POST' },
    {
      ...page,
      what: '70043, token_expired: sign-in frequency',
      plan: { code: 70043, error: 'invalid_grant', suberror: 'token_expired' },
    },
    {
      ...page,
      what: '700082: refresh token expired, no suberror',
      plan: { code: 700082, error: 'invalid_grant', suberror: null },
    },
    { ...page, what: '65001, consent_required', plan: { code: 65001, suberror: 'consent_required' } },
    {
      ...page,
      what: '50105: not assigned to the application',
      plan: { code: 50105, error: 'interaction_required' },
    },
    { ...page, what: '90033: Entra is unavailable, 503', plan: { code: 90033, status: 503 } },
    { ...page, what: "MSAL's own throttle after that", plan: { code: 90033, status: 503 }, again: true },
    { ...page, what: 'connection refused', plan: { outage: 'refuse' } },
    { ...page, what: '7000215: client secret invalid', plan: { code: 7000215 } },
    { ...page, what: 'an error of the application itself' },
  ];

  /** The answer of a handler of the document to what MSAL throws, in the words of the table. */
  async function answerOf(handler: express.ErrorRequestHandler, failure: Failure, isOurs: boolean): Promise<string> {
    const { plan, headers, method = 'GET', again, ownTransport } = failure;
    const networkClient = main.aadNetworkClient({ fetch: (url, init) => fetch(entra.localUrl(url), init) });
    const { auth, system } = entra.msalConfiguration();
    const client = new msal.ConfidentialClientApplication({
      auth,
      system: ownTransport === true ? { networkClient } : system,
    });
    const scopes = ['api://tasks/Tasks.Read'];
    const call = async (): Promise<void> => {
      if (plan === undefined) throw new Error('a bug');
      const oboAssertion = await entra.accessToken({ user: 'alice@contoso.test' });
      await client.acquireTokenOnBehalfOf({ oboAssertion, scopes });
    };
    const app = express();
    app.all('/page', async () => {
      if (again === true) await call().catch(() => undefined);
      await call().catch((error: unknown) => {
        // Our handler's application names its scopes, as the document asks.
        throw isOurs ? (main.normalizeAadError(error, { scopes, flow: 'silent' }) ?? error) : error;
      });
    });
    app.use(handler);
    app.use((error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response
        .status(500)
        .type('text')
        .send(error.message === 'a bug' ? 'passed on' : 'unhandled');
    });
    entra.clearPlans();
    if (plan !== undefined) entra.failNext({ ...plan, flow: 'on-behalf-of' });
    return wordsFor(await send(`${await serve(app)}/page`, { method, headers }), isOurs);
  }

  /** What the ticket of a redirect holds is sealed: the route at /login reads it. */
  async function wordsFor(answer: Exchange, isOurs: boolean): Promise<string> {
    const { status, headers, body } = answer;
    const type = headers['content-type'] ?? '';
    if (status === 302) return `302${headers.location === '/login' ? ', no claims' : ''}`;
    if (status === 303) return `303${await contentOf(answer)}`;
    if (!isOurs || body === 'passed on') return isOurs ? '500, passed on' : '500';
    const kind = type.startsWith('text/html') ? ' page' : ' problem';
    const extra = headers['retry-after'] !== undefined ? ', Retry-After' : '';
    return `${String(status)}${kind}${body.includes('"interaction":') ? ', interaction' : extra}`;
  }

  async function contentOf({ headers }: Exchange): Promise<string> {
    const app = express();
    app.get('/login', (request, response) => {
      const wanted = main.readInteractionTicket(request, { secret });
      response.send(wanted?.claims !== undefined ? ' with claims' : wanted?.action === 'consent' ? ' with scopes' : '');
    });
    const url = await serve(app);
    const cookie = (headers['set-cookie'] ?? []).map((value) => value.split(';')[0]).join('; ');
    return (await send(url + headers.location!, { headers: { cookie } })).body;
  }

  test('both handlers of the document answer as its table says', async () => {
    type Exports = Readonly<{ handler: express.ErrorRequestHandler }>;
    vi.stubEnv('SESSION_SECRET', secret);
    const before = await runBlock<Exports>(guide, 'before', modules);
    const after = await runBlock<Exports>(guide, 'after', modules);
    vi.unstubAllEnvs();
    const measured: string[][] = [];
    for (const failure of failures) {
      const answers = [await answerOf(before.handler, failure, false), await answerOf(after.handler, failure, true)];
      measured.push([failure.what, failure.by, ...answers]);
    }
    expect(tableUnder(guide, 'From a hand-written handler')).toEqual(measured);
  });
});

describe('From passport-azure-ad', () => {
  /** It has no types; as a constant of a literal type the compiler would look for them. */
  const packageName: string = 'passport-azure-ad';
  /** The real strategy; only its metadata, which it reads over https, is stood in for. */
  async function start(): Promise<string> {
    const { OIDCStrategy } = (await import(packageName)) as {
      OIDCStrategy: new (options: object, verify: () => void) => object;
    };
    const { addFailures } = await runBlock<{ addFailures(app: Express, options: { secret: string }): void }>(
      guide,
      'passport-azure-ad',
      modules,
    );
    const app = express();
    const url = await serve(app);
    const strategy = new OIDCStrategy(
      {
        identityMetadata: `https://login.microsoftonline.com/${entra.tenantId}/v2.0/.well-known/openid-configuration`,
        clientID: entra.clientId,
        clientSecret: entra.clientSecret,
        responseType: 'code',
        responseMode: 'form_post',
        redirectUrl: `${url}/auth/redirect`,
        allowHttpForRedirectUrl: true,
        loggingLevel: 'fatal',
        loggingNoPII: false,
      },
      () => undefined,
    );
    const endpoints = {
      authorization_endpoint: `${entra.authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${entra.authority}/oauth2/v2.0/token`,
      clientID: entra.clientId,
      clientSecret: entra.clientSecret,
      redirectUrl: `${url}/auth/redirect`,
      responseType: 'code',
      responseMode: 'form_post',
      scope: 'openid',
    };
    Object.assign(strategy, {
      setOptions: (params: object, oauthConfig: object, _validate: object, next: () => void) => {
        Object.assign(oauthConfig, endpoints, params);
        next();
      },
    });
    passport.use(strategy);
    app.use(session({ secret, resave: false, saveUninitialized: false }));
    app.get('/tasks', () => {
      throw main.normalizeAadError({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076], claims });
    });
    addFailures(app, { secret });
    return url;
  }
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

  test('the claims of a failed call reach /authorize', async () => {
    await openBrowser().visit(`${await start()}/tasks`);
    expect(authorizations(entra).at(-1)).toMatchObject({ claims, response_mode: 'form_post' });
  });

  test('a refused token call is an answer of the handler, where passport alone says 401', async () => {
    entra.failNext(7000215);
    const steps = await openBrowser().visit(`${await start()}/login`);
    expect(steps.at(-1)!.status).toBe(500);
    expect(steps.at(-1)!.body).toContain('AADSTS7000215');
  });

  test('a sign-in that the person leaves at Entra is a page that offers another try', async () => {
    entra.failNext({ flow: 'authorize', error: 'access_denied', subcode: 'cancel' });
    const steps = await openBrowser().visit(`${await start()}/login`);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.at(-1)!.body).toContain('The sign-in was cancelled');
  });
});
