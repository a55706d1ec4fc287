/**
 * A fault on purpose. BENCH_PLANT=slow-leaky puts a handler in place of ours that does two things a handler must never
 * do: it reads `err.stack`, and it keeps one small object for each request. Every gate must see it.
 */
const asked = process.env.BENCH_PLANT ?? '';
if (asked !== '' && asked !== 'slow-leaky') throw new Error(`BENCH_PLANT=${asked}: only "slow-leaky" exists`);
export const isPlanted = asked !== '';

const kept = [];

/** The handler as it is, or with the fault in front of it. */
export function withPlant(handler) {
  if (!isPlanted) return handler;
  return function plantedErrorHandler(error, request, response, next) {
    kept.push({ url: request.originalUrl, stackLength: String(error?.stack).length, number: kept.length });
    handler(error, request, response, next);
  };
}
