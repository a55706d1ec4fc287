import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, page, readRequest, sendAnswer, type EntraAnswer, type EntraRequest } from './http.js';
import { breakResponse, delayOf } from './outages.js';
import { banner, messagePage } from './pages.js';
import { answerRoute, factsOf, findRoute, planAnswer, type Route } from './routes.js';
import type { EntraState } from './state.js';

const bannerHeader = 'test double, not an identity provider';

/** Form fields that must not stay in a list that tests print. */
const secretFields: ReadonlySet<string> = new Set([
  'client_secret', 'client_assertion', 'code', 'code_verifier', 'refresh_token', 'assertion', 'password', 'device_code',
]); // prettier-ignore

const withoutSecrets = (form: EntraRequest['form']): Record<string, string> =>
  Object.fromEntries(Object.entries(form).map(([name, value]) => [name, secretFields.has(name) ? '[removed]' : value]));

/** Endpoint as tests know it: both forms of admin consent are one. */
const publicName = (endpoint: string): string => (endpoint.startsWith('adminconsent') ? 'adminconsent' : endpoint);

function record(state: EntraState, http: EntraRequest, route: Route): void {
  state.record({
    endpoint: publicName(route.endpoint),
    method: http.method,
    path: http.url.pathname,
    query: { ...http.query },
    form: withoutSecrets(http.form),
    at: state.settings.now(),
  });
}

/** A page on another name that resolves to this machine (DNS rebinding) gets nothing. */
function isLoopbackHost(host: string | undefined, port: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some(
    (name) => host === `${name}:${port}` || (port === '80' && host === name),
  );
}

/** Waits, but not longer than the connection lives. */
function wait(response: ServerResponse, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    }
    response.on('close', done);
  });
}

async function answer(
  state: EntraState,
  http: EntraRequest,
  response: ServerResponse,
): Promise<EntraAnswer | undefined> {
  const route = findRoute(http);
  if (route === undefined) return page(messagePage('Not found', 'LocalEntra has no such address.'), 404);
  record(state, http, route);
  const method = http.method === 'HEAD' ? 'GET' : http.method;
  if (method !== route.method) {
    return { ...json({ error: 'invalid_request', error_description: `Use ${route.method}.` }, 405) };
  }
  const facts = factsOf(state, http, route);
  const plan = facts === undefined ? undefined : state.plans.take(facts);
  if (plan === undefined) return answerRoute(state, http, route);
  if (delayOf(plan) > 0) await wait(response, delayOf(plan));
  const { outage } = plan;
  const fails = [plan.code, plan.error, plan.body].some((value) => value !== undefined);
  const answered = fails || (plan.status !== undefined && outage === undefined);
  if (outage === undefined || outage === 'slow') {
    return answered ? planAnswer(state, http, route, plan) : answerRoute(state, http, route);
  }
  breakResponse(
    response,
    outage,
    answered ? planAnswer(state, http, route, plan) : json({ token_type: 'Bearer' }),
    plan,
  );
  return undefined;
}

async function serve(state: EntraState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-local-entra', bannerHeader);
  response.setHeader('x-content-type-options', 'nosniff');
  if (!isLoopbackHost(request.headers.host, new URL(state.url).port || '80')) {
    sendAnswer(response, page(messagePage('Refused', `${banner}; it answers to 127.0.0.1 and localhost only.`), 421));
    return;
  }
  const http = await readRequest(request, state.url);
  const result = await answer(state, http, response);
  if (result !== undefined && !response.destroyed) sendAnswer(response, result);
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    });
  });
}

/** A server that listens on 127.0.0.1. @internal */
export interface RunningServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts the server; `stateFor` makes its memory once the address is known.
 *
 * @throws the `EADDRINUSE` or `EACCES` of Node when the port cannot be had
 * @internal
 */
export async function startServer(
  port: number,
  stateFor: (url: string) => EntraState,
): Promise<{ readonly running: RunningServer; readonly state: EntraState }> {
  const memory: { state?: EntraState } = {};
  const server = createServer((request, response) => {
    if (memory.state === undefined) {
      response.destroy();
      return;
    }
    serve(memory.state, request, response).catch((error: unknown) => {
      const tooLarge = error instanceof RangeError;
      if (response.headersSent) response.destroy();
      else sendAnswer(response, page(messagePage('LocalEntra failed', String(error)), tooLarge ? 413 : 500));
    });
  });
  const url = await listen(server, port);
  const state = stateFor(url);
  memory.state = state;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return { running: { url, close }, state };
}
