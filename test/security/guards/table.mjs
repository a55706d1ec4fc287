/** What the runner and its test share: the table of ../README.md, edits of sources, names as vitest prints them. */
import { readFileSync } from 'node:fs';

const readme = new URL('../README.md', import.meta.url);

/** Names of tests and the file each stands in, from the table of threats. */
export function filesOfTests() {
  const files = new Map();
  for (const line of readFileSync(readme, 'utf8').split('\n')) {
    if (!line.startsWith('| S')) continue;
    const [, , , file, names = ''] = line.split('|').map((cell) => cell.trim());
    for (const [, name] of names.matchAll(/`([^`]+)`/g)) files.set(name, file);
  }
  return files;
}

/** All edits of a guard, the first one and those that go along. */
export const editsOf = ({ file, find, replace, also = [] }) => [{ file, find, replace }, ...also];

/** How often a text stands in another. */
export const occurrences = (text, find) => text.split(find).length - 1;

/**
 * A source without its guard.
 *
 * @throws Error when the text to find is not there exactly once
 */
export function withoutGuard(source, { file, find, replace }) {
  const count = occurrences(source, find);
  if (count !== 1) throw new Error(`${file}: found ${count} times, not once: ${find}`);
  // A function: in a text, `$` would mean something.
  return source.replace(find, () => replace);
}

/** `test.each` fills %s, %d and %j; everything else of a name is itself. */
export const patternOf = (name) =>
  name
    .split(/%[sdj]/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
