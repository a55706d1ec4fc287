// The packed library under every supported Node, Express, MSAL and TypeScript. Run after `npm run build`:
//
//   node .ci/matrix.mjs [--keep]
//
// Installs exact versions (matrix/versions.mjs) into a temporary folder, which --keep leaves there. Prints two tables
// without an empty cell; ends non-zero when any cell failed.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCells } from './matrix/cells.mjs';
import { compileDeclarations } from './matrix/declarations.mjs';
import { forEachParallel, npmInstall, run } from './matrix/processes.mjs';
import { compilers, consumerCompiler, nodeVersions } from './matrix/versions.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const started = Date.now();

async function pack(folder) {
  if (!existsSync(join(root, 'dist', 'index.d.ts')))
    throw new Error('dist/ is missing or without types: npm run build');
  const { code, output } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder],
    {
      cwd: root,
    },
  );
  if (code !== 0) throw new Error(output);
  return join(folder, JSON.parse(output.slice(output.indexOf('[')))[0].filename);
}

/** The npm packages that carry Node's own binary, each in its folder. @returns version -> binary */
async function installNodes(folder) {
  const name = `node-${process.platform}-${process.arch}`;
  const binaries = await forEachParallel(nodeVersions, async (version) => {
    const home = join(folder, `node-${version}`);
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{ "private": true }');
    await npmInstall(home, [`${name}@${version}`]);
    return [version, join(home, 'node_modules', name, 'bin', 'node')];
  });
  return new Map(binaries);
}

/** @returns the path of tsc of a version */
async function installCompilers(folder) {
  const home = join(folder, 'compilers');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  await npmInstall(
    home,
    compilers.map(({ typescript }) => `typescript-${typescript}@npm:typescript@${typescript}`),
  );
  return (version) => join(home, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
}

const folder = mkdtempSync(join(tmpdir(), 'aad-matrix-'));
try {
  const tarball = await pack(folder);
  const nodes = await installNodes(folder);
  const compilerOf = await installCompilers(folder);
  const cells = await runCells({ folder, tarball, nodes, compiler: compilerOf(consumerCompiler) });
  console.log(`\nA real MSAL error answered from an ESM, a CJS and a TypeScript project\n\n${cells.text}`);
  const declarations = await compileDeclarations({ folder, tarball, compilerOf });
  console.log(`\nOur declarations, skipLibCheck off\n\n${declarations.text}\n`);

  const failures = [...cells.failures, ...declarations.failures];
  for (const failure of failures) console.error(`FAIL ${failure}\n`);
  console.log(
    `${cells.count} cells of 3 projects and ${declarations.count} compilations in ${Math.round((Date.now() - started) / 1000)} s, ${failures.length} failed`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  if (process.argv.includes('--keep')) console.log(folder);
  else rmSync(folder, { recursive: true, force: true });
}
