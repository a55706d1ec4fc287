import { describe, expect, test } from 'vitest';
import { AadCircuitOpenError, AadRetryTimeoutError } from '../../../src/retry/errors.js';

describe('errors of our own', () => {
  test('an open circuit says where, for how long, and what the last call failed with', () => {
    const cause = new Error('busy');
    const error = new AadCircuitOpenError('https://login.microsoftonline.com/contoso.test', 4_001, cause);
    expect(error.message).toBe(
      'No request to https://login.microsoftonline.com/contoso.test: its circuit is open for another 5 s. [ERR_AAD_CIRCUIT_OPEN]',
    );
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      name: 'AadCircuitOpenError',
      code: 'ERR_AAD_CIRCUIT_OPEN',
      retryAfterMs: 4_001,
      status: 503,
      headers: { 'retry-after': '5' },
      body: { error: 'temporarily_unavailable', error_description: 'The circuit of the authority is open.' },
    });
    expect(error.cause).toBe(cause);
  });

  test('a call that did not settle says which one, and no time to come back', () => {
    const cause = new Error('busy');
    const error = new AadRetryTimeoutError(2, 5_000, cause);
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      name: 'AadRetryTimeoutError',
      code: 'ERR_AAD_RETRY_TIMEOUT',
      attempts: 2,
      status: 504,
      headers: {},
      body: { error: 'temporarily_unavailable', error_description: 'The call did not settle within its time budget.' },
    });
    expect(error.cause).toBe(cause);
  });

  test('have no cause where there was none', () => {
    expect('cause' in new AadCircuitOpenError('x', 1)).toBe(false);
    expect('cause' in new AadRetryTimeoutError(1, 1, undefined)).toBe(false);
  });
});
