import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { jsonOf, root } from './read-data.ts';

interface MsalRow {
  readonly clientCode: string;
  readonly majors: readonly number[];
}

const majorsOf = new Map((jsonOf('data/msal-errors.json') as MsalRow[]).map((row) => [row.clientCode, row.majors]));

/** Every string that msal-common of an installed major exports as an error code. */
function exportedCodes(packageName: string): string[] {
  const requireThere = createRequire(createRequire(`${root}package.json`).resolve(packageName));
  const common = requireThere('@azure/msal-common') as Record<string, Record<string, unknown>>;
  const tables = Object.entries(common).filter(([name]) => name.endsWith('ErrorCodes'));
  return [...new Set(tables.flatMap(([, table]) => Object.values(table)).map(String))];
}

describe('MSAL client codes', () => {
  it.each([
    [2, 'msal-node-2'],
    [3, 'msal-node-3'],
    [5, 'msal-node-5'],
    [6, 'msal-node-6'],
    [7, '@azure/msal-node'],
  ])('every code that major %i exports has a row that names the major', (major, packageName) => {
    const codes = exportedCodes(packageName);
    expect(codes.length).toBeGreaterThan(60);
    expect(codes.filter((code) => majorsOf.get(code)?.includes(major) !== true)).toEqual([]);
  });
});
