import { defineConfig, type Options } from 'tsup';

// Splitting keeps one copy of the catalogue in each format: the entries, and in ESM the command line, share it.
const shared: Options = { target: 'node20', platform: 'node', splitting: true, sourcemap: false };
const entry = {
  index: 'src/index.ts',
  core: 'src/core.ts',
  testing: 'src/testing/index.ts',
  client: 'src/client/index.ts',
};

export default defineConfig([
  {
    ...shared,
    entry: { ...entry, cli: 'src/cli/main.ts' },
    format: ['esm'],

    // TypeScript 6 warns of the baseUrl that tsup 8.5.1 sets; goes with the next tsup.
    dts: { entry, compilerOptions: { ignoreDeprecations: '6.0' } },
  },
  { ...shared, entry, format: ['cjs'], dts: { entry, compilerOptions: { ignoreDeprecations: '6.0' } } },
]);
