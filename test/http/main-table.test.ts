import { ConfidentialClientApplication } from '@azure/msal-node';
import express5 from 'express';
import express4 from 'express4';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aadErrorHandler, decide, msalInteraction, normalizeAadError, throwOnChallenge } from '../../src/index.js';
import {
  claimsChallengeResponse,
  createLocalEntra,
  type LocalEntra,
  type PlanDetails,
} from '../../src/testing/index.js';
import { navigation, script } from '../support/browser-client.js';

const secret = 'a test secret of more than thirty-two characters';
const claims = '{"access_token":{"capolids":{"essential":true,"values":["11111111-2222-4333-8444-555555555555"]}}}';
const claimsBase64 = Buffer.from(claims).toString('base64');
const api = { authorization: 'Bearer eyJ0.e.st', accept: 'application/json' };
const challenged = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"';

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterAll(() => entra.close());

const newClient = (): ConfidentialClientApplication => new ConfidentialClientApplication(entra.msalConfiguration());

/** What MSAL 7 throws for one scripted answer, from a real call. */
async function thrownBy(client: ConfidentialClientApplication): Promise<unknown> {
  const oboAssertion = await entra.accessToken({ user: 'alice@contoso.test' });
  try {
    await client.acquireTokenOnBehalfOf({ oboAssertion, scopes: ['api://tasks/Tasks.Read'], skipCache: true });
  } catch (error) {
    return error;
  }
  throw new Error('the call was expected to fail');
}

const failing =
  (code: number | undefined, details: PlanDetails = {}) =>
  async (): Promise<unknown> => {
    entra.failNext({ ...(code !== undefined && { code }), ...details });
    return thrownBy(newClient());
  };

interface Row {
  readonly name: string;
  readonly make: () => Promise<unknown>;
  /** `name` and `errorCode` of what MSAL threw: its class is wrong for several of these. */
  readonly msal: readonly [string, string];
  readonly decision: Readonly<Record<string, unknown>>;
  readonly status: readonly [navigation: number, script: number, api: number];
  /** Rest of the API challenge after realm and authorization_uri; absent: no challenge. */
  readonly apiChallenge?: string;
  readonly retryAfter?: string;
}

