import type { Reading } from './aad-error.js';
import { parseChallenges } from './challenge.js';
import { readChallengeHeader } from './challenge-reading.js';
import {
  asBag,
  asGuid,
  asStatus,
  asText,
  isArray,
  isInstance,
  maxTextLength,
  read,
  readHeader,
  readText,
  type Bag,
} from './read.js';
import { answersAboutIdentity, isReactable, namesOthersHost } from './hosts.js';
import { urlsOf } from './network.js';
import { parseRetryAfter } from './retry-after.js';
import { readResource } from './resource.js';
import { readTokenResponse } from './token-response.js';
import { readTextValue } from './text.js';
import { saysUnusableToken, unusableToken } from './unusable-token.js';
import { serviceHeaders } from './vocabulary.js';
import { fill } from './merge.js';

/**
 * An HTTP answer in any shape: `{ status, headers, body | data }`, a fetch `Response`, an axios, got, superagent, undici
 * or Azure SDK error with a `response`, a GraphError with `body` and `headers`.
 */
export function readHttp(bag: Bag, nowMs: number): Reading | undefined {
  const response = asBag(read(bag, 'response'));
  const outer = readAnswer(bag, nowMs);
  const inner = response === undefined ? undefined : readAnswer(response, nowMs);
  const reading = inner === undefined || outer === undefined ? (inner ?? outer) : fill(inner, outer);
  if (reading === undefined) return undefined;
  if (reading.unconfirmed === true && wentToMicrosoft(bag, reading.status)) reading.unconfirmed = false;
  else if (isAnotherServers(bag, reading)) reading.unconfirmed = true;
  return reading;
}

/**
 * Whether a plain OAuth error (`{"error":"invalid_grant"}`) was the answer of a named host that is not Microsoft's:
 * another identity provider's. Entra's bodies always carry a code or an id, behind a custom domain too. A challenge may
 * be that of an own API behind Entra, so only well-known services with other tokens count there.
 */
export function isAnotherServers(bag: Bag, reading: Reading): boolean {
  if (reading.producer === 'www-authenticate')
    return reading.claims === undefined && urlsOf(bag).some((url) => namesOthersHost(url));
  if (reading.origin !== 'token-response') return false;
  const isEntras =
    (reading.aadstsCodes?.length ?? 0) > 0 ||
    (reading.b2cCodes?.length ?? 0) > 0 ||
    reading.traceId !== undefined ||
    reading.correlationId !== undefined ||
    reading.suberror !== undefined ||
    reading.claims !== undefined;
  if (isEntras) return false;
  const urls = urlsOf(bag);
  return urls.some(isElsewhere) && !urls.some((url) => answersAboutIdentity(url, reading.status));
}

