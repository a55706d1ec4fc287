/** Entry `.`: the Express middleware and everything of `./core`. */
export * from './core.js';
export {
  aadAuthResponse,
  aadErrorHandler,
  msalInteraction,
  readInteractionTicket,
  requireAuthContext,
  type AadAuthResponseOptions,
  type AadErrorHandlerOptions,
  type AccountLike,
  type AuthContextOptions,
  type AuthorizationCodeRequest,
  type AuthorizationUrlRequest,
  type CustomInteraction,
  type ErrorHandler,
  type Handler,
  type InteractionRouter,
  type InteractionTicketOptions,
  type MsalClient,
  type MsalInteraction,
  type MsalInteractionOptions,
  type Next,
  type RequestIn,
  type ResponseOut,
} from './express/index.js';
export type { DecisionEvent, EventOptions, LoggerLike } from './events/index.js';
export type { PageLink, PageModel } from './respond/index.js';
