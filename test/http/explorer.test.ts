import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express, RequestHandler } from 'express';
import supertest from 'supertest';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { aadErrorExplorer, AadOptionsError, type AadErrorExplorerOptions } from '../../src/index.js';
import { attribute, readSource } from '../unit/explorer/support.js';
import { expressVersions, ownHeaders } from './support.js';

const claims = Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}').toString('base64');
const header = `WWW-Authenticate: Bearer realm="", error="insufficient_claims", claims="${claims}"`;
const secret = 'client_secret=hunter2-hunter2';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(expressVersions)('%s', (_name, express) => {
  /** Mounted below /errors; everything else answers 418. */
  function appWith(options: AadErrorExplorerOptions = {}, ...before: readonly RequestHandler[]): Express {
    const app = express();
    app.disable('x-powered-by');
    for (const handler of before) app.use(handler);
    app.use('/errors', aadErrorExplorer(options));
    app.use((_request, response) => {
      response.status(418).end();
    });
    return app;
  }
  const paste = (app: Express, fields: object): supertest.Test =>
    supertest(app).post('/errors').type('form').send(fields);

  test.each(['/errors', '/errors/', '/errors?', '/errors?q=consent', '/errors/?code=50076'])(
    '%s is answered',
    async (path) => {
      const answer = await supertest(appWith()).get(path);
      expect(answer.status).toBe(200);
      expect(readSource(answer.text).title).toContain('Error explorer');
    },
  );

  test.each(['/errors/other', '/', '/errorsome'])('%s is somebody else’s', async (path) => {
    expect((await supertest(appWith()).get(path)).status).toBe(418);
  });

  test('headers: never stored, sniffed, framed or scripted', async () => {
    const answer = await supertest(appWith()).get('/errors');
    expect(ownHeaders(answer.headers)).toEqual({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-type': 'text/html; charset=utf-8',
      'content-language': 'en',
      'content-length': expect.stringMatching(/^\d+$/),
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src .*form-action 'self'; frame-ancestors 'none'$/,
      ),
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    });
  });

  test('HEAD has the headers of GET and no body', async () => {
    const app = appWith();
    const [head, get] = [
      await supertest(app).head('/errors?code=50105'),
      await supertest(app).get('/errors?code=50105'),
    ];
    expect(head.text).toBeUndefined();
    expect(ownHeaders(head.headers)).toEqual(ownHeaders(get.headers));
  });

  test('other methods are 405 and say which are allowed', async () => {
    const answer = await supertest(appWith()).put('/errors').send('x');
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
  });

  test.each<readonly [string, readonly RequestHandler[]]>([
    ['no body parser', []],
    ['urlencoded', [express.urlencoded({ extended: false })]],
    ['urlencoded, extended', [express.urlencoded({ extended: true })]],
    ['text', [express.text({ type: '*/*' })]],
    ['raw', [express.raw({ type: '*/*' })]],
    ['json', [express.json()]],
  ])('a pasted header is explained with %s before it', async (_parser, before) => {
    const answer = await paste(appWith({}, ...before), { text: header });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<span class="badge user">claims_challenge</span>');
    expect(answer.text).toContain(`claims=&quot;${claims}`);
  });

  test('the same text in another language: sealed in the form, not readable in it', async () => {
    const app = appWith();
    const first = readSource((await paste(app, { text: `${header} ${secret}` })).text);
    const again = attribute(
      first.elements.find((element) => attribute(element, 'name') === 'again')!,
      'value',
    )!;
    expect(Buffer.from(again.split('.')[3]!, 'base64url').toString('latin1')).not.toContain('insufficient_claims');
    const second = readSource((await paste(app, { again, lang: 'he', signin: '' })).text);
    expect(second.preview).toContain('<html lang="he" dir="rtl">');
    expect(second.title).toBe(first.title);
  });

  test('a seal of another process does not open', async () => {
    const { elements } = readSource((await paste(appWith(), { text: header })).text);
    const again = attribute(
      elements.find((element) => attribute(element, 'name') === 'again')!,
      'value',
    )!;
    const answer = await paste(appWith(), { again });
    expect([answer.status, answer.text.includes('paste the text again')]).toEqual([404, true]);
  });

  test.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ])('a form from %s is answered %i', async (site, status) => {
    const answer = await paste(appWith(), { text: header }).set('sec-fetch-site', site);
    expect(answer.status).toBe(status);
    expect(answer.text.includes('claims_challenge</span>')).toBe(status === 200);
  });

  test('more than 64 KB is 413, and a form of another type is no text', async () => {
    const large = await paste(appWith(), { text: 'x'.repeat(70_000) });
    expect([large.status, readSource(large.text).text.includes('at most 64 KB fit')]).toEqual([413, true]);
    const json = await supertest(appWith()).post('/errors').send({ text: header });
    expect([json.status, json.text.includes('Paste an error')]).toEqual([200, true]);
  });

  test('a sender that goes away leaves nothing behind: the next request is answered', async () => {
    const server: Server = createServer(appWith());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1000' };
    await new Promise<void>((resolve) => {
      const sender = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/errors', headers });
      sender.on('error', () => undefined).on('close', resolve);
      sender.write('text=AADSTS', () => {
        sender.destroy();
      });
    });
    const answer = await fetch(`http://127.0.0.1:${String(port)}/errors`);
    expect(answer.status).toBe(200);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('secrets and markup of a pasted text do not come back', async () => {
    const answer = await paste(appWith(), {
      text: `AADSTS50076: <script>alert(1)</script> ${secret}`,
      token: 'abc.def',
    });
    expect(answer.text).not.toMatch(/<script|hunter2|abc\.def/);
  });

  test('previews look like the application', async () => {
    const app = appWith({ branding: { applicationName: 'Contoso Mail' }, locales: ['nl', 'en'], defaultLocale: 'nl' });
    const { preview, elements } = readSource((await supertest(app).get('/errors?code=50105')).text);
    expect(preview).toContain('Contoso Mail');
    expect(preview).toContain('<html lang="nl"');
    const options = elements.filter(
      ({ tagName, attrs }) => tagName === 'option' && attrs.some(({ name }) => name === 'lang'),
    );
    expect(options.map((option) => attribute(option, 'value'))).toEqual(['nl', 'en']);
  });
});

describe('at start-up', () => {
  test('it refuses to run in production, and says what to do', () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(() => aadErrorExplorer()).toThrow(AadOptionsError);
    expect(() => aadErrorExplorer()).toThrow(
      /refuses to run with NODE_ENV=production.*allowInProduction: true.*\[ERR_AAD_OPTIONS_MISSING\]/,
    );
    expect(() => aadErrorExplorer({ allowInProduction: false })).toThrow(AadOptionsError);
  });

  test('told to, it runs in production, and asks for no token there', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const [, express] = expressVersions[1]!;
    const answer = await supertest(express().use('/errors', aadErrorExplorer({ allowInProduction: true }))).get(
      '/errors',
    );
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('name="wanted"');
    expect(answer.text).not.toContain('name="token"');
  });

  test.each<readonly [string, unknown, string]>([
    ['an unknown option', { allowProduction: true }, 'did you mean "allowInProduction"'],
    ['a wrong type', { allowInProduction: 'yes' }, 'option "allowInProduction" must be a value of type boolean'],
    ['a wrong value', { branding: { accentColor: 'blue' } }, 'option "branding.accentColor"'],
    ['no object', null, 'the options must be an object'],
  ])('%s is an error', (_name, options, message) => {
    expect(() => aadErrorExplorer(options as AadErrorExplorerOptions)).toThrow(message);
  });
});
