import { challengeCommand } from './commands/challenge.js';
import { explainCommand } from './commands/explain.js';
import { listCommand } from './commands/list.js';
import { localEntraCommand } from './commands/local-entra.js';
import { reportCommand } from './commands/report.js';
import { searchCommand } from './commands/search.js';
import { commandNames, helpOf, mainHelp } from './help.js';
import { CliError, exitCodes, usageError, type CliIo, type ExitCode } from './io.js';
import { printable } from './style.js';

type Command = (args: readonly string[], io: CliIo) => ExitCode | Promise<ExitCode>;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['explain', explainCommand],
  ['challenge', challengeCommand],
  ['list', listCommand],
  ['search', searchCommand],
  ['report', reportCommand],
  ['local-entra', localEntraCommand],
]);

/**
 * Runs one command line and gives its exit code. Every failure is one line on standard error, never a stack trace.
 *
 * @param argv arguments without node and the script
 */
export async function run(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof CliError) {
      io.stderr.write(`aad-errors: ${printable(error.message, 500)}\n`);
      return error.exitCode;
    }
    const what = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown failure';
    io.stderr.write(`aad-errors: internal error, please report it: ${printable(what, 500)}\n`);
    return exitCodes.internal;
  }
}

async function dispatch(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === undefined) {
    io.stderr.write(mainHelp);
    return exitCodes.usage;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    io.stdout.write((rest[0] === undefined ? undefined : helpOf(rest[0])) ?? mainHelp);
    return exitCodes.done;
  }
  if (first === '--version' || first === '-v') {
    io.stdout.write(`${io.version()}\n`);
    return exitCodes.done;
  }
  const command = commands.get(first);
  if (command === undefined) {
    const hint = nearest(first) ?? (/^(?:AADSTS|AADB2C)?\d+/i.test(first) ? `explain ${first}` : undefined); // "aad-errors 50076"
    throw usageError(
      `unknown command ${first}${hint === undefined ? '' : `; did you mean "aad-errors ${hint}"`}; see "aad-errors --help"`,
    );
  }
  if (asksForHelp(rest)) {
    io.stdout.write(helpOf(first) ?? mainHelp);
    return exitCodes.done;
  }
  return command(rest, io);
}

/** `--help` before a `--`; after it everything is text. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

/** A command that starts with the same three letters. */
function nearest(word: string): string | undefined {
  return word.length < 3 ? undefined : commandNames.find((name) => name.startsWith(word.slice(0, 3)));
}
