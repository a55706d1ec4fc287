import { describe, expect, it } from 'vitest';
import { decodeClaims } from '../../../src/normalize/index.js';
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
