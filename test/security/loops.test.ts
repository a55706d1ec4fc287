/** Redirect loops and callbacks that are nobody's: S7, S8. */
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import express5 from 'express';
import { describe, expect, test } from 'vitest';
import {
  aadAuthResponse,
  aadErrorHandler,
  createAadResponder,
  msalInteraction,
  readInteractionTicket,
  type AuthorizationUrlRequest,
} from '../../src/index.js';
import { createPlanner, createSealer } from '../../src/interaction/index.js';
import { errorOf, expressVersions } from '../http/support.js';
import { browserClient, navigation } from '../support/browser-client.js';
import { attackClaims, hostileCallbacks, marker, tokenBody } from './corpus.js';
import { ask, askers, count, listen, raw, watchProcess } from './support.js';

watchProcess();

const secret = 'an invented secret of more than 32 characters';

interface World {
  readonly origin: string;
  readonly port: number;
  readonly logins: AuthorizationUrlRequest[];
  readonly redeemed: unknown[];
  readonly signedIn: unknown[];
}

/** An application whose page always fails, and an identity provider that sends everybody back at once. */
async function world(
  express: typeof express5,
  thrown: () => unknown,
  responseMode: 'query' | 'form_post' = 'query',
): Promise<World> {
  const logins: AuthorizationUrlRequest[] = [];
  const redeemed: unknown[] = [];
  const signedIn: unknown[] = [];
  let app = express();
  const port = await listen((request, response) => {
    app(request, response);
  });
  const origin = `http://127.0.0.1:${String(port)}`;
  const auth = msalInteraction({
    client: {
      getAuthCodeUrl: async (request) => {
        logins.push(request);
        return `${origin}/idp?state=${request.state}`;
      },
      acquireTokenByCode: async (request) => {
        redeemed.push(request);
        return { account: {} };
      },
    },
    baseUrl: origin,
    secret,
    responseMode,
    onSignedIn: (_request, _response, result) => signedIn.push(result),
  });
  app = express();
  app.get('/idp', (request, response) => {
    response.redirect(302, `/auth/redirect?code=0.Acode&state=${request.query['state'] as string}`);
  });
  app.use(auth.router);
  app.get('/', (_request, response) => {
    response.send('home');
  });
  app.use((_request, _response, next) => {
    next(thrown());
  });
  app.use(aadErrorHandler({ interaction: auth, exposeDetails: false, timeZone: 'UTC' }));
  return { origin, port, logins, redeemed, signedIn };
}

const withClaims = (): unknown =>
  tokenBody(50076, { claims: attackClaims, suberror: 'basic_action', error: 'interaction_required' });

