/**
 * The attack corpus: data only, all of it invented. Values are made by functions, so that each request gets a fresh one and a
 * list can be printed without touching a value that bites.
 */

import { runInNewContext } from 'node:vm';

/** Stands in every text that must not reach a page, a header or a log. */
export const marker = 'zqmarkerzq';
export const markup = `"'><img src=x onerror=alert('${marker}')><script>alert('${marker}')</script>`;
export const attackClaims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
export const ids = {
  trace: '0a1b2c3d-1111-4aaa-8bbb-0123456789ab',
  correlation: '4e5f6a7b-2222-4ccc-9ddd-abcdef012345',
};
const tail = `Trace ID: ${ids.trace} Correlation ID: ${ids.correlation} Timestamp: 2026-01-15 10:20:30Z`;

const boom = (): never => {
  throw new Error('boom');
};

/** A token-endpoint body, with any member replaced. */
export function tokenBody(code: number, extra: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    error: 'invalid_grant',
    error_description: `AADSTS${String(code)}: ${markup} ${tail}`,
    error_codes: [code],
    timestamp: '2026-01-15 10:20:30Z',
    trace_id: ids.trace,
    correlation_id: ids.correlation,
    ...extra,
  };
}

function msalError(code: number, extra: Readonly<Record<string, unknown>> = {}): Error {
  const text = `AADSTS${String(code)}: ${markup} ${tail}`;
  return Object.assign(new Error(`invalid_grant: ${text}`), {
    name: 'ServerError',
    errorCode: 'invalid_grant',
    errorMessage: text,
    subError: 'basic_action',
    errorNo: String(code),
    correlationId: ids.correlation,
    ...extra,
  });
}

const trapped: ProxyHandler<object> = {
  get: boom,
  has: boom,
  ownKeys: boom,
  getOwnPropertyDescriptor: boom,
  getPrototypeOf: boom,
  set: boom,
};

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const throwingGetter = (name: string, on: object = new Error('x')): object =>
  Object.defineProperty(on, name, { get: boom, enumerable: true, configurable: true });

function nested(depth: number, inner: unknown): unknown {
  let value = inner;
  for (let level = 0; level < depth; level += 1) value = new Error('wrapped', { cause: value });
  return value;
}

