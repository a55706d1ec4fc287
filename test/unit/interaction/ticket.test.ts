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
    ['longer than a cookie should be', `/${'a'.repeat(2_000)}`],
  ])('comes back to a place that is %s', (_name, returnTo) => {
    const made = createTicket(sealer, { ...request, returnTo }, 'key', nowMs, cookies);
    const [set = ''] = made.setCookies;
    expect(set.length).toBeLessThan(400);
    expect(openTicket(sealer, made.text, set.split(';')[0], nowMs, cookies)).toMatchObject({ request: { returnTo } });
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
