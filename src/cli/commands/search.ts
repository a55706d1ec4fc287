import { searchCatalog } from '../../catalog/index.js';
import { countOption, parseCommand } from '../args.js';
import { exitCodes, usageError, type CliIo, type ExitCode } from '../io.js';
import { createPaint, formatJson, widthOf, wrap } from '../style.js';

export function searchCommand(args: readonly string[], io: CliIo): ExitCode {
  const parsed = parseCommand('search', args, { limit: { type: 'string' } });
  const words = parsed.positionals.flatMap((text) => text.toLowerCase().split(/\s+/)).filter((word) => word !== '');
  if (words.length === 0) throw usageError('search needs at least one word; see "aad-errors search --help"');
  const limit = countOption('limit', parsed.text('limit'), 20, 10_000);
  const hits = searchCatalog(words.slice(0, 16), parsed.lang);
  const shown = hits.slice(0, limit);
  if (parsed.json) io.stdout.write(formatJson(shown.map(({ key: _key, kind: _kind, ...hit }) => hit)));
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
