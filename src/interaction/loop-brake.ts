import type { AadError } from '../types.js';

/** One reason and how often it led to a sign-in. */
interface Strike {
  /** Short hash of account, resource, claims and code. */
  readonly key: string;
  readonly count: number;
  /** Seconds since the epoch of the first one. */
  readonly since: number;
}

/** What a browser carries in a sealed cookie: recent automatic sign-ins by reason. */
export type BrakeState = readonly Strike[];

/** After this time the same reason may start over. */
export const brakeWindowSeconds = 300;
/** Automatic sign-ins for one reason within the window; then a page. */
export const maxSignIns = 2;
/** Automatic sign-ins for all reasons together: session, MFA, consent and a step-up may follow each other. */
const maxSignInsOfAllReasons = 5;
const maxReasons = 8;

/** What msalInteraction adds to the scopes of a failed call: the same reason with and without them. */
const signInScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/** Identifies why a sign-in is about to happen, without holding anything readable. */
export function reasonKey(error: AadError, account: string | undefined): string {
  const codes =
    error.aadstsCodes.length + error.b2cCodes.length > 0
      ? [...error.aadstsCodes, ...error.b2cCodes].join()
      : (error.suberror ?? error.oauthError ?? error.clientCode ?? error.status ?? '');
  const scopes = error.scopes?.filter((scope) => !signInScopes.has(scope)).sort();
  const text = `${account ?? ''}|${scopes?.join(' ') ?? ''}|${error.claims ?? ''}|${String(codes)}`;
  if (text !== lastReason.text) lastReason = { text, key: shortHash(text) };
  return lastReason.key;
}

/** One policy stops many people for the same reason, one after the other. */
let lastReason = { text: '', key: shortHash('') };

/**
 * 64 bits of FNV-1a as two 32-bit halves. It tells reasons of one browser apart inside a sealed cookie; a collision
 * would stop a sign-in one round early, and nobody can make one without the secret.
 */
function shortHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (index & 0xff), 0x01000193);
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
}

/** A state read from a cookie; anything else counts as none. Entries outside the window are dropped. */
export function readBrake(value: unknown, nowMs: number): BrakeState {
  if (!Array.isArray(value)) return [];
  const oldest = nowMs / 1000 - brakeWindowSeconds;
  return (value as unknown[]).slice(0, maxReasons).filter((entry): entry is Strike => {
    if (typeof entry !== 'object' || entry === null) return false;
    const { key, count, since } = entry as Partial<Record<keyof Strike, unknown>>;
    return typeof key === 'string' && typeof count === 'number' && typeof since === 'number' && since > oldest;
  });
}

/** How many automatic sign-ins count against this reason: 0, 1, or 2 and more, which stops. */
export function signInsFor(state: BrakeState, key: string): number {
  const own = state.find((strike) => strike.key === key)?.count ?? 0;
  const all = state.reduce((sum, strike) => sum + strike.count, 0);
  return all >= maxSignInsOfAllReasons ? Math.max(own, maxSignIns) : own;
}

/** The state after one more sign-in for this reason. */
export function strike(state: BrakeState, key: string, nowMs: number): BrakeState {
  const since = Math.floor(nowMs / 1000);
  const known = state.find((entry) => entry.key === key);
  const others = state.filter((entry) => entry.key !== key).slice(-(maxReasons - 1));
  return [...others, { key, count: (known?.count ?? 0) + 1, since: known?.since ?? since }];
}
