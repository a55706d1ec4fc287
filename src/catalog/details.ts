import type { AadAction, CatalogRow, Delivery, Who } from '../types.js';
import * as generated from './generated/details.js';
import { once, unpack } from './packed.js';

/** A row as it stands in data/: look-ups return it without the Dutch texts, which `explain` chooses by locale. */
export interface DetailRow extends CatalogRow {
  readonly summaryNl: string;
  readonly remedyNl: string;
}

const aadsts = once(() => unpack(generated.packedAadsts()) as DetailRow[]);
const aadb2c = once(() => unpack(generated.packedAadb2c()) as DetailRow[]);
const byCode = once(
  () => new Map<string, DetailRow>([...aadsts(), ...aadb2c()].map((row) => [String(row.code), row] as const)),
);

/** `50076`, `'50076'`, `'AADSTS50076'` and `'AADB2C90118'` as the key of a row; undefined for anything else. */
export function catalogKey(code: unknown): string | undefined {
  if (typeof code === 'number') return Number.isSafeInteger(code) && code > 0 ? String(code) : undefined;
  if (typeof code !== 'string' || code.length > 24) return undefined;
  const match = /^\s*(?:(AADB2C)|AADSTS)?[ :-]?(\d{3,9})\s*:?\s*$/i.exec(code); // accepts "AADSTS50076:", refuses "50076 closed"
  if (match === null) return undefined;
  return match[1] === undefined ? String(Number(match[2])) : `AADB2C${match[2] ?? ''}`;
}

/** The full row with both languages. */
export function detailsOf(code: unknown): DetailRow | undefined {
  const key = catalogKey(code);
  return key === undefined ? undefined : byCode().get(key);
}

function publicRow(row: DetailRow): CatalogRow {
  const copy: Partial<DetailRow> = { ...row };
  delete (copy as { summaryNl?: string }).summaryNl;
  delete (copy as { remedyNl?: string }).remedyNl;
  return copy as CatalogRow;
}

/**
 * The catalogue's row for an AADSTS or AADB2C code, or undefined when nobody has documented or reported it.
 *
 * @param code `50076`, `'50076'`, `'AADSTS50076'` or `'AADB2C90118'`
 */
export function lookupAadsts(code: number | string): CatalogRow | undefined {
  const row = detailsOf(code);
  return row === undefined ? undefined : publicRow(row);
}

export interface ListFilter {
  /** What the error asks for. @defaultValue any */
  readonly action?: AadAction;
  /** Id of what people are told. @defaultValue any */
  readonly situation?: string;
  /** Who must act. @defaultValue any */
  readonly who?: Who;
  /** Where the code shows up, among other places. @defaultValue any */
  readonly delivery?: Delivery;
}

/** All rows that fit, AADSTS by number, then AADB2C. Without a filter, all rows. */
export function listAadsts(filter: ListFilter = {}): CatalogRow[] {
  return [...aadsts(), ...aadb2c()]
    .filter(
      (row) =>
        (filter.action === undefined || row.action === filter.action) &&
        (filter.situation === undefined || row.situation === filter.situation) &&
        (filter.who === undefined || row.who === filter.who) &&
        (filter.delivery === undefined || row.delivery.includes(filter.delivery)),
    )
    .map(publicRow);
}

/** Rows of the small files: OAuth errors, suberrors, MSAL, @azure/identity, resources, network. */
export interface SmallRow {
  readonly error?: string;
  readonly suberror?: string;
  readonly clientCode?: string;
  readonly name?: string;
  readonly service?: string;
  readonly code?: string;
  readonly situation: string;
  readonly action: AadAction;
  readonly who: Who;
  readonly retryable: boolean;
  readonly confidence: CatalogRow['confidence'];
  readonly summary: string;
  readonly remedy: string;
  readonly summaryNl: string;
  readonly remedyNl: string;
  readonly note?: string;
  readonly sources: CatalogRow['sources'];
}

const small = (packed: () => string): (() => SmallRow[]) => once(() => unpack(packed()) as SmallRow[]);

export const detailTables = {
  oauthErrors: small(generated.packedOauthErrors),
  suberrors: small(generated.packedSuberrors),
  msalErrors: small(generated.packedMsalErrors),
  azureIdentityErrors: small(generated.packedAzureIdentityErrors),
  resourceErrors: small(generated.packedResourceErrors),
  networkCodes: small(generated.packedNetworkCodes),
} as const;
