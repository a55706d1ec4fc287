import type { AuthenticationResult, ConfidentialClientApplication, Configuration } from '@azure/msal-node';

export const msalConfiguration: Configuration;
export function createFailingCall(
  client: ConfidentialClientApplication,
): Promise<() => Promise<AuthenticationResult | null>>;
