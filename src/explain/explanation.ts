import type { Diagnosis } from '../doctor/index.js';
import type { AadAction, AadError, CatalogRow, Confidence, Decision, Delivery, Who } from '../types.js';

/** How the input was understood. `code`: a number or a bare code; `name`: a bare OAuth, MSAL, resource or network name. */
export type ExplainedInput = 'code' | 'name' | 'text' | 'object';

/** What a claims directive asks for. */
export interface ExplainedChallenge {
  /** Decoded JSON text, as it must go back to /authorize. */
  readonly claims: string;
  /** One phrase for each claim, for developers; Dutch for Dutch locales, else English. */
  readonly asks: readonly string[];
}

/** Ids and time for a support case. */
export interface ExplainedIds {
  readonly traceId?: string;
  readonly correlationId?: string;
  readonly requestCorrelationId?: string;
  readonly timestamp?: string;
}

/** Everything known about one identity error. Plain and frozen all through, but for what `error` and its cause hold. */
export interface Explanation {
  readonly input: ExplainedInput;
  /**
   * true: the catalogue knows the code, or the input shows an identity error. false: `note` says what is missing, and
   * the other members say no more than "unknown".
   */
  readonly found: boolean;
  /** `AADSTS50076` or `AADB2C90118`; also set for a code that the catalogue does not know. */
  readonly code?: string;
  /** Microsoft's symbolic name of the code, else the OAuth error, suberror or client code. */
  readonly name?: string;
  /** Microsoft's own page about the AADSTS code. */
  readonly link?: string;
  readonly action: AadAction;
  readonly who: Who;
  readonly situation: string;
  /** What people read, in the locale asked for. */
  readonly title: string;
  readonly message: string;
  readonly nextStep: string;
  /** Tag of the locale used. */
  readonly locale: string;
  /** For developers: what happened. Dutch for Dutch locales, else English. */
  readonly summary: string;
  /** For developers: what to do about it. Dutch for Dutch locales, else English. */
  readonly remedy: string;
  readonly retryable: boolean;
  /** Where the code shows up; only known for codes of the catalogue. */
  readonly delivery?: readonly Delivery[];
  readonly confidence: Confidence;
  /** Where the catalogue's row comes from; empty when no row was used. */
  readonly sources: CatalogRow['sources'];
  /** A reservation: sources that disagree, a code that nobody documented, nothing found. */
  readonly note?: string;
  readonly ids: ExplainedIds;
  /** The identity error that was read; absent for a bare code or name. */
  readonly error?: AadError;
  /** The decision about `error`, with its rule and trace. */
  readonly decision?: Decision;
  /** What the decoded claims ask for. */
  readonly challenge?: ExplainedChallenge;
  /** Why an API such as Microsoft Graph refused the call (401, 403); absent for errors of Entra ID itself. English. */
  readonly diagnosis?: Diagnosis;
}

/** The explanation of a bare code: there is no error, so no decision and no ids. */
export interface CodeExplanation extends Explanation {
  readonly input: 'code';
  readonly error?: never;
  readonly decision?: never;
  readonly challenge?: never;
}

export interface ExplainOptions {
  /** Tag of a built-in locale, or a region of one (`nl-BE`). @defaultValue `'en'`, also for unknown tags */
  readonly locale?: string | undefined;
  /** Milliseconds since the epoch, for `Retry-After` dates. @defaultValue `Date.now()` */
  readonly nowMs?: number | undefined;
}
