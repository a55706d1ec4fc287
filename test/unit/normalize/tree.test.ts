/** How normalize() walks a value: which node leads, what is filled in from the others, what is passed on unread. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAadError, isPlainlyForeign, normalize, ownError } from '../../../src/normalize/index.js';
import { acrsClaims, base64, correlationId, entraText, seen, traceId } from './support.js';

const identityHost = 'login.microsoftonline.com';
const boom = (): never => {
  throw new Error('boom');
};

/** Members that are named; undefined means absent or undefined. */
function expectSeen(thrown: unknown, expected: Record<string, unknown> | undefined): void {
  const found = seen(thrown);
  if (expected === undefined) expect(found).toBeUndefined();
  else for (const [key, value] of Object.entries(expected)) expect([key, found?.[key]]).toStrictEqual([key, value]);
}

describe('isPlainlyForeign', () => {
  /** One for each thing a reader could use. */
  const hints = [
    'AADSTS1',
    'aadsts1',
    'AADB2C',
    'AKV1',
    'a { b',
    '\u00e9{',
    'a%3Db',
    'Bearer x',
    'bearer x',
    'a PoP x',
    'code: x',
    'Code=x',
    'fetch failed',
    'Load failed',
    "'key_id'",
    'aka.ms/x',
    'invalid_grant: x',
    'In _abc',
    'In abcd',
    'In Strategy',
    'connect ECONNREFUSED',
    'UND_ERR_SOCKET',
    'MsalServiceException',
    'Credential',
    'IDW10201',
    'IDX10223',
    'IDX20803',
    '<Error>',
    'microsoft',
    'sts.windows',
    'a.b2clogin',
    'a.ciamlogin',
  ];

  const withField = (name: string, descriptor: PropertyDescriptor): Error =>
    Object.defineProperty(new Error('x'), name, descriptor);

  it.each<[name: string, thrown: unknown]>([
    ['an Error', new Error('Cannot find user 50076')],
    ['an Error without words', new Error('')],
    ['a TypeError', new TypeError('x is not a function')],
    ['1,024 characters', new Error('x'.repeat(1_024))],
    [
      'words that are nearly evidence',
      new Error('codes of AKV2 in akaXms, x_A: y, In Time, earner, PoPx, Load balancer'),
    ],
  ])('%s is', (_name, thrown) => {
    expect(isPlainlyForeign(thrown)).toBe(true);
    expect(normalize(thrown)).toBeUndefined();
  });

  it.each<[name: string, thrown: unknown]>([
    ['1,025 characters', new Error('x'.repeat(1_025))],
    ['an Error with a field', Object.assign(new Error('x'), { code: 'x' })],
    ['an Error with a hidden errorCode', withField('errorCode', { value: 'x', enumerable: false })],
    ['an Error with a cause', new Error('x', { cause: 'y' })],
    ['an AggregateError', new AggregateError([], 'x')],
    ['an Error whose message is no text', withField('message', { value: 1 })],
    ['an Error whose message throws', withField('message', { get: boom })],
    ['an object', { message: 'x' }],
    ['a text', 'x'],
    ['a function', boom],
    ['null', null],
    ['undefined', undefined],
    ...hints.map((message): [string, unknown] => [`words with ${message}`, new Error(message)]),
  ])('%s is not', (_name, thrown) => {
    expect(isPlainlyForeign(thrown)).toBe(false);
  });

  it('nothing that a reader could use is overlooked, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...hints),
        fc.string({ unit: 'binary' }),
        (...parts) => {
          expect(isPlainlyForeign(new Error(parts.join('')))).toBe(false);
        },
      ),
    );
  });
});

