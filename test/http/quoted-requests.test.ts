/** What a client sent is refused by Express, body-parser or a route: codes and claims in it are that client's words. */
import express5 from 'express';
import supertest from 'supertest';
import { describe, expect, test, vi } from 'vitest';
import { aadErrorHandler } from '../../src/index.js';
import { expressVersions } from './support.js';

const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
const bodies = [
  '{"note":"AADSTS7000222: x"',
  'AADSTS50076: x',
  `{"error":"interaction_required","error_description":"x","suberror":"basic_action","claims":${JSON.stringify(claims)}`,
  'Bearer error="insufficient_claims", claims="e30="',
];

describe.each(expressVersions)('%s', (_name, express) => {
  test.each(bodies)('a body that is no JSON is a bad request, whatever it says: %s', async (body) => {
    const onOperatorAlert = vi.fn();
    const onDecision = vi.fn();
    const app = express();
    app.use(express5.json());
    app.use(aadErrorHandler({ mode: 'api', onOperatorAlert, onDecision }));
    const answer = await supertest(app)
      .post('/orders')
      .set({ 'content-type': 'application/json', authorization: 'Bearer x' })
      .send(body);
    expect(answer.status).toBe(400);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(onDecision).not.toHaveBeenCalled();
    expect(onOperatorAlert).not.toHaveBeenCalled();
  });

  test('an address that cannot be decoded is a bad request, whatever it says', async () => {
    const onOperatorAlert = vi.fn();
    const app = express();
    app.get('/items/:id', (_request, response) => response.send('x'));
    app.use(aadErrorHandler({ onOperatorAlert }));
    expect((await supertest(app).get('/items/AADSTS7000215%FF')).status).toBe(400);
    expect(onOperatorAlert).not.toHaveBeenCalled();
  });

  test('an address or value that is refused keeps the status of its route', async () => {
    const app = express();
    app.use((request, _response, next) => {
      next(Object.assign(new Error(`Nothing at ${request.path}`), { status: 404, statusCode: 404, expose: true }));
    });
    app.use(aadErrorHandler());
    expect((await supertest(app).get('/AADSTS700016')).status).toBe(404);
  });
});
