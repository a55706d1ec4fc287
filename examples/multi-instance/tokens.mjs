// MSAL's tokens, one entry a person, where every process finds them.
import { ConfidentialClientApplication, DistributedCachePlugin } from '@azure/msal-node';

const lifetimeSeconds = 86_400;

/** Where serialised caches live. Without Redis every process has its own, so its people may have to pass Entra again. */
function createStore(redis) {
  if (redis) {
    return {
      get: async (key) => (await redis.get(key)) ?? '',
      set: async (key, value) => {
        await redis.set(key, value, { EX: lifetimeSeconds });
        return value;
      },
      delete: (key) => redis.del(key),
    };
  }
  const entries = new Map();
  return {
    get: async (key) => entries.get(key) ?? '',
    set: async (key, value) => {
      entries.set(key, value);
      return value;
    },
    delete: async (key) => entries.delete(key),
  };
}

/**
 * Clients that are made for one call and hold the tokens of one person only: a shared one would hold everybody's.
 *
 * @returns clientFor: (account?) => ConfidentialClientApplication, without account for a sign-in, whose person is not known
 *   yet; forget: (account) => Promise, removes the tokens
 */
export function createClients({ auth, networkClient, redis }) {
  const store = createStore(redis);
  const keyOf = ({ homeAccountId }) => `msal:${homeAccountId}`;
  const clientFor = (account) => {
    const partition = {
      getKey: async () => (account === undefined ? '' : keyOf(account)),
      extractKey: async (entity) => keyOf(entity),
    };
    const reader = { ...store, get: async (key) => (key === '' ? '' : store.get(key)) };
    return new ConfidentialClientApplication({
      auth,
      system: { networkClient },
      cache: { cachePlugin: new DistributedCachePlugin(reader, partition) },
    });
  };
  return { clientFor, forget: (account) => store.delete(keyOf(account)) };
}
