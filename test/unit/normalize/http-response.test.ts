import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { readHttp } from '../../../src/normalize/http-response.js';
import { acrsClaims, base64, correlationId, entraBody, nbfClaims, nowMs, traceId } from './support.js';

const read = (bag: Record<string, unknown>): Record<string, unknown> | undefined =>
  readHttp(bag, nowMs) as Record<string, unknown> | undefined;

const identityUrl = 'https://login.microsoftonline.com/common/oauth2/v2.0/token';
const grant = { error: 'invalid_grant', suberror: 'bad_token' };

describe('readHttp: which answers are evidence', () => {
  const challenge = { 'www-authenticate': 'Basic realm="x"' };
  const imds = { server: 'IMDS/150.870.65.1854' };
  const azure = { error: { code: 'x', message: 'No permission for Microsoft.CognitiveServices/accounts' } };

  it.each<[name: string, bag: Record<string, unknown>, unconfirmed: boolean | undefined]>([
    // Statuses that say what to do, without a body.
    ['429', { status: 429, headers: {} }, true],
    ['500', { status: 500, headers: {} }, true],
    ['503', { statusCode: 503, headers: {} }, true],
    ['503 with other names', { statusCode: '503', responseHeaders: {} }, true],
    ['499', { status: 499, headers: {} }, undefined],
    ['401', { status: 401, headers: {} }, undefined],
    ['503 without headers', { status: 503 }, undefined],
    ['503 without headers, with a body (passport-oauth2)', { statusCode: 503, data: '' }, true],
    ['403 without headers, with a body', { status: 403, body: 'x' }, undefined],
    ['503 of the Graph SDK, which keeps no headers', { status: 503, requestId: null, body: 'x' }, true],
    ['503 with a request id and no body', { status: 503, requestId: null }, undefined],
    ['no status', { headers: {}, body: 'x' }, undefined],
    ['200', { status: 200, headers: {}, body: 'x' }, undefined],
    ['399', { status: 399, headers: {}, body: 'x' }, undefined],
    // Where the call went.
    ['503 of the identity platform', { status: 503, url: identityUrl }, false],
    ['401 of the identity platform', { status: 401, url: identityUrl }, false],
    ['403 of the identity platform', { status: 403, url: identityUrl }, false],
    ['400 of the identity platform', { status: 400, config: { url: identityUrl } }, false],
    ['403 of a service', { status: 403, url: 'https://graph.microsoft.com/v1.0/me' }, false],
    ['404 of a service', { status: 404, url: 'https://graph.microsoft.com/v1.0/me' }, undefined],
    ['403 of the identity platform with a body', { status: 403, headers: {}, body: { a: 1 }, url: identityUrl }, false],
    [
      'a refusal of the identity platform in an error',
      { config: { url: identityUrl }, response: { status: 503, headers: {} } },
      false,
    ],
    ['503 of another host', { status: 503, url: 'https://contoso.test/' }, undefined],
    // Bodies that no reader knows.
    ['a text', { status: 400, headers: {}, body: 'x' }, true],
    ['an object', { status: 400, headers: {}, body: { a: 1 } }, undefined],
    ['an object with 503', { status: 503, headers: {}, body: { a: 1 } }, true],
    ['an object of Azure', { status: 403, headers: {}, body: azure }, true],
    [
      'an object with words of somebody else',
      { status: 403, headers: {}, body: { error: { message: 'no' } } },
      undefined,
    ],
    ['an object whose error has no words', { status: 403, headers: {}, body: { error: {} } }, undefined],
    ['an object whose error is a text', { status: 403, headers: {}, body: { error: 'no' } }, undefined],
    ['the metadata service', { status: 404, headers: imds, body: { a: 1 } }, false],
    ['the metadata service without a body', { status: 404, headers: imds }, undefined],
    ['a server that only mentions it', { status: 404, headers: { server: 'x IMDS/1' }, body: { a: 1 } }, undefined],
    // Challenges of another scheme.
    ['a Basic challenge', { status: 401, headers: challenge, body: 'x' }, undefined],
    ['a Basic challenge with 503', { status: 503, headers: challenge, body: 'x' }, true],
  ])('%s', (_name, bag, unconfirmed) => {
    expect(read(bag)?.['unconfirmed']).toBe(unconfirmed);
  });
});

