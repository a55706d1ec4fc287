/** A server on the loopback interface that answers like Entra, Graph or a gateway in trouble. Nothing leaves the machine. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const traceId = '6c2e0c11-0001-4a00-9b00-7d3f2e100001';
export const correlationId = '6c2e0c11-0002-4a00-9b00-7d3f2e100002';
export const requestId = '6c2e0c11-0003-4a00-9b00-7d3f2e100003';
export const timestamp = '2026-01-15T09:30:00Z';
export const policyClaims =
  '{"access_token":{"capolids":{"essential":true,"values":["7d2f0a5e-1111-4c00-8a00-0c0ffee00001"]}}}';
export const revokedClaims = '{"access_token":{"nbf":{"essential":true,"value":"1768469400"}}}';
export const challenge =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ' +
  `client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="${Buffer.from(revokedClaims).toString('base64')}"`;

const text = (code: number, sentence: string): string =>
  `AADSTS${String(code)}: ${sentence} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: 2026-01-15 09:30:00Z`;

export function tokenError(error: string, code: number, sentence: string, extra: object = {}): object {
  return {
    error,
    error_description: text(code, sentence),
    error_codes: [code],
    timestamp: '2026-01-15 09:30:00Z',
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${String(code)}`,
    ...extra,
  };
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}

/** What the server can be asked for; the path is the name. */
export const replies = {
  mfa: {
    status: 400,
    body: tokenError('invalid_grant', 50076, 'Policy asks for a second factor.', {
      suberror: 'basic_action',
      claims: policyClaims,
    }),
  },
  expired: { status: 400, body: tokenError('invalid_grant', 700082, 'Not used for 90 days.') },
  consent: {
    status: 400,
    body: tokenError('invalid_grant', 65001, 'Nobody has agreed.', { suberror: 'consent_required' }),
  },
  secret: { status: 401, body: tokenError('invalid_client', 7000215, 'The secret is wrong.') },
  busy: {
    status: 429,
    headers: { 'retry-after': '17' },
    body: tokenError('temporarily_unavailable', 90055, 'Too many requests of the tenant.'),
  },
  outage: {
    status: 503,
    headers: { 'retry-after': '17', 'content-type': 'text/html' },
    body: '<html><body>Later.</body></html>',
  },
  graphRevoked: {
    status: 401,
    headers: { 'www-authenticate': challenge, 'request-id': requestId },
    body: {
      error: {
        code: 'InvalidAuthenticationToken',
        message: 'Continuous access evaluation resulted in challenge.',
        innerError: { date: '2026-01-15T09:30:00', 'request-id': requestId, 'client-request-id': correlationId },
      },
    },
  },
  graphDenied: {
    status: 403,
    headers: { 'request-id': requestId },
    body: {
      error: {
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
        innerError: { date: '2026-01-15T09:30:00', 'request-id': requestId, 'client-request-id': correlationId },
      },
    },
  },
  graphBusy: {
    status: 429,
    headers: { 'retry-after': '17' },
    body: {
      error: {
        code: 'TooManyRequests',
        message: 'Too many requests.',
        innerError: { date: '2026-01-15T09:30:00', 'request-id': requestId, 'client-request-id': correlationId },
      },
    },
  },
  /** Some other API of the application: none of our business, whatever its number says. */
  orders: { status: 404, body: { error: { code: 50076, message: 'Order 50076 was not found.' } } },
} as const satisfies Record<string, Reply>;

export type ReplyName = keyof typeof replies;

export interface Loopback {
  readonly origin: string;
  /** A path that is never answered. */
  readonly silentPath: string;
  url(name: ReplyName): string;
  close(): Promise<void>;
}

const silentPath = '/silent';

export async function startLoopback(): Promise<Loopback> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === silentPath) return;
      const name = (request.url ?? '').split(/[/?]/).find((part) => part in replies) as ReplyName | undefined;
      const reply: Reply =
        name === undefined ? { status: 404, body: `no answer is called ${request.url ?? ''}` } : replies[name];
      const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(body);
    });
  });
  const origin = await listen(server);
  return {
    origin,
    silentPath,
    url: (name) => `${origin}/${name}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => {
          done();
        });
      }),
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      done(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    });
  });
}

/** An address of this machine where nobody listens. */
export async function closedOrigin(): Promise<string> {
  const server = createServer();
  const origin = await listen(server);
  await new Promise((done) => server.close(done));
  return origin;
}

/** What the call throws; a call that does not throw is a mistake of the test. */
export async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('the call was expected to throw');
}
