import { countOption, onePositional, parseCommand } from '../args.js';
import { asUtf8, openInput, sizeOf } from '../input.js';
import { exitCodes, type CliIo, type ExitCode } from '../io.js';
import { createProgress } from '../progress.js';
import { createReport, plural, printReport, type Report } from '../report/print.js';
import { scanLog } from '../report/scan.js';
import { createPaint, formatBytes, formatCount, formatJson, widthOf } from '../style.js';

export async function reportCommand(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const parsed = parseCommand('report', args, { top: { type: 'string' }, stats: { type: 'boolean' } });
  const name = onePositional('report', 'a file, or - for standard input', parsed);
  const top = countOption('top', parsed.text('top'), 5, 10_000);
  const startMs = io.nowMs();
  const progress = createProgress(io, await sizeOf(name));
  const result = await scanLog(asUtf8(openInput(name, io), name), progress.report).finally(progress.end);
  const seconds = (io.nowMs() - startMs) / 1000;
  const report = createReport(result);
  const readable = report.failures > 0 || report.successes > 0;
  if (parsed.json) io.stdout.write(formatJson(report));
  else if (readable)
    io.stdout.write(printReport(report, parsed.lang, top, createPaint(io.stdout, io.env), widthOf(io.stdout)));
  warn(report, io);
  if (parsed.flag('stats')) {
    const rate = seconds > 0 ? formatCount(Math.round(report.rows / seconds)) : '-';
    io.stderr.write(
      `stats: ${formatCount(report.rows)} rows, ${formatBytes(report.bytes)}, ${seconds.toFixed(2)} s, ${rate} rows/s, ` +
        `at most ${formatBytes(io.maxRssBytes())} resident\n`,
    );
  }
  return readable ? exitCodes.done : exitCodes.nothingFound;
}

function warn(report: Report, io: CliIo): void {
  if (report.unreadable > 0) {
    io.stderr.write(
      `aad-errors: ${plural(report.unreadable, 'row')} cut, damaged or too long, and not counted as failures; ` +
        `the first is number ${formatCount(report.firstUnreadable ?? 0)}\n`,
    );
  }
  if (report.failures === 0 && report.successes === 0) {
    io.stderr.write(
      report.bytes === 0
        ? 'aad-errors: the input is empty: no code found\n'
        : `aad-errors: no code found in ${plural(report.rows, report.format === 'text' ? 'line' : 'row')}: neither a sign-in log ` +
            '(a "Sign-in error code" column, or status.errorCode) nor a text with AADSTS or AADB2C codes\n',
    );
  }
}
