import { describe, expect, it } from 'vitest';
import { describeClaims, developerTexts } from '../../../src/explain/index.js';

const texts = developerTexts('en').claims;
const describeEnglish = (claims: unknown): string[] => describeClaims(JSON.stringify(claims), texts);

describe('describeClaims', () => {
  it.each([
    [
      { access_token: { acrs: { essential: true, value: 'c1' } } },
      'the access token must satisfy authentication context c1 (Conditional Access)',
    ],
    [
      { id_token: { acr: { values: ['c1', 'c2'] } } },
      'the ID token must satisfy authentication context c1, c2 (Conditional Access)',
    ],
    [
      { access_token: { polids: { values: ['policy-one'] } } },
      'the sign-in must satisfy Conditional Access policy policy-one',
    ],
    [
      { access_token: { nbf: { essential: true, value: '1700000000' } } },
      'the access token must be issued after 2023-11-14T22:13:20Z: earlier ones are no longer accepted (session revoked or changed)',
    ],
    [{ access_token: { xms_cc: { values: ['cp1'] } } }, 'the client declares the capabilities cp1'],
    [{ userinfo: { given_name: { essential: true } } }, 'the UserInfo response must hold the claim "given_name"'],
    [{ id_token: { sub: { value: 'abc' } } }, 'the ID token should hold the claim "sub" with the value abc'],
    [{ id_token: { auth_time: { value: 1700000000 } } }, 'the user must have signed in after 2023-11-14T22:13:20Z'],
    [{ id_token: { auth_time: { value: 'noon' } } }, 'the user must have signed in after noon'],
    [{ id_token: { auth_time: null } }, 'the ID token should hold the claim "auth_time"'],
    [{ access_token: { nbf: { essential: true } } }, 'the access token must hold the claim "nbf"'],
    [{ access_token: { capolids: { values: ['a', 'b'] } } }, 'the sign-in must satisfy Conditional Access policy a, b'],
    [{ access_token: { xms_caeerror: { value: '10012' } } }, 'continuous access evaluation gives reason 10012'],
    [
      { access_token: { level: { values: [2, 'three', true, null, {}] } } },
      'the access token should hold the claim "level" with the value 2, three',
    ],
    [
      { other_token: { acrs: { value: 'c1' } } },
      '"other_token" must satisfy authentication context c1 (Conditional Access)',
    ],
    [{ access_token: { amr: { values: ['mfa'] } } }, 'the user must authenticate with mfa'],
  ])('%j', (claims, expected) => {
    expect(describeEnglish(claims)).toEqual([expected]);
  });

  it('does not repeat the IP address that a resource saw', () => {
    const asks = describeEnglish({ access_token: { xms_rp_ipaddr: { value: '192.0.2.7' } } });
    expect(asks).toHaveLength(1);
    expect(asks.join()).not.toContain('192.0.2.7');
  });

  it.each([
    ['12345678', '12345678'],
    ['123456789', '1973-11-29T21:33:09Z'],
    ['12345678901', '2361-03-21T19:15:01Z'],
    ['123456789012', '123456789012'],
    ['x1700000000', 'x1700000000'],
    ['1700000000x', '1700000000x'],
  ])('reads %s as a time, or leaves it: %s', (value, shown) => {
    expect(describeEnglish({ id_token: { auth_time: { value } } })).toEqual([
      `the user must have signed in after ${shown}`,
    ]);
  });

  it('names eight values at most', () => {
    const values = Array.from({ length: 9 }, (_, index) => `v${index}`);
    expect(describeEnglish({ access_token: { amr: { values } } })).toEqual([
      'the user must authenticate with v0, v1, v2, v3, v4, v5, v6, v7',
    ]);
  });

  it('shows names and values as text that can neither break the line nor the quotes', () => {
    const shown = (value: string): string =>
      describeEnglish({ access_token: { amr: { value } } })[0]!.slice('the user must authenticate with '.length);
    expect(shown('a\u001f\u007f\u0080\u009f"b')).toBe('a     b');
    expect(shown('a b~\u00a0é')).toBe('a b~\u00a0é');
    expect(shown('x'.repeat(64))).toBe('x'.repeat(64));
    expect(shown('x'.repeat(65))).toBe(`${'x'.repeat(64)}...`);
  });

  it('counts what it does not list', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`claim${String(index)}`, null]));
    const asks = describeEnglish({ id_token: many });
    expect(asks).toHaveLength(17);
    expect(asks.at(-1)).toBe('and 24 more');
  });

  it('cuts foreign names and takes control characters out', () => {
    const [ask = ''] = describeEnglish({ id_token: { [`a\u001b[31m${'b'.repeat(500)}`]: { essential: true } } });
    expect(ask).not.toContain('\u001b');
    expect(ask.length).toBeLessThan(140);
  });

  it.each([
    ['not json'],
    ['[]'],
    ['null'],
    ['{"access_token":7}'],
    ['{"access_token":"text"}'],
    ['{"access_token":["a"]}'],
  ])('%s asks for nothing', (claims) => {
    expect(describeClaims(claims, texts)).toEqual([]);
  });

  it('speaks Dutch', () => {
    const asks = describeClaims('{"access_token":{"acrs":{"value":"c1"}}}', developerTexts('nl').claims);
    expect(asks).toEqual(['het toegangstoken moet voldoen aan verificatiecontext c1 (voorwaardelijke toegang)']);
  });
});

