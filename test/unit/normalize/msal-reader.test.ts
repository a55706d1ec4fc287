/** The branches of the MSAL reader one by one; msal.test.ts has the errors of each major as a whole. */
import { describe, expect, it } from 'vitest';
import { readMsal, readMsalMessage } from '../../../src/normalize/msal.js';
import {
  acrsClaims,
  base64url,
  correlationId,
  entraText,
  nbfClaims,
  nowMs,
  requestCorrelationId,
  timestamp,
  traceId,
  wireTimestamp,
} from './support.js';

type Bag = Record<string, unknown>;
type Case = [name: string, bag: Bag, expected: Bag | undefined];

const check = (_name: string, bag: Bag, expected: Bag | undefined): void => {
  const reading = readMsal(bag, nowMs);
  if (expected === undefined) expect(reading).toBeUndefined();
  else expectMembers(reading, expected);
};

/** A member that is expected to be undefined may be absent as well. */
function expectMembers(reading: object | undefined, expected: Bag): void {
  expect(reading).toBeDefined();
  for (const [key, value] of Object.entries(expected)) {
    expect([key, (reading as Bag)[key]]).toStrictEqual([key, value]);
  }
}

const server = (more: Bag): Bag => ({ name: 'ServerError', errorCode: 'invalid_grant', errorMessage: 'x', ...more });

describe('readMsal: what counts as evidence', () => {
  it.each<Case>([
    ['a class of MSAL', { name: 'AuthError', errorCode: 'whatever', errorMessage: 'x' }, { oauthError: 'whatever' }],
    [
      'no class, an OAuth error with words',
      { errorCode: 'invalid_grant', errorMessage: 'x' },
      { oauthError: 'invalid_grant' },
    ],
    [
      "no class, MSAL's own code with words",
      { errorCode: 'no_tokens_found', errorMessage: 'x' },
      { clientCode: 'no_tokens_found' },
    ],
    [
      'no class, an OAuth error with a suberror',
      { errorCode: 'invalid_grant', subError: '' },
      { oauthError: 'invalid_grant' },
    ],
    [
      'no class, an OAuth error with a number',
      { errorCode: 'invalid_grant', errorNo: '50076' },
      { aadstsCodes: [50076] },
    ],
    ['no class, an OAuth error alone', { errorCode: 'invalid_grant' }, undefined],
    ['no class, another code with words', { errorCode: 'card_declined', errorMessage: 'x' }, undefined],
    [
      'no class, another code with an AADSTS code',
      { errorCode: 'failed', errorMessage: 'AADSTS50076: x' },
      { aadstsCodes: [50076] },
    ],
    [
      'no class, another code with a B2C code',
      { errorCode: 'failed', errorMessage: 'AADB2C90118: x' },
      { b2cCodes: ['AADB2C90118'] },
    ],
    ['no class, a number without words', { errorCode: 50076 }, undefined],
    ['no class, no code', { errorMessage: 'AADSTS50076: x' }, undefined],
    ['a class without anything', { name: 'ServerError' }, undefined],
  ])('%s', check);

  const broken = "Cannot create property 'key_id' on string '<html>'";
  it.each<Case>([
    [
      'a body that was a JSON string',
      { name: 'TypeError', message: broken },
      { producer: 'msal', origin: 'network', clientCode: 'token_parsing_error', rawDescription: broken },
    ],
    ['the same words in another class', { name: 'Error', message: broken }, undefined],
    ['another TypeError', { name: 'TypeError', message: 'x is not a function' }, undefined],
    ['a TypeError without words', { name: 'TypeError' }, undefined],
  ])('%s', check);
});

