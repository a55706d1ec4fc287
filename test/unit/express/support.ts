import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { RequestIn, ResponseOut } from '../../../src/express/types.js';

export interface RequestParts {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as the body, in these pieces. */
  readonly chunks?: readonly (string | Buffer)[];
  /** Members that Express or a middleware has set. */
  readonly more?: object;
}

/** A connection that leads nowhere; keeps what is written to it. */
function socketOf(pieces: Buffer[] = []): Socket {
  const duplex: unknown = new Duplex({
    read: () => undefined,
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(Buffer.from(piece));
      done();
    },
  });
  return duplex as Socket;
}

/** Node's own request, without a network. */
export function requestOf({
  method = 'GET',
  url = '/',
  headers = {},
  chunks = [],
  more = {},
}: RequestParts): RequestIn {
  const request = new IncomingMessage(socketOf());
  Object.assign(request, { method, url, headers }, more);
  for (const chunk of chunks) request.push(chunk);
  request.push(null);
  return request;
}

/** Node's own response, and what of it would go over the network. */
export function responseOf(request: RequestIn = requestOf({})): { response: ResponseOut; sent: () => string } {
  const response: ResponseOut = new ServerResponse(request);
  const pieces: Buffer[] = [];
  response.assignSocket(socketOf(pieces));
  return { response, sent: () => Buffer.concat(pieces).toString() };
}

/** Headers without those that Node adds by itself. */
export const headersOf = (response: ResponseOut): Record<string, unknown> => ({ ...response.getHeaders() });
