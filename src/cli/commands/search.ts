import { detailsOf, detailTables, listAadsts, localeOf, type SmallRow } from '../../catalog/index.js';
import type { AadAction, Who } from '../../types.js';
import { countOption, parseCommand } from '../args.js';
import { exitCodes, usageError, type CliIo, type ExitCode } from '../io.js';
import { createPaint, formatJson, widthOf, wrap } from '../style.js';
import { codeText } from './list.js';

interface Hit {
  /** `AADSTS50076`, `invalid_grant`, `ECONNRESET`. */
  readonly id: string;
  readonly name?: string;
  readonly action: AadAction;
  readonly who: Who;
  readonly situation: string;
  readonly summary: string;
  readonly remedy: string;
}

export function searchCommand(args: readonly string[], io: CliIo): ExitCode {
  const parsed = parseCommand('search', args, { limit: { type: 'string' } });
  const words = parsed.positionals.flatMap((text) => text.toLowerCase().split(/\s+/)).filter((word) => word !== '');
  if (words.length === 0) throw usageError('search needs at least one word; see "aad-errors search --help"');
  const limit = countOption('limit', parsed.text('limit'), 20, 10_000);
  const hits = findHits(words.slice(0, 16), parsed.lang);
  const shown = hits.slice(0, limit);
  if (parsed.json) io.stdout.write(formatJson(shown));
  else {
    const paint = createPaint(io.stdout, io.env);
    const width = widthOf(io.stdout);
    for (const { id, name, action, who, situation, summary } of shown) {
      io.stdout.write(
        `${paint('title', id)}${name === undefined ? '' : ` ${name}`}\n` +
          `  ${action}, ${who} acts, ${situation}\n  ${wrap(summary, 2, width)}\n`,
      );
    }
  }
  if (hits.length > limit)
    io.stderr.write(`aad-errors: ${String(hits.length - limit)} more; --limit ${String(hits.length)} shows all\n`);
  if (hits.length === 0)
    io.stderr.write(`aad-errors: nothing in the catalogue has all of: ${words.slice(0, 16).join(' ').slice(0, 200)}\n`);
  return hits.length === 0 ? exitCodes.nothingFound : exitCodes.done;
}

/** Rows with all the words, those with a word in their code or name first. */
function findHits(words: readonly string[], lang: string): Hit[] {
  const { situations } = localeOf(lang);
  const strong: Hit[] = [];
  const weak: Hit[] = [];
  for (const hit of allRows(lang)) {
    const head = `${hit.id} ${hit.name ?? ''}`.toLowerCase();
    const texts = situations.get(hit.situation);
    const body = [head, hit.action, hit.situation, hit.summary, hit.remedy, texts?.title, texts?.message]
      .join(' ')
      .toLowerCase();
    if (!words.every((word) => body.includes(word))) continue;
    (words.some((word) => head.includes(word)) ? strong : weak).push(hit);
  }
  return [...strong, ...weak];
}

function* allRows(lang: string): Generator<Hit> {
  const dutch = lang === 'nl';
  for (const row of listAadsts()) {
    const details = dutch ? detailsOf(row.code) : undefined;
    yield {
      id: codeText(row),
      ...(row.name !== undefined && { name: row.name }),
      action: row.action,
      who: row.who,
      situation: row.situation,
      summary: details?.summaryNl ?? row.summary,
      remedy: details?.remedyNl ?? row.remedy,
    };
  }
  for (const table of Object.values(detailTables)) {
    for (const row of table()) {
      yield {
        id: idOf(row),
        ...(row.service !== undefined && { name: row.service }),
        action: row.action,
        who: row.who,
        situation: row.situation,
        summary: dutch ? row.summaryNl : row.summary,
        remedy: dutch ? row.remedyNl : row.remedy,
      };
    }
  }
}

function idOf(row: SmallRow): string {
  return row.error ?? row.suberror ?? row.clientCode ?? row.code ?? row.name ?? '';
}
