import { ruleOfAadsts } from '../catalog/index.js';
import type { Reading } from './aad-error.js';
import { endOfJson, parseChallenges } from './challenge.js';
import { readChallengeHeader } from './challenge-reading.js';
import { asBag, asStatus, asText, digits, readHeader, type Bag } from './read.js';
import { fill } from './merge.js';
import { readMsal, readMsalMessage } from './msal.js';
import { decodeClaims } from './claims.js';
import { printedNetworkCode, readNetworkText } from './network.js';
import { readPrinted } from './printed.js';
import { findKeyVaultCode, isEverybodysCode, readResource, serviceOf } from './resource.js';
import { readStorageXml } from './storage.js';
import { decodeIfUrlEncoded, findEvidence, hasCutCode } from './text-evidence.js';
import { readTokenResponse } from './token-response.js';
import { saysUnusableToken, unusableToken } from './unusable-token.js';
import { isOauthError } from './vocabulary.js';

/**
 * Log text, an exception printed by another language, a `WWW-Authenticate` value, a JSON body as text, a JSON body
 * inside a message inside a message.
 *
 * Evidence: an AADSTS, AADB2C or AKV code with its prefix, an embedded body that readTokenResponse or readResource
 * accepts, or a Bearer challenge with its parameters. A number, or the word "unauthorized", is none.
 */
export function readTextValue(value: string, status?: number): Reading | undefined {
  const cut = asText(value)?.trim();
  if (cut === undefined || cut.length < 5) return undefined;
  const text = decodeIfUrlEncoded(withoutColours(cut));
  const printed = readMsalMessage(text, 0);
  if (printed !== undefined) return printed;
  const embedded = readEmbeddedJson(text, status ?? printedStatus(text));
  const challenge = readChallengeText(text);
  if (challenge !== undefined && challenge.unconfirmed !== true) {
    // Without claims or an error it says no more than who issues tokens; the body beside it says what happened.
    const isEmpty = challenge.claims === undefined && challenge.oauthError === undefined;
    return isEmpty && embedded !== undefined ? fill(embedded, challenge) : challenge;
  }
  const evidence = findEvidence(text);
  const keyVaultCode = findKeyVaultCode(text);
  const hasCode = evidence.aadstsCodes.length > 0 || evidence.b2cCodes.length > 0 || hasCutCode(text);
  if (!hasCode && keyVaultCode === undefined) {
    return (
      embedded ??
      readStorageXml(text, status) ??
      readAppServiceIdentity(text) ??
      readManagedIdentityText(text) ??
      readAdalText(text) ??
      readErrorPage(text) ??
      readCallbackText(text) ??
      readServiceText(text, status) ??
      readPnpText(text) ??
      readMsalInside(text) ??
      readPrinted(text) ??
      readNetworkText(text)
    );
  }
  const found: Reading = {
    producer: keyVaultCode === undefined ? 'text' : 'key-vault',
    origin: keyVaultCode === undefined ? 'token-response' : 'resource-challenge',
    aadstsCodes: evidence.aadstsCodes,
    b2cCodes: evidence.b2cCodes,
    clientCode: keyVaultCode,
    oauthError: oauthErrorIn(text),
    rawDescription: text,
    traceId: evidence.traceId ?? evidence.requestId,
    correlationId: evidence.correlationId,
    timestamp: evidence.timestamp,
    status,
  };
  return embedded === undefined ? found : fill(embedded, found);
}

