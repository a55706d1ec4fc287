// Starts the API on a real tenant when TENANT_ID is set, else on LocalEntra with switches to cause trouble.
import { once } from 'node:events';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { serve } from '@hono/node-server';
import { aadNetworkClient } from 'aad-error-handler/core';
import { createApp } from './app.mjs';

/** Settings of a real tenant, from the environment. */
function readTenant({ TENANT_ID, CLIENT_ID, CLIENT_SECRET, DOWNSTREAM_URL, DOWNSTREAM_SCOPE }) {
  const authority = `https://login.microsoftonline.com/${TENANT_ID}`;
  return {
    auth: { clientId: CLIENT_ID, authority, clientSecret: CLIENT_SECRET, clientCapabilities: ['CP1'] },
    authority,
    jwksUri: `${authority}/discovery/v2.0/keys`,
    issuer: `${authority}/v2.0`,
    audience: CLIENT_ID,
    downstreamUrl: DOWNSTREAM_URL ?? 'https://graph.microsoft.com/v1.0/me',
    downstreamScope: DOWNSTREAM_SCOPE ?? 'https://graph.microsoft.com/User.Read',
  };
}

/** The same settings for LocalEntra, which is also the API behind this one. */
function localTenant(entra) {
  return {
    auth: entra.msalConfiguration().auth,
    authority: `https://login.microsoftonline.com/${entra.tenantId}`,
    jwksUri: `${entra.authority}/discovery/v2.0/keys`,
    issuer: entra.issuer,
    audience: entra.clientId,
    downstreamUrl: `${entra.url}/api/me`,
    downstreamScope: 'api://profiles/Profile.Read',
  };
}

/** Not for copying: tokens for the asking, and failures. */
function addSwitches(app, entra) {
  app.get('/local-entra/token/:user', async (c) => c.text(await entra.accessToken({ user: c.req.param('user') })));
  app.get('/local-entra/fail/:code', (c) => {
    entra.failNext(c.req.param('code'));
    return c.text(`The next token call fails with ${c.req.param('code')}.\n`);
  });
}

/** @returns {Promise<{ url: string, entra?: object, close(): Promise<void> }>} `entra` is absent on a real tenant */
export async function startExample({ port = 3000, environment = process.env } = {}) {
  // Loaded only here: a real deployment needs no test double.
  const entra = environment.TENANT_ID
    ? undefined
    : await (await import('aad-error-handler/testing')).createLocalEntra();
  const { auth, ...settings } = entra === undefined ? readTenant(environment) : localTenant(entra);
  const client = new ConfidentialClientApplication({ auth, system: { networkClient: aadNetworkClient() } });
  const app = createApp({ client, ...settings });
  if (entra !== undefined) addSwitches(app, entra);
  const server = serve({ fetch: app.fetch, port, hostname: 'localhost' });
  await once(server, 'listening');
  return {
    url: `http://localhost:${server.address().port}`,
    entra,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await entra?.close();
    },
  };
}
