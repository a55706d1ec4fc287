import type { InteractionRequest } from '../types.js';
import { clearCookies, cookieNames, readCookie, setCookies, type CookieSettings } from './cookies.js';
import { randomBytesPooled } from './random.js';
import type { Sealer } from './sealed.js';

/** Seconds a ticket may lie in a tab before it is used. */
export const ticketSeconds = 600;

interface TicketPayload {
  readonly id: string;
  readonly key: string;
  readonly request: InteractionRequest;
}

/** A sealed interaction request for a URL, and the cookie that makes it work once and in this browser only. */
export interface Ticket {
  readonly text: string;
  readonly setCookies: readonly string[];
}

const cookiePrefix = 'aad-ticket-';
const cookieOf = (id: string): string => cookiePrefix + id;

/** Unused tickets kept side by side: a page that polls must not fill the cookie jar and push the session out of it. */
const maxTickets = 8;

/**
 * Makes a ticket; the oldest unused ones of this browser end when there are too many.
 *
 * @param key of the loop brake, so that the route that uses the ticket counts the same reason
 */
export function createTicket(
  sealer: Sealer,
  request: InteractionRequest,
  key: string,
  nowMs: number,
  cookies: CookieSettings,
  cookieHeader?: string,
): Ticket {
  const unused = cookieNames(cookieHeader, cookiePrefix, cookies);
  const surplus = unused.slice(0, Math.max(0, unused.length - maxTickets + 1));
  const id = randomBytesPooled(6).toString('base64url');
  const payload: TicketPayload = { id, key, request };
  return {
    text: sealer.seal('ticket', payload, nowMs + ticketSeconds * 1000),
    setCookies: [
      ...setCookies(cookieOf(id), '1', ticketSeconds, cookies),
      ...surplus.flatMap((name) => clearCookies(cookieHeader, name, cookies)),
    ],
  };
}

export interface OpenedTicket {
  readonly request: InteractionRequest;
  readonly key: string;
  /** Deletes the cookie, so that the ticket cannot be used again. */
  readonly setCookies: readonly string[];
}

/**
 * What a ticket asks for, if it is ours, in time and unused in this browser.
 *
 * @returns `'cookie'` when only the cookie is missing: used before, another browser, or cookies are refused
 */
export function openTicket(
  sealer: Sealer,
  text: unknown,
  cookieHeader: string | undefined,
  nowMs: number,
  cookies: CookieSettings,
): OpenedTicket | 'cookie' | undefined {
  const payload = sealer.open('ticket', text, nowMs) as TicketPayload | undefined;
  if (payload === undefined) return undefined;
  if (readCookie(cookieHeader, cookieOf(payload.id), cookies) === undefined) return 'cookie';
  return {
    request: payload.request,
    key: payload.key,
    setCookies: clearCookies(cookieHeader, cookieOf(payload.id), cookies),
  };
}
