import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from './harness.js';

interface ReportJson {
  readonly format: string;
  readonly rows: number;
  readonly successes: number;
  readonly failures: number;
  readonly unreadable: number;
  readonly firstUnreadable?: number;
  readonly firstSeen?: string;
  readonly lastSeen?: string;
  readonly groups: readonly {
    readonly label: string;
    readonly action: string;
    readonly who: string;
    readonly application: string;
    readonly count: number;
    readonly firstSeen?: string;
    readonly lastSeen?: string;
    readonly reason?: string;
    readonly known: boolean;
  }[];
}

const folder = mkdtempSync(join(tmpdir(), 'aad-errors-report-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function report(stdin: string | Uint8Array | readonly Uint8Array[]): Promise<ReportJson> {
  const { out } = await runCli(['report', '-', '--json'], { stdin });
  return JSON.parse(out) as ReportJson;
}

/** `AADSTS50076 Payroll 2` */
const lines = ({ groups }: ReportJson): string[] =>
  groups.map(({ label, application, count }) => `${label} ${application} ${String(count)}`);

const at = (minute: number): string => `2026-01-31T09:${String(minute).padStart(2, '0')}:00Z`;

interface SignIn {
  readonly id: string;
  readonly createdDateTime: string;
  readonly appDisplayName: string | null;
  readonly appId: string;
  readonly authenticationDetails: readonly object[];
  readonly status: {
    readonly errorCode: number;
    readonly failureReason: string;
    readonly additionalDetails: string | null;
  };
}

const signIn = (
  minute: number,
  errorCode: number,
  appDisplayName: string | null = 'Payroll',
  failureReason = 'Other.',
): SignIn => ({
  id: `row-${String(minute)}`,
  createdDateTime: at(minute),
  appDisplayName,
  appId: 'app-id-1',
  authenticationDetails: [{ authenticationMethod: 'Password', succeeded: errorCode === 0 }],
  status: { errorCode, failureReason, additionalDetails: null },
});

/** Names and reasons that break careless scanners. */
const trap = 'a "errorCode":50126, \\"status\\":{"errorCode":53003} } ] [ { \u20ac , "" \\';
const sample: readonly SignIn[] = [
  signIn(1, 0, 'Payroll', trap),
  signIn(2, 50076),
  signIn(3, 0, trap),
  signIn(4, 53003, 'Time "Sheets", Ltd'),
  signIn(5, 50076),
  signIn(6, 7000222, null),
  signIn(7, 999123, trap, trap),
  signIn(8, 50076, 'Intranet'),
];
const expected = [
  'AADSTS50076 Payroll 2',
  'AADSTS50076 Intranet 1',
  'AADSTS53003 Time "Sheets", Ltd 1',
  'AADSTS7000222 app-id-1 1',
  `AADSTS999123 ${trap.trim()} 1`,
];

const csvField = (value: string | number | null): string => {
  const text = String(value ?? '');
  return /[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const csv = (delimiter = ',', rows = sample): string =>
  [
    [
      'Date (UTC)',
      'Request ID',
      'User',
      'Application',
      'Application ID ',
      'Status',
      'Sign-in error code',
      'Failure reason',
    ],
    ...rows.map((row) => [
      row.createdDateTime,
      row.id,
      'line one\nline two',
      row.appDisplayName,
      row.appId,
      row.status.errorCode === 0 ? 'Success' : 'Failure',
      row.status.errorCode === 0 ? 'None' : row.status.errorCode,
      row.status.failureReason,
    ]),
  ]
    .map((fields) => fields.map(csvField).join(delimiter))
    .join('\r\n');

const capitals = (rows: readonly SignIn[]) =>
  rows.map(({ id, createdDateTime, appDisplayName, appId, status }) => ({
    Id: id,
    CreatedDateTime: createdDateTime,
    AppDisplayName: appDisplayName,
    AppId: appId,
    Status: { ErrorCode: status.errorCode, FailureReason: status.failureReason },
  }));
const monitor = (rows: readonly SignIn[]) =>
  rows.map((row) => ({
    time: row.createdDateTime,
    category: 'SignInLogs',
    resultType: String(row.status.errorCode),
    properties: row,
  }));
const analytics = (rows: readonly SignIn[]) =>
  rows.map((row) => ({
    TimeGenerated: row.createdDateTime,
    ResultType: String(row.status.errorCode),
    ResultDescription: row.status.failureReason,
    AppDisplayName: row.appDisplayName,
    AppId: row.appId,
  }));

const ndjson = (list: readonly object[]): string => list.map((row) => JSON.stringify(row)).join('\n');
const page = (rows: readonly SignIn[]) => ({
  '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns',
  '@odata.nextLink': 'https://graph.microsoft.com/v1.0/next',
  value: rows,
});

const logsOf = (rows: readonly SignIn[]): readonly (readonly [name: string, format: string, text: string])[] => [
  ['JSON lines', 'ndjson', `${ndjson(rows)}\n`],
  ['JSON lines without a last newline', 'ndjson', ndjson(rows)],
  ['JSON lines with CRLF and empty lines', 'ndjson', ndjson(rows).replaceAll('\n', '\r\n\r\n')],
  ['JSON lines of PowerShell', 'ndjson', ndjson(capitals(rows))],
  ['JSON lines of Azure Monitor', 'ndjson', ndjson(monitor(rows))],
  ['JSON lines of Log Analytics', 'ndjson', ndjson(analytics(rows))],
  ["the portal's JSON array", 'json', JSON.stringify(rows)],
  ['an indented array', 'json', JSON.stringify(rows, undefined, 2)],
  ['an array with a row a line', 'json', `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`],
  ['a page of Microsoft Graph', 'json', JSON.stringify(page(rows))],
  ['an indented page', 'json', JSON.stringify(page(rows), undefined, 4)],
  [
    'a page with a row a line',
    'json',
    `{"@odata.context":"x","value":[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}`,
  ],
  ['several pages', 'json', [rows.slice(0, 3), rows.slice(3)].map((value) => JSON.stringify(page(value))).join('\n')],
  ['records of an event hub', 'json', JSON.stringify({ records: monitor(rows) })],
  ['objects over several lines', 'json', rows.map((row) => JSON.stringify(row, undefined, 2)).join('\n')],
  ["the portal's CSV", 'csv', csv(',', rows)],
  ['a CSV with semicolons', 'csv', csv(';', rows)],
];

const logs = logsOf(sample);
/** Formats are told by the first 64 KB: in a longer log the readers themselves see the cuts. */
const copies = 80;
const longLogs = logsOf(Array.from({ length: copies }, () => sample).flat());

describe('every known format gives the same report', () => {
  it.each(logs)('%s', async (_name, format, text) => {
    const found = await report(text);
    expect(found).toMatchObject({
      format,
      rows: 8,
      successes: 2,
      failures: 6,
      unreadable: 0,
      firstSeen: at(2),
      lastSeen: at(8),
    });
    expect(lines(found)).toEqual(expected);
    expect(found.groups[0]).toMatchObject({
      action: 'claims_challenge',
      who: 'user',
      firstSeen: at(2),
      lastSeen: at(5),
      known: true,
    });
    expect(found.groups.at(-1)).toMatchObject({ action: 'unknown', known: false, reason: trap.trim() });
  });

  it.each(longLogs)('%s: however the bytes arrive', async (_name, format, text) => {
    const bytes = Buffer.from(text);
    expect(bytes.length).toBeGreaterThan(65_536);
    const whole = await report(bytes);
    expect(whole).toMatchObject({ format, rows: 8 * copies, failures: 6 * copies, unreadable: 0 });
    for (const size of [1, 7, 1000, 65_536]) {
      const chunks: Buffer[] = [];
      for (let start = 0; start < bytes.length; start += size) chunks.push(bytes.subarray(start, start + size));
      expect(await report(chunks)).toEqual(whole);
    }
  });

  it.each([
    ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE with a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 LE without one', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-16 BE with a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ])('%s', async (_name, encode) => {
    for (const text of [csv(), ndjson(sample)]) {
      const bytes = encode(text);
      expect(lines(await report(bytes))).toEqual(expected);
      expect(lines(await report([...bytes].map((byte) => Buffer.from([byte]))))).toEqual(expected);
    }
  });

  it('a file larger than a read', async () => {
    const path = join(folder, 'large.ndjson');
    const many = Array.from({ length: 20_000 }, (_, index) => signIn(index % 60, index % 10 === 0 ? 50076 : 0, trap));
    writeFileSync(path, ndjson(many));
    const { out, err } = await runCli(['report', path, '--json', '--stats']);
    expect(JSON.parse(out)).toMatchObject({
      format: 'ndjson',
      rows: 20_000,
      failures: 2_000,
      successes: 18_000,
      unreadable: 0,
    });
    expect(err).toMatch(/^stats: 20,000 rows, .* rows\/s, at most 64\.0 MB resident\n$/);
  });
});

describe('an application log', () => {
  const text = [
    '2026-01-31 09:01:00,123 INFO started',
    '2026-01-31 09:02:00,123 ERROR invalid_client: AADSTS7000215: Invalid client secret provided.',
    '    at node:internal/process',
    '2026-01-31T09:03:00Z ERROR AADSTS7000215 again, and in the same line AADSTS7000215',
    `{"level":50,"time":${String(Date.parse(at(4)))},"err":{"errorCode":"invalid_grant","errorMessage":"invalid_grant: AADSTS50173: expired"}}`,
    '2026-01-31 09:05:00 WARN ticket 50076 was closed, unauthorized',
    '[2026-01-31T09:06:00Z] AADB2C90118: The user has forgotten their password.',
  ];

  it.each([
    ['as text', text],
    ['that starts with a bracket', [...text].reverse()],
  ])('%s counts lines with an identity error once each', async (_name, list) => {
    const found = await report(list.join('\n'));
    expect(found).toMatchObject({ format: 'text', rows: 7, failures: 4, unreadable: 0 });
    expect(lines(found)).toEqual([
      'AADSTS7000215 (no application) 2',
      'AADB2C90118 (no application) 1',
      'AADSTS50173 (no application) 1',
    ]);
    expect(found.groups[0]).toMatchObject({
      action: 'fix_config',
      who: 'developer',
      firstSeen: at(2),
      lastSeen: at(3),
    });
    expect(found.groups[2]).toMatchObject({ firstSeen: at(4) });
  });

  it('of JSON lines is read line by line', async () => {
    const log = [
      { level: 30, msg: 'started' },
      { level: 50, time: Date.parse(at(4)), err: { errorCode: 'invalid_grant', errorMessage: 'AADSTS65001: consent' } },
    ];
    const found = await report(ndjson(log));
    expect(found).toMatchObject({ format: 'ndjson', failures: 1, unreadable: 0 });
    expect(lines(found)).toEqual(['AADSTS65001 (no application) 1']);
  });

  it('finds a code far behind in a line of 1 MB', async () => {
    expect(lines(await report(`x\n${'y'.repeat(1_000_000)} AADSTS53003: blocked\n`))).toEqual([
      'AADSTS53003 (no application) 1',
    ]);
  });
});

describe('bad input', () => {
  const oneLine = ({ err }: CliResult): void => {
    expect(err).not.toMatch(/\n\s+at /);
    expect(err).toMatch(/^aad-errors: /);
  };

  it.each([
    ['binary data', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0, 0]), 3, /is binary, not text/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 3, /is gzip-compressed: try "gunzip/],
    ['a spreadsheet', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0]), 3, /is a ZIP archive/],
    ['nothing at all', '', 1, /the input is empty: no code found/],
    ['blanks', ' \n \n', 1, /no code found/],
    ['a text without codes', 'hello\nworld 50076\n', 1, /no code found in 2 lines/],
    ['a CSV without the column', 'name,age\nalice,7\n', 1, /no code found/],
    ['1 MB without a newline', 'x'.repeat(1_000_000), 1, /no code found in 1 line/],
    ['JSON that is no log', '{"hello":"world"}', 1, /no code found in 1 row/],
    ['an empty array', '[]', 1, /no code found in 0 rows/],
    ['brackets without end', '['.repeat(200_000), 1, /no code found/],
    ['braces that do not match', '[{"a":1]}'.repeat(1000), 1, /no code found/],
  ])('%s gets a clear line', async (_name, stdin, exitCode, message) => {
    const result = await runCli(['report', '-'], { stdin });
    expect(result.exitCode).toBe(exitCode);
    expect(result.out).toBe('');
    expect(result.err).toMatch(message);
    oneLine(result);
  });

  it('standard input that breaks off gets a clear line', async () => {
    const stdinError = Object.assign(new Error('read EIO'), { code: 'EIO' });
    const result = await runCli(['report', '-'], { stdin: 'hello\n', stdinError });
    expect(result).toEqual({ exitCode: 3, out: '', err: 'aad-errors: cannot read standard input: EIO\n' });
  });

  it.each([
    ['a missing file', join(folder, 'none.csv'), /there is no such file/],
    ['a folder', folder, /it is a folder/],
  ])('%s gets a clear line', async (_name, path, message) => {
    const result = await runCli(['report', path]);
    expect(result.exitCode).toBe(3);
    expect(result.err).toMatch(message);
    oneLine(result);
  });

  it.each([
    ['JSON lines cut at the end', ndjson(sample).slice(0, -60), 7],
    ['JSON lines cut at the start', ndjson(sample).slice(60), 7],
    ['an array cut at the end', JSON.stringify(sample).slice(0, -60), 7],
    ['a page cut at the end', JSON.stringify(page(sample)).slice(0, -60), 7],
  ])('%s: the cut row is counted as unreadable, not guessed', async (_name, text, readable) => {
    const { exitCode, out, err } = await runCli(['report', '-', '--json'], { stdin: text });
    const found = JSON.parse(out) as ReportJson;
    expect(exitCode).toBe(0);
    expect(found.successes + found.failures).toBe(readable);
    expect(found.unreadable).toBe(1);
    expect(err).toMatch(/1 row cut, damaged or too long/);
  });

  it('one failing row cut in the middle is not counted as a failure', async () => {
    const cut = JSON.stringify(signIn(2, 50076)).slice(0, -3);
    const found = await report(`${JSON.stringify(signIn(1, 0))}\n${cut}\n${JSON.stringify(signIn(3, 53003))}\n`);
    expect(found).toMatchObject({ rows: 3, failures: 1, unreadable: 1, firstUnreadable: 2 });
    expect(lines(found)).toEqual(['AADSTS53003 Payroll 1']);
  });

  it('a CSV row with too few fields is unreadable', async () => {
    const found = await report(`${csv()}\r\n2026-01-31T09:09:00Z,row-9,User,Payr`);
    expect(found).toMatchObject({ rows: 9, failures: 6, unreadable: 1 });
  });

  it.each([[-1], [1e12], [50076.5], ['50076x'], [null]])('error code %j is no code', async (errorCode) => {
    const odd = JSON.stringify({ ...signIn(2, 0), status: { errorCode } });
    const found = await report(`${JSON.stringify(signIn(1, 0))}\n${odd}\n`);
    expect(found).toMatchObject({ rows: 2, failures: 0, successes: 1 });
  });

  it('a zero in another object does not hide the real code', async () => {
    const row = { mfaDetail: { errorCode: 0 }, ...signIn(2, 50076) };
    expect(lines(await report(ndjson([signIn(1, 0), row])))).toEqual(['AADSTS50076 Payroll 1']);
  });

  it('invented application names cannot fill the memory', async () => {
    const many = Array.from({ length: 25_000 }, (_, index) =>
      JSON.stringify({ appDisplayName: `app ${String(index)}`, status: { errorCode: 50076 } }),
    );
    const found = await report(many.join('\n'));
    expect(found.failures).toBe(25_000);
    expect(found.groups).toHaveLength(20_001);
    expect(found.groups[0]).toMatchObject({ application: '(other applications)', count: 5_000 });
  });
});

