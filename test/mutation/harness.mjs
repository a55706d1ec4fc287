/**
 * The part of vitest's interface that the tables of test/unit use, in a form that can be run again and again in one
 * process. Anything else a test asks for is an error, so that no test is left out silently.
 */
import { format } from 'node:util';
import { ASYMMETRIC_MATCHERS_OBJECT, chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** vitest's own matchers. */
const expect = Object.assign(
  (value, message) => chai.expect(value, message),
  chai.expect,
  globalThis[ASYMMETRIC_MATCHERS_OBJECT],
);

/** What the test files register when they are loaded: `{ id, name, file, run }`. */
export class Collector {
  tests = [];
  #file = '';
  #suites = [{ name: '', before: [], after: [] }];
  #names = new Map();
  #stubs = new Map();

  /** @param load runs the module of the test file */
  collect(file, load) {
    this.#file = file;
    load();
  }

  /** What `import … from 'vitest'` gives. */
  get module() {
    const test = Object.assign((name, run) => this.#add(name, run), { each: (table) => this.#each(table, test) });
    const describe = Object.assign((name, body) => this.#describe(name, body), {
      each: (table) => this.#each(table, describe),
    });
    const module = {
      __esModule: true,
      expect,
      describe,
      it: test,
      test,
      beforeEach: (hook) => void this.#suites.at(-1).before.push(hook),
      afterEach: (hook) => void this.#suites.at(-1).after.push(hook),
      vi: only('vi', {
        stubGlobal: (name, value) => {
          if (!this.#stubs.has(name)) this.#stubs.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
          Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
        },
        unstubAllGlobals: () => {
          this.unstub();
        },
      }),
    };
    return only('vitest', module);
  }

  unstub() {
    for (const [name, descriptor] of this.#stubs) {
      if (descriptor === undefined) delete globalThis[name];
      else Object.defineProperty(globalThis, name, descriptor);
    }
    this.#stubs.clear();
  }

  #describe(name, body) {
    this.#suites.push({ name, before: [], after: [] });
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
        try {
          for (const suite of suites) for (const hook of suite.before) await hook();
          await body();
        } finally {
          for (const suite of suites.reverse()) for (const hook of suite.after) await hook();
        }
      },
    });
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

/** The row's values in place of `%s`, `%j` and the like. */
function titleOf(name, args) {
  try {
    const places = name.match(/%[sdifjoO]/g)?.length ?? 0;
    return format(name, ...args.slice(0, places)).slice(0, 200);
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
