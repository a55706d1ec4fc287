import { describe, expect, it } from 'vitest';
import { english, localeFiles, locales, textOf, textsOf, type LocaleFile } from './read-data.ts';

/** The languages the package promises. More may be added; none may go. */
const promised = [
  ...['ar', 'cs', 'da', 'de', 'en', 'es', 'fi', 'fr', 'he', 'hi', 'hu', 'it', 'ja', 'ko', 'nb', 'nl', 'pl'],
  ...['pt-BR', 'pt-PT', 'sv', 'tr', 'uk', 'zh-Hans', 'zh-Hant'],
];
const rightToLeft = new Set(['ar', 'he', 'fa', 'ur']);

/** Words that are the same in English and in the language. */
const loanWords: Readonly<Record<string, readonly string[]>> = { 'ui.code': ['de', 'fr', 'nl'] };

/** Addresses of the texts of a locale that break a rule. */
const wrong = (locale: LocaleFile, breaks: (text: string, id: string) => boolean): string[] =>
  textsOf(locale)
    .filter(([id, text]) => breaks(text, id))
    .map(([id, text]) => `${id}: ${text}`);

const placeholders = (text: string): string => (text.match(/\{[^}]*\}?/g) ?? []).sort().join();
const englishTexts = new Map(textsOf(english));
const named = locales.map((locale) => [locale.tag, locale] as const);

it('there are at least 24 languages, none of the promised ones is missing', () => {
  expect(locales.length).toBeGreaterThanOrEqual(24);
  expect(promised.filter((tag) => !localeFiles.includes(`${tag}.json`))).toEqual([]);
});

it('every file is named by its tag, and the tag is canonical', () => {
  expect(locales.map((locale) => `${locale.tag}.json`)).toEqual(localeFiles);
  expect(locales.map((locale) => Intl.getCanonicalLocales(locale.tag)[0])).toEqual(locales.map((locale) => locale.tag));
});

it('no two languages have the same name', () => {
  const names = locales.map((locale) => locale.name);
  expect(names).toEqual([...new Set(names)]);
});

it('English texts are ASCII', () => {
  expect(wrong(english, (text) => /[^\x20-\x7e]/.test(text))).toEqual([]);
});

describe.each(named)('%s', (tag, locale) => {
  it('is in the stable form: two spaces, one final newline', () => {
    const text = textOf(`data/locales/${tag}.json`);
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it('has exactly the texts of English, in the same order', () => {
    expect(textsOf(locale).map(([id]) => id)).toEqual([...englishTexts.keys()]);
  });

  it('has the placeholders of English', () => {
    expect(wrong(locale, (text, id) => placeholders(text) !== placeholders(englishTexts.get(id) ?? ''))).toEqual([]);
  });

  it('is marked right-to-left exactly when its script is', () => {
    expect(locale.direction).toBe(rightToLeft.has(tag) ? 'rtl' : 'ltr');
  });

  it('has plain text: no markup, single spaces, no control or invisible characters, composed accents', () => {
    const invisible = /[\0-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
    const bad = /[<>`*\\]|&[a-z]+;| {2}|^\s|\s$/;
    expect(wrong(locale, (text) => invisible.test(text) || bad.test(text) || text.normalize('NFC') !== text)).toEqual(
      [],
    );
  });

  it('has titles of at most 70 characters without a final stop, all different', () => {
    const titles = Object.values(locale.situations).map((texts) => texts['title'] ?? '');
    expect(titles.filter((title) => title.length > 70 || /[.。।]$/.test(title))).toEqual([]);
    expect(titles).toEqual([...new Set(titles)]);
  });

  it('has messages, next steps and help desk texts that are sentences of at most 180 characters', () => {
    const isTitle = (id: string): boolean => id.startsWith('ui.') || id.endsWith('.title');
    expect(wrong(locale, (text, id) => !isTitle(id) && (text.length > 180 || !/[.。।?？!！]$/.test(text)))).toEqual([]);
  });
});

it.each(named.filter(([tag]) => tag !== 'en'))('%s repeats no English text, except loan words', (tag, locale) => {
  expect(wrong(locale, (text, id) => text === englishTexts.get(id) && loanWords[id]?.includes(tag) !== true)).toEqual(
    [],
  );
});
