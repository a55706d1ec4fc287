import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AadOptionsError, createAadResponder, type LocaleTexts, type OwnLocale } from '../../src/core.js';

const textsIn = (tag: string): LocaleTexts =>
  JSON.parse(readFileSync(new URL(`../../data/locales/${tag}.json`, import.meta.url), 'utf8')) as LocaleTexts;
const nl = textsIn('nl');
const en = textsIn('en');

/** A language that the package does not have, with the texts of one page only. */
const greek: OwnLocale = {
  tag: 'el',
  direction: 'ltr',
  ui: { signIn: 'Σύνδεση' },
  situations: {
    'mfa-required': { title: 'Απαιτείται έλεγχος ταυτότητας', message: 'Επιβεβαιώστε ότι είστε <εσείς>.' },
  },
};

const mfaRequired = { error: 'interaction_required', error_description: 'AADSTS50076: MFA.', error_codes: [50076] };
const passwordExpired = {
  error: 'interaction_required',
  error_description: 'AADSTS50055: expired.',
  error_codes: [50055],
};

/** The page and the problem document in the language that is asked for. */
function answers(
  options: Parameters<typeof createAadResponder>[0],
  acceptLanguage: string,
  thrown: object = mfaRequired,
) {
  const { respond } = createAadResponder({ exposeDetails: false, ...options });
  const headers = { 'accept-language': acceptLanguage };
  const ask = (accept: string) =>
    respond(thrown, { method: 'GET', url: '/', headers: { ...headers, accept } })!.response;
  const page = ask('text/html');
  return {
    language: new Headers(page.headers).get('content-language'),
    page: page.body,
    problem: JSON.parse(ask('application/json').body) as { title: string; detail: string },
  };
}

describe('texts of an application’s own language', () => {
  test('are on the page and in the problem document of whoever asks for that language', () => {
    const { language, page, problem } = answers({ locales: ['en', greek] }, 'el-GR');
    expect(language).toBe('el');
    expect(page).toContain('<html lang="el" dir="ltr">');
    expect(page).toContain('Απαιτείται έλεγχος ταυτότητας');
    expect(problem.title).toBe('Απαιτείται έλεγχος ταυτότητας');
  });

  test('are escaped like any other text', () => {
    const { page } = answers({ locales: [greek] }, 'el');
    expect(page).toContain('&lt;εσείς&gt;');
    expect(page).not.toContain('<εσείς>');
  });

  test('that are missing are English: a single text, a whole situation, the frame of the page', () => {
    const one = answers({ locales: [greek] }, 'el');
    expect(one.page).toContain(en.situations['mfa-required']!.helpDesk);
    expect(one.page).toContain(en.ui['whoCanHelp']);
    expect(answers({ locales: [greek] }, 'el', passwordExpired).problem.title).toBe(
      en.situations['password-expired']!.title,
    );
  });

  test('replace the built-in ones of the same tag, in this handler only', () => {
    const own = { ...nl, situations: { ...nl.situations, 'mfa-required': { title: 'Even laten zien wie u bent' } } };
    expect(answers({ locales: [own] }, 'nl').problem.title).toBe('Even laten zien wie u bent');
    expect(answers({ locales: ['nl'] }, 'nl').problem.title).toBe(nl.situations['mfa-required']!.title);
  });

  test('of ./locales/*, unchanged, answer as the built-in language does', () => {
    expect(answers({ locales: [nl, en] }, 'nl')).toEqual(answers({ locales: ['nl', 'en'] }, 'nl'));
  });

  test('may be the default language, and the option `texts` may name them', () => {
    const texts = { 'mfa-required': { el: { title: 'Άλλος τίτλος' } } };
    const { language, problem } = answers({ locales: ['nl', greek], defaultLocale: 'el', texts }, 'fr');
    expect(language).toBe('el');
    expect(problem.title).toBe('Άλλος τίτλος');
  });

  test('are read at start-up: a later change of the object changes nothing', () => {
    const own = { tag: 'el', direction: 'ltr' as const, situations: { 'mfa-required': { title: 'Πρώτος' } } };
    const { respond } = createAadResponder({ locales: [own] });
    own.situations['mfa-required'].title = 'Δεύτερος';
    const answer = respond(mfaRequired, { method: 'GET', url: '/', headers: { accept: 'application/json' } })!;
    expect(answer.response.body).toContain('Πρώτος');
  });
});

