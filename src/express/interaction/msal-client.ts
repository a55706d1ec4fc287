/** The methods of a ConfidentialClientApplication that are used; every major from 2 to 7 has them. */
export interface MsalClient {
  // Method syntax on purpose: parameters are compared bivariantly, so the real client of each major is assignable.
  getAuthCodeUrl(request: AuthorizationUrlRequest): Promise<string>;
  acquireTokenByCode(request: AuthorizationCodeRequest, response?: AuthorizationCodeAnswer): Promise<unknown>;
  /** Only for {@link MsalInteraction.acquireToken}. */
  acquireTokenSilent?(request: SilentTokenRequest): Promise<unknown>;
}

/** What we ask MSAL to build an authorization URL from. */
export interface AuthorizationUrlRequest {
  scopes: string[];
  redirectUri: string;
  responseMode: 'query' | 'form_post';
  state: string;
  nonce: string;
  codeChallenge: string;
  codeChallengeMethod: 'S256';
  claims?: string;
  prompt?: string;
  loginHint?: string;
  domainHint?: string;
  /** Only for the password reset policy of Azure AD B2C. */
  authority?: string;
}

/** What we ask MSAL to redeem. */
export interface AuthorizationCodeRequest {
  code: string;
  scopes: string[];
  redirectUri: string;
  codeVerifier: string;
  state: string;
  nonce: string;
}

/** Parameters of the redirect URI, for MSAL to check. */
export type AuthorizationCodeAnswer = Record<string, string> & { code: string };

/** What {@link MsalInteraction.acquireToken} passes on to MSAL, beside the account. */
export interface TokenRequest {
  /** Scopes of one resource; the sign-in or consent that a failure leads to asks for these. */
  readonly scopes: readonly string[];
  /** Claims directive as JSON text, as an error holds it; MSAL then asks Entra. @defaultValue none */
  readonly claims?: string;
  /** Asks Entra even where MSAL's cache has a token. @defaultValue false */
  readonly forceRefresh?: boolean;
  /** Authority of this call, such as another tenant's. @defaultValue the client's */
  readonly authority?: string;
  /** GUID that MSAL sends and logs. @defaultValue MSAL makes one */
  readonly correlationId?: string;
}

/** What we ask MSAL for a token with. */
export interface SilentTokenRequest {
  scopes: string[];
  account: AccountLike;
  claims?: string;
  forceRefresh?: boolean;
  authority?: string;
  correlationId?: string;
}

/** What acquireTokenSilent of this client resolves to: MSAL's AuthenticationResult. */
export type TokenOf<Client> = Client extends { acquireTokenSilent(...parameters: never[]): Promise<infer Token> }
  ? Token
  : unknown;

/** What acquireTokenByCode of this client resolves to: MSAL's AuthenticationResult. */
export type ResultOf<Client> = Client extends { acquireTokenByCode(...parameters: never[]): Promise<infer Result> }
  ? Result
  : unknown;

/** The parts of an MSAL account that become hints. */
export interface AccountLike {
  /** MSAL's id of the account, by which it finds its tokens. @defaultValue none */
  readonly homeAccountId?: string;
  /** Name that people sign in with; becomes the login hint. @defaultValue no hint */
  readonly username?: string;
  /** Home tenant; becomes the domain hint, `consumers` or `organizations`. @defaultValue no hint */
  readonly tenantId?: string;
}
