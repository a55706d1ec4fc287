import { startExample } from './start.mjs';

const { url, entra } = await startExample({ port: Number(process.env.PORT ?? 3000) });
const kind = process.env.KIND === 'external-id' ? 'Microsoft Entra External ID' : 'Azure AD B2C';
console.log(`\n  A shop whose customers sign in with ${kind}:  ${url}`);
if (entra) {
  console.log(`
  LocalEntra (a test double, not an identity provider):  ${entra.url}
  Its sign-in page has a button for everything that can happen there.
  Let the next refresh fail:  ${url}/local-entra/expire`);
}
console.log('\n  Stop with Ctrl+C.\n');
