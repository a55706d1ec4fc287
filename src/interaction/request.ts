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
  return {
    action,
    returnTo,
    situation: decision.situation,
    ...(decision.code !== undefined && { code: decision.code }),
    ...(decision.claims !== undefined && { claims: decision.claims }),
    ...(decision.scopes !== undefined && { scopes: decision.scopes }),
    ...(decision.prompt !== undefined && { prompt: decision.prompt }),
    ...(withHints && hints.loginHint !== undefined && { loginHint: hints.loginHint }),
    ...(withHints && hints.domainHint !== undefined && { domainHint: hints.domainHint }),
  };
}

const notes = new WeakMap<object, string>();

/** Remembers where a failed sign-in was meant to end, so that its page links there and not to the redirect URI. */
export function noteReturnTo(error: object, returnTo: string): void {
  notes.set(error, returnTo);
}

export function notedReturnTo(error: object): string | undefined {
  return notes.get(error);
}
