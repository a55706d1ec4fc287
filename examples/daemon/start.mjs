// Runs the daemon on a real tenant when TENANT_ID is set, else a few rounds of trouble on LocalEntra.
import { runDaemon } from './daemon.mjs';

/** Settings of a real tenant. AUTHORITY_METADATA is for tests: MSAL's `authorityMetadata`. */
function readTenant({ TENANT_ID, CLIENT_ID, CLIENT_SECRET, SCOPE, API_URL, AUTHORITY_METADATA }) {
  return {
    auth: {
      clientId: CLIENT_ID,
      authority: `https://login.microsoftonline.com/${TENANT_ID}`,
      clientSecret: CLIENT_SECRET,
      ...(AUTHORITY_METADATA && { authorityMetadata: AUTHORITY_METADATA }),
    },
    scope: SCOPE ?? 'https://graph.microsoft.com/.default',
    apiUrl: API_URL ?? 'https://graph.microsoft.com/v1.0/users?$top=1',
  };
}

/** What happens to Entra before each round: [what to say, what to do]. The last round is the daemon's last. */
const rounds = [
  ['all is well', () => undefined],
  ['one answer is 503 with Retry-After', (entra) => entra.failNext(90033, { retryAfterSeconds: 1 })],
  ['an outage begins: connections are cut off', (entra) => entra.failAlways({ outage: 'reset' })],
  ['it lasts; the open circuit lets one request through now and then', () => undefined],
  ['it is over', (entra) => entra.clearPlans()],
  ['the client secret expires', (entra) => entra.failAlways(7000222)],
];

/** Times of the show: some hundredths of what suits production, which is what runDaemon has without options. */
const quick = {
  pauseMs: 300,
  breaker: { failureThreshold: 3, openMs: 600, maxOpenMs: 1_000 },
  retry: { attempts: 3, baseDelayMs: 100, maxDelayMs: 2_500, budgetMs: 6_000 },
};

/**
 * @param options say: told what is going to happen, for people; signal, log: as for runDaemon
 * @returns {Promise<{ exitCode: number, requests: number[] }>} `requests`: what LocalEntra's token endpoint got, by round
 */
export async function showRounds({ say, signal, log, started = () => undefined }) {
  const { createLocalEntra } = await import('aad-error-handler/testing');
  // Lifetimes so short that MSAL wants a new token each round.
  const entra = await createLocalEntra({ accessTokenSeconds: 60 });
  started(entra);
  const requests = [];
  const countBefore = () => entra.requests.filter(({ endpoint }) => endpoint === 'token').length;
  const settings = {
    auth: entra.msalConfiguration().auth,
    scope: 'api://tasks/.default',
    apiUrl: `${entra.url}/api/me`,
  };
  const before = [];
  try {
    const exitCode = await runDaemon(
      { ...settings, signal, log },
      {
        ...quick,
        beforeRound(round) {
          before.push(countBefore());
          const [title, act] = rounds[round - 1];
          say(`round ${round}: ${title}`);
          act(entra);
        },
      },
    );
    before.push(countBefore());
    for (let index = 1; index < before.length; index += 1) requests.push(before[index] - before[index - 1]);
    return { exitCode, requests };
  } finally {
    await entra.close();
  }
}

/** The daemon as it is in production. @returns its exit code */
export function runOnTenant({ environment, signal, log }) {
  return runDaemon({ ...readTenant(environment), signal, log });
}
