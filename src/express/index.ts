/** Door of express/: the only folder that sees `req` and `res`. */
export { aadAuthResponse, type AadAuthResponseOptions } from './auth-response.js';
export { aadErrorHandler, type AadErrorHandlerOptions, type InteractionRouter } from './error-handler.js';
export { aadErrorExplorer, type AadErrorExplorerOptions } from './explorer.js';
export { readInteractionTicket, type InteractionTicketOptions } from './interaction-ticket.js';
export {
  msalInteraction,
  TokenRequestError,
  type AccountLike,
  type AuthorizationCodeAnswer,
  type AuthorizationCodeRequest,
  type AuthorizationUrlRequest,
  type MsalClient,
  type MsalInteraction,
  type MsalInteractionOptions,
  type ResultOf,
  type SilentTokenRequest,
  type TokenOf,
  type TokenRequest,
} from './msal-interaction.js';
export type { CustomInteraction } from './own-start.js';
export { requireAuthContext, type AuthContextOptions, type StepUpOptions } from './require-auth-context.js';
export type { ClaimsOf, TokenClaims } from './token-claims.js';
export type { AppFunction, AppRequest, ErrorHandler, Handler, Next, RequestIn, ResponseOut } from './types.js';
