/** No test that runs: `npm run typecheck` shows that functions of an application may take Express's own types. */
import { ConfidentialClientApplication, type AccountInfo, type AuthenticationResult } from '@azure/msal-node';
import { aadAuthResponse, aadErrorHandler, msalInteraction, requireAuthContext } from 'aad-error-handler';
import express, { type Request, type Response } from 'express';
import session from 'express-session';

declare module 'express-session' {
  interface SessionData {
    callbackAccount: AccountInfo | null;
  }
}

const secret = 'a secret of at least thirty-two characters';
const client = new ConfidentialClientApplication({ auth: { clientId: 'client' } });
const common = { client, baseUrl: 'http://localhost:3000', secret };

export const app = express();
app.use(session({ secret, resave: false, saveUninitialized: false }));

// Without types of their own: `session` and `result` are known.
export const inferred = msalInteraction({
  ...common,
  getAccount: (req) => req.session.callbackAccount ?? undefined,
  onSignedIn: (req, _res, result) => {
    req.session.callbackAccount = result.account;
  },
  onSignOut: (req) => new Promise((resolve) => req.session.destroy(resolve)),
});

// With Express's and MSAL's types.
export const annotated = msalInteraction({
  ...common,
  getAccount: (req: Request) => req.session.callbackAccount ?? undefined,
  onSignedIn: (req: Request, res: Response, result: AuthenticationResult) => {
    req.session.callbackAccount = result.account;
    res.redirect('/');
  },
  onAdminConsent: (_req: Request, res: Response) => {
    res.redirect('/');
  },
});

app.use(annotated.router);
app.get(
  '/auth/redirect',
  aadAuthResponse({ checkState: (req: Request, state) => req.session.id === state }),
  requireAuthContext((req: Request) => (req.secure ? 'c1' : undefined)),
  requireAuthContext('c1', { claimsOf: (req: Request) => req.app.locals }),
  // Behind our handlers Express's request is what it was.
  (req, res) => {
    const { code, state } = req.query;
    res.json([code, state, req.path]);
  },
);
app.use(aadErrorHandler({ interaction: inferred, claimsOf: (req) => ({ sub: req.session.id }) }));
app.use(
  aadErrorHandler({
    interaction: {
      start: (_req: Request, res: Response, wanted) => {
        res.redirect(wanted.returnTo);
      },
    },
  }),
);
