import { parseArgs, type ParseArgsConfig } from 'node:util';
import { localeTags } from '../catalog/index.js';
import { localeTagFor } from '../explain/index.js';
import { usageError } from './io.js';

type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** Options that every command knows. */
export const commonOptions = {
  json: { type: 'boolean' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable;

export interface Parsed {
  readonly positionals: readonly string[];
  readonly json: boolean;
  /** Tag of a built-in locale. */
  readonly lang: string;
  readonly text: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
}

/**
 * The arguments of one command.
 *
 * @throws CliError that names the option and the command's help
 */
export function parseCommand(command: string, args: readonly string[], options: OptionTable): Parsed {
  const { values, positionals } = parseOrFail(command, args, { ...commonOptions, ...options });
  const value = (name: string): unknown => new Map(Object.entries(values)).get(name);
  const text = (name: string): string | undefined => {
    const found = value(name);
    return typeof found === 'string' ? found : undefined;
  };
  const asked = text('lang');
  const lang = asked === undefined ? 'en' : localeTagFor(asked);
  if (lang === undefined) throw usageError(`--lang ${asked ?? ''} is not one of ${localeTags.join(', ')}`);
  return { positionals, json: value('json') === true, lang, text, flag: (name) => value(name) === true };
}

function parseOrFail(
  command: string,
  args: readonly string[],
  options: OptionTable,
): { values: object; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    // Node adds advice about "--" in a second sentence; the first one names the option.
    throw usageError(`${why.replace(/\.? To specify .*$/, '')}; see "aad-errors ${command} --help"`);
  }
}

/** The one positional argument of a command. */
export function onePositional(command: string, what: string, { positionals }: Parsed): string {
  const [first, ...more] = positionals;
  if (first === undefined) throw usageError(`${command} needs ${what}; see "aad-errors ${command} --help"`);
  if (more.length > 0) throw usageError(`${command} takes one argument; put the text between quotes`);
  return first;
}

/** A value that must be one of a list. */
export function oneOf<Value extends string>(
  option: string,
  value: string | undefined,
  allowed: readonly Value[],
): Value | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw usageError(`--${option} ${value} is not one of ${allowed.join(', ')}`);
  return found;
}

/** A whole number of 1 to `max`. */
export function countOption(option: string, value: string | undefined, fallback: number, max: number): number {
  if (value === undefined) return fallback;
  const count = /^\d{1,9}$/.test(value) ? Number(value) : 0; // accepts "20", refuses "-1"
  if (count < 1 || count > max) throw usageError(`--${option} ${value} is not a whole number of 1 to ${String(max)}`);
  return count;
}
