/** Examples as processes of their own, on this package as it is in src: no build is needed, and none can be stale. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');

/** Public entries and where they come from. */
export const entries: Readonly<Record<string, string>> = {
  'aad-error-handler': join(root, 'src/index.ts'),
  'aad-error-handler/core': join(root, 'src/core.ts'),
  'aad-error-handler/client': join(root, 'src/client/index.ts'),
  'aad-error-handler/testing': join(root, 'src/testing/index.ts'),
};

export interface Library {
  /** For NODE_OPTIONS: imports of aad-error-handler find this build, imports of `refused` packages fail. */
  readonly nodeOptions: string;
  remove(): void;
}

/** Builds the package from src and a module hook that leads to it. @param refused packages nobody may import */
export async function buildLibrary(refused: readonly string[] = []): Promise<Library> {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  // Inside the package, so that the build finds its dependencies.
  const folder = mkdtempSync(join(root, 'test-results/examples-'));
  const names = Object.keys(entries).map((name, index) => [name, `entry-${String(index)}`] as const);
  const made = build({
    entryPoints: Object.fromEntries(names.map(([name, file]) => [file, entries[name]!])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  await made.catch((error: unknown) => {
    remove();
    throw error;
  });
  const urls = names.map(([name, file]) => [name, pathToFileURL(join(folder, `${file}.mjs`)).href]);
  writeFileSync(
    join(folder, 'hooks.mjs'),
    `const urls = new Map(${JSON.stringify(urls)});
const refused = ${JSON.stringify(refused)};
export function resolve(specifier, context, next) {
  if (refused.some((name) => specifier === name || specifier.startsWith(name + '/'))) throw new Error('refused: ' + specifier);
  const url = urls.get(specifier);
  return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
}
`,
  );
  const register = join(folder, 'register.mjs');
  writeFileSync(register, "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n");
  return {
    nodeOptions: `--import=${pathToFileURL(register).href}`,
    remove,
  };
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** Waits until standard output shows this; the whole match. */
  shows(pattern: RegExp): Promise<string>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs a file of the repository with Node, in an environment of its own: vitest's has `NODE_ENV`, `BASE_URL` and more. */
export function run(args: readonly string[], library: Library, env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env, NODE_OPTIONS: library.nodeOptions },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    output: () => ({ stdout, stderr }),
    ended,
    shows: (pattern) =>
      new Promise((found, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout);
          if (match !== null) found(match[0]);
        };
        child.stdout.on('data', look);
        void ended.then((code) => {
          reject(new Error(`ended with ${String(code)} before it showed ${String(pattern)}:\n${stdout}\n${stderr}`));
        });
        look();
      }),
    stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}
