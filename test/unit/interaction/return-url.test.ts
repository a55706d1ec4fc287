import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isLocalUrl, toLocalUrl } from '../../../src/interaction/index.js';

const origin = 'https://app.contoso.test';
const runs = Number(process.env['FUZZ_RUNS'] ?? 10_000);

/** Where a browser ends that gets this text as `Location` on various pages of ours, and as a link. */
function originsOf(text: string): string[] {
  const pages = [
    `${origin}/`,
    `${origin}/auth/redirect?code=1&state=2`,
    `${origin}//double/slash`,
    `${origin}/a/b/c.html`,
  ];
  return [...new Set(pages.map((page) => new URL(text, page).origin))];
}

/** As Node writes it (latin1 of UTF-8 bytes does not happen: it must be ASCII) and as a browser reads it back. */
function expectOwn(text: string): void {
  expect(originsOf(text)).toEqual([origin]);
  const resolved = new URL(text, origin);
  expect([resolved.username, resolved.password]).toEqual(['', '']);
  expect(text).toMatch(/^\/(?![/\\])/);
}

function expectHeader(text: string): void {
  expect(() => {
    validateHeaderValue('location', text);
  }).not.toThrow();
  expect(text).toMatch(/^[\x21-\x7e]+$/);
}

/** Texts that must be refused, with and without our own origin in front where that makes a difference. */
const refused: readonly string[] = [
  // no path of ours at all
  '', ' ', '.', '..', '?', '#', 'a', 'a/b', './a', '../a', '?a=b', '#a', '%2f', '%2Fa', '%5ca', 'app.contoso.test/a',
  // schemes
  'http:', 'https:', 'http://', 'https://', 'https:evil.test', 'https:/evil.test', 'https://evil.test',
  'https:///evil.test', 'https:\\\\evil.test', 'HTTPS://EVIL.TEST', 'hTtP://evil.test/', 'ftp://evil.test',
  'ws://evil.test', 'file:///etc/passwd', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\tscript:alert(1)',
  '\u0001javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,<script>', 'vbscript:x', 'blob:https://x/y',
  'about:blank', 'mailto:a@evil.test', 'tel:+31', 'view-source:https://evil.test', 'intent://evil.test', 'urn:x',
  'ms-appx://x', 'x-y+z.1:abc', 'http&colon;//evil.test', 'https&#58;//evil.test',
  // other origins
  'https://evil.test/', 'https://evil.test/a?b#c', 'https://app.contoso.test.evil.test/', 'https://app.contoso.testevil/',
  'https://evil.test/app.contoso.test', 'https://evil.test?https://app.contoso.test/', 'https://evil.test#https://app.contoso.test/',
  'https://app.contoso.test@evil.test/', 'https://app.contoso.test:pw@evil.test/', 'https://app.contoso.test%40evil.test/',
  'https://app.contoso.test\\@evil.test/', 'https://app.contoso.test:443@evil.test', 'https://app.contoso.test:8443/a',
  'https://app.contoso.test:443/a', 'http://app.contoso.test/', 'https://user@app.contoso.test/', 'https://u:p@app.contoso.test/a',
  'https://APP.contoso.test/a', 'HTTPS://app.contoso.test/a', 'https:/app.contoso.test/a', 'https:app.contoso.test/a',
  'https://app.contoso.test./a', 'https://app.contoso。test/a', 'https://app.contoso.test', 'https://app.contoso.test?a',
  'https://app.contoso.test#a', ' https://app.contoso.test/a', '\thttps://app.contoso.test/a', 'https://app.contoso.test /a',
  'https://[::1]/', 'https://127.0.0.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://localhost/',
  // our origin in front, then a way out
  'https://app.contoso.test//evil.test', 'https://app.contoso.test/\\evil.test', 'https://app.contoso.test/%2fevil.test',
  'https://app.contoso.test/%5cevil.test', 'https://app.contoso.test/\t/evil.test', 'https://app.contoso.test/..//evil.test',
  'https://app.contoso.test/%252fevil.test', 'https://app.contoso.test/ evil', 'https://app.contoso.test/.//evil.test',
  // network paths
  '//', '///', '////', '//evil.test', '//evil.test/', '///evil.test', '////evil.test', '//evil.test//', '//evil.test:443/a',
  '//user@evil.test', '//user:pw@evil.test/', '//app.contoso.test', '//app.contoso.test/a', '//app.contoso.test@evil.test',
  '//[::1]/', '//127.0.0.1', '//%65vil.test', '//evil%2etest', '//evil。test', '//ｅvil.test', '//evil.test%23', '//evil.test\\a',
  '//\tevil.test', '// evil.test', '//\u00a0evil.test', '//;@evil.test', '//?', '//#', '//.', '//..', '//./a', '//../a',
  // backslashes
  '\\', '\\\\', '\\evil.test', '\\\\evil.test', '/\\', '/\\evil.test', '/\\/evil.test', '\\/evil.test', '\\//evil.test',
  '/\\\\evil.test', '//\\evil.test', '/a\\b', '/a/\\evil.test', '/a?b=\\', '/a#\\', '/\\@evil.test', '/\\\tevil.test',
  // encoded once and twice
  '/%2f', '/%2F', '/%2fevil.test', '/%2Fevil.test', '/%2f%2fevil.test', '/%2f/evil.test', '/%5c', '/%5C', '/%5cevil.test',
  '/%5Cevil.test', '/%5c/evil.test', '/%5c%5cevil.test', '/%5c%2fevil.test', '/%252f', '/%252fevil.test', '/%252F%252Fevil.test',
  '/%255cevil.test', '/%25%32%66evil.test', '/%2525', '/%00', '/%00/evil.test', '/%09', '/%09/evil.test', '/%0a/evil.test',
  '/%0A', '/%0d%0aSet-Cookie:a=b', '/%0d/evil.test', '/%20/evil.test', '/%20', '/%1f', '/%7f', '/%7F/evil.test',
  '%2f%2fevil.test', '%252f%252fevil.test', '%68ttps://evil.test',
  // dots that leave "//" behind
  '/.//evil.test', '/..//evil.test', '/./..//evil.test', '/a/..//evil.test', '/a/b/../..//evil.test', '/%2e//evil.test',
  '/%2e%2e//evil.test', '/%2E%2e//evil.test', '/.%2e//evil.test', '/a/%2e%2e//evil.test', '/./%2fevil.test', '/../%5cevil.test',
  '/a/../%2fevil.test', '/.///evil.test', '/..///evil.test', '/a/..///evil.test', '/./%252fevil.test', '/.//', '/..//', '/a/..//',
  // control characters, blanks
  '/\u0000', '/\u0000/evil.test', '/a\u0000b', '/\t', '/\t/evil.test', '/\t//evil.test', '/a\tb', '\t//evil.test', '/\n/evil.test',
  '/\r/evil.test', '/\r\n/evil.test', '/a\r\nSet-Cookie: a=b', '/a\nb', '/a\rb', '/\u000b/evil.test', '/\f/evil.test',
  '/\u001f/evil.test', '/\u007f/evil.test', '/\u0085/evil.test', '/\u0080', '/\u00a0/evil.test', '/ /evil.test', '/ ', '/a b',
  ' /a', '\n/a', '\u00a0/a', '\ufeff/a', '/\ufeff/evil.test', '/\u0008', '/\u001b[31m', '/a?b c', '/a#b c', '/a?\r\n', '/a#\n',
  '/a\u007f', '/a\u0080', '/a\u00a0',
  // characters that some software takes for a slash, a dot, a blank or a change of direction
  '/\u2044evil.test', '/\u2215evil.test', '/\uff0fevil.test', '/\uff3cevil.test', '/\u2028/evil.test', '/\u2029', '/\u200b/evil.test',
  '/\u200e', '/\u202e/tset.live', '/\u2003', '/\u3000/evil.test', '/\u205f', '/\u2060', '/\u2066a', '\u2044\u2044evil.test',
  '\uff0f\uff0fevil.test', '/\ud800', '/a\udfff', '／／evil.test', '〳〳evil.test', '/a\u2000', '/a\u200f', '/a\u2028', '/a\u202f',
  '/a\u205f', '/a\u206f', '/a\ud800', '/a\udbff', '/a\udc00', '/a\u2044', '/a\u2215', '/a\uff0f', '/a\uff3c', '/a\ufeff', '/a\u3000',
  // too long
  `/${'a'.repeat(2_048)}`, `/${'a/'.repeat(2_000)}`, `//${'a'.repeat(3_000)}`, `/?${'%2f'.repeat(700)}`,
  `${origin}/${'a'.repeat(2_048 - origin.length)}`, // its path alone would be short enough
  // what a template leaves behind when no origin is configured
  'undefined/a', 'undefined/',
]; // prettier-ignore

