import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandNames } from '../../src/cli/help.js';
import { runCli } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'aad-errors-'));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const encoded = Buffer.from(claims).toString('base64');

describe('explain', () => {
  it('prints what a code means', async () => {
    const { exitCode, out, err } = await runCli(['explain', '50076']);
    expect(exitCode).toBe(0);
    expect(err).toBe('');
    expect(out).toContain('AADSTS50076 UserStrongAuthClientAuthNRequired');
    expect(out).toMatch(/action +claims_challenge/);
    expect(out).toContain('https://login.microsoftonline.com/error?code=50076');
  });

  it('diagnoses a refused call of Graph: causes in order, what to change, what would make it surer', async () => {
    const refused = {
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied', message: 'x', innerError: { 'request-id': claims } } },
    };
    const { exitCode, out } = await runCli(['explain', '-'], { stdin: JSON.stringify(refused) });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Diagnosis\nlikely: The token lacks a permission \(missing-permission\)\n {2}seen +code Auth/);
    expect(out).toMatch(/possible: The signed-in user may not do this \(user-privilege\)/);
    expect(out).toContain('App registrations > the application > API permissions');
    expect(out).toMatch(/to be surer give /);
    const json = await runCli(['explain', '-', '--json'], { stdin: JSON.stringify(refused) });
    expect(JSON.parse(json.out)).toMatchObject({ diagnosis: { findings: [{ id: 'missing-permission' }, {}] } });
  });

  it('prints no diagnosis for an error of Entra ID', async () => {
    expect((await runCli(['explain', 'AADSTS700016: x'])).out).not.toContain('Diagnosis');
  });

  it('prints Dutch texts with --lang nl', async () => {
    expect((await runCli(['explain', '53003', '--lang', 'nl'])).out).toContain('voorwaardelijke toegang');
  });

  it('prints JSON with --json', async () => {
    const { out } = await runCli(['explain', 'AADSTS700016: x', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      found: true,
      code: 'AADSTS700016',
      action: 'fix_config',
      who: 'developer',
    });
  });

  it.each([
    [
      'a token response',
      JSON.stringify({ error: 'invalid_grant', error_description: 'AADSTS50173: x', error_codes: [50173] }),
      'AADSTS50173',
    ],
    ['a log', `${'nothing here\n'.repeat(3000)}ERROR AADSTS700016: not found\n`, 'AADSTS700016'],
    ['a bare code', '53003\n', 'AADSTS53003'],
    [
      'a row of a sign-in log',
      JSON.stringify({ id: 'x', status: { errorCode: 50105, failureReason: 'x' } }),
      'AADSTS50105',
    ],
    [
      'a UTF-8 byte order mark',
      '\ufeff{"error":"invalid_client","error_description":"AADSTS7000222: x"}',
      'AADSTS7000222',
    ],
  ])('reads %s from standard input and from a file', async (name, text, code) => {
    const stdin = JSON.parse((await runCli(['explain', '-', '--json'], { stdin: text })).out) as object;
    expect(stdin).toMatchObject({ found: true, code });
    const path = file(`${name}.txt`, text);
    const read = JSON.parse((await runCli(['explain', path, '--json'])).out) as object;
    expect(read).toMatchObject({ found: true, code });
  });

  it.each([['999999'], ['12'], ['hello there'], ['ticket 50076 was closed'], ['']])(
    'says that %j holds no known code',
    async (text) => {
      const { exitCode, out, err } = await runCli(['explain', text]);
      expect(exitCode).toBe(1);
      expect(out).toBe('');
      expect(err).toMatch(/^aad-errors: (?:No code found|The catalogue has no row)/);
    },
  );

  it('reads 1 MB of text without a code, and says so', async () => {
    const { exitCode, err } = await runCli(['explain', '-'], { stdin: 'x'.repeat(1_500_000) });
    expect(exitCode).toBe(1);
    expect(err).toContain('only the first 1 MB is read');
    expect(err).toContain('No code found');
  });

  it('prints no control characters of the input', async () => {
    const { out } = await runCli([
      'explain',
      JSON.stringify({ error: 'invalid_grant', error_description: 'AADSTS50173: \u001b[31mred' }),
    ]);
    expect(out).toContain('AADSTS50173');
    expect(out).not.toContain('\u001b');
  });
});

