import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  createLocalEntra,
  planFlows,
  planOutages,
  type FailurePlan,
  type LocalEntra,
} from '../../../src/testing/index.js';

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterEach(() => {
  entra.reset();
});
afterAll(async () => {
  await entra.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A client-credentials call, or the grant given. */
async function callToken(form: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${entra.authority}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'client-request-id': '33333333-3333-4333-8333-333333333333' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'api://tasks/.default',
      client_id: entra.clientId,
      client_secret: entra.clientSecret,
      ...form,
    }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

test('the answer has exactly the form of Entra', async () => {
  entra.failNext(50076, { claims: { access_token: { acrs: { essential: true, value: 'c1' } } } });
  const { status, headers, body } = await callToken();
  expect(status).toBe(400);
  expect(headers.get('x-local-entra')).toBe('test double, not an identity provider');
  expect(body).toEqual({
    error: 'invalid_grant',
    error_description: expect.stringMatching(
      /^AADSTS50076: .+\r\nTrace ID: [\da-f-]{36}\r\nCorrelation ID: 3{8}-3333-4333-8333-3{12}\r\nTimestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
    ) as string,
    error_codes: [50076],
    timestamp: expect.stringMatching(/Z$/) as string,
    trace_id: expect.any(String) as string,
    correlation_id: '33333333-3333-4333-8333-333333333333',
    error_uri: 'https://login.microsoftonline.com/error?code=50076',
    suberror: 'basic_action',
    claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
  });
});

test('a B2C code answers in the form of B2C', async () => {
  entra.failNext('AADB2C90118');
  const { body } = await callToken();
  expect(Object.keys(body)).toEqual(['error', 'error_description']);
  expect(body['error_description']).toMatch(/^AADB2C90118: .+\r\nCorrelation ID: .+\r\nTimestamp: .+Z\r\n$/);
});

const plans: readonly (readonly [
  name: string,
  plan: FailurePlan,
  status: number,
  body: object,
  retryAfter: string | null,
])[] = [
  [
    'a code as text',
    { code: 'AADSTS70043' },
    400,
    { error: 'invalid_grant', suberror: 'token_expired', error_codes: [70043] },
    null,
  ],
  ['no suberror', { code: 65001, suberror: null }, 400, { error: 'invalid_grant', error_codes: [65001] }, null],
  ['invalid client', { code: 7000222 }, 401, { error: 'invalid_client', error_codes: [7000222] }, null],
  [
    'overload',
    { code: 90033, retryAfterSeconds: 7 },
    503,
    { error: 'temporarily_unavailable', error_codes: [90033] },
    '7',
  ],
  [
    'own error and status',
    { code: 50105, error: 'interaction_required', status: 403 },
    403,
    { error: 'interaction_required' },
    null,
  ],
  ['a code nobody knows', { code: 999_999 }, 400, { error: 'invalid_grant', error_codes: [999_999] }, null],
  ['an error without code', { error: 'server_error' }, 500, { error: 'server_error' }, null],
  ['only a status', { status: 502 }, 502, { error: 'server_error' }, null],
  ['an own body', { status: 418, body: { teapot: true } }, 418, { teapot: true }, null],
];
test.each(plans)('answers with %s', async (_name, plan, status, body, retryAfter) => {
  entra.failNext(plan);
  const answer = await callToken();
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
  expect(answer.body).toMatchObject(body);
  if (plan.suberror === null) expect(answer.body).not.toHaveProperty('suberror');
});

test('omitErrorCodes leaves out only error_codes', async () => {
  entra.failNext(50076, { omitErrorCodes: true });
  const { body } = await callToken();
  expect(body).not.toHaveProperty('error_codes');
  expect(body).toHaveProperty('trace_id');
});

test('flow, user and scope choose the call; times counts down', async () => {
  entra.failNext(50105, { flow: 'on-behalf-of' });
  entra.failNext(50057, { user: 'nobody@contoso.test' });
  entra.failNext(500011, { scope: 'api://other/.default', times: 2 });
  expect((await callToken()).status).toBe(200);
  expect((await callToken({ scope: 'api://other/.default' })).body['error']).toBe('invalid_resource');
  expect(entra.pending.map(({ code, remaining }) => [code, remaining])).toEqual([
    [50105, 1],
    [50057, 1],
    [500011, 1],
  ]);
  expect((await callToken({ scope: 'api://other/.default' })).status).toBe(400);
  expect((await callToken({ scope: 'api://other/.default' })).status).toBe(200);
});

test('failAlways lasts until clearPlans', async () => {
  entra.failAlways(90033);
  for (let call = 0; call < 3; call += 1) expect((await callToken()).status).toBe(503);
  expect(entra.pending[0]?.remaining).toBe(Infinity);
  entra.clearPlans();
  expect((await callToken()).status).toBe(200);
});

test('slow answers rightly, but late', async () => {
  entra.failNext({ outage: 'slow', delayMs: 60 });
  const started = Date.now();
  expect((await callToken()).status).toBe(200);
  expect(Date.now() - started).toBeGreaterThanOrEqual(55);
});

test('a refused connection through networkClient is the real one', async () => {
  entra.failNext({ outage: 'refuse', flow: 'any' });
  const call = entra.networkClient.sendPostRequestAsync(
    `https://login.microsoftonline.com/${entra.tenantId}/oauth2/v2.0/token`,
    {
      body: 'grant_type=client_credentials',
    },
  );
  await expect(call).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } });
  expect(entra.pending).toEqual([]);
});

