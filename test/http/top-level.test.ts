import { metrics, type Meter } from '@opentelemetry/api';
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { aadAuthResponse, aadErrorHandler } from '../../src/index.js';
import { browserClient, navigation } from '../support/browser-client.js';

const expired = { error: 'invalid_grant', error_description: 'AADSTS700082: The refresh token has expired.' };

function appWith(options: Parameters<typeof aadErrorHandler>[0]): ReturnType<typeof express> {
  const app = express();
  app.get('/page', (_req, _res, next) => {
    next({ ...expired });
  });
  app.use(aadErrorHandler(options));
  return app;
}

describe('only a top-level navigation of a person is redirected', () => {
  test.each([
    ['a navigation', {}, 303],
    ['a frame', { 'sec-fetch-dest': 'iframe' }, 401],
    ['a prefetch', { 'sec-purpose': 'prefetch;prerender' }, 401],
  ])('%s gets %i', async (_name, headers, status) => {
    const answer = await supertest(appWith({ interaction: '/login' }))
      .get('/page')
      .set({ ...navigation, ...headers });
    expect(answer.status).toBe(status);
  });
});

test("an application's own start() is called twice for the same reason, then a page stops the loop", async () => {
  let starts = 0;
  const app = appWith({
    interaction: {
      start: (_req, res) => {
        starts += 1;
        res.statusCode = 302;
        res.setHeader('location', '/own-login');
        res.end();
      },
    },
  });
  const server = createServer(app).listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const browser = browserClient();
  const statuses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    statuses.push((await browser.request(`http://localhost:${String(port)}/page`, { headers: navigation })).status);
  }
  server.close();
  expect(statuses).toEqual([302, 302, 403]);
  expect(starts).toBe(2);
});

test('aadAuthResponse leaves a JSON body for the parser of the application', async () => {
  const app = express();
  app.use(aadAuthResponse());
  app.use(express.json());
  app.post('/tasks', (req, res) => {
    res.json(req.body);
  });
  const answer = await supertest(app).post('/tasks').send({ a: 1 });
  expect(answer.body).toEqual({ a: 1 });
});

test('decisions are counted through @opentelemetry/api when the option is set', async () => {
  const counted: object[] = [];
  const meter = {
    createCounter: () => ({ add: (_value: number, attributes: object) => counted.push(attributes) }),
  } as unknown as Meter;
  metrics.setGlobalMeterProvider({ getMeter: () => meter });
  const app = appWith({ telemetry: true });
  await supertest(app).get('/page').set(navigation);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await supertest(app).get('/page').set(navigation);
  expect(counted).toEqual([
    { 'aad.action': 'interactive', 'aad.situation': 'session-expired', 'aad.kind': 'navigation' },
  ]);
});