describe.each([
  ['en', 'nl'],
  ['nl', 'en'],
])('developer texts in %s', (locale, otherLocale) => {
  const own = developerTexts(locale);
  const foreign = developerTexts(otherLocale);

  /** Every phrase, made of the same parts in both languages. */
  const phrases = (
    { claims, ...rest }: typeof own,
    values: string,
  ): readonly (readonly [string, readonly string[]])[] => [
    [rest.unknownCode('AADSTS1'), ['AADSTS1']],
    [rest.unknownCodeBeside('AADSTS1', 'suberror x'), ['AADSTS1', 'suberror x']],
    [claims.authContext('TOKEN', values), ['TOKEN', values]],
    [claims.policies(values), [values]],
    [claims.notBefore('TOKEN', 'TIME'), ['TOKEN', 'TIME']],
    [claims.signedInAfter('TIME'), ['TIME']],
    [claims.capabilities(values), [values]],
    [claims.evaluation(values), [values]],
    [claims.methods(values), [values]],
    [claims.other('TOKEN', 'NAME', values, true), ['TOKEN', '"NAME"', values]],
    [claims.other('TOKEN', 'NAME', values, false), ['TOKEN', '"NAME"', values]],
    [claims.ipAddress, ['IP']],
    [claims.more(3), ['3']],
  ];

  it('are whole sentences, and not those of the other language', () => {
    const sentences = ({ notFound, notFoundRemedy, outOfRange, unknownCodeRemedy, readFromB2c, claimsMissing, remedies }: typeof own): string[] => [notFound, notFoundRemedy, outOfRange, unknownCodeRemedy, readFromB2c, claimsMissing, ...Object.values(remedies)]; // prettier-ignore
    const [mine, theirs] = [sentences(own), sentences(foreign)];
    expect(mine.filter((text) => !/^[A-Z][^]{15,}\.$/.test(text))).toEqual([]);
    expect(new Set([...mine, ...theirs]).size).toBe(mine.length + theirs.length);
    expect(Object.keys(own.remedies)).toEqual(Object.keys(foreign.remedies));
  });

  it.each(['VALUES', ''])('phrases name what they are given, and leave no hole: values %j', (values) => {
    const [mine, theirs] = [phrases(own, values), phrases(foreign, values)];
    for (const [text, parts] of mine) {
      for (const part of parts) expect(text).toContain(part);
      expect(text).not.toMatch(/^ | $| {2}|\b(?:true|false|undefined)\b/);
    }
    expect(mine.filter(([text], index) => text === theirs[index]![0])).toEqual([]);
    expect(new Set(mine.map(([text]) => text)).size).toBe(mine.length);
  });

  it('tokens have names, those of others are quoted', () => {
    const { tokens, otherToken } = own.claims;
    const names = ['access_token', 'id_token', 'userinfo'].map((name) => tokens.get(name));
    for (const name of names) expect(name).toMatch(/^(?:the|het) \S/);
    expect(new Set(names).size).toBe(3);
    expect(otherToken('x')).toBe('"x"');
  });
});
