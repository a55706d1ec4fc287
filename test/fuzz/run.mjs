/**
 * Coverage-guided fuzzing for FUZZ_SECONDS (60): jsfuzz, installed from its lock into test-results/, against target.ts.
 * The corpus it has found stays there and is the start of the next run. Exit code 1 when an input broke a promise; the
 * input is kept and can be run again: `node test/fuzz/run.mjs test-results/fuzz/crash-…`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeSeeds } from './seeds.mjs';

const seconds = Number(process.env.FUZZ_SECONDS ?? 60);
const here = fileURLToPath(new URL('./', import.meta.url));
const folder = fileURLToPath(new URL('../../test-results/fuzz/', import.meta.url));

mkdirSync(`${folder}corpus`, { recursive: true });
await build({
  entryPoints: [`${here}target.ts`],
  outfile: `${folder}target.js`,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
});
// The folder is in a package of modules; the fuzzer requires its target.
for (const name of ['package.json', 'package-lock.json']) copyFileSync(`${here}jsfuzz/${name}`, folder + name);

const [again] = process.argv.slice(2);
if (again !== undefined) {
  createRequire(import.meta.url)(`${folder}target.js`).fuzz(readFileSync(again));
  console.log('no promise is broken by this input');
} else if (install()) {
  process.exitCode = await hunt();
}

function install() {
  if (existsSync(`${folder}node_modules/jsfuzz`)) return true;
  try {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
    return true;
  } catch (error) {
    console.warn(`left out, the fuzzer could not be installed: ${String(error.stderr ?? error.message)}`);
    return false;
  }
}

/** @returns the exit code */
async function hunt() {
  const { count, surfaces } = writeSeeds(`${folder}corpus`);
  const target = createRequire(import.meta.url)(`${folder}target.js`);
  if (target.surfaceCount !== surfaces) throw new Error('seeds.mjs and target.ts do not have the same surfaces');
  const known = new Set(readdirSync(folder));
  const fuzzer = spawn(
    process.execPath,
    ['node_modules/jsfuzz/build/src/index.js', '--versifier=false', 'target.js', 'corpus'],
    {
      cwd: folder,
      detached: true,
    },
  );
  let output = '';
  for (const stream of [fuzzer.stdout, fuzzer.stderr])
    stream.on('data', (chunk) => (output = (output + chunk).slice(-100_000)));
  let isStopped = false;
  // jsfuzz runs until it is told to end, and so does its worker: both are in a group of their own.
  const signal = (name) => {
    isStopped = true;
    try {
      process.kill(-fuzzer.pid, name);
    } catch {
      // It has ended by itself meanwhile.
    }
  };
  const timers = [
    setTimeout(signal, seconds * 1_000, 'SIGINT'),
    setTimeout(signal, seconds * 1_000 + 5_000, 'SIGKILL'),
  ];
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.once(name, () => {
      signal('SIGKILL');
      process.exit(1);
    });
  }
  await new Promise((resolve) => fuzzer.once('close', resolve));
  timers.forEach(clearTimeout);
  const found = readdirSync(folder).filter((name) => name.startsWith('crash-') && !known.has(name));
  const last =
    output
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .at(-1) ?? output.slice(-500);
  console.log(
    `${seconds} s, ${count} seeds, ${surfaces} surfaces, ${readdirSync(`${folder}corpus`).length} inputs kept: ${last}`,
  );
  for (const name of found) console.log(`FOUND test-results/fuzz/${name}`);
  if (!isStopped && found.length === 0) console.log(output.slice(-2_000));
  return isStopped && found.length === 0 ? 0 : 1;
}
