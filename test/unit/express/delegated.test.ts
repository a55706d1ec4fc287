/** What a delegated error does to cookies, over a socket with the handlers that Express has itself. */
import type { ErrorRequestHandler } from 'express';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { aadErrorHandler } from '../../../src/index.js';
import { clients, errorOf, expressVersions } from '../../http/support.js';

const namesOf = (setCookies: unknown): string[] =>
  (setCookies as string[]).map((cookie) => cookie.split('=')[0]!.replace(/ticket-.*/, 'ticket'));

describe.each(expressVersions)('a delegated error, %s', (_name, express) => {
  const appWith = (...handlers: ErrorRequestHandler[]): ReturnType<typeof express> => {
    const app = express();
    // Express prints errors in any other environment.
    app.set('env', 'test');
    app.get('/mail', (_request, response, next) => {
      response.cookie('session', 's1').cookie('theme', 'dark');
      next(errorOf.interactive);
    });
    app.use(aadErrorHandler({ delegate: true, interaction: '/login' }), ...handlers);
    return app;
  };
  const ask = (app: ReturnType<typeof express>): supertest.Test => supertest(app).get('/mail').set(clients.navigation);

  test('keeps the cookies of the application beside those of the sign-in, with Express’s own handler', async () => {
    const { status, headers } = await ask(appWith());
    expect(status).toBe(401);
    expect(namesOf(headers['set-cookie'])).toEqual(['session', 'theme', 'aad-ticket', 'aad-brake']);
  });

  test('keeps them where a handler sets the headers of the error', async () => {
    const { headers } = await ask(
      appWith((error: { headers: object }, _request, response, _next) => {
        response.set(error.headers).json({});
      }),
    );
    expect(namesOf(headers['set-cookie'])).toEqual(['session', 'theme', 'aad-ticket', 'aad-brake']);
  });

  test('brings the cookies of the sign-in where a handler looks at nothing but the status', async () => {
    const { headers } = await ask(
      appWith((error: { status: number }, _request, response, _next) => {
        response.status(error.status).end();
      }),
    );
    expect(namesOf(headers['set-cookie'])).toContain('aad-ticket');
  });

  test('has no cookies among its headers', async () => {
    const { body } = await ask(
      appWith((error: { headers: object }, _request, response, _next) => {
        response.json(Object.keys(error.headers).sort());
      }),
    );
    expect(body).toEqual(['cache-control', 'referrer-policy', 'vary', 'www-authenticate', 'x-content-type-options']);
  });
});
