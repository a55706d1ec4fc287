import createError, { type HttpError } from 'http-errors';
import type { Answer } from '../responder.js';
import type { ResponseOut } from './types.js';

/** Headers of the body that is not sent: who answers has an own body, language and policy, and may not want to reload. */
const headersOfBody = [
  'content-length',
  'content-type',
  'content-language',
  'content-security-policy',
  'refresh',
  'location',
] as const;

/**
 * A new error, so that the one that was thrown is not changed; it stands in `cause`, which JSON.stringify leaves out. No
 * error can redirect: in place of a 303 it is a 401 whose `aad.interaction` says where the sign-in starts.
 *
 * @param to gets the cookies at once. Whoever answers sets the error's headers, Express's own handler too, and a
 *   `Set-Cookie` among them would replace the cookies that the application has set
 */
export function delegated(
  { response, decision, facts, settings, plan, setCookies }: Answer,
  cause: unknown,
  to: ResponseOut,
): HttpError {
  const isRedirect = response.status < 400;
  const headers: Record<string, string> = { ...response.headers };
  for (const name of headersOfBody) Reflect.deleteProperty(headers, name);
  if (isRedirect) headers['www-authenticate'] = settings.bareChallenge;
  for (const cookie of setCookies) to.appendHeader('set-cookie', cookie);
  const interaction = plan?.url === undefined ? undefined : { url: plan.url, method: 'GET' };
  const error = createError(isRedirect ? 401 : response.status, decision.situation, {
    headers,
    // The message is the situation's id: safe for clients, whatever the status.
    expose: true,
    aad: { decision, locale: facts.locale, ...(interaction !== undefined && { interaction }) },
  });
  return Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
}
