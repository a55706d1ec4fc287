import { describe, expect, it } from 'vitest';
import {
  asTimestamp,
  codeOfErrorUri,
  decodeIfUrlEncoded,
  findAadstsCodes,
  findB2cCodes,
  findEvidence,
} from '../../../src/normalize/text-evidence.js';
import { correlationId, entraText, requestCorrelationId, timestamp, traceId, wireTimestamp } from './support.js';

describe('findAadstsCodes', () => {
  it.each<[name: string, text: string, codes: number[]]>([
    ['the usual spelling', 'AADSTS50076: x', [50076]],
    ['a blank', 'AADSTS 50076', [50076]],
    ['a colon', 'AADSTS:50076', [50076]],
    ['a dash', 'AADSTS-50076', [50076]],
    ['lower case', 'error aadsts50076', [50076]],
    ['three digits', 'AADSTS900', [900]],
    ['nine digits', 'AADSTS123456789', [123456789]],
    ['several, in order, each once', 'AADSTS50000 (AADSTS7000215, AADSTS50000)', [50000, 7000215]],
    ['inside JSON inside JSON', '{"m":"{\\"d\\":\\"AADSTS65001: x\\"}"}', [65001]],
    ['behind an OAuth error', 'invalid_grant:AADSTS65001', [65001]],
    ['two digits are no code', 'AADSTS12', []],
    ['ten digits are no code', 'AADSTS1234567890', []],
    ['no digits', 'AADSTS: the login service', []],
    ['a number without the prefix', 'ticket 50076 was closed', []],
    ['another prefix', 'ADFS50076 and STS50076 and AAD50076', []],
  ])('%s', (_name, text, codes) => {
    expect(findAadstsCodes(text)).toEqual(codes);
  });

  it('finds at most 16 codes', () => {
    expect(
      findAadstsCodes(Array.from({ length: 40 }, (_, index) => `AADSTS${String(50000 + index)}`).join(' ')),
    ).toHaveLength(16);
  });
});

describe('findB2cCodes', () => {
  it.each<[text: string, codes: string[]]>([
    ['AADB2C90118: The user has forgotten their password.', ['AADB2C90118']],
    ['AADB2C90091 AADB2C90118 AADB2C90091', ['AADB2C90091', 'AADB2C90118']],
    ['AADB2C12', []],
    ['AADB2C1234567890', []],
    ['aadb2c90118 AADB2C 90118 90118', []],
    ['', []],
  ])('%j', (text, codes) => {
    expect(findB2cCodes(text)).toEqual(codes);
  });
});

describe('codeOfErrorUri', () => {
  it.each([
    ['https://login.microsoftonline.com/error?code=700016', 700016],
    ['https://login.microsoftonline.com/error?x=1&code=50076&y=2', 50076],
    ['https://login.microsoftonline.com/error?code=900', 900],
    ['https://login.microsoftonline.com/error?code=12', undefined],
    ['https://login.microsoftonline.com/error?code=1234567890', undefined],
    ['https://login.microsoftonline.com/error?code=x', undefined],
    ['https://login.microsoftonline.com/error', undefined],
  ])('%s', (uri, code) => {
    expect(codeOfErrorUri(uri)).toBe(code);
  });
});

describe('decodeIfUrlEncoded', () => {
  it.each([
    ['AADSTS650057%3a+Invalid+resource', 'AADSTS650057: Invalid resource'],
    ['the%20admin%27s%0D%0A', "the admin's\r\n"],
    ['AADSTS50076: a + b', 'AADSTS50076: a + b'],
    ['50% of users', '50% of users'],
    ['broken %20 and %zz', 'broken %20 and %zz'],
  ])('%j', (text, expected) => {
    expect(decodeIfUrlEncoded(text)).toBe(expected);
  });
});

describe('asTimestamp', () => {
  it.each<[value: unknown, expected: string | undefined]>([
    ['2026-01-15 10:20:30Z', '2026-01-15T10:20:30Z'],
    ['2026-01-15T10:20:30Z', '2026-01-15T10:20:30Z'],
    ['2026-01-15T10:20:30', '2026-01-15T10:20:30Z'],
    ['2026-01-15T10:20:30.1234567Z', '2026-01-15T10:20:30Z'],
    ['2026-01-15T10:20:30+02:00', '2026-01-15T08:20:30Z'],
    ['2026-01-15T10:20:30.5-0130', '2026-01-15T11:50:30Z'],
    ['2028-02-29 00:00:00Z', '2028-02-29T00:00:00Z'],
    ['2026-02-29 00:00:00Z', undefined],
    ['2026-13-01 00:00:00Z', undefined],
    ['2026-01-15 24:00:00Z', undefined],
    ['2026-01-15 10:60:00Z', undefined],
    ['2026-01-15T10:20:30+99:99', undefined],
    ['2026/01/15 10:20:30Z', undefined],
    ['15.01.2026 10:20:30', undefined],
    ['2026-01-15', undefined],
    ['', undefined],
    ['x'.repeat(1_000_000), undefined],
    [1768472430, undefined],
    [undefined, undefined],
  ])('%j is %j', (value, expected) => {
    expect(asTimestamp(value)).toBe(expected);
  });
});

