// Which cloud an example talks to: the tenant that the environment names, or one that is played on this machine.
// An application of your own needs nothing of this folder: it knows its tenant.
import { randomBytes } from 'node:crypto';

/** The app registration of the API in `api` and `spa-and-api`, as LocalEntra knows it. */
const localApi = { clientId: '33333333-3333-4333-8333-333333333333', clientSecret: 'fake-secret-of-the-api' };
const signInScopes = ['openid', 'profile', 'email', 'offline_access', 'User.Read'];

/**
 * @param environment with TENANT_ID it is a real tenant, and CLIENT_ID and CLIENT_SECRET (API_CLIENT_ID and
 *   API_CLIENT_SECRET for the API) are needed; without it LocalEntra is started
 * @param entra options for LocalEntra, for tests
 */
export async function openCloud({ environment = process.env, entra } = {}) {
  const sessionSecret = environment.SESSION_SECRET ?? randomBytes(32).toString('base64url');
  return { sessionSecret, ...(environment.TENANT_ID ? realCloud(environment) : await localCloud(entra)) };
}

function realCloud(environment) {
  const read = (name) => {
    if (!environment[name]) throw new Error(`TENANT_ID is set, so ${name} is needed too. The README says where it is.`);
    return environment[name];
  };
  const tenantId = environment.TENANT_ID;
  const authority = `https://login.microsoftonline.com/${tenantId}`;
  return {
    tenantId,
    issuerUrl: `${authority}/v2.0`,
    keysUrl: `${authority}/discovery/v2.0/keys`,
    graphUrl: 'https://graph.microsoft.com/v1.0',
    endSessionUrl: `${authority}/oauth2/v2.0/logout`,
    registration: (prefix = '') => ({
      clientId: read(`${prefix}CLIENT_ID`),
      clientSecret: read(`${prefix}CLIENT_SECRET`),
      authority,
      // Says that this application can handle claims challenges; without it Entra and Graph send fewer of them.
      clientCapabilities: ['CP1'],
    }),
    close() {},
  };
}

async function localCloud(options) {
  // Loaded only here: on a real tenant nothing needs a test double.
  const { createLocalEntra } = await import('aad-error-handler/testing');
  const { startLocalGraph } = await import('./local-graph.mjs');
  const entra = await createLocalEntra({
    // A page with buttons, so that you choose who signs in and how.
    autoApprove: false,
    additionalClients: [localApi],
    unprotectedScopes: [...signInScopes, `api://${localApi.clientId}/Expenses.Read`],
    appRoles: ['Expenses.Read.All'],
    ...options,
  });
  const graph = await startLocalGraph(entra);
  return {
    entra,
    troubleUrl: graph.url,
    tenantId: entra.tenantId,
    issuerUrl: `${entra.authority}/v2.0`,
    keysUrl: `${entra.authority}/discovery/v2.0/keys`,
    graphUrl: `${graph.url}/v1.0`,
    adminConsentHost: entra.url,
    // With authorityMetadata, so that MSAL sends browsers and its own calls to LocalEntra.
    registration: (prefix) => ({ ...entra.msalConfiguration().auth, ...(prefix === 'API_' && localApi) }),
    async close() {
      graph.close();
      await entra.close();
    },
  };
}
