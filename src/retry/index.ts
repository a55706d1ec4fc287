/** Door of retry/: Retry-After, withAadRetry, the network client for MSAL, circuit breakers. */
export { maxRetryAfterSeconds, parseRetryAfter } from '../normalize/index.js';
export { createMemoryBreakerStore, type BreakerRecord, type BreakerStore } from './breaker-store.js';
export {
  createCircuitBreaker,
  type Admission,
  type BreakerPass,
  type CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitEvent,
  type CircuitState,
} from './circuit-breaker.js';
export { AadCircuitOpenError, AadRetryTimeoutError } from './errors.js';
export {
  aadNetworkClient,
  type AadNetworkClient,
  type AadNetworkClientOptions,
  type AadNetworkRequestOptions,
  type AadNetworkResponse,
  type FetchLike,
} from './network-client.js';
export { AadRetryOptionsError, type AadRetryErrorCode } from './options.js';
export {
  createRedisBreakerStore,
  type BreakerRedisClient,
  type RedisBreakerStoreOptions,
} from './redis-breaker-store.js';
export { withAadRetry, type AadRetryCall, type AadRetryOptions } from './with-aad-retry.js';
