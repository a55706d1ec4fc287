/** Door of interaction/: the next authorization request, sealed tickets, loop brake, claims ledger. No framework. */
export { noteCaller, notedCaller, refusedToCaller, type CallerNote, type StepUp } from './caller.js';
export { mergeClaims } from './claims-ledger.js';
export { clearCookies, cookieNames, readCookie, setCookies, type CookieSettings } from './cookies.js';
export {
  brakeWindowSeconds,
  countOf,
  finished,
  maxSignIns,
  maxStarts,
  noteBrake,
  readBrake,
  reasonKey,
  signInsFor,
  started,
  strike,
  type BrakeState,
  type CountedReason,
} from './loop-brake.js';
export { interactionRequest, notedReturnTo, noteReturnTo, type Hints } from './request.js';
export { isLocalUrl, toLocalUrl } from './return-url.js';
export { createSealer, type Purpose, type Sealer } from './sealed.js';
export { createTicket, openTicket, ticketSeconds, type OpenedTicket, type Ticket } from './ticket.js';
export { adminConsentUrl, readAdminConsentResponse, type AdminConsentRequest } from './admin-consent.js';
export {
  brakeCookie,
  countTicketUse,
  createPlanner,
  openBrake,
  sealBrake,
  type Plan,
  type Planner,
  type PlannerSettings,
} from './planner.js';
export { plannerKey, plannerOf } from './brand.js';
