/** jose's own errors for a token of Entra that an API refuses. */
import { jwtVerify, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { decide, normalizeAadError } from '../../../src/index.js';

const key = new TextEncoder().encode('a key of thirty-two characters..');
const issuer = 'https://login.microsoftonline.com/7d2f0a5e-2222-4c00-8a00-0c0ffee00002/v2.0';
const tokenOf = (iss: string, expires: string): Promise<string> =>
  new SignJWT({ aud: 'api://x' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(iss)
    .setExpirationTime(expires)
    .sign(key);

test.each<[string, string, object]>([
  ['expired', '-1h', {}],
  ['for another audience', '1h', { audience: 'api://y' }],
  ['of another tenant', '1h', { issuer: `${issuer}/other` }],
])('a token that is %s asks for another one', async (_name, expires, options) => {
  const thrown: unknown = await jwtVerify(await tokenOf(issuer, expires), key, options).catch(
    (error: unknown) => error,
  );
  const error = normalizeAadError(thrown)!;
  expect(error).toMatchObject({ oauthError: 'invalid_token', status: 401, origin: 'resource-challenge' });
  expect(decide(error)).toMatchObject({ action: 'interactive', situation: 'session-expired' });
});

test.each<[string, string, Uint8Array, object]>([
  ['another issuer', 'https://acme.okta.com/oauth2/default', key, {}],
  ['a signature that is not good', issuer, new Uint8Array(32), {}],
])('a token with %s is not Entra’s', async (_name, iss, used, options) => {
  const thrown: unknown = await jwtVerify(await tokenOf(iss, '-1h'), used, options).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Error);
  expect(normalizeAadError(thrown)).toBeUndefined();
});
