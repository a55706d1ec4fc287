import { runOnTenant, showRounds } from './start.mjs';

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => ending.abort());
const { signal } = ending;

/** One line of JSON: what went well to standard output, the rest to standard error. */
const log = (line) =>
  console[line.level === 'info' ? 'log' : 'error'](JSON.stringify({ time: new Date().toISOString(), ...line }));

if (process.env.TENANT_ID) {
  process.exitCode = await runOnTenant({ environment: process.env, signal, log });
} else {
  const started = ({ url }) => console.log(`\n  LocalEntra (a test double, not an identity provider):  ${url}\n`);
  const { exitCode } = await showRounds({ say: (text) => console.log(`  # ${text}`), signal, log, started });
  console.log(`\n  The daemon has ended itself. On a real tenant its exit code would now be ${exitCode}.\n`);
}

// Told to end: a call that was left behind would keep the process until its own timeout.
if (signal.aborted) process.exit();
