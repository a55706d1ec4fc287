/**
 * P13: the first page of a language unpacks its texts; what that costs more than the second page. Each of several fresh
 * processes asks for all languages in an order of its own.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { asPage, notAssigned } from '../errors.mjs';
import { ours } from '../handlers.mjs';
import { specifier } from '../library.mjs';
import { StubResponse, stubRequest } from '../stub-response.mjs';
import { quantile, shuffled } from '../verdict.mjs';

const processes = Math.max(3, Number(process.env.BENCH_PROCESSES ?? 13));
const pass = () => undefined;

if (process.argv[2] === 'child') {
  const { localeTags } = await import(specifier);
  const handler = ours();
  const page = (tag) => {
    const given = [notAssigned(), stubRequest({ ...asPage, 'accept-language': tag }), new StubResponse()];
    const started = performance.now();
    handler(...given, pass);
    const took = performance.now() - started;
    if (given[2].headers['content-language'] !== tag) throw new Error(`no page in ${tag}`);
    return took;
  };
  const times = shuffled(localeTags).map((tag, place) => {
    const [first, second, ...later] = Array.from({ length: 12 }, () => page(tag));
    return { tag, place, first, second, later: quantile(later) };
  });
  console.log(JSON.stringify(times));
} else {
  const runs = Array.from({ length: processes }, () =>
    JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'child'], { encoding: 'utf8' })),
  ).flat();
  const tags = [...new Set(runs.map(({ tag }) => tag))];
  const median = (chosen, what) => (chosen.length === 0 ? 0 : quantile(chosen.map(what)));
  const extra = ({ first, second }) => first - second;
  const byTag = tags.map((tag) => [
    tag,
    median(
      runs.filter((run) => run.tag === tag && run.place > 0),
      extra,
    ),
  ]);
  const [slowestTag, slowest] = byTag.sort((one, other) => other[1] - one[1])[0];
  const row = (label, value, gate, aim) => ({
    id: 'P13',
    label: `P13 ${label}`,
    value,
    unit: 'ms',
    gate,
    aim,
    better: 'lower',
    isTime: false,
  });
  const firstOfAll = runs.filter(({ place }) => place === 0);
  console.log(
    JSON.stringify({
      rows: [
        row(`first page of a language, beyond the second (${slowestTag})`, slowest, 5, 2),
        row(
          'second page of a language, beyond later ones',
          median(
            runs.filter(({ place }) => place > 0),
            ({ second, later }) => second - later,
          ),
          1,
          0.2,
        ),
        row('first page of the process, beyond the second', median(firstOfAll, extra)),
      ],
      notes: [`P13 ${tags.length} languages, ${processes} processes`],
    }),
  );
}
