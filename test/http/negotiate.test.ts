import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import accepts from 'accepts';
import express5 from 'express';
import express4 from 'express4';
import supertest from 'supertest';
import { afterAll, describe, expect, test } from 'vitest';
import { createAadResponder, localeTags, msalInteraction } from '../../src/index.js';
import { createLocaleMatcher, prefersHtml, requestKind } from '../../src/respond/index.js';
import { send } from '../support/browser-client.js';
import { clients, errorOf, failingApp } from './support.js';

/** A fixed sequence of numbers below a limit: every run tries the same headers. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % limit;
  };
}

const wellFormed = {
  ranges: [
    ...[
      'text/html',
      'application/json',
      '*/*',
      'text/*',
      'application/*',
      'TEXT/HTML',
      'Text/Html',
      'Application/JSON',
    ],
    ...['application/xhtml+xml', 'text/plain', 'image/webp', 'application/problem+json', 'text/vnd.turbo-stream.html'],
  ],
  parameters: [
    ...['', '', '', '', ';q=0.9', ';q=0.8', ';q=1', ';q=0', ';q=0.0', ';q=0.5', '; q=0.7', ' ;q=0.2', ';Q=0.5'],
    ...[';q=1.000', ';charset=utf-8', ';level=1;q=0.4', ';a="x,y"', ';a="x;q=0.1"'],
  ],
  separators: [',', ', ', ' ,', ',\t'],
};
const malformed = {
  ranges: [
    ...wellFormed.ranges,
    ...[
      '*',
      'html',
      'text',
      'text/html/x',
      '/html',
      'text/',
      '*/html',
      '*/json',
      '',
      'TEXT/*',
      'te xt/html',
      'text/ html',
    ],
  ],
  parameters: [
    ...wellFormed.parameters,
    ...[';q=', ';q', ';q=x', ';q=2', ';q=-1', ';q=1e-3', ';q=.5', ';q =0.7', ';q= 0.7', ';charset=*', ';a=', ';a', ';'],
    ...[
      ';;q=0.3',
      '; ;q=0.3',
      ';q="0.3"',
      ';a="x',
      ';q=0.3abc',
      ';q=0.9;q=0.1',
      ';q=*',
      ';=1',
      ';="',
      ';v="a\\"b";q=0.6',
      ';a="\\',
    ],
  ],
  separators: [...wellFormed.separators, ',,', ' '],
};

function headers(grammar: typeof wellFormed, count: number, seed: number): string[] {
  const below = numbers(seed);
  const pick = (list: readonly string[]): string => list[below(list.length)]!;
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(4) }, () => pick(grammar.ranges) + pick(grammar.parameters)).join(
      pick(grammar.separators),
    ),
  );
}

const asRequest = (accept: string | undefined): IncomingMessage =>
  ({ headers: { accept } }) as unknown as IncomingMessage;
const byAccepts = (accept: string | undefined): boolean =>
  accepts(asRequest(accept)).types(['json', 'html']) === 'html';
const byExpress4 = (accept: string): boolean =>
  express4.request.accepts.call(asRequest(accept) as express5.Request, 'json', 'html') === 'html';

const count = Number(process.env['FUZZ_RUNS'] ?? 25_000);

