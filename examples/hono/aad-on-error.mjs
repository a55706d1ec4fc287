// The glue between Hono and aad-error-handler/core. Nothing here knows Express.
import { createAadResponder } from 'aad-error-handler/core';

/**
 * A handler for Hono's `app.onError`: answers identity errors and hands every other error on, untouched.
 *
 * Routes say what MSAL's errors leave out with `c.set('aadContext', { flow, scopes })`.
 *
 * @param options as for createAadResponder; a mistake in them is an error when the application starts
 * @param otherwise what becomes of errors that have nothing to do with identity: (error, context) => Response
 */
export function aadOnError(options, otherwise) {
  const responder = createAadResponder(options);
  return (error, c) => {
    const { pathname, search } = new URL(c.req.url);
    const request = { method: c.req.method, url: pathname + search, headers: c.req.header() };
    const answer = responder.respond(error, request, c.get('aadContext'));
    if (answer === undefined) return otherwise(error, c);
    const { status, headers, body } = answer.response;
    return new Response(body, { status, headers });
  };
}
