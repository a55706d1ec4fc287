import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLocalUrl, toLocalUrl } from '../../src/interaction/index.js';
import { check, timeoutMs } from './runs.js';

const origin = 'https://app.contoso.example';
/** Pages that a relative `Location` could be resolved against. */
const pages = ['/', '/a/b?c', '//x/y', '/a/../b/'].map((path) => origin + path);

/** What paths and the ways out of an origin are made of. */
const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '//',
    '\\',
    '.',
    '..',
    '/./',
    '/../',
    ':',
    '@',
    '?',
    '#',
    '%',
    ';',
    '&',
    '=',
    ' ',
    '\t',
    '\n',
    '\r',
  ),
  fc.constantFrom('%2f', '%5C', '%09', '%2e', '%252f', '%00', '%C3', '%', '%2', '%u002f', '%E2%80%AE'),
  fc.constantFrom('evil.test', 'https', 'https:', 'javascript:', 'data:', '[::1]', '127.1', 'user:pw@', 'www', 'a1'),
  fc.constantFrom(
    '\u0000',
    '\u0085',
    '\u00a0',
    '\u1680',
    '\u2028',
    '\u202e',
    '\u2044',
    '\u2215',
    '\u3002',
    '\uff0f',
    '\uff3c',
  ),
  fc.constantFrom('\ud800', '\udfff', '\ufeff', '\u00e9', '\u{1f600}', '\u3000', '\u180e', '\u2060'),
  fc.string({ maxLength: 3 }),
);
const pieces = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''));
/** Few tokens, so that the ways round a check by dots and slashes come up often. */
const climbing = fc
  .array(fc.constantFrom('/', '//', '.', '..', '%2e', '%2f', '\\', '\t', 'evil.test'), { maxLength: 8 })
  .map((parts) => `/${parts.join('')}`);
const candidate = fc.oneof(
  pieces,
  climbing,
  pieces.map((text) => `/${text}`),
  pieces.map((text) => `${origin}/${text}`),
  pieces.map((text) => origin + text),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.string({ unit: 'binary' }),
  fc.integer({ min: 2_000, max: 2_100 }).map((length) => `/${'a'.repeat(length)}`),
);

/** As lenient software reads it: percent-decoded again and again, backslashes as slashes, blanks dropped. */
function leniently(location: string): string {
  let text = location;
  for (let pass = 0; pass < 3; pass += 1) {
    try {
      text = decodeURIComponent(text);
    } catch {
      break;
    }
  }
  return text.replace(/[\u0000-\u0020\u007f]/g, '').replaceAll('\\', '/');
}

describe('return URLs', () => {
  it(
    'whatever is accepted stays on the origin, wherever it is resolved and however leniently it is read',
    () => {
      let accepted = 0;
      check('toLocalUrl', candidate, (text) => {
        const location = toLocalUrl(text, origin);
        if (location === undefined) return;
        accepted += 1;
        for (const page of pages) {
          const target = new URL(location, page);
          expect(target.origin).toBe(origin);
          expect(target.username + target.password).toBe('');
        }
        expect(leniently(location).startsWith('//')).toBe(false);
        expect(location).toMatch(/^\/[\x21-\x7e]*$/);
        expect(() => {
          validateHeaderValue('location', location);
        }).not.toThrow();
      });
      console.info(`toLocalUrl: ${String(accepted)} accepted`);
      // Otherwise the generator makes nothing that gets through, and nothing was looked at.
      expect(accepted).toBeGreaterThan(100);
    },
    timeoutMs,
  );

  it(
    'what was accepted once is accepted again and comes out the same',
    () => {
      check('toLocalUrl twice', candidate, (text) => {
        const location = toLocalUrl(text, origin);
        return location === undefined || (toLocalUrl(location) === location && isLocalUrl(location));
      });
    },
    timeoutMs,
  );

  it(
    'isLocalUrl says what toLocalUrl does',
    () => {
      check(
        'isLocalUrl',
        fc.oneof(candidate, fc.anything()),
        (text) => isLocalUrl(text) === (toLocalUrl(text) !== undefined),
      );
    },
    timeoutMs,
  );

  it(
    'every ordinary path with a query and a fragment is accepted and still means the same',
    () => {
      const segment = fc.stringMatching(/^[A-Za-z0-9_~!$&'()*+,;=:@-][\w.~-]{0,12}$/);
      const ordinary = fc
        .record({
          segments: fc.array(segment, { minLength: 1, maxLength: 5 }),
          query: fc.option(fc.webQueryParameters(), { nil: undefined }),
          fragment: fc.option(fc.webFragments(), { nil: undefined }),
        })
        .map(
          ({ segments, query, fragment }) =>
            `/${segments.join('/')}${query === undefined ? '' : `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`,
        )
        .filter((path) => path.length <= 2_048);
      check('ordinary paths', ordinary, (path) => {
        const location = toLocalUrl(path);
        expect(location).toBeDefined();
        const meaning = ({ pathname, search, hash }: URL): readonly string[] => [pathname, search, hash];
        expect(meaning(new URL(location!, origin))).toStrictEqual(meaning(new URL(path, origin)));
        return undefined;
      });
    },
    timeoutMs,
  );
});
