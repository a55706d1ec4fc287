import type { RequestIn } from '../types.js';
import type { AccountLike } from './msal-client.js';
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
    return await Promise.race([hooks.getAccount(request), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Tenant of all personal Microsoft accounts. */
const consumersTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** Whether it is a personal or a work account, so that Entra does not ask. */
export function domainHint({ tenantId }: AccountLike): { domainHint?: string } {
  return tenantId === undefined ? {} : { domainHint: tenantId === consumersTenant ? 'consumers' : 'organizations' };
}
