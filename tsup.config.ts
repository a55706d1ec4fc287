import { defineConfig, type Options } from 'tsup';

const shared: Options = { target: 'node20', platform: 'node', splitting: true, sourcemap: false };

export default defineConfig([
  {
    ...shared,
    entry: {
      index: 'src/index.ts',
      core: 'src/core.ts',
      testing: 'src/testing/index.ts',
      client: 'src/client/index.ts',
    },
    format: ['esm', 'cjs'],

    // TypeScript 6 warns of the baseUrl that tsup 8.5.1 sets; goes with the next tsup.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  },
  { ...shared, entry: { cli: 'src/cli/main.ts' }, format: ['esm'], splitting: false },
]);
