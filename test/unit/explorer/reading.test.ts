/** What a person typed or pasted, as values; and what may be shown of it. */
import { describe, expect, test } from 'vitest';
import { badge, facts, jsonMarkup, toneOf } from '../../../src/explorer/layout.js';
import { readPasted } from '../../../src/explorer/pasted.js';
import { readRequest, type ExplorerRequest } from '../../../src/explorer/request.js';
import { redactedClaims, redactedValue, shownDocument, shownHeader } from '../../../src/explorer/shown.js';
import { html } from '../../../src/respond/index.js';

describe('a request of the explorer', () => {
  const nothing: ExplorerRequest = {
    ...{ query: undefined, action: undefined, page: 1, entry: undefined, example: undefined, text: undefined },
    ...{ token: undefined, wanted: [], again: undefined, locale: undefined, signIn: false },
  };

  test.each<[string, Record<string, string>, Partial<ExplorerRequest>]>([
    ['nothing', {}, {}],
    ['a search', { q: '  consent  ' }, { query: 'consent' }],
    ['an empty search', { q: '' }, { query: '' }],
    ['a long search', { q: 'x'.repeat(201) }, { query: 'x'.repeat(200) }],
    ['an action', { action: 'retry' }, { action: 'retry' }],
    ['no action', { action: '__proto__' }, {}],
    ['a page', { page: '2' }, { page: 2 }],
    ['the first page', { page: '1' }, { page: 1 }],
    ['the last page', { page: '1000' }, { page: 1_000 }],
    ['a page behind it', { page: '1001' }, {}],
    ['page 0', { page: '0' }, {}],
    ['half a page', { page: '1.5' }, {}],
    ['a page that is none', { page: 'x' }, {}],
    ['an entry', { code: ' aadsts:50076 ' }, { entry: 'aadsts:50076' }],
    ['an entry of 128 characters', { code: 'x'.repeat(128) }, { entry: 'x'.repeat(128) }],
    ['a longer one', { code: 'x'.repeat(129) }, {}],
    ['an entry of blanks', { code: '  ' }, {}],
    ['an example', { example: 'consent' }, { example: 'consent' }],
    ['a text, as it is', { text: ' x\n' }, { text: ' x\n' }],
    ['a text of blanks', { text: ' \n' }, {}],
    ['a token', { token: 'a.b.c' }, { token: 'a.b.c' }],
    ['a sealed text', { again: 'sealed' }, { again: 'sealed' }],
    ['a language', { lang: 'nl' }, { locale: 'nl' }],
    ['a sign-in', { signin: '1' }, { signIn: true }],
    ['no sign-in', { signin: 'true' }, {}],
    ['permissions', { wanted: 'Mail.Read, User.Read\n https://graph.microsoft.com/.default' }, { wanted: ['Mail.Read', 'User.Read', 'https://graph.microsoft.com/.default'] }],
    ['no markup as permission', { wanted: '<b> a"b é x<' }, {}],
    ['a permission of 200 characters', { wanted: `${'x'.repeat(200)} ${'y'.repeat(201)}` }, { wanted: ['x'.repeat(200)] }],
    ['16 permissions', { wanted: Array.from({ length: 17 }, (_, index) => `p${index}`).join(' ') }, { wanted: Array.from({ length: 16 }, (_, index) => `p${index}`) }],
    ['2,048 characters of them', { wanted: `${', '.repeat(1_022)}abcdef` }, { wanted: ['abcd'] }],
  ])('%s', (_name, parameters, wanted) => {
    expect(readRequest(new Map(Object.entries(parameters)))).toStrictEqual({ ...nothing, ...wanted });
  }); // prettier-ignore
});

