// An Express 5 application that signs people in with express-openid-connect and leaves what goes wrong to
// aad-error-handler. Without TENANT_ID in the environment it talks to LocalEntra, a test double on this machine.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { aadErrorHandler, throwOnChallenge } from 'aad-error-handler';
import { createLocalEntra } from 'aad-error-handler/testing';
import express from 'express';
import openIdConnect from 'express-openid-connect';
import { homePage, userPage } from './pages.mjs';
import {
  confirmFailedStart,
  entraOptions,
  requireSignIn,
  restartLostSignIn,
  startSignIn,
  tokenFor,
} from './sign-in.mjs';

/** Where tokens come from and which API they are for. */
async function chooseTenant(environment) {
  const { TENANT_ID, CLIENT_ID, CLIENT_SECRET } = environment;
  if (TENANT_ID !== undefined) {
    return {
      client: {
        issuerBaseURL: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
        clientID: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
      },
      scopes: ['User.Read'],
      apiUrl: 'https://graph.microsoft.com/v1.0/me',
    };
  }
  const entra = await createLocalEntra();
  return {
    entra,
    client: {
      issuerBaseURL: `${entra.authority}/v2.0`,
      clientID: entra.clientId,
      clientSecret: entra.clientSecret,
    },
    scopes: ['api://tasks/Tasks.Read'],
    apiUrl: `${entra.url}/api/me`,
  };
}

/** What an administrator or a person would do at Entra; for LocalEntra alone. */
function failures(entra) {
  const router = express.Router();
  router.get('/sign-in', (req, res) =>
    res.oidc.login({ returnTo: '/', authorizationParams: { login_hint: String(req.query.login_hint) } }),
  );
  router.get('/revoke', requireSignIn, (req, res) => {
    entra.revoke(req.oidc.user.preferred_username);
    res.redirect(303, '/');
  });
  router.get('/cancel', (_req, res) => {
    entra.failNext({ flow: 'authorize', error: 'access_denied', subcode: 'cancel' });
    res.redirect(303, '/login');
  });
  return router;
}

/** Starts everything on loopback. @returns {{ url, entra, close }} `entra` is undefined with a real tenant */
export async function startExample({ port = 3000, environment = process.env } = {}) {
  const { entra, client, scopes, apiUrl } = await chooseTenant(environment);
  const app = express();
  const server = createServer(app).listen(port, 'localhost');
  await once(server, 'listening');
  const url = environment.BASE_URL ?? `http://localhost:${server.address().port}`;
  const secret = environment.SESSION_SECRET ?? randomBytes(32).toString('base64url');

  app.disable('x-powered-by');
  if (url.startsWith('https:')) app.set('trust proxy', 1);
  app.use(openIdConnect.auth({ ...entraOptions, ...client, baseURL: url, secret }));

  app.get('/', (req, res) => {
    res.type('html').send(homePage({ user: req.oidc.user, entra }));
  });
  app.get('/me', requireSignIn, async (req, res) => {
    const authorization = `Bearer ${await tokenFor(req, scopes)}`;
    const answer = await fetch(apiUrl, { headers: { authorization } });
    const response = throwOnChallenge(answer, { scopes });
    if (!response.ok)
      throw Object.assign(new Error('the API said no'), { status: response.status, body: await response.text() });
    res.type('html').send(userPage(await response.json()));
  });
  if (entra !== undefined) app.use('/local', failures(entra));

  app.use('/callback', restartLostSignIn);
  app.use(
    aadErrorHandler({
      interaction: { start: startSignIn },
      secret,
      secureCookies: url.startsWith('https:'),
      branding: { applicationName: 'Contoso with OpenID Connect', supportEmail: 'helpdesk@contoso.example' },
    }),
  );
  // Discovery was out of reach when a sign-in had to start: this answer starts none.
  app.use(confirmFailedStart, aadErrorHandler());

  return {
    url,
    entra,
    async close() {
      server.closeAllConnections();
      server.close();
      await entra?.close();
    },
  };
}
