import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localeOf } from '../../src/catalog/index.js';
import { toLocalUrl } from '../../src/interaction/index.js';
import type { Answer } from '../../src/responder.js';
import type { ProblemDocument } from '../../src/types.js';
import { grammarProblem } from '../unit/respond/challenge-grammar.js';
import { answerTo, hostileError, marker, pageRequest, problemRequest, requestMarker } from './answers.js';
import { context, errorShaped } from './arbitraries.js';
import { check, runs, timeoutMs } from './runs.js';

const schemaUrl = new URL('../../data/schema/problem.schema.json', import.meta.url);
const isProblem = new Ajv2020({ validateFormats: false }).compile<ProblemDocument>(
  JSON.parse(readFileSync(schemaUrl, 'utf8')) as AnySchemaObject,
);

const thrown = fc.oneof({ weight: 2, arbitrary: hostileError }, { weight: 1, arbitrary: errorShaped });
const about = fc.tuple(context, fc.boolean()).map(([given, withSignIn]) => ({ ...given, withSignIn }));

/** Elements and attributes of our pages; values are quoted and hold neither quotes nor angle brackets. */
const elements = 'html|head|meta|title|style|body|div|header|main|footer|h1|h2|p|a|pre|bdi|details|summary|span|img';
const attributes = 'lang|dir|charset|name|content|class|href|tabindex';
const tag = new RegExp(`<(/?)(${elements})((?: (?:${attributes})="[^"<>]*")*)>`, 'y');
const alone = new Set(['meta', 'img']);

/** What is wrong with a page's markup: anything but our own elements, closed in their order. */
function markupProblem(page: string): string | undefined {
  const doctype = '<!doctype html>\n';
  if (!page.startsWith(doctype)) return 'no doctype';
  const open: string[] = [];
  for (let at = page.indexOf('<', doctype.length); at >= 0; at = page.indexOf('<', tag.lastIndex)) {
    tag.lastIndex = at;
    const [, closing, name = ''] = tag.exec(page) ?? [];
    if (name === '') return `foreign markup: ${page.slice(at, at + 60)}`;
    if (closing === '/') {
      if (open.pop() !== name) return `</${name}> closes another element`;
    } else if (!alone.has(name)) open.push(name);
  }
  return open.length === 0 ? undefined : `not closed: ${open.join(' ')}`;
}

/** Where the links of a page lead. */
const links = (page: string): string[] =>
  [...page.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));

function assertHeaders({ response, setCookies }: Answer): void {
  for (const [name, value] of Object.entries(response.headers)) {
    expect(name).toMatch(/^[a-z-]+$/);
    expect(value).toMatch(/^[\x20-\x7e]*$/);
    expect(value).not.toContain(marker);
  }
  for (const cookie of setCookies) expect(cookie).toMatch(/^[\x21-\x7e]+=[\x20-\x7e]*$/);
  const challenge = response.headers['www-authenticate'];
  if (challenge !== undefined) expect(grammarProblem(challenge)).toBeUndefined();
  expect(challenge !== undefined || response.status !== 401).toBe(true);
  expect(response.headers['cache-control']).toContain('no-store');
  const location = response.headers['location'];
  if (location !== undefined) expect(toLocalUrl(location)).toBe(location);
}

describe('pages', () => {
  it(
    'hold our own elements alone, no text from outside, and lead nowhere but to this application or a mail',
    () => {
      let pages = 0;
      check('page', fc.tuple(thrown, pageRequest, about), ([value, request, given]) => {
        const answer = answerTo(value, request, given);
        if (answer === undefined) return;
        assertHeaders(answer);
        const { body, headers } = answer.response;
        if (headers['content-type']?.startsWith('text/html') !== true) return;
        pages += 1;
        expect(markupProblem(body)).toBeUndefined();
        expect(body).not.toContain(marker);
        expect(body.replace(/ href="[^"]*"/g, '')).not.toContain(requestMarker);
        for (const href of links(body))
          expect(href.startsWith('mailto:') || toLocalUrl(href) === href, href).toBe(true);
        expect(body).toContain(`<html lang="${headers['content-language'] ?? ''}"`);
        expect(Buffer.byteLength(body)).toBeLessThan(32_768);
      });
      console.info(`page: ${String(pages)} pages`);
      expect(pages).toBeGreaterThan(runs / 5);
    },
    timeoutMs,
  );

  it(
    'are made of the catalogue: the title and the sentence are those of the situation in the language of the page',
    () => {
      check('texts of a page', fc.tuple(hostileError, pageRequest, about), ([value, request, given]) => {
        const answer = answerTo(value, request, given);
        if (answer?.response.headers['content-type']?.startsWith('text/html') !== true) return;
        const tag = answer.response.headers['content-language'] ?? '';
        const texts = localeOf(tag).situations.get(answer.decision.situation);
        const escaped = (text = ''): string =>
          text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
        expect(answer.response.body).toContain(`<h1>${escaped(texts?.title)}</h1>\n<p>${escaped(texts?.message)}</p>`);
      });
    },
    timeoutMs,
  );
});

describe('problem documents', () => {
  it(
    'fit the schema and the status, stay below 16 KiB, and say nothing from outside',
    () => {
      let documents = 0;
      check('problem document', fc.tuple(thrown, problemRequest, about), ([value, request, given]) => {
        const answer = answerTo(value, request, given);
        if (answer === undefined) return;
        assertHeaders(answer);
        const { body, headers, status } = answer.response;
        expect(headers['content-type']).toMatch(/^application\/problem\+json/);
        documents += 1;
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(16_384);
        const problem = JSON.parse(body) as ProblemDocument;
        expect(isProblem(problem), JSON.stringify(isProblem.errors)).toBe(true);
        expect(problem.status).toBe(status);
        expect(problem.action).toBe(answer.decision.action);
        expect(problem.developer).toBeUndefined();
        const texts = localeOf(answer.facts.locale).situations.get(problem.situation);
        expect([problem.title, problem.detail]).toStrictEqual([texts?.title, texts?.message]);
        // The request's own path is repeated to whoever sent it; a claims directive is the service's own JSON.
        const said = JSON.stringify({ ...problem, instance: '', claims: '' });
        expect(said).not.toContain(marker);
        expect(said).not.toContain(requestMarker);
        const url = problem.interaction?.url;
        if (url !== undefined) expect(toLocalUrl(url)).toBe(url);
      });
      console.info(`problem document: ${String(documents)} documents`);
      expect(documents).toBeGreaterThan(runs / 5);
    },
    timeoutMs,
  );
});

describe('answers', () => {
  it(
    'to the same error and request are the same, but for sealed texts',
    () => {
      check(
        'same answer',
        fc.tuple(thrown, fc.oneof(pageRequest, problemRequest), about),
        ([value, request, given]) => {
          const [one, other] = [1, 2].map(() => answerTo(value, request, { ...given, withSignIn: false }));
          expect(other?.response).toStrictEqual(one?.response);
          expect(other?.decision).toStrictEqual(one?.decision);
        },
        Math.ceil(runs / 10),
      );
    },
    timeoutMs,
  );
});