describe('a pasted text', () => {
  test.each<[string, string, unknown]>([
    ['an answer', 'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer a="b"\n\n{"error":"x"}', { status: 401, headers: { 'www-authenticate': 'Bearer a="b"' }, body: { error: 'x' } }],
    ['an answer of HTTP/2, with CR', 'HTTP/2 503\r\nRetry-After: 7\r\n\r\nbusy\r\n', { status: 503, headers: { 'retry-after': '7' }, body: 'busy' }],
    ['an answer of curl -v', '< HTTP/1.1 401 Unauthorized\n< A: b\n<\nbody', { status: 401, headers: { a: 'b' }, body: 'body' }],
    ['an answer without a blank behind the mark', '<HTTP/1.1 401 x\n<A: b\n', { status: 401, headers: { a: 'b' }, body: '' }],
    ['an answer without headers', 'HTTP/1.1 500', { status: 500, headers: {}, body: '' }],
    ['an answer whose body follows at once', 'HTTP/1.1 500 x\n{"a":1}', { status: 500, headers: {}, body: { a: 1 } }],
    ['an answer with a field twice', 'HTTP/1.1 401 x\nA: b\na: c\n\n', { status: 401, headers: { a: 'b, c' }, body: '' }],
    ['an answer with a line that is no field', 'HTTP/1.1 401 x\nA: b\nno field\nC: d', { status: 401, headers: { a: 'b' }, body: 'no field\nC: d' }],
    ['an answer with a field without a name', 'HTTP/1.1 401 x\n: b', { status: 401, headers: {}, body: ': b' }],
    ['an answer with broken JSON', 'HTTP/1.1 401 x\n\n{"a":', { status: 401, headers: {}, body: '{"a":' }],
    ['JSON', ' {"a":1} ', { a: 1 }],
    ['a JSON list', '[1]', [1]],
    ['broken JSON', '{"a":', '{"a":'],
    ['a JSON text is no value', '"x"', '"x"'],
    ['a failed redirect', 'https://a.example/cb?error=access_denied&state=1', { query: { error: 'access_denied', state: '1' } }],
    ['its fragment', 'https://a.example/cb#error=access_denied', { query: { error: 'access_denied' } }],
    ['its query', '?error=access_denied', { query: { error: 'access_denied' } }],
    ['its parameters alone', 'error=access_denied&a=b', { query: { error: 'access_denied', a: 'b' } }],
    ['a parameter of another name', '?my_error=x', '?my_error=x'],
    ['an error without a word', '?error=', '?error='],
    ['a sentence', 'the error=x was', 'the error=x was'],
    ['a redirect of 8,192 characters', `?error=x&a=${'b'.repeat(8_181)}`, { query: { error: 'x', a: 'b'.repeat(8_181) } }],
    ['a longer one', `?error=x&a=${'b'.repeat(8_182)}`, `?error=x&a=${'b'.repeat(8_182)}`],
    ['a status that is none', 'HTTP/1.1 4011 x', 'HTTP/1.1 4011 x'],
    ['a status in the middle', 'log HTTP/1.1 401 x', 'log HTTP/1.1 401 x'],
    ['log text', '  AADSTS50076: x\n', 'AADSTS50076: x'],
  ])('%s', (_name, text, wanted) => {
    expect(readPasted(text)).toStrictEqual(wanted);
  }); // prettier-ignore

  test('is read to 64 KiB, its headers to 64 lines', () => {
    expect(readPasted('x'.repeat(70_000))).toHaveLength(65_536);
    const lines = Array.from({ length: 70 }, (_, index) => `h${index}: v`);
    const { headers, body } = readPasted(`HTTP/1.1 401 x\n${lines.join('\n')}`) as { headers: object; body: string };
    expect(Object.keys(headers)).toHaveLength(64);
    expect(body.split('\n')).toEqual(lines.slice(64));
  });
});

