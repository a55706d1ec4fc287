import { describe, expect, it } from 'vitest';
import { allRows, english, jsonOf, locales, rowsByFile, textsOf } from './read-data.ts';

/**
 * Numbers only, gathered apart from data/: from Microsoft's reference pages of 2018 to 2025, its support articles and
 * field reports. `remedyDocumented`: a Microsoft page says what to do. `sourcesConflict`: sources disagree.
 */
const lists = jsonOf('test/data/code-lists.json') as Record<
  'aadsts' | 'aadb2c' | 'remedyDocumented' | 'sourcesConflict',
  number[]
>;

const aadsts = new Map((rowsByFile.get('aadsts') ?? []).map(({ key, row }) => [Number(key), row]));
const aadb2c = new Map(
  (rowsByFile.get('aadb2c') ?? []).map(({ key, row }) => [Number(key.replace('AADB2C', '')), row]),
);

describe('code lists', () => {
  it('the lists themselves are whole: 443 AADSTS and 128 AADB2C numbers, each once', () => {
    expect(new Set(lists.aadsts).size).toBe(443);
    expect(new Set(lists.aadb2c).size).toBe(128);
  });

  it('every known AADSTS code has a row', () => {
    expect(lists.aadsts.filter((code) => !aadsts.has(code))).toEqual([]);
  });

  it('every known AADB2C code has a row', () => {
    expect(lists.aadb2c.filter((code) => !aadb2c.has(code))).toEqual([]);
  });

  it('no AADSTS row claims to be documented where Microsoft states no remedy', () => {
    const stated = new Set(lists.remedyDocumented);
    expect([...aadsts].filter(([code, row]) => row.confidence === 'documented' && !stated.has(code))).toEqual([]);
  });

  it('a row that takes another reading than the documented remedy says why', () => {
    const rows = lists.remedyDocumented.map((code) => [code, aadsts.get(code)] as const);
    expect(rows.filter(([, row]) => row?.confidence !== 'documented' && row?.note === undefined)).toEqual([]);
  });

  it('where sources conflict, the row says which reading it took', () => {
    expect(lists.sourcesConflict.filter((code) => aadsts.get(code)?.note === undefined)).toEqual([]);
  });

  it('prints how much the catalogue knows', () => {
    const confidence = (value: string): number => allRows.filter(({ row }) => row.confidence === value).length;
    const situations = Object.keys(english.situations).length;
    const texts = locales.flatMap((locale) => textsOf(locale)).length;
    const counts = {
      AADSTS: aadsts.size,
      AADB2C: aadb2c.size,
      'other rows': allRows.length - aadsts.size - aadb2c.size,
      documented: confidence('documented'),
      observed: confidence('observed'),
      inferred: confidence('inferred'),
      'languages x situations': `${String(locales.length)} x ${String(situations)} = ${String(locales.length * situations)}`,
      'texts in all languages': texts,
    };
    console.log(
      Object.entries(counts)
        .map(([name, count]) => `${name}: ${String(count)}`)
        .join(' | '),
    );
    expect(counts.documented + counts.observed + counts.inferred).toBe(allRows.length);
    expect(texts).toBe(locales.length * textsOf(english).length);
  });
});