describe.each(expressVersions)('%s', (_name, express) => {
  test('S7: a provider that returns at once is visited twice, with the claims, then a page stops', async () => {
    const { origin, logins } = await world(express, withClaims);
    const browser = browserClient();
    const exchanges = await browser.follow(`${origin}/mail?a=1`, { headers: navigation });
    const last = exchanges.at(-1)!;
    expect(logins.length).toBe(2);
    expect([last.status, last.headers['location'], last.headers['refresh']]).toEqual([403, undefined, undefined]);
    for (const login of logins) expect(JSON.parse(login.claims!)).toEqual(JSON.parse(attackClaims));
    // The second try asks for more than the first.
    expect(logins.map(({ prompt }) => prompt)).toEqual([undefined, 'login']);
    // Reloading does not start over within the minute.
    for (let reload = 0; reload < 5; reload += 1)
      await browser.follow(`${origin}/mail?a=${String(reload)}`, { headers: navigation });
    expect(logins.length).toBe(2);
  });

  test.each([
    ['reads the ticket', true, 2],
    ['does not know of tickets', false, 2],
  ])('S7: a path of the application instead of our routes stops as well: it %s', async (_route, reads, expected) => {
    let logins = 0;
    const app = express();
    app.get('/login', (request, response) => {
      logins += 1;
      if (reads) expect(readInteractionTicket(request, { secret })).toMatchObject({ returnTo: '/mail' });
      response.redirect('/mail');
    });
    app.get('/mail', (_request, _response, next) => {
      next(withClaims());
    });
    app.use(aadErrorHandler({ interaction: '/login', secret, exposeDetails: false }));
    const url = `http://127.0.0.1:${String(await listen(app))}/mail`;
    const browser = browserClient();
    // A browser gives up after 20 redirects; the person tries once more.
    await browser.follow(url, { headers: navigation });
    const exchanges = await browser.follow(url, { headers: navigation });
    expect(logins).toBe(expected);
    expect(exchanges.at(-1)!.status).toBe(403);
  });

  test('S7: reasons that change each time end after five', async () => {
    let turn = 0;
    const { origin, logins } = await world(express, () => {
      turn += 1;
      return tokenBody(50076, {
        claims: JSON.stringify({ access_token: { nbf: { value: String(turn) } } }),
        error: 'interaction_required',
      });
    });
    const exchanges = await browserClient().follow(`${origin}/mail`, { headers: navigation });
    expect(logins.length).toBeLessThanOrEqual(5);
    expect(exchanges.at(-1)!.status).toBeGreaterThanOrEqual(400);
  });

  test('S7: AADSTS50196 is never answered with a redirect or a link to sign in', async () => {
    const { port } = await world(express, () => tokenBody(50196, { error: 'interaction_required' }));
    for (const headers of Object.values(askers)) {
      const reply = await ask(port, '/mail', { headers });
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.headers).not.toHaveProperty('location');
      expect(reply.body).not.toMatch(/ticket=|"interaction"/);
    }
  });

  test('S7: no script, no frame of another kind and no unsafe method is redirected', async () => {
    const { port } = await world(express, withClaims);
    const others: readonly Record<string, string>[] = [
      { 'sec-fetch-mode': 'cors' },
      { 'sec-fetch-mode': 'no-cors', accept: 'text/html' },
      { 'sec-fetch-mode': 'same-origin', accept: 'text/html' },
      { 'sec-fetch-mode': 'websocket', accept: 'text/html' },
      { 'sec-fetch-mode': 'navigate, cors', accept: 'text/html' },
      { 'sec-fetch-dest': 'empty', accept: 'text/html' },
      { 'sec-fetch-dest': 'image', accept: 'text/html' },
      { 'x-requested-with': 'XMLHttpRequest', accept: 'text/html' },
      { 'hx-request': 'true', accept: 'text/html' },
      { accept: 'application/json' },
      { accept: '*/*' },
      { authorization: 'Bearer x', accept: 'text/html', 'sec-fetch-mode': 'navigate' },
    ];
    for (const headers of others) {
      const reply = await ask(port, '/mail', { headers });
      expect([JSON.stringify(headers), reply.status, reply.headers['location']]).toEqual([
        JSON.stringify(headers),
        401,
        undefined,
      ]);
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const reply = await ask(port, '/mail', { method, headers: navigation });
      expect([method, reply.headers['location']]).toEqual([method, undefined]);
    }
  });

  test('S7: a forged, foreign or replayed counter changes nothing that matters', async () => {
    const { origin, port, logins } = await world(express, withClaims);
    const foreign = createSealer(['another secret of more than 32 characters']).seal(
      'brake',
      [{ key: 'x', count: 99, since: 1e12 }],
      9e15,
    );
    for (const cookie of [
      'x',
      '',
      '0',
      '[]',
      '{"count":0}',
      foreign,
      'a'.repeat(3_000),
      'eyJhbGciOiJub25lIn0..e30.e30.',
    ]) {
      const reply = await ask(port, '/mail', { headers: { ...navigation, cookie: `aad-brake=${cookie}` } });
      expect([cookie.slice(0, 20), reply.status]).toEqual([cookie.slice(0, 20), 303]);
      expect(reply.headers['location']).toMatch(/^\/auth\/challenge\?ticket=/);
    }
    // A used ticket is no second sign-in, whoever sends it.
    const browser = browserClient();
    const [first] = await browser.follow(`${origin}/mail`, { headers: navigation });
    const before = logins.length;
    const again = await browser.request(origin + first!.headers['location']!, { headers: navigation });
    expect([again.status, logins.length]).toEqual([400, before]);
    const stranger = await browserClient().request(origin + first!.headers['location']!, { headers: navigation });
    expect([stranger.status, logins.length]).toEqual([400, before]);
  });

  describe('S8', () => {
    const description = `AADSTS50076: ${marker} call +1 555 0100`;
    const query = (state: string): string[] => [
      `error=access_denied&error_description=${encodeURIComponent(description)}&error_uri=https://evil.test/${state}`,
      `code=0.AXoAforgedCODE&session_state=x${state}`,
    ];

    test('S8: nine callbacks with a state that is not ours: 400, nothing of theirs, nobody signed in', async () => {
      const { origin, port, logins, redeemed, signedIn } = await world(express, withClaims);
      const browser = browserClient();
      await browser.follow(`${origin}/auth/sign-in`, { headers: navigation });
      const used = logins[0]!.state;
      expect([redeemed.length, signedIn.length]).toEqual([1, 1]);
      await browser.request(`${origin}/auth/sign-in`, { headers: navigation });
      const pending = logins.at(-1)!.state;
      const states: readonly (readonly [name: string, state: string])[] = [
        ['missing', ''],
        ['empty', '&state='],
        ['wrong', '&state=AAAAAAAAAAAAAAAAAAAAAA'],
        // Its cookie is found by the first eight characters.
        ['right at the start only', `&state=${pending.slice(0, 8)}AAAAAAAAAAAAAA`],
        ['reused', `&state=${used}`],
        ['an array', `&state[]=${pending}`],
        ['two, the first wrong', `&state=wrong&state=${pending}`],
        ['10 KB', `&state=${'A'.repeat(10_000)}`],
        ['right, with something behind', `&state=${pending}%00`],
      ];
      expect(states.length).toBe(9);
      for (const [name, state] of states) {
        for (const parameters of query(state)) {
          const reply = await browser.request(`${origin}/auth/redirect?${parameters}`, { headers: navigation });
          expect([name, reply.status]).toEqual([name, 400]);
          expect(reply.body + JSON.stringify(reply.headers), name).not.toMatch(
            new RegExp(`${marker}|50076|555|access_denied|forged|evil`),
          );
          expect(reply.headers['set-cookie'] ?? [], name).toEqual([]);
        }
      }
      // Of another browser: right, but without its cookie.
      const stranger = await ask(port, `/auth/redirect?${query(`&state=${pending}`)[1]!}`, { headers: navigation });
      expect(stranger.status).toBe(400);
      expect([redeemed.length, signedIn.length]).toEqual([1, 1]);
      // The pending sign-in was not disturbed.
      const last = await browser.request(`${origin}/auth/redirect?code=x&state=${pending}`, { headers: navigation });
      expect([last.status, redeemed.length]).toEqual([303, 2]);
    });

    test('S8: hostile parameters, by query and by form_post, without a state of ours', async () => {
      for (const mode of ['query', 'form_post'] as const) {
        const { origin, redeemed } = await world(express, withClaims, mode);
        for (const parameters of hostileCallbacks) {
          const reply =
            mode === 'query'
              ? await browserClient().request(`${origin}/auth/redirect?${parameters}`, { headers: navigation })
              : await browserClient().request(`${origin}/auth/redirect`, {
                  method: 'POST',
                  headers: { ...navigation, 'content-type': 'application/x-www-form-urlencoded' },
                  body: parameters,
                });
          expect([parameters.slice(0, 40), reply.status]).toEqual([parameters.slice(0, 40), 400]);
          expect(reply.body).not.toContain(marker);
          expect(reply.headers).not.toHaveProperty('location');
        }
        expect(redeemed).toEqual([]);
      }
    });

    test('S8: aadAuthResponse with checkState: a foreign state gives the generic page', async () => {
      const app = express();
      app.use('/redirect', aadAuthResponse({ checkState: (_request, state) => state === 'ours' }));
      app.use(aadErrorHandler({ exposeDetails: false }));
      const port = await listen(app);
      const error = `error=access_denied&error_description=${encodeURIComponent(description)}`;
      for (const state of ['', '&state=theirs', '&state[]=ours', '&state=theirs&state=ours']) {
        const reply = await ask(port, `/redirect?${error}${state}`, { headers: navigation });
        expect([state, reply.status]).toEqual([state, 400]);
        expect(reply.body).not.toMatch(new RegExp(`${marker}|50076|555`));
      }
      const own = await ask(port, `/redirect?${error}&state=ours`, { headers: navigation });
      expect(own.status).toBe(401);
      expect(own.body).not.toContain(marker);
    });

    test('S8: a callback by raw socket with a broken request line or body ends', async () => {
      const { port, redeemed } = await world(express, withClaims, 'form_post');
      const bodies = [
        'code=x&state=%',
        'code=x&state=\u0000',
        `${'a=b&'.repeat(5_000)}code=x`,
        `code=${'x'.repeat(80_000)}`,
      ];
      for (const body of bodies) {
        const text = await raw(
          port,
          `POST /auth/redirect HTTP/1.1\r\nhost: a\r\nconnection: close\r\nsec-fetch-mode: navigate\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
          500,
        );
        expect(text).toMatch(/^HTTP\/1\.1 (?:400|500) /);
      }
      expect(redeemed).toEqual([]);
    });
  });
});

test('S7: 10,000 users leave at most 1 MB', () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const planner = createPlanner({
    sealer: createSealer([secret]),
    cookies: { secure: false },
    startPath: '/login',
    signInPath: '/login',
    adminConsentUrl: undefined,
    countHere: true,
  });
  const responder = createAadResponder({ exposeDetails: false, timeZone: 'UTC' });
  const visit = (user: number): void => {
    const thrown = tokenBody(50076, {
      // Everybody has a reason of their own, so that something kept for each reason shows.
      claims: attackClaims.replace('c1', `c${String(user)}`),
      error: 'interaction_required',
      trace_id: `00000000-0000-4000-8000-${String(user).padStart(12, '0')}`,
    });
    const answer = responder.respond(thrown, {
      method: 'GET',
      url: `/u/${String(user)}`,
      headers: { ...askers.navigation, cookie: `aad-brake=${String(user)}` },
    })!;
    const plan = planner.plan(answer.decision, answer.error, answer.facts, `sid=${String(user)}`);
    planner.attempts(answer.error, plan.setCookies.join('; '), answer.facts.nowMs);
  };
  for (let user = 0; user < 500; user += 1) visit(user);
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let user = 0; user < count(10_000, 10_000); user += 1) visit(user);
  gc();
  expect(process.memoryUsage().heapUsed - before).toBeLessThanOrEqual(1_048_576);
  expect(errorOf.interactive).toBeDefined();
});
