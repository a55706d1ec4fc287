import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localeTags } from '../../../src/catalog/index.js';
import { createAadResponder, listAadsts } from '../../../src/index.js';
import { problemText } from '../../../src/respond/problem-text.js';
import type { ProblemDocument } from '../../../src/types.js';

const guid = fc.uuid();
const word = fc.stringMatching(/^[a-z_]{3,30}$/);
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());

const documents = fc.record(
  {
    type: fc.constantFrom('urn:aad-error-handler:mfa-required', 'https://login.microsoftonline.com/error?code=50076'),
    title: anyText,
    status: fc.integer({ min: 400, max: 599 }),
    detail: anyText,
    instance: anyText,
    action: fc.constantFrom('retry', 'interactive', 'claims_challenge', 'consent', 'unknown'),
    situation: fc.constantFrom('mfa-required', 'unknown-problem'),
    retryable: fc.boolean(),
    code: fc.constantFrom('AADSTS50076', 'AADB2C90118'),
    error: word,
    suberror: word,
    claims: fc.oneof(fc.json(), anyText),
    scopes: fc.array(anyText),
    retryAfter: fc.nat(),
    traceId: guid,
    correlationId: guid,
    timestamp: fc.constant('2026-11-21T09:09:30Z'),
    interaction: fc.record({ url: anyText, method: fc.constant('GET' as const) }),
    developer: fc.dictionary(word, fc.jsonValue()),
  },
  {
    requiredKeys: ['type', 'title', 'status', 'detail', 'instance', 'action', 'situation', 'retryable'],
  },
);

test('a problem document is written letter for letter as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(documents, (document) => {
      expect(problemText(document as ProblemDocument)).toBe(JSON.stringify(document));
    }),
    { numRuns: 10_000 },
  );
});

test('so are the answers to every code in every language', () => {
  const responder = createAadResponder({ exposeDetails: false });
  let seen = 0;
  for (const { code } of listAadsts()) {
    for (const tag of localeTags) {
      const body = responder.respond(
        { error: 'invalid_grant', suberror: 'basic_action', error_description: `${code}: x`, error_codes: [1] },
        { method: 'GET', url: `/a"b\\c?d`, headers: { accept: 'application/json', 'accept-language': tag } },
      )!.response.body;
      expect(JSON.stringify(JSON.parse(body))).toBe(body);
      seen += 1;
    }
  }
  expect(seen).toBeGreaterThan(10_000);
});