describe('prefersHtml', () => {
  test('answers like accepts 2 for thousands of well-formed and odd headers', () => {
    const tried = [...headers(wellFormed, count, 1), ...headers(malformed, count, 2)];
    const wanted = tried.map(byAccepts);
    expect(tried.filter((accept, index) => prefersHtml(accept) !== wanted[index])).toEqual([]);
    // Both answers are really tried, again and again.
    expect(wanted.filter((html) => html).length).toBeGreaterThan(count / 4);
    expect(wanted.filter((html) => !html).length).toBeGreaterThan(count / 4);
  });

  test("answers like Express 4's req.accepts for thousands of well-formed headers", () => {
    const tried = headers(wellFormed, count, 3);
    expect(tried.filter((accept) => prefersHtml(accept) !== byExpress4(accept))).toEqual([]);
  });

  test.each([
    ['Chromium', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', true],
    ['an iframe of Safari', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['fetch and curl', '*/*', false],
    ['axios', 'application/json, text/plain, */*', false],
    ['jQuery', '*/*; q=0.01', false],
    ['nobody', undefined, false],
    ['an empty header', '', false],
    ['a list that rules JSON out', 'application/json;q=0, */*', true],
    ['a list that rules HTML out', 'text/html;q=0, application/json;q=0.1', false],
    ['a list that rules both out', 'text/html;q=0, application/json;q=0', false],
    ['a quality that is no number', 'text/html;q=x', false],
    ['a quality of JSON that is no number', 'text/html;q=0.1, application/json;q=x', true],
    ['HTML behind JSON of the same quality', 'application/json, text/html', false],
    ['HTML before JSON of the same quality', 'text/html, application/json', true],
    ['a more specific range for HTML', '*/*, text/html', true],
    ['a more specific range for JSON', 'text/*, application/json', false],
    ['a parameter that fits neither', 'text/html;charset=utf-8, */*;q=0.1', false],
    ['a parameter without a value, which fits any', 'text/html;a=, */*;q=0.1', true],
    ['a parameter that stands for any', 'application/json, text/html;a=*', true],
    ['a quoted comma', 'text/html;a="x,application/json;q=1"', false],
    ['a quoted quality', 'text/html;q="0.3", application/json;q=0.2', true],
    ['an escaped quotation mark', 'text/html;a="b\\"c";q=0.6, application/json;q=0.5', false],
    ['an open quote', 'application/json;q=0.5, text/html;a="x', true],
    ['a quality twice: the first counts', 'text/html;q=0.1;q=1, application/json;q=0.5', false],
    ['blanks and tabs', 'text/html \t; q = 0.6 , application/json;q=0.5', true],
    ['no slash', 'html, */*;q=0.1', false],
    ['HTML behind 4 KiB', `${'a/b,'.repeat(1_024)}text/html`, false],
  ])('%s', (_client, accept, html) => {
    expect(prefersHtml(accept)).toBe(html);
    // A header of ours is cut, see maxHeaderLength.
    if ((accept?.length ?? 0) <= 4_096) expect(byAccepts(accept)).toBe(html);
  });

  test.each([
    ['many ranges', 'a/b,'.repeat(3_840)],
    ['one range with many parameters', `text/html${';a=b'.repeat(3_838)}`],
    ['many equal parameters', `text/html${';q=0.1'.repeat(2_559)}`],
    ['blanks', `text/html;${' '.repeat(15_340)}q=1`],
    ['an open quote', `text/html;a="${'\\"'.repeat(7_670)}`],
    ['slashes', '/'.repeat(15_360)],
    ['commas', `${','.repeat(15_350)}text/html`],
  ])('15 KB of %s cost at most a millisecond', (_name, accept) => {
    expect(accept.length).toBeGreaterThan(15_000);
    for (let warm = 0; warm < 50; warm += 1) prefersHtml(accept);
    const times = Array.from({ length: 101 }, () => {
      const start = performance.now();
      prefersHtml(accept);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(times[50]).toBeLessThan(1);
  });
});

describe('requestKind', () => {
  const html = 'text/html,*/*;q=0.8';
  test.each([
    ['a navigation', { secFetchMode: 'navigate', secFetchDest: 'document', accept: html }, 'navigation'],
    ['fetch()', { secFetchMode: 'cors', secFetchDest: 'empty', accept: '*/*' }, 'script'],
    ['fetch() that asks for HTML', { secFetchMode: 'cors', secFetchDest: 'empty', accept: html }, 'script'],
    ['an image', { secFetchMode: 'no-cors', secFetchDest: 'image', accept: 'image/*' }, 'script'],
    ['a browser that sends only the destination', { secFetchDest: 'document', accept: html }, 'navigation'],
    ['a script without metadata, marked', { requestedWith: 'XMLHttpRequest', accept: html }, 'script'],
    ['an old browser', { accept: html }, 'navigation'],
    ['curl', { accept: '*/*' }, 'script'],
    ['a client that says nothing', {}, 'script'],
    ['a bearer token', { authorization: 'Bearer x', secFetchMode: 'cors', accept: html }, 'api'],
    ['a bearer token in lower case', { authorization: 'bearer x' }, 'api'],
    ['a proof-of-possession token', { authorization: 'PoP x' }, 'api'],
    ['Basic credentials of a proxy', { authorization: 'Basic x', secFetchMode: 'navigate' }, 'navigation'],
    ['a word that only ends like Bearer', { authorization: 'xBearer y', accept: html }, 'navigation'],
    ['a word that only starts like Bearer', { authorization: 'Bearerx y', accept: html }, 'navigation'],
  ] as const)('%s', (_name, facts, kind) => {
    expect(requestKind(facts, 'auto')).toBe(kind);
    expect(requestKind(facts, 'api')).toBe('api');
    expect(requestKind(facts, 'web')).toBe(
      kind === 'api' ? requestKind({ ...facts, authorization: undefined }, 'auto') : kind,
    );
  });

  test('Fetch metadata beats X-Requested-With: a page cannot set the former', () => {
    expect(requestKind({ secFetchMode: 'navigate', requestedWith: 'x' }, 'auto')).toBe('navigation');
  });
});

describe('Accept-Language', () => {
  const all = createLocaleMatcher(localeTags, 'en');
  test.each([
    ['nl', 'nl'],
    ['nl-BE,nl;q=0.9,fr;q=0.8', 'nl'],
    ['fr;q=0.5, de;q=0.9', 'de'],
    ['gsw, de-CH;q=0.9', 'de'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-SG', 'zh-Hans'],
    ['zh-MY', 'zh-Hans'],
    ['zh-HK', 'zh-Hant'],
    ['zh-MO', 'zh-Hant'],
    ['no', 'nb'],
    ['fr;q=0.123, de;q=0.122', 'fr'],
    ['fr;q=0.12, de;q=0.13', 'de'],
    ['fr;q=0, de;q=0.001', 'de'],
    ['fr;q=0.9, de;q=1', 'de'],
    ['fr;q=0.9, de;q=1.000', 'de'],
    ['fr;q=0.9, de;q=1.001', 'fr'],
    ['fr;q=0.9, de;q=0.9999', 'fr'],
    ['fr;q=0.5, *;q=0.6', 'en'],
    ['fr;q=0.5, de; Q = 0.6', 'de'],
    [`de${'-x'.repeat(16)}y`, 'de'],
    [`de${'-x'.repeat(17)}`, 'en'],
    [`${'x'.repeat(4_095)},de`, 'en'],
    [`${'x,'.repeat(63)}de`, 'de'],
    [`${'x,'.repeat(64)}de`, 'en'],
    ['zh-TW', 'zh-Hant'],
    ['zh-Hant-HK', 'zh-Hant'],
    ['zh-CN,zh;q=0.9', 'zh-Hans'],
    ['pt', 'pt-BR'],
    ['pt-PT', 'pt-PT'],
    ['pt-AO', 'pt-BR'],
    ['nn-NO', 'nb'],
    ['iw', 'he'],
    ['AR-eg', 'ar'],
    ['*', 'en'],
    ['nl;q=0, fr', 'fr'],
    ['nl;q=0', 'en'],
    ['xx-YY', 'en'],
    ['nl;q=2', 'en'],
    ['nl;q=-1', 'en'],
    ['nl;q=0.5;q=1', 'en'],
    ['nl;level=1', 'en'],
    ['__proto__, constructor, toString', 'en'],
    ['../../etc/passwd', 'en'],
    ['nl\u0000', 'en'],
    [',,,;;;===', 'en'],
    ['', 'en'],
  ])('%j is answered in %s', (header, locale) => {
    expect(all(header)).toBe(locale);
  });

  test.each([
    ['16 KB of tags', 'xx-YY;q=0.9,'.repeat(1_365)],
    ['one endless tag', 'nl-'.repeat(5_461)],
    ['16 KB of dashes', '-'.repeat(16_384)],
    ['16 KB of commas', ','.repeat(16_384)],
    ['16 KB of parameters', `nl${';q=1'.repeat(4_095)}`],
  ])('%s: the default, in less than a millisecond', (_name, header) => {
    for (let warm = 0; warm < 20; warm += 1) all(header);
    const start = performance.now();
    expect(all(header)).toBe('en');
    expect(performance.now() - start).toBeLessThan(1);
  });

  test('only configured languages are spoken, and the default is the configured one', () => {
    const { respond } = createAadResponder({ locales: ['nl', 'ja'], defaultLocale: 'ja' });
    const languageFor = (header: string): string | undefined =>
      respond(errorOf.contact_admin, { method: 'GET', url: '/', headers: { 'accept-language': header } })?.response
        .headers['content-language'];
    expect(['nl', 'de', 'de,nl;q=0.1', ''].map(languageFor)).toEqual(['nl', 'ja', 'nl', 'ja']);
  });

  test.each(localeTags)('%s: title and detail of the problem document are in that language', async (tag) => {
    const { app } = failingApp(express5, errorOf.contact_admin);
    const [own, english] = await Promise.all(
      [tag, 'en'].map((language) => supertest(app).get('/').set(clients.script).set('accept-language', language)),
    );
    expect(own!.headers['content-language']).toBe(tag);
    if (tag === 'en') return;
    expect(own!.body.title).not.toBe(english!.body.title);
    expect(own!.body.detail).not.toBe(english!.body.detail);
  });
});

describe('a host that is not ours', () => {
  const forged: readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[] = [
    ['Host', { host: 'evil.example' }],
    ['Host with a port', { host: 'evil.example:8443' }],
    ['Host with markup', { host: 'evil.example"><script>' }],
    ['an empty Host', { host: '' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example' }],
    ['X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }],
    ['Forwarded', { forwarded: 'host=evil.example;proto=https' }],
    ['X-Original-URL', { 'x-original-url': '/evil', 'x-rewrite-url': '/evil' }],
    ['X-Forwarded-Prefix', { 'x-forwarded-prefix': '//evil.example' }],
    ['Origin and a foreign Referer', { origin: 'https://evil.example', referer: 'https://evil.example/x' }],
  ];
  const servers: ReturnType<typeof createServer>[] = [];
  afterAll(() => servers.map((server) => server.close()));

  async function listening(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  /** Everything but the date; tickets are sealed with random bytes. */
  const comparable = (exchange: Awaited<ReturnType<typeof send>>): string =>
    JSON.stringify([exchange.status, { ...exchange.headers, date: '' }, exchange.body])
      .replace(/ticket=[\w.~-]+/g, 'ticket=…')
      .replace(/aad-ticket-[\w-]+/g, 'aad-ticket-…');

  test.each(forged)('%s changes no byte of an answer', async (_name, headers) => {
    const auth = msalInteraction({
      client: {
        getAuthCodeUrl: () => Promise.reject(new Error('no')),
        acquireTokenByCode: () => Promise.reject(new Error('no')),
      },
      baseUrl: 'https://app.contoso.example',
      secret: 'a test secret of more than thirty-two characters',
      onSignedIn: () => undefined,
      adminConsent: { clientId: '11111111-2222-4333-8444-555555555555', tenant: 'contoso.example' },
    });
    for (const trusted of [false, true]) {
      for (const error of [errorOf.interactive, errorOf.admin_consent, errorOf.retry]) {
        const { app } = failingApp(express5, error, { interaction: auth });
        app.set('trust proxy', trusted);
        const url = await listening(app);
        for (const client of Object.values(clients)) {
          const ordinary = await send(`${url}/mail?a=1`, { headers: { ...client } });
          const odd = await send(`${url}/mail?a=1`, { headers: { ...client, ...headers } });
          expect(comparable(odd)).toBe(comparable(ordinary));
          expect(JSON.stringify(odd)).not.toContain('evil');
        }
      }
    }
  });

  test.each([
    '//evil.example/x',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/%5cevil.example',
    'http://evil.example/x',
  ])('a request target of %s leads nowhere', async (target) => {
    for (const [error, interaction] of [
      [errorOf.retry, undefined],
      [errorOf.interactive, undefined],
      [errorOf.interactive, '/login'],
    ] as const) {
      const { respond } = createAadResponder();
      const found = respond(error, { method: 'GET', url: target, headers: clients.navigation })!;
      expect(found.facts).toMatchObject({ returnTo: '/', instance: '/' });
      expect(JSON.stringify(found.response)).not.toContain('evil');
      const { app } = failingApp(express5, error, interaction === undefined ? {} : { interaction });
      const url = await listening((request, response) => {
        request.url = target;
        app(request, response);
      });
      expect(JSON.stringify((await send(url, { headers: clients.navigation })).headers)).not.toContain('evil');
    }
  });
});
