/**
 * The clock decides here: one pass over at most 16 KiB, whatever the shape and size. Kept apart from the tables of the
 * readers, because mutated code is slow and would fail these bounds by itself (test/mutation).
 */
import { describe, expect, it } from 'vitest';
import { parseChallenges, readChallenges } from '../../../src/normalize/challenge.js';
import { normalize, redactText } from '../../../src/normalize/index.js';
import { findEvidence } from '../../../src/normalize/text-evidence.js';
import { traceId } from './support.js';

describe('parseChallenges', () => {
  it.each([
    'a="{"',
    'a={',
    '"{"',
    '{',
    '\\"',
    '""',
    'Bearer ',
    'a=b ',
    "x='",
    '=',
    'a==,',
    'a,',
    ', ',
    '{ "',
    'a={"',
    'Bearer {a=b, c ',
    '\t',
    '\\',
  ])('takes 1 MB of %j in linear time', (shape) => {
    const header = `Bearer ${shape.repeat(Math.ceil(1_000_000 / shape.length))}`;
    parseChallenges(header);
    const start = performance.now();
    readChallenges(parseChallenges(header));
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('redactText', () => {
  it.each([
    'password:AADSTS',
    'password=null ',
    'password=',
    'cookie:',
    'cookie:"a",',
    'a@',
    '1.2.3.4.',
    'eyJ',
    '%',
    '%25',
    '::',
    ':',
    '1:',
    'Bearer ',
    '#EXT#',
    '\\u0026',
    '"',
    'password="\\',
    '\u00e9',
    '..',
    'state',
  ])('takes 1 MB of %j in linear time', (shape) => {
    const text = shape.repeat(Math.ceil(1_000_000 / shape.length));
    redactText(text);
    const start = performance.now();
    for (let round = 0; round < 5; round += 1) expect(redactText(text).length).toBeLessThan(16_384 * 11);
    expect((performance.now() - start) / 5).toBeLessThan(100);
  });
});

describe('findEvidence', () => {
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
    expect((performance.now() - start) / 10).toBeLessThan(50);
  });
});

describe('normalize', () => {
  it.each([
    'a="{"',
    '{"error":"',
    '\\"',
    '""',
    '{"a":',
    'AADSTS',
    'AADSTS1 ',
    'error:',
    'error=',
    'Code: ',
    '%20',
    '%7B',
    '+',
    'Bearer ',
    'abc_',
    '{',
    '}',
    ':',
    'Trace ID: ',
    '12345678-1234-',
    '\r\n',
    '\u00e9',
  ])('takes 1 MB of %j in every place in linear time', (shape) => {
    const text = shape.repeat(Math.ceil(1_000_000 / shape.length));
    const places: readonly unknown[] = [
      text,
      `Bearer ${text}`,
      `AADSTS50076 ${text}`,
      new Error(text),
      {
        error: 'invalid_grant',
        error_description: text,
        claims: text,
        error_codes: text,
        error_uri: text,
        timestamp: text,
      },
      { name: 'ServerError', errorCode: text, errorMessage: text, claims: text, errorNo: text, subError: text },
      { name: 'ServerError', errorCode: 'server_error', errorMessage: `Http status code: 503 Headers: {${text}` },
      { status: 401, headers: { 'www-authenticate': text, 'retry-after': text }, body: text },
      { name: 'AuthenticationError', message: text, errorResponse: { error: text, errorDescription: text } },
    ];
    const describeIt = (thrown: unknown): string | undefined => normalize(thrown)?.description;
    places.forEach(describeIt);
    for (const thrown of places) {
      const start = performance.now();
      describeIt(thrown);
      expect(performance.now() - start).toBeLessThan(300);
    }
  });
});
