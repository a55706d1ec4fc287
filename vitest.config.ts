import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^aad-error-handler\/testing$/, replacement: here('./src/testing/index.ts') },
      { find: /^aad-error-handler\/client$/, replacement: here('./src/client/index.ts') },
      { find: /^aad-error-handler\/core$/, replacement: here('./src/core.ts') },
      { find: /^aad-error-handler$/, replacement: here('./src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/catalog/generated/**'] },
  },
});
