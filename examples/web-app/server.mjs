import { startExample } from './start.mjs';

const { url, entra, troubleUrl } = await startExample({ port: Number(process.env.PORT ?? 3000) });
console.log(`\n  The web application:  ${url}`);
if (entra) {
  console.log(`  Users of LocalEntra (a test double, not an identity provider):  ${entra.url}
  Make trouble:  ${troubleUrl}

  Try: "Your mail" as mfa@contoso.test, then "with MFA"; as consent@contoso.test, then "and consent";
  "Revoke all sessions" and then "Your profile".`);
}
console.log('\n  Stop with Ctrl+C.\n');
