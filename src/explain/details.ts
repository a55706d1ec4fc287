import { detailsOf, detailTables, type DetailRow, type SmallRow } from '../catalog/index.js';
import type { AadError, Decision } from '../types.js';

/** A row of any file of data/, with the word that found it. */
export interface FoundRow {
  readonly row: DetailRow | SmallRow;
  /** `AADSTS50076`, `OAuth error invalid_grant`, `suberror basic_action`, `code ECONNRESET`. */
  readonly evidence: string;
}

const byName: readonly { readonly kind: string; readonly find: (name: string) => SmallRow | undefined }[] = [
  { kind: 'OAuth error', find: (name) => detailTables.oauthErrors().find((row) => row.error === name) },
  { kind: 'suberror', find: (name) => detailTables.suberrors().find((row) => row.suberror === name) },
  { kind: 'MSAL code', find: (name) => detailTables.msalErrors().find((row) => row.clientCode === name) },
  {
    kind: '@azure/identity error',
    find: (name) => detailTables.azureIdentityErrors().find((row) => row.name === name),
  },
  { kind: 'network code', find: (name) => detailTables.networkCodes().find((row) => row.code === name) },
  { kind: 'resource code', find: (name) => detailTables.resourceErrors().find((row) => row.code === name) },
];

/** The row of a bare name such as `invalid_grant`, `no_tokens_found` or `ECONNRESET`. */
export function rowOfName(name: string): FoundRow | undefined {
  for (const { kind, find } of byName) {
    const row = find(name);
    if (row !== undefined) return { row, evidence: `${kind} ${name}` };
  }
  return undefined;
}

/** The row that explains a decision best: that of its code, else of the suberror, the OAuth error, the client code. */
export function rowOfDecision(error: AadError, decision: Decision): FoundRow | undefined {
  const row = decision.code === undefined ? undefined : detailsOf(decision.code);
  if (row !== undefined && decision.code !== undefined) return { row, evidence: decision.code };
  for (const name of [error.suberror, error.oauthError, error.clientCode]) {
    const found = name === undefined ? undefined : rowOfName(name);
    if (found !== undefined && found.row.action !== 'unknown') return found;
  }
  return undefined;
}
