/** Hostile thrown values against real servers: S15, S20, S21, S22, S25, S31, S34. */
import { parse } from 'parse5';
import express5 from 'express';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { decide } from '../../src/decide/index.js';
import { createAadResponder, normalizeAadError } from '../../src/index.js';
import { answerTable } from '../../src/respond/index.js';
import type { AadAction, ProblemDocument } from '../../src/types.js';
import { expressVersions } from '../http/support.js';
import { anything, errorShaped } from '../property/arbitraries.js';
import { check, timeoutMs } from '../property/runs.js';
import {
  challenges,
  headerValues,
  ids,
  marker,
  thrownShapes,
  tokenAnswers,
  tokenBody,
  type ThrownShape,
} from './corpus.js';
import {
  ask,
  askerNames,
  askers,
  environments,
  fastest,
  fuzzRuns,
  handlerIn,
  inParallel,
  listen,
  takeFaults,
  victim,
  watchProcess,
  type Asker,
  type Environment,
  type Reply,
} from './support.js';

watchProcess();

const ways = ['throw', 'reject', 'next'] as const;
type Way = (typeof ways)[number];

/** An application that fails the way and with the shape that the path says; remembers what it threw and what came out. */
function corpusApp(
  express: typeof express5,
  isExpress4: boolean,
  environment: Environment,
): {
  app: express5.Express;
  thrown: Map<string, unknown>;
  handedOn: Map<string, unknown>;
  costMs: Map<string, number>;
} {
  const thrown = new Map<string, unknown>();
  /** From the throw to the end of the answer; making the value is not what is measured. */
  const costMs = new Map<string, number>();
  const thrownAt = new Map<string, number>();
  const handedOn = new Map<string, unknown>();
  const app = express();
  app.disable('x-powered-by');
  const make = (url: string): unknown => {
    const value = thrownShapes[Number(url.split('/')[2])]!.make();
    thrown.set(url, value);
    thrownAt.set(url, performance.now());
    return value;
  };
  app.use((request, response, next) => {
    response.on('finish', () => {
      const { originalUrl } = request;
      costMs.set(originalUrl, performance.now() - (thrownAt.get(originalUrl) ?? 0));
    });
    next();
  });
  app.get('/throw/:shape/:asker', (request) => {
    throw make(request.originalUrl);
  });
  app.get('/next/:shape/:asker', (request, _response, next) => {
    next(make(request.originalUrl));
  });
  app.get('/reject/:shape/:asker', async (request, _response, next) => {
    // Express 4 leaves rejections to the application.
    if (isExpress4) next(make(request.originalUrl));
    else throw make(request.originalUrl);
  });
  app.use(handlerIn(environment));
  app.use(((error: unknown, request, response, _next) => {
    handedOn.set(request.originalUrl, error);
    response.status(418).end();
  }) as express5.ErrorRequestHandler);
  return { app, thrown, handedOn, costMs };
}

/** Tags an answer may hold; none of them runs anything. */
const harmless = new Set(
  'html head meta title style body div main h1 h2 p a details summary pre bdi section dl dt dd'.split(' '),
);

function elementsOf(source: string): string[] {
  const names: string[] = [];
  const visit = (node: object): void => {
    if ('tagName' in node) names.push(node.tagName as string);
    if ('childNodes' in node) for (const child of node.childNodes as object[]) visit(child);
  };
  visit(parse(source));
  return names;
}

const statuses = new Set([303, 401, 403, 500, 503]);

