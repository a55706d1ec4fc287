/** aadNetworkClient under every installed major of MSAL, against LocalEntra and a server that breaks its answers. */
import type { INetworkModule } from '@azure/msal-node';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INetworkModule as INetworkModule2 } from 'msal-node-2';
import type { INetworkModule as INetworkModule3 } from 'msal-node-3';
import type { INetworkModule as INetworkModule5 } from 'msal-node-5';
import type { INetworkModule as INetworkModule6 } from 'msal-node-6';
import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import {
  aadNetworkClient,
  createCircuitBreaker,
  withAadRetry,
  type AadNetworkClientOptions,
  type FetchLike,
} from '../../../src/retry/index.js';
import type { AadError } from '../../../src/types.js';
import { majors, newClient } from '../../contract/msal/harness.js';

const nowMs = Date.UTC(2026, 0, 15, 9, 30);
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | object;
}

/** `fetch` that gives these answers in turn, the last one again and again. */
function replies(...list: readonly Reply[]) {
  const sent: { url: string; init: Parameters<FetchLike>[1] }[] = [];
  const fetch: FetchLike = async (url, init) => {
    const { status, headers = {}, body = '' } = list[Math.min(sent.length, list.length - 1)]!;
    sent.push({ url, init });
    return {
      status,
      headers: Object.entries({ 'content-type': 'application/json', ...headers }),
      text: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
    };
  };
  return { fetch, sent };
}

const token: Reply = { status: 200, body: { token_type: 'Bearer', access_token: 'invented', expires_in: 3600 } };
const entra = (error: string, code: number, extra: object = {}): object => ({
  error,
  error_description: `AADSTS${code}: A text. Trace ID: 5b1e0c11-0001-4a00-9b00-7d3f2e100001 Correlation ID: 5b1e0c11-0002-4a00-9b00-7d3f2e100002 Timestamp: 2026-01-15 09:30:00Z`,
  error_codes: [code],
  trace_id: '5b1e0c11-0001-4a00-9b00-7d3f2e100001',
  correlation_id: '5b1e0c11-0002-4a00-9b00-7d3f2e100002',
  timestamp: '2026-01-15 09:30:00Z',
  ...extra,
});

