/**
 * createAadError against the real libraries: LocalEntra answers, each installed major of msal-node throws, and what the
 * factory makes from the same details must be the same. A new version of MSAL shows its drift here.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createAadError,
  createLocalEntra,
  type AadErrorFlow,
  type AadErrorOptions,
  type LocalEntra,
} from '../../src/testing/index.js';
import { majors, newClient, type MsalClient, type NetworkClient } from './msal/harness.js';

const requestCorrelationId = '9e9e9e9e-4444-4c00-8a00-0c0ffee00004';
const capolids = '{"access_token":{"capolids":{"essential":true,"values":["5e0b3a1c-0001-4000-8000-00000000c0de"]}}}';
const nowMs = Date.UTC(2026, 0, 15, 9, 30);

type Row = Omit<AadErrorOptions, 'flow' | 'msalMajor' | 'requestCorrelationId' | 'fromThrottleMemory' | 'now'>;

/** Codes with what LocalEntra makes of them, then answers that differ from the usual one in something MSAL looks at. */
const codes = [
  16000, 50001, 50011, 50013, 50014, 50020, 50034, 50053, 50055, 50056, 50057, 50058, 50059, 50072, 50074, 50076, 50078,
  50079, 50097, 50105, 50126, 50128, 50129, 50131, 50133, 50140, 50144, 50158, 50173, 50194, 50196, 53000, 53001, 53003,
  53004, 54000, 54005, 65001, 65004, 65005, 70000, 70001, 70002, 70003, 70008, 70011, 70018, 70020, 70043, 80001, 90002,
  90009, 90014, 90023, 90025, 90033, 90055, 90094, 500011, 500133, 530032, 700003, 700016, 700024, 700027, 700082,
  700084, 7000215, 7000218, 7000222,
]; // prettier-ignore
const variants: readonly Row[] = [
  { code: 50076, claims: capolids },
  { code: 50076, claims: { access_token: { acrs: { essential: true, value: 'c1' } } }, suberror: null },
  { code: 50076, error: 'interaction_required', claims: capolids },
  { code: 53003, claims: capolids },
  { code: 53003, error: 'access_denied', claims: capolids },
  { code: 65001, suberror: null },
  { code: 700082, suberror: 'token_expired' },
  { code: 50055, suberror: 'user_password_expired' },
  { code: 50076, suberror: 'additional_action' },
  { code: 50074, suberror: 'interrupted_user' },
  { code: 50074, error: 'interrupted_user' },
  { code: 50074, suberror: 'ui_not_allowed' },
  { code: 50074, error: 'ui_not_allowed' },
  { code: 50074, error: 'ux_not_allowed' },
  { code: 70000, error: 'bad_token', suberror: null },
  { code: 70016, error: 'slow_down' },
  { code: 50126, description: 'The text says login_required somewhere.' },
  { code: 50126, description: '' },
  { code: 50076, omitErrorCodes: true },
  { code: 7000215, omitErrorCodes: true },
  { code: 'AADB2C90118' },
  { code: 'AADB2C90091', error: 'access_denied' },
  { error: 'temporarily_unavailable' },
  { error: 'server_error', status: 500 },
  { error: 'too_many_requests' },
  { error: 'invalid_grant', status: 400, suberror: 'client_mismatch' },
];
const rows: readonly Row[] = [...codes.map((code) => ({ code })), ...variants];

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra({ now: () => nowMs });
});
afterAll(() => entra.close());

/** The way to LocalEntra that remembers the last answer, so that random ids can be given to the factory. */
function listening(): NetworkClient & { last: Record<string, unknown> } {
  const client = {
    last: {} as Record<string, unknown>,
    sendGetRequestAsync: async (url: string, options?: unknown) =>
      entra.networkClient.sendGetRequestAsync(url, options as object),
    sendPostRequestAsync: async (url: string, options?: unknown) => {
      const answer = await entra.networkClient.sendPostRequestAsync<Record<string, unknown>>(url, options as object);
      if (url.includes('/token')) client.last = answer.body;
      return answer;
    },
  };
  return client;
}

const scopes = ['api://tasks/Tasks.Read'];
const common = { scopes, correlationId: requestCorrelationId };

type PasswordClient = MsalClient & { acquireTokenByUsernamePassword(request: object): Promise<unknown> };

/** A call of the flow, ready to fail; whatever must work before has worked. */
async function prepared(major: 2 | 3 | 5 | 6 | 7, flow: AadErrorFlow, client: NetworkClient) {
  const { auth } = entra.msalConfiguration();
  const { clientSecret, ...publicAuth } = auth;
  const isPublic = flow === 'device-code' || flow === 'password';
  const msal = newClient(major, {
    isPublic,
    auth: isPublic ? publicAuth : { ...publicAuth, clientSecret },
    networkClient: client,
  });
  switch (flow) {
    case 'authorization-code':
      return () => msal.acquireTokenByCode({ ...common, code: 'any', redirectUri: 'http://localhost/redirect' });
    case 'silent': {
      const { account } = await signInByCode(msal);
      return () => msal.acquireTokenSilent({ ...common, account, forceRefresh: true });
    }
    case 'on-behalf-of': {
      const oboAssertion = await entra.accessToken({ user: 'alice@contoso.test' });
      return () => msal.acquireTokenOnBehalfOf({ ...common, oboAssertion, skipCache: true });
    }
    case 'client-credentials':
      return () => msal.acquireTokenByClientCredential({ ...common, scopes: ['api://tasks/.default'] });
    case 'device-code':
      return () => msal.acquireTokenByDeviceCode({ ...common, deviceCodeCallback: () => undefined });
    case 'password':
      return () =>
        (msal as PasswordClient).acquireTokenByUsernamePassword({
          ...common,
          username: 'alice@contoso.test',
          password: 'invented',
        });
  }
}

