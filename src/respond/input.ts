import type { AadError, Decision, RequestFacts } from '../types.js';
import type { Undisclosed } from './account-privacy.js';
import type { Settings } from './settings.js';

/** What the interaction stage has prepared for this answer. */
export interface AnswerPlan {
  /** Same-origin path that starts the sign-in. */
  readonly url?: string | undefined;
  /** Where an administrator can approve; same-origin path or the configured authority. */
  readonly adminConsentUrl?: string | undefined;
  /** Path of the ordinary sign-in, for "sign in again" and "try again". */
  readonly signInUrl?: string | undefined;
  /** How often this reason has already led to an automatic sign-in. */
  readonly attempts: number;
  readonly setCookies: readonly string[];
}

/** Everything an answer is made of. */
export interface RespondInput {
  readonly error: AadError;
  readonly decision: Decision;
  /** What really happened, for developers and operators only; see account-privacy.ts. */
  readonly undisclosed?: Undisclosed | undefined;
  readonly facts: RequestFacts;
  readonly settings: Settings;
  readonly plan: AnswerPlan | undefined;
  /** Seconds for Retry-After, only when the action is retry. */
  readonly retryAfterSeconds: number | undefined;
}
