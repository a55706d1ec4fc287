/** What the admin-consent endpoint needs. */
export interface AdminConsentRequest {
  /** `https://login.microsoftonline.com` or a national cloud. */
  readonly host: string;
  /** Tenant id or domain, or `organizations`; never `common`. */
  readonly tenant: string;
  readonly clientId: string;
  /** Scopes of one resource, or its `/.default`. */
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly state: string;
}

/**
 * The v2 admin-consent address.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-admin-consent (read 2026-11)
 */
export function adminConsentUrl(request: AdminConsentRequest): string {
  const url = new URL(`${request.host}/${encodeURIComponent(request.tenant)}/v2.0/adminconsent`);
  url.searchParams.set('client_id', request.clientId);
  url.searchParams.set('scope', request.scopes.join(' '));
  url.searchParams.set('redirect_uri', request.redirectUri);
  url.searchParams.set('state', request.state);
  return url.href;
}

/**
 * Whether the answer of the admin-consent endpoint means success. `admin_consent=True` stands in failures too, so only
 * the absence of `error` counts; `tenant` is written by whoever wrote the URL and is not looked at.
 */
export function readAdminConsentResponse(parameters: ReadonlyMap<string, string>): 'granted' | 'failed' | undefined {
  if (parameters.has('error') || parameters.has('error_description')) return 'failed';
  return parameters.get('admin_consent')?.toLowerCase() === 'true' ? 'granted' : undefined;
}
