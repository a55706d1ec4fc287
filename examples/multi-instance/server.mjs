import { startExample } from './start.mjs';

const onAnswer = ({ method, path, status, instance }) =>
  console.log(`  ${method} ${path} -> instance ${instance}: ${status}`);
const example = await startExample({ port: Number(process.env.PORT ?? 3000), onAnswer });
const { url, entra, redis, processIds } = example;

console.log(`
  Two processes (${processIds.join(', ')}) behind a load balancer:  ${url}
  Sessions, tokens and the circuit breaker: ${redis.url ? 'shared in Redis' : 'each process for itself, who is signed in in a sealed cookie'} (${redis.why}).`);
if (entra) {
  console.log(`
  LocalEntra (a test double, not an identity provider):  ${entra.url}
  Outage:  ${url}/local-entra/outage    its end:  ${url}/local-entra/recover    end alice's session:  ${url}/local-entra/revoke`);
}
console.log('\n  Stop with Ctrl+C.\n');

for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => {
    void example.close().then(() => process.exit());
  });
}
