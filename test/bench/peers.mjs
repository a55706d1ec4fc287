/**
 * Other error handlers, each set up as its documentation says. They are installed from peers/package-lock.json into
 * BENCH_PEERS_AT and are no dependency of this package; without that folder only Express's own handler is compared.
 */
import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { Console } from 'node:console';
import { devNull } from 'node:os';
import { asJson, asPage, mfaError } from './errors.mjs';

// Express logs every error that nobody handled to the console: the work is done, the text goes nowhere.
globalThis.console = new Console(createWriteStream(devNull));

const express = createRequire(import.meta.resolve('express'));
const finalhandler = express('finalhandler');

/** For errors that carry their answer: what a developer writes behind a library that only makes errors. */
const byFields = (error, _req, res, _next) => {
  res
    .set(error.headers ?? {})
    .status(error.status)
    .json({ error: error.code, message: error.message });
};

const expressOwn = (failing) => {
  const development = failing(mfaError);
  development.set('env', 'development');
  const production = (error, request, response, _next) => finalhandler(request, response, { env: 'production' })(error);
  return [
    ["Express's own handler, not logging", [failing(mfaError, production), asJson, 500]],
    ["Express's own handler", [failing(mfaError), asJson, 500]],
    ["Express's own handler, development", [development, asJson, 500]],
  ];
};

function installed(failing, load) {
  const errorhandler = load('errorhandler');
  const strong = load('strong-error-handler');
  const { HttpProblemResponse } = load('express-http-problem-details');
  const { ProblemDocument } = load('http-problem-details');
  const { DefaultMappingStrategy, ErrorMapper, MapperRegistry } = load('http-problem-details-mapper');
  const Problem = load('api-problem');
  // The handler from the same entry: the one of the entry for Express has a copy of the error classes, and knows no other.
  const { Unauthorized, express: errorIq } = load('@common-sense/error-iq');
  const ProblemDetailsBuilder = load('problem-details-http').default;
  const boom = load('@hapi/boom');
  const { expressjwt } = load('express-jwt');
  const { auth } = load('express-oauth2-jwt-bearer');

  class MfaMapper extends ErrorMapper {
    constructor() {
      super(mfaError().constructor);
    }

    mapError() {
      return new ProblemDocument({
        status: 401,
        title: 'Sign in again',
        type: 'https://contoso.example/sign-in-again',
      });
    }
  }
  const strategy = new DefaultMappingStrategy(new MapperRegistry().registerMapper(new MfaMapper()));
  const problemDetails = (_error, request, response, _next) => {
    const problem = ProblemDetailsBuilder.fromDetail('Sign in again').status401().instance(request.path).build();
    response.status(problem.status).type('application/problem+json').json(problem);
  };
  const boomHandler = (_error, _req, response, _next) => {
    const { output } = boom.unauthorized('sign in again', 'Bearer');
    response.status(output.statusCode).set(output.headers).json(output.payload);
  };
  const bearer = () =>
    auth({ issuer: 'https://login.contoso.example/', jwksUri: 'https://login.contoso.example/keys', audience: 'api' });
  const guarded = (middleware, ...handlers) => {
    const app = failing(mfaError, ...handlers);
    const stack = app.router.stack;
    app.use(middleware);
    stack.unshift(stack.pop());
    return app;
  };
  const jwt = expressjwt({ secret: 'a bench secret of more than thirty-two characters', algorithms: ['HS256'] });
  const malformed = { ...asJson, authorization: 'Bearer eyJ0.e.st' };
  const unauthorized = () => new Unauthorized('Sign in again', null, null, 'Bearer error="invalid_token"');

  return [
    ['errorhandler, JSON', [failing(mfaError, errorhandler({ log: false })), asJson, 500]],
    ['errorhandler, HTML', [failing(mfaError, errorhandler({ log: false })), asPage, 500]],
    ['strong-error-handler, JSON', [failing(mfaError, strong({ log: false })), asJson, 500]],
    ['strong-error-handler, HTML', [failing(mfaError, strong({ log: false })), asPage, 500]],
    ['express-http-problem-details with a mapper', [failing(mfaError, HttpProblemResponse({ strategy })), asJson, 401]],
    [
      'api-problem (its own error)',
      [failing(() => new Problem(401, 'Sign in again'), load('api-problem/lib/middleware')()), asJson, 401],
    ],
    ['@common-sense/error-iq (its own error)', [failing(unauthorized, errorIq.errorHandler()), asJson, 401]],
    ['problem-details-http in a handler', [failing(mfaError, problemDetails), asJson, 401]],
    ['@hapi/boom in a handler', [failing(mfaError, boomHandler), asJson, 401]],
    ['express-jwt, no token', [guarded(jwt, byFields), asJson, 401]],
    ['express-oauth2-jwt-bearer, no token', [guarded(bearer(), byFields), asJson, 401]],
    ["express-oauth2-jwt-bearer, no token, Express's own handler", [guarded(bearer()), asJson, 401]],
    ['express-oauth2-jwt-bearer, malformed token', [guarded(bearer(), byFields), malformed, 401]],
  ];
}

/** @param failing makes an application whose only route fails, with the given handlers behind it */
export async function peerScenarios(failing) {
  if (process.env.BENCH_PEERS === '0') return [];
  const folder = process.env.BENCH_PEERS_AT ?? '';
  return [...expressOwn(failing), ...(folder === '' ? [] : installed(failing, createRequire(`${folder}/`)))];
}
