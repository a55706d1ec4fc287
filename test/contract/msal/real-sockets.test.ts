/**
 * The same over real sockets: MSAL's own HTTP client (Node's https module in 2 and 3, fetch from 5 on) against a server
 * on the loopback interface. Only the address is rewritten, because MSAL refuses an authority that is not https.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadError } from '../../../src/types.js';
import { answers, policyClaims, traceId, type Major } from './answers.js';
import { callTwice, endpointOf, httpClientOf, majors, type Call, type Endpoint } from './harness.js';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is; undefined cuts the connection after the headers. */
  readonly body: string | undefined;
}

let reply: Reply = { status: 500, headers: {}, body: '' };
let server: Server;
let origin = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(reply.status, reply.headers);
      if (reply.body !== undefined) response.end(reply.body);
      else response.write('{"error":', () => response.destroy());
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(() => new Promise((done) => server.close(done)));

function endpointAt(major: Major, target: string): Endpoint {
  const client = httpClientOf(major);
  return endpointOf(false, (url, options) => client.sendPostRequestAsync(target + new URL(url).pathname, options));
}

const call = (major: Major, next: Reply): Promise<readonly [Call, Call]> => {
  reply = next;
  return callTwice(major, 'authorization-code', endpointAt(major, origin));
};

function read(thrown: unknown): AadError {
  const error = normalize(thrown);
  if (error === undefined) throw new Error(`nothing was read from ${String(thrown)}`);
  return error;
}

const json = { 'Content-Type': 'application/json; charset=utf-8' };
const html = { 'Content-Type': 'text/html', 'Set-Cookie': 'session=invented-cookie; Secure' };
const page = '<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Later.</body></html>';

const overTheWire = [
  'MFA, basic_action, claims',
  'MFA, invalid_grant, claims, no suberror',
  'Conditional Access block, message_only',
  'not assigned, interaction_required',
  'password changed, bad_token',
  'refresh token idle, no suberror',
  'consent, no suberror',
  'administrator consent, no suberror',
  'wrong secret',
  'tenant does not exist',
  'translated text, labels differ',
  'B2C password reset',
];

describe.each(majors)('msal-node %i over real sockets', (major) => {
  it.each(overTheWire)('decides the same: %s', async (id) => {
    const answer = answers.find((one) => one.id === id);
    if (answer === undefined) throw new Error(`no answer is called ${id}`);
    const [first, second] = await call(major, {
      status: answer.status,
      headers: json,
      body: JSON.stringify(answer.body),
    });
    const keepsClaims = (first.thrown as Error).name === 'InteractionRequiredAuthError';
    const action = answer.action === 'claims_challenge' && !keepsClaims ? 'interactive' : answer.action;
    for (const { thrown, asked } of [first, second]) {
      expect(asked).toBe(true);
      expect(decide(read(thrown))).toMatchObject({ action, situation: answer.situation });
      expect(read(thrown).claims).toBe(keepsClaims ? answer.claims : undefined);
    }
  });

  it('429: retry, and again without a request', async () => {
    const body = JSON.stringify(answers.find(({ id }) => id === '429, Retry-After, code')?.body);
    const [first, second] = await call(major, { status: 429, headers: { ...json, 'Retry-After': '17' }, body });
    expect(decide(read(first.thrown))).toMatchObject({
      action: 'retry',
      situation: 'service-busy',
      code: 'AADSTS90055',
    });
    expect(second.asked).toBe(false);
    expect(read(second.thrown)).toMatchObject({ throttledLocally: true, aadstsCodes: [90055], traceId });
    expect(decide(read(second.thrown))).toMatchObject({ action: 'retry', situation: 'service-busy' });
  });

  it('400 with Retry-After: only 7.1.2 and later remember it', async () => {
    const body = JSON.stringify(answers.find(({ id }) => id === '400, Retry-After')?.body);
    const [, second] = await call(major, { status: 400, headers: { ...json, 'Retry-After': '17' }, body });
    expect(second.asked).toBe(major !== 7);
    expect(decide(read(second.thrown)).action).toBe('retry');
  });

  it.each([502, 503])('%i with an HTML page is an outage', async (status) => {
    const [first] = await call(major, { status, headers: { ...html, 'Retry-After': '17' }, body: page });
    const error = read(first.thrown);
    expect(decide(error)).toMatchObject({ action: 'retry', retryable: true, situation: 'service-unavailable' });
    expect(error.origin).toBe('network');
    // Only MSAL 2 and 3 tell status and headers; a cookie among them must not get out.
    expect(error.status).toBe(major < 5 ? status : undefined);
    expect(error.retryAfterSeconds).toBe(major < 5 ? 17 : undefined);
    expect(error.description ?? '').not.toContain('invented-cookie');
  });

  it.each([200, 204, 404])(
    '%i without JSON, as of a captive portal or proxy, is no success and no sign-in',
    async (status) => {
      const [first] = await call(major, { status, headers: html, body: status === 204 ? '' : page });
      const error = read(first.thrown);
      expect(decide(error).action).toBe('retry');
      expect(error.description ?? '').not.toContain('invented-cookie');
    },
  );

  it('an empty 500 is an outage', async () => {
    const [first] = await call(major, { status: 500, headers: {}, body: '' });
    expect(decide(read(first.thrown)).action).toBe('retry');
  });

  it('a port where nobody listens is a network problem', async () => {
    const probe = createServer();
    await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
    const closed = `http://127.0.0.1:${String((probe.address() as AddressInfo).port)}`;
    await new Promise((done) => probe.close(done));
    const [first] = await callTwice(major, 'authorization-code', endpointAt(major, closed));
    expect(read(first.thrown)).toMatchObject({ producer: 'msal', origin: 'network', clientCode: 'network_error' });
    expect(decide(read(first.thrown))).toMatchObject({ action: 'retry', situation: 'network-problem' });
  });

  it('claims of a 200 answer with a suberror are kept', async () => {
    const body = JSON.stringify({ error: 'interaction_required', suberror: 'basic_action', claims: policyClaims });
    const [first] = await call(major, { status: 200, headers: json, body });
    expect(decide(read(first.thrown))).toMatchObject({ action: 'claims_challenge', claims: policyClaims });
  });
});

// MSAL 2 and 3 never settle then: their client listens to nothing but the end of the body.
describe.each(majors.filter((major) => major >= 5))('msal-node %i over real sockets', (major) => {
  it('a connection cut in the middle of the body is an outage', async () => {
    const [first] = await call(major, { status: 400, headers: json, body: undefined });
    expect(read(first.thrown)).toMatchObject({ origin: 'network', clientCode: 'token_parsing_error' });
    expect(decide(read(first.thrown)).action).toBe('retry');
  });
});
