import { randomUUID } from 'node:crypto';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { accessTokenValues, type ClaimsRequest } from './claims.js';
import { resourceOf } from './scopes.js';
import type { EntraState, Session } from './state.js';

interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

let signingKey: Promise<SigningKey> | undefined;

/** One RSA key for the life of the process: making it takes a moment, and nothing secret hangs on it. */
function getSigningKey(): Promise<SigningKey> {
  signingKey ??= import('jose').then(async ({ calculateJwkThumbprint, exportJWK, generateKeyPair }) => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = await exportJWK(publicKey);
    return {
      privateKey,
      publicKey,
      publicJwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'RS256' },
    };
  });
  return signingKey;
}

/** The JWK set of /discovery/v2.0/keys. @internal */
export async function jsonWebKeySet(): Promise<{ readonly keys: readonly JWK[] }> {
  return { keys: [(await getSigningKey()).publicJwk] };
}

async function sign(payload: JWTPayload): Promise<string> {
  const { SignJWT } = await import('jose');
  const { privateKey, publicJwk } = await getSigningKey();
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: publicJwk.kid ?? '' })
    .sign(privateKey);
}

/** How reading a token of ours ended. @internal */
export type TokenReading =
  | { readonly outcome: 'valid'; readonly payload: JWTPayload }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'invalid' };

/** Checks signature and times of a token that this process signed. @internal */
export async function readToken(state: EntraState, token: string): Promise<TokenReading> {
  const { errors, jwtVerify } = await import('jose');
  const { publicKey } = await getSigningKey();
  try {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: ['RS256'],
      currentDate: new Date(state.settings.now()),
    });
    return { outcome: 'valid', payload };
  } catch (error) {
    return { outcome: error instanceof errors.JWTExpired ? 'expired' : 'invalid' };
  }
}

/** For whom and for what tokens are made. @internal */
export interface TokenSubject {
  /** undefined: the application itself. */
  readonly session: Session | undefined;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly claims: ClaimsRequest | undefined;
  readonly policy: string | undefined;
  /** @defaultValue accessTokenSeconds of the options; negative: already expired */
  readonly lifetimeSeconds?: number | undefined;
}

function times(state: EntraState, lifetimeSeconds: number): { iat: number; nbf: number; exp: number } {
  const now = Math.floor(state.settings.now() / 1000);
  const iat = lifetimeSeconds < 0 ? now + lifetimeSeconds - 1 : now;
  return { iat, nbf: iat, exp: now + lifetimeSeconds };
}

function userClaims(session: Session, tenantId: string): JWTPayload {
  const { user, sid } = session;
  return {
    name: user.name,
    oid: user.oid,
    preferred_username: user.userName,
    sid,
    sub: `sub-${user.oid}`,
    tid: tenantId,
  };
}

/** Authentication contexts the user has gone through, and `xms_cc` when the client said it understands claims challenges. */
function optionalClaims(state: EntraState, subject: TokenSubject): JWTPayload {
  const capabilities = accessTokenValues(subject.claims, 'xms_cc');
  const proofs = subject.session === undefined ? [] : [...state.of(state.proofs, subject.session.user)];
  const contexts = proofs.filter((proof) => proof.startsWith('acrs=')).map((proof) => proof.slice('acrs='.length));
  return {
    ...(capabilities.length === 0 ? {} : { xms_cc: capabilities }),
    ...(contexts.length === 0 ? {} : { acrs: contexts }),
  };
}

/** A signed access token. @internal */
export async function issueAccessToken(state: EntraState, subject: TokenSubject): Promise<string> {
  const { settings } = state;
  const { audience, permissions } = resourceOf(subject.scopes);
  const uti = randomUUID();
  const { session } = subject;
  if (session !== undefined) state.rememberToken(uti, session.user.userName);
  const who: JWTPayload =
    session === undefined
      ? {
          idtyp: 'app',
          oid: subject.clientId,
          sub: subject.clientId,
          tid: settings.tenantId,
          roles: [...settings.appRoles],
        }
      : { ...userClaims(session, settings.tenantId), scp: permissions };
  return sign({
    aud: audience,
    iss: state.issuerFor(subject.policy),
    ...times(state, subject.lifetimeSeconds ?? settings.accessTokenSeconds),
    azp: subject.clientId,
    azpacr: '1',
    ver: '2.0',
    uti,
    ...who,
    ...optionalClaims(state, subject),
  });
}

/** A signed id token. @internal */
export async function issueIdToken(
  state: EntraState,
  session: Session,
  subject: TokenSubject,
  nonce?: string,
): Promise<string> {
  return sign({
    aud: subject.clientId,
    iss: state.issuerFor(subject.policy),
    ...times(state, 3600),
    ...userClaims(session, state.settings.tenantId),
    email: session.user.userName,
    ver: '2.0',
    uti: randomUUID(),
    ...(nonce === undefined ? {} : { nonce }),
    ...(subject.policy === undefined ? {} : { tfp: subject.policy }),
  });
}
