import { interactionRequest } from '../interaction/index.js';
import type { Answer } from '../responder.js';
import type { InteractionRequest } from '../types.js';
import type { RequestIn, ResponseOut } from './types.js';
import { canAnswer, writeResponse } from './write.js';

/** An application's own way to start a sign-in. */
export interface CustomInteraction {
  /**
   * Called for navigations only; must end the response, for instance by a redirect to the sign-in.
   *
   * Return the promise of whatever you wait for: where it rejects, the page with the sign-in button is sent at once.
   * Where nothing was sent within 10 seconds, that page is sent too; a redirect that comes later fails with Node's
   * ERR_HTTP_HEADERS_SENT. In a returned promise that error ends here; in a callback nobody catches it, so look at
   * `res.headersSent` there.
   */
  start(request: RequestIn, response: ResponseOut, interaction: InteractionRequest): unknown;
}

/**
 * Longest an own start may take to answer. The same whether it returns a promise or not: one that returns nothing may
 * answer in a callback, and a page sent before that would make its redirect throw where nobody catches it.
 */
const startTimeoutMs = 10_000;

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
    if (typeof result === 'object' && result !== null && 'then' in result) Promise.resolve(result).catch(fallBack);
    // Somebody waits for a page: a start that never answers is given up.
    if (canAnswer(response)) inTime(response, fallBack);
  } catch {
    fallBack();
  }
  return true;
}

/** Gives up on a start after the limit, unless it has answered or nobody waits any more. */
function inTime(response: ResponseOut, fallBack: () => void): void {
  const timer = setTimeout(fallBack, startTimeoutMs).unref();
  const stop = (): void => {
    clearTimeout(timer);
  };
  response.once('finish', stop).once('close', stop);
}
