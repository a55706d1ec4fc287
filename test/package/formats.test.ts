import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasDist, localeTags, runNode } from './support.ts';

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const body = JSON.stringify({
  error: 'interaction_required',
  error_description: 'AADSTS50076: you must use multi-factor authentication.',
  error_codes: [50076],
  claims,
});

/** A program that has the ES module as `esm` and the CommonJS module as `cjs`, and prints what an expression gives. */
const both = (entry: string, expression: string): string => `
  import { createRequire } from 'node:module';
  import * as esm from '${entry}';
  const cjs = createRequire(import.meta.resolve('aad-error-handler'))('${entry}');
  const body = ${body};
  console.log(JSON.stringify(${expression}));`;

// One character beyond Latin-1, in a comment too, and V8 keeps the whole file in two bytes a character.
test.runIf(hasDist)('the code that every import loads is ASCII', () => {
  const files = readdirSync('dist').filter((name) => /\.c?js$/.test(name));
  expect(files.length).toBeGreaterThan(5);
  for (const name of files)
    expect(/[^\x00-\x7f]/.exec(readFileSync(`dist/${name}`, 'utf8'))?.[0], name).toBe(undefined);
});

describe.runIf(hasDist)('ES module and CommonJS module in one process', () => {
  test.each(['aad-error-handler', 'aad-error-handler/core', 'aad-error-handler/testing', 'aad-error-handler/client'])(
    '%s: two copies of the code with the same names',
    (entry) => {
      const names = runNode(
        both(
          entry,
          `[Object.keys(esm).sort(), Object.keys(cjs).sort(), Object.values(esm)[0] === cjs[Object.keys(esm)[0]]]`,
        ),
      ) as [string[], string[], boolean];
      expect(names[0].length).toBeGreaterThan(0);
      expect(names[1]).toEqual(names[0]);
      expect(names[2]).toBe(false);
    },
  );

  test('have the same catalogue, row for row', () => {
    const program = both(
      'aad-error-handler',
      `[esm.listAadsts().length, JSON.stringify(esm.listAadsts()) === JSON.stringify(cjs.listAadsts()), esm.localeTags, cjs.localeTags]`,
    );
    const [count, same, ...tags] = runNode(program) as [number, boolean, string[], string[]];
    expect(count).toBeGreaterThan(400);
    expect(same).toBe(true);
    expect(tags).toEqual([localeTags, localeTags]);
  });

  test.each([
    ['an error of the ES module', 'esm', 'cjs'],
    ['an error of the CommonJS module', 'cjs', 'esm'],
  ])('%s is recognised by the other, the very same object', (_name, maker, reader) => {
    const program = both(
      'aad-error-handler',
      `(() => {
        const error = ${maker}.normalizeAadError(body);
        const { action, claims } = ${reader}.decide(error);
        return { recognised: ${reader}.isAadError(error), same: ${reader}.normalizeAadError(error) === error, action, claims };
      })()`,
    );
    expect(runNode(program)).toEqual({ recognised: true, same: true, action: 'claims_challenge', claims });
  });

  test('an error thrown by requireAuthContext of one is answered by aadErrorHandler of the other', () => {
    const program = both(
      'aad-error-handler',
      `await (async () => {
        const { default: express } = await import('express');
        const app = express();
        app.use((request, _response, next) => { request.auth = { xms_cc: 'cp1' }; next(); });
        app.get('/', cjs.requireAuthContext('c1'), (_request, response) => response.send('inside'));
        app.use(esm.aadErrorHandler({ mode: 'api' }));
        const server = app.listen(0, '127.0.0.1');
        await new Promise((resolve) => server.once('listening', resolve));
        const response = await fetch('http://127.0.0.1:' + server.address().port);
        server.close();
        return { status: response.status, challenge: response.headers.get('www-authenticate') };
      })()`,
    );
    const { status, challenge } = runNode(program) as { status: number; challenge: string };
    expect(status).toBe(401);
    expect(challenge).toContain('error="insufficient_claims"');
  });

  test('msalInteraction of one is taken as interaction by aadErrorHandler of the other', () => {
    const program = both(
      'aad-error-handler',
      `(() => {
        const interaction = cjs.msalInteraction({
          client: { getAuthCodeUrl: async () => '', acquireTokenByCode: async () => null },
          baseUrl: 'https://app.contoso.example',
          secret: 'invented-secret-of-forty-characters-0123',
          onSignedIn: () => undefined,
        });
        return typeof esm.aadErrorHandler({ interaction });
      })()`,
    );
    expect(runNode(program)).toBe('function');
  });
});

describe.runIf(hasDist)('./locales/*', () => {
  test('every language loads as ES module and as CommonJS module, with the same texts', () => {
    const program = `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.resolve('aad-error-handler'));
      const found = [];
      for (const tag of ${JSON.stringify(localeTags)}) {
        const { default: esm } = await import('aad-error-handler/locales/' + tag);
        const cjs = require('aad-error-handler/locales/' + tag);
        found.push([esm.tag, esm === cjs, Object.keys(esm.situations).length]);
      }
      console.log(JSON.stringify(found));`;
    const found = runNode(program) as [string, boolean, number][];
    expect(found.map(([tag]) => tag)).toEqual(localeTags);
    expect(found.filter(([, same, situations]) => !same || situations < 30)).toEqual([]);
  });

  test('a language that does not exist is no module', () => {
    expect(
      runNode(`console.log(JSON.stringify(await import('aad-error-handler/locales/xx').catch(({ code }) => code)))`),
    ).toBe('ERR_MODULE_NOT_FOUND');
  });
});
