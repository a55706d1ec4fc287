import { describeClaims, developerTexts, explain } from '../../explain/index.js';
import { decodeClaims, parseChallenges, type Challenge } from '../../normalize/index.js';
import { onePositional, parseCommand } from '../args.js';
import { readText } from '../input.js';
import { exitCodes, type CliIo, type ExitCode } from '../io.js';
import { createPaint, formatJson, printable, widthOf, wrap, type Paint } from '../style.js';

const maxBytes = 65_536;

interface ReadChallenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Decoded JSON text. */
  readonly claims?: string;
  readonly asks?: readonly string[];
  /** A claims value is there but is neither JSON nor base64 of JSON, or is over 8 KiB. */
  readonly claimsUnreadable?: true;
}

export async function challengeCommand(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const parsed = parseCommand('challenge', args, {});
  const given = onePositional('challenge', 'the value of a WWW-Authenticate header, or - for standard input', parsed);
  const text = (given === '-' ? (await readText('-', io, maxBytes)).text : given).trim();
  const value = text.replace(/^www-authenticate:\s*/i, '');
  const texts = developerTexts(parsed.lang).claims;
  const bare = decodeClaims(value);
  const challenges =
    bare === undefined
      ? parseChallenges(value).map((challenge) => readChallenge(challenge, (claims) => describeClaims(claims, texts)))
      : [];
  const useful = challenges.filter(({ parameters }) => Object.keys(parameters).length > 0);
  if (bare === undefined && useful.length === 0) {
    io.stderr.write(
      'aad-errors: no challenge found: expected a scheme and parameters, such as Bearer error="insufficient_claims", claims="..."\n',
    );
    return exitCodes.nothingFound;
  }
  const explanation = bare === undefined ? explain(value, { locale: parsed.lang, nowMs: io.nowMs() }) : undefined;
  const known = explanation?.found === true ? explanation : undefined;
  if (parsed.json) {
    io.stdout.write(
      formatJson({
        challenges,
        ...(bare !== undefined && { claims: bare, asks: describeClaims(bare, texts) }),
        ...(known !== undefined && { explanation: known }),
      }),
    );
    return exitCodes.done;
  }
  const paint = createPaint(io.stdout, io.env);
  const width = widthOf(io.stdout);
  if (bare !== undefined) io.stdout.write(`${printClaims(bare, describeClaims(bare, texts), paint, width)}\n`);
  for (const challenge of useful) io.stdout.write(printChallenge(challenge, paint, width));
  if (known !== undefined) {
    io.stdout.write(
      `${paint('title', `asks for: ${known.action}`)} (${known.who} acts)\n  ${wrap(printable(known.remedy), 2, width)}\n`,
    );
  }
  return exitCodes.done;
}

function readChallenge({ scheme, parameters }: Challenge, describe: (claims: string) => string[]): ReadChallenge {
  const sent = parameters.get('claims');
  const claims = decodeClaims(sent);
  return {
    scheme,
    parameters: Object.fromEntries(parameters),
    ...(claims !== undefined && { claims, asks: describe(claims) }),
    ...(sent !== undefined && claims === undefined && { claimsUnreadable: true }),
  };
}

function printChallenge(
  { scheme, parameters, claims, asks, claimsUnreadable }: ReadChallenge,
  paint: Paint,
  width: number,
): string {
  const lines = [paint('title', printable(scheme))];
  for (const [name, value] of Object.entries(parameters)) {
    if (name === 'claims' && claims !== undefined) continue;
    lines.push(`  ${paint('dim', printable(name, 64).padEnd(18))} ${printable(value)}`);
  }
  if (claims !== undefined && asks !== undefined) lines.push(printClaims(claims, asks, paint, width));
  if (claimsUnreadable === true) {
    lines.push(
      `  ${paint('bad', 'the claims cannot be read')}: neither JSON nor base64 of JSON, cut short, or over 8 KiB`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function printClaims(claims: string, asks: readonly string[], paint: Paint, width: number): string {
  return [
    `  ${paint('dim', 'claims'.padEnd(18))} ${printable(claims)}`,
    ...asks.map((ask) => `  ${paint('dim', 'asks that'.padEnd(18))} ${wrap(printable(ask), 21, width)}`),
  ].join('\n');
}
