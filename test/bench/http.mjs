// HTTP speed by the method that holds on a noisy machine: slices of 1,500 requests taken in turn, 8 connections, p50.
// Ratios only; two identical pairs are the control. Prints "inconclusive" when the controls differ too much.
import { fork } from 'node:child_process';
import { Agent, get } from 'node:http';

const slices = Number(process.env.BENCH_SLICES ?? 12);
const perSlice = 1_500;
const connections = 8;
const tolerance = 0.015;

const child = fork(new URL('./servers.mjs', import.meta.url), { env: { ...process.env, NODE_ENV: 'production' } });
const { ports } = await new Promise((resolve) => child.once('message', resolve));
const names = Object.keys(ports);
const agents = new Map(names.map((name) => [name, new Agent({ keepAlive: true, maxSockets: connections })]));

function once(name) {
  const { port, headers } = ports[name];
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    get({ port, host: '127.0.0.1', path: '/fail', headers, agent: agents.get(name) }, (response) => {
      response.resume();
      response.on('end', () => resolve(Number(process.hrtime.bigint() - started)));
    }).on('error', reject);
  });
}

async function slice(name, requests) {
  const times = [];
  let left = requests;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      times.push(await once(name));
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

for (const name of names) await slice(name, 3_000);
const medians = new Map(names.map((name) => [name, []]));
for (let round = 0; round < slices; round += 1) {
  for (const name of [...names].sort(() => Math.random() - 0.5)) medians.get(name).push(await slice(name, perSlice));
}
child.kill();
for (const agent of agents.values()) agent.destroy();

/** Speed of one against another: the median over rounds of the ratio taken inside each round; above 1 is faster. */
export function speed(name, against) {
  const ratios = medians.get(name).map((value, round) => medians.get(against)[round] / value);
  return ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)];
}
const rows = [
  ['control: bare / bare', 'bare again (control)', 'bare'],
  ['control: success / success', 'success again (control)', 'success, no middleware'],
  ['P1 JSON / bare handler', 'our JSON', 'bare', 0.97, 1.1],
  ['P2 JSON / same document by res.json', 'our JSON', 'same document by res.json', 1.03, 1.08],
  ['P3 JSON / same bytes by res.end', 'our JSON', 'same bytes by res.end', 0.88, 0.92],
  ['API challenge / bare handler', 'our API challenge', 'bare'],
  ['P4 page / 4 KB page by res.send', 'our page', '4 KB page by res.send', 1.0, 1.1],
  ['P5 redirect / res.redirect', 'our redirect', 'res.redirect', 1.05, 1.2],
  ['P6 foreign error / not mounted', 'our foreign error', 'bare, plain Error', 0.98, 1.0],
  ['P7 success / no middleware', 'success, ours mounted', 'success, no middleware', 0.99, 1.0],
].map(([label, name, against, gate, aim]) => ({ label, ratio: speed(name, against), gate, aim }));
const controls = rows.slice(0, 2).every(({ ratio }) => Math.abs(ratio - 1) <= tolerance);
for (const { label, ratio, gate, aim } of rows) {
  const verdict =
    gate === undefined ? '' : !controls ? 'inconclusive' : ratio >= aim ? 'aim' : ratio >= gate ? 'gate' : 'MISSED';
  console.log(`${label.padEnd(40)} ${ratio.toFixed(3)}  ${verdict}`);
}
if (!controls) process.exitCode = 3;
else if (rows.some(({ ratio, gate }) => gate !== undefined && ratio < gate)) process.exitCode = 1;