/** What holds for every answer of ours, whatever was thrown. */
function expectSafe(reply: Reply, environment: Environment): void {
  expect(statuses.has(reply.status)).toBe(true);
  expect(reply.headers['cache-control']).toBe('no-store');
  expect(reply.headers['x-content-type-options']).toBe('nosniff');
  expect(reply.headers).not.toHaveProperty('etag');
  expect(reply.headers).not.toHaveProperty('x-evil');
  expect(reply.headers).not.toHaveProperty('set-cookie');
  expect(reply.headers['location'] ?? '').toBe('');
  for (const part of reply.rawHeaders) expect(part).toMatch(/^[\x20-\x7e]*$/);
  expect(Buffer.from(reply.body, 'utf8').equals(reply.bytes)).toBe(true);
  expect(reply.body).not.toContain(marker);
  expect(reply.body).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
  const isPage = reply.headers['content-type'] === 'text/html; charset=utf-8';
  expect(reply.bytes.length).toBeLessThanOrEqual(16_384 + (isPage ? 8_192 : 0));
  if (isPage) expect(elementsOf(reply.body).filter((name) => !harmless.has(name))).toEqual([]);
  else expect(JSON.parse(reply.body)).toMatchObject({ status: reply.status });
  if (environment === 'production') expect(reply.body).not.toMatch(/"developer"|class="developer"/);
}

test('the corpus is as large as the threat list asks', () => {
  expect(thrownShapes.length).toBeGreaterThanOrEqual(78);
  expect(new Set(thrownShapes.map(({ name }) => name)).size).toBe(thrownShapes.length);
});

describe.each(expressVersions)('%s', (name, express) => {
  describe.each(environments)('%s', (environment) => {
    test('S15: every thrown shape is answered once within 100 ms or handed on as it is', async () => {
      const isExpress4 = name === 'express 4';
      const { app, thrown, handedOn, costMs } = corpusApp(express, isExpress4, environment);
      const port = await listen(app);
      const jobs = thrownShapes.flatMap((shape, index) =>
        ways.flatMap((way) =>
          askerNames.map((asker) => ({ shape, way, asker, path: `/${way}/${String(index)}/${asker}` })),
        ),
      );
      for (const { shape, way, asker, path } of jobs) {
        let reply = await ask(port, path, { headers: askers[asker] });
        const label = `${shape.name}, ${way}, ${asker}`;
        for (let again = 0; (costMs.get(path) ?? 0) > 100 && again < 3; again += 1)
          reply = await ask(port, path, { headers: askers[asker] });
        expect(costMs.get(path), label).toBeLessThanOrEqual(100);
        expectFate(shape, way, isExpress4, reply, thrown.get(path), handedOn, path, label);
        if (shape.fate === 'ours') expectSafe(reply, environment);
      }
    }, 60_000);
  });

  test('S15: what is handed on ends no process in the default handler of Express, and is answered', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      for (const environment of environments) {
        const app = express();
        app.set('env', environment);
        app.get('/:way/:shape', (request, _response, next) => {
          const value = thrownShapes[Number(request.params['shape'])]!.make();
          if (request.params['way'] === 'throw') throw value;
          next(value);
        });
        app.use(handlerIn(environment));
        const port = await listen(app);
        for (const [index, shape] of thrownShapes.entries()) {
          for (const way of ['throw', 'next']) {
            const label = `${shape.name}, ${way}, ${environment}`;
            // Printing 10 MB takes Express 4 its time.
            const reply = await ask(port, `/${way}/${String(index)}`, { timeoutMs: 5_000 }).catch(() => undefined);
            await new Promise((resolve) => setImmediate(resolve));
            expect([label, takeFaults(), reply === undefined]).toEqual([label, [], false]);
            expect(reply!.status, label).toBeGreaterThanOrEqual(400);
          }
        }
      }
    } finally {
      printed.mockRestore();
    }
  }, 60_000);

  test('S20: what Express takes for no error or for a signal never reaches a handler, everything else does untouched', async () => {
    const { app, thrown, handedOn } = corpusApp(express, name === 'express 4', 'production');
    const port = await listen(app);
    const seen: string[] = [];
    for (const [index, shape] of thrownShapes.entries()) {
      if (shape.fate !== 'foreign') continue;
      const path = `/next/${String(index)}/json`;
      const { status } = await ask(port, path);
      if (status === 404) seen.push(shape.name);
      else {
        expect(status).toBe(418);
        expectHandedOn(shape, handedOn.get(path), thrown.get(path), shape.name);
      }
    }
    expect(seen).toEqual([
      'undefined',
      'null',
      'an empty text',
      '0',
      'NaN',
      'false',
      'the text route',
      'the text router',
    ]);
  });

  test('S25: next twice, next then throw, throw after an answer: one whole answer each', async () => {
    const thrown = tokenBody(50105);
    const app = express();
    app.get('/next-twice', (_request, _response, next) => {
      next(thrown);
      next(thrown);
    });
    app.get('/next-then-throw', (_request, _response, next) => {
      next(thrown);
      throw Object.assign(new Error('late'), thrown);
    });
    app.get('/next-then-other', (_request, _response, next) => {
      next(thrown);
      setImmediate(() => {
        next(new Error('late'));
      });
    });
    app.get('/answer-then-next', (_request, response, next) => {
      response.status(200).send('ok');
      next(thrown);
    });
    app.get('/answer-then-throw', (_request, response) => {
      response.status(200).send('ok');
      throw Object.assign(new Error('late'), thrown);
    });
    app.get('/three-at-once', (_request, _response, next) => {
      for (const later of [setImmediate, setImmediate, process.nextTick]) {
        later(() => {
          next(thrown);
        });
      }
    });
    const decisions: unknown[] = [];
    app.use(handlerIn('production', { onDecision: (event) => decisions.push(event) }));
    const after: unknown[] = [];
    app.use(((error: unknown, _request, _response, _next) => {
      after.push(error);
    }) as express5.ErrorRequestHandler);
    const port = await listen(app);
    for (const asker of askerNames) {
      // Express ends the connection after an error that came too late: each request has its own.
      const headers = { ...askers[asker], connection: 'close' };
      for (const path of ['/next-twice', '/next-then-throw', '/next-then-other', '/three-at-once']) {
        const reply = await ask(port, path, { headers });
        expect([path, reply.status, reply.bytes.length]).toEqual([path, 403, Number(reply.headers['content-length'])]);
      }
      for (const path of ['/answer-then-next', '/answer-then-throw'])
        expect(await ask(port, path, { headers })).toMatchObject({ status: 200, body: 'ok' });
    }
    // One decision for each of the first four, and what comes too late goes on as it is.
    expect(decisions).toHaveLength(4 * askerNames.length);
    expect(after.filter((error) => error !== thrown && (error as Error).message !== 'late')).toEqual([]);
  });
});

