import type { Decision } from '../types.js';
import type { RespondInput } from './input.js';

/** Where the one button leads, and the id of its text. */
export interface MainAction {
  readonly url: string;
  readonly label: string;
}

const signInActions: ReadonlySet<Decision['action']> = new Set(['interactive', 'claims_challenge', 'consent']);

/** Whether a sign-in is what the error asks for, wherever it may start. */
export function needsSignIn({ action }: Decision): boolean {
  return signInActions.has(action);
}

/**
 * What the button of a sign-in says, so that it is the one the situation's next step speaks of; others say "Sign in
 * again". test/unit/respond/main-action.test.ts holds both side by side.
 */
const signInLabels: ReadonlyMap<string, string> = new Map([
  ['sign-in-needed', 'signIn'],
  ['consent-needed', 'continue'],
  ['device-registration-required', 'continue'],
  ['mfa-required', 'continue'],
  ['mfa-setup-required', 'continue'],
  ['password-reset-requested', 'continue'],
  ['stronger-sign-in-required', 'continue'],
  ['sign-in-expired', 'startAgain'],
  ['too-many-sign-ins', 'startAgain'],
  ['wrong-account', 'useAnotherAccount'],
]);

/** Their next step says that the sign-in follows from here, which is only true with an interaction. */
const promisesSignIn: ReadonlySet<string> = new Set([
  ...['consent-needed', 'device-registration-required', 'mfa-required', 'mfa-setup-required'],
  ...['password-expired', 'password-reset-requested', 'session-expired', 'sign-in-needed', 'stronger-sign-in-required'],
]);

/** Their next step is to try again: later, elsewhere, or on another device. */
const tryAgainSituations: ReadonlySet<string> = new Set([
  ...['account-locked', 'approved-app-required', 'blocked-by-policy', 'device-not-compliant'],
  ...['identity-provider-problem', 'network-problem', 'service-busy', 'service-unavailable', 'too-many-sign-ins'],
  ...['unknown-problem', 'waiting-for-sign-in'],
]);

/** Their next step speaks of another account. */
const otherAccountSituations: ReadonlySet<string> = new Set([
  ...['account-disabled', 'app-not-in-organization', 'guest-not-invited', 'not-assigned-to-app'],
  ...['organization-blocked', 'wrong-account'],
]);

/** Whether the page must tell where to sign in, because it cannot lead there. */
export function signsInElsewhere({ decision, plan }: RespondInput): boolean {
  if (!promisesSignIn.has(decision.situation)) return false;
  return (needsSignIn(decision) ? plan?.url : plan?.signInUrl) === undefined;
}

/** The one thing to do now: a place of this application. */
export function mainAction({ decision, facts, settings, plan }: RespondInput): MainAction {
  const { action, situation } = decision;
  const home = { url: settings.homeUrl, label: 'goHome' };
  // A form cannot be sent again from here.
  const again = facts.safe ? { url: facts.returnTo, label: 'tryAgain' } : home;
  const triesAgain = tryAgainSituations.has(situation);
  if (needsSignIn(decision)) {
    if (plan?.url === undefined) return triesAgain ? again : home;
    return { url: plan.url, label: triesAgain ? 'tryAgain' : (signInLabels.get(situation) ?? 'signInAgain') };
  }
  if (action === 'user_cancelled') {
    // Only an administrator gets here, back from the approval page.
    if (situation === 'admin-approval-not-granted' && plan?.adminConsentUrl !== undefined)
      return { url: plan.adminConsentUrl, label: 'openApprovalPage' };
    const url = plan?.url ?? plan?.signInUrl;
    return url === undefined ? again : { url, label: 'tryAgain' };
  }
  if (plan?.signInUrl !== undefined && action !== 'retry') {
    if (otherAccountSituations.has(situation))
      return { url: withParameter(plan.signInUrl, 'prompt=select_account'), label: 'useAnotherAccount' };
    if (situation === 'too-many-sign-ins') return { url: plan.signInUrl, label: 'startAgain' };
    if (promisesSignIn.has(situation))
      return { url: plan.signInUrl, label: signInLabels.get(situation) ?? 'signInAgain' };
  }
  return triesAgain || action === 'retry' || action === 'unknown' ? again : home;
}

function withParameter(url: string, parameter: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${parameter}`;
}