/** An address or bare host beyond this machine; here, a proxy or test double may stand for Entra. */
const isElsewhere = (address: string): boolean =>
  /^(?:https?:\/\/|[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?$)/i.test(address) &&
  !/^(?:https?:\/\/)?(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?:[:/?#]|$)/i.test(address); // refuses "/token", "http://localhost:3000"

function readAnswer(bag: Bag, nowMs: number): Reading | undefined {
  const status = asStatus(read(bag, 'status')) ?? asStatus(read(bag, 'statusCode'));
  const headers = read(bag, 'headers') ?? read(bag, 'responseHeaders');
  const challengeHeader = readHeader(headers, 'www-authenticate');
  const query = asBag(read(bag, 'query'));
  const fromQuery = query === undefined ? undefined : readTokenResponse(query, 'authorization-response');
  if (fromQuery !== undefined) return fromQuery;
  const body = readBody(bag);
  const fromBody = body === undefined ? undefined : readBodyValue(body, status);
  const fromHeader =
    challengeHeader === undefined ? undefined : readChallengeHeader(parseChallenges(challengeHeader), status);
  let reading =
    fromHeader?.claims === undefined && fromBody !== undefined
      ? fill(fromBody, fromHeader)
      : fill(fromHeader, fromBody);
  if (reading === undefined) {
    if (status === undefined || status < 400) return undefined;
    // An SDK's error names the code itself, whatever is left of its body.
    const named = headers === undefined ? readResource(bag, status) : undefined;
    if (named !== undefined) return named;
    // 429 and 5xx need no body to say what they say; other answers count when there is one. A foreign host's answer
    // stays unconfirmed, and a challenge of another scheme (Basic, Negotiate) is not an identity error of ours.
    const transient = status === 429 || status >= 500;
    const toIdentityHost = wentToMicrosoft(bag, status);
    // The Graph SDK keeps a request id, if only as null, and no headers when the answer was no JSON.
    const isGraphError = read(bag, 'requestId') !== undefined && body !== undefined;
    const isAnswer = (headers !== undefined || isGraphError) && (transient || body !== undefined);
    if (!isAnswer && !(toIdentityHost && (transient || status === 401))) return undefined;
    if (challengeHeader !== undefined && !transient) return undefined;
    // A refusal in a format no reader knows is some other API's.
    // The instance metadata service of Azure names itself.
    const isImds = readHeader(headers, 'server')?.startsWith('IMDS/') === true;
    if (!transient && !toIdentityHost && !isImds && asBag(body) !== undefined && !namesMicrosoft(body))
      return undefined;
    const bodyBag = asBag(body);
    const correlationId = bodyBag && correlationIdOf(bodyBag);
    reading = {
      producer: isImds ? 'managed-identity' : 'http',
      origin: 'network',
      flow: isImds ? 'managed-identity' : undefined,
      rawDescription: asText(body),
      correlationId,
      unconfirmed: !isImds,
    };
  }
  reading.status ??= status;
  if (reading.unconfirmed === true && (isOfMicrosoft(headers, status) || namesAzureAction(body)))
    reading.unconfirmed = false;
  // Azure Resource Manager keeps the id for its logs in the header alone.
  reading.correlationId ??= asGuid(readHeader(headers, 'x-ms-correlation-request-id'));
  const retryAfter = readHeader(headers, 'retry-after') ?? readText(bag, 'retryAfter');
  reading.retryAfterSeconds ??= parseRetryAfter(retryAfter, nowMs);
  return reading;
}

/** An action or resource type of Azure (`Microsoft.CognitiveServices/…`) in the message of a refusal. */
const namesMicrosoft = (body: unknown): boolean => messageOf(body)?.includes('Microsoft.') === true;

/** A permission of Azure role-based access control, which a refusal of no other service names. */
const namesAzureAction = (body: unknown): boolean =>
  /\bMicrosoft\.[A-Z][A-Za-z]{2,40}\/[A-Za-z]+\/[\w/]*action\b/.test(
    (messageOf(body) ?? asText(body) ?? '').slice(0, 2_048),
  ); // accepts "Microsoft.Search/searchServices/read/action"

function messageOf(body: unknown): string | undefined {
  const bag = asBag(body);
  const error = bag && asBag(read(bag, 'error'));
  return error && readText(error, 'message');
}

const correlationIdOf = (body: Bag): string | undefined =>
  asGuid(readText(body, 'correlationId') ?? readText(body, 'correlation_id'));

function readBody(bag: Bag): unknown {
  for (const key of ['body', 'data', 'bodyAsText', 'parsedBody', 'errorResponse']) {
    const value = read(bag, key);
    if (isInstance(value, Uint8Array)) return Buffer.from(value.subarray(0, maxTextLength)).toString('utf8');
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

function readBodyValue(body: unknown, status: number | undefined): Reading | undefined {
  if (typeof body === 'string') return readTextValue(body, status);
  const bag = asBag(body);
  if (bag === undefined) return undefined;
  return (
    readTokenResponse(bag) ?? readResource(bag, status) ?? readSharePointRefusal(bag, status) ?? readMessageOf(bag)
  );
}

/** SharePoint refuses a token with nothing but `{ error_description }`; who wrote it, the rest of the answer must show. */
function readSharePointRefusal(bag: Bag, status: number | undefined): Reading | undefined {
  const description = readText(bag, 'error_description');
  return status === 401 && saysUnusableToken(description)
    ? {
        producer: 'sharepoint',
        origin: 'resource-challenge',
        clientCode: unusableToken,
        rawDescription: description,
        unconfirmed: true,
      }
    : undefined;
}

/** Whether the address is the identity platform's, or that of a service which answered with a reason to react. */
function wentToMicrosoft(bag: Bag, status: number | undefined): boolean {
  return urlsOf(bag).some((url) => answersAboutIdentity(url, status));
}

/** Whether an answer that asks for a reaction carries a header that only Microsoft's services send. */
function isOfMicrosoft(headers: unknown, status: number | undefined): boolean {
  if (!isReactable(status)) return false;
  const bag = asBag(headers);
  if (bag === undefined) return false;
  if (isArray(headers) || typeof read(bag, 'get') === 'function')
    return serviceHeaders.some((name) => readHeader(headers, name) !== undefined);
  // The names are listed once, not once a header: there may be many of them.
  try {
    return Object.keys(bag)
      .slice(0, 256)
      .some((name) => serviceHeaders.includes(name.toLowerCase()));
  } catch {
    return false;
  }
}

/** `{ message, correlationId }` of managed identity and other Microsoft endpoints. */
function readMessageOf(bag: Bag): Reading | undefined {
  const message = readText(bag, 'message') ?? readText(bag, 'Message');
  const found = message === undefined ? undefined : readTextValue(message);
  if (found !== undefined) {
    found.correlationId ??= correlationIdOf(bag);
    return found;
  }
  const inner = asBag(read(bag, 'body'));
  return inner === undefined ? undefined : readTokenResponse(inner);
}
