import { auth } from 'express-oauth2-jwt-bearer';

/** Validation of access tokens by express-oauth2-jwt-bearer. Its errors carry a challenge, which aadErrorHandler reads. */
export function validateWithJwtBearer({ issuerUrl, keysUrl, audience }) {
  return auth({
    issuer: issuerUrl,
    jwksUri: keysUrl,
    audience,
    tokenSigningAlg: 'RS256',
    // Entra issues no DPoP tokens, so none is offered.
    dpop: { enabled: false },
  });
}
