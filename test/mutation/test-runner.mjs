/**
 * A test runner for Stryker that keeps its process: tests and sources are bundled once, and every mutant gets them
 * evaluated afresh, so that nothing a mutant has left in a module reaches the next one. Some 30 times as fast as a
 * vitest worker for each mutant; `run.mjs --vitest` compares.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import { isExcludedTest, testsOf } from './areas.mjs';
import { Collector } from './harness.mjs';

/** A test that waits longer for something counts as one that timed out; the slowest takes a fraction of it. */
const testTimeoutMs = 2_000;

export class InProcessRunner {
  /** Where mutated code looks which mutant is on, and counts what it runs. */
  #namespace = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});
  #evaluate;
  #packages = new Map();
  /** Errors that no promise and no `catch` took while a test ran. */
  #uncaught = [];

  capabilities() {
    return { reloadEnvironment: true };
  }

  /** The current directory is Stryker's copy of the repository, with all mutants in it, each behind a switch. */
  async init() {
    for (const event of ['uncaughtException', 'unhandledRejection'])
      process.on(event, (error) => void this.#uncaught.push(error));
    const files = testFiles();
    const entry = files.map((file) => `${JSON.stringify(file)}: () => require(${JSON.stringify(`./${file}`)})`);
    const { outputFiles } = await build({
      stdin: {
        contents: `module.exports = { setup: () => require('./test/mutation/setup.ts'), files: { ${entry.join(', ')} } };`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      external: ['vitest'],
      plugins: [this.#outsideBundle(), placeOfTests],
      write: false,
      logLevel: 'error',
    });
    const [{ text }] = outputFiles;
    this.#evaluate = new Script(`(module, require, loadedPackages) => {${text}\n}`, {
      filename: resolve('tests.cjs'),
    }).runInThisContext();
  }

  async dryRun() {
    this.#namespace.activeMutant = undefined;
    this.#namespace.mutantCoverage = undefined;
    const result = await this.#run({ isDryRun: true });
    return result.status === DryRunStatus.Complete
      ? { ...result, mutantCoverage: this.#namespace.mutantCoverage }
      : result;
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit, disableBail }) {
    const namespace = this.#namespace;
    namespace.hitCount = 0;
    namespace.hitLimit = hitLimit;
    namespace.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
    const result = await this.#run({
      filter: testFilter,
      bail: disableBail !== true,
      beforeTests: () => {
        namespace.activeMutant = activeMutant.id;
      },
    });
    namespace.activeMutant = undefined;
    return toMutantRunResult(determineHitLimitReached(namespace.hitCount, hitLimit) ?? result);
  }

  async #run({ filter, bail = false, isDryRun = false, beforeTests }) {
    const wantedIds = filter === undefined ? undefined : new Set(filter);
    const collector = new Collector();
    const tests = [];
    try {
      const { setup, files } = this.#load(collector);
      setup();
      for (const [file, load] of Object.entries(files)) {
        if (wantedIds === undefined || filter.some((id) => id.startsWith(`${file}#`))) collector.collect(file, load);
      }
    } catch (error) {
      // A mutant that breaks a module is noticed by every test that imports it.
      if (isDryRun) return { status: DryRunStatus.Error, errorMessage: String(error?.stack ?? error) };
      const failureMessage = `not loaded: ${String(error)}`;
      const id = filter?.[0] ?? 'load';
      return {
        status: DryRunStatus.Complete,
        tests: [{ id, name: id, timeSpentMs: 0, status: TestStatus.Failed, failureMessage }],
      };
    }
    beforeTests?.();
    try {
      for (const test of collector.tests) {
        const { id, name, file } = test;
        if (isExcludedTest(process.env.MUTATION_AREA, name) || (wantedIds !== undefined && !wantedIds.has(id)))
          continue;
        const startedMs = Date.now();
        const result = { id, name, fileName: resolve(file) };
        if (isDryRun) this.#namespace.currentTestId = id;
        try {
          if ((await this.#outcome(test, isDryRun ? 60_000 : testTimeoutMs)) === 'late')
            return isDryRun
              ? { status: DryRunStatus.Error, errorMessage: `${id} does not end` }
              : { status: DryRunStatus.Timeout };
          tests.push({ ...result, timeSpentMs: Date.now() - startedMs, status: TestStatus.Success });
        } catch (error) {
          const failureMessage = String(error?.message ?? error);
          tests.push({ ...result, timeSpentMs: Date.now() - startedMs, status: TestStatus.Failed, failureMessage });
          if (bail) break;
        } finally {
          this.#namespace.currentTestId = undefined;
          collector.unstub();
        }
      }
    } finally {
      await within(collector.finish(), testTimeoutMs).catch(() => undefined);
      collector.unstub();
    }
    return { status: DryRunStatus.Complete, tests };
  }

  /** Like vitest, takes an error that nobody caught for a failure of the test that ran. */
  async #outcome({ run }, timeoutMs) {
    this.#uncaught.length = 0;
    if ((await within(run(), timeoutMs)) === 'late') return 'late';
    // Rejections are told when the microtasks have run.
    if (this.#uncaught.length > 0) throw this.#uncaught[0];
    return 'done';
  }

  #load(collector) {
    const module = { exports: {} };
    const require = createRequire(resolve('tests.cjs'));
    this.#evaluate(module, (name) => (name === 'vitest' ? collector.module : require(name)), this.#packages);
    return module.exports;
  }

  /** Packages are loaded once, as Node loads them for an import: they are not mutated. */
  #outsideBundle() {
    const packages = this.#packages;
    return {
      name: 'outside-bundle',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^[^./]/ }, ({ path }) =>
          isPackage(path) ? { path, namespace: 'package', sideEffects: false } : undefined,
        );
        onLoad({ filter: /./, namespace: 'package' }, async ({ path }) => {
          packages.set(path, await import(path));
          const names = Object.keys(packages.get(path)).filter((name) => /^[\w$]+$/.test(name));
          const exported = names.map((name) =>
            name === 'default'
              ? 'export default its.default;'
              : `const _${name} = its.${name}; export { _${name} as ${name} };`,
          );
          return { contents: `const its = loadedPackages.get(${JSON.stringify(path)}); ${exported.join('\n')}` };
        });
      },
    };
  }
}

/** `'late'` when a promise takes longer. */
async function within(promise, timeoutMs) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setRealTimeout(resolve, timeoutMs, 'late');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearRealTimeout(timer);
  }
}
const { setTimeout: setRealTimeout, clearTimeout: clearRealTimeout } = globalThis;

const isPackage = (path) =>
  path !== 'vitest' &&
  !path.startsWith('node:') &&
  !builtinModules.includes(path) &&
  !/^aad-error-handler(?:\/|$)/.test(path);

/** Tests read files beside themselves; a bundle in one piece has no place of its own. */
const placeOfTests = {
  name: 'place-of-tests',
  setup({ onLoad }) {
    onLoad({ filter: /\/test\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes('import.meta.')) return undefined;
      const contents = source
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' };
    });
  },
};

/** In the order of the area, so that what runs quickly is tried first. */
function testFiles() {
  const { paths, excluded } = testsOf(process.env.MUTATION_AREA);
  const files = paths.flatMap((path) =>
    path.endsWith('/')
      ? readdirSync(path, { recursive: true })
          .filter((file) => file.endsWith('.test.ts'))
          .map((file) => path + file)
          .sort()
      : [path],
  );
  return [...new Set(files)].filter((file) => !excluded.includes(file));
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
