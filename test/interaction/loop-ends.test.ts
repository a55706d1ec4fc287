/** msalInteraction and what may send a browser in circles: tabs are none, and everything else ends without a click. */
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import type { AadErrorHandlerOptions, MsalInteractionOptions } from '../../src/express/index.js';
import { aadErrorHandler, msalInteraction, normalizeAadError } from '../../src/index.js';
import { navigation, send, type Exchange, type RequestInput } from '../support/browser-client.js';
import { listen, secret, type Running } from './support.js';

const running: Running[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

const signInNeeded = (): unknown => normalizeAadError({ error: 'interaction_required', error_codes: [50058] });
/** As MSAL throws it. */
const entraSays = (code: number, error: string): Error =>
  Object.assign(new Error(error), {
    name: 'ServerError',
    errorCode: error,
    errorMessage: `${String(code)} - [2026-11-03 12:00:00Z]: AADSTS${String(code)}: No.`,
  });

interface World {
  readonly url: string;
  /** Authorization requests so far, one entry each: its prompt. */
  readonly signIns: (string | undefined)[];
}

interface WorldOptions {
  /** What the identity provider answers at once, beside the state. Undefined: it shows its own page and waits. */
  readonly answer?: string;
  /** What the page throws; undefined: it works. */
  readonly thrown?: (path: string) => unknown;
  /** Redeems a code. */
  readonly redeem?: () => Promise<unknown>;
  /** What getAuthCodeUrl fails with. */
  readonly noAddress?: () => Error;
  readonly auth?: Partial<MsalInteractionOptions>;
  readonly handler?: AadErrorHandlerOptions;
  /** Middleware for errors before ours. */
  readonly onError?: express.ErrorRequestHandler;
}

/** An application whose pages fail, and an identity provider that sends everybody back at once. */
async function world(options: WorldOptions): Promise<World> {
  const { answer, thrown = signInNeeded, redeem, noAddress, auth, handler, onError } = options;
  const signIns: (string | undefined)[] = [];
  const app = express();
  const server = await listen(app);
  running.push(server);
  const url = `http://localhost:${String(server.port)}`;
  const interaction = msalInteraction({
    client: {
      getAuthCodeUrl: ({ prompt, state }) => {
        signIns.push(prompt);
        return noAddress === undefined ? Promise.resolve(`${url}/idp?state=${state}`) : Promise.reject(noAddress());
      },
      acquireTokenByCode: redeem ?? (() => Promise.resolve({ account: {} })),
    },
    baseUrl: url,
    secret,
    onSignedIn: () => undefined,
    ...auth,
  });
  app.get('/idp', (request, response) => {
    if (answer === undefined) response.send('Who are you?');
    else response.redirect(302, `/auth/redirect?${answer}&state=${request.query['state'] as string}`);
  });
  app.use(interaction.router);
  app.use((request, response, next) => {
    const error = thrown(request.path);
    if (error === undefined) response.send('here you are');
    else next(error);
  });
  if (onError !== undefined) app.use(onError);
  app.use(aadErrorHandler({ interaction, exposeDetails: false, ...handler }));
  return { url, signIns };
}

/** A browser that loses some cookies, and gives up a navigation after 20 redirects as Chromium does. */
function browser(loses: (name: string) => boolean = () => false) {
  const jar = new Map<string, string>();
  const request = async (url: string, input: RequestInput = {}): Promise<Exchange> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(url, { ...input, headers: { ...navigation, cookie, ...input.headers } });
    for (const text of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (text.includes('Max-Age=0')) jar.delete(name);
      else if (!loses(name)) jar.set(name, value);
    }
    return answer;
  };
  const visit = async (url: string): Promise<Exchange> => {
    let last = await request(url);
    for (let hop = 0; hop < 20 && last.headers.location !== undefined; hop += 1)
      last = await request(new URL(last.headers.location, url).href);
    return last;
  };
  return { jar, request, visit };
}

describe('tabs', () => {
  test('ten restored tabs of somebody who is signed out all get to Entra', async () => {
    const { url, signIns } = await world({});
    const { request, visit } = browser();
    for (let get = 0; get < 4; get += 1) expect((await request(`${url}/mail`)).status).toBe(303);
    for (let tab = 0; tab < 10; tab += 1)
      expect(await visit(`${url}/mail`)).toMatchObject({ status: 200, body: 'Who are you?' });
    // None of them has come back, so none of them asks for more than the first.
    expect(signIns).toEqual(Array.from({ length: 10 }, () => undefined));
  });

  test('tabs whose sign-ins come back one after the other are one reason, and leave room for a step-up', async () => {
    let isSignedIn = false;
    const stepUp = normalizeAadError({ error: 'interaction_required', error_codes: [50076], suberror: 'basic_action' });
    const { url, signIns } = await world({
      thrown: (path) => (path === '/payments' ? stepUp : isSignedIn ? undefined : signInNeeded()),
      auth: {
        onSignedIn: () => {
          isSignedIn = true;
        },
      },
    });
    const { request, visit } = browser();
    const places: string[] = [];
    for (let tab = 0; tab < 10; tab += 1) places.push((await visit(`${url}/mail?tab=${String(tab)}`)).url);
    // Four sign-ins are kept side by side.
    for (const place of places.slice(-4)) {
      const answer = await request(`${url}/auth/redirect?code=0.A&${place.split('?')[1]!}`);
      expect(answer).toMatchObject({ status: 303 });
      expect((await visit(url + answer.headers.location!)).status).toBe(200);
    }
    expect((await request(`${url}/payments`)).status).toBe(303);
    await visit(`${url}/payments`);
    expect(signIns).toHaveLength(11);
  });

  test('sign-ins that a person declined do not stop the next one', async () => {
    const { url, signIns } = await world({ answer: 'error=access_denied&error_subcode=cancel' });
    const { visit } = browser();
    for (let round = 0; round < 4; round += 1)
      expect((await visit(`${url}/mail`)).body).toContain('The sign-in was cancelled');
    expect(signIns).toHaveLength(4);
  });
});

