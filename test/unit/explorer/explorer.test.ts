import { describe, expect, it, vi } from 'vitest';
import { aadActions, catalogEntries, localeTags } from '../../../src/catalog/index.js';
import { rules } from '../../../src/decide/index.js';
import { ruleQuestions } from '../../../src/explorer/decision.js';
import { examples } from '../../../src/explorer/examples.js';
import { readRequest } from '../../../src/explorer/request.js';
import { readView } from '../../../src/explorer/view.js';
import { accessToken } from '../doctor/support.js';
import { attribute, see, setupOf } from './support.js';

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const header = `WWW-Authenticate: Bearer realm="", error="insufficient_claims", claims="${base64(claims)}"`;

describe('the catalogue', () => {
  it('is searched by text, code and action', () => {
    expect(see({ q: '50076' }).text).toContain('AADSTS50076 UserStrongAuthClientAuthNRequired');
    expect(see({ q: 'Conditional Access' }).text).toContain('AADSTS53003 BlockedByConditionalAccess');
    const waits = see({ action: 'retry' });
    expect(waits.text).toContain('AADSTS90033');
    expect(waits.text).not.toContain('AADSTS50076');
  });

  it('shows long lists a page at a time, and a page behind the end is the last one', () => {
    expect(see({ q: '' }).text).toMatch(/\d{3} entries, page 1 of \d+ .*Next/);
    expect(see({ q: '', page: '999' }).text).toMatch(/page (\d+) of \1/);
    expect(see({ q: '', page: '-1' }).text).toContain('page 1 of');
  });

  it('says so when nothing fits', () => {
    expect(see({ q: 'no such words anywhere' }).text).toContain('Nothing in the catalogue fits');
  });

  it('shows every entry with reading, decision and answers, and decides as its row says', () => {
    const setup = setupOf();
    const different: string[] = [];
    const passedOn: string[] = [];
    for (const { key, action } of catalogEntries()) {
      const view = readView(readRequest(new Map([['code', key]])), setup);
      if (view?.answers === undefined) passedOn.push(key);
      // A code that nobody knows is decided by the OAuth error around it.
      else if (action !== 'unknown' && view.decision?.action !== action) different.push(key);
    }
    // Codes that any API may use prove nothing by themselves: the middleware passes them on.
    expect(passedOn).toEqual([
      'resourceErrors:arm:AuthenticationFailed',
      'resourceErrors:arm:InsufficientAccessError',
      'resourceErrors:arm:PermissionDenied',
      'resourceErrors:arm:TooManyRequests',
      'resourceErrors:dataverse:Authentication_InvalidCredentials',
      'resourceErrors:keyvault:AccessDenied',
      'resourceErrors:keyvault:Forbidden',
      'resourceErrors:keyvault:Unauthorized',
      'resourceErrors:power-bi:TokenExpired',
      'resourceErrors:storage:AuthenticationFailed',
      'resourceErrors:storage:AuthorizationFailure',
    ]);
    // Arrives without a code of MSAL's kind; the more general evidence wins.
    expect(different).toEqual(['msalErrors:no cache plugin set on CacheManager']);
  });

  it.each(['50076', 'AADSTS50076', 'aadsts:50076'])('%s opens the entry', (code) => {
    expect(see({ code }).title).toBe('AADSTS50076 UserStrongAuthClientAuthNRequired - Error explorer');
  });

  it('an entry that does not exist is 404 with a way on', () => {
    const page = see({ code: 'aadsts:1' });
    expect(page.status).toBe(404);
    expect(page.text).toContain('There is no such entry');
    expect(page.text).toContain('Paste an error');
  });
});

