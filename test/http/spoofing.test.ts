import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express5 from 'express';
import fc from 'fast-check';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import {
  aadAuthResponse,
  aadErrorHandler,
  throwOnChallenge,
  type AadErrorHandlerOptions,
  type DecisionEvent,
} from '../../src/index.js';
import { clients, expressVersions } from './support.js';

/** A word that no text of ours and no id holds; every attack carries it, so its absence is the absence of the attack. */
const sentinel = 'zqxvwj';
const hotline = '+1 (555) 013-4477';

/** What people write into fields that others will read. */
const attacks: readonly string[] = [
  `Your account is locked, call ${hotline} ${sentinel}`,
  `<script>fetch('//${sentinel}.example')</script>`,
  `"><img src=x onerror=${sentinel}>`,
  `</title></style><h1>${sentinel}</h1>`,
  `\u202e${sentinel}\u2066 evil \u2069`,
  `\r\nSet-Cookie: ${sentinel}=1\r\nLocation: https://${sentinel}.example\r\n\r\n<html>`,
  `\n\nWWW-Authenticate: Basic realm="${sentinel}"`,
  `", error="${sentinel}", realm="`,
  `javascript:${sentinel}`,
  `https://${sentinel}.example/support?a=1#b`,
  `${sentinel}@contoso.example`,
  sentinel,
  `${sentinel}_error`,
  `{"access_token":{"${sentinel}":{"essential":true}},}`,
  `\${${sentinel}} {{${sentinel}}} %{${sentinel}} {application} {link}`,
  `\u0000${sentinel}\u0007\u001b[31m`,
  `\ud800${sentinel}`,
  encodeURIComponent(`<b>${sentinel}</b>`),
  `AADSTS50105: ${sentinel} Trace ID: ${sentinel} Correlation ID: ${hotline} Timestamp: ${sentinel}`,
  `AADSTS50105: User '${sentinel}' is not assigned. Trace ID: 0a1b2c3d-1111-4aaa-8bbb-0123456789ab ${sentinel}`,
];

/** Words that make the reader look closer, so that the attack gets past the front door. */
const bait = [
  'access_denied',
  'interaction_required',
  'invalid_grant',
  'consent_required',
  'temporarily_unavailable',
  'invalid_client',
  'login_required',
];
const codes = [
  'AADSTS50105',
  'AADSTS50076',
  'AADSTS65001',
  'AADSTS90094',
  'AADSTS7000215',
  'AADSTS90033',
  'AADSTS65004',
  'AADB2C90118',
  'AADSTS98765432',
];

/** Without lone surrogates, which no URL can carry. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

const attack = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...attacks) },
  {
    weight: 30,
    arbitrary: fc
      .tuple(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...attacks), fc.string({ maxLength: 40 }))
      .map((parts) => parts.join('')),
  },
  { weight: 9, arbitrary: fc.constantFrom(...attacks).map((text) => text.repeat(300)) },
  { weight: 1, arbitrary: fc.constantFrom(...attacks).map((text) => text.repeat(Math.ceil(1_048_576 / text.length))) },
);
const description = fc.oneof(
  attack,
  fc.tuple(fc.constantFrom(...codes), attack).map(([code, text]) => `${code}: ${text}`),
);
const word = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...bait) }, { weight: 1, arbitrary: attack });
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Every field an authorization error response has, and some that it has not. */
const callback = fc.record({
  error: word,
  error_description: maybe(description),
  error_subcode: maybe(fc.oneof(fc.constant('cancel'), attack)),
  suberror: maybe(attack),
  error_uri: maybe(
    fc.oneof(
      attack,
      attack.map((text) => `https://login.microsoftonline.com/error?code=${text}`),
    ),
  ),
  error_codes: maybe(attack),
  state: maybe(attack),
  claims: maybe(attack),
  trace_id: maybe(attack),
  correlation_id: maybe(attack),
  timestamp: maybe(attack),
  code: maybe(attack),
  session_state: maybe(attack),
  admin_consent: maybe(attack),
  tenant: maybe(attack),
  scope: maybe(attack),
});

const tokenBody = fc.record({
  error: word,
  error_description: maybe(description),
  error_codes: maybe(fc.array(fc.oneof(fc.constantFrom(50105, 50076), attack), { maxLength: 3 })),
  suberror: maybe(fc.oneof(fc.constantFrom('basic_action', 'consent_required', 'message_only'), attack)),
  error_uri: maybe(attack),
  timestamp: maybe(attack),
  trace_id: maybe(attack),
  correlation_id: maybe(attack),
  claims: maybe(attack),
  scope: maybe(attack),
  scopes: maybe(fc.array(attack, { maxLength: 3 })),
  message: maybe(attack),
});

