import type { Reading } from './aad-error.js';
import { decodeClaims } from './claims.js';
import { asStatus } from './read.js';
import { parseRetryAfter } from './retry-after.js';

/**
 * What `aadNetworkClient` noted of an answer whose status, Retry-After and claims MSAL drops (retry/answer-note.ts).
 *
 * Counts only at the very end of the description, where the client writes; anything before it may be an echo of what a
 * user sent. In the copies from MSAL's throttle memory the wait has gone on since; a clock that was set back must not
 * make it longer than the server said.
 *
 * @returns whether the network client made the answer by itself: no request was sent
 */
export function readAnswerNote(text: string, reading: Reading, nowMs: number): boolean {
  // Looked for from the front first: nearly every text has none, and searching backwards is several times as slow.
  if (!text.includes(noteStart)) return false;
  const at = text.lastIndexOf(noteStart);
  const end = text.indexOf(']', at);
  if (end < 0 || (end + 1 < text.length && !text.startsWith(' - Correlation ID: ', end + 1))) return false;
  const note = notePattern.exec(text.slice(at, end + 1));
  if (note === null) return false;
  reading.status = asStatus(note[1]) ?? reading.status;
  if (note[2] !== undefined) {
    const asked = Number(note[2]);
    const passedMs = Math.max(0, nowMs - Number(note[3]));
    reading.retryAfterSeconds = parseRetryAfter(Math.max(0, asked - passedMs / 1000), nowMs);
  }
  if (note[4] !== undefined) reading.throttledLocally = true;
  if (note[5] !== undefined && reading.claims === undefined) {
    reading.claims = decodeClaims(Buffer.from(note[5], 'base64url').toString('utf8'));
  }
  return note[4] !== undefined;
}

const noteStart = '[aad-error-handler status=';

/** Accepts "[aad-error-handler status=429 retry-after=17 at=1768469400000]", refuses one without status. */
const notePattern =
  /^\[aad-error-handler status=(\d{3})(?: retry-after=(\d{1,5}))? at=(\d{1,16})( local)?(?: claims=([\w-]+))?\]$/;
