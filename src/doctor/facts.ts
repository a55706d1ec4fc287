import { ruleOfResourceError } from '../catalog/index.js';
import {
  asBag,
  asName,
  asStatus,
  isAadError,
  maxTextLength,
  normalize,
  parseChallenges,
  read,
  readHeader,
  readText,
  redactText,
  urlsOf,
  type Bag,
} from '../normalize/index.js';
import type { AadError } from '../types.js';
import { serviceOfUrl } from './audiences.js';
import { missingPermissions, readTokenFacts, shortPermission } from './token.js';
import type { DiagnosedService, DiagnoseOptions, TokenFacts } from './types.js';

/** Everything the rules look at, gathered once. */
export interface Facts {
  readonly error: AadError | undefined;
  readonly status: number | undefined;
  readonly service: DiagnosedService;
  readonly code: string | undefined;
  /** The server's sentence, redacted, in lower case; searched for fixed phrases, never repeated. */
  readonly text: string;
  /** The same in its own case, for permission and action names, whose shape is checked. */
  readonly message: string;
  /** `error` of the Bearer challenge; empty when there is a challenge without one; undefined without a challenge. */
  readonly challengeError: string | undefined;
  readonly token: TokenFacts | undefined;
  /** false: the HTTP client's error shows that no Authorization header was sent. */
  readonly sentToken: boolean | undefined;
  /** Wanted permissions, as short names. */
  readonly wanted: readonly string[];
  /** Those of them that the token lacks; empty without a token. */
  readonly missing: readonly string[];
}

export function gatherFacts(thrown: unknown, options: DiagnoseOptions, nowMs: number, given?: TokenFacts): Facts {
  const value = parsed(thrown);
  const error = isAadError(value) ? value : normalize(value, { nowMs, confirmed: true });
  const bags = answerBags(isAadError(value) ? value.cause : value);
  const answer = readAnswer(bags);
  const sent = sentHeader(bags);
  const accessToken = asToken(options.accessToken) ?? (options.tokenFromError === true ? asToken(sent) : undefined);
  const token = accessToken === undefined ? given : readTokenFacts(accessToken, nowMs);
  const wanted = wantedOf(options.wantedScopes);
  const code = codeOf(error, answer.code);
  const message = redactText(answer.message ?? error?.description ?? '');
  const challenge = answer.challenge ?? (typeof value === 'string' ? headerIn(value) : undefined);
  return {
    error,
    status: error?.status ?? answer.status,
    service: serviceOf(error, code, bags, answer),
    code,
    text: message.toLowerCase(),
    message,
    challengeError: challengeErrorOf(challenge),
    token,
    sentToken: token !== undefined ? true : sent === null ? false : undefined,
    wanted,
    missing: missingPermissions(wanted, token),
  };
}

/** Callers in plain JavaScript pass what they have: `undefined`, `null`, a whole result of MSAL. */
function asToken(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function wantedOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value
        .filter((scope): scope is string => typeof scope === 'string')
        .slice(0, maxWanted)
        .map(shortPermission)
    : [];
}

const maxWanted = 64;

/** A JSON text as its value, so that `{ status, headers, body }` may be given as text too. */
function parsed(thrown: unknown): unknown {
  if (typeof thrown !== 'string' || thrown.length > 65_536 || !thrown.trimStart().startsWith('{')) return thrown;
  try {
    return JSON.parse(thrown);
  } catch {
    return thrown;
  }
}

const maxBags = 12;

/** The value, the answers and causes inside it, outermost first. */
function answerBags(value: unknown): readonly Bag[] {
  const found: Bag[] = [];
  const add = (candidate: unknown): void => {
    const bag = asBag(isAadError(candidate) ? candidate.cause : candidate);
    if (bag !== undefined && found.length < maxBags && !found.includes(bag)) found.push(bag);
  };
  add(value);
  for (let index = 0; index < found.length; index += 1) {
    const bag = found[index];
    if (bag !== undefined) for (const key of ['response', 'cause', 'error', 'innerError']) add(read(bag, key));
  }
  return found;
}

interface RawAnswer {
  status?: number | undefined;
  challenge?: string | undefined;
  code?: string | undefined;
  message?: string | undefined;
  hasRequestId?: boolean | undefined;
}

