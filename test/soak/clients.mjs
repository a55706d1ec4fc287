/**
 * Clients of all manners: patient ones with kept or closed connections, slow readers, slow writers, and those that go away
 * in the middle. Each says how it ended: `answered`, `aborted` (by itself), `cut` (by the server, where that is right),
 * or a text that says what went wrong.
 */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';

const answerTimeoutMs = 15_000;
function newAgent() {
  return new Agent({ keepAlive: true, maxSockets: 32, timeout: 4_000 });
}
let keepAlive = newAgent();
const closing = new Agent({ keepAlive: false });
const asked = [
  { accept: 'application/json' },
  { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'accept-language': 'nl' },
  { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' },
  { accept: 'text/html', 'accept-language': 'ar,ja;q=0.5' },
  { 'x-requested-with': 'XMLHttpRequest' },
];
export const pick = (values) => values[Math.floor(Math.random() * values.length)];
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One request to its end. A connection that the server had closed while it was idle is no answer of ours: asked again. */
export function ask(port, path, agent = keepAlive, { body, headers: given = pick(asked), isRepeated = false } = {}) {
  return new Promise((resolve) => {
    const headers = { ...given };
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path,
      agent,
      headers,
      method: body === undefined ? 'GET' : 'POST',
    });
    const timer = setTimeout(() => {
      resolve(`no answer within ${answerTimeoutMs} ms: ${path}`);
      outgoing.destroy();
    }, answerTimeoutMs);
    const end = (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', () => end(response.statusCode >= 200 ? 'answered' : `status ${response.statusCode}`));
      response.on('error', () => end(path === '/half' ? 'cut' : `cut off: ${path}`));
    });
    outgoing.on('error', (error) => {
      const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET' && !isRepeated;
      if (isStale) {
        clearTimeout(timer);
        ask(port, path, closing, { body, headers: given, isRepeated: true }).then(resolve);
      } else end(`${error.code ?? error.message}: ${path}`);
    });
    outgoing.end(body);
  });
}

/** Talks over a bare socket; ends when the server closes, or when `act` goes away itself. */
function overSocket(port, act) {
  return new Promise((resolve) => {
    let received = '';
    let isGone = false;
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => end('no answer to a bare socket'), answerTimeoutMs);
    const end = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const leave = () => {
      isGone = true;
      end('aborted');
    };
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', (error) => end(isGone ? 'aborted' : `socket: ${error.code}`));
    socket.on('close', () => {
      if (!isGone) end(received.startsWith('HTTP/1.1 ') ? 'answered' : 'closed without an answer');
    });
    socket.on('connect', () => void act(socket, leave));
  });
}

const head = (path) =>
  `GET ${path} HTTP/1.1\r\nHost: app.contoso.example\r\nAccept: text/html\r\nConnection: close\r\n`;

/** Sends the request in small pieces. */
const slowWriter = (port, path) =>
  overSocket(port, async (socket) => {
    const text = `${head(path)}\r\n`;
    for (let at = 0; at < text.length; at += 16) {
      if (socket.destroyed) return;
      socket.write(text.slice(at, at + 16));
      await wait(5);
    }
  });

/** Does not read for a while. */
const slowReader = (port, path) =>
  overSocket(port, async (socket) => {
    socket.pause();
    socket.write(`${head(path)}\r\n`);
    await wait(200 + Math.random() * 400);
    socket.resume();
  });

/** Goes away: in the middle of the request, right after it, or while the answer is made. */
const quitter = (port, path) =>
  overSocket(port, async (socket, leave) => {
    const stage = Math.floor(Math.random() * 3);
    socket.write(stage === 0 ? head(path) : `${head(path)}\r\n`);
    if (stage > 0) await wait(stage === 1 ? 0 : 10);
    if (Math.random() < 0.5) socket.resetAndDestroy();
    leave();
  });

/** One act of one client, chosen by chance. */
export function actOnce(port, kinds) {
  // A third of the errors is never the same twice.
  const kind = Math.floor(Math.random() * kinds * 1.5);
  const path = `/${pick(['next', 'throw', 'reject', 'late'])}/${kind}`;
  const dice = Math.random();
  if (dice < 0.62) return ask(port, path);
  if (dice < 0.72) return ask(port, path, closing);
  if (dice < 0.77) return ask(port, '/ok');
  if (dice < 0.81) return ask(port, '/form', keepAlive, { body: 'a=1&b=2' });
  if (dice < 0.82) return ask(port, '/half', closing);
  if (dice < 0.86) return slowWriter(port, path);
  if (dice < 0.91) return slowReader(port, path);
  return quitter(port, path);
}

/** Every kind of error once, for every asker: what the first of its kind loads and keeps is no leak. */
export async function actOnceEach(port, kinds) {
  const outcomes = [];
  for (let kind = 0; kind < kinds + 8; kind += 1) {
    outcomes.push(...(await Promise.all(asked.map((headers) => ask(port, `/next/${kind}`, keepAlive, { headers })))));
  }
  return outcomes;
}

/** Ends the connections that are kept open: an idle one has its share of the server's heap. */
export function closeClients() {
  keepAlive.destroy();
  keepAlive = newAgent();
}
