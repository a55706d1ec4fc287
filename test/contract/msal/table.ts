/** The readable form of the contract: one row an answer, written to test-results/ and printed as a summary. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AadAction } from '../../../src/types.js';
import type { Answer, Major, MsalFlow } from './answers.js';

/** One call as it was seen. */
export interface Seen {
  readonly major: Major;
  readonly flow: MsalFlow;
  readonly call: 1 | 2;
  readonly name: string;
  readonly errorCode: string;
  readonly isInteractionRequired: boolean;
  /** Absent: nothing was thrown, or nothing was read. */
  readonly action?: AadAction;
  readonly actionInFlow?: AadAction;
  readonly situation?: string;
}

const signIns = new Set<AadAction | undefined>(['interactive', 'claims_challenge', 'consent']);

/** How an application goes wrong that redirects exactly when MSAL throws InteractionRequiredAuthError. */
export type Misled = 'redirects in vain' | 'shows an error instead of signing in';

/** Device code is left out: there MSAL throws one class whatever the server said. */
export function misledBy(seen: Seen): Misled | undefined {
  if (seen.actionInFlow === undefined || seen.flow === 'device-code') return undefined;
  const shouldSignIn = signIns.has(seen.actionInFlow);
  if (seen.isInteractionRequired === shouldSignIn) return undefined;
  return shouldSignIn ? 'shows an error instead of signing in' : 'redirects in vain';
}

const short: Readonly<Record<MsalFlow, string>> = {
  'authorization-code': 'code',
  silent: 'silent',
  'on-behalf-of': 'obo',
  'client-credentials': 'app',
  'device-code': 'device',
};

/** Distinct texts; what not all majors share is marked with the majors that show it. */
function distinct(all: readonly Seen[], text: (seen: Seen) => string): string {
  const byText = new Map<string, Seen[]>();
  for (const seen of all) byText.set(text(seen), [...(byText.get(text(seen)) ?? []), seen]);
  const majorCount = new Set(all.map(({ major }) => major)).size;
  return [...byText]
    .map(([line, those]) => {
      const majors = [...new Set(those.map(({ major }) => major))];
      return majors.length === majorCount ? line : `${line} (${majors.join(', ')})`;
    })
    .join('; ');
}

/** The second call where it differs from the first: which flows, in which majors, and what MSAL then throws. */
function secondText(all: readonly Seen[], majorCount: number): string {
  const byText = new Map<string, Seen[]>();
  for (const seen of all) {
    const line = `${thrownText(seen)} -> ${decidedText(seen)}`;
    byText.set(line, [...(byText.get(line) ?? []), seen]);
  }
  return [...byText]
    .map(([line, those]) => {
      const where = [...new Set(those.map(({ flow }) => short[flow]))].join(', ');
      const majors = [...new Set(those.map(({ major }) => major))];
      return `${where}${majors.length === majorCount ? '' : ` (only ${majors.join(', ')})`}: ${line}`;
    })
    .join('; ');
}

const thrownText = (seen: Seen): string =>
  seen.name === 'none' ? 'resolves without a token' : `${seen.name} \`${seen.errorCode}\``;
const decidedText = (seen: Seen): string =>
  seen.action === undefined ? '-' : `${seen.action} / ${seen.situation ?? ''}`;

function misledText(all: readonly Seen[]): string {
  const byKind = new Map<Misled, Set<string>>();
  for (const seen of all) {
    const kind = misledBy(seen);
    if (kind !== undefined) byKind.set(kind, (byKind.get(kind) ?? new Set()).add(short[seen.flow]));
  }
  return [...byKind].map(([kind, where]) => `${kind} (${[...where].join(', ')})`).join('; ');
}

function sentText({ status, body, headers }: Answer): string {
  if (body instanceof Error) return body.message.split(' ')[1] ?? body.message;
  if (typeof body !== 'object' || body === null) return `${String(status)} ${JSON.stringify(body)}`;
  const fields = body as Readonly<Record<string, unknown>>;
  const parts = [status, fields['error'], fields['suberror'], ...(fields['claims'] === undefined ? [] : ['+claims'])];
  const waits = Object.keys(headers ?? {}).join(' ');
  return [...parts.filter((part) => part !== undefined), waits].map(String).join(' ').trim();
}

export function formatTable(answers: readonly Answer[], seenOf: ReadonlyMap<string, readonly Seen[]>): string {
  const columns = [
    'answer',
    'token endpoint sent',
    'MSAL throws',
    'decision',
    'app without a user',
    'device code',
    'second call, where it differs',
    "what MSAL's class would have done wrong",
  ];
  const lines = [columns, columns.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
  for (const answer of answers) {
    const seen = seenOf.get(answer.id) ?? [];
    const first = seen.filter(({ call }) => call === 1);
    const main = first.filter(({ flow }) => flow !== 'device-code' && flow !== 'client-credentials');
    const changed = seen.filter((one) => {
      const before = first.find(({ major, flow }) => major === one.major && flow === one.flow);
      return one.call === 2 && (before?.name !== one.name || before.errorCode !== one.errorCode);
    });
    const cells = [
      answer.id,
      sentText(answer),
      distinct(main, thrownText),
      distinct(main, decidedText),
      distinct(
        first.filter(({ flow }) => flow === 'client-credentials'),
        ({ actionInFlow }) => actionInFlow ?? '-',
      ),
      distinct(
        first.filter(({ flow }) => flow === 'device-code'),
        decidedText,
      ),
      secondText(changed, new Set(seen.map(({ major }) => major)).size),
      misledText(seen),
    ];
    lines.push(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

export function summarize(answers: readonly Answer[], seenOf: ReadonlyMap<string, readonly Seen[]>): string {
  const all = [...seenOf.values()].flat();
  const count = (kind: Misled): number => all.filter((seen) => misledBy(seen) === kind).length;
  const misledAnswers = answers.filter(({ id }) => (seenOf.get(id) ?? []).some((seen) => misledBy(seen) !== undefined));
  const rows = [
    ['answers of the token endpoint', answers.length],
    ['calls of MSAL (5 majors, 5 flows, twice)', all.length],
    ["answers where MSAL's class misleads in a flow", misledAnswers.length],
    ['calls: would redirect in vain', count('redirects in vain')],
    ['calls: would show an error instead of signing in', count('shows an error instead of signing in')],
    ['calls: MSAL resolves without a token', all.filter(({ name }) => name === 'none').length],
  ] as const;
  return rows.map(([label, value]) => `${label.padEnd(52)}${String(value).padStart(6)}`).join('\n');
}

/** Writes the table to test-results/msal-contract.md, which git ignores. */
export function writeTable(text: string): string {
  const folder = new URL('../../../test-results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('msal-contract.md', folder), text);
  return 'test-results/msal-contract.md';
}