/** The very same value, or a plain Error in place of one that Express itself would fall over. */
function expectHandedOn(shape: ThrownShape, received: unknown, thrown: unknown, label: string): void {
  expect(Object.is(received, thrown), label).toBe(shape.bites !== true);
  if (shape.bites !== true) return;
  expect((received as Error).message, label).toBe('a value that cannot be read was thrown');
}

function expectFate(
  shape: ThrownShape,
  way: Way,
  isExpress4: boolean,
  reply: Reply,
  thrown: unknown,
  handedOn: ReadonlyMap<string, unknown>,
  path: string,
  label: string,
): void {
  if (shape.fate === 'ours') {
    expect(handedOn.has(path), label).toBe(false);
    return;
  }
  if (shape.swallowed === true && !(way === 'reject' && !isExpress4 && !thrown)) {
    expect(reply.status, label).toBe(404);
    return;
  }
  expect(reply.status, label).toBe(418);
  // Express 5 makes an Error of a rejection without a value.
  if (shape.swallowed === true) expect(handedOn.get(path), label).toBeInstanceOf(Error);
  else expectHandedOn(shape, handedOn.get(path), thrown, label);
}

const responder = { development: makeResponder('development'), production: makeResponder('production') } as const;

function makeResponder(environment: Environment): ReturnType<typeof createAadResponder> {
  return createAadResponder({ exposeDetails: environment === 'development', timeZone: 'UTC' });
}

