/**
 * How often a property is tried: FUZZ_RUNS of the environment, else 10,000; slow ones a tenth of it.
 * FUZZ_SEED repeats a run; the seed of each run is printed with the number of inputs.
 */
import fc from 'fast-check';

const asked = Number(process.env.FUZZ_RUNS ?? '');
export const runs = Number.isSafeInteger(asked) && asked > 0 ? asked : 10_000;
const seed = process.env.FUZZ_SEED === undefined ? Date.now() & 0x7fff_ffff : Number(process.env.FUZZ_SEED);

/** Time a property may take; a run of a million values needs it. */
export const timeoutMs = 60_000 + runs / 2;

/** Checks the property and prints how many inputs were tried, so that a run that tried none is seen. */
export function check<Input>(
  name: string,
  arbitrary: fc.Arbitrary<Input>,
  predicate: (input: Input) => boolean | undefined,
  numRuns = runs,
): void {
  let tried = 0;
  fc.assert(
    fc.property(arbitrary, (input) => {
      tried += 1;
      return predicate(input);
    }),
    { numRuns, seed },
  );
  console.info(`${name}: ${String(tried)} inputs, seed ${String(seed)}`);
}
