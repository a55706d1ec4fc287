// Asks the running application over a real socket, as a browser, a script and an API client do.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { claims, tenantId } from './entra.mjs';

// node:http, not fetch: a browser's navigation headers cannot be set on fetch.
async function ask(port, path, headers) {
  const asking = request({ host: '127.0.0.1', port, path, headers, agent: false }).end();
  const [response] = await once(asking, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') };
}

const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const script = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
const apiClient = { authorization: 'Bearer invented.access.token' };

const checks = {
  async 'page in the reader’s language'(port) {
    const page = await ask(port, '/plain/mail', { ...navigation, 'accept-language': 'nl' });
    assert.equal(page.status, 401);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(page.headers['content-language'], 'nl');
    assert.match(page.headers['www-authenticate'], /^Bearer /);
    assert.match(page.body, /<html lang="nl"/);
  },
  async 'problem document'(port) {
    const problem = await ask(port, '/mail', script);
    assert.equal(problem.status, 401);
    assert.equal(problem.headers['content-type'], 'application/problem+json; charset=utf-8');
    const { action, code, claims: asked, interaction } = JSON.parse(problem.body);
    assert.deepEqual({ action, code }, { action: 'claims_challenge', code: 'AADSTS50076' });
    assert.deepEqual(JSON.parse(asked), JSON.parse(claims));
    assert.match(interaction.url, /^\/[^/]/);
  },
  async 'redirect to Entra with the claims'(port) {
    const answer = await ask(port, '/mail', navigation);
    assert.equal(answer.status, 303);
    assert.match(answer.headers.location, /^\/[^/]/);
    const cookie = (answer.headers['set-cookie'] ?? []).map((text) => text.split(';')[0]).join('; ');
    const signIn = await ask(port, answer.headers.location, { ...navigation, cookie });
    assert.ok([302, 303].includes(signIn.status), `the sign-in route answered ${signIn.status}`);
    const authorize = new URL(signIn.headers.location);
    assert.equal(
      authorize.origin + authorize.pathname,
      `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/authorize`,
    );
    const sent = JSON.parse(authorize.searchParams.get('claims'));
    assert.deepEqual(sent.access_token.capolids, JSON.parse(claims).access_token.capolids);
    assert.equal(authorize.searchParams.get('code_challenge_method'), 'S256');
  },
  async 'challenge for an API client'(port) {
    const answer = await ask(port, '/mail', apiClient);
    assert.equal(answer.status, 401);
    const challenge = answer.headers['www-authenticate'];
    assert.match(challenge, /error="insufficient_claims"/);
    const [, encoded] = /claims="([^"]+)"/.exec(challenge);
    assert.deepEqual(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')), JSON.parse(claims));
  },
  async 'foreign error passed on, the very same object'(port) {
    assert.equal((await ask(port, '/foreign', navigation)).status, 418);
  },
};

/** Runs every check; prints `ok` or what failed, and sets the exit code. */
export async function check(application) {
  const server = createServer(application);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const failures = [];
  for (const [name, run] of Object.entries(checks)) {
    try {
      await run(server.address().port);
    } catch (error) {
      failures.push(`${name}: ${error.message}`);
    }
  }
  server.close();
  if (failures.length === 0) console.log(`ok ${Object.keys(checks).length}`);
  else console.error(failures.join('\n'));
  process.exitCode = failures.length === 0 ? 0 : 1;
}
