import { detailsOf, isKnownClientCode, ruleOfOauthError, ruleOfSuberror } from '../catalog/index.js';
import type { AadError, Decision } from '../types.js';
import type { RespondInput } from './input.js';
import { preparedProblem } from './prepared.js';
import type { Settings } from './settings.js';

/** Longest claims copied into a body, in bytes as JSON writes them: the whole document stays below 16 KiB. */
const maxBodyClaims = 8_192;
/** Scopes of a resource's challenge are written by the resource: only what looks like one is repeated. */
const scopeShape = /^[\w.:/~%+-]{1,256}$/; // accepts "api://a1/.default", refuses "<b>"
const maxBodyScopes = 1_024;

/** `type` of the problem: Entra's own page for a code, a stable URN for a situation without one. */
export function problemType({ code, situation }: Decision): string {
  return code?.startsWith('AADSTS') === true
    ? `https://login.microsoftonline.com/error?code=${code.slice(6)}`
    : `urn:aad-error-handler:${situation}`;
}

/**
 * The problem document (RFC 9457) as JSON text. Free text comes from our catalogue only; other members are checked by
 * shape.
 *
 * Pieced together, because half of it is the same for many errors. Situations and registered names hold nothing to
 * escape. Codes, ids and times hold nothing by the shape they were read with, but an error may come from another copy of
 * this package, or have been changed since.
 */
export function problemText(input: RespondInput, status: number): string {
  const { decision, error, facts, settings, plan, retryAfterSeconds } = input;
  const { head, tail } = preparedProblem(settings, facts.locale, decision, status);
  let text = `{"type":"${escaped(problemType(decision))}${head}${escaped(facts.instance)}${tail}`;
  if (decision.code !== undefined) text += `,"code":"${escaped(decision.code)}"`;
  // Registered names only: anything else in these fields may have been written by anybody.
  if (error.oauthError !== undefined && ruleOfOauthError(error.oauthError) !== undefined)
    text += `,"error":"${error.oauthError}"`;
  if (error.suberror !== undefined && ruleOfSuberror(error.suberror) !== undefined)
    text += `,"suberror":"${error.suberror}"`;
  if (decision.claims !== undefined && fitsBody(decision.claims)) text += `,"claims":${keptClaims(decision.claims)}`;
  if (decision.scopes !== undefined) text += `,"scopes":${JSON.stringify(publicScopes(decision.scopes))}`;
  if (retryAfterSeconds !== undefined) text += `,"retryAfter":${String(retryAfterSeconds)}`;
  if (error.traceId !== undefined) text += `,"traceId":"${escaped(error.traceId)}"`;
  if (error.correlationId !== undefined) text += `,"correlationId":"${escaped(error.correlationId)}"`;
  if (error.timestamp !== undefined) text += `,"timestamp":"${escaped(error.timestamp)}"`;
  if (plan?.url !== undefined && facts.kind !== 'api')
    text += `,"interaction":{"url":"${escaped(plan.url)}","method":"GET"}`;
  if (settings.exposeDetails) {
    const known = input.undisclosed ?? input;
    text += `,"developer":${JSON.stringify(developerDetails(known.error, known.decision, settings))}`;
  }
  return `${text}}`;
}

/** What stands between the quotes. Paths and ids are ASCII, and nearly all hold nothing that JSON escapes. */
function escaped(text: string): string {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 32 || unit > 126 || unit === 34 || unit === 92) return JSON.stringify(text).slice(1, -1);
  }
  return text;
}

/** One policy challenges many requests with the very same directive. */
let lastClaims = { claims: '', text: '""' };

function keptClaims(claims: string): string {
  if (claims !== lastClaims.claims) lastClaims = { claims, text: JSON.stringify(claims) };
  return lastClaims.text;
}

/** Claims go whole or not at all. */
function fitsBody(claims: string): boolean {
  // No character needs more than six bytes.
  return claims.length * 6 <= maxBodyClaims || Buffer.byteLength(JSON.stringify(claims), 'utf8') <= maxBodyClaims;
}

/** The scopes that may be repeated to a client. */
export function publicScopes(scopes: readonly string[]): readonly string[] {
  let length = 0;
  return scopes.filter((scope) => scopeShape.test(scope) && (length += scope.length) <= maxBodyScopes);
}

/** Only outside production: what decided, what the server said (redacted), what to change. */
export function developerDetails(
  error: AadError,
  decision: Decision,
  settings: Settings,
): Readonly<Record<string, unknown>> {
  const row = detailsOf(decision.code);
  const description = settings.exposeServerText ? error.description : undefined;
  return {
    rule: decision.rule,
    confidence: decision.confidence,
    trace: decision.trace,
    producer: error.producer,
    origin: error.origin,
    who: decision.who,
    aadstsCodes: error.aadstsCodes,
    b2cCodes: error.b2cCodes,
    ...(error.clientCode !== undefined && isKnownClientCode(error.clientCode) && { clientCode: error.clientCode }),
    ...(row !== undefined && { name: row.name, summary: row.summary, remedy: row.remedy }),
    ...(description !== undefined && { description: description.slice(0, 2_000) }),
    ...(error.claimsDropped === true && { claimsDropped: true }),
  };
}
