import { randomFillSync } from 'node:crypto';

const poolSize = 4_096;
let pool: Buffer = Buffer.alloc(0);
let used = poolSize;

/**
 * Random bytes of the system's generator, drawn 4 KiB at a time: one call to it costs more than all the rest of a
 * ticket. Bytes are handed out once.
 */
export function randomBytesPooled(count: number): Buffer {
  const from = take(count);
  const bytes = Buffer.from(pool.subarray(from, from + count));
  pool.fill(0, from, from + count);
  return bytes;
}

/** The same as base64url text. */
export function randomTextPooled(byteCount: number): string {
  const from = take(byteCount);
  const text = pool.toString('base64url', from, from + byteCount);
  pool.fill(0, from, from + byteCount);
  return text;
}

/** Where the next bytes lie that nobody has had. */
function take(count: number): number {
  if (pool.length === 0 || used + count > poolSize) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(poolSize));
    used = 0;
  }
  used += count;
  return used - count;
}
