/**
 * The library that is measured: the built package, or another build of it (BENCH_LIBRARY, a URL or specifier of its
 * entry). All parts take it from here.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const specifier = process.env.BENCH_LIBRARY ?? 'aad-error-handler';

/** Names the build, so that figures of two runs are put into one table only when they are about the same one. */
export function libraryHash() {
  return createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.resolve(specifier))))
    .digest('hex')
    .slice(0, 12);
}
