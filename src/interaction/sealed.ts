import { createCipheriv, createDecipheriv, createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { randomBytesPooled } from './random.js';

/** What a sealed text is for. Each purpose has its own key, so a ticket can never pass for a transaction. */
export type Purpose = 'ticket' | 'transaction' | 'brake' | 'ledger' | 'admin-state' | 'explorer';

/** Seals small JSON values for cookies and URLs, and opens them again on any instance that knows one of the secrets. */
export interface Sealer {
  /** @param expiresAtMs milliseconds since the epoch after which {@link Sealer.open} refuses it */
  seal(purpose: Purpose, payload: unknown, expiresAtMs: number): string;
  /** The payload, or undefined when the text is forged, cut, expired, for another purpose or under an unknown secret. */
  open(purpose: Purpose, sealed: unknown, nowMs: number): unknown;
}

interface Key {
  readonly header: string;
  readonly aad: Buffer;
  readonly key: KeyObject;
}

const maxSealedLength = 16_384;

/**
 * Sealed texts are JWE in compact form, `dir` with A256GCM (RFC 7516, RFC 7518 sections 4.5 and 5.3), so any JOSE
 * library opens them. The first secret seals, all of them open: put a new one in front, drop the old one a day later.
 *
 * node:crypto instead of jose here: sealing a ticket is on the way of every redirect, which must stay synchronous, and
 * costs 6 us against 134 us for jose's CompactEncrypt (measured on Node 20.20.2, jose 6.2.17). A test holds both to the
 * same format: jose opens ours, we open jose's.
 */
export function createSealer(secrets: readonly string[]): Sealer {
  const keys = new Map<Purpose, Key[]>();
  const keysOf = (purpose: Purpose): Key[] => {
    const known = keys.get(purpose);
    if (known !== undefined) return known;
    const made = secrets.map((secret) => {
      const key = Buffer.from(hkdfSync('sha256', secret, '', `aad-error-handler ${purpose}`, 32));
      const kid = createHash('sha256').update(key).digest('base64url').slice(0, 8);
      const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid })).toString('base64url');
      return { header, aad: Buffer.from(header, 'ascii'), key: createSecretKey(key) };
    });
    keys.set(purpose, made);
    return made;
  };
  return {
    seal(purpose, payload, expiresAtMs) {
      const [current] = keysOf(purpose);
      if (current === undefined) throw new TypeError('a sealer needs at least one secret');
      const iv = randomBytesPooled(12);
      const cipher = createCipheriv('aes-256-gcm', current.key, iv);
      cipher.setAAD(current.aad);
      const text = JSON.stringify({ exp: Math.floor(expiresAtMs / 1000), data: payload });
      // GCM is a stream mode: everything comes out of update, final only makes the tag.
      const sealed = cipher.update(text, 'utf8');
      cipher.final();
      return `${current.header}..${iv.toString('base64url')}.${sealed.toString('base64url')}.${cipher.getAuthTag().toString('base64url')}`;
    },
    open(purpose, sealed, nowMs) {
      if (typeof sealed !== 'string' || sealed.length > maxSealedLength) return undefined;
      const [header, encryptedKey, iv, text, tag, ...rest] = sealed.split('.');
      if (rest.length > 0 || encryptedKey !== '' || iv === undefined || text === undefined || tag === undefined)
        return undefined;
      const found = keysOf(purpose).find((candidate) => candidate.header === header);
      const [ivBytes, tagBytes] = [canonical(iv), canonical(tag)];
      const textBytes = canonical(text);
      if (found === undefined || ivBytes?.length !== 12 || tagBytes?.length !== 16 || textBytes === undefined)
        return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', found.key, ivBytes);
        decipher.setAAD(found.aad);
        decipher.setAuthTag(tagBytes);
        const opened = Buffer.concat([decipher.update(textBytes), decipher.final()]).toString('utf8');
        const { exp, data } = JSON.parse(opened) as { exp?: unknown; data?: unknown };
        return typeof exp === 'number' && exp * 1000 > nowMs ? data : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** base64url in its one canonical spelling, so that no changed character goes unnoticed. */
function canonical(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