describe('readMsal: name and message alone', () => {
  it.each<Case>([
    [
      'an OAuth error',
      { name: 'AuthError', message: 'invalid_grant: AADSTS50076: x' },
      { oauthError: 'invalid_grant', aadstsCodes: [50076], rawDescription: 'AADSTS50076: x' },
    ],
    ["MSAL's own code", { name: 'ClientAuthError', message: 'network_error: x' }, { clientCode: 'network_error' }],
    [
      'another word in a class that holds answers',
      { name: 'ServerError', message: 'brand_new: x' },
      { oauthError: 'brand_new', rawDescription: 'x' },
    ],
    [
      'another word in the other class that does',
      { name: 'InteractionRequiredAuthError', message: 'brand_new: x' },
      { oauthError: 'brand_new' },
    ],
    ['another word in any other class', { name: 'AuthError', message: 'brand_new: x' }, undefined],
    [
      'an answer from memory without a code',
      { name: 'ServerError', message: ': AADSTS90055: x' },
      { throttledLocally: true, aadstsCodes: [90055], rawDescription: 'AADSTS90055: x' },
    ],
    ['no colon', { name: 'ServerError', message: 'invalid_grant' }, undefined],
    ['words before the colon', { name: 'ServerError', message: 'you shall: not' }, undefined],
    ['a word of one character', { name: 'ServerError', message: 'w: x' }, { oauthError: 'w' }],
    [
      'a word of 64 characters',
      { name: 'ServerError', message: `${'w'.repeat(64)}: x` },
      { oauthError: 'w'.repeat(64) },
    ],
    ['a word of 65 characters', { name: 'ServerError', message: `${'w'.repeat(65)}: x` }, undefined],
    [
      'nothing behind the colon',
      { name: 'ServerError', message: 'invalid_grant: ' },
      { oauthError: 'invalid_grant', rawDescription: undefined },
    ],
  ])('%s', check);
});

