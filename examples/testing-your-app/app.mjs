// A small web API: it calls another API on behalf of its caller. Nothing in it knows about tests.
import { ConfidentialClientApplication } from '@azure/msal-node';
import express from 'express';
import { aadErrorHandler, throwOnChallenge } from 'aad-error-handler';

/** @param msalConfiguration for ConfidentialClientApplication @param apiUrl the API behind this one */
export function createApp({ msalConfiguration, apiUrl }) {
  const client = new ConfidentialClientApplication(msalConfiguration);
  const scopes = ['api://profiles/Profile.Read'];
  const app = express();

  app.get('/profile', async (req, res, next) => {
    try {
      const oboAssertion = (req.headers.authorization ?? '').replace(/^Bearer /, '');
      const { accessToken } = await client.acquireTokenOnBehalfOf({ oboAssertion, scopes });
      const answer = await fetch(apiUrl, { headers: { authorization: `Bearer ${accessToken}` } });
      const response = throwOnChallenge(answer, { scopes });
      if (!response.ok)
        throw Object.assign(new Error('the API said no'), { status: response.status, body: await response.text() });
      res.json(await response.json());
    } catch (error) {
      next(error);
    }
  });

  app.use(aadErrorHandler({ mode: 'api' }));
  return app;
}
