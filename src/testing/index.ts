/**
 * Entry `aad-error-handler/testing`: LocalEntra, createAadError and builders of the answers that Entra and resources send.
 *
 * @module aad-error-handler/testing
 */
export {
  aadErrorFlows,
  aadErrorMajors,
  createAadError,
  type AadErrorFlow,
  type AadErrorMajor,
  type AadErrorOptions,
  type MsalLikeError,
} from './create-aad-error.js';
export {
  createLocalEntra,
  type AccessTokenRequest,
  type LocalEntra,
  type LocalMsalConfiguration,
  type ThrottleOptions,
} from './local-entra.js';
export type { LocalNetworkClient, LocalNetworkRequestOptions, LocalNetworkResponse } from './network-client.js';
export type { LocalEntraClient, LocalEntraOptions } from './options.js';
export { planFlows, planOutages } from './plans.js';
export type { FailurePlan, PendingPlan, PlanDetails, PlanFlow, PlanOutage } from './plans.js';
export type { TestingError, TestingErrorCode } from './refusal.js';
export {
  authorizationErrorResponse,
  claimsChallengeResponse,
  graphErrorKinds,
  graphErrorResponse,
  tokenErrorResponse,
} from './responses.js';
export type { AuthorizationErrorDetails, GraphErrorKind, TestResponse, TokenErrorDetails } from './responses.js';
export type { RecordedRequest } from './state.js';
export { localEntraUsers, type LocalEntraUser, type UserTrouble } from './users.js';
