import type { CliOutput } from './io.js';

export type Tone = 'title' | 'dim' | 'good' | 'warning' | 'bad';

/** Puts colour around a text, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

const sequences: Readonly<Record<Tone, string>> = { title: '1', dim: '2', good: '32', warning: '33', bad: '31' };

/** Colours only on a terminal, and never when NO_COLOR has a value (https://no-color.org) or TERM is `dumb`. */
export function createPaint(output: CliOutput, env: Readonly<Record<string, string | undefined>>): Paint {
  const coloured = output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return coloured ? (tone, text) => `\u001b[${sequences[tone]}m${text}\u001b[0m` : (_tone, text) => text;
}

/**
 * A text from outside as one printable line: no control characters, so no terminal escape sequences, and no
 * direction overrides.
 */
export function printable(text: string, maxLength = 2_000): string {
  let out = '';
  for (const character of text.length > maxLength ? `${text.slice(0, maxLength)}...` : text) {
    out += isUnsafe(character.codePointAt(0) ?? 0) ? ' ' : character;
  }
  return out;
}

function isUnsafe(unit: number): boolean {
  return (
    unit < 32 || (unit >= 127 && unit < 160) || (unit >= 0x202a && unit <= 0x202e) || (unit >= 0x2066 && unit <= 0x2069)
  );
}

/** JSON for a terminal or a file: what JSON.stringify leaves unescaped but a terminal may act on is escaped. */
export function formatJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`; // escapes U+009B, leaves letters
}

/** Breaks a text at blanks so that no line is longer than `width`, and indents every line but the first. */
export function wrap(text: string, indent: number, width: number): string {
  const room = Math.max(20, width - indent);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${' '.repeat(indent)}`);
}

export function widthOf(output: CliOutput): number {
  return Math.min(120, Math.max(60, output.columns ?? 100));
}

const groups = new Intl.NumberFormat('en-US');

export const formatCount = (count: number): string => groups.format(count);

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 'B';
  for (const next of units) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}
