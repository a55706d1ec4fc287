import type { AadError, Decision, RequestFacts } from '../types.js';
import { readCookie, setCookies, type CookieSettings } from './cookies.js';
import { brakeWindowSeconds, readBrake, reasonKey, signInsFor, strike, type BrakeState } from './loop-brake.js';
import { interactionRequest } from './request.js';
import type { Sealer } from './sealed.js';
import { createTicket } from './ticket.js';

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
  attempts(error: AadError, cookieHeader: string | undefined, nowMs: number): number;
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
   * The place where sign-ins are counted: here, when startPath is the application's own route; there, when it is ours and
   * sees every use of a ticket.
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
  const { sealer, cookies } = settings;
  return {
    attempts(error, cookieHeader, nowMs) {
      const state = openBrake(sealer, cookies, cookieHeader, nowMs);
      return state.length === 0 ? 0 : signInsFor(state, reasonKey(error, undefined));
    },
    plan(decision, error, facts, cookieHeader) {
      const request = interactionRequest(fitting(decision), facts.returnTo);
      const isNeeded = request !== undefined && facts.kind !== 'api';
      const key = isNeeded ? reasonKey(error, undefined) : '';
      const counted =
        isNeeded && settings.countHere && facts.redirectable
          ? sealBrake(
              sealer,
              cookies,
              strike(openBrake(sealer, cookies, cookieHeader, facts.nowMs), key, facts.nowMs),
              facts.nowMs,
            )
          : none;
      const { startPath } = settings;
      const ticket =
        isNeeded && startPath !== undefined
          ? createTicket(sealer, request, key, facts.nowMs, cookies, cookieHeader)
          : undefined;
      return {
        url: ticket && `${startPath ?? ''}${startPath?.includes('?') === true ? '&' : '?'}ticket=${ticket.text}`,
        // Only pages show it: a redirect does not pay for its encoding.
        get signInUrl() {
          return signInUrl(settings, facts.returnTo);
        },
        adminConsentUrl: settings.adminConsentUrl,
        attempts: decision.rule === 'loop-brake' ? mostOf(openBrake(sealer, cookies, cookieHeader, facts.nowMs)) : 0,
        setCookies:
          ticket === undefined ? counted : counted === none ? ticket.setCookies : [...ticket.setCookies, ...counted],
      };
    },
  };
}

const none: readonly string[] = [];

const mostOf = (state: BrakeState): number => state.reduce((most, entry) => Math.max(most, entry.count), 0);

function fitting(decision: Decision): Decision {
  if (decision.claims === undefined || Buffer.byteLength(decision.claims) <= maxTicketClaims) return decision;
  const shorter: { claims?: string } & Decision = { ...decision };
  delete shorter.claims;
  return shorter;
}

/** Our own sign-in comes back to the page the person asked for; an application's knows no such parameter. */
function signInUrl({ signInPath, countHere }: PlannerSettings, returnTo: string): string | undefined {
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
