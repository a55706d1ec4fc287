// The server behind a page of plain JavaScript: it keeps the tokens, the browser only has a session cookie. The page calls
// /api/… here, and each call goes on to the API with a bearer token.
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ConfidentialClientApplication } from '@azure/msal-node';
import express from 'express';
import session from 'express-session';
import { aadErrorHandler, aadNetworkClient, msalInteraction, throwOnChallenge } from 'aad-error-handler';

const publicFolder = fileURLToPath(new URL('public', import.meta.url));
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * @param settings `registration`, the `auth` part of MSAL's configuration; `baseUrl` as browsers see it; `sessionSecret` of
 *   at least 32 characters; `apiUrl`, `apiScope`; `clientFile`, the built `aad-error-handler/client`, unless a bundler puts
 *   it into the page's script
 */
export function createSpaServer({
  registration,
  baseUrl,
  sessionSecret,
  apiUrl,
  apiScope,
  endSessionUrl,
  clientFile = fileURLToPath(import.meta.resolve('aad-error-handler/client')),
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
  app.get('/aad-client.js', (_req, res) => {
    res.sendFile(basename(clientFile), { root: dirname(clientFile) });
  });
  app.use(
    express.static(publicFolder, {
      setHeaders: (res) => res.setHeader('Content-Security-Policy', contentSecurityPolicy),
    }),
  );
  app.use(
    session({
      secret: sessionSecret,
      resave: false,
      saveUninitialized: false,
      cookie: { httpOnly: true, sameSite: 'lax', secure: isHttps },
    }),
  );

  // What follows depends on who asks: the back button must not bring it back after a sign-out.
  app.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  const auth = msalInteraction({
    client,
    baseUrl,
    secret: sessionSecret,
    endSessionUrl,
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

  app.get('/user', (req, res) => {
    res.json({ name: req.session.account?.username ?? null });
  });

  for (const path of ['/expenses', '/receipts', '/payouts']) {
    app.get(`/api${path}`, async (req, res) => {
      const scopes = [apiScope];
      const { accessToken } = await auth.acquireToken(req, { scopes });
      const answer = await fetch(apiUrl + path, { headers: { authorization: `Bearer ${accessToken}` } });
      // What the person can solve is thrown here; anything else is the API's own answer, a problem document perhaps.
      const response = throwOnChallenge(answer, { scopes });
      res.status(response.status).type(response.headers.get('content-type') ?? 'json');
      res.send(await response.text());
    });
  }

  // A fetch gets 401 with the way to sign in, never a redirect to another origin, which the policy above would refuse.
  app.use(aadErrorHandler({ interaction: auth, branding: { applicationName: 'Contoso Expenses' } }));
  return app;
}