/** Accepted, and what `Location` then says. */
const accepted: readonly (readonly [text: string, location: string])[] = [
  ['/', '/'], ['/a', '/a'], ['/a/', '/a/'], ['/a/b/c', '/a/b/c'], ['/a?b=c', '/a?b=c'], ['/a?b=c&d', '/a?b=c&d'],
  ['/#', '/'], ['/#a', '/#a'], ['/a#b', '/a#b'], ['/a?b#c', '/a?b#c'], ['/?return=//evil.test', '/?return=//evil.test'],
  ['/a?next=https://evil.test/', '/a?next=https://evil.test/'], ['/a?next=%2f%2fevil.test', '/a?next=%2f%2fevil.test'],
  ['/a//b', '/a//b'], ['/a/%2fb', '/a/%2fb'], ['/a%2fb', '/a%2fb'], ['/a%5cb', '/a%5cb'], ['/a%00b', '/a%00b'], ['/@evil.test', '/@evil.test'],
  ['/user:pw@evil.test', '/user:pw@evil.test'], ['/:443', '/:443'], ['/https://evil.test', '/https://evil.test'],
  ['/javascript:alert(1)', '/javascript:alert(1)'], ['/a:b', '/a:b'], ['/.', '/'], ['/..', '/'], ['/../a', '/a'], ['/a/..', '/'],
  ['/a/../b', '/b'], ['/./a', '/a'], ['/%2e', '/'], ['/%2e%2e/a', '/a'], ['/.a', '/.a'], ['/...', '/...'], ['/.well-known/x', '/.well-known/x'],
  ['/a;b', '/a;b'], ['/~a', '/~a'], ['/a_b-c', '/a_b-c'], ['/a+b', '/a+b'], ['/a,b', '/a,b'], ['/a=b', '/a=b'], ['/$', '/$'], ['/!', '/!'],
  ["/a'b", "/a'b"], ['/a"b', '/a%22b'], ['/<b>', '/%3Cb%3E'], ['/{a}', '/%7Ba%7D'], ['/a|b', '/a|b'], ['/`', '/%60'], ['/^', '/^'],
  ['/[a]', '/[a]'], ['/%', '/%'], ['/%zz', '/%zz'], ['/%C3%A9', '/%C3%A9'], ['/é', '/%C3%A9'], ['/漢字', '/%E6%BC%A2%E5%AD%97'], ['/a?é', '/a?%C3%A9'],
  ['/a#é', '/a#%C3%A9'], ['/a%20b', '/a%20b'], ['/%3f', '/%3f'], ['/%23', '/%23'], ['/%40evil.test', '/%40evil.test'], ['/a?b=%0d%0a', '/a?b=%0d%0a'],
  ['/a?b=%252f', '/a?b=%252f'], ['/evil.test', '/evil.test'], ['/evil.test/', '/evil.test/'], ['/*', '/*'], ['/&', '/&'],
  ['/a?', '/a'], ['/?', '/'], ['/a/?', '/a/'], ['/a?b?', '/a?b?'], ['/%C3%A9/%20b', '/%C3%A9/%20b'], ['/a%', '/a%'], ['/a.b', '/a.b'],
  // next to the ranges that are refused
  ['/\u00a1', '/%C2%A1'], ['/\u1fff', '/%E1%BF%BF'], ['/\u2010', '/%E2%80%90'], ['/\u2027', '/%E2%80%A7'], ['/\u2030', '/%E2%80%B0'],
  ['/\u205e', '/%E2%81%9E'], ['/\u2070', '/%E2%81%B0'], ['/\ud7ff', '/%ED%9F%BF'], ['/\ue000', '/%EE%80%80'],
  [`/${'a'.repeat(2_047)}`, `/${'a'.repeat(2_047)}`], [`${origin}/`, '/'], [`${origin}/a?b#c`, '/a?b#c'],
  [`${origin}/${'a'.repeat(2_047 - origin.length)}`, `/${'a'.repeat(2_047 - origin.length)}`], [`${origin}/a/../b`, '/b'],
  [`${origin}/@evil.test`, '/@evil.test'], [`${origin}/é`, '/%C3%A9'],
]; // prettier-ignore

