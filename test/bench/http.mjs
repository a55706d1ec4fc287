/**
 * HTTP speed by the method that holds on a noisy machine: every scenario in one server process, slices of 1,500 requests
 * taken in turn, 8 connections, p50; ratios taken inside each round. Two identical pairs are the controls: when they
 * differ by more than 1.5 % the slices are doubled, twice, and then nothing is said ("inconclusive", exit 3).
 *
 * BENCH_SLICES rounds (12), BENCH_PEERS=0 leaves other handlers out, `--write` puts the table into README.md, `--json`
 * prints the gates once more for programs.
 */
import { fork } from 'node:child_process';
import { createClient, pin, processorTime } from './client.mjs';
import { installPeers } from './install-peers.mjs';
import { isPlanted } from './plant.mjs';
import { saveReport, writeReadme } from './report.mjs';
import { agrees, exitCodeOf, printControl, printRow, quantile, shuffled, verdictOf } from './verdict.mjs';

const firstRounds = Number(process.env.BENCH_SLICES ?? 12);
const perSlice = Number(process.env.BENCH_SLICE_REQUESTS ?? 1_500);
const tolerance = 0.015;
const doublings = 2;

const peersAt = process.env.BENCH_PEERS === '0' ? undefined : installPeers();
const child = fork(new URL('./servers.mjs', import.meta.url), {
  env: { ...process.env, NODE_ENV: 'production', BENCH_PEERS_AT: peersAt ?? '' },
});
process.once('exit', () => child.kill());
const { ports, peers } = await new Promise((resolve, reject) => {
  child.once('message', resolve);
  child.once('exit', (code) => reject(new Error(`the servers ended with ${String(code)} before they listened`)));
});
const names = Object.keys(ports);
const isPinned = pin(child.pid);
const client = createClient(ports);

const samples = new Map();
for (const name of names) {
  const sample = await client.sample(name);
  // A handler that is set up wrongly answers something cheaper than it should.
  if (sample.status !== ports[name].status)
    throw new Error(`${name}: status ${sample.status}, not ${ports[name].status}`);
  samples.set(name, sample);
  await client.slice(name, Math.min(3_000, perSlice * 2));
}
const medians = new Map(names.map((name) => [name, []]));
const processor = new Map(names.map((name) => [name, []]));

async function takeRounds(count) {
  for (let round = 0; round < count; round += 1) {
    for (const name of shuffled(names)) {
      const before = processorTime(child.pid);
      medians.get(name).push(await client.slice(name, perSlice));
      if (before !== undefined) processor.get(name).push((processorTime(child.pid) - before) / perSlice);
    }
  }
}

/** Speeds of one against another, one a round; above 1 is faster. */
const speeds = (name, against) => medians.get(name).map((value, round) => medians.get(against)[round] / value);

const controls = () =>
  [
    ['bare / bare', 'bare again (control)', 'bare'],
    ['success / success', 'success again (control)', 'success, no middleware'],
  ].map(([label, name, against]) => ({ label, ratio: quantile(speeds(name, against)), tolerance }));

let rounds = firstRounds;
await takeRounds(rounds);
for (let doubling = 0; doubling < doublings && !controls().every(agrees); doubling += 1) {
  console.log(`controls differ after ${rounds} rounds: ${rounds * 2} are taken`);
  await takeRounds(rounds);
  rounds *= 2;
}
child.kill();
client.close();

const controlsAgree = controls().every(agrees);
const gates = [
  ['P1', 'JSON / bare handler', 'our JSON', 'bare', 0.97, 1.1],
  ['P2', 'JSON / same document by res.json', 'our JSON', 'same document by res.json', 1.03, 1.08],
  ['P3', 'JSON / same bytes by res.end', 'our JSON', 'same bytes by res.end', 0.88, 0.92],
  ['P4', 'page / 4 KB page by res.send', 'our page', '4 KB page by res.send', 1.0, 1.1],
  ['P5', 'redirect / res.redirect', 'our redirect', 'res.redirect', 1.05, 1.2],
  ['P6', 'foreign error / not mounted', 'our foreign error', 'bare, plain Error', 0.98, 1.0],
  ['P7', 'success / no middleware', 'success, ours mounted', 'success, no middleware', 0.99, 1.0],
].map(([id, label, name, against, gate, aim]) => {
  const row = { id, label: `${id} ${label}`, value: quantile(speeds(name, against)), gate, aim };
  return { ...row, better: 'higher', isTime: true };
});
for (const row of gates) row.verdict = verdictOf(row, controlsAgree);

/** Every scenario against the hand-written handler. */
const scenarios = names.map((name) => ({
  name,
  isPeer: peers.includes(name),
  ...samples.get(name),
  microseconds: quantile(medians.get(name)) / 1_000,
  processorMicroseconds: processor.get(name).length === 0 ? undefined : quantile(processor.get(name)) / 1_000,
  speed: quantile(speeds(name, 'bare')),
  range: [0.1, 0.9].map((share) => quantile(speeds(name, 'bare'), share)),
}));

console.log(
  `${rounds} rounds of ${perSlice} requests, ${isPinned ? 'server and client on cores of their own' : 'not pinned'}`,
);
for (const control of controls()) printControl(control);
for (const row of gates) printRow(row);
console.log(`\n${'scenario'.padEnd(62)}    speed  10th..90th      p50 us   cpu us   bytes  status`);
for (const { name, speed, range, microseconds, processorMicroseconds, bytes, status } of scenarios) {
  const spread = range.map((value) => value.toFixed(3)).join('..');
  const cpu = processorMicroseconds?.toFixed(1) ?? '';
  console.log(
    `${name.padEnd(62)} ${speed.toFixed(3).padStart(8)}  ${spread}  ${microseconds.toFixed(0).padStart(8)} ${cpu.padStart(8)} ${String(bytes).padStart(7)}  ${status}`,
  );
}

const exitCode = exitCodeOf(gates.map(({ verdict }) => verdict));
if (!isPlanted) saveReport('http', { rounds, perSlice, controls: controls(), gates, scenarios, exitCode });
if (process.argv.includes('--write')) await writeReadme();
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows: gates, controls: controls() }));
process.exitCode = exitCode;
