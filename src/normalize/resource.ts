import { resourceServices, ruleOfResourceError, type ResourceService } from '../catalog/index.js';
import type { Producer } from '../types.js';
import type { Reading } from './aad-error.js';
import { decodeClaims } from './claims.js';
import { isReactable } from './hosts.js';
import { asBag, asGuid, read, readText, type Bag } from './read.js';
import { asTimestamp, findEvidence } from './text-evidence.js';
import { saysUnusableToken, unusableToken } from './unusable-token.js';

const producers: Readonly<Record<ResourceService, Producer>> = {
  graph: 'graph',
  arm: 'arm',
  sharepoint: 'sharepoint',
  keyvault: 'key-vault',
  'managed-identity': 'managed-identity',
  'power-bi': 'http',
  storage: 'http',
  dataverse: 'http',
  'web-api': 'www-authenticate',
};

/** First service whose catalogue knows the code. */
export function serviceOf(code: string | undefined): ResourceService | undefined {
  return code === undefined
    ? undefined
    : resourceServices.find((service) => ruleOfResourceError(service, code) !== undefined);
}

/**
 * An error body of Microsoft Graph, Azure Resource Manager, SharePoint, Key Vault or a managed identity endpoint:
 * `{ error: { code, message, innerError } }`, `{ "odata.error": … }`, or the same members on an SDK's error object.
 *
 * The innermost code the catalogue knows counts (`Forbidden` around `ForbiddenByRbac`). A code nobody knows is only
 * an identity error together with Graph's request ids and a status that the caller has seen (401, 403, 429, 5xx).
 */
export function readResource(bag: Bag, status: number | undefined): Reading | undefined {
  // Kiota's clients call the member `errorEscaped`.
  const error = asBag(read(bag, 'error')) ?? asBag(read(bag, 'odata.error')) ?? asBag(read(bag, 'errorEscaped'));
  const body = error ?? bag;
  const code = readText(body, 'code') ?? readText(body, 'errorCode');
  const inner = asBag(read(body, 'innerError')) ?? asBag(read(body, 'innererror'));
  const messageValue = read(body, 'message');
  const messageBag = asBag(messageValue);
  const message = readText(body, 'message') ?? (messageBag && readText(messageBag, 'value'));
  const innerCode = innermostCode(inner);
  const akv = message === undefined ? undefined : findKeyVaultCode(message);
  const known = [akv, innerCode, code, shortCode(code)].find((candidate) => serviceOf(candidate) !== undefined);
  const service = serviceOf(known);
  // Some services hand on what Entra told them in the inner error alone.
  const innerMessage = inner && readText(inner, 'message');
  const told = innerMessage !== undefined && /AADSTS|AADB2C/.test(innerMessage) ? innerMessage : message;
  const evidence = told === undefined ? undefined : findEvidence(told);
  const codes = evidence?.aadstsCodes ?? [];
  const requestId =
    (inner && asGuid(readText(inner, 'request-id') ?? readText(inner, 'requestId'))) ??
    asGuid(readText(bag, 'requestId') ?? readText(body, 'requestId'));
  const looksLikeGraph = error !== undefined && code !== undefined && requestId !== undefined;
  // On an SDK's error object only a known code counts: many libraries have `code` and `message`.
  if (service === undefined && codes.length === 0 && !(looksLikeGraph && isReactable(status))) return undefined;
  if (error === undefined && (service === undefined || (status === undefined && requestId === undefined)))
    return undefined;
  return {
    producer:
      looksLikeGraph && (service === undefined || (known !== undefined && isEverybodysCode(known)))
        ? 'graph'
        : service === undefined
          ? 'http'
          : producers[service],
    origin: service === 'managed-identity' ? 'token-response' : 'resource-challenge',
    clientCode:
      known !== undefined && refusesToken(known) && (saysUnusableToken(message) || saysUnusableToken(detailOf(bag)))
        ? unusableToken
        : (known ?? shortCode(code)),
    aadstsCodes: codes,
    b2cCodes: evidence?.b2cCodes,
    claims: known === acrsRefusal ? claimsOfMessage(message) : undefined,
    rawDescription: told,
    traceId: requestId ?? evidence?.traceId ?? evidence?.requestId,
    correlationId: evidence?.correlationId,
    requestCorrelationId: inner && asGuid(readText(inner, 'client-request-id')),
    timestamp: asTimestamp(inner && readText(inner, 'date')) ?? evidence?.timestamp,
    flow: service === 'managed-identity' ? 'managed-identity' : undefined,
    status,
    unconfirmed: known !== undefined && codes.length === 0 && requestId === undefined && isEverybodysCode(known),
  };
}

/** Privileged Identity Management: the activation of a role needs an authentication context. */
const acrsRefusal = 'RoleAssignmentRequestAcrsValidationFailed';

/** The directive that stands URL-encoded in the message of that one code: `&claims=%7B%22access_token%22…`. */
function claimsOfMessage(message: string | undefined): string | undefined {
  const encoded = message === undefined ? undefined : /&claims=([\w%.~-]{2,8192})/.exec(message)?.[1]; // accepts "&claims=%7B%22"
  if (encoded === undefined) return undefined;
  try {
    return decodeClaims(decodeURIComponent(encoded));
  } catch {
    return undefined;
  }
}

/** Codes that refuse a token without saying in the code what is wrong with it. */
const tokenRefusals = new Set([
  'InvalidAuthenticationToken',
  'InvalidAuthenticationInfo',
  'AuthenticationFailed',
  'unauthenticated',
]);

/** What Storage adds to its refusal, on the error of its SDK: `details.authenticationErrorDetail`. */
function detailOf(bag: Bag): string | undefined {
  const details = asBag(read(bag, 'details'));
  return details && (readText(details, 'authenticationErrorDetail') ?? readText(details, 'AuthenticationErrorDetail'));
}

const refusesToken = (code: string): boolean => tokenRefusals.has(code);

/** Codes that any API may use; without a request id of Microsoft's they prove nothing. */
const everybodysCodes = new Set([
  'AccessDenied',
  'Forbidden',
  'Unauthorized',
  'TooManyRequests',
  'TokenExpired',
  'accessDenied',
  'unauthenticated',
  'serviceNotAvailable',
  'AuthenticationFailed',
  'AuthorizationFailure',
  'PermissionDenied',
  'InsufficientAccessError',
  'Authentication_InvalidCredentials',
]);

export const isEverybodysCode = (code: string): boolean => everybodysCodes.has(code);

function innermostCode(inner: Bag | undefined): string | undefined {
  let found: string | undefined;
  let at = inner;
  for (let depth = 0; at !== undefined && depth < 4; depth += 1) {
    found = shortCode(readText(at, 'code')) ?? found;
    at = asBag(read(at, 'innerError')) ?? asBag(read(at, 'innererror'));
  }
  return found;
}

/** `-2147024891, System.UnauthorizedAccessException` of SharePoint without the number. */
function shortCode(code: string | undefined): string | undefined {
  if (code === undefined || code.length > 128) return undefined;
  const comma = code.indexOf(', ');
  return comma < 0 ? code : code.slice(comma + 2);
}

/** `AKV10022`: Key Vault puts its code into the message. */
export function findKeyVaultCode(text: string): string | undefined {
  const at = text.indexOf('AKV1');
  return at < 0 ? undefined : (/^AKV1\d{4}/.exec(text.slice(at, at + 8))?.[0] ?? undefined); // accepts "AKV10022:", refuses "AKV1x"
}
