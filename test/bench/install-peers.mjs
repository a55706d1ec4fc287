/** Installs the other error handlers, exactly as locked, into a folder outside this package. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('./peers/', import.meta.url));
const to = fileURLToPath(new URL('../../test-results/bench/peers/', import.meta.url));

/** @returns the folder, or undefined when they cannot be installed (no network), with the reason printed */
export function installPeers() {
  const lock = readFileSync(`${from}package-lock.json`, 'utf8');
  const stamp = `${to}installed-lock.json`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return to;
  mkdirSync(to, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(from + name, to + name);
  try {
    // No scripts: none of them needs any.
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: to });
  } catch (error) {
    console.warn(`other handlers are left out, they could not be installed: ${String(error.stderr ?? error.message)}`);
    return undefined;
  }
  writeFileSync(stamp, lock);
  return to;
}
