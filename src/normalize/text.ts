import type { Reading } from './aad-error.js';
import { endOfJson, parseChallenges } from './challenge.js';
import { readChallengeHeader } from './challenge-reading.js';
import { asBag, asStatus, asText, maxTextLength, type Bag } from './read.js';
import { fill } from './merge.js';
import { readMsalMessage } from './msal.js';
import { findKeyVaultCode, readResource, serviceOf } from './resource.js';
import { decodeIfUrlEncoded, findEvidence } from './text-evidence.js';
import { readTokenResponse } from './token-response.js';
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
  const text = decodeIfUrlEncoded(cut);
  const printed = readMsalMessage(text, 0);
  if (printed !== undefined) return printed;
  const embedded = readEmbeddedJson(text, status);
  const challenge = /^(?:www-authenticate:\s*)?(?:bearer|pop)\s/i.test(text) ? readChallengeText(text) : undefined; // accepts "Bearer realm"
  if (challenge !== undefined && challenge.unconfirmed !== true) return challenge;
  const evidence = findEvidence(text);
  const keyVaultCode = findKeyVaultCode(text);
  if (evidence.aadstsCodes.length === 0 && evidence.b2cCodes.length === 0 && keyVaultCode === undefined) {
    return embedded ?? readServiceText(text, status);
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

function readChallengeText(text: string): Reading | undefined {
  const start = text.toLowerCase().startsWith('www-authenticate:') ? text.indexOf(':') + 1 : 0;
  return readChallengeHeader(parseChallenges(text.slice(start)));
}

/** `Error code: InvalidAuthenticationToken` as Microsoft's SDKs print it, with `401 : Unauthorized` somewhere behind. */
function readServiceText(text: string, status: number | undefined): Reading | undefined {
  const match = /\b(?:Error code|Code)[:=]\s?"?([A-Za-z_]{6,64})/.exec(text); // accepts "Error code: Forbidden", refuses "Code: 7"
  const code = match?.[1];
  if (code === undefined) return undefined;
  const service = serviceOf(code);
  if (service === undefined || !/graph|azure|sharepoint|microsoft/i.test(text)) return undefined;
  return readResource({ error: { code, message: text } }, status) ?? undefined;
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
  return layer.includes('"error"') || layer.includes('error:') ? readCutBody(layer) : undefined;
}

function readErrorBody(body: Bag, status: number | undefined): Reading | undefined {
  const direct = readTokenResponse(body) ?? readResource(body, status);
  if (direct !== undefined) return direct;
  for (const key of ['error', 'body', 'data', 'response']) {
    const inner = asBag(body[key]);
    const reading = inner === undefined ? undefined : readTokenResponse(inner);
    if (reading !== undefined) return reading;
  }
  return undefined;
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

/** A body that was cut off: `error` is read where it stands; codes and ids come from the text. */
function readCutBody(text: string): Reading | undefined {
  const error = oauthErrorIn(text);
  const hasDescription = text.includes('error_description') || text.includes('error_codes');
  if (error === undefined || !hasDescription) return undefined;
  const evidence = findEvidence(text);
  return {
    producer: 'token-response',
    origin: 'token-response',
    oauthError: error,
    ...evidence,
    rawDescription: text,
    traceId: evidence.traceId ?? evidence.requestId,
  };
}

/**
 * The OAuth `error` that a text names: the value of `error` in a body or a key-value text, else a registered name
 * directly before the first code (`Graph Error: invalid_grant:AADSTS65001`).
 */
function oauthErrorIn(text: string): string | undefined {
  const named = /["'\s{(]?\berror["']?\s?[:=]\s?["']?([a-z_]{5,40})/.exec(text.slice(0, maxTextLength))?.[1]; // accepts `"error":"invalid_grant"`
  if (named !== undefined && isOauthError(named)) return named;
  const code = text.search(/AADSTS|AADB2C/);
  const before =
    code < 0
      ? undefined
      : /([a-z]+_[a-z_]+)[:\s]*(?:Status code: \d{3}\s+More details:\s*)?$/.exec(
          text.slice(Math.max(0, code - 120), code),
        )?.[1];
  return before !== undefined && isOauthError(before) ? before : undefined;
}

/** Status printed in a text, `503 : {…}`. */
export function statusIn(text: string): number | undefined {
  return asStatus(/^(\d{3})\b/.exec(text)?.[1]); // accepts "429 : {", refuses "42"
}
