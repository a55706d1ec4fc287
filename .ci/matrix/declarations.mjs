// Our declarations under each compiler with skipLibCheck off, from the packed tarball.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forEachParallel, npmInstall, run } from './processes.mjs';
import { formatTable } from './table.mjs';
import { compilers } from './versions.mjs';

const strict = [
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noEmit',
  '--target',
  'es2022',
  '--skipLibCheck',
  'false',
];
const nodenext = ['--module', 'nodenext'];
const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
const forNode = ['--types', 'node', '--lib', 'es2022'];
/** What is compiled: title -> declarations of Express, compiler options, files. */
const projects = {
  'nodenext, no Express, no MSAL': { options: [...nodenext, ...forNode], files: ['bare.mts', 'bare.cts'] },
  'bundler, no Express, no MSAL': { options: [...bundler, ...forNode], files: ['bare.mts'] },
  'browser, no Node': { options: [...bundler, '--typeRoots', 'none', '--lib', 'es2022,dom'], files: ['browser.mts'] },
  'Express 4': { express: '4.17.25', options: [...nodenext, ...forNode], files: ['express.mts'] },
  'Express 5': { express: '5.0.6', options: [...nodenext, ...forNode], files: ['express.mts'] },
};

/** @returns `{ failures, count, text }`; `compilerOf` gives the path of tsc of a version */
export async function compileDeclarations({ folder, tarball, compilerOf }) {
  const installs = new Map();
  /** One install for each pair of declarations of Node and Express. */
  const installed = (nodeTypes, express) => {
    const name = `declarations-${nodeTypes}-${express ?? 'no'}`;
    if (!installs.has(name)) installs.set(name, install(join(folder, name), { tarball, nodeTypes, express }));
    return installs.get(name);
  };
  const runs = compilers.flatMap(({ typescript, nodeTypes }) =>
    Object.entries(projects).map(([title, project]) => ({ typescript, nodeTypes, title, ...project })),
  );
  const results = await forEachParallel(runs, async ({ typescript, nodeTypes, title, express, options, files }) => {
    const cwd = await installed(nodeTypes, express);
    const { code, output } = await run(compilerOf(typescript), [...options, ...strict, ...files], { cwd });
    return { typescript, title, output, failed: code !== 0 };
  });
  const titles = Object.keys(projects);
  return {
    failures: results
      .filter((result) => result.failed)
      .map(({ typescript, title, output }) => `TypeScript ${typescript}, ${title}:\n${output}`),
    count: results.length,
    text: formatTable(
      ['TypeScript', ...titles],
      compilers.map(({ typescript }) => [
        typescript,
        ...titles.map((title) =>
          results.find((r) => r.typescript === typescript && r.title === title).failed ? 'FAIL' : 'ok',
        ),
      ]),
    ),
  };
}

async function install(folder, { tarball, nodeTypes, express }) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  for (const file of ['bare.mts', 'bare.cts', 'browser.mts', 'express.mts'])
    copyFileSync(new URL(`declarations/${file}`, import.meta.url), join(folder, file));
  await npmInstall(folder, [
    tarball,
    `@types/node@${nodeTypes}`,
    ...(express === undefined ? [] : [`@types/express@${express}`]),
  ]);
  return folder;
}
