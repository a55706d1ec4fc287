import express5 from 'express';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { aadErrorHandler, msalInteraction, type AadErrorHandlerOptions } from '../../src/index.js';
import { clients, errorOf, expressVersions, failingApp, readPage } from './support.js';

/** What an option does to an answer; that a wrong one is refused stands in test/unit/options.test.ts. */
describe.each(expressVersions)('%s', (_name, express) => {
  const get = (
    error: object,
    options: AadErrorHandlerOptions,
    kind: keyof typeof clients = 'navigation',
    path = '/mail?a=1',
  ): supertest.Test =>
    supertest(failingApp(express, error, options).app)
      .get(path)
      .set(clients[kind]);

  test('a mistake is one at start-up: nothing is mounted', () => {
    const app = express();
    expect(() => app.use(aadErrorHandler({ modus: 'api' } as AadErrorHandlerOptions))).toThrow(
      'unknown option "modus", did you mean "mode"?',
    );
  });

  test('homeUrl is where "go to the start page" leads', async () => {
    const { content } = readPage((await get(errorOf.contact_admin, { homeUrl: '/start?lang=nl' })).text);
    expect(content.find((line) => line.startsWith('a: '))).toMatch(/ -> \/start\?lang=nl$/);
  });

  test('realm and authority stand in challenges, quoted', async () => {
    const answer = await get(
      errorOf.interactive,
      { realm: 'the "mail" app\r\nX-Evil: 1', authority: 'https://login.microsoftonline.us/contoso.example/' },
      'api',
    );
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="the  mail  app  X-Evil: 1", ' +
        'authorization_uri="https://login.microsoftonline.us/contoso.example/oauth2/authorize", error="invalid_token"',
    );
    expect(answer.headers).not.toHaveProperty('x-evil');
  });

  test('branding names the application, its help and its links, in that order', async () => {
    const { content, title, elements } = readPage(
      (
        await get(errorOf.contact_admin, {
          branding: {
            applicationName: 'Contoso Mail',
            logoUrl: '/logo.svg',
            supportEmail: 'help@contoso.example',
            supportUrl: 'https://help.contoso.example/',
            links: [{ text: 'Privacy', url: '/privacy' }],
            footer: 'Contoso Ltd',
          },
        })
      ).text,
    );
    expect(title).toMatch(/ - Contoso Mail$/);
    expect(elements.has('img')).toBe(true);
    expect(content.filter((line) => line.startsWith('a: ')).map((line) => line.split(' -> ')[1])).toEqual([
      '/',
      'https://help.contoso.example/',
      'mailto:help@contoso.example',
      '/privacy',
    ]);
    expect(content.at(-1)).toBe('p: Contoso Ltd');
  });

  test('maxReloads: 0 leaves the button only', async () => {
    const answer = await get(errorOf.retry, { maxReloads: 0 });
    expect(answer.headers).not.toHaveProperty('refresh');
    expect(answer.headers['retry-after']).toBe('17');
    expect(readPage(answer.text).content).toContain('note: Please wait 17\u00a0s before you try again.');
  });

  test('timeZone adds the local time, in the words of the language', async () => {
    const page = async (timeZone: string): Promise<string> =>
      readPage((await get(errorOf.contact_admin, { timeZone })).text).content.join('\n');
    expect(await page('UTC')).not.toContain('Time (local)');
    expect(await page('Asia/Tokyo')).toContain('Time (local): Jan 15, 2026, 7:20:30');
    const dutch = await get(errorOf.contact_admin, { timeZone: 'Europe/Amsterdam' }).set('accept-language', 'nl');
    expect(dutch.text).toContain('15 jan 2026');
  });

  test('secureCookies decides name and attributes of the ticket cookie', async () => {
    const cookies = async (secureCookies: boolean): Promise<string> =>
      String((await get(errorOf.interactive, { interaction: '/login', secureCookies })).headers['set-cookie']);
    expect(await cookies(true)).toMatch(/^__Host-aad-ticket-[\w-]{8}=[^;]+;.*; HttpOnly.*; Secure/);
    expect(await cookies(false)).toMatch(/^aad-ticket-[\w-]{8}=[^;]+;(?!.*Secure)/);
  });

  test('an interaction path with a query keeps it', async () => {
    const answer = await get(errorOf.interactive, { interaction: '/login?from=aad' });
    expect(answer.headers['location']).toMatch(/^\/login\?from=aad&ticket=[\w.~-]+$/);
  });

  test('two handlers with different options live side by side', async () => {
    const app = express();
    const fail: express5.RequestHandler = (_request, _response, next) => {
      next(errorOf.interactive);
    };
    app.use('/api', fail, aadErrorHandler({ mode: 'api' }) as express5.ErrorRequestHandler);
    app.use('/web', fail, aadErrorHandler({ interaction: '/login' }) as express5.ErrorRequestHandler);
    const api = await supertest(app).get('/api/tasks').set(clients.navigation);
    expect([api.status, api.body.instance]).toEqual([401, '/api/tasks']);
    const web = await supertest(app).get('/web/tasks').set(clients.navigation);
    expect(web.status).toBe(303);
  });

  test('flow: on-behalf-of and client-credentials change who can act', async () => {
    const obo = await get(errorOf.consent, { flow: 'on-behalf-of' }, 'api');
    expect(obo.headers['www-authenticate']).toContain('error="insufficient_scope"');
    const daemon = await get(errorOf.consent, { flow: 'client-credentials' }, 'script');
    expect(daemon.body).toMatchObject({ status: 403, action: 'admin_consent' });
  });

  test('the approval link is the configured application, whoever asks', async () => {
    const unused = (): Promise<never> => Promise.reject(new Error('not used'));
    const interaction = msalInteraction({
      client: { getAuthCodeUrl: unused, acquireTokenByCode: unused },
      baseUrl: 'https://app.contoso.example',
      secret: 'a test secret of more than thirty-two characters',
      onSignedIn: () => undefined,
      adminConsent: { clientId: '11111111-2222-4333-8444-555555555555', tenant: 'contoso.example' },
    });
    const answer = await get(errorOf.admin_consent, { interaction, branding: { applicationName: 'Contoso Mail' } });
    const { content } = readPage(answer.text);
    const forward = content.find((line) => line.startsWith('pre: Hello'));
    expect(forward).toContain('Contoso Mail');
    expect(forward).toMatch(/https:\/\/app\.contoso\.example\/auth\/admin-consent\S*$/);
  });
});
