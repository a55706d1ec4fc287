import express from 'express';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { aadErrorHandler, throwOnChallenge } from '../../src/index.js';
import { navigation } from '../support/browser-client.js';

describe('throwOnChallenge', () => {
  test.each([
    ['a bare 401 Bearer', 401, { 'www-authenticate': 'Bearer' }, 401],
    ['429 with a wait', 429, { 'retry-after': '7' }, 503],
    ['503', 503, {}, 503],
  ])('%s of the API that was called is answered, not passed on', async (_name, status, headers, answered) => {
    const app = express();
    app.get('/page', () => {
      throwOnChallenge(new Response(null, { status, headers }));
    });
    app.use(aadErrorHandler());
    const answer = await supertest(app).get('/page').set(navigation);
    expect(answer.status).toBe(answered);
    if (status === 429) expect(answer.headers['retry-after']).toBe('7');
  });

  test.each([200, 404, 403])('%i without a challenge is returned as it is', (status) => {
    const response = new Response(null, { status });
    expect(throwOnChallenge(response)).toBe(response);
  });

  test('a form whose sender was signed out leads back to the form, not to the place it was sent to', async () => {
    const app = express();
    app.post('/transfer', () => {
      throwOnChallenge(
        new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }),
      );
    });
    app.use(aadErrorHandler({ interaction: '/login' }));
    const answer = await supertest(app)
      .post('/transfer')
      .set({ ...navigation, 'sec-fetch-site': 'same-origin', referer: 'https://app.example/transfer/new' });
    expect(answer.status).toBe(401);
    expect(answer.text).toMatch(/href="\/login\?ticket=/);
  });
});
