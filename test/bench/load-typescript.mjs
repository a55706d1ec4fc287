/** Modules of the tests for plain Node programs: bundled in memory, run from a data: address. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @param url of a TypeScript module that imports nothing but other files beside it */
export async function loadTypeScript(url) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(url)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
