import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
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
    ['lower case, several', 'aadsts50076 aadsts50079', [50076, 50079]],
    ['lower case behind other digits', '123456789 aadsts50076', [50076]],
    ['lower case is looked for only where there is no upper case', 'aadsts50076 AADSTS50079', [50079]],
    ['lower case is not looked for behind upper case', 'AADSTS50079 aadsts50076', [50079]],
    ['two blanks', 'AADSTS  50076', []],
    ['another separator', 'AADSTS_50076', []],
    ['three digits', 'AADSTS900', [900]],
    ['nine digits', 'AADSTS123456789', [123456789]],
    ['several, in order, each once', 'AADSTS50000 (AADSTS7000215, AADSTS50000)', [50000, 7000215]],
    ['inside JSON inside JSON', '{"m":"{\\"d\\":\\"AADSTS65001: x\\"}"}', [65001]],
    ['behind an OAuth error', 'invalid_grant:AADSTS65001', [65001]],
    ['two digits are no code', 'AADSTS12', []],
    ['two digits behind zeros are no code', 'AADSTS0007 AADSTS099', []],
    ['the smallest number that is one', 'AADSTS00100', [100]],
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
    ['AADB2C123 AADB2C123456789', ['AADB2C123', 'AADB2C123456789']],
    ['AADB2C12', []],
    ['AADB2C1234567890', []],
    ['aadb2c90118 AADB2C 90118 90118', []],
    ['', []],
  ])('%j', (text, codes) => {
    expect(findB2cCodes(text)).toEqual(codes);
  });
});

