import { describe, expect, it } from 'vitest';
import { allRows, violations, type Row } from './read-data.ts';

const english = ['summary', 'remedy', 'note'] as const;
const dutch = ['summaryNl', 'remedyNl'] as const;
const all = [...english, ...dutch] as const;
type Field = (typeof all)[number];

/** The fields of a row whose text breaks a rule. */
const fieldsWhere = (
  row: Row,
  fields: readonly Field[],
  breaks: (text: string, field: Field) => boolean,
): string | false => {
  const wrong = fields.filter((field) => row[field] !== undefined && breaks(row[field] ?? '', field));
  return wrong.length > 0 && wrong.map((field) => `${field} "${row[field] ?? ''}"`).join(', ');
};

/** Words in angle brackets that a reader fills in; anything else in angle brackets would be markup. */
const fillIns = new Set([
  '<client-id>',
  '<id>',
  '<name>',
  '<resource>',
  '<scope>',
  '<tenant-id>',
  '<tenant>',
  '<token>',
  '<uri>',
]);
const bracketed = (text: string): string[] => text.match(/<[^>]*>?/g) ?? [];

describe('developer texts', () => {
  const limits: Readonly<Record<Field, readonly [least: number, most: number]>> = {
    summary: [40, 160],
    summaryNl: [30, 170],
    remedy: [45, 250],
    remedyNl: [50, 270],
    note: [30, 185],
  };
  it('are neither empty phrases nor essays', () => {
    expect(
      violations((row) =>
        fieldsWhere(row, all, (text, field) => text.length < limits[field][0] || text.length > limits[field][1]),
      ),
    ).toEqual([]);
  });

  it('end with a full stop', () => {
    expect(violations((row) => fieldsWhere(row, all, (text) => !text.endsWith('.')))).toEqual([]);
  });

  it('start with a capital, a digit or a name out of code', () => {
    // accepts "Entra ID refuses" and "acquireTokenSilent was", refuses "entra ID refuses"
    const start = /^(?:[A-Z0-9]|[a-z]+(?:_[a-z]|[A-Z]))/;
    expect(violations((row) => fieldsWhere(row, ['summary', 'summaryNl'], (text) => !start.test(text)))).toEqual([]);
  });

  it('summaries are one sentence', () => {
    expect(
      violations((row) => fieldsWhere(row, ['summary', 'summaryNl'], (text) => /[.!?]["')]? [A-Z]/.test(text))),
    ).toEqual([]);
  });

  it('have single spaces and no control characters', () => {
    expect(violations((row) => fieldsWhere(row, all, (text) => /[\0-\x1f\x7f]| {2}|^ | $/.test(text)))).toEqual([]);
  });

  it('English is ASCII', () => {
    expect(violations((row) => fieldsWhere(row, english, (text) => /[^\x20-\x7e]/.test(text)))).toEqual([]);
  });

  it('Dutch has only the accents of Dutch', () => {
    expect(violations((row) => fieldsWhere(row, dutch, (text) => /[^\x20-\x7eàáäèéêëïíóöúü]/i.test(text)))).toEqual([]);
  });

  it('have no markup', () => {
    const markup = /`|\*\*|__\w|\]\(|&[a-z]+;|&#\d/;
    expect(
      violations((row) =>
        fieldsWhere(row, all, (text) => markup.test(text) || bracketed(text).some((word) => !fillIns.has(word))),
      ),
    ).toEqual([]);
  });

  it('Dutch has the same words to fill in as English', () => {
    const sorted = (text: string): string => bracketed(text).sort().join();
    expect(
      violations(
        (row) =>
          (sorted(row.summary) !== sorted(row.summaryNl) || sorted(row.remedy) !== sorted(row.remedyNl)) &&
          `${row.remedy} / ${row.remedyNl}`,
      ),
    ).toEqual([]);
  });

  it('Dutch is a translation, not the English again', () => {
    expect(violations((row) => (row.summary === row.summaryNl || row.remedy === row.remedyNl) && row.summary)).toEqual(
      [],
    );
  });

  it('Dutch speaks to the reader with u, as the pages do', () => {
    expect(violations((row) => fieldsWhere(row, dutch, (text) => /\b(je|jij|jou|jouw|jullie)\b/i.test(text)))).toEqual(
      [],
    );
  });

  it('do not name codes as numbers that have no row', () => {
    const known = new Set(allRows.filter(({ file }) => file === 'aadsts').map(({ key }) => key));
    expect(
      violations((row) =>
        fieldsWhere(row, all, (text) =>
          [...text.matchAll(/AADSTS ?(\d{5,7})/g)].some(([, code]) => !known.has(code ?? '')),
        ),
      ),
    ).toEqual([]);
  });

  it.each(['summary', 'remedy', 'summaryNl', 'remedyNl'] as const)('no two rows share a %s', (field) => {
    const seen = new Map<string, string[]>();
    // The same code of two services may say the same; within a file it may not.
    for (const { file, key, row } of allRows) {
      const id = `${file}\n${row[field]}`;
      seen.set(id, [...(seen.get(id) ?? []), key]);
    }
    expect([...seen.values()].filter((keys) => keys.length > 1)).toEqual([]);
  });
});
