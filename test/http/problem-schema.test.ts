import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { createAadResponder, listAadsts } from '../../src/core.js';

const schema = JSON.parse(readFileSync('data/schema/problem.schema.json', 'utf8')) as object;
const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(schema);
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

describe('the published schema of the problem document', () => {
  const request = { method: 'GET', url: '/tasks?id=1', headers: { accept: 'application/json' } };

  test.each([false, true])(
    'holds for every code of the catalogue, with and without claims (developer details: %s)',
    (exposeDetails) => {
      const responder = createAadResponder({ exposeDetails });
      let documents = 0;
      for (const { code } of listAadsts()) {
        const name = typeof code === 'number' ? `AADSTS${String(code)}` : code;
        for (const body of [
          { error: 'invalid_grant', error_description: `${name}: text`, suberror: 'basic_action', claims },
          { error: 'server_error', error_description: `${name}: text` },
        ]) {
          const { response } = responder.respond(body, request)!;
          const document: unknown = JSON.parse(response.body);
          expect(validate(document), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
          documents += 1;
        }
      }
      expect(documents).toBeGreaterThan(1_000);
    },
  );

  test('refuses a document with a member nobody knows', () => {
    const { response } = createAadResponder().respond({ error: 'invalid_grant' }, request)!;
    expect(validate({ ...(JSON.parse(response.body) as object), stack: 'at x' })).toBe(false);
  });
});
