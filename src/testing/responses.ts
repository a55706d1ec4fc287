import { randomUUID } from 'node:crypto';
import { claimsText } from './claims.js';
import { errorDefaults, readCode } from './error-defaults.js';
import { refusal, shown } from './refusal.js';

/** An HTTP answer as data. `body` is the parsed JSON, which is also what MSAL's `networkClient` hands on. */
export interface TestResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What may be said about an error of the token endpoint; everything has Entra's usual value as default. */
export interface TokenErrorDetails {
  /** OAuth `error`. @defaultValue by code; `invalid_grant` where nothing is known */
  readonly error?: string;
  /** Entra's `suberror`; `null` leaves it out where the code usually has one. @defaultValue by code */
  readonly suberror?: string | null;
  /** Claims directive as object or JSON text; sent as JSON text, not base64, as Entra does. @defaultValue none */
  readonly claims?: string | object;
  /** The sentence after `AADSTSnnnnn: `. @defaultValue the catalogue's summary */
  readonly description?: string;
  /** HTTP status, 200 to 599. @defaultValue 400; 401 for invalid_client, 429 for 90055, 503 for temporarily_unavailable */
  readonly status?: number;
  /** Adds `Retry-After`, in seconds, 0 to 86,400. @defaultValue none */
  readonly retryAfterSeconds?: number;
  /** Further header fields of the answer. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves `error_codes` out, as some Entra endpoints do. @defaultValue false; always left out for AADB2C codes */
  readonly omitErrorCodes?: boolean;
  /** The server's trace id. @defaultValue a random GUID */
  readonly traceId?: string;
  /** The server's correlation id. @defaultValue a random GUID */
  readonly correlationId?: string;
  /** Milliseconds since the epoch. @defaultValue Date.now */
  readonly now?: () => number;
}

/** What may be said about an error that comes back on the redirect URI. */
export interface AuthorizationErrorDetails extends Pick<
  TokenErrorDetails,
  'error' | 'description' | 'traceId' | 'correlationId' | 'now'
> {
  readonly state?: string;
  /** `error_subcode`; Entra sends `cancel` when the user pressed back. */
  readonly subcode?: string;
}

/** Kinds of {@link graphErrorResponse}. */
export const graphErrorKinds = [
  'invalid-token',
  'expired-token',
  'insufficient-claims',
  'forbidden',
  'throttled',
  'unavailable',
] as const;
export type GraphErrorKind = (typeof graphErrorKinds)[number];

/** `2026-01-31 23:59:59Z`: the form of Entra's timestamps. @internal */
export function entraTimestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

function checkedCode(code: unknown): number | string | undefined {
  if (code === undefined) return undefined;
  const read = readCode(code);
  if (read !== undefined) return read;
  throw refusal(
    'ERR_AAD_TESTING_PLAN',
    `code: ${shown(code)} is not an AADSTS or AADB2C code. Use 50076, "AADSTS50076" or "AADB2C90118".`,
  );
}

const lowerCaseNames = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

interface Stamp {
  readonly text: string;
  readonly traceId: string;
  readonly correlationId: string;
  readonly timestamp: string;
}

/** error_description with the ids that Entra appends; B2C has no trace id. */
function describe(code: number | string | undefined, sentence: string, details: AuthorizationErrorDetails): Stamp {
  const timestamp = entraTimestamp((details.now ?? Date.now)());
  const traceId = details.traceId ?? randomUUID();
  const correlationId = details.correlationId ?? randomUUID();
  const b2c = typeof code === 'string';
  const prefix = code === undefined ? '' : b2c ? `${code}: ` : `AADSTS${String(code)}: `;
  const trace = b2c ? '' : `\r\nTrace ID: ${traceId}`;
  const text = `${prefix}${sentence}${trace}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`;
  return { text: b2c ? `${text}\r\n` : text, traceId, correlationId, timestamp };
}

/**
 * The token endpoint's answer for a code, in the form Entra (or, for AADB2C codes, Azure AD B2C) sends it.
 *
 * @param code `50076`, `'AADSTS50076'`, `'AADB2C90118'`, or undefined for an error without a code
 * @throws TypeError `ERR_AAD_TESTING_PLAN` when the code is none
 */