describe('a pasted error', () => {
  it.each<readonly [string, string, string, string]>([
    ['a WWW-Authenticate header', header, 'claims_challenge', 'www-authenticate'],
    ['its value alone', header.replace('WWW-Authenticate: ', ''), 'claims_challenge', 'www-authenticate'],
    ['log text', 'ERROR invalid_grant: AADSTS65001: no consent', 'consent', 'text'],
    [
      'a JSON body',
      '{"error":"invalid_grant","error_description":"AADSTS700082: x","error_codes":[700082]}',
      'interactive',
      'token-response',
    ],
    [
      'MSAL as JSON',
      '{"name":"ServerError","errorCode":"invalid_client","errorMessage":"AADSTS7000215: x","subError":""}',
      'fix_config',
      'msal',
    ],
    [
      'curl -i',
      'HTTP/2 403\r\ncontent-type: application/json\r\n\r\n{"error":{"code":"Authorization_RequestDenied","message":"x","innerError":{"request-id":"0a1b2c3d-1111-4aaa-8bbb-0123456789ab"}}}',
      'contact_admin',
      'graph',
    ],
    ['curl -v', `< HTTP/1.1 401 Unauthorized\n< ${header}\n<\n`, 'claims_challenge', 'www-authenticate'],
    [
      'an outage',
      'HTTP/1.1 503 Service Unavailable\nRetry-After: 7\nx-ms-request-id: 1\n\n{"error":"temporarily_unavailable","error_description":"AADSTS90033: x"}',
      'retry',
      'token-response',
    ],
    [
      'the address of a failed redirect',
      'https://app.contoso.example/redirect?error=access_denied&error_subcode=cancel&state=1',
      'user_cancelled',
      'authorization-response',
    ],
    [
      'its query alone',
      '?error=interaction_required&error_description=AADSTS50076%3a+x',
      'interactive',
      'authorization-response',
    ],
  ])('%s is read for what it is', (_name, text, action, producer) => {
    const view = readView(readRequest(new Map([['text', text]])), setupOf());
    expect(view?.decision?.action).toBe(action);
    expect(view?.error?.producer).toBe(producer);
    expect(view?.answers).toBeDefined();
  });

  it.each([
    ['TypeError: x is not a function'],
    ['{"a":1}'],
    ['[1,2]'],
    ['HTTP/1.1 200 OK\n\nhello'],
    ['error code 50076 in line 4'],
  ])('%j is no identity error: it is passed on', (text) => {
    const page = see({ text });
    expect(page.text).toContain('No identity error');
    expect(page.text).toContain('The very same object goes to next(err)');
    expect(page.preview).toBeUndefined();
  });

  it('a bare code opens its entry', () => {
    expect(see({ text: ' 53003 ' }).text).toContain('From the catalogue');
  });

  it('shows the way through the rules: the first that fits decides, those behind it are not asked', () => {
    const { text } = see({ text: header });
    expect(text).toContain('sign-in-cannot-help Is it a code that another sign-in cannot solve?no');
    expect(text).toContain(
      'claims Is there a claims directive that can be used?Yes: the error carries a usable claims directive',
    );
    expect(text).toContain('transient Is it throttling, an outage or the network?not asked');
  });

  it('every rule has its question, and no question is left over', () => {
    expect([...ruleQuestions.keys()]).toEqual(rules.map(({ id }) => id));
  });

  it('an override of the application is shown with the rule that it overrules', () => {
    const overrides = [{ match: { code: 50105 }, use: { action: 'admin_consent' } }] as const;
    const { text } = see({ code: '50105' }, setupOf({ overrides }));
    expect(text).toContain('override Afterwards');
    expect(text).toContain('gives admin_consent');
  });

  it.each(examples.map((example) => [example.id, example] as const))('the example %s can be opened', (id, example) => {
    const page = see({ example: id });
    expect(page.status).toBe(200);
    expect(page.text.includes('No identity error')).toBe(id === 'not-ours');
    expect(page.text).toContain(example.text.replace(/\s+/g, ' '));
  });
});

