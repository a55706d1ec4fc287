import { startExample } from './start.mjs';

const { url, entra } = await startExample({ port: Number(process.env.PORT ?? 3000) });
console.log(`\n  aad-error-handler with Hono:  ${url}`);
if (entra !== undefined) {
  const as = (user) => `-H "authorization: Bearer $(curl -s ${url}/local-entra/token/${user})"`;
  console.log(`
  LocalEntra (a test double, not an identity provider):  ${entra.url}

  works:                  curl -i ${url}/profile ${as('alice@contoso.test')}
  multifactor sign-in:    curl -i ${url}/profile ${as('mfa@contoso.test')}
  consent is missing:     curl -i ${url}/profile ${as('consent@contoso.test')}
  expired secret:         curl -s ${url}/local-entra/fail/7000222; curl -i ${url}/report
  Entra is unavailable:   ${url}/local-entra/fail/90033  and then  ${url}/report  in a browser
  no identity error:      curl -i ${url}/bug`);
}
console.log('\n  Stop with Ctrl+C.\n');
