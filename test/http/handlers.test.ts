import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import express5 from 'express';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aadErrorHandler, type AadErrorHandlerOptions, type PageModel } from '../../src/index.js';
import type { AadAction } from '../../src/types.js';
import { english } from '../data/read-data.js';
import {
  bareChallenge,
  claims,
  clients,
  entraAnswer,
  errorOf,
  expressVersions,
  failingApp,
  ownHeaders,
} from './support.js';

/** What anybody may write into a callback; must not be shown by whoever answers. */
const attackerText = 'Call +1 (555) 013-4477 <b>now</b>';
const actions = Object.keys(errorOf) as AadAction[];

let rejections: unknown[];
const onRejection = (reason: unknown): void => {
  rejections.push(reason);
};
beforeEach(() => {
  rejections = [];
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onRejection);
  vi.restoreAllMocks();
  expect(rejections).toEqual([]);
});

interface Delegated extends Error {
  readonly status: number;
  readonly statusCode: number;
  readonly expose: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly aad: {
    readonly decision: { readonly action: string; readonly situation: string };
    readonly locale: string;
    readonly interaction?: { readonly url: string; readonly method: string };
  };
}

describe.each(expressVersions)('%s', (name, express) => {
  describe('delegate: true', () => {
    const statusOf: Readonly<Record<AadAction, number>> = {
      retry: 503,
      interactive: 401,
      claims_challenge: 401,
      consent: 401,
      admin_consent: 403,
      contact_admin: 403,
      fix_config: 500,
      user_cancelled: 403,
      unknown: 500,
    };

    test.each(actions)('%s: hands on a new http-errors error and leaves the thrown one as it was', async (action) => {
      const thrown = Object.freeze(errorOf[action]);
      const before = JSON.stringify(thrown);
      const { app, handedOn } = failingApp(express, thrown, { delegate: true });
      expect((await supertest(app).get('/mail').set(clients.navigation)).status).toBe(418);
      const error = handedOn[0] as Delegated;
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({
        status: statusOf[action],
        statusCode: statusOf[action],
        expose: true,
        message: error.aad.decision.situation,
        aad: { decision: { action }, locale: 'en' },
      });
      expect(error.headers).toEqual({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        vary: expect.stringContaining('Accept-Language'),
        ...(statusOf[action] === 401 && { 'www-authenticate': bareChallenge }),
        ...(action === 'retry' && { 'retry-after': '17' }),
      });
      expect(error.cause).toBe(thrown);
      expect(JSON.stringify(thrown)).toBe(before);
      // res.json(err) of a careless handler: the cause holds the server's text.
      expect(JSON.stringify(error)).not.toContain('error_description');
    });

    test('no error can redirect: with an interaction it is a 401 that says where the sign-in starts', async () => {
      const { app, handedOn } = failingApp(express, errorOf.interactive, { delegate: true, interaction: '/login' });
      const answer = await supertest(app).get('/mail').set(clients.navigation);
      const error = handedOn[0] as Delegated;
      expect(error.status).toBe(401);
      expect(error.headers).not.toHaveProperty('location');
      expect(error.headers['www-authenticate']).toBe(bareChallenge);
      expect(error.aad.interaction).toEqual({ url: expect.stringMatching(/^\/login\?ticket=/), method: 'GET' });
      expect(error.headers).not.toHaveProperty('set-cookie');
      expect(answer.headers['set-cookie']).toContainEqual(expect.stringMatching(/^aad-ticket-/));
    });

    describe("Express's own handler", () => {
      function bareApp(thrown: unknown, environment: string): express5.Express {
        vi.spyOn(console, 'error').mockReturnValue(undefined);
        const app = express();
        app.disable('x-powered-by');
        app.set('env', environment);
        app.get('/mail', (_request, _response, next) => {
          next(thrown);
        });
        app.use(aadErrorHandler({ delegate: true }));
        return app;
      }

      test.each(actions)('%s: our status, our headers, nothing of what Entra said', async (action) => {
        const app = bareApp(entraWith(action), 'production');
        const answer = await supertest(app).get('/mail').set(clients.api);
        const apiStatus = action === 'consent' ? 403 : statusOf[action];
        expect(answer.status).toBe(apiStatus);
        expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
        expect(answer.headers['vary']).toContain('Authorization');
        expect(answer.headers['www-authenticate'] !== undefined).toBe(apiStatus === 401 || action === 'consent');
        expect(answer.headers['retry-after']).toBe(action === 'retry' ? '17' : undefined);
        expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
        expect(answer.text).not.toContain('555');
      });

      test('outside production too: the stack is that of the new error', async () => {
        const answer = await supertest(bareApp(entraWith('contact_admin'), 'development')).get('/mail');
        expect(answer.status).toBe(403);
        expect(answer.text).toContain('not-assigned-to-app');
        expect(answer.text).not.toContain('555');
      });

      test('without delegate a foreign error reaches it unchanged', async () => {
        vi.spyOn(console, 'error').mockReturnValue(undefined);
        const app = express();
        app.get('/', (_request, _response, next) => {
          next(Object.assign(new Error('teapot'), { status: 418, expose: true }));
        });
        app.use(aadErrorHandler());
        expect((await supertest(app).get('/')).status).toBe(418);
      });
    });

    function entraWith(action: AadAction): object {
      const answer = structuredClone(errorOf[action]) as { body: Record<string, string> };
      answer.body['error_description'] = answer.body['error_description']!.replace(': ', `: ${attackerText} `);
      return answer;
    }

    test("an application's own handler gets everything it needs for an answer of its own", async () => {
      const app = express();
      app.get('/mail', (_request, _response, next) => {
        next(errorOf.claims_challenge);
      });
      app.use(aadErrorHandler({ delegate: true, interaction: '/login' }));
      app.use(((error: Delegated, _request, response, _next) => {
        response.status(error.status).set(error.headers).json({ message: error.message, aad: error.aad });
      }) as express5.ErrorRequestHandler);
      const answer = await supertest(app).get('/mail').set(clients.api);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_claims"');
      expect(answer.headers['content-type']).toContain('application/json');
      expect(answer.body).toMatchObject({
        message: 'mfa-required',
        aad: { decision: { action: 'claims_challenge', claims }, locale: 'en' },
      });
    });
  });

  describe('async routes', () => {
    const rejecting = (): Promise<never> => Promise.reject(Object.assign(new Error('x'), errorOf.contact_admin));

    test('the error of a rejected promise is answered', async () => {
      const app = express();
      // Express 4 needs the usual wrapper, which express-async-errors and its like install by themselves.
      const wrap =
        (handler: () => Promise<unknown>): express5.RequestHandler =>
        (_request, _response, next) => {
          handler().catch(next);
        };
      app.get('/', name === 'express 5' ? rejecting : wrap(rejecting));
      app.use(aadErrorHandler());
      const answer = await supertest(app).get('/').set(clients.script);
      expect([answer.status, answer.body.situation]).toEqual([403, 'not-assigned-to-app']);
    });

    test('a throw behind an await in a router of a router is answered, with the whole path as instance', async () => {
      const inner = express.Router();
      inner.get('/inbox', (_request, _response, next) => {
        void Promise.resolve().then(() => {
          next(errorOf.interactive);
        });
      });
      const app = express();
      app.use('/mail', inner);
      app.use(aadErrorHandler({ interaction: '/login' }));
      const answer = await supertest(app).get('/mail/inbox?folder=1').set(clients.script);
      expect(answer.body).toMatchObject({ status: 401, instance: '/mail/inbox' });
    });

    test('the handler works inside a router as well', async () => {
      const inner = express.Router();
      inner.get('/inbox', (_request, _response, next) => {
        next(errorOf.retry);
      });
      inner.use(aadErrorHandler());
      const app = express();
      app.use('/mail', inner);
      const answer = await supertest(app).get('/mail/inbox?a=1').set(clients.navigation);
      expect(answer.headers['refresh']).toBe('17;url=/mail/inbox?a=1&aad_reload=1');
    });
  });

  describe("an application's own handler after ours", () => {
    test.each([
      ['an Error', new Error('plain')],
      ['a frozen http error', Object.freeze(Object.assign(new Error('gone'), { status: 410 }))],
      ['a string', 'broken'],
      ['a number', 50076],
      ['a bare 503', Object.assign(new Error('Service Unavailable'), { status: 503 })],
      ['a refused connection to somewhere', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ])('gets %s, the very same value', async (_name, thrown) => {
      const { app, handedOn } = failingApp(express, thrown);
      expect((await supertest(app).get('/')).status).toBe(418);
      expect(handedOn).toHaveLength(1);
      expect(handedOn[0]).toBe(thrown);
    });

    test('does not see an error that was answered', async () => {
      const { app, handedOn } = failingApp(express, errorOf.contact_admin);
      await supertest(app).get('/').set(clients.navigation);
      expect(handedOn).toEqual([]);
    });

    test('gets the error when the answer has begun already', async () => {
      const { app, handedOn } = failingApp(express, errorOf.contact_admin, {}, (response) => {
        response.status(200).write('half');
      });
      app.use(((_error, _request, response, _next) => response.end()) as express5.ErrorRequestHandler);
      const answer = await supertest(app)
        .get('/')
        .catch((error: unknown) => error);
      expect(handedOn).toEqual([errorOf.contact_admin]);
      expect(answer).toBeDefined();
    });

    test('gets the error when the answer is complete already', async () => {
      const { app, handedOn } = failingApp(express, errorOf.contact_admin, {}, (response) => {
        response.status(200).send('whole');
      });
      const answer = await supertest(app).get('/');
      expect([answer.status, answer.text]).toEqual([200, 'whole']);
      expect(handedOn).toEqual([errorOf.contact_admin]);
    });
  });

  test('next called twice with the same error gives one whole answer', async () => {
    const handedOn: unknown[] = [];
    const app = express();
    app.get('/', (_request, _response, next) => {
      next(errorOf.contact_admin);
      next(errorOf.contact_admin);
    });
    app.use(aadErrorHandler());
    app.use(((error: unknown, _request, response, next) => {
      handedOn.push(error);
      if (response.headersSent) return;
      next(error);
    }) as express5.ErrorRequestHandler);
    const answer = await supertest(app).get('/').set(clients.navigation);
    expect(answer.status).toBe(403);
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text));
    expect(answer.text).toMatch(/<\/html>\n$/);
    expect(handedOn).toEqual([errorOf.contact_admin]);
  });

  test("next called twice where Express's own handler comes next: the answer arrives whole all the same", async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const app = express();
    app.get('/', (_request, _response, next) => {
      next(errorOf.contact_admin);
      next(errorOf.contact_admin);
    });
    app.use(aadErrorHandler());
    const answer = await supertest(app).get('/').set(clients.navigation);
    expect(answer.text).toMatch(/<\/html>\n$/);
  });

  test('two of our handlers: the first answers, the second never sees the error', async () => {
    const seen: unknown[] = [];
    const app = express();
    app.get('/', (_request, _response, next) => {
      next(errorOf.contact_admin);
    });
    app.use(aadErrorHandler());
    app.use(aadErrorHandler({ onDecision: (event) => seen.push(event) }));
    expect((await supertest(app).get('/').set(clients.navigation)).status).toBe(403);
    expect(seen).toEqual([]);
  });

  describe('requests that were aborted', () => {
    let server: Server;
    afterEach(() => server.close());

    test.each([
      ['the built-in page', {}],
      ['an own page that is being made', { render: () => new Promise<string>((r) => setTimeout(r, 60, '<p>own</p>')) }],
      ['a delegated error', { delegate: true }],
    ] as readonly (readonly [string, AadErrorHandlerOptions])[])(
      '%s: nothing is thrown, the next request is answered',
      async (_name, options) => {
        const handedOn: unknown[] = [];
        const app = express();
        const failed = new Promise<void>((resolve) => {
          app.get('/slow', (request, _response, next) => {
            request.on('close', () => {
              setTimeout(() => {
                next(errorOf.contact_admin);
                resolve();
              }, 10);
            });
          });
        });
        app.get('/fast', (_request, _response, next) => {
          next(errorOf.contact_admin);
        });
        app.use(aadErrorHandler(options));
        app.use(((error: unknown, _request, response, _next) => {
          handedOn.push(error);
          if (!response.destroyed) response.status(418).end();
        }) as express5.ErrorRequestHandler);
        server = createServer(app);
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as AddressInfo;
        const outgoing = httpRequest({ port, host: '127.0.0.1', path: '/slow', headers: clients.navigation });
        outgoing.on('error', () => undefined);
        outgoing.end();
        setTimeout(() => outgoing.destroy(), 30);
        await failed;
        // Nobody is there to be answered: the error goes on, as Express expects.
        expect(handedOn).toEqual([errorOf.contact_admin]);
        const answer = await supertest(server).get('/fast').set(clients.navigation);
        expect(answer.status).toBe(options.delegate === true ? 418 : 403);
      },
    );
  });

  describe('render', () => {
    const views = mkdtempSync(join(tmpdir(), 'aad-views-'));
    writeFileSync(join(views, 'aad.tpl'), '<!doctype html><h1>{title}</h1><a href="{url}">{label}</a>');
    writeFileSync(join(views, 'broken.tpl'), 'throws');

    /** A view engine of a few lines that escapes, as real ones do. */
    function withEngine(options: AadErrorHandlerOptions): express5.Express {
      const app = express();
      app.disable('x-powered-by');
      app.engine('tpl', (path, model, callback) => {
        if (path.endsWith('broken.tpl')) throw new Error('the template is broken');
        const { title, mainAction } = model as unknown as PageModel;
        const values: Readonly<Record<string, string>> = { title, url: mainAction.url, label: mainAction.label };
        callback(
          null,
          '<!doctype html><h1>{title}</h1><a href="{url}">{label}</a>'.replace(/\{(\w+)\}/g, (_whole, key: string) =>
            values[key]!.replaceAll('<', '&lt;'),
          ),
        );
      });
      app.set('views', views);
      app.set('view engine', 'tpl');
      app.get('/', (_request, _response, next) => {
        next(errorOf.contact_admin);
      });
      app.use(aadErrorHandler(options));
      return app;
    }

    test('a view of the engine becomes the page, with our status and headers', async () => {
      const answer = await supertest(withEngine({ render: 'aad' }))
        .get('/')
        .set(clients.navigation);
      expect(answer.status).toBe(403);
      const { title } = english.situations['not-assigned-to-app'] as { title: string };
      expect(answer.text).toBe(`<!doctype html><h1>${title}</h1><a href="/">${english.ui['goHome']!}</a>`);
      expect(ownHeaders(answer.headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
        'content-language': 'en',
        'content-length': String(Buffer.byteLength(answer.text)),
        // The page's own styles may apply; it may still not be framed.
        'content-security-policy': "frame-ancestors 'none'; base-uri 'none'",
      });
      expect(answer.headers).not.toHaveProperty('etag');
    });

    test('HEAD has the headers of the own page and no body', async () => {
      const app = withEngine({ render: 'aad' });
      const [get, head] = [
        await supertest(app).get('/').set(clients.navigation),
        await supertest(app).head('/').set(clients.navigation),
      ];
      expect(head.text).toBeFalsy();
      expect(ownHeaders(head.headers)).toEqual(ownHeaders(get.headers));
    });

    test('a function gets plain texts and places of this application', async () => {
      const models: PageModel[] = [];
      const app = withEngine({
        branding: { applicationName: 'Contoso <mail>' },
        render: (model) => {
          models.push(model);
          return '<!doctype html><title>ünïcode</title>';
        },
      });
      const answer = await supertest(app).get('/').set(clients.navigation).set('accept-language', 'ar');
      expect(answer.text).toBe('<!doctype html><title>ünïcode</title>');
      expect(models).toEqual([
        {
          locale: 'ar',
          direction: 'rtl',
          situation: 'not-assigned-to-app',
          action: 'contact_admin',
          title: expect.any(String),
          message: expect.any(String),
          nextStep: expect.any(String),
          helpDesk: expect.any(String),
          mainAction: { url: '/', label: expect.any(String) },
          adminConsentUrl: undefined,
          applicationName: 'Contoso <mail>',
          supportDetails: expect.stringContaining('AADSTS50105'),
        },
      ]);
    });

    test.each(['script', 'api'] as const)('a %s gets its problem document: nothing is rendered', async (kind) => {
      const render = vi.fn(() => '<p>own</p>');
      const answer = await supertest(withEngine({ render })).get('/').set(clients[kind]);
      expect(answer.body.situation).toBe('not-assigned-to-app');
      expect(render).not.toHaveBeenCalled();
    });

    const thenable = {
      then: (_resolve: unknown, reject: (reason: unknown) => void) => {
        reject(new Error('no'));
      },
    };
    test.each([
      [
        'throws',
        () => {
          throw new Error('no');
        },
      ],
      [
        'throws undefined',
        () => {
          throw undefined as unknown as Error;
        },
      ],
      ['rejects', () => Promise.reject(new Error('no'))],
      ['returns nothing', () => undefined],
      ['returns a number', () => 42],
      ['returns an object', () => ({ html: 'x' })],
      ['returns a blank page', () => ' \n'],
      ['returns a thenable that rejects', () => thenable],
    ])('a function that %s leaves the built-in page', async (_name, render) => {
      const app = withEngine({ render: render as NonNullable<AadErrorHandlerOptions['render']> });
      const answer = await supertest(app).get('/').set(clients.navigation);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('</html>');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    });

    test('a function that hangs leaves the built-in page after a second', async () => {
      const start = performance.now();
      const answer = await supertest(withEngine({ render: () => new Promise(() => undefined) }))
        .get('/')
        .set(clients.navigation);
      expect(answer.text).toContain('</html>');
      expect(performance.now() - start).toBeLessThan(2_500);
    });

    test.each([
      ['a view that does not exist', 'missing'],
      ['a view that throws', 'broken'],
    ])('%s leaves the built-in page', async (_name, render) => {
      const answer = await supertest(withEngine({ render })).get('/').set(clients.navigation);
      expect([answer.status, answer.text.includes('</html>')]).toEqual([403, true]);
    });

    test('a function that answers by itself is not answered over', async () => {
      const app = express();
      app.get('/', (_request, response, next) => {
        response.locals['answer'] = () => response.status(200).send('own answer');
        next(errorOf.contact_admin);
      });
      let current: express5.Response;
      app.use(((error, _request, response, next) => {
        current = response;
        next(error);
      }) as express5.ErrorRequestHandler);
      app.use(
        aadErrorHandler({
          render: () => {
            current.status(200).send('own answer');
            return '<p>second answer</p>';
          },
        }),
      );
      const answer = await supertest(app).get('/').set(clients.navigation);
      expect([answer.status, answer.text]).toEqual([200, 'own answer']);
    });

    test('a response that cannot be written goes to the next handler, not to the process', async () => {
      const { app, handedOn } = failingApp(
        express,
        errorOf.contact_admin,
        { render: () => '<p>own</p>' },
        (response) => {
          const setHeader = response.setHeader.bind(response);
          let broken = true;
          response.setHeader = (key: string, value: number | string | readonly string[]) => {
            if (broken && key === 'content-security-policy') {
              broken = false;
              throw new Error('somebody changed this response');
            }
            return setHeader(key, value);
          };
        },
      );
      expect((await supertest(app).get('/').set(clients.navigation)).status).toBe(418);
      expect(handedOn).toEqual([expect.objectContaining({ message: 'somebody changed this response' })]);
    });
  });

  describe("an application's own start of a sign-in", () => {
    test('is called for navigations that need a user, with the request that would solve the error', async () => {
      const start = vi.fn((_request: unknown, response: { end(text: string): void }) => {
        response.end('redirecting');
      });
      const { app } = failingApp(express, errorOf.claims_challenge, { interaction: { start } });
      const answer = await supertest(app).get('/mail?a=1').set(clients.navigation);
      expect([answer.status, answer.text]).toEqual([200, 'redirecting']);
      expect(start.mock.calls[0]?.slice(2)).toEqual([
        { action: 'claims_challenge', returnTo: '/mail?a=1', situation: 'mfa-required', code: 'AADSTS50076', claims },
      ]);
    });

    test.each([
      ['a script', 'script', 'get', errorOf.interactive],
      ['an API client', 'api', 'get', errorOf.interactive],
      ['a form post', 'navigation', 'post', errorOf.interactive],
      ['an error that no sign-in solves', 'navigation', 'get', errorOf.contact_admin],
    ] as const)('is not called for %s', async (_name, kind, method, error) => {
      const start = vi.fn();
      const { app } = failingApp(express, error, { interaction: { start } });
      expect((await supertest(app)[method]('/').set(clients[kind])).status).toBeGreaterThanOrEqual(401);
      expect(start).not.toHaveBeenCalled();
    });

    test.each([
      [
        'throws',
        () => {
          throw new Error('no');
        },
      ],
      ['rejects', () => Promise.reject(new Error('no'))],
    ])('that %s leaves the 401 page', async (_name, start) => {
      const { app } = failingApp(express, errorOf.interactive, { interaction: { start } });
      const answer = await supertest(app).get('/').set(clients.navigation);
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, bareChallenge]);
    });
  });

  test('hasUser: a function that throws counts as not known', async () => {
    const hasUser = (): boolean => {
      throw new Error('no session');
    };
    const { app } = failingApp(express, errorOf.interactive, { hasUser });
    expect((await supertest(app).get('/').set(clients.script)).body.action).toBe('interactive');
  });

  test('hasUser: false turns a sign-in into something the operator must do', async () => {
    const { app } = failingApp(express, errorOf.interactive, { hasUser: () => false, interaction: '/login' });
    const answer = await supertest(app).get('/').set(clients.navigation);
    expect(answer.status).toBe(500);
  });

  test('overrides decide, and the answer follows them', async () => {
    const { app } = failingApp(express, errorOf.contact_admin, {
      overrides: [
        { match: { code: 'AADSTS50105' }, use: { action: 'admin_consent', situation: 'admin-approval-needed' } },
      ],
    });
    const answer = await supertest(app).get('/').set(clients.script);
    expect(answer.body).toMatchObject({ status: 403, action: 'admin_consent', situation: 'admin-approval-needed' });
  });

  test('texts of the application replace ours by language, and are escaped', async () => {
    const { app } = failingApp(express, errorOf.contact_admin, {
      texts: { 'not-assigned-to-app': { en: { title: 'Ask <Ann> & Bob' }, nl: { title: 'Vraag het Ann' } } },
      branding: {
        applicationName: '"Mail" <b>',
        footer: "Contoso's <i>",
        links: [{ text: '<Help>', url: '/help?a=1&b=2' }],
      },
    });
    const english = await supertest(app).get('/').set(clients.navigation);
    expect(english.text).toContain('<h1>Ask &lt;Ann&gt; &amp; Bob</h1>');
    expect(english.text).toContain('<span>&quot;Mail&quot; &lt;b&gt;</span>');
    expect(english.text).toContain('<a href="/help?a=1&amp;b=2">&lt;Help&gt;</a>');
    expect(english.text).toContain('Contoso&#39;s &lt;i&gt;');
    const dutch = await supertest(app).get('/').set(clients.script).set('accept-language', 'nl');
    expect(dutch.body.title).toBe('Vraag het Ann');
  });

  describe('details for developers', () => {
    const shown = (environment: string | undefined, options: AadErrorHandlerOptions = {}): express5.Express => {
      vi.stubEnv('NODE_ENV', environment);
      try {
        const app = express();
        app.get('/', (_request, _response, next) => {
          next(entraAnswer(7000215, { description: `The secret of alice@contoso.example is wrong. ${attackerText}` }));
        });
        app.use(aadErrorHandler(options));
        return app;
      } finally {
        vi.unstubAllEnvs();
      }
    };

    test('production: ids only', async () => {
      const page = await supertest(shown('production')).get('/').set(clients.navigation);
      expect(page.text).not.toContain('For developers');
      const problem = await supertest(shown('production')).get('/').set(clients.script);
      expect(problem.body).not.toHaveProperty('developer');
      expect(problem.text + page.text).not.toMatch(/555|alice|client secret/i);
    });

    test('elsewhere: rule, trace and what to change, without the text of the server', async () => {
      const problem = await supertest(shown('development')).get('/').set(clients.script);
      expect(problem.body.developer).toMatchObject({
        rule: 'sign-in-cannot-help',
        trace: [{ rule: 'sign-in-cannot-help', because: expect.any(String) }],
        aadstsCodes: [7000215],
        remedy: expect.any(String),
      });
      const page = await supertest(shown('development')).get('/').set(clients.navigation);
      expect(page.text).toContain('For developers (not shown in production)');
      expect(problem.text + page.text).not.toMatch(/555|alice/);
    });

    test('exposeServerText adds it, redacted and escaped', async () => {
      const app = shown('development', { exposeServerText: true });
      const page = await supertest(app).get('/').set(clients.navigation);
      expect(page.text).toContain('&lt;b&gt;now&lt;/b&gt;');
      expect(page.text).not.toContain('<b>now');
      expect(page.text).not.toContain('alice@');
    });

    test('exposeServerText without exposeDetails shows nothing', async () => {
      const app = shown('production', { exposeServerText: true });
      expect((await supertest(app).get('/').set(clients.script)).text).not.toContain('555');
    });
  });
});
