import { isUtf8 } from 'node:buffer';
import { maxClaimsLength } from './read.js';

/**
 * A claims directive as decoded JSON text that parses to an object, else undefined.
 *
 * Reads raw JSON, base64 and base64url, padded or not, and either of them URL-encoded. The text is returned as it was sent (not
 * re-serialised), because Entra compares nothing but we promise "unchanged". A value over 8 KiB is not cut: it is
 * refused, so that half a directive is never used.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge (read 2026-11)
 */
export function decodeClaims(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > maxClaimsLength * 2) return undefined;
  const sent = value.trim();
  const text = sent.startsWith('{') || !sent.includes('%') ? sent : decodePercent(sent);
  const decoded = text === undefined || text.startsWith('{') ? text : decodeBase64(text);
  if (decoded === undefined || Buffer.byteLength(decoded) > maxClaimsLength) return undefined;
  return isJsonObject(decoded) ? decoded : undefined;
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function decodeBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined; // accepts "eyJhIjoxfQ", refuses "{a=1}"
  const bytes = Buffer.from(text, 'base64'); // Node reads both alphabets, padded or not
  return bytes[0] === 0x7b && isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** The last text that passed: one policy challenges many requests with the very same directive. */
let lastUsable = '';

/** @param text starts with a brace, so that it is an object or nothing */
function isJsonObject(text: string): boolean {
  if (text === lastUsable) return true;
  const usable = parsesToObject(text);
  if (usable) lastUsable = text;
  return usable;
}

function parsesToObject(text: string): boolean {
  try {
    return Object.keys(JSON.parse(text) as object).length > 0;
  } catch {
    return false;
  }
}
