/**
 * The shapes that travel from stage to stage. No code lives here.
 *
 * Words follow the specifications: OAuth 2.0 (RFC 6749, RFC 6750), OpenID Connect Core, RFC 9110, RFC 9457,
 * RFC 9470, and Microsoft's own (AADSTS code, suberror, claims challenge). There is never a bare `code`:
 * `oauthError` is the OAuth `error`, `aadstsCodes` are Entra's numbers, `clientCode` is the library's own string.
 */

/**
 * What the error asks of the application that holds it.
 *
 * - `retry`: transient; the same call may succeed later, with no user.
 * - `interactive`: the user must go through /authorize again.
 * - `claims_challenge`: a usable claims directive is present and must go back to /authorize or to the API's caller.
 * - `consent`: the user can consent to the failed call's scopes.
 * - `admin_consent`: only an administrator can consent.
 * - `contact_admin`: state or policy only an administrator can change; another sign-in would loop.
 * - `fix_config`: the developer or operator must change code or the app registration.
 * - `user_cancelled`: the user declined or went back; nothing happens by itself.
 * - `unknown`: an identity error that nothing above explains.
 */
export type AadAction =
  | 'retry'
  | 'interactive'
  | 'claims_challenge'
  | 'consent'
  | 'admin_consent'
  | 'contact_admin'
  | 'fix_config'
  | 'user_cancelled'
  | 'unknown';

/** Who must act before the call can succeed. */
export type Who = 'user' | 'admin' | 'developer' | 'microsoft' | 'nobody';

/** Where a code shows up. `entra-page`: the user never leaves Microsoft's page and the application never sees it. */
export type Delivery = 'entra-page' | 'redirect' | 'token' | 'resource' | 'sign-in-log';

/** `documented`: a Microsoft page or RFC says so; `observed`: seen in real traffic; `inferred`: concluded by us. */
export type Confidence = 'documented' | 'observed' | 'inferred';

/** `prompt` of the next authorization request (OpenID Connect Core 3.1.2.1). Absent: leave it out. */
export type Prompt = 'login' | 'select_account' | 'consent';

/** Where in the protocol the error arrived. */
export type Origin = 'token-response' | 'authorization-response' | 'resource-challenge' | 'client' | 'network';

/** Which library or wire format the facts were read from. */
export type Producer =
  | 'msal'
  | 'token-response'
  | 'authorization-response'
  | 'www-authenticate'
  | 'graph'
  | 'arm'
  | 'sharepoint'
  | 'key-vault'
  | 'managed-identity'
  | 'azure-identity'
  | 'openid-client'
  | 'passport-azure-ad'
  | 'network'
  | 'http'
  | 'text'
  | 'aad-error-handler';

/** How the failed call tried to get or use a token. Given by the application, else inferred where the facts allow. */
export type Flow =
  | 'authorization-code'
  | 'silent'
  | 'on-behalf-of'
  | 'client-credentials'
  | 'managed-identity'
  | 'device-code'
  | 'password';

/**
 * One identity error, whatever threw it. Plain and `readonly` by type; nothing in it is copied to a page or a header unchecked.
 */
