/** Keeps the figures of a run, and makes the table of README.md from them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { libraryHash } from './library.mjs';

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
/** Label of a figure in what the parts print -> what a reader of the README is told, and the unit there. */
const told = new Map([
  ['P10 handler, JSON', 'a problem document'],
  ['P10 handler, page, everything on', 'a page, with sign-in, hooks and a logger'],
  ['P10 handler, redirect, everything on', 'a redirect to sign in, with its sealed ticket'],
  ['P10 handler, foreign error', 'an error that is not ours, handed on'],
  ['P11 allocated, JSON', 'memory a problem document takes until it is collected'],
  ['P11 allocated, page', 'memory a page takes until it is collected'],
  ['P14 hostile text, slowest of all inputs', 'the slowest of 1,920 hostile inputs of 64 KB to 1 MB'],
  ["P12 import, share of Express's own import", "import, as share of Express's own"],
  ['P12 live heap after the import', 'memory after the import'],
]);
/** A unit is one JSON.stringify of the document; readers know microseconds. */
const cost = ({ label, value, unit, nanoseconds }) => [
  told.get(label),
  nanoseconds === undefined ? `${value.toPrecision(2)} ${unit}`.trim() : `${(nanoseconds / 1_000).toFixed(1)} µs`,
];

function costsMarkdown({ date, node, processors, model, rows }) {
  return `By \`npm run bench\` on ${date}, Node ${node.slice(1)} on ${processors} cores of ${model}. What one error costs, without Express and the network:

${table(['what', 'cost'], rows.filter(({ label }) => told.has(label)).map(cost))}`;
}

function speedsMarkdown({ rounds, perSlice, scenarios, controls }) {
  const speeds = scenarios.filter(({ name }) => !name.includes('(control)'));
  const bySpeed = [...speeds].sort((one, other) => other.speed - one.speed);
  const apart = Math.max(...controls.map(({ ratio }) => Math.abs(ratio - 1)));
  return `Requests against a handler written by hand, \`res.status(401).json({ … })\` with two members: above 1 is faster. Ratios of p50 over ${rounds} rounds of ${perSlice} requests; two identical handlers differed by ${(apart * 100).toFixed(1)} %.

${table(
  ['handler', 'speed', 'bytes'],
  bySpeed.map(({ name, speed, bytes }) => [
    name.startsWith('our ') || name.includes('ours') ? `**${name}**` : name,
    speed.toFixed(2),
    bytes,
  ]),
)}`;
}

const markdownOf = { 'in-process': costsMarkdown, http: speedsMarkdown };

/**
 * Replaces what stands between the two markers. Of the two parts those are written that prove something and are about this
 * build; on a noisy machine that is often the one without HTTP alone.
 */
export async function writeReadme() {
  const parts = Object.entries(markdownOf).flatMap(([name, toMarkdown]) => {
    const report = readReport(name);
    const isProof = report !== undefined && report.exitCode !== 3 && report.library === libraryHash();
    if (!isProof)
      console.log(`README.md: no figures of ${name}; there are none of this build, or they are inconclusive`);
    return isProof ? [toMarkdown(report)] : [];
  });
  if (parts.length === 0) throw new Error('README.md is left as it is: nothing that was measured proves anything');
  const readme = readFileSync(readmeUrl, 'utf8');
  const [start, end] = [readme.indexOf(opening), readme.indexOf(closing)];
  if (start < 0 || end < start) throw new Error(`README.md has no ${opening} … ${closing}`);
  const text = parts.join('\n\n');
  const path = fileURLToPath(readmeUrl);
  const written = `${readme.slice(0, start + opening.length)}\n\n${text}\n\n${readme.slice(end)}`;
  writeFileSync(readmeUrl, await format(written, { ...(await resolveConfig(path)), filepath: path }));
}