const requestOf = (asker: Asker): { method: string; url: string; headers: Record<string, string> } => ({
  method: 'GET',
  url: '/mail/inbox?folder=1',
  headers: askers[asker],
});

/** The answer without a server: never a throw, always well formed. */
function answerTo(thrown: unknown, asker: Asker, environment: Environment): boolean {
  const answer = responder[environment].respond(thrown, requestOf(asker));
  if (answer === undefined) return false;
  const { status, headers, body } = answer.response;
  expect(statuses.has(status)).toBe(true);
  for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
  expect(Buffer.from(body, 'utf8').toString('utf8')).toBe(body);
  if (headers['content-type']?.includes('json')) JSON.parse(body);
  return true;
}

test(
  'S15: any value at all and any error-shaped value is answered or passed on, never thrown over',
  () => {
    let answered = 0;
    const who = fc.tuple(fc.constantFrom(...askerNames), fc.constantFrom(...environments));
    check(
      'S15 anything',
      fc.tuple(anything, who),
      ([thrown, [asker, environment]]) => {
        answered += Number(answerTo(thrown, asker, environment));
        return undefined;
      },
      fuzzRuns(100_000, 15_000),
    );
    // Made inside: the generator itself would trip over the values.
    const keys = ['', 'cause', 'errors', 'response', 'body', 'headers', 'error', 'claims', 'status', 'query'];
    check(
      'S15 shapes inside errors',
      fc.tuple(fc.constantFrom(...thrownShapes), fc.constantFrom(...keys), who),
      ([shape, key, [asker, environment]]) => {
        const made = shape.make();
        const thrown = key === '' ? made : { error: 'invalid_grant', error_codes: [50105], [key]: made };
        answered += Number(answerTo(thrown, asker, environment));
        return undefined;
      },
      fuzzRuns(10_000, 2_000),
    );
    check(
      'S15 error-shaped',
      fc.tuple(errorShaped, who),
      ([thrown, [asker, environment]]) => {
        answered += Number(answerTo(thrown, asker, environment));
        return undefined;
      },
      fuzzRuns(20_000, 3_000),
    );
    expect(answered).toBeGreaterThan(1_000);
  },
  timeoutMs,
);

describe('S21', () => {
  const inner = (): unknown => tokenBody(50105);
  const wrap = (depth: number, value: unknown): unknown => {
    let outer = value;
    for (let level = 0; level < depth; level += 1) outer = new Error('wrapped', { cause: outer });
    return outer;
  };

  test('S21: an identity error is found five causes deep and sixteen members wide, and not beyond', () => {
    for (let depth = 0; depth <= 5; depth += 1)
      expect(normalizeAadError(wrap(depth, inner()))?.aadstsCodes, String(depth)).toEqual([50105]);
    expect(normalizeAadError(wrap(6, inner()))).toBeUndefined();
    const wide = (at: number): unknown =>
      new AggregateError(Array.from({ length: 40 }, (_, index) => (index === at ? inner() : new Error('x'))));
    for (let at = 0; at < 16; at += 1) expect(normalizeAadError(wide(at))?.aadstsCodes, String(at)).toEqual([50105]);
    expect(normalizeAadError(wide(16))).toBeUndefined();
  });

  test.each([
    ['10,000 causes', () => wrap(10_000, new Error('x'))],
    ['10,000 members', () => new AggregateError(Array.from({ length: 10_000 }, () => new Error('x')))],
    [
      '10,000 members in each of 16',
      () => {
        const list = Array.from({ length: 10_000 }, () => new Error('x'));
        return new AggregateError(Array.from({ length: 16 }, () => new AggregateError(list)));
      },
    ],
    [
      'a ring of causes',
      () => {
        const [one, two] = [new Error('x'), new Error('y')];
        [one.cause, two.cause] = [two, one];
        return Object.assign(one, { errors: [two, one], response: two });
      },
    ],
  ])('S21: %s cost at most a millisecond', (_name, make) => {
    const thrown = make();
    expect(fastest(() => normalizeAadError(thrown), 20)).toBeLessThanOrEqual(1);
  });
});

