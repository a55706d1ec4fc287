import { lookupAadsts } from '../catalog/index.js';

/** How Entra usually dresses a code on the wire. */
export interface ErrorDefaults {
  readonly error: string;
  readonly suberror?: string;
  readonly status: number;
  readonly text: string;
}

/**
 * OAuth `error` and `suberror` by AADSTS number, where the general rule (`invalid_grant`, no suberror) is wrong.
 * Pairings: facts/msal-error-surface.md section 3; the texts come from the catalogue.
 */
const byCode = new Map<number, readonly [error: string, suberror?: string]>([
  [50058, ['login_required']],
  [50076, ['invalid_grant', 'basic_action']],
  [50079, ['invalid_grant', 'basic_action']],
  [50105, ['interaction_required']],
  [50173, ['invalid_grant', 'bad_token']],
  [53000, ['interaction_required']],
  [53001, ['interaction_required']],
  [53003, ['invalid_grant', 'message_only']],
  [65001, ['invalid_grant', 'consent_required']],
  [65004, ['access_denied']],
  [70000, ['invalid_grant', 'bad_token']],
  [70003, ['unsupported_grant_type']],
  [70011, ['invalid_scope']],
  [70016, ['authorization_pending']],
  [70018, ['bad_verification_code']],
  [70020, ['expired_token']],
  [70043, ['invalid_grant', 'token_expired']],
  [90002, ['invalid_request']],
  [90014, ['invalid_request']],
  [90023, ['invalid_request']],
  [90025, ['temporarily_unavailable']],
  [90033, ['temporarily_unavailable']],
  [90055, ['temporarily_unavailable']],
  [90094, ['invalid_grant', 'consent_required']],
  [500011, ['invalid_resource']],
  [700016, ['unauthorized_client']],
  [700027, ['invalid_client']],
  [700082, ['invalid_grant', 'bad_token']],
  [700084, ['invalid_grant', 'bad_token']],
  [900144, ['invalid_request']],
  [7000215, ['invalid_client']],
  [7000218, ['invalid_client']],
  [7000222, ['invalid_client']],
]);

/** HTTP status that goes with an OAuth error; 400 unless listed (RFC 6749 section 5.2). */
function statusOf(error: string, code: number | string | undefined): number {
  if (code === 90055 || error === 'too_many_requests') return 429;
  if (error === 'invalid_client') return 401;
  if (error === 'temporarily_unavailable') return 503;
  return error === 'server_error' ? 500 : 400;
}

/** Defaults for a code: the table above, else the catalogue's first OAuth error, else `invalid_grant`. @internal */
export function errorDefaults(code: number | string | undefined, error?: string): ErrorDefaults {
  const row = code === undefined ? undefined : lookupAadsts(code);
  const listed = typeof code === 'number' ? byCode.get(code) : undefined;
  const fallback = typeof code === 'string' ? 'access_denied' : 'invalid_grant';
  const chosen = error ?? listed?.[0] ?? row?.oauthErrors[0] ?? fallback;
  const suberror = error === undefined || error === listed?.[0] ? listed?.[1] : undefined;
  return {
    error: chosen,
    ...(suberror === undefined ? {} : { suberror }),
    status: statusOf(chosen, code),
    text: row?.summary ?? 'LocalEntra was asked to answer with this error.',
  };
}

/** `50076`, `'50076'`, `'AADSTS50076'` -> 50076; `'AADB2C90118'` stays; undefined for anything else. @internal */
export function readCode(code: unknown): number | string | undefined {
  if (typeof code === 'number')
    return Number.isSafeInteger(code) && code >= 1000 && code <= 999_999_999 ? code : undefined;
  if (typeof code !== 'string') return undefined;
  const match = /^(?:(AADB2C)|AADSTS)?(\d{4,9})$/.exec(code); // accepts "AADSTS50076", refuses "50076 closed"
  if (match === null) return undefined;
  return match[1] === undefined ? Number(match[2]) : code;
}
