import { describe, expect, test } from 'vitest';
import {
  aadActions,
  catalogEntries,
  catalogKey,
  detailsOf,
  detailTables,
  isKnownClientCode,
  isSituation,
  listAadsts,
  localeOf,
  localeTags,
  lookupAadsts,
  resourceServices,
  ruleOfAadsts,
  ruleOfAzureIdentityError,
  ruleOfB2c,
  ruleOfCode,
  ruleOfMsalError,
  ruleOfNetworkCode,
  ruleOfOauthError,
  ruleOfResourceError,
  ruleOfSuberror,
  searchCatalog,
  situationIds,
  type DetailRow,
  type RuleRow,
} from '../../../src/catalog/index.js';
import { rowsByFile, type Row } from '../../data/read-data.js';

/** A row as it stands in data/, with the members that only some files have. */
interface AnyRow extends Row {
  readonly code?: number | string;
  readonly error?: string;
  readonly suberror?: string;
  readonly clientCode?: string;
  readonly name?: string;
  readonly service?: string;
  readonly wrapper?: boolean;
  readonly revealsAccount?: boolean;
}

describe('the key of a code', () => {
  test.each([
    [50076, '50076'],
    ['50076', '50076'],
    ['AADSTS50076', '50076'],
    ['aadsts50076:', '50076'],
    [' AADSTS 50076 : ', '50076'],
    ['AADSTS-50076', '50076'],
    ['AADSTS:50076', '50076'],
    ['AADSTS0050076', '50076'],
    ['100', '100'],
    ['999999999', '999999999'],
    ['AADB2C90118', 'AADB2C90118'],
    ['aadb2c90118', 'AADB2C90118'],
    [1, '1'],
    [Number.MAX_SAFE_INTEGER, String(Number.MAX_SAFE_INTEGER)],
    [' '.repeat(19) + '50076', '50076'],
  ])('of %j', (code, key) => {
    expect(catalogKey(code)).toBe(key);
  });

  test.each([
    ...[0, -1, 50076.5, Number.NaN, Infinity, 2 ** 53, '', '12', '1234567890', '50076 closed', 'x50076', 'E50076'],
    ...['AADSTS', 'AADB2C', 'AADSTS50076x', 'AADSTS--50076', undefined, null, {}, ['50076'], 50076n],
    ' '.repeat(20) + '50076',
  ])('of %s is none', (code) => {
    expect(catalogKey(code)).toBeUndefined();
  });
});

describe('look-ups', () => {
  test('give the row without the Dutch texts, and a copy of it', () => {
    const row = lookupAadsts('AADSTS50076')!;
    const wanted: Partial<DetailRow> = { ...detailsOf(50076)! };
    delete (wanted as { summaryNl?: string }).summaryNl;
    delete (wanted as { remedyNl?: string }).remedyNl;
    expect(row).toStrictEqual(wanted);
    expect(lookupAadsts(50076)).not.toBe(row);
  });

  test.each([999_999, '__proto__', 'constructor', ''])('of %j find nothing', (code) => {
    expect(lookupAadsts(code)).toBeUndefined();
    expect(detailsOf(code)).toBeUndefined();
  });

  test('find every code of both files', () => {
    const codes = listAadsts().map(({ code }) => code);
    expect(codes.length).toBeGreaterThan(400);
    expect(codes.filter((code) => lookupAadsts(code)?.code !== code)).toEqual([]);
  });

  test('filter by one property or by several', () => {
    const all = listAadsts();
    expect(all.some((row) => 'summaryNl' in row || 'remedyNl' in row)).toBe(false);
    expect(listAadsts({ action: 'retry' })).toEqual(all.filter(({ action }) => action === 'retry'));
    expect(listAadsts({ situation: 'mfa-required' })).toEqual(
      all.filter(({ situation }) => situation === 'mfa-required'),
    );
    expect(listAadsts({ who: 'admin' })).toEqual(all.filter(({ who }) => who === 'admin'));
    expect(listAadsts({ delivery: 'redirect' })).toEqual(all.filter(({ delivery }) => delivery.includes('redirect')));
    const both = listAadsts({ action: 'contact_admin', who: 'admin' });
    expect(both).toEqual(all.filter(({ action, who }) => action === 'contact_admin' && who === 'admin'));
    expect(both.length).toBeGreaterThan(0);
    expect(both.length).toBeLessThan(listAadsts({ action: 'contact_admin' }).length);
  });
});

