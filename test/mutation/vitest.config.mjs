import { defineConfig } from 'vitest/config';
import { excludedTests, testPaths } from './areas.mjs';

/** For `run.mjs --vitest`, which tries mutants with Stryker's own runner to check the faster one of test-runner.mjs. */
export default defineConfig({
  test: {
    include: testPaths.map((path) => (path.endsWith('/') ? `${path}**/*.test.ts` : path)),
    exclude: excludedTests,
    setupFiles: ['test/mutation/setup.ts'],
    reporters: [],
    // A worker lives for one mutant; within it the test files share their modules, so that start-up is paid once.
    isolate: false,
    testTimeout: 10_000,
  },
});