test('close ends a slow answer', async () => {
  const own = await createLocalEntra();
  own.failNext({ outage: 'slow', delayMs: 600_000, flow: 'discovery' });
  const call = fetch(`${own.authority}/v2.0/.well-known/openid-configuration`);
  const outcome = expect(call).rejects.toThrow('fetch failed');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await own.close();
  await own.close();
  await outcome;
});

const refused: readonly (readonly [plan: unknown, message: RegExp])[] = [
  [undefined, /neither a code nor a plan/],
  [null, /neither a code nor a plan/],
  ['50076 closed', /code: "50076 closed" is not valid. Give 50076, "AADSTS50076" or "AADB2C90118"/],
  [50076.5, /code: 50076.5/],
  [{}, /nothing to fail with/],
  [{ code: 50076, claim: {} }, /unknown key "claim". Did you mean "claims"\? Valid keys: code, error/],
  [{ code: 50076, flow: 'silnet' }, /flow: "silnet" is unknown. Did you mean "silent"\? Valid: authorization-code/],
  [{ outage: 'explode' }, /outage: "explode" is unknown. Valid: refuse, reset/],
  [{ code: 50076, times: 0 }, /times: 0 is not valid/],
  [{ code: 50076, times: 1.5 }, /times: 1.5/],
  [{ code: 50076, status: 99 }, /status: 99 .* 200 to 599/],
  [{ code: 50076, retryAfterSeconds: -1 }, /retryAfterSeconds: -1/],
  [{ code: 50076, delayMs: 600_001 }, /delayMs: 600001/],
  [{ code: 50076, delayMs: Infinity }, /delayMs/],
  [{ code: 50076, status: NaN }, /status/],
  [{ code: 50076, claims: [] }, /claims: \[\]/],
  [{ code: 50076, headers: { a: 1 } }, /headers/],
  [{ code: 50076, headers: { 'x y': '1' } }, /headers/],
  [{ code: 50076, headers: { a: 'b\r\nc: d' } }, /headers/],
  [{ code: 50076, body: 5 }, /body: 5/],
];
test.each(refused)('refuses the plan %j', (plan, message) => {
  const give = () => {
    entra.failNext(plan as FailurePlan);
  };
  expect(give).toThrow(message);
  expect(give).toThrow(expect.objectContaining({ name: 'TypeError', code: 'ERR_AAD_TESTING_PLAN' }));
  expect(entra.pending).toEqual([]);
});

test('every flow and outage named is accepted', () => {
  for (const flow of planFlows) entra.failNext(50076, { flow });
  for (const outage of planOutages) entra.failNext({ outage });
  expect(entra.pending).toHaveLength(planFlows.length + planOutages.length);
});

test.each([
  [{ prot: 1 }, /unknown key "prot". Did you mean "port"\?/],
  [{ port: -1 }, /port: -1/],
  [{ clientSecret: '' }, /clientSecret/],
  [{ defaultUser: 'x@y' }, /defaultUser: "x@y" is unknown. Users: alice/],
  [{ accessTokenSeconds: 0 }, /accessTokenSeconds: 0/],
])('createLocalEntra refuses %j', async (options, message) => {
  const call = createLocalEntra(options as object);
  await expect(call).rejects.toThrow(message);
  await expect(call).rejects.toMatchObject({ code: 'ERR_AAD_TESTING_OPTIONS' });
});
