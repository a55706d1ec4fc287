import { request as httpRequest } from 'node:http';
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra } from '../../../src/testing/index.js';

const redirectUri = 'http://localhost:3000/auth/redirect';
let entra: LocalEntra;
let manual: LocalEntra;
let nowMs = Date.now();
beforeAll(async () => {
  entra = await createLocalEntra({ now: () => nowMs, codeSeconds: 60 });
  manual = await createLocalEntra({ autoApprove: false });
});
afterEach(() => {
  entra.reset();
  nowMs = Date.now();
});
afterAll(async () => {
  await Promise.all([entra.close(), manual.close()]);
});

function visit(server: LocalEntra, parameters: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const url = new URL(`${server.authority}/oauth2/v2.0/authorize`);
  const all = {
    client_id: server.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access api://tasks/Tasks.Read',
    state: 's1',
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) if (value !== '') url.searchParams.set(name, value);
  return fetch(url, { redirect: 'manual', headers });
}

const location = (response: Response): URL => new URL(response.headers.get('location') ?? 'about:blank');
const cookieOf = (response: Response): string => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

async function post(server: LocalEntra, path: string, form: Record<string, string>) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  return response;
}

async function redeem(form: Record<string, string>) {
  const credentials = { client_id: entra.clientId, client_secret: entra.clientSecret, redirect_uri: redirectUri };
  const response = await post(entra, `/${entra.tenantId}/oauth2/v2.0/token`, { ...credentials, ...form });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, string> & { error_codes?: number[] },
  };
}

async function signIn(parameters: Record<string, string> = {}) {
  const code = location(await visit(entra, parameters)).searchParams.get('code') ?? '';
  return redeem({ grant_type: 'authorization_code', code });
}

const callApi = (path: string, token: string) =>
  fetch(`${entra.url}${path}`, { headers: { authorization: `Bearer ${token}` } });

/** Claims of a challenge, decoded. */
function challengeOf(response: Response): unknown {
  const header = response.headers.get('www-authenticate') ?? '';
  expect(header).toMatch(
    /^Bearer realm="", authorization_uri="https:\/\/login\.microsoftonline\.com\/common\/oauth2\/authorize"/,
  );
  const claims = /claims="([^"]+)"/.exec(header)?.[1];
  return claims === undefined ? undefined : JSON.parse(Buffer.from(claims, 'base64').toString());
}

describe('who it is', () => {
  test('says that it is not an identity provider', async () => {
    const response = await fetch(entra.url);
    expect(response.headers.get('x-local-entra')).toBe('test double, not an identity provider');
    expect(await response.text()).toContain('not an identity provider');
  });

  test('refuses other host names', async () => {
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${entra.url}/`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  test('rejects with EADDRINUSE for a taken port', async () => {
    await expect(createLocalEntra({ port: Number(new URL(entra.url).port) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test.each(['/nonsense', '/a/b/c/d/oauth2/v2.0/token', '/__proto__', '/%zz'])('has nothing at %s', async (path) => {
    expect((await fetch(`${entra.url}${path}`)).status).toBe(404);
  });

  test('answers 405 and 413 where they are due', async () => {
    expect((await fetch(`${entra.authority}/oauth2/v2.0/token`)).status).toBe(405);
    expect((await post(entra, `/${entra.tenantId}/oauth2/v2.0/token`, { x: 'x'.repeat(300_000) })).status).toBe(413);
  });
});

describe('metadata and tokens', () => {
  test('tokens verify against the published keys and issuer', async () => {
    const { body } = await signIn({ nonce: 'n1' });
    const metadata = (await (await fetch(`${entra.authority}/v2.0/.well-known/openid-configuration`)).json()) as Record<
      string,
      string
    >;
    expect(metadata['issuer']).toBe(entra.issuer);
    const keys = createRemoteJWKSet(new URL(metadata['jwks_uri'] ?? ''));
    const { payload } = await jwtVerify(body['id_token'] ?? '', keys, {
      issuer: entra.issuer,
      audience: entra.clientId,
    });
    expect(payload).toMatchObject({
      nonce: 'n1',
      preferred_username: 'alice@contoso.test',
      tid: entra.tenantId,
      ver: '2.0',
    });
    const access = await jwtVerify(body['access_token'] ?? '', keys, { issuer: entra.issuer, audience: 'api://tasks' });
    expect(access.payload).toMatchObject({ scp: 'Tasks.Read', azp: entra.clientId, oid: payload['oid'] });
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid api://tasks/Tasks.Read' });
    expect(JSON.parse(Buffer.from(body['client_info'] ?? '', 'base64url').toString())).toEqual({
      uid: payload['oid'],
      utid: entra.tenantId,
    });
  });

  test('claims decide on xms_cc; two servers of a process share a key set', async () => {
    const token = await manual.accessToken({ claims: '{"access_token":{"xms_cc":{"values":["CP1"]}}}' });
    const jwks = (await (await fetch(`${entra.authority}/discovery/v2.0/keys`)).json()) as Parameters<
      typeof createLocalJWKSet
    >[0];
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks));
    expect(payload).toMatchObject({ xms_cc: ['CP1'], roles: ['Tasks.Read.All'], idtyp: 'app' });
  });

  test('instance discovery knows the global cloud and others', async () => {
    const ask = async (host: string) => {
      const endpoint = encodeURIComponent(`https://${host}/t/oauth2/v2.0/authorize`);
      const response = await fetch(
        `${entra.url}/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`,
      );
      return ((await response.json()) as { metadata: { aliases: string[] }[] }).metadata[0]?.aliases;
    };
    expect(await ask('login.microsoftonline.com')).toContain('login.windows.net');
    expect(await ask('login.contoso.test')).toEqual(['login.contoso.test']);
  });

  test('an unknown tenant is 90002', async () => {
    const response = await post(entra, '/33333333-0000-4000-8000-000000000000/oauth2/v2.0/token', {});
    expect(await response.json()).toMatchObject({ error: 'invalid_request', error_codes: [90002] });
  });
});

