import { startExample } from './app.mjs';

const { url, entra } = await startExample({ port: Number(process.env.PORT ?? 3000) });
console.log(`\n  Sign-in with passport:  ${url}`);
if (entra !== undefined) console.log(`  LocalEntra (a test double, not an identity provider):  ${entra.url}`);
console.log(`
  1. Call the API at once: you are signed in on the way, as alice@contoso.test.
  2. Sign in as mfa@contoso.test, call the API: the claims go to /authorize and the API answers.
  3. Revoke the sessions, call the API: a new sign-in, and the API answers.

  Stop with Ctrl+C.
`);
