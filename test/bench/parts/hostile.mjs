/**
 * P14: hostile texts of 64 KB to 1 MB, 16 shapes in 12 fields and 2 formats: the slowest of 1,920 inputs, how the time
 * grows with each doubling, and the size of the answers.
 */
import { asJson, asPage } from '../errors.mjs';
import { ours } from '../handlers.mjs';
import { loadTypeScript } from '../load-typescript.mjs';
import { StubResponse, stubRequest } from '../stub-response.mjs';
import { lowerRow } from '../verdict.mjs';

const { slowShapes, tokenBody } = await loadTypeScript(new URL('../../security/corpus.ts', import.meta.url));
const sizes = [64, 128, 256, 512, 1_024].map((kilobytes) => kilobytes * 1_024);
/** A doubling of less than this is the clock, not the work. */
const measurableMs = 0.125;
const tries = 8;

const msal = (fields) => Object.assign(new Error('x'), { name: 'ServerError', errorCode: 'invalid_grant', ...fields });
const fields = [
  (text) => msal({ errorMessage: `AADSTS50105: ${text}`, errorNo: '50105' }),
  (text) => msal({ errorMessage: 'AADSTS50105: x', subError: text, errorNo: text }),
  (text) => msal({ errorMessage: 'AADSTS50076: x', claims: text, correlationId: text }),
  (text) => tokenBody(50105, { error_description: text }),
  (text) => tokenBody(50105, { error: text, suberror: text }),
  (text) => tokenBody(50076, { claims: text }),
  (text) => new Error(text),
  (text) => text,
  (text) => ({ status: 401, headers: { 'www-authenticate': text }, body: text }),
  (text) => ({ status: 503, headers: { 'retry-after': text }, body: text, config: { url: text } }),
  (text) => ({ query: { error: 'access_denied', error_description: text, state: text } }),
  (text) => new AggregateError([new Error(text), tokenBody(50105, { error_description: text })], text),
];
const formats = [asJson, asPage];

const handler = ours();
/** @returns the time of one call, and the answer; the body of a foreign error is empty */
function answer(thrown, headers) {
  const given = [thrown, stubRequest(headers), new StubResponse()];
  const started = performance.now();
  handler(...given, () => undefined);
  return { ms: performance.now() - started, response: given[2] };
}
/** The page without any text from outside: whatever a page is larger than this came from the input. */
const pageBytes = Buffer.byteLength(answer(tokenBody(50105), asPage).response.body);

/** Factor for each doubling, over all sizes whose time can be measured: 2 is linear, 4 quadratic. */
function growthOf(times) {
  const first = times.findIndex((ms) => ms >= measurableMs);
  const doublings = times.length - 1 - first;
  return first < 0 || doublings === 0 ? 1 : (times.at(-1) / times[first]) ** (1 / doublings);
}

let inputs = 0;
const worst = { ms: 0, where: '', growth: 1, bodyBytes: 0, headerBytes: 0 };
const flat = (shape, size) => Buffer.from(shape.repeat(Math.ceil(size / shape.length)).slice(0, size)).toString();
// The compiler's work on the first calls is not the input's.
for (const field of fields)
  for (const headers of formats) for (let n = 0; n < 200; n += 1) answer(field(`warm ${n}`), headers);
for (const shape of slowShapes) {
  const texts = sizes.map((size) => flat(shape, size));
  for (const field of fields) {
    for (const headers of formats) {
      const measured = [];
      for (const text of texts) {
        let ms = Infinity;
        for (let run = 0; run < tries; run += 1) {
          const taken = answer(field(text), headers);
          ms = Math.min(ms, taken.ms);
          if (run > 0) continue;
          inputs += 1;
          const { body, headerBytes } = taken.response;
          const beyondPage = headers === asPage && body !== '' ? pageBytes : 0;
          worst.bodyBytes = Math.max(worst.bodyBytes, Buffer.byteLength(body) - beyondPage);
          worst.headerBytes = Math.max(worst.headerBytes, headerBytes);
        }
        if (ms > worst.ms) {
          worst.ms = ms;
          worst.where = `${text.length / 1_024} KB of ${JSON.stringify(shape)} in field ${fields.indexOf(field) + 1}`;
        }
        measured.push(ms);
      }
      worst.growth = Math.max(worst.growth, growthOf(measured));
    }
  }
}

const row = lowerRow('P14');
console.log(
  JSON.stringify({
    rows: [
      row('hostile text, slowest of all inputs', worst.ms, 'ms', 5, 1),
      row('growth per doubling, where it can be measured', worst.growth, '', 2.5, undefined),
      row('largest body, pages beyond the page itself', worst.bodyBytes / 1_024, 'KB', 16, undefined),
      row('largest header block', worst.headerBytes / 1_024, 'KB', 8, undefined),
    ],
    notes: [`P14 ${inputs} inputs; growth is measured from ${measurableMs} ms up; slowest ${worst.where}`],
  }),
);
