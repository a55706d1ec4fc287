/** The explorer's middleware on Node's request and response; test/http has it in Express over a socket. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { aadErrorExplorer, AadOptionsError, type AadErrorExplorerOptions } from '../../../src/index.js';
import { attribute, readSource, type SeenPage } from '../explorer/support.js';
import { headersOf, requestOf, responseOf, type RequestParts } from './support.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

interface Seen extends Pick<SeenPage, 'text' | 'elements' | 'preview' | 'title'> {
  readonly next: unknown[];
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly source: string;
}

type Explorer = ReturnType<typeof aadErrorExplorer>;

async function ask(
  explorer: Explorer,
  parts: RequestParts,
  prepare: (ask: ReturnType<typeof responseOf>) => void = () => undefined,
): Promise<Seen> {
  const request = requestOf(parts);
  const exchange = responseOf(request);
  const { response, sent } = exchange;
  prepare(exchange);
  const next: unknown[] = [];
  await new Promise<void>((resolve) => {
    response.once('finish', resolve);
    explorer(request, response, (...args) => {
      next.push(args);
      resolve();
    });
    // Somebody has answered before: neither of the two follows.
    if (response.writableEnded) setTimeout(resolve, 300);
  });
  const source = sent().split('\r\n\r\n').slice(1).join('\r\n\r\n');
  return { next, status: response.statusCode, headers: headersOf(response), ...readSource(source) };
}
const see = (parts: RequestParts, options: AadErrorExplorerOptions = {}): Promise<Seen> =>
  ask(aadErrorExplorer(options), parts);
const paste = (
  explorer: Explorer,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Seen> =>
  ask(explorer, {
    method: 'POST',
    url: '/',
    headers: { ...form, ...headers },
    chunks: [new URLSearchParams(fields).toString()],
  });
const again = ({ elements }: Seen): string | undefined => {
  const field = elements.find((element) => attribute(element, 'name') === 'again');
  return field && attribute(field, 'value');
};

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe('the mount point', () => {
  test.each(['/', '', '/?q=x', '?q=x', undefined])('%j is answered', async (url) => {
    expect((await see({ more: { url } })).status).toBe(200);
  });

  test.each(['/other', '/other?', 'x', '/x?q'])('%j is somebody else’s', async (url) => {
    expect((await see({ url })).next).toEqual([[]]);
  });
});

describe('a request', () => {
  test.each(['GET', 'HEAD', 'POST'])('may be %s', async (method) => {
    const { status, source } = await see({ method });
    expect(status).toBe(200);
    expect(source === '').toBe(method === 'HEAD');
  });

  test.each(['PUT', 'DELETE', 'get', undefined])('may not be %s', async (method) => {
    const { status, headers, text } = await see({ more: { method } });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
    expect(text).toContain('The explorer is read with GET and POST.');
  });

  test.each<[string, string | undefined, number]>([
    ['POST', 'cross-site', 403],
    ['POST', 'same-site', 403],
    ['POST', 'same-origin', 200],
    ['POST', 'none', 200],
    ['POST', undefined, 200],
    ['GET', 'cross-site', 200],
  ])('%s from %s: %i', async (method, site, status) => {
    const found = await see({ method, headers: { ...form, ...(site !== undefined && { 'sec-fetch-site': site }) } });
    expect(found.status).toBe(status);
    expect(found.text.includes('That form came from another site and was not read.')).toBe(status === 403);
  });

  test('of more than 64 KB is refused in words', async () => {
    const { status, text } = await paste(aadErrorExplorer(), { text: 'x'.repeat(70_000) });
    expect([status, text.includes('That text could not be read: at most 64 KB fit.')]).toEqual([413, true]);
  });

  test('that somebody else has answered is left alone', async () => {
    const { status, next } = await ask(aadErrorExplorer(), { url: '/' }, ({ response }) => {
      response.statusCode = 204;
      response.end();
    });
    expect([status, next]).toEqual([204, []]);
  });
});

describe('a pasted text', () => {
  const text = 'AADSTS50105: not assigned';

  test('is sealed into its form for eight hours, by this process only', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.UTC(2026, 0, 15));
    const explorer = aadErrorExplorer();
    const first = await paste(explorer, { text });
    const sealed = again(first)!;
    expect(sealed).not.toContain('50105');
    vi.setSystemTime(Date.UTC(2026, 0, 15, 7, 59, 59));
    expect((await paste(explorer, { again: sealed, lang: 'nl' })).title).toBe(first.title);
    expect((await paste(aadErrorExplorer(), { again: sealed })).status).toBe(404);
    vi.setSystemTime(Date.UTC(2026, 0, 15, 8, 0, 1));
    expect((await paste(explorer, { again: sealed })).status).toBe(404);
  });

  test('that is long is not kept in the form', async () => {
    const explorer = aadErrorExplorer();
    expect(again(await paste(explorer, { text: `${text} ${'x '.repeat(3_000)}` }))).toBeDefined();
    const long = await paste(explorer, { text: `${text} ${'x '.repeat(4_500)}` });
    expect(again(long)).toBeUndefined();
    expect(long.text).toContain('too long to be kept in the form');
  });
});

describe('options', () => {
  test('previews are pages for users, also in development', async () => {
    vi.stubEnv('NODE_ENV', 'development');
    expect((await see({ url: '/?code=50105' })).preview).not.toContain('class="developer"');
    expect((await see({ url: '/?code=50105' }, { exposeDetails: true })).preview).toContain('class="developer"');
  });

  test('languages are those of the application, own ones among them', async () => {
    const options = { locales: ['nl', { tag: 'el', direction: 'ltr' as const }], defaultLocale: 'nl' };
    const { elements } = await see({ url: '/?code=50105' }, options);
    const tags = elements
      .filter(({ tagName, attrs }) => tagName === 'option' && attrs.some(({ name }) => name === 'lang'))
      .map((option) => attribute(option, 'value'));
    expect(tags).toEqual(['nl', 'el']);
  });

  test.each([
    ['production', true, false],
    ['development', undefined, true],
  ])('with NODE_ENV %s a token is asked for: %s', async (environment, allowInProduction, takesToken) => {
    vi.stubEnv('NODE_ENV', environment);
    const { source } = await see({ url: '/' }, allowInProduction === undefined ? {} : { allowInProduction });
    expect(source.includes('name="token"')).toBe(takesToken);
  });

  test.each([undefined, false])('production needs permission: allowInProduction %s', (allowInProduction) => {
    vi.stubEnv('NODE_ENV', 'production');
    const make = (): unknown => aadErrorExplorer(allowInProduction === undefined ? {} : { allowInProduction });
    expect(make).toThrow(AadOptionsError);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_AAD_OPTIONS_MISSING', option: 'allowInProduction' }));
    expect(make).toThrow(/^aadErrorExplorer: refuses to run with NODE_ENV=production/);
  });

  test.each<[object, RegExp]>([
    [
      { allowProduction: true },
      /^aadErrorExplorer: unknown option "allowProduction", did you mean "allowInProduction"/,
    ],
    [{ allowInProduction: 'yes' }, /^aadErrorExplorer: option "allowInProduction" must be a value of type boolean/],
    [{ homeUrl: 'x' }, /^aadErrorExplorer: option "homeUrl"/],
  ])('%j is refused', (options, sentence) => {
    expect(() => aadErrorExplorer(options as never)).toThrow(sentence);
  });
});