/** Made once: what costs time here is the making. */
function once(make: () => unknown): () => unknown {
  let made: { readonly value: unknown } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A field that is something else the second time. */
function changing(on: object, name: string, first: unknown, later: unknown): unknown {
  let reads = 0;
  return Object.defineProperty(on, name, { get: () => (reads++ === 0 ? first : later), enumerable: true });
}

/** Each cause has another one. */
function endless(): unknown {
  return Object.defineProperty(new Error('x'), 'cause', { get: endless });
}

function cyclic(): unknown {
  const error: Error & { self?: unknown } = new Error('x');
  error.cause = error;
  error.self = { error, errors: [error] };
  return error;
}

function cyclicBody(): unknown {
  const body = tokenBody(50076, { suberror: 'basic_action' });
  return Object.assign(body, { cause: body, response: { data: body }, errors: [body, [body]] });
}

export interface ThrownShape {
  readonly name: string;
  readonly make: () => unknown;
  /** `ours`: answered by the library. `foreign`: handed on, the same value. */
  readonly fate: 'ours' | 'foreign';
  /** Express reads the value as "no error" or as a signal of its own, so no error handler ever sees it. */
  readonly swallowed?: true;
  /** Express's own default handler, of one major at least, would trip over it: it cannot be read, printed or sent. */
  readonly bites?: true;
}

const foreign = (name: string, make: () => unknown, more: Partial<ThrownShape> = {}): ThrownShape => ({
  name,
  make,
  fate: 'foreign',
  ...more,
});
const ours = (name: string, make: () => unknown): ThrownShape => ({ name, make, fate: 'ours' });
const swallowed = { swallowed: true } as const;
const bites = { bites: true } as const;

const longHeader = 'Bearer error="'.repeat(100_000);

export const thrownShapes: readonly ThrownShape[] = [
  // no Error at all
  foreign('undefined', () => undefined, swallowed),
  foreign('null', () => null, swallowed),
  foreign('an empty text', () => '', swallowed),
  foreign('0', () => 0, swallowed),
  foreign('NaN', () => Number.NaN, swallowed),
  foreign('false', () => false, swallowed),
  foreign('the text route', () => 'route', swallowed),
  foreign('the text router', () => 'router', swallowed),
  foreign('true', () => true),
  foreign('a number', () => 50076),
  foreign('a bigint', () => 10n ** 40n),
  foreign('a symbol', () => Symbol('x')),
  foreign('a text', () => `no identity error ${markup}`),
  foreign('a function', () => boom),
  foreign('an array', () => [1, [2]]),
  foreign('an empty object', () => ({})),
  foreign('a null prototype', () => Object.assign(Object.create(null) as object, { message: markup }), bites),
  foreign('a date', () => new Date(Number.NaN)),
  foreign('a map', () => new Map([['error', 'invalid_grant']])),
  foreign('a promise', () => Promise.resolve(1)),
  foreign('a thenable that throws', () => ({ then: boom })),
  foreign('a buffer', () => Buffer.from([0xff, 0xfe, 0])),
  // foreign errors
  foreign('an Error', () => new Error(markup)),
  foreign('an Error without a prototype', () => Object.setPrototypeOf(new Error('x'), null) as unknown),
  foreign('an Error with status 200', () => Object.assign(new Error(markup), { status: 200, expose: true })),
  foreign('an Error with status 304', () => Object.assign(new Error('x'), { status: 304 })),
  foreign('an Error with status 404', () => Object.assign(new Error(markup), { status: 404, expose: true })),
  foreign('an Error with status NaN', () => Object.assign(new Error('x'), { status: Number.NaN, statusCode: {} })),
  foreign(
    'an Error with 10 MB',
    once(() => new Error('x'.repeat(10_000_000))),
  ),
  foreign('a frozen Error', () => Object.freeze(new Error('x'))),
  foreign('a cyclic Error', cyclic),
  foreign(
    'an AggregateError of 10,000',
    once(() => new AggregateError(Array.from({ length: 10_000 }, () => new Error('x')))),
  ),
  foreign(
    '10,000 causes',
    once(() => nested(10_000, new Error('x'))),
  ),
  foreign('a DOMException', () => new DOMException(markup, 'AbortError')),
  foreign('a refused database', () =>
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', port: 5432 }),
  ),
  foreign(
    'headers with a line break',
    () => Object.assign(new Error('x'), { status: 400, headers: { 'x-a': 'b\r\nset-cookie: evil=1' } }),
    bites,
  ),
  foreign(
    'headers with a bad name',
    () => Object.assign(new Error('x'), { status: 400, headers: { 'bad name\r\n': 'b' } }),
    bites,
  ),
  foreign(
    'headers that are a trap',
    () => Object.assign(new Error('x'), { status: 400, headers: new Proxy({}, trapped) }),
    bites,
  ),
  foreign('headers with a text in place of the set', () =>
    Object.assign(new Error('x'), { status: 400, headers: 'x: y\r\nz: 1' }),
  ),
  // values that cannot be read
  foreign('a getter that throws: message', () => throwingGetter('message'), bites),
  foreign('a getter that throws: stack', () => throwingGetter('stack'), bites),
  foreign('a getter that throws: status', () => throwingGetter('status'), bites),
  foreign('a getter that throws: name', () => throwingGetter('name'), bites),
  foreign('a getter that throws: cause', () => throwingGetter('cause')),
  foreign(
    'a getter that throws: headers',
    () => throwingGetter('headers', Object.assign(new Error('x'), { status: 400 })),
    bites,
  ),
  foreign('a getter that throws: statusCode', () => throwingGetter('statusCode'), bites),
  foreign('a toString that throws', () => ({ toString: boom, [Symbol.toPrimitive]: boom, toJSON: boom }), bites),
  foreign('a toString that returns an object', () => ({ toString: () => ({}) })),
  foreign('a toString that returns a symbol', () => ({ toString: () => Symbol('x') }), bites),
  foreign('a stack that is no text', () => ({ message: 'x', stack: Object.create(null) as object }), bites),
  foreign('a proxy whose traps all throw', () => new Proxy({}, trapped), bites),
  foreign('a proxy of an Error whose traps all throw', () => new Proxy(new Error('x'), trapped), bites),
  foreign('a revoked proxy', () => revoked({}), bites),
  foreign('a revoked proxy of a function', () => revoked(boom), bites),
  foreign(
    'a proxy that invents itself',
    () => {
      const self: object = new Proxy({}, { get: (): object => self, getPrototypeOf: () => null });
      return self;
    },
    bites,
  ),
  // identity errors with something unpleasant in them
  ours('MSAL with markup', () => msalError(50076, { claims: attackClaims })),
  ours('MSAL without a message', () => Object.assign(msalError(50105), { message: undefined })),
  ours('MSAL with objects in every text', () =>
    msalError(50105, {
      subError: {},
      correlationId: [],
      claims: {},
      errorNo: Object.create(null) as object,
      status: {},
    }),
  ),
  ours('MSAL with markup in every field', () =>
    msalError(50105, {
      subError: markup,
      correlationId: markup,
      claims: markup,
      errorNo: markup,
      timestamp: markup,
      traceId: markup,
    }),
  ),
  ours('MSAL with CR and LF in every field', () =>
    msalError(50105, {
      subError: 'a\r\nb: c',
      correlationId: '\r\n\r\n',
      claims: '\r\n',
      errorCode: 'invalid_grant\r\nx: y',
    }),
  ),
  ours('MSAL with status 200', () => msalError(50105, { status: 200 })),
  ours('MSAL with status 304', () => msalError(50105, { status: 304, statusCode: 304 })),
  ours('MSAL with headers of its own', () =>
    msalError(50105, {
      headers: { 'x-evil': '1', location: 'https://evil.test/', 'set-cookie': 'evil=1', 'bad\r\n': 'x' },
    }),
  ),
  ours('MSAL with a stack getter that throws', () => throwingGetter('stack', msalError(50105))),
  ours('MSAL with a message getter that throws', () => throwingGetter('message', msalError(50105))),
  ours('MSAL with a cause getter that throws', () => throwingGetter('cause', msalError(50105))),
  ours('MSAL with a headers getter that throws', () => throwingGetter('headers', msalError(50105))),
  ours('MSAL, frozen', () => Object.freeze(msalError(50105))),
  ours('MSAL, sealed in a proxy', () => new Proxy(msalError(50105), {})),
  ours('MSAL with a redirect of its own', () =>
    msalError(50105, { redirectTo: 'https://evil.test/', url: 'https://evil.test/' }),
  ),
  ours('MSAL five causes deep', () => nested(5, msalError(50105))),
  ours('MSAL in an AggregateError', () => new AggregateError([new Error('x'), msalError(50105)], markup)),
  ours('a body', () => tokenBody(50105)),
  ours('a body with a null prototype', () => Object.assign(Object.create(null) as object, tokenBody(50105))),
  ours('a body that holds itself everywhere', cyclicBody),
  ours('a body with arrays in every text', () =>
    tokenBody(50105, { error: ['invalid_grant', markup], suberror: [markup], trace_id: [markup], error_uri: [markup] }),
  ),
  ours('a body with magic keys', () =>
    Object.assign(
      tokenBody(50105),
      JSON.parse('{"__proto__":{"status":200},"constructor":{"prototype":{"x":1}}}') as object,
    ),
  ),
  ours('a body with 1 MB of markup', () =>
    tokenBody(50105, { error_description: `AADSTS50105: ${markup.repeat(10_000)}` }),
  ),
  ours('a body with NUL and lone surrogates', () =>
    tokenBody(50105, { error_description: `AADSTS50105: \u0000\ud800\udfff\ud83d${markup}`, suberror: '\ud800' }),
  ),
  ours('a body with claims that are no JSON', () => tokenBody(50076, { claims: `{"a":"\r\n${markup}` })),
  ours(
    'a body with 1 MB of claims',
    once(() => tokenBody(50076, { claims: JSON.stringify({ a: 'x'.repeat(1_000_000) }) })),
  ),
  ours('an HTTP answer with a hostile challenge', () => ({
    status: 401,
    headers: {
      'www-authenticate': `Bearer error="insufficient_claims\r\nx: y", claims="e30=", error="${markup}"`,
      location: '//evil.test',
    },
    body: tokenBody(50105),
  })),
  ours('an outage with a Retry-After of its own', () => ({
    status: 503,
    headers: { 'retry-after': '1e309\r\nx: y' },
    body: tokenBody(90033, { error: 'temporarily_unavailable' }),
  })),
  ours('a redirect URI with markup', () => ({
    query: {
      error: 'access_denied',
      error_description: `AADSTS65004: ${markup}`,
      state: markup,
      error_uri: 'javascript:alert(1)',
    },
  })),
  // values that are not the same when they are read again
  ...(
    [
      ['trace_id', ids.trace],
      ['correlation_id', ids.correlation],
      ['timestamp', '2026-01-15 10:20:30Z'],
      ['error', 'invalid_grant'],
      ['suberror', 'basic_action'],
      ['claims', attackClaims],
    ] as const
  ).map(([name, first]) => ours(`a body whose ${name} changes`, () => changing(tokenBody(50105), name, first, markup))),
  ours('MSAL whose errorCode changes', () => changing(msalError(50105), 'errorCode', 'invalid_grant', markup)),
  ours('MSAL whose correlationId changes', () =>
    changing(msalError(50105), 'correlationId', ids.correlation, '\r\nx: y'),
  ),
  ours('a body with codes that change', () => {
    const codes = new Proxy([50105], { get: (_list, key) => (key === 'length' ? 3 : key === '0' ? 50105 : markup) });
    return tokenBody(50105, { error_codes: codes });
  }),
  // containers of the platform
  ours('MSAL of another realm', () =>
    runInNewContext(
      'Object.assign(new Error(text), { name: "ServerError", errorCode: "invalid_grant", errorMessage: text })',
      {
        text: `AADSTS50105: ${markup}`,
      },
    ),
  ),
  ours('a promise with the fields of a body', () => Object.assign(Promise.resolve(1), tokenBody(50105))),
  ours('a date with the fields of a body', () => Object.assign(new Date(Number.NaN), tokenBody(50105))),
  ours('a body that is a thenable', () => tokenBody(50105, { then: boom })),
  ours('a body with a toJSON', () => tokenBody(50105, { toJSON: () => ({ marker }) })),
  ours(
    'URLSearchParams',
    () => new URLSearchParams({ error: 'access_denied', error_description: `AADSTS65004: ${markup}`, state: markup }),
  ),
  ours('a fetch Response', () => {
    const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from(attackClaims).toString('base64')}"`;
    return new Response(markup, { status: 401, headers: { 'www-authenticate': challenge } });
  }),
  ours('headers whose get throws', () => ({ status: 401, headers: { get: boom }, body: tokenBody(50105) })),
  ours('headers whose get waits', () => ({
    status: 401,
    headers: { get: async () => markup },
    body: tokenBody(50105),
  })),
  ours('headers whose get has no end', () => ({
    status: 401,
    headers: { get: () => longHeader },
    body: tokenBody(50105),
  })),
  ours('a challenge and nothing else', () => ({
    status: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    body: {},
  })),
  // lists and trees without an end
  ours('a list of four thousand million', () => {
    const errors: unknown[] = [tokenBody(50105)];
    errors.length = 4_294_967_295;
    return Object.assign(new Error('x'), { errors });
  }),
  foreign('a cause that is new each time', endless),
  ours('claims that hold themselves', () => {
    const claims: Record<string, unknown> = { access_token: {} };
    claims['access_token'] = claims;
    return tokenBody(50105, { claims });
  }),
  ours('claims with a toJSON and a getter that throws', () =>
    tokenBody(50105, { claims: throwingGetter('access_token', { toJSON: () => markup }) }),
  ),
  ours('claims with a bigint', () => tokenBody(50105, { claims: { access_token: 10n } })),
  ours('claims 1,600 deep', () => tokenBody(50105, { claims: `${'{"a":'.repeat(1_600)}1${'}'.repeat(1_600)}` })),
  ours('MSAL named by a symbol', () => Object.assign(msalError(50105), { name: Symbol('x') })),
  ours('a body with its own __proto__', () =>
    Object.defineProperty(tokenBody(50105), '__proto__', { value: { error: markup }, enumerable: true }),
  ),
  ours(
    'MSAL with 10,000 fields',
    once(() =>
      Object.assign(
        msalError(50105),
        Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, markup])),
      ),
    ),
  ),
  ours('a printed error', () => `ServerError: invalid_grant: AADSTS50105: ${markup}`),
];

