/**
 * Soak: SOAK_SECONDS (600) of mixed errors against Express 4 and 5, with hooks that throw, reject and hang, with slow and
 * vanishing clients. The clients rest for each sample, the heap is collected, and a line is fitted through the samples.
 *
 * Exit code 1 when the heap or the handles grow, when anything went unhandled, or when a request that nobody aborted had
 * no answer.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { actOnce, actOnceEach, closeClients, pick } from './clients.mjs';
import { fit } from './line.mjs';

const seconds = Number(process.env.SOAK_SECONDS ?? 600);
if (!(seconds >= 5)) throw new Error('SOAK_SECONDS must be a number of seconds, 5 or more');
const width = 48;
/** What the first errors load and the compiler makes of them is no leak: this share of the time is not judged. */
const warmUpShare = 0.33;
const sampleEveryMs = Math.max(500, (seconds * 1_000) / 60);
/** Growth that is allowed: the bound of the storm of errors in process. */
const maxBytesPerRequest = 4;
/** Less than this over the whole run is the compiler's: of a short run, no leak can be told from it. */
const minGrowthBytes = 2 ** 19;

const child = fork(new URL('./server.mjs', import.meta.url), {
  execArgv: ['--expose-gc'],
  env: { ...process.env, NODE_ENV: 'production' },
});
const onExit = (code) => {
  console.error(`the server ended with ${String(code)}`);
  process.exit(1);
};
child.once('exit', onExit);
process.once('exit', () => child.kill());
const answerOf = async () => (await once(child, 'message'))[0];
const { ports, kinds } = await answerOf();

const outcomes = new Map();
let requests = 0;
let answered = 0;
let isWorking = true;

function count(outcome) {
  requests += 1;
  if (outcome === 'answered') answered += 1;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

async function client() {
  while (isWorking) count(await actOnce(pick(ports), kinds));
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
for (const all of await Promise.all(ports.map((port) => actOnceEach(port, kinds)))) all.forEach(count);
const samples = [];
const started = performance.now();
const elapsedMs = () => performance.now() - started;
while (elapsedMs() < seconds * 1_000) {
  isWorking = true;
  const clients = Array.from({ length: width }, client);
  await wait(Math.min(sampleEveryMs, seconds * 1_000 - elapsedMs()));
  isWorking = false;
  await Promise.all(clients);
  closeClients();
  // The server sees the end of a connection, and what a "late" route does for a client that is gone, a moment later.
  await wait(100);
  child.send('sample');
  samples.push({ atMs: elapsedMs(), requests, ...(await answerOf()) });
}
child.off('exit', onExit);
child.kill();

const judged = samples.filter(({ atMs }) => atMs >= seconds * 1_000 * warmUpShare);
if (judged.length < 5) throw new Error('too few samples to fit a line: SOAK_SECONDS is too small');
const span = judged.at(-1).requests - judged[0].requests;
const heap = fit(judged.map((sample) => [sample.requests, sample.heapUsed]));
const outside = fit(judged.map((sample) => [sample.requests, sample.external]));
const mostHandles = Math.max(...samples.map(({ handles }) => handles));
const fewestHandles = Math.min(...samples.map(({ handles }) => handles));
const last = samples.at(-1);
const usual = new Set(['answered', 'aborted', 'cut']);
const unanswered = [...outcomes].filter(([outcome]) => !usual.has(outcome));

const mb = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MB`;
const perRequest = ({ slope, standardError }) => `${slope.toFixed(2)} ± ${standardError.toFixed(2)} B/request`;
/** Growing: more than is allowed, more than the scatter of the samples explains, and enough to be seen. */
const grows = ({ slope, standardError }) =>
  slope > maxBytesPerRequest && slope - 2 * standardError > 0 && slope * span > minGrowthBytes;
const gates = [
  ['heap', `${perRequest(heap)}, ${mb(heap.slope * span)} over ${span} requests`, !grows(heap)],
  ['memory outside the heap', perRequest(outside), !grows(outside)],
  [
    'handles',
    `${judged[0].handles} at first, ${last.handles} at last, at most ${mostHandles}`,
    last.handles <= fewestHandles + 3,
  ],
  ['unhandled rejections', String(last.unhandledRejections), last.unhandledRejections === 0],
  ['uncaught exceptions', String(last.uncaughtExceptions), last.uncaughtExceptions === 0],
  [
    'neither answered nor aborted',
    String(unanswered.reduce((sum, [, count]) => sum + count, 0)),
    unanswered.length === 0,
  ],
  [
    'something was done',
    `${answered} answered`,
    answered > seconds && last.errors > seconds && last.hookCalls > seconds,
  ],
];

console.log(
  `${requests} requests in ${Math.round(elapsedMs() / 1_000)} s, ${last.errors} errors of ${kinds + 1} kinds, ${last.hookCalls} calls of hooks, ${samples.length} samples`,
);
console.log(
  [...outcomes]
    .filter(([outcome]) => usual.has(outcome))
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', '),
);
for (const [outcome, count] of unanswered.slice(0, 10)) console.log(`  ${count} x ${outcome}`);
console.log(
  `heap ${mb(judged[0].heapUsed)} at ${Math.round(judged[0].atMs / 1_000)} s, ${mb(last.heapUsed)} at the end`,
);
console.log(`heap of all samples: ${samples.map(({ heapUsed }) => (heapUsed / 2 ** 20).toFixed(2)).join(' ')}`);
for (const [name, figure, isGood] of gates)
  console.log(`${name.padEnd(32)} ${figure.padEnd(60)} ${isGood ? 'good' : 'MISSED'}`);
if (last.lastFault !== '') console.log(`last fault: ${last.lastFault}`);
process.exitCode = gates.every(([, , isGood]) => isGood) ? 0 : 1;
