/**
 * Runs before the tests. Mutated code is many times as slow, because it counts what it runs: bounds in milliseconds
 * would fail without any mutant, or "kill" one because the machine was busy. A mutant that is slow without end runs into
 * the time-out of the mutation run instead.
 */
const slowed = Symbol.for('aad-error-handler.test.slow-clock');
const clock = performance as Performance & { [slowed]?: true };

if (clock[slowed] === undefined) {
  const now = clock.now.bind(clock);
  clock.now = () => now() / 50;
  clock[slowed] = true;
}

// Generated cases of the unit tests: the tables beside them are what should find a mutant.
process.env['FUZZ_RUNS'] = '500';
