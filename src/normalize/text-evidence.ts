import { digits, guidAt, isDigit, isHex, maxWidth } from './read.js';

/** Codes and ids found in a text. */
export interface TextEvidence {
  readonly aadstsCodes: number[];
  readonly b2cCodes: string[];
  readonly traceId: string | undefined;
  readonly correlationId: string | undefined;
  readonly requestId: string | undefined;
  readonly timestamp: string | undefined;
}

/**
 * AADSTS numbers: `AADSTS` directly followed by (or one blank, colon or dash away from) 3 to 9 digits.
 * A number without that prefix is not evidence: "ticket 50076 was closed" holds no code.
 */
export function findAadstsCodes(text: string): number[] {
  // Made with its first member: V8 gives an empty list that grows room for seventeen.
  let found: number[] | undefined;
  let prefix = 'AADSTS';
  let at = text.indexOf(prefix);
  if (at < 0) {
    prefix = 'aadsts';
    at = text.indexOf(prefix);
  }
  while (at >= 0 && (found?.length ?? 0) < maxWidth) {
    let start = at + 6;
    const separator = text.charCodeAt(start);
    if (separator === 32 || separator === 58 || separator === 45) start += 1;
    let end = start;
    while (end - start < 10 && isDigit(text.charCodeAt(end))) end += 1;
    const isWhole = end - start >= 3 && end - start <= 9 && !isCutByLink(text, end);
    const code = isWhole ? digits(text, start, end) : undefined;
    // Zeros in front do not make a number of three digits.
    if (code !== undefined && code >= 100) {
      if (found === undefined) found = [code];
      else if (!found.includes(code)) found.push(code);
    }
    at = text.indexOf(prefix, end);
  }
  return found ?? [];
}

