import { describe, expect, it } from 'vitest';
import { isClientSideName, isMsalName, namesIdentityHost } from '../../../src/normalize/vocabulary.js';

describe("MSAL's classes", () => {
  it.each([
    'ClientAuthError', 'ClientConfigurationError', 'NodeAuthError', 'ManagedIdentityError', 'JoseHeaderError', 'PlatformBrokerError',
    'CacheError', 'BrowserAuthError', 'BrowserConfigurationAuthError',
  ])('%s is thrown by the library itself', (name) => { 
    expect([isMsalName(name), isClientSideName(name)]).toStrictEqual([true, true]);
  }); // prettier-ignore

  it.each(['AuthError', 'InteractionRequiredAuthError', 'ServerError', 'NetworkError'])(
    '%s may hold an answer of the server',
    (name) => {
      expect([isMsalName(name), isClientSideName(name)]).toStrictEqual([true, false]);
    },
  );

  it.each([undefined, '', 'Error', 'TypeError', 'constructor', 'servererror'])('%j is none', (name) => {
    expect([isMsalName(name), isClientSideName(name)]).toStrictEqual([false, false]);
  });
});

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
