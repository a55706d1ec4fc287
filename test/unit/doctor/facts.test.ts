/** What the rules look at, out of anything that an HTTP client leaves. */
import { describe, expect, test } from 'vitest';
import { gatherFacts, type Facts } from '../../../src/doctor/facts.js';
import { diagnose, diagnoseWith, findingIds, readTokenFacts, type DiagnoseOptions } from '../../../src/doctor/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { accessToken, delegated, graphAnswer, nowMs, requestId } from './support.js';

const factsOf = (value: unknown, options: DiagnoseOptions = {}): Facts => gatherFacts(value, options, nowMs);
const error = {
  code: 'Authorization_RequestDenied',
  message: 'Insufficient.',
  innerError: { 'request-id': requestId },
};
const body = { error };

describe('status, code and message are found', () => {
  test.each<[string, unknown]>([
    ['in an answer', { status: 403, body }],
    ['in statusCode', { statusCode: 403, body }],
    ['in data', { status: 403, data: body }],
    ['in parsedBody', { status: 403, parsedBody: body }],
    ['in bodyAsText', { status: 403, bodyAsText: JSON.stringify(body) }],
    ['in a body of text', { status: 403, body: JSON.stringify(body) }],
    ['in a body of text with blanks before it', { status: 403, body: ` \n${JSON.stringify(body)}` }],
    ['behind a body that is no JSON', { status: 403, body: 'x', data: body }],
    ['behind a body that is broken JSON', { status: 403, body: '{"error":', data: body }],
    ['in a response', { response: { status: 403, body } }],
    ['in a cause', { cause: { status: 403, body } }],
    ['in causes of causes', { cause: { cause: { response: { status: 403, body } } } }],
    ['in an error', { error: { status: 403, body } }],
    ['in an inner error', { innerError: { status: 403, body } }],
    ['in the whole as text', JSON.stringify({ status: 403, body })],
    ['in the whole as text with blanks before it', `  ${JSON.stringify({ status: 403, body })}`],
    ['in an error that was read before', normalize({ status: 403, headers: {}, body })],
    ['in the error of OData', { status: 403, body: { 'odata.error': error } }],
    ['in a body without an error around it', { status: 403, body: error }],
    ['with its message in a value, as OData has it', { status: 403, body: { error: { ...error, message: { lang: 'en', value: 'Insufficient.' } } } }],
  ])('%s', (_name, value) => {
    expect(factsOf(value)).toMatchObject({ status: 403, code: 'Authorization_RequestDenied', message: 'Insufficient.', text: 'insufficient.' });
  }); // prettier-ignore

  test('the sentence of an HTTP client, without a code, is none of the server', () => {
    expect(
      factsOf({ message: 'Request failed with status code 403', response: { status: 403, data: '' } }).message,
    ).toBe('');
  });

  test.each<[string, string | undefined]>([
    ['-1, Microsoft.SharePoint.Client.Denied', 'Microsoft.SharePoint.Client.Denied'],
    ['-2147024891, System.UnauthorizedAccessException', 'System.UnauthorizedAccessException'],
    ['two words', undefined],
    ['<b>', undefined],
    ['SomeCode', 'SomeCode'],
  ])('the code %s', (code, wanted) => {
    expect(factsOf({ status: 403, body: { error: { code, message: 'x' } } }).code).toBe(wanted);
  });

  test('a long text, secrets and people are not repeated', () => {
    const message = `client_secret=Zx8~verysecretvalue jane@contoso.test ${'x'.repeat(100_000)}`;
    const found = factsOf({ status: 403, body: { error: { code: 'SomeCode', message } } });
    expect(found.message).not.toMatch(/verysecret|jane/);
    expect(found.message.length).toBeLessThanOrEqual(16_384);
  });

  test('a text of more than 64 KiB is not taken for JSON', () => {
    const text = (length: number): string => JSON.stringify({ status: 403, body, pad: '' }).replace('"pad":""', `"pad":"${'x'.repeat(length)}"`); // prettier-ignore
    const base = text(0).length;
    expect(factsOf(text(65_536 - base)).status).toBe(403);
    expect(factsOf(text(65_537 - base)).status).toBeUndefined();
  });

  test('cycles and long chains come to an end', () => {
    const cycle: Record<string, unknown> = { status: 403 };
    cycle['cause'] = cycle;
    expect(factsOf(cycle).status).toBe(403);
    let deep: object = { status: 403, body };
    for (let level = 0; level < 20; level += 1) deep = { cause: deep };
    expect(factsOf(deep).status).toBeUndefined();
  });

  test.each([undefined, null, 7, 'text', [], () => 1])('nothing in %s', (value) => {
    expect(factsOf(value)).toMatchObject({ status: undefined, code: undefined, message: '', service: 'unknown' });
  });
});

