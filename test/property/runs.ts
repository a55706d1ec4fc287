/**
 * How often a property is tried: FUZZ_RUNS of the environment, else 10,000; slow ones a tenth of it.
 * FUZZ_SEED repeats a run; the seed of each run is printed with the number of inputs.
 */
import fc from 'fast-check';

const asked = Number(process.env.FUZZ_RUNS ?? '');
export const runs = Number.isSafeInteger(asked) && asked > 0 ? asked : 10_000;
const seed = process.env.FUZZ_SEED === undefined ? Date.now() & 0x7fff_ffff : Number(process.env.FUZZ_SEED);

/** Time a property may take; a run of a million values needs it. */
export const timeoutMs = 60_000 + runs * 4;

/**
 * Inputs of one call of fast-check. It keeps something for each input of a call, so a million of them go through many
 * calls; each has a seed of its own, and the seed of the one that fails is in the failure's message.
 */
const perCall = 20_000;

/**
 * Checks the property and prints how many inputs were tried, so that a run that tried none is seen, and how long a million
 * would take.
 */
export function check<Input>(
  name: string,
  arbitrary: fc.Arbitrary<Input>,
  predicate: (input: Input) => boolean | undefined,
  numRuns = runs,
): void {
  const started = performance.now();
  let tried = 0;
  const property = fc.property(arbitrary, (input) => {
    tried += 1;
    return predicate(input);
  });
  for (let done = 0, call = 0; done < numRuns; done += perCall, call += 1) {
    fc.assert(property, { numRuns: Math.min(perCall, numRuns - done), seed: (seed + call) & 0x7fff_ffff });
  }
  const seconds = (performance.now() - started) / 1_000;
  const minutesPerMillion = ((seconds / Math.max(tried, 1)) * 1_000_000) / 60;
  const heapMegabytes = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  console.info(
    `${name}: ${String(tried)} inputs in ${seconds.toFixed(1)} s (a million: ${minutesPerMillion.toFixed(1)} min), ` +
      `seed ${String(seed)}, heap ${String(heapMegabytes)} MB`,
  );
}
