import { describe, expect, it } from 'vitest';
import { isAadError, normalize } from '../../../src/normalize/index.js';
import {
  acrsClaims,
  correlationId,
  entraBody,
  entraText,
  ids,
  nowMs,
  requestCorrelationId,
  seen,
  traceId,
} from './support.js';

const msalError = (more: Readonly<Record<string, unknown>> = {}): Error =>
  Object.assign(new Error(`invalid_grant: ${entraText(50076)}`), {
    name: 'InteractionRequiredAuthError',
    errorCode: 'invalid_grant',
    errorMessage: entraText(50076),
    subError: 'basic_action',
    correlationId: requestCorrelationId,
    claims: acrsClaims,
    errorNo: 50076,
    ...more,
  });

describe('normalize: what is no identity error', () => {
  const decoys: readonly [name: string, thrown: unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['a number', 50076],
    ['a bigint', 50076n],
    ['a symbol', Symbol('AADSTS50076')],
    ['an empty text', ''],
    ['a bare code number', '50076'],
    ['a ticket number', 'ticket 50076 was closed'],
    ['a ticket number in an Error', new Error('ticket 50076 was closed')],
    ['a port', 'listening on 50076'],
    ['an order', { code: 50076, message: 'order 50076 not found' }],
    ['errorNo of a file system', { errno: -50076, errorNo: 50076, message: 'x' }],
    ['the word unauthorized', new Error('Unauthorized')],
    ['the word unauthorized with a status', Object.assign(new Error('Unauthorized'), { status: 401 })],
    ['the word forbidden with a status', Object.assign(new Error('Forbidden'), { statusCode: 403 })],
    ['the word AADSTS alone', 'see the list of AADSTS codes'],
    ['the words consent and grant', new Error('user did not grant consent')],
    [
      'a JWT error of another library',
      Object.assign(new Error('jwt expired'), { name: 'TokenExpiredError', expiredAt: new Date(0) }),
    ],
    ['a validation error', Object.assign(new Error('bad'), { errors: [{ message: 'required', path: 'name' }] })],
    [
      'a database error',
      Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (id)=(50076) already exists.' }),
    ],
    ['a GUID', traceId],
    ['a trace id with its label but no code', `Trace ID: ${traceId}`],
    ['a login page address', 'see https://login.microsoftonline.com/ for help'],
    ['a Bearer word', new Error('Bearer token missing')],
    ['JSON of somebody else', '{"error":"not_found","message":"50076"}'],
    ['an array', [1, 2, 3]],
    ['a function', () => 'AADSTS50076'],
    ['a Date', new Date(0)],
    ['a Map', new Map([['error', 'invalid_grant']])],
    ['a Promise', Promise.resolve(1)],
    ['an object without a prototype', Object.create(null)],
  ];

  it.each(decoys)('%s', (_name, thrown) => {
    expect(normalize(thrown)).toBeUndefined();
  });

  it.each(decoys)('%s, as cause of an Error', (_name, thrown) => {
    expect(normalize(new Error('outer', { cause: thrown }))).toBeUndefined();
  });
});

describe('normalize: chains', () => {
  const expected = {
    producer: 'msal',
    oauthError: 'invalid_grant',
    suberror: 'basic_action',
    aadstsCodes: [50076],
    claims: acrsClaims,
    correlationId,
  };

  it.each<[name: string, wrap: (inner: unknown) => unknown]>([
    ['cause', (inner) => new Error('outer', { cause: inner })],
    [
      'cause five deep',
      (inner) =>
        [1, 2, 3, 4, 5].reduce((cause: unknown, level) => new Error(`level ${String(level)}`, { cause }), inner),
    ],
    ['innerError', (inner) => ({ innerError: inner })],
    ['originalError', (inner) => Object.assign(new Error('x'), { originalError: inner })],
    ['error', (inner) => ({ error: inner })],
    ['reason of a rejected promise', (inner) => ({ status: 'rejected', reason: inner })],
    ['AggregateError', (inner) => new AggregateError([new Error('first'), inner], 'all failed')],
    ['AggregateError in cause', (inner) => new Error('x', { cause: new AggregateError([inner]) })],
    ['details', (inner) => ({ message: 'x', details: [inner] })],
    [
      'a cycle',
      (inner) => {
        const outer: { cause?: unknown; errors?: unknown[] } = {};
        outer.cause = { cause: outer, errors: [outer, inner] };
        return outer;
      },
    ],
  ])('finds the error in %s', (_name, wrap) => {
    expect(seen(wrap(msalError()))).toMatchObject(expected);
  });

  it('looks five causes deep and no deeper', () => {
    let deep: unknown = msalError();
    for (let level = 0; level < 6; level += 1) deep = new Error('x', { cause: deep });
    expect(normalize(deep)).toBeUndefined();
  });

  it('looks at 16 members of an AggregateError and no more', () => {
    const fillers = (count: number): Error[] => Array.from({ length: count }, () => new Error('x'));
    expect(normalize(new AggregateError([...fillers(15), msalError()]))).toBeDefined();
    expect(normalize(new AggregateError([...fillers(16), msalError()]))).toBeUndefined();
  });

  it('lets the error with claims lead over the text around it', () => {
    expect(seen(new Error(`Sign-in failed: ${entraText(50076)}`, { cause: msalError() }))).toMatchObject(expected);
  });

  it('fills what the outer error lost from the inner one about the same failure', () => {
    const outer = {
      name: 'ServerError',
      errorCode: 'invalid_grant',
      errorMessage: 'AADSTS50076: x',
      cause: entraBody('invalid_grant', 50076, { claims: acrsClaims }),
    };
    expect(seen(outer)).toMatchObject({
      oauthError: 'invalid_grant',
      aadstsCodes: [50076],
      claims: acrsClaims,
      ...ids,
    });
  });

  it('does not mix two different failures', () => {
    const error = new AggregateError([
      Object.assign(new Error('a'), entraBody('invalid_client', 7000215)),
      msalError({ errorMessage: 'AADSTS50076: x', correlationId: '' }),
    ]);
    expect(seen(error)).toStrictEqual({
      producer: 'msal',
      origin: 'token-response',
      oauthError: 'invalid_grant',
      suberror: 'basic_action',
      aadstsCodes: [50076],
      b2cCodes: [],
      claims: acrsClaims,
      description: 'AADSTS50076: x',
    });
  });
});

