import { readFileSync } from 'node:fs';
import express5 from 'express';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { english } from '../data/read-data.js';
import { createAadResponder } from '../../src/core.js';
import { answerTable } from '../../src/respond/table.js';
import type { AadAction, RequestKind } from '../../src/types.js';
import {
  bareChallenge,
  claims,
  clients,
  correlationId,
  errorOf,
  expressVersions,
  failingApp,
  ownHeaders,
  readPage,
  timestamp,
  traceId,
} from './support.js';

const kinds = ['navigation', 'script', 'api'] as const;
const methods = ['GET', 'HEAD', 'POST'] as const;
const actions = Object.keys(answerTable) as AadAction[];
const claimsBase64 = Buffer.from(claims).toString('base64');

interface Row {
  /** navigation without interaction, script, api */
  readonly status: readonly [navigation: number, script: number, api: number];
  readonly situation: string;
  readonly code: string;
  readonly error?: string;
  readonly suberror?: string;
  /** Rest of the challenge of API answers; absent: no challenge at all. */
  readonly apiChallenge?: string;
  /** Text of the main button of a GET page, without and with an interaction; where it leads follows from it. */
  readonly button: readonly [plain: string, withInteraction: string];
  /** The next step where no sign-in can follow. @defaultValue the situation's own */
  readonly nextStepPlain?: string;
  readonly who: 'askAdministrator' | 'askApplicationOwner' | 'askNobody';
}

/** DESIGN.md section 6, written out: this table and src/respond/table.ts must say the same. */
const rows: Readonly<Record<AadAction, Row>> = {
  retry: {
    status: [503, 503, 503],
    situation: 'service-unavailable',
    code: 'AADSTS90033',
    error: 'temporarily_unavailable',
    button: ['tryAgain', 'tryAgain'],
    who: 'askNobody',
  },
  interactive: {
    status: [401, 401, 401],
    situation: 'sign-in-needed',
    code: 'AADSTS50058',
    error: 'login_required',
    apiChallenge: ', error="invalid_token"',
    button: ['goHome', 'signIn'],
    nextStepPlain: 'signInAtStartPage',
    who: 'askAdministrator',
  },
  claims_challenge: {
    status: [401, 401, 401],
    situation: 'mfa-required',
    code: 'AADSTS50076',
    error: 'invalid_grant',
    suberror: 'basic_action',
    apiChallenge: `, error="insufficient_claims", claims="${claimsBase64}"`,
    button: ['goHome', 'continue'],
    nextStepPlain: 'signInAtStartPage',
    who: 'askAdministrator',
  },
  consent: {
    status: [401, 401, 403],
    situation: 'consent-needed',
    code: 'AADSTS65001',
    error: 'invalid_grant',
    suberror: 'consent_required',
    apiChallenge: ', error="insufficient_scope"',
    button: ['goHome', 'continue'],
    nextStepPlain: 'signInAtStartPage',
    who: 'askAdministrator',
  },
  admin_consent: {
    status: [403, 403, 403],
    situation: 'admin-approval-needed',
    code: 'AADSTS90094',
    error: 'invalid_grant',
    button: ['writeToAdministrator', 'writeToAdministrator'],
    who: 'askAdministrator',
  },
  contact_admin: {
    status: [403, 403, 403],
    situation: 'not-assigned-to-app',
    code: 'AADSTS50105',
    error: 'interaction_required',
    button: ['goHome', 'useAnotherAccount'],
    who: 'askAdministrator',
  },
  fix_config: {
    status: [500, 500, 500],
    situation: 'secret-expired',
    code: 'AADSTS7000215',
    error: 'invalid_client',
    button: ['goHome', 'goHome'],
    who: 'askApplicationOwner',
  },
  user_cancelled: {
    status: [403, 403, 403],
    situation: 'consent-declined',
    code: 'AADSTS65004',
    error: 'access_denied',
    button: ['tryAgain', 'tryAgain'],
    who: 'askAdministrator',
  },
  unknown: {
    status: [500, 500, 500],
    situation: 'unknown-problem',
    code: 'AADSTS98765432',
    button: ['tryAgain', 'tryAgain'],
    who: 'askApplicationOwner',
  },
};

const vary = 'Accept, Accept-Language, Authorization, Sec-Fetch-Dest, Sec-Fetch-Mode, X-Requested-With, HX-Request';
const onEveryAnswer = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', vary };
const isForUser = (action: AadAction): boolean =>
  action === 'interactive' || action === 'claims_challenge' || action === 'consent';

