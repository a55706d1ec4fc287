/** Door of normalize/: anything that was thrown -> AadError or undefined. Never throws, changes nothing. */
import { ownFields } from '../own-fields.js';
import type { AadError, Flow } from '../types.js';
import { createNormalized, isAadError, type Reading } from './aad-error.js';
import { readAzureIdentity } from './azure-identity.js';
import { isPlainlyForeign, quotesARequest } from './foreign.js';
import { namesIdentityHost } from './hosts.js';
import { readHttp } from './http-response.js';
import { readJose } from './jose.js';
import { fill } from './merge.js';
import { readMsal } from './msal.js';
import { isLastingFault, readNetwork } from './network.js';
import { readOpenidClient } from './openid-client.js';
import { readPassport } from './passport.js';
import { asBag, asStatus, isArray, isInstance, maxDepth, maxWidth, members, read, readText, type Bag } from './read.js';
import { readResource } from './resource.js';
import { readTextValue, statusIn } from './text.js';
import { readTokenResponse } from './token-response.js';

export { isAadError, ownError } from './aad-error.js';
export { parseChallenges, isTokenUnit, type Challenge } from './challenge.js';
export { decodeClaims } from './claims.js';
export { isPlainlyForeign } from './foreign.js';
export { maxRetryAfterSeconds, parseRetryAfter } from './retry-after.js';
export { urlsOf } from './network.js';
export { redactText } from './redact.js';
export {
  asBag,
  asGuid,
  asName,
  asStatus,
  maxClaimsLength,
  maxTextLength,
  read,
  readHeader,
  readText,
  type Bag,
} from './read.js';