describe('the three answers', () => {
  it('are those of the middleware: status, headers and body for person, script and API', () => {
    const { text, preview } = see({ text: header });
    expect(text.match(/401 Unauthorized/g)).toHaveLength(3);
    expect(text).toContain(`claims="${base64(claims)}"`);
    expect(text).toContain('"action": "claims_challenge"');
    expect(preview).toMatch(/^<!doctype html>\n<html lang="en"/);
  });

  it('with automatic sign-in a person is redirected, and a script is told where', () => {
    const { text, preview } = see({ text: header, signin: '1' });
    expect(text).toContain('303 See Other');
    expect(text).toContain('location: /auth/challenge?ticket=example');
    expect(text).toContain('"interaction": {');
    expect(preview).toBeUndefined();
  });

  it.each(localeTags)('the page comes in %s', (lang) => {
    const { preview, elements } = see({ code: '50105', lang });
    expect(preview).toContain(`<html lang="${lang}" dir="${lang === 'ar' || lang === 'he' ? 'rtl' : 'ltr'}">`);
    const chosen = elements.filter((element) => attribute(element, 'selected') !== undefined);
    expect(chosen.map((element) => attribute(element, 'value'))).toEqual([lang]);
  });

  it('the form for another language carries the sealed text, and the sealed text gives the same result', () => {
    const first = see({ text: header, wanted: 'Mail.Read' });
    const sealed = first.elements.find((element) => attribute(element, 'name') === 'again');
    const again = see({ again: attribute(sealed!, 'value')!, lang: 'nl' });
    expect(again.preview).toContain('<html lang="nl"');
    expect(again.title).toBe(first.title);
  });

  it('a text that is too long to be sealed says so in place of the form', () => {
    const page = see({ text: header }, setupOf({}, { seal: () => undefined }));
    expect(page.text).toContain('too long to be kept in the form');
  });

  it('a seal that does not open is 404, not an error', () => {
    expect(see({ again: 'forged' }, setupOf({}, { open: () => undefined })).status).toBe(404);
  });

  it('look like the application: branding and texts', () => {
    const { preview, headers } = see(
      { code: '50105' },
      setupOf({
        branding: { applicationName: 'Contoso Mail', logoUrl: 'https://cdn.contoso.example/logo.svg' },
        texts: { 'not-assigned-to-app': { title: 'Ask for access' } },
      }),
    );
    expect(preview).toContain('<h1>Ask for access</h1>');
    expect(headers['content-security-policy']).toContain('; img-src https://cdn.contoso.example;');
  });

  it('do not tell whether an account exists, and the explorer says so', () => {
    const view = readView(readRequest(new Map([['code', '50034']])), setupOf());
    expect(view?.isMasked).toBe(true);
    expect(see({ code: '50034' }).text).toContain('Clients are told less than this');
    expect(JSON.stringify(view?.answers)).not.toContain('50034');
  });
});

describe('the doctor', () => {
  const refused =
    'HTTP/1.1 403 Forbidden\n\n{"error":{"code":"Authorization_RequestDenied","message":"x","innerError":{"request-id":"0a1b2c3d-1111-4aaa-8bbb-0123456789ab"}}}';

  it('explains a refused call, and better with permissions and token', () => {
    expect(see({ text: refused }).text).toContain('The token lacks a permission likely');
    const token = accessToken({ scp: 'User.Read' });
    const page = see({ text: refused, wanted: 'Mail.Read', token });
    expect(page.text).toContain('Mail.Read of the wanted permissions is not in the token');
    expect(page.text).toContain('What the token says');
    for (const secret of [token, token.split('.')[1]!, 'jane@contoso.test', 'aaaaaaaa-0000-4000'])
      expect(page.source).not.toContain(secret);
  });

  it('the sealed form holds the facts of the token, never the token', () => {
    const token = accessToken({ scp: 'User.Read' });
    const sealed: unknown[] = [];
    const seal = (value: object): string => String(sealed.push(value));
    see({ text: refused, token }, setupOf({}, { seal }));
    expect(sealed).toMatchObject([{ token: { scopes: ['User.Read'] } }]);
    expect(JSON.stringify(sealed)).not.toContain(token.split('.')[1]);
  });

  it('asks for no token where none may be given, and looks at none', () => {
    const setup = setupOf({}, { takesToken: false });
    expect(see({}, setup).elements.some((element) => attribute(element, 'name') === 'token')).toBe(false);
    expect(see({ text: refused, token: accessToken() }, setup).text).not.toContain('What the token says');
  });
});

