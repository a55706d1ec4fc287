/** First inputs of the fuzzer: one byte for the surface of target.ts, then a text of the attack corpus. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadTypeScript } from '../bench/load-typescript.mjs';

const corpus = await loadTypeScript(new URL('../security/corpus.ts', import.meta.url));
const bodies = corpus.tokenAnswers
  .map(([, make]) => JSON.stringify(make()))
  .concat(JSON.stringify(corpus.tokenBody(50076, { claims: corpus.attackClaims, suberror: 'basic_action' })))
  .filter((text) => text.length < 2_000);
const texts = corpus.slowShapes.map(
  (shape) => `AADSTS50076: ${shape.repeat(8)} Trace ID: 0a1b2c3d-1111-4aaa-8bbb-0123456789ab`,
);
const delays = [
  '5',
  '0',
  'Thu, 15 Jan 2026 10:22:30 GMT',
  'Thursday, 15-Jan-26 10:22:30 GMT',
  'Thu Jan 15 10:22:30 2026',
];
const secrets = Object.entries(corpus.canaries).map(([name, value]) => `https://app.contoso.example/?${name}=${value}`);

/** In the order of `surfaces` in target.ts. */
const bySurface = [
  bodies,
  texts,
  texts,
  corpus.challenges,
  delays,
  corpus.returnUrls,
  secrets,
  corpus.hostileCallbacks,
];

export function writeSeeds(folder) {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  for (const [surface, inputs] of bySurface.entries()) {
    for (const text of inputs.filter((input) => input.length < 2_000)) {
      writeFileSync(
        `${folder}/seed-${surface}-${String(count)}`,
        Buffer.concat([Buffer.from([surface]), Buffer.from(text)]),
      );
      count += 1;
    }
  }
  return { count, surfaces: bySurface.length };
}
