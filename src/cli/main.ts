#!/usr/bin/env node
// Entry of the bin `aad-errors`. Everything else is in run.ts, which tests call with their own streams.
import { readFileSync } from 'node:fs';
import { run } from './run.js';

/** The package's own version, from dist/ or from src/cli/. */
function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (typeof found !== 'object' || found === null) continue;
      if (Reflect.get(found, 'name') === 'aad-error-handler') return String(Reflect.get(found, 'version'));
    } catch {
      continue;
    }
  }
  return 'unknown';
}

// `aad-errors list | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 4);
});

const interrupted = new AbortController();
if (process.argv[2] === 'local-entra') {
  // Only there: everywhere else Ctrl-C must end the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort();
    });
  }
}

void run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version: readVersion,
  nowMs: Date.now,
  maxRssBytes: () => process.resourceUsage().maxRSS * 1024,
  signal: interrupted.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