describe('normalize: the result', () => {
  it('is branded and keeps what was thrown in cause', () => {
    const thrown = msalError();
    const error = normalize(thrown);
    expect(error?.cause).toBe(thrown);
    expect(isAadError(error)).toBe(true);
    expect(isAadError(JSON.parse(JSON.stringify(error)))).toBe(false);
    expect(isAadError(undefined)).toBe(false);
  });

  it('does not change what was thrown', () => {
    const body = Object.freeze(
      entraBody('invalid_grant', 50076, { claims: acrsClaims, error_codes: Object.freeze([50076]) }),
    );
    const before = JSON.stringify(body);
    normalize(body);
    expect(JSON.stringify(body)).toBe(before);
  });

  it('is given back as it is when it is thrown again', () => {
    const error = normalize(msalError());
    expect(normalize(error)).toBe(error);
  });

  it('is found inside another error', () => {
    const error = normalize(msalError());
    expect(seen(new Error('outer', { cause: error }))).toStrictEqual(seen(error));
  });

  it('prints neither cause nor description', () => {
    const error = normalize(msalError({ secret: 'canary' }));
    const printed = JSON.stringify(error);
    expect(Object.keys(error ?? {})).not.toContain('cause');
    expect(printed).not.toContain('Something about this sign-in');
    expect(printed).not.toContain('canary');
  });

  it('takes flow and scopes from the context', () => {
    expect(seen(msalError(), { nowMs, flow: 'on-behalf-of', scopes: ['User.Read'] })).toMatchObject({
      flow: 'on-behalf-of',
      scopes: ['User.Read'],
    });
  });

  it('keeps the scopes that the error names', () => {
    const error = Object.assign(new Error('x'), { name: 'AuthenticationRequiredError', scopes: ['Mail.Read'] });
    expect(seen(error, { nowMs, scopes: ['User.Read'] })).toMatchObject({ scopes: ['Mail.Read'] });
  });

  it.each([
    ['an MSAL error', msalError()],
    ['a body', entraBody('invalid_grant', 50076, { claims: acrsClaims })],
    ['an answer', { status: 400, headers: { 'retry-after': '5' }, body: entraBody('temporarily_unavailable', 90033) }],
    ['a body in a cause', { message: 'x', cause: entraBody('invalid_grant', 50173) }],
  ])('is the same after JSON and structuredClone: %s', (_name, thrown) => {
    const plain: object = Object.assign({}, thrown);
    const wanted = seen(plain);
    expect(wanted).toBeDefined();
    expect(seen(JSON.parse(JSON.stringify(plain)))).toStrictEqual(wanted);
    expect(seen(structuredClone(plain))).toStrictEqual(wanted);
  });
});

describe('printed exceptions of other platforms, as the message of an Error without fields', () => {
  it.each([
    ['com.microsoft.aad.msal4j.MsalClientException: Token not found in the cache', 'no_tokens_found'],
    [
      'ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.',
      'CredentialUnavailableError',
    ],
    ['No such host is known. (login.microsoftonline.com:443)', 'ENOTFOUND'],
    ["IDX20803: Unable to obtain configuration from: 'https://login.microsoftonline.com/x'", 'openid_config_error'],
  ])('%s', (message, clientCode) => {
    expect(normalize(new Error(message))).toMatchObject({ clientCode });
  });
});

it("another identity provider's answer is not confirmed by the body inside it", () => {
  const data = { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' };
  const config = { url: 'https://accounts.contoso.test/token' };
  const thrown = Object.assign(new Error('invalid_grant'), { config, response: { status: 400, config, data } });
  expect(normalize(thrown)?.unconfirmed).toBe(true);
});

it("another library's ServerError with a code of its own is not MSAL's", () => {
  expect(normalize({ name: 'ServerError', message: 'Internal error', errorCode: 'E1001' })).toBeUndefined();
});
