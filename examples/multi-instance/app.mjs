// A web application that runs as many processes as you like: nothing of a person's sign-in lives in one of them alone.
import {
  aadErrorHandler,
  aadNetworkClient,
  createCircuitBreaker,
  createRedisBreakerStore,
  msalInteraction,
  normalizeAadError,
  throwOnChallenge,
} from 'aad-error-handler';
import express from 'express';
import { homePage, answerPage } from './pages.mjs';
import { cookieSessions, redisSessions } from './sessions.mjs';
import { createClients } from './tokens.mjs';

/**
 * @param settings msal: MSAL's `auth`; baseUrl, secret: the same in every process; redis: a connected client, or undefined;
 *   apis: [[path, url]]; scope: of those APIs; warn: (text) => void
 */
export function createApp({ msal, baseUrl, secret, redis, apis, scope, warn }) {
  const secure = baseUrl.startsWith('https:');
  const breaker = createCircuitBreaker({
    // Quick, so that it can be seen; the default is 5.
    failureThreshold: 2,
    // What Entra told one process ("wait 30 seconds") holds for all.
    ...(redis && { store: createRedisBreakerStore(redis, { onWarning: ({ code }) => warn(code) }) }),
    onStateChange: ({ to }) => warn(`circuit ${to}`),
  });
  const { clientFor, forget } = createClients({ auth: msal, networkClient: aadNetworkClient({ breaker }), redis });
  const sessions = redis ? redisSessions({ redis, secret, secure }) : cookieSessions({ secret, secure });

  const auth = msalInteraction({
    client: {
      getAuthCodeUrl: (request) => clientFor().getAuthCodeUrl(request),
      acquireTokenByCode: (request, response) => clientFor().acquireTokenByCode(request, response),
    },
    baseUrl,
    secret,
    getAccount: (req) => req.session.account,
    onSignedIn: (req, res, { account }) => sessions.signIn(req, res, account),
    onSignOut: async (req, res) => {
      if (req.session.account) await forget(req.session.account);
      await sessions.signOut(req, res);
    },
  });

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 1);
  app.use(sessions.middleware, auth.router);

  app.get('/', (req, res) => {
    res
      .type('html')
      .send(homePage({ account: req.session.account, paths: auth.paths, apis, hasRedis: Boolean(redis) }));
  });

  for (const [path, url] of apis) {
    app.get(path, async (req, res) => {
      const { account } = req.session;
      const scopes = [scope];
      try {
        const { accessToken } = await clientFor(account).acquireTokenSilent({ account: account ?? null, scopes });
        const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
        const response = throwOnChallenge(answer, { scopes });
        if (!response.ok)
          throw Object.assign(new Error('the API said no'), { status: response.status, body: await response.text() });
        res.type('html').send(answerPage(await response.json()));
      } catch (error) {
        // MSAL's errors do not say which scopes were asked for; the sign-in that follows should ask for them.
        throw normalizeAadError(error, { scopes, flow: 'silent' }) ?? error;
      }
    });
  }

  app.use(aadErrorHandler({ interaction: auth, branding: { applicationName: 'Contoso expenses' } }));
  return app;
}
