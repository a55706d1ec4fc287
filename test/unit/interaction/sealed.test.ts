import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { createSealer, type Purpose } from '../../../src/interaction/index.js';

const secret = 'first secret of more than thirty-two characters';
const newer = 'second secret of more than thirty-two characters';
const nowMs = Date.UTC(2026, 10, 3, 12);
const later = nowMs + 60_000;
const payload = {
  id: 'a',
  request: { claims: '{"access_token":{"nbf":{"essential":true,"value":"1"}}}', returnTo: '/ü' },
};
const purposes: readonly Purpose[] = ['ticket', 'transaction', 'brake', 'ledger', 'admin-state'];
/** The derivation that the documentation of the format promises; not taken from the implementation. */
const keyOf = (text: string, purpose: Purpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', text, '', `aad-error-handler ${purpose}`, 32));

const sealer = createSealer([secret]);

describe('a sealed text', () => {
  test.each([payload, 'text', '', 0, null, [], {}, { __proto__: null, a: [1, { b: '💥' }] }])(
    'gives back %j',
    (value) => {
      expect(sealer.open('ticket', sealer.seal('ticket', value, later), nowMs)).toEqual(value);
    },
  );

  test('needs no escape in a cookie or a query', () => {
    expect(sealer.seal('ticket', payload, later)).toMatch(/^[\w.-]+$/);
  });

  test('is never the same twice and shows nothing of its content', () => {
    const sealed = Array.from({ length: 100 }, () => sealer.seal('ticket', payload, later));
    expect(new Set(sealed).size).toBe(100);
    expect(Buffer.from(sealed[0]!.split('.')[3]!, 'base64url').toString('latin1')).not.toContain('nbf');
  });

  test('is refused after a change of any one character, whatever it becomes', () => {
    const sealed = sealer.seal('ticket', payload, later);
    const opened: string[] = [];
    for (let position = 0; position < sealed.length; position += 1) {
      const before = sealed[position]!;
      for (const after of ['A', 'B', '_', '-', '9', '.', '=', '+', '/', ' ', '\u0000', 'é']) {
        if (after === before) continue;
        const changed = sealed.slice(0, position) + after + sealed.slice(position + 1);
        if (sealer.open('ticket', changed, nowMs) !== undefined) opened.push(`${position}: ${before} -> ${after}`);
      }
    }
    expect(opened).toEqual([]);
  });

  test('is refused with any one bit of its bytes turned', () => {
    const parts = sealer.seal('ticket', payload, later).split('.');
    let refused = 0;
    for (const part of [0, 2, 3, 4]) {
      const bytes = Buffer.from(parts[part]!, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const turned = Buffer.from(bytes);
        turned[bit >> 3]! ^= 1 << (bit & 7);
        const changed = parts.with(part, turned.toString('base64url')).join('.');
        expect(sealer.open('ticket', changed, nowMs)).toBeUndefined();
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });

  test('is refused when cut, doubled or put together from two', () => {
    const [one, two] = [sealer.seal('ticket', payload, later), sealer.seal('ticket', payload, later)];
    for (let length = 0; length < one.length; length += 1)
      expect(sealer.open('ticket', one.slice(0, length), nowMs)).toBeUndefined();
    for (const changed of [
      one + one,
      `${one}.`,
      `.${one}`,
      `${one}=`,
      ` ${one}`,
      `${one}\n`,
      one.replace('..', '.AA.'),
    ])
      expect(sealer.open('ticket', changed, nowMs)).toBeUndefined();
    const [first, second] = [one.split('.'), two.split('.')];
    for (const part of [2, 3, 4]) {
      if (first[part] === second[part]) continue;
      expect(sealer.open('ticket', first.with(part, second[part]!).join('.'), nowMs)).toBeUndefined();
    }
  });

  test.each([
    undefined,
    null,
    0,
    {},
    [],
    '',
    '.',
    '....',
    '.....',
    'a.b.c.d.e',
    'x'.repeat(20_000),
    '.'.repeat(16_000),
  ])('is refused when it is none (%#)', (value) => {
    expect(sealer.open('ticket', value, nowMs)).toBeUndefined();
  });

  test.each([
    [-1, true],
    [0, false],
    [1, false],
    [3_600_000, false],
  ])('%i ms after its end: opens %s', (afterMs, opens) => {
    const sealed = sealer.seal('ticket', payload, later);
    expect(sealer.open('ticket', sealed, later + afterMs) !== undefined).toBe(opens);
  });

  test('made by an instance whose clock is an hour ahead or behind is either open or refused, never a fault', () => {
    const hour = 3_600_000;
    expect(sealer.open('ticket', sealer.seal('ticket', payload, nowMs + hour + 600_000), nowMs)).toEqual(payload);
    expect(sealer.open('ticket', sealer.seal('ticket', payload, nowMs - hour + 600_000), nowMs)).toBeUndefined();
  });

  test('is opened up to 16,384 characters, and no further', () => {
    const sealedOf = (length: number): string => {
      for (let size = 11_000; ; size += 1) {
        const sealed = sealer.seal('ticket', 'x'.repeat(size), later);
        if (sealed.length >= length) return sealed;
      }
    };
    const [longest, longer] = [sealedOf(16_384), sealedOf(16_385)];
    expect([longest.length, longer.length]).toEqual([16_384, 16_386]);
    expect(sealer.open('ticket', longest, nowMs)).toMatch(/^x+$/);
    expect(sealer.open('ticket', longer, nowMs)).toBeUndefined();
  });

  test('names its key by eight characters, other ones for each purpose and secret', () => {
    const kids = purposes.flatMap((purpose) =>
      [sealer, createSealer([newer])].map((each) => decodeProtectedHeader(each.seal(purpose, 1, later)).kid),
    );
    for (const kid of kids) expect(kid).toMatch(/^[\w-]{8}$/);
    expect(new Set(kids).size).toBe(kids.length);
  });

  test('of one purpose passes for no other', () => {
    for (const made of purposes)
      for (const asked of purposes)
        expect(sealer.open(asked, sealer.seal(made, payload, later), nowMs) !== undefined).toBe(made === asked);
  });
});

describe('secrets', () => {
  test('another secret opens nothing', () => {
    expect(createSealer([newer]).open('ticket', sealer.seal('ticket', payload, later), nowMs)).toBeUndefined();
  });

  test('rotate without losing anybody: known everywhere, then in front, then alone', () => {
    const steps = [[secret], [secret, newer], [newer, secret], [newer]].map(createSealer);
    for (let step = 0; step + 1 < steps.length; step += 1) {
      const [before, after] = [steps[step]!, steps[step + 1]!];
      // While instances are replaced one by one, each must open what the other seals.
      for (const [made, opened] of [
        [before, after],
        [after, before],
      ] as const) {
        const sealed = made.seal('transaction', payload, later);
        expect(opened.open('transaction', sealed, nowMs), `step ${step}`).toEqual(payload);
      }
    }
  });

  test('in one step only what was sealed before is open: instances not yet replaced know one secret only', () => {
    const [before, after] = [createSealer([secret]), createSealer([newer, secret])];
    expect(after.open('ticket', before.seal('ticket', payload, later), nowMs)).toEqual(payload);
    expect(before.open('ticket', after.seal('ticket', payload, later), nowMs)).toBeUndefined();
  });

  test('a sealer without a secret seals nothing', () => {
    expect(() => createSealer([]).seal('ticket', payload, later)).toThrow(/at least one secret/);
    expect(createSealer([]).open('ticket', sealer.seal('ticket', payload, later), nowMs)).toBeUndefined();
  });
});

describe('the format is JWE (RFC 7516)', () => {
  test.each(purposes)('jose opens ours: %s', async (purpose) => {
    const sealed = sealer.seal(purpose, payload, later);
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, keyOf(secret, purpose));
    expect(protectedHeader).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
    expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual({ exp: later / 1000, data: payload });
  });

  test.each(purposes)('we open what jose makes: %s', async (purpose) => {
    const { alg, enc, kid } = decodeProtectedHeader(sealer.seal(purpose, 1, later));
    const text = new TextEncoder().encode(JSON.stringify({ exp: later / 1000, data: payload }));
    const made = await new CompactEncrypt(text)
      .setProtectedHeader({ alg: alg!, enc: enc as string, ...(kid !== undefined && { kid }) })
      .encrypt(keyOf(secret, purpose));
    expect(sealer.open(purpose, made, nowMs)).toEqual(payload);
  });

  test('jose refuses ours under the key of another purpose', async () => {
    await expect(compactDecrypt(sealer.seal('ticket', payload, later), keyOf(secret, 'brake'))).rejects.toThrow();
  });

  test.each([
    ['no end', { data: payload }],
    ['an end that is no number', { exp: '9999999999', data: payload }],
    ['no JSON object', 1],
  ])('well sealed, but with %s: refused', async (_name, content) => {
    const header = decodeProtectedHeader(sealer.seal('ticket', 1, later));
    const made = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: header.kid! })
      .encrypt(keyOf(secret, 'ticket'));
    expect(sealer.open('ticket', made, nowMs)).toBeUndefined();
  });
});
