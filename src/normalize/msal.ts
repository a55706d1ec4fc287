import { isPolluted } from '../own-fields.js';
import type { Flow } from '../types.js';
import type { Reading } from './aad-error.js';
import { readAnswerNote } from './answer-note.js';
import { decodeClaims } from './claims.js';
import { endOfJson } from './challenge.js';
import {
  asBag,
  asGuid,
  asName,
  asStatus,
  asText,
  digits,
  isDigit,
  read,
  readHeader,
  readText,
  type Bag,
} from './read.js';
import { isLastingFault, printedNetworkCode } from './network.js';
import { parseRetryAfter } from './retry-after.js';
import { asTimestamp, findAadstsCodes, findB2cCodes, findIds } from './text-evidence.js';
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
  const fields = fieldsOf(bag);
  const name = asText(fields.name);
  const code = fields.errorCode;
  const msalName = isMsalName(name);
  if (code === undefined && !msalName) return name === 'TypeError' ? readBrokenBody(bag) : undefined;
  const errorMessage = asText(fields.errorMessage);
  const message = asText(fields.message);
  let errorCode = typeof code === 'string' ? code : typeof code === 'number' ? String(code) : undefined;
  const nested = asBag(code);
  let text = errorMessage ?? (nested && readText(nested, 'message')) ?? message ?? '';
  if (code === undefined) {
    const colon = message?.indexOf(': ') ?? -1;
    const prefix = message === undefined || colon < 1 || colon > 64 ? undefined : asName(message.slice(0, colon));
    if (message === undefined || (prefix === undefined && !message.startsWith(': '))) return undefined;
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
  } else if (msalName ? isOthersNamesake(fields, name) : !isNamelessMsal(bag, errorCode, errorMessage)) {
    return undefined;
  }
  // A nested server `error` object becomes errorCode as it is (seen with managed identity endpoints).
  if (errorCode === undefined) errorCode = (nested && readText(nested, 'code')) ?? '';

  const searched = text === '' ? (message ?? '') : text;
  const aadstsCodes = findAadstsCodes(searched);
  const b2cCodes = findB2cCodes(searched);
  // InteractionRequiredAuthError has trace id and time as fields too; the server's correlation id is in the text alone.
  const ids = findIds(searched, aadstsCodes.length > 0);
  const isNumeric = errorCode !== '' && isDigit(errorCode.charCodeAt(0));
  const { errorNo } = fields;
  if (isNumeric) addCodes(aadstsCodes, errorCode);
  if (errorNo !== undefined) addCodes(aadstsCodes, errorNo);
  addNumericPrefix(aadstsCodes, text);
  const word = isNumeric ? undefined : asName(errorCode);
  // A word nobody knows is the server's, unless it comes in a class that only the client side throws.
  const isServers = word !== undefined && (isOauthError(word) || (!isMsalCode(word) && !isClientSideName(name)));
  const oauthError = isServers ? word : undefined;
  const sentClaims = asText(fields.claims);
  const claims = sentClaims === undefined ? undefined : decodeClaims(sentClaims);
  const ownId = fields.correlationId === ids.correlationId ? undefined : asGuid(fields.correlationId);
  const reading: Reading = {
    producer: 'msal',
    origin: 'token-response',
    oauthError,
    suberror: asName(fields.subError),
    aadstsCodes,
    b2cCodes,
    claims,
    claimsDropped: sentClaims === undefined ? undefined : claims === undefined,
    rawDescription: text === '' ? undefined : text,
    traceId: (fields.traceId === ids.traceId ? undefined : asGuid(fields.traceId)) ?? ids.traceId ?? ids.requestId,
    // MSAL puts its request's id into the field, except for silent refreshes; the text has the server's. Where only MSAL's
    // is known it stands for both: Entra's sign-in log has it, unless the request was never answered.
    correlationId: ids.correlationId ?? ownId,
    requestCorrelationId: ownId === ids.correlationId ? undefined : ownId,
    timestamp: asTimestamp(fields.timestamp) ?? ids.timestamp,
    status: asStatus(fields.status),
  };

  // The answer from memory has the numbers in place of `error`, the raw text, and nothing else.
  const fromMemory =
    name === 'ServerError' &&
    (isNumeric || errorCode === '') &&
    errorNo === undefined &&
    reading.status === undefined &&
    reading.suberror === undefined &&
    !text.startsWith('Error(s): ');
  if (fromMemory) reading.throttledLocally = true;
  const isOwnAnswer = readAnswerNote(text, reading, nowMs);
  if (oauthError === undefined && word !== undefined) {
    reading.clientCode = word;
    reading.origin = 'client';
    readClientCode(word, name, text, reading);
  }
  if (word !== undefined && aadstsCodes.length === 0) readTransportText(word, text, reading, nowMs);
  // Entra's log has the id of a request that it answered; here nobody but this machine did.
  const isUnanswered = isOwnAnswer || (isConnectionCode(reading.clientCode) && reading.status === undefined);
  if (isUnanswered && ids.correlationId === undefined) delete reading.correlationId;
  return reading;
}

