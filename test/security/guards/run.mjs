/**
 * Takes away one guard of src after the other, in a copy of the repository, and demands that the tests of its threat
 * fail. Ends with 1 when a test stays green without its guard.
 *
 *     node test/security/guards/run.mjs              all guards of guards.mjs (38 minutes on two busy cores)
 *     node test/security/guards/run.mjs S3 S5        those of these threats
 *     node test/security/guards/run.mjs --verbose    with the first failure of each test, to see that it is the right one
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guards } from './guards.mjs';
import { editsOf, filesOfTests, patternOf, withoutGuard } from './table.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** After this a run is ended; its tests count as not run, which is no proof. */
const timeoutMs = 240_000;

const args = process.argv.slice(2);
const isVerbose = args.includes('--verbose');
const wanted = args.filter((arg) => arg !== '--verbose');
const threats = new Set(guards.map(({ threat }) => threat));
const unknown = wanted.filter((arg) => !threats.has(arg));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. Threats: ${[...threats].join(', ')}.`);
  process.exit(1);
}
const selected = guards.filter(({ threat }) => wanted.length === 0 || wanted.includes(threat));
const files = filesOfTests();

let running;
const copy = mkdtempSync(join(tmpdir(), 'aad-guards-'));
process.on('exit', () => {
  stop();
  rmSync(copy, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
for (const name of ['src', 'test', 'data', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
  cpSync(join(root, name), join(copy, name), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');

// A test that is red with its guard in place would prove nothing.
const names = [...new Set(selected.flatMap(({ tests }) => tests))];
const before = await run(names);
const broken = names.filter((name) => before.get(name) !== 'green');
if (broken.length > 0) {
  for (const name of broken) console.error(`${before.get(name) ?? 'not run'} with all guards in place: ${name}`);
  process.exit(1);
}
console.log(`${names.length} tests are green with all guards in place`);

let noticed = 0;
for (const guard of selected) {
  const startedMs = Date.now();
  const originals = new Map();
  for (const edit of editsOf(guard)) {
    const path = join(copy, edit.file);
    const source = readFileSync(path, 'utf8');
    if (!originals.has(path)) originals.set(path, source);
    writeFileSync(path, withoutGuard(source, edit));
  }
  const results = await run(guard.tests);
  for (const [path, source] of originals) writeFileSync(path, source);

  const red = guard.tests.filter((name) => isRed(results.get(name), guard.says));
  const isNoticed = red.length === guard.tests.length;
  if (isNoticed) noticed += 1;
  const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1);
  const sign = isNoticed ? '  ' : '! ';
  console.log(
    `${sign}${guard.threat.padEnd(4)}${guard.why.padEnd(84)} ${red.length}/${guard.tests.length} red ${seconds.padStart(6)} s`,
  );
  for (const name of guard.tests) {
    const result = results.get(name);
    if (!isRed(result, guard.says)) console.log(`      ${result ?? 'not run'}: ${name}`);
    else if (isVerbose) console.log(`      ${result.slice(0, 300)}`);
  }
}
console.log(`${selected.length} guards removed, ${noticed} noticed`);
if (noticed < selected.length) process.exitCode = 1;

/** A test that ran and failed, which is what a removed guard must lead to; one that could not be loaded proves nothing. */
function isRed(result, says = '') {
  return result?.startsWith('red') === true && result.includes(says);
}

/** `green`, or `red` or `late` with the first line of why, by the name of the test; one that is not there was not run. */
async function run(tests) {
  const byFile = new Map();
  for (const name of tests) byFile.set(files.get(name), [...(byFile.get(files.get(name)) ?? []), name]);
  const results = new Map();
  for (const [file, namesOfFile] of byFile) {
    const reports = await vitest(file, namesOfFile);
    for (const name of namesOfFile) {
      const title = new RegExp(`^${patternOf(name)}$`, 's');
      const own = reports.filter((report) => title.test(report.title) && report.status !== 'skipped');
      const failed = own.find(({ status }) => status === 'failed');
      const reason = failed?.failureMessages?.[0]?.split('\n', 1)[0] ?? '';
      // Too slow says nothing about a guard, only that the machine is busy. Tests have clocks of their own where time counts.
      const isLate = /STACK_TRACE_ERROR|(?:Test|Hook) timed out in/.test(reason);
      if (failed !== undefined) results.set(name, `${isLate ? 'late' : 'red'}: ${failed.title}: ${reason}`);
      else if (own.some(({ status }) => status === 'passed')) results.set(name, 'green');
    }
  }
  return results;
}

/** Ends vitest and its workers. */
function stop() {
  try {
    if (running !== undefined) process.kill(-running.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** The reports of these tests of one file; an empty list when the file could not be loaded. */
async function vitest(file, namesOfFile) {
  const output = join(copy, 'test-results', 'vitest.json');
  rmSync(output, { force: true });
  const pattern = `(?:${namesOfFile.map(patternOf).join('|')})$`;
  running = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', `test/security/${file}`, '-t', pattern, '--reporter=json'],
      `--outputFile=${output}`,
    ],
    // A group of its own, so that its workers end with it.
    { cwd: copy, stdio: 'ignore', detached: true },
  );
  const timer = setTimeout(stop, timeoutMs);
  await new Promise((resolve) => running.on('close', resolve));
  clearTimeout(timer);
  running = undefined;
  try {
    return JSON.parse(readFileSync(output, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults);
  } catch {
    return [];
  }
}
