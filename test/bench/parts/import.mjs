/** P12: what importing the library costs an application that has Express already; fresh processes in shuffled order. */
import { execFileSync } from 'node:child_process';
import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { specifier } from '../library.mjs';
import { quantile, shuffled } from '../verdict.mjs';

const processes = Math.max(3, Number(process.env.BENCH_PROCESSES ?? 13));

/** Addresses of all scripts that this process has compiled. */
function loadedScripts() {
  const urls = [];
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
  session.post('Debugger.enable');
  session.disconnect();
  return urls;
}

async function child(what) {
  const started = performance.now();
  await import('express');
  const expressMs = performance.now() - started;
  for (let run = 0; run < 3; run += 1) globalThis.gc();
  const heapBefore = process.memoryUsage().heapUsed;
  const again = performance.now();
  if (what === 'ours') await import(specifier);
  const oursMs = performance.now() - again;
  for (let run = 0; run < 3; run += 1) globalThis.gc();
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  const scripts = loadedScripts();
  const has = (name) => scripts.filter((url) => url.includes(`/node_modules/${name}/`)).length;
  const loaded = {
    msal: has('@azure/msal-node') + has('@azure/msal-common'),
    jose: has('jose'),
    express: has('express'),
  };
  console.log(JSON.stringify({ what, expressMs, oursMs, heapBytes, loaded }));
}

function parent() {
  const order = shuffled(Array.from({ length: processes * 2 }, (_, index) => (index % 2 === 0 ? 'ours' : 'nothing')));
  const runs = order.map((what) =>
    JSON.parse(
      execFileSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), 'child', what], {
        encoding: 'utf8',
      }),
    ),
  );
  const of = (what, read) => runs.filter((run) => run.what === what).map(read);
  const express = ({ expressMs }) => expressMs;
  const loaded = runs.find(({ what }) => what === 'ours').loaded;
  if (loaded.express === 0) throw new Error('the list of loaded scripts is empty: nothing would be found in it');
  const row = (label, value, unit, gate, aim, isTime = false) => ({
    id: 'P12',
    label: `P12 ${label}`,
    value,
    unit,
    gate,
    aim,
    better: 'lower',
    isTime,
  });
  const share = quantile(of('ours', ({ oursMs, expressMs }) => oursMs / expressMs));
  const heap =
    quantile(of('ours', ({ heapBytes }) => heapBytes)) - quantile(of('nothing', ({ heapBytes }) => heapBytes));
  console.log(
    JSON.stringify({
      rows: [
        row("import, share of Express's own import", share, '', 0.1, 0.07, true),
        row('live heap after the import', heap / 2 ** 20, 'MB', 1.5, undefined),
        row('scripts of MSAL loaded by it', loaded.msal, '', 0, 0),
        row('scripts of jose loaded by it', loaded.jose, ''),
      ],
      controls: [
        {
          label: "Express's import / the same",
          ratio: quantile(of('ours', express)) / quantile(of('nothing', express)),
          tolerance: 0.08,
        },
      ],
      notes: [
        `P12 ${processes} processes each; Express ${quantile(of('ours', express)).toFixed(1)} ms, ours ${quantile(of('ours', ({ oursMs }) => oursMs)).toFixed(1)} ms on top`,
      ],
    }),
  );
}

if (process.argv[2] === 'child') await child(process.argv[3]);
else parent();
