import type { AppRequest, RequestIn } from '../types.js';
import type { AccountLike, MsalClient } from './msal-client.js';
import type { InteractionSettings } from './options.js';

/** Longest a getAccount of the application may take; hints are not worth a wait. */
const accountTimeoutMs = 1_000;

/** The signed-in account for hints; a getAccount that fails or hangs counts as nobody. */
export async function accountOf({ hooks }: InteractionSettings, request: RequestIn): Promise<AccountLike | undefined> {
  if (hooks.getAccount === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, accountTimeoutMs, undefined);
    });
    return await Promise.race([hooks.getAccount(request as AppRequest), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Tenant of all personal Microsoft accounts. */
const consumersTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** Sign-in hosts of Entra ID for organizations, by cloud: where a domain hint says which kind of account it is. */
const organizationHosts: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
  'login.microsoftonline.us',
  'login.usgovcloudapi.net',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
]);

/** Who signs in, and whether with a personal or a work account, so that Entra does not ask. */
export function hintsOf(
  { client }: Pick<InteractionSettings, 'client'>,
  account: AccountLike | undefined,
): { readonly loginHint?: string; readonly domainHint?: string } {
  const { username, tenantId } = account ?? {};
  if (username === undefined || username === '') return {};
  if (tenantId === undefined || tenantId === '' || !signsInOrganizations(client)) return { loginHint: username };
  return { loginHint: username, domainHint: tenantId === consumersTenant ? 'consumers' : 'organizations' };
}

/**
 * false for Azure AD B2C and External ID, at their own hosts or a custom one: there a domain hint names a social provider.
 *
 * The authority is the client's; MSAL Node 2 to 7 keep it in `config`, which is protected in its types. A client without
 * it, such as a wrapper, counts as one of an organization.
 */
function signsInOrganizations(client: MsalClient): boolean {
  const { config } = client as { readonly config?: { readonly auth?: { readonly authority?: unknown } } };
  const authority = config?.auth?.authority;
  return (
    typeof authority !== 'string' || !URL.canParse(authority) || organizationHosts.has(new URL(authority).hostname)
  );
}