export function tokenErrorResponse(code: number | string | undefined, details: TokenErrorDetails = {}): TestResponse {
  const read = checkedCode(code);
  const defaults = errorDefaults(read, details.error);
  const { text, traceId, correlationId, timestamp } = describe(read, details.description ?? defaults.text, details);
  const suberror = details.suberror === undefined ? defaults.suberror : details.suberror;
  const isNumber = typeof read === 'number';
  const entra = {
    ...(isNumber && details.omitErrorCodes !== true ? { error_codes: [read] } : {}),
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(isNumber ? { error_uri: `https://login.microsoftonline.com/error?code=${String(read)}` } : {}),
  };
  return {
    status: details.status ?? defaults.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store, no-cache',
      'x-ms-request-id': traceId,
      ...(details.retryAfterSeconds === undefined ? {} : { 'retry-after': String(details.retryAfterSeconds) }),
      ...lowerCaseNames(details.headers ?? {}),
    },
    body: {
      error: defaults.error,
      error_description: text,
      ...(typeof read === 'string' ? {} : entra),
      ...(suberror === undefined || suberror === null || suberror === '' ? {} : { suberror }),
      ...(details.claims === undefined ? {} : { claims: claimsText(details.claims) }),
    },
  };
}

/**
 * The fields that an authorization error brings to the redirect URI, for a query or a form_post body:
 * `new URLSearchParams(authorizationErrorResponse(65004, { state }))`.
 *
 * @throws TypeError `ERR_AAD_TESTING_PLAN` when the code is none
 */
export function authorizationErrorResponse(
  code: number | string | undefined,
  details: AuthorizationErrorDetails = {},
): Record<string, string> {
  const read = checkedCode(code);
  const defaults = errorDefaults(read, details.error);
  const { text } = describe(read, details.description ?? defaults.text, details);
  return {
    error: defaults.error,
    error_description: text,
    ...(typeof read === 'number' ? { error_uri: `https://login.microsoftonline.com/error?code=${String(read)}` } : {}),
    ...(details.subcode === undefined ? {} : { error_subcode: details.subcode }),
    ...(details.state === undefined ? {} : { state: details.state }),
  };
}

const authorizationUri = 'https://login.microsoftonline.com/common/oauth2/authorize';

/** Microsoft's Bearer challenge; claims as padded base64. */
function challenge(claims: string | object | undefined): string {
  const bare = `Bearer realm="", authorization_uri="${authorizationUri}"`;
  if (claims === undefined) return bare;
  return `${bare}, error="insufficient_claims", claims="${Buffer.from(claimsText(claims)).toString('base64')}"`;
}

function graphBody(code: string, message: string): Record<string, unknown> {
  return { error: { code, message, innerError: { date: '2026-01-31T23:59:59', 'request-id': randomUUID() } } };
}

const json = { 'content-type': 'application/json; charset=utf-8' };

/**
 * A resource's 401 that asks for more claims (continuous access evaluation or authentication context), in Microsoft's form.
 *
 * @param claims object or JSON text, for example `{ access_token: { acrs: { essential: true, value: 'c1' } } }`
 */
export function claimsChallengeResponse(claims: string | object): TestResponse {
  return {
    status: 401,
    headers: { ...json, 'www-authenticate': challenge(claims) },
    body: graphBody('InvalidAuthenticationToken', 'The token does not meet the policy of this resource.'),
  };
}

/** @internal 401 without claims: no token, or one that is not valid. */
export function invalidTokenResponse(message: string): TestResponse {
  return {
    status: 401,
    headers: { ...json, 'www-authenticate': challenge(undefined) },
    body: graphBody('InvalidAuthenticationToken', message),
  };
}

/** An error of Microsoft Graph. The `insufficient-claims` one asks for a token issued after 2026-01-01. */
export function graphErrorResponse(kind: GraphErrorKind): TestResponse {
  switch (kind) {
    case 'invalid-token':
      return invalidTokenResponse('Access token is empty or malformed.');
    case 'expired-token':
      return invalidTokenResponse('Lifetime validation failed, the token is expired.');
    case 'insufficient-claims':
      return claimsChallengeResponse({ access_token: { nbf: { essential: true, value: '1767225600' } } });
    case 'forbidden':
      return {
        status: 403,
        headers: json,
        body: graphBody('Authorization_RequestDenied', 'The app or user lacks privileges.'),
      };
    case 'throttled':
      return {
        status: 429,
        headers: { ...json, 'retry-after': '10' },
        body: graphBody('TooManyRequests', 'Too many requests, wait before the next one.'),
      };
    case 'unavailable':
      return {
        status: 503,
        headers: { ...json, 'retry-after': '10' },
        body: graphBody('serviceNotAvailable', 'The service is not available for a moment.'),
      };
    default:
      throw refusal(
        'ERR_AAD_TESTING_PLAN',
        `graphErrorResponse: unknown kind ${shown(kind)}. Valid kinds: ${graphErrorKinds.join(', ')}.`,
      );
  }
}
