import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decide/index.js';
import { normalize, redactText } from '../../src/normalize/index.js';
import { check, timeoutMs } from './runs.js';

const random = (alphabet: string, min: number, max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...alphabet.split('')), { minLength: min, maxLength: max }).map((units) => units.join(''));
const word = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';

const jwt = fc
  .tuple(random(word, 20, 60), random(word, 20, 80), random(word, 20, 60))
  .map((parts) => `eyJ${parts.join('.')}`);
const opaque = fc.tuple(fc.constantFrom('0.A', '1.A', 'M.C5'), random(word, 40, 120)).map((parts) => parts.join(''));
/** Named by their label alone. */
const labelled = fc.constantFrom(
  'client_secret',
  'client_assertion',
  'id_token_hint',
  'access_token',
  'refresh_token',
  'id_token',
  'assertion',
  'nonce',
  'device_code',
  'password',
  'code_verifier',
  'session_state',
  'login_hint',
  'upn',
  'username',
  'email',
);
const value = fc.oneof(random(word, 12, 40), jwt, opaque);
const mail = fc
  .tuple(random('abcdefghijklmnopqrstuvwxyz.', 3, 12), random('abcdefghijklmnopqrstuvwxyz', 3, 12))
  .map(([user, host]) => `x${user}@${host}.example`);
const ip = fc.ipV4().filter((address) => address.length > 8);

/** [secret, text that holds it]. */
const planted: fc.Arbitrary<readonly [secret: string, text: string]> = fc.oneof(
  fc
    .tuple(labelled, value, fc.nat(9))
    .map(([name, secret, shape]) => [secret, shapes[shape]?.(name, secret) ?? ''] as const),
  fc
    .tuple(fc.constantFrom('code', 'state'), value, fc.nat(2))
    .map(([name, secret, shape]) => [secret, shapes[shape]?.(name, secret) ?? ''] as const),
  fc
    .tuple(fc.oneof(jwt, opaque, mail, ip), fc.constantFrom(' ', '"', "'", '(', '<', '\n', '=', ': '))
    .map(([secret, before]) => [secret, `text ${before}${secret}${before} more`] as const),
  value.map((secret) => [secret, `Authorization: Bearer ${secret}\r\nx: y`] as const),
  value.map((secret) => [secret, `Cookie: a=1; session=${secret}; b=2\r\nx: y`] as const),
);
const shapes: readonly ((name: string, secret: string) => string)[] = [
  (name, secret) => `https://app.example/cb?${name}=${secret}&x=1`,
  (name, secret) => `grant_type=x&${name}=${secret}`,
  (name, secret) => encodeURIComponent(`/cb?${name}=${secret}&x=1`),
  (name, secret) => JSON.stringify({ a: 1, [name]: secret }),
  (name, secret) => JSON.stringify(JSON.stringify({ [name]: secret, b: 2 })),
  (name, secret) => `${name}: ${secret}`,
  (name, secret) => `${name} = '${secret}'`,
  (name, secret) => encodeURIComponent(JSON.stringify({ [name]: secret })),
  (name, secret) => `{ ${name}: '${secret}' }`,
  (name, secret) => `${name}=${secret}.`,
];

const around = fc.constantFrom(
  '',
  'AADSTS50076: MFA. ',
  'Trace ID: 0a1b2c3d-1111-4aaa-8bbb-0123456789ab ',
  'Error. ',
  '(',
);

describe('secrets', () => {
  it(
    'are not in a redacted text, and redacting twice changes nothing',
    () => {
      check('redactText', fc.tuple(around, planted, around), ([before, [secret, text], after]) => {
        const redacted = redactText(`${before}${text} ${after}`);
        expect(redacted).not.toContain(secret);
        expect(redactText(redacted)).toBe(redacted);
        return undefined;
      });
    },
    timeoutMs,
  );

  it(
    'are in no part of an AadError and its Decision that can be printed',
    () => {
      const wrap: readonly ((text: string) => unknown)[] = [
        (text) => new Error(`AADSTS50076: ${text}`),
        (text) => ({ error: 'invalid_grant', error_description: `AADSTS50076: ${text}`, error_codes: [50076] }),
        (text) => ({ error: 'access_denied', error_description: `AADSTS65004: ${text}`, state: text, code: text }),
        (text) => ({
          name: 'ServerError',
          errorCode: 'invalid_grant',
          errorMessage: `AADSTS50076: ${text}`,
          correlationId: text,
          subError: text,
        }),
        (text) => ({
          status: 401,
          headers: {
            'www-authenticate': `Bearer error="invalid_token", error_description="${text.replaceAll('"', "'")}"`,
            'set-cookie': text,
          },
        }),
        (text) => ({
          status: 503,
          headers: { authorization: text },
          body: text,
          config: { url: 'https://login.microsoftonline.com/', data: text, headers: { authorization: text } },
        }),
        (text) => `AADSTS50076: ${text}`,
        (text) => ({
          error: { code: 'InvalidAuthenticationToken', message: text, innerError: { 'request-id': text } },
          status: 401,
        }),
        (text) =>
          new Error('outer', { cause: { error: 'invalid_grant', error_description: text, client_secret: text } }),
      ];
      let read = 0;
      check('normalize and decide', fc.tuple(planted, fc.nat(wrap.length - 1)), ([[secret, text], shape]) => {
        const error = normalize(wrap[shape]?.(text), { nowMs: 0 });
        if (error === undefined) return;
        read += 1;
        expect(JSON.stringify(error)).not.toContain(secret);
        expect(error.description ?? '').not.toContain(secret);
        expect(JSON.stringify(decide(error))).not.toContain(secret);
      });
      console.info(`secrets: ${String(read)} identity errors looked at`);
      expect(read).toBeGreaterThan(100);
    },
    timeoutMs,
  );
});
