/**
 * Entry `.`: the Express middleware and everything of `./core`.
 *
 * @module aad-error-handler
 */
export * from './core.js';
export {
  aadAuthResponse,
  aadErrorExplorer,
  aadErrorHandler,
  msalInteraction,
  readInteractionTicket,
  requireAuthContext,
  TokenRequestError,
  type AadAuthResponseOptions,
  type AadErrorExplorerOptions,
  type AadErrorHandlerOptions,
  type AccountLike,
  type AppFunction,
  type AppRequest,
  type AuthorizationCodeAnswer,
  type AuthContextOptions,
  type AuthorizationCodeRequest,
  type AuthorizationUrlRequest,
  type ClaimsOf,
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
  type ResultOf,
  type SilentTokenRequest,
  type StepUpOptions,
  type TokenClaims,
  type TokenOf,
  type TokenRequest,
} from './express/index.js';
export type { DecisionEvent, EventOptions, LoggerLike } from './events/index.js';
export type { PageLink, PageModel } from './respond/index.js';
