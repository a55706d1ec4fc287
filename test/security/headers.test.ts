/** Headers and where they lead: S3 (without a browser), S4, S5, S12, S18, S23, S28. */
import { validateHeaderValue } from 'node:http';
import CachePolicy from 'http-cache-semantics';
import express5 from 'express';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  aadErrorHandler,
  createAadResponder,
  formatChallenge,
  isLocalUrl,
  parseChallenges,
  parseRetryAfter,
} from '../../src/index.js';
import { toLocalUrl } from '../../src/interaction/index.js';
import { writeResponse } from '../../src/express/write.js';
import { errorOf, entraAnswer, expressVersions } from '../http/support.js';
import { check, timeoutMs } from '../property/runs.js';
import { grammarProblem } from '../unit/respond/challenge-grammar.js';
import { attackClaims, forgedHosts, requestTargets, returnUrls, tokenBody } from './corpus.js';
import {
  ask,
  askers,
  fuzzRuns,
  handlerIn,
  headerBytes,
  isLong,
  listen,
  raw,
  stable,
  victim,
  watchProcess,
  type Asker,
} from './support.js';

watchProcess();
afterEach(() => {
  vi.useRealTimers();
});

const origin = 'https://app.test';
const ascii = /^[\x20-\x7e]*$/;

/** Where a browser ends that reads this `Location`, on pages of several depths. */
function leavesOrigin(location: string): boolean {
  return [`${origin}/`, `${origin}/a/b?c`, `${origin}//x/y`].some((page) => new URL(location, page).origin !== origin);
}

describe('S3', () => {
  test('S3: none of 154 return URLs leads off the site, as it is or as Location', () => {
    expect(returnUrls.length).toBe(154);
    for (const candidate of [...returnUrls, ...returnUrls.map((url) => `${origin}${url}`)]) {
      const location = toLocalUrl(candidate, origin);
      if (isLocalUrl(candidate)) expect(leavesOrigin(candidate), candidate).toBe(false);
      if (location === undefined) continue;
      expect(leavesOrigin(location), candidate).toBe(false);
      expect(() => {
        validateHeaderValue('location', location);
      }, candidate).not.toThrow();
    }
    expect(toLocalUrl(`/${'a'.repeat(2_048)}`)).toBeUndefined();
    expect(toLocalUrl(`/${'a'.repeat(2_047)}`)).toBeDefined();
  });

  test(
    'S3: no text over the characters that matter leads off the site',
    () => {
      const unit = fc.constantFrom(
        '/',
        '\\',
        '.',
        '@',
        ':',
        '?',
        '#',
        '%',
        '\t',
        '\r',
        '\n',
        '\u0000',
        '2',
        'f',
        '5',
        'c',
        'e',
        'x',
      );
      const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''));
      const candidate = fc.oneof(
        text,
        text.map((rest) => `/${rest}`),
        text.map((rest) => `/.${rest}`),
        text.map((rest) => `${origin}/${rest}`),
      );
      let accepted = 0;
      check(
        'S3 return URLs',
        candidate,
        (value) => {
          const location = toLocalUrl(value, origin);
          if (location === undefined) return;
          accepted += 1;
          if (leavesOrigin(location) || !ascii.test(location)) expect(location).toBe('a place of our own');
        },
        fuzzRuns(50_000),
      );
      expect(accepted).toBeGreaterThan(1_000);
    },
    timeoutMs,
  );

  test.each(expressVersions)(
    'S3: seven raw request targets put nothing of theirs into a header or a link, %s',
    async (_name, express) => {
      expect(requestTargets.length).toBe(7);
      for (const error of [errorOf.interactive, errorOf.retry, errorOf.contact_admin]) {
        for (const interaction of [undefined, '/login']) {
          const { app } = victim(express, () => error, interaction === undefined ? {} : { interaction });
          const port = await listen(app);
          for (const target of requestTargets) {
            const text = await raw(
              port,
              `GET ${target} HTTP/1.1\r\nhost: app.test\r\naccept: text/html\r\nsec-fetch-mode: navigate\r\nconnection: close\r\n\r\n`,
            );
            const head = text.slice(0, text.indexOf('\r\n\r\n'));
            expect(head, target).toMatch(/^HTTP\/1\.1 (?:303|401|403|404|503|400) /);
            for (const line of head.split('\r\n').filter((header) => /^(?:location|refresh|link)/i.test(header))) {
              const place = /(?:url=|: )(\/.*)$/i.exec(line)?.[1];
              expect(place, line).toBeDefined();
              expect(leavesOrigin(place!), line).toBe(false);
            }
            for (const match of text.matchAll(/href="([^"]*)"/g)) expect(leavesOrigin(match[1]!), match[1]).toBe(false);
          }
        }
      }
    },
  );

  test('S3: only GET and HEAD navigations are sent anywhere or returned to', async () => {
    const { app } = victim(express5, () => errorOf.interactive, { interaction: '/login' });
    const port = await listen(app);
    for (const method of ['GET', 'HEAD'])
      expect((await ask(port, '/form', { method, headers: askers.navigation })).status).toBe(303);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const reply = await ask(port, '/form', { method, headers: askers.navigation });
      expect([method, reply.status, reply.headers['location']]).toEqual([method, 401, undefined]);
    }
  });
});

