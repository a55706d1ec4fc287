// A Hono API: it calls another API for its caller (on behalf of) and for itself (client credentials).
import { throwOnChallenge } from 'aad-error-handler/core';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { jwk } from 'hono/jwk';
import { aadOnError } from './aad-on-error.mjs';

/** @param settings client: ConfidentialClientApplication; jwksUri, issuer, audience: of tokens for this API */
export function createApp({ client, authority, jwksUri, issuer, audience, downstreamUrl, downstreamScope }) {
  const app = new Hono();

  app.get('/', (c) => c.text('Try /profile with a bearer token, /report without one, and /bug.\n'));

  const signedIn = jwk({ jwks_uri: jwksUri, alg: ['RS256'], verification: { iss: issuer, aud: audience } });
  app.get('/profile', signedIn, async (c) => {
    const oboAssertion = c.req.header('authorization').replace(/^Bearer /i, '');
    const scopes = [downstreamScope];
    c.set('aadContext', { flow: 'on-behalf-of', scopes });
    const { accessToken } = await client.acquireTokenOnBehalfOf({ oboAssertion, scopes });
    const answer = await fetch(downstreamUrl, { headers: { authorization: `Bearer ${accessToken}` } });
    const response = throwOnChallenge(answer, { scopes });
    if (!response.ok)
      throw Object.assign(new Error('the API said no'), { status: response.status, body: await response.text() });
    return c.json(await response.json());
  });

  app.get('/report', async (c) => {
    const scopes = [downstreamScope.replace(/[^/]*$/, '.default')];
    c.set('aadContext', { flow: 'client-credentials', scopes });
    const { accessToken } = await client.acquireTokenByClientCredential({ scopes });
    return c.text(`The report was made with a token of ${accessToken.length} characters.\n`);
  });

  app.get('/bug', () => {
    throw new Error('a bug of the application');
  });

  app.onError(
    aadOnError({ authority, branding: { applicationName: 'Contoso reports' } }, (error, c) => {
      if (error instanceof HTTPException) return error.getResponse(); // hono/jwk: no token, or not a valid one
      console.error(error);
      return c.text('Something went wrong here.\n', 500);
    }),
  );
  return app;
}