const tokenAnswer = fc.oneof(
  tokenBody,
  fc.record({
    status: fc.constantFrom(400, 401, 403, 429, 500, 503),
    headers: fc.record({ 'retry-after': attack, 'x-ms-request-id': attack, 'www-authenticate': attack }),
    body: tokenBody,
  }),
  fc.record({
    name: fc.constantFrom('ServerError', 'InteractionRequiredAuthError', 'ClientAuthError'),
    errorCode: word,
    errorMessage: description,
    subError: maybe(attack),
    claims: maybe(attack),
    correlationId: maybe(attack),
    traceId: maybe(attack),
    timestamp: maybe(attack),
    message: description,
  }),
  description,
  description.map((text) => new Error(text)),
);

/** Parameters of a challenge, each one quoted as its sender likes. */
const challenge = fc
  .record({
    realm: maybe(attack),
    authorization_uri: maybe(attack),
    client_id: maybe(attack),
    error: maybe(fc.oneof(fc.constantFrom('insufficient_claims', 'invalid_token', 'insufficient_scope'), attack)),
    error_description: maybe(attack),
    claims: maybe(
      fc.oneof(
        attack,
        attack.map((text) => Buffer.from(text).toString('base64')),
      ),
    ),
    acr_values: maybe(attack),
    trust_instance: maybe(attack),
  })
  .map(
    (parameters) =>
      `Bearer ${Object.entries(parameters)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}="${String(value).slice(0, 4_000)}"`)
        .join(', ')}`,
  );

const resourceAnswer = fc.record({
  status: fc.constantFrom(401, 403),
  headers: challenge.map((value) => ({ 'www-authenticate': value })),
  body: fc.record({
    error: fc.record({
      code: fc.oneof(fc.constant('InvalidAuthenticationToken'), attack),
      message: attack,
      innerError: fc.record({ 'request-id': attack, date: attack }),
    }),
  }),
});

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly events: readonly DecisionEvent[];
  /** Not an identity error: the application's own business. */
  readonly passedOn: boolean;
}

const options: AadErrorHandlerOptions = { exposeDetails: false, timeZone: 'UTC' };

/** The middleware over node:http's own response, which refuses headers that HTTP forbids; no socket. */
async function seenBy(
  thrown: unknown,
  headers: object,
  more: AadErrorHandlerOptions,
  url = '/mail',
  method = 'GET',
): Promise<Seen> {
  const events: DecisionEvent[] = [];
  const handler = aadErrorHandler({ ...options, ...more, onDecision: (event) => events.push(event) });
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, url, headers });
  const response = new ServerResponse(request);
  let body = '';
  response.end = ((chunk?: string) => {
    body = chunk ?? '';
    return response;
  }) as typeof response.end;
  let passedOn = false;
  handler(thrown, request, response, () => {
    passedOn = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return { status: response.statusCode, headers: { ...response.getHeaders() }, body, events, passedOn };
}

function expectClean({ status, headers, body, events }: Seen): void {
  const visible = body + JSON.stringify(headers) + JSON.stringify(events);
  expect(visible.toLowerCase()).not.toContain(sentinel);
  expect(visible).not.toContain('555');
  expect(body).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000]/);
  for (const value of Object.values(headers).flat()) expect(String(value)).toMatch(/^[\x20-\x7e]*$/);
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['location']).toBeUndefined();
  expect(Buffer.byteLength(body)).toBeLessThan(16_384);
  expect(status).toBeGreaterThanOrEqual(400);
}

const runs = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const kind = fc.constantFrom(...(['navigation', 'script', 'api'] as const));
/** Languages whose page is the longest, reads from the right, or has no Latin letters. */
const language = fc.constantFrom('en', 'ar', 'ja');

describe('a message of an attacker is on no page, in no problem document, no header and no event', () => {
  const parse = aadAuthResponse();

  /** The error that the middleware makes of a callback, by query or by a parsed form_post body. */
  function errorOfCallback(fields: Readonly<Record<string, string | undefined>>, form: boolean): Promise<unknown> {
    const request = new IncomingMessage(new Socket());
    const present = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
    if (form) Object.assign(request, { method: 'POST', url: '/redirect', body: Object.fromEntries(present) });
    // A request line is at most 16 KiB in Node: longer values cannot arrive this way.
    else
      Object.assign(request, {
        method: 'GET',
        url: `/redirect?${new URLSearchParams(present.map(([name, value]): [string, string] => [name, wellFormed(value.slice(0, 16_384))])).toString()}`,
      });
    return new Promise((resolve) => {
      parse(request, new ServerResponse(request), resolve);
    });
  }

  let answered = 0;
  let tried = 0;
  const count = (seen: Seen): void => {
    tried += 1;
    if (seen.passedOn) return;
    answered += 1;
    expectClean(seen);
  };

  test('callback', async () => {
    await fc.assert(
      fc.asyncProperty(callback, fc.boolean(), kind, language, async (fields, form, client, locale) => {
        const error = await errorOfCallback(fields, form);
        if (error === undefined) return;
        count(
          await seenBy(
            error,
            { ...clients[client], 'accept-language': locale },
            {},
            '/redirect',
            form ? 'POST' : 'GET',
          ),
        );
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
  }, 3_600_000);

  test('token answer', async () => {
    await fc.assert(
      fc.asyncProperty(tokenAnswer, kind, language, async (thrown, client, locale) => {
        count(await seenBy(thrown, { ...clients[client], 'accept-language': locale }, {}));
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  }, 3_600_000);

  test('challenge', async () => {
    await fc.assert(
      fc.asyncProperty(resourceAnswer, kind, language, async (answer, client, locale) => {
        let thrown: unknown = answer;
        try {
          throwOnChallenge({ status: answer.status, headers: new Map(Object.entries(answer.headers)) } as never);
        } catch (error) {
          thrown = error;
        }
        count(await seenBy(thrown, { ...clients[client], 'accept-language': locale }, {}));
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  }, 3_600_000);

  test('most of these attacks were really answered', () => {
    console.log(`spoofing: ${String(tried)} cases tried, ${String(answered)} answered by the middleware`);
    expect(answered / tried).toBeGreaterThan(0.5);
  });

  test('details for developers hold none of it either, as long as the text of the server is not asked for', async () => {
    await fc.assert(
      fc.asyncProperty(tokenAnswer, kind, async (thrown, client) => {
        const seen = await seenBy(thrown, clients[client], { exposeDetails: true });
        if (!seen.passedOn) expect((seen.body + JSON.stringify(seen.headers)).toLowerCase()).not.toContain(sentinel);
      }),
      { numRuns: Math.ceil(runs / 10) },
    );
  }, 3_600_000);

  test('usable claims travel whole, where claims belong, and nowhere else', async () => {
    const claims = JSON.stringify({ access_token: { [sentinel]: { essential: true, value: hotline } } });
    const thrown = { error: 'invalid_grant', error_description: 'AADSTS50076: x', suberror: 'basic_action', claims };
    const { body, headers } = await seenBy(thrown, clients.api, {});
    const { claims: sent, ...rest } = JSON.parse(body) as Record<string, unknown>;
    expect(sent).toBe(claims);
    expect(JSON.stringify(rest)).not.toContain(sentinel);
    const header = String(headers['www-authenticate']);
    expect(header).toContain(`claims="${Buffer.from(claims).toString('base64')}"`);
    expect(header).not.toContain(sentinel);
    const page = await seenBy(thrown, clients.navigation, {});
    expect(page.body + JSON.stringify(page.headers)).not.toContain(sentinel);
  });
});

describe.each(expressVersions)('the same over HTTP, %s', (_name, express) => {
  const fields = [
    'error',
    'error_description',
    'error_subcode',
    'suberror',
    'error_uri',
    'state',
    'claims',
    'trace_id',
    'correlation_id',
    'timestamp',
    'code',
    'session_state',
    'admin_consent',
    'tenant',
    'scope',
  ] as const;

  function callbackApp(): express5.Express {
    const app = express();
    app.disable('x-powered-by');
    app.all('/redirect', aadAuthResponse() as express5.RequestHandler);
    app.use(aadErrorHandler(options));
    app.use((_request, response) => {
      response.status(204).end();
    });
    return app;
  }

  test.each(fields)('every attack in %s of a callback', async (field) => {
    const app = callbackApp();
    for (const text of attacks) {
      for (const client of [clients.navigation, clients.script, clients.api]) {
        const sent = { error: 'access_denied', error_description: 'AADSTS50105: x', [field]: text };
        for (const answer of [
          await supertest(app)
            .get('/redirect')
            .query(
              new URLSearchParams(
                Object.entries(sent).map(([name, value]): [string, string] => [name, wellFormed(value)]),
              ).toString(),
            )
            .set(client),
          await supertest(app).post('/redirect').type('form').send(new URLSearchParams(sent).toString()).set(client),
        ]) {
          const visible = JSON.stringify([answer.headers, answer.text]);
          expect(visible.toLowerCase()).not.toContain(sentinel);
          expect(visible).not.toContain('555');
          expect(answer.headers['set-cookie']).toBeUndefined();
        }
      }
    }
  });

  test('a path and query of an attacker are one harmless address at most', async () => {
    const app = express();
    app.use((_request, _response, next) => {
      next({ error: 'temporarily_unavailable', error_description: 'AADSTS90033: x' });
    });
    app.use(aadErrorHandler(options));
    for (const text of attacks) {
      const path = `/mail/${encodeURIComponent(wellFormed(text))}?q=${encodeURIComponent(wellFormed(text))}`;
      const page = await supertest(app).get(path).set(clients.navigation);
      expect(page.status).toBe(503);
      // It stands percent-encoded in the address of the button and of the reload, as it was sent, and nowhere else.
      const rest = page.text.replace(/ href="\/mail\/[\w%.!~*'()?=&;#-]*"/g, '');
      expect(rest.toLowerCase()).not.toContain(sentinel);
      expect(page.text).not.toMatch(/<script|<img|<h1>zq/i);
      expect(String(page.headers['refresh'])).toMatch(/^30;url=\/mail\/[\x21-\x7e]+$/);
    }
  });
});