const textsOf = (action: AadAction): Readonly<Record<string, string>> => english.situations[rows[action].situation]!;
const ui = (id: string, values: Readonly<Record<string, string>> = {}): string =>
  english.ui[id]!.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name]!);

/** Without a link there is nothing to approve at once, so the mail says where to look and by which id. */
const requestToCopy = ui('administratorRequestWithoutLink', { application: ui('thisApplication') });
const mailToAdministrator = `mailto:?${new URLSearchParams({
  subject: ui('approvalRequestSubject', { application: ui('thisApplication') }),
  body: `${requestToCopy}\r\n\r\n${ui('correlationId')}: ${correlationId}`,
})
  .toString()
  .replaceAll('+', '%20')
  .replaceAll('%27', "'")}`;

/** Where the button of this text leads, on a page for this path. */
const placeOf = (button: string, path: string): string =>
  button === 'writeToAdministrator' ? mailToAdministrator : button === 'tryAgain' ? path : '/';

/** The problem document of an action, whole. */
function problemOf(action: AadAction, kind: RequestKind): Record<string, unknown> {
  const row = rows[action];
  const texts = textsOf(action);
  return {
    type: `https://login.microsoftonline.com/error?code=${row.code.slice(6)}`,
    title: texts['title'],
    status: row.status[kinds.indexOf(kind)],
    detail: texts['message'],
    instance: '/mail/inbox',
    action,
    situation: row.situation,
    retryable: action === 'retry',
    code: row.code,
    ...(row.error !== undefined && { error: row.error }),
    ...(row.suberror !== undefined && { suberror: row.suberror }),
    ...(action === 'claims_challenge' && { claims }),
    ...(action === 'retry' && { retryAfter: 17 }),
    traceId,
    correlationId,
    timestamp,
  };
}

/** What stands on the page of an action, whole. */
function pageOf(
  action: AadAction,
  { safe, mainUrl, button }: { safe: boolean; mainUrl: string; button: string },
): string[] {
  const row = rows[action];
  const texts = textsOf(action);
  // The number stays on one line with its unit.
  const seconds = (text: string): string => text.replace('17 ', '17\u00a0');
  const reload = seconds(ui('reloadsItself', { seconds: '17', attempt: '1', limit: '3' }));
  return [
    `h1: ${texts['title']!}`,
    `p: ${texts['message']!}`,
    ...(isForUser(action) && !safe ? [`note: ${ui('nothingSubmitted')}`] : []),
    `h2: ${ui('whatYouCanDo')}`,
    `p: ${row.nextStepPlain === undefined ? texts['nextStep']! : ui(row.nextStepPlain)}`,
    ...(action === 'retry' ? [`note: ${safe ? reload : seconds(ui('waitSeconds', { seconds: '17' }))}`] : []),
    `a: ${ui(button)} -> ${mainUrl}`,
    ...(action === 'admin_consent' ? [`h2: ${ui('messageToForward')}`, `pre: ${requestToCopy}`] : []),
    ...(row.who === 'askNobody' ? [] : [`h2: ${ui('whoCanHelp')}`]),
    `p: ${ui(row.who)}`,
    `summary: ${ui('detailsForSupport')}`,
    `p: ${ui('sendDetails')}`,
    `pre: ${[
      texts['helpDesk']!,
      `${ui('code')}: ${row.code}`,
      `${ui('correlationId')}: ${correlationId}`,
      `${ui('traceId')}: ${traceId}`,
      `${ui('timeUtc')}: ${timestamp}`,
    ].join('\n')}`,
  ];
}

const policy =
  /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/;

const statusOf = (action: AadAction, kind: RequestKind): number => rows[action].status[kinds.indexOf(kind)]!;

/** Every header of an answer to `/mail/inbox?folder=1`, but its length. */
function headersOf(action: AadAction, kind: RequestKind, safe: boolean): Record<string, unknown> {
  const { apiChallenge } = rows[action];
  const challenge =
    kind === 'api'
      ? apiChallenge === undefined
        ? undefined
        : bareChallenge + apiChallenge
      : statusOf(action, kind) === 401
        ? bareChallenge
        : undefined;
  return {
    ...onEveryAnswer,
    'content-language': 'en',
    ...(challenge !== undefined && { 'www-authenticate': challenge }),
    ...(action === 'retry' && { 'retry-after': '17' }),
    ...(kind === 'navigation'
      ? {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': expect.stringMatching(policy),
          'referrer-policy': 'no-referrer',
          ...(action === 'retry' && safe && { refresh: '17;url=/mail/inbox?folder=1&aad_reload=1' }),
        }
      : { 'content-type': 'application/problem+json; charset=utf-8' }),
  };
}

