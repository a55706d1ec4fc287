// The demo: an Express 5 application with a real ConfidentialClientApplication, express-session and LocalEntra.
// For a real tenant: leave LocalEntra out, give ConfidentialClientApplication your own configuration and baseUrl.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { ConfidentialClientApplication } from '@azure/msal-node';
import express from 'express';
import session from 'express-session';
import { aadErrorExplorer, aadErrorHandler, msalInteraction, throwOnChallenge } from 'aad-error-handler';
import { createLocalEntra } from 'aad-error-handler/testing';
import { overviewPage, welcomePage } from './pages.mjs';
import { apiScope, situations } from './situations.mjs';

/** Plain facts of a thrown value, as MSAL made it, for the page that shows it. */
function rawError(error) {
  if (!(error instanceof Error)) return String(error);
  return { class: error.constructor.name, ...error, message: error.message, stack: undefined };
}

const branding = {
  applicationName: 'Contoso demo',
  supportEmail: 'helpdesk@contoso.example',
  links: [{ text: 'Back to the list of the demo', url: '/' }],
};

/** Starts everything on loopback. @returns {{ url, entra, close }} */
export async function startDemo({ port = 3000 } = {}) {
  const entra = await createLocalEntra();
  const newClient = () => new ConfidentialClientApplication(entra.msalConfiguration());
  const client = newClient();
  const app = express();
  const server = createServer(app);
  await listen(server, port);
  const baseUrl = `http://localhost:${server.address().port}`;

  app.disable('x-powered-by');
  app.use(session({ secret: randomBytes(32).toString('hex'), resave: false, saveUninitialized: true }));

  const auth = msalInteraction({
    client,
    baseUrl,
    secret: randomBytes(32).toString('base64url'),
    getAccount: (req) => req.session.account,
    onSignedIn: (req, _res, result) => {
      req.session.account = result.account;
      req.session.signedInAt = Date.now();
    },
    onSignOut: (req) => new Promise((resolve) => req.session.destroy(resolve)),
    adminConsent: { clientId: entra.clientId, tenant: entra.tenantId },
  });
  app.use(auth.router);

  app.get('/', async (req, res) => {
    const token = await entra.accessToken({ user: 'mfa@contoso.test' });
    res.type('html').send(overviewPage({ situations, account: req.session.account, token, localEntraUrl: entra.url }));
  });

  // For developers only: it refuses to start in production.
  if (process.env.NODE_ENV !== 'production') app.use('/errors', aadErrorExplorer({ branding }));

  const lastErrors = new Map();
  app.get('/last-error/:id', (req, res) => {
    res.json(lastErrors.get(req.params.id) ?? null);
  });

  app.all('/situations/:id', async (req, res, next) => {
    const situation = situations.get(req.params.id);
    if (situation === undefined) return next();
    const failed = (req.session.failedAt ??= {});
    if (situation.finishes && failed[req.params.id] < req.session.signedInAt) {
      delete failed[req.params.id];
      return res.type('html').send(welcomePage(situation, req.session.account));
    }
    const callApi = async ({ sameClient = false } = {}) => {
      const oboAssertion = await entra.accessToken({ user: 'alice@contoso.test' });
      const caller = sameClient ? (req.throttledClient ??= newClient()) : newClient();
      return caller.acquireTokenOnBehalfOf({ oboAssertion, scopes: [apiScope], skipCache: true });
    };
    try {
      await situation.run({ entra, callApi, throwOnChallenge, res, auth, path: req.originalUrl });
      if (!res.headersSent) res.type('html').send(welcomePage(situation, req.session.account));
    } catch (error) {
      failed[req.params.id] = Date.now();
      lastErrors.set(req.params.id, rawError(error));
      next(error);
    }
  });

  app.use(
    aadErrorHandler({
      interaction: auth,
      branding,
      onOperatorAlert: (event) => console.error(`[operator] ${event.situation} ${event.code ?? ''}`),
    }),
  );
  // Everything that is no identity error arrives here unchanged.
  app.use((error, _req, res, _next) => {
    res.status(500).type('text').send(`The application's own error handler: ${error.message}`);
  });

  return {
    url: baseUrl,
    entra,
    async close() {
      server.closeAllConnections();
      server.close();
      await entra.close();
    },
  };
}

/** The wanted port, or a free one when it is taken; loopback only. */
async function listen(server, port) {
  try {
    server.listen(port, 'localhost');
    await once(server, 'listening');
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    server.listen(0, 'localhost');
    await once(server, 'listening');
  }
}
