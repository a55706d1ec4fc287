import { connect } from 'node:net';
import { Agent, createServer, request as sendRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfidentialClientApplication } from '@azure/msal-node';
import express5 from 'express';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  aadAuthResponse,
  aadErrorHandler,
  normalizeAadError,
  type AadAuthResponseOptions,
  type AadErrorHandlerOptions,
} from '../../src/index.js';
import { authorizationErrorResponse, createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { navigation, send } from '../support/browser-client.js';
import { bareChallenge, clients, expressVersions, readPage } from './support.js';

const state = 'state-of-this-sign-in';

/** An application with a redirect URI of its own, behind aadAuthResponse. */
function redirectApp(
  express: typeof express5,
  {
    check = {},
    handler = {},
    parser,
  }: { check?: AadAuthResponseOptions; handler?: AadErrorHandlerOptions; parser?: express5.RequestHandler } = {},
): { app: express5.Express; redeemed: unknown[]; failed: unknown[] } {
  const redeemed: unknown[] = [];
  const failed: unknown[] = [];
  const app = express();
  app.disable('x-powered-by');
  if (parser !== undefined) app.use(parser);
  app.all('/redirect', aadAuthResponse(check) as express5.RequestHandler, (request, response) => {
    redeemed.push({ query: request.query, body: request.body as unknown });
    response.send('redeemed');
  });
  app.use(aadErrorHandler({ exposeDetails: false, timeZone: 'UTC', ...handler }));
  app.use(((error: unknown, _request, response, _next) => {
    failed.push(error);
    response.status(418).end();
  }) as express5.ErrorRequestHandler);
  return { app, redeemed, failed };
}

describe.each(expressVersions)('aadAuthResponse, %s', (_name, express) => {
  const cancelled = authorizationErrorResponse(65004, { state });

  interface Case {
    readonly name: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly status: number;
    readonly action: string;
    readonly situation: string;
  }
  const cases: readonly Case[] = [
    {
      name: 'the user declined',
      fields: cancelled,
      status: 403,
      action: 'user_cancelled',
      situation: 'consent-declined',
    },
    {
      name: 'the user pressed back',
      fields: authorizationErrorResponse(undefined, { error: 'access_denied', subcode: 'cancel', state }),
      status: 403,
      action: 'user_cancelled',
      situation: 'sign-in-cancelled',
    },
    {
      name: 'cancelled at Azure AD B2C',
      fields: authorizationErrorResponse('AADB2C90091', { state }),
      status: 403,
      action: 'user_cancelled',
      situation: 'sign-in-cancelled',
    },
    {
      name: 'not assigned',
      fields: authorizationErrorResponse(50105, { state }),
      status: 403,
      action: 'contact_admin',
      situation: 'not-assigned-to-app',
    },
    {
      name: 'a wrong redirect URI',
      fields: authorizationErrorResponse(50011, { error: 'invalid_request', state }),
      status: 500,
      action: 'fix_config',
      situation: 'app-misconfigured',
    },
    {
      name: 'no session',
      fields: authorizationErrorResponse(50058, { error: 'login_required', state }),
      status: 401,
      action: 'interactive',
      situation: 'sign-in-needed',
    },
    {
      name: 'Entra is down',
      fields: authorizationErrorResponse(undefined, { error: 'temporarily_unavailable', state }),
      status: 503,
      action: 'retry',
      situation: 'service-unavailable',
    },
  ];

  describe.each(cases)('$name', ({ fields, status, action, situation }) => {
    test.each(['query', 'form_post', 'form_post with a body parser'] as const)('by %s', async (way) => {
      const { app, redeemed } = redirectApp(express, {
        ...(way === 'form_post with a body parser' && { parser: express.urlencoded({ extended: true }) }),
      });
      const request = supertest(app);
      const ask = (client: Readonly<Record<string, string>>): supertest.Test =>
        way === 'query'
          ? request.get('/redirect').query(fields).set(client)
          : request.post('/redirect').type('form').send(fields).set(client);
      const problem = await ask(clients.script);
      expect([problem.status, problem.body.action, problem.body.situation]).toEqual([status, action, situation]);
      expect(problem.body.instance).toBe('/redirect');
      expect(problem.headers['www-authenticate']).toBe(status === 401 ? bareChallenge : undefined);
      const page = await ask(clients.navigation);
      expect([page.status, page.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
      // The redirect URI with its used-up query is no place to come back to.
      const link = readPage(page.text).content.find((line) => line.startsWith('a: '));
      expect(link).toMatch(/ -> \/$/);
      // Nobody filled in a form: Entra posted it.
      expect(page.text).not.toContain('nothing was sent or saved');
      expect(page.headers['refresh'] ?? '').not.toContain('/redirect');
      expect(redeemed).toEqual([]);
    });
  });

  test('an ordinary answer passes: the code is redeemed by the application', async () => {
    const { app, redeemed } = redirectApp(express);
    expect((await supertest(app).get('/redirect?code=abc&state=x')).text).toBe('redeemed');
    expect((await supertest(app).post('/redirect').type('form').send({ code: 'abc', state: 'x' })).text).toBe(
      'redeemed',
    );
    expect(redeemed).toEqual([
      expect.objectContaining({ query: expect.objectContaining({ code: 'abc', state: 'x' }) }),
      // The form was read here: it stands where a body parser would have put it.
      expect.objectContaining({ body: { code: 'abc', state: 'x' } }),
    ]);
  });

  describe('a form that is no authorization response is the application’s', () => {
    /** An application that has the middleware before all its routes, and its own parser behind it. */
    function formApp(parser: express5.RequestHandler, before?: express5.RequestHandler): express5.Express {
      const app = express();
      if (before !== undefined) app.use(before);
      app.use(aadAuthResponse() as express5.RequestHandler);
      app.use(parser);
      app.post('/form', (request, response) => {
        response.json(request.body ?? null);
      });
      app.use(aadErrorHandler({ exposeDetails: false }));
      return app;
    }
    const many = Array.from({ length: 51 }, (_, index) => `f${String(index)}=${String(index)}`);
    const forms: readonly (readonly [name: string, text: string])[] = [
      ['of 51 fields', many.join('&')],
      ['with repeated fields', 'tag=a&tag=b&tag=c'],
      ['with an address in it', `street=x&state=NY&${many.join('&')}`],
      ['with a code in it', `code=SAVE10&item=1&item=2&${many.join('&')}`],
      ['with an error of its own', `error=out_of_paper&line=1&line=2&${many.join('&')}`],
      ['of 90 KB', `text=${'y'.repeat(90_000)}&last=1&last=2`],
      ['without a field', ''],
    ];
    const parsers = [
      ['urlencoded', express.urlencoded({ extended: false })],
      ['urlencoded, extended', express.urlencoded({ extended: true })],
      ['text', express.text({ type: () => true })],
    ] as const;

    test.each(parsers.flatMap(([name, parser]) => forms.map(([form, text]) => [form, name, text, parser] as const)))(
      'one %s, parsed as %s',
      async (_form, _parser, text, parser) => {
        const plain = express().use(parser).post('/form', (request, response) => { response.json(request.body ?? null); }); // prettier-ignore
        const send = async (app: express5.Express): Promise<unknown> =>
          (await supertest(app).post('/form').type('form').send(text)).text;
        const wanted = await send(plain);
        expect(await send(formApp(parser))).toBe(wanted);
        if (_parser !== 'text') expect(await send(formApp(parser, express.json()))).toBe(wanted);
      },
    );

    test('one that nobody parses stays unparsed, and the connection goes on', async () => {
      const bodies: unknown[] = [];
      const app = express();
      app.use(aadAuthResponse() as express5.RequestHandler);
      app.post('/form', (request, response) => {
        bodies.push(request.body);
        response.end('done');
      });
      const server = createServer(app);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const sockets = new Set<unknown>();
      try {
        for (const body of ['a=1', `b=${'x'.repeat(60_000)}`, `c=${'x'.repeat(300_000)}`, 'd=1', 'e=1']) {
          const text = await new Promise<string>((resolve, reject) => {
            const options = { port: (server.address() as AddressInfo).port, path: '/form', method: 'POST', agent };
            const headers = { 'content-type': 'application/x-www-form-urlencoded' };
            const request = sendRequest({ ...options, headers }, (response) => {
              let got = '';
              response.on('data', (chunk: Buffer) => (got += chunk.toString()));
              response.on('end', () => {
                resolve(got);
              });
            });
            request.on('socket', (socket) => sockets.add(socket)).on('error', reject);
            request.end(body);
          });
          expect(text).toBe('done');
        }
      } finally {
        agent.destroy();
        server.closeAllConnections();
        server.close();
      }
      expect(bodies).toEqual([undefined, undefined, undefined, undefined, undefined]);
    });

    test('one that arrives in pieces is read whole by whoever wants it', async () => {
      const app = express();
      app.use(aadAuthResponse() as express5.RequestHandler);
      app.post('/form', (request, response) => {
        // As an application without a parser reads: by events, or as a stream of its own.
        let size = 0;
        request.on('data', (chunk: Buffer) => (size += chunk.length));
        request.on('end', () => response.json([size, request.body ?? null]));
      });
      const server = createServer(app);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const pieces = ['a=1&', `b=${'x'.repeat(30_000)}`, '&c=2'];
      const text = await new Promise<string>((resolve, reject) => {
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        let got = '';
        socket.on('data', (chunk) => (got += chunk.toString()));
        socket.on('close', () => {
          resolve(got);
        });
        socket.on('error', reject);
        socket.write(
          'POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n',
        );
        const next = (): void => {
          const piece = pieces.shift();
          socket.write(piece === undefined ? '0\r\n\r\n' : `${piece.length.toString(16)}\r\n${piece}\r\n`);
          if (piece !== undefined) setTimeout(next, 15);
        };
        next();
      });
      server.close();
      expect(text).toContain('[30010,null]');
    });
  });

  test.each([true, false])('a code by form_post stands in the body, express.json before it: %s', async (hasJson) => {
    const { app, redeemed } = redirectApp(express, hasJson ? { parser: express.json() } : {});
    await supertest(app).post('/redirect').type('form').send({ code: 'abc', state: 'x' });
    expect(redeemed).toEqual([expect.objectContaining({ body: { code: 'abc', state: 'x' } })]);
  });

  test('an error of nobody we know passes as well', async () => {
    const { app } = redirectApp(express);
    expect((await supertest(app).get('/redirect?error=out_of_paper')).text).toBe('redeemed');
  });

  describe('checkState', () => {
    test('a state of this application: its error is answered', async () => {
      const seen: unknown[] = [];
      const { app } = redirectApp(express, {
        check: {
          checkState: (_request, given) => {
            seen.push(given);
            return given === state;
          },
        },
      });
      const answer = await supertest(app).get('/redirect').query(cancelled).set(clients.script);
      expect(answer.body.situation).toBe('consent-declined');
      expect(seen).toEqual([state]);
    });

    test.each([
      ['a foreign state', { ...cancelled, state: 'forged' }],
      ['no state', { error: 'access_denied', error_description: 'AADSTS65004: declined' }],
    ])('%s: a 400 page without code or text', async (_name, fields) => {
      const { app } = redirectApp(express, {
        check: { checkState: (_request, given) => Promise.resolve(given === state) },
        handler: { interaction: '/login' },
      });
      const page = await supertest(app).get('/redirect').query(fields).set(clients.navigation);
      expect(page.status).toBe(400);
      expect(page.headers).not.toHaveProperty('location');
      expect(page.text).not.toContain('65004');
      expect(page.text).not.toContain('declined');
      const problem = await supertest(app).get('/redirect').query(fields).set(clients.script);
      expect([problem.status, problem.body.code]).toEqual([400, undefined]);
    });

    test.each([
      [
        'throws',
        (): boolean => {
          throw new Error('the session store is down');
        },
      ],
      ['rejects', (): Promise<boolean> => Promise.reject(new Error('the session store is down'))],
    ])('that %s hands its own error on', async (_name, checkState) => {
      const { app, failed } = redirectApp(express, { check: { checkState } });
      expect((await supertest(app).get('/redirect').query(cancelled)).status).toBe(418);
      expect(failed).toEqual([expect.objectContaining({ message: 'the session store is down' })]);
    });
  });

  describe('what nobody should send', () => {
    test.each([
      ['the error twice', '/redirect?error=access_denied&error=%3Cscript%3E&state=x'],
      ['the description twice', '/redirect?error=access_denied&error_description=a&error_description=b'],
      ['array syntax', '/redirect?error[]=access_denied&error=access_denied'],
      ['object syntax', '/redirect?error[a]=1&error=access_denied&__proto__[x]=1'],
      ['a hundred other parameters behind it', `/redirect?error=access_denied&${'a=b&'.repeat(100)}`],
      ['broken percent signs', '/redirect?error=access_denied&error_description=%E0%A4%A&x=%'],
      ['a NUL', '/redirect?error=access_denied&error_description=a%00b'],
    ])('%s is read once and answered', async (_name, path) => {
      const { app, failed } = redirectApp(express);
      const answer = await supertest(app).get(path).set(clients.script);
      expect([answer.status, answer.body.situation]).toEqual([403, 'sign-in-cancelled']);
      expect(failed).toEqual([]);
    });

    test('a form of more than 64 KB is refused, not kept', async () => {
      const { app, failed } = redirectApp(express);
      const sent = supertest(app)
        .post('/redirect')
        .type('form')
        .send(`error=access_denied&x=${'y'.repeat(200_000)}`);
      expect((await sent).status).toBe(418);
      expect(failed).toEqual([expect.objectContaining({ message: 'the form is too large' })]);
    });

    describe('a form that stops half-way', () => {
      let server: Server;
      afterEach(() => server.close());

      test('ends the request, not the process', async () => {
        const { app, failed } = redirectApp(express);
        server = createServer(app);
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        await new Promise<void>((resolve) => socket.on('connect', resolve));
        socket.write(
          'POST /redirect HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\n\r\nerror=acc',
        );
        await new Promise((resolve) => setTimeout(resolve, 50));
        socket.destroy();
        await expect.poll(() => failed.length, { timeout: 2_000 }).toBe(1);
        expect((await supertest(server).get('/redirect?error=access_denied').set(clients.script)).status).toBe(403);
      });
    });

    test('claims in a callback start no challenge: anybody can write them there', async () => {
      const { app } = redirectApp(express, { handler: { interaction: '/login' } });
      const answer = await supertest(app)
        .get('/redirect')
        .query({
          error: 'interaction_required',
          error_description: 'AADSTS50076: x',
          claims: '{"id_token":{"evil":null}}',
        })
        .set(clients.script);
      expect(answer.body.action).toBe('interactive');
      expect(answer.text + JSON.stringify(answer.headers)).not.toContain('evil');
    });
  });

  test('a reload of a callback page never repeats the callback', async () => {
    const { app } = redirectApp(express, { handler: { homeUrl: '/start' } });
    const answer = await supertest(app)
      .get('/redirect')
      .query({ error: 'temporarily_unavailable', error_description: 'AADSTS90033: busy', state })
      .set(clients.navigation);
    expect(answer.status).toBe(503);
    expect(answer.headers['refresh']).toBe('30;url=/start?aad_reload=1');
  });

  test('an automatic sign-in after a callback error comes back to the start page, not to the callback', async () => {
    const { app } = redirectApp(express, { handler: { interaction: '/login', homeUrl: '/start' } });
    const answer = await supertest(app)
      .get('/redirect')
      .query({ error: 'login_required', error_description: 'AADSTS50058: x', state })
      .set(clients.navigation);
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toMatch(/^\/login\?ticket=[\w.~-]+$/);
  });

  test('the same error by form_post is a page with a button: no loop could be ended there', async () => {
    const { app } = redirectApp(express, { handler: { interaction: '/login', secret: 'x'.repeat(32) } });
    const fields = authorizationErrorResponse(50058, { error: 'login_required', state });
    const byQuery = await supertest(app).get('/redirect').query(fields).set(clients.navigation);
    expect([byQuery.status, byQuery.headers['location']]).toEqual([303, expect.stringMatching(/^\/login\?ticket=/)]);
    for (let round = 0; round < 4; round += 1) {
      // As browsers send it: without the SameSite=Lax cookies of the rounds before.
      const page = await supertest(app).post('/redirect').type('form').send(fields).set(clients.navigation);
      expect([page.status, page.headers['location']]).toEqual([401, undefined]);
      expect(readPage(page.text).content).toContainEqual(expect.stringMatching(/^a: Sign in -> \/login\?ticket=/));
    }
  });
});

describe.each(expressVersions)(
  'the redirect URI of an application, as the documentation writes it, %s',
  (_name, express) => {
    let entra: LocalEntra;
    let server: Server;
    beforeEach(async () => {
      entra = await createLocalEntra();
    });
    afterEach(async () => {
      server.close();
      await entra.close();
    });

    const redirectUri = 'http://localhost/redirect';

    /** The session is one variable: one person, one browser. */
    async function start(session: { account?: unknown }): Promise<string> {
      const client = new ConfidentialClientApplication(entra.msalConfiguration());
      const scopes = ['openid', 'profile', 'offline_access'];
      const app = express();
      const handle = async (request: express5.Request, response: express5.Response): Promise<void> => {
        try {
          const { account } = await client.acquireTokenByCode({
            code: request.query['code'] as string,
            scopes,
            redirectUri,
          });
          session.account = account;
        } catch (error) {
          const isRedeemed = normalizeAadError(error)?.aadstsCodes.includes(54005) === true;
          if (!isRedeemed || session.account === undefined) throw error;
        }
        response.redirect('/');
      };
      app.get('/redirect', aadAuthResponse() as express5.RequestHandler, (request, response, next) => {
        handle(request, response).catch(next);
      });
      app.use(aadErrorHandler({ exposeDetails: false }));
      server = createServer(app);
      await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
      const url = await client.getAuthCodeUrl({ scopes, redirectUri });
      const { location } = (await send(url)).headers;
      return `http://localhost:${String((server.address() as AddressInfo).port)}${location!.slice('http://localhost'.length)}`;
    }

    test('opened again with a session goes home (54005)', async () => {
      const callback = await start({});
      const answers = [await send(callback, { headers: navigation }), await send(callback, { headers: navigation })];
      expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual([
        [302, '/'],
        [302, '/'],
      ]);
      expect(entra.requests.filter(({ form }) => form['grant_type'] === 'authorization_code')).toHaveLength(2);
    });

    test('opened again without a session is a page that says so, and links home', async () => {
      const session: { account?: unknown } = {};
      const callback = await start(session);
      await send(callback, { headers: navigation });
      delete session.account;
      const page = await send(callback, { headers: navigation });
      expect(page.status).toBe(401);
      expect(readPage(page.body).title).toBe('This sign-in can no longer be used');
      expect(readPage(page.body).content.find((line) => line.startsWith('a: '))).toMatch(/ -> \/$/);
    });

    test('opened too late (70008) signs nobody in, session or not', async () => {
      const session = { account: { username: 'bob@contoso.test' } };
      const callback = await start(session);
      entra.failNext(70008, { error: 'invalid_grant', flow: 'authorization-code' });
      expect((await send(callback, { headers: navigation })).status).toBe(401);
    });
  },
);
