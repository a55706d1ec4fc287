import { ConfidentialClientApplication } from '@azure/msal-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAadResponder, requireAuthContext, throwOnChallenge, type Answer } from '../../src/index.js';
import { callerHandlesClaims } from '../../src/express/token-claims.js';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { navigation, script } from '../support/browser-client.js';

let entra: LocalEntra;
beforeAll(async () => {
  entra = await createLocalEntra();
});
afterAll(() => entra.close());
afterEach(() => {
  entra.reset();
});

const claims = { access_token: { capolids: { essential: true, values: ['5e0b3a1c-0001-4000-8000-00000000c0de'] } } };

async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}

/** What MSAL throws for our API's call on behalf of the caller. */
function onBehalfOfError(): Promise<unknown> {
  const client = new ConfidentialClientApplication(entra.msalConfiguration());
  entra.failNext(50076, { claims, suberror: 'basic_action', flow: 'on-behalf-of' });
  return thrownBy(async () => {
    const oboAssertion = await entra.accessToken({ user: 'alice@contoso.test' });
    await client.acquireTokenOnBehalfOf({ oboAssertion, scopes: ['api://downstream/Pay'] });
  });
}

/** What throwOnChallenge throws for the answer of a downstream API. */
function downstreamError(): Promise<unknown> {
  return thrownBy(async () => {
    const authorization = `Bearer ${await entra.accessToken({ user: 'alice@contoso.test' })}`;
    throwOnChallenge(await fetch(`${entra.url}/api/payments`, { headers: { authorization } }));
  });
}

const responder = createAadResponder({ exposeDetails: false });
const api = { authorization: 'Bearer invented', accept: 'application/json' };

function answerTo(
  thrown: unknown,
  callerHandles: boolean | (() => boolean | undefined) | undefined,
  headers: Record<string, string> = api,
): Answer {
  return responder.respond(
    thrown,
    { method: 'GET', url: '/report', headers },
    { callerHandlesClaims: callerHandles, flow: 'on-behalf-of' },
  )!;
}

describe.each([
  ['an on-behalf-of error', onBehalfOfError, 'mfa-required', 'AADSTS50076'],
  ['the challenge of a downstream API', downstreamError, 'stronger-sign-in-required', undefined],
] as const)('%s', (_name, make, situation, code) => {
  test.each([
    ['true', true],
    ['not known', undefined],
    ['a function that says true', () => true],
    ['a function that does not know', () => undefined],
  ])('is the challenge of a caller that can handle it: %s', async (_case, handles) => {
    const { response } = answerTo(await make(), handles);
    expect([response.status, response.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/error="insufficient_claims", claims="[\w+/]+={0,2}"$/),
    ]);
  });

  test.each([
    ['false', false],
    ['a function that says false', () => false],
  ])('is a 403 that names the rule for a caller that cannot: %s', async (_case, handles) => {
    const { response, decision } = answerTo(await make(), handles);
    expect([response.status, response.headers['www-authenticate']]).toEqual([403, undefined]);
    const problem = JSON.parse(response.body) as Record<string, unknown>;
    expect(problem).toMatchObject({ status: 403, action: 'contact_admin', situation, retryable: false });
    expect(problem['code']).toBe(code);
    expect(Object.keys(problem)).not.toEqual(expect.arrayContaining(['claims']));
    expect(Object.keys(problem)).not.toEqual(expect.arrayContaining(['scopes']));
    expect([decision.rule, decision.trace[0]!.because]).toEqual([
      'caller-without-claims',
      expect.stringContaining('cp1'),
    ]);
  });

  test.each([
    ['a page', navigation],
    ['a script of a page', script],
  ])('in a web application %s is not refused: the application itself handles the challenge', async (_case, headers) => {
    const { response, decision } = answerTo(await make(), false, headers);
    expect([response.status, decision.action]).toEqual([401, 'claims_challenge']);
  });
});

describe('an error that asks for no claims', () => {
  test('stays what it is, whatever the caller can handle', () => {
    const expired = { error: 'invalid_grant', error_codes: [500133], error_description: 'AADSTS500133: expired' };
    for (const handles of [true, false, undefined]) {
      const { response } = answerTo(expired, handles);
      expect(response.headers['www-authenticate']).toContain('error="invalid_token"');
    }
  });
});

describe('requireAuthContext on a page', () => {
  test('without cp1 is a 403 page about the rule, which does not tell the person to continue', () => {
    const errors: unknown[] = [];
    requireAuthContext('c1', { claimsOf: () => ({}) })({} as never, {} as never, (error) => errors.push(error));
    const { response } = answerTo(errors[0], undefined, navigation);
    expect(response.status).toBe(403);
    expect(response.body).toContain('Your organization does not allow this sign-in');
    expect(response.body).not.toContain('Continue to sign in');
  });
});

describe('whether the caller can handle claims', () => {
  const token = { iss: 'https://login.microsoftonline.com/t/v2.0', aud: 'api://a' };
  const able = { ...token, xms_cc: ['cp1'] };

  test.each<[name: string, request: object, expected: boolean | undefined]>([
    ['req.auth.payload (express-oauth2-jwt-bearer)', { auth: { header: {}, payload: able, token: 'x' } }, true],
    ['req.auth (express-jwt)', { auth: able }, true],
    ['req.authInfo (passport)', { authInfo: able, user: { id: 7 } }, true],
    ['req.user (passport)', { user: able }, true],
    ['xms_cc as a text, in upper case', { user: { ...token, xms_cc: 'CP1' } }, true],
    ['xms_cc among others', { user: { ...token, xms_cc: ['CP2', 'cp1'] } }, true],
    ['a token without xms_cc', { auth: { payload: token } }, false],
    ['a token with another capability', { auth: { payload: { ...token, xms_cc: ['cp2'] } } }, false],
    ['the validated token before the user', { auth: { payload: token }, user: able }, false],
    ['no claims at all', {}, undefined],
    ['a user from a database', { user: { id: 7, name: 'Alice' } }, undefined],
    ['a user from a database beside validated claims', { user: { id: 7 }, auth: { payload: able } }, true],
    ['claims without an issuer', { auth: { aud: 'api://a' } }, undefined],
    ['texts', { auth: 'cp1', user: 'cp1' }, undefined],
    ['null', { auth: null, user: null, authInfo: null }, undefined],
  ])('%s', (_name, request, expected) => {
    expect(callerHandlesClaims(request as never)).toBe(expected);
  });

  test('claimsOf says where else the claims are, or that they are not known', () => {
    const request = { auth: { payload: token }, session: { token: able } } as never;
    expect(callerHandlesClaims(request, () => able)).toBe(true);
    expect(callerHandlesClaims(request, () => undefined)).toBeUndefined();
    expect(callerHandlesClaims(request, () => ({}))).toBe(false);
  });

  test('a claimsOf or a getter that throws counts as not known', () => {
    const throwing = (): never => {
      throw new Error('the session store is down');
    };
    expect(callerHandlesClaims({} as never, throwing)).toBeUndefined();
    expect(callerHandlesClaims(Object.defineProperty({}, 'auth', { get: throwing }) as never)).toBeUndefined();
  });
});
