// A server-rendered web application: Express 5, express-session, MSAL Node. Whatever stands between a person and a token
// (MFA, consent, a session that has ended) is met by aadErrorHandler at the end; the routes only ask for what they need.
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ConfidentialClientApplication } from '@azure/msal-node';
import express from 'express';
import session from 'express-session';
import { aadErrorHandler, aadNetworkClient, msalInteraction, throwOnChallenge } from 'aad-error-handler';
import { homePage, mailPage, profilePage } from './pages.mjs';

/**
 * @param settings `registration`, the `auth` part of MSAL's configuration; `baseUrl` as browsers see it; `sessionSecret` of
 *   at least 32 characters; `graphUrl`; `tenantId`
 */
export function createWebApp({
  registration,
  baseUrl,
  sessionSecret,
  graphUrl,
  tenantId,
  endSessionUrl,
  adminConsentHost,
}) {
  // The network client adds a timeout, and keeps Retry-After for the answer to a busy service.
  const client = new ConfidentialClientApplication({
    auth: registration,
    system: { networkClient: aadNetworkClient() },
  });
  const isHttps = baseUrl.startsWith('https:');
  const app = express();
  app.disable('x-powered-by');
  // On https a proxy in front ends TLS; express-session has to believe it, or it sets no cookie.
  app.set('trust proxy', isHttps ? 1 : false);
  app.use(express.static(fileURLToPath(new URL('public', import.meta.url))));
  app.use(
    session({
      secret: sessionSecret,
      resave: false,
      saveUninitialized: false,
      cookie: { httpOnly: true, sameSite: 'lax', secure: isHttps },
    }),
  );

  // The pages are about one person: the back button must not bring them back after a sign-out.
  app.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  const auth = msalInteraction({
    client,
    baseUrl,
    secret: sessionSecret,
    endSessionUrl,
    adminConsent: { clientId: registration.clientId, tenant: tenantId, host: adminConsentHost },
    getAccount: (req) => req.session.account,
    onSignedIn: async (req, _res, { account }) => {
      // A new session id with every sign-in: one that somebody planted before is worth nothing.
      await promisify(req.session.regenerate).call(req.session);
      req.session.account = account;
    },
    onSignOut: async (req) => {
      if (req.session.account) await client.getTokenCache().removeAccount(req.session.account);
      await promisify(req.session.destroy).call(req.session);
    },
  });
  app.use(auth.router);

  async function callGraph(req, path, scopes) {
    const { accessToken } = await auth.acquireToken(req, { scopes });
    const answer = await fetch(graphUrl + path, { headers: { authorization: `Bearer ${accessToken}` } });
    // A challenge of Graph (a revoked session, a policy) is an error like any other.
    const response = throwOnChallenge(answer, { scopes });
    if (!response.ok)
      throw Object.assign(new Error('the API said no'), { status: response.status, body: await response.text() });
    return response.json();
  }

  app.get('/', (req, res) => {
    res.send(homePage({ account: req.session.account, paths: auth.paths }));
  });

  app.get('/profile', async (req, res) => {
    res.send(profilePage(await callGraph(req, '/me', ['User.Read'])));
  });

  // A second permission, asked for when it is needed and not before.
  app.get('/mail', async (req, res) => {
    res.send(mailPage(await callGraph(req, '/me/messages?$select=subject&$top=5', ['Mail.Read'])));
  });

  app.use(
    aadErrorHandler({
      interaction: auth,
      branding: { applicationName: 'Contoso Intranet', supportEmail: 'helpdesk@contoso.example' },
      onOperatorAlert: (event) => console.error(`[operator] ${event.situation} ${event.code ?? ''}`),
    }),
  );
  return app;
}
