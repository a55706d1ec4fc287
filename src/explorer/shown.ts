/** Everything that came from outside goes through here before it stands on a page: redacted, bounded. */
import { redactText } from '../normalize/index.js';

const maxDepth = 12;
const maxMembers = 256;

/** The same value with every text in it redacted. */
export function redactedValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) return value.slice(0, maxMembers).map((entry) => redactedValue(entry, depth + 1));
  const entries = Object.entries(value).slice(0, maxMembers);
  return Object.fromEntries(entries.map(([name, entry]) => [redactText(name), redactedValue(entry, depth + 1)]));
}

/**
 * Claims as a value, redacted. They are read as JSON first: to a reader of plain text `"access_token":` looks as if a
 * token followed.
 */
export function redactedClaims(claims: string): unknown {
  try {
    return redactedValue(JSON.parse(claims));
  } catch {
    return redactText(claims);
  }
}

/** Whether claims hold nothing that redaction would take out, so that they may be shown as they are sent. */
function isPlain(claims: string): boolean {
  try {
    const value: unknown = JSON.parse(claims);
    return JSON.stringify(redactedValue(value)) === JSON.stringify(value);
  } catch {
    return false;
  }
}

const hidden = '[claims with personal data]';

/** A header value as it is sent, but for claims with personal data in them. */
export function shownHeader(value: string): string {
  const encoded = /claims="([A-Za-z0-9+/=]{1,8192})"/.exec(value)?.[1]; // accepts `claims="eyJh"`
  if (encoded === undefined) return redactText(value);
  const claims = Buffer.from(encoded, 'base64').toString('utf8');
  const [before, after] = value.split(encoded) as [string, string];
  return `${redactText(before)}${isPlain(claims) ? encoded : hidden}${redactText(after)}`;
}

/**
 * A problem document for reading: redacted, and its claims whole or not at all. `type` is an address of our own making,
 * whose `code=` is no authorization code.
 */
export function shownDocument(body: string): unknown {
  const { type, claims, ...rest } = JSON.parse(body) as Record<string, unknown>;
  const document: Record<string, unknown> = { type, ...(redactedValue(rest) as object) };
  if (typeof claims === 'string') document['claims'] = isPlain(claims) ? claims : hidden;
  return document;
}
