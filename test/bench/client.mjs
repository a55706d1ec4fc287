/** The client of the HTTP benchmark: slices of requests over a few connections that stay open, taken in turn. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { availableParallelism } from 'node:os';
import { quantile } from './verdict.mjs';

const connections = 8;

export function createClient(ports) {
  const agents = new Map(
    Object.keys(ports).map((name) => [name, new Agent({ keepAlive: true, maxSockets: connections })]),
  );

  /** @returns nanoseconds from the call to the end of the answer */
  const once = (name) => {
    const { port, headers } = ports[name];
    return new Promise((resolve, reject) => {
      const started = process.hrtime.bigint();
      get({ port, host: '127.0.0.1', path: '/fail', headers, agent: agents.get(name) }, (response) => {
        response.resume();
        response.on('end', () => resolve(Number(process.hrtime.bigint() - started)));
      }).on('error', reject);
    });
  };

  return {
    /** Median time of the requests of one slice. */
    async slice(name, requests) {
      const times = [];
      let left = requests;
      const loop = async () => {
        while (left > 0) {
          left -= 1;
          times.push(await once(name));
        }
      };
      await Promise.all(Array.from({ length: connections }, loop));
      return quantile(times);
    },

    /** Status and bytes of one answer, header block included. */
    sample(name) {
      const { port, headers } = ports[name];
      return new Promise((resolve, reject) => {
        get({ port, host: '127.0.0.1', path: '/fail', headers, agent: agents.get(name) }, (response) => {
          let bytes = 0;
          response.on('data', (chunk) => (bytes += chunk.length));
          response.on('end', () => {
            const head = response.rawHeaders.reduce((sum, part) => sum + part.length + 2, 0);
            const { statusCode: status, statusMessage } = response;
            resolve({ status, bytes: bytes + head + `HTTP/1.1 ${status} ${statusMessage}\r\n\r\n`.length });
          });
        }).on('error', reject);
      });
    },

    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/** Server on one core, client on the next, where the system can do that. @returns whether it did */
export function pin(serverPid) {
  if (process.platform !== 'linux' || availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-a', '-p', '-c', '0', String(serverPid)], { stdio: 'ignore' });
    execFileSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Processor time of all threads of a process so far, in nanoseconds; undefined where there is no schedstat. */
export function processorTime(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
      .reduce((sum, time) => sum + time, 0);
  } catch {
    return undefined;
  }
}
