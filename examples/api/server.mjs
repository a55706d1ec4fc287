import { startExample } from './start.mjs';
import { shellLines } from './try.mjs';

const api = await startExample({ port: Number(process.env.PORT ?? 3001) });
console.log(`\n  The API:  ${api.url}`);
if (api.entra) {
  const { setup, tries } = shellLines(api);
  console.log(`  LocalEntra (a test double, not an identity provider):  ${api.entra.url}
  Make trouble:  ${api.troubleUrl}\n\n  Try, in another shell:\n\n  ${setup}\n`);
  for (const { about, line } of tries) console.log(`  # ${about}\n  ${line}\n`);
}
console.log('  Stop with Ctrl+C.\n');