describe('normalize: where it looks', () => {
  const evidence = new Error('AADSTS50076: x');

  it.each<[name: string, thrown: unknown, codes: readonly number[] | undefined]>([
    ['a list of failures', [new Error('x'), evidence], [50076]],
    ['a list of texts', ['x', 'AADSTS50076: x'], [50076]],
    ['texts among errors', { errors: [1, null, 'AADSTS50076: x'] }, [50076]],
    ['the sixteenth error', { errors: [...Array.from({ length: 15 }, () => ({})), evidence] }, [50076]],
    ['the seventeenth error', { errors: [...Array.from({ length: 16 }, () => ({})), evidence] }, undefined],
    ['the sixteenth of a level', { errors: Array.from({ length: 15 }, () => ({})), nested: evidence }, [50076]],
    ['the seventeenth of a level', { errors: Array.from({ length: 16 }, () => ({})), nested: evidence }, undefined],
    ['a text of the redirect URI', 'error=access_denied', undefined],
  ])('%s', (_name, thrown, codes) => {
    expect(normalize(thrown)?.aadstsCodes).toEqual(codes);
  });

  it('reads nothing but parameters from a redirect URI', () => {
    for (const thrown of ['error=access_denied', 1, undefined, new Error('AADSTS50076: x')]) {
      expect(normalize(thrown, { origin: 'authorization-response' })).toBeUndefined();
    }
    expect(
      normalize(new URLSearchParams('error=access_denied'), { origin: 'authorization-response' })?.oauthError,
    ).toBe('access_denied');
  });

  it('looks into an error of MSAL where it holds something', () => {
    const msal = { name: 'ServerError', errorCode: 'invalid_grant', errorMessage: 'AADSTS50076: x' };
    const inner = { error: 'invalid_grant', error_description: 'AADSTS50076: x', claims: acrsClaims };
    expectSeen(msal, { producer: 'msal', claims: undefined });
    expectSeen({ ...msal, cause: inner }, { claims: acrsClaims });
    expectSeen({ ...msal, errors: [inner] }, { claims: acrsClaims });
    expectSeen(Object.defineProperty({ ...msal, errors: [inner] }, 'cause', { get: boom }), { claims: acrsClaims });
    expectSeen(Object.defineProperty({ ...msal }, 'cause', { get: boom }), { producer: 'msal', aadstsCodes: [50076] });
  });

  it('takes an error it has read before as it is', () => {
    const read = normalize(new Error(`AADB2C90118: x ${entraText(50076)}`));
    expectSeen(
      { cause: read },
      { aadstsCodes: [50076], b2cCodes: ['AADB2C90118'], traceId, description: read?.description },
    );
    expect(normalize(read)).toBe(read);
  });

  it('believes a caller who knows that it is an identity failure', () => {
    const outage = { status: 503, headers: {} };
    expect(normalize(outage)?.unconfirmed).toBe(true);
    expect(normalize(outage, { confirmed: true })?.unconfirmed).toBeUndefined();
    expect(normalize(outage, { confirmed: false })?.unconfirmed).toBe(true);
  });

  it('believes a message that names the identity platform', () => {
    const cause = { code: 'ECONNRESET' };
    expectSeen(
      { message: `request to https://${identityHost}/x failed`, cause },
      { clientCode: 'ECONNRESET', unconfirmed: undefined },
    );
    expectSeen(
      { message: 'request to https://contoso.test/ failed', cause },
      { clientCode: 'ECONNRESET', unconfirmed: true },
    );
  });
});

describe('normalize: which of two nodes leads', () => {
  const body = (more: object = {}): object => ({ error: 'invalid_grant', ...more });
  const challenge = { status: 401, headers: { 'www-authenticate': `Bearer claims="${base64(acrsClaims)}"` } };

  it.each<[name: string, outer: object, inner: object, leader: string, more?: Record<string, unknown>]>([
    [
      'claims before codes',
      body({ error_description: 'AADSTS50076: x' }),
      challenge,
      'www-authenticate',
      { claims: acrsClaims, aadstsCodes: [50076], oauthError: 'invalid_grant' },
    ],
    [
      'codes before an OAuth error',
      body(),
      { message: 'AADSTS50076: x' },
      'text',
      { aadstsCodes: [50076], oauthError: 'invalid_grant' },
    ],
    ['B2C codes before an OAuth error', body(), { message: 'AADB2C90118: x' }, 'text', { b2cCodes: ['AADB2C90118'] }],
    [
      'an OAuth error beside a code',
      { message: 'AADSTS50076: x' },
      body({ error_description: 'AADSTS50076: y' }),
      'token-response',
      { description: 'AADSTS50076: y' },
    ],
    [
      'an OAuth error before a format',
      { error: { code: 'InvalidAuthenticationToken', message: 'AADSTS50076: x' }, status: 401 },
      { message: 'invalid_grant: AADSTS50076: y' },
      'text',
      { oauthError: 'invalid_grant', clientCode: 'InvalidAuthenticationToken' },
    ],
    [
      'a code, filled by an answer without one',
      { message: 'AADSTS50076: x' },
      { status: 503, headers: {} },
      'text',
      { aadstsCodes: [50076], status: 503 },
    ],
    [
      'a format before a text',
      { message: 'AADSTS50076: x' },
      { error: { code: 'InvalidAuthenticationToken', message: 'AADSTS50076: y' }, status: 401 },
      'graph',
      { description: 'AADSTS50076: y' },
    ],
    [
      'a format before an answer nobody knows',
      { status: 503, headers: {} },
      { code: 'ECONNRESET' },
      'network',
      { status: 503, unconfirmed: true },
    ],
    [
      'the network before the client',
      { name: 'ClientAuthError', errorCode: 'no_tokens_found', errorMessage: 'x' },
      { code: 'ECONNRESET', hostname: identityHost },
      'network',
      { clientCode: 'ECONNRESET' },
    ],
    [
      'what is confirmed before what is not',
      { code: 'ECONNRESET' },
      { code: 'ECONNREFUSED', hostname: identityHost },
      'network',
      { clientCode: 'ECONNREFUSED', unconfirmed: undefined },
    ],
    [
      'the outer one of equals',
      body({ suberror: 'bad_token' }),
      body({ suberror: 'token_expired', trace_id: traceId }),
      'token-response',
      { suberror: 'bad_token', traceId },
    ],
  ])('%s', (_name, outer, inner, leader, more = {}) => {
    expectSeen({ ...outer, cause: inner }, { producer: leader, ...more });
  });

  it.each<[name: string, outer: string, inner: string, codes: readonly number[], isFilled: boolean]>([
    ['the same code', 'AADSTS50076: x', `AADSTS50076: y ${traceId}`, [50076], true],
    ['one code in common', 'AADSTS50076: x AADSTS50079', 'AADSTS50076: y AADSTS65001', [50076, 50079, 65001], true],
    ['another code', 'AADSTS50076: x', 'AADSTS50079: y', [50076], false],
  ])('two texts with %s', (_name, outer, inner, codes, isFilled) => {
    const cause = new Error(`${inner} Correlation ID: ${correlationId}`);
    expectSeen(new Error(outer, { cause }), {
      aadstsCodes: codes,
      correlationId: isFilled ? correlationId : undefined,
    });
  });
});

