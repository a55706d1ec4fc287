/** Door of decide/: AadError + context -> Decision. Pure: same input, same answer. */
import type { AadAction, AadError, DecideContext, Decision, Override, Prompt, TraceStep } from '../types.js';
import { ownFields } from '../own-fields.js';
import { gather, type Evidence } from './evidence.js';
import { rules, type Outcome } from './rules.js';

export { rules, type Outcome, type Rule } from './rules.js';

const nothingFits: Outcome = {
  action: 'unknown',
  situation: 'unknown-problem',
  who: 'developer',
  confidence: 'inferred',
  because: 'no rule knows this error',
};

/**
 * What an identity error asks for, and why.
 *
 * @param error from normalizeAadError
 * @param context flow, whether a user is there, scopes of the failed call, automatic sign-ins so far, overrides
 */
export function decide(error: AadError, context: DecideContext = {}): Decision {
  const known = ownFields(context);
  const evidence = gather(error, known);
  let outcome = nothingFits;
  let rule = 'unknown';
  for (let index = 0; index < rules.length; index += 1) {
    const candidate = rules[index];
    const found = candidate?.when(evidence);
    if (candidate === undefined || found === undefined) continue;
    outcome = found;
    rule = candidate.id;
    break;
  }
  const trace: TraceStep[] = [{ rule, because: outcome.because }];
  if (error.claimsDropped === true)
    trace.push({ rule: 'claims', because: 'a claims value was present but not usable' });

  let { action, situation, who } = outcome;
  if (action === 'claims_challenge' && error.claims === undefined) {
    action = 'interactive';
    trace.push({ rule: 'claims', because: 'no claims came along: the user signs in without them' });
  }
  if (!evidence.hasUser && isForUser(action)) {
    ({ action, situation, who } = withoutUser(action, situation));
    trace.push({ rule: 'no-user', because: 'the call has no user who could sign in or consent' });
  }
  const prompt = isForUser(action) ? promptFor(action, situation, evidence) : undefined;
  const scopes = error.scopes ?? known.scopes;
  // Assignments instead of conditional spreads: this object is made for every error.
  const decision: { -readonly [Key in keyof Decision]: Decision[Key] } = {
    action,
    situation,
    retryable: action === 'retry',
    who,
    confidence: outcome.confidence,
    rule,
    trace,
  };
  if (evidence.code !== undefined) decision.code = evidence.code;
  if (prompt !== undefined) decision.prompt = prompt;
  if (action === 'claims_challenge' && error.claims !== undefined) decision.claims = error.claims;
  if (scopes !== undefined && isForUser(action)) decision.scopes = scopes;
  if (error.retryAfterSeconds !== undefined && action === 'retry') {
    decision.retryAfterSeconds = error.retryAfterSeconds;
  }
  const braked = withBrake(decision, evidence);
  if (known.overrides === undefined) return ownFields(braked);
  // Once more: an application's rule may start sign-ins, but not without end.
  return ownFields(withBrake(applyOverrides(braked, evidence, known), evidence));
}

/** After two sign-ins for the same reason there is a page instead of a third. */
function withBrake(decision: Decision, { attempts }: Evidence): Decision {
  if (!isForUser(decision.action) || attempts < 2) return decision;
  const stopped: { -readonly [Key in keyof Decision]: Decision[Key] } = {
    ...decision,
    action: 'contact_admin',
    situation: 'too-many-sign-ins',
    retryable: false,
    who: 'admin',
    rule: 'loop-brake',
    trace: [...decision.trace, { rule: 'loop-brake', because: `${String(attempts)} sign-ins brought the same answer` }],
  };
  delete stopped.claims;
  delete stopped.prompt;
  delete stopped.scopes;
  return stopped;
}

export function isForUser(action: AadAction): action is 'interactive' | 'claims_challenge' | 'consent' {
  return action === 'interactive' || action === 'claims_challenge' || action === 'consent';
}

/** Conditional Access for workload identities and application permissions are an administrator's; a grant is ours. */
function withoutUser(action: AadAction, situation: string): Pick<Outcome, 'action' | 'situation' | 'who'> {
  if (action === 'consent') return { action: 'admin_consent', situation: 'admin-approval-needed', who: 'admin' };
  if (action === 'claims_challenge' || situation === 'mfa-required' || situation === 'mfa-setup-required') {
    return { action: 'contact_admin', situation: 'blocked-by-policy', who: 'admin' };
  }
  return { action: 'fix_config', situation: 'app-misconfigured', who: 'developer' };
}

function promptFor(action: AadAction, situation: string, { attempts, error }: Evidence): Prompt | undefined {
  if (action === 'consent') return 'consent';
  if (situation === 'wrong-account' || situation === 'sign-in-failed' || situation === 'guest-not-invited')
    return 'select_account';
  // 50173: the session itself is from before the password change. RFC 9470: the token of this very sign-in was not
  // enough, and single sign-on would bring it again. A second try asks for more than the first.
  if (attempts > 0 || error.aadstsCodes.includes(50173) || error.oauthError === 'insufficient_user_authentication')
    return 'login';
  return undefined;
}

function applyOverrides(decision: Decision, evidence: Evidence, known: DecideContext): Decision {
  const { error } = evidence;
  for (const { match, use } of known.overrides ?? []) {
    const fits =
      (match.code === undefined || matchesCode(match.code, error)) &&
      (match.oauthError === undefined || match.oauthError === error.oauthError) &&
      (match.suberror === undefined || match.suberror === error.suberror) &&
      (match.situation === undefined || match.situation === decision.situation);
    if (!fits) continue;
    const action = use.action ?? decision.action;
    // Without claims there is no claims challenge, whoever asks for one.
    const usable = action === 'claims_challenge' && error.claims === undefined ? 'interactive' : action;
    const overridden: { -readonly [Key in keyof Decision]: Decision[Key] } = {
      ...decision,
      ...use,
      action: usable,
      retryable: use.retryable ?? usable === 'retry',
      confidence: 'documented',
      rule: 'override',
      trace: [{ rule: 'override', because: 'a rule of the application' }, ...decision.trace],
    };
    if (usable !== decision.action) settle(overridden, use, evidence, known);
    return overridden;
  }
  return decision;
}

/** Another action needs what every decision with that action has, and nothing that belonged to the one before. */
function settle(
  decision: { -readonly [Key in keyof Decision]: Decision[Key] },
  use: Override['use'],
  evidence: Evidence,
  known: DecideContext,
): void {
  const { action, situation } = decision;
  const { error } = evidence;
  delete decision.claims;
  delete decision.scopes;
  delete decision.prompt;
  delete decision.retryAfterSeconds;
  if (action === 'claims_challenge' && error.claims !== undefined) decision.claims = error.claims;
  if (action === 'retry' && error.retryAfterSeconds !== undefined) decision.retryAfterSeconds = error.retryAfterSeconds;
  const prompt = use.prompt ?? (isForUser(action) ? promptFor(action, situation, evidence) : undefined);
  if (prompt !== undefined) decision.prompt = prompt;
  const scopes = error.scopes ?? known.scopes;
  if (scopes !== undefined && isForUser(action)) decision.scopes = scopes;
}

function matchesCode(code: number | string, error: AadError): boolean {
  if (typeof code === 'number') return error.aadstsCodes.includes(code);
  return code.startsWith('AADSTS') ? error.aadstsCodes.includes(Number(code.slice(6))) : error.b2cCodes.includes(code);
}
