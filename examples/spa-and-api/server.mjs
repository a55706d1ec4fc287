import { startExample } from './start.mjs';

const { url, apiUrl, entra, troubleUrl } = await startExample({ port: Number(process.env.PORT ?? 3000) });
console.log(`\n  The page:  ${url}\n  The API behind it:  ${apiUrl}`);
if (entra) {
  console.log(`  Users of LocalEntra (a test double, not an identity provider):  ${entra.url}
  Make trouble:  ${troubleUrl}

  Try: "Expenses" (sign in as alice@contoso.test), then "Payouts", then "with MFA" for the step-up;
  "Receipts" as mfa@contoso.test ("with MFA") or consent@contoso.test ("and consent"); "Revoke all sessions" and then "Receipts".`);
}
console.log('\n  Stop with Ctrl+C.\n');