export interface AadError {
  readonly producer: Producer;
  readonly origin: Origin;
  /** OAuth `error` (RFC 6749 section 5.2, 4.1.2.1): letters, digits, `_`, `.`, `-`; at most 64 characters. */
  readonly oauthError?: string;
  /** Entra's `suberror`, or `error_subcode` of an authorization response. */
  readonly suberror?: string;
  /** AADSTS numbers in the order found: those of the text, then those of `error_codes`. `decide` picks the specific one. */
  readonly aadstsCodes: readonly number[];
  /** Azure AD B2C codes such as `AADB2C90118`, in the order found. */
  readonly b2cCodes: readonly string[];
  /** The library's or the API's own code: MSAL `no_tokens_found`, Graph `InvalidAuthenticationToken`, Node `ECONNRESET`. */
  readonly clientCode?: string;
  /** Decoded claims directive: JSON text that parses to an object, at most 8 KiB. Never base64. */
  readonly claims?: string;
  /** A claims value was present but could not be used: not JSON, not base64 of JSON, or too long. */
  readonly claimsDropped?: boolean;
  /** Scopes the failed call asked for, when the error or the context says so. */
  readonly scopes?: readonly string[];
  /** The server's text, cut to 16 KiB and redacted. Personal data: for logs by option, never for pages. */
  readonly description?: string;
  /** Entra's trace id (Graph: request-id). */
  readonly traceId?: string;
  /** The server's correlation id. */
  readonly correlationId?: string;
  /** The id that MSAL or the caller sent, when it is not known to be the server's. */
  readonly requestCorrelationId?: string;
  /** UTC, ISO 8601 with a final `Z`, seconds precision. */
  readonly timestamp?: string;
  /** `https://login.microsoftonline.com/error?code=…` or the value the server sent, if it is an https URL. */
  readonly errorUri?: string;
  /** HTTP status of the identity service or resource, 100 to 599. Never the status of our own answer. */
  readonly status?: number;
  /** Seconds the server asked to wait, 0 to 86,400. */
  readonly retryAfterSeconds?: number;
  /** MSAL answered from its own memory of an earlier 429 or 5xx, without a network call. */
  readonly throttledLocally?: boolean;
  /** How the failed call worked, where the error itself shows it. */
  readonly flow?: Flow;
  /**
   * Nothing in the value shows that it came from the identity platform (a refused connection to an unnamed host, a bare
   * 503). The middleware passes such errors on; callers who know where theirs came from may use them.
   */
  readonly unconfirmed?: boolean;
  /** What was given to normalizeAadError, untouched. Not enumerable, so that loggers do not print it. */
  readonly cause: unknown;
}

/** What is known besides the error itself. All optional; what is missing is inferred. */
export interface DecideContext {
  /** How the failed call got its token: with `client-credentials` and `managed-identity` nobody can sign in. @defaultValue inferred from the error */
  readonly flow?: Flow | undefined;
  /** Whether a user can be sent to sign in. @defaultValue true, except for client credentials and managed identity */
  readonly hasUser?: boolean | undefined;
  /** Scopes of the failed call, used for consent when the error names none. @defaultValue those of the error */
  readonly scopes?: readonly string[] | undefined;
  /** How many automatic sign-ins this reason has already caused. Two or more stops redirecting. @defaultValue 0 */
  readonly attempts?: number | undefined;
  /** Application rules; they come before every built-in rule. The first that matches counts. @defaultValue none */
  readonly overrides?: readonly Override[] | undefined;
}

/** A data rule of the application: when everything in `match` fits, `use` replaces that part of the decision. */
export interface Override {
  /** When the rule fits: all that is named must be so. At least one member. */
  readonly match: {
    /** AADSTS number, `'AADSTS50076'` or `'AADB2C90118'`. @defaultValue any */
    readonly code?: number | string;
    /** OAuth `error`, such as `'invalid_grant'`. @defaultValue any */
    readonly oauthError?: string;
    /** Entra's `suberror`, such as `'basic_action'`. @defaultValue any */
    readonly suberror?: string;
    /** Id of what people would be told without the rule. @defaultValue any */
    readonly situation?: string;
  };
  /** What is decided in place of the built-in rule. */
  readonly use: {
    /** What the error asks for. @defaultValue as decided */
    readonly action?: AadAction;
    /** Id of what people are told. @defaultValue as decided */
    readonly situation?: string;
    /** Who must act. @defaultValue as decided */
    readonly who?: Who;
    /** Whether the same call may be repeated. @defaultValue as decided */
    readonly retryable?: boolean;
    /** `prompt` of the sign-in. @defaultValue as decided */
    readonly prompt?: Prompt;
  };
}

/** One step of the reasoning: the rule and the evidence that made it fit, in words without data of the user. */
export interface TraceStep {
  readonly rule: string;
  readonly because: string;
}

