import type { Flow } from '../types.js';
import type { Reading } from './aad-error.js';
import { decodeClaims } from './claims.js';
import { endOfJson } from './challenge.js';
import { asBag, asGuid, asName, asStatus, digits, isDigit, read, readHeader, readText, type Bag } from './read.js';
import { parseRetryAfter } from './retry-after.js';
import { asTimestamp, findEvidence } from './text-evidence.js';
import { readErrorCodes } from './token-response.js';
import { isClientSideName, isMsalCode, isMsalName, isOauthError } from './vocabulary.js';

/**
 * An error of MSAL Node 1 to 7 or MSAL.js, as thrown, as a plain object after JSON, or as `name` and `message` alone.
 *
 * MSAL calls the OAuth `error` `errorCode`, and uses the same field for its own codes and, when it answers from its
 * throttle memory, for the AADSTS number. Its class says nothing reliable: `invalid_grant` without a listed suberror is
 * a ServerError whose claims are gone (MSAL Node 1 to 7.2.1).
 */
export function readMsal(bag: Bag, nowMs: number): Reading | undefined {
  const name = readText(bag, 'name');
  const code = read(bag, 'errorCode');
  const msalName = isMsalName(name);
  if (code === undefined && !msalName) return name === 'TypeError' ? readBrokenBody(bag) : undefined;
  const errorMessage = readText(bag, 'errorMessage');
  const message = readText(bag, 'message');
  let errorCode = typeof code === 'string' ? code : typeof code === 'number' ? String(code) : undefined;
  let text = errorMessage ?? message ?? '';
  if (code === undefined) {
    const colon = message?.indexOf(': ') ?? -1;
    const prefix = message === undefined || colon < 1 || colon > 64 ? undefined : asName(message.slice(0, colon));
    if (message === undefined || (prefix === undefined && !/^: |^: /.test(message))) return undefined;
    errorCode = prefix ?? '';
    text = message.slice(colon + 2);
    if (
      !isOauthError(errorCode) &&
      !isMsalCode(errorCode) &&
      name !== 'ServerError' &&
      name !== 'InteractionRequiredAuthError'
    ) {
      return undefined;
    }
  } else if (
    !msalName &&
    errorMessage === undefined &&
    read(bag, 'subError') === undefined &&
    read(bag, 'errorNo') === undefined
  ) {
    return undefined;
  }
  // A nested server `error` object becomes errorCode as it is (seen with managed identity endpoints).
  if (errorCode === undefined) errorCode = readText(asBag(code) ?? {}, 'code') ?? '';

  const evidence = findEvidence(text === '' ? (message ?? '') : text);
  const { aadstsCodes } = evidence;
  const isNumeric = errorCode !== '' && isDigit(errorCode.charCodeAt(0));
  for (const number of [
    ...(isNumeric ? readErrorCodes(errorCode) : []),
    ...readErrorCodes(read(bag, 'errorNo')),
    ...numericPrefix(text),
  ]) {
    if (!aadstsCodes.includes(number)) aadstsCodes.push(number);
  }
  const word = isNumeric ? undefined : asName(errorCode);
  // A word nobody knows is the server's, unless it comes in a class that only the client side throws.
  const unregistered = word !== undefined && !isMsalCode(word) && !isClientSideName(name);
  const oauthError = word !== undefined && (isOauthError(word) || unregistered) ? word : undefined;
  const reading: Reading = {
    producer: 'msal',
    origin: 'token-response',
    oauthError,
    suberror: asName(readText(bag, 'subError')),
    aadstsCodes,
    b2cCodes: evidence.b2cCodes,
    rawDescription: text === '' ? undefined : text,
    traceId: asGuid(read(bag, 'traceId')) ?? evidence.traceId ?? evidence.requestId,
    timestamp: asTimestamp(readText(bag, 'timestamp')) ?? evidence.timestamp,
    status: asStatus(read(bag, 'status')),
  };
  const sentClaims = readText(bag, 'claims');
  if (sentClaims !== undefined) {
    reading.claims = decodeClaims(sentClaims);
    reading.claimsDropped = reading.claims === undefined;
  }
  readIds(bag, reading, evidence.correlationId);

  const throttled =
    name === 'ServerError' && (isNumeric || errorCode === '') && readText(bag, 'subError') === undefined;
  if (throttled) reading.throttledLocally = true;
  if (oauthError === undefined && word !== undefined) {
    reading.clientCode = word;
    reading.origin = 'client';
    readClientCode(word, name, text, reading);
  } else if (oauthError !== undefined && aadstsCodes.length === 0) {
    readTransportText(oauthError, text, reading, nowMs);
  }
  return reading;
}