describe('what is shown', () => {
  const mail = 'jane@contoso.test';
  const hidden = '[claims with personal data]';
  const claimsOf = (value: unknown): string => `claims="${Buffer.from(JSON.stringify(value)).toString('base64')}"`;

  test('is redacted in every text and name', () => {
    const value = { [mail]: [mail, { a: mail }], number: 7, none: null, yes: true };
    const shown = redactedValue(value);
    expect(JSON.stringify(shown)).not.toContain('jane');
    expect(shown).toMatchObject({ number: 7, none: null, yes: true });
    expect(redactedValue('AADSTS50076: x')).toBe('AADSTS50076: x');
  });

  test('is bounded in depth and number', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 'end' : [nested(levels - 1)]);
    expect(JSON.stringify(redactedValue(nested(12)))).toBe(`${'['.repeat(12)}"end"${']'.repeat(12)}`);
    expect(JSON.stringify(redactedValue(nested(13)))).toBe(`${'['.repeat(12)}"…"${']'.repeat(12)}`);
    expect(JSON.stringify(redactedValue({ a: { a: nested(11) } }))).toContain('…');
    expect(redactedValue(Array(257).fill(1))).toHaveLength(256);
    expect(Object.keys(redactedValue(Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${index}`, 1]))) as object)).toHaveLength(256);
  });

  test('claims are read as JSON before they are redacted', () => {
    expect(redactedClaims('{"access_token":{"acrs":{"value":"c1"}}}')).toEqual({ access_token: { acrs: { value: 'c1' } } });
    expect(JSON.stringify(redactedClaims(JSON.stringify({ a: mail })))).not.toContain('jane');
    expect(redactedClaims(`no JSON ${mail}`)).not.toContain('jane');
  });

  test('a header is shown as it is sent, but for personal data in claims', () => {
    const plain = `Bearer error="insufficient_claims", ${claimsOf({ access_token: { acrs: { value: 'c1' } } })}, a="b"`;
    expect(shownHeader(plain)).toBe(plain);
    expect(shownHeader(`Bearer ${claimsOf({ a: mail })}, a="b"`)).toBe(`Bearer claims="${hidden}", a="b"`);
    expect(shownHeader(`Bearer claims="${Buffer.from('no JSON').toString('base64')}"`)).toBe(`Bearer claims="${hidden}"`);
    expect(shownHeader(`Bearer a="${mail}", ${claimsOf({ a: 1 })}, b="${mail}"`)).not.toContain('jane');
    expect(shownHeader(`Bearer a="${mail}"`)).not.toContain('jane');
  });

  test('a problem document is shown with its claims whole or not at all', () => {
    const shown = (document: object): unknown => shownDocument(JSON.stringify(document));
    const type = 'https://login.microsoftonline.com/error?code=50076';
    expect(shown({ type, title: mail, claims: '{"a":1}' })).toEqual({ type, title: expect.not.stringContaining('jane'), claims: '{"a":1}' });
    expect(shown({ type, claims: JSON.stringify({ a: mail }) })).toEqual({ type, claims: hidden });
    expect(shown({ type, claims: 'no JSON' })).toEqual({ type, claims: hidden });
    expect(Object.keys(shown({ type, status: 401 }) as object)).toEqual(['type', 'status']);
  });
}); // prettier-ignore

describe('parts of a page', () => {
  test('facts leave out what is not known', () => {
    const rows = [['One', '<1>'], ['Two', undefined], ['Three', ''], ['Four', html`<b>4</b>`]] as const; // prettier-ignore
    expect(facts(rows).markup).toBe('<dl>\n<dt>One</dt><dd>&lt;1&gt;</dd>\n<dt>Four</dt><dd><b>4</b></dd>\n</dl>\n');
  });

  test.each([
    ['retry', 'wait'],
    ['interactive', 'user'],
    ['claims_challenge', 'user'],
    ['consent', 'user'],
    ['admin_consent', 'admin'],
    ['contact_admin', 'admin'],
    ['fix_config', 'code'],
    ['user_cancelled', 'none'],
    ['unknown', 'code'],
  ] as const)('%s has the colour of who can act: %s', (action, tone) => {
    expect(toneOf(action)).toBe(tone);
    expect(badge(action).markup).toBe(`<span class="badge ${tone}">${action}</span>`);
  });

  test('JSON is coloured line by line', () => {
    const value = { text: 'a"<b>', name: 7, yes: true, list: ['x', null], empty: {} };
    expect(jsonMarkup(value).markup).toBe(
      [
        '<pre tabindex="0">{',
        '  <b>&quot;text&quot;</b>: <i>&quot;a\\&quot;&lt;b&gt;&quot;,</i>',
        '  <b>&quot;name&quot;</b>: <u>7,</u>',
        '  <b>&quot;yes&quot;</b>: <u>true,</u>',
        '  <b>&quot;list&quot;</b>: [',
        '    <i>&quot;x&quot;,</i>',
        '    <u>null</u>',
        '  ],',
        '  <b>&quot;empty&quot;</b>: {}',
        '}</pre>\n',
      ].join('\n'),
    );
  });
});
