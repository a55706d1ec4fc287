import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/normalize/index.js';
import { readChallenges } from '../../../src/normalize/challenge.js';
import {
  claimsFitHeader,
  formatChallenge,
  maxHeaderClaims,
  type ChallengeInput,
} from '../../../src/respond/challenge.js';
import { grammarProblem } from './challenge-grammar.js';

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

describe('grammarProblem, the checker of these tests', () => {
  it.each([
    'Bearer',
    'Bearer realm=""',
    'Bearer realm="a", error="b"',
    String.raw`Bearer realm="a \"quoted\" word"`,
    'PoP nonce=abc',
  ])('accepts %s', (header) => {
    expect(grammarProblem(header)).toBeUndefined();
  });

  it.each([
    '',
    ' Bearer',
    'Bea rer',
    'Bearer ',
    'Bearer realm=',
    'Bearer realm="a',
    'Bearer realm="a" error="b"',
    'Bearer realm="a",',
    'Bearer realm="a", realm="b"',
    'Bearer realm="a\r\nx: y"',
    'Bearer realm="\u00e9"',
    'Bearer error="a\\"b"',
    'Bearer scope=" a"',
    'Bearer scope="a  b"',
    'Bearer max_age="-1"',
    'Bearer claims="{}"',
  ])('refuses %j', (header) => {
    expect(grammarProblem(header)).toBeDefined();
  });
});