/** A token endpoint that answered with a JSON string makes MSAL Node 1 to 7.2.1 throw this TypeError: an outage or proxy. */
function readBrokenBody(bag: Bag): Reading | undefined {
  const message = readText(bag, 'message');
  if (message?.startsWith("Cannot create property 'key_id' on string") !== true) return undefined;
  return { producer: 'msal', origin: 'network', clientCode: 'token_parsing_error', rawDescription: message };
}

/** MSAL puts its request's id into `correlationId`, except for silent refreshes; the text has the server's. */
function readIds(bag: Bag, reading: Reading, fromText: string | undefined): void {
  const own = asGuid(read(bag, 'correlationId'));
  reading.correlationId = fromText ?? own;
  if (own !== undefined && own !== fromText) reading.requestCorrelationId = own;
}

/** Codes before the text: `Error(s): 7000215,70002 - Timestamp…` (2.10 and later) and `7000215 - [time]: …` (before). */
function numericPrefix(text: string): number[] {
  const start = text.startsWith('Error(s): ') ? 10 : 0;
  let end = start;
  while (end - start < 160 && (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 44)) end += 1;
  if (end === start || !text.startsWith(' - ', end)) return [];
  return text
    .slice(start, end)
    .split(',')
    .flatMap((part) => readErrorCodes(digits(part)));
}

function readClientCode(code: string, name: string | undefined, text: string, reading: Reading): void {
  // MSAL Node 1 names what discovery really failed of: `Detail: ClientConfigurationError: untrusted_authority: …`.
  const detail = code === 'endpoints_resolution_error' ? /Detail: \w{1,40}: ([a-z_]{3,64})/.exec(text)?.[1] : undefined; // accepts "Detail: ClientAuthError: network_error"
  if (detail !== undefined && isMsalCode(detail)) {
    reading.clientCode = detail;
    if (detail === 'network_error') reading.origin = 'network';
  } else if (code === 'network_error' || code === 'network_unavailable') {
    reading.origin = 'network';
  } else if (code === 'post_request_failed') {
    // Device-code polling keeps nothing but the OAuth error string (MSAL Node 2 to 7.2.1).
    reading.flow = 'device-code' satisfies Flow;
    reading.origin = 'token-response';
    const last = text.slice(Math.max(text.lastIndexOf(' '), text.lastIndexOf(':')) + 1).trim();
    const error = asName(last);
    if (error !== undefined && isOauthError(error)) reading.oauthError = error;
  } else if (code === 'token_parsing_error' && (name !== 'ClientAuthError' || text.startsWith('Failed to parse'))) {
    // The server's answer was no JSON: an outage, a proxy or a captive portal (MSAL Node 5 and later).
    reading.origin = 'network';
  }
}

/**
 * MSAL Node 1 to 3 report an answer that is no JSON as `server_error`, `client_error` or `unknown_error` with the HTTP
 * status and all response headers in the text: the one place where they keep Retry-After.
 */
function readTransportText(error: string, text: string, reading: Reading, nowMs: number): void {
  const at = text.indexOf('Http status code: ');
  if (at < 0) return;
  reading.status ??= asStatus(text.slice(at + 18, at + 21));
  reading.origin = 'network';
  reading.clientCode = error;
  const headersAt = text.indexOf('Headers: {', at);
  const end = headersAt < 0 ? undefined : endOfJson(text, headersAt + 9);
  if (end === undefined) return;
  try {
    const retryAfter = readHeader(JSON.parse(text.slice(headersAt + 9, end)), 'retry-after');
    reading.retryAfterSeconds = parseRetryAfter(retryAfter, nowMs);
  } catch {
    // Headers that are no JSON hold no wait.
  }
}