describe('readMsal: fields', () => {
  it('are read one by one where one of them throws', () => {
    const whole: Bag = {
      name: 'ServerError',
      errorCode: 'invalid_grant',
      errorMessage: 'AADSTS50076: x',
      message: 'invalid_grant: AADSTS50076: x',
      subError: 'bad_token',
      errorNo: '50079',
      claims: acrsClaims,
      traceId,
      timestamp: wireTimestamp,
      correlationId,
      status: 400,
    };
    const expected: Bag = {
      oauthError: 'invalid_grant',
      rawDescription: 'AADSTS50076: x',
      suberror: 'bad_token',
      aadstsCodes: [50076, 50079],
      claims: acrsClaims,
      traceId,
      timestamp,
      correlationId,
      status: 400,
    };
    expectMembers(readMsal(whole, nowMs), expected);
    const without: readonly (readonly [field: string, changed: Bag])[] = [
      ['message', {}],
      ['errorMessage', { rawDescription: 'invalid_grant: AADSTS50076: x' }],
      ['subError', { suberror: undefined }],
      ['errorNo', { aadstsCodes: [50076] }],
      ['claims', { claims: undefined }],
      ['traceId', { traceId: undefined }],
      ['timestamp', { timestamp: undefined }],
      ['correlationId', { correlationId: undefined }],
      ['status', { status: undefined }],
    ];
    for (const [field, changed] of without) {
      const bag = Object.defineProperty({ ...whole }, field, {
        get: () => {
          throw new Error('boom');
        },
      });
      expectMembers(readMsal(bag, nowMs), { ...expected, ...changed });
    }
  });

  it('the class counts also where another field throws', () => {
    const bag = Object.defineProperty(
      { name: 'ClientAuthError', errorCode: 'brand_new', errorMessage: 'x' },
      'claims',
      {
        get: () => {
          throw new Error('boom');
        },
      },
    );
    expectMembers(readMsal(bag, nowMs), { clientCode: 'brand_new', oauthError: undefined });
  });

  it('that somebody put into Object.prototype are not read', () => {
    const prototype = Object.prototype as unknown as Bag;
    prototype['claims'] = acrsClaims;
    try {
      expect(Object.values(readMsal(server({}), nowMs) ?? {})).not.toContain(acrsClaims);
    } finally {
      delete prototype['claims'];
    }
  });

  const translated = `AADSTS50076: x ID: ${traceId} ID: ${correlationId} ${wireTimestamp}`;
  it.each<Case>([
    [
      'an object as errorCode',
      { name: 'ServerError', errorCode: { code: 'invalid_grant', message: 'AADSTS50076: x' } },
      { oauthError: 'invalid_grant', aadstsCodes: [50076], rawDescription: 'AADSTS50076: x' },
    ],
    [
      'an object without a code',
      { name: 'AuthError', errorCode: {}, errorMessage: 'x' },
      { oauthError: undefined, clientCode: undefined, rawDescription: 'x' },
    ],
    [
      'words of errorMessage before those of an object',
      server({ errorCode: { code: 'a', message: 'y' } }),
      { rawDescription: 'x' },
    ],
    ['no words', { name: 'AuthError', errorCode: 'invalid_grant' }, { rawDescription: undefined }],
    ['a number as errorCode', server({ errorCode: 90055 }), { aadstsCodes: [90055], oauthError: undefined }],
    ['a number as text', server({ errorCode: '90055' }), { aadstsCodes: [90055], oauthError: undefined }],
    ['errorNo', server({ errorNo: '50076' }), { aadstsCodes: [50076] }],
    ['errorNo as a number', server({ errorNo: 50076 }), { aadstsCodes: [50076] }],
    ['a code once', server({ errorMessage: 'AADSTS50076: x', errorNo: '50076' }), { aadstsCodes: [50076] }],
    ['usable claims', server({ claims: acrsClaims }), { claims: acrsClaims, claimsDropped: false }],
    ['claims that cannot be used', server({ claims: '{}' }), { claims: undefined, claimsDropped: true }],
    ['ids of a translated text', server({ errorMessage: translated }), { traceId, correlationId, timestamp }],
    [
      'no ids of a text without a code',
      server({ errorMessage: translated.slice(16) }),
      { traceId: undefined, correlationId: undefined, timestamp },
    ],
    [
      'a request id',
      server({ errorMessage: `request-id: ${requestCorrelationId}` }),
      { traceId: requestCorrelationId },
    ],
    [
      'the trace id of the field',
      server({ errorMessage: entraText(50076), traceId: requestCorrelationId }),
      { traceId: requestCorrelationId, correlationId },
    ],
    ['a trace id that is none', server({ errorMessage: entraText(50076), traceId: 'x' }), { traceId }],
    [
      "the server's correlation id before MSAL's",
      server({ errorMessage: entraText(50076), correlationId: requestCorrelationId }),
      { correlationId, requestCorrelationId },
    ],
    [
      "the server's correlation id, which MSAL has too",
      server({ errorMessage: entraText(50076), correlationId }),
      { correlationId },
    ],
    [
      "MSAL's correlation id where there is no other",
      server({ correlationId: requestCorrelationId }),
      { correlationId: requestCorrelationId, requestCorrelationId },
    ],
    ['a word nobody knows', server({ errorCode: 'brand_new' }), { oauthError: 'brand_new' }],
    [
      'a word nobody knows in a class of the client side',
      { name: 'ClientAuthError', errorCode: 'brand_new', errorMessage: 'x' },
      { oauthError: undefined, clientCode: 'brand_new', origin: 'client' },
    ],
  ])('%s', check);

  it("the server's correlation id is not the caller's as well", () => {
    const both = [correlationId, correlationId.toUpperCase()].map((id) =>
      readMsal(server({ errorMessage: entraText(50076), correlationId: id }), nowMs),
    );
    for (const reading of [...both, readMsal(server({}), nowMs)]) expect(reading?.requestCorrelationId).toBe(undefined);
  });
});

describe("readMsal: answers of MSAL's throttle memory", () => {
  const memory = (more: Bag = {}): Bag => server({ errorCode: '90055', errorMessage: 'AADSTS90055: x', ...more });

  it.each<[name: string, bag: Bag, isMemory: true | undefined]>([
    ['the number in place of the error', memory(), true],
    ['nothing in place of the error', memory({ errorCode: '' }), true],
    ['a word in place of the error', memory({ errorCode: 'invalid_grant' }), undefined],
    ['another class', memory({ name: 'AuthError' }), undefined],
    ['a number beside it', memory({ errorNo: '90055' }), undefined],
    ['a status beside it', memory({ status: 429 }), undefined],
    ['a suberror beside it', memory({ subError: 'bad_token' }), undefined],
    ['the text that MSAL makes of an answer', memory({ errorMessage: 'Error(s): 90055 - Timestamp: x' }), undefined],
  ])('%s', (_name, bag, isMemory) => {
    expect(readMsal(bag, nowMs)?.throttledLocally).toBe(isMemory);
  });
});

