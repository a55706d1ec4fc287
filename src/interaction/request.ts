import { isForUser } from '../decide/index.js';
import type { Decision, InteractionRequest } from '../types.js';

/** What is known about the person, so that Entra does not ask again. */
export interface Hints {
  readonly loginHint?: string | undefined;
  readonly domainHint?: string | undefined;
}

/** The authorization request that would solve an error; undefined when no sign-in can. */
export function interactionRequest(
  decision: Decision,
  returnTo: string,
  hints: Hints = {},
): InteractionRequest | undefined {
  const { action } = decision;
  if (!isForUser(action)) return undefined;
  // Entra refuses login_hint together with select_account: the person is about to choose.
  const withHints = decision.prompt !== 'select_account';
  // Assignments instead of conditional spreads: this object is made for every redirect.
  const request: { -readonly [Key in keyof InteractionRequest]: InteractionRequest[Key] } = {
    action,
    returnTo,
    situation: decision.situation,
  };
  if (decision.code !== undefined) request.code = decision.code;
  if (decision.claims !== undefined) request.claims = decision.claims;
  if (decision.scopes !== undefined) request.scopes = decision.scopes;
  if (decision.prompt !== undefined) request.prompt = decision.prompt;
  if (withHints && hints.loginHint !== undefined) request.loginHint = hints.loginHint;
  if (withHints && hints.domainHint !== undefined) request.domainHint = hints.domainHint;
  return request;
}

const notes = new WeakMap<object, string>();

/** Remembers where a failed sign-in was meant to end, so that its page links there and not to the redirect URI. */
export function noteReturnTo(error: object, returnTo: string): void {
  notes.set(error, returnTo);
}

export function notedReturnTo(error: object): string | undefined {
  return notes.get(error);
}
