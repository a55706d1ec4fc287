import type { Reading } from './aad-error.js';
import { parseChallenges } from './challenge.js';
import { readChallengeHeader } from './challenge-reading.js';
import {
  asBag,
  asGuid,
  asStatus,
  asText,
  isInstance,
  maxTextLength,
  read,
  headerReader,
  readText,
  type Bag,
} from './read.js';
import { answersAboutIdentity, isReactable, namesOthersHost, namesPlatformHost } from './hosts.js';
import { urlsOf } from './network.js';
import { parseRetryAfter } from './retry-after.js';
import { readResource, serviceOf } from './resource.js';
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
  // Boom (simple-oauth2) keeps the answer in `data` and its status in `output`.
  const isBoom = read(bag, 'isBoom') === true;
  const response = asBag(read(bag, 'response')) ?? (isBoom ? asBag(read(bag, 'data')) : undefined);
  let urls: readonly string[] | undefined;
  const addresses = (): readonly string[] => (urls ??= urlsOf(bag));
  const outer = readAnswer(bag, nowMs, addresses);
  const output = isBoom ? asBag(read(bag, 'output')) : undefined;
  const inner = response === undefined ? undefined : readAnswer(response, nowMs, addresses, output && statusOf(output));
  const reading = inner === undefined || outer === undefined ? (inner ?? outer) : fill(inner, outer);
  if (reading === undefined) return undefined;
  if (reading.unconfirmed === true && wentToMicrosoft(addresses, reading.status)) reading.unconfirmed = false;
  else if (isAnotherServers(addresses, reading)) reading.unconfirmed = true;
  return reading;
}

/**
 * Whether a plain OAuth error (`{"error":"invalid_grant"}`) was the answer of a named host that is not Microsoft's:
 * another identity provider's. Entra's bodies always carry a code or an id, behind a custom domain too. A challenge may
 * be that of an own API behind Entra, so only well-known services with other tokens count there.
 */
export function isAnotherServers(addresses: Addresses, reading: Reading): boolean {
  if (reading.producer === 'www-authenticate')
    return reading.claims === undefined && addresses().some((url) => namesOthersHost(url));
  if (reading.origin !== 'token-response') return false;
  const isEntras =
    (reading.aadstsCodes?.length ?? 0) > 0 ||
    (reading.b2cCodes?.length ?? 0) > 0 ||
    reading.traceId !== undefined ||
    reading.correlationId !== undefined ||
    reading.suberror !== undefined ||
    reading.claims !== undefined ||
    reading.flow === 'managed-identity';
  if (isEntras) return false;
  const urls = addresses();
  return urls.some(isElsewhere) && !urls.some((url) => answersAboutIdentity(url, reading.status));
}

