import { badValue, requireOption } from '../options.js';

type Secret = string | readonly string[];

/**
 * The secrets given, or one that no other process knows: for whoever opens only what it has sealed itself.
 *
 * @throws AadOptionsError when a secret is short
 */
export function readSecrets(caller: string, secret: Secret | undefined): readonly string[] {
  return secret === undefined ? [randomSecret()] : checked(caller, secret);
}

/**
 * The secrets given, where a random one would open nothing.
 *
 * @throws AadOptionsError when there is none, or one is short
 */
export function requireSecrets(caller: string, options: { readonly secret: Secret }, fix: string): readonly string[] {
  requireOption(caller, options, 'secret', fix);
  return checked(caller, options.secret);
}

function checked(caller: string, secret: Secret): readonly string[] {
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  const isLong = (text: unknown): text is string => typeof text === 'string' && text.length >= 32;
  if (secrets.length === 0 || !secrets.every(isLong)) {
    throw badValue(
      caller,
      'secret',
      'must be a random text of at least 32 characters, or a list of them (the first seals, all open).',
    );
  }
  return secrets;
}

function randomSecret(): string {
  return globalThis.crypto.randomUUID() + globalThis.crypto.randomUUID();
}
