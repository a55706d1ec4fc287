import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the package, with a final slash. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export const textOf = (path: string): string => readFileSync(root + path, 'utf8');
export const jsonOf = (path: string): unknown => JSON.parse(textOf(path));

export interface Source {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly date: string;
  readonly kind: string;
  readonly about: string;
}

/** What the rows of every file have. The key differs from file to file, see {@link rowFiles}. */
export interface Row {
  readonly situation: string;
  readonly action: string;
  readonly who: string;
  readonly retryable: boolean;
  readonly signInHelps?: boolean;
  readonly delivery?: readonly string[];
  readonly oauthErrors?: readonly string[];
  readonly confidence: string;
  readonly summary: string;
  readonly remedy: string;
  readonly summaryNl: string;
  readonly remedyNl: string;
  readonly note?: string;
  readonly sources: readonly { readonly id: string; readonly date?: string }[];
}

export interface LocaleFile {
  readonly tag: string;
  readonly name: string;
  readonly direction: string;
  readonly ui: Readonly<Record<string, string>>;
  readonly situations: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The field or fields that name a row, a file. */
const keyFields: Readonly<Record<string, readonly string[]>> = {
  aadsts: ['code'],
  aadb2c: ['code'],
  'oauth-errors': ['error'],
  suberrors: ['suberror'],
  'msal-errors': ['clientCode'],
  'azure-identity-errors': ['name'],
  'resource-errors': ['service', 'code'],
  'network-codes': ['code'],
};

/** A row with the words that name it in a failing test. */
export interface NamedRow {
  readonly file: string;
  readonly key: string;
  readonly row: Row;
}

export const rowFiles: readonly string[] = Object.keys(keyFields);

export const rowsByFile: ReadonlyMap<string, readonly NamedRow[]> = new Map(
  rowFiles.map((file) => [
    file,
    (jsonOf(`data/${file}.json`) as (Row & Readonly<Record<string, unknown>>)[]).map((row) => ({
      file,
      key: (keyFields[file] ?? []).map((field) => String(row[field])).join(':'),
      row,
    })),
  ]),
);

export const allRows: readonly NamedRow[] = [...rowsByFile.values()].flat();

/** Every row that breaks a rule, as `file key: what is wrong`; a rule holds when the list is empty. */
export function violations(check: (row: Row, named: NamedRow) => string | undefined | false): string[] {
  return allRows.flatMap((named) => {
    const wrong = check(named.row, named);
    return wrong === undefined || wrong === false ? [] : [`${named.file} ${named.key}: ${wrong}`];
  });
}

export const localeFiles: readonly string[] = readdirSync(`${root}data/locales`).sort();
export const locales: readonly LocaleFile[] = localeFiles.map((file) => jsonOf(`data/locales/${file}`) as LocaleFile);
export const english: LocaleFile = jsonOf('data/locales/en.json') as LocaleFile;
export const sources: readonly Source[] = jsonOf('data/sources.json') as Source[];

/** Every text of a locale with its address, `ui.signIn` or `mfa-required.title`. */
export function textsOf(locale: LocaleFile): readonly (readonly [id: string, text: string])[] {
  return [
    ...Object.entries(locale.ui).map(([id, text]) => [`ui.${id}`, text] as const),
    ...Object.entries(locale.situations).flatMap(([situation, texts]) =>
      Object.entries(texts).map(([field, text]) => [`${situation}.${field}`, text] as const),
    ),
  ];
}
