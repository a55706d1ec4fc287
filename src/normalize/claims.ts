import { isUtf8 } from 'node:buffer';
import { isArray, maxClaimsLength, members, read, type Bag } from './read.js';

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
  if (value !== lastRead.sent) lastRead = { sent: value, claims: decode(value) };
  return lastRead.claims;
}

/** One policy challenges many requests with the very same directive. */
let lastRead: { readonly sent: string; readonly claims: string | undefined } = { sent: '', claims: undefined };

function decode(value: string): string | undefined {
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

/** @param text starts with a brace, so that it is an object or nothing */
function isJsonObject(text: string): boolean {
  try {
    return Object.keys(JSON.parse(text) as object).length > 0;
  } catch {
    return false;
  }
}

/** A directive is two or three levels deep; what is deeper or wider than this is none. */
const maxClaimsDepth = 8;
const maxClaimsWidth = 256;

/**
 * A claims directive that somebody has parsed already, as JSON text again: whole, or undefined when it is no plain
 * object, over 8 KiB, deeper or wider than a directive is, or holds what JSON cannot hold. Reads each field once and
 * guarded, calls no `toJSON`.
 */
export function formatClaims(value: object): string | undefined {
  return isArray(value) ? undefined : formatValue(value, { left: maxClaimsLength }, 0);
}

function formatValue(value: unknown, budget: { left: number }, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) {
    const isJson =
      value === null ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && Number.isFinite(value)) ||
      (typeof value === 'string' && value.length <= budget.left);
    return isJson ? spend(JSON.stringify(value), budget) : undefined;
  }
  const list = isArray(value) ? members(value, maxClaimsWidth + 1) : undefined;
  const keys = list === undefined ? keysOfPlain(value) : [];
  if (keys === undefined || depth >= maxClaimsDepth || (list ?? keys).length > maxClaimsWidth) return undefined;
  const parts: string[] = [];
  for (const member of list ?? []) {
    const text = formatValue(member, budget, depth + 1);
    if (text === undefined) return undefined;
    parts.push(text);
  }
  for (const key of keys) {
    const name = key.length > budget.left ? undefined : spend(`${JSON.stringify(key)}:`, budget);
    const text = name === undefined ? undefined : formatValue(read(value as Bag, key), budget, depth + 1);
    if (name === undefined || text === undefined) return undefined;
    parts.push(name + text);
  }
  return list === undefined ? `{${parts.join(',')}}` : `[${parts.join(',')}]`;
}

function spend(text: string, budget: { left: number }): string | undefined {
  // One more for the comma or bracket beside it, so that a list of nothing is not free.
  budget.left -= text.length + 1;
  return budget.left < -2 ? undefined : text;
}

/** Names of an object literal's or a parsed JSON object's fields, of this or another realm. */
function keysOfPlain(value: object): string[] | undefined {
  try {
    const prototype = Object.getPrototypeOf(value) as object | null;
    return prototype === null || Object.getPrototypeOf(prototype) === null ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}
