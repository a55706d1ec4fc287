import type { Reading } from './aad-error.js';
import { decodeClaims, formatClaims } from './claims.js';
import { asBag, asGuid, asName, asStatus, digits, members, read, readText, type Bag } from './read.js';
import { asTimestamp, codeOfErrorUri, decodeIfUrlEncoded, findEvidence } from './text-evidence.js';
import { isOauthError } from './vocabulary.js';

/**
 * The body of a token-endpoint error (RFC 6749 section 5.2 with Entra's members) or an authorization error response
 * (RFC 6749 section 4.1.2.1). Also the camel-cased copy that @azure/identity keeps in `errorResponse`.
 *
 * Evidence: a description with an AADSTS or AADB2C code, or `error` together with a second member of the same body, or
 * an `error` of the OAuth registry alone.
 */
export function readTokenResponse(bag: Bag, origin?: Reading['origin']): Reading | undefined {
  const error = readText(bag, 'error') ?? readText(bag, '#error') ?? readText(bag, '?error');
  const rawDescription =
    readText(bag, 'error_description') ?? readText(bag, 'errorDescription') ?? readText(bag, '#error_description');
  const errorCodes = read(bag, 'error_codes') ?? read(bag, 'errorCodes');
  if (error === undefined && rawDescription === undefined && errorCodes === undefined) return undefined;

  const description = rawDescription === undefined ? undefined : decodeIfUrlEncoded(rawDescription);
  const evidence = description === undefined ? undefined : findEvidence(description);
  const oauthError = asName(error);
  const subcode = asName(readText(bag, 'error_subcode'));
  const suberror = asName(readText(bag, 'suberror') ?? readText(bag, 'subError')) ?? subcode;
  const state = read(bag, 'state');
  const traceId = asGuid(readText(bag, 'trace_id') ?? readText(bag, 'traceId'));
  const correlationId = asGuid(readText(bag, 'correlation_id') ?? readText(bag, 'correlationId'));
  const hasCode = evidence !== undefined && (evidence.aadstsCodes.length > 0 || evidence.b2cCodes.length > 0);
  const hasBody =
    oauthError !== undefined &&
    (description !== undefined || errorCodes !== undefined || suberror !== undefined || traceId !== undefined);
  // One word on an Error, or in the answer of an API that counts `ok`, is the application's own.
  const isBareWord = description === undefined && (isOwnError(bag) || read(bag, 'ok') === false);
  const known = oauthError !== undefined && !isBareWord && isOauthError(oauthError);
  const entraBody = traceId !== undefined || correlationId !== undefined || suberror !== undefined;
  const codes = readErrorCodes(errorCodes);
  // `error_codes` alone may be anybody's validation result.
  const entraCodes = codes.length > 0 && (entraBody || oauthError !== undefined || evidence !== undefined);
  if (!hasCode && !known && !(hasBody && entraBody) && !entraCodes) return undefined;

  const aadstsCodes = evidence?.aadstsCodes ?? [];
  for (const code of codes) if (!aadstsCodes.includes(code)) aadstsCodes.push(code);
  const errorUri = readText(bag, 'error_uri') ?? readText(bag, 'errorUri');
  if (aadstsCodes.length === 0 && errorUri !== undefined) {
    const code = codeOfErrorUri(errorUri);
    if (code !== undefined) aadstsCodes.push(code);
  }
  const sentClaims = readClaims(bag);
  const claims = decodeClaims(sentClaims);
  const isAuthorizationResponse =
    origin === 'authorization-response' ||
    (origin === undefined &&
      (state !== undefined ||
        subcode !== undefined ||
        read(bag, 'admin_consent') !== undefined ||
        error !== readText(bag, 'error')));
  return {
    producer: isAuthorizationResponse ? 'authorization-response' : 'token-response',
    origin: isAuthorizationResponse ? 'authorization-response' : 'token-response',
    oauthError,
    suberror,
    aadstsCodes,
    b2cCodes: evidence?.b2cCodes,
    // Claims of a query string are written by anybody: never used from an authorization response.
    claims: isAuthorizationResponse ? undefined : claims,
    claimsDropped: sentClaims !== undefined && (claims === undefined || isAuthorizationResponse),
    rawDescription: description,
    traceId: traceId ?? evidence?.traceId ?? evidence?.requestId,
    correlationId: correlationId ?? evidence?.correlationId,
    timestamp: asTimestamp(readText(bag, 'timestamp')) ?? evidence?.timestamp,
    errorUri: asHttpsUrl(errorUri),
    status: ownStatus(bag),
  };
}

/** An Error that no OAuth client made: those have `error_description`, if only as undefined; openid-client's has not. */
function isOwnError(bag: Bag): boolean {
  try {
    return bag instanceof Error && bag.name !== 'OPError' && !('error_description' in bag);
  } catch {
    return true;
  }
}

/** The directive as text; a helper that parsed the whole body may have parsed it too. '' when it cannot be written. */
function readClaims(bag: Bag): string | undefined {
  const sent = readText(bag, 'claims');
  if (sent !== undefined) return sent;
  const value = read(bag, 'claims');
  return typeof value === 'object' && value !== null ? (formatClaims(value) ?? '') : undefined;
}

/** The status beside a body. A 500 there is what passport-oauth2's TokenError always has; a real one stands in an answer. */
function ownStatus(bag: Bag): number | undefined {
  const status = asStatus(read(bag, 'status')) ?? asStatus(read(bag, 'statusCode'));
  return status === 500 ? undefined : status;
}

/** `[50076]`, `["50076"]`, `"[50076]"` or `"50076"`. */
export function readErrorCodes(value: unknown): number[] {
  if (typeof value === 'number') return isCode(value) ? [value] : [];
  if (typeof value === 'string') {
    // The usual case, without a list around it.
    const single = digits(value);
    if (single !== undefined) return readErrorCodes(single);
    const inner = value.length <= 256 ? value.replace(/^\[|\]$/g, '') : ''; // accepts "[500011]", refuses nothing
    return inner.split(/[ ,]/).flatMap((part) => readErrorCodes(digits(part)));
  }
  return members(value).flatMap((member) => (asBag(member) === undefined ? readErrorCodes(member) : []));
}

const isCode = (code: number): boolean => Number.isInteger(code) && code >= 100 && code <= 999_999_999;

/** An https URL of printable ASCII, at most 256 characters. */
export function asHttpsUrl(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= 256 && /^https:\/\/[!-~]+$/.test(value) ? value : undefined; // refuses "javascript:"
}
