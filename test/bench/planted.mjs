/**
 * Proves that the gates can turn red: runs them, in a short form, with the planted slow and leaky handler, and fails when
 * one that must see it does not. A gate that cannot fail proves nothing about our handler.
 *
 * Rows that must be missed are told by their labels. Where the controls differ, a gate counts as red only when it is missed by
 * more than they differ; otherwise the part is repeated, and in the end nothing is said (exit 3).
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const short = { BENCH_BATCHES: '80', BENCH_STORM: '20000', BENCH_SLICES: '6', BENCH_PEERS: '0' };
const mustMiss = {
  'in-process': [
    'P10 handler, JSON',
    'P10 handler, foreign error',
    'P11 allocated, JSON',
    'P11 allocated, foreign error',
    'P15 kept, first',
    'P15 kept, second',
    'P15 growth',
  ],
  http: ['P1 ', 'P2 ', 'P3 ', 'P6 '],
};
const attempts = 3;

/** @returns rows and controls of one run with the planted handler */
function measure(file, only) {
  const path = fileURLToPath(new URL(`./${file}.mjs`, import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [path, '--json'], {
    encoding: 'utf8',
    env: { ...process.env, ...short, BENCH_PLANT: 'slow-leaky', BENCH_ONLY: only },
    maxBuffer: 2 ** 24,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`${file}.mjs gave no rows: ${stderr}`);
  return JSON.parse(last);
}

/** Red whatever the noise: missed, or missed even if the figure were better by all that two equal things differed. */
function isSeen({ value, gate, better, verdict }, controls) {
  const noise = Math.max(0, ...controls.map(({ ratio }) => Math.abs(ratio - 1)));
  const mildly = better === 'lower' ? value * (1 - noise) : value * (1 + noise);
  return verdict === 'MISSED' || (verdict === 'inconclusive' && (better === 'lower' ? mildly > gate : mildly < gate));
}

const counts = { seen: 0, 'NOT SEEN': 0, 'could not be said': 0 };
for (const [file, labels] of Object.entries(mustMiss)) {
  let result = { rows: [], controls: [] };
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    result = measure(file, 'P10,P11,P15');
    if (labels.every((label) => result.rows.some((row) => row.label.startsWith(label) && isSeen(row, result.controls))))
      break;
  }
  for (const label of labels) {
    const row = result.rows.find((one) => one.label.startsWith(label));
    if (row === undefined) throw new Error(`${file}.mjs has no row "${label}"`);
    const outcome = isSeen(row, result.controls)
      ? 'seen'
      : row.verdict === 'inconclusive'
        ? 'could not be said'
        : 'NOT SEEN';
    counts[outcome] += 1;
    console.log(`${row.label.padEnd(62)} ${row.value.toFixed(3).padStart(10)}  gate ${row.gate}  ${outcome}`);
  }
}
console.log(`the planted fault: ${JSON.stringify(counts)}`);
process.exitCode = counts['NOT SEEN'] > 0 ? 1 : counts['could not be said'] > 0 ? 3 : 0;