describe('return URLs', () => {
  test('the table holds at least 200', () => {
    expect(new Set([...refused, ...accepted.map(([text]) => text)]).size).toBeGreaterThanOrEqual(300);
  });

  test.each(refused.map((text) => [JSON.stringify(text).slice(0, 60), text]))('%s is refused', (_name, text) => {
    expect(isLocalUrl(text)).toBe(false);
    expect(toLocalUrl(text, origin)).toBeUndefined();
    expect(toLocalUrl(text)).toBeUndefined();
  });

  test.each(accepted.map(([text, location]) => [JSON.stringify(text).slice(0, 60), text, location]))(
    '%s is ours',
    (_name, text, location) => {
      const absolute = text.startsWith('https:');
      expect(isLocalUrl(text)).toBe(!absolute);
      expect(toLocalUrl(text, origin)).toBe(location);
      if (!absolute) expectOwn(text);
      expectOwn(location);
      expectHeader(location);
      // Asking again changes nothing.
      expect(toLocalUrl(location, origin)).toBe(location);
    },
  );

  test('an absolute URL needs our own origin to be given', () => {
    expect(toLocalUrl(`${origin}/a`)).toBeUndefined();
    expect(toLocalUrl(`${origin}/a`, 'https://other.contoso.test')).toBeUndefined();
  });

  test.each([undefined, null, 1, {}, ['/a'], new URL(`${origin}/a`), { toString: () => '/a' }])(
    'what is no text is refused (%#)',
    (value) => {
      expect(isLocalUrl(value)).toBe(false);
      expect(toLocalUrl(value, origin)).toBeUndefined();
    },
  );
});

