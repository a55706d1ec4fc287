import { catalogKey } from '../../catalog/index.js';
import type { Diagnosis } from '../../doctor/index.js';
import { explain, type Explanation } from '../../explain/index.js';
import { onePositional, parseCommand } from '../args.js';
import { codeOfRow } from '../report/sign-in-reader.js';
import { isExistingPath, readText } from '../input.js';
import { exitCodes, type CliIo, type ExitCode } from '../io.js';
import { createPaint, formatJson, printable, widthOf, wrap, type Paint } from '../style.js';

const maxBytes = 1_048_576;
/** explain looks at 16 KiB; of a longer text the part around the first sign of an error is given to it. */
const windowLength = 16_000;
const windowBefore = 4_000;

export async function explainCommand(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const parsed = parseCommand('explain', args, {});
  const given = onePositional('explain', 'a code, a text, a file, or - for standard input', parsed);
  const value = await readValue(given, io);
  const options = { locale: parsed.lang, nowMs: io.nowMs() };
  const read = explain(value, options);
  const rowCode = read.found || typeof value === 'string' ? undefined : codeOfRow({ ...value });
  const explanation = rowCode === undefined || rowCode === 0 ? read : explain(rowCode, options);
  if (parsed.json) io.stdout.write(formatJson(explanation));
  else if (explanation.found) {
    io.stdout.write(printExplanation(explanation, createPaint(io.stdout, io.env), widthOf(io.stdout)));
  }
  if (!explanation.found) {
    io.stderr.write(`aad-errors: ${explanation.note ?? explanation.summary}\n`);
    if (explanation.link !== undefined) io.stderr.write(`aad-errors: Microsoft's own text: ${explanation.link}\n`);
    else io.stderr.write(`aad-errors: ${explanation.remedy}\n`);
  }
  return explanation.found ? exitCodes.done : exitCodes.nothingFound;
}

/** A row of a sign-in log is an object too; its code is looked up when nothing else is found. */
async function readValue(given: string, io: CliIo): Promise<string | object> {
  if (given !== '-') {
    // A code stays a code even where a file is called 50076.
    if (catalogKey(given) !== undefined || !(await isExistingPath(given))) return windowOf(given);
  }
  const { text, cut } = await readText(given, io, maxBytes);
  if (cut) io.stderr.write('aad-errors: only the first 1 MB is read; "aad-errors report" reads whole logs\n');
  return parseJson(text) ?? windowOf(text);
}

/** A file that is one JSON value is explained as that value: a caught error, a token response, a Graph answer. */
function parseJson(text: string): object | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const signs = ['AADSTS', 'AADB2C', 'error_description', 'invalid_grant', 'Bearer '] as const;

function windowOf(text: string): string {
  if (text.length <= windowLength) return text;
  for (const sign of signs) {
    const at = text.indexOf(sign);
    if (at >= 0) return text.slice(Math.max(0, at - windowBefore), Math.max(0, at - windowBefore) + windowLength);
  }
  return text.slice(0, windowLength);
}

export function printExplanation(explanation: Explanation, paint: Paint, width: number): string {
  const { code, name, action, who, situation, title, message, nextStep, summary, remedy, decision, challenge } =
    explanation;
  const rows: [label: string, text: string | undefined][] = [
    ['action', action],
    ['who acts', who],
    ['situation', `${situation}: ${title}`],
    ['happened', summary],
    ['to do', remedy],
    ['user reads', `${message} ${nextStep}`],
    ['retryable', explanation.retryable ? 'yes' : 'no'],
    ['claims ask', challenge?.asks.join('; ')],
    ['scopes', decision?.scopes?.join(' ')],
    ['wait', decision?.retryAfterSeconds === undefined ? undefined : `${String(decision.retryAfterSeconds)} s`],
    ['seen', explanation.delivery?.join(', ')],
    [
      'OAuth',
      [explanation.error?.oauthError, explanation.error?.suberror].filter((part) => part !== undefined).join(', '),
    ],
    ['trace id', explanation.ids.traceId],
    ['correlation', explanation.ids.correlationId ?? explanation.ids.requestCorrelationId],
    ['time', explanation.ids.timestamp],
    [
      'because',
      decision === undefined ? undefined : decision.trace.map(({ rule, because }) => `${rule}: ${because}`).join('; '),
    ],
    ['confidence', [explanation.confidence, ...explanation.sources.map(({ id }) => id)].join(', ')],
    ['note', explanation.note],
    ['link', explanation.link],
  ];
  const heading = [code, name].filter((part) => part !== undefined && part !== '').join(' ');
  const lines = rows
    .filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '')
    .map(([label, text]) => `  ${paint('dim', label.padEnd(11))} ${wrap(printable(text), 14, width)}`);
  const diagnosis = explanation.diagnosis === undefined ? '' : printDiagnosis(explanation.diagnosis, paint, width);
  return `${paint('title', printable(heading === '' ? title : heading))}\n${lines.join('\n')}\n${diagnosis}`;
}

/** Why the API refused, most likely cause first. */
function printDiagnosis({ findings, toKnowMore }: Diagnosis, paint: Paint, width: number): string {
  const line = (label: string, text: string): string =>
    `  ${paint('dim', label.padEnd(11))} ${wrap(printable(text), 14, width)}\n`;
  const printed = findings.map(
    ({ id, title, confidence, evidence, cause, change, where, learnMore }) =>
      `${paint(confidence === 'certain' ? 'good' : 'warning', `${confidence}:`)} ${paint('title', title)} (${id})\n` +
      line('seen', evidence.join('; ')) +
      line('cause', cause) +
      line('change', change) +
      line('where', where) +
      line('more', learnMore),
  );
  const hint = toKnowMore.length === 0 ? '' : line('to be surer', `give ${toKnowMore.join('; ')}`);
  return `\n${paint('title', 'Diagnosis')}\n${printed.join('')}${hint}`;
}
