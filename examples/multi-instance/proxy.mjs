// A load balancer without memory: each request goes to the next process. For trying out; yours is Nginx, Front Door, ….
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';

/**
 * @param options own: (req, res) => boolean, answers some paths itself; onAnswer: ({ method, path, status, instance }) => void
 * @returns {Promise<{ url, targets, close }>} `targets`: ports of living processes by their number; change it at any time
 */
export async function startProxy({ port, own = () => false, onAnswer = () => undefined }) {
  const targets = new Map();
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    if (own(incoming, outgoing)) return;
    const living = [...targets];
    const [instance, target] = living[turn % living.length] ?? [];
    turn += 1;
    if (target === undefined) {
      outgoing.writeHead(503).end();
      return;
    }
    const { method, url: path, headers } = incoming;
    const forward = httpRequest({ host: 'localhost', port: target, method, path, headers }, (answer) => {
      outgoing.setHeader('x-instance', instance);
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
      onAnswer({ method, path: path.split('?')[0], status: answer.statusCode, instance });
    });
    forward.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    incoming.pipe(forward);
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  return {
    url: `http://localhost:${server.address().port}`,
    targets,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
