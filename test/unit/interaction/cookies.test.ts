import fc from 'fast-check';
import { CookieJar } from 'tough-cookie';
import { describe, expect, test } from 'vitest';
import { clearCookies, cookieNames, readCookie, setCookies } from '../../../src/interaction/index.js';

const https = { secure: true };
const http = { secure: false };

/** A jar that keeps the rules of browsers: prefixes, Secure, SameSite, Max-Age. */
function browser(): {
  keep(cookies: readonly string[], url?: string): Promise<void>;
  send(url?: string, sameSiteContext?: 'strict' | 'lax' | 'none'): Promise<string>;
} {
  const jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
  return {
    async keep(cookies, url = 'https://app.contoso.test/auth/redirect') {
      for (const cookie of cookies) await jar.setCookie(cookie, url);
    },
    send: (url = 'https://app.contoso.test/a', sameSiteContext = 'lax') =>
      jar.getCookieString(url, { sameSiteContext }),
  };
}

describe('cookies', () => {
  test.each([
    ['https', https, false, '__Host-a=b; Path=/; HttpOnly; Max-Age=60; SameSite=Lax; Secure'],
    ['https, from another site', https, true, '__Host-a=b; Path=/; HttpOnly; Max-Age=60; SameSite=None; Secure'],
    ['http on loopback', http, false, 'a=b; Path=/; HttpOnly; Max-Age=60; SameSite=Lax'],
    ['http, from another site', http, true, 'a=b; Path=/; HttpOnly; Max-Age=60'],
  ] as const)('%s', (_name, settings, crossSite, wanted) => {
    expect(setCookies('a', 'b', 60, settings, crossSite)).toEqual([wanted]);
  });

  test('a form_post from Entra brings the cookie that is meant for it, and only that one', async () => {
    const jar = browser();
    await jar.keep([...setCookies('tx', 'one', 60, https, true), ...setCookies('brake', 'two', 60, https)]);
    expect(await jar.send(undefined, 'none')).toBe('__Host-tx=one');
    expect((await jar.send(undefined, 'lax')).split('; ').sort()).toEqual(['__Host-brake=two', '__Host-tx=one']);
  });

  test('__Host- binds to this host: not for a sibling, not over http, not set by a sibling', async () => {
    const jar = browser();
    await jar.keep(setCookies('a', 'ours', 60, https));
    expect(await jar.send('https://evil.contoso.test/')).toBe('');
    expect(await jar.send('http://app.contoso.test/')).toBe('');
    await jar
      .keep(['__Host-b=theirs; Path=/; Secure; Domain=contoso.test'], 'https://evil.contoso.test/')
      .catch(() => undefined);
    await jar.keep(['__Host-b=theirs; Path=/'], 'http://app.contoso.test/').catch(() => undefined);
    expect(await jar.send()).toBe('__Host-a=ours');
    // And a name without the prefix is not read where https is.
    expect(readCookie('a=theirs', 'a', https)).toBeUndefined();
  });

  test.each([0, 1, 3_599, 3_600, 3_601, 4_097, 7_199, 7_200, 7_201, 10_800, 14_399])(
    'a value of %i characters comes back, no cookie over 4,096 bytes',
    async (length) => {
      const value = 'x'.repeat(length);
      const cookies = setCookies('a', value, 60, https, true);
      expect(Math.max(...cookies.map((cookie) => Buffer.byteLength(cookie)))).toBeLessThanOrEqual(4_096);
      if (length > 4_096) expect(cookies.length).toBeGreaterThan(1);
      const jar = browser();
      await jar.keep(cookies);
      expect(readCookie(await jar.send(), 'a', https)).toBe(value);
    },
  );

  test('a value that does not fit four cookies is not set at all: half of it would be refused anyway', () => {
    expect(setCookies('a', 'x'.repeat(14_400), 60, https)).toEqual([]);
  });

  test('a shorter value after a longer one is not joined to what the longer one left behind', async () => {
    const jar = browser();
    await jar.keep(setCookies('a', 'x'.repeat(8_000), 60, https));
    await jar.keep(setCookies('a', 'short', 60, https));
    expect(readCookie(await jar.send(), 'a', https)).toBe('short');
    await jar.keep(setCookies('a', 'y'.repeat(3_600), 60, https));
    expect(readCookie(await jar.send(), 'a', https)).toBe('y'.repeat(3_600));
  });

  test('deleting removes all parts', async () => {
    const jar = browser();
    await jar.keep([...setCookies('a', 'x'.repeat(8_000), 60, https, true), ...setCookies('ab', '1', 60, https)]);
    await jar.keep(clearCookies(await jar.send(), 'a', https, true));
    expect(await jar.send()).toBe('__Host-ab=1');
  });

  test('deleting names those of the four parts that the browser sent, and nothing else', () => {
    const ended = (header: string | undefined): string[] =>
      clearCookies(header, 'a', http).map((cookie) => cookie.split(';')[0]!);
    expect(ended(undefined)).toEqual(['a=']);
    expect(ended('')).toEqual(['a=']);
    expect(ended('a=1; a.1=2; a.3=3; a.4=4; b=5')).toEqual(['a=', 'a.1=', 'a.3=']);
  });

  test('at most four parts are joined, whatever a browser sends', () => {
    const full = 'x'.repeat(3_600);
    const header = ['a', 'a.1', 'a.2', 'a.3', 'a.4'].map((name) => `${name}=${full}`).join('; ');
    expect(readCookie(header, 'a', http)).toHaveLength(14_400);
  });

  test('parts that do not arrive make a value that no key opens, not a fault', async () => {
    const [first, second] = setCookies('a', 'x'.repeat(5_000), 60, http).map((cookie) => cookie.split(';')[0]!);
    expect(readCookie(first, 'a', http)).toHaveLength(3_600);
    expect(readCookie(second, 'a', http)).toBeUndefined();
    expect(readCookie(`${second!}; ${first!}`, 'a', http)).toHaveLength(5_000);
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['a', undefined],
    ['a=1', '1'],
    ['b=0; a=1', '1'],
    ['b=0;a=1', '1'],
    ['xa=0; a=1', '1'],
    ['b=a=0; a=1', '1'],
    ['a=1; a=2', '1'],
    ['a=', ''],
    ['a.1=2', undefined],
    ['A=1', undefined],
    [' a=1 ; b', '1'],
  ])('%j holds a = %j', (header, value) => {
    expect(readCookie(header, 'a', http)).toBe(value);
  });

  test('names are found by prefix, oldest first, without parts', () => {
    const header = '__Host-tx-1=a; other=b; __Host-tx-2=c; __Host-tx-2.1=d; tx-3=e; __Host-tx-=f';
    expect(cookieNames(header, 'tx-', https)).toEqual(['tx-1', 'tx-2', 'tx-']);
    expect(cookieNames(undefined, 'tx-', https)).toEqual([]);
    expect(cookieNames(`${'x'.repeat(16_384)};tx-1=a`, 'tx-', http), 'behind 16 KiB').toEqual([]);
  });

  test('any header is read without a throw', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '=', ';', ' ', '.1', 'a=', 'b', ',', '"')), (parts) => {
        const header = parts.join('');
        readCookie(header, 'a', http);
        cookieNames(header, 'a', http);
      }),
    );
  });
});
