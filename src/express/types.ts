import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What we need of Express's request. Declared on node:http types, so that the package's declarations compile without
 * Express's and fit Express 4 and 5.
 */
export interface RequestIn extends IncomingMessage {
  originalUrl?: string;
  baseUrl?: string;
  path?: string;
  body?: unknown;
  query?: unknown;
}

export interface ResponseOut extends ServerResponse {
  render?: (view: string, locals: object, callback: (error: unknown, html: string) => void) => void;
}

export type Next = (error?: unknown) => void;

/** An Express error handler, 4 and 5. */
export type ErrorHandler = (error: unknown, request: RequestIn, response: ResponseOut, next: Next) => void;

/** An Express request handler, 4 and 5. */
export type Handler = (request: RequestIn, response: ResponseOut, next: Next) => void;
