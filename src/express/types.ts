import type { IncomingMessage, ServerResponse } from 'node:http';

declare global {
  // Where the types of express-session, passport and others say what they add to a request; empty without them.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type
    interface Request {}
  }
}

/**
 * What we need of Express's request. Declared on node:http types, so that the package's declarations compile without
 * Express's and fit Express 4 and 5.
 */
export interface RequestIn extends IncomingMessage {
  originalUrl?: string;
  baseUrl?: string;
  path?: string;
  // As Express has it: `unknown`, or a `query` of our own, would be what Express takes as type for the handlers after ours.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body?: any;
}

export interface ResponseOut extends ServerResponse {
  render?: (view: string, locals: object, callback: (error: unknown, html: string) => void) => void;
}

/** The request as functions of the application get it: with what other middleware adds to `Express.Request`, such as `session`. */
export type AppRequest = RequestIn & Express.Request;

/**
 * A function of the application. Its parameters are compared as those of methods are, so that one that asks for Express's
 * own `Request` and `Response` fits as well.
 */
export type AppFunction<Parameters extends readonly unknown[], Result> = {
  call(...parameters: Parameters): Result;
}['call'];

export type Next = (error?: unknown) => void;

/** An Express error handler, 4 and 5. */
export type ErrorHandler = (error: unknown, request: RequestIn, response: ResponseOut, next: Next) => void;

/** An Express request handler, 4 and 5. */
export type Handler = (request: RequestIn, response: ResponseOut, next: Next) => void;
