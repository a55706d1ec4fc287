import type { AadAction, Who } from '../types.js';
import { detailsOf, detailTables, listAadsts, type SmallRow } from './details.js';
import { localeOf } from './locales.js';

/** Which file of data/ an entry stands in. */
export type CatalogKind = 'aadsts' | 'aadb2c' | keyof typeof detailTables;

/** One row of any file of data/, in one form for lists and searches. */
export interface CatalogEntry {
  /** Unique over all files: `aadsts:50076`, `resourceErrors:graph:TooManyRequests`. */
  readonly key: string;
  readonly kind: CatalogKind;
  /** `AADSTS50076`, `invalid_grant`, `ECONNRESET`. */
  readonly id: string;
  /** Microsoft's symbolic name of a code, or the service an error belongs to. */
  readonly name?: string;
  readonly action: AadAction;
  readonly who: Who;
  readonly situation: string;
  readonly summary: string;
  readonly remedy: string;
}

/** All rows of all files: AADSTS by number, AADB2C, then the small files. Texts in Dutch for `nl`, else in English. */
export function* catalogEntries(lang = 'en'): Generator<CatalogEntry> {
  const dutch = lang === 'nl';
  for (const row of listAadsts()) {
    const details = dutch ? detailsOf(row.code) : undefined;
    const kind = typeof row.code === 'number' ? 'aadsts' : 'aadb2c';
    yield {
      key: `${kind}:${String(row.code)}`,
      kind,
      id: kind === 'aadsts' ? `AADSTS${String(row.code)}` : String(row.code),
      ...(row.name !== undefined && { name: row.name }),
      action: row.action,
      who: row.who,
      situation: row.situation,
      summary: details?.summaryNl ?? row.summary,
      remedy: details?.remedyNl ?? row.remedy,
    };
  }
  for (const [kind, table] of Object.entries(detailTables) as [keyof typeof detailTables, () => SmallRow[]][]) {
    for (const row of table()) {
      const id = row.error ?? row.suberror ?? row.clientCode ?? row.code ?? row.name ?? '';
      yield {
        key: `${kind}:${row.service === undefined ? '' : `${row.service}:`}${id}`,
        kind,
        id,
        ...(row.service !== undefined && { name: row.service }),
        action: row.action,
        who: row.who,
        situation: row.situation,
        summary: dutch ? row.summaryNl : row.summary,
        remedy: dutch ? row.remedyNl : row.remedy,
      };
    }
  }
}

/** Entries with all the words (lower case), those with a word in their code or name first. No words: all entries. */
export function searchCatalog(words: readonly string[], lang = 'en'): CatalogEntry[] {
  const { situations } = localeOf(lang);
  const strong: CatalogEntry[] = [];
  const weak: CatalogEntry[] = [];
  for (const entry of catalogEntries(lang)) {
    const head = `${entry.id} ${entry.name ?? ''}`.toLowerCase();
    const texts = situations.get(entry.situation);
    const body = [head, entry.action, entry.situation, entry.summary, entry.remedy, texts?.title, texts?.message]
      .join(' ')
      .toLowerCase();
    if (!words.every((word) => body.includes(word))) continue;
    (words.some((word) => head.includes(word)) ? strong : weak).push(entry);
  }
  return [...strong, ...weak];
}
