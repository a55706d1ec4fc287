// A web application for customers: Azure AD B2C with its policies, or Microsoft Entra External ID.
import { ConfidentialClientApplication } from '@azure/msal-node';
import { aadErrorHandler, msalInteraction, normalizeAadError } from 'aad-error-handler';
import express from 'express';
import session from 'express-session';
import { homePage, ordersPage } from './pages.mjs';

/**
 * @param settings clientId, clientSecret; flows: of flows.mjs; scope: of the application's API; baseUrl, secret;
 *   endSessionUrl: signs out of the directory too; system: MSAL's
 */
export function createApp({ clientId, clientSecret, flows, scope, baseUrl, secret, endSessionUrl, system }) {
  const { knownAuthorities, signIn, passwordReset, editProfile } = flows;
  // One client a policy: what a policy has issued, only that policy's token endpoint takes back.
  const clientOf = (authority) =>
    new ConfidentialClientApplication({ auth: { clientId, clientSecret, authority, knownAuthorities }, system });
  const client = clientOf(signIn);
  // A name and nothing else: for customers, domain_hint would name a social identity provider.
  const getAccount = (req) => (req.session.account?.username ? { username: req.session.account.username } : undefined);

  const auth = msalInteraction({
    client,
    baseUrl,
    secret,
    scopes: ['openid', 'offline_access', scope],
    getAccount,
    onSignedIn: (req, _res, { account }) => {
      req.session.account = account;
      req.session.name = account.name;
    },
    onSignOut: (req) => new Promise((resolve) => req.session.destroy(resolve)),
    ...(passwordReset && { passwordResetAuthority: passwordReset }), // "Forgot your password?" goes there
    ...(endSessionUrl && { endSessionUrl }),
  });

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 1);
  const cookie = { sameSite: 'lax', secure: baseUrl.startsWith('https:') };
  app.use(session({ secret, resave: false, saveUninitialized: false, cookie }));
  app.use(auth.router);

  if (editProfile) {
    const profile = msalInteraction({
      client: clientOf(editProfile),
      baseUrl,
      secret,
      basePath: '/profile', // its redirect URI is /profile/redirect
      getAccount,
      onSignedIn: (req, _res, { account }) => {
        // What this policy says of the same person is taken over. Not homeAccountId: it differs from policy to policy.
        if (account.localAccountId === req.session.account?.localAccountId) req.session.name = account.name;
      },
    });
    app.use(profile.router);
    // Who leaves that page without changes is still signed in: no error page for them.
    app.use('/profile', (error, _req, res, next) => {
      const isCancelled = normalizeAadError(error)?.b2cCodes.includes('AADB2C90091');
      if (isCancelled) res.redirect(303, '/');
      else next(error);
    });
  }

  app.get('/', (req, res) => {
    const { account, name } = req.session;
    res.type('html').send(homePage({ account, name, paths: auth.paths, hasEditProfile: Boolean(editProfile) }));
  });

  app.get('/orders', async (req, res) => {
    const account = req.session.account ?? null;
    const { accessToken } = await client.acquireTokenSilent({ account, scopes: [scope] });
    res.type('html').send(ordersPage({ name: req.session.name, tokenLength: accessToken.length }));
  });

  app.use(
    aadErrorHandler({
      interaction: auth,
      branding: { applicationName: 'Contoso shop', supportEmail: 'service@contoso.example' },
    }),
  );
  return app;
}
