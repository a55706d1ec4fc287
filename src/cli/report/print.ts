import { localeOf } from '../../catalog/index.js';
import { explain } from '../../explain/index.js';
import type { AadAction, Who } from '../../types.js';
import { formatBytes, formatCount, printable, wrap, type Paint } from '../style.js';
import { noApplication, type Group } from './groups.js';
import type { LogFormat, ScanResult } from './scan.js';

/** The report as data, for --json and for the text. */
export interface Report {
  readonly format: LogFormat;
  readonly bytes: number;
  readonly rows: number;
  readonly successes: number;
  readonly failures: number;
  readonly unreadable: number;
  /** Number of the first unreadable row or line, counted from 1. */
  readonly firstUnreadable?: number;
  readonly firstSeen?: string;
  readonly lastSeen?: string;
  readonly groups: readonly Group[];
}

export function createReport({ format, bytes, tally }: ScanResult): Report {
  const groups = tally.groups.list();
  const firstSeen = earliest(groups);
  const lastSeen = latest(groups);
  return {
    format,
    bytes,
    rows: tally.rows,
    successes: tally.successes,
    failures: tally.groups.failures,
    unreadable: tally.unreadable,
    ...(tally.firstUnreadable !== undefined && { firstUnreadable: tally.firstUnreadable }),
    ...(firstSeen !== undefined && { firstSeen }),
    ...(lastSeen !== undefined && { lastSeen }),
    groups,
  };
}

const formatNames: Readonly<Record<LogFormat, string>> = {
  csv: 'CSV sign-in log',
  json: 'JSON sign-in log',
  ndjson: 'JSON lines',
  text: 'text log',
};

const whoActs: Readonly<Record<Who, string>> = {
  user: 'the user acts',
  admin: 'an administrator acts',
  developer: 'the developer or operator acts',
  microsoft: 'Microsoft acts',
  nobody: 'nobody has to act',
};

/** Failures of one action and one who, by code, by application. */
interface Section {
  readonly action: AadAction;
  readonly who: Who;
  count: number;
  readonly codes: Map<string, { readonly first: Group; count: number; readonly groups: Group[] }>;
}

/** @param top applications shown for each code */
export function printReport(report: Report, lang: string, top: number, paint: Paint, width: number): string {
  const { format, bytes, rows, failures, unreadable } = report;
  const unit = format === 'text' ? 'lines' : 'rows';
  const share = format === 'text' || rows === 0 ? '' : ` (${((100 * failures) / rows).toFixed(1)} %)`;
  const damaged = unreadable === 0 ? '' : `, ${formatCount(unreadable)} unreadable`;
  const head = `${formatNames[format]}, ${formatBytes(bytes)}: ${formatCount(rows)} ${unit}, ${formatCount(failures)} failures${share}${damaged}`;
  const span = report.firstSeen === undefined ? '' : `${report.firstSeen} to ${report.lastSeen ?? ''}\n`;
  const sections = sectionsOf(report.groups).map((section) => `\n${printSection(section, lang, top, paint, width)}`);
  return `${paint('title', head)}\n${span}${sections.join('')}`;
}

function sectionsOf(groups: readonly Group[]): Section[] {
  const sections = new Map<string, Section>();
  for (const group of groups) {
    const key = `${group.action}|${group.who}`;
    let section = sections.get(key);
    if (section === undefined) {
      section = { action: group.action, who: group.who, count: 0, codes: new Map() };
      sections.set(key, section);
    }
    section.count += group.count;
    const codeKey = `${group.label}|${group.situation}`;
    const code = section.codes.get(codeKey);
    if (code === undefined) section.codes.set(codeKey, { first: group, count: group.count, groups: [group] });
    else {
      code.count += group.count;
      code.groups.push(group);
    }
  }
  return [...sections.values()].sort((a, b) => b.count - a.count);
}

function printSection(
  { action, who, count, codes }: Section,
  lang: string,
  top: number,
  paint: Paint,
  width: number,
): string {
  const lines = [paint(toneOf(action), `${action}: ${whoActs[who]}, ${plural(count, 'failure')}`)];
  for (const code of [...codes.values()].sort((a, b) => b.count - a.count)) {
    lines.push('', ...printCode(code.first, code.count, code.groups, lang, top, paint, width));
  }
  return `${lines.join('\n')}\n`;
}

function printCode(
  first: Group,
  count: number,
  groups: readonly Group[],
  lang: string,
  top: number,
  paint: Paint,
  width: number,
): string[] {
  const title = localeOf(lang).situations.get(first.situation)?.title ?? first.situation;
  const about = explain(first.label, { locale: lang });
  const lines = [
    `  ${formatCount(count).padStart(9)}  ${paint('title', first.label)}${first.name === undefined ? '' : ` ${first.name}`}  ${first.situation}: ${title}`,
    `             ${wrap(about.summary, 13, width)}`,
  ];
  if (about.found) lines.push(`             ${wrap(about.remedy, 13, width)}`);
  if (first.reason !== undefined)
    lines.push(`             ${wrap(`The log says: ${printable(first.reason, 200)}`, 13, width)}`);
  const nameless = groups.length === 1 && first.application === noApplication;
  for (const group of groups.slice(0, top)) {
    const span = group.firstSeen === undefined ? '' : `${group.firstSeen} to ${group.lastSeen ?? ''}`;
    if (nameless && span !== '') lines.push(`             ${paint('dim', span)}`);
    if (nameless) continue;
    const row = `  ${formatCount(group.count).padStart(9)}    ${printable(group.application, 60)}`;
    lines.push(span === '' ? row : `${row}  ${paint('dim', span)}`);
  }
  if (groups.length > top) {
    const left = groups.slice(top).reduce((sum, group) => sum + group.count, 0);
    lines.push(
      `  ${formatCount(left).padStart(9)}    in ${plural(groups.length - top, 'other application')}; --top shows more`,
    );
  }
  return lines;
}

function toneOf(action: AadAction): 'good' | 'warning' | 'bad' | 'title' {
  if (action === 'retry' || action === 'user_cancelled') return 'good';
  return action === 'fix_config' || action === 'contact_admin' ? 'bad' : action === 'unknown' ? 'title' : 'warning';
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function earliest(groups: readonly Group[]): string | undefined {
  return groups.reduce<string | undefined>(
    (found, { firstSeen }) =>
      firstSeen !== undefined && (found === undefined || firstSeen < found) ? firstSeen : found,
    undefined,
  );
}

function latest(groups: readonly Group[]): string | undefined {
  return groups.reduce<string | undefined>(
    (found, { lastSeen }) => (lastSeen !== undefined && (found === undefined || lastSeen > found) ? lastSeen : found),
    undefined,
  );
}
