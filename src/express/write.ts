import { headersToRemove, joinPolicies } from '../respond/index.js';
import type { ResponseSpec } from '../types.js';
import type { ResponseOut } from './types.js';

/** Whether an answer can still be given. */
export function canAnswer(response: ResponseOut): boolean {
  return !response.headersSent && !response.writableEnded && !response.destroyed;
}

/**
 * Writes the answer: replaces what the application had prepared for its own answer, keeps what it set for every answer
 * (its `Vary`, cookies, and of a Content-Security-Policy what ours does not say; see page-policy.ts).
 */
export function writeResponse(
  response: ResponseOut,
  spec: ResponseSpec,
  setCookies: readonly string[],
  headOnly: boolean,
): void {
  const present = response.getHeaderNames();
  // Usually there is X-Powered-By alone, or nothing.
  const others = present.length > 1 || (present.length === 1 && present[0] !== 'x-powered-by');
  if (others) for (const name of headersToRemove) if (present.includes(name)) response.removeHeader(name);
  response.statusCode = spec.status;
  const { headers } = spec;
  for (const name in headers) {
    // A polluted Object.prototype must not add headers.
    if (!Object.hasOwn(headers, name)) continue;
    const value = headers[name] ?? '';
    if (others && name === 'vary') response.setHeader('Vary', joinVary(response.getHeader('vary'), value));
    else if (others && name === 'content-security-policy')
      response.setHeader(name, joinPolicies(listOf(response.getHeader(name)), value));
    else response.setHeader(name, value);
  }
  if (setCookies.length > 0) {
    if (present.includes('set-cookie')) for (const cookie of setCookies) response.appendHeader('set-cookie', cookie);
    else response.setHeader('set-cookie', setCookies);
  }
  // Node counts the body itself, unless it is not sent (HEAD) or the application had announced another length.
  if (headOnly || (others && (present.includes('content-length') || present.includes('transfer-encoding')))) {
    response.setHeader('content-length', Buffer.byteLength(spec.body));
  }
  response.end(headOnly ? undefined : spec.body);
}

function joinVary(existing: string | number | string[] | undefined, own: string): string {
  if (existing === undefined) return own;
  const text = Array.isArray(existing) ? existing.join(', ') : String(existing);
  if (text.trim() === '*') return '*';
  const names = new Set(text.split(',').map((name) => name.trim().toLowerCase()));
  const missing = own.split(', ').filter((name) => !names.has(name.toLowerCase()));
  return missing.length === 0 ? text : `${text}, ${missing.join(', ')}`;
}

function listOf(header: string | number | string[] | undefined): readonly string[] {
  return header === undefined ? [] : Array.isArray(header) ? header : [String(header)];
}
