import type { AadError, Decision, RequestFacts } from '../types.js';
import { readCookie, setCookies, type CookieSettings } from './cookies.js';
import {
  brakeWindowSeconds,
  countOf,
  mostOf,
  notedBrake,
  placeKey,
  readBrake,
  reasonKey,
  signInsFor,
  started,
  strike,
  type BrakeState,
} from './loop-brake.js';
import { interactionRequest } from './request.js';
import type { Sealer } from './sealed.js';
import { createTicket, type OpenedTicket } from './ticket.js';

/** What the interaction stage has prepared for one answer. */
export interface Plan {
  /** Same-origin path that starts the sign-in. */
  readonly url?: string | undefined;
  /** Absolute URL of this application that leads an administrator to the approval. */
  readonly adminConsentUrl?: string | undefined;
  /** Path of the ordinary sign-in. */
  readonly signInUrl?: string | undefined;
  /** Automatic sign-ins this reason has caused already. */
  readonly attempts: number;
  readonly setCookies: readonly string[];
}

/** Turns a decision into a same-origin address with a sealed ticket, and reads the loop brake. No framework. */
export interface Planner {
  /** @param returnTo where the sign-in would come back to; without it, the start page */
  attempts(error: AadError, cookieHeader: string | undefined, nowMs: number, returnTo?: string): number;
  plan(decision: Decision, error: AadError, facts: RequestFacts, cookieHeader: string | undefined): Plan;
}

export interface PlannerSettings {
  readonly sealer: Sealer;
  readonly cookies: CookieSettings;
  /** Path that takes the ticket as query parameter `ticket`; without one only sign-ins are counted. */
  readonly startPath: string | undefined;
  readonly signInPath: string | undefined;
  readonly adminConsentUrl: string | undefined;
  /**
   * Where sign-ins are counted.
   *
   * false: by our own routes, which see each of them end. Whatever is under way in other tabs does not count.
   *
   * true: the end is not seen, because the sign-in is the application's. What counts is each redirect (each call of an own
   * `start()`, each ticket of a script when it is used, see {@link countTicketUse}) for the same reason at the same place.
   * So tabs with different pages stay apart, and a loop, which comes back to its page, does not.
   */
  readonly countHere: boolean;
}

export const brakeCookie = 'aad-brake';

/**
 * Longest claims in a ticket. Node refuses a request line and headers of more than 16 KiB, and Entra long addresses, so
 * longer ones are left out whole: the person signs in without them, and the loop brake ends what does not help. Real
 * directives have some hundred characters.
 */
const maxTicketClaims = 4_500;

export function createPlanner(settings: PlannerSettings): Planner {
  const { sealer, cookies, countHere, startPath } = settings;
  const brakeFor = (error: AadError, cookieHeader: string | undefined, nowMs: number): BrakeState =>
    notedBrake(error) ?? openBrake(sealer, cookies, cookieHeader, nowMs);
  return {
    attempts(error, cookieHeader, nowMs, returnTo = '/') {
      const state = brakeFor(error, cookieHeader, nowMs);
      if (state.length === 0) return 0;
      const reason = reasonKey(error, undefined);
      // Places are many: ten tabs are no reason that changes each time. All of them together end at the starts.
      return countHere ? signInsFor(state, placeKey(reason, returnTo), Infinity) : signInsFor(state, reason);
    },
    plan(decision, error, facts, cookieHeader) {
      const { nowMs, returnTo } = facts;
      const request = facts.kind === 'api' ? undefined : interactionRequest(fitting(decision), returnTo);
      const adminConsentUrl = settings.adminConsentUrl;
      const attempts = decision.rule === 'loop-brake' ? mostOf(brakeFor(error, cookieHeader, nowMs)) : 0;
      if (request === undefined)
        return { url: undefined, signInUrl: signInUrl(settings, facts), adminConsentUrl, attempts, setCookies: none };
      const reason = reasonKey(error, undefined);
      let key = reason;
      let counted: readonly string[] = none;
      if (countHere) {
        const state = brakeFor(error, cookieHeader, nowMs);
        const place = placeKey(reason, returnTo);
        if (startPath !== undefined) key = keyOfTicket(reason, countOf(state, place), facts);
        if (facts.redirectable) {
          counted = sealBrake(sealer, cookies, strike(started(state, nowMs), place, nowMs), nowMs);
        }
      } else if (facts.redirectable && isUncounted(error)) {
        const next = strike(openBrake(sealer, cookies, cookieHeader, nowMs), reason, nowMs);
        counted = sealBrake(sealer, cookies, next, nowMs);
      }
      if (startPath === undefined)
        return {
          url: undefined,
          signInUrl: signInUrl(settings, facts),
          adminConsentUrl,
          attempts,
          setCookies: counted,
        };
      const ticket = createTicket(sealer, request, key, nowMs, cookies, cookieHeader);
      return {
        url: `${startPath}${startPath.includes('?') ? '&' : '?'}ticket=${ticket.text}`,
        // A redirect shows no other way to sign in, so it does not pay for its encoding.
        signInUrl: facts.redirectable ? undefined : signInUrl(settings, facts),
        adminConsentUrl,
        attempts,
        setCookies: counted === none ? ticket.setCookies : [...ticket.setCookies, ...counted],
      };
    },
  };
}