describe('/authorize', () => {
  test.each([
    ['an unknown client', { client_id: 'x' }, '700016'],
    ['a foreign redirect URI', { redirect_uri: 'https://evil.example/cb' }, '50011'],
    ['a redirect URI that is none', { redirect_uri: 'javascript:alert(1)' }, '50011'],
    ['no scope', { scope: '' }, '900144'],
    ['an unknown user', { login_hint: '<b>x' }, '50034'],
  ])('keeps %s on its own page', async (_name, parameters, code) => {
    const response = await visit(entra, parameters);
    const text = await response.text();
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(text).toContain(`AADSTS${code}`);
    expect(text).not.toContain('<b>x');
  });

  test.each([
    ['response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['response_mode', { response_mode: 'web_message' }, 'invalid_request'],
    ['prompt', { prompt: 'admin_consent' }, 'invalid_request'],
    ['claims', { claims: 'eyJ9' }, 'invalid_request'],
    ['prompt=none without a session', { prompt: 'none' }, 'login_required'],
  ])('reports a wrong %s to the redirect URI', async (_name, parameters, error) => {
    const target = location(await visit(entra, parameters));
    expect(target.href.startsWith(redirectUri)).toBe(true);
    expect(Object.fromEntries(target.searchParams)).toMatchObject({ error, state: 's1' });
  });

  test('keeps the session in a cookie until logout', async () => {
    const cookie = cookieOf(await visit(entra, { login_hint: 'mfa@contoso.test' }));
    const silent = await visit(entra, { prompt: 'none' }, { cookie });
    expect(location(silent).searchParams.get('code')).not.toBeNull();
    const out = await fetch(
      `${entra.authority}/oauth2/v2.0/logout?post_logout_redirect_uri=${encodeURIComponent('http://localhost:3000/')}`,
      {
        headers: { cookie },
        redirect: 'manual',
      },
    );
    expect(out.headers.get('location')).toBe('http://localhost:3000/');
    expect(location(await visit(entra, { prompt: 'none' }, { cookie })).searchParams.get('error')).toBe(
      'login_required',
    );
  });

  test('form_post posts the fields, escaped', async () => {
    const response = await visit(entra, { response_mode: 'form_post', state: '"><script>alert(1)</script>' });
    const text = await response.text();
    expect(text).toContain(`action="${redirectUri}"`);
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });

  test('fails as scripted on the redirect URI', async () => {
    entra.failNext('AADB2C90118', { flow: 'authorize' });
    const target = location(await visit(entra));
    expect(target.searchParams.get('error')).toBe('access_denied');
    expect(target.searchParams.get('error_description')).toMatch(/^AADB2C90118: /);
    entra.failNext(65004, { flow: 'authorize', subcode: 'cancel' });
    expect(location(await visit(entra)).searchParams.get('error_subcode')).toBe('cancel');
  });

  test('codes expire', async () => {
    const code = location(await visit(entra)).searchParams.get('code') ?? '';
    nowMs += 61_000;
    expect((await redeem({ grant_type: 'authorization_code', code })).body.error_codes).toEqual([70008]);
  });

  test('requests are recorded without secrets, at most 1,000', async () => {
    await signIn({ claims: '{"id_token":{}}' });
    const [first, second] = entra.requests;
    expect(first).toMatchObject({
      endpoint: 'authorize',
      method: 'GET',
      query: { claims: '{"id_token":{}}', state: 's1' },
      at: nowMs,
    });
    expect(second).toMatchObject({ endpoint: 'token', form: { code: '[removed]', client_secret: '[removed]' } });
    for (let call = 0; call < 1001; call += 1) await fetch(`${entra.url}/common/discovery/instance`);
    expect(entra.requests).toHaveLength(1000);
  });
});

describe('the page of autoApprove: false', () => {
  async function decide(decision: Record<string, string>, parameters: Record<string, string> = {}) {
    const text = await (await visit(manual, parameters)).text();
    expect(text).not.toContain('<script');
    const id = /name="id" value="([^"]+)"/.exec(text)?.[1] ?? '';
    return post(manual, '/local-entra/decide', { id, ...decision });
  }

  test('signs in, cancels and fails', async () => {
    expect(location(await decide({ signIn: 'alice@contoso.test' })).searchParams.get('code')).not.toBeNull();
    expect(Object.fromEntries(location(await decide({ cancel: 'yes' })).searchParams)).toMatchObject({
      error: 'access_denied',
      error_subcode: 'cancel',
      state: 's1',
    });
    expect(location(await decide({ fail: 'yes', code: '50076' })).searchParams.get('error_description')).toMatch(
      /^AADSTS50076/,
    );
    expect((await post(manual, '/local-entra/decide', { id: 'gone' })).status).toBe(400);
  });

  test('a user who skips MFA still lacks it', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    const redeemCode = async (decision: Record<string, string>) => {
      const code = location(await decide(decision, { claims })).searchParams.get('code') ?? '';
      const response = await post(manual, `/${manual.tenantId}/oauth2/v2.0/token`, {
        grant_type: 'authorization_code',
        code,
        claims,
        redirect_uri: redirectUri,
        client_id: manual.clientId,
        client_secret: manual.clientSecret,
      });
      return response.status;
    };
    expect(await redeemCode({ signIn: 'alice@contoso.test' })).toBe(400);
    expect(await redeemCode({ mfa: 'alice@contoso.test' })).toBe(200);
  });
});

