/** Errors that MSAL makes itself, before or without an answer of the server. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadAction } from '../../../src/types.js';
import type { Major } from './answers.js';
import { majors, newClient, type ClientOptions, type MsalClient, type NetworkClient } from './harness.js';

interface Case {
  readonly code: string;
  readonly why: string;
  readonly options?: ClientOptions;
  readonly run: (client: MsalClient) => Promise<unknown>;
  readonly action: AadAction;
  readonly situation: string;
  readonly majors?: readonly Major[];
}

const scopes = ['https://graph.microsoft.com/User.Read'];
const account = {
  homeAccountId: 'uid.utid',
  environment: 'login.microsoftonline.com',
  tenantId: 'utid',
  username: 'ann@contoso.example',
  localAccountId: 'uid',
};
const byCode = { code: 'invented-code', scopes, redirectUri: 'https://app.example/redirect' };

const refuses = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED 203.0.113.7:443'));
const unreachable: NetworkClient = { sendGetRequestAsync: refuses, sendPostRequestAsync: refuses };

/** Hands out a device code of this lifetime and then never lets the user finish. */
function pending(expiresInSeconds: number): NetworkClient {
  const send = (url: string): ReturnType<NetworkClient['sendPostRequestAsync']> =>
    Promise.resolve(
      url.includes('/devicecode')
        ? {
            status: 200,
            headers: {},
            body: { device_code: 'invented', user_code: 'ABCD', expires_in: expiresInSeconds, interval: 0 },
          }
        : { status: 400, headers: {}, body: { error: 'authorization_pending' } },
    );
  return { sendGetRequestAsync: send, sendPostRequestAsync: send };
}

const cases: readonly Case[] = [
  {
    code: 'no_tokens_found',
    why: 'the cache holds nothing for the account',
    run: (client) => client.acquireTokenSilent({ account, scopes }),
    action: 'interactive',
    situation: 'session-expired',
  },
  {
    code: 'no_account_in_silent_request',
    why: 'nobody is signed in',
    run: (client) => client.acquireTokenSilent({ account: null, scopes }),
    action: 'interactive',
    situation: 'sign-in-needed',
  },
  {
    code: 'invalid_client_credential',
    why: 'the application has no credential',
    options: { auth: { clientSecret: undefined } },
    run: () => Promise.resolve(),
    action: 'fix_config',
    situation: 'secret-expired',
  },
  {
    code: 'empty_input_scopes_error',
    why: 'no scopes',
    run: (client) => client.acquireTokenByClientCredential({ scopes: [] }),
    action: 'fix_config',
    situation: 'app-misconfigured',
  },
  {
    code: 'missing_tenant_id_error',
    why: 'client credentials at /common',
    options: { auth: { authority: 'https://login.microsoftonline.com/common' } },
    run: (client) => client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] }),
    action: 'fix_config',
    situation: 'app-misconfigured',
  },
  {
    code: 'request_cannot_be_made',
    why: 'the redirect brought no code',
    run: (client) => client.acquireTokenByCode({ ...byCode, code: '' }),
    action: 'fix_config',
    situation: 'app-misconfigured',
  },
  {
    code: 'endpoints_resolution_error',
    why: 'discovery cannot be reached',
    options: {
      auth: {
        authority: 'https://contoso.b2clogin.com/contoso.onmicrosoft.com/sign_in',
        knownAuthorities: ['contoso.b2clogin.com'],
      },
    },
    run: (client) => client.acquireTokenByCode(byCode),
    action: 'retry',
    situation: 'network-problem',
  },
  {
    code: 'authority_uri_insecure',
    why: 'the authority is not https',
    options: { auth: { authority: 'http://login.microsoftonline.com/contoso' } },
    run: (client) => client.acquireTokenByCode(byCode),
    action: 'fix_config',
    situation: 'app-misconfigured',
  },
  {
    code: 'url_parse_error',
    why: 'the authority is no URL',
    options: { auth: { authority: 'contoso' } },
    run: (client) => client.acquireTokenByCode(byCode),
    action: 'fix_config',
    situation: 'app-misconfigured',
  },
  {
    code: 'invalid_claims',
    why: 'the claims are not JSON',
    run: (client) => client.acquireTokenByCode({ ...byCode, claims: 'acrs=c1' }),
    action: 'fix_config',
    situation: 'app-misconfigured',
    majors: [5, 6, 7],
  },
  {
    code: 'state_mismatch',
    why: 'the state is of another sign-in',
    run: (client) => client.acquireTokenByCode({ ...byCode, state: 'one' }, { code: byCode.code, state: 'two' }),
    action: 'interactive',
    situation: 'sign-in-expired',
  },
  {
    code: 'device_code_expired',
    why: 'nobody entered the user code in time',
    options: { isPublic: true, networkClient: pending(-5) },
    run: (client) => client.acquireTokenByDeviceCode({ scopes, deviceCodeCallback: () => undefined }),
    action: 'interactive',
    situation: 'sign-in-expired',
  },
  {
    code: 'device_code_polling_cancelled',
    why: 'the application stopped polling',
    options: { isPublic: true, networkClient: pending(60) },
    run: (client) => client.acquireTokenByDeviceCode({ scopes, cancel: true, deviceCodeCallback: () => undefined }),
    action: 'user_cancelled',
    situation: 'sign-in-cancelled',
  },
];

async function thrownBy({ options = {}, run }: Case, major: Major): Promise<unknown> {
  try {
    await run(newClient(major, { networkClient: unreachable, ...options }));
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

describe.each(majors)('msal-node %i', (major) => {
  it.each(cases.filter((one) => one.majors?.includes(major) ?? true))('$code: $why', async (one) => {
    const error = normalize(await thrownBy(one, major));
    if (error === undefined) throw new Error('nothing was read');
    expect(error).toMatchObject({ producer: 'msal', clientCode: one.code, aadstsCodes: [] });
    expect(error.oauthError).toBeUndefined();
    expect(decide(error)).toMatchObject({ action: one.action, situation: one.situation });
  });
});
