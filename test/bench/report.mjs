/** Keeps the figures of a run, and makes the table of README.md from them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { libraryHash } from './library.mjs';
import { shown } from './verdict.mjs';

const folder = new URL('../../test-results/bench/', import.meta.url);
const readmeUrl = new URL('../../README.md', import.meta.url);
const [opening, closing] = ['<!-- bench -->', '<!-- /bench -->'];

/** Figures as JSON, with what they are about. */
export function saveReport(name, figures) {
  mkdirSync(folder, { recursive: true });
  const about = { library: libraryHash(), node: process.version, processors: cpus().length, model: cpus()[0]?.model };
  const report = { date: new Date().toISOString().slice(0, 10), ...about, ...figures };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(report, null, 2)}\n`);
}

function readReport(name) {
  try {
    return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  } catch {
    return undefined;
  }
}

const cell = (text) => String(text).replaceAll('|', '\\|');
const table = (head, rows) => {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};
const bound = (value, better) => (value === undefined ? '' : `${better === 'lower' ? '≤' : '≥'} ${value}`);
const gateRow = ({ label, value, unit, gate, aim, better, verdict }) => [
  label,
  shown(value, unit),
  bound(gate, better),
  bound(aim, better),
  verdict === 'MISSED' ? '**missed**' : verdict,
];

function markdown(http, inProcess) {
  const speeds = http.scenarios.filter(({ name }) => !name.includes('(control)'));
  const bySpeed = [...speeds].sort((one, other) => other.speed - one.speed);
  const figures = [...http.gates, ...(inProcess?.rows ?? []).filter(({ gate }) => gate !== undefined)];
  return `Measured on ${http.date} with Node ${http.node.slice(1)} on ${http.processors} cores of ${http.model}, by \`npm run bench\`: ratios of p50 over ${http.rounds} rounds of ${http.perSlice} requests; identical controls ${http.controls.map(({ ratio }) => ratio.toFixed(3)).join(' and ')}.

${table(['what', 'figure', 'gate', 'aim', ''], figures.map(gateRow))}

Speed against a hand-written \`res.status(401).json({ … })\`; above 1 is faster. Our rows answer with the whole problem document, page or challenge.

${table(
  ['handler', 'speed', 'CPU µs', 'bytes'],
  bySpeed.map(({ name, speed, processorMicroseconds, bytes }) => [
    name.startsWith('our ') ? `**${name}**` : name,
    speed.toFixed(2),
    processorMicroseconds?.toFixed(0) ?? '',
    bytes,
  ]),
)}`;
}

/** Replaces what stands between the two markers. Figures that prove nothing, or are about another build, are not written. */
export async function writeReadme() {
  const http = readReport('http');
  const inProcess = readReport('in-process');
  if (http === undefined || http.exitCode === 3 || inProcess?.exitCode === 3) {
    throw new Error('README.md is left as it is: a run without a result (see "inconclusive") proves nothing');
  }
  if (http.library !== libraryHash()) throw new Error('README.md is left as it is: the figures are of another build');
  const readme = readFileSync(readmeUrl, 'utf8');
  const [start, end] = [readme.indexOf(opening), readme.indexOf(closing)];
  if (start < 0 || end < start) throw new Error(`README.md has no ${opening} … ${closing}`);
  const text = markdown(http, inProcess?.library === http.library ? inProcess : undefined);
  const path = fileURLToPath(readmeUrl);
  const written = `${readme.slice(0, start + opening.length)}\n\n${text}\n\n${readme.slice(end)}`;
  writeFileSync(readmeUrl, await format(written, { ...(await resolveConfig(path)), filepath: path }));
}
