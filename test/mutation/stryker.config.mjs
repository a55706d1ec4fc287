/**
 * Started by run.mjs, which adds the files to mutate and where the reports go.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'in-process',
  plugins: ['./test/mutation/test-runner.mjs', '@stryker-mutator/vitest-runner'],
  // Only for `run.mjs --vitest`.
  vitest: { configFile: 'test/mutation/vitest.config.mjs', related: false },
  coverageAnalysis: 'perTest',
  // Never incremental: what has changed in other files than the mutated one, or for code that runs on loading, is not
  // noticed there, and old survivors stay.
  incremental: false,
  ...(process.env.MUTATION_CONCURRENCY !== undefined && { concurrency: Number(process.env.MUTATION_CONCURRENCY) }),
  // A copy of the repository is mutated, so that the checkout stays as it is.
  tempDirName: 'test-results/mutation/sandbox',
  ignorePatterns: ['dist', 'docs', 'coverage', 'test-results', 'examples/*', '!examples/ERRORS.md', '.ci', '*.tgz'],
  // The runner itself ends a test that waits for something; this is for one that runs without end.
  timeoutMS: 4_000,
  timeoutFactor: 1.5,
  reporters: ['json', 'html'],
  // run.mjs compares with floor.json instead.
  thresholds: { high: 95, low: 90, break: null },
  allowConsoleColors: false,
};
