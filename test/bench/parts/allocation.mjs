/**
 * P11: what one error leaves to the garbage collector. Runs with a young generation so large that none of it is collected
 * during a batch; then the growth of the heap is what was allocated.
 */
import v8 from 'node:v8';
import { PerformanceObserver } from 'node:perf_hooks';
import { asJson, asPage, mfaError, notAssigned, plain } from '../errors.mjs';
import { ours, oursWithEverything } from '../handlers.mjs';
import { StubResponse, stubRequest } from '../stub-response.mjs';
import { quantile } from '../verdict.mjs';

const batches = 21;
const perBatch = 500;
const pass = () => undefined;
let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });
/** Collections are reported some turns of the event loop after they happened. */
const turns = () => new Promise((resolve) => setTimeout(resolve, 4));

/** Writes an answer that was written before: what the stub itself needs for it. */
function replayOf(handler, make, headers) {
  const answer = new StubResponse();
  handler(make(), stubRequest(headers), answer, pass);
  if (!answer.headersSent) return pass;
  const written = Object.entries(answer.headers).filter(([name]) => name !== 'x-powered-by');
  return (_error, _request, response) => {
    response.getHeaderNames();
    response.statusCode = answer.statusCode;
    for (const [name, value] of written) response.setHeader(name, value);
    response.end(answer.body);
  };
}

/** Bytes the library allocates in one call: without those of the stub. */
async function bytesOf(handler, make, headers) {
  const all = await bytesPerCall(handler, make, headers);
  return Math.max(0, all - (await bytesPerCall(replayOf(handler, make, headers), make, headers)));
}

/** Bytes one call allocates: the median of batches in which nothing was collected. */
async function bytesPerCall(handler, make, headers) {
  const sizes = [];
  for (let round = -16; round < batches; round += 1) {
    const given = Array.from({ length: perBatch }, () => [make(), stubRequest(headers), new StubResponse()]);
    globalThis.gc();
    await turns();
    const collectionsBefore = collections;
    const before = v8.getHeapStatistics().used_heap_size;
    for (const [error, request, response] of given) handler(error, request, response, pass);
    await undefined;
    const used = v8.getHeapStatistics().used_heap_size - before;
    await turns();
    if (round >= 0 && collections === collectionsBefore) sizes.push(used / perBatch);
  }
  if (sizes.length < batches / 2) throw new Error('too many batches were interrupted by a collection');
  return quantile(sizes);
}

const row = (label, bytes, gate, aim) => ({
  id: 'P11',
  label: `P11 allocated, ${label}`,
  value: bytes / 1_024,
  unit: 'KB',
  gate,
  aim,
  better: 'lower',
  isTime: false,
});

const everything = oursWithEverything();
console.log(
  JSON.stringify({
    rows: [
      row('JSON', await bytesOf(ours(), mfaError, asJson), 4, 2),
      row('page', await bytesOf(ours(), notAssigned, asPage), 12, 6),
      row('page, everything on', await bytesOf(everything, notAssigned, asPage), 12, 6),
      row('foreign error', await bytesOf(ours(), plain, asJson), 0.5, 0),
    ],
  }),
);
