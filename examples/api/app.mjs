// A web API: validates bearer tokens, calls Microsoft Graph on behalf of its caller, and wants a step-up for one resource.
// Whatever goes wrong is answered by aadErrorHandler as a problem document with a challenge that the caller can act on.
import { ConfidentialClientApplication } from '@azure/msal-node';
import express from 'express';
import createError from 'http-errors';
import {
  aadErrorHandler,
  aadNetworkClient,
  formatChallenge,
  normalizeAadError,
  requireAuthContext,
  throwOnChallenge,
} from 'aad-error-handler';

/**
 * @param settings `registration`, the `auth` part of MSAL's configuration; `validateToken`, one of the two in this folder;
 *   `issuerUrl`, `keysUrl` for it; `graphUrl`
 */
export function createApi({ registration, validateToken, issuerUrl, keysUrl, graphUrl }) {
  const { clientId, authority } = registration;
  // The network client adds a timeout, and keeps Retry-After for the answer to a busy service.
  const client = new ConfidentialClientApplication({
    auth: registration,
    system: { networkClient: aadNetworkClient() },
  });
  const appIdUri = `api://${clientId}`;
  const app = express();
  app.disable('x-powered-by');

  app.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  // Leaves the validated token in req.auth: { token, payload }. `aud` is the client id in tokens of version 2.
  app.use(validateToken({ issuerUrl, keysUrl, audience: [clientId, appIdUri] }));
  // A bare 401 may be about anything; this one is known to be about the caller's token.
  app.use((error, _req, _res, next) => {
    next(normalizeAadError(error, { confirmed: true }) ?? error);
  });

  /** Lets a user's token with the delegated permission pass, and an application's token with the role. */
  function requirePermission(scope, role) {
    return (req, _res, next) => {
      const { scp = '', roles = [] } = req.auth.payload;
      if (scp.split(' ').includes(scope) || roles.includes(role)) return next();
      // `scp` holds short names; a client has to ask for whole ones.
      const challenge = formatChallenge({ error: 'insufficient_scope', scope: `${appIdUri}/${scope}` });
      throw createError(403, 'insufficient_scope', { headers: { 'WWW-Authenticate': challenge } });
    };
  }

  async function callGraph(req, path, scopes) {
    // What the caller can ask consent for is this API with all it needs (`.default`), not the permission of Graph.
    const callerScopes = [`${appIdUri}/.default`];
    let token;
    try {
      token = await client.acquireTokenOnBehalfOf({ oboAssertion: req.auth.token, scopes });
    } catch (error) {
      throw normalizeAadError(error, { scopes: callerScopes, flow: 'on-behalf-of' }) ?? error;
    }
    const answer = await fetch(graphUrl + path, { headers: { authorization: `Bearer ${token.accessToken}` } });
    const response = throwOnChallenge(answer, { scopes: callerScopes });
    if (!response.ok)
      throw Object.assign(new Error('the API said no'), { status: response.status, body: await response.text() });
    return response.json();
  }

  app.get('/expenses', requirePermission('Expenses.Read', 'Expenses.Read.All'), (_req, res) => {
    res.json({ value: [{ text: 'Taxi', amount: 31.5 }, { text: 'Hotel', amount: 240 }] }); // prettier-ignore
  });

  // Needs Microsoft Graph as the person who calls: MFA, consent and revocation there become this API's own challenge.
  app.get('/receipts', requirePermission('Expenses.Read'), async (req, res) => {
    const { value } = await callGraph(req, '/me/drive/root/children', ['Files.Read']);
    res.json({ value: value.map(({ name }) => ({ text: name })) });
  });

  // Conditional Access authentication context c1: the caller has to come back with a token that holds it.
  app.get('/payouts', requirePermission('Expenses.Read'), requireAuthContext('c1'), (_req, res) => {
    res.json({ value: [{ text: 'To your bank account', amount: 271.5 }] });
  });

  app.use(aadErrorHandler({ mode: 'api', authority }));
  return app;
}
