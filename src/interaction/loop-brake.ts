import type { AadError } from '../types.js';

/** One reason and how many sign-ins for it came to an end without helping. */
interface Strike {
  /** Short hash of account, resource, claims and code; or {@link startsKey}. */
  readonly key: string;
  readonly count: number;
  /** Seconds since the epoch of the first one. */
  readonly since: number;
}

/** What a browser carries in a sealed cookie: recent automatic sign-ins by reason, and how many were started. */
export type BrakeState = readonly Strike[];

/** A sign-in for a reason, on its way. */
export interface CountedReason {
  readonly key: string;
  /** Sign-ins counted for this reason when it began. */
  readonly seen: number;
}

/** After this time the same reason may start over. */
export const brakeWindowSeconds = 300;
/** Automatic sign-ins for one reason within the window; then a page. */
export const maxSignIns = 2;
/** Automatic sign-ins for all reasons together: session, MFA, consent and a step-up may follow each other. */
const maxSignInsOfAllReasons = 5;
/**
 * Sign-ins that may begin within the window, whether or not they come to an end: a browser that restores ten tabs begins
 * ten at once. Ends what nothing else would, such as sign-ins whose cookie is lost each time.
 */
export const maxStarts = 12;
/** No reason: their keys are letters and digits. */
const startsKey = '*';
const maxReasons = 8;

/** What msalInteraction adds to the scopes of a failed call: the same reason with and without them. */
const signInScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/** Identifies why a sign-in is about to happen, without holding anything readable. */
export function reasonKey(error: AadError, account: string | undefined): string {
  // One policy stops many people for the same reason, one after the other.
  const isPlain = account === undefined && error.scopes === undefined && error.b2cCodes.length === 0;
  const code = isPlain && error.aadstsCodes.length === 1 ? error.aadstsCodes[0] : undefined;
  if (code === undefined) return shortHash(reasonText(error, account));
  if (code !== lastReason.code || error.claims !== lastReason.claims)
    lastReason = { code, claims: error.claims, key: shortHash(reasonText(error, account)) };
  return lastReason.key;
}

let lastReason: { readonly code: number; readonly claims: string | undefined; readonly key: string } = {
  code: 0,
  claims: undefined,
  key: '',
};

function reasonText(error: AadError, account: string | undefined): string {
  const codes =
    error.aadstsCodes.length + error.b2cCodes.length > 0
      ? [...error.aadstsCodes, ...error.b2cCodes].join()
      : (error.suberror ?? error.oauthError ?? error.clientCode ?? error.status ?? '');
  const scopes = error.scopes?.filter((scope) => !signInScopes.has(scope)).sort();
  return `${account ?? ''}|${scopes?.join(' ') ?? ''}|${error.claims ?? ''}|${String(codes)}`;
}

/** The same reason at one place, for sign-ins whose end is not seen: tabs are at different places, a loop is at one. */
export function placeKey(reason: string, returnTo: string): string {
  return shortHash(`${reason}|${returnTo}`);
}

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
export function signInsFor(state: BrakeState, key: string, maxOfAllReasons = maxSignInsOfAllReasons): number {
  const own = countOf(state, key);
  const all = state.reduce((sum, entry) => (entry.key === startsKey ? sum : sum + entry.count), 0);
  return all >= maxOfAllReasons || countOf(state, startsKey) >= maxStarts ? Math.max(own, maxSignIns) : own;
}

/** Sign-ins of one reason that have come to an end. */
export function countOf(state: BrakeState, key: string): number {
  return state.find((entry) => entry.key === key)?.count ?? 0;
}

/** The most that one reason has led to. */
export function mostOf(state: BrakeState): number {
  return state.reduce((most, entry) => (entry.key === startsKey ? most : Math.max(most, entry.count)), 0);
}

/**
 * The state after one more sign-in for this reason has come to an end.
 *
 * A loop begins each sign-in after the one before has ended, so it has seen that one counted. Sign-ins of several tabs
 * run side by side and have seen the same: together they count once.
 *
 * @param seen sign-ins counted for this reason when it began; without it, it counts in any case
 */
export function strike(state: BrakeState, key: string, nowMs: number, seen = countOf(state, key)): BrakeState {
  return withCount(state, key, nowMs, Math.max(countOf(state, key), seen + 1));
}

/** The state after one more sign-in has begun, for whatever reason. */
export function started(state: BrakeState, nowMs: number): BrakeState {
  return withCount(state, startsKey, nowMs, countOf(state, startsKey) + 1);
}

/** The state after a sign-in has brought tokens: it is no longer one that only began. */
export function finished(state: BrakeState, nowMs: number): BrakeState {
  const starts = countOf(state, startsKey);
  return starts === 0 ? state : withCount(state, startsKey, nowMs, starts - 1);
}

function withCount(state: BrakeState, key: string, nowMs: number, count: number): BrakeState {
  const since = state.find((entry) => entry.key === key)?.since ?? Math.floor(nowMs / 1000);
  const others = state.filter((entry) => entry.key !== key).slice(-(maxReasons - 1));
  return [...others, { key, count, since }];
}

const notes = new WeakMap<object, BrakeState>();

/** Remembers the brake as the answer to this error sets it: the request came before, with the cookie of an older one. */
export function noteBrake(error: object, state: BrakeState): void {
  notes.set(error, state);
}

export function notedBrake(error: object): BrakeState | undefined {
  return notes.get(error);
}