/** What the caller knows about the failed call. */
export interface NormalizeContext {
  /** Milliseconds since the epoch, for Retry-After dates. @defaultValue `Date.now()` in the public function */
  readonly nowMs?: number | undefined;
  /** Says what the value is: `authorization-response` for query or form body of the redirect URI. @defaultValue told by its shape */
  readonly origin?: 'authorization-response' | 'token-response' | undefined;
  /** How the call got its token, kept in the error; see `decide`. @defaultValue told by the error, where it shows */
  readonly flow?: Flow | undefined;
  /** The caller knows that this is an identity failure: a bare 401, 429 or 503 of an API it called counts too. @defaultValue false */
  readonly confirmed?: boolean | undefined;
  /** Scopes of the failed call; kept when the error names none. @defaultValue none */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * Reads whatever was thrown as an identity error.
 *
 * Readers are tried in a fixed order, one a producer; then `cause`, `errors[]` and other inner errors are searched to a
 * depth of 5 and a width of 16, and what the outer error lost (claims, ids, codes) is taken from the inner one.
 *
 * @returns undefined when nothing shows that it is an identity error; never a guess, never a throw
 */
export function normalize(thrown: unknown, given: NormalizeContext = {}): AadError | undefined {
  if (thrown === undefined || thrown === null) return undefined;
  if (isAadError(thrown)) return thrown;
  if (isPlainlyForeign(thrown)) return undefined;
  const context = ownFields(given);
  const nowMs = context.nowMs ?? 0;
  const reading =
    context.origin === 'authorization-response'
      ? readAuthorizationResponse(thrown)
      : typeof thrown === 'string'
        ? (readTextValue(thrown) ?? readPassport({ message: thrown }))
        : readTree(thrown, nowMs, context.origin);
  const found = reading ?? (context.confirmed === true ? readBareAnswer(thrown) : undefined);
  if (found === undefined) return undefined;
  if (context.scopes !== undefined && found.scopes === undefined) found.scopes = context.scopes;
  if (context.flow !== undefined) found.flow = context.flow;
  if (context.confirmed === true) found.unconfirmed = false;
  return createNormalized(found, thrown);
}

/** An answer of which only the status is known, from a caller who says that it was an identity failure. */
function readBareAnswer(thrown: unknown): Reading | undefined {
  const bag = asBag(thrown);
  const status = bag && (asStatus(read(bag, 'status')) ?? asStatus(read(bag, 'statusCode')));
  return status === 401 || status === 429 || status === 503
    ? { producer: 'http', origin: 'network', status }
    : undefined;
}

/**
 * The parameters of a redirect URI, and nothing but their flat fields: whoever wrote the URL wrote them all, so no
 * nested error, header or text of theirs is searched, and claims are never taken from there.
 */
function readAuthorizationResponse(parameters: unknown): Reading | undefined {
  const bag = asBag(parameters);
  if (bag === undefined) return undefined;
  return readTokenResponse(isUrlSearchParams(bag) ? Object.fromEntries(bag) : bag, 'authorization-response');
}

/** Fields that hold an inner error, in the order they are looked into. */
const innerKeys = [
  'cause',
  'innerError',
  'originalError',
  'inner',
  'error',
  'err',
  'oauthError',
  'errors',
  'response',
  'data',
  'payload',
  'info',
  'reason',
  'InnerException',
  'innerException',
  'original',
  'previous',
  'nested',
  'body',
  'responseBody',
  'errorBody',
  'result',
  'detail',
  'graphQLErrors',
  'extensions',
  'details',
] as const;

function readTree(thrown: unknown, nowMs: number, origin: NormalizeContext['origin']): Reading | undefined {
  // A list of failures (Promise.allSettled and the like) is searched like the members of an AggregateError.
  const root = isArray(thrown) ? { errors: thrown } : asBag(thrown);
  if (root === undefined) return undefined;
  const first = readNode(root, nowMs, origin);
  // The usual case: MSAL's own error, nothing inside it.
  if (first?.producer === 'msal' && hasNothingInside(root)) return first;
  if (isOthersAnswer(first)) return first;
  if (first === undefined && quotesARequest(root)) return undefined;
  const seen = new Set<unknown>([root]);
  let level: Bag[] = [root];
  let best = first;
  for (let depth = 1; depth <= maxDepth && level.length > 0; depth += 1) {
    const next: Bag[] = [];
    for (const node of level) {
      for (const inner of innerValues(node)) {
        if (seen.has(inner) || next.length >= maxWidth) continue;
        seen.add(inner);
        next.push(inner);
        const reading = readNode(inner, nowMs, undefined);
        if (reading !== undefined) best = combine(best, reading);
        // What we have read already is not read again: its cause may be a redirect URI's parameters.
        if (isAadError(inner) || isOthersAnswer(reading) || (reading === undefined && quotesARequest(inner)))
          next.pop();
      }
    }
    level = next;
  }
  if (best?.unconfirmed === true && namesIdentityHost(readText(root, 'message'))) best.unconfirmed = false;
  return best;
}

/** The OAuth error of a named host that is not Microsoft's: the body inside it looks like anybody's. */
const isOthersAnswer = (reading: Reading | undefined): boolean =>
  reading?.unconfirmed === true && (reading.producer === 'token-response' || reading.producer === 'openid-client');

/** Named reads on purpose: reading an absent field by a variable name takes ten times as long. */
function hasNothingInside(root: Bag): boolean {
  try {
    return root['cause'] === undefined && root['errors'] === undefined;
  } catch {
    return false;
  }
}

function innerValues(node: Bag): Bag[] {
  const found: Bag[] = [];
  for (const key of innerKeys) {
    const value = read(node, key);
    if (typeof value !== 'object' || value === null) continue;
    if (isArray(value)) {
      for (const member of members(value)) {
        // A member may be a text: read like any message.
        const bag = typeof member === 'string' ? { message: member } : asBag(member);
        if (bag !== undefined) found.push(bag);
      }
    } else found.push(value as Bag);
  }
  return found;
}

/** The reading that says more leads; the other fills its gaps when both can be about the same failure. */
function combine(outer: Reading | undefined, inner: Reading): Reading {
  if (outer === undefined) return inner;
  const [first, second] = weight(inner) > weight(outer) ? [inner, outer] : [outer, inner];
  const ours = first.aadstsCodes ?? [];
  const theirs = second.aadstsCodes ?? [];
  const sameFailure = ours.length === 0 || theirs.length === 0 || theirs.some((code) => ours.includes(code));
  if (!sameFailure) return first;
  const whole = fill(first, second);
  // MSAL's `network_error` around a certificate or proxy that no retry gets past: the system's code says so.
  const inside = inner.producer === 'network' ? inner.clientCode : undefined;
  return inside !== undefined && first.origin === 'network' && isLastingFault(inside)
    ? { ...whole, clientCode: inside }
    : whole;
}

function weight(reading: Reading): number {
  return (
    (reading.claims === undefined ? 0 : 16) +
    ((reading.aadstsCodes?.length ?? 0) > 0 || (reading.b2cCodes?.length ?? 0) > 0 ? 8 : 0) +
    (reading.oauthError === undefined ? 0 : 4) +
    (reading.producer === 'text' || reading.producer === 'http' ? 0 : 2) +
    (reading.origin === 'client' ? 0 : 2) +
    (reading.unconfirmed === true ? 0 : 1)
  );
}

function readNode(bag: Bag, nowMs: number, origin: NormalizeContext['origin']): Reading | undefined {
  if (isAadError(bag))
    return { ...bag, aadstsCodes: [...bag.aadstsCodes], b2cCodes: [...bag.b2cCodes], rawDescription: bag.description };
  return (
    readMsal(bag, nowMs) ??
    readAzureIdentity(bag, nowMs) ??
    readOpenidClient(bag) ??
    readPassport(bag) ??
    readJose(bag) ??
    (quotesARequest(bag) ? undefined : readHttpAndText(bag, nowMs, origin))
  );
}

/** Text fields in which libraries put what the server said. */
const textKeys = ['message', 'Message', 'exceptionMessage', 'ExceptionMessage', 'errorMessage', 'description'] as const;

/** Fields whose text counts only with a code in it: nobody writes `AADSTS50173` by accident, wherever it stands. */
const codeTextKeys = [
  'error',
  'cause',
  'detail',
  'title',
  'details',
  'reason',
  'error_description',
  'responseBody',
  'ResponseBody',
  'response_body',
  'responseText',
  'response',
  'content',
  'text',
  'body',
  'data',
  'stderr',
  'stdout',
] as const;

function readHttpAndText(bag: Bag, nowMs: number, origin: NormalizeContext['origin']): Reading | undefined {
  const status = asStatus(read(bag, 'status')) ?? asStatus(read(bag, 'statusCode'));
  const structured =
    readHttp(bag, nowMs) ??
    (isUrlSearchParams(bag) ? readTokenResponse(Object.fromEntries(bag), origin) : readTokenResponse(bag, origin)) ??
    readResource(bag, status);
  const isComplete = structured !== undefined && structured.unconfirmed !== true;
  if (isComplete && (structured.clientCode !== undefined || hasCode(structured))) return structured;
  for (const key of textKeys) {
    const text = readText(bag, key);
    const reading = text === undefined ? undefined : readTextValue(text, statusIn(text) ?? answerStatus(bag, status));
    if (reading !== undefined && (!isComplete || hasCode(reading))) {
      return structured === undefined ? reading : isComplete ? fill(structured, reading) : fill(reading, structured);
    }
  }
  for (const key of isComplete ? [] : codeTextKeys) {
    const text = readText(bag, key);
    if (text === undefined || !/AADSTS|AADB2C|AKV1/.test(text)) continue;
    const reading = readTextValue(text, answerStatus(bag, status));
    if (reading !== undefined) return fill(reading, structured);
  }
  return structured ?? readNetwork(bag);
}

const hasCode = (reading: Reading): boolean =>
  (reading.aadstsCodes?.length ?? 0) > 0 || (reading.b2cCodes?.length ?? 0) > 0;

/**
 * The status beside a text, when it can be the identity service's. Wrappers put a 500 of their own beside Entra's text
 * (NestJS, passport-oauth2), which says nothing about Entra.
 */
function answerStatus(bag: Bag, status: number | undefined): number | undefined {
  const isAnswer = ['headers', 'response', 'body', 'data'].some((key) => read(bag, key) !== undefined);
  return isAnswer || status === undefined || status < 500 ? status : undefined;
}

function isUrlSearchParams(value: unknown): value is URLSearchParams {
  return isInstance(value, URLSearchParams);
}