function expectPage(text: string, action: AadAction, safe: boolean, path: string): void {
  // A form that was posted cannot be repeated by a link: it leads to the start page, and says so.
  const button = rows[action].button[0] === 'tryAgain' && !safe ? 'goHome' : rows[action].button[0];
  const page = readPage(text);
  expect({ lang: page.lang, dir: page.dir, title: page.title }).toEqual({
    lang: 'en',
    dir: 'ltr',
    title: textsOf(action)['title'],
  });
  expect(page.content).toEqual(pageOf(action, { safe, button, mainUrl: placeOf(button, path) }));
  for (const name of ['script', 'form', 'img', 'link', 'iframe', 'object', 'base'])
    expect(page.elements.has(name), name).toBe(false);
}

describe('without a framework', () => {
  const { respond } = createAadResponder({ exposeDetails: false, timeZone: 'UTC' });
  const path = '/mail/inbox?folder=1';

  describe.each(actions)('%s', (action) => {
    test.each(kinds.flatMap((kind) => methods.map((method) => [kind, method] as const)))('%s %s', (kind, method) => {
      const safe = method !== 'POST';
      const { response } = respond(errorOf[action], { method, url: path, headers: clients[kind] })!;
      expect(response.status).toBe(statusOf(action, kind));
      expect(response.headers).toEqual(headersOf(action, kind, safe));
      if (kind === 'navigation') expectPage(response.body, action, safe, path);
      else expect(JSON.parse(response.body)).toEqual(problemOf(action, kind));
    });
  });
});