describe('normalize: fields and texts of one node', () => {
  const graph = { error: { code: 'InvalidAuthenticationToken', message: 'y' } };

  it.each<[name: string, thrown: object, expected: Record<string, unknown> | undefined]>([
    [
      'a code of a service says it all',
      { status: 401, body: graph, message: 'AADSTS50076: x' },
      { producer: 'graph', aadstsCodes: [], description: 'y' },
    ],
    [
      'a code of Entra says it all',
      { error: 'invalid_grant', error_description: 'AADSTS50076: x', message: 'AADSTS50079: y' },
      { aadstsCodes: [50076] },
    ],
    [
      'an OAuth error is completed by a text with a code',
      { error: 'invalid_grant', message: 'AADSTS50076: x' },
      { producer: 'token-response', oauthError: 'invalid_grant', aadstsCodes: [50076] },
    ],
    [
      'an OAuth error is completed by a text with a B2C code',
      { error: 'invalid_grant', message: 'AADB2C90118: x' },
      { producer: 'token-response', b2cCodes: ['AADB2C90118'] },
    ],
    [
      'an OAuth error is not changed by another text',
      { error: 'invalid_grant', message: '{"error":"invalid_client","suberror":"bad_token"}' },
      { oauthError: 'invalid_grant', suberror: undefined },
    ],
    [
      'a text behind one without a code',
      { error: 'invalid_grant', message: '{"error":"invalid_client"}', Message: 'AADSTS50076: x' },
      { oauthError: 'invalid_grant', aadstsCodes: [50076] },
    ],
    [
      'an answer nobody knows stands behind a text',
      { status: 503, headers: {}, message: 'AADSTS50076: x' },
      { producer: 'text', aadstsCodes: [50076], status: 503, unconfirmed: undefined },
    ],
    [
      'a code of any API stands behind a text',
      { status: 403, body: { error: { code: 'Forbidden' } }, message: 'AADSTS50076: x' },
      { producer: 'text', clientCode: 'Forbidden', aadstsCodes: [50076] },
    ],
    ['a text alone', { message: 'AADSTS50076: x', status: 400 }, { producer: 'text', status: 400 }],
    ['a text alone, another name of the status', { message: 'AADSTS50076: x', statusCode: 400 }, { status: 400 }],
    ['the status in a text counts before', { message: '429 : AADSTS50076: x', status: 400 }, { status: 429 }],
    ["a wrapper's own 500 does not count", { message: 'AADSTS50076: x', status: 500 }, { status: undefined }],
    ['499 does', { message: 'AADSTS50076: x', status: 499 }, { status: 499 }],
    ['500 of an answer does', { message: 'AADSTS50076: x', status: 500, headers: {} }, { status: 500 }],
    ['500 beside a response does', { message: 'AADSTS50076: x', status: 500, response: {} }, { status: 500 }],
    ['500 beside a body does', { message: 'AADSTS50076: x', status: 500, body: {} }, { status: 500 }],
    ['500 beside data does', { message: 'AADSTS50076: x', status: 500, data: {} }, { status: 500 }],
    [
      'any text field with a code',
      { detail: 'AADSTS50076: x', status: 400 },
      { producer: 'text', aadstsCodes: [50076], status: 400 },
    ],
    ['any text field with a B2C code', { title: 'AADB2C90118: x' }, { b2cCodes: ['AADB2C90118'] }],
    ['any text field with a code of Key Vault', { reason: 'AKV10022: x' }, { clientCode: 'AKV10022' }],
    ['any text field without a code', { detail: 'Bearer error="invalid_token"' }, undefined],
    [
      'a text field behind one that only looks like a code',
      { detail: 'AKV1x', title: 'AADSTS50076: x' },
      { aadstsCodes: [50076] },
    ],
    [
      'a text field beside an answer nobody knows',
      { status: 503, headers: {}, detail: 'AADSTS50076: x' },
      { producer: 'text', aadstsCodes: [50076], status: 503 },
    ],
    [
      'no text field beside an OAuth error',
      { error: 'invalid_grant', detail: 'AADSTS50076: x' },
      { oauthError: 'invalid_grant', aadstsCodes: [] },
    ],
  ])('%s', (_name, thrown, expected) => {
    expectSeen(thrown, expected);
  });

  it('one of two nodes is proof enough, also where the other leads', () => {
    const cause = { status: 503, url: `https://${identityHost}/x` };
    expectSeen({ code: 'ECONNRESET', cause }, { producer: 'network', status: 503, unconfirmed: undefined });
  });

  it('two nodes of which neither is confirmed prove nothing together', () => {
    expectSeen({ status: 503, headers: {}, cause: { code: 'ECONNRESET' } }, { unconfirmed: true });
    expectSeen(
      { status: 503, headers: {}, cause: { code: 'ECONNRESET', hostname: identityHost } },
      { unconfirmed: undefined },
    );
  });
});