describe('clients', () => {
  test.each([
    ['an unknown client', { client_id: 'x' }, 700016],
    ['a wrong secret', { client_secret: 'x' }, 7000215],
    ['an unknown grant', { grant_type: 'magic' }, 70003],
    ['a scope without /.default', { scope: 'api://tasks/Tasks.Read' }, 70011],
    ['an unknown code', { grant_type: 'authorization_code', code: 'x' }, 70000],
    ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, 70000],
    ['a wrong password', { grant_type: 'password', username: 'alice@contoso.test', password: 'wrong' }, 50126],
    ['an unknown user', { grant_type: 'password', username: 'x', password: 'x' }, 50034],
  ])('refuses %s', async (_name, form, code) => {
    const { body } = await redeem({ grant_type: 'client_credentials', scope: 'api://tasks/.default', ...form });
    expect(body.error_codes).toEqual([code]);
  });

  test('accepts HTTP Basic, and wants a secret', async () => {
    const call = async (authorization?: string) => {
      const response = await fetch(`${entra.authority}/oauth2/v2.0/token`, {
        method: 'POST',
        headers: authorization === undefined ? {} : { authorization },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'a/.default', client_id: entra.clientId }),
      });
      return ((await response.json()) as { error_codes?: number[] }).error_codes;
    };
    expect(await call()).toEqual([7000218]);
    expect(
      await call(`Basic ${Buffer.from(`${entra.clientId}:${entra.clientSecret}`).toString('base64')}`),
    ).toBeUndefined();
  });
});

