import { defineConfig } from 'vitest/config';
import { testsOf } from './areas.mjs';

const { paths, excluded } = testsOf(process.env.MUTATION_AREA);

/** For `run.mjs --vitest`, which tries mutants with Stryker's own runner to check the faster one of test-runner.mjs. */
export default defineConfig({
  test: {
    include: paths.map((path) => (path.endsWith('/') ? `${path}**/*.test.ts` : path)),
    exclude: excluded,
    setupFiles: ['test/mutation/setup.ts'],
    reporters: [],
    // A worker lives for one mutant; within it the test files share their modules, so that start-up is paid once.
    isolate: false,
    testTimeout: 10_000,
  },
});
