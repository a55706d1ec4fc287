import express5 from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import {
  aadErrorHandler,
  parseChallenges,
  requireAuthContext,
  type AadErrorHandlerOptions,
  type AuthContextOptions,
} from '../../src/index.js';
import { send, type Exchange } from '../support/browser-client.js';
import { readAsDocumented } from './documented-parser.js';
import { listen, type Running } from './support.js';

const running: Running[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

const nowSeconds = 1_790_000_000;
const authority = 'https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111';
const authorizationUri = `${authority}/oauth2/authorize`;
const claimsBase64 = Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}').toString('base64');
const entraChallenge = `Bearer realm="", authorization_uri="${authorizationUri}", error="insufficient_claims", claims="${claimsBase64}"`;
const description = 'error_description="A stronger or more recent sign-in is needed"';

/** An API behind requireAuthContext; claims of the validated token come as a header. */
async function startApi(
  options: AuthContextOptions,
  handler: AadErrorHandlerOptions = {},
): Promise<(claims: object, headers?: Record<string, string>) => Promise<Exchange>> {
  const app = express5();
  app.get(
    '/payments',
    requireAuthContext('c1', {
      claimsOf: ({ headers }) => JSON.parse(String(headers['x-claims'])) as Record<string, unknown>,
      now: () => nowSeconds * 1000,
      ...options,
    }),
    (_request, response) => {
      response.json({ paid: true });
    },
  );
  app.use(aadErrorHandler({ authority, exposeDetails: false, ...handler }));
  const server = await listen(app);
  running.push(server);
  const client = { authorization: 'Bearer invented', accept: 'application/json' };
  return (claims, headers = client) =>
    send(`http://localhost:${String(server.port)}/payments`, {
      headers: { ...headers, 'x-claims': JSON.stringify(claims) },
    });
}

const challengeOf = (answer: Exchange): [status: number, challenge: string | undefined] => [
  answer.status,
  answer.headers['www-authenticate'],
];

