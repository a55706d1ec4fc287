// One process of the application. Everything it needs stands in the environment.
import { createServer } from 'node:http';
import { createClient } from 'redis';
import { createApp } from './app.mjs';

const { env } = process;

/** The connection to Redis; node-redis connects again by itself, and needs the listener to live through a lost one. */
async function connectRedis(url) {
  const client = createClient({ url });
  client.on('error', (error) => console.error(`Redis: ${error.message}`));
  await client.connect();
  return client;
}

const redis = env.REDIS_URL ? await connectRedis(env.REDIS_URL) : undefined;
const app = createApp({
  msal: {
    clientId: env.CLIENT_ID,
    clientSecret: env.CLIENT_SECRET,
    authority: `https://login.microsoftonline.com/${env.TENANT_ID}`,
    clientCapabilities: ['CP1'],
    // Only for LocalEntra: where its endpoints are.
    ...(env.AUTHORITY_METADATA && { authorityMetadata: env.AUTHORITY_METADATA }),
  },
  baseUrl: env.BASE_URL,
  secret: env.SESSION_SECRET,
  redis,
  apis: JSON.parse(env.APIS ?? '[["/profile", "https://graph.microsoft.com/v1.0/me"]]'),
  scope: env.SCOPE ?? 'User.Read',
  warn: (text) => console.error(`[process ${process.pid}] ${text}`),
});

const server = createServer(app).listen(Number(env.PORT ?? 3000), env.HOST ?? 'localhost', () => {
  process.send?.({ port: server.address().port });
});

const end = () => {
  server.close();
  server.closeIdleConnections();
  redis?.destroy();
  if (process.connected) process.disconnect();
};
process.once('SIGTERM', end);
// Started by start.mjs: it never outlives its parent.
process.once('disconnect', () => process.exit());