describe('the sample API', () => {
  test('wants a token', async () => {
    const response = await fetch(`${entra.url}/api/me`);
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBeUndefined();
    expect((await callApi('/api/me', 'a.b.c')).status).toBe(401);
  });

  test('after revoke it challenges old tokens, and refreshing fails until the next sign-in', async () => {
    const { body } = await signIn();
    expect(await (await callApi('/api/me', body['access_token'] ?? '')).json()).toMatchObject({
      name: 'Alice Example',
    });
    entra.revoke('Alice@contoso.test');
    const response = await callApi('/api/me', body['access_token'] ?? '');
    const nbf = String(Math.floor(nowMs / 1000));
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toEqual({ access_token: { nbf: { essential: true, value: nbf } } });
    const refreshed = await redeem({ grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' });
    expect(refreshed.body.error_codes).toEqual([50173]);
    const again = await signIn({ claims: JSON.stringify(challengeOf(response)) });
    expect((await callApi('/api/me', again.body['access_token'] ?? '')).status).toBe(200);
  });

  test('with keepRefreshTokens a refresh is enough', async () => {
    const { body } = await signIn();
    entra.revoke('alice@contoso.test', { keepRefreshTokens: true });
    expect((await callApi('/api/me', body['access_token'] ?? '')).status).toBe(401);
    const refreshed = await redeem({ grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' });
    expect((await callApi('/api/me', refreshed.body['access_token'] ?? '')).status).toBe(200);
  });

  test('revoke names the users when it does not know one', () => {
    expect(() => {
      entra.revoke('x@y');
    }).toThrow(/Users: alice@contoso.test/);
  });

  test('payments want authentication context c1', async () => {
    const first = await signIn();
    const challenged = await callApi('/api/payments', first.body['access_token'] ?? '');
    const claims = JSON.stringify(challengeOf(challenged));
    expect(claims).toBe('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}');
    const silent = await redeem({
      grant_type: 'refresh_token',
      refresh_token: first.body['refresh_token'] ?? '',
      claims,
    });
    expect(silent.body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', claims });
    const second = await signIn({ claims });
    expect((await callApi('/api/payments', second.body['access_token'] ?? '')).status).toBe(200);
  });
});

describe('admin consent', () => {
  const ask = (path: string, tenant = entra.tenantId) =>
    fetch(
      `${entra.url}/${tenant}${path}?${new URLSearchParams({
        client_id: entra.clientId,
        redirect_uri: redirectUri,
        scope: 'api://tasks/Tasks.Read',
        state: 's1',
      }).toString()}`,
      { redirect: 'manual' },
    );

  test('v2 grants for everybody', async () => {
    expect(Object.fromEntries(location(await ask('/v2.0/adminconsent')).searchParams)).toEqual({
      admin_consent: 'True',
      tenant: entra.tenantId,
      scope: 'api://tasks/Tasks.Read',
      state: 's1',
    });
    expect((await signIn({ login_hint: 'consent@contoso.test' })).status).toBe(200);
  });

  test('v2 says admin_consent=True on failure too; v1 does not', async () => {
    entra.failNext(65004, { flow: 'admin-consent', times: 2 });
    expect(Object.fromEntries(location(await ask('/v2.0/adminconsent')).searchParams)).toMatchObject({
      admin_consent: 'True',
      error: 'consent_required',
      error_description: expect.stringMatching(/^AADSTS65004: /) as string,
      state: 's1',
    });
    expect(Object.fromEntries(location(await ask('/adminconsent')).searchParams)).toEqual({
      error: 'permission_denied',
      error_description: 'The admin canceled the request',
      state: 's1',
    });
  });

  test('v2 refuses common', async () => {
    expect((await ask('/v2.0/adminconsent', 'common')).status).toBe(400);
  });

  test('the page accepts or cancels', async () => {
    const query = new URLSearchParams({
      client_id: manual.clientId,
      redirect_uri: redirectUri,
      scope: 'a/b',
    }).toString();
    const open = async () => {
      const text = await (await fetch(`${manual.authority}/v2.0/adminconsent?${query}`)).text();
      return /name="id" value="([^"]+)"/.exec(text)?.[1] ?? '';
    };
    const accepted = await post(manual, '/local-entra/admin-consent', { id: await open(), accept: 'yes' });
    expect(location(accepted).searchParams.get('scope')).toBe('a/b');
    const cancelled = await post(manual, '/local-entra/admin-consent', { id: await open(), cancel: 'yes' });
    expect(location(cancelled).searchParams.get('error')).toBe('consent_required');
  });
});

test('a device code waits for the user', async () => {
  const start = async () => {
    const response = await post(manual, `/${manual.tenantId}/oauth2/v2.0/devicecode`, {
      client_id: manual.clientId,
      scope: 'openid',
    });
    return (await response.json()) as { user_code: string; device_code: string };
  };
  const poll = async (deviceCode: string) => {
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode };
    const response = await post(manual, `/${manual.tenantId}/oauth2/v2.0/token`, {
      client_id: manual.clientId,
      ...grant,
    });
    return ((await response.json()) as { error?: string }).error ?? 'ok';
  };
  const first = await start();
  expect(await poll(first.device_code)).toBe('authorization_pending');
  expect(manual.completeDeviceCode(first.user_code.toLowerCase(), 'alice@contoso.test')).toBe(true);
  expect(await poll(first.device_code)).toBe('ok');
  const second = await start();
  await post(manual, '/local-entra/device', { user_code: second.user_code, decline: 'yes' });
  expect(await poll(second.device_code)).toBe('authorization_declined');
  expect(manual.completeDeviceCode('NOTHING')).toBe(false);
});

test('throttle ends with the clock', async () => {
  const form = { grant_type: 'client_credentials', scope: 'a/.default' };
  entra.throttle({ seconds: 30 });
  nowMs += 10_000;
  expect(await redeem(form)).toMatchObject({ status: 429, body: { error_codes: [90055] } });
  nowMs += 20_000;
  expect((await redeem(form)).status).toBe(200);
  expect(() => {
    entra.throttle({ seconds: -1 });
  }).toThrow(/seconds: -1/);
});
