// Starts the application on a real directory when TENANT_NAME is set, else on LocalEntra.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { aadNetworkClient } from 'aad-error-handler';
import { createApp } from './app.mjs';
import { b2cFlows, externalIdFlows } from './flows.mjs';

/** Somebody whom the directory of an organisation would not know. */
const customer = {
  userName: 'carla@customer.example',
  name: 'Carla Customer',
  oid: '00000000-0000-4000-8000-0000000000c1',
  situation: 'A customer; nothing fails',
};

/** Settings for LocalEntra: it answers for every host, and its page has the buttons of a user flow. */
async function startLocal(isExternalId) {
  const { createLocalEntra } = await import('aad-error-handler/testing');
  // A minute is less than MSAL's margin: each visit of /orders refreshes, so that a failure of it can be seen.
  const entra = await createLocalEntra({ autoApprove: false, users: [customer], accessTokenSeconds: 60 });
  const policies = {
    signIn: 'B2C_1_sign_in',
    passwordReset: 'B2C_1_password_reset',
    editProfile: 'B2C_1_edit_profile',
  };
  return {
    entra,
    clientId: entra.clientId,
    clientSecret: entra.clientSecret,
    system: { networkClient: entra.networkClient },
    flows: isExternalId ? externalIdFlows({ tenantName: 'contoso' }) : b2cFlows({ tenantName: 'contoso', ...policies }),
    scope: 'https://contoso.onmicrosoft.com/orders/Orders.Read',
  };
}

function readDirectory(environment, isExternalId) {
  const { TENANT_NAME: tenantName, CLIENT_ID, CLIENT_SECRET, SCOPE } = environment;
  const policies = {
    signIn: environment.SIGN_IN_POLICY,
    passwordReset: environment.PASSWORD_RESET_POLICY,
    editProfile: environment.EDIT_PROFILE_POLICY,
  };
  const flows = isExternalId ? externalIdFlows({ tenantName }) : b2cFlows({ tenantName, ...policies });
  const authority = isExternalId ? `${flows.signIn}${tenantName}.onmicrosoft.com` : flows.signIn;
  return {
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    system: { networkClient: aadNetworkClient() },
    flows,
    scope: SCOPE,
    endSessionUrl: `${authority}/oauth2/v2.0/logout`,
  };
}

/** Not for copying: the refresh token of the next call has expired. */
function createSwitches(entra, isExternalId, next) {
  return (req, res) => {
    if (req.url !== '/local-entra/expire') return next(req, res);
    entra.failNext(isExternalId ? 700082 : 'AADB2C90080', { flow: 'silent', error: 'invalid_grant' });
    res.writeHead(200, { 'content-type': 'text/plain' }).end('The next refresh fails. Open /orders.\n');
  };
}

/** @returns {Promise<{ url, entra?, close() }>} `entra` is absent on a real directory */
export async function startExample({ port = 3000, environment = process.env } = {}) {
  const isExternalId = environment.KIND === 'external-id';
  const { entra, ...settings } = environment.TENANT_NAME
    ? readDirectory(environment, isExternalId)
    : await startLocal(isExternalId);
  const server = createServer().listen(port, 'localhost');
  await once(server, 'listening');
  const url = `http://localhost:${server.address().port}`;
  const app = createApp({
    ...settings,
    baseUrl: environment.BASE_URL ?? url,
    secret: environment.SESSION_SECRET ?? randomBytes(32).toString('base64url'),
  });
  server.on('request', entra ? createSwitches(entra, isExternalId, app) : app);
  return {
    url,
    entra,
    async close() {
      server.closeAllConnections();
      server.close();
      await entra?.close();
    },
  };
}
