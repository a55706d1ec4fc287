import type { InteractionRequest } from '../types.js';
import { clearCookies, cookieNames, readCookie, setCookies, type CookieSettings } from './cookies.js';
import { randomTextPooled } from './random.js';
import { toLocalUrl } from './return-url.js';
import type { Sealer } from './sealed.js';

/** Seconds a ticket may lie in a tab before it is used. */
export const ticketSeconds = 600;
/** A sealed directive is handed out again for the same wish this long, so a ticket lasts 570 to 600 seconds. */
const reuseSeconds = 30;
/** Sealed directives kept for reuse: one for each policy, scope and reason that people meet at the same time. */
const maxDirectives = 16;

/** What a sign-in is for: the sealed part of a ticket, the same for everybody whom one policy sends to sign in. */
interface Directive {
  readonly key: string;
  /** Without `returnTo` when the cookie says it. */
  readonly request: Omit<InteractionRequest, 'returnTo'> & Partial<Pick<InteractionRequest, 'returnTo'>>;
}

/**
 * A sealed interaction request for a URL, and the cookie that makes it work once and in this browser only.
 *
 * The text is `<sealed directive>~<id>`; the cookie of that id says where to come back to. So what Entra will be asked
 * cannot be changed by anybody, and the place, which whoever sits at the browser may choose anyway, is checked again
 * when the ticket is opened. Sealing is most of the cost of a redirect and is shared this way.
 */
export interface Ticket {
  readonly text: string;
  readonly setCookies: readonly string[];
}

const cookiePrefix = 'aad-ticket-';
const cookieOf = (id: string): string => cookiePrefix + id;

/** Unused tickets kept side by side: a page that polls must not fill the cookie jar and push the session out of it. */
const maxTickets = 8;
/** Longer return URLs are sealed into the ticket: eight cookies of them would fill Node's header block of 16 KiB. */
const maxCookieReturnTo = 256;
/** In place of a return URL that is sealed. */
const sealedReturnTo = '1';

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
  const id = randomTextPooled(6);
  const { returnTo } = request;
  const fitsCookie = returnTo.length <= maxCookieReturnTo && isCookieValue(returnTo);
  const sealed = fitsCookie
    ? sharedDirective(sealer, request, key, nowMs)
    : sealDirective(sealer, { key, request }, nowMs);
  const own = setCookies(cookieOf(id), fitsCookie ? returnTo : sealedReturnTo, ticketSeconds, cookies);
  return {
    text: `${sealed}~${id}`,
    setCookies: cookieHeader?.includes(cookiePrefix) === true ? [...own, ...surplus(cookieHeader, cookies)] : own,
  };
}

/** A path of cookie-octets, RFC 6265 section 4.1.1: visible ASCII without `"`, `,`, `;` and `\\`. */
function isCookieValue(text: string): boolean {
  if (text.charCodeAt(0) !== 47) return false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x21 || unit > 0x7e || unit === 0x22 || unit === 0x2c || unit === 0x3b || unit === 0x5c) return false;
  }
  return true;
}

function surplus(cookieHeader: string, cookies: CookieSettings): string[] {
  const unused = cookieNames(cookieHeader, cookiePrefix, cookies);
  return unused
    .slice(0, Math.max(0, unused.length - maxTickets + 1))
    .flatMap((name) => clearCookies(cookieHeader, name, cookies));
}

function sealDirective(sealer: Sealer, directive: Directive, nowMs: number): string {
  return sealer.seal('ticket', directive, nowMs + ticketSeconds * 1000);
}

interface SharedDirective {
  readonly request: InteractionRequest;
  readonly key: string;
  readonly sealedAtMs: number;
  readonly text: string;
}

const shared = new WeakMap<Sealer, SharedDirective[]>();

/** The sealed directive of a request, sealed anew when it is not among the latest ones. */
function sharedDirective(sealer: Sealer, request: InteractionRequest, key: string, nowMs: number): string {
  let latest = shared.get(sealer);
  if (latest === undefined) {
    latest = [];
    shared.set(sealer, latest);
  }
  for (const entry of latest) {
    const ageMs = nowMs - entry.sealedAtMs;
    if (ageMs >= 0 && ageMs < reuseSeconds * 1000 && entry.key === key && asksTheSame(entry.request, request))
      return entry.text;
  }
  const directive: { returnTo?: string } & Directive['request'] = { ...request };
  delete directive.returnTo;
  const text = sealDirective(sealer, { key, request: directive }, nowMs);
  const isOther = (entry: SharedDirective): boolean => entry.key !== key || !asksTheSame(entry.request, request);
  shared.set(sealer, [
    { request, key, sealedAtMs: nowMs, text },
    ...latest.filter(isOther).slice(0, maxDirectives - 1),
  ]);
  return text;
}

/** Every member but the place to come back to. */
function asksTheSame(one: InteractionRequest, other: InteractionRequest): boolean {
  return (
    one.action === other.action &&
    one.situation === other.situation &&
    one.code === other.code &&
    one.prompt === other.prompt &&
    one.claims === other.claims &&
    one.loginHint === other.loginHint &&
    one.domainHint === other.domainHint &&
    sameScopes(one.scopes, other.scopes)
  );
}

function sameScopes(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === other) return true;
  return one?.length === other?.length && one?.every((scope, index) => scope === other?.[index]) === true;
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
  const [sealed, id, ...rest] = typeof text === 'string' ? text.split('~', 3) : [];
  if (id === undefined || rest.length > 0 || !/^[\w-]{8}$/.test(id)) return undefined;
  const directive = sealer.open('ticket', sealed, nowMs) as Directive | undefined;
  if (directive === undefined) return undefined;
  const noted = readCookie(cookieHeader, cookieOf(id), cookies);
  if (noted === undefined) return 'cookie';
  const { key, request } = directive;
  return {
    request: { ...request, returnTo: request.returnTo ?? toLocalUrl(noted) ?? '/' },
    key,
    setCookies: clearCookies(cookieHeader, cookieOf(id), cookies),
  };
}