const page: Reply = { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>Later</html>' };

type Flow = 'code' | 'on-behalf-of' | 'client-credentials';

function callOf(major: (typeof majors)[number], flow: Flow, options: AadNetworkClientOptions) {
  const client = newClient(major, { networkClient: aadNetworkClient({ now: () => nowMs, ...options }) });
  const scopes = ['https://graph.microsoft.com/.default'];
  if (flow === 'code')
    return () => client.acquireTokenByCode({ scopes, code: 'any', redirectUri: 'https://app.example/redirect' });
  if (flow === 'on-behalf-of')
    return () => client.acquireTokenOnBehalfOf({ scopes, oboAssertion: 'a.b.c', skipCache: true });
  return () => client.acquireTokenByClientCredential({ scopes, skipCache: true });
}

async function readFailure(call: () => Promise<unknown>, atMs = nowMs): Promise<AadError> {
  const thrown = await call().then(
    (value) => {
      throw new Error(`resolved: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
  const error = normalize(thrown, { nowMs: atMs });
  if (error === undefined) throw new Error(`nothing was read from ${String(thrown)}`);
  return error;
}

describe.each(majors)('under msal-node %i', (major) => {
  test.each(['code', 'on-behalf-of', 'client-credentials'] as const)(
    'status and Retry-After of a 429 arrive, also from the throttle memory, where the wait has gone on: %s',
    async (flow) => {
      const { fetch, sent } = replies({
        status: 429,
        headers: { 'retry-after': '17' },
        body: entra('temporarily_unavailable', 90055),
      });
      const call = callOf(major, flow, { fetch });
      const facts = { status: 429, aadstsCodes: [90055], traceId: '5b1e0c11-0001-4a00-9b00-7d3f2e100001' };
      expect(await readFailure(call)).toMatchObject({ ...facts, retryAfterSeconds: 17 });
      const second = await readFailure(call, nowMs + 6_000);
      expect(second).toMatchObject({ ...facts, retryAfterSeconds: 11, throttledLocally: true });
      expect(sent).toHaveLength(1);
    },
  );

  test.each([
    ['seconds', '2', 2],
    ['an HTTP date', new Date(nowMs + 2_000).toUTCString(), 2],
    ['now', '0', 1],
    ['nothing that can be read', 'soon', 60],
    ['a negative number', '-5', 60],
  ])("MSAL's own memory lasts as long as Retry-After says: %s", async (_, header, seconds) => {
    const { fetch, sent } = replies(
      { status: 503, headers: { 'retry-after': header }, body: entra('temporarily_unavailable', 90025) },
      token,
    );
    const call = callOf(major, 'client-credentials', { fetch });
    const realNow = Date.now;
    try {
      await readFailure(call);
      const start = realNow();
      Date.now = () => start + seconds * 1_000 - 500;
      await readFailure(call);
      expect(sent).toHaveLength(1);
      Date.now = () => start + seconds * 1_000 + 500;
      await call();
      expect(sent).toHaveLength(2);
    } finally {
      Date.now = realNow;
    }
  });

  test('claims survive where MSAL makes a ServerError of them', async () => {
    const { fetch } = replies({ status: 400, body: entra('invalid_grant', 50076, { claims }) });
    const error = await readFailure(callOf(major, 'on-behalf-of', { fetch }));
    expect(error).toMatchObject({ claims, status: 400 });
    expect(decide(error)).toMatchObject({ action: 'claims_challenge', claims });
  });

  test('claims are not written twice where MSAL keeps them', async () => {
    const { fetch } = replies({
      status: 400,
      body: entra('invalid_grant', 50076, { claims, suberror: 'basic_action' }),
    });
    const thrown: unknown = await callOf(major, 'on-behalf-of', { fetch })().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'InteractionRequiredAuthError', claims });
    expect(JSON.stringify(thrown)).not.toContain('claims=');
  });

  test.each([
    ['a page', page, 'service-unavailable'],
    ['an empty body', { status: 502, body: '' }, 'service-unavailable'],
    ['half of a JSON text', { status: 500, body: '{"error":' }, 'service-unavailable'],
    ['a JSON string', { status: 500, body: '"down"' }, 'service-unavailable'],
    ['null', { status: 500, body: 'null' }, 'service-unavailable'],
    ['a captive portal', { ...page, status: 200 }, 'service-unavailable'],
    ['a redirect to one', { ...page, status: 302 }, 'service-unavailable'],
    ['a proxy that wants a password', { ...page, status: 407 }, 'service-unavailable'],
    ['a 5xx without error', { status: 500, body: {} }, 'service-unavailable'],
  ] as const)('what is no answer of Entra is an outage with its status: %s', async (_, reply, situation) => {
    const { fetch } = replies(reply);
    const error = await readFailure(callOf(major, 'on-behalf-of', { fetch }));
    expect(error).toMatchObject({ producer: 'msal', oauthError: 'temporarily_unavailable', status: reply.status });
    expect(decide(error)).toMatchObject({ action: 'retry', situation });
    expect(error.description).not.toContain('<');
  });

  test('a 4xx without error is no token', async () => {
    const { fetch } = replies({ status: 400, body: {} });
    expect(await readFailure(callOf(major, 'on-behalf-of', { fetch }))).toMatchObject({ status: 400 });
  });

  test('an error of the network is what MSAL calls it', async () => {
    const fetch: FetchLike = async () => {
      throw new TypeError('fetch failed');
    };
    const error = await readFailure(callOf(major, 'on-behalf-of', { fetch }));
    expect(error).toMatchObject({ clientCode: 'network_error', origin: 'network' });
    expect(decide(error).action).toBe('retry');
  });

  test('an open circuit answers by itself, with the rest of the wait, and MSAL remembers nothing of it', async () => {
    let at = 0;
    const breaker = createCircuitBreaker({ failureThreshold: 2, now: () => at, random: () => 0 });
    const { fetch, sent } = replies(
      { status: 503, headers: { 'retry-after': '1' }, body: entra('temporarily_unavailable', 90033) },
      { status: 429, headers: { 'retry-after': '20' }, body: entra('temporarily_unavailable', 90055) },
      token,
    );
    const options = { fetch, breaker };
    // Two clients, because MSAL's own memory would answer the second call.
    await readFailure(callOf(major, 'client-credentials', options));
    await readFailure(callOf(major, 'client-credentials', options));
    const call = callOf(major, 'client-credentials', options);
    at = 5_000;
    const refused = await readFailure(call);
    expect(refused).toMatchObject({
      oauthError: 'temporarily_unavailable',
      status: 503,
      retryAfterSeconds: 15,
      throttledLocally: true,
    });
    // No server has heard of it.
    expect(refused.correlationId).toBeUndefined();
    expect(refused.description).toContain('No request was made: the circuit of the authority is open.');
    expect(decide(refused)).toMatchObject({ action: 'retry', retryAfterSeconds: 15 });
    expect(sent).toHaveLength(2);
    at = 20_000;
    await call();
    expect(sent).toHaveLength(3);
  });

  test('withAadRetry waits exactly as long as Entra asked', async () => {
    const delays: number[] = [];
    const realNow = Date.now;
    let skippedMs = 0;
    const now = (): number => realNow() + skippedMs;
    const { fetch } = replies(
      { status: 429, headers: { 'retry-after': '17' }, body: entra('temporarily_unavailable', 90055) },
      token,
    );
    Date.now = now;
    try {
      const call = callOf(major, 'on-behalf-of', { fetch, now });
      await withAadRetry(call, {
        baseDelayMs: 0,
        budgetMs: 100_000,
        now,
        sleep: (delayMs, signal) => {
          if (delayMs > 50_000) return new Promise((_, reject) => signal?.addEventListener('abort', reject));
          delays.push(delayMs);
          skippedMs += delayMs + 5;
          return Promise.resolve();
        },
      });
      expect(delays).toEqual([17_000]);
    } finally {
      Date.now = realNow;
    }
  });
});

describe('what MSAL is handed', () => {
  const url = 'https://login.microsoftonline.com/contoso.test/oauth2/v2.0/token';

  test('success as it came', async () => {
    const { fetch } = replies({ ...token, headers: { 'X-Ms-Request-Id': 'one' } });
    await expect(aadNetworkClient({ fetch }).sendPostRequestAsync(url)).resolves.toEqual({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-ms-request-id': 'one' },
      body: token.body,
    });
  });

  test('an error with its own members and one note at the end of the description', async () => {
    const body = entra('invalid_client', 7000215) as { error_description: string };
    const { fetch } = replies({ status: 401, body });
    const answer = await aadNetworkClient({ fetch, now: () => nowMs }).sendPostRequestAsync<typeof body>(url);
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.body).toEqual({
      ...body,
      error_description: `${body.error_description} [aad-error-handler status=401 at=${nowMs}]`,
    });
  });

  test('the bare word that region discovery expects', async () => {
    const { fetch } = replies({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'westus',
    });
    const answer = await aadNetworkClient({ fetch }).sendGetRequestAsync('http://169.254.169.254/metadata/instance');
    expect(answer.body).toBe('westus');
  });

  const wordReply = { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'westus' };
  const notJson = { error: 'temporarily_unavailable', error_description: expect.stringMatching(/^The answer was no JSON object \(HTTP \d+\): an outage, a proxy or a captive portal\. \[/) }; // prettier-ignore

  test.each([
    ['POST', 'of a token endpoint', wordReply],
    ['GET', 'in HTML', { ...wordReply, headers: { 'content-type': 'text/html' } }],
    ['GET', 'without a type', { ...wordReply, headers: { 'content-type': '' } }],
    ['GET', 'with an error status', { ...wordReply, status: 404 }],
    ['GET', 'with a redirect', { ...wordReply, status: 300 }],
  ] as const)('no bare word of another answer: %s %s', async (method, _name, reply) => {
    const client = aadNetworkClient({ fetch: replies(reply).fetch });
    const send = method === 'GET' ? client.sendGetRequestAsync : client.sendPostRequestAsync;
    await expect(send('https://login.microsoftonline.com/x')).resolves.toMatchObject({
      status: reply.status,
      body: notJson,
    });
  });

  test.each([
    [200, {}, { access_token: 'a' }, { access_token: 'a' }],
    [299, {}, { access_token: 'a' }, { access_token: 'a' }],
    [300, {}, { a: 1 }, { a: 1, error_description: expect.stringContaining('status=300') }],
    [199, {}, { a: 1 }, { a: 1, error_description: expect.stringContaining('status=199') }],
    [408, {}, { a: 1 }, { a: 1, error: 'temporarily_unavailable', error_description: expect.any(String) }],
    [429, {}, { a: 1 }, { a: 1, error: 'temporarily_unavailable', error_description: expect.any(String) }],
    [500, {}, { a: 1 }, { a: 1, error: 'temporarily_unavailable', error_description: expect.any(String) }],
    [499, {}, { a: 1 }, { a: 1, error_description: expect.any(String) }],
    [503, {}, { error: 'x' }, { error: 'x', error_description: expect.any(String) }],
  ])('an answer with %i', async (status, headers, body, wanted) => {
    const { fetch } = replies({ status, headers, body });
    const answer = await aadNetworkClient({ fetch }).sendPostRequestAsync<object>(url);
    expect(answer.body).toEqual(wanted);
  });

  test.each([
    ['interaction_required', undefined, false],
    ['consent_required', undefined, false],
    ['login_required', undefined, false],
    ['bad_token', undefined, false],
    ['invalid_grant', 'message_only', false],
    ['invalid_grant', 'additional_action', false],
    ['invalid_grant', 'basic_action', false],
    ['invalid_grant', 'user_password_expired', false],
    ['invalid_grant', 'consent_required', false],
    ['invalid_grant', 'bad_token', false],
    ['invalid_grant', undefined, true],
    ['invalid_grant', 'token_expired', true],
  ])('claims of %s, suberror %s, are noted: %s', async (error, suberror, isNoted) => {
    const { fetch } = replies({ status: 400, body: { error, suberror, claims } });
    const { body } = await aadNetworkClient({ fetch }).sendPostRequestAsync<{ error_description: string }>(url);
    expect(body.error_description.includes('claims=')).toBe(isNoted);
  });

  test('claims that are no text are not noted', async () => {
    const { fetch } = replies({ status: 400, body: { error: 'invalid_grant', claims: { a: 1 } } });
    const { body } = await aadNetworkClient({ fetch }).sendPostRequestAsync<{ error_description: string }>(url);
    expect(body.error_description).not.toContain('claims=');
  });

  test('Retry-After under the name that MSAL looks up, and under no other', async () => {
    const { fetch } = replies({ status: 429, headers: { 'Retry-After': '17' }, body: { error: 'x' } });
    const { headers } = await aadNetworkClient({ fetch }).sendPostRequestAsync(url);
    expect(headers).toEqual({ 'content-type': 'application/json', 'Retry-After': '17' });
  });

  describe('and its circuit learns', () => {
    const verdict = async (reply: Reply, method: 'GET' | 'POST' = 'POST'): Promise<string> => {
      const said: string[] = [];
      const note = (word: string) => async (ms?: number) => void said.push(ms === undefined ? word : `${word} ${ms}`);
      const pass = { isProbe: false, isSettled: false, succeed: note('good'), fail: note('bad'), release: note('-') };
      const breaker = { enter: async () => ({ admitted: true, pass }), inside: () => undefined } as never;
      const client = aadNetworkClient({ fetch: replies(reply).fetch, breaker });
      await (method === 'GET' ? client.sendGetRequestAsync(url) : client.sendPostRequestAsync(url));
      return said.join();
    };

    test.each([
      ['a token', token, 'good'],
      ['an error of the user', { status: 400, body: entra('invalid_grant', 50076) }, 'good'],
      ['a time-out of the server', { status: 408, body: {} }, 'bad 0'],
      ['throttling', { status: 429, headers: { 'retry-after': '17' }, body: {} }, 'bad 17000'],
      ['an outage', { status: 500, body: {} }, 'bad 0'],
      ['a page', { ...page, status: 200 }, 'bad 0'],
    ])('from %s', async (_name, reply, wanted) => {
      expect(await verdict(reply)).toBe(wanted);
    });

    test('that a bare word of region discovery is an answer', async () => {
      expect(await verdict(wordReply, 'GET')).toBe('good');
      expect(await verdict(wordReply, 'POST')).toBe('bad 0');
    });
  });

  test('the request as MSAL made it: headers and body, no redirects followed', async () => {
    const { fetch, sent } = replies(token);
    const dispatcher = {};
    const client = aadNetworkClient({ fetch, dispatcher });
    await client.sendPostRequestAsync(url, { headers: { 'Content-Type': 'x' }, body: 'a=b' });
    await client.sendGetRequestAsync(url, { headers: { Metadata: 'true' } });
    expect(sent[0]).toMatchObject({
      url,
      init: { method: 'POST', headers: { 'Content-Type': 'x' }, body: 'a=b', redirect: 'manual', dispatcher },
    });
    expect(sent[0]?.init.dispatcher).toBe(dispatcher);
    expect(sent[1]?.init).toMatchObject({ method: 'GET', headers: { Metadata: 'true' } });
    expect(sent[1]?.init).not.toHaveProperty('body');
  });

  test('an empty form where MSAL gives none, and no dispatcher where there is none', async () => {
    const { fetch, sent } = replies(token);
    await aadNetworkClient({ fetch }).sendPostRequestAsync(url);
    expect(sent[0]?.init).toStrictEqual({
      method: 'POST',
      headers: {},
      body: '',
      redirect: 'manual',
      signal: expect.any(AbortSignal),
    });
  });

  describe('time', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    /** After how many milliseconds a request that nobody answers is given up. */
    async function patience(timeoutMs: number | undefined, msalTimeout: number | undefined): Promise<string> {
      const fetch: FetchLike = (_url, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason);
          });
        });
      const client = aadNetworkClient({ fetch, ...(timeoutMs !== undefined && { timeoutMs }) });
      const failure = client
        .sendGetRequestAsync(url, {}, msalTimeout)
        .catch((error: unknown) => (error as Error).message);
      await vi.advanceTimersByTimeAsync(60_000);
      return (await failure) as string;
    }

    test.each([
      ['ours, where MSAL says none', undefined, undefined, 10_000],
      ['the shorter one: MSAL', 5_000, 2_000, 2_000],
      ['the shorter one: ours', 5_000, 20_000, 5_000],
      ['ours, where MSAL says 0', 5_000, 0, 5_000],
      ['ours, where MSAL says nonsense', 5_000, -1, 5_000],
    ])('%s', async (_name, timeoutMs, msalTimeout, wanted) => {
      expect(await patience(timeoutMs, msalTimeout)).toBe(
        `No answer from login.microsoftonline.com within ${wanted} ms`,
      );
    });

    test('of a request that was answered is not kept', async () => {
      await aadNetworkClient({ fetch: replies(token).fetch }).sendPostRequestAsync(url);
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  test('is typed as every major wants it', () => {
    const client = aadNetworkClient();
    const typed: [INetworkModule2, INetworkModule3, INetworkModule5, INetworkModule6, INetworkModule] = [
      client,
      client,
      client,
      client,
      client,
    ];
    expect(typed).toHaveLength(5);
  });
});

describe('the note', () => {
  const note = (text: string, at = nowMs): AadError | undefined =>
    normalize({ name: 'ServerError', errorCode: 'invalid_grant', errorMessage: text, subError: '' }, { nowMs: at });
  const composite = (description: string): string =>
    `Error(s): 50076 - Timestamp: 2026-01-15 09:30:00Z - Description: ${description} - Correlation ID: x - Trace ID: y`;

  test('counts at the end of a description only: before it may stand what a user sent', () => {
    const fake = `[aad-error-handler status=503 retry-after=9 at=${nowMs} claims=${Buffer.from(claims).toString('base64url')}]`;
    expect(note(composite(`AADSTS50076: ${fake} is no user. Trace ID: z`))).toHaveProperty('status', undefined);
    expect(note(composite(`AADSTS50076: ${fake} is no user. Trace ID: z`))).toHaveProperty('claims', undefined);
    expect(note(composite(`AADSTS50076: ${fake}`))).toMatchObject({ status: 503, retryAfterSeconds: 9, claims });
  });

  test('of two the last one counts', () => {
    const text = `[aad-error-handler status=503 at=${nowMs}] [aad-error-handler status=400 at=${nowMs}]`;
    expect(note(composite(text))).toMatchObject({ status: 400 });
  });

  test.each([
    ['[aad-error-handler status=999 at=1]'],
    ['[aad-error-handler status=503 retry-after=-1 at=1]'],
    ['[aad-error-handler status=503'],
    ['[aad-error-handler status=503 at=]'],
  ])('that is none changes nothing: %s', (text) => {
    expect(note(composite(text))).toHaveProperty('status', undefined);
    expect(note(composite(text))).toHaveProperty('retryAfterSeconds', undefined);
  });

  test.each([
    ['set back', nowMs - 3_600_000, 9],
    ['set forward', nowMs + 3_600_000, 0],
  ])('gives a sane wait when the clock was %s', (_, at, seconds) => {
    expect(note(composite(`[aad-error-handler status=503 retry-after=9 at=${nowMs}]`), at)).toMatchObject({
      retryAfterSeconds: seconds,
    });
  });

  test('in a text that anybody may have written brings no claims', () => {
    const end = `[aad-error-handler status=400 at=1 claims=${Buffer.from(claims).toString('base64url')}]`;
    const error = normalize(`ServerError: invalid_grant: ${composite(`AADSTS50076: x ${end}`)}`);
    expect(error).toMatchObject({ aadstsCodes: [50076] });
    expect(error).toHaveProperty('claims', undefined);
  });

  test('survives a long description and leaves claims out that are too long', async () => {
    const long = JSON.stringify({ access_token: { acrs: { values: ['x'.repeat(8_000)] } } });
    const body = { error: 'invalid_grant', error_description: 'y'.repeat(100_000), claims: long };
    const error = await readFailure(callOf(7, 'on-behalf-of', { fetch: replies({ status: 429, body }).fetch }));
    expect(error).toMatchObject({ status: 429 });
    expect(error).toHaveProperty('claims', undefined);
  });
});

describe('over real sockets', () => {
  let server: Server;
  let url = '';
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  beforeAll(async () => {
    server = createServer((request, response) => handle(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/contoso.test/oauth2/v2.0/token`;
  });
  afterEach(() => server.closeAllConnections());
  afterAll(() => new Promise((done) => server.close(done)));

  const failure = (options: AadNetworkClientOptions): Promise<unknown> =>
    aadNetworkClient(options)
      .sendPostRequestAsync(url)
      .catch((error: unknown) => error);

  test.each([
    ['never answers', () => undefined],
    [
      'stops in the middle of the body',
      (_: unknown, response: ServerResponse) => void response.writeHead(200).write('{"access_'),
    ],
  ])('a server that %s is given up after timeoutMs', async (_, broken) => {
    handle = broken;
    const started = performance.now();
    expect(await failure({ timeoutMs: 100 })).toMatchObject({
      code: 'ETIMEDOUT',
      message: 'No answer from 127.0.0.1 within 100 ms',
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a connection that is cut in the body fails and counts for the circuit', async () => {
    handle = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    };
    const breaker = createCircuitBreaker({ failureThreshold: 1 });
    expect(await failure({ breaker })).toBeInstanceOf(Error);
    expect(breaker.stateOf(url)).toBe('open');
  });

  test('a redirect is not followed: the form with the secret stays here', async () => {
    const paths: (string | undefined)[] = [];
    handle = (request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    await expect(
      aadNetworkClient().sendPostRequestAsync(url, { body: 'client_secret=invented' }),
    ).resolves.toMatchObject({ status: 307, body: { error: 'temporarily_unavailable' } });
    expect(paths).toEqual(['/contoso.test/oauth2/v2.0/token']);
  });

  test('a dispatcher of undici is used', async () => {
    handle = (_, response) => response.end('{"access_token":"invented"}');
    let used = 0;
    class Counting extends Agent {
      override dispatch(...args: Parameters<Agent['dispatch']>): boolean {
        used += 1;
        return super.dispatch(...args);
      }
    }
    const dispatcher = new Counting();
    const { fetch } = await import('undici');
    const client = aadNetworkClient({ dispatcher, fetch: fetch as unknown as FetchLike });
    await expect(client.sendPostRequestAsync(url)).resolves.toMatchObject({ body: { access_token: 'invented' } });
    expect(used).toBe(1);
    await dispatcher.close();
  });
});

test.each([
  [{ timeoutMs: 0 }, 'timeoutMs: aadNetworkClient was given 0; give a number from 1 to 2147483647.'],
  [{ timeoutMs: Infinity }, 'timeoutMs'],
  [{ proxyUrl: 'http://proxy' }, 'proxyUrl: aadNetworkClient has no such option'],
  [{ dispatcher: 'http://proxy' }, 'dispatcher: aadNetworkClient was given "http://proxy"'],
  [{ fetch: {} }, 'fetch'],
  [{ breaker: {} }, 'breaker'],
])('aadNetworkClient refuses %j', (options, sentence) => {
  expect(() => aadNetworkClient(options as AadNetworkClientOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_AAD_RETRY_OPTIONS', message: expect.stringContaining(sentence) }),
  );
});