describe('S4', () => {
  test.each([false, true])(
    'S4: 12 forged hosts change no byte of four kinds of answer, trust proxy %s',
    async (trustProxy) => {
      expect(forgedHosts.length).toBe(12);
      const kinds: readonly (readonly [object, Asker])[] = [
        [errorOf.interactive, 'navigation'],
        [errorOf.contact_admin, 'html'],
        [errorOf.claims_challenge, 'json'],
        [errorOf.claims_challenge, 'api'],
      ];
      for (const [error, asker] of kinds) {
        const app = express5();
        app.set('trust proxy', trustProxy);
        app.disable('x-powered-by');
        app.use((_request, _response, next) => {
          next(error);
        });
        app.use(aadErrorHandler({ interaction: '/login', exposeDetails: false, timeZone: 'UTC' }));
        const port = await listen(app);
        const expected = stable(await ask(port, '/mail?a=1', { headers: { ...askers[asker], host: 'app.test' } }));
        for (const [name, headers] of forgedHosts) {
          const reply = await ask(port, '/mail?a=1', { headers: { host: 'app.test', ...askers[asker], ...headers } });
          expect(stable(reply), name).toBe(expected);
        }
      }
    },
  );
});

/** Entra's descriptions hold CR LF between the ids. Invented ids. */
const multiLine =
  "AADSTS50076: Due to a configuration change you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.\r\nTrace ID: 0a1b2c3d-1111-4aaa-8bbb-0123456789ab\r\nCorrelation ID: 4e5f6a7b-2222-4ccc-9ddd-abcdef012345\r\nTimestamp: 2026-01-15 10:20:30Z";

