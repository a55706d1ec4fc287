/** Parts of the explorer's pages, and the samples that stand for entries of the catalogue. */
import { describe, expect, test } from 'vitest';
import type { CatalogEntry } from '../../../src/catalog/index.js';
import { diagnosisPart } from '../../../src/explorer/diagnosis.js';
import { decisionPart } from '../../../src/explorer/decision.js';
import { sampleOf } from '../../../src/explorer/samples.js';
import type { Diagnosis, TokenFacts } from '../../../src/doctor/index.js';
import { rules } from '../../../src/decide/index.js';
import type { Decision } from '../../../src/types.js';
import { attribute, nowMs, see, setupOf } from './support.js';

const ids = { trace_id: expect.stringMatching(/^[\w-]{36}$/), correlation_id: expect.stringMatching(/^[\w-]{36}$/), timestamp: '2026-01-15 12:00:00Z' }; // prettier-ignore
const entry = (kind: CatalogEntry['kind'], id: string, more: Partial<CatalogEntry> = {}): CatalogEntry => ({
  ...{ key: `${kind}:${id}`, kind, id, action: 'interactive', who: 'user', situation: 'x', summary: 'What it means.' },
  ...{ remedy: 'y', ...more },
});

describe('a sample of an entry', () => {
  const answer = (body: object): object => ({
    status: 400,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { ...body, ...ids },
  });
  const described = (id: string): unknown =>
    expect.stringMatching(new RegExp(`^${id}: What it means\\.\\r\\nTrace ID: [\\w-]{36}\\r\\nCorrelation ID: [\\w-]{36}\\r\\nTimestamp: 2026-01-15 12:00:00Z$`)); // prettier-ignore
  const refused = (status: number, error: object): object => ({ status, headers: {}, body: { error } });
  const innerError = { date: '2026-01-15T12:00:00', 'request-id': expect.stringMatching(/^[\w-]{36}$/) };

  test.each<[string, CatalogEntry, unknown]>([
    ['a code', entry('aadsts', 'AADSTS9999999'), answer({ error: 'invalid_grant', error_description: described('AADSTS9999999') })],
    ['a code with an OAuth error of its own', entry('aadsts', 'AADSTS7000215'), answer({ error: 'invalid_client', error_description: described('AADSTS7000215') })],
    ['a code of B2C', entry('aadb2c', 'AADB2C99999'), answer({ error: 'access_denied', error_description: described('AADB2C99999') })],
    ['a code of a refusal', entry('aadsts', 'AADSTS9999999', { action: 'user_cancelled' }), answer({ error: 'access_denied', error_description: described('AADSTS9999999') })],
    ['a code that asks for claims', entry('aadsts', 'AADSTS9999999', { action: 'claims_challenge' }), answer({ error: 'invalid_grant', error_description: described('AADSTS9999999'), suberror: 'basic_action', claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' })],
    ['an OAuth error', entry('oauthErrors', 'invalid_scope'), answer({ error: 'invalid_scope', error_description: 'What it means.' })],
    ['a challenge', entry('oauthErrors', 'insufficient_claims'), { status: 401, headers: { 'www-authenticate': expect.stringMatching(/^Bearer realm="", error="insufficient_claims", claims="[A-Za-z0-9+/]{40,}=*"$/) } }],
    ['a suberror', entry('suberrors', 'bad_token'), answer({ error: 'invalid_grant', suberror: 'bad_token', error_description: 'What it means.' })],
    ['a code of MSAL', entry('msalErrors', 'no_tokens_found'), { name: 'ClientAuthError', errorCode: 'no_tokens_found', errorMessage: 'What it means.', message: 'no_tokens_found: What it means.', subError: '' }],
    ['an error of @azure/identity', entry('azureIdentityErrors', 'CredentialUnavailableError'), { name: 'CredentialUnavailableError', message: 'What it means.' }],
    ['a code of the network', entry('networkCodes', 'ECONNRESET'), { name: 'Error', code: 'ECONNRESET', message: 'What it means.', hostname: 'login.microsoftonline.com', port: 443 }],
    ['a code of Graph', entry('resourceErrors', 'X', { name: 'graph' }), refused(401, { code: 'X', message: 'What it means.', innerError })],
    ['throttling of an API', entry('resourceErrors', 'X', { name: 'arm', action: 'retry' }), refused(429, { code: 'X', message: 'What it means.' })],
    ['a wrong configuration', entry('resourceErrors', 'X', { name: 'arm', action: 'fix_config' }), refused(401, { code: 'X', message: 'What it means.' })],
    ['a missing right', entry('resourceErrors', 'X', { name: 'arm', action: 'contact_admin' }), refused(403, { code: 'X', message: 'What it means.' })],
    ['a code of Key Vault', entry('resourceErrors', 'AKV10022', { name: 'keyvault' }), refused(401, { code: 'Unauthorized', message: 'AKV10022: What it means.' })],
  ])('%s', (_name, given, wanted) => {
    expect(sampleOf(given, nowMs)).toStrictEqual(wanted);
  }); // prettier-ignore
});

describe('the diagnosis', () => {
  const finding = { id: 'x', title: 'A <title>', evidence: ['one', 'two'], cause: 'The cause.', change: 'The change.', where: 'there', confidence: 'certain', learnMore: 'https://learn.microsoft.com/x' } as const; // prettier-ignore
  const base: Diagnosis = { service: 'graph', findings: [finding], conclusive: true, toKnowMore: [] };
  const token: TokenFacts = { format: 'jwt', scopes: ['A.Read', 'B.Read'], roles: ['R', 'S'], expired: false, accountKind: 'unknown' };

  test('has every finding with what was seen, why, and what to change where', () => {
    const { markup } = diagnosisPart(base);
    for (const part of ['<h3>A &lt;title&gt; <span class="badge user">certain</span></h3>', '<dt>Seen</dt><dd>one; two</dd>', '<dt>Cause</dt><dd>The cause.</dd>', '<dt>Change</dt><dd>The change.</dd>', '<dt>Where</dt><dd>there</dd>', '<dt>More</dt><dd><a href="https://learn.microsoft.com/x" rel="noreferrer">learn.microsoft.com/x</a></dd>'])
      expect(markup).toContain(part);
    expect(markup).not.toMatch(/To be surer|What the token says/);
  });

  test.each([
    ['certain', 'user'],
    ['likely', 'admin'],
    ['possible', 'none'],
  ] as const)('a %s finding has the colour %s', (confidence, tone) => {
    expect(diagnosisPart({ ...base, findings: [{ ...finding, confidence }] }).markup).toContain(`<span class="badge ${tone}">${confidence}</span>`);
  });

  test('says what would make it surer', () => {
    expect(diagnosisPart({ ...base, toKnowMore: ['this', 'that'] }).markup).toContain('<p class="note">To be surer, give this; that.</p>');
  });

  test.each<[string, Partial<TokenFacts>, readonly string[]]>([
    ['little', {}, ['Format: jwt', 'scp: A.Read B.Read', 'roles: R S']],
    ['an audience', { audience: 'api://a' }, ['Format: jwt', 'aud: api://a', 'scp: A.Read B.Read', 'roles: R S']],
    ['a known audience', { audience: 'x', audienceName: 'Graph' }, ['Format: jwt', 'aud: x (Graph)', 'scp: A.Read B.Read', 'roles: R S']],
    ['its kind', { permissionType: 'delegated', roles: [] }, ['Format: jwt', 'Kind: delegated', 'scp: A.Read B.Read']],
    ['its end', { expiresAt: 'then', scopes: [] }, ['Format: jwt', 'roles: R S', 'exp: then']],
    ['its end, which has come', { expiresAt: 'then', expired: true, scopes: [] }, ['Format: jwt', 'roles: R S', 'exp: then, expired']],
    ['a personal account', { accountKind: 'personal', scopes: [], roles: [] }, ['Format: jwt', 'tid: a personal Microsoft account']],
    ['a work account', { accountKind: 'work-or-school', scopes: [], roles: [] }, ['Format: jwt', 'tid: a work or school account']],
  ])('says of a token %s', (_name, more, wanted) => {
    const { markup } = diagnosisPart({ ...base, token: { ...token, ...more } });
    const part = markup.slice(markup.indexOf('What the token says'));
    expect([...part.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => `${name!}: ${value!}`)).toEqual(wanted);
    expect(part).toContain('The token itself was dropped after reading.');
  });
}); // prettier-ignore

describe('the way through the rules', () => {
  const order = rules.map(({ id }) => id);
  const steps = (more: Partial<Decision>): string[] => {
    const { markup } = decisionPart({ action: 'retry', rule: 'transient', trace: [], ...more } as Decision);
    expect(markup).toContain('<code>transient</code> gives <code>retry</code>');
    return [...markup.matchAll(/<li class="(.*?)"><span><code>(.*?)<\/code> (.*?)<\/span><span(?: class="because")?>(.*?)<\/span><\/li>/g)].map(([, state, id, question, outcome]) => [state, id, question === '' ? '' : question!.endsWith('?') ? '?' : question, outcome].join('|')); // prettier-ignore
  };
  const at = order.indexOf('transient');

  test('shows what did not fit, what decided, and what was not asked', () => {
    expect(steps({ trace: [{ rule: 'transient', because: 'HTTP <503>' }] })).toEqual([
      ...order.slice(0, at).map((id) => `no|${id}|?|no`),
      'hit|transient|?|Yes: HTTP &lt;503&gt;',
      ...order.slice(at + 1).map((id) => `later|${id}|?|not asked`),
    ]);
  });

  test('shows what changed the result afterwards', () => {
    const trace = [
      { rule: 'override', because: 'the application says so' },
      { rule: 'transient', because: 'x' },
      { rule: 'later', because: 'y' },
    ];
    expect(steps({ trace }).slice(-2)).toEqual(['hit after|override|Afterwards|the application says so', 'hit after|later|Afterwards|y']);
  });

  test('shows that none fitted', () => {
    const shown = steps({ trace: [{ rule: 'nobody', because: 'x' }] });
    expect(shown).toEqual([...order.map((id) => `no|${id}|?|no`), 'hit after|nobody|Afterwards|x']);
    expect(steps({ trace: [] })).toEqual(order.map((id) => `no|${id}|?|no`));
  });
}); // prettier-ignore

describe('a result', () => {
  const factsOf = (source: string): Record<string, string> => Object.fromEntries([...source.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => [name!, value!])); // prettier-ignore
  const claims = '{"access_token":{"acrs":{"value":"c1"},"nbf":{"value":"1700000000"}}}';
  const header = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;

  test('says where it comes from', () => {
    expect(see({ code: '50105' }).text).toContain('From the catalogue');
    expect(see({ example: 'consent' }).text).toContain('Example');
    expect(see({ text: 'AADSTS50105: x' }).text).toContain('What you pasted');
    expect(see({ code: '50105' }).text).toContain('those of a sample error made from this entry');
    expect(see({ text: 'AADSTS50105: x' }).text).not.toContain('those of a sample error');
  });

  test('sums up an entry', () => {
    const { source, text, title } = see({ code: '50105' });
    expect(title).toMatch(/^AADSTS50105 \w+ - Error explorer$/);
    expect(factsOf(source)).toMatchObject({
      'What to do': expect.stringMatching(/^[A-Z].{20,}/),
      'People read': expect.stringMatching(/^[A-Z]/),
      Retry: 'alone does not help',
      'Known from': 'documented',
      Microsoft: '<a href="https://login.microsoftonline.com/error?code=50105" rel="noreferrer">login.microsoftonline.com/error?code=50105</a>',
    });
    expect(text).toContain('contact_admin An administrator must act.');
    expect(text).toMatch(/read as token-response rule [\w-]+ contact_admin page 403, fetch 403, API 403/);
  });

  test.each([
    ['50076', 'The user can solve it.'],
    ['7000215', 'The developer or operator must act.'],
    ['90033', 'Nobody needs to act: the service recovers.'],
  ])('%s says who must act: %s', (code, sentence) => {
    expect(see({ code }).text).toContain(sentence);
  });

  test('says that a retry helps, and what claims ask', () => {
    expect(factsOf(see({ code: '90033' }).source)['Retry']).toBe('yes, without anybody acting');
    expect(factsOf(see({ text: header }).source)['Claims ask']).toMatch(/authentication context c1 .*; .* must be issued after 2023-11-14/);
  });

  test('that is none has no more than a sentence', () => {
    const { source, text } = see({ text: 'x' });
    expect(text).toContain('It is no identity error, so the middleware does not answer.');
    expect(Object.keys(factsOf(source))).not.toEqual(expect.arrayContaining(['People read', 'Retry', 'Known from']));
    expect(source).toContain('class="card verdict none"');
    expect(source).not.toContain('<span class="badge');
  });

  test('that is an identity error, but not surely of this platform, is passed on as well', () => {
    const { text } = see({ text: 'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer realm="x"\n\n' });
    expect(text).toContain('Nothing in it shows that it comes from the identity platform');
    expect(text).toContain('passed on to next(err)');
  });

  test('shows the pasted text and what was read from it', () => {
    const { text } = see({ text: 'AADSTS50105: nobody' });
    expect(text).toContain('AADSTS50105: nobody');
    expect(text).toContain('"aadstsCodes": [ 50105 ]');
    expect(text).not.toContain('"cause"');
  });
}); // prettier-ignore

describe('the three answers', () => {
  const setup = setupOf({}, { locales: ['en', 'nl'] });
  const formOf = (parameters: Record<string, string>) => {
    const { elements } = see(parameters, setup);
    const hidden = elements.find((element) => attribute(element, 'type') === 'hidden')!;
    const form = elements.find(({ attrs, childNodes }) => attrs.length > 0 && childNodes.includes(hidden as never))!;
    return [attribute(form, 'method'), attribute(hidden, 'name'), attribute(hidden, 'value')];
  };

  test('are asked for again by the same subject', () => {
    expect(formOf({ code: '50105' })).toEqual(['get', 'code', 'aadsts:50105']);
    expect(formOf({ example: 'consent' })).toEqual(['get', 'example', 'consent']);
    expect(formOf({ text: 'AADSTS50105: x' })).toEqual(['post', 'again', expect.stringMatching(/^[\w-]{20,}$/)]);
  });

  test('come in the languages of the application, named in themselves', () => {
    const { source } = see({ code: '50105', lang: 'nl' }, setup);
    expect(source).toContain('<option value="en" lang="en">English (en)</option>');
    expect(source).toContain('<option value="nl" lang="nl" selected>Nederlands (nl)</option>');
    expect(source).toContain('title="The page in Nederlands"');
    const odd = see({ code: '50105' }, setupOf({}, { locales: ['not a tag'] }));
    expect(odd.source).toContain('<option value="not a tag" lang="not a tag">not a tag (not a tag)</option>');
  });

  test('come with or without a sign-in', () => {
    const box = (parameters: Record<string, string>): string => /<input type="checkbox"[^>]*>/.exec(see(parameters, setup).source)![0];
    expect(box({ code: '50105' })).toBe('<input type="checkbox" name="signin" value="1">');
    expect(box({ code: '50105', signin: '1' })).toBe('<input type="checkbox" name="signin" value="1" checked>');
    expect(see({ code: '50076', signin: '1' }, setup).text).toContain('The browser goes to Location and the sign-in starts');
  });

  test.each([
    ['50105', '403 Forbidden'],
    ['7000215', '500 Internal Server Error'],
    ['90033', '503 Service Unavailable'],
    ['50058', '401 Unauthorized'],
  ])('%s: %s', (code, status) => {
    expect(see({ code }).text).toContain(status);
  });

  test('show the telling headers first and all of them behind', () => {
    const { source } = see({ code: '90033' });
    const [first = '', all = ''] = [...source.matchAll(/<pre tabindex="0">(<b>[^]*?)<\/pre>/g)].map(([, text]) => text!);
    const names = (text: string): string[] => [...text.matchAll(/<b>([\w-]+):<\/b>/g)].map(([, name]) => name!);
    expect(names(first)).toEqual(['retry-after', 'refresh', 'content-type', 'content-language']);
    expect(names(all).slice(0, 4)).toEqual(names(first));
    expect(names(all)).toEqual(expect.arrayContaining(['cache-control', 'vary', 'content-security-policy']));
    expect(new Set(names(all)).size).toBe(names(all).length);
    const { source: signIn } = see({ code: '50058', signin: '1' });
    expect(names(/<pre tabindex="0">(<b>[^]*?)<\/pre>/.exec(signIn)![1]!)).toEqual(['location']);
    expect(names(/An API client[^]*?<pre tabindex="0">(<b>[^]*?)<\/pre>/.exec(signIn)![1]!)).toEqual(['www-authenticate', 'content-type', 'content-language']);
  });
}); // prettier-ignore

describe('the start page and its search', () => {
  const hits = (parameters: Record<string, string>): string[] => [...see(parameters).source.matchAll(/<li><span><a href="\?code=([^"]*)"/g)].map(([, key]) => decodeURIComponent(key!)); // prettier-ignore

  test('a start has everything to begin with', () => {
    const { text, source } = see({});
    expect(text).toContain('What does this error ask for?');
    expect(text).toContain('Paste what you have');
    expect(text).not.toContain('Search the catalogue');
    expect(source).toContain('href="?example=consent"');
    expect(source).toContain('name="token" type="password"');
    expect(source).not.toContain('role="alert"');
  });

  test('a search shows what was searched for', () => {
    const { source, text } = see({ q: 'Consent "x', action: 'consent' });
    expect(text).toContain('Search the catalogue');
    expect(source).toContain('value="Consent &quot;x"');
    expect(source).toContain('<option value="consent" selected>consent</option>');
    expect(source).toContain('<option value="">any</option>');
    expect(see({ q: 'x' }).source).toContain('<option value="" selected>any</option>');
  });

  test('words are looked for in any case, all of them, sixteen at most', () => {
    expect(hits({ q: 'AADSTS7000215' })).toEqual(['aadsts:7000215']);
    expect(hits({ q: '  aadsts7000215   AADSTS ' })).toEqual(['aadsts:7000215']);
    expect(hits({ q: 'aadsts7000215 nowhere' })).toEqual([]);
    expect(hits({ q: `${'aadsts7000215 '.repeat(16)}nowhere` })).toEqual(['aadsts:7000215']);
    expect(hits({ q: 'aadsts7000215', action: 'retry' })).toEqual([]);
    expect(see({ q: 'aadsts7000215' }).text).toMatch(/1 entry(?!,)/);
  });

  test('pages of forty, with ways to the next and the one before', () => {
    const all = see({ q: '' });
    const last = Number(/page 1 of (\d+)/.exec(all.text)![1]);
    expect(hits({ q: '' })).toHaveLength(40);
    expect(hits({ q: '', page: '2' })[0]).not.toBe(hits({ q: '' })[0]);
    const links = (page: string): string[] => [...see({ q: '', page }).source.matchAll(/<a href="\?q=([^"]*)">(\w+)<\/a>/g)].map(([, , text]) => text!); // prettier-ignore
    expect([links('1'), links('2'), links(String(last))]).toEqual([['Next'], ['Previous', 'Next'], ['Previous']]);
    expect(see({ q: 'a', action: 'retry', page: '1' }).source).toContain('?q=a&amp;action=retry&amp;page=2');
    expect(hits({ q: '', page: String(last) }).length).toBeLessThanOrEqual(40);
    expect(hits({ q: '', page: '1000' })).toEqual(hits({ q: '', page: String(last) }));
  });

  test('an entry is shown with its name, action and summary', () => {
    const { text, source } = see({ q: 'aadsts50105' });
    expect(text).toMatch(/AADSTS50105 \w+contact_admin\S/);
    expect(source).toContain('<span class="name">');
    expect(see({ q: 'basic_action', action: 'claims_challenge' }).source).toContain('basic_action');
  });

  test('what could not be read is said first, and kept out of a search engine', () => {
    const { source, status } = see({ code: 'aadsts:1' });
    expect([status, source.includes('role="alert"')]).toEqual([404, true]);
    expect(source).toContain('<meta name="robots" content="noindex">');
    expect(source).toContain('<form class="row" method="get" action="?">');
    expect(see({ code: '50105' }).source).toContain('<form class="find" method="get" action="?" role="search">');
    expect(source).not.toContain('class="find"');
  });
});