describe('the printed report', () => {
  it('groups by action and who, then code, then application', async () => {
    const { exitCode, out, err } = await runCli(['report', '-'], { stdin: ndjson(sample) });
    expect(exitCode).toBe(0);
    expect(err).toBe('');
    expect(out).toContain('JSON lines');
    expect(out).toContain('8 rows, 6 failures (75.0 %)');
    expect(out).toContain(`${at(2)} to ${at(8)}`);
    expect(out).toMatch(
      /claims_challenge: the user acts, 3 failures\n\n +3 {2}AADSTS50076 UserStrong\w+ {2}mfa-required: /,
    );
    expect(out).toMatch(/ 2 {4}Payroll {2}2026-01-31T09:02:00Z to 2026-01-31T09:05:00Z\n +1 {4}Intranet/);
    expect(out).toContain('fix_config: the developer or operator acts, 1 failure');
  });

  it('shows the first applications and sums the others', async () => {
    const many = Array.from({ length: 9 }, (_, index) => signIn(index, 50076, `App ${String(index)}`));
    const { out } = await runCli(['report', '-', '--top', '2'], { stdin: ndjson(many) });
    expect(out).toContain('App 1');
    expect(out).not.toContain('App 2');
    expect(out).toContain('7    in 7 other applications; --top shows more');
  });

  it('speaks the language asked for', async () => {
    const { out } = await runCli(['report', '-', '--lang', 'nl'], { stdin: ndjson(sample) });
    expect(out).toContain('De resource verlangt meervoudige verificatie');
  });

  it('is a success without failures', async () => {
    const { exitCode, out } = await runCli(['report', '-'], { stdin: ndjson([signIn(1, 0)]) });
    expect(exitCode).toBe(0);
    expect(out).toContain('1 rows, 0 failures (0.0 %)');
  });

  it('prints no terminal sequences of the log', async () => {
    const { out } = await runCli(['report', '-'], {
      stdin: ndjson([signIn(1, 999123, 'red \u001b[31m \u009b31m \u202e', '\u001b]0;title\u0007')]),
    });
    expect(out).toContain('red');
    expect(out).not.toMatch(/[\u001b\u0007\u009b\u202e]/u);
    const json = (await runCli(['report', '-', '--json'], { stdin: ndjson([signIn(1, 999123, '\u009b31m')]) })).out;
    expect(json).not.toContain('\u009b');
  });
});

describe('progress', () => {
  const chunks = Array.from({ length: 40 }, () =>
    Buffer.from(`${ndjson(Array.from({ length: 20 }, () => signIn(1, 0)))}\n`),
  );
  const clock = (stepMs: number) => {
    let now = 0;
    return () => (now += stepMs);
  };

  it('rewrites one line on a terminal and removes it', async () => {
    const { err } = await runCli(['report', '-', '--json'], { stdin: chunks, terminal: true, nowMs: clock(500) });
    expect(err).toMatch(/^\r\u001b\[Kreading: .* rows/);
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });

  it('prints a line now and then where standard error is a file', async () => {
    const { err } = await runCli(['report', '-', '--json'], { stdin: chunks, nowMs: clock(6_000) });
    expect(err).toMatch(/^(?:reading: [^\n]* rows\n)+$/);
    expect(err).not.toContain('\u001b');
  });

  it('is quiet for a short input', async () => {
    expect((await runCli(['report', '-', '--json'], { stdin: chunks, terminal: true })).err).toBe('');
  });
});
