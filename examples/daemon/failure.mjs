// What an operator learns of a failure: one line of JSON, and an exit code that a supervisor can act on.
import { decide, explain, normalizeAadError } from 'aad-error-handler/core';

/** How this daemon gets its tokens: nobody can be sent to sign in. */
export const aadContext = { flow: 'client-credentials', hasUser: false };

/** Codes of sysexits.h, by what the error asks for. */
export const exitCodes = { retry: 75, fix_config: 78, contact_admin: 77, admin_consent: 77 };
const softwareError = 70;

/**
 * @returns how the failure ends the daemon and what to log of it; undefined when it has nothing to do with identity
 */
export function readFailure(thrown) {
  // `confirmed`: a 401, 429 or 503 of the API and a broken connection count too.
  const error = normalizeAadError(thrown, { ...aadContext, confirmed: true });
  if (error === undefined) return undefined;
  const { action, code, retryable, who } = decide(error, aadContext);
  const { summary, remedy, link, ids } = explain(error);
  return {
    exitCode: exitCodes[action] ?? softwareError,
    mayPass: retryable,
    line: { level: retryable ? 'warn' : 'error', action, who, code, summary, remedy, link, ...ids },
  };
}
