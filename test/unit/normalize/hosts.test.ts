import { describe, expect, it } from 'vitest';
import { namesIdentityHost, namesOthersHost, namesPlatformHost } from '../../../src/normalize/hosts.js';

describe('namesIdentityHost', () => {
  it.each([
    'https://login.microsoftonline.com/common', 'https://login.microsoftonline.us/common', 'https://login.partner.microsoftonline.cn/x',
    'https://login.windows.net/x', 'https://login.microsoft.com/x', 'https://login.live.com/x', 'https://login.chinacloudapi.cn/x',
    'https://sts.windows.net/x', 'https://contoso.b2clogin.com/x', 'https://contoso.ciamlogin.com/x', 'https://graph.microsoft.com/v1.0/me',
    'https://dod-graph.microsoft.us/v1.0/me', 'https://microsoftgraph.chinacloudapi.cn/v1.0/me', 'https://graph.windows.net/x',
    'https://management.azure.com/x', 'https://management.usgovcloudapi.net/x', 'https://management.chinacloudapi.cn/x',
    'https://contoso.vault.azure.net/x', 'https://contoso.vault.usgovcloudapi.net/x', 'https://contoso.vault.azure.cn/x',
    'http://169.254.169.254/metadata/identity/oauth2/token', 'getaddrinfo ENOTFOUND login.microsoftonline.com',
  ])('%s', (text) => {
    expect(namesIdentityHost(text)).toBe(true);
  }); // prettier-ignore

  it.each([undefined, '', 'https://contoso.test/', 'https://azure.com/', 'http://169.254.169.254/latest/meta-data'])(
    'not %j',
    (text) => {
      expect(namesIdentityHost(text)).toBe(false);
    },
  );

  it('looks at 2,048 characters', () => {
    const host = 'sts.windows.net';
    expect(namesIdentityHost(host.padStart(2_048))).toBe(true);
    expect(namesIdentityHost(host.padStart(2_049))).toBe(false);
  });
});

describe('a host counts where it is called, or named in a sentence', () => {
  const host = 'login.microsoftonline.com';

  it.each([
    host,
    `https://${host}`,
    `https://${host}:443/common?x=https://contoso.test`,
    `HTTPS://LOGIN.MicrosoftOnline.com/common`,
    `https://user:secret@${host}/common`,
    `https://westeurope.login.microsoft.com/common`,
    `request to https://${host}/x failed, reason: connect ETIMEDOUT`,
    `HTTPSConnectionPool(host='${host}', port=443): Max retries exceeded`,
    `[POST] "https://${host}/x": <no response> fetch failed`,
    `authority=https://${host}/common`,
    `could not reach ${host}.`,
    `connect to ${host}:443 refused`,
    `{\\"url\\":\\"https:\\/\\/${host}\\/common\\"}`,
    `Attempted to reach: https://${host}`,
    `host:${host}`,
    `ECONNRESET from ${host}:443.`,
    `\u201e${host}\u201c ENOTFOUND`,
    `\uff1a${host}\uff0cconnect ETIMEDOUT`,
    `*${host}*`,
  ])('%s', (text) => {
    expect(namesPlatformHost(text)).toBe(true);
  });

  it.each([
    `https://contoso.test/?to=https://${host}/common`,
    `https://contoso.test/go/https://${host}/common`,
    `https://contoso.test#https://${host}`,
    `contoso.test/?to=https://${host}/`,
    `https://${host}.contoso.test/common`,
    `https://${host}@contoso.test/common`,
    `https://contoso.test/${host}`,
    `https://evil${host}/`,
    `somebody@${host}`,
    `request to https://contoso.test/p?u=https://${host} failed, reason: connect ECONNREFUSED`,
  ])('but not in %s', (text) => {
    expect(namesPlatformHost(text)).toBe(false);
  });

  it('services with tokens of their own are known', () => {
    expect(namesOthersHost('https://gmail.googleapis.com/gmail/v1/users/me')).toBe(true);
    expect(namesOthersHost('https://api.contoso.test/?next=https://accounts.google.com/')).toBe(false);
  });
});