/** What must never leave the server. All invented. */
export const canaries: Readonly<Record<string, string>> = {
  code: '0.AXoAcanaryCODEcanaryCODEcanary1234567890abcdefghij',
  client_secret: 'cnR8Q~canarySECRETcanarySECRETcanary012345',
  client_assertion: 'eyJhbGciOiJDQU5BUlkifQ.eyJjYW5hcnkiOiJhc3NlcnRpb24ifQ.Y2FuYXJ5LWFzc2VydGlvbg',
  id_token_hint: 'eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJoaW50In0.Y2FuYXJ5LWhpbnQtc2ln',
  access_token: 'eyJ0eXAiOiJDQU5BUlkifQ.eyJjYW5hcnkiOiJhY2Nlc3MifQ.Y2FuYXJ5LWFjY2Vzcw',
  refresh_token: '1.AXoAcanaryREFRESHcanaryREFRESH.AgABAwEAAAAcanary0123456789',
  id_token: 'eyJ0eXAiOiJKV1QifQ.eyJjYW5hcnkiOiJpZHRva2VuIn0.Y2FuYXJ5LWlkdG9rZW4',
  cookie: 's%3AcanarySESSIONcanary.canarySIGNATUREcanary0123',
  state: 'canaryStAtE-0123456789-qwertyuiop',
  nonce: 'canaryNoNcE-9876543210-asdfghjkl',
  upn: 'canary.person@canary-tenant.example',
  tenant: 'cafecafe-aaaa-4bbb-8ccc-0123456789ab',
  oid: 'decade00-dddd-4eee-9fff-fedcba987654',
  ip: '203.0.113.199',
};