async function signInByCode(msal: MsalClient): Promise<{ account: object | null }> {
  const redirectUri = 'http://localhost/redirect';
  const query = new URLSearchParams({
    client_id: entra.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access',
    state: 'one',
    login_hint: 'alice@contoso.test',
  });
  const response = await fetch(`${entra.authority}/oauth2/v2.0/authorize?${query}`, { redirect: 'manual' });
  const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
  return msal.acquireTokenByCode({ scopes: ['openid'], code, redirectUri });
}

/** Everything an application can see of an error but its stack. */
function visible(error: unknown) {
  const own = error as Record<string, unknown>;
  return {
    members: Object.entries(own),
    ownNames: Object.getOwnPropertyNames(own).toSorted(),
    message: own['message'],
    text: String(error),
    json: JSON.stringify(error),
    constructor: own.constructor.name,
    parents: [own instanceof Error, Object.getPrototypeOf(Object.getPrototypeOf(own)).constructor.name],
  };
}

async function thrownBy(call: () => Promise<unknown>): Promise<unknown> {
  return call().then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

const nameOf = ({ code, error, suberror, description, omitErrorCodes, claims }: Row): string =>
  JSON.stringify({ code, error, suberror, description, omitErrorCodes, claims: claims !== undefined || undefined });

const idsOf = (body: Record<string, unknown>): Pick<AadErrorOptions, 'traceId' | 'correlationId'> => {
  const correlation = /Correlation ID: (\S+)/.exec(String(body['error_description']))?.[1];
  return {
    ...(typeof body['trace_id'] === 'string' && { traceId: body['trace_id'] }),
    correlationId: correlation ?? String(body['correlation_id']),
  };
};

const flows: readonly AadErrorFlow[] = [
  'authorization-code',
  'silent',
  'on-behalf-of',
  'client-credentials',
  'device-code',
  'password',
];
let compared = 0;
afterAll(() => {
  console.log(
    `createAadError: ${String(compared)} errors compared, ${String(rows.length)} answers x ${String(majors.length)} majors x ${String(flows.length)} flows`,
  );
});

describe.each(majors)('what msal-node %i throws', (major) => {
  describe.each(flows)('from %s', (flow) => {
    test(`is what createAadError makes, for ${String(rows.length)} answers`, async () => {
      expect(rows.length).toBeGreaterThanOrEqual(60);
      for (const row of rows) {
        entra.reset();
        const client = listening();
        const call = await prepared(major, flow, client);
        const { code, ...details } = row;
        entra.failNext({ ...(code !== undefined && { code }), ...details, flow });
        const real = await thrownBy(call);
        const made = createAadError({
          ...row,
          ...idsOf(client.last),
          flow,
          msalMajor: major,
          requestCorrelationId,
          now: () => nowMs,
        });
        expect([nameOf(row), visible(made)]).toEqual([nameOf(row), visible(real)]);
        compared += 1;
      }
    });

    test.each([{ code: 90055 }, { error: 'server_error', status: 500 }, { code: 90033, omitErrorCodes: true }])(
      'from its throttle memory is what createAadError makes: %j',
      async (row) => {
        entra.reset();
        const client = listening();
        const call = await prepared(major, flow, client);
        entra.failNext({ ...row, flow });
        await thrownBy(call);
        const sent = entra.requests.filter(({ endpoint }) => endpoint === 'token').length;
        const real = await thrownBy(call);
        expect(entra.requests.filter(({ endpoint }) => endpoint === 'token').length).toBe(sent);
        const made = createAadError({
          ...row,
          ...idsOf(client.last),
          flow,
          msalMajor: major,
          requestCorrelationId,
          now: () => nowMs,
          fromThrottleMemory: true,
        });
        expect(visible(made)).toEqual(visible(real));
      },
    );
  });
});

describe('createAadError refuses', () => {
  test.each([
    [{ cod: 50076 }, 'unknown key "cod". Did you mean "code"?'],
    [{ code: 'x' }, 'is not an AADSTS or AADB2C code'],
    [{ code: 50076, flow: 'slient' }, 'Did you mean "silent"?'],
    [{ code: 50076, flow: 'managed-identity' }, 'Valid: authorization-code'],
    [{ code: 50076, msalMajor: 4 }, 'msalMajor: 4 is unknown. Valid: 2, 3, 5, 6, 7.'],
    [{}, 'Give code or error'],
  ])('%j', (options, sentence) => {
    expect(() => createAadError(options as AadErrorOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_AAD_TESTING_PLAN', message: expect.stringContaining(sentence) }),
    );
  });
});
