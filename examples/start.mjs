// Starts one example by its folder name: npm run example web-app
import { existsSync, readdirSync } from 'node:fs';

const here = new URL('./', import.meta.url);
const names = readdirSync(here).filter((name) => existsSync(new URL(`${name}/server.mjs`, here)));
const name = process.argv[2] ?? '';
if (names.includes(name)) {
  await import(new URL(`${name}/server.mjs`, here).href);
} else {
  console.error(`${name === '' ? 'Which example?' : `There is no example "${name}".`} One of: ${names.join(', ')}.`);
  process.exitCode = 1;
}