/** Log viewers turn a part of a number into a link, `AADSTS700[16](https://…)2`: what stands before it is no code. */
function isCutByLink(text: string, end: number): boolean {
  return text.charCodeAt(end) === 91 && /^\[\d{1,9}\]\(/.test(text.slice(end, end + 12)); // refuses "[see](https://…)"
}

/** Whether a text holds a code that a log viewer has cut: Entra's text, but the number is lost. */
export const hasCutCode = (text: string): boolean => /AADSTS\d{1,9}\[\d{1,9}\]\(/.test(text);

/** `AADB2C` followed by 3 to 9 digits. */
export function findB2cCodes(text: string): string[] {
  const into: string[] = [];
  let at = text.indexOf('AADB2C');
  while (at >= 0 && into.length < maxWidth) {
    const start = at + 6;
    let end = start;
    while (end - start < 10 && isDigit(text.charCodeAt(end))) end += 1;
    const count = end - start;
    const code = text.slice(at, end);
    if (count >= 3 && count <= 9 && !into.includes(code)) into.push(code);
    at = text.indexOf('AADB2C', end);
  }
  return into;
}

/** `code=700016` of an `error_uri`. */
export function codeOfErrorUri(uri: string): number | undefined {
  const at = uri.indexOf('code=');
  if (at < 0) return undefined;
  let end = at + 5;
  while (end - at < 15 && isDigit(uri.charCodeAt(end))) end += 1;
  return end - at >= 8 ? digits(uri.slice(at + 5, end)) : undefined;
}

/** Text with a URL-encoded description is decoded once; anything that does not decode stays as it is. */
export function decodeIfUrlEncoded(text: string): string {
  if (!/%(?:3a|20|0d|27)/i.test(text)) return text; // accepts "AADSTS650057%3a+Invalid", refuses "50% of users"
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/**
 * Everything Entra prints into its texts: codes, trace id, correlation id, time.
 *
 * Ids are found by their labels in every spelling seen (`Trace ID:`, `trace_id":"`, `\"traceId\":`, `request-id`). In a
 * translated text the labels differ but the order does not: trace id, correlation id, time at the end, which is used
 * when a text with a code has no known label.
 */
export function findEvidence(text: string): TextEvidence {
  const aadstsCodes = findAadstsCodes(text);
  const b2cCodes = findB2cCodes(text);
  return { aadstsCodes, b2cCodes, ...findIds(text, aadstsCodes.length > 0) };
}

/**
 * The ids and the time of Entra's own block, as it ends nearly every text: `Trace ID: 8c0f… Correlation ID: 1e83…
 * Timestamp: 2026-11-21 09:09:30Z` with a blank or a line break between.
 *
 * @returns undefined for every other layout
 */
function findEntraBlock(text: string): FoundIds | undefined {
  const label = text.indexOf('Trace ID: ');
  if (label < 0) return undefined;
  const correlationAt = afterLabel(text, label + 46, 'Correlation ID: ');
  const timestampAt = afterLabel(text, correlationAt + 36, 'Timestamp: ');
  if (timestampAt < 0) return undefined;
  const traceId = guidAt(text, label + 10);
  const correlationId = guidAt(text, correlationAt);
  const timestamp = asTimestamp(text.slice(timestampAt, timestampAt + 20));
  if (traceId === undefined || correlationId === undefined || timestamp === undefined) return undefined;
  return { traceId, correlationId, requestId: undefined, timestamp };
}

/** Where the value behind a label starts that stands one blank or one line break further on, or -1. */
function afterLabel(text: string, at: number, label: string): number {
  if (text.startsWith(label, at + 2)) return at + 2 + label.length;
  return text.startsWith(label, at + 1) ? at + 1 + label.length : -1;
}

type FoundIds = Omit<TextEvidence, 'aadstsCodes' | 'b2cCodes'>;

/** Ids and time of a text. @param hasCode the text is Entra's, so ids count without a known label too */
export function findIds(text: string, hasCode: boolean): FoundIds {
  const block = findEntraBlock(text);
  if (block !== undefined) return block;
  let traceId = findLabelled(text, traceLabels);
  let correlationId = findLabelled(text, correlationLabels);
  const requestId = traceId === undefined ? findLabelled(text, requestLabels) : undefined;
  const timestamp = findTimestamp(text);
  if (
    traceId === undefined &&
    correlationId === undefined &&
    requestId === undefined &&
    hasCode &&
    timestamp !== undefined
  ) {
    [traceId, correlationId] = idsBeforeTimestamp(text, timestamp.at);
  }
  return { traceId, correlationId, requestId, timestamp: timestamp?.value };
}

const traceLabels = ['Trace', 'trace'] as const;
const correlationLabels = ['Correlation', 'correlation'] as const;
const requestLabels = ['Request', 'request'] as const;

/** First GUID that follows a label and `id` with nothing but separators between. */
function findLabelled(text: string, labels: readonly string[]): string | undefined {
  for (const label of labels) {
    let at = text.indexOf(label);
    for (let tries = 0; at >= 0 && tries < maxWidth; tries += 1) {
      const start = at + label.length;
      const guid = label.endsWith('equest') && isClientRequest(text, at) ? undefined : guidAfterId(text, start);
      if (guid !== undefined) return guid;
      at = text.indexOf(label, start);
    }
  }
  return undefined;
}

/** `client-request-id` is what the caller sent, not the server's id. */
function isClientRequest(text: string, at: number): boolean {
  return text
    .slice(Math.max(0, at - 7), at)
    .toLowerCase()
    .startsWith('client');
}

function guidAfterId(text: string, start: number): string | undefined {
  let at = start;
  while (at - start < 6 && !isLetter(text.charCodeAt(at))) at += 1;
  const id = text.slice(at, at + 2);
  if (id !== 'ID' && id !== 'Id' && id !== 'id') return undefined;
  at += 2;
  const limit = Math.min(text.length, at + 16);
  while (at < limit) {
    const guid = isHex(text.charCodeAt(at)) ? labelledGuidAt(text, at) : undefined;
    if (guid !== undefined) return guid;
    if (isLetter(text.charCodeAt(at))) return undefined;
    // `Trace+ID%3a+…`: the separator is URL-encoded.
    at += text.charCodeAt(at) === 37 ? 3 : 1;
  }
  return undefined;
}

/** Where line breaks got lost, the C of `Correlation ID` follows directly and looks like one more hexadecimal digit. */
function labelledGuidAt(text: string, at: number): string | undefined {
  return guidAt(text, at) ?? (text.startsWith('Corr', at + 36) ? guidAt(text.slice(at, at + 36), 0) : undefined);
}

function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90);
}

/** The two GUIDs that end at most 160 characters before the time at the end of a translated text. */
function idsBeforeTimestamp(text: string, end: number): [string | undefined, string | undefined] {
  const found: string[] = [];
  for (let at = end - 36; at >= 0 && end - at < 240 && found.length < 2; at -= 1) {
    if (at > 0 && isHex(text.charCodeAt(at - 1))) continue;
    const guid = guidAt(text, at);
    if (guid !== undefined) found.unshift(guid);
  }
  return found.length === 2 ? [found[0], found[1]] : [undefined, undefined];
}

/** The last `2024-01-31 09:05:00Z` (also with `T` and a fraction) as ISO 8601 in seconds. */
function findTimestamp(text: string): { value: string; at: number } | undefined {
  let at = text.lastIndexOf(':');
  for (let tries = 0; at > 0 && tries < 24; tries += 1) {
    const value = asTimestamp(text.slice(at - 16, at + 3 + lengthOfOffset(text, at + 3)));
    if (value !== undefined && !isOfSomethingElse(text, at + 3)) return { value, at: at - 16 };
    at = text.lastIndexOf(':', at - 1);
  }
  return undefined;
}

/**
 * Seven digits of a second are how Entra's sentences name another time: when a token was issued or a password changed.
 * The time of the error itself has none, or three.
 */
const isOfSomethingElse = (text: string, end: number): boolean => /^\.\d{7}Z/.test(text.slice(end, end + 9)); // accepts ".1100073Z"

/** A fraction and an offset directly behind the seconds (`.123+02:00`), in characters; 0 for anything else. */
function lengthOfOffset(text: string, start: number): number {
  return /^(?:\.\d{1,7})?[+-]\d\d:?\d\d(?!\d)/.exec(text.slice(start, start + 15))?.[0].length ?? 0; // accepts "+02:00", refuses "Z"
}

/**
 * A server time as ISO 8601 UTC with seconds (`2024-01-31T09:05:00Z`), or undefined when it is no plausible time.
 * Entra writes `2024-01-31 09:05:00Z`; fractions of a second are cut, an offset is applied, a day that is not in the
 * calendar is no time.
 */
export function asTimestamp(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length < 19 || value.length > 33) return undefined;
  if (value !== lastTime.sent) lastTime = { sent: value, read: readTimestamp(value) };
  return lastTime.read;
}