describe('findB2cCodes, many', () => {
  it('finds at most 16', () => {
    expect(
      findB2cCodes(Array.from({ length: 40 }, (_, index) => `AADB2C${String(90000 + index)}`).join(' ')),
    ).toHaveLength(16);
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
    ['https://login.microsoftonline.com/error?code=123456789', 123456789],
    ['https://login.microsoftonline.com/error', undefined],
    ['code=50076', 50076],
    ['http50076', undefined],
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
    ['2000-02-29 00:00:00Z', '2000-02-29T00:00:00Z'],
    ['1900-02-29 00:00:00Z', undefined],
    ['2100-02-29 00:00:00Z', undefined],
    ['2026-02-28 00:00:00Z', '2026-02-28T00:00:00Z'],
    ['2028-02-30 00:00:00Z', undefined],
    ['2026-01-01 00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-12-31 23:59:59Z', '2026-12-31T23:59:59Z'],
    ['2026-00-15 10:20:30Z', undefined],
    ['2026-01-00 10:20:30Z', undefined],
    ['2026-01-15 10:20:60Z', undefined],
    ['2026-01-15x10:20:30Z', undefined],
    ['2026-01-15T10:20:30.1234567+02:00', '2026-01-15T08:20:30Z'],
    ['2026-01-15T10:20:30.12345678+02:00', undefined],
    ['2026-01-15T10:20:30+02:00x', '2026-01-15T10:20:30Z'],
    ['2026-01-15T10:20:3', undefined],
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

  it.each([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map((days, index) => [index + 1, days] as const))(
    'month %d has %d days',
    (month, days) => {
      const on = (day: number): string => `2026-${String(month).padStart(2, '0')}-${String(day)}T10:20:30Z`;
      expect(asTimestamp(on(days))).toBe(on(days));
      expect(asTimestamp(on(days + 1))).toBeUndefined();
    },
  );
});

describe("findEvidence: Entra's own block", () => {
  const later = '2027-02-02 03:04:05Z';
  const noGuid = 'x'.repeat(36);
  const block = (trace: string, correlation: string, time: string, between = ' '): string =>
    [`Trace ID: ${trace}`, `Correlation ID: ${correlation}`, `Timestamp: ${time}`].join(between);

  it.each<[name: string, text: string, expected: Record<string, string>]>([
    ...[' ', '\n', '\r\n'].map((between): [string, string, Record<string, string>] => [
      `its time counts, not a later one, divided by ${JSON.stringify(between)}`,
      `${block(traceId, correlationId, wireTimestamp, between)} retried ${later}`,
      { traceId, correlationId, timestamp },
    ]),
    [
      'at the very start',
      `${block(traceId, correlationId, wireTimestamp)} ${later}`,
      { traceId, correlationId, timestamp },
    ],
    [
      'its correlation id counts, not an earlier one',
      `Correlation ID: ${requestCorrelationId} AADSTS50076: x ${block(traceId, correlationId, wireTimestamp)}`,
      { traceId, correlationId, timestamp },
    ],
    [
      'divided otherwise, everything is looked for',
      `${block(traceId, correlationId, wireTimestamp, ' - ')} retried ${later}`,
      { traceId, correlationId, timestamp: '2027-02-02T03:04:05Z' },
    ],
    [
      'without a trace id, a request id is looked for',
      `request-id: ${requestCorrelationId} ${block(noGuid, correlationId, wireTimestamp)}`,
      { requestId: requestCorrelationId, correlationId, timestamp },
    ],
    [
      'without a correlation id, a later one is looked for',
      `${block(traceId, noGuid, wireTimestamp)} Correlation ID: ${correlationId}`,
      { traceId, correlationId, timestamp },
    ],
    [
      'without a time, a later one is looked for',
      `${block(traceId, correlationId, 'x'.repeat(20))} ${wireTimestamp}`,
      { traceId, correlationId, timestamp },
    ],
  ])('%s', (_name, text, expected) => {
    const { aadstsCodes, b2cCodes, ...rest } = findEvidence(text);
    expect(rest).toEqual(expected);
    expect([...aadstsCodes, ...b2cCodes].length).toBeLessThan(2);
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
    [
      'the nearest label wins over a request id',
      `Trace ID: ${traceId}, request-id: ${requestCorrelationId}`,
      { traceId },
    ],
    ['a translated text without a code', `ID: ${traceId} ID: ${correlationId} ${wireTimestamp}`, { timestamp }],
    [
      'a trace id with a label, and another GUID before the time',
      `AADSTS50076: x Trace ID: ${traceId} and ${correlationId} ${wireTimestamp}`,
      { traceId, timestamp },
    ],
    [
      'a correlation id with a label, and another GUID before the time',
      `AADSTS50076: x ${traceId} Correlation ID: ${correlationId} ${wireTimestamp}`,
      { correlationId, timestamp },
    ],
    [
      'a request id with a label, and another GUID before the time',
      `AADSTS50076: x request-id: ${traceId} and ${correlationId} ${wireTimestamp}`,
      { requestId: traceId, timestamp },
    ],
    ['one GUID before the time is no id', `AADSTS50076: x ${traceId} ${wireTimestamp}`, { timestamp }],
    ['two at the very start', `${traceId} ${correlationId} ${wireTimestamp} AADSTS50076`, all],
    [
      'a GUID with a digit in front is none',
      `AADSTS50076: x a${traceId} ${correlationId} ${wireTimestamp}`,
      { timestamp },
    ],
    [
      'two GUIDs, the first 239 characters before the time',
      `AADSTS50076: ${traceId} ${'.'.repeat(164)} ${correlationId} ${wireTimestamp}`,
      all,
    ],
    [
      'two GUIDs, the first 240 characters before the time',
      `AADSTS50076: ${traceId} ${'.'.repeat(165)} ${correlationId} ${wireTimestamp}`,
      { timestamp },
    ],
    [
      'upper case without line breaks',
      `AADSTS50076: x Trace ID: ${traceId.toUpperCase()}Correlation ID: ${correlationId}`,
      { traceId, correlationId },
    ],
    ['upper case with another word behind', `Trace ID: ${traceId.toUpperCase()}Call`, {}],
    ['a client in front of a trace id', `client Trace ID: ${traceId}`, { traceId }],
    ['the sixteenth label', `${'Trace '.repeat(15)}Trace ID: ${traceId}`, { traceId }],
    ['the seventeenth label', `${'Trace '.repeat(16)}Trace ID: ${traceId}`, {}],
    ['six signs before ID', `Trace______ID: ${traceId}`, { traceId }],
    ['seven signs before ID', `Trace_______ID: ${traceId}`, {}],
    ['no ID behind the label', `Trace no: ${traceId}`, {}],
    ['Id and id', `trace Id ${traceId} correlation id ${correlationId}`, { traceId, correlationId }],
    ['fifteen signs behind ID', `Trace ID${'.'.repeat(15)}${traceId}`, { traceId }],
    ['sixteen signs behind ID', `Trace ID${'.'.repeat(16)}${traceId}`, {}],
    ...['a', 'z', 'A', 'Z', 'of '].map((word): [string, string, Record<string, string>] => [
      `${word} behind ID`,
      `Trace ID ${word}: ${traceId}`,
      {},
    ]),
    ...['[', ']', '{', '@', '`', '~', '=', '"'].map((sign): [string, string, Record<string, string>] => [
      `${sign} behind ID`,
      `Trace ID ${sign}${traceId}`,
      { traceId },
    ]),
    ['a time with 23 colons behind', `${wireTimestamp} ${': '.repeat(23)}`, { timestamp }],
    ['a time with 24 colons behind', `${wireTimestamp} ${': '.repeat(24)}`, {}],
    ['a time with a fraction and an offset', 'at 2026-01-15T12:20:30.1234567+0200.', { timestamp }],
    ['a time with an offset behind a blank', 'at 2026-01-15T10:20:30 +02:00', { timestamp }],
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
});

describe('a code that a log viewer has cut with a link', () => {
  const cut = 'AADSTS700[21](https://logs.contoso.test/1)6: x';

  it('is no code, and the text stays one of Entra', () => {
    expect(findAadstsCodes(cut)).toEqual([]);
    expect(normalize(cut)).toMatchObject({ producer: 'text', aadstsCodes: [] });
    expect(normalize(new Error(cut))?.aadstsCodes).toEqual([]);
  });

  it.each([
    'AADSTS50076[see](https://contoso.test)',
    '[AADSTS50076](https://contoso.test)',
    'AADSTS50076[1]',
    '[AADSTS50076]',
  ])('a whole code in %s is one', (text) => {
    expect(findAadstsCodes(text)).toEqual([50076]);
  });
});