/** A log that was written for a terminal: the codes that colour it stand inside ids and names. */
const withoutColours = (text: string): string =>
  text.includes('\u001b[') ? text.replaceAll(/\u001b\[[\d;]{0,16}m/g, '') : text; // accepts ESC[33m

/** MSAL's `Class: code: text` behind what a logger wrote in front of it. */
function readMsalInside(text: string): Reading | undefined {
  // accepts "[error] ClientAuthError: network_error: …", refuses "ClientAuthError happened"
  const at = text.search(
    /\b(?:(?:Client|Browser|Node|InteractionRequired)Auth|Server|ClientConfiguration)Error: [a-z][a-z0-9_]{2,63}: /,
  );
  return at < 1 ? undefined : readMsalMessage(text.slice(at), 0);
}

function readChallengeText(text: string): Reading | undefined {
  const label = /www-authenticate["']?\s?[:=]\s?["']?/i.exec(text); // accepts "WWW-Authenticate: Bearer"
  const start = label === null ? 0 : label.index + label[0].length;
  if (!/^(?:bearer|pop)\s/i.test(text.slice(start, start + 8))) return undefined; // refuses "Basic "
  return readChallengeHeader(parseChallenges(text.slice(start)));
}

/** App Service's identity endpoint: the application has no such user-assigned identity. */
function readAppServiceIdentity(text: string): Reading | undefined {
  if (!/Managed Identity found for specified|Unable to load the proper Managed Identity/.test(text)) return undefined;
  return {
    producer: 'managed-identity',
    origin: 'client',
    clientCode: 'identity_not_found',
    flow: 'managed-identity',
    rawDescription: text,
    correlationId: findEvidence(text).correlationId,
  };
}

/**
 * What the Azure SDKs print of a managed identity endpoint that did not answer with a token: its status (404 and 410
 * while it is being updated, 429, 5xx; other ones say what is wrong in words), or how the connection failed.
 */
function readManagedIdentityText(text: string): Reading | undefined {
  if (!/\bManagedIdentity(?:Credential|Authorizer)\b/.test(text)) return undefined;
  // A chain of credentials, or a host that has no such endpoint: not being there is no outage.
  if (/\b(?:Default|Chained)\w*Credential\b|authentication unavailable|\bCredentialUnavailable/.test(text))
    return undefined;
  const status = asStatus(/\b[Ss]tatus(?:[ _][Cc]ode)?:? \(?(\d{3})\b/.exec(text)?.[1]); // accepts "Status: 429", "status code 404", "status 410"
  const passes = status === 404 || status === 410 || status === 429 || (status !== undefined && status >= 500);
  const code = passes ? undefined : printedNetworkCode(text);
  if (!passes && code === undefined) return undefined;
  return {
    producer: 'managed-identity',
    origin: 'network',
    clientCode: code,
    flow: 'managed-identity',
    rawDescription: text,
    status,
  };
}

/** ADAL for Node prints the status alone, and then whatever a server in between has answered. */
function readAdalText(text: string): Reading | undefined {
  const match = /\b(?:Get Token|WS-Trust RST) request returned http error: (\d{3})\b/.exec(text); // accepts "Get Token request returned http error: 503 and …"
  const status = asStatus(match?.[1]);
  if (status === undefined || (status !== 429 && status < 500)) return undefined;
  return { producer: 'text', origin: 'network', rawDescription: text, status };
}

/**
 * The lines that people copy from Entra's error page: `Error Code: 53003`, `Request Id: …`, `Correlation Id: …`. The page
 * does not write AADSTS, so the number counts together with both ids and a row of the catalogue.
 */
function readErrorPage(text: string): Reading | undefined {
  const code = digits(/\bError Code: (\d{5,7})\b/i.exec(text)?.[1] ?? ''); // accepts "Error Code: 53003", refuses "error code 5"
  if (code === undefined || ruleOfAadsts(code) === undefined) return undefined;
  const { requestId, correlationId, timestamp } = findEvidence(text);
  if (requestId === undefined || correlationId === undefined) return undefined;
  return {
    producer: 'text',
    origin: 'token-response',
    aadstsCodes: [code],
    rawDescription: text,
    traceId: requestId,
    correlationId,
    timestamp,
  };
}

/** A redirect URI as text: `error_subcode` exists at Microsoft only, so `?error=access_denied` alone is not enough. */
function readCallbackText(text: string): Reading | undefined {
  if (!text.includes('error_subcode=')) return undefined;
  const start = text.search(/[?#&]error(?:_subcode)?=/);
  return start < 0
    ? undefined
    : readTokenResponse(Object.fromEntries(new URLSearchParams(text.slice(start + 1))), 'authorization-response');
}

/**
 * `Error making HttpClient request in queryable [401] Unauthorized ::> {"error_description":"…"}`: how PnPjs words a
 * refusal of SharePoint, whose body has nothing but that description.
 */
function readPnpText(text: string): Reading | undefined {
  return text.includes(' in queryable [401]') && saysUnusableToken(text)
    ? {
        producer: 'sharepoint',
        origin: 'resource-challenge',
        clientCode: unusableToken,
        rawDescription: text,
        status: 401,
      }
    : undefined;
}

/** `Error code: InvalidAuthenticationToken` as Microsoft's SDKs print it, with `401 : Unauthorized` somewhere behind. */
function readServiceText(text: string, status: number | undefined): Reading | undefined {
  const match = /(?:\bError ?code|\bcode)["']?[:=]\s?["']?([A-Za-z_]{6,64})|\(([A-Z][A-Za-z]{10,64})\)/i.exec(text); // accepts "Error code: Forbidden", refuses "Code: 7"
  // Go prints the code that says more behind the general one: `Code="Forbidden" … InnerError={"code":"ForbiddenByRbac"}`.
  const inner = /\bInnerError=\{"code":"([A-Za-z_]{6,64})"/.exec(text)?.[1]; // accepts `InnerError={"code":"ForbiddenByFirewall"}`
  const code = serviceOf(inner) === undefined ? (match?.[1] ?? match?.[2]) : inner;
  if (code === undefined || serviceOf(code) === undefined) return undefined;
  // A code that any API may use needs a word of Microsoft's beside it.
  if (isEverybodysCode(code) && !/graph|azure|sharepoint|microsoft/i.test(text)) return undefined;
  const reading = readResource({ error: { code, message: text } }, status);
  return reading === undefined ? undefined : { ...reading, unconfirmed: false };
}

/** Objects tried in one text; more are not worth the time of a hostile one. */
const maxObjects = 4;

/**
 * The first JSON object of the text that is an error body. Undoes up to three layers of quoting: backslashes, doubled
 * quotes of CSV, JSON inside a JSON string.
 */
function readEmbeddedJson(text: string, status: number | undefined): Reading | undefined {
  let layer = text;
  for (let depth = 0; depth < 3; depth += 1) {
    let at = layer.indexOf('{');
    for (let tries = 0; at >= 0 && tries < maxObjects; tries += 1) {
      const end = endOfJson(layer, at);
      const parsed = end === undefined ? undefined : parseObject(layer.slice(at, end));
      const reading = parsed === undefined ? undefined : readErrorBody(parsed, status);
      if (reading !== undefined) return reading;
      at = layer.indexOf('{', at + 1);
    }
    const next = unquote(layer);
    if (next === layer) break;
    layer = next;
  }
  return /error["']?\s?[:=]/.test(layer) ? readCutBody(layer) : undefined;
}

function readErrorBody(body: Bag, outerStatus: number | undefined): Reading | undefined {
  // An SDK's error after JSON.stringify has its status among its fields.
  const status = outerStatus ?? asStatus(body['statusCode']) ?? asStatus(body['status']);
  const answer = readPrintedAnswer(body, status);
  if (answer !== undefined) return answer;
  const direct = readPrintedMsalError(body) ?? readTokenResponse(body) ?? readResource(body, status);
  if (direct !== undefined) return { ...direct, status: direct.status ?? outerStatus };
  for (const key of ['error', 'body', 'data', 'response']) {
    const inner = asBag(body[key]);
    const reading = inner === undefined ? undefined : readTokenResponse(inner);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

/** `JSON.stringify(error)` of MSAL in a log. Anybody may have written a text; claims are taken from error objects alone. */
function readPrintedMsalError(body: Bag): Reading | undefined {
  const reading = typeof body['errorCode'] === 'string' ? readMsal(body, 0) : undefined;
  if (reading !== undefined) delete reading.claims;
  return reading;
}

/** An HTTP answer after JSON.stringify: what its `WWW-Authenticate` says leads, the body fills in the ids. */
function readPrintedAnswer(body: Bag, status: number | undefined): Reading | undefined {
  const response = asBag(body['response']) ?? body;
  const header = readHeader(response['headers'], 'www-authenticate');
  const challenge = header === undefined ? undefined : readChallengeHeader(parseChallenges(header), status);
  if (challenge === undefined || challenge.unconfirmed === true) return undefined;
  const inner = asBag(response['body']) ?? asBag(response['data']);
  return fill(challenge, inner === undefined ? undefined : (readTokenResponse(inner) ?? readResource(inner, status)));
}

function parseObject(text: string): Bag | undefined {
  try {
    return asBag(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** One layer of quoting less: `\"` or `""` as `"`. */
function unquote(text: string): string {
  if (text.includes('\\"')) return text.replaceAll('\\\\', '\\').replaceAll('\\"', '"');
  return text.includes('""') ? text.replaceAll('""', '"') : text;
}

/**
 * A body that was cut off or printed by another language (`{'error': …}` of Python): `error`, `suberror` and `claims` are
 * read where they stand; codes and ids come from the text.
 */
function readCutBody(text: string): Reading | undefined {
  const error = oauthErrorIn(text);
  const hasDescription = text.includes('error_description') || text.includes('error_codes');
  if (error === undefined || !hasDescription) return undefined;
  const evidence = findEvidence(text);
  return {
    producer: 'token-response',
    origin: 'token-response',
    oauthError: error,
    suberror: /\bsuberror["']?\s?[:=]\s?["']?([a-z_]{5,40})/.exec(text)?.[1], // accepts `'suberror': 'basic_action'`
    claims: claimsIn(text),
    ...evidence,
    rawDescription: text,
    traceId: evidence.traceId ?? evidence.requestId,
  };
}

/** The value of `claims` in a printed body: the JSON object behind the name, quoted or escaped. */
function claimsIn(text: string): string | undefined {
  const name = text.search(/["']claims["']\s?:/);
  const start = name < 0 ? -1 : text.indexOf('{', name);
  if (start < 0 || start - name > 16) return undefined;
  const end = endOfJson(text, start);
  return end === undefined ? undefined : decodeClaims(text.slice(start, end));
}

/** Places that may name an OAuth error; more are not worth the time of a hostile text. */
const maxNames = 8;

/**
 * The OAuth `error` that a text names: the value of `error` in a body or a key-value text, else a registered name
 * directly before the first code (`Graph Error: invalid_grant:AADSTS65001`, `[invalid_grant] AADSTS54005`,
 * `unauthorized_client: 700016 - [2026-01-15 10:20:30Z]: AADSTS700016`).
 */
function oauthErrorIn(text: string): string | undefined {
  // accepts `"error":"invalid_grant"`, `u'error': u'invalid_grant'`, `\"error\":\"invalid_grant\"`, `[error] => invalid_grant`
  const named = /(?:\berror|\b[Ee]rrorCode|\berror_code)["'\\\]]{0,4}\s?(?:=>|[:=])\s?u?["'\\]{0,4}([a-z_]{5,40})/g;
  for (let tries = 0; tries < maxNames; tries += 1) {
    const word = named.exec(text)?.[1];
    if (word === undefined) break;
    if (isOauthError(word)) return word;
  }
  const code = text.search(/AADSTS|AADB2C/);
  if (code < 0) return undefined;
  const before = text.slice(Math.max(0, code - 120), code).toLowerCase();
  const match =
    /([a-z]+_[a-z_]+)["'\s:\uff1a(),[\]\\\u2013\u2014-]*(?:[\d,]{3,40} - \[[^\]]{0,40}\]: )?(?:status code: \d{3}\s+more details:\s*)?$/.exec(
      before,
    ); // accepts `oauth2: "invalid_grant" "`
  const word = match?.[1];
  return word !== undefined && isOauthError(word) ? word : undefined;
}

/** The status that an HTTP client printed in front of the body of its answer: `received HTTP status 429 with body: {…`. */
const printedStatus = (text: string): number | undefined =>
  asStatus(/\b(?:HTTP status|http error:|Status:) (\d{3})\b/.exec(text)?.[1]); // accepts "Status: 429", refuses "status 1000"

/** Status printed in a text, `503 : {…}`. */
export function statusIn(text: string): number | undefined {
  return asStatus(/^(\d{3})\b/.exec(text)?.[1]); // accepts "429 : {", refuses "42"
}
