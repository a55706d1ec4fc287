import { detailsOf, isKnownClientCode, ruleOfOauthError, ruleOfSuberror } from '../catalog/index.js';
import type { AadError, Decision, ProblemDocument, RequestFacts } from '../types.js';
import type { RespondInput } from './input.js';
import type { Settings } from './settings.js';
import { textsOf } from './texts.js';

/** Longest claims copied into a body, in bytes as JSON writes them: the whole document stays below 16 KiB. */
const maxBodyClaims = 8_192;
/** Scopes of a resource's challenge are written by the resource: only what looks like one is repeated. */
const scopeShape = /^[\w.:/~%+-]{1,256}$/; // accepts "api://a1/.default", refuses "<b>"
const maxBodyScopes = 1_024;

/** `type` of the problem: Entra's own page for a code, a stable URN for a situation without one. */
export function problemType(decision: Decision): string {
  return decision.code?.startsWith('AADSTS') === true
    ? `https://login.microsoftonline.com/error?code=${decision.code.slice(6)}`
    : `urn:aad-error-handler:${decision.situation}`;
}

/** The problem document (RFC 9457). Free text comes from our catalogue only; other members are checked by shape. */
export function problemDocument(input: RespondInput, status: number): ProblemDocument {
  const { decision, error, facts, settings, plan } = input;
  const texts = textsOf(settings, settings.localeOf(facts.locale), decision.situation);
  // Assignments in the order of the members, instead of conditional spreads: this is made for every error.
  const problem: { -readonly [Key in keyof ProblemDocument]: ProblemDocument[Key] } = {
    type: problemType(decision),
    title: texts.title,
    status,
    detail: texts.message,
    instance: facts.instance,
    action: decision.action,
    situation: decision.situation,
    retryable: decision.retryable,
  };
  if (decision.code !== undefined) problem.code = decision.code;
  // Registered names only: anything else in these fields may have been written by anybody.
  if (error.oauthError !== undefined && ruleOfOauthError(error.oauthError) !== undefined) {
    problem.error = error.oauthError;
  }
  if (error.suberror !== undefined && ruleOfSuberror(error.suberror) !== undefined) problem.suberror = error.suberror;
  if (decision.claims !== undefined && fitsBody(decision.claims)) problem.claims = decision.claims;
  if (decision.scopes !== undefined) problem.scopes = publicScopes(decision.scopes);
  if (input.retryAfterSeconds !== undefined) problem.retryAfter = input.retryAfterSeconds;
  if (error.traceId !== undefined) problem.traceId = error.traceId;
  if (error.correlationId !== undefined) problem.correlationId = error.correlationId;
  if (error.timestamp !== undefined) problem.timestamp = error.timestamp;
  if (plan?.url !== undefined && facts.kind !== 'api') problem.interaction = { url: plan.url, method: 'GET' };
  if (settings.exposeDetails) {
    const known = input.undisclosed ?? input;
    problem.developer = developerDetails(known.error, known.decision, facts, settings);
  }
  return problem;
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
  _facts: RequestFacts,
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
