/** Errors that HTTP clients throw, made by the clients themselves. */
import axios from 'axios';
import got from 'got';
import superagent from 'superagent';
import * as undici from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { allReplies, expectForeign, expectReading, fromWholeAnswer, read } from './expected.js';
import { closedOrigin, replies, revokedClaims, startLoopback, thrownBy, type Loopback } from './loopback.js';

let loopback: Loopback;

beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

const noRetry = { limit: 0 };

/** Every way in which these clients report an HTTP status as an exception. */
const clients: Readonly<Record<string, (url: string) => unknown>> = {
  axios: (url) => axios.post(url, 'grant_type=refresh_token'),
  'axios, text responses': (url) =>
    axios.post(url, '', { responseType: 'text', transformResponse: (text: unknown) => text }),
  'axios, buffers': (url) => axios.post(url, '', { responseType: 'arraybuffer' }),
  got: (url) => got.post(url, { body: 'grant_type=refresh_token', retry: noRetry }),
  'got, parsed JSON': (url) =>
    got.post(url, { json: {}, responseType: 'json', retry: noRetry, parseJson: parseOrText }),
  superagent: (url) => superagent.post(url).type('form').send({ grant_type: 'refresh_token' }),
  // Its interceptor keeps no body but JSON and text/plain: of an HTML page the status and the headers are left.
  'undici with its response-error interceptor': (url) =>
    undici.request(url, {
      method: 'POST',
      dispatcher: new undici.Agent().compose(undici.interceptors.responseError()),
    }),
  'an error around status, headers and body of fetch': async (url) => {
    const response = await fetch(url);
    const body = parseOrText(await response.text());
    throw new Error('token request failed', { cause: { status: response.status, headers: response.headers, body } });
  },
};

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

describe.each(Object.entries(clients))('%s', (_, call) => {
  it.each(allReplies)('%s', async (name) => {
    expectReading(await thrownBy(() => call(loopback.url(name))), fromWholeAnswer[name]);
  });

  it('an answer of another API is not an identity error', async () => {
    expectForeign(await thrownBy(() => call(loopback.url('orders'))));
  });
});

describe('an error around the parsed body alone', () => {
  it.each(['mfa', 'expired', 'consent', 'secret', 'busy'] as const)('%s', async (name) => {
    const body: unknown = await (await fetch(loopback.url(name))).json();
    const { read: facts, ...outcome } = fromWholeAnswer[name];
    const { oauthError, aadstsCodes, traceId, correlationId } = facts;
    const thrown = new Error('token request failed', { cause: body });
    expectReading(thrown, { ...outcome, read: { oauthError, aadstsCodes, traceId, correlationId } });
  });

  it('of another API is nothing at all', async () => {
    const body: unknown = await (await fetch(loopback.url('orders'))).json();
    expect(normalize(new Error('order request failed', { cause: body }))).toBeUndefined();
  });
});

describe.each([
  ['fetch', (url: string) => fetch(url)],
  ['undici', (url: string) => undici.fetch(url)],
] as const)('a Response of %s whose body nobody has read', (_, call) => {
  it('tells the claims of its challenge', async () => {
    const error = read(await call(loopback.url('graphRevoked')));
    expect(error).toMatchObject({ origin: 'resource-challenge', claims: revokedClaims, status: 401 });
    expect(decide(error).action).toBe('claims_challenge');
  });

  it.each(['busy', 'outage', 'graphBusy'] as const)('tells how long to wait: %s', async (name) => {
    const error = read(await call(loopback.url(name)));
    expect(error).toMatchObject({ status: replies[name].status, retryAfterSeconds: 17 });
    expect(decide(error).action).toBe('retry');
  });

  it('its body is still there afterwards', async () => {
    const response = await call(loopback.url('mfa'));
    normalize(response);
    await expect(response.json()).resolves.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('a connection that fails', () => {
  const toLoopback = (_: string, options: unknown, done: (...result: unknown[]) => void): void => {
    const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
    if (all) done(null, [{ address: '127.0.0.1', family: 4 }]);
    else done(null, '127.0.0.1', 4);
  };

  it.each([
    ['axios', (url: string) => axios.get(url, { lookup: toLoopback as never })],
    ['got', (url: string) => got(url, { dnsLookup: toLoopback as never, retry: noRetry })],
  ] as const)('to an identity host is ours: %s', async (_, call) => {
    const port = new URL(await closedOrigin()).port;
    const error = read(await thrownBy(() => call(`http://login.microsoftonline.com:${port}/common/oauth2/v2.0/token`)));
    expect(error).toMatchObject({ origin: 'network', clientCode: 'ECONNREFUSED' });
    expect(error.unconfirmed).toBeUndefined();
    expect(decide(error)).toMatchObject({ action: 'retry', situation: 'network-problem' });
  });

  it.each([
    ['axios', (url: string) => axios.get(url)],
    ['got', (url: string) => got(url, { retry: noRetry })],
    ['superagent', (url: string) => superagent.get(url)],
    ['fetch', (url: string) => fetch(url)],
    ['undici', (url: string) => undici.fetch(url)],
  ] as const)('to any other host is not known to be ours: %s', async (_, call) => {
    const closed = await closedOrigin();
    expectForeign(await thrownBy(() => call(closed)));
  });

  it.each([
    ['axios', (url: string) => axios.get(url, { timeout: 50, lookup: toLoopback as never })],
    ['got', (url: string) => got(url, { timeout: { request: 50 }, dnsLookup: toLoopback as never, retry: noRetry })],
  ] as const)('a time-out at an identity host is tried again: %s', async (_, call) => {
    const { port } = new URL(loopback.origin);
    const error = read(await thrownBy(() => call(`http://login.microsoftonline.com:${port}${loopback.silentPath}`)));
    expect(error).toMatchObject({ origin: 'network' });
    expect(error.unconfirmed).toBeUndefined();
    expect(decide(error)).toMatchObject({ action: 'retry', situation: 'network-problem' });
  });
});
