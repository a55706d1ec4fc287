import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { acrsClaims, seen } from './support.js';

const boom = (): never => {
  throw new Error('boom');
};
const everyTrapThrows: ProxyHandler<object> = {
  get: boom,
  has: boom,
  ownKeys: boom,
  getOwnPropertyDescriptor: boom,
  getPrototypeOf: boom,
};
function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

describe('claims of a redirect URI are never used', () => {
  const given = { nowMs: 0, origin: 'authorization-response' } as const;
  it.each<[string, object]>([
    [
      'posing as an MSAL error',
      {
        name: 'ServerError',
        errorCode: 'interaction_required',
        errorMessage: 'AADSTS50076',
        claims: acrsClaims,
        error: 'x',
      },
    ],
    [
      'posing as an MSAL error without a name',
      { errorCode: 'interaction_required', subError: 'x', claims: acrsClaims },
    ],
    [
      'posing as @azure/identity',
      { name: 'AuthenticationRequiredError', message: 'x', getTokenOptions: { claims: acrsClaims } },
    ],
    [
      'posing as an HTTP answer',
      {
        status: '401',
        headers: {
          'www-authenticate': `Bearer error="insufficient_claims", claims="${Buffer.from(acrsClaims).toString('base64')}"`,
        },
      },
    ],
    [
      'in a nested field of an extended parser',
      { error: 'interaction_required', state: 's', cause: { error: 'interaction_required', claims: acrsClaims } },
    ],
    [
      'in a message',
      { message: `Bearer error="insufficient_claims", claims="${Buffer.from(acrsClaims).toString('base64')}"` },
    ],
  ])('%s', (_name, query) => {
    expect(normalize(query, given)?.claims).toBeUndefined();
  });
  it('not even when the AadError is wrapped', () => {
    const error = normalize({ error: 'interaction_required', claims: acrsClaims }, given);
    expect(normalize(new Error('x', { cause: error }))?.claims).toBeUndefined();
  });
});

describe('hostile', () => {
  it.each<[string, () => unknown]>([
    ['a proxy whose traps all throw', () => new Proxy({}, everyTrapThrows)],
    ['a revoked proxy', () => revoked({})],
    ['a revoked array proxy', () => revoked([])],
    ['a revoked proxy as cause', () => ({ name: 'OPError', error: 'invalid_grant', cause: revoked({}) })],
    ['a revoked proxy as body', () => ({ status: 500, headers: {}, body: revoked({}) })],
    ['a revoked proxy as headers', () => ({ status: 401, headers: revoked({}) })],
  ])('%s', (_name, make) => {
    expect(() => normalize(make())).not.toThrow();
  });
});

describe('not ours', () => {
  it.each<[string, unknown]>([
    ['errorCode and errorMessage of another library', { errorCode: 'E1', errorMessage: 'bad input' }],
    ['a number as errorCode of another library', { errorCode: 50076, errorMessage: 'order' }],
    ['errorCode and subError of another library', { errorCode: 'card_declined', subError: 'x' }],
    [
      'a refusal of object storage',
      { name: 'AccessDenied', code: 'AccessDenied', statusCode: 403, message: 'Access Denied' },
    ],
    ['Forbidden of any API', { status: 403, headers: {}, body: { error: { code: 'Forbidden', message: 'no' } } }],
    [
      'TooManyRequests of any API',
      { status: 429, headers: {}, body: { error: { code: 'TooManyRequests', message: 'slow' } } },
    ],
  ])('%s', (_name, thrown) => {
    expect(seen(thrown)?.unconfirmed ?? seen(thrown) === undefined).toBe(true);
  });
});