describe.each(expressVersions)('%s', (_name, express) => {
  describe.each(actions)('%s', (action) => {
    test.each(kinds.flatMap((kind) => methods.map((method) => [kind, method] as const)))(
      '%s %s: status, every header and the whole body',
      async (kind, method) => {
        const { app, handedOn } = failingApp(express, errorOf[action]);
        const request = supertest(app);
        const path = '/mail/inbox?folder=1';
        const sent = method === 'GET' ? request.get(path) : method === 'HEAD' ? request.head(path) : request.post(path);
        const answer = await sent.set(clients[kind]);
        const safe = method !== 'POST';
        expect(handedOn).toEqual([]);
        expect(answer.status).toBe(statusOf(action, kind));
        expect(ownHeaders(answer.headers)).toEqual({
          ...headersOf(action, kind, safe),
          'content-length': expect.stringMatching(/^\d+$/),
        });
        if (method === 'HEAD') {
          expect(answer.text).toBeFalsy();
          const whole = await supertest(failingApp(express, errorOf[action]).app).get(path).set(clients[kind]);
          expect(ownHeaders(answer.headers)).toEqual(ownHeaders(whole.headers));
          return;
        }
        expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text));
        if (kind !== 'navigation') {
          expect(answer.body).toEqual(problemOf(action, kind));
          return;
        }
        expectPage(answer.text, action, safe, path);
      },
    );

    test.each(methods)('%s navigation with an interaction', async (method) => {
      const { app } = failingApp(express, errorOf[action], { interaction: '/login' });
      const request = supertest(app);
      const path = '/mail/inbox?folder=1';
      const sent = method === 'GET' ? request.get(path) : method === 'HEAD' ? request.head(path) : request.post(path);
      const answer = await sent.set(clients.navigation);
      const safe = method !== 'POST';
      if (isForUser(action) && safe) {
        expect(answer.status).toBe(303);
        expect(ownHeaders(answer.headers)).toEqual({
          ...onEveryAnswer,
          'referrer-policy': 'no-referrer',
          location: expect.stringMatching(/^\/login\?ticket=[\w.~-]+$/),
          'content-length': '0',
          'set-cookie': expect.arrayContaining([expect.stringMatching(/^aad-ticket-[\w-]{8}=[^;]+; /)]),
        });
        expect(answer.text).toBeFalsy();
        return;
      }
      expect(answer.status).toBe(rows[action].status[0]);
      expect(answer.headers).not.toHaveProperty('location');
      if (method === 'HEAD') return;
      const links = readPage(answer.text).content.filter((line) => line.startsWith('a: '));
      const canRepeat = safe || isForUser(action) || action === 'user_cancelled';
      const label = rows[action].button[1] === 'tryAgain' && !canRepeat ? 'goHome' : rows[action].button[1];
      const button = ui(label);
      expect(links).toHaveLength(1);
      if (isForUser(action)) expect(links[0]).toMatch(new RegExp(`^a: ${button} -> \\/login\\?ticket=[\\w.~-]+$`));
      else if (action === 'contact_admin') expect(links).toEqual([`a: ${button} -> /login?prompt=select_account`]);
      else if (action === 'user_cancelled') expect(links).toEqual([`a: ${button} -> /login`]);
      else expect(links).toEqual([`a: ${button} -> ${placeOf(label, path)}`]);
    });

    test.each(['script', 'api'] as const)('%s with an interaction is never redirected', async (kind) => {
      const { app } = failingApp(express, errorOf[action], { interaction: '/login' });
      const answer = await supertest(app).get('/mail/inbox').set(clients[kind]);
      const { interaction, ...rest } = answer.body;
      expect(rest).toEqual(problemOf(action, kind));
      expect(interaction).toEqual(
        kind === 'script' && isForUser(action)
          ? { url: expect.stringMatching(/^\/login\?ticket=[\w.~-]+$/), method: 'GET' }
          : undefined,
      );
      expect(answer.headers).not.toHaveProperty('location');
    });
  });

  test('a retry page reloads itself three times with growing waits, then says that it has stopped', async () => {
    const { app } = failingApp(express, { name: 'ClientAuthError', errorCode: 'network_error', errorMessage: '' });
    const seen: (string | undefined)[] = [];
    let path = '/mail?folder=1';
    for (let load = 0; load < 5; load += 1) {
      const answer = await supertest(app).get(path).set(clients.navigation);
      expect(answer.status).toBe(503);
      const refresh = answer.headers['refresh'];
      seen.push(refresh);
      if (refresh === undefined) {
        expect(readPage(answer.text).content).toContain(`note: ${ui('reloadStopped')}`);
        // The button starts again without the counter.
        expect(readPage(answer.text).content).toContain(`a: ${ui('tryAgain')} -> /mail?folder=1`);
        break;
      }
      path = /url=(.*)$/.exec(refresh)![1]!;
    }
    expect(seen).toEqual([
      '10;url=/mail?folder=1&aad_reload=1',
      '20;url=/mail?folder=1&aad_reload=2',
      '40;url=/mail?folder=1&aad_reload=3',
      undefined,
    ]);
  });

  test.each(['?aad_reload=-1', '?aad_reload=1e9', '?aad_reload=', '?aad_reload=99999', '?aad_reload[]=1'])(
    'a counter that is none (%s) ends the reloading',
    async (query) => {
      const { app } = failingApp(express, errorOf.retry);
      const answer = await supertest(app).get(`/mail${query}`).set(clients.navigation);
      expect(answer.status).toBe(503);
      expect(answer.headers).not.toHaveProperty('refresh');
    },
  );

  test('what the application had prepared for its own answer is replaced, what it sets for all answers stays', async () => {
    const { app } = failingApp(express, errorOf.contact_admin, {}, (response) => {
      response.status(200).set({
        'content-type': 'application/pdf',
        'content-disposition': 'attachment; filename="a.pdf"',
        'content-encoding': 'gzip',
        'content-range': 'bytes 0-1/2',
        'accept-ranges': 'bytes',
        'cache-control': 'public, max-age=600',
        etag: '"1"',
        expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
        'last-modified': 'Thu, 01 Jan 2015 00:00:00 GMT',
        location: '/somewhere',
        refresh: '1;url=/somewhere',
        'retry-after': '5',
        vary: 'Origin, accept',
        'set-cookie': 'sid=1',
        'strict-transport-security': 'max-age=31536000',
        'content-security-policy': "style-src 'self'; sandbox allow-popups",
        'content-security-policy-report-only': "style-src 'self'; report-uri /csp",
      });
    });
    const answer = await supertest(app).get('/').set(clients.navigation);
    expect(answer.status).toBe(403);
    expect(ownHeaders(answer.headers)).toEqual({
      ...onEveryAnswer,
      vary: `Origin, accept, ${vary.slice('Accept, '.length)}`,
      'content-type': 'text/html; charset=utf-8',
      'content-language': 'en',
      'content-length': expect.any(String),
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .+, sandbox allow-popups$/),
      'referrer-policy': 'no-referrer',
      'set-cookie': ['sid=1'],
      'strict-transport-security': 'max-age=31536000',
    });
  });

  test('a redirect carries nothing of the answer that was being prepared', async () => {
    const { app } = failingApp(express, errorOf.interactive, { interaction: '/login' }, (response) => {
      response.set({ 'content-type': 'application/pdf', 'content-language': 'fr' });
    });
    const { headers } = await supertest(app).get('/').set(clients.navigation);
    expect(headers).not.toHaveProperty('content-type');
    expect(headers).not.toHaveProperty('content-language');
  });
});