describe('S22', () => {
  const sizes = [1_000_000, 10_000_000];
  const units: readonly (readonly [name: string, unit: string])[] = [
    ['letters', 'x'],
    ['lone surrogates', '\ud800'],
    ['NUL', '\u0000'],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['three-byte characters', '\u6f22'],
    ['markup', '<b>'],
  ];
  test.each(units)('S22: 1 MB and 10 MB of %s give at most 16 KiB, valid UTF-8 and JSON that parses', (_name, unit) => {
    for (const size of sizes) {
      const text = unit.repeat(size / unit.length);
      const shapes: readonly unknown[] = [
        new Error(`AADSTS50105: ${text}`),
        tokenBody(50105, { error_description: `AADSTS50105: ${text}`, suberror: text, claims: text, error_uri: text }),
        tokenBody(50076, { claims: JSON.stringify({ a: text.slice(0, 7_000) }), suberror: 'basic_action' }),
        // Claims that fit, and take twice as much in a body.
        tokenBody(50076, { claims: JSON.stringify({ a: text.slice(0, 4_080) }), suberror: 'basic_action' }),
        {
          status: 401,
          headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${text}"` },
          body: text,
        },
        Object.assign(new Error('x'), {
          name: 'ServerError',
          errorCode: 'invalid_grant',
          errorMessage: `AADSTS50105 ${text}`,
        }),
      ];
      for (const thrown of shapes) {
        for (const asker of askerNames) {
          for (const environment of environments) {
            const answer = responder[environment].respond(thrown, requestOf(asker));
            if (answer === undefined) continue;
            const { body, headers } = answer.response;
            const bytes = Buffer.from(body, 'utf8');
            const isPage = headers['content-type']?.startsWith('text/html') === true;
            expect(bytes.length).toBeLessThanOrEqual(16_384 + (isPage ? 8_192 : 0));
            expect(bytes.toString('utf8')).toBe(body);
            if (!isPage) JSON.parse(body);
          }
        }
      }
    }
  });
});

describe('S31', () => {
  /** Codes that HTTP knows, and what an error may hold in their place. */
  const upstream: readonly unknown[] = [
    ...[100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 305, 307, 308],
    ...[
      400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 412, 413, 415, 418, 422, 423, 425, 428, 429, 431, 451, 500,
    ],
  ];
  const hostile: readonly unknown[] = [0, -1, 1e9, 99.5, Number.NaN, Infinity, '200', '304', {}, [200], null, 10n];
  const allowed = (action: AadAction): Set<number> =>
    new Set(Object.values(answerTable[action]).map((cell) => cell.status));

  test('S31: 42 statuses of the identity service and 12 that are none never become our status', async () => {
    expect([upstream.length, hostile.length]).toEqual([42, 12]);
    let value: unknown;
    const { app } = victim(express5, () =>
      Object.assign(new Error('x'), tokenBody(50105), { status: value, statusCode: value, expose: true }),
    );
    const port = await listen(app);
    for (value of [...upstream, ...hostile]) {
      for (const asker of askerNames) {
        const { status } = await ask(port, '/', { headers: askers[asker] });
        expect([value, status]).toEqual([value, 403]);
        // Where the status of the service does count, it changes the action, and the table still has the last word.
        for (const code of [50076, 98765432]) {
          const error = normalizeAadError({ status: value, headers: {}, body: tokenBody(code) });
          const answer = responder.production.respond(
            { status: value, headers: {}, body: tokenBody(code) },
            requestOf(asker),
          );
          expect(allowed(decide(error!).action).has(answer!.response.status)).toBe(true);
        }
      }
    }
  });
});

