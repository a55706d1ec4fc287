import { describe, expect, test } from 'vitest';
import { createSealer, createTicket, openTicket, ticketSeconds } from '../../../src/interaction/index.js';
import type { InteractionRequest } from '../../../src/types.js';

const nowMs = Date.UTC(2026, 10, 3, 12);
const cookies = { secure: true };
const sealer = createSealer(['a test secret of more than thirty-two characters']);
const request: InteractionRequest = {
  action: 'claims_challenge',
  returnTo: '/tasks?page=2',
  situation: 'mfa-required',
  claims: '{"access_token":{"capolids":{"essential":true,"values":["a"]}}}',
  scopes: ['api://tasks/Tasks.Read'],
  prompt: 'login',
};
const ticket = createTicket(sealer, request, 'key', nowMs, cookies);
const cookie = ticket.setCookies[0]!.split(';')[0]!;

describe('a ticket', () => {
  test('gives back the whole request in the browser it was made for, and ends its cookie', () => {
    const opened = openTicket(sealer, ticket.text, cookie, nowMs, cookies);
    expect(opened).toEqual({
      request,
      key: 'key',
      setCookies: [`${cookie.split('=')[0]!}=; Path=/; HttpOnly; Max-Age=0; SameSite=Lax; Secure`],
    });
  });

  test.each([
    ['used: the cookie is gone', undefined],
    ['in another browser, with a ticket cookie of its own', '__Host-aad-ticket-AAAAAAAA=1'],
    ['with a cookie jar that is full or refuses cookies', ''],
    ['with a cookie without the prefix, as a sibling host could set it', cookie.replace('__Host-', '')],
  ])('%s: only the cookie is missing', (_name, header) => {
    expect(openTicket(sealer, ticket.text, header, nowMs, cookies)).toBe('cookie');
  });

  test.each([
    ['expired', ticket.text, nowMs + ticketSeconds * 1000],
    ['missing', undefined, nowMs],
    ['empty', '', nowMs],
    ['of another secret', createTicket(createSealer(['x'.repeat(32)]), request, 'k', nowMs, cookies).text, nowMs],
    ['a transaction', sealer.seal('transaction', { id: cookie.slice(18, 26), key: 'k', request }, nowMs + 1e6), nowMs],
  ])('%s: refused', (_name, text, at) => {
    expect(openTicket(sealer, text, cookie, at, cookies)).toBeUndefined();
  });

  test.each([
    ['without an id', (sealed: string) => sealed],
    ['with an empty id', (sealed: string) => `${sealed}~`],
    ['with a longer id', (sealed: string, id: string) => `${sealed}~${id}A`],
    ['with an id that begins with what no id holds', (sealed: string, id: string) => `${sealed}~.${id}`],
    ['with a third part', (sealed: string, id: string) => `${sealed}~${id}~${id}`],
    ['that is no text', () => 7],
  ])('%s: refused, whatever cookies there are', (_name, change) => {
    const [sealed = '', id = ''] = ticket.text.split('~');
    const header = `${cookie}; __Host-aad-ticket-${id}A=/; __Host-aad-ticket-.${id}=/; __Host-aad-ticket-=/`;
    expect(openTicket(sealer, change(sealed, id), header, nowMs, cookies)).toBeUndefined();
  });

  test('is refused after a change at any position', () => {
    for (let position = 0; position < ticket.text.length; position += 1) {
      const other = ticket.text[position] === 'A' ? 'B' : 'A';
      const changed = ticket.text.slice(0, position) + other + ticket.text.slice(position + 1);
      const opened = openTicket(sealer, changed, cookie, nowMs, cookies);
      // The last eight characters name the cookie: another name is a ticket without its cookie.
      expect(opened).toBe(position < ticket.text.length - 8 ? undefined : 'cookie');
    }
  });

  test.each([
    ['short', '/tasks?page=2'],
    ['with what a cookie cannot hold', '/a;b,c"d'],
    ['as long as a cookie may be', `/${'a'.repeat(255)}`],
    ['longer than a cookie should be', `/${'a'.repeat(2_000)}`],
    ['not of ASCII', '/é/a'],
  ])('comes back to a place that is %s', (_name, returnTo) => {
    const made = createTicket(sealer, { ...request, returnTo }, 'key', nowMs, cookies);
    const [set = ''] = made.setCookies;
    expect(set).toMatch(/^[ -~]{1,400}$/);
    expect(openTicket(sealer, made.text, set.split(';')[0], nowMs, cookies)).toMatchObject({ request: { returnTo } });
  });

  test('has a place of up to 256 characters in its cookie, a longer one in its sealed part', () => {
    const placeInCookie = (length: number): boolean => {
      const returnTo = `/${'a'.repeat(length - 1)}`;
      return createTicket(sealer, { ...request, returnTo }, 'key', nowMs, cookies).setCookies[0]!.includes(returnTo);
    };
    expect([255, 256, 257, 300].map(placeInCookie)).toEqual([true, true, false, false]);
  });

  test('never leads away from here, whatever somebody wrote into the cookie', () => {
    for (const place of ['//evil.example', 'https://evil.example/', '/\\evil.example', '/%2fevil.example', '']) {
      const changed = `${cookie.split('=')[0]!}=${place}`;
      expect(openTicket(sealer, ticket.text, changed, nowMs, cookies)).toMatchObject({ request: { returnTo: '/' } });
    }
  });

  test('shares its sealed part with the same wish of the next thirty seconds, and with no other', () => {
    const part = (ticketText: string): string => ticketText.split('~')[0]!;
    const made = (other: Partial<InteractionRequest>, key = 'key', atMs = nowMs): string =>
      part(createTicket(sealer, { ...request, ...other }, key, atMs, cookies).text);
    expect(made({ returnTo: '/elsewhere' })).toBe(part(ticket.text));
    expect(made({}, 'key', nowMs + 29_999)).toBe(part(ticket.text));
    const others = [
      made({ claims: '{"access_token":{}}' }),
      made({ scopes: ['api://tasks/Tasks.Write'] }),
      made({ scopes: ['api://tasks/Tasks.Read', 'b'] }),
      made({ prompt: 'consent' }),
      made({ loginHint: 'alice@contoso.test' }),
      made({ domainHint: 'organizations' }),
      made({ situation: 'sign-in-again' }),
      made({ code: 'AADSTS50079' }),
      made({ action: 'interactive' }),
      made({}, 'another reason'),
      made({}, 'key', nowMs + 30_000),
      made({}, 'key', nowMs - 1),
    ];
    expect(new Set([part(ticket.text), ...others]).size).toBe(others.length + 1);
  });
});

