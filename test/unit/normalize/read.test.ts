import { describe, expect, it } from 'vitest';
import {
  asBag,
  asGuid,
  asName,
  asStatus,
  asText,
  digits,
  guidAt,
  isArray,
  isDigit,
  isHex,
  isInstance,
  members,
  read,
  readHeader,
  readIndex,
  readText,
} from '../../../src/normalize/read.js';
import { traceId } from './support.js';

const boom = (): never => {
  throw new Error('boom');
};

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const ascii = Array.from({ length: 130 }, (_, unit) => String.fromCharCode(unit));

describe('asBag', () => {
  it('takes objects and functions', () => {
    for (const value of [{}, [], Object.create(null), boom, new Error('x')]) expect(asBag(value)).toBe(value);
    for (const value of [null, undefined, '', 'x', 1, true, Symbol('x'), 1n]) expect(asBag(value)).toBeUndefined();
  });
});

describe('read', () => {
  it('gives own and inherited fields', () => {
    expect(read({ a: 1 }, 'a')).toBe(1);
    expect(read(Object.create({ a: 1 }) as Record<string, unknown>, 'a')).toBe(1);
    expect(read({}, 'a')).toBeUndefined();
  });

  it('does not give what stands in Object.prototype, polluted or not', () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    prototype['polluted'] = 'x';
    try {
      expect(read({}, 'polluted')).toBeUndefined();
      expect(read({ polluted: 'y' }, 'polluted')).toBe('y');
      expect(read({}, 'toString')).toBeUndefined();
    } finally {
      delete prototype['polluted'];
    }
  });

  it('takes a field that throws for absent', () => {
    expect(read(Object.defineProperty({}, 'a', { get: boom }) as Record<string, unknown>, 'a')).toBeUndefined();
    expect(read(revoked({}) as Record<string, unknown>, 'a')).toBeUndefined();
  });
});

describe('texts', () => {
  it('are cut to 16 KiB', () => {
    expect(asText('x'.repeat(16_384))).toHaveLength(16_384);
    expect(asText('x'.repeat(16_385))).toHaveLength(16_384);
    expect(asText('xy')).toBe('xy');
  });

  it.each([[''], [undefined], [null], [1], [{}], [['x']]])('%j is none', (value) => {
    expect(asText(value)).toBeUndefined();
  });

  it.each<[value: unknown, expected: string | undefined]>([
    ['x', 'x'],
    [['x', 'y'], 'x'],
    [[1, 'y'], undefined],
    [[], undefined],
    [{ 0: 'x' }, undefined],
    [Object.assign(() => 'x', { 0: 'x' }), undefined],
    [null, undefined],
    [1, undefined],
  ])('a field with %j holds %j', (value, expected) => {
    expect(readText({ field: value }, 'field')).toBe(expected);
  });
});

describe('lists', () => {
  const list = (handler: ProxyHandler<unknown[]>, target: unknown[] = ['a', 'b']): unknown =>
    new Proxy(target, handler);
  const withLength = (length: unknown): unknown =>
    list({ get: (target, key) => (key === 'length' ? length : (Reflect.get(target, key) as unknown)) });

  it('are told from everything else without throwing', () => {
    expect(isArray([])).toBe(true);
    expect(isArray({ length: 0 })).toBe(false);
    expect(isArray(revoked([]))).toBe(false);
  });

  it('are read member by member, up to a width', () => {
    expect(members(['a', 'b'])).toStrictEqual(['a', 'b']);
    expect(members(Array.from({ length: 20 }, (_, index) => index))).toHaveLength(16);
    expect(members(['a', 'b', 'c'], 2)).toStrictEqual(['a', 'b']);
    expect(members({ 0: 'a', length: 1 })).toStrictEqual([]);
    expect(members(undefined)).toStrictEqual([]);
  });

  it('may lie about their length or throw', () => {
    expect(members(withLength(1e15))).toHaveLength(16);
    expect(members(withLength('2'))).toStrictEqual([]);
    expect(members(withLength({ valueOf: () => 2 }))).toStrictEqual([]);
    expect(members(list({ get: boom }))).toStrictEqual([]);
    expect(members(list({ get: (_target, key) => (key === 'length' ? 2 : boom()) }))).toStrictEqual([
      undefined,
      undefined,
    ]);
    expect(readIndex(list({ get: boom }) as unknown[], 0)).toBeUndefined();
  });
});