describe('requireAuthContext with stepUp (RFC 9470)', () => {
  const able = { xms_cc: ['cp1'] };
  const asked = { acrValues: ['urn:contoso:mfa', 'c1'], maxAgeSeconds: 300 };
  const alone = `Bearer realm="", authorization_uri="${authorizationUri}", error="insufficient_user_authentication", ${description}, acr_values="urn:contoso:mfa c1", max_age="300"`;
  const second = `Bearer error="insufficient_user_authentication", ${description}, acr_values="urn:contoso:mfa c1", max_age="300"`;
  const recent = { auth_time: nowSeconds - 300 };
  const old = { auth_time: nowSeconds - 301 };

  test.each([
    ['no level, cp1: both challenges, Entra first', { ...able, ...recent }, `${entraChallenge}, ${second}`],
    ['no level and too old, cp1: both', { ...able, ...old }, `${entraChallenge}, ${second}`],
    ['no level, no cp1: RFC 9470 alone', recent, alone],
    ['the level by acrs, too old: RFC 9470 alone', { ...able, ...old, acrs: ['c1'] }, alone],
    ['the level by acr, too old: RFC 9470 alone', { ...old, acr: 'urn:contoso:mfa' }, alone],
    ['the level, but no auth_time', { acrs: ['c1'] }, alone],
    ['the level, auth_time as a text', { acrs: ['c1'], auth_time: String(nowSeconds) }, alone],
    ['an acr nobody asked for', { ...able, ...recent, acr: 'urn:contoso' }, `${entraChallenge}, ${second}`],
    ['acr in another case', { ...recent, acr: 'URN:contoso:mfa' }, alone],
    ['acr as a list', { ...recent, acr: ['urn:contoso:mfa'] }, alone],
  ])('%s', async (_name, claims, challenge) => {
    const call = await startApi({ stepUp: asked });
    expect(challengeOf(await call(claims))).toEqual([401, challenge]);
  });

  test.each([
    ['acrs', { ...recent, acrs: ['c1'] }],
    ['the first acr value', { ...recent, acr: 'urn:contoso:mfa' }],
    ['the second acr value', { ...recent, acr: 'c1' }],
    ['a sign-in a moment from now, by a clock that differs', { acrs: 'c1', auth_time: nowSeconds + 30 }],
  ])('passes with %s', async (_name, claims) => {
    const call = await startApi({ stepUp: asked });
    expect((await call(claims)).status).toBe(200);
  });

  test('an empty stepUp asks for the id of the context, without an age', async () => {
    const call = await startApi({ stepUp: {} });
    const own = `error="insufficient_user_authentication", ${description}, acr_values="c1"`;
    expect(challengeOf(await call(able))).toEqual([401, `${entraChallenge}, Bearer ${own}`]);
    expect((await call({ acr: 'c1' })).status).toBe(200);
  });

  test('without stepUp neither acr nor auth_time counts, and there is one challenge', async () => {
    const call = await startApi({});
    expect(challengeOf(await call({ ...able, acr: 'c1' }))).toEqual([401, entraChallenge]);
    expect((await call({ acrs: ['c1'] })).status).toBe(200);
  });

  test('maxAgeSeconds 0 asks for a fresh sign-in: one of the last minute passes', async () => {
    const call = await startApi({ stepUp: { maxAgeSeconds: 0 } });
    expect((await call({ acrs: ['c1'], auth_time: nowSeconds - 60 })).status).toBe(200);
    expect((await call({ acrs: ['c1'], auth_time: nowSeconds - 61 })).headers['www-authenticate']).toContain(
      'max_age="0"',
    );
  });

  test('each kind of reader finds its challenge in the answer for both', async () => {
    const call = await startApi({ stepUp: asked });
    const [, header = ''] = challengeOf(await call({ ...able, ...recent }));
    expect(readAsDocumented(header)).toEqual({
      error: 'insufficient_claims',
      claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
    });
    const challenges = parseChallenges(header).map(({ scheme, parameters }) => [
      scheme,
      parameters.get('error'),
      parameters.get('acr_values'),
      parameters.get('max_age'),
    ]);
    expect(challenges).toEqual([
      ['bearer', 'insufficient_claims', undefined, undefined],
      ['bearer', 'insufficient_user_authentication', 'urn:contoso:mfa c1', '300'],
    ]);
  });

  test('the problem document says what to do in each case', async () => {
    const call = await startApi({ stepUp: asked });
    const documents = [
      JSON.parse((await call({ ...able, ...recent })).body),
      JSON.parse((await call({ ...old, acrs: ['c1'] })).body),
    ];
    expect(documents).toMatchObject([
      { status: 401, action: 'claims_challenge', error: 'insufficient_claims' },
      {
        status: 401,
        action: 'interactive',
        error: 'insufficient_user_authentication',
        situation: 'stronger-sign-in-required',
      },
    ]);
    expect(documents[1]).not.toHaveProperty('claims');
  });

  test('a script of a page sent no token: the bare challenge, as for every other 401', async () => {
    const call = await startApi({ stepUp: asked });
    const answer = await call(old, { accept: '*/*', 'sec-fetch-mode': 'cors' });
    expect(challengeOf(answer)).toEqual([401, `Bearer realm="", authorization_uri="${authorizationUri}"`]);
  });

  test('an answer handed on (delegate) carries both challenges', async () => {
    const app = express5();
    app.use(requireAuthContext('c1', { claimsOf: () => able, stepUp: asked }));
    app.use(aadErrorHandler({ authority, delegate: true, exposeDetails: false }));
    app.use(((error: { status: number; headers: Record<string, string> }, _request, response, _next) => {
      response.status(error.status).set(error.headers).end();
    }) as express5.ErrorRequestHandler);
    const server = await listen(app);
    running.push(server);
    const headers = { authorization: 'Bearer invented' };
    expect(challengeOf(await send(`http://localhost:${String(server.port)}/`, { headers }))).toEqual([
      401,
      `${entraChallenge}, ${second}`,
    ]);
  });
});

