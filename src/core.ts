/**
 * Entry `./core`: everything that needs no Express.
 *
 * @module aad-error-handler/core
 */
import { checkOptions, createSettings, readOverrides, respondOptionNames, type RespondOptions } from './options.js';
import { normalize, redactText, type NormalizeContext } from './normalize/index.js';
import { answer, type RequestLike, type RespondContext } from './responder.js';
import type { Undisclosed } from './respond/index.js';
import type { AadError, Decision, RequestFacts, ResponseSpec } from './types.js';

export * from './types.js';
export {
  listAadsts,
  localeTags,
  lookupAadsts,
  situationIds,
  type ListFilter,
  type LocaleTexts,
  type SituationTexts,
} from './catalog/index.js';
export { decide } from './decide/index.js';
export {
  diagnose,
  type DiagnosedService,
  type DiagnoseOptions,
  type Diagnosis,
  type DiagnosisConfidence,
  type DiagnosisFinding,
  type TokenFacts,
} from './doctor/index.js';
export {
  explain,
  type CodeExplanation,
  type ExplainedChallenge,
  type ExplainedIds,
  type ExplainedInput,
  type Explanation,
  type ExplainOptions,
} from './explain/index.js';
export { isLocalUrl } from './interaction/index.js';
export { isAadError, parseChallenges, type Challenge, type NormalizeContext } from './normalize/index.js';
export { formatChallenge, type ChallengeInput, type Undisclosed } from './respond/index.js';
export {
  AadOptionsError,
  type BrandingOptions,
  type LocaleOption,
  type OptionErrorCode,
  type OwnLocale,
  type RespondOptions,
  type TextOption,
} from './options.js';
export {
  AadCircuitOpenError,
  aadNetworkClient,
  AadRetryOptionsError,
  AadRetryTimeoutError,
  createCircuitBreaker,
  createMemoryBreakerStore,
  createRedisBreakerStore,
  parseRetryAfter,
  withAadRetry,
  type AadNetworkClient,
  type AadNetworkClientOptions,
  type AadNetworkRequestOptions,
  type AadNetworkResponse,
  type AadRetryCall,
  type AadRetryErrorCode,
  type AadRetryOptions,
  type Admission,
  type BreakerPass,
  type BreakerRecord,
  type BreakerRedisClient,
  type BreakerStore,
  type CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitEvent,
  type CircuitState,
  type FetchLike,
  type RedisBreakerStoreOptions,
} from './retry/index.js';
export {
  DownstreamChallengeError,
  throwOnChallenge,
  type ResponseLike,
  type ThrowOnChallengeOptions,
} from './throw-on-challenge.js';
export type { RequestLike, RespondContext } from './responder.js';

/**
 * Reads anything that was thrown or received as an identity error.
 *
 * @param thrown MSAL errors of majors 1 to 7, token-endpoint bodies, callback parameters, HTTP answers and the errors of
 *   HTTP clients around them, `WWW-Authenticate` values, Graph, ARM, SharePoint and Key Vault bodies, @azure/identity,
 *   openid-client, passport-azure-ad, wrapped chains, log text
 * @returns undefined when nothing shows that it is an identity error; never a guess. Never throws.
 */
export function normalizeAadError(thrown: unknown, context: NormalizeContext = {}): AadError | undefined {
  return normalize(thrown, context.nowMs === undefined ? { ...context, nowMs: Date.now() } : context);
}

/**
 * A text, or the texts of an error, without secrets and personal data. Codes, ids and times stay.
 *
 * @returns a text for a text or bytes; for anything else its message, or its JSON, redacted; at most 16 KiB
 */
export function redact(value: unknown): string {
  if (typeof value === 'string') return redactText(value);
  if (value === null || value === undefined) return '';
  try {
    const message: unknown = typeof value === 'object' ? (value as { message?: unknown }).message : undefined;
    if (typeof message === 'string') return redactText(message);
    // Bytes are a text that nobody has decoded; JSON would write each of them as a member.
    if (value instanceof Uint8Array) return redactText(Buffer.from(value.subarray(0, 16_384)).toString('utf8'));
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? redactText(text) : '';
  } catch {
    return '';
  }
}

/** The answer as data, and what it came from. */
export interface Answer {
  /** Status, headers and body. */
  readonly response: ResponseSpec;
  /** To be added to the response, each one a `Set-Cookie`. */
  readonly setCookies: readonly string[];
  readonly error: AadError;
  /** What the answer says. */
  readonly decision: Decision;
  /** For logs: what really happened, when the answer must not tell whether an account exists. */
  readonly undisclosed: Undisclosed | undefined;
  readonly facts: RequestFacts;
  readonly retryAfterSeconds: number | undefined;
}

/** Answers identity errors in any framework. */
export interface AadResponder {
  /**
   * The answer as data, or undefined when the thrown value is no identity error.
   *
   * @throws AadOptionsError for wrong `overrides` in the context
   */
  respond(thrown: unknown, request: RequestLike, context?: RespondContext): Answer | undefined;
}

/**
 * The middleware's answers without Express: give it what was thrown and the request's method, url and headers.
 *
 * @throws AadOptionsError at start-up
 */
export function createAadResponder(options: RespondOptions = {}): AadResponder {
  const call = 'createAadResponder';
  checkOptions(call, options, respondOptionNames);
  const settings = createSettings(call, options, process.env['NODE_ENV']);
  return {
    respond(thrown, request, context) {
      // Checked whatever was thrown: a mistake must not wait for the first identity error.
      const overrides = checkedOverrides(call, context?.overrides);
      return answer(thrown, request, settings, { ...context, overrides, nowMs: Date.now() });
    },
  };
}

function checkedOverrides(call: string, overrides: RespondContext['overrides']): RespondContext['overrides'] {
  if (overrides === undefined) return undefined;
  checkOptions(call, { overrides }, { overrides: respondOptionNames.overrides });
  return readOverrides(call, overrides);
}