describe('hostile input', () => {
  const secrets = [
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
    'jane.doe@contoso.test',
    'hunter2-hunter2',
    '0.AXYAsecretauthorizationcode-abcdef123456',
    '203.0.113.77',
  ] as const;
  const [jwt, mail, password, code, address] = secrets;
  const markup = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'`</textarea></style>';

  it.each<readonly [string, string]>([
    ['in log text', `AADSTS50076: ${mail} from ${address} Bearer ${jwt} client_secret=${password}&code=${code}`],
    [
      'in JSON',
      JSON.stringify({
        error: 'invalid_grant',
        error_description: `AADSTS50076: ${mail} ${address}`,
        access_token: jwt,
        client_secret: password,
        code_verifier: code,
        password,
      }),
    ],
    [
      'in an HTTP answer',
      `HTTP/1.1 401 Unauthorized\nset-cookie: a=${password}\nauthorization: Bearer ${jwt}\n\n{"error":"invalid_grant","error_description":"AADSTS50076: ${mail} ${address} code=${code}"}`,
    ],
    [
      'in claims',
      `Bearer error="insufficient_claims", claims="${base64(JSON.stringify({ access_token: { xms_rp_ipaddr: { value: address }, upn: { value: mail }, x: { value: jwt } } }))}"`,
    ],
    [
      'in scopes and codes',
      JSON.stringify({
        status: 403,
        headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${mail} ${jwt}"` },
        body: { error: { code: mail, message: jwt } },
      }),
    ],
  ])('%s: no secret and no personal data come back, in no encoding', (_name, text) => {
    const { source } = see({ text }, setupOf({}, { seal: () => 'sealed' }));
    const decoded = source.replace(/[A-Za-z0-9+/=]{24,}/g, (match) => Buffer.from(match, 'base64').toString());
    for (const secret of secrets) {
      expect(source).not.toContain(secret);
      expect(decoded).not.toContain(secret);
    }
  });

  it.each(['text', 'q', 'code', 'example', 'lang', 'wanted', 'token', 'action', 'page'])(
    'markup in %s stays text: no element, no attribute and no preview is made of it',
    (name) => {
      for (const value of [
        markup,
        `AADSTS50076: ${markup}`,
        JSON.stringify({ error: 'invalid_grant', error_description: `AADSTS50076 ${markup}`, suberror: markup }),
      ]) {
        const page = see({ text: 'AADSTS50076: x', ...(name === 'q' && { text: '' }), [name]: value });
        for (const element of page.elements) {
          expect(['script', 'img']).not.toContain(element.tagName);
          expect(element.attrs.filter(({ name: attributeName }) => attributeName.startsWith('on'))).toEqual([]);
        }
        expect(page.preview ?? '').not.toContain('<script');
        expect(page.elements.filter(({ tagName }) => tagName === 'style')).toHaveLength(1);
      }
    },
  );

  it('the preview may do nothing at all', () => {
    const frame = see({ code: '50105' }).elements.find(({ tagName }) => tagName === 'iframe')!;
    expect(attribute(frame, 'sandbox')).toBe('');
    expect(attribute(frame, 'src')).toBeUndefined();
  });

  it('a megabyte of text is answered as fast as its first part, with a page of bounded size', () => {
    for (const unit of ['AADSTS50076 ', '{"a":', '<b>', 'error=', '\n', 'Bearer a="', '\u202e']) {
      const start = performance.now();
      const { source } = see({ text: unit.repeat(Math.ceil(1_048_576 / unit.length)) });
      expect(performance.now() - start).toBeLessThan(1_000);
      expect(source.length).toBeLessThan(200_000);
    }
  });

  it('nothing is logged', () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name));
    const write = vi.spyOn(process.stdout, 'write');
    see({ text: `AADSTS50076: ${mail}`, token: jwt });
    for (const spy of [...spies, write]) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});

describe('every page', () => {
  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ['start', {}],
    ['search', { q: 'consent' }],
    ['entry', { code: '50076' }],
    ['example', { example: 'graph-403' }],
    ['paste', { text: header }],
    ['not found', { code: 'x' }],
  ])('%s: one h1, labelled fields, no script, no address but links, strict headers', (_name, parameters) => {
    const { elements, headers } = see(parameters);
    const named = (name: string): typeof elements => elements.filter(({ tagName }) => tagName === name);
    expect(named('h1')).toHaveLength(1);
    expect(named('script')).toEqual([]);
    const labels = new Set(named('label').map((label) => attribute(label, 'for')));
    for (const field of [...named('input'), ...named('select'), ...named('textarea')]) {
      const isNamed = labels.has(attribute(field, 'id')) || attribute(field, 'aria-label') !== undefined;
      expect(isNamed || ['hidden', 'checkbox'].includes(attribute(field, 'type') ?? '')).toBe(true);
    }
    for (const form of named('form')) expect(attribute(form, 'action')).toBe('?');
    expect(elements.filter((element) => attribute(element, 'style') !== undefined)).toEqual([]);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+' 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
  });

  it('colours name who can act, and every action has one', () => {
    for (const action of aadActions)
      expect(see({ action }).source).toMatch(new RegExp(`class="badge \\w+">${action}<`));
  });
});
