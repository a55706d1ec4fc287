import { openCloud } from '../cloud/cloud.mjs';
import { listen } from '../cloud/listen.mjs';
import { createApi } from './app.mjs';
import { validateWithJose } from './validate-with-jose.mjs';
import { validateWithJwtBearer } from './validate-with-jwt-bearer.mjs';

const validators = new Map([
  ['jwt-bearer', validateWithJwtBearer],
  ['jose', validateWithJose],
]);

/** @returns {{ url, apiClientId, entra, troubleUrl, close }} entra and troubleUrl only without a real tenant */
export async function startExample({ port = 3001, environment = process.env, entra } = {}) {
  const validateToken = validators.get(environment.VALIDATE ?? 'jwt-bearer');
  if (validateToken === undefined) throw new Error(`VALIDATE must be one of ${[...validators.keys()].join(', ')}.`);
  const cloud = await openCloud({ environment, entra });
  const registration = cloud.registration('API_');
  const server = await listen(port);
  server.serve(createApi({ ...cloud, registration, validateToken }));
  return {
    url: server.url,
    apiClientId: registration.clientId,
    entra: cloud.entra,
    troubleUrl: cloud.troubleUrl,
    async close() {
      server.close();
      await cloud.close();
    },
  };
}
