import { describe, expect, it } from 'vitest';
import { formatClaims } from '../../../src/normalize/claims.js';
import { decodeClaims, normalize } from '../../../src/normalize/index.js';
import { acrsClaims, base64, base64url, nbfClaims } from './support.js';

describe('decodeClaims', () => {
  it.each([
    ['raw JSON', acrsClaims, acrsClaims],
    ['JSON between blanks', `  ${acrsClaims}\n`, acrsClaims],
    ['JSON exactly as sent, blanks included', nbfClaims, nbfClaims],
    ['base64', base64(nbfClaims), nbfClaims],
    ['base64 without padding', base64(nbfClaims).replace(/=+$/, ''), nbfClaims],
    ['base64url', base64url('{"a":"\u00ff\u00fe???>>>"}'), '{"a":"\u00ff\u00fe???>>>"}'],
    ['URL-encoded JSON', encodeURIComponent(acrsClaims), acrsClaims],
    ['URL-encoded base64', `${base64(acrsClaims).replace(/=+$/, '')}%3D%3D`, acrsClaims],
    ['keys of Object.prototype', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
    ['non-ASCII', base64('{"a":"\u017elu\u0165"}'), '{"a":"\u017elu\u0165"}'],
    ['a replacement character that was really sent', base64('{"a":"\ufffd"}'), '{"a":"\ufffd"}'],
    ['JSON with a percent sign', '{"a":"%7B%22"}', '{"a":"%7B%22"}'],
    ['base64 of JSON with a percent sign', base64('{"a":"100%"}'), '{"a":"100%"}'],
    ['blanks up to 16 KiB', acrsClaims.padStart(16_384), acrsClaims],
    ['exactly 8 KiB', `{"a":"${'x'.repeat(8184)}"}`, `{"a":"${'x'.repeat(8184)}"}`],
  ])('reads %s', (_name, value, expected) => {
    expect(decodeClaims(value)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['empty text', ''],
    ['undefined', undefined],
    ['a number', 12],
    ['an object', { access_token: {} }],
    ['an empty object', '{}'],
    ['base64 of an empty object', 'e30='],
    ['a list', '[{"a":1}]'],
    ['a string', '"abc"'],
    ['null', 'null'],
    ['more than 16 KiB of blanks around', acrsClaims.padStart(16_385)],
    ['a brace', '{'],
    ['base64 with a sign in front', `!${base64(acrsClaims)}`],
    ['base64 with a sign inside', base64(acrsClaims).replace('e', 'e!')],
    ['base64 with something behind its padding', `${base64('{"ab":1}')}x`],
    ['base64 of a list', base64('[{"a":1}]')],
    ['base64 of JSON behind a blank', base64(' {"a":1}')],
    ['cut JSON', acrsClaims.slice(0, -1)],
    ['cut base64', base64(acrsClaims).slice(0, -8)],
    ['JSON with something behind it', `${acrsClaims}x`],
    ['base64 of something else', base64('hello world, hello')],
    ['binary', base64('\u0000').repeat(8)],
    ['base64 of bytes that are no UTF-8', Buffer.from([123, 34, 255, 34, 58, 49, 125]).toString('base64')],
    ['a broken percent encoding', '%7B%2'],
    ['a printed map', '{access_token={acrs=c1}}'],
    ['one character over 8 KiB', `{"a":"${'x'.repeat(8185)}"}`],
    ['10 MB', `{"a":"${'x'.repeat(10_000_000)}"}`],
  ])('refuses %s', (_name, value) => {
    expect(decodeClaims(value)).toBeUndefined();
  });
});

describe('formatClaims: a directive that is parsed already', () => {
  const nest = (depth: number): object => (depth === 0 ? {} : { a: nest(depth - 1) });
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();

  it.each<[name: string, value: object]>([
    ['a directive', { access_token: { acrs: { essential: true, values: ['c1', 'c2'], none: null, level: 1.5 } } }],
    ['quotes and other scripts', { 'a"b': 'é\u2028\n"' }],
    ['no prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['eight levels', nest(7)],
    ['256 fields', Object.fromEntries(Array.from({ length: 256 }, (_, index) => [`k${String(index)}`, 1]))],
  ])('writes %s as JSON does', (_name, value) => {
    expect(formatClaims(value)).toBe(JSON.stringify(value));
  });

  it.each<[name: string, value: object]>([
    ['a list', [{ a: 1 }]],
    ['nine levels', nest(8)],
    ['a circle', loop],
    ['257 fields', Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${String(index)}`, 1]))],
    ['257 members', { a: Array.from({ length: 257 }, () => 1) }],
    ['8 KiB', { a: 'x'.repeat(8_192) }],
    ['8 KiB in a name', { ['x'.repeat(8_192)]: 1 }],
    ['8 KiB in many small values', { a: Array.from({ length: 200 }, () => 'x'.repeat(64)) }],
    ['a function', { a: (): number => 1 }],
    ['a big integer', { a: 1n }],
    ['no number', { a: Number.NaN }],
    ['a class', { a: new Date(0) }],
    ['a revoked proxy', revoked],
    ['a getter that throws', { get a(): never { throw new Error('no'); } }],
    ['keys that throw', new Proxy({}, { ownKeys: () => { throw new Error('no'); } })],
  ])('refuses %s', (_name, value) => {
    expect(formatClaims(value)).toBeUndefined();
  }); // prettier-ignore

  it('is a directive of a token response like any other, or is noted as dropped', () => {
    const body = (claims: unknown): object => ({ error: 'invalid_grant', suberror: 'basic_action', claims });
    const directive = { access_token: { acrs: { essential: true, value: 'c1' } } };
    expect(normalize(body(directive))).toMatchObject({ claims: JSON.stringify(directive) });
    for (const bad of [{}, loop, [directive], revoked]) {
      const error = normalize(body(bad));
      expect([error?.claims, error?.claimsDropped]).toEqual([undefined, true]);
    }
  });
});
