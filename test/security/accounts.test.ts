/** Whether an account exists must not be told: S32. */
import { inspect } from 'node:util';
import type { HttpError } from 'http-errors';
import { describe, expect, test } from 'vitest';
import { listAadsts, type AadErrorHandlerOptions, type DecisionEvent } from '../../src/index.js';
import { createAadError } from '../../src/testing/index.js';
import { correlationId, entraAnswer, expressVersions, timestamp, traceId } from '../http/support.js';
import { ask, askerNames, askers, listen, stable, victim, watchProcess, type Reply } from './support.js';

watchProcess();

/** What Entra says to a name nobody has, to a wrong, missing or too long password, to a name it cannot place. */
const nameOrPassword = [50034, 50052, 50056, 50064, 90125, 90126, 'AADB2C90001', 'AADB2C90052', 'AADB2C90053', 'AADB2C90054', 'AADB2C99002'] as const; // prettier-ignore
/** States of an account that exists, or that exists elsewhere. */
const states = [50053, 50057, 500571, 50014, 51004, 'AADB2C90111', 'AADB2C90114'] as const;
/** A wrong password, as the same service says it: Azure AD B2C sends other ids along. */
const wrongPassword = (code: number | string): number | string => (typeof code === 'number' ? 50126 : 'AADB2C90225');

type Make = (code: number | string) => unknown;
const tokenAnswer: Make = (code) => entraAnswer(code, { description: `about ${String(code)}` });
const fromMsal: Make = (code) =>
  createAadError({ code, flow: 'password', traceId, correlationId, now: () => Date.parse(timestamp) });

/** The whole answer; of what is sealed the length, which would tell something too. */
function comparable(reply: Reply): string {
  const sealed = [...JSON.stringify(reply.headers).matchAll(/(?:ticket|aad-brake)=([\w.~-]+)/g)];
  return stable(reply) + sealed.map(([, text]) => String(text?.length)).join();
}

/** Answers to everybody who may ask; a navigation comes back twice, as after a sign-in that brought the same error. */
async function answersTo(
  express: (typeof expressVersions)[number][1],
  thrown: unknown,
  options: AadErrorHandlerOptions,
): Promise<string[]> {
  const port = await listen(victim(express, () => thrown, options).app);
  const answers: string[] = [];
  for (const asker of askerNames) {
    answers.push(comparable(await ask(port, '/mail', { method: 'POST', body: 'a=1', headers: askers[asker] })));
    let cookie = '';
    for (let visit = 0; visit < (asker === 'navigation' ? 3 : 1); visit += 1) {
      const reply = await ask(port, '/mail?a=1', { headers: { ...askers[asker], cookie } });
      cookie = (reply.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
      answers.push(comparable(reply));
    }
  }
  return answers;
}

test('S32: these and the wrong passwords are the rows that the catalogue marks', () => {
  const marked = listAadsts().flatMap((row) => (row.revealsAccount === true ? [row.code] : []));
  expect(new Set(marked)).toEqual(new Set([...nameOrPassword, 50126, 'AADB2C90225']));
});

describe.each(expressVersions)('%s', (_name, express) => {
  test.each(nameOrPassword)(
    'S32: nobody can tell %s from a wrong password: the same bytes but for ids',
    async (code) => {
      for (const options of [{}, { interaction: '/login' }]) {
        for (const make of [tokenAnswer, fromMsal]) {
          const answers = await answersTo(express, make(code), options);
          expect(answers).toEqual(await answersTo(express, make(wrongPassword(code)), options));
          expect(answers.join()).not.toMatch(/AADSTS\d|AADB2C\d/);
        }
      }
    },
  );

  test.each(states)('S32: in a password grant the state of an account (%s) is not told either', async (code) => {
    const grant = { flow: 'password', interaction: '/login' } as const;
    expect(await answersTo(express, tokenAnswer(code), grant)).toEqual(
      await answersTo(express, tokenAnswer(wrongPassword(code)), grant),
    );
    // Anywhere else the person has signed in before, and is told.
    expect((await answersTo(express, tokenAnswer(code), {})).join()).toContain(String(code));
  });

  test('S32: during an outage the code is not told either, and the wait is', async () => {
    const busy: Make = (code) =>
      entraAnswer(code, { error: 'temporarily_unavailable', status: 503, retryAfterSeconds: 17, description: 'x' });
    const answers = await answersTo(express, busy(50034), {});
    expect(answers).toEqual(await answersTo(express, busy(50126), {}));
    expect(answers.every((answer) => answer.includes('["retry-after","17"]'))).toBe(true);
    expect(answers.join()).not.toContain('AADSTS');
  });

  test('S32: an own page, an own start and the next handler are told no more than the client', async () => {
    const toldFor = async (code: number): Promise<unknown[]> => {
      const told: unknown[] = [];
      const render = (model: unknown): string => `<p>${String(told.push(model))}</p>`;
      const start = (_request: unknown, response: { end(text: string): unknown }, wanted: unknown): void => {
        told.push(wanted);
        response.end('started');
      };
      for (const options of [{ render }, { interaction: { start } }] as const) {
        const port = await listen(victim(express, () => tokenAnswer(code), options).app);
        for (const method of ['GET', 'POST']) await ask(port, '/mail', { method, headers: askers.navigation });
      }
      const { app, handedOn } = victim(express, () => tokenAnswer(code), { delegate: true });
      const port = await listen(app);
      for (const asker of askerNames) await ask(port, '/mail', { headers: askers[asker] });
      for (const error of handedOn as HttpError[])
        told.push(error.status, error.message, error['headers'], error['aad']);
      return told;
    };
    const told = await toldFor(50034);
    expect(told.length).toBe(3 + 4 * askerNames.length);
    expect(told).toEqual(await toldFor(50126));
    expect(inspect(told, { depth: 9 })).not.toContain('50034');
  });

  test('S32: hooks and developers learn the real code', async () => {
    const events: DecisionEvent[] = [];
    const options = { onDecision: (event: DecisionEvent) => events.push(event) };
    for (const environment of ['production', 'development'] as const) {
      const port = await listen(victim(express, () => tokenAnswer(50034), options, environment).app);
      const problem = JSON.parse((await ask(port, '/mail', { headers: askers.json })).body) as object;
      expect(problem).toMatchObject({ action: 'interactive', situation: 'sign-in-failed', status: 401 });
      expect(problem).not.toHaveProperty('code');
      const page = await ask(port, '/mail', { headers: askers.html });
      expect(page.body.includes('UserAccountNotFound')).toBe(environment === 'development');
      if (environment === 'development')
        expect(problem).toMatchObject({ developer: { aadstsCodes: [50034], name: 'UserAccountNotFound' } });
      else expect(problem).not.toHaveProperty('developer');
    }
    expect(events.map(({ code, action, status }) => [code, action, status])).toEqual(
      Array.from({ length: 4 }, () => ['AADSTS50034', 'contact_admin', 401]),
    );
  });

  test('S32: a rule of the application is kept: it has decided to tell', async () => {
    const overrides = [{ match: { code: 50034 }, use: { action: 'admin_consent' } }] as const;
    const port = await listen(victim(express, () => tokenAnswer(50034), { overrides }).app);
    const reply = await ask(port, '/mail', { headers: askers.json });
    expect(JSON.parse(reply.body)).toMatchObject({ status: 403, action: 'admin_consent', code: 'AADSTS50034' });
  });
});
