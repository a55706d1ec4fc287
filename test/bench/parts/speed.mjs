/**
 * P9 and P10: what the library costs without HTTP. Errors, requests and responses are made before the clock starts, each
 * used once; each figure is the lowest of many batches that take turns, so it leaves the machine's other work out.
 * The unit is one JSON.stringify of the problem document.
 */
import { asApi, asJson, asPage, mfaError, notAssigned, plain } from '../errors.mjs';
import { createAadResponder, decide, normalizeAadError, ours, oursWithEverything } from '../handlers.mjs';
import { StubResponse, stubRequest } from '../stub-response.mjs';
import { shuffled } from '../verdict.mjs';

const batches = Math.max(20, Number(process.env.BENCH_BATCHES ?? 350));
const perBatch = 100;
const pass = () => undefined;

const { body } = createAadResponder({ exposeDetails: false }).respond(mfaError(), {
  method: 'GET',
  url: '/fail',
  headers: asJson,
}).response;
const problem = JSON.parse(body);

const many = (make) => Array.from({ length: perBatch }, make);
const ofUnit = { prepare: () => many(() => ({ ...problem })), run: (given) => JSON.stringify(given) };
const ofHandler = (handler, make, headers) => ({
  prepare: () => many(() => [make(), stubRequest(headers), new StubResponse()]),
  run: ([error, request, response]) => handler(error, request, response, pass),
});

const everything = oursWithEverything();
const cases = new Map([
  ['unit', ofUnit],
  ['unit again', ofUnit],
  ['understand', { prepare: () => many(mfaError), run: (error) => decide(normalizeAadError(error)) }],
  ['json', ofHandler(ours(), mfaError, asJson)],
  ['json again', ofHandler(ours(), mfaError, asJson)],
  ['api', ofHandler(ours(), mfaError, asApi)],
  ['page', ofHandler(ours(), notAssigned, asPage)],
  ['foreign', ofHandler(ours(), plain, asJson)],
  ['json, everything on', ofHandler(everything, mfaError, asJson)],
  ['page, everything on', ofHandler(everything, notAssigned, asPage)],
  ['redirect, everything on', ofHandler(everything, mfaError, asPage)],
  ['foreign, everything on', ofHandler(everything, plain, asJson)],
]);

async function batch({ prepare, run }) {
  const given = prepare();
  const started = process.hrtime.bigint();
  for (const one of given) run(one);
  // Hooks run in microtasks: they belong to the price.
  await undefined;
  return Number(process.hrtime.bigint() - started) / perBatch;
}

const lowest = new Map([...cases.keys()].map((name) => [name, Infinity]));
const warmUp = Math.ceil(batches / 4);
for (let round = -warmUp; round < batches; round += 1) {
  for (const name of shuffled([...cases.keys()])) {
    const nanoseconds = await batch(cases.get(name));
    if (round >= 0) lowest.set(name, Math.min(lowest.get(name), nanoseconds));
  }
}

const unit = Math.min(lowest.get('unit'), lowest.get('unit again'));
const row = (id, label, name, gate, aim) => ({
  id,
  label: `${id} ${label}`,
  value: lowest.get(name) / unit,
  nanoseconds: lowest.get(name),
  unit: 'units',
  gate,
  aim,
  better: 'lower',
  isTime: true,
});
const control = (label, name) => ({ label, ratio: lowest.get(`${name} again`) / lowest.get(name), tolerance: 0.03 });

console.log(
  JSON.stringify({
    rows: [
      row('P9', 'normalize and decide', 'understand', 1.5, 0.5),
      row('P10', 'handler, JSON', 'json', 4, 2),
      row('P10', 'handler, JSON, everything on', 'json, everything on'),
      row('P10', 'handler, API challenge', 'api'),
      row('P10', 'handler, page', 'page', 8, 4),
      row('P10', 'handler, page, everything on', 'page, everything on', 8, 4),
      row('P10', 'handler, redirect, everything on', 'redirect, everything on'),
      row('P10', 'handler, foreign error', 'foreign', 0.3, 0.1),
      row('P10', 'handler, foreign error, everything on', 'foreign, everything on', 0.3, 0.1),
    ],
    controls: [control('unit / unit', 'unit'), control('JSON / JSON', 'json')],
    notes: [
      `P10 a unit is ${unit.toFixed(0)} ns; JSON ${lowest.get('json').toFixed(0)} ns, page ${lowest.get('page').toFixed(0)} ns, foreign ${lowest.get('foreign').toFixed(0)} ns`,
    ],
  }),
);
