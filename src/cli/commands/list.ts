import { aadActions, detailsOf, listAadsts, situationIds } from '../../catalog/index.js';
import type { CatalogRow, Delivery, Who } from '../../types.js';
import { oneOf, parseCommand } from '../args.js';
import { exitCodes, usageError, type CliIo, type ExitCode } from '../io.js';
import { createPaint, formatJson, widthOf, wrap } from '../style.js';

const whos = ['user', 'admin', 'developer', 'microsoft', 'nobody'] as const satisfies readonly Who[];
const deliveries = [
  'entra-page',
  'redirect',
  'token',
  'resource',
  'sign-in-log',
] as const satisfies readonly Delivery[];

export function listCommand(args: readonly string[], io: CliIo): ExitCode {
  const parsed = parseCommand('list', args, {
    action: { type: 'string' },
    situation: { type: 'string' },
    who: { type: 'string' },
    delivery: { type: 'string' },
  });
  if (parsed.positionals.length > 0)
    throw usageError('list takes options only; to look for words, use "aad-errors search"');
  const action = oneOf('action', parsed.text('action'), aadActions);
  const situation = oneOf('situation', parsed.text('situation'), situationIds);
  const who = oneOf('who', parsed.text('who'), whos);
  const delivery = oneOf('delivery', parsed.text('delivery'), deliveries);
  const rows = listAadsts({
    ...(action !== undefined && { action }),
    ...(situation !== undefined && { situation }),
    ...(who !== undefined && { who }),
    ...(delivery !== undefined && { delivery }),
  });
  if (parsed.json) io.stdout.write(formatJson(rows));
  else {
    const paint = createPaint(io.stdout, io.env);
    const width = widthOf(io.stdout);
    for (const row of rows) {
      const summary = parsed.lang === 'nl' ? (detailsOf(row.code)?.summaryNl ?? row.summary) : row.summary;
      io.stdout.write(
        `${paint('title', codeText(row).padEnd(15))} ${row.action.padEnd(16)} ${row.who.padEnd(9)} ${row.situation}\n` +
          `                ${wrap(summary, 16, width)}\n`,
      );
    }
  }
  if (rows.length === 0) io.stderr.write('aad-errors: no code has all of these\n');
  return rows.length === 0 ? exitCodes.nothingFound : exitCodes.done;
}

function codeText({ code }: Pick<CatalogRow, 'code'>): string {
  return typeof code === 'number' ? `AADSTS${String(code)}` : code;
}
