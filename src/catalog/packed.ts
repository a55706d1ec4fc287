import { brotliDecompressSync } from 'node:zlib';

/** A value that data/build.mjs compressed; unpacked once, on first use. */
export function unpack(packed: string): unknown {
  return JSON.parse(brotliDecompressSync(Buffer.from(packed, 'base64')).toString('utf8'));
}

/** Runs `make` on the first call and keeps the result. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