describe('readMsal: numbers in front of the text', () => {
  it.each<[text: string, codes: readonly number[]]>([
    ['Error(s): 7000215,70002 - Timestamp: x', [7000215, 70002]],
    ['7000215,70002 - [x]: y', [7000215, 70002]],
    ['7000215,70002 - took 500 ms', [7000215, 70002]],
    ['50076: x', []],
    ['Error(s): x - 50076', []],
    [' - x', []],
    [`Error(s): ${'50076,'.repeat(26)}5007 - x`, [50076, 5007]],
    [`Error(s): ${'50076,'.repeat(26)}50076 - x`, []],
  ])('%s', (errorMessage, codes) => {
    expect(readMsal(server({ errorMessage }), nowMs)?.aadstsCodes).toStrictEqual(codes);
  });
});

describe('readMsal: whose correlation id', () => {
  const id = requestCorrelationId;
  const local = `x [aad-error-handler status=503 retry-after=9 at=${String(nowMs)} local]`;
  const answered = local.replace(' local', '');
  const connection = { name: 'ClientAuthError', errorCode: 'network_error', errorMessage: 'Network request failed' };
  const own = { correlationId: undefined, requestCorrelationId: id };

  it.each<Case>([
    [
      "an answer with the server's id",
      server({ errorMessage: entraText(50076), correlationId: id }),
      { correlationId, requestCorrelationId: id },
    ],
    [
      "an answer whose own id is not known: Entra's log has MSAL's",
      server({ correlationId: id }),
      { correlationId: id, requestCorrelationId: id },
    ],
    [
      'an answer that the network client noted',
      server({ errorMessage: answered, correlationId: id }),
      { correlationId: id, requestCorrelationId: id },
    ],
    ['an open circuit: no request was sent', server({ errorMessage: local, correlationId: id }), own],
    ['a connection that failed', { ...connection, correlationId: id }, own],
    ['no connection at all', { ...connection, errorCode: 'network_unavailable', correlationId: id }, own],
    [
      'a connection error that knows a status',
      { ...connection, status: 502, correlationId: id },
      { correlationId: id, requestCorrelationId: id },
    ],
    [
      'discovery that failed to connect (MSAL Node 1)',
      {
        ...connection,
        errorCode: 'endpoints_resolution_error',
        errorMessage: 'Detail: ClientAuthError: network_error',
        correlationId: id,
      },
      own,
    ],
  ])('%s', check);
});

