// A daemon: every so often it gets a token with its own credentials and calls an API. No user, no Express.
import { setTimeout as pause } from 'node:timers/promises';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { aadNetworkClient, createCircuitBreaker, throwOnChallenge, withAadRetry } from 'aad-error-handler/core';
import { aadContext, readFailure } from './failure.mjs';

/**
 * Works until it is told to stop, until only a person can help, or until an outage has lasted for `maxFailures` rounds.
 *
 * @param settings auth: as MSAL has it; apiUrl, scope: what it calls; signal: ends it; log: (line) => void
 * @param options pauseMs: between two rounds; breaker, retry: of createCircuitBreaker and withAadRetry;
 *   beforeRound: told the round's number
 * @returns the exit code: 0 after the signal, else one of sysexits.h
 */
export async function runDaemon({ auth, apiUrl, scope, signal, log }, options = {}) {
  const { pauseMs = 60_000, maxFailures = 30, breaker, retry, beforeRound } = options;
  const circuit = createCircuitBreaker({
    ...breaker,
    onStateChange: ({ from, to, waitMs }) =>
      log({ level: 'info', circuit: to, from, ...(waitMs !== undefined && { waitMs: Math.round(waitMs) }) }),
  });
  const client = new ConfidentialClientApplication({
    auth,
    system: { networkClient: aadNetworkClient({ breaker: circuit }) },
  });
  const scopes = [scope];

  const work = async () => {
    const { accessToken } = await withAadRetry(() => client.acquireTokenByClientCredential({ scopes }), {
      context: aadContext,
      signal,
      onRetry: ({ attempt, delayMs, decision }) =>
        log({ level: 'info', retryAfterAttempt: attempt, delayMs: Math.round(delayMs), situation: decision.situation }),
      ...retry,
    });
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = throwOnChallenge(await fetch(apiUrl, { headers, signal }), { scopes });
    if (!answer.ok) throw new Error(`${apiUrl} answered ${answer.status}`);
    log({ level: 'info', done: true });
  };

  let failures = 0;
  for (let round = 1; !signal.aborted; round += 1) {
    beforeRound?.(round);
    try {
      await work();
      failures = 0;
    } catch (thrown) {
      if (signal.aborted) break;
      const failure = readFailure(thrown);
      // What is no identity error is a bug or the API's own trouble: let the supervisor see it.
      if (failure === undefined) throw thrown;
      failures += 1;
      const givesUp = !failure.mayPass || failures >= maxFailures;
      log({ ...failure.line, ...(givesUp && { exitCode: failure.exitCode }) });
      if (givesUp) return failure.exitCode;
    }
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return 0;
}
