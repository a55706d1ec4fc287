/** What a command sees of the process, so that tests can run it on strings. */
export interface CliIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: () => string;
  readonly nowMs: () => number;
  /** Largest resident set so far, in bytes. */
  readonly maxRssBytes: () => number;
  /** Ends `local-entra`; aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface CliOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Public: stands in --help and in the documentation. */
export const exitCodes = {
  /** The command did what was asked. */
  done: 0,
  /** The input was read, but there is no identity error, no row or no challenge in it. */
  nothingFound: 1,
  /** Unknown command, option or value. */
  usage: 2,
  /** The input cannot be read: no such file, a folder, binary or compressed data. */
  badInput: 3,
  /** A bug of this tool. */
  internal: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure with a sentence for the person at the terminal; never shown with a stack. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CliError => new CliError(message, exitCodes.usage);
export const badInput = (message: string): CliError => new CliError(message, exitCodes.badInput);
