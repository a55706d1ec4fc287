/** Invented ids and Entra-shaped texts for the tests of this folder. */
import { normalize, type NormalizeContext } from '../../../src/normalize/index.js';

export const traceId = '0a1b2c3d-1111-4aaa-8bbb-0123456789ab';
export const correlationId = '4e5f6a7b-2222-4ccc-9ddd-abcdef012345';
export const requestCorrelationId = '8c9d0e1f-3333-4eee-afff-9876543210fe';
export const timestamp = '2026-01-15T10:20:30Z';
export const wireTimestamp = '2026-01-15 10:20:30Z';

/** 2026-01-15T10:20:30Z */
export const nowMs = Date.UTC(2026, 0, 15, 10, 20, 30);

/** The ids as every reader must find them. */
export const ids = { traceId, correlationId, timestamp } as const;

export const acrsClaims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
export const capolidsClaims =
  '{"access_token":{"capolids":{"essential":true,"values":["5d6e7f80-4444-4abc-8def-1234567890ab"]}}}';
export const nbfClaims = '{"access_token":{"nbf":{"essential":true, "value":"1768472430"}}}';

export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
export const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/** A description as Entra writes it since 2023: one line, ids at the end. */
export function entraText(code: number, words = 'Something about this sign-in.'): string {
  return `AADSTS${String(code)}: ${words} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${wireTimestamp}`;
}

/** A token-endpoint error body with Entra's members. */
export function entraBody(
  error: string,
  code: number,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    error,
    error_description: entraText(code),
    error_codes: [code],
    timestamp: wireTimestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...more,
  };
}

/** Everything a caller can see of an AadError, but its cause, as a plain object. */
export function seen(thrown: unknown, context: NormalizeContext = { nowMs }): Record<string, unknown> | undefined {
  const error = normalize(thrown, context);
  if (error === undefined) return undefined;
  return { ...error, ...(error.description !== undefined && { description: error.description }) };
}