/** One text with all of them, labelled as they are on the wire. */
export const canaryText = Object.entries(canaries)
  .map(([name, value]) => `${name}=${value}`)
  .join('&');

/** 25 places where an error of the identity stack may carry them. All of them are read as identity errors. */
export const canaryPlaces: readonly (readonly [name: string, make: (secret: string) => unknown])[] = [
  ['message', (secret) => new Error(`AADSTS50105: ${secret} ${tail}`)],
  ['MSAL errorMessage', (secret) => msalError(50105, { errorMessage: `AADSTS50105: ${secret} ${tail}` })],
  ['MSAL subError', (secret) => msalError(50105, { subError: secret })],
  ['MSAL errorCode', (secret) => msalError(50105, { errorCode: secret })],
  ['MSAL correlationId', (secret) => msalError(50105, { correlationId: `${secret} ${ids.correlation}` })],
  ['error_description', (secret) => tokenBody(50105, { error_description: `AADSTS50105: ${secret} ${tail}` })],
  ['error_uri', (secret) => tokenBody(50105, { error_uri: `https://login.example/?${secret}` })],
  ['claims that are no JSON', (secret) => tokenBody(50105, { claims: secret })],
  ['timestamp and trace id', (secret) => tokenBody(50105, { timestamp: secret, trace_id: `x${secret}` })],
  ['the first cause', (secret) => nested(1, tokenBody(50105, { error_description: secret }))],
  ['the second cause', (secret) => nested(2, tokenBody(50105, { error_description: secret }))],
  ['the third cause', (secret) => nested(3, tokenBody(50105, { error_description: secret }))],
  ['the fourth cause', (secret) => nested(4, tokenBody(50105, { error_description: secret }))],
  ['the fifth cause', (secret) => nested(5, tokenBody(50105, { error_description: secret }))],
  ['a member of an AggregateError', (secret) => new AggregateError([new Error(secret), msalError(50105)], secret)],
  ['axios config.data', (secret) => axios({ data: secret })],
  ['axios config.headers', (secret) => axios({ headers: { authorization: `Bearer ${secret}`, cookie: secret } })],
  ['axios config.url', (secret) => axios({ url: `https://login.microsoftonline.com/x?${secret}` })],
  ['axios request', (secret) => axios({}, { request: { _header: `POST /?${secret}`, path: secret, body: secret } })],
  ['axios response headers', (secret) => axios({}, {}, { 'set-cookie': [secret], 'x-ms-request-id': secret })],
  [
    'axios response body',
    (secret) => axios({}, {}, {}, { secret, error_description: `AADSTS50105: ${secret} ${tail}` }),
  ],
  [
    'a challenge',
    (secret) => ({
      status: 401,
      headers: {
        'www-authenticate': `Bearer error="invalid_token", error_description="${secret}", realm="${secret}", nonce="${secret}"`,
      },
      body: {},
    }),
  ],
  [
    'a redirect URI',
    (secret) => ({ query: { error: 'access_denied', error_description: secret, state: secret, code: secret } }),
  ],
  [
    'stack and name',
    (secret) => Object.assign(msalError(50105), { stack: `Error: ${secret}\n    at ${secret}`, displayName: secret }),
  ],
  [
    'fields of an account',
    (secret) => msalError(50105, { account: { username: secret, idToken: secret }, token: secret }),
  ],
];

