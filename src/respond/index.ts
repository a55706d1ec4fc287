/** Door of respond/: Decision + RequestFacts + Settings -> ResponseSpec. Pure. */
import type { ResponseSpec } from '../types.js';
import { claimsFitHeader, formatChallenge } from './challenge.js';
import { noSniff, noStore, vary } from './headers.js';
import type { RespondInput } from './input.js';
import { reloadDelaySeconds, renderPage, willReload } from './page.js';
import { problemText, publicScopes } from './problem.js';
import { answerTable } from './table.js';

export { accountStandIn, withoutCode, type Undisclosed } from './account-privacy.js';
export { claimsFitHeader, formatChallenge, maxHeaderClaims, type ChallengeInput } from './challenge.js';
export { parseAccent, schemes, type Accents } from './colour.js';
export { headersToRemove, noSniff, noStore, pageSecurityPolicy, vary } from './headers.js';
export { escapeHtml, html, trusted, type Html } from './html.js';
export type { AnswerPlan, RespondInput } from './input.js';
export { createLocaleMatcher, prefersHtml, requestKind, type KindHeaders } from './negotiate.js';
export { pageModel, reloadDelaySeconds, renderPage, type PageModel } from './page.js';
export { joinPolicies } from './page-policy.js';
export type { Branding, PageLink, Settings } from './settings.js';
export { stylesheet } from './stylesheet.js';
export { answerTable } from './table.js';
export { textsOf, uiText } from './texts.js';

/** Query parameter that counts how often a retry page has reloaded itself. */
export const reloadParameter = 'aad_reload';

/** The whole answer: status, headers and body. */
export function respond(input: RespondInput): ResponseSpec {
  const { decision, facts, plan } = input;
  const cell = answerTable[decision.action][facts.kind];
  if (facts.redirectable && cell.status === 401 && plan?.url !== undefined) return redirectTo(plan.url);
  return cell.answer === 'problem' ? problemAnswer(input, cell.status) : pageAnswer(input, cell.status);
}

/** 303, so that whatever the method was, the sign-in is a GET. The place is ours: a path made by the interaction stage. */
export function redirectTo(url: string): ResponseSpec {
  return {
    status: 303,
    headers: {
      'cache-control': noStore,
      'x-content-type-options': noSniff,
      vary,
      'referrer-policy': 'no-referrer',
      location: url,
    },
    body: '',
  };
}

function problemAnswer(input: RespondInput, status: number): ResponseSpec {
  const headers: Record<string, string> = {
    'cache-control': noStore,
    'x-content-type-options': noSniff,
    vary,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': input.facts.locale,
  };
  addChallenge(headers, input, status);
  addRetryAfter(headers, input);
  return { status, headers, body: problemText(input, status) };
}

function pageAnswer(input: RespondInput, status: number): ResponseSpec {
  const headers: Record<string, string> = {
    'cache-control': noStore,
    'x-content-type-options': noSniff,
    vary,
    'content-type': 'text/html; charset=utf-8',
    'content-language': input.facts.locale,
    'content-security-policy': input.settings.pageSecurityPolicy,
    'referrer-policy': 'no-referrer',
  };
  addChallenge(headers, input, status);
  addRetryAfter(headers, input);
  addReload(headers, input);
  return { status, headers, body: renderPage(input) };
}

function addChallenge(headers: Record<string, string>, input: RespondInput, status: number): void {
  const challenge = challengeFor(input, status);
  if (challenge !== undefined) headers['www-authenticate'] = challenge;
}

function addRetryAfter(headers: Record<string, string>, { decision, retryAfterSeconds }: RespondInput): void {
  if (decision.action === 'retry' && retryAfterSeconds !== undefined)
    headers['retry-after'] = String(retryAfterSeconds);
}

/** `Refresh` instead of a meta element: works without script, and a reader's settings for reloading pages apply. */
function addReload(headers: Record<string, string>, input: RespondInput): void {
  if (!willReload(input)) return;
  const { facts, retryAfterSeconds } = input;
  // A fragment never reaches the server, so the count stands before it.
  const hash = facts.returnTo.indexOf('#');
  const [path, fragment] =
    hash < 0 ? [facts.returnTo, ''] : [facts.returnTo.slice(0, hash), facts.returnTo.slice(hash)];
  const separator = path.includes('?') ? '&' : '?';
  const url = `${path}${separator}${reloadParameter}=${String(facts.reloads + 1)}${fragment}`;
  headers['refresh'] = `${String(reloadDelaySeconds(facts.reloads, retryAfterSeconds))};url=${url}`;
}

/**
 * The challenge of an answer. Every 401 has one (RFC 9110 section 15.5.2). A browser or script sent no bearer token, so
 * it gets a bare challenge without an error (RFC 6750 section 3.1), and so does an API client that sent none; others get
 * the reason and the claims.
 */
function challengeFor({ decision, facts, settings }: RespondInput, status: number): string | undefined {
  const { realm, authorizationUri } = settings;
  if (facts.kind !== 'api') return status === 401 ? settings.bareChallenge : undefined;
  switch (decision.action) {
    case 'claims_challenge':
      return decision.claims !== undefined && claimsFitHeader(decision.claims)
        ? formatChallenge({ realm, authorizationUri, error: 'insufficient_claims', claims: decision.claims })
        : formatChallenge({ realm, authorizationUri, error: 'invalid_token' });
    case 'consent':
      return formatChallenge({
        realm,
        authorizationUri,
        error: 'insufficient_scope',
        ...(decision.scopes !== undefined && { scope: publicScopes(decision.scopes) }),
      });
    case 'interactive':
      if (facts.hasAuthorization === false) return settings.bareChallenge;
      return formatChallenge({ realm, authorizationUri, error: 'invalid_token' });
    default:
      return status === 401 ? settings.bareChallenge : undefined;
  }
}
