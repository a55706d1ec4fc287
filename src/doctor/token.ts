import { asBag, read, readText, type Bag } from '../normalize/index.js';
import { audienceName } from './audiences.js';
import type { TokenFacts } from './types.js';

/** Longer values are no access token that a server would take. */
const maxTokenLength = 32_768;
const maxPermissions = 128;
/** Tenant of all personal Microsoft accounts. @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference (read 2026-11) */
const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';
const permissionShape = /^[A-Za-z][\w.:/-]{0,127}$/; // accepts "Mail.ReadWrite.Shared", refuses "<b>"
const audienceShape = /^[A-Za-z0-9][\w.:/-]{0,255}$/; // accepts "api://a1-b2", refuses "a b"

/**
 * The facts of an access token that explain a refusal. Nothing is validated: that is the API's job, and the answer was
 * a refusal already.
 *
 * Only `aud`, `scp`, `roles`, `idtyp`, `exp` and the kind of `tid` are looked at. Nothing else of the payload leaves
 * this function, and the token is not kept.
 */
export function readTokenFacts(accessToken: string, nowMs: number): TokenFacts {
  const none = { scopes: [], roles: [], expired: false, accountKind: 'unknown' } as const;
  if (accessToken.length > maxTokenLength) return { format: 'unreadable', ...none };
  const token = accessToken.trim().replace(/^bearer\s{1,8}/i, ''); // accepts "Bearer eyJ…"
  const parts = token.split('.');
  const payload = parts.length === 3 ? decode(parts[1] ?? '') : undefined;
  if (payload === undefined) {
    // Personal accounts get opaque tokens (EwB…), encrypted ones have five parts.
    const isOpaque = /^Ew[A-Za-z0-9+/=_-]{100}/.test(token) || parts.length === 5; // refuses "undefined"
    return { format: isOpaque ? 'opaque' : 'unreadable', ...none };
  }
  const audience = readText(payload, 'aud');
  const aud = audience !== undefined && audienceShape.test(audience) ? audience : undefined;
  const name = aud === undefined ? undefined : audienceName(aud);
  const scopes = permissions(readText(payload, 'scp')?.split(' '));
  const roles = permissions(read(payload, 'roles'));
  const type = permissionType(payload, scopes, roles);
  const exp = read(payload, 'exp');
  const expiresMs = typeof exp === 'number' && exp > 0 && exp < 1e11 ? exp * 1000 : undefined;
  const tenant = readText(payload, 'tid')?.toLowerCase();
  return {
    format: 'jwt',
    ...(aud !== undefined && { audience: aud }),
    ...(name !== undefined && { audienceName: name }),
    ...(type !== undefined && { permissionType: type }),
    scopes,
    roles,
    ...(expiresMs !== undefined && { expiresAt: `${new Date(expiresMs).toISOString().slice(0, 19)}Z` }),
    expired: expiresMs !== undefined && expiresMs <= nowMs,
    accountKind: tenant === undefined ? 'unknown' : tenant === personalTenant ? 'personal' : 'work-or-school',
  };
}

function decode(part: string): Bag | undefined {
  try {
    return asBag(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

function permissions(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, maxPermissions)
    .filter((entry): entry is string => typeof entry === 'string' && permissionShape.test(entry));
}

/** A delegated token may hold `roles` as well (the user's own), so `scp` is looked at first. */
function permissionType(
  payload: Bag,
  scopes: readonly string[],
  roles: readonly string[],
): TokenFacts['permissionType'] {
  if (scopes.length > 0) return 'delegated';
  const kind = readText(payload, 'idtyp');
  if (kind === 'app') return 'application';
  if (kind === 'user') return 'delegated';
  return roles.length > 0 ? 'application' : undefined;
}

/** `https://graph.microsoft.com/Mail.Read` and `Mail.Read` name the same permission. */
export function shortPermission(scope: string): string {
  const slash = scope.lastIndexOf('/');
  return slash < 0 ? scope : scope.slice(slash + 1);
}

/** Permissions that are words of the protocol: a token never lists them as a right. */
const protocolScopes = new Set(['', '.default', 'openid', 'profile', 'email', 'offline_access']);

/** Wanted permissions that the token lacks, as short names. */
export function missingPermissions(wanted: readonly string[], token: TokenFacts | undefined): readonly string[] {
  if (token?.format !== 'jwt') return [];
  const held = new Set([...token.scopes, ...token.roles].map((name) => shortPermission(name).toLowerCase()));
  return wanted
    .map(shortPermission)
    .filter((name) => !protocolScopes.has(name.toLowerCase()) && permissionShape.test(name))
    .filter((name) => !held.has(name.toLowerCase()));
}