describe('findEvidence: ids and time', () => {
  const all = { traceId, correlationId, timestamp };
  it.each<[name: string, text: string, expected: Record<string, string>]>([
    ['one line', entraText(50076), all],
    [
      'three lines',
      `AADSTS50076: x.\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${wireTimestamp}`,
      all,
    ],
    [
      'line breaks lost',
      `AADSTS50076: x.Trace ID: ${traceId}Correlation ID: ${correlationId}Timestamp: ${wireTimestamp}`,
      all,
    ],
    [
      'upper-case GUIDs',
      `AADSTS50076 Trace ID: ${traceId.toUpperCase()} Correlation ID: ${correlationId.toUpperCase()} Timestamp: ${wireTimestamp}`,
      all,
    ],
    [
      'MSAL Node 2.10 and later',
      `Error(s): 50076 - Timestamp: ${wireTimestamp} - Description: AADSTS50076: x - Correlation ID: ${correlationId} - Trace ID: ${traceId}`,
      all,
    ],
    [
      'the older MSAL text',
      `50076 - [${wireTimestamp}]: AADSTS50076: x - Correlation ID: ${correlationId} - Trace ID: ${traceId}`,
      all,
    ],
    [
      'a JSON body',
      `{"trace_id":"${traceId}","correlation_id":"${correlationId}","timestamp":"${wireTimestamp}"}`,
      all,
    ],
    [
      'an escaped JSON body',
      `"{\\"trace_id\\":\\"${traceId}\\",\\"correlation_id\\":\\"${correlationId}\\",\\"timestamp\\":\\"${wireTimestamp}\\"}"`,
      all,
    ],
    ['camel case', `traceId=${traceId}; correlationId=${correlationId}; at 2026-01-15T10:20:30.123Z`, all],
    ['camel case with ID', `traceID: '${traceId}' correlationID: '${correlationId}' ${timestamp}`, all],
    ['hyphens', `Trace-Id: ${traceId}, Correlation-Id: ${correlationId} ${wireTimestamp}`, all],
    ['URL-encoded separators', `Trace+ID%3a+${traceId}+Correlation+ID%3a+${correlationId} ${wireTimestamp}`, all],
    [
      'a translated text: order counts',
      `AADSTS50076: Wegen einer \u00c4nderung m\u00fcssen Sie sich anmelden. Ablaufverfolgungs-ID: ${traceId} Korrelations-ID: ${correlationId} Zeitstempel: ${wireTimestamp}`,
      all,
    ],
    [
      'a Japanese text',
      `AADSTS50076: \u591a\u8981\u7d20\u8a8d\u8a3c \u30c8\u30ec\u30fc\u30b9 ID: ${traceId} \u76f8\u95a2 ID: ${correlationId} \u30bf\u30a4\u30e0\u30b9\u30bf\u30f3\u30d7: ${wireTimestamp}`,
      all,
    ],
    [
      'two GUIDs without a known label or a time are no ids',
      `AADSTS50076: Texte. ID de suivi : ${traceId} ID de corr\u00e9lation : ${correlationId}`,
      {},
    ],
    [
      'a tenant id before the translated ids',
      `AADSTS90002: Mandant "${requestCorrelationId}" nicht gefunden. Ablaufverfolgungs-ID: ${traceId} Korrelations-ID: ${correlationId} Zeitstempel: ${wireTimestamp}`,
      all,
    ],
    ['a request id', `Code: InvalidAuthenticationToken request-id: ${traceId}`, { requestId: traceId }],
    ['an x-ms-request-id', `x-ms-request-id: ${traceId}`, { requestId: traceId }],
    ['client-request-id is what the caller sent', `client-request-id: ${requestCorrelationId}`, {}],
    [
      'client-request-id before request-id',
      `"client-request-id":"${requestCorrelationId}","request-id":"${traceId}"`,
      { requestId: traceId },
    ],
    ['a placeholder is skipped for a later id', `Trace ID: GUID ... Trace ID: ${traceId}`, { traceId }],
    ['placeholders', 'Trace ID: undefined Correlation ID: Not Available', {}],
    ['the nil GUID', 'Trace ID: 00000000-0000-0000-0000-000000000000', {}],
    ['one GUID alone is no id', `AADSTS700016: Application with identifier '${traceId}' was not found.`, {}],
    ['two GUIDs without a code are no ids', `moved ${traceId} to ${correlationId}`, {}],
    ['a GUID with too many digits', `Trace ID: ${traceId}a`, {}],
    ['the last of several times', `2025-01-01 00:00:00Z then ${wireTimestamp}`, { timestamp }],
    ['a time with an offset', 'at 2026-01-15T12:20:30+02:00.', { timestamp }],
    ['no calendar day', 'at 2026-02-31 00:00:00Z', {}],
    ['nothing', 'hello', {}],
    ['empty', '', {}],
  ])('%s', (_name, text, expected) => {
    const { aadstsCodes, b2cCodes, ...rest } = findEvidence(text);
    expect(rest).toEqual(expected);
    expect(aadstsCodes.length + b2cCodes.length).toBeLessThan(2);
  });

  it.each([
    'Trace ID: ',
    'request id: ',
    'client-request-id:',
    '09:05:00',
    'AADSTS1 ',
    'AADSTS',
    'AADB2C',
    `${traceId} `,
    '12345678-',
    ':',
    'Trace',
  ])('takes 16 KiB of %j within a few milliseconds', (shape) => {
    const text = `AADSTS50076 ${shape.repeat(16_384)}`.slice(0, 16_384);
    findEvidence(text);
    const start = performance.now();
    for (let round = 0; round < 10; round += 1) findEvidence(text);
    expect((performance.now() - start) / 10).toBeLessThan(10);
  });
});