function axios(config: object, more: object = {}, headers: object = {}, body: object = {}): unknown {
  return Object.assign(new Error('Request failed with status code 400'), {
    name: 'AxiosError',
    code: 'ERR_BAD_REQUEST',
    config,
    response: { status: 400, headers, data: tokenBody(50105, { ...body }), config },
    ...more,
  });
}

/** Payloads that have turned text into markup somewhere. */
const scripts = [
  `<script>alert('${marker}')</script>`,
  `<img src=x onerror=alert('${marker}')>`,
  `<svg/onload=alert('${marker}')>`,
  `<svg><script>alert('${marker}')</script></svg>`,
  `<iframe srcdoc="<script>alert('${marker}')</script>">`,
  `<body onload=alert('${marker}')>`,
  `<details open ontoggle=alert('${marker}')>`,
  `<a href="javascript:alert('${marker}')">x</a>`,
  `<form action="https://evil.test/"><input name=p><button>x</button></form>`,
  `<meta http-equiv="refresh" content="0;url=https://evil.test/">`,
  `<base href="https://evil.test/">`,
  `<link rel=stylesheet href="https://evil.test/x.css">`,
  `<style>*{background:url(https://evil.test/)}</style>`,
  `<object data="data:text/html,x"></object>`,
  `<embed src="https://evil.test/">`,
  `<math><mtext><table><mglyph><style><img src=x onerror=alert('${marker}')>`,
  `<noscript><p title="</noscript><img src=x onerror=alert('${marker}')>">`,
  `<textarea><script>alert('${marker}')</script>`,
  `<template><script>alert('${marker}')</script></template>`,
  `<!--><script>alert('${marker}')</script>-->`,
  `<![CDATA[<script>alert('${marker}')</script>]]>`,
  `<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert('${marker}')</x:script>`,
  `<plaintext>`,
  `<${'b'.repeat(3_000)}>`,
];
const breakouts = [
  '',
  '"',
  "'",
  '">',
  "'>",
  '</title>',
  '</style>',
  '</pre>',
  '</p></main></body></html>',
  '-->',
  '`',
  '\u0000',
  '\u2028',
];

