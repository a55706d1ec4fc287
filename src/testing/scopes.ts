const oidcScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);
const graphAppId = '00000003-0000-0000-c000-000000000000';

/** Space-separated scopes as a list without empty entries. @internal */
export function splitScopes(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((scope) => scope !== '');
}

/** Resource and permission of one scope: `api://x/Tasks.Read` -> `api://x`, `Tasks.Read`; bare names belong to Graph. */
function splitScope(scope: string): { readonly resource: string; readonly name: string } {
  const cut = scope.lastIndexOf('/');
  return cut < 0
    ? { resource: graphAppId, name: scope }
    : { resource: scope.slice(0, cut), name: scope.slice(cut + 1) };
}

/** `aud` and `scp` of the access token for these scopes: one resource a token, the first one asked for. @internal */
export function resourceOf(scopes: readonly string[]): { readonly audience: string; readonly permissions: string } {
  const wanted = scopes.filter((scope) => !oidcScopes.has(scope)).map(splitScope);
  const audience = wanted[0]?.resource ?? graphAppId;
  const names = wanted.filter((scope) => scope.resource === audience).map(({ name }) => name);
  const permissions = names.map((name) => (name === '.default' ? 'user_impersonation' : name)).join(' ');
  return { audience, permissions: permissions === '' ? 'User.Read' : permissions };
}

/** Scopes as the token response lists them: without offline_access. @internal */
export function grantedScopes(scopes: readonly string[]): string {
  return scopes.filter((scope) => scope !== 'offline_access').join(' ');
}

/** Scopes beyond those every user may have. @internal */
export function protectedScopes(scopes: readonly string[], unprotected: readonly string[]): string[] {
  const open = new Set(unprotected.map((scope) => scope.toLowerCase()));
  return scopes.filter((scope) => !oidcScopes.has(scope) && !open.has(scope.toLowerCase()));
}
