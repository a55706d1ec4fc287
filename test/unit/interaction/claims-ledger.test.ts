import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeClaims } from '../../../src/interaction/index.js';

const nbf = '{"access_token":{"nbf":{"essential":true,"value":"1790000000"}}}';
const acrs = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const policies = '{"access_token":{"capolids":{"essential":true,"values":["a","b"]}}}';

describe('pending claims', () => {
  test.each([
    ['nothing and nothing', undefined, undefined, undefined],
    [
      'one directive stays as it is, to the character',
      undefined,
      ' { "access_token" : {} } ',
      ' { "access_token" : {} } ',
    ],
    ['a pending one stays as it is', nbf, undefined, nbf],
    ['the same again', nbf, nbf, nbf],
    [
      'the same again, to the character',
      ' { "access_token" : {} } ',
      ' { "access_token" : {} } ',
      ' { "access_token" : {} } ',
    ],
    [
      'a list and a single value: the newer counts, and nothing else is lost',
      '{"access_token":{"acrs":{"values":["a"]},"nbf":1}}',
      '{"access_token":{"acrs":{"values":"b"}}}',
      '{"access_token":{"acrs":{"values":"b"},"nbf":1}}',
    ],
    [
      'a single value and a list: the newer counts, and nothing else is lost',
      '{"access_token":{"acrs":{"values":"b"},"nbf":1}}',
      '{"access_token":{"acrs":{"values":["a"]}}}',
      '{"access_token":{"acrs":{"values":["a"]},"nbf":1}}',
    ],
    [
      'four levels are joined; what lies deeper is taken whole from the newer',
      '{"a":{"b":{"c":{"d":{"e":{"older":1},"f":1}}}}}',
      '{"a":{"b":{"c":{"d":{"e":{"newer":1},"g":1}}}}}',
      '{"a":{"b":{"c":{"d":{"e":{"newer":1},"f":1,"g":1}}}}}',
    ],
    [
      'a member without a wish of its own is a demand as well',
      '{"id_token":{"acrs":{"value":"c1"}}}',
      '{"id_token":{"auth_time":null}}',
      '{"id_token":{"acrs":{"value":"c1"},"auth_time":null}}',
    ],
    [
      'two members',
      nbf,
      acrs,
      '{"access_token":{"nbf":{"essential":true,"value":"1790000000"},"acrs":{"essential":true,"value":"c1"}}}',
    ],
    [
      'lists are united',
      policies,
      '{"access_token":{"capolids":{"essential":true,"values":["b","c"]}}}',
      '{"access_token":{"capolids":{"essential":true,"values":["a","b","c"]}}}',
    ],
    [
      'the newer single value counts',
      nbf,
      nbf.replace('1790000000', '1790000999'),
      nbf.replace('1790000000', '1790000999'),
    ],
    [
      'id_token beside access_token',
      acrs,
      '{"id_token":{"auth_time":null}}',
      '{"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{"auth_time":null}}',
    ],
    ['null never takes away a demand', acrs, '{"access_token":{"acrs":null}}', acrs],
    ['an older one that is no JSON is left behind', 'x', acrs, acrs],
    [
      'a name that is special to JavaScript is an ordinary name',
      '{"__proto__":{"a":1}}',
      acrs,
      '{"__proto__":{"a":1},"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
    ],
  ])('%s', (_name, older, newer, wanted) => {
    expect(mergeClaims(older, newer)).toBe(wanted);
  });

  test('merging never loses a member of either and changes no prototype', () => {
    const member = fc.constantFrom('nbf', 'acrs', 'capolids', '__proto__', 'constructor');
    const directive = fc.dictionary(
      fc.constantFrom('access_token', 'id_token'),
      fc.dictionary(member, fc.record({ essential: fc.boolean(), values: fc.array(fc.constantFrom('a', 'b', 'c')) })),
    );
    fc.assert(
      fc.property(directive, directive, (older, newer) => {
        const merged = JSON.parse(mergeClaims(JSON.stringify(older), JSON.stringify(newer))!) as typeof older;
        for (const part of [older, newer])
          for (const [token, members] of Object.entries(part))
            for (const [name, { values }] of Object.entries(members))
              expect(merged[token]![name]!.values).toEqual(expect.arrayContaining(values));
        expect(({} as Record<string, unknown>)['values']).toBeUndefined();
      }),
    );
  });
});
