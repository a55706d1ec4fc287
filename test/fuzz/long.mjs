/**
 * `npm run fuzz`: every property with FUZZ_RUNS (1,000,000) inputs, then the coverage-guided fuzzer for FUZZ_SECONDS.
 * Each property prints how many inputs it tried, what a million takes, and the heap.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const vitest = `${root}node_modules/vitest/vitest.mjs`;
const env = { ...process.env, FUZZ_RUNS: process.env.FUZZ_RUNS ?? '1000000' };
const codes = [[vitest, 'run', 'test/property'], [`${root}test/fuzz/run.mjs`]].map(
  (command) => spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' }).status ?? 1,
);
process.exitCode = codes.find((code) => code !== 0) ?? 0;