describe('isInstance', () => {
  it('asks without throwing', () => {
    expect(isInstance(new Map(), Map)).toBe(true);
    expect(isInstance({}, Map)).toBe(false);
    expect(isInstance(new Proxy({}, { getPrototypeOf: boom }), Map)).toBe(false);
  });
});

describe('asStatus', () => {
  it.each([100, 200, 429, 599])('%d is one, also as text', (status) => {
    expect(asStatus(status)).toBe(status);
    expect(asStatus(String(status))).toBe(status);
  });

  it.each([99, 600, 0, -100, 429.5, Number.NaN, '99', '0429', '4 9', '1e2', '', null, undefined, true, [429]])(
    '%j is none',
    (value) => {
      expect(asStatus(value)).toBeUndefined();
    },
  );
});

describe('digits', () => {
  it.each([
    ['0', 0],
    ['9', 9],
    ['007', 7],
    ['50076', 50_076],
    ['123456789', 123_456_789],
    ['1234567890', undefined],
    ['', undefined],
    ['5/', undefined],
    ['5:', undefined],
    ['-5', undefined],
    ['5.0', undefined],
    ['\u0665', undefined],
  ])('%j is %j', (text, value) => {
    expect(digits(text)).toBe(value);
  });
});

describe('characters', () => {
  it.each<[name: string, is: (unit: number) => boolean, expected: string]>([
    ['decimal', isDigit, '0123456789'],
    ['hexadecimal', isHex, '0123456789ABCDEFabcdef'],
  ])('%s digits', (_name, is, expected) => {
    expect(ascii.filter((unit) => is(unit.charCodeAt(0))).join('')).toBe(expected);
  });

  it('of names', () => {
    expect(ascii.filter((unit) => asName(`a${unit}`) !== undefined).join('')).toBe(
      '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz',
    );
  });
});

describe('asName', () => {
  it.each(['a', 'invalid_grant', 'Authorization_RequestDenied', 'a.b-c', 'nullable', 'n'.repeat(64)])(
    '%j is one',
    (name) => {
      expect(asName(name)).toBe(name);
    },
  );

  it.each(['', 'undefined', 'null', 'a b', 'n'.repeat(65), 1, null, undefined, ['a']])('%j is none', (value) => {
    expect(asName(value)).toBeUndefined();
  });
});

describe('GUIDs', () => {
  it.each<[name: string, text: string, start: number, expected: string | undefined]>([
    ['alone', traceId, 0, traceId],
    ['in upper case', traceId.toUpperCase(), 0, traceId],
    ['inside a text', `x ${traceId} y`, 2, traceId],
    ['at another place', `x ${traceId} y`, 1, undefined],
    ['before the text', traceId, -1, undefined],
    ['cut', traceId.slice(0, -1), 0, undefined],
    ['with one more digit', `${traceId}a`, 0, undefined],
    ['with one more digit, in upper case', `${traceId.toUpperCase()}A`, 0, undefined],
    ['with a letter behind that is no digit', `${traceId}g`, 0, traceId],
    ['the nil GUID', '00000000-0000-0000-0000-000000000000', 0, undefined],
    ...[8, 13, 18, 23].map((at): [string, string, number, undefined] => [
      `with another sign at ${String(at)}`,
      `${traceId.slice(0, at)}_${traceId.slice(at + 1)}`,
      0,
      undefined,
    ]),
    ...[0, 7, 9, 12, 14, 17, 19, 22, 24, 35].flatMap((at) =>
      ['g', '-'].map((sign): [string, string, number, undefined] => [
        `with ${sign} at ${String(at)}`,
        `${traceId.slice(0, at)}${sign}${traceId.slice(at + 1)}`,
        0,
        undefined,
      ]),
    ),
  ])('%s', (_name, text, start, expected) => {
    expect(guidAt(text, start)).toBe(expected);
  });

  it('as a value are exactly one', () => {
    expect(asGuid(traceId)).toBe(traceId);
    expect(asGuid(`${traceId} `)).toBeUndefined();
    expect(asGuid(` ${traceId}`)).toBeUndefined();
    expect(asGuid([traceId])).toBeUndefined();
    expect(asGuid(undefined)).toBeUndefined();
  });
});

