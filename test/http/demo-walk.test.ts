import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDemo } from '../../examples/demo/app.mjs';
import { mfaClaims, situations } from '../../examples/demo/situations.mjs';
import { browserClient, navigation, script } from '../support/browser-client.js';

type Demo = Awaited<ReturnType<typeof startDemo>>;

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ port: 0 });
});
afterAll(() => demo.close());

const page = (id: string): string => `${demo.url}/situations/${id}`;

describe('the demo over real sockets', () => {
  test('a navigation hit by 50076 goes to /authorize with all its claims and ends signed in on the page it asked for', async () => {
    const browser = browserClient();
    const steps = await browser.follow(page('mfa-required'), { headers: navigation });

    expect(steps.map((step) => step.status)).toEqual([303, 303, 302, 303, 200]);
    expect(steps.at(-1)!.url).toBe(page('mfa-required'));
    expect(steps.at(-1)!.body).toContain('It worked');
    expect(steps.at(-1)!.body).toContain('alice@contoso.test');

    const authorize = demo.entra.requests.findLast((request) => request.endpoint === 'authorize')!;
    const sent = JSON.parse(authorize.query['claims']!) as Record<string, Record<string, unknown>>;
    const asked = JSON.parse(mfaClaims) as Record<string, Record<string, unknown>>;
    expect(sent['access_token']).toMatchObject(asked['access_token']!);
    // What MSAL adds beside the directive, and nothing else.
    expect(Object.keys(sent['access_token']!).sort()).toEqual(['capolids', 'xms_cc']);
    expect(authorize.query).toMatchObject({ code_challenge_method: 'S256', response_type: 'code' });
  });

  test('a fetch for the same page gets 401 problem+json with a same-origin way to sign in, never a redirect', async () => {
    const answer = await browserClient().request(page('mfa-required'), {
      headers: { ...script, referer: `${demo.url}/list?page=2` },
    });

    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=""/);
    const problem = JSON.parse(answer.body) as Record<string, unknown> & { interaction: { url: string } };
    expect(problem).toMatchObject({
      status: 401,
      action: 'claims_challenge',
      situation: 'mfa-required',
      code: 'AADSTS50076',
      claims: mfaClaims,
    });
    expect(new URL(problem.interaction.url, demo.url).origin).toBe(demo.url);
    expect(problem.interaction.url).toMatch(/^\/auth\/challenge\?ticket=/);
  });

  test('the way a fetch is offered works when the page navigates there, and comes back to that page', async () => {
    const browser = browserClient();
    const answer = await browser.request(page('mfa-required'), {
      headers: { ...script, referer: `${demo.url}/?from=list` },
    });
    const { interaction } = JSON.parse(answer.body) as { interaction: { url: string } };
    const steps = await browser.follow(demo.url + interaction.url, { headers: navigation });
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${demo.url}/?from=list` });
    expect(steps.at(-1)!.body).toContain('Signed in as alice@contoso.test');
  });

  test('an API call for the same page gets 401 insufficient_claims with the claims in base64', async () => {
    const answer = await browserClient().request(page('mfa-required'), {
      headers: { authorization: 'Bearer eyJ0.e.st', accept: 'application/json' },
    });

    expect(answer.status).toBe(401);
    const header = answer.headers['www-authenticate']!;
    expect(header).toContain('error="insufficient_claims"');
    const encoded = /claims="([^"]+)"/.exec(header)?.[1] ?? '';
    expect(Buffer.from(encoded, 'base64').toString()).toBe(mfaClaims);
    expect(JSON.parse(answer.body)).not.toHaveProperty('interaction');
  });

  test('a ticket works once and in its own browser only', async () => {
    const browser = browserClient();
    const answer = await browser.request(page('mfa-required'), { headers: navigation });
    const challenge = demo.url + answer.headers.location!;
    expect((await browserClient().request(challenge, { headers: navigation })).status).toBe(400);
    expect((await browser.request(challenge, { headers: navigation })).status).toBe(303);
    expect((await browser.request(challenge, { headers: navigation })).status).toBe(400);
  });

  test.each(['consent-declined', 'sign-in-cancelled'])(
    '%s on the redirect URI ends on a page, not in a loop',
    async (id) => {
      const steps = await browserClient().follow(page(id), { headers: navigation });
      expect(steps.at(-1)!.status).toBe(403);
      expect(steps.at(-1)!.body).toContain(
        id === 'consent-declined' ? 'The permission was not given' : 'The sign-in was cancelled',
      );
    },
  );

  test('a callback without a sign-in of ours is a plain 400 page without code or text', async () => {
    const url = `${demo.url}/auth/redirect?error=access_denied&error_description=AADSTS65004%3A+call+0800-EVIL&state=forged`;
    const answer = await browserClient().request(url, { headers: navigation });
    expect(answer.status).toBe(400);
    expect(answer.body).not.toMatch(/EVIL|65004|access_denied/);
  });

  test('the first page offers every situation', async () => {
    const { body } = await browserClient().request(demo.url, { headers: navigation });
    for (const id of situations.keys()) expect(body).toContain(`/situations/${id}"`);
  });

  test('a third automatic sign-in for the same reason is a page that stops', async () => {
    const browser = browserClient();
    const seen: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      // Each visit of this page fails anew, as with a policy that signing in does not satisfy.
      const steps = await browser.follow(page('mfa-required'), { headers: navigation });
      seen.push(`${String(steps.length > 1)} ${String(steps.at(-1)!.status)}`);
      await browser.request(demo.url);
      await browser.request(page('mfa-required'), { headers: script }).catch(() => undefined);
    }
    expect(seen.slice(0, 2)).toEqual(['true 200', 'true 200']);
    expect(seen[2]).toBe('false 403');
  });
});
