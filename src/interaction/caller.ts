import type { Decision, RequestKind } from '../types.js';

/** Authentication as RFC 9470 asks for it. */
export interface StepUp {
  /** `acr` values that will do, the preferred one first. */
  readonly acrValues: readonly string[];
  /** How long ago the person may have signed in. */
  readonly maxAgeSeconds?: number | undefined;
}

/** What the place that made an error knows about the client that will get the answer. */
export interface CallerNote {
  /** Ask for this in the words of RFC 9470 too. */
  readonly stepUp?: StepUp | undefined;
  /** false: the client's token shows that it cannot handle a claims challenge. */
  readonly handlesClaims?: boolean;
}

const notes = new WeakMap<object, CallerNote>();

export function noteCaller(error: object, note: CallerNote): void {
  notes.set(error, note);
}

/** The note of an error, or of what it was read from: a refusal of a downstream API is thrown inside another error. */
export function notedCaller(error: object): CallerNote | undefined {
  const noted = notes.get(error);
  if (noted !== undefined || !('cause' in error)) return noted;
  const { cause } = error;
  return typeof cause === 'object' && cause !== null ? notes.get(cause) : undefined;
}

/**
 * A claims challenge for a client that cannot handle one: 403 without a challenge, and without claims that it could only
 * misread. The situation stays, because its text is what says which rule of the organization is in the way; a page gets
 * another one, because that text ends in "continue to sign in", which this person cannot.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge (read 2026-11)
 */
export function refusedToCaller(decision: Decision, kind: RequestKind): Decision {
  const refused: { -readonly [Key in keyof Decision]: Decision[Key] } = {
    ...decision,
    action: 'contact_admin',
    situation: kind === 'navigation' ? 'blocked-by-policy' : decision.situation,
    who: 'admin',
    rule: 'caller-without-claims',
    trace: [
      {
        rule: 'caller-without-claims',
        because: "no cp1 in xms_cc of the caller's token: it cannot handle a challenge",
      },
      ...decision.trace,
    ],
  };
  delete refused.claims;
  delete refused.scopes;
  delete refused.prompt;
  return refused;
}
