import { run } from '../../src/cli/run.js';
import type { ExitCode } from '../../src/cli/io.js';

export interface CliResult {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface CliSetup {
  readonly stdin?: string | Uint8Array | readonly Uint8Array[];
  /** Thrown after the last chunk. */
  readonly stdinError?: Error;
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly nowMs?: () => number;
  readonly signal?: AbortSignal;
}

/** Runs one command line on strings instead of the process. */
export async function runCli(argv: readonly string[], setup: CliSetup = {}): Promise<CliResult> {
  const {
    stdin = '',
    terminal = false,
    env = {},
    nowMs = () => Date.UTC(2026, 0, 31),
    signal = AbortSignal.abort(),
  } = setup;
  const chunks = typeof stdin === 'string' ? [Buffer.from(stdin)] : stdin instanceof Uint8Array ? [stdin] : stdin;
  let out = '';
  let err = '';
  const exitCode = await run(argv, {
    stdin: toStream(chunks, setup.stdinError),
    stdout: { isTTY: terminal, write: (text) => (out += text) },
    stderr: { isTTY: terminal, write: (text) => (err += text) },
    env,
    version: () => '1.2.3',
    nowMs,
    maxRssBytes: () => 64 * 1_048_576,
    signal,
  });
  return { exitCode, out, err };
}

async function* toStream(chunks: readonly Uint8Array[], error: Error | undefined): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
  if (error !== undefined) throw error;
}
