import { randomFillSync } from 'node:crypto';

const poolSize = 4_096;
let pool: Buffer | undefined;
let used = poolSize;

/**
 * Random bytes of the system's generator, drawn 4 KiB at a time: one call to it costs more than all the rest of a
 * ticket. Bytes are handed out once.
 */
export function randomBytesPooled(count: number): Buffer {
  if (pool === undefined || used + count > poolSize) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(poolSize));
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + count));
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}
