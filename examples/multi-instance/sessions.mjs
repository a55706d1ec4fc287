// Who is signed in. With Redis: express-session. Without: a sealed cookie that any process with the secret can open.
import { hkdfSync } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { EncryptJWT, jwtDecrypt } from 'jose';

const lifetimeSeconds = 86_400;

/** What acquireTokenSilent needs to find the tokens, and pages to show; a whole account would fill the cookie. */
const accountFields = ['homeAccountId', 'environment', 'tenantId', 'username', 'localAccountId', 'name'];
const pick = (account) => Object.fromEntries(accountFields.map((field) => [field, account[field]]));

export function redisSessions({ redis, secret, secure }) {
  return {
    middleware: session({
      store: new RedisStore({ client: redis, ttl: lifetimeSeconds }),
      secret,
      resave: false,
      saveUninitialized: false,
      cookie: { sameSite: 'lax', secure },
    }),
    /** A new session id at sign-in, so that one planted before is worth nothing. */
    signIn: (req, _res, account) =>
      new Promise((resolve, reject) => {
        req.session.regenerate((error) => {
          if (error) return reject(error);
          req.session.account = pick(account);
          resolve();
        });
      }),
    signOut: (req) => new Promise((resolve) => req.session.destroy(resolve)),
  };
}

/** Nothing is kept on the server: signing out forgets the cookie, and a copy of it lives on until it expires. */
export function cookieSessions({ secret, secure }) {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'contoso session', 32));
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
  const open = async (sealed) => {
    const { payload } = await jwtDecrypt(sealed, key);
    return { account: payload.account };
  };
  return {
    middleware: async (req, _res, next) => {
      const sealed = /(?:^|; )session=([\w.-]+)/.exec(req.headers.cookie ?? '')?.[1]; // accepts "a=1; session=eyJ.x"
      // Forged, expired or sealed with another secret: nobody is signed in.
      req.session = sealed === undefined ? {} : await open(sealed).catch(() => ({}));
      next();
    },
    signIn: async (_req, res, account) => {
      const sealed = await new EncryptJWT({ account: pick(account) })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(`${lifetimeSeconds} s`)
        .encrypt(key);
      res.cookie('session', sealed, { ...options, maxAge: lifetimeSeconds * 1000 });
    },
    signOut: (_req, res) => res.clearCookie('session', options),
  };
}
