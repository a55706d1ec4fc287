/**
 * What MSAL drops of an answer, written where MSAL keeps it: at the end of `error_description`.
 *
 * MSAL turns an answer into an error that holds neither HTTP status nor Retry-After, nor the claims where it makes a
 * ServerError. A foreign error thrown by a network client is worse: MSAL replaces it by `network_error`. The description
 * survives in every error of the token endpoint, also in the copies from MSAL's throttle memory, so `at` tells when the
 * wait began. Nothing else of the body is changed. normalize/msal.ts reads the note, and only at the very end of a
 * description, where nobody but the network client writes. Device code flows keep nothing but `error`: no note there.
 */
export interface AnswerNote {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  /** Milliseconds since the epoch at which the answer came. */
  readonly atMs: number;
  /** No request was made: the circuit is open. */
  readonly isLocal?: boolean;
  /** Claims directive as JSON text that MSAL is going to drop. */
  readonly claims?: string | undefined;
}

/** Readers cut texts at 16 KiB; description and note together stay well below. */
const maxDescription = 8_192;
const maxClaims = 4_096;

/** `AADSTS90055: … [aad-error-handler status=429 retry-after=17 at=1768469400000]` */
export function withNote(description: unknown, note: AnswerNote): string {
  const text = typeof description === 'string' ? description.slice(0, maxDescription) : '';
  const { claims = '' } = note;
  const parts = [
    'aad-error-handler',
    `status=${String(note.status)}`,
    note.retryAfterSeconds === undefined ? '' : `retry-after=${String(note.retryAfterSeconds)}`,
    `at=${String(Math.max(0, Math.floor(note.atMs)))}`,
    note.isLocal === true ? 'local' : '',
    claims === '' || claims.length > maxClaims ? '' : `claims=${Buffer.from(claims).toString('base64url')}`,
  ];
  return `${text}${text === '' ? '' : ' '}[${parts.filter((part) => part !== '').join(' ')}]`;
}
