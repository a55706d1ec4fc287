/** How the answer reaches the redirect URI. */
export type ResponseMode = 'query' | 'fragment' | 'form_post';

/** A checked authorization request (RFC 6749 section 4.1.1, OpenID Connect Core 3.1.2.1). @internal */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly prompt: string | undefined;
  readonly loginHint: string | undefined;
  readonly claims: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly codeChallengeMethod: string | undefined;
  readonly policy: string | undefined;
}

/** Something is wrong with the request. `onPage`: it may not be reported to the redirect URI. @internal */
export interface AuthorizationFault {
  readonly onPage: boolean;
  readonly code: number;
  readonly error: string;
  readonly description: string;
}
