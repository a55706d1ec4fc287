// An Express 5 application that signs people in with passport and leaves what goes wrong to aad-error-handler.
// Without TENANT_ID in the environment it talks to LocalEntra, a test double on this machine.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { aadErrorHandler, throwOnChallenge } from 'aad-error-handler';
import { createLocalEntra } from 'aad-error-handler/testing';
import express from 'express';
import session from 'express-session';
import * as openid from 'openid-client';
import { homePage, userPage } from './pages.mjs';
import { createSignIn } from './sign-in.mjs';

/** Where tokens come from and which API they are for. */
async function chooseTenant(environment) {
  const { TENANT_ID, CLIENT_ID, CLIENT_SECRET } = environment;
  if (TENANT_ID !== undefined) {
    const issuer = new URL(`https://login.microsoftonline.com/${TENANT_ID}/v2.0`);
    const configuration = await openid.discovery(issuer, CLIENT_ID, CLIENT_SECRET);
    return { configuration, scopes: ['User.Read'], apiUrl: 'https://graph.microsoft.com/v1.0/me' };
  }
  const entra = await createLocalEntra();
  const issuer = new URL(`${entra.authority}/v2.0`);
  // LocalEntra speaks http on loopback, which openid-client must be told to accept.
  const execute = [openid.allowInsecureRequests];
  const configuration = await openid.discovery(issuer, entra.clientId, entra.clientSecret, undefined, { execute });
  return { entra, configuration, scopes: ['api://tasks/Tasks.Read'], apiUrl: `${entra.url}/api/me` };
}

/** What an administrator or a person would do at Entra; for LocalEntra alone. */
function failures(entra, signIn) {
  const router = express.Router();
  router.get('/revoke', signIn.requireSignIn, (req, res) => {
    entra.revoke(req.user.userName);
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
  const { entra, configuration, scopes, apiUrl } = await chooseTenant(environment);
  const app = express();
  const server = createServer(app).listen(port, 'localhost');
  await once(server, 'listening');
  const url = environment.BASE_URL ?? `http://localhost:${server.address().port}`;
  const secureCookies = url.startsWith('https:');
  const secret = environment.SESSION_SECRET ?? randomBytes(32).toString('base64url');
  const signIn = createSignIn({ configuration, baseUrl: url, secret, secureCookies });

  app.disable('x-powered-by');
  if (secureCookies) app.set('trust proxy', 1);
  const cookie = { sameSite: 'lax', secure: secureCookies };
  app.use(session({ secret, resave: false, saveUninitialized: false, cookie }));
  app.use(signIn.router);

  app.get('/', (req, res) => {
    res.type('html').send(homePage({ user: req.user, entra }));
  });
  app.get('/me', signIn.requireSignIn, async (req, res) => {
    const authorization = `Bearer ${await signIn.tokenFor(req, scopes)}`;
    const answer = await fetch(apiUrl, { headers: { authorization } });
    const response = throwOnChallenge(answer, { scopes });
    if (!response.ok)
      throw Object.assign(new Error('the API said no'), { status: response.status, body: await response.text() });
    res.type('html').send(userPage(await response.json()));
  });
  if (entra !== undefined) app.use('/local', failures(entra, signIn));

  app.use(
    aadErrorHandler({
      interaction: '/login',
      secret,
      secureCookies,
      branding: { applicationName: 'Contoso with passport', supportEmail: 'helpdesk@contoso.example' },
    }),
  );

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