/** Status, challenge, code and message where they stand first. The readers of normalize take only known codes. */
function readAnswer(bags: readonly Bag[]): RawAnswer {
  const answer: RawAnswer = {};
  for (const bag of bags) {
    answer.status ??= asStatus(read(bag, 'status')) ?? asStatus(read(bag, 'statusCode'));
    answer.challenge ??= readHeader(read(bag, 'headers') ?? read(bag, 'responseHeaders'), 'www-authenticate');
    for (const part of [bodyOf(bag), bag]) {
      const error = part && (asBag(read(part, 'error')) ?? asBag(read(part, 'odata.error')) ?? part);
      if (error === undefined) continue;
      const inner = asBag(read(error, 'innerError')) ?? asBag(read(error, 'innererror'));
      answer.code ??= readText(error, 'code');
      const message = read(error, 'message');
      const messageBag = asBag(message);
      // The message of an HTTP client ("Request failed with status code 403") stands on the error, without a code.
      if (answer.code !== undefined)
        answer.message ??=
          typeof message === 'string' ? message.slice(0, maxTextLength) : messageBag && readText(messageBag, 'value');
      answer.hasRequestId ??= inner !== undefined && readText(inner, 'request-id') !== undefined ? true : undefined;
    }
  }
  return answer;
}

function bodyOf(bag: Bag): Bag | undefined {
  for (const key of ['body', 'data', 'parsedBody', 'bodyAsText']) {
    const value = read(bag, key);
    if (typeof value === 'string') {
      const body = asBag(parsed(value));
      if (body !== undefined) return body;
    } else if (asBag(value) !== undefined) return asBag(value);
  }
  return undefined;
}

/** The innermost code the catalogue knows; else the answer's own, when it has the shape of one. */
function codeOf(error: AadError | undefined, raw: string | undefined): string | undefined {
  const known = error?.origin === 'resource-challenge' ? asName(error.clientCode) : undefined;
  const comma = raw?.indexOf(', ') ?? -1;
  const sent = asName(comma < 0 ? raw : raw?.slice(comma + 2));
  // The catalogue's own name for a refusal: the diagnosis shows what the service wrote, and reads the reason itself.
  return known === 'unusable_token' ? sent : (known ?? sent);
}

const servicesOfProducers: ReadonlyMap<string, DiagnosedService> = new Map([
  ['graph', 'graph'],
  ['arm', 'arm'],
  ['key-vault', 'key-vault'],
  ['sharepoint', 'sharepoint'],
] as const);

/** By the address that was called; else by what the answer looks like. A code of two services names neither. */
function serviceOf(
  error: AadError | undefined,
  code: string | undefined,
  bags: readonly Bag[],
  answer: RawAnswer,
): DiagnosedService {
  for (const bag of bags) {
    for (const url of urlsOf(bag)) {
      const service = serviceOfUrl(url);
      if (service !== undefined) return service;
    }
  }
  if (answer.challenge?.includes('00000003-0000-0000-c000-000000000000') === true) return 'graph';
  const isShared =
    code !== undefined &&
    ruleOfResourceError('graph', code) !== undefined &&
    ruleOfResourceError('arm', code) !== undefined;
  if (isShared && answer.hasRequestId !== true && error?.traceId === undefined) return 'unknown';
  // Only Graph puts a request id into its inner error, also around codes such as Forbidden that other services use too.
  if (answer.hasRequestId === true) return 'graph';
  return servicesOfProducers.get(error?.producer ?? '') ?? 'unknown';
}

/** A pasted header value, with or without its name; any other text is none. */
function headerIn(text: string): string | undefined {
  const match = /^\s{0,8}(?:www-authenticate:\s{0,8})?(?=bearer\s)/i.exec(text); // accepts "WWW-Authenticate: Bearer a=b"
  return match === null ? undefined : text.slice(match[0].length);
}

function challengeErrorOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const challenge = parseChallenges(header).find(({ scheme }) => scheme.toLowerCase() === 'bearer');
  return challenge === undefined ? undefined : (challenge.parameters.get('error') ?? '');
}

/** The Authorization header in the request that HTTP clients keep; null: a request without one; undefined: no request. */
function sentHeader(bags: readonly Bag[]): string | null | undefined {
  for (const bag of bags) {
    for (const key of ['config', 'options', 'request']) {
      const headers = asBag(read(asBag(read(bag, key)) ?? {}, 'headers'));
      if (headers !== undefined) return readHeader(headers, 'authorization') ?? null;
    }
  }
  return undefined;
}
