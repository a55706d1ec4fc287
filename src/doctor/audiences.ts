import type { DiagnosedService } from './types.js';

interface Api {
  readonly name: string;
  readonly service?: DiagnosedService;
  /** `aud` values without a final slash, in lower case: addresses of all clouds and the application id. */
  readonly audiences: readonly string[];
  /** Scope to ask for, in the public cloud. */
  readonly scope: string;
}

/**
 * Microsoft's APIs whose tokens get mixed up. Addresses of the national clouds stand beside the public ones.
 *
 * @see https://learn.microsoft.com/graph/deployments, https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud (read 2026-11)
 */
const apis: readonly Api[] = [
  {
    name: 'Microsoft Graph',
    service: 'graph',
    audiences: [
      'https://graph.microsoft.com',
      '00000003-0000-0000-c000-000000000000',
      'https://graph.microsoft.us',
      'https://dod-graph.microsoft.us',
      'https://microsoftgraph.chinacloudapi.cn',
    ],
    scope: 'https://graph.microsoft.com/.default',
  },
  {
    name: 'Azure Resource Manager',
    service: 'arm',
    audiences: [
      'https://management.azure.com',
      'https://management.core.windows.net',
      '797f4846-ba00-4fd7-ba43-dac1f8f63013',
      'https://management.usgovcloudapi.net',
      'https://management.core.usgovcloudapi.net',
      'https://management.chinacloudapi.cn',
      'https://management.core.chinacloudapi.cn',
    ],
    scope: 'https://management.azure.com/.default',
  },
  {
    name: 'Azure Key Vault',
    service: 'key-vault',
    audiences: [
      'https://vault.azure.net',
      'cfa8b339-82a2-471a-a3c9-0fc0be7a4093',
      'https://vault.usgovcloudapi.net',
      'https://vault.azure.cn',
    ],
    scope: 'https://vault.azure.net/.default',
  },
  {
    name: 'SharePoint',
    service: 'sharepoint',
    audiences: ['00000003-0000-0ff1-ce00-000000000000'],
    scope: 'https://<tenant>.sharepoint.com/.default',
  },
  {
    name: 'Azure Storage',
    service: 'storage',
    audiences: ['https://storage.azure.com', 'e406a681-f3d4-42a8-90b6-c2b029497af1'],
    scope: 'https://storage.azure.com/.default',
  },
  {
    name: 'Azure AD Graph (retired)',
    audiences: ['https://graph.windows.net', '00000002-0000-0000-c000-000000000000'],
    scope: '',
  },
  {
    name: 'Outlook (Exchange Online)',
    audiences: ['https://outlook.office.com', 'https://outlook.office365.com', '00000002-0000-0ff1-ce00-000000000000'],
    scope: '',
  },
];

const byAudience: ReadonlyMap<string, Api> = new Map(
  apis.flatMap((api) => api.audiences.map((audience) => [audience, api] as const)),
);
const byService: ReadonlyMap<DiagnosedService, Api> = new Map(
  apis.flatMap((api) => (api.service === undefined ? [] : [[api.service, api] as const])),
);

/** The API that an `aud` value stands for. */
function apiOf(audience: string): Api | undefined {
  const plain = audience.toLowerCase().replace(/\/$/, '');
  if (/^https:\/\/[a-z0-9-]{1,64}\.sharepoint\.(?:com|us|cn)$/.test(plain)) return byService.get('sharepoint'); // accepts "https://contoso.sharepoint.com"
  if (/^https:\/\/[a-z0-9-]{1,64}\.(?:blob|queue|table|file)\.core\.windows\.net$/.test(plain))
    return byService.get('storage'); // accepts "https://a1.blob.core.windows.net"
  return byAudience.get(plain);
}

export const audienceName = (audience: string): string | undefined => apiOf(audience)?.name;

/** Name and scope of a service, for sentences. */
export function nameOf(service: DiagnosedService): string {
  return byService.get(service)?.name ?? 'the API';
}

export function scopeOf(service: DiagnosedService): string {
  return byService.get(service)?.scope ?? '<App ID URI of the API>/.default';
}

/** Whether a token for this audience opens the service; undefined when the service is not known. */
export function fitsService(audience: string, service: DiagnosedService): boolean | undefined {
  return byService.has(service) ? apiOf(audience)?.service === service : undefined;
}

const hosts: readonly (readonly [ending: string, service: DiagnosedService])[] = [
  ['graph.microsoft.com', 'graph'],
  ['graph.microsoft.us', 'graph'],
  ['dod-graph.microsoft.us', 'graph'],
  ['microsoftgraph.chinacloudapi.cn', 'graph'],
  ['management.azure.com', 'arm'],
  ['management.usgovcloudapi.net', 'arm'],
  ['management.chinacloudapi.cn', 'arm'],
  ['.vault.azure.net', 'key-vault'],
  ['.vault.usgovcloudapi.net', 'key-vault'],
  ['.vault.azure.cn', 'key-vault'],
  ['.sharepoint.com', 'sharepoint'],
  ['.core.windows.net', 'storage'],
];

/** The service that a URL leads to, by its host. */
export function serviceOfUrl(url: string): DiagnosedService | undefined {
  const host = /^https:\/\/([a-z0-9.-]{1,253})(?:[:/?#]|$)/i.exec(url)?.[1]?.toLowerCase(); // accepts "https://graph.microsoft.com/v1.0/me"
  if (host === undefined) return undefined;
  return hosts.find(([ending]) => (ending.startsWith('.') ? host.endsWith(ending) : host === ending))?.[1];
}