const signIn = [303, 401, 401] as const;
const rows: readonly Row[] = [
  {
    name: '50076 with claims and basic_action',
    make: failing(50076, { claims, suberror: 'basic_action' }),
    msal: ['InteractionRequiredAuthError', 'invalid_grant'],
    decision: {
      action: 'claims_challenge',
      situation: 'mfa-required',
      code: 'AADSTS50076',
      claims,
      rule: 'claims',
      who: 'user',
    },
    status: signIn,
    apiChallenge: `, error="insufficient_claims", claims="${claimsBase64}"`,
  },
  {
    name: '50076 with claims and no suberror: MSAL throws a ServerError and drops the claims',
    make: failing(50076, { claims, suberror: null }),
    msal: ['ServerError', 'invalid_grant'],
    decision: { action: 'interactive', situation: 'mfa-required', code: 'AADSTS50076', rule: 'code' },
    status: signIn,
    apiChallenge: ', error="invalid_token"',
  },
  {
    name: '50058 without a session',
    make: failing(50058, { error: 'login_required' }),
    msal: ['InteractionRequiredAuthError', 'login_required'],
    decision: { action: 'interactive', situation: 'sign-in-needed', code: 'AADSTS50058' },
    status: signIn,
    apiChallenge: ', error="invalid_token"',
  },
  {
    name: '65001 consent_required',
    make: failing(65001, { suberror: 'consent_required' }),
    msal: ['InteractionRequiredAuthError', 'invalid_grant'],
    decision: { action: 'consent', situation: 'consent-needed', prompt: 'consent', rule: 'suberror' },
    status: [303, 401, 403],
    apiChallenge: ', error="insufficient_scope"',
  },
  {
    name: '70043 with token_expired: a plain ServerError of MSAL',
    make: failing(70043, { error: 'invalid_grant', suberror: 'token_expired' }),
    msal: ['ServerError', 'invalid_grant'],
    decision: { action: 'interactive', situation: 'session-expired', rule: 'suberror' },
    status: signIn,
    apiChallenge: ', error="invalid_token"',
  },
  {
    name: '700082, expired refresh token',
    make: failing(700082, { suberror: null }),
    msal: ['ServerError', 'invalid_grant'],
    decision: { action: 'interactive', situation: 'session-expired', rule: 'code' },
    status: signIn,
    apiChallenge: ', error="invalid_token"',
  },
  {
    name: '50105 as interaction_required: signing in again would loop',
    make: failing(50105, { error: 'interaction_required' }),
    msal: ['InteractionRequiredAuthError', 'interaction_required'],
    decision: { action: 'contact_admin', situation: 'not-assigned-to-app', rule: 'sign-in-cannot-help', who: 'admin' },
    status: [403, 403, 403],
  },
  {
    name: '7000215, wrong client secret',
    make: failing(7000215),
    msal: ['ServerError', 'invalid_client'],
    decision: { action: 'fix_config', situation: 'secret-expired', rule: 'sign-in-cannot-help', who: 'developer' },
    status: [500, 500, 500],
  },
  {
    name: '90033 with 503 and Retry-After',
    make: failing(90033, { status: 503, retryAfterSeconds: 17 }),
    msal: ['ServerError', 'temporarily_unavailable'],
    decision: { action: 'retry', situation: 'service-unavailable', retryable: true, rule: 'transient' },
    status: [503, 503, 503],
    retryAfter: '30',
  },
  {
    name: "MSAL's own throttle error on the second call",
    make: async () => {
      const client = newClient();
      entra.failNext(90033, { status: 503, retryAfterSeconds: 17 });
      await thrownBy(client);
      return thrownBy(client);
    },
    msal: ['ServerError', '90033'],
    decision: {
      action: 'retry',
      situation: 'service-unavailable',
      code: 'AADSTS90033',
      retryable: true,
      rule: 'transient',
    },
    status: [503, 503, 503],
    retryAfter: '60',
  },
  {
    name: 'refused connection',
    make: failing(undefined, { outage: 'refuse' }),
    msal: ['ClientAuthError', 'network_error'],
    decision: { action: 'retry', situation: 'network-problem', retryable: true, rule: 'transient' },
    status: [503, 503, 503],
    retryAfter: '10',
  },
  {
    name: 'an AADSTS code nobody has heard of, invalid_grant',
    make: failing(98765432, { error: 'invalid_grant' }),
    msal: ['ServerError', 'invalid_grant'],
    decision: { action: 'interactive', situation: 'session-expired', code: 'AADSTS98765432', rule: 'oauth-error' },
    status: signIn,
    apiChallenge: ', error="invalid_token"',
  },
];

const others: readonly Row[] = [
  {
    name: 'Microsoft Graph: 401 insufficient_claims',
    make: async () => {
      const { status, headers } = claimsChallengeResponse(claims);
      try {
        throwOnChallenge(new Response(null, { status, headers }));
      } catch (error) {
        return error;
      }
      throw new Error('expected a throw');
    },
    msal: ['DownstreamChallengeError', ''],
    decision: { action: 'claims_challenge', situation: 'stronger-sign-in-required', claims },
    status: signIn,
    apiChallenge: `, error="insufficient_claims", claims="${claimsBase64}"`,
  },
];

