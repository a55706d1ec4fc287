import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A server on loopback, before there is an application: msalInteraction has to know the address.
 *
 * @param port taken already: a free one, unless `exact`, because a real tenant knows the redirect URI by its port
 */
export async function listen(port, { exact = false } = {}) {
  const server = createServer();
  try {
    await once(server.listen(port, 'localhost'), 'listening');
  } catch (error) {
    if (exact || error.code !== 'EADDRINUSE') throw error;
    await once(server.listen(0, 'localhost'), 'listening');
  }
  return {
    url: `http://localhost:${server.address().port}`,
    serve: (app) => server.on('request', app),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
