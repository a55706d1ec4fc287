/** What the attacks share: applications, a client that notices hangs, and the counts of the threat list. */
import {
  createServer,
  request as httpRequest,
  Agent,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import express5 from 'express';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { aadErrorHandler, type AadErrorHandlerOptions } from '../../src/index.js';

/** SECURITY_LONG=1: the counts of the threat list where they take more than seconds. */
export const isLong = process.env['SECURITY_LONG'] === '1';
/** How many: the demanded number in the long mode, a share of it otherwise. */
export const count = (demanded: number, usual: number): number => (isLong ? demanded : usual);
/** How many inputs a property gets: FUZZ_RUNS, else the demanded number or its share. */
export function fuzzRuns(demanded: number, usual = demanded): number {
  const asked = Number(process.env['FUZZ_RUNS'] ?? '');
  return Number.isSafeInteger(asked) && asked > 0 ? asked : count(demanded, usual);
}

export const environments = ['development', 'production'] as const;
export type Environment = (typeof environments)[number];

/** The four askers of the threat list. `json` and `html` send no Fetch metadata. */
export const askers = {
  json: { accept: 'application/json' },
  html: { accept: 'text/html' },
  navigation: { accept: 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  api: { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' },
} as const;
export type Asker = keyof typeof askers;
export const askerNames = Object.keys(askers) as Asker[];

/** The middleware as an application of that NODE_ENV gets it. */
export function handlerIn(
  environment: Environment,
  options: AadErrorHandlerOptions = {},
): ReturnType<typeof aadErrorHandler> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = environment;
  try {
    return aadErrorHandler({ timeZone: 'UTC', ...options });
  } finally {
    process.env['NODE_ENV'] = before;
  }
}

/** An application whose every route fails with what `thrown` makes; what is handed on is collected and answered with 418. */
export function victim(
  express: typeof express5,
  thrown: (request: express5.Request) => unknown,
  options: AadErrorHandlerOptions = {},
  environment: Environment = 'production',
): { app: express5.Express; handedOn: unknown[] } {
  const handedOn: unknown[] = [];
  const app = express();
  app.disable('x-powered-by');
  app.use((request, _response, next) => {
    next(thrown(request));
  });
  app.use(handlerIn(environment, options));
  app.use(((error: unknown, _request, response, _next) => {
    handedOn.push(error);
    response.status(418).end();
  }) as express5.ErrorRequestHandler);
  return { app, handedOn };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  readonly body: string;
  readonly ms: number;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longer than this without a whole answer is a hang. @defaultValue 1000 */
  readonly timeoutMs?: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** One request. Rejects when the whole answer has not come within a second. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body, timeoutMs = 1_000 }: Asked = {},
): Promise<Reply> {
  // Without a length Node sends the body of a DELETE as if it were the next request.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, path, method, headers: { ...headers, ...length }, agent, maxHeaderSize: 65_536 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          clearTimeout(timer);
          const bytes = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            bytes,
            body: bytes.toString('utf8'),
            ms: performance.now() - started,
          });
        });
      },
    );
    const timer = setTimeout(() => {
      outgoing.destroy(new Error(`no answer to ${method} ${path.slice(0, 100)} within ${String(timeoutMs)} ms`));
    }, timeoutMs);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end(body);
  });
}

/** What comes back for bytes that an HTTP client would refuse to send; resolves when the server closes or after a while. */
export function raw(port: number, text: string, waitMs = 150): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    const done = (): void => {
      socket.destroy();
      resolve(received);
    };
    socket.setTimeout(waitMs, done);
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', done);
    socket.on('close', done);
  });
}

const servers = new Set<Server>();

/** A server on loopback until the end of the test file. */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer({ maxHeaderSize: 65_536 }, listener);
  servers.add(server);
  // A socket that is closed between two requests would look like a fault of the answer.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const faults: string[] = [];
const note =
  (kind: string) =>
  (error: unknown): void => {
    faults.push(`${kind}: ${error instanceof Error ? String(error.stack) : typeof error}`);
  };

/** What nobody caught since the last call; it is forgiven by asking. */
export const takeFaults = (): string[] => faults.splice(0);

/** Fails the test during which something was not caught, and closes the servers of the file; call it once a file. */
export function watchProcess(): void {
  const onRejection = note('unhandledRejection');
  const onException = note('uncaughtException');
  beforeAll(() => {
    process.on('unhandledRejection', onRejection);
    process.on('uncaughtException', onException);
  });
  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(takeFaults()).toEqual([]);
  });
  afterAll(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    expect(faults).toEqual([]);
  });
}

/** Runs jobs so many at a time; the first that fails ends it. */
export async function inParallel<Job>(
  jobs: readonly Job[],
  width: number,
  run: (job: Job, index: number) => Promise<void>,
): Promise<void> {
  let at = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (at < jobs.length) {
        const index = at;
        at += 1;
        await run(jobs[index]!, index);
      }
    }),
  );
}

/** Fastest of a few runs in milliseconds: what the work costs, not what else the machine does. */
export function fastest(work: () => unknown, runs = 5): number {
  let best = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

/** An answer without what is different each time: tickets, times of Node. */
export function stable({ status, headers, body }: Pick<Reply, 'status' | 'headers' | 'body'>): string {
  const lines = Object.entries({ ...headers, date: '', connection: '', 'keep-alive': '' }).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return JSON.stringify([status, lines, body])
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'time')
    .replace(/ticket=[\w.~-]+/g, 'ticket=')
    .replace(/aad-(?:ticket-[\w-]+|brake)=[^;"]*/g, 'aad-cookie=');
}

/** Bytes of the header block as it went over the wire, without the status line. */
export function headerBytes({ rawHeaders }: Reply): number {
  return rawHeaders.reduce((sum, part) => sum + part.length, 0) + rawHeaders.length * 2;
}

/** A text in the spellings in which it could hide: as it is, percent-encoded, in JSON, in HTML, in base64 at any offset. */
export function spellings(text: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
    // Without the ends, which depend on the neighbours.
    return encoded.slice(offset === 0 ? 0 : 4, Math.floor(encoded.replaceAll('=', '').length / 4) * 4 - 4);
  });
  return [
    ...new Set([
      text,
      encodeURIComponent(text),
      encodeURIComponent(encodeURIComponent(text)),
      JSON.stringify(text).slice(1, -1),
      text.replaceAll('&', '&amp;'),
      ...base64,
      ...base64.map((part) => part.replaceAll('+', '-').replaceAll('/', '_')),
    ]),
  ].filter((spelling) => spelling.length >= 8);
}
