// Node x Express x MSAL: in each cell the packed library answers a real MSAL error from an ESM, a CJS and a TypeScript
// project, each a process of its own. One install for each pair of Express and MSAL serves all versions of Node.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forEachParallel, npmInstall, run } from './processes.mjs';
import { formatTable } from './table.mjs';
import { expressVersions, msalVersions, nodeTypes, nodeVersions } from './versions.mjs';

const consumer = new URL('consumer/', import.meta.url);
const projects = { esm: 'esm.mjs', cjs: 'cjs.cjs', typescript: 'typescript.mjs' };
/** What checks.mjs prints when all of its checks held. */
const allHeld = 'ok 5';

/** @returns `{ failures, runs, text }`; `nodes` is version -> binary, `compiler` the path of tsc */
export async function runCells({ folder, tarball, nodes, compiler }) {
  const pairs = expressVersions.flatMap((entry) => msalVersions.map((msal) => ({ ...entry, msal })));
  const cells = (await forEachParallel(pairs, (pair) => runPair(pair, { folder, tarball, nodes, compiler }))).flat();
  const failures = cells.filter((cell) => cell.failed.length > 0);
  const rows = nodeVersions.flatMap((node) =>
    expressVersions.map(({ express }) => [
      node,
      express,
      ...msalVersions.map((msal) =>
        verdict(cells.find((c) => c.node === node && c.express === express && c.msal === msal)),
      ),
    ]),
  );
  return {
    failures: failures.flatMap(({ node, express, msal, failed }) =>
      failed.map(({ project, output }) => `Node ${node}, Express ${express}, MSAL ${msal}, ${project}:\n${output}`),
    ),
    count: cells.length,
    text: formatTable(['Node', 'Express', ...msalVersions.map((msal) => `MSAL ${msal}`)], rows),
  };
}

const verdict = (cell) => (cell.failed.length === 0 ? 'ok' : `FAIL ${cell.failed.map((f) => f.project).join(' ')}`);

async function runPair({ express, types, msal }, { folder, tarball, nodes, compiler }) {
  const project = join(folder, `express-${express}-msal-${msal}`);
  mkdirSync(project);
  cpSync(consumer, project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  const inCells = (failure) => nodeVersions.map((node) => ({ node, express, msal, failed: failure }));
  try {
    // npm itself checks that our peer dependencies admit this pair.
    await npmInstall(project, [
      tarball,
      `express@${express}`,
      `@azure/msal-node@${msal}`,
      `@types/express@${types}`,
      `@types/node@${nodeTypes}`,
    ]);
  } catch (error) {
    return inCells([{ project: 'install', output: error.message }]);
  }
  const compiled = await run(compiler, ['-p', 'tsconfig.json'], { cwd: project });
  if (compiled.code !== 0) return inCells([{ project: 'typescript', output: compiled.output }]);
  const cells = [];
  for (const node of nodeVersions) {
    const failed = [];
    for (const [name, file] of Object.entries(projects)) {
      const { code, output } = await run(nodes.get(node), [file], { cwd: project });
      if (code !== 0 || output.trim() !== allHeld) failed.push({ project: name, output });
    }
    cells.push({ node, express, msal, failed });
  }
  return cells;
}