const isConnectionCode = (code: string | undefined): boolean =>
  code === 'network_error' || code === 'network_unavailable';

/** The fields of MSAL's errors, whatever they hold. */
type MsalFields = Readonly<
  Record<
    | 'name'
    | 'errorCode'
    | 'errorMessage'
    | 'message'
    | 'subError'
    | 'errorNo'
    | 'claims'
    | 'traceId'
    | 'timestamp'
    | 'correlationId'
    | 'status',
    unknown
  >
>;

/**
 * All at once for an ordinary object, which is several times as fast; one by one for an object that throws, and when
 * Object.prototype is polluted.
 */
function fieldsOf(bag: Bag): MsalFields {
  try {
    if (isPolluted()) return guardedFieldsOf(bag);
    const {
      name,
      errorCode,
      errorMessage,
      message,
      subError,
      errorNo,
      claims,
      traceId,
      timestamp,
      correlationId,
      status,
    } = bag as MsalFields;
    return {
      name,
      errorCode,
      errorMessage,
      message,
      subError,
      errorNo,
      claims,
      traceId,
      timestamp,
      correlationId,
      status,
    };
  } catch {
    return guardedFieldsOf(bag);
  }
}

function guardedFieldsOf(bag: Bag): MsalFields {
  return {
    name: read(bag, 'name'),
    errorCode: read(bag, 'errorCode'),
    errorMessage: read(bag, 'errorMessage'),
    message: read(bag, 'message'),
    subError: read(bag, 'subError'),
    errorNo: read(bag, 'errorNo'),
    claims: read(bag, 'claims'),
    traceId: read(bag, 'traceId'),
    timestamp: read(bag, 'timestamp'),
    correlationId: read(bag, 'correlationId'),
    status: read(bag, 'status'),
  };
}

/**
 * Without the class name, `errorCode` must be a word of OAuth or MSAL beside one of MSAL's other fields, or the text must
 * hold a code: `errorCode` and `errorMessage` are names many libraries use.
 */
function isNamelessMsal(bag: Bag, errorCode: string | undefined, errorMessage: string | undefined): boolean {
  const known = errorCode !== undefined && (isOauthError(errorCode) || isMsalCode(errorCode));
  if (known)
    return errorMessage !== undefined || read(bag, 'subError') !== undefined || read(bag, 'errorNo') !== undefined;
  return (
    errorMessage !== undefined && (findAadstsCodes(errorMessage).length > 0 || findB2cCodes(errorMessage).length > 0)
  );
}

/** Names that other libraries give their errors as well. */
const sharedNames = new Set<string | undefined>(['AuthError', 'ServerError', 'NetworkError']);

/** Another library's `ServerError` with an `errorCode` of its own, and none of MSAL's other fields. */
function isOthersNamesake({ errorCode, errorMessage, subError }: MsalFields, name: string | undefined): boolean {
  if (typeof errorCode !== 'string' || errorMessage !== undefined || subError !== undefined) return false;
  const isMsals =
    errorCode === '' || isDigit(errorCode.charCodeAt(0)) || isOauthError(errorCode) || isMsalCode(errorCode);
  return sharedNames.has(name) && !isMsals;
}

