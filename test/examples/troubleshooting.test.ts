/** The code of TROUBLESHOOTING.md, run as it stands there. */
import { InteractionRequiredAuthError } from '@azure/msal-node';
import express5, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import express4 from 'express4';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as main from '../../src/index.js';
import { createAadError } from '../../src/testing/index.js';
import { listen, type Running } from '../interaction/support.js';
import { navigation, send, type Exchange } from '../support/browser-client.js';
import { runBlock } from './document-code.js';

const guide = 'examples/TROUBLESHOOTING.md';
const block = <Exports>(mark: string): Promise<Exports> => runBlock(guide, mark, { 'aad-error-handler': main });
const denied = { error: 'interaction_required', error_description: 'AADSTS50105: not assigned', error_codes: [50105] };

const running: Running[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const server of running.splice(0)) server.close();
});

async function get(
  app: Express,
  path: string,
  headers: Readonly<Record<string, string>> = navigation,
): Promise<Exchange> {
  const server = await listen(app);
  running.push(server);
  return send(`http://localhost:${String(server.port)}${path}`, { headers });
}

function failing(handler: ErrorRequestHandler): Express {
  const app = express5();
  app.get('/page', () => {
    throw Object.assign(new Error('refused'), denied);
  });
  app.use(handler);
  return app;
}

describe('code of TROUBLESHOOTING.md', () => {
  test('the hook prints action, code and rule', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await get(failing((await block<{ handler: ErrorRequestHandler }>('hook')).handler), '/page');
    await vi.waitFor(() => {
      expect(log).toHaveBeenCalledWith('contact_admin', 'AADSTS50105', 'sign-in-cannot-help', undefined);
    });
  });

  test('mode: api under its own path answers a browser with a problem, pages elsewhere stay pages', async () => {
    const { mount } = await block<{ mount(app: Express, parts: object): void }>('api');
    const app = express5();
    const fail: RequestHandler = () => {
      throw main.normalizeAadError(denied);
    };
    const routes = () => express5.Router().get('/page', fail);
    mount(app, { apiRoutes: routes(), pageRoutes: routes(), auth: '/login' });
    expect((await get(app, '/api/page')).headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((await get(app, '/page')).headers['content-type']).toMatch(/^text\/html/);
  });

  test('a bare network failure is answered where the application says that it is of the identity platform', async () => {
    const { fromEntra } = await block<{ fromEntra(error: unknown): unknown }>('confirmed');
    const failure = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error(), { code: 'ECONNRESET' }),
    });
    const statusOf = async (thrown: unknown): Promise<number> => {
      const app = express5();
      app.get('/page', () => {
        throw thrown;
      });
      app.use(main.aadErrorHandler());
      app.use((_error: unknown, _request: unknown, response: express5.Response, _next: unknown) => {
        response.sendStatus(418);
      });
      return (await get(app, '/page')).status;
    };
    expect(await statusOf(failure)).toBe(418);
    expect(await statusOf(fromEntra(failure))).toBe(503);
    const foreign = new Error('a bug');
    expect(fromEntra(foreign)).toBe(foreign);
  });

  test('the route of Express 4 hands on what its promise rejects with', async () => {
    const { route } = await block<{ route(handle: unknown): RequestHandler }>('route');
    const app = express4();
    app.get(
      '/page',
      route(async () => Promise.reject(main.normalizeAadError(denied)!)),
    );
    app.use(main.aadErrorHandler({ exposeDetails: false }));
    expect((await get(app, '/page')).status).toBe(403);
  });

  test.each([
    ['a step-up', createAadError({ code: 50076, suberror: 'basic_action' }), true],
    ['a ServerError about sign-in frequency', createAadError({ code: 70043, suberror: 'token_expired' }), true],
    ['a user who is not assigned', createAadError({ code: 50105, error: 'interaction_required' }), false],
    ['an error of the application', new Error('a bug'), false],
  ])('needsUser judges %s without instanceof', async (_what, thrown, expected) => {
    const { needsUser } = await block<{ needsUser(thrown: unknown): boolean }>('needs-user');
    expect(thrown).not.toBeInstanceOf(InteractionRequiredAuthError);
    expect(needsUser(thrown)).toBe(expected);
  });

  test('an override of one row changes the answer', async () => {
    const { handler } = await block<{ handler: ErrorRequestHandler }>('override');
    const { body } = await get(failing(handler), '/page', { accept: 'application/json' });
    expect(JSON.parse(body)).toMatchObject({ action: 'admin_consent', code: 'AADSTS50105' });
  });
});
