/**
 * Mutation testing of src, except src/cli, src/testing and the generated part of src/catalog. Prints the score of each
 * area and of all together, and ends with 1 when one is below test/mutation/floor.json.
 *
 *     node test/mutation/run.mjs                     all areas
 *     node test/mutation/run.mjs decide text         these areas only
 *     node test/mutation/run.mjs --raise-floor       writes the scores of this run to floor.json where they are higher
 *     node test/mutation/run.mjs --vitest escape     with Stryker's own runner: slow, to check the one in test-runner.mjs
 *
 * Reports: test-results/mutation/<area>.html, .json and .survivors.txt (what to read).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { areas, folders, mutatedFiles } from './areas.mjs';
import { belowFloor, raised, scoreOf, survivorsOf } from './score.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const results = `${root}test-results/mutation/`;
const floorFile = new URL('floor.json', import.meta.url);

const args = process.argv.slice(2);
const flags = new Set(['--raise-floor', '--vitest']);
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = [
  ...wanted.filter((name) => !(name in areas)),
  ...args.filter((arg) => arg.startsWith('--') && !flags.has(arg)),
];
if (unknown.length > 0) fail(`unknown: ${unknown.join(', ')}. Areas: ${Object.keys(areas).join(', ')}.`);

const assigned = Object.values(areas).flatMap(({ files }) => files);
const missing = mutatedFiles(root).filter((file) => !assigned.includes(file));
if (missing.length > 0) fail(`in no area of areas.mjs: ${missing.join(', ')}.`);

mkdirSync(results, { recursive: true });
const names = wanted.length > 0 ? wanted : Object.keys(areas);
/** Mutants of every file mutated in this run. */
const mutantsByFile = new Map();
const scores = {};
const beganMs = Date.now();
for (const name of names) {
  const startedMs = Date.now();
  const files = mutate(name);
  for (const [file, { mutants }] of Object.entries(files)) mutantsByFile.set(file, mutants);
  scores[name] = scoreOf(Object.values(files).flatMap(({ mutants }) => mutants));
  writeFileSync(`${results}${name}.survivors.txt`, survivorsOf(files));
  print(name, scores[name], `${Math.round((Date.now() - startedMs) / 1000)} s`);
  for (const [file, { mutants }] of Object.entries(files)) print(`  ${file}`, scoreOf(mutants));
}
for (const folder of folders) {
  const files = assigned.filter((file) => file.startsWith(`${folder}/`));
  if (!files.every((file) => mutantsByFile.has(file))) continue;
  scores[folder] = scoreOf(files.flatMap((file) => mutantsByFile.get(file)));
  print(folder, scores[folder]);
}
if (wanted.length === 0) {
  scores.all = scoreOf([...mutantsByFile.values()].flat());
  print('all', scores.all, `${Math.round((Date.now() - beganMs) / 60_000)} min`);
}

const floor = JSON.parse(readFileSync(floorFile, 'utf8'));
if (args.includes('--raise-floor')) {
  writeFileSync(floorFile, `${JSON.stringify(raised(floor, scores), undefined, 2)}\n`);
} else {
  const failures = belowFloor(floor, scores);
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}

/** Runs Stryker on one area and gives its report by file. */
function mutate(name) {
  const isVitest = args.includes('--vitest');
  const reports = `${results}${name}${isVitest ? '.vitest' : ''}`;
  const config = {
    ...(isVitest && { testRunner: 'vitest' }),
    configFile: 'test/mutation/stryker.config.mjs',
    mutate: areas[name].files,
    jsonReporter: { fileName: `${reports}.json` },
    htmlReporter: { fileName: `${reports}.html` },
  };
  const program = `
    import { Stryker } from '@stryker-mutator/core';
    await new Stryker(${JSON.stringify(config)}).runMutationTest();
  `;
  // A process of its own: Stryker leaves workers and loggers behind.
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    env: { ...process.env, MUTATION_AREA: name },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) fail(`${name}: Stryker ended with ${status}\n${stdout}\n${stderr}`);
  return JSON.parse(readFileSync(`${reports}.json`, 'utf8')).files;
}

function print(name, { percent, killed, timedOut, survived, notCovered }, note = '') {
  const counts = `${killed} killed, ${timedOut} timed out, ${survived} survived, ${notCovered} not covered`;
  console.log(`${name.padEnd(40)} ${percent.toFixed(2).padStart(6)} %  ${counts}  ${note}`.trimEnd());
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
