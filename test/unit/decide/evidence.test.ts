/** Which of several codes explains an error, on codes whose catalogue rows are wrappers, unknown or specific. */
import { describe, expect, it } from 'vitest';
import { ruleOfAadsts, ruleOfSuberror } from '../../../src/catalog/index.js';
import { gather } from '../../../src/decide/evidence.js';
import type { AadError } from '../../../src/types.js';

const wrapper = 70002;
const wrapper2 = 50000;
const withoutAdvice = 50015;
const specific = 65001;
const specific2 = 50173;
const nobodyKnows = 999_999;

const codeOf = (facts: Partial<AadError>): string | undefined =>
  gather({ producer: 'text', origin: 'client', aadstsCodes: [], b2cCodes: [], cause: undefined, ...facts }, {}).code;

describe('gather', () => {
  it('the codes of these tests are what they are called', () => {
    expect([wrapper, wrapper2].map((code) => ruleOfAadsts(code)?.wrapper)).toStrictEqual([true, true]);
    expect(ruleOfAadsts(withoutAdvice)?.action).toBe('unknown');
    expect([specific, specific2].map((code) => ruleOfAadsts(code)?.wrapper)).toStrictEqual([false, false]);
    expect(ruleOfAadsts(nobodyKnows)).toBeUndefined();
  });

  it.each<[name: string, aadstsCodes: readonly number[], expected: number]>([
    ['the only one', [wrapper], wrapper],
    ['the only one, known to nobody', [nobodyKnows], nobodyKnows],
    ['the first of two that nobody knows', [nobodyKnows, nobodyKnows - 1], nobodyKnows],
    ['a wrapper rather than one that nobody knows', [nobodyKnows, wrapper], wrapper],
    ['one without advice rather than one that nobody knows', [nobodyKnows, withoutAdvice], withoutAdvice],
    ['a specific one inside a wrapper', [wrapper, specific], specific],
    ['a specific one in front of a wrapper', [specific, wrapper], specific],
    ['one without advice inside a wrapper', [wrapper, withoutAdvice], withoutAdvice],
    ['a specific one in front of one without advice', [specific, withoutAdvice], specific],
    ['the inner of two wrappers', [wrapper, wrapper2], wrapper2],
    ['the inner of two specific ones', [specific, specific2], specific2],
    ['a specific one among many', [nobodyKnows, wrapper, specific, wrapper2, withoutAdvice], specific],
  ])('takes %s', (_name, aadstsCodes, expected) => {
    expect(codeOf({ aadstsCodes })).toBe(`AADSTS${String(expected)}`);
  });

  it.each<[name: string, aadstsCodes: readonly number[], b2cCodes: readonly string[], expected: string | undefined]>([
    ['none', [], [], undefined],
    ['the only B2C code', [], ['AADB2C90118'], 'AADB2C90118'],
    ['a B2C code that nobody knows', [], ['AADB2C1'], 'AADB2C1'],
    ['the first B2C code before one that nobody knows', [], ['AADB2C90118', 'AADB2C1'], 'AADB2C90118'],
    ['the first of two that nobody knows', [], ['AADB2C1', 'AADB2C2'], 'AADB2C1'],
    ['a B2C code rather than an AADSTS code that nobody knows', [nobodyKnows], ['AADB2C90118'], 'AADB2C90118'],
    ['an AADSTS code rather than a B2C code that nobody knows', [specific], ['AADB2C1'], 'AADSTS65001'],
    ['a B2C code, which stands inside, of two specific ones', [specific], ['AADB2C90118'], 'AADB2C90118'],
  ])('takes %s', (_name, aadstsCodes, b2cCodes, expected) => {
    expect(codeOf({ aadstsCodes, b2cCodes })).toBe(expected);
  });

  it('looks the suberror up, when there is one', () => {
    const facts = { producer: 'text', origin: 'client', aadstsCodes: [], b2cCodes: [], cause: undefined } as const;
    expect(gather(facts, {}).suberrorRow).toBeUndefined();
    expect(gather({ ...facts, suberror: 'basic_action' }, {}).suberrorRow).toBe(ruleOfSuberror('basic_action'));
  });
});
