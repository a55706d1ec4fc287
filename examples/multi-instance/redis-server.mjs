// A redis-server of one's own for trying out: on loopback, in memory, gone with this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns {Promise<{ url, close } | undefined>} undefined when there is no such program, or it does not start */
export async function startRedisServer(program = 'redis-server') {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(program, options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const isReady = await new Promise((resolve) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Ready to accept connections')) resolve(true);
    });
    server.once('error', () => resolve(false));
    server.once('exit', () => resolve(false));
  });
  if (!isReady) return undefined;
  const kill = () => server.kill();
  process.once('exit', kill);
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      process.off('exit', kill);
      if (server.exitCode === null && server.kill()) await once(server, 'exit');
    },
  };
}