/** A token endpoint that answered with a JSON string makes MSAL Node 1 to 7.2.1 throw this TypeError: an outage or proxy. */
function readBrokenBody(bag: Bag): Reading | undefined {
  const message = readText(bag, 'message');
  if (message?.startsWith("Cannot create property 'key_id' on string") !== true) return undefined;
  return { producer: 'msal', origin: 'network', clientCode: 'token_parsing_error', rawDescription: message };
}

function addCodes(codes: number[], value: unknown): void {
  // The usual case: the number that the text has named already.
  if (codes.length === 1 && typeof value === 'string' && digits(value) === codes[0]) return;
  for (const code of readErrorCodes(value)) if (!codes.includes(code)) codes.push(code);
}

/** Codes before the text: `Error(s): 7000215,70002 - Timestamp…` (2.10 and later) and `7000215 - [time]: …` (before). */
function addNumericPrefix(codes: number[], text: string): void {
  const start = text.startsWith('Error(s): ') ? 10 : 0;
  let end = start;
  while (end - start < 160 && (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 44)) end += 1;
  if (end > start && text.startsWith(' - ', end)) addCodes(codes, text.slice(start, end));
}

/**
 * MSAL's `code: text` where only the printed error is left: after structuredClone, as a string, or as the message that
 * @azure/identity copies. Proof is the name of an MSAL class in front, MSAL's link, or its composite text; the caller
 * may know better.
 */
export function readMsalMessage(text: string, nowMs: number, isKnownToBeMsal = false): Reading | undefined {
  const match = /^(?:([A-Z]\w{3,40}): )?([a-z][a-z0-9_]{2,63}): /.exec(text.slice(0, 128)); // accepts "ServerError: invalid_grant: …", refuses "Error: no"
  const name = match?.[1];
  const code = match?.[2];
  if (match === null || code === undefined || (!isOauthError(code) && !isMsalCode(code))) return undefined;
  const rest = text.slice(match[0].length);
  const proof =
    isKnownToBeMsal || isMsalName(name) || rest.startsWith('Error(s): ') || rest.includes('aka.ms/msal.js.errors#');
  if (!proof) return undefined;
  const reading = readMsal({ name: isMsalName(name) ? name : 'AuthError', errorCode: code, errorMessage: rest }, nowMs);
  // Anybody may have written a text; claims are taken from error objects alone.
  if (reading !== undefined) delete reading.claims;
  return reading;
}

function readClientCode(code: string, name: string | undefined, text: string, reading: Reading): void {
  // MSAL Node 1 names what discovery really failed of: `Detail: ClientConfigurationError: untrusted_authority: …`.
  const detail = code === 'endpoints_resolution_error' ? /Detail: \w{1,40}: ([a-z_]{3,64})/.exec(text)?.[1] : undefined; // accepts "Detail: ClientAuthError: network_error"
  if (detail !== undefined && isMsalCode(detail)) {
    reading.clientCode = detail;
    if (detail === 'network_error') reading.origin = 'network';
  } else if (isConnectionCode(code)) {
    readNetworkError(text, reading);
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
 * What MSAL's `network_error` hides: before 1.14.1 an HTTP refusal (`HTTP status code 401`), and in the sentence of its
 * network client a certificate or proxy that no retry gets past.
 */
function readNetworkError(text: string, reading: Reading): void {
  reading.origin = 'network';
  const status = asStatus(/\bHTTP status code:? (\d{3})\b/i.exec(text.slice(0, 2_048))?.[1]); // accepts "HTTP status code 401"
  reading.status ??= status;
  const code = reading.status === 407 ? 'ERR_TUNNEL_CONNECTION_FAILED' : printedNetworkCode(text);
  if (reading.status !== undefined && reading.status >= 400 && reading.status < 500 && code === undefined) {
    reading.origin = 'token-response';
    delete reading.clientCode;
  }
  if (code !== undefined && isLastingFault(code)) reading.clientCode = code;
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
