import type { Reading } from './aad-error.js';
import { namesPlatformHost } from './hosts.js';
import { asBag, read, readText, type Bag } from './read.js';

/** What jose's `jwtVerify` throws after the signature was good: the token is expired, or a claim is not what was asked for. */
const codes = new Set(['ERR_JWT_EXPIRED', 'ERR_JWT_CLAIM_VALIDATION_FAILED']);

/**
 * A token of Entra ID that an API has checked with jose 5 or later and refused: RFC 6750 calls it `invalid_token`, and the
 * caller brings a new one. The issuer in the checked payload shows whose token it was.
 */
export function readJose(bag: Bag): Reading | undefined {
  const code = readText(bag, 'code');
  if (code === undefined || !codes.has(code)) return undefined;
  const payload = asBag(read(bag, 'payload'));
  if (payload === undefined || !namesPlatformHost(readText(payload, 'iss'))) return undefined;
  return {
    producer: 'www-authenticate',
    origin: 'resource-challenge',
    oauthError: 'invalid_token',
    rawDescription: readText(bag, 'message'),
    status: 401,
  };
}