describe('S5', () => {
  const units = Array.from({ length: 65_536 }, (_, unit) => String.fromCharCode(unit));
  const write = {
    error: (text: string) => formatChallenge({ error: text }),
    error_description: (text: string) => formatChallenge({ errorDescription: text }),
    realm: (text: string) => formatChallenge({ realm: text }),
    client_id: (text: string) => formatChallenge({ clientId: text }),
    scope: (text: string) => formatChallenge({ scope: text }),
    acr_values: (text: string) => formatChallenge({ acrValues: [text] }),
    claims: (text: string) => formatChallenge({ claims: text }),
    authorization_uri: (text: string) => formatChallenge({ authorizationUri: text }),
    scheme: (text: string) => formatChallenge({ scheme: text }),
  } as const;

  test.each(Object.keys(write) as (keyof typeof write)[])(
    'S5: each of 65,536 code units in %s gives a valid header',
    (field) => {
      for (const unit of units) {
        for (const text of isLong ? [unit, `a${unit}b`] : [`a${unit}b`]) {
          const header = write[field](text);
          if (!ascii.test(header) || grammarProblem(header) !== undefined)
            expect([text.charCodeAt(0), header, grammarProblem(header)]).toEqual([]);
          const [challenge, ...more] = parseChallenges(header);
          expect(more.length + (challenge?.parameters.size ?? 0)).toBeLessThanOrEqual(1);
        }
      }
    },
  );

  test('S5: each code unit in a return URL gives a valid Location or none', () => {
    for (const unit of units) {
      const location = toLocalUrl(`/a${unit}b`);
      if (location !== undefined && !/^\/[\x21-\x7e]*$/.test(location)) expect(location).toBe('ASCII');
    }
  });

  test(
    'S5: any text in every field: setHeader takes it, and a parser gets the same parameters back',
    () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        // Halves of characters too, which fast-check's own texts leave out.
        fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
        fc.constantFrom(multiLine, '", x="', '\\"', 'a\r\nset-cookie: b=1'),
      );
      check(
        'S5 headers',
        fc.record(
          {
            error: text,
            errorDescription: text,
            realm: text,
            clientId: text,
            scope: text,
            claims: text,
            acrValues: text,
          },
          { requiredKeys: [] },
        ),
        (given) => {
          const header = formatChallenge(given);
          validateHeaderValue('www-authenticate', header);
          expect(header).toMatch(ascii);
          expect(grammarProblem(header)).toBeUndefined();
          const [challenge, ...more] = parseChallenges(header);
          expect(more).toEqual([]);
          const names = ['realm', 'client_id', 'error', 'error_description', 'scope', 'claims', 'acr_values'];
          expect([...challenge!.parameters.keys()].filter((name) => !names.includes(name))).toEqual([]);
          if (given.claims !== undefined && challenge!.parameters.has('claims'))
            expect(Buffer.from(challenge!.parameters.get('claims')!, 'base64').toString('utf8')).toBe(given.claims);
        },
        fuzzRuns(20_000),
      );
    },
    timeoutMs,
  );

  test.each(expressVersions)(
    'S5: a description of several lines leaves the status of the answer as it is, %s',
    async (_name, express) => {
      const shapes: readonly object[] = [
        { ...tokenBody(50076, { claims: attackClaims }), error_description: multiLine },
        Object.assign(new Error(multiLine), {
          name: 'ServerError',
          errorCode: 'invalid_grant',
          errorMessage: multiLine,
          claims: attackClaims,
        }),
        {
          status: 401,
          headers: {
            'www-authenticate': `Bearer error="insufficient_claims", claims="${attackClaims}", error_description="${multiLine}"`,
          },
          body: {},
        },
        {
          ...tokenBody(50076, { claims: attackClaims }),
          error_description: `AADSTS50076: \u3042\u6f22\u5b57\u{1f600}`,
          correlation_id: '\u6f22',
        },
      ];
      for (const shape of shapes) {
        const { app } = victim(express, () => shape);
        const port = await listen(app);
        const reply = await ask(port, '/', { headers: askers.api });
        expect(reply.status).toBe(401);
        expect(grammarProblem(reply.headers['www-authenticate']!)).toBeUndefined();
        expect(reply.rawHeaders.filter((name) => /set-cookie|^b$/i.test(name))).toEqual([]);
        for (const part of reply.rawHeaders) expect(part).toMatch(ascii);
      }
    },
  );
});