const account = { getAccount: () => ({ username: 'ada@contoso.test' }) };

describe('a loop ends without a click', () => {
  const code = 'code=0.A';
  const first = undefined;
  const loops: readonly (readonly [name: string, prompts: unknown[], options: WorldOptions])[] = [
    ['the page fails as before', [first, 'login'], { answer: code }],
    [
      'onSignedIn sends the browser on by itself',
      [first, 'login'],
      {
        answer: code,
        auth: {
          onSignedIn: (_request, response) => {
            response.statusCode = 302;
            response.setHeader('location', '/mail');
            response.end();
          },
        },
      },
    ],
    [
      'onSignedIn fails with an error that asks for a sign-in',
      [first, first, first],
      {
        answer: code,
        auth: { onSignedIn: () => Promise.reject(normalizeAadError({ error: 'login_required' })) },
      },
    ],
    // The page's own reason first, then twice what Entra says.
    ['Entra says that a sign-in is needed', [first, first, 'login'], { answer: 'error=login_required' }],
    [
      'a code that Entra does not take',
      [first, first, 'login'],
      { answer: code, redeem: () => Promise.reject(entraSays(70008, 'invalid_grant')) },
    ],
    [
      'every code is redeemed already, and there is a session',
      [first, 'login'],
      { answer: code, redeem: () => Promise.reject(entraSays(54005, 'invalid_grant')), auth: account },
    ],
    [
      'a handler of the application sends errors of the redirect URI back to the page',
      [first, 'login'],
      {
        answer: 'error=temporarily_unavailable',
        onError: (error, request, response, next) => {
          if (request.path === '/auth/redirect') response.redirect('/mail');
          else next(error);
        },
      },
    ],
  ];

  test.each(loops)('%s', async (_name, prompts, options) => {
    const { url, signIns } = await world(options);
    const { visit } = browser();
    expect((await visit(`${url}/mail`)).body).toContain('The sign-in keeps starting over');
    expect(signIns).toEqual(prompts);
    // It stays stopped, and elsewhere too.
    expect((await visit(`${url}/other`)).status).toBe(403);
    expect(signIns.length - prompts.length).toBeLessThanOrEqual(1);
  });

  test('a page that reloads itself while Entra is busy leads to two sign-ins', async () => {
    const { url, signIns } = await world({ answer: 'error=temporarily_unavailable' });
    const { visit } = browser();
    const statuses: number[] = [];
    for (let reload = 0; reload < 4; reload += 1)
      statuses.push((await visit(`${url}/mail?aad_reload=${String(reload)}`)).status);
    expect(statuses).toEqual([503, 503, 403, 403]);
    expect(signIns).toHaveLength(2);
  });

  test('somebody declines at once, and a rule of the application signs in again', async () => {
    const again = { match: { situation: 'sign-in-cancelled' }, use: { action: 'interactive' } } as const;
    const { url, signIns } = await world({
      answer: 'error=access_denied&error_subcode=cancel',
      handler: { overrides: [again] },
    });
    const { visit } = browser();
    expect((await visit(`${url}/mail`)).body).toContain('The sign-in keeps starting over');
    expect(signIns).toHaveLength(2);
  });

  const lost = (name: string): boolean => name.startsWith('aad-tx-');
  test.each([
    ['the cookie of each sign-in is lost, and there is a session', { answer: code, auth: account }, lost],
    ['MSAL gives no address', { noAddress: () => entraSays(50058, 'interaction_required') }, undefined],
  ] as const)('%s: the number of starts ends it', async (_name, options, loses) => {
    const { url, signIns } = await world(options);
    const { visit } = browser(loses);
    for (let attempt = 0; attempt < 6; attempt += 1) await visit(`${url}/mail`);
    expect(await visit(`${url}/mail`)).toMatchObject({ status: 403 });
    expect(signIns.length).toBeGreaterThan(2);
    expect(signIns.length).toBeLessThanOrEqual(12);
  });

  test('answers by form_post that no cookie can hold: the number of starts ends it', async () => {
    const { url, signIns } = await world({ auth: { responseMode: 'form_post' } });
    const { jar, request, visit } = browser();
    let last = await visit(`${url}/mail`);
    for (let round = 0; round < 20 && last.url.includes('/idp?'); round += 1) {
      const body = `code=${'x'.repeat(8_000)}&${last.url.split('?')[1]!}`;
      // From Entra's origin: no cookie that is SameSite=Lax.
      const cookie = [...jar].filter(([name]) => lost(name)).map((pair) => pair.join('=')).join('; '); // prettier-ignore
      const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await request(`${url}/auth/redirect`, { method: 'POST', headers, body });
      expect([answer.status, answer.headers.location]).toEqual([303, '/mail']);
      last = await visit(`${url}/mail`);
    }
    expect(last.status).toBe(403);
    expect(signIns.length).toBeLessThanOrEqual(12);
  });
});