describe('return URLs and the parser of URLs', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  type Opinion = Partial<Record<'origin' | 'username' | 'password' | 'pathname', string>>;

  /** A parser with an opinion of its own; `anyOrigin` is what it is asked to resolve against. */
  const stubParser = (opinion: Opinion): void => {
    vi.stubGlobal('URL', function (_text: string, base: string) {
      return { origin: base, username: '', password: '', pathname: '/ok', search: '', hash: '', ...opinion };
    });
  };

  test.each([
    '/a', '/z', '/A', '/Z', '/0', '/9', '/-', '/_', '/~', '/', '/a/', '/a/b', '/a//b', '/aZ09-_~/b', '/a?b', '/?b', '/a?a=b', '/a?b&c', '/a?b.c',
    '/a?b%20c', '/a?b+c', '/a?b/c', '/a?z=AZ09-_~', '/a?b?c',
  ])('%s is plain: it is returned as it is, without parsing', (text) => { 
    vi.stubGlobal('URL', () => {
      throw new Error('parsed');
    });
    expect(toLocalUrl(text)).toBe(text);
  }); // prettier-ignore

  test.each(['//evil.test', '/%2fevil.test', '/%5cevil.test', '/\\evil.test', '/\t/evil.test', '/a\u2044b', '/a b'])(
    '%j is refused before anything is parsed',
    (text) => {
      stubParser({});
      expect(toLocalUrl('/a,b')).toBe('/ok');
      expect(toLocalUrl(text)).toBeUndefined();
    },
  );

  test.each<[name: string, opinion: Opinion]>([
    ['another origin', { origin: 'https://evil.test' }],
    ['a user name', { username: 'user' }],
    ['a password', { password: 'password' }],
    ['a path that is a network path', { pathname: '//evil.test' }],
    ['a path that some browsers take for one', { pathname: '/\\evil.test' }],
    ['a path that decodes to one', { pathname: '/%2fevil.test' }],
  ])('a text in which the parser sees %s is refused, whatever our own checks thought of it', (_name, opinion) => {
    stubParser(opinion);
    expect(toLocalUrl('/a,b')).toBeUndefined();
    expect(isLocalUrl('/a,b')).toBe(false);
  });

  test('a text that the parser refuses is refused', () => {
    vi.stubGlobal('URL', () => {
      throw new TypeError('Invalid URL');
    });
    expect(toLocalUrl('/a,b')).toBeUndefined();
  });
});

/** Pieces that matter, so that generated texts come near the edges. */
const pieces = [
  '/', '/', '/', '//', '\\', '%2f', '%2F', '%5c', '%252f', '%25', '.', '..', '%2e', '%2E', ';', '?', '#', '@', ':', '&', '=',
  '\t', '\n', '\r', '\u0000', ' ', '%09', '%0a', '%00', '%20', '\u00a0', '\u2028', '\u2044', '\u2215', '\uff0f', '\uff3c', '\u3002', '\u200b',
  '\ufeff', '\u202e', '\ud800', '\udc00', 'é', 'a', 'b', 'evil.test', 'app.contoso.test', origin, `${origin}/`, 'https:', 'http:', 'javascript:', 'https://',
  '[::1]', '443', '%', 'a/', '/a', '~', '-', '_',
]; // prettier-ignore

const nearby = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));
const anything = fc.oneof(
  { weight: 4, arbitrary: nearby },
  { weight: 4, arbitrary: nearby.map((text) => `/${text}`) },
  { weight: 2, arbitrary: nearby.map((text) => `${origin}/${text}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => `/${text}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
  { weight: 1, arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }) },
  { weight: 1, arbitrary: fc.webPath() },
);

describe(`${String(runs)} generated return URLs`, () => {
  test('every accepted one resolves to our own origin, as it is and as Location', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anything, (text) => {
        if (isLocalUrl(text)) expectOwn(text);
        const location = toLocalUrl(text, origin);
        if (location === undefined) return;
        accepted += 1;
        expectOwn(location);
        expectHeader(location);
        expect(toLocalUrl(location, origin)).toBe(location);
      }),
      { numRuns: runs },
    );
    // The property says nothing about texts that are refused: enough must have come through.
    expect(accepted).toBeGreaterThan(runs / 20);
  });
});