describe('S12', () => {
  /** Redirect, page, script, API challenge, delegated to the application; in six statuses. */
  const answers: readonly (readonly [name: string, error: object, asker: Asker, status: number])[] = [
    ['redirect', errorOf.interactive, 'navigation', 303],
    ['page', errorOf.contact_admin, 'navigation', 403],
    ['page', errorOf.fix_config, 'html', 500],
    ['page', errorOf.retry, 'html', 503],
    ['script', errorOf.interactive, 'json', 401],
    ['script', errorOf.user_cancelled, 'json', 403],
    ['api', errorOf.claims_challenge, 'api', 401],
    ['api', errorOf.consent, 'api', 403],
    ['api', errorOf.unknown, 'api', 500],
  ];

  test.each(expressVersions)(
    'S12: no cache may keep any answer, whatever the application had set, %s',
    async (_name, express) => {
      for (const [name, error, asker, status] of answers) {
        for (const own of [
          {},
          { etag: '"1"' },
          {
            'cache-control': 'public, max-age=31536000',
            expires: 'Fri, 01 Jan 2100 00:00:00 GMT',
            etag: 'W/"1"',
            vary: 'Origin',
          },
        ]) {
          const app = express();
          app.disable('x-powered-by');
          app.use((_request, response, next) => {
            response.set(own);
            next(error);
          });
          app.use(handlerIn('production', name === 'redirect' ? { interaction: '/login' } : {}));
          const reply = await ask(await listen(app), '/mail', { headers: askers[asker] });
          expect([name, reply.status]).toEqual([name, status]);
          expect(reply.headers['cache-control']).toBe('no-store');
          for (const header of ['etag', 'expires', 'last-modified'])
            expect(reply.headers, name).not.toHaveProperty(header);
          expect(reply.headers['vary']).toContain('Authorization');
          if ('vary' in own) expect(reply.headers['vary']).toMatch(/^Origin, /);
          for (const shared of [true, false]) {
            const policy = new CachePolicy(
              { url: '/mail', method: 'GET', headers: askers[asker] },
              { status: reply.status, headers: reply.headers },
              { shared },
            );
            expect(policy.storable()).toBe(false);
          }
        }
      }
    },
  );

  test("S12: a callback that is nobody's (400) is not kept either", () => {
    const written = new Map<string, unknown>();
    const response = {
      statusCode: 0,
      getHeaderNames: () => [],
      hasHeader: () => false,
      getHeader: () => undefined,
      setHeader: (name: string, value: unknown) => written.set(name.toLowerCase(), value),
      appendHeader: () => undefined,
      end: () => undefined,
    };
    const answer = createAadResponder({}).respond(errorOf.interactive, {
      method: 'GET',
      url: '/',
      headers: askers.html,
    })!;
    writeResponse(response as never, { ...answer.response, status: 400 }, [], false);
    const headers = Object.fromEntries(written) as Record<string, string>;
    expect(new CachePolicy({ url: '/', method: 'GET', headers: {} }, { status: 400, headers }).storable()).toBe(false);
  });
});

describe('S18', () => {
  test.each(expressVersions)(
    'S18: HEAD has the headers of GET and no byte of a body; a method with a body is never replayed, %s',
    async (_name, express) => {
      for (const [action, error] of Object.entries(errorOf)) {
        for (const asker of ['json', 'navigation', 'api'] as const) {
          for (const interaction of [undefined, '/login']) {
            const { app } = victim(express, () => error, interaction === undefined ? {} : { interaction });
            const port = await listen(app);
            const get = await ask(port, '/mail', { headers: askers[asker] });
            const head = await ask(port, '/mail', { method: 'HEAD', headers: askers[asker] });
            const [one, other] = [get, head].map(({ status, headers }) => stable({ status, headers, body: '' }));
            expect(other, `${action} ${asker}`).toBe(one);
            const onWire = await raw(
              port,
              `HEAD /mail HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${Object.entries(askers[asker])
                .map((pair) => pair.join(': '))
                .join('\r\n')}\r\n\r\n`,
            );
            expect(onWire.slice(onWire.indexOf('\r\n\r\n') + 4)).toBe('');
            for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
              const reply = await ask(port, '/mail', { method, headers: askers[asker], body: 'a=1' });
              expect([301, 302, 303, 307, 308], `${method} ${action}`).not.toContain(reply.status);
              expect(reply.headers).not.toHaveProperty('refresh');
            }
          }
        }
      }
    },
  );
});

