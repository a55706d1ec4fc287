import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect, createServer as createSocketServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const script = join(root, 'test/interaction/fixtures/service.mjs');
const redisPath = process.env['REDIS_SERVER'] ?? '/usr/bin/redis-server';

/** Whether a Redis server is here; without it its tests are left out, and say so. */
export const hasRedis = existsSync(redisPath);
if (!hasRedis) console.log(`tests with Redis left out: no redis-server at ${redisPath} (set REDIS_SERVER)`);

/** The library as child processes import it, built from src now; inside the package, so that it finds its dependencies. */
export async function buildLibrary(): Promise<{ url: string; remove(): void }> {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  const folder = mkdtempSync(join(root, 'test-results/library-'));
  const outfile = join(folder, 'index.mjs');
  await build({
    entryPoints: [join(root, 'src/index.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  return {
    url: pathToFileURL(outfile).href,
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Service {
  readonly port: number;
  readonly process: ChildProcess;
  stop(): void;
}

/** Starts one process of fixtures/service.mjs and waits until it listens. */
export async function startService(role: 'web' | 'api', library: string, settings: object): Promise<Service> {
  const child = fork(script, {
    env: {
      ...process.env,
      ROLE: role,
      SETTINGS: JSON.stringify(settings),
      AAD_LIBRARY: library,
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the ${role} process ended with ${String(code)}`));
    });
    child.stdout?.setEncoding('utf8').once('data', (line: string) => {
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
  return {
    port,
    process: child,
    stop() {
      child.kill();
    },
  };
}

export interface Proxy {
  readonly url: string;
  /** Where the next requests go, one after the other. */
  targets: number[];
  close(): void;
}

/** A load balancer without memory: each request goes to the next process. */
export async function startProxy(): Promise<Proxy> {
  let next = 0;
  const server: Server = createServer((incoming, outgoing) => {
    const port = proxy.targets[next % proxy.targets.length];
    next += 1;
    const { method, url: path, headers } = incoming;
    const forwarded = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const proxy: Proxy = {
    url: `http://localhost:${String((server.address() as AddressInfo).port)}`,
    targets: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

/** A Redis server on a free port of loopback that writes nothing to disk outside a folder of its own. */
export async function startRedis(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'aad-redis-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = spawn(redisPath, options, { stdio: 'ignore' });
  for (let attempt = 0; !(await accepts(port)); attempt += 1) {
    if (attempt > 100) throw new Error('redis-server does not answer');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    async stop() {
      server.kill();
      if (server.exitCode === null) await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createSocketServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
