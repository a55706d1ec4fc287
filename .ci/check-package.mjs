// npm run check:package, after npm run build: is the package what resolvers and compilers expect?
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A tool of this project, never one that npx might fetch. */
function run(tool, ...options) {
  const { status } = spawnSync(join(root, 'node_modules', '.bin', tool), options, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

// Suggestions and warnings count as failures; there is no exception.
run('publint', '--strict');

run(
  'attw',
  ...['--pack', '.', '--format', 'ascii'],
  // The one exception: TypeScript's old "node10" resolution, from before package exports, finds no subpath such as
  // ./core. It would take `typesVersions` or a folder beside package.json for each entry, and Node itself needs neither;
  // "nodenext" and "bundler" resolve every entry. The main entry works under it through "main" and "types".
  ...['--profile', 'node16'],
  // attw leaves patterns out: two languages stand for ./locales/*, one of them with a script in its tag.
  ...['--include-entrypoints', 'locales/nl', 'locales/zh-Hans'],
);