describe('S23', () => {
  const claimsOf = (size: number, unit = 'x'): string =>
    JSON.stringify({ access_token: { acrs: { value: unit.repeat(size) } } });

  test.each(['x', '"', '\u6f22', '\\'])(
    'S23: claims of any size (of %j) leave the header block of an API answer below 8 KiB, whole or left out',
    async (unit) => {
      let thrown: unknown;
      const { app } = victim(express5, () => thrown);
      const port = await listen(app);
      for (const size of [1, 100, 1_000, 2_000, 3_000, 4_000, 4_400, 4_500, 6_000, 8_000, 8_192, 10_000, 100_000]) {
        const claims = claimsOf(size, unit);
        thrown = tokenBody(50076, { claims, suberror: 'basic_action' });
        const reply = await ask(port, '/', { headers: askers.api });
        expect(reply.status).toBe(401);
        expect(headerBytes(reply)).toBeLessThanOrEqual(8_192);
        expect(reply.bytes.length).toBeLessThanOrEqual(16_384);
        const sent = parseChallenges(reply.headers['www-authenticate'])[0]!.parameters.get('claims');
        if (sent !== undefined) expect(Buffer.from(sent, 'base64').toString('utf8')).toBe(claims);
        const inBody = (JSON.parse(reply.body) as { claims?: string }).claims;
        if (inBody !== undefined) expect(inBody).toBe(claims);
        if (size <= 1_000) expect([sent !== undefined, inBody]).toEqual([true, claims]);
      }
    },
  );

  test('S23: claims of any size leave the header block of a redirect and the address of the sign-in below 8 KB', async () => {
    let thrown: unknown;
    const { app } = victim(express5, () => thrown, { interaction: '/login' });
    const port = await listen(app);
    for (const size of [1, 1_000, 2_000, 3_000, 4_000, 4_400, 5_000, 6_000, 8_000, 10_000, 100_000]) {
      thrown = tokenBody(50076, { claims: claimsOf(size), error: 'interaction_required' });
      const reply = await ask(port, '/mail?a=1', { headers: askers.navigation });
      expect([size, reply.status]).toEqual([size, 303]);
      expect(headerBytes(reply)).toBeLessThanOrEqual(8_192);
      expect(reply.headers['location']!.length).toBeLessThanOrEqual(8_000);
      const script = await ask(port, '/mail?a=1', { headers: askers.json });
      expect(script.bytes.length).toBeLessThanOrEqual(16_384);
    }
  });

  test('S23: 1,000 random objects come back from the challenge as they were sent', () => {
    const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }), {
      minKeys: 1,
      maxKeys: 5,
    });
    let whole = 0;
    check(
      'S23 claims',
      object,
      (value) => {
        const claims = JSON.stringify(value);
        const sent = parseChallenges(formatChallenge({ error: 'insufficient_claims', claims }))[0]!.parameters.get(
          'claims',
        );
        if (sent === undefined) return claims.length > 1_500;
        whole += 1;
        expect(JSON.parse(Buffer.from(sent, 'base64').toString('utf8'))).toEqual(JSON.parse(claims));
        return true;
      },
      fuzzRuns(1_000),
    );
    expect(whole).toBeGreaterThan(500);
  });

  test('S23: claims in a query are never taken, and half a directive never', () => {
    const responder = createAadResponder({ exposeDetails: true });
    const request = { method: 'GET', url: '/', headers: askers.api };
    const copied = responder.respond({ query: { error: 'interaction_required', claims: attackClaims } }, request);
    expect(JSON.stringify(copied)).not.toContain('acrs');
    for (const claims of [
      attackClaims.slice(0, -1),
      '{',
      '[]',
      '"x"',
      'null',
      '{}',
      Buffer.from('{"a":').toString('base64'),
      '\u0000{}',
    ]) {
      const answer = responder.respond(tokenBody(50076, { claims, suberror: 'basic_action' }), request)!;
      expect(answer.decision.claims, claims).toBeUndefined();
      expect(answer.error.claimsDropped, claims).toBe(true);
      expect(answer.response.headers['www-authenticate']).not.toContain('claims');
      expect(answer.response.body).toContain('claimsDropped');
    }
  });
});

