// Measures `aad-errors report` beside `wc -l` and `jq -c .status.errorCode` on the same generated sign-in log, in turn,
// in one run. Not a unit test: it takes a minute and writes about 1 GB to the temporary folder.
//
//   node test/cli/report-benchmark.mjs [--rows 1000000] [--rounds 3] [--log FILE]
//
// Exit codes: 0 the goals are met (under 150 MB resident, not slower than jq), 1 they are not, 2 jq is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const maxMegabytes = 150;
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    log: { type: 'string' },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'aad-errors-benchmark-'));

function run(command, args) {
  const nowhere = openSync('/dev/null', 'w');
  const startMs = performance.now();
  const result = spawnSync(command, args, { stdio: ['ignore', nowhere, 'pipe'], encoding: 'utf8' });
  const seconds = (performance.now() - startMs) / 1000;
  closeSync(nowhere);
  if (result.error !== undefined || result.status !== 0) {
    throw new Error(`${command} failed: ${result.error?.message ?? result.stderr}`);
  }
  return { seconds, stderr: result.stderr };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function main() {
  if (spawnSync('jq', ['--version']).error !== undefined) {
    console.error('jq is missing: install it to compare');
    return 2;
  }
  const cli = join(folder, 'cli.mjs');
  await build({
    entryPoints: [here('../../src/cli/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outfile: cli,
    logLevel: 'error',
  });
  const log = values.log ?? join(folder, 'sign-ins.ndjson');
  if (!existsSync(log)) run(process.execPath, [here('generate-sign-in-log.mjs'), log, values.rows]);
  const rows = Number(spawnSync('wc', ['-l', log], { encoding: 'utf8' }).stdout.split(' ')[0]);
  console.log(
    `${rows} rows, ${(statSync(log).size / 1_000_000).toFixed(0)} MB, Node ${process.version}, ${values.rounds} rounds`,
  );

  const tools = [
    { name: 'aad-errors report', command: process.execPath, args: [cli, 'report', log, '--stats'] },
    { name: 'wc -l', command: 'wc', args: ['-l', log] },
    { name: 'jq -c .status.errorCode', command: 'jq', args: ['-c', '.status.errorCode', log] },
  ];
  const seconds = new Map(tools.map(({ name }) => [name, []]));
  let megabytes = 0;
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const { name, command, args } of tools) {
      const result = run(command, args);
      seconds.get(name).push(result.seconds);
      const resident = /at most ([\d.]+) MB resident/.exec(result.stderr);
      if (resident !== null) megabytes = Math.max(megabytes, Number(resident[1]));
    }
  }
  const medians = new Map([...seconds].map(([name, list]) => [name, median(list)]));
  for (const [name, value] of medians) {
    const rate = Math.round(rows / value).toLocaleString('en-US');
    console.log(`${name.padEnd(24)} ${value.toFixed(2).padStart(7)} s ${rate.padStart(12)} rows/s`);
  }
  const ratio = medians.get('jq -c .status.errorCode') / medians.get('aad-errors report');
  const met = ratio >= 1 && megabytes > 0 && megabytes < maxMegabytes;
  console.log(
    `aad-errors report: ${ratio.toFixed(1)} times as fast as jq, at most ${megabytes} MB resident: goals ${met ? 'met' : 'missed'}`,
  );
  return met ? 0 : 1;
}

try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true });
}