/** What to do about an AadError. */
export interface Decision {
  readonly action: AadAction;
  /** kebab-case id of what the user is told; every situation has texts in every locale. */
  readonly situation: string;
  /** The same call may succeed later without anybody acting. */
  readonly retryable: boolean;
  readonly who: Who;
  /** The code that explains best, `AADSTS50076` or `AADB2C90118`, for support and logs. */
  readonly code?: string;
  readonly prompt?: Prompt;
  readonly claims?: string;
  readonly scopes?: readonly string[];
  /** Seconds to wait before a retry, when known. */
  readonly retryAfterSeconds?: number;
  readonly confidence: Confidence;
  /** Id of the rule that decided. Public: appears in logs and tests. */
  readonly rule: string;
  /** Only developers see this. */
  readonly trace: readonly TraceStep[];
}

/** A reading of a code that says something else than its row; the first that fits counts. */
export interface CatalogVariant {
  /** The OAuth `error` beside the code. */
  readonly oauthError?: string;
  /** Words that the server's text holds. */
  readonly text?: string;
  readonly situation: string;
  readonly action: AadAction;
  readonly who: Who;
}

/** A row of data/aadsts.json or data/aadb2c.json as look-ups return it. */
export interface CatalogRow {
  /** 50076 or `AADB2C90118`. */
  readonly code: number | string;
  /** Microsoft's symbolic name, where one is published. */
  readonly name?: string;
  readonly situation: string;
  readonly action: AadAction;
  readonly who: Who;
  readonly delivery: readonly Delivery[];
  /** OAuth `error` values seen with the code, the most usual first. */
  readonly oauthErrors: readonly string[];
  /** One sentence for developers. */
  readonly summary: string;
  /** What the developer or operator does about it. */
  readonly remedy: string;
  readonly retryable: boolean;
  /** false: another sign-in cannot solve it. */
  readonly signInHelps: boolean;
  /** true: a generic text around a more specific code. */
  readonly wrapper?: boolean;
  /** Tells which user names have an account, so an answer does not name it. */
  readonly revealsAccount?: boolean;
  /** Other readings of the same code, told by its OAuth `error` or by words of its text. */
  readonly variants?: readonly CatalogVariant[];
  readonly confidence: Confidence;
  readonly sources: readonly { readonly id: string; readonly date?: string }[];
  /** Which reading was taken where sources disagree, and why. */
  readonly note?: string;
}

/** How the client asked: decides which of the three right answers it gets. */
export type RequestKind = 'navigation' | 'script' | 'api';

/** Everything the answer depends on, read from the request once. No framework types. */
export interface RequestFacts {
  readonly kind: RequestKind;
  readonly method: string;
  /** GET or HEAD: may be repeated. */
  readonly safe: boolean;
  /** false: the request had no `Authorization` header, so that nothing in it was refused. */
  readonly hasAuthorization?: boolean;
  /** A safe top-level navigation of a person: neither in a frame nor a prefetch. Only these are redirected. */
  readonly redirectable: boolean;
  /** The path and query to come back to; always local. */
  readonly returnTo: string;
  /** Path only, for `instance`. Never query or host. */
  readonly instance: string;
  /** Locale tag of the catalogue, already negotiated. */
  readonly locale: string;
  /** How often this page has already reloaded itself. */
  readonly reloads: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** The whole answer as data. Header names are lower case; values are ASCII. */
export interface ResponseSpec {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The next authorization request that would solve the error. */
export interface InteractionRequest {
  readonly action: 'interactive' | 'claims_challenge' | 'consent';
  readonly returnTo: string;
  readonly claims?: string;
  readonly scopes?: readonly string[];
  readonly prompt?: Prompt;
  readonly loginHint?: string;
  readonly domainHint?: string;
  readonly situation: string;
  /** The code that caused it, for the loop brake and logs. */
  readonly code?: string;
}

/** The members of the problem document (RFC 9457), always the same ones; absent when not known. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly action: AadAction;
  readonly situation: string;
  readonly retryable: boolean;
  readonly code?: string;
  readonly error?: string;
  readonly suberror?: string;
  readonly claims?: string;
  readonly scopes?: readonly string[];
  /** Seconds. */
  readonly retryAfter?: number;
  readonly traceId?: string;
  readonly correlationId?: string;
  readonly timestamp?: string;
  readonly interaction?: { readonly url: string; readonly method: 'GET' };
  readonly developer?: Readonly<Record<string, unknown>>;
}