test.each(['el', 'haw', 'sr-Latn', 'sr-Latn-RS', 'pt-AO', 'es-419'])('an own language may be called %s', (tag) => {
  expect(answers({ locales: [{ ...greek, tag }] }, tag).page).toContain(`<html lang="${tag}" dir="ltr">`);
});

test('an own language may be written from right to left', () => {
  expect(answers({ locales: [{ tag: 'yi', direction: 'rtl' }] }, 'yi').page).toContain('<html lang="yi" dir="rtl">');
});

test.each([
  ['English, where it is among them', ['nl', 'en'], 'en'],
  ['else the first', ['nl', 'fr'], 'nl'],
])('who asks for none of the languages gets %s', (_name, locales, wanted) => {
  expect(answers({ locales }, 'tlh').language).toBe(wanted);
});

describe('own texts that cannot work are refused at start-up', () => {
  const el = { tag: 'el', direction: 'ltr' };
  test.each([
    ['no tag', { direction: 'ltr' }, 'MISSING', 'locales[0].tag'],
    ['no direction', { tag: 'el' }, 'MISSING', 'locales[0].direction'],
    ['a tag that is no language tag', { ...el, tag: 'el"><b>' }, 'VALUE', 'locales[0].tag'],
    ['a tag with a line break', { ...el, tag: 'el\r\nX: y' }, 'VALUE', 'locales[0].tag'],
    ['a direction that does not exist', { ...el, direction: 'up' }, 'VALUE', 'locales[0].direction'],
    [
      'a situation that does not exist',
      { ...el, situations: { 'mfa-require': {} } },
      'UNKNOWN',
      'locales[0].situations.mfa-require',
    ],
    [
      'a situation from a prototype',
      { ...el, situations: JSON.parse('{"__proto__":{}}') },
      'UNKNOWN',
      'locales[0].situations.__proto__',
    ],
    [
      'a text that is no text',
      { ...el, situations: { 'mfa-required': { title: 7 } } },
      'TYPE',
      'locales[0].situations.mfa-required.title',
    ],
    ['a text of the frame that does not exist', { ...el, ui: { signin: 'x' } }, 'UNKNOWN', 'locales[0].ui.signin'],
    ['a misspelt part', { ...el, situation: {} }, 'UNKNOWN', 'locales[0].situation'],
    ['null', null, 'TYPE', 'locales[0]'],
    ['a list', [], 'TYPE', 'locales[0]'],
  ])('%s', (_name, locale, code, option) => {
    expect(() => createAadResponder({ locales: [locale as never] })).toThrow(AadOptionsError);
    try {
      createAadResponder({ locales: [locale as never] });
    } catch (error) {
      expect(error).toMatchObject({ code: `ERR_AAD_OPTIONS_${code}`, option });
    }
  });

  test.each(['EN', 'e', 'abcd', 'sr-latn', 'sr-LATN', 'sr-Lat', 'sr-1atn', 'el-gr', 'el-G', 'el-GRC', 'el-41', 'el-abc', '1el', 'el-'])(
    'the tag %s',
    (tag) => {
      expect(() => createAadResponder({ locales: [{ tag, direction: 'ltr' }] })).toThrow(
        'must be a language tag such as "el" or "sr-Latn".',
      );
    },
  ); // prettier-ignore

  test('two texts for one language', () => {
    expect(() => createAadResponder({ locales: [greek, greek] })).toThrow('holds two texts for "el"');
  });

  test.each([
    ['without a tag', { direction: 'ltr' }, 'An own language has at least a tag and a direction.'],
    ['with a direction that does not exist', { ...el, direction: 'up' }, 'must be "ltr" or "rtl".'],
  ])('%s: the sentence says what belongs there', (_name, locale, sentence) => {
    expect(() => createAadResponder({ locales: [locale as never] })).toThrow(sentence);
  });
});