const none: readonly never[] = [];

/**
 * The redirect URI counts what came back from Entra, but not a person who declined: that is a page. An application's
 * override can turn it into a redirect all the same.
 */
function isUncounted(error: AadError): boolean {
  return error.origin === 'authorization-response' && notedBrake(error) === undefined;
}

/**
 * What a ticket for an application's route says to {@link countTicketUse}: `reason.seen` when using it is the beginning,
 * because a script got it. A redirect was counted when it was sent; the link of a page is used by a person's click,
 * which counts for nothing.
 */
function keyOfTicket(reason: string, seen: number, { kind }: RequestFacts): string {
  return kind === 'script' ? `${reason}.${String(seen)}` : reason;
}

/** `Set-Cookie` values that count the use of a ticket of an application's own route. */
export function countTicketUse(
  sealer: Sealer,
  cookies: CookieSettings,
  { key, request }: OpenedTicket,
  cookieHeader: string | undefined,
  nowMs: number,
): string[] {
  const [, reason, seen] = /^([0-9a-z]+)\.(\d+)$/.exec(key) ?? []; // accepts "1x9k.0", refuses "1x9k"
  if (reason === undefined) return [];
  const state = started(openBrake(sealer, cookies, cookieHeader, nowMs), nowMs);
  return sealBrake(sealer, cookies, strike(state, placeKey(reason, request.returnTo), nowMs, Number(seen)), nowMs);
}

function fitting(decision: Decision): Decision {
  if (decision.claims === undefined || Buffer.byteLength(decision.claims) <= maxTicketClaims) return decision;
  const shorter: { claims?: string } & Decision = { ...decision };
  delete shorter.claims;
  return shorter;
}

/** Our own sign-in comes back to the page the person asked for; an application's knows no such parameter. Only pages show it. */
function signInUrl({ signInPath, countHere }: PlannerSettings, { kind, returnTo }: RequestFacts): string | undefined {
  if (kind !== 'navigation') return undefined;
  return signInPath === undefined || countHere || returnTo === '/'
    ? signInPath
    : `${signInPath}?return_to=${encodeURIComponent(returnTo)}`;
}

/** The loop brake of this browser; empty when there is none, or it is not ours. */
export function openBrake(
  sealer: Sealer,
  cookies: CookieSettings,
  cookieHeader: string | undefined,
  nowMs: number,
): BrakeState {
  const sealed = readCookie(cookieHeader, brakeCookie, cookies);
  return sealed === undefined ? [] : readBrake(sealer.open('brake', sealed, nowMs), nowMs);
}

export function sealBrake(sealer: Sealer, cookies: CookieSettings, state: BrakeState, nowMs: number): string[] {
  const sealed = sealer.seal('brake', state, nowMs + brakeWindowSeconds * 1000);
  return setCookies(brakeCookie, sealed, brakeWindowSeconds, cookies);
}