describe('rules say what data/ says', () => {
  const ruleOf = ({ action, situation, who, retryable, confidence, ...row }: AnyRow): RuleRow =>
    ({
      ...{ action, situation, who, retryable, signInHelps: row.signInHelps ?? true, wrapper: row.wrapper ?? false },
      ...{ revealsAccount: row.revealsAccount ?? false, confidence },
    }) as RuleRow;

  test.each<[string, (row: AnyRow) => RuleRow | undefined]>([
    ['aadsts', (row) => ruleOfAadsts(row.code as number)],
    ['aadb2c', (row) => ruleOfB2c(row.code as string)],
    ['oauth-errors', (row) => ruleOfOauthError(row.error!)],
    ['suberrors', (row) => ruleOfSuberror(row.suberror!)],
    ['msal-errors', (row) => ruleOfMsalError(row.clientCode!)],
    ['azure-identity-errors', (row) => ruleOfAzureIdentityError(row.name!)],
    ['network-codes', (row) => ruleOfNetworkCode(row.code as string)],
    ['resource-errors', (row) => ruleOfResourceError(row.service as never, row.code as string)],
  ])('%s', (file, find) => {
    const all = rowsByFile.get(file)!.map(({ row }) => row as AnyRow);
    expect(all.length).toBeGreaterThan(3);
    for (const row of all) expect(find(row), JSON.stringify(row.code ?? row.name)).toStrictEqual(ruleOf(row));
  });

  test('by the code that a decision names', () => {
    expect(ruleOfCode('AADSTS50076')).toBe(ruleOfAadsts(50076));
    expect(ruleOfCode('AADB2C90118')).toBe(ruleOfB2c('AADB2C90118'));
    expect([ruleOfCode('AADSTS50076'), ruleOfCode('AADB2C90118')]).not.toContain(undefined);
    expect(ruleOfCode('50076')).toBeUndefined();
  });

  test('and know the codes of libraries and services apart from anything else', () => {
    const known = ['no_tokens_found', 'ECONNRESET', detailTables.azureIdentityErrors()[0]!.name!];
    const ofServices = resourceServices.map(
      (service) => detailTables.resourceErrors().find((row) => row.service === service)!.code!,
    );
    expect([...known, ...ofServices].filter((code) => !isKnownClientCode(code))).toEqual([]);
    expect(['', '__proto__', 'invalid_grant_of_mine', '50076'].filter(isKnownClientCode)).toEqual([]);
    const services = new Set(detailTables.resourceErrors().map(({ service }) => service));
    expect([...services].sort()).toEqual([...resourceServices].sort());
  });

  test('there is a row for every action but those that no row leads to', () => {
    const used = new Set(listAadsts().map(({ action }) => action));
    expect(aadActions).toHaveLength(9);
    expect([...used].filter((action) => !aadActions.includes(action))).toEqual([]);
  });
});

describe('languages', () => {
  test('are English where a tag is unknown, and each is unpacked once', () => {
    expect(localeOf('tlh')).toBe(localeOf('en'));
    expect(localeOf('nl')).toBe(localeOf('nl'));
    for (const tag of localeTags) expect(localeOf(tag).tag).toBe(tag);
  });

  test('look-ups find nothing that somebody else put there', () => {
    expect(localeOf('nl').ui.get('__proto__')).toBeUndefined();
    expect(localeOf('nl').situations.get('constructor')).toBeUndefined();
    expect(['__proto__', 'constructor', ''].some(isSituation)).toBe(false);
    expect(situationIds.every(isSituation)).toBe(true);
  });
});

