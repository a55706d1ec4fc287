/** Text from outside on pages and in documents: S1 (without a browser), S2. */
import fc from 'fast-check';
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import { describe, expect, test } from 'vitest';
import { createAadResponder, localeTags } from '../../src/index.js';
import type { AadAction } from '../../src/types.js';
import { check, timeoutMs } from '../property/runs.js';
import { attackClaims, markupPayloads, tokenBody } from './corpus.js';
import { askers, fuzzRuns, isLong, type Asker } from './support.js';

/** Fields of a thrown value that an attacker or a lying service can fill. `TEXT` becomes the payload. */
const fields: Readonly<Record<string, (text: string) => Record<string, unknown>>> = {
  error_description: (text) => ({ error_description: `AADSTS50105: ${text}` }),
  suberror: (text) => ({ suberror: text }),
  error_uri: (text) => ({ error_uri: text }),
  timestamp: (text) => ({ timestamp: text }),
  trace_id: (text) => ({ trace_id: text }),
  correlation_id: (text) => ({ correlation_id: text }),
  claims: (text) => ({ claims: text }),
  error_codes: (text) => ({ error_codes: [50105, text] }),
  scopes: (text) => ({ scopes: [text], scope: text }),
  name: (text) => ({ name: text, message: text }),
  code: (text) => ({ code: text, hostname: text }),
  headers: (text) => ({
    headers: { 'www-authenticate': `Bearer error="${text}", realm="${text}"`, 'retry-after': text },
  }),
};
const fieldNames = Object.keys(fields);

/** The error of an action with one field filled. */
const codes: Readonly<Record<AadAction, readonly [code: number, error: string]>> = {
  retry: [90033, 'temporarily_unavailable'],
  interactive: [50058, 'login_required'],
  claims_challenge: [50076, 'interaction_required'],
  consent: [65001, 'consent_required'],
  admin_consent: [90094, 'invalid_grant'],
  contact_admin: [50105, 'interaction_required'],
  fix_config: [7000215, 'invalid_client'],
  user_cancelled: [65004, 'access_denied'],
  unknown: [98765432, 'something_new'],
};
const actions = Object.keys(codes) as AadAction[];

function errorOf(action: AadAction, field: string, text: string): Record<string, unknown> {
  const [code, error] = codes[action];
  const made = { ...tokenBody(code, { error, error_description: `AADSTS${String(code)}: x` }) };
  if (action === 'claims_challenge') made['claims'] = attackClaims;
  const extra = fields[field]!(text);
  if ('error_description' in extra) extra['error_description'] = `AADSTS${String(code)}: ${text}`;
  if ('error_codes' in extra) extra['error_codes'] = [code, text];
  if (action === 'claims_challenge' && 'claims' in extra) delete extra['claims'];
  // An answer has its headers beside its body.
  return 'headers' in extra ? { status: 400, ...extra, body: made } : { ...made, ...extra };
}

const responders = {
  production: createAadResponder({ exposeDetails: false, timeZone: 'UTC' }),
  development: createAadResponder({ exposeDetails: true, timeZone: 'UTC' }),
  serverText: createAadResponder({ exposeDetails: true, exposeServerText: true, timeZone: 'UTC' }),
} as const;
type Mode = keyof typeof responders;

function bodyOf(thrown: unknown, asker: Asker, mode: Mode, locale = 'en'): string {
  const headers = { ...askers[asker], 'accept-language': locale };
  const answer = responders[mode].respond(thrown, { method: 'GET', url: '/mail', headers });
  return answer === undefined ? '' : JSON.stringify(answer.response.headers) + answer.response.body;
}

const pageOf = (thrown: unknown, mode: Mode, locale = 'en'): string => {
  const body = bodyOf(thrown, 'navigation', mode, locale);
  return body.slice(body.indexOf('<'));
};

/** The tree of a page without its texts: names and attributes of the elements, in order. */
function skeleton(source: string): string {
  const parts: string[] = [];
  const visit = (node: Tree.Node): void => {
    if ('tagName' in node)
      parts.push(`<${node.tagName} ${node.attrs.map(({ name, value }) => `${name}=${value}`).join(' ')}>`);
    else if (node.nodeName === '#comment') parts.push('<!---->');
    if ('childNodes' in node) {
      for (const child of node.childNodes) visit(child);
      if ('tagName' in node) parts.push(`</${node.tagName}>`);
    }
  };
  visit(parse(source));
  return parts.join('');
}