describe('the sealed part of many wishes at once', () => {
  /** A sealer of its own, because what is shared is kept with it. */
  const sharing = () => {
    const own = createSealer(['a test secret of more than thirty-two characters']);
    return (more: Partial<InteractionRequest>, atMs = nowMs, key = 'key'): string =>
      createTicket(own, { ...request, ...more }, key, atMs, cookies).text.split('~')[0]!;
  };
  const withoutScopes: InteractionRequest = { action: 'interactive', returnTo: '/', situation: 'session-expired' };

  test('two policies that people meet in turn are sealed once each', () => {
    const made = sharing();
    const [one, other] = [made({ claims: '{"a":1}' }), made({ claims: '{"a":2}' })];
    expect([made({ claims: '{"a":1}' }), made({ claims: '{"a":2}' }), made({ claims: '{"a":1}' })]).toEqual([
      one,
      other,
      one,
    ]);
  });

  test('the same reason of two keys stays apart, and each is found again', () => {
    const made = sharing();
    const [one, other] = [made({}, nowMs, 'one'), made({}, nowMs, 'other')];
    expect(one).not.toBe(other);
    expect([made({}, nowMs, 'one'), made({}, nowMs, 'other')]).toEqual([one, other]);
  });

  test('sixteen are kept; a seventeenth ends the oldest', () => {
    const made = sharing();
    const wish = (index: number): string => made({ code: `AADSTS${index}` });
    const sealed = Array.from({ length: 16 }, (_, index) => wish(index));
    expect(sealed.map((_, index) => wish(index))).toEqual(sealed);
    wish(16);
    expect(wish(1)).toBe(sealed[1]);
    expect(wish(0)).not.toBe(sealed[0]);
  });

  test('one that is sealed again and again, because the clock goes back, does not push out the others', () => {
    const made = sharing();
    const other = made({ code: 'AADSTS50079' });
    for (let second = 20; second > 0; second -= 1) made({}, nowMs + second * 1_000);
    expect(made({ code: 'AADSTS50079' })).toBe(other);
  });

  test('scopes are compared one by one, not by where the list lies', () => {
    const made = sharing();
    const one = made({ scopes: ['a', 'b'] });
    expect(made({ scopes: ['a', 'b'] })).toBe(one);
    for (const scopes of [['a', 'c'], ['c', 'b'], ['a'], ['a', 'b', 'c'], []]) expect(made({ scopes })).not.toBe(one);
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('a wish without scopes comes %s one with scopes: they stay apart', (_name, isFirst) => {
    const own = createSealer(['x'.repeat(32)]);
    const wishes = [withoutScopes, { ...withoutScopes, scopes: ['a'] }];
    const texts = (isFirst ? wishes : wishes.toReversed()).map(
      (wish) => createTicket(own, wish, 'key', nowMs, cookies).text.split('~')[0],
    );
    expect(texts[0]).not.toBe(texts[1]);
  });
});

describe('unused tickets of one browser', () => {
  const idOf = (index: number): string => `AAAAAAA${index}`;
  const headerOf = (count: number): string =>
    ['session=s', ...Array.from({ length: count }, (_, index) => `__Host-aad-ticket-${idOf(index)}=/`)].join('; ');

  test.each([
    [0, []],
    [1, []],
    [7, []],
    [8, [0]],
    [9, [0, 1]],
  ])('with %i of them, a new one ends the oldest: %j', (count, ended) => {
    const made = createTicket(sealer, request, 'key', nowMs, cookies, headerOf(count));
    expect(made.setCookies.slice(1)).toEqual(
      ended.map((index) => `__Host-aad-ticket-${idOf(index)}=; Path=/; HttpOnly; Max-Age=0; SameSite=Lax; Secure`),
    );
    expect(made.setCookies[0]).toMatch(/^__Host-aad-ticket-[\w-]{8}=\/tasks\?page=2; .*Max-Age=600/);
  });
});
