/** Door of retry/: Retry-After and withAadRetry. */
export { maxRetryAfterSeconds, parseRetryAfter } from '../normalize/index.js';
export { withAadRetry, type AadRetryOptions } from './with-aad-retry.js';
