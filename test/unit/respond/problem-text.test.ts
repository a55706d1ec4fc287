import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localeTags } from '../../../src/catalog/index.js';
import { createAadResponder, listAadsts } from '../../../src/index.js';
import type { ProblemDocument } from '../../../src/types.js';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());

/** The members in their order; a document has some of them. */
const members = [
  ...['type', 'title', 'status', 'detail', 'instance', 'action', 'situation', 'retryable', 'code', 'error', 'suberror'],
  ...['claims', 'scopes', 'retryAfter', 'traceId', 'correlationId', 'timestamp', 'interaction', 'developer'],
];

function documentOf(body: string): ProblemDocument {
  const document = JSON.parse(body) as ProblemDocument;
  expect(JSON.stringify(document)).toBe(body);
  const names = Object.keys(document);
  expect(names).toEqual(members.filter((name) => names.includes(name)));
  return document;
}

test('a problem document is written letter for letter as JSON.stringify writes it, whatever texts, claims, scopes and paths hold', () => {
  fc.assert(
    fc.property(
      anyText,
      anyText,
      fc.dictionary(anyText, fc.jsonValue(), { minKeys: 1 }),
      fc.array(anyText),
      anyText,
      fc.boolean(),
      (title, message, claims, scopes, path, exposeDetails) => {
        const sent = JSON.stringify(claims);
        const responder = createAadResponder({ exposeDetails, texts: { 'mfa-required': { title, message } } });
        const body = responder.respond(
          { error: 'interaction_required', error_description: 'AADSTS50076: x', claims: sent },
          { method: 'GET', url: `/${path}`, headers: { accept: 'application/json' } },
          { scopes },
        )!.response.body;
        const document = documentOf(body);
        // A lone surrogate is no text that JSON in UTF-8 can carry; JSON.stringify escapes it, so it comes back.
        expect([document.title, document.detail]).toEqual([title, message]);
        if (document.claims !== undefined) expect(document.claims).toBe(sent);
      },
    ),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 2_000) },
  );
});

test('one situation told for two actions, statuses and languages gives documents of their own', () => {
  const responder = createAadResponder({
    exposeDetails: false,
    overrides: [
      {
        match: { suberror: 'consent_required' },
        use: { situation: 'mfa-required', action: 'contact_admin', retryable: true },
      },
    ],
  });
  const seen = ['en', 'nl', 'en'].flatMap((tag) =>
    ['basic_action', 'consent_required', 'basic_action'].map((suberror) => {
      const answer = responder.respond(
        { error: 'invalid_grant', suberror, error_description: 'AADSTS50076: x' },
        { method: 'GET', url: '/', headers: { accept: 'application/json', 'accept-language': tag } },
      )!;
      const { title, status, action, retryable } = documentOf(answer.response.body);
      return [tag, title === 'One more step to confirm it is you', status, action, retryable];
    }),
  );
  const both = (tag: string, english: boolean): unknown[] => [
    [tag, english, 401, 'interactive', false],
    [tag, english, 403, 'contact_admin', true],
    [tag, english, 401, 'interactive', false],
  ];
  expect(seen).toEqual([...both('en', true), ...both('nl', false), ...both('en', true)]);
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

test('a document is JSON whatever an error holds that only claims to be ours', () => {
  const responder = createAadResponder({ exposeDetails: false });
  fc.assert(
    fc.property(anyText, (text) => {
      const forged = {
        [Symbol.for('aad-error-handler.AadError')]: true,
        ...{ producer: 'msal', origin: 'client', oauthError: text, suberror: text, aadstsCodes: [], b2cCodes: [text] },
        ...{ traceId: text, correlationId: text, timestamp: text },
      };
      const request = { method: 'GET', url: '/', headers: { accept: 'application/json' } };
      const { body } = responder.respond(forged, request)!.response;
      expect(JSON.stringify(JSON.parse(body))).toBe(body);
    }),
    { numRuns: 2_000 },
  );
});
