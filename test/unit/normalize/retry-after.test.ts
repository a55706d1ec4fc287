import { describe, expect, it } from 'vitest';
import { maxRetryAfterSeconds, parseRetryAfter } from '../../../src/normalize/index.js';
import { nowMs } from './support.js';

const yearMs = 365 * 24 * 3600 * 1000;

describe('parseRetryAfter', () => {
  it.each<[name: string, value: unknown, now: number, expected: number | undefined]>([
    ['delay-seconds', '17', nowMs, 17],
    ['zero', '0', nowMs, 0],
    ['leading zeros', '0007', nowMs, 7],
    ['blanks around', ' 5 ', nowMs, 5],
    ['one day', '86400', nowMs, 86_400],
    ['more than a day is cut to a day', '86401', nowMs, 86_400],
    ['fifteen digits', '999999999999999', nowMs, 86_400],
    ['seconds with a broken clock', '17', Number.NaN, 17],
    ['a number', 17, nowMs, 17],
    ['a fraction is rounded up', 0.2, nowMs, 1],
    ['minus zero', -0, nowMs, 0],
    ['a huge number', 1e300, nowMs, 86_400],
    ['a negative number', -1, nowMs, undefined],
    ['Infinity', Number.POSITIVE_INFINITY, nowMs, undefined],
    ['1e309', Number('1e309'), nowMs, undefined],
    ['NaN', Number.NaN, nowMs, undefined],
    ['a negative text', '-1', nowMs, undefined],
    ['a plus sign', '+1', nowMs, undefined],
    ['a fraction as text (Microsoft Graph)', '0.249', nowMs, 1],
    ['two fractions', '1.5.5', nowMs, undefined],
    ['a fraction without a whole part', '.5', nowMs, undefined],
    ['an exponent', '1e3', nowMs, undefined],
    ['1e309 as text', '1e309', nowMs, undefined],
    ['hexadecimal', '0x10', nowMs, undefined],
    ['sixteen digits', '1'.repeat(16), nowMs, undefined],
    ['digits of another script', '\u0661\u0667', nowMs, undefined],
    ['empty', '', nowMs, undefined],
    ['words', 'soon', nowMs, undefined],
    ['the word NaN', 'NaN', nowMs, undefined],
    ['null', null, nowMs, undefined],
    ['an object', { valueOf: () => 5 }, nowMs, undefined],
    ['a list', ['5'], nowMs, undefined],
    ['1 MB of digits', '1'.repeat(1_000_000), nowMs, undefined],
    ['1 MB of blanks', ' '.repeat(1_000_000), nowMs, undefined],

    ['64 characters', '5'.padStart(64), nowMs, 5],
    ['65 characters', '5'.padStart(65), nowMs, undefined],

    ['IMF-fixdate', 'Thu, 15 Jan 2026 10:22:30 GMT', nowMs, 120],
    ['RFC 850', 'Thursday, 15-Jan-26 10:22:30 GMT', nowMs, 120],
    ['asctime', 'Thu Jan 15 10:22:30 2026', nowMs, 120],
    ['asctime with a one-digit day', 'Sun Feb  1 00:00:00 2026', Date.UTC(2026, 0, 31, 23, 59, 0), 60],
    ['any case of the month', 'thu, 15 JAN 2026 10:20:31 GMT', nowMs, 1],
    ['a part of a second is rounded up', 'Thu, 15 Jan 2026 10:20:31 GMT', nowMs + 1, 1],
    ['now', 'Thu, 15 Jan 2026 10:20:30 GMT', nowMs, 0],
    ['the past', 'Sun, 06 Nov 1994 08:49:37 GMT', nowMs, 0],
    ['a leap second', 'Thu, 15 Jan 2026 10:20:60 GMT', nowMs, 30],
    ['29 February of a leap year', 'Tue, 29 Feb 2028 00:00:00 GMT', Date.UTC(2028, 1, 28, 23, 59, 59), 1],
    ['year 9999', 'Fri, 31 Dec 9999 23:59:59 GMT', nowMs, 86_400],
    ['year 0001', 'Mon, 01 Jan 0001 00:00:00 GMT', nowMs, 0],
    ['a clock one year ahead', 'Thu, 15 Jan 2026 10:22:30 GMT', nowMs + yearMs, 0],
    ['a clock one year behind', 'Thu, 15 Jan 2026 10:22:30 GMT', nowMs - yearMs, 86_400],
    ['two-digit year within 50 years', 'Monday, 01-Jan-70 00:00:00 GMT', nowMs, 86_400],
    ['two-digit year more than 50 years ahead is the past', 'Sunday, 06-Nov-94 08:49:37 GMT', nowMs, 0],
    ['a date with a broken clock', 'Thu, 15 Jan 2026 10:22:30 GMT', Number.NaN, undefined],
    ['a two-digit year with a broken clock', 'Thursday, 15-Jan-26 10:22:30 GMT', Number.POSITIVE_INFINITY, undefined],
    ['a two-digit year with a clock beyond time', 'Thursday, 15-Jan-26 10:22:30 GMT', 1e300, undefined],
    ['a two-digit year 50 years ahead', 'Wednesday, 15-Jan-76 00:00:00 GMT', nowMs, 86_400],
    ['a two-digit year 51 years ahead', 'Wednesday, 15-Jan-77 00:00:00 GMT', nowMs, 0],
    ['day 32', 'Thu, 32 Jan 2026 00:00:00 GMT', nowMs, undefined],
    ['a day with an exponent', 'Thu, 1e1 Feb 2026 10:22:30 GMT', nowMs, undefined],
    ['a day with a sign', 'Thu, +15 Jan 2026 10:22:30 GMT', nowMs, undefined],
    ['a day of three digits', 'Thu, 015 Jan 2026 10:22:30 GMT', nowMs, undefined],
    ['a time with a digit in front', 'Thu, 15 Jan 2026 110:22:30 GMT', nowMs, undefined],
    ['a time with a digit behind', 'Thu, 15 Jan 2026 10:22:305 GMT', nowMs, undefined],
    ['asctime with GMT', 'Thu Jan 15 10:22:30 2026 GMT', nowMs, undefined],
    ['a word behind GMT', 'Thu, 15 Jan 2026 10:22:30 GMT now', nowMs, undefined],
    ['five words', 'Thu Jan 15 2026 10:22:30', nowMs, undefined],
    ['30 February', 'Mon, 30 Feb 2026 00:00:00 GMT', nowMs, undefined],
    ['29 February of a common year', 'Sun, 29 Feb 2026 00:00:00 GMT', nowMs, undefined],
    ['day 0', 'Thu, 00 Jan 2026 00:00:00 GMT', nowMs, undefined],
    ['hour 24', 'Thu, 15 Jan 2026 24:00:00 GMT', nowMs, undefined],
    ['minute 60', 'Thu, 15 Jan 2026 10:60:00 GMT', nowMs, undefined],
    ['second 61', 'Thu, 15 Jan 2026 10:20:61 GMT', nowMs, undefined],
    ['an unknown month', 'Thu, 15 Foo 2026 10:22:30 GMT', nowMs, undefined],
    ['a zone other than GMT', 'Thu, 15 Jan 2026 10:22:30 CET', nowMs, undefined],
    ['an offset', 'Thu, 15 Jan 2026 10:22:30 +0100', nowMs, undefined],
    ['ISO 8601', '2026-01-15T10:22:30Z', nowMs, undefined],
    ['a five-digit year', 'Thu, 15 Jan 20266 10:22:30 GMT', nowMs, undefined],
    ['a three-digit year', 'Thu, 15 Jan 202 10:22:30 GMT', nowMs, undefined],
    ['a short time', 'Thu, 15 Jan 2026 9:22:30 GMT', nowMs, undefined],
  ])('%s', (_name, value, now, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it.each(
    ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
      (name, index) => [name, index] as const,
    ),
  )('reads %s', (name, month) => {
    expect(parseRetryAfter(`Sun, 02 ${name} 2028 00:00:30 GMT`, Date.UTC(2028, month, 2))).toBe(30);
  });

  it('never waits longer than a day', () => {
    expect(maxRetryAfterSeconds).toBe(86_400);
  });
});