describe('S34', () => {
  test('S34: no stack, version or path of the server in any mode, and instance without query and host', async () => {
    const shapes = thrownShapes.filter(({ fate }) => fate === 'ours');
    for (const environment of environments) {
      const { app } = victim(express5, (request) => shapes[Number(request.query['shape'])]!.make(), {}, environment);
      const port = await listen(app);
      await inParallel(shapes, 4, async (shape, index) => {
        for (const asker of askerNames) {
          const reply = await ask(port, `/files/a?shape=${String(index)}&token=${marker}`, {
            headers: { ...askers[asker], host: `${marker}.test`, referer: `https://${marker}.test/?${marker}` },
          });
          const text = JSON.stringify(reply.headers) + reply.body;
          expect(text, shape.name).not.toMatch(
            /\n\s*at \S|\\n\s*at \S|\/test\/security|node_modules|node:internal|v\d+\.\d+\.\d+/i,
          );
          expect(reply.headers).not.toHaveProperty('x-powered-by');
          expect(reply.headers).not.toHaveProperty('server');
          if (asker === 'json' || asker === 'api') {
            expect((JSON.parse(reply.body) as { instance: string }).instance).toBe('/files/a');
            expect(text).not.toContain(marker);
          }
        }
      });
    }
  });

  test('S34: a path that is no ordinary one becomes "/"', () => {
    for (const url of [
      '//evil.test/x',
      '/\\evil',
      'https://evil.test/x',
      '*',
      '/a\u00e9',
      `/${'a'.repeat(500)}`,
      '?x',
      '',
    ]) {
      const answer = responder.production.respond(tokenBody(50105), { ...requestOf('json'), url });
      expect([url, (JSON.parse(answer!.response.body) as { instance: string }).instance]).toEqual([url, '/']);
    }
  });
});

describe('answers of a service that lies', () => {
  const guid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

  test.each(tokenAnswers)('S15: a token answer with %s', (_name, make) => {
    for (const asker of askerNames)
      for (const environment of environments) expect(answerTo(make(), asker, environment)).toBe(true);
    const problem = JSON.parse(
      responder.production.respond(make(), requestOf('json'))!.response.body,
    ) as ProblemDocument;
    // What is repeated has the shape it is said to have.
    for (const id of [problem.traceId, problem.correlationId]) expect(id ?? ids.trace).toMatch(guid);
    expect(problem.timestamp ?? '2026-01-15T10:20:30Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(problem.timestamp ?? '2026-01-15T10:20:30Z')).not.toBeNaN();
    expect(problem.code ?? 'AADSTS50105').toMatch(/^AADSTS\d{3,9}$/);
    expect(problem.type).toMatch(
      /^(?:https:\/\/login\.microsoftonline\.com\/error\?code=\d{3,9}|urn:aad-error-handler:[a-z-]+)$/,
    );
  });

  test('S15: challenges of a resource that lies never throw, and never lead anywhere', () => {
    for (const challenge of challenges) {
      for (const asker of askerNames) {
        for (const environment of environments) {
          const thrown = { status: 401, headers: { 'www-authenticate': challenge }, body: {} };
          const answer = responder[environment].respond(thrown, requestOf(asker));
          const text = JSON.stringify(answer?.response ?? '');
          expect(text).not.toMatch(/evil\.test|javascript:|<script>|onerror/);
        }
      }
    }
  });

  test('S15: header values that no browser sends are answered', () => {
    for (const value of headerValues) {
      for (const name of [
        'accept',
        'accept-language',
        'authorization',
        'sec-fetch-mode',
        'sec-fetch-dest',
        'x-requested-with',
        'cookie',
        'referer',
      ]) {
        const answer = responder.production.respond(tokenBody(50105), {
          ...requestOf('json'),
          headers: { [name]: value },
        });
        expect(answer?.response.status).toBe(403);
      }
    }
  });
});
