/** Shapes of a diagnosis. No code lives here. */

/** How sure a finding is: the answer or the token says so, it fits best, or it is one of several that fit. */
export type DiagnosisConfidence = 'certain' | 'likely' | 'possible';

/** The API that answered, as far as the answer shows it. */
export type DiagnosedService = 'graph' | 'arm' | 'key-vault' | 'sharepoint' | 'storage' | 'unknown';

/** One thing that explains the refusal, most likely first in {@link Diagnosis.findings}. */
export interface DiagnosisFinding {
  /** kebab-case id, public: stands in logs and tests. */
  readonly id: string;
  readonly title: string;
  /** What was seen, in our own words; values of the answer or token stand in it only when their shape was checked. */
  readonly evidence: readonly string[];
  readonly cause: string;
  /** What to change. */
  readonly change: string;
  /** Where to change it: a path through a portal, or the place in the code. */
  readonly where: string;
  readonly confidence: DiagnosisConfidence;
  /** Microsoft's page about it. */
  readonly learnMore: string;
}

/** The few facts that are taken from an access token. The token itself, its subject and its ids are in none of them. */
export interface TokenFacts {
  /**
   * `jwt`: claims were read. `opaque`: the token of a personal account or an encrypted one, which only its API can read.
   * `unreadable`: no access token, whatever it is.
   */
  readonly format: 'jwt' | 'opaque' | 'unreadable';
  /** `aud`, when it has the shape of an address or id. */
  readonly audience?: string;
  /** Name of the API that `aud` stands for, when it is one of Microsoft's. */
  readonly audienceName?: string;
  /** `delegated`: with a user (`scp`). `application`: without one (`roles` and no `scp`, or `idtyp` `app`). */
  readonly permissionType?: 'delegated' | 'application';
  /** `scp`. */
  readonly scopes: readonly string[];
  /** `roles`. */
  readonly roles: readonly string[];
  /** `exp` in UTC, ISO 8601. */
  readonly expiresAt?: string;
  readonly expired: boolean;
  /** From `tid`, which itself is not kept. */
  readonly accountKind: 'personal' | 'work-or-school' | 'unknown';
}

/** Why an API of Microsoft refused a call, and what to change. Plain and frozen. */
export interface Diagnosis {
  readonly service: DiagnosedService;
  /** HTTP status of the answer, when it is known. */
  readonly status?: number;
  /** The API's own error code, when the catalogue or its shape vouches for it. */
  readonly code?: string;
  /** Never empty, most likely first. `cannot-tell` stands alone. */
  readonly findings: readonly DiagnosisFinding[];
  /** The first finding is certain. */
  readonly conclusive: boolean;
  /** What would make the answer surer; empty when it is conclusive. */
  readonly toKnowMore: readonly string[];
  /** Facts of the token, when one was given or found. */
  readonly token?: TokenFacts;
}

export interface DiagnoseOptions {
  /**
   * The access token of the failed call, with or without `Bearer`. It is decoded, not checked; a handful of claims is
   * looked at, and nothing of it is kept or logged. For development: do not collect tokens of users for this.
   * @defaultValue none: fewer causes can be told apart
   */
  readonly accessToken?: string | undefined;
  /**
   * Permissions that the call needs, such as `['Mail.Read']`, as the reference page of the API lists them. Short names
   * or with the API in front (`https://graph.microsoft.com/Mail.Read`).
   * @defaultValue none: a missing permission is not named
   */
  readonly wantedScopes?: readonly string[] | undefined;
  /**
   * Also look for the token where HTTP clients keep the request in their error (axios `config.headers`, got `options.headers`).
   * @defaultValue false
   */
  readonly tokenFromError?: boolean | undefined;
  /** Milliseconds since the epoch, for `exp`. @defaultValue `Date.now()` */
  readonly nowMs?: number | undefined;
}