describe('readHttp: what is read', () => {
  const nothing = {
    flow: undefined,
    rawDescription: undefined,
    correlationId: undefined,
    retryAfterSeconds: undefined,
  };

  it.each<[name: string, bag: Record<string, unknown>, expected: Record<string, unknown>]>([
    [
      'an answer without words',
      { status: 503, headers: {} },
      { ...nothing, producer: 'http', origin: 'network', status: 503, unconfirmed: true },
    ],
    [
      'an answer of the metadata service',
      { status: 404, headers: { server: 'IMDS/1' }, body: { correlationId } },
      {
        ...nothing,
        producer: 'managed-identity',
        origin: 'network',
        flow: 'managed-identity',
        correlationId,
        status: 404,
        unconfirmed: false,
      },
    ],
    [
      'the ids and words of an outage',
      { status: 503, headers: { 'retry-after': '17' }, body: { correlation_id: correlationId } },
      {
        ...nothing,
        producer: 'http',
        origin: 'network',
        correlationId,
        status: 503,
        retryAfterSeconds: 17,
        unconfirmed: true,
      },
    ],
    [
      'the words of an outage',
      { status: 503, headers: {}, body: '<html>Service Unavailable</html>', retryAfter: '17' },
      {
        ...nothing,
        producer: 'http',
        origin: 'network',
        rawDescription: '<html>Service Unavailable</html>',
        status: 503,
        retryAfterSeconds: 17,
        unconfirmed: true,
      },
    ],
  ])('%s', (_name, bag, expected) => {
    expect(read(bag)).toEqual(expected);
  });

  it.each(['body', 'data', 'bodyAsText', 'parsedBody', 'errorResponse', 'payload'])('the body in %s', (key) => {
    const wanted = { oauthError: 'invalid_grant', suberror: 'bad_token', status: 400 };
    expect(read({ status: 400, [key]: grant })).toMatchObject(wanted);
    expect(read({ status: 400, [key]: JSON.stringify(grant) })).toMatchObject(wanted);
    expect(read({ status: 400, [key]: Buffer.from(JSON.stringify(grant)) })).toMatchObject(wanted);
  });

  it.each([undefined, null, ''])('a body behind one that is %j', (empty) => {
    expect(read({ status: 400, body: empty, data: grant })).toMatchObject({ oauthError: 'invalid_grant' });
  });

  it('16 KiB of a binary body', () => {
    const body = (blanks: number): Buffer => Buffer.from(`${' '.repeat(blanks)}AADSTS50076: x`);
    expect(read({ status: 400, headers: {}, body: body(16_300) })).toMatchObject({ aadstsCodes: [50076] });
    expect(read({ status: 400, headers: {}, body: body(16_384) })?.['aadstsCodes']).toBeUndefined();
  });

  it.each<[name: string, body: unknown, expected: Record<string, unknown>]>([
    [
      'a body of the token endpoint',
      entraBody('invalid_grant', 50076),
      { producer: 'token-response', aadstsCodes: [50076] },
    ],
    ['a body of Graph', { error: { code: 'InvalidAuthenticationToken' } }, { producer: 'graph' }],
    ['a body with words alone', { message: 'AADSTS50076: x' }, { aadstsCodes: [50076] }],
    ['a body with words of .NET alone', { Message: 'AADSTS50076: x' }, { aadstsCodes: [50076] }],
    ['a body inside a body', { body: grant }, { oauthError: 'invalid_grant' }],
    ['a body inside a body with words', { message: 'failed', body: grant }, { oauthError: 'invalid_grant' }],
  ])('%s', (_name, body, expected) => {
    expect(read({ status: 401, headers: {}, body })).toMatchObject(expected);
  });

  it('what is no body proves nothing', () => {
    for (const body of [1, true, [], { message: 'failed' }, { message: 'failed', body: {} }]) {
      expect(read({ status: 401, body })).toBeUndefined();
    }
  });

  it('the query of a redirect URI before anything else', () => {
    const query = { error: 'access_denied', error_subcode: 'cancel' };
    expect(read({ status: 503, headers: { 'retry-after': '17' }, query })).toMatchObject({
      producer: 'authorization-response',
      oauthError: 'access_denied',
      suberror: 'cancel',
      status: undefined,
    });
    expect(read({ status: 503, headers: {}, query: { page: '1' } })).toMatchObject({ producer: 'http' });
  });

  const claimsHeader = { 'www-authenticate': `Bearer error="insufficient_claims", claims="${base64(acrsClaims)}"` };
  const errorHeader = { 'www-authenticate': 'Bearer error="invalid_token", error_description="of the header"' };

  it.each<[name: string, headers: object, body: unknown, expected: Record<string, unknown>]>([
    ['a challenge alone', errorHeader, undefined, { oauthError: 'invalid_token', rawDescription: 'of the header' }],
    [
      'a body before a challenge',
      errorHeader,
      { ...grant, error_description: 'of the body' },
      { oauthError: 'invalid_grant', rawDescription: 'of the body' },
    ],
    [
      'claims of a challenge before a body',
      claimsHeader,
      { ...grant, claims: nbfClaims },
      { oauthError: 'insufficient_claims', claims: acrsClaims, suberror: 'bad_token' },
    ],
    ['a challenge beside a body that nobody knows', errorHeader, { a: 1 }, { oauthError: 'invalid_token' }],
  ])('%s', (_name, headers, body, expected) => {
    expect(read({ status: 401, headers, body })).toMatchObject({ ...expected, status: 401 });
  });

  it('a response inside an error, completed by what the error says', () => {
    const response = { status: 400, headers: { 'retry-after': '17' }, body: grant };
    expect(read({ response })).toMatchObject({ oauthError: 'invalid_grant', status: 400, retryAfterSeconds: 17 });
    expect(read({ response, status: 500, body: { error: 'server_error', trace_id: traceId } })).toMatchObject({
      oauthError: 'invalid_grant',
      suberror: 'bad_token',
      traceId,
      status: 400,
    });
    expect(read({ response: { status: 200, headers: {} }, body: grant })).toMatchObject({
      oauthError: 'invalid_grant',
    });
  });
});

