/**
 * P17: an application that mounts the handler and never fails pays nothing: no timer, no listener on the process, no file
 * read, from the import to the first error. Counted at the doors of Node itself; what has a frame of the library in its
 * stack is the library's.
 */
import { createHook } from 'node:async_hooks';
import fs from 'node:fs';
import { createServer, get } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import { runInThisContext } from 'node:vm';
import express from 'express';
import { specifier } from '../library.mjs';

const folder = new URL('.', import.meta.resolve(specifier)).href;
const counts = { timers: 0, handles: 0, fileReads: 0 };
Error.stackTraceLimit = 100;
const count = (kind) => {
  if ((new Error().stack ?? '').includes(folder)) counts[kind] += 1;
};
const counted = (kind, original, holder) =>
  Object.assign(function (...given) {
    count(kind);
    return original.apply(holder, given);
  }, original);

for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
  globalThis[name] = counted('timers', globalThis[name], globalThis);
  timers[name] = counted('timers', timers[name], timers);
}
for (const holder of [fs, fs.promises]) {
  for (const [name, original] of Object.entries(holder)) {
    const reads = /^(read|open|stat|access|exists|createReadStream|lstat|watch)/.test(name);
    if (reads && typeof original === 'function') holder[name] = counted('fileReads', original, holder);
  }
}
syncBuiltinESMExports();
createHook({ init: (_id, type) => type !== 'PROMISE' && type !== 'TickObject' && count('handles') }).enable();

const listenersOf = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
const listenersBefore = listenersOf();
const { aadErrorHandler } = await import(specifier);
const app = express();
app.get('/', (_request, response) => response.send('ok'));
app.use(aadErrorHandler({ onDecision: () => undefined, logger: console }));
const server = createServer(app);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
// A success through the whole application: nothing happens there either.
const status = await new Promise((resolve, reject) => {
  get({ host: '127.0.0.1', port: server.address().port }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode));
  }).on('error', reject);
});
if (status !== 200) throw new Error(`the application answered ${status}`);
const found = { ...counts, listeners: listenersOf() - listenersBefore };

// The same work done by a script in the library's folder is counted: the figures above are not zero because nobody looks.
const asLibrary = runInThisContext('(work) => work()', { filename: `${folder}probe.js` });
asLibrary(() => setTimeout(() => undefined, 0));
asLibrary(() => fs.readFileSync(new URL(import.meta.url)));
asLibrary(() => process.on('SIGUSR2', () => undefined));
const misses =
  counts.timers !== found.timers + 1 ||
  counts.fileReads === found.fileReads ||
  counts.handles === found.handles ||
  listenersOf() - listenersBefore === found.listeners;
if (misses) throw new Error(`what is done is not counted: ${JSON.stringify({ found, counts })}`);

const row = (label, value) => ({
  id: 'P17',
  label: `P17 unused: ${label}`,
  value,
  unit: '',
  gate: 0,
  aim: 0,
  better: 'lower',
  isTime: false,
});
console.log(
  JSON.stringify({
    rows: [
      row('timers', found.timers),
      row('listeners on process', found.listeners),
      row('files read', found.fileReads),
      row('handles, workers, child processes', found.handles),
    ],
  }),
);
process.exit(0);
