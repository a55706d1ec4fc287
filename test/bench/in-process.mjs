/**
 * Gates that need no HTTP: P9 to P15 and P17. Every part runs in fresh processes of its own, with the flags it needs.
 *
 * BENCH_ONLY=P10,P15 runs some of them. Exit code 1 when a gate is missed; 3 when the controls of a part still differ after
 * it was repeated twice with twice the work, so that nothing can be said. `--json` prints the rows once more for programs.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isPlanted } from './plant.mjs';
import { saveReport } from './report.mjs';
import { agrees, exitCodeOf, printControl, printRow, verdictOf } from './verdict.mjs';

const parts = [
  { file: 'speed', ids: ['P9', 'P10'], work: ['BENCH_BATCHES', 350] },
  {
    file: 'allocation',
    ids: ['P11'],
    flags: ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
  },
  { file: 'import', ids: ['P12'], work: ['BENCH_PROCESSES', 13] },
  { file: 'languages', ids: ['P13'] },
  { file: 'hostile', ids: ['P14'] },
  { file: 'storm', ids: ['P15'], flags: ['--expose-gc'] },
  { file: 'unused', ids: ['P17'] },
];
const only = (process.env.BENCH_ONLY ?? '').split(',').filter((id) => id !== '');
const chosen = parts.filter(({ ids }) => only.length === 0 || ids.some((id) => only.includes(id)));
if (chosen.length === 0) throw new Error(`BENCH_ONLY=${only.join(',')}: no such gate`);
const repetitions = 2;

function run({ file, flags = [], work }, times) {
  const path = fileURLToPath(new URL(`./parts/${file}.mjs`, import.meta.url));
  const more = work === undefined ? {} : { [work[0]]: String(Number(process.env[work[0]] ?? work[1]) * times) };
  const output = execFileSync(process.execPath, [...flags, path], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production', ...more },
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(output);
}

const rows = [];
const controls = [];
const notes = [];
for (const part of chosen) {
  let result = run(part, 1);
  for (let repetition = 1; repetition <= repetitions && !(result.controls ?? []).every(agrees); repetition += 1) {
    console.log(
      `${part.ids.join(', ')}: the controls differ, it is measured again with ${2 ** repetition} times the work`,
    );
    result = run(part, 2 ** repetition);
  }
  const controlsAgree = (result.controls ?? []).every(agrees);
  rows.push(...result.rows.map((row) => ({ ...row, verdict: verdictOf(row, controlsAgree) })));
  controls.push(...(result.controls ?? []));
  notes.push(...(result.notes ?? []));
}

for (const control of controls) printControl(control);
for (const row of rows) printRow(row);
for (const note of notes) console.log(note);
const exitCode = exitCodeOf(rows.map(({ verdict }) => verdict));
if (!isPlanted && only.length === 0) saveReport('in-process', { rows, controls, notes, exitCode });
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows, controls }));
process.exitCode = exitCode;