describe('whose answer it was', () => {
  const refused = { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' };
  const from = (url: string, body: object = refused): object => ({ status: 400, url, headers: {}, body });

  it("another identity provider's error is not confirmed", () => {
    expect(normalize(from('https://accounts.contoso.test/token'))?.unconfirmed).toBe(true);
  });

  it.each<[name: string, answer: object]>([
    ["an identity host's", from('https://login.microsoftonline.com/common/oauth2/v2.0/token')],
    [
      'one with a code of Entra, whatever the host',
      from('https://login.contoso.test/token', entraBody('invalid_grant', 50173)),
    ],
    [
      'one with a code of B2C',
      from('https://login.contoso.test/token', { ...refused, error_description: 'AADB2C90080: x' }),
    ],
    ['one with a trace id', from('https://login.contoso.test/token', { ...refused, trace_id: traceId })],
    [
      'one with a correlation id',
      from('https://login.contoso.test/token', { ...refused, correlation_id: correlationId }),
    ],
    ['one with a suberror', from('https://login.contoso.test/token', { ...refused, suberror: 'bad_token' })],
    ['one with claims', from('https://login.contoso.test/token', { ...refused, claims: acrsClaims })],
    ['one without an address', { status: 400, headers: {}, body: refused }],
    ['one whose address is no address', from('/token')],
    [
      'one that was asked for at one address and came from another, if either is an identity host’s',
      {
        ...from('https://proxy.contoso.test/token'),
        config: { url: 'https://login.microsoftonline.com/common/oauth2/v2.0/token' },
      },
    ],
  ])('%s is', (_name, answer) => {
    expect(normalize(answer)).toMatchObject({ oauthError: 'invalid_grant' });
    expect(normalize(answer)?.unconfirmed).toBeUndefined();
  });

  it('a refusal that names a permission of Azure is confirmed, and no new token helps', () => {
    const message = 'The principal lacks the required data action `Microsoft.Contoso/accounts/models/read/action`.';
    const error = normalize({ status: 401, headers: {}, body: { error: { code: 'PermissionDenied', message } } });
    expect(error?.unconfirmed).toBeUndefined();
    expect(error && decide(error)).toMatchObject({ action: 'contact_admin', situation: 'permission-denied' });
  });

  it("anybody's PermissionDenied is not confirmed", () => {
    const body = { error: { code: 'PermissionDenied', message: 'You cannot edit this order' } };
    expect(normalize({ status: 403, headers: {}, body })?.unconfirmed).toBe(true);
  });

  it("an SDK's error keeps its code when its body is empty", () => {
    const thrown = {
      statusCode: 403,
      code: 'Authorization_RequestDenied',
      message: 'x',
      requestId: traceId,
      body: '{}',
    };
    expect(normalize(thrown)).toMatchObject({ producer: 'graph', clientCode: 'Authorization_RequestDenied', traceId });
  });

  it('the correlation id stands beside the message of a managed identity endpoint', () => {
    const message = 'No Managed Identity found for specified ClientId/ResourceId/PrincipalId.';
    const error = normalize({ status: 400, headers: {}, body: { statusCode: 400, message, correlationId } });
    expect(error).toMatchObject({ clientCode: 'identity_not_found', correlationId });
  });
});
