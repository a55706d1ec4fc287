/**
 * The part of vitest's interface that the tests of areas.mjs use, in a form that can be run again and again in one
 * process. Anything else a test asks for is an error, so that no test is left out silently.
 */
import { format } from 'node:util';
import { ASYMMETRIC_MATCHERS_OBJECT, chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import { fn, restoreAllMocks, spyOn } from '@vitest/spy';
import { FakeTimers } from './fake-timers.mjs';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const realTimeout = globalThis.setTimeout;

/** vitest's own matchers. */
const expect = Object.assign(
  (value, message) => chai.expect(value, message),
  chai.expect,
  globalThis[ASYMMETRIC_MATCHERS_OBJECT],
  {
    poll: (read, { timeout = 1_000, interval = 20 } = {}) =>
      new Proxy(
        {},
        {
          get:
            (_, matcher) =>
            async (...args) => {
              const endMs = Date.now() + timeout;
              for (;;) {
                try {
                  return chai.expect(await read())[matcher](...args);
                } catch (error) {
                  if (Date.now() >= endMs) throw error;
                  await new Promise((resolve) => realTimeout(resolve, interval));
                }
              }
            },
        },
      ),
    unreachable: (message = 'expected not to be reached') => chai.assert.fail(message),
  },
);

/** What the test files register when they are loaded: `{ id, name, file, run }`. */
export class Collector {
  tests = [];
  #file = '';
  #suites = [];
  /** Suites whose `beforeAll` has run and whose `afterAll` has not. */
  #open = [];
  #names = new Map();
  #stubs = new Map();
  #environment = new Map();
  #timers = new FakeTimers();

  /** @param load runs the module of the test file */
  collect(file, load) {
    this.#file = file;
    this.#suites = [newSuite('')];
    load();
  }

  /** Runs what is left to run after the last test. */
  async finish() {
    await this.#leave([]);
  }

  /** What `import … from 'vitest'` gives. */
  get module() {
    const test = this.#conditional(
      (name, ...rest) => this.#add(name, rest.find((part) => typeof part === 'function')), // prettier-ignore
    );
    const describe = this.#conditional((name, body) => this.#describe(name, body));
    const hook = (list) => (body) => void this.#suites.at(-1)[list].push(body);
    const module = {
      __esModule: true,
      expect,
      describe,
      it: test,
      test,
      beforeAll: hook('beforeAll'),
      afterAll: hook('afterAll'),
      beforeEach: hook('before'),
      afterEach: hook('after'),
      vi: only('vi', {
        fn,
        spyOn,
        restoreAllMocks,
        useFakeTimers: (options) => {
          this.#timers.use(options);
        },
        useRealTimers: () => {
          this.#timers.restore();
        },
        setSystemTime: (time) => {
          this.#timers.setTime(time);
        },
        advanceTimersByTimeAsync: (byMs) => this.#timers.advance(byMs),
        runAllTimersAsync: () => this.#timers.runAll(),
        getTimerCount: () => this.#timers.count,
        stubGlobal: (name, value) => {
          if (!this.#stubs.has(name)) this.#stubs.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
          Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
        },
        unstubAllGlobals: () => {
          this.#unstubGlobals();
        },
        stubEnv: (name, value) => {
          if (!this.#environment.has(name)) this.#environment.set(name, process.env[name]);
          setVariable(name, value);
        },
        unstubAllEnvs: () => {
          this.#unstubEnvironment();
        },
      }),
    };
    return only('vitest', module);
  }

  /** Puts everything back that a test may have left: the next one may run another mutant. */
  unstub() {
    this.#timers.restore();
    restoreAllMocks();
    this.#unstubGlobals();
    this.#unstubEnvironment();
  }

  #unstubGlobals() {
    for (const [name, descriptor] of this.#stubs) {
      if (descriptor === undefined) delete globalThis[name];
      else Object.defineProperty(globalThis, name, descriptor);
    }
    this.#stubs.clear();
  }

  #unstubEnvironment() {
    for (const [name, value] of this.#environment) setVariable(name, value);
    this.#environment.clear();
  }

  /** With `each`, `skipIf` and `runIf`. */
  #conditional(register) {
    const whole = Object.assign(register, { each: (table) => this.#each(table, register) });
    const nothing = Object.assign(() => undefined, { each: () => () => undefined });
    return Object.assign(whole, {
      skipIf: (isSkipped) => (isSkipped ? nothing : whole),
      runIf: (isRun) => (isRun ? whole : nothing),
    });
  }

  #describe(name, body) {
    this.#suites.push(newSuite(name));
    body();
    this.#suites.pop();
  }

  #add(name, body) {
    const suites = [...this.#suites];
    const fullName = [...suites.map((suite) => suite.name), name].filter(Boolean).join(' ');
    const key = `${this.#file}#${fullName}`;
    const repeated = this.#names.get(key) ?? 0;
    this.#names.set(key, repeated + 1);
    this.tests.push({
      id: repeated === 0 ? key : `${key} (${repeated})`,
      name: fullName,
      file: this.#file,
      run: async () => {
        await this.#leave(suites);
        for (const suite of suites) if (!this.#open.includes(suite)) await this.#enter(suite);
        const cleanups = [];
        try {
          for (const suite of suites) for (const hook of suite.before) cleanups.push(await hook());
          await body();
        } finally {
          for (const suite of suites.toReversed()) for (const hook of suite.after) await hook();
          for (const cleanup of cleanups) if (typeof cleanup === 'function') await cleanup();
        }
      },
    });
  }

  async #enter(suite) {
    this.#open.push(suite);
    for (const hook of suite.beforeAll) await hook();
  }

  /** Ends the suites that are open and not among those of the next test. */
  async #leave(next) {
    while (this.#open.length > 0 && !next.includes(this.#open.at(-1)))
      for (const hook of this.#open.pop().afterAll) await hook();
  }

  #each(table, register) {
    return (name, body) => {
      // As vitest has it: rows are spread only when all of them are lists.
      const isSpread = table.every((row) => Array.isArray(row));
      for (const row of table) {
        const args = isSpread ? row : [row];
        register(titleOf(name, args), () => body(...args));
      }
    };
  }
}

const newSuite = (name) => ({ name, beforeAll: [], afterAll: [], before: [], after: [] });

function setVariable(name, value) {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** The row's values in place of `%s`, `%j`, `$member` and the like. */
function titleOf(name, args) {
  try {
    const places = name.match(/%[sdifjoO]/g)?.length ?? 0;
    const [row] = args;
    const filled = name.replace(/\$(\w+)/g, (text, member) =>
      typeof row === 'object' && row !== null && member in row ? String(row[member]) : text,
    );
    return format(filled, ...args.slice(0, places)).slice(0, 200);
  } catch {
    return name;
  }
}

function only(owner, members) {
  return new Proxy(members, {
    get(target, key) {
      if (key in target || typeof key === 'symbol') return target[key];
      throw new Error(`${owner}.${key} is not offered by test/mutation/harness.mjs`);
    },
  });
}
