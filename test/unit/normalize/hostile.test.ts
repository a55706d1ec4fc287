import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { acrsClaims, base64, entraBody, entraText } from './support.js';

const boom = (): never => {
  throw new Error('boom');
};

function throwingGetters(names: readonly string[]): object {
  return Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { get: boom, enumerable: true }])));
}

const fieldNames = [
  'name',
  'message',
  'stack',
  'cause',
  'errors',
  'errorCode',
  'errorMessage',
  'subError',
  'claims',
  'correlationId',
  'error',
  'error_description',
  'error_codes',
  'error_uri',
  'suberror',
  'status',
  'statusCode',
  'headers',
  'body',
  'data',
  'response',
  'query',
  'code',
  'hostname',
  'port',
  'innerError',
  'toString',
  'toJSON',
  'constructor',
  'length',
] as const;

const everyTrapThrows: ProxyHandler<object> = {
  get: boom,
  has: boom,
  ownKeys: boom,
  getOwnPropertyDescriptor: boom,
  getPrototypeOf: boom,
  set: boom,
  defineProperty: boom,
  deleteProperty: boom,
};

function deep(depth: number, key: string): object {
  let value: object = { [key]: undefined };
  for (let level = 0; level < depth; level += 1) value = { [key]: value };
  return value;
}

const cyclic: Record<string, unknown> = {};
for (const name of fieldNames) cyclic[name] = cyclic;

const list: unknown[] = [];
list.push(list, list);

const nothingInside: readonly [name: string, thrown: unknown][] = [
  ['getters that throw', throwingGetters(fieldNames)],
  [
    'an Error with getters that throw',
    Object.defineProperties(new Error('x'), {
      message: { get: boom },
      name: { get: boom },
      cause: { get: boom },
    }),
  ],
  [
    'a proxy that invents an object for every field',
    new Proxy({}, { get: (_target, key) => (typeof key === 'symbol' ? undefined : {}) }),
  ],
  [
    'a proxy that invents itself',
    ((): object => {
      const self: object = new Proxy({}, { get: (): object => self });
      return self;
    })(),
  ],
  [
    'a proxy that invents new proxies',
    ((): object => {
      const make = (): object =>
        new Proxy({}, { get: (_target, key) => (typeof key === 'symbol' ? undefined : make()) });
      return make();
    })(),
  ],
  ['every field is the object itself', cyclic],
  ['an array that holds itself', list],
  ['10,000 causes', deep(10_000, 'cause')],
  ['10,000 inner errors', deep(10_000, 'innerError')],
  ['10,000 nested responses', deep(10_000, 'response')],
  ['10,000 nested bodies', deep(10_000, 'error')],
  ['an AggregateError of 10,000', new AggregateError(Array.from({ length: 10_000 }, () => new Error('x')))],
  [
    'an array that claims to be endless',
    Object.assign([], {
      errors: new Proxy([], { get: (target, key) => (key === 'length' ? 1e15 : Reflect.get(target, key)) }),
    }),
  ],
  ['a null prototype', Object.assign(Object.create(null) as object, { message: 'x', code: 'y' })],
  [
    'prototype keys',
    JSON.parse('{"__proto__":{"error":"x"},"constructor":{"prototype":{"status":401}},"hasOwnProperty":1}'),
  ],
  [
    'codes that are prototype keys',
    { name: 'ServerError2', errorCode: '__proto__', code: 'constructor', error: 'toString' },
  ],
  [
    'values with Symbol.toPrimitive',
    Object.fromEntries(fieldNames.map((name) => [name, { [Symbol.toPrimitive]: boom, toString: boom, valueOf: boom }])),
  ],
  ['symbols in every field', Object.fromEntries(fieldNames.map((name) => [name, Symbol(name)]))],
  ['functions in every field', Object.fromEntries(fieldNames.map((name) => [name, boom]))],
  ['bigints in every field', Object.fromEntries(fieldNames.map((name) => [name, 10n ** 100n]))],
  ['NaN in every field', Object.fromEntries(fieldNames.map((name) => [name, Number.NaN]))],
  ['10 MB in every field', Object.fromEntries(fieldNames.map((name) => [name, 'x'.repeat(10_000_000)]))],
  ['10 MB of text', 'x'.repeat(10_000_000)],
  ['10 MB of digits', '5'.repeat(10_000_000)],
  ['10 MB of braces', '{'.repeat(10_000_000)],
  ['10 MB of quotes in an Error', new Error('{"error":"'.repeat(1_000_000))],
  ['10 MB of bytes', { status: 500, headers: {}, body: Buffer.alloc(10_000_000, 255), then: 1 }],
  ['lone surrogates and NUL', 'AAD\ud800STS\u0000 50076'],
  ['a headers object that throws', { status: 401, headers: new Proxy({}, everyTrapThrows) }],
  ['headers whose get throws', { status: 401, headers: { get: boom } }],
  [
    'headers with 100,000 names',
    {
      status: 401,
      headers: Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`x-${String(index)}`, 'y'])),
    },
  ],
];

/** Of up to five runs, because a neighbour of this process can make one slow and nothing can make one fast. */
function fastestMs(run: () => unknown): number {
  let fastest = Infinity;
  for (let round = 0; round < 5 && fastest >= 50; round += 1) {
    const start = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

describe('normalize: hostile values', () => {
  // By name: the test runner itself would trip over the values.
  it.each(nothingInside.map(([name]) => name))('answers quickly and without throwing: %s', (name) => {
    const thrown = nothingInside.find(([other]) => other === name)?.[1];
    const error = normalize(thrown);
    const description = error?.description ?? '';
    expect(fastestMs(() => normalize(thrown)?.description)).toBeLessThan(50);
    expect(description.length).toBeLessThanOrEqual(16_384);
    expect(error?.aadstsCodes ?? []).toStrictEqual([]);
    expect(error?.claims).toBeUndefined();
  });

  it('does not touch stack', () => {
    let touched = 0;
    const error = Object.defineProperty(new Error(entraText(50076)), 'stack', {
      get: () => {
        touched += 1;
        return '';
      },
    });
    expect(normalize(error)?.aadstsCodes).toStrictEqual([50076]);
    expect(touched).toBe(0);
  });

  it('reads what is readable when the rest throws', () => {
    const thrown = Object.assign(
      throwingGetters(['name', 'message', 'cause', 'headers', 'response', 'query', 'status']),
      entraBody('invalid_grant', 50076, { claims: acrsClaims }),
    );
    expect(normalize(thrown)).toMatchObject({ oauthError: 'invalid_grant', aadstsCodes: [50076], claims: acrsClaims });
  });

  it('finds the code at the start of 10 MB, and keeps 16 KiB', () => {
    const error = normalize(new Error(`${entraText(50076)} ${'x '.repeat(5_000_000)}`));
    expect(error?.aadstsCodes).toStrictEqual([50076]);
    expect(error?.description?.length).toBeLessThanOrEqual(16_384);
  });

  it('does not use the header and claims of a polluted prototype as evidence', () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    prototype.claims = base64(acrsClaims);
    prototype.status = 401;
    try {
      expect(normalize(new Error('x'))).toBeUndefined();
      expect(normalize({ message: 'x' })).toBeUndefined();
    } finally {
      delete prototype.claims;
      delete prototype.status;
    }
  });
});
