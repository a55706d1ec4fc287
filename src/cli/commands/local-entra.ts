import { countOption, parseCommand } from '../args.js';
import { CliError, exitCodes, usageError, type CliIo, type ExitCode } from '../io.js';
import { createPaint, formatJson } from '../style.js';

/** Runs a test double of Entra ID until the process is interrupted. */
export async function localEntraCommand(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const parsed = parseCommand('local-entra', args, { port: { type: 'string' }, pages: { type: 'boolean' } });
  if (parsed.positionals.length > 0)
    throw usageError('local-entra takes options only; see "aad-errors local-entra --help"');
  const port = countOption('port', parsed.text('port'), 0, 65_535);
  // Loaded here and not at the top: no other command needs a server.
  const { createLocalEntra } = await import('../../testing/index.js');
  const entra = await createLocalEntra({ port, autoApprove: !parsed.flag('pages') }).catch((error: unknown) => {
    throw new CliError(`cannot start: ${listenReason(error, port)}`, exitCodes.badInput);
  });
  try {
    const { url, authority, tenantId, clientId, clientSecret } = entra;
    const discovery = `${authority}/v2.0/.well-known/openid-configuration`;
    const users = entra.users.map(({ userName }) => userName);
    if (parsed.json)
      io.stdout.write(formatJson({ url, authority, discovery, tenantId, clientId, clientSecret, users }));
    else {
      const paint = createPaint(io.stdout, io.env);
      const rows = {
        url,
        authority,
        discovery,
        tenant: tenantId,
        'client id': clientId,
        secret: clientSecret,
        users: users.join(', '),
      };
      io.stdout.write(
        `${paint('title', 'LocalEntra: a test double of Entra ID. It signs in whoever asks; this machine only.')}\n`,
      );
      for (const [label, text] of Object.entries(rows))
        io.stdout.write(`  ${paint('dim', label.padEnd(10))} ${text}\n`);
    }
    io.stderr.write('aad-errors: running; Ctrl-C stops it\n');
    await aborted(io.signal);
  } finally {
    await entra.close();
  }
  return exitCodes.done;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

function listenReason(error: unknown, port: number): string {
  const systemCode = error instanceof Error && 'code' in error ? error.code : undefined;
  if (systemCode === 'EADDRINUSE') return `port ${String(port)} is in use`;
  return error instanceof Error ? error.message : 'unknown reason';
}