/** Entra says the time twice, in a field and in the text. */
let lastTime: { readonly sent: string; readonly read: string | undefined } = { sent: '', read: undefined };

function readTimestamp(value: string): string | undefined {
  for (let index = 0; index < 19; index += 1) {
    const unit = value.charCodeAt(index);
    const wanted = timestampShape.charCodeAt(index);
    if (wanted === 48 ? !isDigit(unit) : wanted === 84 ? unit !== 84 && unit !== 32 : unit !== wanted) return undefined;
  }
  const local = `${value.slice(0, 10)}T${value.slice(11, 19)}`;
  if (!isCalendarTime(value)) return undefined;
  if (value.length <= 20) return `${local}Z`;
  const offset = /[+-]\d\d:?\d\d$/.exec(value.slice(19))?.[0]; // accepts "+02:00", refuses "Z"
  if (offset === undefined) return `${local}Z`;
  const shifted = new Date(local + offset);
  return Number.isNaN(shifted.getTime()) ? undefined : `${shifted.toISOString().slice(0, 19)}Z`;
}

/** Month, day, hour, minute and second in their ranges; the digits have been checked. V8 would read 31 February as 2 March. */
function isCalendarTime(value: string): boolean {
  const two = (at: number): number => (value.charCodeAt(at) - 48) * 10 + value.charCodeAt(at + 1) - 48;
  const month = two(5);
  const day = two(8);
  if (month < 1 || month > 12 || day < 1 || two(11) > 23 || two(14) > 59 || two(17) > 59) return false;
  if (day <= 28) return true;
  const year = two(0) * 100 + two(2);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (
    day <= (month === 2 ? (isLeap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
  );
}

const timestampShape = '0000-00-00T00:00:00';