describe('readMsal: the note of aadNetworkClient', () => {
  const at = String(nowMs);
  const note = `[aad-error-handler status=429 retry-after=17 at=${at}]`;
  const claims = ` claims=${base64url(acrsClaims)}`;
  const unread = { status: undefined, retryAfterSeconds: undefined, throttledLocally: undefined };

  it.each<[name: string, text: string, expected: Bag]>([
    ['at the end', `x ${note}`, { status: 429, retryAfterSeconds: 17, throttledLocally: undefined }],
    ['alone', note, { status: 429, retryAfterSeconds: 17 }],
    [
      "before MSAL's id",
      `x ${note} - Correlation ID: ${correlationId} - Trace ID: ${traceId}`,
      { status: 429, retryAfterSeconds: 17 },
    ],
    ['the last of two', `x ${note} ${note.replace('429', '503')}`, { status: 503 }],
    ['without a wait', `x [aad-error-handler status=503 at=${at}]`, { status: 503, retryAfterSeconds: undefined }],
    ['five seconds later', `x ${note.replace(at, String(nowMs - 5_000))}`, { retryAfterSeconds: 12 }],
    ['an hour later', `x ${note.replace(at, String(nowMs - 3_600_000))}`, { retryAfterSeconds: 0 }],
    ['with a clock that was set back', `x ${note.replace(at, String(nowMs + 5_000))}`, { retryAfterSeconds: 17 }],
    ['of an answer without a call', `x ${note.replace(']', ' local]')}`, { status: 429, throttledLocally: true }],
    ['with claims', `x ${note.replace(']', `${claims}]`)}`, { status: 429, claims: acrsClaims }],
    [
      'of an answer without a call, with claims',
      `x ${note.replace(']', ` local${claims}]`)}`,
      { claims: acrsClaims, throttledLocally: true },
    ],
    ['with claims that are none', `x ${note.replace(']', ' claims=e30]')}`, { status: 429, claims: undefined }],
    ['with five digits of wait', `x ${note.replace('17', '86400')}`, { retryAfterSeconds: 86_400 }],
    ['with six digits of wait', `x ${note.replace('17', '864000')}`, unread],
    ['with a time of 17 digits', `x ${note.replace(at, '1'.repeat(17))}`, unread],
    ['without a time', `x ${note.replace(` at=${at}`, '')}`, unread],
    ['with two digits of status', `x ${note.replace('429', '42')}`, unread],
    ['with words as status', `x ${note.replace('429', 'abc')}`, unread],
    ['with something more inside', `x ${note.replace(']', ' x]')}`, unread],
    ['in the middle, as an echo', `x ${note} y`, unread],
    ['in the middle, before another word of the id', `x ${note} - Trace ID: ${traceId}`, unread],
    ['without its end', `x ${note.slice(0, -1)}`, unread],
    ['without its end, and brackets in front', `[x] ${note.slice(0, -1)}`, unread],
  ])('%s', (_name, errorMessage, expected) => {
    expectMembers(readMsal(server({ errorMessage }), nowMs), expected);
  });

  it('its status stays out where it is none, and its claims where the error has its own', () => {
    const text = `x ${note.replace('429', '999').replace(']', `${claims}]`)}`;
    expect(readMsal(server({ errorMessage: text, status: 400, claims: nbfClaims }), nowMs)).toMatchObject({
      status: 400,
      claims: nbfClaims,
    });
  });
});

describe("readMsal: MSAL's own codes", () => {
  const client = (errorCode: string, errorMessage: string, name = 'ClientAuthError'): Bag => ({
    name,
    errorCode,
    errorMessage,
  });
  const own = (clientCode: string, origin = 'client'): Bag => ({ clientCode, origin, oauthError: undefined });

  it.each<Case>([
    ['no_tokens_found', client('no_tokens_found', 'x'), own('no_tokens_found')],
    ['network_error', client('network_error', 'x'), own('network_error', 'network')],
    ['network_unavailable', client('network_unavailable', 'x'), own('network_unavailable', 'network')],
    [
      'what discovery failed of',
      client('endpoints_resolution_error', 'x Detail: ClientConfigurationError: untrusted_authority: y'),
      own('untrusted_authority'),
    ],
    [
      'what discovery failed of: the network',
      client('endpoints_resolution_error', 'x Detail: ClientAuthError: network_error: y'),
      own('network_error', 'network'),
    ],
    ['discovery without a detail', client('endpoints_resolution_error', 'x'), own('endpoints_resolution_error')],
    [
      'discovery with a detail nobody knows',
      client('endpoints_resolution_error', 'x Detail: Error: no_such_thing: y'),
      own('endpoints_resolution_error'),
    ],
    [
      'the detail of another code',
      client('no_tokens_found', 'x Detail: ClientAuthError: network_error: y'),
      own('no_tokens_found'),
    ],
    [
      'device-code polling',
      client('post_request_failed', 'Post request failed: expired_token'),
      { clientCode: 'post_request_failed', origin: 'token-response', flow: 'device-code', oauthError: 'expired_token' },
    ],
    [
      'device-code polling, the word behind a colon',
      client('post_request_failed', 'failed:expired_token\n'),
      { oauthError: 'expired_token' },
    ],
    [
      'device-code polling, the word alone',
      client('post_request_failed', 'expired_token'),
      { oauthError: 'expired_token' },
    ],
    [
      'device-code polling, another word',
      client('post_request_failed', 'Post request failed: whatever'),
      { flow: 'device-code', oauthError: undefined },
    ],
    [
      'an answer that is no JSON',
      client('token_parsing_error', 'Failed to parse response: x'),
      own('token_parsing_error', 'network'),
    ],
    [
      'an answer that is no JSON, in another class',
      client('token_parsing_error', 'x', 'AuthError'),
      own('token_parsing_error', 'network'),
    ],
    ['a token that does not parse', client('token_parsing_error', 'x Failed to parse'), own('token_parsing_error')],
  ])('%s', check);

  const transport = (headers: string): string => `Http status code: 503 Status Text: Unavailable Headers: ${headers} x`;
  it.each<Case>([
    [
      'an answer that is no JSON of majors 1 to 3',
      server({ errorCode: 'server_error', errorMessage: transport('{"retry-after":"17"}') }),
      { clientCode: 'server_error', origin: 'network', status: 503, retryAfterSeconds: 17 },
    ],
    [
      'with a name in another case',
      server({ errorCode: 'unknown_error', errorMessage: transport('{"Retry-After":"17"}') }),
      { clientCode: 'unknown_error', retryAfterSeconds: 17 },
    ],
    [
      'without headers',
      server({ errorCode: 'server_error', errorMessage: 'Http status code: 503' }),
      { origin: 'network', status: 503 },
    ],
    [
      'with headers that are cut',
      server({ errorCode: 'server_error', errorMessage: 'Http status code: 503 Headers: {"retry-after":"17"' }),
      { status: 503 },
    ],
    [
      'with headers that are no JSON',
      server({ errorCode: 'server_error', errorMessage: transport('{retry-after: 17}') }),
      { status: 503, retryAfterSeconds: undefined },
    ],
    [
      'a status of its own counts before',
      server({ errorCode: 'server_error', errorMessage: 'Http status code: 503', status: 502 }),
      { status: 502 },
    ],
    [
      'not beside a code of Entra',
      server({ errorCode: 'server_error', errorMessage: 'AADSTS90055: x Http status code: 503' }),
      { origin: 'token-response', status: undefined },
    ],
    [
      'not in other words',
      server({ errorCode: 'server_error', errorMessage: 'Headers: {"retry-after":"17"}' }),
      { origin: 'token-response', status: undefined },
    ],
  ])('%s', check);
});

