import { describe, expect, test } from 'vitest';
import { audienceName, fitsService, nameOf, scopeOf, serviceOfUrl } from '../../../src/doctor/audiences.js';
import type { DiagnosedService } from '../../../src/doctor/index.js';

const services: readonly (readonly [DiagnosedService, string, string, readonly string[]])[] = [
  [
    'graph',
    'Microsoft Graph',
    'https://graph.microsoft.com/.default',
    ['https://graph.microsoft.com', 'https://graph.microsoft.com/', 'https://Graph.Microsoft.com', '00000003-0000-0000-c000-000000000000', 'https://graph.microsoft.us', 'https://dod-graph.microsoft.us', 'https://microsoftgraph.chinacloudapi.cn'],
  ],
  [
    'arm',
    'Azure Resource Manager',
    'https://management.azure.com/.default',
    ['https://management.azure.com', 'https://management.core.windows.net/', '797f4846-ba00-4fd7-ba43-dac1f8f63013', 'https://management.usgovcloudapi.net', 'https://management.core.usgovcloudapi.net', 'https://management.chinacloudapi.cn', 'https://management.core.chinacloudapi.cn'],
  ],
  [
    'key-vault',
    'Azure Key Vault',
    'https://vault.azure.net/.default',
    ['https://vault.azure.net', 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093', 'https://vault.usgovcloudapi.net', 'https://vault.azure.cn'],
  ],
  [
    'sharepoint',
    'SharePoint',
    'https://<tenant>.sharepoint.com/.default',
    ['00000003-0000-0ff1-ce00-000000000000', 'https://contoso.sharepoint.com', 'https://contoso-my.sharepoint.us', 'https://contoso.sharepoint.cn'],
  ],
  [
    'storage',
    'Azure Storage',
    'https://storage.azure.com/.default',
    ['https://storage.azure.com', 'e406a681-f3d4-42a8-90b6-c2b029497af1', 'https://a1.blob.core.windows.net', 'https://a1.queue.core.windows.net', 'https://a1.table.core.windows.net', 'https://a1.file.core.windows.net/'],
  ],
]; // prettier-ignore
const audiences = services.flatMap(([service, name, , list]) =>
  list.map((audience) => [audience, service, name] as const),
);

describe('the API that an audience stands for', () => {
  test.each(audiences)('%s: %s', (audience, service, name) => {
    expect(audienceName(audience)).toBe(name);
    for (const [other] of services) expect(fitsService(audience, other)).toBe(other === service);
  });

  test.each([
    ['https://graph.windows.net', 'Azure AD Graph (retired)'],
    ['00000002-0000-0000-c000-000000000000', 'Azure AD Graph (retired)'],
    ['https://outlook.office.com', 'Outlook (Exchange Online)'],
    ['https://outlook.office365.com/', 'Outlook (Exchange Online)'],
    ['00000002-0000-0ff1-ce00-000000000000', 'Outlook (Exchange Online)'],
  ])('%s has a name, but opens none of the others: %s', (audience, name) => {
    expect(audienceName(audience)).toBe(name);
    for (const [service] of services) expect(fitsService(audience, service)).toBe(false);
  });

  test.each([
    'api://a1', '', 'xhttps://contoso.sharepoint.com', 'https://contoso.sharepoint.community', 'https://.sharepoint.com', 'https://a_b.sharepoint.com', `https://${'a'.repeat(65)}.sharepoint.com`,
    'xhttps://a1.blob.core.windows.net', 'https://a1.blob.core.windows.net.evil.test', 'https://.blob.core.windows.net', 'https://a1.web.core.windows.net', `https://${'a'.repeat(65)}.blob.core.windows.net`,
  ])('%s is nobody known', (audience) => {
    expect(audienceName(audience)).toBeUndefined();
    expect(fitsService(audience, 'graph')).toBe(false);
  }); // prettier-ignore

  test('nothing fits a service that is not known, nor is anything wrong with it', () => {
    expect(fitsService('https://graph.microsoft.com', 'unknown')).toBeUndefined();
  });
});

describe('names and scopes for sentences', () => {
  test.each(services)('%s', (service, name, scope) => {
    expect([nameOf(service), scopeOf(service)]).toEqual([name, scope]);
  });

  test('of a service that is not known', () => {
    expect([nameOf('unknown'), scopeOf('unknown')]).toEqual(['the API', '<App ID URI of the API>/.default']);
  });
});

describe('the service that an address leads to', () => {
  test.each<[string, DiagnosedService]>([
    ['https://graph.microsoft.com/v1.0/me', 'graph'],
    ['https://GRAPH.microsoft.com', 'graph'],
    ['HTTPS://graph.microsoft.com?a', 'graph'],
    ['https://graph.microsoft.com:443/', 'graph'],
    ['https://graph.microsoft.com#a', 'graph'],
    ['https://graph.microsoft.us/v1.0', 'graph'],
    ['https://dod-graph.microsoft.us/v1.0', 'graph'],
    ['https://microsoftgraph.chinacloudapi.cn/v1.0', 'graph'],
    ['https://management.azure.com/subscriptions', 'arm'],
    ['https://management.usgovcloudapi.net/', 'arm'],
    ['https://management.chinacloudapi.cn/', 'arm'],
    ['https://v1.vault.azure.net/secrets', 'key-vault'],
    ['https://v1.vault.usgovcloudapi.net/', 'key-vault'],
    ['https://v1.vault.azure.cn/', 'key-vault'],
    ['https://contoso.sharepoint.com/sites/a', 'sharepoint'],
    ['https://a1.blob.core.windows.net/c', 'storage'],
  ])('%s: %s', (url, service) => {
    expect(serviceOfUrl(url)).toBe(service);
  });

  test.each([
    'http://graph.microsoft.com/', 'https://evil.test/https://graph.microsoft.com/', 'https://graph.microsoft.com.evil.test/', 'https://xgraph.microsoft.com/', 'https://user@graph.microsoft.com/',
    'https://evilvault.azure.net/', 'graph.microsoft.com', '', `https://${'a'.repeat(254)}/`,
  ])('%s leads to none of them', (url) => {
    expect(serviceOfUrl(url)).toBeUndefined();
  }); // prettier-ignore
});