/** An address or bare host beyond this machine; here, a proxy or test double may stand for Entra. */
const isElsewhere = (address: string): boolean =>
  /^(?:https?:\/\/|[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?$)/i.test(address) &&
  !/^(?:https?:\/\/)?(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?:[:/?#]|$)/i.test(address); // refuses "/token", "http://localhost:3000"

const statusKeys = ['status', 'statusCode', 'responseStatusCode'] as const;

function statusOf(bag: Bag): number | undefined {
  for (const key of statusKeys) {
    const status = asStatus(read(bag, key));
    if (status !== undefined) return status;
  }
  return undefined;
}

/** The addresses that an error names, looked for on the first question: reading them takes longer than all else. */
type Addresses = () => readonly string[];

/** The parts of an answer that its readers look at. */
interface Answer {
  readonly bag: Bag;
  readonly addresses: Addresses;
  readonly status: number | undefined;
  readonly hasHeaders: boolean;
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
  /** The instance metadata service of Azure names itself. */
  readonly isImds: boolean;
}

function readAnswer(bag: Bag, nowMs: number, addresses: Addresses, outerStatus?: number): Reading | undefined {
  const query = asBag(read(bag, 'query'));
  const fromQuery = query === undefined ? undefined : readTokenResponse(query, 'authorization-response');
  if (fromQuery !== undefined) return fromQuery;
  const status = statusOf(bag) ?? outerStatus;
  const headers = read(bag, 'headers') ?? read(bag, 'responseHeaders');
  const header = headerReader(headers);
  const body = readBody(bag);
  const isImds = header('server')?.startsWith('IMDS') === true;
  const challengeHeader = header('www-authenticate');
  const fromBody = body === undefined ? undefined : readBodyValue(body, status);
  const fromHeader =
    challengeHeader === undefined ? undefined : readChallengeHeader(parseChallenges(challengeHeader), status);
  const reading =
    (fromHeader?.claims === undefined && fromBody !== undefined
      ? fill(fromBody, fromHeader)
      : fill(fromHeader, fromBody)) ??
    readUnspoken(
      { bag, addresses, status, hasHeaders: headers !== undefined, header, body, isImds },
      challengeHeader !== undefined,
    );
  if (reading === undefined) return undefined;
  reading.status ??= status;
  if (reading.unconfirmed === true && (isOfMicrosoft(header, status) || namesAzureAction(body)))
    reading.unconfirmed = false;
  if (isImds) reading.flow ??= 'managed-identity';
  readDiagnostics(header('x-ms-diagnostics'), reading);
  // Azure Resource Manager keeps the id for its logs in the header alone.
  reading.correlationId ??= asGuid(header('x-ms-correlation-request-id'));
  reading.traceId ??= requestIdIn(header);
  const retryAfter = header('retry-after') ?? readText(bag, 'retryAfter');
  reading.retryAfterSeconds ??= parseRetryAfter(retryAfter, nowMs);
  return reading;
}

/**
 * An answer whose body and challenge say nothing that a reader knows. 429 and 5xx need no words; other refusals count
 * when they come from Microsoft. A foreign host's answer stays unconfirmed, and a challenge of another scheme (Basic,
 * Negotiate) is not an identity error of ours.
 */
function readUnspoken(answer: Answer, hasChallenge: boolean): Reading | undefined {
  const { bag, addresses, status, hasHeaders, header, body, isImds } = answer;
  if (status === undefined || status < 400) return undefined;
  // An SDK's error names the code itself, whatever is left of its body.
  const named = hasHeaders ? undefined : readResource(bag, status);
  if (named !== undefined) return named;
  const transient = status === 429 || status >= 500;
  if (hasChallenge && !transient) return undefined;
  // Storage and others name their code in a header, which is all that an answer to HEAD has.
  const errorHeader = header('x-ms-error-code');
  const serviceCode = serviceOf(errorHeader) === undefined ? undefined : errorHeader;
  const isOfPlatform = addresses().some(namesPlatformHost);
  const isMicrosofts = isOfPlatform || wentToMicrosoft(addresses, status);
  const counts = isOfPlatform || (isMicrosofts && isReactable(status));
  if (!counts && !isAnAnswer(answer, transient, serviceCode !== undefined)) return undefined;
  // A refusal in a format no reader knows is some other API's.
  const isKnown = transient || isMicrosofts || isImds || serviceCode !== undefined;
  if (!isKnown && asBag(body) !== undefined && !namesMicrosoft(body)) return undefined;
  const bodyBag = asBag(body);
  return {
    producer: isImds ? 'managed-identity' : 'http',
    // A 4xx of the identity platform is its answer to the application's own request for a token.
    origin: isOfPlatform && !transient ? 'token-response' : 'network',
    clientCode: serviceCode,
    rawDescription: asText(body),
    correlationId: bodyBag && correlationIdOf(bodyBag),
    unconfirmed: !isImds,
  };
}

/** Whether something shows that an HTTP answer was there, and not just a number in a field called `status`. */
function isAnAnswer({ bag, hasHeaders, body }: Answer, transient: boolean, hasServiceCode: boolean): boolean {
  // passport-oauth2 keeps status and body alone, and that body may be empty.
  if (transient && typeof (read(bag, 'data') ?? read(bag, 'body')) === 'string') return true;
  // The Graph SDK keeps a request id, if only as null, and no headers when the answer was no JSON.
  const isGraphError = read(bag, 'requestId') !== undefined && body !== undefined;
  return (hasHeaders || isGraphError) && (transient || body !== undefined || hasServiceCode);
}

/**
 * `2000003;reason="The audience claim value is invalid.";error_category="invalid_audience"`: where Exchange and SharePoint
 * say what is wrong with a token.
 */
function readDiagnostics(header: string | undefined, reading: Reading): void {
  if (header === undefined || reading.clientCode !== undefined) return;
  const code = /^\s*(\d{6,8});/.exec(header)?.[1]; // accepts "3000006;reason=…"
  if (serviceOf(code) !== undefined) reading.clientCode = code;
  else if (saysUnusableToken(header)) reading.clientCode = unusableToken;
}

/** Headers with the id under which a service's support finds the request. */
const requestIdHeaders = ['request-id', 'x-ms-request-id', 'sprequestguid', 'apim-request-id', 'requestid'] as const;

function requestIdIn(header: Answer['header']): string | undefined {
  for (const name of requestIdHeaders) {
    const id = asGuid(header(name));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** An action or resource type of Azure (`Microsoft.CognitiveServices/…`) in the message of a refusal. */
const namesMicrosoft = (body: unknown): boolean => messageOf(body)?.includes('Microsoft.') === true;

/** A permission of Azure role-based access control, which a refusal of no other service names. */
const namesAzureAction = (body: unknown): boolean =>
  /\bMicrosoft\.[A-Z][A-Za-z]{2,40}\/[A-Za-z]+\/[\w/]*(?:action|read|write|delete)\b/.test(
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
  const escaped = asBag(read(bag, 'errorEscaped'));
  if (escaped !== undefined) return { error: escaped };
  for (const key of ['body', 'data', 'bodyAsText', 'parsedBody', 'errorResponse', 'payload']) {
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
function wentToMicrosoft(addresses: Addresses, status: number | undefined): boolean {
  return addresses().some((url) => answersAboutIdentity(url, status));
}

/** Whether an answer that asks for a reaction carries a header that only Microsoft's services send. */
const isOfMicrosoft = (header: Answer['header'], status: number | undefined): boolean =>
  isReactable(status) && serviceHeaders.some((name) => header(name) !== undefined);

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
