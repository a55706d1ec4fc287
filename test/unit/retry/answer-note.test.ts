import { describe, expect, test } from 'vitest';
import { withNote, type AnswerNote } from '../../../src/retry/answer-note.js';

const note: AnswerNote = { status: 429, retryAfterSeconds: undefined, atMs: 1_768_469_400_000.7 };

describe('the note at the end of a description', () => {
  test.each<[string, unknown, Partial<AnswerNote>, string]>([
    ['status and time', 'AADSTS1: x', {}, 'AADSTS1: x [aad-error-handler status=429 at=1768469400000]'],
    ['nothing before it', '', {}, '[aad-error-handler status=429 at=1768469400000]'],
    ['no text before it', { a: 1 }, {}, '[aad-error-handler status=429 at=1768469400000]'],
    ['the wait', 'x', { retryAfterSeconds: 0 }, 'x [aad-error-handler status=429 retry-after=0 at=1768469400000]'],
    ['no request', 'x', { isLocal: true }, 'x [aad-error-handler status=429 at=1768469400000 local]'],
    ['a request', 'x', { isLocal: false }, 'x [aad-error-handler status=429 at=1768469400000]'],
    ['no claims', 'x', { claims: '' }, 'x [aad-error-handler status=429 at=1768469400000]'],
    ['claims', 'x', { claims: '{"a":1}' }, 'x [aad-error-handler status=429 at=1768469400000 claims=eyJhIjoxfQ]'],
    ['a clock before 1970', 'x', { atMs: -5 }, 'x [aad-error-handler status=429 at=0]'],
  ])('%s', (_name, description, more, wanted) => {
    expect(withNote(description, { ...note, ...more })).toBe(wanted);
  });

  test('claims of 4,096 characters are written, longer ones are not', () => {
    const has = (length: number): boolean => withNote('x', { ...note, claims: 'c'.repeat(length) }).includes('claims=');
    expect([has(4_096), has(4_097)]).toEqual([true, false]);
  });

  test('the description is cut at 8,192 characters, the note never', () => {
    expect(withNote('y'.repeat(9_000), note)).toBe(
      `${'y'.repeat(8_192)} [aad-error-handler status=429 at=1768469400000]`,
    );
  });
});
