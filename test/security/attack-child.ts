/**
 * A whole process under attack: both Express majors, the corpus, and flags that end it at the first fault. Bundled and started by
 * process.test.ts; talks over IPC.
 */
import type { AddressInfo } from 'node:net';
import express5 from 'express';
import express4 from 'express4';
import { aadErrorHandler, type AadErrorHandlerOptions } from '../../src/index.js';
import { attackClaims, thrownShapes, tokenBody } from './corpus.js';

const versions: readonly (readonly [name: string, express: typeof express5, isExpress4: boolean])[] = [
  ['express4', express4, true],
  ['express5', express5, false],
];

function application(express: typeof express5, isExpress4: boolean, options: AadErrorHandlerOptions): express5.Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('env', 'test');
  const make = (request: express5.Request): unknown => thrownShapes[Number(request.params['shape'])]?.make();
  app.get('/throw/:shape', (request) => {
    throw make(request);
  });
  app.get('/next/:shape', (request, _response, next) => {
    next(make(request));
  });
  app.get('/reject/:shape', async (request, _response, next) => {
    if (isExpress4) next(make(request));
    else throw make(request);
  });
  app.get('/unique/:id', (request, _response, next) => {
    const id = request.params.id.padStart(12, '0');
    const claims = JSON.stringify({ access_token: { acrs: { value: id } } });
    const extra = { claims, error: 'interaction_required', trace_id: `00000000-0000-4000-8000-${id}` };
    setTimeout(next, Number(request.query['wait'] ?? 0), tokenBody(50076, extra));
  });
  // Hooks as they should not be: what they throw and reject with must end nothing.
  const fail = (): Promise<never> => Promise.reject(new Error('a hook failed'));
  const onOperatorAlert = (): never => {
    throw new Error('a hook failed');
  };
  const hooks = { onDecision: fail, onOperatorAlert, logger: { info: fail, warn: fail, error: fail } };
  app.use(aadErrorHandler({ timeZone: 'UTC', exposeDetails: false, ...hooks, ...options }));
  // Whatever is not ours ends here, unread.
  app.use(((_error: unknown, _request, response, _next) => {
    response.status(418).end();
  }) as express5.ErrorRequestHandler);
  return app;
}

/** Not the claims of the corpus: a field that holds what the prototype holds counts as absent. */
const pollutedClaims = attackClaims.replace('"c1"', '"evil.test"');

const pollution: Readonly<Record<string, unknown>> = {
  status: 200,
  headers: {
    location: 'https://evil.test/',
    'www-authenticate': `Bearer error="insufficient_claims", claims="${pollutedClaims}"`,
  },
  claims: pollutedClaims,
  redirectTo: 'https://evil.test/',
  // Names of our own shapes, each with a value that would change an answer.
  aadstsCodes: [50126],
  attempts: 2,
  flow: 'client-credentials',
  hasUser: false,
  oauthError: 'temporarily_unavailable',
  prompt: 'consent',
  realm: 'evil.test',
  retryAfterSeconds: 1,
  scopes: ['evil.test/.default'],
  situation: 'account-disabled',
  suberror: 'consent_required',
  undisclosed: { error: { description: 'evil.test' }, decision: {} },
  url: 'https://evil.test/',
};

const ports: Record<string, number> = {};

async function start(): Promise<void> {
  for (const [name, express, isExpress4] of versions) {
    for (const interaction of [undefined, '/login']) {
      const app = application(express, isExpress4, interaction === undefined ? {} : { interaction });
      const server = app.listen(0, '127.0.0.1');
      server.keepAliveTimeout = 0;
      await new Promise((resolve) => server.once('listening', resolve));
      ports[interaction === undefined ? name : `${name}-interaction`] = (server.address() as AddressInfo).port;
    }
  }
  process.send?.({ ports });
}

process.on('message', (message: unknown) => {
  if (message === 'pollute') {
    for (const [key, value] of Object.entries(pollution)) Reflect.set(Object.prototype, key, value);
    process.send?.('polluted');
  } else if (message === 'heap') {
    for (let run = 0; run < 3; run += 1) (globalThis as { gc?: () => void }).gc?.();
    process.send?.({ heap: process.memoryUsage().heapUsed });
  } else if (message === 'end') process.exit(0);
});

void start();
