import { inflateRawSync } from 'node:zlib';

/** A value that data/build.mjs deflated; unpacked once, on first use. */
export function unpack(packed: string): unknown {
  return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString('utf8'));
}

/** Runs `make` on the first call and keeps the result. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