describe('options of requireAuthContext', () => {
  test.each<[name: string, parts: readonly unknown[], code: string, option: string]>([
    ['no id', [], 'TYPE', 'id'],
    ['a number', [1], 'TYPE', 'id'],
    ['a list of ids', [['c1']], 'TYPE', 'id'],
    ['an id too high', ['c100'], 'VALUE', 'id'],
    ['options that are no object', ['c1', 'c2'], 'TYPE', 'options'],
    ['null', ['c1', null], 'TYPE', 'options'],
    ['an unknown option', ['c1', { claimOf: () => undefined }], 'UNKNOWN', 'claimOf'],
    ['claimsOf that is no function', ['c1', { claimsOf: { acrs: ['c1'] } }], 'TYPE', 'claimsOf'],
    ['now that is no function', ['c1', { now: 5 }], 'TYPE', 'now'],
    ['stepUp: true', ['c1', { stepUp: true }], 'TYPE', 'stepUp'],
    ['an unknown member of stepUp', ['c1', { stepUp: { max_age: 5 } }], 'UNKNOWN', 'stepUp.max_age'],
    ['an age in text', ['c1', { stepUp: { maxAgeSeconds: '300' } }], 'TYPE', 'stepUp.maxAgeSeconds'],
    ['a negative age', ['c1', { stepUp: { maxAgeSeconds: -1 } }], 'VALUE', 'stepUp.maxAgeSeconds'],
    ['half a second', ['c1', { stepUp: { maxAgeSeconds: 0.5 } }], 'VALUE', 'stepUp.maxAgeSeconds'],
    ['an endless age', ['c1', { stepUp: { maxAgeSeconds: Infinity } }], 'VALUE', 'stepUp.maxAgeSeconds'],
    ['no acr values', ['c1', { stepUp: { acrValues: [] } }], 'VALUE', 'stepUp.acrValues'],
    ['an empty acr value', ['c1', { stepUp: { acrValues: '' } }], 'VALUE', 'stepUp.acrValues'],
    ['a blank in a listed value', ['c1', { stepUp: { acrValues: ['a b'] } }], 'VALUE', 'stepUp.acrValues'],
    ['a quote', ['c1', { stepUp: { acrValues: ['a"b'] } }], 'VALUE', 'stepUp.acrValues'],
    ['a letter no header holds', ['c1', { stepUp: { acrValues: ['é'] } }], 'VALUE', 'stepUp.acrValues'],
    ['a number among them', ['c1', { stepUp: { acrValues: [1] } }], 'VALUE', 'stepUp.acrValues'],
    ['an object', ['c1', { stepUp: { acrValues: { a: 1 } } }], 'VALUE', 'stepUp.acrValues'],
    [
      'more than the header carries',
      ['c1', { stepUp: { acrValues: Array.from({ length: 5 }, () => 'a'.repeat(250)) } }],
      'VALUE',
      'stepUp.acrValues',
    ],
  ])('%s is an error when the application starts', (_name, parts, code, option) => {
    const make = requireAuthContext as (...parts: readonly unknown[]) => unknown;
    expect(() => make(...parts)).toThrow(
      expect.objectContaining({ name: 'AadOptionsError', code: `ERR_AAD_OPTIONS_${code}`, option }) as Error,
    );
  });

  test('acr values in one text are the same as in a list, and a list changed later changes nothing', async () => {
    const list = ['a', 'b'];
    const [text, listed] = [
      await startApi({ stepUp: { acrValues: 'a b' } }),
      await startApi({ stepUp: { acrValues: list } }),
    ];
    list.push('c');
    const answers = [await text({}), await listed({})];
    expect(answers[0]!.headers['www-authenticate']).toContain('acr_values="a b"');
    expect(answers[1]!.headers['www-authenticate']).toBe(answers[0]!.headers['www-authenticate']);
    expect((await listed({ acr: 'c' })).status).toBe(401);
  });
});
