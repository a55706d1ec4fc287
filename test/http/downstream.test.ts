import express from 'express';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { aadErrorHandler, decide, normalizeAadError, parseChallenges, throwOnChallenge } from '../../src/index.js';
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

describe('throwOnChallenge: a step-up challenge of RFC 9470', () => {
  const asked = (parameters: string): Response =>
    new Response(null, {
      status: 401,
      headers: { 'www-authenticate': `Bearer error="insufficient_user_authentication", ${parameters}` },
    });
  const challengeFor = async (parameters: string, headers: Record<string, string>): Promise<string | undefined> => {
    const app = express();
    app.get('/orders', () => {
      throwOnChallenge(asked(parameters));
    });
    app.use(aadErrorHandler());
    const answer = await supertest(app).get('/orders').set(headers);
    expect(answer.status).toBe(401);
    return answer.headers['www-authenticate'];
  };
  const api = { authorization: 'Bearer eyJ0.e.st', accept: 'application/json' };

  test.each([
    ['acr_values="urn:contoso:mfa c1", max_age="300"', 'acr_values="urn:contoso:mfa c1", max_age="300"'],
    ['acr_values="urn:contoso:mfa"', 'acr_values="urn:contoso:mfa"'],
    ['max_age=0', 'max_age="0"'],
  ])('%s is handed on to the caller of an API', async (parameters, expected) => {
    const challenge = await challengeFor(parameters, api);
    expect(challenge).toContain('error="insufficient_user_authentication"');
    expect(challenge?.endsWith(expected)).toBe(true);
    expect(parseChallenges(challenge ?? '')).toHaveLength(1);
  });

  test.each(['acr_values="a\\"b"', 'max_age="soon"', 'max_age="-1"', 'scope="x"'])(
    '%s asks for nothing that can be handed on',
    async (parameters) => {
      expect(await challengeFor(parameters, api)).toContain('error="invalid_token"');
    },
  );

  test('a page gets no such challenge', async () => {
    expect(await challengeFor('max_age="5"', navigation)).not.toContain('max_age');
  });

  test('the person signs in again instead of coming back with the same session', () => {
    const error = normalizeAadError(asked('max_age="5"'));
    expect(error && decide(error)).toMatchObject({ action: 'interactive', prompt: 'login' });
  });
});