describe('entries of all files', () => {
  const entries = [...catalogEntries()];

  test('have a key of their own, and as many as data/ has rows', () => {
    const tables = Object.values(detailTables).flatMap((table) => table());
    expect(entries).toHaveLength(listAadsts().length + tables.length);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
    expect(entries.filter(({ id, summary, remedy }) => id === '' || summary === '' || remedy === '')).toEqual([]);
  });

  test.each([
    ['aadsts:50076', 'aadsts', 'AADSTS50076', 'UserStrongAuthClientAuthNRequired'],
    ['aadb2c:AADB2C90118', 'aadb2c', 'AADB2C90118', undefined],
    ['oauthErrors:invalid_grant', 'oauthErrors', 'invalid_grant', undefined],
    ['suberrors:bad_token', 'suberrors', 'bad_token', undefined],
    ['msalErrors:no_tokens_found', 'msalErrors', 'no_tokens_found', undefined],
    ['networkCodes:ECONNRESET', 'networkCodes', 'ECONNRESET', undefined],
    ['resourceErrors:graph:TooManyRequests', 'resourceErrors', 'TooManyRequests', 'graph'],
    ['azureIdentityErrors:CredentialUnavailableError', 'azureIdentityErrors', 'CredentialUnavailableError', undefined],
  ])('%s', (key, kind, id, name) => {
    const entry = entries.find((one) => one.key === key)!;
    expect(entry).toMatchObject({ kind, id });
    if (name !== undefined) expect(entry.name).toBe(name);
    else if (kind !== 'aadb2c') expect('name' in entry).toBe(false);
  });

  test('say what their row says, in English and in Dutch', () => {
    const dutch = new Map([...catalogEntries('nl')].map((entry) => [entry.key, entry]));
    const { summary, remedy, summaryNl, remedyNl, action, who, situation } = detailsOf(50076)!;
    expect(entries.find(({ key }) => key === 'aadsts:50076')).toMatchObject({
      summary,
      remedy,
      action,
      who,
      situation,
    });
    expect(dutch.get('aadsts:50076')).toMatchObject({ summary: summaryNl, remedy: remedyNl, action, who, situation });
    const row = detailTables.oauthErrors().find(({ error }) => error === 'invalid_grant')!;
    expect(entries.find(({ key }) => key === 'oauthErrors:invalid_grant')).toStrictEqual({
      ...{ key: 'oauthErrors:invalid_grant', kind: 'oauthErrors', id: 'invalid_grant', action: row.action },
      ...{ who: row.who, situation: row.situation, summary: row.summary, remedy: row.remedy },
    });
    expect(dutch.get('oauthErrors:invalid_grant')).toMatchObject({ summary: row.summaryNl, remedy: row.remedyNl });
    expect(
      [...dutch.values()].filter(({ summary: text }, index) => text === entries[index]!.summary).length,
    ).toBeLessThan(5);
  });
});

describe('a search', () => {
  const ids = (words: readonly string[], lang?: string): string[] => searchCatalog(words, lang).map(({ id }) => id);

  test('without words finds everything, in order', () => {
    expect(searchCatalog([])).toHaveLength([...catalogEntries()].length);
  });

  test('by a part of a code or a name puts those first', () => {
    const found = searchCatalog(['throttl']);
    const isHead = found.map(({ id, name = '' }) => `${id} ${name}`.toLowerCase().includes('throttl'));
    expect(isHead.includes(true)).toBe(true);
    expect(isHead.includes(false)).toBe(true);
    expect(isHead.lastIndexOf(true)).toBeLessThan(isHead.indexOf(false));
    expect(ids(['aadsts50076'])[0]).toBe('AADSTS50076');
    expect(ids(['userstrongauthclientauthnrequired'])).toContain('AADSTS50076');
    // One of the words in the head is enough.
    const mixed = searchCatalog(['conditional', 'aadsts5']);
    expect(mixed.filter(({ id }) => id.startsWith('AADSTS5')).length).toBeGreaterThan(0);
    expect(mixed[0]!.id).toMatch(/^AADSTS5/);
  });

  test('wants all the words, wherever they stand: code, action, situation, summary, remedy, title, message', () => {
    const row = detailsOf(50076)!;
    const { title, message } = localeOf('en').situations.get(row.situation)!;
    for (const text of [row.action, row.situation, row.summary, row.remedy, title, message])
      expect(ids(['aadsts50076', text.toLowerCase()]), text).toEqual(['AADSTS50076']);
    expect(ids(['aadsts50076', 'nowhere-to-be-found'])).toEqual([]);
  });

  test('in another language finds the texts of that language', () => {
    const { title } = localeOf('nl').situations.get('mfa-required')!;
    expect(ids(['aadsts50076', title.toLowerCase()], 'nl')).toEqual(['AADSTS50076']);
    expect(ids(['aadsts50076', title.toLowerCase()])).toEqual([]);
  });
});
