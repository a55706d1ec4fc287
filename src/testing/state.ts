import { randomBytes } from 'node:crypto';
import type { AuthorizationRequest } from './authorization-types.js';
import type { Settings } from './options.js';
import { PlanQueue } from './plans.js';
import type { LocalEntraUser } from './users.js';

/** One request LocalEntra got, for assertions. Secrets, codes and tokens of the form are replaced by `[removed]`. */
export interface RecordedRequest {
  /** `authorize`, `token`, `devicecode`, `discovery`, `instance-discovery`, `keys`, `logout`, `adminconsent`, `api`, … */
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A browser session, or the sign-in that tokens descend from. @internal */
export interface Session {
  readonly sid: string;
  readonly user: LocalEntraUser;
  revoked: boolean;
}

/** What a code, refresh token or device code stands for. @internal */
export interface Grant {
  readonly session: Session;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly policy: string | undefined;
  /** Redeemed without a client secret. */
  readonly publicClient: boolean;
}

/** @internal */
export interface CodeGrant extends Grant {
  readonly request: AuthorizationRequest;
  readonly expiresAtMs: number;
  used: boolean;
}

/** @internal */
export interface DeviceGrant {
  readonly userCode: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
  outcome: 'pending' | 'declined' | Session;
}

/** What an access token stands for, by its `uti`. @internal */
export interface IssuedToken {
  readonly userName: string;
  revokedAtSeconds: number | undefined;
}

const requestLimit = 1000;
const issuedLimit = 10_000;

/** Everything LocalEntra remembers. @internal */
export class EntraState {
  readonly plans = new PlanQueue();
  readonly sessions = new Map<string, Session>();
  readonly codes = new Map<string, CodeGrant>();
  readonly refreshTokens = new Map<string, Grant>();
  readonly deviceCodes = new Map<string, DeviceGrant>();
  /** Authorization requests whose page is open. */
  readonly openPages = new Map<string, AuthorizationRequest>();
  readonly issued = new Map<string, IssuedToken>();
  /** By lower-case user name. */
  readonly proofs = new Map<string, Set<string>>();
  readonly consents = new Map<string, Set<string>>();
  readonly adminConsents = new Set<string>();
  readonly requests: RecordedRequest[] = [];
  throttle: { untilMs: number; status: number } | undefined;
  readonly settings: Settings;
  readonly url: string;

  constructor(settings: Settings, url: string) {
    this.settings = settings;
    this.url = url;
  }

  get issuer(): string {
    return this.issuerFor(undefined);
  }

  issuerFor(policy: string | undefined): string {
    const base = `${this.url}/${this.settings.tenantId}`;
    return policy === undefined ? `${base}/v2.0` : `${base}/${policy}/v2.0`;
  }

  /** An opaque value that cannot be guessed. */
  secret(prefix: string): string {
    return `${prefix}.${randomBytes(24).toString('base64url')}`;
  }

  newSession(user: LocalEntraUser): Session {
    const session: Session = { sid: this.secret('sid'), user, revoked: false };
    this.sessions.set(session.sid, session);
    return session;
  }

  record(request: RecordedRequest): void {
    this.requests.push(request);
    if (this.requests.length > requestLimit) this.requests.shift();
  }

  rememberToken(uti: string, userName: string): void {
    this.issued.set(uti, { userName: userName.toLowerCase(), revokedAtSeconds: undefined });
    const oldest = this.issued.keys().next();
    if (this.issued.size > issuedLimit && oldest.done !== true) this.issued.delete(oldest.value);
  }

  /** Names in `sets` for this user, made on first use. */
  of(sets: Map<string, Set<string>>, user: LocalEntraUser): Set<string> {
    const key = user.userName.toLowerCase();
    const found = sets.get(key) ?? new Set<string>();
    sets.set(key, found);
    return found;
  }

  reset(): void {
    this.plans.clear();
    for (const map of [this.sessions, this.codes, this.refreshTokens, this.deviceCodes, this.openPages]) map.clear();
    for (const map of [this.issued, this.proofs, this.consents, this.adminConsents]) map.clear();
    this.requests.length = 0;
    this.throttle = undefined;
  }
}
