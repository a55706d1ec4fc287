/** `npm run bench`: the gates without HTTP, then those over HTTP, then the proof that both can turn red. `--write` as in http.mjs. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const codes = ['in-process', 'http', 'planted'].map((name) => {
  console.log(`\n# ${name}`);
  const path = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  return spawnSync(process.execPath, [path, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
});
// A missed gate counts more than one that could not be measured.
process.exitCode = codes.find((code) => code !== 0 && code !== 3) ?? codes.find((code) => code !== 0) ?? 0;
