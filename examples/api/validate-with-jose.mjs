import createError from 'http-errors';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { formatChallenge } from 'aad-error-handler';

/** Validation of access tokens by jose. Leaves `{ token, payload }` in req.auth, where requireAuthContext looks. */
export function validateWithJose({ issuerUrl, keysUrl, audience }) {
  const keys = createRemoteJWKSet(new URL(keysUrl));
  return async (req, _res, next) => {
    const token = /^Bearer (\S+)$/i.exec(req.get('authorization') ?? '')?.[1]; // accepts "Bearer a.b.c", refuses "Basic x"
    // RFC 6750 section 3.1: whoever sent no token is told of no error.
    if (token === undefined) throw unauthorized();
    try {
      const { payload } = await jwtVerify(token, keys, { issuer: issuerUrl, audience, algorithms: ['RS256'] });
      req.auth = { token, payload };
    } catch (error) {
      throw isOutage(error) ? keysUnavailable(error) : unauthorized('invalid_token');
    }
    next();
  };
}

/** The keys could not be fetched: no fault of the token, so the caller should keep it and try again. */
function isOutage({ code = '' }) {
  return !/^ERR_J/.test(code) || code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC'; // accepts "ECONNREFUSED"
}

const unauthorized = (error) =>
  createError(401, { headers: { 'WWW-Authenticate': formatChallenge({ error, realm: '' }) } });

const keysUnavailable = (cause) =>
  createError(503, 'the signing keys could not be fetched', { headers: { 'Retry-After': '10' }, cause });
