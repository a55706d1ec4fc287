import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the package, with a final slash. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Tests of the built package need `npm run build`; CI builds before it tests. */
export const hasDist = ['index.js', 'index.d.ts', 'locales/en.js'].every((path) => existsSync(`${root}dist/${path}`));
if (!hasDist) console.warn('dist/ is missing, tests of the built package are left out: npm run build');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly main: string;
  readonly module: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest;

export const localeTags = readdirSync(`${root}data/locales`).map((name) => name.replace(/\.json$/, ''));

export interface Pack {
  /** Bytes of the tarball. */
  readonly size: number;
  /** Bytes on the disk of whoever installs it. */
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What `npm publish` would send, as npm itself says. */
export function pack(): Pack {
  const options = ['--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  const output = execFileSync('npm', ['pack', ...options], { cwd: root, encoding: 'utf8' });
  const [packed] = JSON.parse(output) as [Pack];
  return packed;
}

/**
 * Runs a program in a process of its own, where Node itself resolves `aad-error-handler` by the exports of package.json:
 * inside the test runner the name stands for src/.
 *
 * @returns what it printed, as JSON
 */
export function runNode(program: string, type: 'module' | 'commonjs' = 'module'): unknown {
  const output = execFileSync(process.execPath, [`--input-type=${type}`, '-e', program], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(output);
}
