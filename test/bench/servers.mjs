// All scenarios in one process, each on its own port, so that they share one heap, one JIT and one noisy neighbour.
import { createServer } from 'node:http';
import express from 'express';
import { asApi, asJson, asPage, mfaError, notAssigned, plain } from './errors.mjs';
import { createAadResponder, interaction, ours } from './handlers.mjs';
import { peerScenarios } from './peers.mjs';

const bareHandler = (_error, _req, res, _next) => {
  res.status(401).json({ error: 'unauthorized', message: 'sign in again' });
};

/** The very bytes of our answers, for the floor and for what a developer would write by hand. */
const responder = createAadResponder({ exposeDetails: false });
const json = responder.respond(mfaError(), { method: 'GET', url: '/fail', headers: asJson }).response;
const page4k = '<!doctype html>' + 'x'.repeat(4_080);

export const failing = (make, ...handlers) => {
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

const byResJson = (_error, _req, res, _next) => {
  for (const [name, value] of Object.entries(json.headers)) res.setHeader(name, value);
  res.status(json.status).json(JSON.parse(json.body));
};
const byResEnd = (_error, _req, res, _next) => {
  res.statusCode = json.status;
  for (const name in json.headers) res.setHeader(name, json.headers[name]);
  res.end(json.body);
};

/** name -> [application, request headers, status of the answer]: what the gates compare. */
const gateScenarios = [
  ['bare', [failing(mfaError, bareHandler), asJson, 401]],
  ['bare again (control)', [failing(mfaError, bareHandler), asJson, 401]],
  ['bare, plain Error', [failing(plain, bareHandler), asJson, 401]],
  ['same document by res.json', [failing(mfaError, byResJson), asJson, 401]],
  ['same bytes by res.end', [failing(mfaError, byResEnd), asJson, 401]],
  ['our JSON', [failing(mfaError, ours()), asJson, 401]],
  ['our API challenge', [failing(mfaError, ours()), asApi, 401]],
  ['4 KB page by res.send', [failing(notAssigned, (_e, _q, res, _n) => res.status(403).send(page4k)), asPage, 403]],
  ['our page', [failing(notAssigned, ours()), asPage, 403]],
  ['res.redirect', [failing(mfaError, (_e, _q, res, _n) => res.redirect('/auth/login')), asPage, 302]],
  ['our redirect', [failing(mfaError, ours({ interaction: interaction() })), asPage, 303]],
  ['our foreign error', [failing(plain, ours(), bareHandler), asJson, 401]],
  ['success, no middleware', [succeeding(), asJson, 200]],
  ['success again (control)', [succeeding(), asJson, 200]],
  ['success, ours mounted', [succeeding(ours()), asJson, 200]],
];

if (process.send !== undefined) {
  const peers = await peerScenarios(failing);
  const ports = {};
  for (const [name, [app, headers, status]] of [...gateScenarios, ...peers]) {
    const server = createServer(app);
    // The default of five seconds would close a connection that waits for its next slice.
    server.keepAliveTimeout = 600_000;
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports[name] = { port: server.address().port, headers, status };
  }
  process.send({ ports, peers: peers.map(([name]) => name) });
}
