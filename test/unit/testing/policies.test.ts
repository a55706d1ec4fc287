/** Azure AD B2C as far as LocalEntra plays it: a policy in the path, its page, and codes that belong to it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra } from '../../../src/testing/index.js';

const redirectUri = 'http://localhost:3000/auth/redirect';
let entra: LocalEntra;
let manual: LocalEntra;
beforeAll(async () => {
  [entra, manual] = await Promise.all([createLocalEntra(), createLocalEntra({ autoApprove: false })]);
});
afterEach(() => {
  entra.reset();
  manual.reset();
});
afterAll(() => Promise.all([entra.close(), manual.close()]));

const tenant = 'contoso.onmicrosoft.com';
const policyPath = (policy: string): string => `/${tenant}${policy === '' ? '' : `/${policy}`}`;

function authorize(server: LocalEntra, policy: string): Promise<Response> {
  const query = new URLSearchParams({
    client_id: server.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    state: 's1',
  });
  return fetch(`${server.url}${policyPath(policy)}/oauth2/v2.0/authorize?${query}`, { redirect: 'manual' });
}

const redirected = (response: Response): URLSearchParams => new URL(response.headers.get('location')!).searchParams;

async function redeem(policy: string, grant: Record<string, string>) {
  const response = await fetch(`${entra.url}${policyPath(policy)}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: entra.clientId,
      client_secret: entra.clientSecret,
      redirect_uri: redirectUri,
      ...grant,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

describe('what a policy issued', () => {
  const signIn = async (policy: string) => {
    const code = redirected(await authorize(entra, policy)).get('code')!;
    return { grant_type: 'authorization_code', code };
  };

  test.each([
    ['B2C_1_sign_in', 'b2c_1_sign_in'],
    ['B2C_1_sign_in', 'B2C_1_SIGN_IN'],
  ])('by %s is redeemed at %s, whatever the letter case', async (issuer, redeemer) => {
    const { status, body } = await redeem(redeemer, await signIn(issuer));
    expect(status).toBe(200);
    expect(
      (await redeem(redeemer, { grant_type: 'refresh_token', refresh_token: body['refresh_token']! })).status,
    ).toBe(200);
  });

  test.each([
    ['B2C_1_password_reset', 'B2C_1_sign_in'],
    ['B2C_1_sign_in', ''],
    ['', 'B2C_1_sign_in'],
  ])('by "%s" is refused at "%s" with AADB2C90088, code and refresh token', async (issuer, other) => {
    const refusal = {
      status: 400,
      body: { error: 'invalid_grant', error_description: expect.stringMatching(/^AADB2C90088: /) },
    };
    const grant = await signIn(issuer);
    expect(await redeem(other, grant)).toMatchObject(refusal);
    // The refused try has not used it up.
    const { body } = await redeem(issuer, grant);
    expect(await redeem(other, { grant_type: 'refresh_token', refresh_token: body['refresh_token']! })).toMatchObject(
      refusal,
    );
  });
});

describe('the page of a policy', () => {
  const press = async (policy: string, button: Record<string, string>): Promise<Response> => {
    const page = await (await authorize(manual, policy)).text();
    const id = /name="id" value="([^"]+)"/.exec(page)![1]!;
    return fetch(`${manual.url}/local-entra/decide`, {
      method: 'POST',
      body: new URLSearchParams({ id, ...button }),
      redirect: 'manual',
    });
  };

  test.each([
    ['cancel', 'AADB2C90091'],
    ['forgot', 'AADB2C90118'],
  ])('%s comes back as access_denied with %s, as B2C words it', async (button, code) => {
    const fields = redirected(await press('B2C_1_sign_in', { [button]: 'yes' }));
    expect(fields.get('error')).toBe('access_denied');
    expect(fields.get('error_description')).toMatch(
      new RegExp(`^${code}: .+\\r\\nCorrelation ID: .+\\r\\nTimestamp: .+Z\\r\\n$`),
    );
    expect(fields.get('state')).toBe('s1');
    expect(fields.has('error_subcode')).toBe(false);
  });

  test('names the policy and offers "Forgot your password?"; a page without policy does neither', async () => {
    const page = await (await authorize(manual, 'B2C_1_sign_in')).text();
    expect(page).toContain('<h1>User flow B2C_1_sign_in</h1>');
    expect(page).toContain('Forgot your password?');
    const plain = await (await authorize(manual, '')).text();
    expect(plain).toContain('<h1>Sign in</h1>');
    expect(plain).not.toContain('Forgot your password?');
    expect((await press('', { forgot: 'yes' })).status).toBe(400);
    expect(redirected(await press('', { cancel: 'yes' })).get('error_subcode')).toBe('cancel');
  });
});