describe('S1', () => {
  test('S1: there are 120 payloads', () => {
    expect(markupPayloads.length).toBe(120);
  });

  test.each(localeTags)(
    'S1: payloads in every field leave the tree of every page as it is, in %s',
    (locale) => {
      // Every page in English; every language with the pages that hold most.
      const shown: readonly AadAction[] = locale === 'en' ? actions : ['contact_admin', 'retry'];
      // In the other languages only the words differ: a fifth of the payloads will do there, but for the long run.
      const payloads = markupPayloads.filter((_payload, index) => locale === 'en' || isLong || index % 5 === 0);
      for (const mode of ['production', 'development'] as const) {
        for (const action of shown) {
          // Parsing is what costs: a page that is the same text as one that was looked at is the same tree.
          const looked = new Set<string>();
          for (const field of fieldNames) {
            const expected = skeleton(pageOf(errorOf(action, field, 'benign'), mode, locale));
            expect(expected).toContain(`lang=${locale} `);
            for (const payload of payloads) {
              const page = pageOf(errorOf(action, field, payload), mode, locale);
              const key = expected + page;
              if (looked.has(key)) continue;
              looked.add(key);
              const actual = skeleton(page);
              if (actual !== expected) expect(actual, `${action} ${field} ${payload}`).toBe(expected);
            }
          }
        }
      }
    },
    60_000,
  );

  test("S1: the server's own text, where a developer asked for it, is text and nothing else", () => {
    const expected = skeleton(pageOf(errorOf('contact_admin', 'error_description', 'benign'), 'serverText'));
    const looked = markupPayloads.map((payload) => {
      const page = pageOf(errorOf('contact_admin', 'error_description', payload), 'serverText');
      expect(skeleton(page), payload).toBe(expected);
      return page;
    });
    // Otherwise the text was not there at all and the test says nothing.
    expect(looked.filter((page) => page.includes('&lt;')).length).toBeGreaterThan(90);
  });

  test(
    'S1: any text in any field leaves the tree of the page as it is',
    () => {
      const pieces = fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '/',
        '=',
        '<!--',
        ']]>',
        '</pre>',
        '</title>',
        '\u0000',
        '\u2028',
        'script',
        'a',
        ' ',
      );
      const text = fc
        .oneof(
          fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary', maxLength: 40 }),
          fc.constantFrom(...markupPayloads),
        )
        .filter((made) => made !== '');
      const expected = new Map<string, string>();
      const mode = fc.constantFrom<Mode>('production', 'development', 'serverText');
      const seen = new Map<string, string>();
      check(
        'S1 any text',
        fc.tuple(
          text,
          fc.constantFrom(...fieldNames),
          fc.constantFrom<AadAction>('contact_admin', 'retry', 'fix_config'),
          mode,
        ),
        ([payload, field, action, how]) => {
          const key = `${action} ${field} ${how}`;
          if (!expected.has(key)) expected.set(key, skeleton(pageOf(errorOf(action, field, 'benign'), how)));
          const page = pageOf(errorOf(action, field, payload), how);
          if (page === '') return;
          const found = seen.get(page) ?? skeleton(page);
          if (seen.size < 500) seen.set(page, found);
          expect(found).toBe(expected.get(key));
        },
        fuzzRuns(20_000, 3_000),
      );
    },
    timeoutMs,
  );
});

describe('S2', () => {
  const sentence = (index: number): string => `call +1 555 ${String(1_000_000 + index)} zq${index.toString(36)}qz`;

  test('S2: 1,000 sentences in 12 fields and three formats: none is on a page, in detail or in a header', () => {
    expect(fieldNames.length).toBe(12);
    let answered = 0;
    for (let index = 0; index < 1_000; index += 1) {
      const text = sentence(index);
      const needle = `zq${index.toString(36)}qz`;
      const field = fieldNames[index % 12]!;
      const action = actions[Math.floor(index / 12) % actions.length]!;
      for (const asker of ['json', 'navigation', 'api'] as const) {
        for (const mode of ['production', 'development'] as const) {
          const body = bodyOf(errorOf(action, field, text), asker, mode);
          if (body !== '') answered += 1;
          expect(body, `${field} ${action} ${asker} ${mode}`).not.toContain(needle);
        }
      }
    }
    expect(answered).toBeGreaterThan(5_000);
  });

  test('S2: every field, once each with every action', () => {
    for (const field of fieldNames) {
      for (const action of actions) {
        for (const asker of ['json', 'navigation', 'api'] as const)
          expect(bodyOf(errorOf(action, field, sentence(7)), asker, 'development'), `${field} ${action}`).not.toContain(
            'zq7qz',
          );
      }
    }
  });

  test('S2: scopes of a challenge are repeated only where they look like scopes, and never on a page', () => {
    const thrown = {
      status: 403,
      headers: {
        'www-authenticate': 'Bearer error="insufficient_scope", scope="User.Read call+1(555) <b>now</b> zq9qz!"',
      },
      body: {},
    };
    expect(bodyOf(thrown, 'json', 'production')).toContain('"scopes":["User.Read"]');
    expect(bodyOf(thrown, 'navigation', 'production')).not.toMatch(/User\.Read|zq9qz/);
  });

  test.each([
    ['error', 'urgent_call_us_now'],
    ['suberror', 'call-us-now'],
    ['error', '__proto__'],
  ])('S2: a %s of the right shape that nobody registered (%s) is not shown', (field, value) => {
    for (const asker of ['json', 'navigation', 'api'] as const)
      expect(bodyOf(tokenBody(50105, { [field]: value }), asker, 'development')).not.toContain(value);
  });
});