/** 120 payloads: every script after several ways out of where it stands, and encoded ones. */
export const markupPayloads: readonly string[] = [
  ...scripts.flatMap((script, index) =>
    Array.from({ length: 4 }, (_, way) => (breakouts[(index + way * 3) % breakouts.length] ?? '') + script),
  ),
  ...[
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '&#60;script&#62;alert(1)&#60;/script&#62;',
    '&#x3c;script&#x3e;',
    '%3Cscript%3Ealert(1)%3C/script%3E',
    '%253Cscript%253E',
    '\\u003cscript\\u003e',
    '\u003cscript\u003ealert(1)\u003c/script\u003e',
    '＜script＞alert(1)＜/script＞',
    '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
    '\u00c0\u00bcscript\u00c0\u00be',
    '<scr\u0000ipt>alert(1)</scr\u0000ipt>',
    '<scr\tipt>',
    '<ScRiPt>alert(1)</sCrIpT>',
    '<script\u2028>alert(1)</script>',
    '\u202e<script>\u202c',
    '\ud800<script>\udfff',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    '{{constructor.constructor("alert(1)")()}}',
    '${alert(1)}',
    '#{7*7}',
    '<%= 7*7 %>',
    '{seconds}{link}{application}',
    '$&$1$`',
  ],
];

/** Names that an object has without being asked. */
export const magicKeys: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  'toLocaleString',
  '__defineGetter__',
  '__lookupGetter__',
  'propertyIsEnumerable',
  'length',
];

