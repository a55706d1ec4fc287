import { openCloud } from '../cloud/cloud.mjs';
import { listen } from '../cloud/listen.mjs';
import { createWebApp } from './app.mjs';

/** @returns {{ url, entra, troubleUrl, close }} the last but one only without a real tenant */
export async function startExample({ port = 3000, environment = process.env, entra } = {}) {
  const cloud = await openCloud({ environment, entra });
  const server = await listen(port, { exact: cloud.entra === undefined });
  const baseUrl = environment.BASE_URL ?? server.url;
  server.serve(createWebApp({ ...cloud, registration: cloud.registration(), baseUrl }));
  return {
    url: baseUrl,
    entra: cloud.entra,
    troubleUrl: cloud.troubleUrl,
    async close() {
      server.close();
      await cloud.close();
    },
  };
}
