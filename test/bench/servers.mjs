// All scenarios in one process, each on its own port, so that they share one heap, one JIT and one noisy neighbour.
import { createServer } from 'node:http';
import { InteractionRequiredAuthError, ServerError } from '@azure/msal-node';
import express from 'express';
import { aadErrorHandler, createAadResponder, msalInteraction } from 'aad-error-handler';

const ids = ['8c0fcbae-86be-438f-be93-9a8647a78214', '1e8392e2-c2a4-4515-b980-fea3698ba21c'];
const tail = `\r\nTrace ID: ${ids[1]}\r\nCorrelation ID: ${ids[0]}\r\nTimestamp: 2026-11-21 09:09:30Z`;
const claims = '{"access_token":{"capolids":{"essential":true,"values":["11111111-2222-4333-8444-555555555555"]}}}';
const text = `AADSTS50076: Due to a change made by your administrator, you must use multifactor authentication.${tail}`;

/** Fresh errors, as MSAL makes them: a reused one hides the cost of reading it. */
export const mfaError = () =>
  new InteractionRequiredAuthError(
    'invalid_grant',
    ids[0],
    text,
    'basic_action',
    '2026-11-21 09:09:30Z',
    ids[1],
    claims,
    '50076',
  );
export const notAssigned = () =>
  new ServerError(
    'access_denied',
    ids[0],
    `Error(s): 50105 - Timestamp: x - Description: ${text.replace('50076', '50105')}`,
    '',
    '50105',
  );
const plain = () => new Error('the application has a bug of its own');

const interaction = () =>
  msalInteraction({
    client: { getAuthCodeUrl: async () => '', acquireTokenByCode: async () => ({}) },
    baseUrl: 'http://localhost:3000',
    secret: 'a bench secret of more than thirty-two characters',
    onSignedIn: () => undefined,
  });
const ours = (options = {}) => aadErrorHandler({ exposeDetails: false, onDecision: () => undefined, ...options });
const bareHandler = (error, _req, res, _next) => {
  res.status(401).json({ error: 'unauthorized', message: 'sign in again' });
};

/** The very bytes of our answers, for the floor and for what a developer would write by hand. */
const responder = createAadResponder({ exposeDetails: false });
const json = responder.respond(mfaError(), {
  method: 'GET',
  url: '/fail',
  headers: { accept: 'application/json' },
}).response;
const html = responder.respond(notAssigned(), {
  method: 'GET',
  url: '/fail',
  headers: { accept: 'text/html' },
}).response;
const page4k = '<!doctype html>' + 'x'.repeat(4_080);

const failing = (make, ...handlers) => {
  const app = express();
  app.get('/fail', (_req, _res, next) => next(make()));
  for (const handler of handlers) app.use(handler);
  return app;
};
const succeeding = (...handlers) => {
  const app = express();
  app.get('/fail', (_req, res) => res.json({ ok: true }));
  for (const handler of handlers) app.use(handler);
  return app;
};

const asJson = { accept: 'application/json' };
const asPage = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-language': 'nl,en;q=0.8',
};
const asApi = { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' };

/** name -> [application, request headers] */
export const scenarios = new Map([
  ['bare', [failing(mfaError, bareHandler), asJson]],
  ['bare again (control)', [failing(mfaError, bareHandler), asJson]],
  ['bare, plain Error', [failing(plain, bareHandler), asJson]],
  [
    'same document by res.json',
    [
      failing(mfaError, (_e, _q, res, _n) => {
        for (const [k, v] of Object.entries(json.headers)) res.setHeader(k, v);
        res.status(json.status).json(JSON.parse(json.body));
      }),
      asJson,
    ],
  ],
  [
    'same bytes by res.end',
    [
      failing(mfaError, (_e, _q, res, _n) => {
        res.statusCode = json.status;
        for (const k in json.headers) res.setHeader(k, json.headers[k]);
        res.end(json.body);
      }),
      asJson,
    ],
  ],
  ['our JSON', [failing(mfaError, ours()), asJson]],
  ['our API challenge', [failing(mfaError, ours()), asApi]],
  ['4 KB page by res.send', [failing(notAssigned, (_e, _q, res, _n) => res.status(403).send(page4k)), asPage]],
  ['our page', [failing(notAssigned, ours()), asPage]],
  ['res.redirect', [failing(mfaError, (_e, _q, res, _n) => res.redirect('/auth/login')), asPage]],
  ['our redirect', [failing(mfaError, ours({ interaction: interaction() })), asPage]],
  ['our foreign error', [failing(plain, ours(), bareHandler), asJson]],
  ['success, no middleware', [succeeding(), asJson]],
  ['success again (control)', [succeeding(), asJson]],
  ['success, ours mounted', [succeeding(ours()), asJson]],
]);

export const pageBytes = html.body.length;

if (process.send !== undefined) {
  const ports = {};
  for (const [name, [app, headers]] of scenarios) {
    const server = createServer(app);
    server.keepAliveTimeout = 600_000;
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports[name] = { port: server.address().port, headers };
  }
  process.send({ ports, pageBytes });
}