describe('readHeader', () => {
  const name = 'www-authenticate';

  it.each<[name: string, headers: unknown, expected: string | undefined]>([
    ['an object', { [name]: 'x' }, 'x'],
    ['an object in another case', { 'WWW-Authenticate': 'x', other: 'y' }, 'x'],
    ['a list of values', { [name]: ['x', 'y'] }, 'x, y'],
    ['a list of values in another case', { 'WWW-Authenticate': ['x', 'y'] }, 'x, y'],
    ['a list with other things', { [name]: ['x', 1, null, 'y'] }, 'x, y'],
    ['a list with nothing', { [name]: [] }, undefined],
    ['an empty value, then another case', { [name]: '', 'WWW-Authenticate': 'x' }, undefined],
    ['Headers', new Headers({ [name]: 'x' }), 'x'],
    ['Headers without it', new Headers({ other: 'x' }), undefined],
    ['a Map', new Map([[name, 'x']]), 'x'],
    ['an object with get', { get: (key: string) => (key === name ? 'x' : 'y') }, 'x'],
    [
      'an object whose get needs itself',
      {
        value: 'x',
        get(this: { readonly value: string }): string {
          return this.value;
        },
      },
      'x',
    ],
    ['an object whose get gives something else', { get: () => 1 }, undefined],
    ['an object whose get throws', { get: boom, 'WWW-Authenticate': 'x' }, undefined],
    [
      'a list of entries',
      [
        ['other', 'y'],
        ['WWW-Authenticate', 'x'],
      ],
      'x',
    ],
    [
      'a list of entries, repeated',
      [
        [name, 'x'],
        [name, 'y'],
      ],
      'x, y',
    ],
    ['a list of entries with other things', [[name, 1], [1, 'y'], [name], [name, 'x']], 'x'],
    ["node:http's raw list", ['other', name, 'WWW-Authenticate', 'x', 'more', 'y'], 'x'],
    ["node:http's raw list, repeated", [name, 'x', name, 'y'], 'x, y'],
    ['a raw list where it is a value alone', ['other', name], undefined],
    ['128 raw members', [...Array.from({ length: 126 }, () => 'y'), name, 'x'], 'x'],
    ['more than 128 raw members', [...Array.from({ length: 128 }, () => 'y'), name, 'x'], undefined],
    ['an empty list', [], undefined],
    [
      'HttpHeaders of @azure/core-http as JSON has it',
      { _headersMap: { [name]: { name: 'WWW-Authenticate', value: 'x' } } },
      'x',
    ],
    ['the same without it', { _headersMap: { other: { value: 'x' } } }, undefined],
    [
      '256 names',
      Object.fromEntries([
        ...Array.from({ length: 255 }, (_, index) => [`x-${String(index)}`, 'y']),
        ['WWW-Authenticate', 'x'],
      ]),
      'x',
    ],
    [
      '257 names',
      Object.fromEntries([
        ...Array.from({ length: 256 }, (_, index) => [`x-${String(index)}`, 'y']),
        ['WWW-Authenticate', 'x'],
      ]),
      undefined,
    ],
    ['names of the same length', { 'xxx-xxxxxxxxxxxx': 'y', 'WWW-Authenticate': 'x' }, 'x'],
    ['an object whose names cannot be listed', new Proxy({}, { ownKeys: boom }), undefined],
    ['a text', 'x', undefined],
    ['nothing', undefined, undefined],
  ])('%s', (_name, headers, expected) => {
    expect(readHeader(headers, name)).toBe(expected);
  });

  it('gives at most 16 KiB', () => {
    expect(readHeader({ [name]: 'x'.repeat(20_000) }, name)).toHaveLength(16_384);
    expect(readHeader({ [name]: ['x'.repeat(10_000), 'y'.repeat(10_000)] }, name)).toHaveLength(16_384);
  });
});