describe('formatChallenge', () => {
  it.each<[name: string, input: ChallengeInput, expected: string]>([
    ['nothing', {}, 'Bearer'],
    ['a bare challenge', { realm: 'api' }, 'Bearer realm="api"'],
    ['an empty realm, as Entra documents it', { realm: '' }, 'Bearer realm=""'],
    [
      'a claims challenge in the documented form',
      {
        realm: '',
        authorizationUri: 'https://login.microsoftonline.com/common/oauth2/authorize',
        clientId: 'app-1',
        error: 'insufficient_claims',
        claims,
      },
      `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="app-1", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`,
    ],
    [
      'insufficient scope',
      { error: 'insufficient_scope', scope: ['User.Read', 'api://x/a'] },
      'Bearer error="insufficient_scope", scope="User.Read api://x/a"',
    ],
    ['scope as text', { scope: ' a   b ' }, 'Bearer scope="a b"'],
    [
      'scopes with forbidden characters are left out',
      { scope: ['a', 'b c', 'd"', 'e\\', '\u00e9', 'f\r\n', '', 'g'] },
      'Bearer scope="a g"',
    ],
    ['no usable scope', { scope: ['"', ''] }, 'Bearer'],
    [
      'RFC 9470',
      { error: 'insufficient_user_authentication', acrValues: ['urn:a', 'urn:b'], maxAge: 5 },
      'Bearer error="insufficient_user_authentication", acr_values="urn:a urn:b", max_age="5"',
    ],
    ['max_age 0', { maxAge: 0 }, 'Bearer max_age="0"'],
    ['another scheme', { scheme: 'PoP', realm: 'x' }, 'PoP realm="x"'],
    ['a scheme that is no token', { scheme: 'Bearer realm="x",', realm: 'y' }, 'Bearer realm="y"'],
    ['an empty scheme', { scheme: '' }, 'Bearer'],
    [
      'quotes and backslashes become blanks',
      { errorDescription: 'say "no" to \\ now' },
      'Bearer error_description="say  no  to   now"',
    ],
    ['line breaks become blanks', { error: 'x\r\nSet-Cookie: a=b' }, 'Bearer error="x  Set-Cookie: a=b"'],
    ['a description of nothing but forbidden characters', { errorDescription: '\u00e9\r\n"' }, 'Bearer'],
    ['an address with a blank', { authorizationUri: 'https://x/ y' }, 'Bearer'],
    ['an address in the open', { authorizationUri: 'http://x/y' }, 'Bearer authorization_uri="http://x/y"'],
    ['an address behind a word', { authorizationUri: 'xhttps://x/y' }, 'Bearer'],
    ['an address of another kind', { authorizationUri: 'javascript:alert(1)' }, 'Bearer'],
    [
      'an address that is too long is left out, not cut',
      { authorizationUri: `https://x/${'y'.repeat(503)}` },
      'Bearer',
    ],
    [
      'an address just short enough',
      { authorizationUri: `https://x/${'y'.repeat(502)}` },
      `Bearer authorization_uri="https://x/${'y'.repeat(502)}"`,
    ],
    [
      'a long description is cut',
      { errorDescription: 'x'.repeat(600) },
      `Bearer error_description="${'x'.repeat(512)}"`,
    ],
    ['empty claims', { claims: '' }, 'Bearer'],
    ['claims that UTF-8 would change', { claims: '{"a":"\ud800"}' }, 'Bearer'],
  ])('writes %s', (_name, input, expected) => {
    expect(formatChallenge(input)).toBe(expected);
    expect(grammarProblem(formatChallenge(input))).toBeUndefined();
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('leaves max_age %d out', (maxAge) => {
    expect(formatChallenge({ maxAge })).toBe('Bearer');
  });

  it('writes claims whole or not at all', () => {
    const fitting = `{"a":"${'x'.repeat(4_492)}"}`;
    expect(Buffer.from(fitting).toString('base64')).toHaveLength(maxHeaderClaims);
    expect(claimsFitHeader(fitting)).toBe(true);
    expect(readChallenges(parseChallenges(formatChallenge({ claims: fitting })))?.claims).toBe(fitting);
    const tooLong = fitting.replace('x', 'xx');
    expect(claimsFitHeader(tooLong)).toBe(false);
    expect(formatChallenge({ error: 'insufficient_claims', claims: tooLong })).toBe(
      'Bearer error="insufficient_claims"',
    );
    // Two bytes a character: the bytes count.
    expect(claimsFitHeader(`{"a":"${'\u00e9'.repeat(2_250)}"}`)).toBe(false);
  });

  it('stays below 8 KiB whatever it is given, and keeps error and claims', () => {
    const long = 'x'.repeat(10_000);
    const header = formatChallenge({
      realm: long,
      authorizationUri: `https://x/${'y'.repeat(502)}`,
      clientId: long,
      error: long,
      errorDescription: long,
      scope: Array.from({ length: 100 }, (_, index) => `scope-${String(index)}-${'z'.repeat(100)}`),
      acrValues: Array.from({ length: 100 }, (_, index) => `acr-${String(index)}-${'z'.repeat(100)}`),
      maxAge: Number.MAX_SAFE_INTEGER,
      claims: `{"a":"${'x'.repeat(4_492)}"}`,
    });
    expect(header.length).toBeLessThanOrEqual(7_680);
    expect(grammarProblem(header)).toBeUndefined();
    const names = [...(parseChallenges(header)[0]?.parameters.keys() ?? [])];
    expect(names).toStrictEqual(['authorization_uri', 'error', 'claims', 'max_age']);
  });

  const scopes = (...lengths: readonly number[]): string[] => lengths.map((length) => 's'.repeat(length));
  const kept = { authorizationUri: `https://x/${'y'.repeat(502)}`, claims: `{"a":"${'x'.repeat(4_492)}"}` };

  it.each<[name: string, input: ChallengeInput, names: readonly string[]]>([
    [
      'the description',
      {
        errorDescription: 'd'.repeat(500),
        acrValues: scopes(200),
        clientId: 'c'.repeat(200),
        realm: 'r'.repeat(200),
        scope: scopes(200),
      },
      ['realm', 'authorization_uri', 'client_id', 'scope', 'claims', 'acr_values'],
    ],
    [
      'the authentication contexts too',
      {
        errorDescription: 'd'.repeat(100),
        acrValues: scopes(256, 256),
        clientId: 'c'.repeat(300),
        realm: 'r'.repeat(300),
        scope: scopes(200),
      },
      ['realm', 'authorization_uri', 'client_id', 'scope', 'claims'],
    ],
    [
      'the client id too',
      {
        errorDescription: 'd',
        acrValues: 'a',
        clientId: 'c'.repeat(500),
        realm: 'r'.repeat(500),
        scope: scopes(250, 250),
      },
      ['realm', 'authorization_uri', 'scope', 'claims'],
    ],
    [
      'the realm too',
      {
        errorDescription: 'd',
        acrValues: 'a',
        clientId: 'c',
        realm: 'r'.repeat(512),
        scope: scopes(250, 250, 250, 250),
      },
      ['authorization_uri', 'scope', 'claims'],
    ],
    [
      'the scopes too',
      {
        errorDescription: 'd',
        acrValues: 'a',
        clientId: 'c',
        realm: 'r',
        scope: scopes(250, 250, 250, 250),
        error: 'e'.repeat(512),
      },
      ['authorization_uri', 'error', 'claims'],
    ],
  ])('leaves out %s when everything together is too long', (_name, input, names) => {
    const header = formatChallenge({ ...kept, ...input });
    expect([...parseChallenges(header)[0]!.parameters.keys()]).toStrictEqual(names);
    expect(grammarProblem(header)).toBeUndefined();
  });

  it('keeps everything up to 7,680 characters', () => {
    const input = { ...kept, errorDescription: 'd'.repeat(512), realm: 'r'.repeat(500) };
    const longest = formatChallenge({ ...input, clientId: 'c'.repeat(72) });
    expect(longest).toHaveLength(7_680);
    expect(longest).toContain('error_description=');
    expect(formatChallenge({ ...input, clientId: 'c'.repeat(73) })).not.toContain('error_description=');
  });

  it.each<[name: string, scope: string | readonly string[], expected: string]>([
    ['words of a text', 'User.Read Mail.Read', 'User.Read Mail.Read'],
    ['as many as fit into 1,024 characters', scopes(256, 256, 256, 254), scopes(256, 256, 256, 254).join(' ')],
    ['none that goes beyond', scopes(256, 256, 256, 255), scopes(256, 256, 256).join(' ')],
    ['none after it', [...scopes(256, 256, 256, 255), 'a'], scopes(256, 256, 256).join(' ')],
    ['none longer than 256', [...scopes(257), 'a'], 'a'],
  ])('writes of the scopes %s', (_name, scope, expected) => {
    expect(formatChallenge({ scope })).toBe(`Bearer scope="${expected}"`);
  });

  const fields = [
    'scheme',
    'realm',
    'authorizationUri',
    'clientId',
    'error',
    'errorDescription',
    'scope',
    'claims',
    'acrValues',
  ] as const;
  it.each(fields)('is valid for each of 65,536 code units in %s', (field) => {
    const refused: string[] = [];
    let tried = 0;
    for (let unit = 0; unit < 65_536; unit += 1) {
      const value =
        field === 'authorizationUri' ? `https://x/${String.fromCharCode(unit)}` : `a${String.fromCharCode(unit)}b`;
      const header = formatChallenge({ [field]: value });
      const problem = grammarProblem(header);
      tried += 1;
      if (problem !== undefined) refused.push(`U+${unit.toString(16)}: ${problem}`);
    }
    expect(tried).toBe(65_536);
    expect(refused).toStrictEqual([]);
  });

  it.each(fields)('is valid for each of 65,536 code units alone in %s', (field) => {
    const refused: string[] = [];
    for (let unit = 0; unit < 65_536; unit += 1) {
      const problem = grammarProblem(formatChallenge({ [field]: String.fromCharCode(unit) }));
      if (problem !== undefined) refused.push(`U+${unit.toString(16)}: ${problem}`);
    }
    expect(refused).toStrictEqual([]);
  });

  it('is read back as it was written, even where a value looks like the start of JSON', () => {
    const header = formatChallenge({ realm: '{', error: ': 1}', errorDescription: 'claims={}, Bearer x=y' });
    expect(Object.fromEntries(parseChallenges(header)[0]?.parameters ?? [])).toStrictEqual({
      realm: '{',
      error: ': 1}',
      error_description: 'claims={}, Bearer x=y',
    });
  });

  it('takes 1 MB in every field within milliseconds', () => {
    const long = '"\\ '.repeat(350_000);
    const start = performance.now();
    formatChallenge({
      scheme: long,
      realm: long,
      authorizationUri: long,
      clientId: long,
      error: long,
      errorDescription: long,
      claims: long,
    });
    expect(performance.now() - start).toBeLessThan(100);
  });
});
