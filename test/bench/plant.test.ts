/** The gates of the benchmark, with a slow and leaky handler in place of ours: a gate that cannot fail proves nothing. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Row {
  readonly label: string;
  readonly value: number;
  readonly verdict: 'aim' | 'gate' | 'MISSED' | 'inconclusive' | '';
}

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the package, so that its dependencies are found; not dist/, so that the test needs no build. */
const outdir = `${root}test-results/bench/library-${String(process.pid)}`;
const script = fileURLToPath(new URL('./in-process.mjs', import.meta.url));
const timeoutMs = 180_000;

/** Rows of a short run. The process may end with 1 or 3: that is what it is asked for. */
function measure(environment: Readonly<Record<string, string>>): Promise<Map<string, Row>> {
  const env = { ...process.env, BENCH_LIBRARY: pathToFileURL(`${outdir}/index.mjs`).href, ...environment };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, '--json'], { env, maxBuffer: 2 ** 24 }, (_error, stdout, stderr) => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      if (!last.startsWith('{')) reject(new Error(`no rows: ${stderr}`));
      else resolve(new Map((JSON.parse(last) as { rows: Row[] }).rows.map((row) => [row.label, row])));
    });
  });
}

describe('a planted handler that reads err.stack and keeps an object for each request', () => {
  let clean: Map<string, Row>;
  let planted: Map<string, Row>;

  beforeAll(async () => {
    await build({
      entryPoints: [`${root}src/index.ts`],
      outdir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      outExtension: { '.js': '.mjs' },
    });
    const short = { BENCH_ONLY: 'P10,P11,P15', BENCH_BATCHES: '40', BENCH_STORM: '40000' };
    clean = await measure(short);
    planted = await measure({ ...short, BENCH_PLANT: 'slow-leaky' });
  }, timeoutMs);
  afterAll(() => rm(outdir, { recursive: true, force: true }));

  /** How much more the fault costs at the very least, in the unit of the row. */
  const dearer: readonly (readonly [label: string, atLeast: number])[] = [
    ['P10 handler, JSON', 1.5],
    ['P10 handler, foreign error', 1.5],
    ['P11 allocated, JSON', 1],
    ['P11 allocated, foreign error', 1],
    ['P15 kept, first 40000 errors', 20],
    ['P15 kept, second 40000 errors', 20],
  ];
  it.each(dearer)('costs more in "%s", by at least %d', (label, atLeast) => {
    const [without, with_] = [clean.get(label)!, planted.get(label)!];
    console.info(`${label}: ${without.value.toFixed(3)} without the fault, ${with_.value.toFixed(3)} with it`);
    expect(with_.value - without.value).toBeGreaterThan(atLeast);
  });

  it.each(['P11 allocated, JSON', 'P11 allocated, foreign error', 'P15 kept, first 40000 errors'])(
    'turns "%s" red',
    (label) => {
      expect(planted.get(label)!.verdict).toBe('MISSED');
    },
  );

  it.each(['P10 handler, JSON', 'P10 handler, foreign error'])('never lets "%s" be green', (label) => {
    // Other work on the machine can make the two controls differ; then nothing is said, which is not green either.
    expect(['MISSED', 'inconclusive']).toContain(planted.get(label)!.verdict);
  });

  it.each(['P11 allocated, foreign error', 'P15 kept, first 40000 errors', 'P15 kept, second 40000 errors'])(
    'and our own handler passes "%s"',
    (label) => {
      expect(['gate', 'aim']).toContain(clean.get(label)!.verdict);
    },
  );
});