describe('the table in README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.split('## What becomes of an error')[1]!.split('\n## ')[0]!;
  const lines = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
  const said = lines
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap(([, names = '', ...cells]) =>
      [...names.split(':')[0]!.matchAll(/`(\w+)`/g)].map((match) => ({ action: match[1] as AadAction, cells })),
    );

  test('has every action once', () => {
    expect(said.map((row) => row.action).sort()).toEqual([...actions].sort());
  });

  test.each(said)('says the status of $action for all three kinds of client', ({ action, cells }) => {
    const inReadme = cells.slice(0, 3).map((cell) => Number(/^\d{3}/.exec(cell)?.[0]));
    const inCode = kinds.map((kind) => answerTable[action][kind]);
    // With an interaction a 401 page becomes a redirect: the table says 303 and points to the note below it.
    expect(inReadme[0]).toBe(isForUser(action) ? 303 : inCode[0]!.status);
    if (isForUser(action)) expect(cells[0]).toContain('¹');
    expect(inReadme.slice(1)).toEqual(inCode.slice(1).map((cell) => cell.status));
    if (!isForUser(action)) expect(cells[0]).toContain('page');
    expect(cells[1]).toMatch(/problem|Retry-After/);
  });

  test('the table of this test and the one in src say the same', () => {
    for (const action of actions)
      expect(
        kinds.map((kind) => answerTable[action][kind].status),
        action,
      ).toEqual(rows[action].status);
  });
});

describe('an API client and its Authorization header', () => {
  test.each([
    ['interactive', undefined, 401, /^[^,]*, authorization_uri="[^"]*"$/],
    ['interactive', 'Bearer x', 401, /error="invalid_token"$/],
    ['interactive', 'Basic eDp5', 401, /error="invalid_token"$/],
    ['interactive', 'DPoP x', 401, /error="invalid_token"$/],
    ['claims_challenge', undefined, 401, /error="insufficient_claims", claims="[^"]+"$/],
    ['claims_challenge', 'Bearer x', 401, /error="insufficient_claims", claims="[^"]+"$/],
    ['consent', undefined, 403, /error="insufficient_scope"/],
    ['consent', 'Bearer x', 403, /error="insufficient_scope"/],
  ] as const)('%s, Authorization: %s', async (action, authorization, status, challenge) => {
    const { app } = failingApp(express5, errorOf[action], { mode: 'api' });
    const answer = await supertest(app)
      .get('/mail')
      .set(authorization === undefined ? {} : { authorization });
    expect(answer.status).toBe(status);
    // RFC 6750 section 3.1: who sent nothing is not told that something was wrong with it.
    expect(answer.headers['www-authenticate']).toMatch(challenge);
  });
});

describe('mode', () => {
  test.each([
    ['api', 'navigation', 401, 'application/problem+json', bareChallenge],
    ['api', 'api', 401, 'application/problem+json', `${bareChallenge}, error="invalid_token"`],
    ['web', 'api', 401, 'application/problem+json', bareChallenge],
    ['web', 'navigation', 401, 'text/html', bareChallenge],
    ['auto', 'api', 401, 'application/problem+json', `${bareChallenge}, error="invalid_token"`],
  ] as const)('%s for a client that looks like %s', async (mode, kind, status, type, challenge) => {
    const { app } = failingApp(express5, errorOf.interactive, {
      mode,
      interaction: mode === 'api' ? '/login' : undefined!,
    });
    const answer = await supertest(app).get('/mail').set(clients[kind]);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(answer.headers['www-authenticate']).toBe(challenge);
  });
});