describe('the error of a challenge', () => {
  const bearer = 'Bearer realm="x", error="insufficient_claims"';

  test.each<[string, unknown, string | undefined]>([
    ['in headers', { status: 401, headers: { 'www-authenticate': bearer } }, 'insufficient_claims'],
    ['in responseHeaders', { status: 401, responseHeaders: { 'WWW-Authenticate': bearer } }, 'insufficient_claims'],
    ['without an error', { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"' } }, ''],
    ['of another scheme', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }, undefined],
    ['behind another scheme', { status: 401, headers: { 'www-authenticate': `Basic realm="x", ${bearer}` } }, 'insufficient_claims'],
    ['nowhere', { status: 401, headers: {} }, undefined],
    ['as a pasted value', bearer, 'insufficient_claims'],
    ['as a pasted line', `WWW-Authenticate: ${bearer}`, 'insufficient_claims'],
    ['as a pasted line with blanks', `  www-authenticate:  ${bearer.replace('Bearer', 'bearer')}`, 'insufficient_claims'],
    ['as a pasted line without a blank', `WWW-Authenticate:${bearer}`, 'insufficient_claims'],
    ['not in a text that only contains one', `log ${bearer}`, undefined],
    ['not in a longer word', `Bearerrealm="x", error="y"`, undefined],
  ])('%s', (_name, value, wanted) => {
    expect(factsOf(value).challengeError).toBe(wanted);
  }); // prettier-ignore
});

describe('the service', () => {
  const shared = { status: 401, headers: {}, body: { error: { code: 'InvalidAuthenticationToken', message: 'x' } } };

  test.each<[string, object, string]>([
    ['by the address that was called', { ...shared, url: 'https://management.azure.com/subscriptions' }, 'arm'],
    ['by the client id in the challenge of Graph', { ...shared, headers: { 'www-authenticate': 'Bearer client_id="00000003-0000-0000-c000-000000000000"' } }, 'graph'],
    ['by the request id in its inner error', graphAnswer(401, 'InvalidAuthenticationToken', 'x'), 'graph'],
    ['by a request id in an inner error spelt otherwise', { status: 403, body: { error: { code: 'Forbidden', message: 'x', innererror: { 'request-id': requestId } } } }, 'graph'],
    ['not by an inner error without one', { status: 403, body: { error: { code: 'SomeCode', message: 'x', innerError: { date: 'x' } } } }, 'unknown'],
    ['not by a code that two services have', shared, 'unknown'],
    ['not by nothing', { status: 403 }, 'unknown'],
  ])('%s', (_name, value, wanted) => {
    expect(factsOf(value).service).toBe(wanted);
  }); // prettier-ignore

  test.each(['config', 'options', 'request'])('a request that is kept in %s shows whether a token was sent', (key) => {
    const sent = (headers: object): boolean | undefined => factsOf({ status: 401, [key]: { headers } }).sentToken;
    expect(sent({})).toBe(false);
    expect(sent({ Authorization: 'Bearer x' })).toBeUndefined();
    expect(factsOf({ status: 401, [key]: {} }).sentToken).toBeUndefined();
    const token = accessToken(delegated('User.Read'));
    const read = factsOf(
      { status: 401, [key]: { headers: { authorization: `Bearer ${token}` } } },
      { tokenFromError: true },
    );
    expect([read.sentToken, read.token?.scopes]).toEqual([true, ['User.Read']]);
  });
});

describe('what the caller says', () => {
  test('wanted permissions are texts, 64 at most, by their short names', () => {
    const wantedScopes = ['https://graph.microsoft.com/Mail.Read', 7, null, 'User.Read'] as never;
    expect(factsOf({}, { wantedScopes }).wanted).toEqual(['Mail.Read', 'User.Read']);
    const many = Array.from({ length: 65 }, (_, index) => `P${index}`);
    expect(factsOf({}, { wantedScopes: many }).wanted).toEqual(many.slice(0, 64));
    expect(factsOf({}, { wantedScopes: 'Mail.Read' as never }).wanted).toEqual([]);
  });

  test('a token that is given counts before one in the error', () => {
    const given = accessToken(delegated('Given.Read'));
    const kept = { config: { headers: { authorization: `Bearer ${accessToken(delegated('Kept.Read'))}` } } };
    expect(factsOf(kept, { accessToken: given, tokenFromError: true }).token?.scopes).toEqual(['Given.Read']);
    expect(factsOf(kept, { accessToken: '', tokenFromError: true }).token?.scopes).toEqual(['Kept.Read']);
  });

  test('whoever has read the token before gives its facts', () => {
    const token = readTokenFacts(accessToken(delegated('User.Read')), nowMs);
    const denied = graphAnswer(403, 'Authorization_RequestDenied', 'x');
    const found = diagnoseWith(denied, token, ['Mail.Read'], nowMs)!;
    expect(found.findings[0]).toMatchObject({ id: 'missing-permission', confidence: 'certain' });
    expect(found.token).toEqual(token);
    expect(diagnoseWith(new Error('x'), token, [], nowMs)).toBeUndefined();
  });
});

describe('a diagnosis', () => {
  test.each([
    [401, undefined, 'HTTP 401 without an error code, and nothing in it that names a cause', 'A 401 means'],
    [403, 'SomeCode', 'HTTP 403, code SomeCode, and nothing in it that names a cause', 'A 403 means'],
  ])('that cannot tell says so: %i %s', (status, code, evidence, cause) => {
    const found = diagnose({ status, body: code === undefined ? '' : { error: { code, message: 'x' } } }, { nowMs })!;
    const [first] = found.findings;
    expect(found.findings).toHaveLength(1);
    expect(first).toMatchObject({ id: 'cannot-tell', title: 'The answer does not show why', evidence: [evidence], confidence: 'possible' });
    expect(first!.cause).toMatch(new RegExp(`^${cause} .{30,}\\.$`));
    expect(first!.change).toMatch(/^Give .{30,}\.$/);
    expect(first!.where).toContain('diagnose(');
    expect(first!.learnMore).toMatch(/^https:\/\/learn\.microsoft\.com\//);
    expect(found.conclusive).toBe(false);
  }); // prettier-ignore

  test('has no member for what is not known', () => {
    const claims = { error: 'interaction_required', error_description: 'AADSTS50079: x', error_codes: [50079], claims: '{"access_token":{}}' };
    expect(Object.keys(diagnose(claims, { nowMs })!).sort()).toEqual(['conclusive', 'findings', 'service', 'toKnowMore']);
    expect(Object.keys(diagnose({ status: 403, body: { error: { code: 'SomeCode', message: 'x' } } }, { nowMs, accessToken: 'x' })!)).toEqual(
      expect.arrayContaining(['status', 'code', 'token']),
    );
  }); // prettier-ignore

  test.each<[string, unknown, DiagnoseOptions, readonly string[]]>([
    ['nothing but a status', { status: 403 }, {}, ['the body', 'the access token', 'the permissions']],
    ['a 401', { status: 401 }, {}, ['the body', 'the access token']],
    ['a message', { status: 403, body: { error: { code: 'SomeCode', message: 'x' } } }, {}, ['the access token', 'the permissions']],
    ['a token', { status: 403 }, { accessToken: accessToken(delegated('A.Read')) }, ['the body', 'the permissions']],
    ['wanted permissions', { status: 403 }, { wantedScopes: ['Mail.Read'] }, ['the body', 'the access token']],
  ])('asks for what would help after %s', (_name, value, options, wanted) => {
    const { toKnowMore } = diagnose(value, { nowMs, ...options })!;
    expect(toKnowMore.map((text) => /^the (?:HTTP status|body|access token|permissions)/.exec(text)?.[0])).toEqual(wanted);
  }); // prettier-ignore

  test('knows every id that it may have', () => {
    expect(findingIds).toContain('token-missing');
    expect(findingIds.at(-1)).toBe('cannot-tell');
    expect(findingIds.length).toBeGreaterThan(15);
  });
});
