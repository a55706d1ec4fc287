import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { isReactable, namesResourceHost } from '../../../src/normalize/hosts.js';
import { serviceHeaders } from '../../../src/normalize/vocabulary.js';
import { correlationId, traceId } from './support.js';

const told = (thrown: unknown): readonly unknown[] => {
  const error = normalize(thrown);
  return error === undefined ? ['none'] : [error.clientCode, decide(error).action, error.unconfirmed ?? false];
};

describe('namesResourceHost', () => {
  it.each([
    'https://contoso.sharepoint.com/sites/x', 'https://contoso.crm4.dynamics.com/api', 'https://contoso.blob.core.windows.net/a',
    'https://contoso.queue.core.windows.net/a', 'https://contoso.table.core.windows.net/a', 'https://contoso.dfs.core.windows.net/a',
    'https://contoso.file.core.windows.net/a', 'https://api.powerbi.com/v1.0', 'https://api.fabric.microsoft.com/v1',
    'https://dev.azure.com/contoso', 'https://outlook.office365.com/api', 'https://OUTLOOK.office.com:443/api',
    'https://contoso.openai.azure.com/openai', 'https://contoso.cognitiveservices.azure.com/x', 'https://contoso.search.windows.net/x',
    'sb://contoso.servicebus.windows.net/', 'https://contoso.documents.azure.com:443/', 'https://contoso.azconfig.io/kv',
    'getaddrinfo ENOTFOUND contoso.sharepoint.com',
  ])('%s', (text) => {
    expect(namesResourceHost(text)).toBe(true);
  }); // prettier-ignore

  it.each([
    undefined, 'https://contoso.sharepoint.com.contoso.test/', 'https://contosoapi.powerbi.com/', 'https://xdev.azure.com/',
    'https://my-dev.azure.com/', 'https://openai.azure.com.contoso.test/', 'https://contoso.azconfig.iot/', 'https://contoso.sharepoint.community/', 'https://contoso.web.core.windows.net/', '.sharepoint.com',
  ])('not %j', (text) => {
    expect(namesResourceHost(text)).toBe(false);
  }); // prettier-ignore
});

describe('an answer of a Microsoft service', () => {
  const url = 'https://contoso.blob.core.windows.net/invoices/1';
  const body = 'Refused.';

  it.each([401, 403, 429, 500, 503])('%i: the address or a header of the service is proof', (status) => {
    expect(isReactable(status)).toBe(true);
    expect(normalize({ status, headers: {}, url, body })?.unconfirmed).toBeUndefined();
    for (const name of serviceHeaders)
      expect(normalize({ status, headers: { [name]: '7' }, body })?.unconfirmed).toBeUndefined();
    expect(normalize({ status, headers: { 'x-ms-version': '7' }, body })?.unconfirmed).toBe(true);
  });

  it.each([400, 404, 409, 412])('%i is no identity error of a service, whatever names it', (status) => {
    expect(isReactable(status)).toBe(false);
    expect(normalize({ status, headers: { 'x-ms-error-code': 'BlobNotFound' }, url, body })?.unconfirmed).toBe(true);
  });

  it.each<[name: string, headers: unknown]>([
    ['Headers', new Headers({ 'X-Ms-Error-Code': 'ServerBusy' })],
    ['a list of pairs', [['X-Ms-Error-Code', 'ServerBusy']]],
    ['a raw list', ['X-Ms-Error-Code', 'ServerBusy']],
    ['an object in any case', { 'X-Ms-Error-Code': 'ServerBusy' }],
  ])('the header is found in %s', (_name, headers) => {
    expect(told({ status: 503, headers, body })).toEqual([undefined, 'retry', false]);
  });

  it('the correlation id of Azure Resource Manager is read from its header', () => {
    const answer = {
      status: 401,
      headers: { 'x-ms-correlation-request-id': correlationId },
      body: { error: { code: 'ExpiredAuthenticationToken', message: 'The access token is expired.' } },
    };
    expect(normalize(answer)?.correlationId).toBe(correlationId);
  });
});

describe('Azure Storage', () => {
  const xml = (code: string, request = `\nRequestId:${traceId}\nTime:2026-01-15T10:20:30.0000000Z`): object => ({
    status: 403,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>Not allowed.${request}</Message></Error>`,
  });

  it('the code and request id of an XML body are read', () => {
    expect(normalize(xml('AuthorizationPermissionMismatch'))).toMatchObject({
      producer: 'http',
      origin: 'resource-challenge',
      clientCode: 'AuthorizationPermissionMismatch',
      status: 403,
      traceId,
    });
  });

  it.each<[name: string, thrown: unknown, expected: readonly unknown[]]>([
    ['a code of its own is proof', xml('AuthorizationPermissionMismatch', ''), ['AuthorizationPermissionMismatch', 'contact_admin', false]],
    ['a code that others use too needs its request id', xml('AuthorizationFailure', ''), ['AuthorizationFailure', 'contact_admin', true]],
    ['and is proof with it', xml('AuthorizationFailure'), ['AuthorizationFailure', 'contact_admin', false]],
    ['the refusal of another store', xml('AccessDenied', ''), [undefined, 'contact_admin', true]],
  ])('%s', (_name, thrown, expected) => {
    expect(told(thrown)).toEqual(expected);
  }); // prettier-ignore

  it('a code without its end tag or outside an error is none', () => {
    expect(normalize('<Error><Code>AuthorizationPermissionMismatch')).toBeUndefined();
    expect(normalize('<Result><Code>AuthorizationPermissionMismatch</Code></Result>')).toBeUndefined();
  });
});

describe('Dataverse', () => {
  it.each([
    ['0x80072560', 403, 'contact_admin'],
    ['0x80040220', 403, 'contact_admin'],
    ['0x80072322', 429, 'retry'],
  ])('%s is %i and means %s', (code, status, action) => {
    expect(told({ status, headers: {}, body: { error: { code, message: 'No.' } } })).toEqual([code, action, false]);
  });
});

describe('a sentence about a failed connection', () => {
  it.each([
    ['request to https://graph.microsoft.com/v1.0/users failed, reason: connect ETIMEDOUT 192.0.2.7:443', 'ETIMEDOUT'],
    ['getaddrinfo ENOTFOUND login.microsoftonline.com', 'ENOTFOUND'],
    ['read ECONNRESET from contoso.sharepoint.com', 'ECONNRESET'],
  ])('%s', (message, code) => {
    for (const thrown of [message, new Error(message), { code: 'FetchError', statusCode: -1, message }])
      expect(told(thrown)).toEqual([code, 'retry', false]);
  });

  it.each([
    'getaddrinfo ENOTFOUND db.contoso.test',
    'graph.microsoft.com answered',
    'EVERYTHING about login.microsoftonline.com',
  ])('not %s', (message) => {
    for (const thrown of [message, new Error(message)]) expect(told(thrown)).toEqual(['none']);
  });
});

describe('an answer about something else', () => {
  it.each([
    [404, 'itemNotFound', 'https://graph.microsoft.com/v1.0/me/drive/root:/a.txt'],
    [409, 'nameAlreadyExists', 'https://graph.microsoft.com/v1.0/me/drive/root/children'],
    [404, 'ResourceGroupNotFound', 'https://management.azure.com/subscriptions/1/resourceGroups/a'],
    [404, 'SecretNotFound', 'https://contoso.vault.azure.net/secrets/a'],
  ])('%s %s of %s is left to the application', (status, code, url) => {
    const answer = { status, headers: {}, url, body: { error: { code, message: 'x' } } };
    expect(normalize(answer)?.unconfirmed ?? true).toBe(true);
  });
});
