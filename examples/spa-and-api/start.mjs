import { createApi } from '../api/app.mjs';
import { validateWithJwtBearer } from '../api/validate-with-jwt-bearer.mjs';
import { openCloud } from '../cloud/cloud.mjs';
import { listen } from '../cloud/listen.mjs';
import { createSpaServer } from './app.mjs';

/**
 * Two servers: the one of the page, and the API of the folder beside this one, as it is.
 *
 * @returns {{ url, apiUrl, entra, troubleUrl, close }} entra and troubleUrl only without a real tenant
 */
export async function startExample({ port = 3000, environment = process.env, entra, clientFile } = {}) {
  const cloud = await openCloud({ environment, entra });
  const apiRegistration = cloud.registration('API_');
  const apiServer = await listen(0);
  apiServer.serve(createApi({ ...cloud, registration: apiRegistration, validateToken: validateWithJwtBearer }));

  const server = await listen(port, { exact: cloud.entra === undefined });
  const baseUrl = environment.BASE_URL ?? server.url;
  server.serve(
    createSpaServer({
      ...cloud,
      registration: cloud.registration(),
      baseUrl,
      apiUrl: apiServer.url,
      apiScope: `api://${apiRegistration.clientId}/Expenses.Read`,
      clientFile,
    }),
  );
  return {
    url: baseUrl,
    apiUrl: apiServer.url,
    entra: cloud.entra,
    troubleUrl: cloud.troubleUrl,
    async close() {
      server.close();
      apiServer.close();
      await cloud.close();
    },
  };
}