/** Texts that would break a line of a log, or turn it round. */
export const lineBreakers: readonly string[] = [
  ...Array.from({ length: 32 }, (_, unit) => String.fromCharCode(unit)),
  ...Array.from({ length: 33 }, (_, unit) => String.fromCharCode(127 + unit)),
  ...['\u061c', '\u200b', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e'],
  ...['\u2066', '\u2067', '\u2068', '\u2069', '\ufeff', '\ufff9', '\ud800', '\udfff', '\u{e0001}', '\u{e0041}'],
  ...['\r\nlevel=fatal', '\u001b[2J\u001b[31m', '\u001b]8;;https://evil.test\u0007x', '\u009b31m', '\u0008\u0008'],
];

/** Headers with which a client claims to have called another host. */
export const forgedHosts: readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[] = [
  ['Host', { host: 'evil.test' }],
  ['Host with a port', { host: 'evil.test:8443' }],
  ['Host with user', { host: 'user@evil.test' }],
  ['Host that is markup', { host: '"><script>alert(1)</script>' }],
  ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.test' }],
  ['X-Forwarded-Host list', { 'x-forwarded-host': 'evil.test, other.test' }],
  ['X-Forwarded-Proto', { 'x-forwarded-proto': 'javascript' }],
  ['X-Forwarded-Port', { 'x-forwarded-port': '1' }],
  ['X-Forwarded-Prefix', { 'x-forwarded-prefix': '//evil.test' }],
  ['X-Original-URL', { 'x-original-url': '//evil.test', 'x-rewrite-url': '//evil.test' }],
  ['Forwarded', { forwarded: 'host=evil.test;proto=http;for=1.2.3.4' }],
  [
    'all of them',
    {
      'x-host': 'evil.test',
      'x-forwarded-server': 'evil.test',
      'x-http-host-override': 'evil.test',
      forwarded: 'host="evil.test"',
    },
  ],
];

/** Values of `Accept`, `Accept-Language`, `Authorization` and Fetch metadata that no browser sends. */
export const headerValues: readonly string[] = [
  '',
  ' ',
  ',',
  ';',
  '*',
  '*/*;q=NaN',
  'text/html;q=1e309',
  'text/html;q=-1,application/json;q=2',
  'text/html'.repeat(1_600),
  'text/html,'.repeat(1_500),
  'a/b;'.repeat(3_700),
  'q=0.5;'.repeat(2_500),
  'en-'.repeat(5_000),
  'x,'.repeat(3_500),
  'de;q=0.1,'.repeat(1_600),
  '../../../../etc/passwd',
  '..%2f..%2fdata%2flocales%2fen',
  '__proto__',
  'constructor,__proto__;q=1',
  'toString-valueOf',
  '"',
  '"'.repeat(15_000),
  ';"\\'.repeat(5_000),
  'Bearer',
  'Bearer '.repeat(2_000),
  'bearer\t\t\t',
  'PoP x',
  'navigate, cors',
  'NAVIGATE',
  '\u00e9\u00ff',
];

/** Shapes that made parsers of this kind slow. */
export const slowShapes: readonly string[] = [
  'a',
  ' ',
  '\t\n',
  'AADSTS',
  'AADSTS50076 ',
  '{"error":"',
  '{',
  '\\"',
  '%7B%22',
  'Bearer a="',
  ', ',
  '=',
  'Trace ID: ',
  '12345678-1234-1234-1234-',
  'a@b.',
  '1:',
];

/** Query strings on the redirect URI, as an attacker would make a victim's browser open them. */
export const hostileCallbacks: readonly string[] = [
  `error=access_denied&error_description=${encodeURIComponent(markup)}`,
  `error=${encodeURIComponent(markup)}`,
  'error=__proto__&error_description=constructor',
  'error=&error_description=&state=',
  'error=server_error&error=access_denied',
  'error[]=access_denied&error_description[]=x',
  'error[__proto__]=x&__proto__[status]=200',
  `error=invalid_grant&error_description=${'A'.repeat(9_000)}`,
  `error=interaction_required&claims=${encodeURIComponent(attackClaims)}`,
  'error=login_required&error_uri=https://evil.test/',
  'error=temporarily_unavailable&retry_after=1e309',
  `error=access_denied&error_description=AADSTS50076%3a+${encodeURIComponent(`call +1 555 0100 ${marker}`)}`,
  'error=consent_required&scope=https://evil.test/.default',
  '%00=%00&error=%00',
  'error=%ff%fe&error_description=%c0%bc',
  '&&&=&error',
];

/** Bodies of a token endpoint that lies. */
export const tokenAnswers: readonly (readonly [name: string, make: () => unknown])[] = [
  ['claims with a redirect', () => tokenBody(50076, { claims: '{"redirect_uri":"https://evil.test/"}' })],
  ['claims of another type', () => tokenBody(50076, { claims: [attackClaims, attackClaims] })],
  [
    'codes of every type',
    () => tokenBody(50105, { error_codes: ['50105', Infinity, -1, {}, [50105], null, '0x50105'] }),
  ],
  ['a code that is text', () => tokenBody(50105, { error_codes: '50105; DROP TABLE users' })],
  ['100,000 codes', () => tokenBody(50105, { error_codes: Array.from({ length: 100_000 }, (_, code) => code) })],
  ['an error that is a number', () => tokenBody(50105, { error: 400 })],
  ['an error of 1 MB', () => tokenBody(50105, { error: 'e'.repeat(1_000_000) })],
  ['times that are none', () => tokenBody(50105, { timestamp: '9999-99-99 99:99:99Z' })],
  [
    'ids that are none',
    () => tokenBody(50105, { trace_id: `${ids.trace}<b>`, correlation_id: '00000000-0000-0000-0000-000000000000' }),
  ],
  ['a place to go to', () => tokenBody(50105, { error_uri: 'javascript:alert(1)', location: 'https://evil.test/' })],
];

/** Values of `WWW-Authenticate` of a resource that lies. */
export const challenges: readonly string[] = [
  '',
  'Bearer',
  `Bearer error="invalid_token", error_description="${markup.replaceAll('"', '\\"')}"`,
  `Bearer authorization_uri="https://evil.test/authorize", error="invalid_token"`,
  `Bearer authorization_uri="javascript:alert(1)", error="insufficient_claims", claims="${Buffer.from(attackClaims).toString('base64')}"`,
  'Bearer error="insufficient_claims", claims="not base64"',
  `Bearer error="insufficient_claims", claims="${Buffer.from('{"a":').toString('base64')}"`,
  `Bearer error="insufficient_claims", claims="${'A'.repeat(16_000)}"`,
  'Bearer error="insufficient_scope", scope="a b\\"c <script>"',
  'Bearer error="x\r\nset-cookie: evil=1"',
  'Bearer realm="unclosed',
  'Bearer claims=e30=, claims="e30="',
  'Bearer __proto__="x", constructor="y", error="invalid_token"',
  'Bearer error="invalid_token",'.repeat(2_000),
  'Negotiate abc, Bearer error="invalid_token"',
  'Basic realm="x"',
];

/** What a hook of an application may do. */
export const hooks: readonly (readonly [name: string, make: () => (...given: unknown[]) => unknown])[] = [
  ['throws', () => boom],
  [
    'throws nothing',
    () => () => {
      throw undefined;
    },
  ],
  ['rejects', () => () => Promise.reject(new Error('boom'))],
  ['rejects with nothing', () => async () => Promise.reject()],
  ['never settles', () => () => new Promise(() => undefined)],
  ['takes ten seconds', () => () => new Promise((resolve) => setTimeout(resolve, 10_000).unref())],
  ['returns a thenable that throws', () => () => Object.defineProperty({}, 'then', { get: boom })],
  [
    'returns a thenable that calls back twice',
    () => () => ({ then: (ok: () => void, no: () => void) => (ok(), ok(), no()) }),
  ],
  ['returns a trap', () => () => new Proxy({}, trapped)],
  ['returns a symbol', () => () => Symbol('x')],
  ['returns markup', () => () => markup],
  [
    'changes what it was given',
    () =>
      (...given) =>
        given.forEach(spoil),
  ],
];

/** Deletes and overwrites whatever can be. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) Reflect.set(value, key, markup);
  for (const key of Object.keys(value)) Reflect.deleteProperty(value, key);
}

/** The five ways out that a return URL has, times what they lead to: 154 in all. */
const ways = [
  '//',
  '/\\',
  '\\\\',
  '/\t/',
  '/\n/',
  '/\r\n/',
  '/..//',
  '/.//',
  '/./\\',
  '/%2e%2e//',
  '/a/..//',
  '///',
  '/\u0000/',
  '/%2f',
  '/%5c',
  '/%09/',
];
const targets = [
  'evil.test',
  'evil.test/a?b#c',
  'user@evil.test',
  'app.test@evil.test',
  '[::1]',
  '2130706433',
  '%65vil.test',
  'evil。test',
];
export const returnUrls: readonly string[] = [
  ...ways.flatMap((way) => targets.map((target) => way + target)),
  ...[
    'https://evil.test/',
    'HTTPS:evil.test',
    'https:/evil.test',
    'http:\\\\evil.test',
    'javascript:alert(1)',
    'java\tscript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://evil.test/x',
    'view-source:https://evil.test',
    'file:///etc/passwd',
    '',
    '?x',
    '#x',
    'evil.test',
    '/ /evil.test',
    '/\u00a0/evil.test',
    '/\u2028/evil.test',
    '/\u2044evil.test',
    '/\uff0fevil.test',
    '/a\r\nset-cookie: evil=1',
    '/a\\..\\..\\\\evil.test',
    '/;//evil.test',
    '/?next=//evil.test',
    `/${'a'.repeat(3_000)}`,
  ],
];

/** Request targets that only a raw socket can send. */
export const requestTargets: readonly string[] = [
  '//evil.test/x',
  '/\\evil.test/x',
  'https://evil.test/x',
  'http://evil.test//evil.test/',
  '/..//evil.test',
  '/.//evil.test/%2f..',
  '*',
];
