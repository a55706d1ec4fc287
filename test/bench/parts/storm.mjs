/** P15: 240,000 errors of which no two are equal; what lives after them, measured after forced collections. */
import { asApi, asJson, asPage, changingError, plain } from '../errors.mjs';
import { oursWithEverything } from '../handlers.mjs';
import { StubResponse, stubRequest } from '../stub-response.mjs';
import { lowerRow } from '../verdict.mjs';

const perHalf = Number(process.env.BENCH_STORM ?? 120_000);
const handler = oursWithEverything();
const languages = ['en', 'nl', 'de', 'fr', 'ar', 'ja', 'pt-BR', 'zh-Hans'];
const askers = [asJson, asPage, asApi];
const pass = () => undefined;
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function storm(from, count) {
  for (let number = from; number < from + count; number += 1) {
    const headers = {
      ...askers[number % askers.length],
      'accept-language': `${languages[number % languages.length]},x-${number};q=0.1`,
      cookie: `aad-brake=${number}; session=${number}`,
    };
    const error = number % 10 === 9 ? plain() : changingError(number);
    handler(error, stubRequest(headers, `/orders/${number}?page=${number}`), new StubResponse(), pass);
    if (number % 200 === 0) await turn();
  }
}

async function liveBytes() {
  await turn();
  for (let run = 0; run < 4; run += 1) globalThis.gc();
  return process.memoryUsage().heapUsed;
}

// Every kind and language once, and the optimising compiler done: what is loaded on first use is not a leak.
await storm(0, 40_000);
const start = await liveBytes();
await storm(1_000_000, perHalf);
const middle = await liveBytes();
await storm(2_000_000, perHalf);
const end = await liveBytes();

const row = lowerRow('P15');
console.log(
  JSON.stringify({
    rows: [
      row(`kept, first ${perHalf} errors`, (middle - start) / perHalf, 'B/error', 4, 1),
      row(`kept, second ${perHalf} errors`, (end - middle) / perHalf, 'B/error', 4, 1),
      row('growth of the heap over both', (end - start) / 2 ** 20, 'MB', 1, undefined),
    ],
  }),
);
