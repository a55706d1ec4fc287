/** Streams that are not where they should be, and hooks of the application: S17, S19, S24. */
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import express5 from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import {
  aadAuthResponse,
  aadErrorHandler,
  listAadsts,
  msalInteraction,
  type AadErrorHandlerOptions,
} from '../../src/index.js';
import { errorOf, expressVersions } from '../http/support.js';
import { navigation } from '../support/browser-client.js';
import { hooks, tokenBody } from './corpus.js';
import { ask, askerNames, askers, count, inParallel, listen, victim, watchProcess } from './support.js';

watchProcess();

/** Milliseconds until the server has closed a connection on which a request was sent, and what came. */
function untilClosed(port: number, path: string): Promise<{ ms: number; text: string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const started = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`));
    socket.setTimeout(1_000, () => {
      socket.destroy();
      reject(new Error(`${path}: still open after a second`));
    });
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve({ ms: performance.now() - started, text });
    });
  });
}

describe.each(expressVersions)('%s', (_name, express) => {
  test('S17: headers flushed, partly written, ended, destroyed: handed on, and the connection ends within 100 ms', async () => {
    const handedOn: string[] = [];
    const errors: unknown[] = [];
    const app = express();
    // Express prints what reaches its own handler, but for tests.
    app.set('env', 'test');
    const stages: Readonly<Record<string, (response: express5.Response) => void>> = {
      '/flushed': (response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.flushHeaders();
      },
      '/written': (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half of i');
      },
      '/ended': (response) => {
        response.end('whole');
      },
      '/destroyed': (response) => {
        response.destroy();
      },
    };
    for (const [path, stage] of Object.entries(stages)) {
      app.get(path, (_request, response, next) => {
        stage(response);
        next(errorOf.contact_admin);
      });
    }
    app.use(aadErrorHandler());
    app.use(((error: unknown, request, _response, next) => {
      handedOn.push(request.path);
      errors.push(error);
      next(error);
    }) as express5.ErrorRequestHandler);
    const port = await listen(app);
    for (const path of Object.keys(stages)) {
      const tries = [await untilClosed(port, path), await untilClosed(port, path), await untilClosed(port, path)];
      expect(Math.min(...tries.map(({ ms }) => ms)), path).toBeLessThanOrEqual(100);
      for (const { text } of tries) expect(text, path).not.toMatch(/not-assigned|50105|problem\+json|<!doctype/);
      if (path === '/ended') expect(tries[0]!.text).toContain('whole');
      expect(
        handedOn.filter((other) => other === path),
        path,
      ).toHaveLength(3);
    }
    // Not one that was made by trying to answer after all.
    expect(errors.filter((error) => error !== errorOf.contact_admin)).toEqual([]);
  });

  describe('S19', () => {
    let server: Server;
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    test('S19: requests that are aborted at any moment leave nothing behind', async () => {
      const app = express();
      app.use((request, _response, next) => {
        setTimeout(next, Number(request.query['wait'] ?? 0), tokenBody(50105));
      });
      app.use(
        aadErrorHandler({
          interaction: '/login',
          render: async () => '<p>own</p>',
          onDecision: () => Promise.reject(new Error('x')),
        }),
      );
      app.use(((_error: unknown, _request, response, _next) => {
        if (!response.destroyed && !response.headersSent) response.status(418).end();
      }) as express5.ErrorRequestHandler);
      server = createServer(app);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const moments = Array.from({ length: count(1_000, 300) }, (_, index) => index);
      await inParallel(moments, 20, async (index) => {
        await new Promise<void>((resolve) => {
          const method = ['GET', 'POST', 'HEAD'][index % 3]!;
          const body = method === 'POST' ? 'content-length: 500\r\n\r\nhalf' : '\r\n';
          const text = `${method} /?wait=${String(index % 5)} HTTP/1.1\r\nhost: a\r\naccept: text/html\r\n${body}`;
          const socket = connect(port, '127.0.0.1', () => {
            socket.write(text.slice(0, index % 7 === 0 ? index % text.length : undefined));
            setTimeout(
              () => {
                if (index % 2 === 0) socket.resetAndDestroy();
                else socket.destroy();
                resolve();
              },
              (index * 7) % 12,
            );
          });
          socket.on('error', () => undefined);
          socket.resume();
        });
      });
      let open = -1;
      for (let waited = 0; waited < 1_000 && open !== 0; waited += 25) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        open = await new Promise<number>((resolve, reject) => {
          server.getConnections((error, number) => {
            if (error === null) resolve(number);
            else reject(error);
          });
        });
      }
      expect(open).toBe(0);
      expect((await ask(port, '/', { headers: askers.json })).status).toBe(403);
    });

    test('S19: a request whose body does not end is answered within 100 ms', async () => {
      const { app } = victim(express, () => tokenBody(50105));
      server = createServer(app);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const once = (): Promise<number> =>
        new Promise((resolve, reject) => {
          const started = performance.now();
          const socket = connect(port, '127.0.0.1', () =>
            socket.write('POST / HTTP/1.1\r\nhost: a\r\naccept: text/html\r\ncontent-length: 1000000\r\n\r\nhalf'),
          );
          socket.setTimeout(1_000, () => {
            reject(new Error('no answer'));
          });
          socket.on('error', reject);
          socket.once('data', (chunk) => {
            expect(chunk.toString()).toMatch(/^HTTP\/1\.1 403 /);
            resolve(performance.now() - started);
            socket.destroy();
          });
        });
      expect(Math.min(await once(), await once(), await once())).toBeLessThanOrEqual(100);
    });
  });
});

describe('S24', () => {
  /** Hooks that only listen: they run after the answer. */
  const listening: readonly (readonly [name: string, options: (hook: () => unknown) => AadErrorHandlerOptions])[] = [
    ['onDecision', (hook) => ({ onDecision: hook })],
    ['onOperatorAlert', (hook) => ({ onOperatorAlert: hook, operatorAlertIntervalSeconds: 0 })],
    ['logger', (hook) => ({ logger: { info: hook, warn: hook, error: hook } })],
    [
      'all of them',
      (hook) => ({ onDecision: hook, onOperatorAlert: hook, logger: { info: hook, warn: hook, error: hook } }),
    ],
  ];

  test.each(listening)(
    'S24: %s can neither delay nor change nor double an answer, whatever it does',
    async (_name, options) => {
      for (const [what, make] of hooks) {
        let calls = 0;
        const hook = make();
        const { app } = victim(
          express5,
          () => errorOf.fix_config,
          options((...given: unknown[]) => {
            calls += 1;
            return hook(...given);
          }),
        );
        const plain = victim(express5, () => errorOf.fix_config).app;
        const [port, plainPort] = [await listen(app), await listen(plain)];
        for (const asker of askerNames) {
          const [reply, expected] = [
            await ask(port, '/', { headers: askers[asker] }),
            await ask(plainPort, '/', { headers: askers[asker] }),
          ];
          expect([what, reply.status, reply.body]).toEqual([what, 500, expected.body]);
        }
        await new Promise((resolve) => setImmediate(resolve));
        expect(calls, what).toBeGreaterThanOrEqual(askerNames.length);
      }
    },
  );

  /** The ways to a page; each writes the answer at its own time. */
  const ways: readonly (readonly [name: string, options: AadErrorHandlerOptions])[] = [
    ['the built-in page', {}],
    ['render', { render: () => '<p>own</p>' }],
    ['render that takes its time', { render: () => new Promise((resolve) => setTimeout(resolve, 20, '<p>own</p>')) }],
    ['render that fails', { render: () => Promise.reject(new Error('x')) }],
    ['start', { interaction: { start: (_request, response) => response.end('own') } }],
    [
      'start that takes its time',
      {
        interaction: {
          start: async (_request, response) => {
            await new Promise((resolve) => setTimeout(resolve, 20));
            response.end('own');
          },
        },
      },
    ],
  ];

  test.each(ways)('S24: every hook runs once the answer is written, with %s', async (_name, way) => {
    for (const [name, options] of listening) {
      const seen: unknown[] = [];
      let answered: express5.Response | undefined;
      const { app } = victim(
        express5,
        (request) => {
          answered = request.res;
          return way.interaction === undefined ? errorOf.fix_config : errorOf.interactive;
        },
        {
          ...way,
          ...options(() => seen.push([answered?.headersSent, answered?.writableEnded])),
        },
      );
      const reply = await ask(await listen(app), '/', { headers: navigation });
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (name !== 'onOperatorAlert' || way.interaction === undefined) expect(seen.length, name).toBeGreaterThan(0);
      for (const one of seen) expect([name, one]).toEqual([name, [true, true]]);
      if (_name === 'render' || _name.startsWith('start')) expect(reply.body).toMatch(/own/);
    }
  });

  test('S24: a hook that spoils what it got spoils it for no other hook', async () => {
    const seen: unknown[] = [];
    const [, spoil] = hooks.find(([name]) => name === 'changes what it was given')!;
    const { app } = victim(express5, () => errorOf.fix_config, {
      onDecision: spoil(),
      onOperatorAlert: (event) => seen.push(event.action),
    });
    await ask(await listen(app), '/', { headers: askers.json });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['fix_config']);
  });

  test('S24: hooks that take part (render, hasUser, checkState, getAccount) leave an answer within a second', async () => {
    const slow = { headers: navigation, timeoutMs: 1_200 } as const;
    await inParallel(hooks, hooks.length, async ([what, make]) => {
      const page = victim(express5, () => errorOf.contact_admin, { render: make() as () => string });
      const reply = await ask(await listen(page.app), '/', slow);
      expect([what, reply.status, reply.bytes.length]).toEqual([what, 403, Number(reply.headers['content-length'])]);
      expect(page.handedOn, what).toEqual([]);

      // A hook that gets the request can do with it what it likes.
      if (what === 'changes what it was given') return;
      if (!what.startsWith('rejects')) {
        const user = victim(express5, () => errorOf.contact_admin, { hasUser: make() as () => boolean });
        expect([what, (await ask(await listen(user.app), '/', slow)).status]).toEqual([what, 403]);
      }

      const callback = express5();
      callback.use('/redirect', aadAuthResponse({ checkState: make() as () => boolean }), (_request, response) => {
        response.status(200).end('passed');
      });
      callback.use(aadErrorHandler({ exposeDetails: false }));
      callback.use(((_error: unknown, _request, response, _next) => {
        response.status(500).end();
      }) as express5.ErrorRequestHandler);
      const checked = await ask(await listen(callback), '/redirect?error=access_denied&state=x', slow);
      expect([400, 403, 500], what).toContain(checked.status);

      const signIn = express5();
      const auth = msalInteraction({
        client: {
          getAuthCodeUrl: async () => 'https://login.example/authorize',
          acquireTokenByCode: async () => undefined,
        },
        baseUrl: 'http://localhost',
        secret: 'an invented secret of more than 32 characters',
        onSignedIn: () => undefined,
        getAccount: make() as () => undefined,
      });
      signIn.use(auth.router);
      expect([what, (await ask(await listen(signIn), '/auth/sign-in', slow)).status]).toEqual([what, 303]);
    });
  });

  test.each([
    ['a text', express5.text({ type: () => true })],
    ['bytes', express5.raw({ type: () => true })],
    ['an object', express5.urlencoded({ extended: false })],
    [
      'nothing: somebody read it',
      (request: express5.Request, _response: express5.Response, next: express5.NextFunction) => {
        request.resume();
        request.on('end', () => setImmediate(next));
      },
    ],
  ] as const)('S24: a form that the application has read as %s is no hang', async (_name, parser) => {
    const app = express5();
    app.use(parser as express5.RequestHandler);
    app.post('/redirect', aadAuthResponse(), (_request, response) => {
      response.status(204).end();
    });
    app.use(aadErrorHandler({ exposeDetails: false }));
    const reply = await ask(await listen(app), '/redirect', {
      method: 'POST',
      headers: { ...navigation, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'error=access_denied&error_description=AADSTS65004',
    });
    expect([204, 403]).toContain(reply.status);
    if (!_name.startsWith('nothing')) expect(reply.status).toBe(403);
  });
});

test('S27: what is remembered of alerts is bounded: after 200 other reasons the first one is told again', async () => {
  let code = 0;
  const alerts: string[] = [];
  const { app } = victim(express5, () => tokenBody(code, { error: 'invalid_client' }), {
    // Reasons that the catalogue knows: those that it does not know are one.
    overrides: [{ match: { oauthError: 'invalid_client' }, use: { action: 'fix_config' } }],
    onOperatorAlert: (event) => alerts.push(event.code ?? ''),
  });
  const port = await listen(app);
  const fail = async (next: number): Promise<void> => {
    code = next;
    await ask(port, '/', { headers: askers.json });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const [first, ...others] = listAadsts()
    .slice(0, 201)
    .map((row) => Number(row.code));
  await fail(first!);
  await fail(first!);
  expect(alerts).toHaveLength(1);
  for (const reason of others) await fail(reason);
  expect(alerts).toHaveLength(201);
  // Only the oldest one was forgotten.
  await fail(others[0]!);
  expect(alerts).toHaveLength(201);
  await fail(first!);
  expect(alerts.filter((told) => told === `AADSTS${String(first)}`)).toHaveLength(2);
});