describe('S28', () => {
  const year = 365 * 86_400_000;
  const base = Date.UTC(2026, 0, 15, 10, 20, 30);
  const dates = (ms: number): string[] => {
    const date = new Date(ms);
    const [day, days] = [
      date.toUTCString().slice(0, 3),
      ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    ];
    const [, dd, month, yyyy, time] = date.toUTCString().split(' ');
    return [
      date.toUTCString(),
      `${days[date.getUTCDay()]!}, ${dd!}-${month!}-${yyyy!.slice(-2)} ${time!} GMT`,
      `${day} ${month!} ${dd!.replace(/^0/, ' ')} ${time!} ${yyyy!}`,
    ];
  };
  const values: readonly string[] = [
    ...[
      '0',
      '1',
      '17',
      '86400',
      '86401',
      '99999999999999999999',
      '-1',
      '+5',
      '1.5',
      '1e309',
      '1e3',
      'NaN',
      'Infinity',
      '',
      ' ',
      '0x10',
      '\u0661',
      '5, 6',
    ],
    ...dates(base + 90_000),
    ...dates(base - 90_000),
    ...dates(base + year),
    ...dates(Date.UTC(9_999, 11, 31)),
    ...[
      'Thu, 32 Jan 2026 10:20:30 GMT',
      'Thu, 15 Jan 2026 25:61:61 GMT',
      '9999-12-31',
      'tomorrow',
      'Thu, 15 Jan 2026 10:20:30 EST',
    ],
  ];

  test('S28: Retry-After is absent or 0 to 86,400 whatever the service said and whatever the clock says', async () => {
    for (const clock of [base, base - year, base + year]) {
      vi.useFakeTimers({ now: clock, toFake: ['Date'] });
      for (const value of values) {
        const responder = createAadResponder({ timeZone: 'UTC' });
        const thrown = {
          status: 503,
          headers: { 'retry-after': value },
          body: tokenBody(90033, { error: 'temporarily_unavailable' }),
        };
        for (const asker of ['json', 'html', 'api'] as const) {
          const { headers, body } = responder.respond(thrown, {
            method: 'GET',
            url: '/',
            headers: askers[asker],
          })!.response;
          const sent = headers['retry-after'];
          if (sent !== undefined) expect(sent).toMatch(/^\d{1,5}$/);
          expect(Number(sent ?? 0)).toBeLessThanOrEqual(86_400);
          if (asker === 'html') expect(headers['refresh'] ?? '10;').toMatch(/^\d{1,5};/);
          else expect((JSON.parse(body) as { retryAfter: number }).retryAfter).toBe(Number(sent));
        }
      }
      vi.useRealTimers();
    }
  });

  test(
    'S28: any value at any time is absent or a whole number from 0 to 86,400',
    () => {
      const any = fc.oneof(
        fc.string(),
        fc.constantFrom(...values),
        fc.double(),
        fc.integer(),
        fc.date().map((date) => (Number.isNaN(date.getTime()) ? '' : date.toUTCString())),
        fc.anything(),
      );
      const now = fc.oneof(fc.integer({ min: base - year, max: base + year }), fc.double());
      // Too rare a meeting for chance: a date and a clock that is none.
      for (const noClock of [Number.NaN, Infinity, -Infinity])
        expect(parseRetryAfter('Sun, 06 Nov 1994 08:49:37 GMT', noClock)).toBe(undefined);
      check(
        'S28 Retry-After',
        fc.tuple(any, now),
        ([value, nowMs]) => {
          const seconds = parseRetryAfter(value, nowMs);
          return seconds === undefined || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400);
        },
        fuzzRuns(2_000, 10_000),
      );
    },
    timeoutMs,
  );

  test('S28: three forms of the same date say the same', () => {
    expect(dates(base + 90_000).map((text) => parseRetryAfter(text, base))).toEqual([90, 90, 90]);
    expect(entraAnswer(90033, { status: 503 })).toBeDefined();
  });
});
