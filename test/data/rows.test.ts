import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allRows, english, root, rowFiles, rowsByFile, sources, textOf, violations } from './read-data.ts';

const situationIds = Object.keys(english.situations);

/** Numbers by value, everything else by code unit, as the files are sorted. */
const before = (a: string, b: string): boolean => (/^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) < Number(b) : a < b);

/** Text of all hand-written source files. */
function sourceText(folder = join(root, 'src')): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'generated')
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourceText(path);
      return path.endsWith('.ts') ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}

describe('row files', () => {
  it.each(rowFiles)('%s is sorted by its key and has every key once', (file) => {
    const keys = (rowsByFile.get(file) ?? []).map((named) => named.key);
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key, at) => at > 0 && !before(keys[at - 1] ?? '', key))).toEqual([]);
  });

  it.each([...rowFiles, 'sources'])('%s is in the stable form: two spaces, one final newline', (file) => {
    const text = textOf(`data/${file}.json`);
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it.each(rowFiles)('all rows of %s name their fields in one order', (file) => {
    const order = new Map<string, string>();
    const wrong: string[] = [];
    for (const { key, row } of rowsByFile.get(file) ?? []) {
      const fields = Object.keys(row);
      fields.forEach((field, at) => {
        for (const later of fields.slice(at + 1)) {
          if (order.has(`${later}>${field}`)) wrong.push(`${key}: ${field} before ${later}`);
          order.set(`${field}>${later}`, key);
        }
      });
    }
    expect(wrong).toEqual([]);
  });
});

describe('situations', () => {
  it('every row names a situation that has texts', () => {
    const known = new Set(situationIds);
    expect(violations((row) => !known.has(row.situation) && row.situation)).toEqual([]);
  });

  it('every situation is used by a row or by the code', () => {
    const used = new Set(allRows.map(({ row }) => row.situation));
    const code = sourceText();
    expect(situationIds.filter((id) => !used.has(id) && !code.includes(`'${id}'`))).toEqual([]);
  });

  it('every situation that the code writes down has texts', () => {
    const written = [...sourceText().matchAll(/\bsituation: '([a-z]+(?:-[a-z]+)+)'/g)].map((match) => match[1] ?? '');
    const known = new Set(situationIds);
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('decisions of a row', () => {
  it('a row is retryable exactly when its action is retry', () => {
    expect(violations((row) => row.retryable !== (row.action === 'retry') && row.action)).toEqual([]);
  });

  const needsSignIn = new Set(['interactive', 'claims_challenge', 'consent']);
  it('no row asks for a sign-in that cannot help', () => {
    expect(violations((row) => row.signInHelps === false && needsSignIn.has(row.action) && row.action)).toEqual([]);
  });

  const whoOf: Readonly<Record<string, readonly string[]>> = {
    // nobody: an interrupt inside the sign-in that goes on by itself
    interactive: ['user', 'nobody'],
    claims_challenge: ['user'],
    consent: ['user'],
    // admin: closing the approval page is the administrator's refusal
    user_cancelled: ['user', 'admin'],
    admin_consent: ['admin'],
    contact_admin: ['admin', 'user'],
    // admin: who owns the B2C policies or the federation
    fix_config: ['developer', 'admin'],
    retry: ['nobody', 'microsoft', 'admin', 'user', 'developer'],
    unknown: ['nobody', 'microsoft', 'admin', 'user', 'developer'],
  };
  it('who must act fits the action', () => {
    expect(violations((row) => whoOf[row.action]?.includes(row.who) !== true && `${row.action} by ${row.who}`)).toEqual(
      [],
    );
  });

  it('a code that was seen with an OAuth error reaches the application', () => {
    const reaching = ['redirect', 'token', 'resource'];
    expect(
      violations(
        (row) =>
          (row.oauthErrors ?? []).length > 0 &&
          row.delivery?.some((place) => reaching.includes(place)) !== true &&
          String(row.delivery),
      ),
    ).toEqual([]);
  });

  /** What a person is told must not contradict what the application does. */
  const onlyWith: Readonly<Record<string, readonly string[]>> = {
    'service-busy': ['retry'],
    'network-problem': ['retry'],
    'sign-in-needed': ['interactive'],
    'session-expired': ['interactive'],
    'consent-needed': ['consent'],
    'consent-declined': ['user_cancelled'],
    'sign-in-cancelled': ['user_cancelled'],
    'admin-approval-needed': ['admin_consent'],
    'account-disabled': ['contact_admin'],
    'not-assigned-to-app': ['contact_admin'],
    'guest-not-invited': ['contact_admin'],
    'organization-blocked': ['contact_admin'],
    'permission-denied': ['contact_admin'],
    'license-missing': ['contact_admin'],
    'secret-expired': ['fix_config', 'retry'],
    'app-misconfigured': ['fix_config', 'contact_admin'],
  };
  it('the situation fits the action', () => {
    expect(
      violations((row) => onlyWith[row.situation]?.includes(row.action) === false && `${row.situation} ${row.action}`),
    ).toEqual([]);
  });
});

describe('sources', () => {
  const byId = new Map(sources.map((source) => [source.id, source]));

  it('sources.json is sorted and has every id once', () => {
    const ids = sources.map((source) => source.id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('every source of a row stands in sources.json, with the same date', () => {
    expect(
      violations((row) => {
        const wrong = row.sources.filter(({ id, date }) => byId.get(id)?.date !== (date ?? 'none'));
        return wrong.length > 0 && wrong.map(({ id, date }) => `${id} ${date ?? ''}`).join(', ');
      }),
    ).toEqual([]);
  });

  it('every source is used by a row', () => {
    const used = new Set(allRows.flatMap(({ row }) => row.sources.map(({ id }) => id)));
    expect(sources.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  });

  it('the sources of a row are sorted and named once', () => {
    expect(
      violations((row) => {
        const ids = row.sources.map(({ id }) => id);
        return ids.join() !== [...new Set(ids)].sort().join() && ids.join();
      }),
    ).toEqual([]);
  });

  it('every documented row has a source other than field reports', () => {
    expect(
      violations(
        (row) =>
          row.confidence === 'documented' && row.sources.every(({ id }) => byId.get(id)?.kind === 'field') && 'field',
      ),
    ).toEqual([]);
  });

  it('a row that rests on field reports alone is observed, or says why it is inferred', () => {
    expect(
      violations(
        (row) =>
          row.sources.every(({ id }) => byId.get(id)?.kind === 'field') &&
          row.confidence !== 'observed' &&
          row.note === undefined &&
          row.confidence,
      ),
    ).toEqual([]);
  });
});
