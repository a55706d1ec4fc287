import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { readNetwork, urlsOf } from '../../../src/normalize/network.js';

const identityHost = 'login.microsoftonline.com';

type Case = [name: string, bag: Record<string, unknown>, expected: Record<string, unknown> | undefined];

describe('readNetwork', () => {
  const reading = { producer: 'network', origin: 'network', clientCode: undefined, rawDescription: undefined };

  it.each<Case>([
    ['a system error', { code: 'ECONNRESET' }, { clientCode: 'ECONNRESET', unconfirmed: true }],
    [
      'a system error of the identity platform',
      { code: 'ENOTFOUND', hostname: identityHost },
      { clientCode: 'ENOTFOUND', unconfirmed: false },
    ],
    [
      'a system error whose words name the identity platform',
      { code: 'ENOTFOUND', message: `getaddrinfo ENOTFOUND ${identityHost}` },
      { clientCode: 'ENOTFOUND', rawDescription: `getaddrinfo ENOTFOUND ${identityHost}`, unconfirmed: false },
    ],
    ...['fetch failed', 'Failed to fetch', 'Load failed', 'NetworkError when attempting to fetch resource.'].map(
      (message): Case => [message, { message }, { rawDescription: message, unconfirmed: true }],
    ),
    [
      'fetch failed, with a code nobody knows',
      { message: 'fetch failed', code: 'EWHATEVER' },
      { rawDescription: 'fetch failed', unconfirmed: true },
    ],
    ['a code nobody knows', { code: 'EWHATEVER' }, undefined],
    ['other words', { message: 'fetch failed: no' }, undefined],
    ['nothing', {}, undefined],
    ['port 443', { code: 'ECONNREFUSED', port: 443 }, { clientCode: 'ECONNREFUSED', unconfirmed: true }],
    ['port 80', { code: 'ECONNREFUSED', port: 80 }, { clientCode: 'ECONNREFUSED', unconfirmed: true }],
    ["somebody's database", { code: 'ECONNREFUSED', port: 5432 }, undefined],
    [
      'a port as text says nothing',
      { code: 'ECONNREFUSED', port: '5432' },
      { clientCode: 'ECONNREFUSED', unconfirmed: true },
    ],
    [
      'another port of the identity platform',
      { code: 'ECONNREFUSED', port: 8443, host: identityHost },
      { clientCode: 'ECONNREFUSED', unconfirmed: false },
    ],
  ])('%s', (_name, bag, expected) => {
    expect(readNetwork(bag)).toStrictEqual(expected === undefined ? undefined : { ...reading, ...expected });
  });
});

describe('urlsOf', () => {
  it.each<[name: string, bag: Record<string, unknown>]>([
    ['hostname (Node)', { hostname: 'x' }],
    ['host', { host: 'x' }],
    ['url', { url: 'x' }],
    ['config.url (axios)', { config: { url: 'x' } }],
    ['config.baseURL (axios)', { config: { baseURL: 'x' } }],
    ['request.url (Azure SDK)', { request: { url: 'x' } }],
    ['request.host', { request: { host: 'x' } }],
    ['options.url (got)', { options: { url: 'x' } }],
    ['options.url as an object (got)', { options: { url: { href: 'x' } } }],
    ['options.uri (request-promise)', { options: { uri: 'x' } }],
    ['config.url as a URL (gaxios)', { config: { url: { href: 'x' } } }],
    ['request as a text (ofetch)', { request: 'x' }],
    ['url as a URL', { url: { href: 'x' } }],
    ['response.url (fetch, openid-client 6)', { response: { url: 'x' } }],
    ['response.request.url (superagent)', { response: { request: { url: 'x' } } }],
    ['response.req.host (openid-client 5)', { response: { req: { host: 'x' } } }],
  ])('%s', (_name, bag) => {
    expect(urlsOf(bag)).toStrictEqual(['x']);
  });

  it.each<[name: string, bag: Record<string, unknown>]>([
    ['nothing', {}],
    ['empty objects', { config: {}, request: {}, options: {} }],
    ['other types', { hostname: 1, host: {}, url: [], config: 'x', request: 1, options: 'x', response: 'x' }],
    ['a URL that is a number', { options: { url: 1 } }],
    ['a URL without href', { options: { url: {} } }],
  ])('finds nothing in %s', (_name, bag) => {
    expect(urlsOf(bag)).toStrictEqual([]);
  });
});

describe('a failed connection that another language prints', () => {
  it.each([
    ['.NET', 'HttpRequestException: No such host is known. (login.microsoftonline.com:443)', 'ENOTFOUND'],
    [
      'Python',
      "HTTPSConnectionPool(host='graph.microsoft.com', port=443): Max retries exceeded (Caused by NewConnectionError('[Errno -2] Name or service not known'))",
      'ENOTFOUND',
    ],
    [
      'Python, certificate',
      "HTTPSConnectionPool(host='login.microsoftonline.com', port=443): (Caused by SSLError('CERTIFICATE_VERIFY_FAILED'))",
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'Go',
      'Post "https://login.microsoftonline.com/x": dial tcp 192.0.2.1:443: connect: connection refused',
      'ECONNREFUSED',
    ],
    ['Go, too late', 'Post "https://login.microsoftonline.com/x": context deadline exceeded', 'ETIMEDOUT'],
    ['.NET, cut off', 'login.microsoftonline.com: An existing connection was forcibly closed', 'ECONNRESET'],
  ])('%s', (_name, text, clientCode) => {
    expect(normalize(text)).toMatchObject({ producer: 'network', origin: 'network', clientCode });
  });

  it.each([
    ["another service's host", 'dial tcp: lookup db.contoso.test: no such host'],
    ['no call', 'The nightly export from graph.microsoft.com timed out after 60 minutes'],
    ['no failure', 'dial tcp login.microsoftonline.com:443 succeeded'],
  ])('refuses %s', (_name, text) => {
    expect(normalize(text)).toBeUndefined();
  });
});
