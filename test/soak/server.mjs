/**
 * The applications under soak: Express 4 and 5, each with and without sign-in, every hook misbehaving in one of its ways.
 * Started by soak.mjs with --expose-gc; answers its questions over IPC.
 */
import { createServer } from 'node:http';
import express5 from 'express';
import express4 from 'express4';
import { changingError, mfaError, notAssigned } from '../bench/errors.mjs';
import { aadErrorHandler, interaction } from '../bench/handlers.mjs';
import { loadTypeScript } from '../bench/load-typescript.mjs';
import { withPlant } from '../bench/plant.mjs';

const { hooks, thrownShapes } = await loadTypeScript(new URL('../security/corpus.ts', import.meta.url));
const faults = { unhandledRejections: 0, uncaughtExceptions: 0 };
let lastFault = '';
for (const [event, name] of [
  ['unhandledRejection', 'unhandledRejections'],
  ['uncaughtException', 'uncaughtExceptions'],
]) {
  process.on(event, (error) => {
    faults[name] += 1;
    lastFault = String(error?.stack ?? error);
  });
}

const hooksByNumber = hooks.map(([, make]) => make());
let calls = 0;
/** The hooks of the corpus in turn: they throw, reject, never settle, take ten seconds, return traps. */
const nextHook = (...given) => {
  calls += 1;
  return hooksByNumber[calls % hooksByNumber.length](...given);
};
const logger = { info: nextHook, warn: nextHook, error: nextHook };

/** Everything that can be thrown, by number: the corpus, MSAL's own errors, errors that are never the same twice. */
const kinds = [
  ...thrownShapes.map(({ make }) => make),
  ...Array.from({ length: 20 }, () => mfaError),
  ...Array.from({ length: 20 }, () => notAssigned),
];
let errors = 0;
const thrown = (kind) => {
  errors += 1;
  return kind >= kinds.length ? changingError(errors) : kinds[kind]();
};

/** Own ways to start a sign-in: one answers, one fails, one never answers. */
const ownStarts = [
  (_request, response) => response.redirect(302, '/own-sign-in'),
  () => {
    throw new Error('the own start has a bug');
  },
  () => Promise.reject(new Error('the own start was rejected')),
];
let starts = 0;

const variants = {
  plain: {},
  interaction: { interaction: interaction() },
  'own-start': {
    interaction: { start: (...given) => ownStarts[(starts += 1) % ownStarts.length](...given) },
  },
  'own-page': { render: nextHook },
};

function application(express, isExpress4, variant) {
  const app = express();
  // Express's own handler answers what is handed on, and does not write it to the console.
  app.set('env', 'test');
  app.get('/next/:kind', (request, _response, next) => next(thrown(Number(request.params.kind))));
  app.get('/throw/:kind', (request) => {
    throw thrown(Number(request.params.kind));
  });
  app.get('/reject/:kind', async (request, _response, next) => {
    await undefined;
    if (isExpress4) next(thrown(Number(request.params.kind)));
    else throw thrown(Number(request.params.kind));
  });
  app.get('/late/:kind', (request, _response, next) => {
    setTimeout(() => next(thrown(Number(request.params.kind))), 20);
  });
  // Too late for an answer: Express can only close the connection.
  app.get('/half', (_request, response, next) => {
    response.write('half of an answer');
    next(mfaError());
  });
  app.post('/form', express.urlencoded({ extended: false }), (_request, _response, next) => next(mfaError()));
  app.get('/ok', (_request, response) => response.send('ok'));
  const guarded = withPlant(
    aadErrorHandler({
      exposeDetails: false,
      timeZone: 'UTC',
      onDecision: nextHook,
      onOperatorAlert: nextHook,
      operatorAlertIntervalSeconds: 0,
      logger,
      ...variants[variant],
    }),
  );
  app.use(guarded);
  // Some values of the corpus cannot be read at all, not even by Express's own handler.
  app.use((error, _request, response, next) => (response.headersSent ? next(error) : response.status(500).end()));
  return app;
}

const ports = [];
for (const [express, isExpress4] of [
  [express4, true],
  [express5, false],
]) {
  for (const variant of Object.keys(variants)) {
    const server = createServer(application(express, isExpress4, variant));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push(server.address().port);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
process.on('message', async (message) => {
  if (message !== 'sample') return;
  for (let run = 0; run < 4; run += 1) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send({
    heapUsed,
    external,
    handles: process.getActiveResourcesInfo().length,
    errors,
    hookCalls: calls,
    ...faults,
    lastFault,
  });
});
process.send({ ports, kinds: kinds.length });