describe('AadError', () => {
  const brand = Symbol.for('aad-error-handler.AadError');

  it('is recognised by copies of this package', () => {
    const error = normalize(new Error('AADSTS50076: x'));
    expect((error as unknown as Record<symbol, unknown>)[brand]).toBe(true);
    expect(isAadError({ [brand]: true })).toBe(true);
    for (const value of [undefined, null, {}, 'x', { [brand]: 1 }, Object.assign(() => 1, { [brand]: true })]) {
      expect(isAadError(value)).toBe(false);
    }
    expect(isAadError(Object.defineProperty({}, brand, { get: boom }))).toBe(false);
  });

  it.each([
    'oauthError', 'suberror', 'clientCode', 'claims', 'claimsDropped', 'scopes', 'traceId', 'correlationId', 'requestCorrelationId', 'timestamp',
    'errorUri', 'status', 'retryAfterSeconds', 'throttledLocally', 'flow', 'unconfirmed',
  ])('has no %s of a polluted Object.prototype', (name) => {
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    prototype[name] = 'polluted';
    try {
      const error = normalize(new Error('AADB2C90118: x')) as unknown as Record<string, unknown>;
      expect([error['b2cCodes'], error[name]]).toStrictEqual([['AADB2C90118'], undefined]);
    } finally {
      Reflect.deleteProperty(prototype, name);
    }
  }); // prettier-ignore

  it.each<[name: string, value: unknown]>([
    ['origin', 'authorization-response'],
    ['confirmed', true],
    ['flow', 'managed-identity'],
    ['scopes', ['User.Read']],
  ])('is not read with a polluted %s of the context', (name, value) => {
    const thrown = { status: 503, headers: {} };
    const expected = { ...normalize(thrown) };
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    prototype[name] = value;
    let found: unknown;
    try {
      found = { ...normalize(thrown), ...normalize(thrown, {}) };
    } finally {
      Reflect.deleteProperty(prototype, name);
    }
    expect(found).toStrictEqual(expected);
  });

  it('of our own names its code', () => {
    const error = ownError('ticket_used', 400);
    expect({ ...error }).toStrictEqual({
      producer: 'aad-error-handler',
      origin: 'client',
      aadstsCodes: [],
      b2cCodes: [],
      clientCode: 'ticket_used',
      status: 400,
    });
    expect([error.cause, error.description]).toStrictEqual([undefined, undefined]);
  });
});
