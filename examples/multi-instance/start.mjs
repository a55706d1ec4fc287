// Starts two processes behind a load balancer: on a real tenant when TENANT_ID is set, else on LocalEntra.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startProxy } from './proxy.mjs';
import { startRedisServer } from './redis-server.mjs';

const script = fileURLToPath(new URL('instance.mjs', import.meta.url));

/** One process; resolves when it listens. */
async function startInstance(environment) {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment, PORT: '0' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`instance.mjs ended with ${code}`);
  });
  const [{ port }] = await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => undefined);
  return { child, port };
}

/** The environment of processes that talk to LocalEntra in place of a tenant. */
function localEnvironment(entra) {
  return {
    TENANT_ID: entra.tenantId,
    CLIENT_ID: entra.clientId,
    CLIENT_SECRET: entra.clientSecret,
    AUTHORITY_METADATA: entra.msalConfiguration().auth.authorityMetadata,
    SCOPE: 'api://expenses/Expenses.Read',
    APIS: JSON.stringify([
      ['/profile', `${entra.url}/api/me`],
      ['/payments', `${entra.url}/api/payments`],
    ]),
  };
}

/** Not for copying: an outage and a revoked session, at the load balancer's own address. */
function createSwitches(entra) {
  const switches = {
    '/local-entra/outage': () => {
      entra.failAlways(90033, { retryAfterSeconds: 20 });
      return 'Entra answers 503 to every token call. Open /profile a few times.';
    },
    '/local-entra/recover': () => {
      entra.clearPlans();
      return 'Entra works again.';
    },
    '/local-entra/revoke': () => {
      entra.revoke('alice@contoso.test');
      return 'The session of alice has been revoked. Open /profile.';
    },
  };
  return (req, res) => {
    const act = switches[req.url];
    if (act === undefined) return false;
    res.writeHead(200, { 'content-type': 'text/plain' }).end(`${act()}\n`);
    return true;
  };
}

/** REDIS_URL, else a server of our own while trying out, else none. `REDIS_URL=none` does without. */
async function chooseRedis({ REDIS_URL, TENANT_ID }) {
  if (REDIS_URL === 'none') return { why: 'REDIS_URL=none' };
  if (REDIS_URL) return { url: REDIS_URL, why: 'REDIS_URL' };
  if (TENANT_ID) return { why: 'REDIS_URL is not set' };
  const own = await startRedisServer();
  return own === undefined
    ? { why: 'there is no redis-server on this machine' }
    : { ...own, why: 'a redis-server of its own' };
}

/**
 * @returns {Promise<{ url, entra?, redis, processIds, stopInstance(number), close() }>} `entra` is absent on a real tenant
 */
export async function startExample({ port = 3000, environment = process.env, instances = 2, onAnswer } = {}) {
  const redis = await chooseRedis(environment);
  // A minute is less than MSAL's margin: every call of an API asks Entra for a token, so that an outage shows at once.
  const entra = environment.TENANT_ID
    ? undefined
    : await (await import('aad-error-handler/testing')).createLocalEntra({ accessTokenSeconds: 60 });
  const proxy = await startProxy({ port, onAnswer, ...(entra && { own: createSwitches(entra) }) });
  const shared = {
    ...(entra ? localEnvironment(entra) : environment),
    BASE_URL: environment.BASE_URL ?? proxy.url,
    SESSION_SECRET: environment.SESSION_SECRET ?? randomBytes(32).toString('base64url'),
    REDIS_URL: redis.url ?? '',
  };
  const started = await Promise.all(Array.from({ length: instances }, () => startInstance(shared)));
  started.forEach(({ child, port: target }, index) => {
    proxy.targets.set(index + 1, target);
    child.once('exit', () => proxy.targets.delete(index + 1));
  });
  const stop = async ({ child }) => {
    if (child.exitCode === null && child.signalCode === null && child.kill()) await once(child, 'exit');
  };
  return {
    url: proxy.url,
    entra,
    redis,
    processIds: started.map(({ child }) => child.pid),
    stopInstance: (number) => stop(started[number - 1]),
    async close() {
      proxy.close();
      await Promise.all(started.map(stop));
      await Promise.all([redis.close?.(), entra?.close()]);
    },
  };
}
