// Child processes of the matrix, bounded in number and time.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Runs a command to its end. @returns its exit code (null when it was stopped) and what it printed */
export async function run(command, args, { cwd, timeoutMs = 60_000 }) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output: code === null ? `${output}stopped after ${timeoutMs / 1000} s` : output };
}

/** Installs packages exactly as asked into a folder of its own; nobody's install script runs. */
export async function npmInstall(folder, packages) {
  const options = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--save-exact',
    '--loglevel=error',
  ];
  const { code, output } = await run('npm', ['install', ...options, ...packages], { cwd: folder, timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`npm install ${packages.join(' ')}:\n${output}`);
}

/** `task` for every item, as many at a time as there are cores; results in the order of the items. */
export async function forEachParallel(items, task) {
  const results = new Array(items.length);
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await task(items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  return results;
}
