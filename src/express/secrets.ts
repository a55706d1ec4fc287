import { badValue } from '../options.js';

/** @throws AadOptionsError when a secret is short */
export function readSecrets(caller: string, secret: string | readonly string[] | undefined): readonly string[] {
  if (secret === undefined) return [randomSecret()];
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