describe('readMsalMessage', () => {
  it.each<[text: string, expected: Bag | undefined]>([
    [
      'ServerError: invalid_grant: AADSTS50076: x',
      { oauthError: 'invalid_grant', aadstsCodes: [50076], rawDescription: 'AADSTS50076: x' },
    ],
    ['ClientAuthError: no_tokens_found: x', { clientCode: 'no_tokens_found' }],
    ['ServerError: brand_new: x', undefined],
    ['TypeError: invalid_grant: x', undefined],
    ['serverError: invalid_grant: x', undefined],
    ['x ServerError: invalid_grant: x', undefined],
    ['Abc: invalid_grant: Error(s): 50076 - x', undefined],
    ['Abcd: invalid_grant: Error(s): 50076 - x', { aadstsCodes: [50076] }],
    ['invalid_grant: Error(s): 50076 - x', { oauthError: 'invalid_grant', aadstsCodes: [50076] }],
    ['invalid_grant: x Error(s): ', undefined],
    ['no_tokens_found: see https://aka.ms/msal.js.errors#no_tokens_found', { clientCode: 'no_tokens_found' }],
    ['no_tokens_found: x', undefined],
    ['invalid_grant', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    const reading = readMsalMessage(text, nowMs);
    if (expected === undefined) expect(reading).toBeUndefined();
    else expect(reading).toMatchObject({ producer: 'msal', ...expected });
  });

  it('believes a caller who knows that it is of MSAL', () => {
    expect(readMsalMessage('no_tokens_found: x', nowMs, true)).toMatchObject({ clientCode: 'no_tokens_found' });
    expect(readMsalMessage('brand_new: x', nowMs, true)).toBeUndefined();
  });

  it('takes no claims of a text, which anybody may have written', () => {
    const note = `[aad-error-handler status=400 at=1 claims=${base64url(acrsClaims)}]`;
    expect(readMsalMessage(`ServerError: invalid_grant: x ${note}`, nowMs)).toMatchObject({ status: 400 });
    expect(readMsalMessage(`ServerError: invalid_grant: x ${note}`, nowMs)?.claims).toBeUndefined();
  });
});
