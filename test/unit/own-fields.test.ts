import { afterEach, describe, expect, test } from 'vitest';
import { isPolluted, ownFields } from '../../src/own-fields.js';

const prototype = Object.prototype as Record<string, unknown>;

afterEach(() => {
  delete prototype['code'];
});

describe('fields of an object', () => {
  test('are those of the object itself, without a copy, as long as nobody has touched Object.prototype', () => {
    const value: { readonly action: string; readonly code?: string } = { action: 'retry' };
    expect([isPolluted(), ownFields(value) === value]).toEqual([false, true]);
  });

  test('are never those that somebody has put onto Object.prototype', () => {
    prototype['code'] = 'AADSTS1';
    const value: { readonly action: string; readonly code?: string } = { action: 'retry' };
    expect(value.code).toBe('AADSTS1');
    const own = ownFields(value);
    expect([isPolluted(), own.action, own.code, 'code' in own]).toEqual([true, 'retry', undefined, false]);
  });
});
