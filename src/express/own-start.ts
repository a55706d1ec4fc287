import { interactionRequest } from '../interaction/index.js';
import type { Answer } from '../responder.js';
import type { InteractionRequest } from '../types.js';
import type { RequestIn, ResponseOut } from './types.js';
import { canAnswer, writeResponse } from './write.js';

/** An application's own way to start a sign-in. */
export interface CustomInteraction {
  /** Called for navigations only; must end the response, for instance by a redirect to the sign-in. */
  start(request: RequestIn, response: ResponseOut, interaction: InteractionRequest): unknown;
}

/** Longest an own start may take to answer: at once when it returns, somewhat when it returns a promise. */
const startTimeoutMs = 900;
const asyncStartTimeoutMs = 10_000;

/** Calls the application's own start for safe navigations that need a user. @returns whether it took over */
export function startsCustom(
  custom: CustomInteraction,
  found: Answer,
  request: RequestIn,
  response: ResponseOut,
): boolean {
  const { facts, decision } = found;
  const wanted = facts.redirectable ? interactionRequest(decision, facts.returnTo) : undefined;
  if (wanted === undefined) return false;
  // The loop brake counts here: the third time for the same reason at the same page there is a page instead.
  for (const cookie of found.setCookies) response.appendHeader('set-cookie', cookie);
  const fallBack = (): void => {
    if (canAnswer(response)) writeResponse(response, found.response, [], request.method === 'HEAD');
  };
  try {
    const result: unknown = custom.start(request, response, wanted);
    const isAsync = typeof result === 'object' && result !== null && 'then' in result;
    if (isAsync) Promise.resolve(result).catch(fallBack);
    // Somebody waits for a page: a start that never answers is given up.
    if (!response.writableEnded) setTimeout(fallBack, isAsync ? asyncStartTimeoutMs : startTimeoutMs).unref();
  } catch {
    fallBack();
  }
  return true;
}