describe('challenge', () => {
  it('decodes the claims and says what they ask for', async () => {
    const header = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`;
    const { exitCode, out } = await runCli(['challenge', header]);
    expect(exitCode).toBe(0);
    expect(out).toContain(claims);
    expect(out).toContain('authentication context c1');
    expect(out).toContain('asks for: claims_challenge');
  });

  it.each([
    ['a bare claims value', encoded],
    ['claims as JSON', claims],
    ['the whole header line', `WWW-Authenticate: Bearer error="insufficient_claims", claims="${encoded}"`],
  ])('reads %s', async (_name, value) => {
    const { exitCode, out } = await runCli(['challenge', '-'], { stdin: `${value}\r\n` });
    expect(exitCode).toBe(0);
    expect(out).toContain('authentication context c1');
  });

  it('says when claims are cut', async () => {
    const { exitCode, out } = await runCli(['challenge', 'Bearer error="insufficient_claims", claims="eyJhY2Nlc3N"']);
    expect(exitCode).toBe(0);
    expect(out).toContain('the claims cannot be read');
  });

  it('gives data with --json', async () => {
    const { out } = await runCli(['challenge', `Bearer error="insufficient_claims", claims="${encoded}"`, '--json']);
    expect(JSON.parse(out)).toMatchObject({
      challenges: [{ scheme: 'bearer', parameters: { error: 'insufficient_claims' }, claims }],
      explanation: { action: 'claims_challenge' },
    });
  });

  it.each([['hello'], [''], ['50076']])('finds no challenge in %j', async (value) => {
    const { exitCode, err } = await runCli(['challenge', value]);
    expect(exitCode).toBe(1);
    expect(err).toContain('no challenge found');
  });
});

describe('list and search', () => {
  it('narrow by every filter', async () => {
    const { out } = await runCli([
      'list',
      '--action',
      'fix_config',
      '--who',
      'developer',
      '--situation',
      'secret-expired',
      '--delivery',
      'token',
      '--json',
    ]);
    const rows = JSON.parse(out) as {
      code: unknown;
      action: string;
      who: string;
      situation: string;
      delivery: string[];
    }[];
    expect(rows.map(({ code }) => code)).toContain(7000222);
    for (const row of rows) {
      expect(row).toMatchObject({ action: 'fix_config', who: 'developer', situation: 'secret-expired' });
      expect(row.delivery).toContain('token');
    }
  });

  it('list without filters prints every code', async () => {
    const { out } = await runCli(['list']);
    expect(out).toContain('AADSTS50076');
    expect(out).toContain('AADB2C90118');
  });

  it('list says when no code has all of the values', async () => {
    const { exitCode, err } = await runCli(['list', '--action', 'retry', '--situation', 'mfa-required']);
    expect(exitCode).toBe(1);
    expect(err).toContain('no code has all of these');
  });

  it('search finds rows with all the words, also outside the AADSTS list', async () => {
    const secret = JSON.parse((await runCli(['search', 'expired', 'SECRET', '--json'])).out) as { id: string }[];
    expect(secret.map(({ id }) => id)).toContain('AADSTS7000222');
    const network = JSON.parse((await runCli(['search', 'econnreset', '--json'])).out) as { id: string }[];
    expect(network[0]?.id).toBe('ECONNRESET');
  });

  it('search cuts at --limit and says how many are left', async () => {
    const { out, err } = await runCli(['search', 'token', '--limit', '3', '--json']);
    expect(JSON.parse(out)).toHaveLength(3);
    expect(err).toMatch(/\d+ more; --limit \d+ shows all/);
  });

  it('search says when nothing fits', async () => {
    const { exitCode, err } = await runCli(['search', 'zebra', 'crossing']);
    expect(exitCode).toBe(1);
    expect(err).toContain('zebra crossing');
  });
});

describe('local-entra', () => {
  it('prints its address and ends when the process is interrupted', async () => {
    const { exitCode, out, err } = await runCli(['local-entra', '--json']);
    expect(exitCode).toBe(0);
    const printed = JSON.parse(out) as { url: string; authority: string };
    expect(printed.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(printed.authority.startsWith(printed.url)).toBe(true);
    expect(err).toContain('Ctrl-C');
    await expect(fetch(printed.url)).rejects.toThrow();
  });
});

describe('help and options', () => {
  it.each([['--help'], ['-h'], ['help']])('%s teaches with examples and exit codes', async (option) => {
    const { exitCode, out } = await runCli([option]);
    expect(exitCode).toBe(0);
    for (const name of commandNames) expect(out).toContain(`\n  ${name}`);
    expect(out).toContain('aad-errors explain 50076');
    expect(out).toContain('Exit codes:');
  });

  it.each(commandNames.map((name) => [name]))('%s --help shows its own examples', async (name) => {
    const { exitCode, out } = await runCli([name, '--help']);
    expect(exitCode).toBe(0);
    expect(out).toContain(`Usage: aad-errors ${name}`);
    expect(out).toContain(`\n  aad-errors ${name}`);
    expect((await runCli(['help', name])).out).toBe(out);
  });

  it('--version prints the version', async () => {
    expect(await runCli(['--version'])).toEqual({ exitCode: 0, out: '1.2.3\n', err: '' });
  });

  it.each([
    [[], /Usage: aad-errors <command>/],
    [['nope'], /unknown command nope; see/],
    [['explian', '50076'], /did you mean "aad-errors explain"/],
    [['50076'], /did you mean "aad-errors explain 50076"/],
    [['explain'], /explain needs a code/],
    [['explain', '50076', '53003'], /takes one argument/],
    [['explain', '--colour', '50076'], /Unknown option '--colour'/],
    [['explain', '50076', '--lang', 'xx'], /--lang xx is not one of ar, /],
    [['list', '--action', 'panic'], /--action panic is not one of retry, /],
    [['list', '--who', '__proto__'], /--who __proto__ is not one of user, /],
    [['list', 'mfa'], /list takes options only/],
    [['search'], /search needs at least one word/],
    [['search', 'x', '--limit', '0'], /--limit 0 is not a whole number/],
    [['report'], /report needs a file/],
    [['local-entra', '--port', '70000'], /--port 70000 is not a whole number of 1 to 65535/],
  ])('%j is a usage error in one line', async (argv, message) => {
    const { exitCode, out, err } = await runCli(argv);
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
    if (argv.length > 0) expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['a terminal', { terminal: true }, true],
    ['a terminal with NO_COLOR', { terminal: true, env: { NO_COLOR: '1' } }, false],
    ['a terminal with an empty NO_COLOR', { terminal: true, env: { NO_COLOR: '' } }, true],
    ['a dumb terminal', { terminal: true, env: { TERM: 'dumb' } }, false],
    ['a pipe', { terminal: false }, false],
  ])('colours on %s: %s', async (_name, setup, coloured) => {
    expect((await runCli(['explain', '50076'], setup)).out.includes('\u001b[')).toBe(coloured);
  });
});