describe.each([
  ['express 4', express4],
  ['express 5', express5],
])('%s', (_name, express) => {
  /** A tiny application around one thrown value; its next handler shows what was handed on. */
  function appAround(thrown: unknown, received: unknown[] = []): ReturnType<typeof express5> {
    const app = express();
    const auth = msalInteraction({
      client: newClient(),
      baseUrl: 'http://localhost:3000',
      secret,
      onSignedIn: () => undefined,
    });
    app.use(auth.router);
    app.all('/page', (_req, _res, next) => {
      next(thrown);
    });
    app.use(aadErrorHandler({ interaction: auth, exposeDetails: false }));
    app.use(((error: unknown, _req, res, _next) => {
      received.push(error);
      res.status(418).end();
    }) as express5.ErrorRequestHandler);
    return app;
  }

  describe.each([...rows, ...others])('$name', (row) => {
    let thrown: unknown;
    beforeAll(async () => {
      thrown = await row.make();
    });

    test('MSAL threw what the table says, and the decision is right all the same', () => {
      const { name, errorCode = '' } = thrown as { name: string; errorCode?: string };
      expect([name, errorCode]).toEqual(row.msal);
      expect(decide(normalizeAadError(thrown)!)).toMatchObject(row.decision);
    });

    test.each([
      ['navigation', navigation, 0],
      ['script', script, 1],
      ['api', api, 2],
    ] as const)('%s', async (kind, headers, column) => {
      const answer = await supertest(appAround(thrown)).get('/page?q=1').set(headers);
      expect(answer.status).toBe(row.status[column]);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      expect(answer.headers['vary']).toContain('Sec-Fetch-Mode');
      expect(answer.headers).not.toHaveProperty('etag');
      expect(answer.headers['retry-after']).toBe(row.retryAfter);
      if (answer.status === 303) {
        expect(answer.headers['location']).toMatch(/^\/auth\/challenge\?ticket=[\w.~-]+$/);
        expect(answer.text).toBe('');
        return;
      }
      if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=""/);
      if (kind === 'navigation') {
        expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
        expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
        expect(answer.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'content-language': 'en' });
        expect(answer.text).toMatch(/^<!doctype html>/);
        return;
      }
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.body).toMatchObject({
        status: row.status[column],
        instance: '/page',
        action: row.decision['action'],
        situation: row.decision['situation'],
        retryable: row.decision['retryable'] ?? false,
      });
      expect(answer.body).not.toHaveProperty('developer');
      if (kind === 'script' && answer.status === 401)
        expect(answer.body.interaction.url).toMatch(/^\/auth\/challenge\?ticket=/);
      if (kind === 'api') {
        expect(answer.body).not.toHaveProperty('interaction');
        expect(answer.headers['www-authenticate']).toBe(
          row.apiChallenge === undefined ? undefined : challenged + row.apiChallenge,
        );
      }
    });
  });

  test('without an interaction a navigation gets a 401 page with a valid challenge, never a redirect', async () => {
    const thrown = await rows[0]!.make();
    const app = express();
    app.get('/page', (_req, _res, next) => {
      next(thrown);
    });
    app.use(aadErrorHandler());
    const answer = await supertest(app).get('/page').set(navigation);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(challenged);
    expect(answer.text).toContain('One more step to confirm it is you');
  });

  test('a form post by somebody who is signed out gets a 401 page that says nothing was sent', async () => {
    const answer = await supertest(appAround(await rows[2]!.make()))
      .post('/page')
      .set(navigation)
      .type('form')
      .send({ a: '1' });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('nothing was sent or saved');
    expect(answer.text).toMatch(/href="\/auth\/challenge\?ticket=/);
  });

  test('a plain Error reaches the next handler, the very same object', async () => {
    const received: unknown[] = [];
    const plain = Object.freeze(new Error('ticket 50076 was closed'));
    const answer = await supertest(appAround(plain, received)).get('/page').set(navigation);
    expect(answer.status).toBe(418);
    expect(received[0]).toBe(plain);
  });

  test.each([
    ['a string', 'something odd'],
    ['a frozen object', Object.freeze({ code: 50076 })],
    ['a cycle', cyclic()],
  ])('%s that is thrown is passed on without a crash', async (_kind, thrown) => {
    const received: unknown[] = [];
    const answer = await supertest(appAround(thrown, received)).get('/page').set(navigation);
    expect(answer.status).toBe(418);
    expect(received[0]).toBe(thrown);
  });

  test.each([
    ['getters that throw', throwing()],
    ['a revoked proxy', revoked()],
  ])('%s: a plain Error is passed on, because Express would end the process over the value', async (_kind, thrown) => {
    const received: unknown[] = [];
    const answer = await supertest(appAround(thrown, received)).get('/page').set(navigation);
    expect(answer.status).toBe(418);
    expect(received[0]).toBeInstanceOf(Error);
    expect((received[0] as Error).cause === thrown).toBe(true);
  });

  test('HEAD has the headers of GET and no body', async () => {
    const thrown = await rows[6]!.make();
    const get = await supertest(appAround(thrown)).get('/page').set(navigation);
    const head = await supertest(appAround(thrown)).head('/page').set(navigation);
    expect(head.text).toBeFalsy();
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.status).toBe(get.status);
  });

  test('after headers were sent the error goes on to Express', async () => {
    const thrown = await rows[6]!.make();
    const app = express();
    app.get('/page', (_req, res, next) => {
      res.write('half an answer');
      next(thrown);
    });
    app.use(aadErrorHandler());
    await expect(supertest(app).get('/page')).rejects.toThrow();
  });
});

function cyclic(): object {
  const value: Record<string, unknown> = {};
  value['cause'] = value;
  return value;
}

function throwing(): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => {
        if (typeof key === 'string') throw new Error('no');
        return undefined;
      },
    },
  );
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
