import type { AadError, Flow, Origin, Producer } from '../types.js';
import { ownFields } from '../own-fields.js';
import { redactText } from './redact.js';

/** What a reader found; the same members as AadError, all optional but producer and origin. */
export interface Reading {
  producer: Producer;
  origin: Origin;
  oauthError?: string | undefined;
  suberror?: string | undefined;
  aadstsCodes?: number[] | undefined;
  b2cCodes?: string[] | undefined;
  clientCode?: string | undefined;
  claims?: string | undefined;
  claimsDropped?: boolean | undefined;
  scopes?: readonly string[] | undefined;
  rawDescription?: string | undefined;
  traceId?: string | undefined;
  correlationId?: string | undefined;
  requestCorrelationId?: string | undefined;
  timestamp?: string | undefined;
  errorUri?: string | undefined;
  status?: number | undefined;
  retryAfterSeconds?: number | undefined;
  throttledLocally?: boolean | undefined;
  flow?: Flow | undefined;
  /** Nothing in the value shows that it came from the identity platform. */
  unconfirmed?: boolean | undefined;
}

/** Copies of this package (ESM and CJS, two versions) recognise each other's errors by this key. */
const brand = Symbol.for('aad-error-handler.AadError');

/**
 * The one implementation of AadError. `cause` and `description` live in private fields behind getters: loggers and
 * JSON.stringify do not print them, and redaction is paid only by those who read the description.
 */
class NormalizedError {
  declare readonly producer: Producer;
  declare readonly origin: Origin;
  declare readonly aadstsCodes: readonly number[];
  declare readonly b2cCodes: readonly string[];
  readonly #cause: unknown;
  readonly #rawDescription: string | undefined;

  constructor(reading: Reading, cause: unknown) {
    this.producer = reading.producer;
    this.origin = reading.origin;
    this.aadstsCodes = reading.aadstsCodes ?? [];
    this.b2cCodes = reading.b2cCodes ?? [];
    const own = this as { -readonly [Key in keyof AadError]: AadError[Key] };
    if (reading.oauthError !== undefined) own.oauthError = reading.oauthError;
    if (reading.suberror !== undefined) own.suberror = reading.suberror;
    if (reading.clientCode !== undefined) own.clientCode = reading.clientCode;
    if (reading.claims !== undefined) own.claims = reading.claims;
    else if (reading.claimsDropped === true) own.claimsDropped = true;
    if (reading.scopes !== undefined) own.scopes = reading.scopes;
    if (reading.traceId !== undefined) own.traceId = reading.traceId;
    if (reading.correlationId !== undefined) own.correlationId = reading.correlationId;
    if (reading.requestCorrelationId !== undefined) own.requestCorrelationId = reading.requestCorrelationId;
    if (reading.timestamp !== undefined) own.timestamp = reading.timestamp;
    if (reading.errorUri !== undefined) own.errorUri = reading.errorUri;
    if (reading.status !== undefined) own.status = reading.status;
    if (reading.retryAfterSeconds !== undefined) own.retryAfterSeconds = reading.retryAfterSeconds;
    if (reading.throttledLocally !== undefined) own.throttledLocally = reading.throttledLocally;
    if (reading.flow !== undefined) own.flow = reading.flow;
    if (reading.unconfirmed === true) own.unconfirmed = true;
    this.#cause = cause;
    this.#rawDescription = reading.rawDescription;
  }

  get [brand](): true {
    return true;
  }

  get cause(): unknown {
    return this.#cause;
  }

  get description(): string | undefined {
    return this.#rawDescription === undefined ? undefined : redactText(this.#rawDescription);
  }
}

/** Fields that may be absent: looked up here and not in an Object.prototype that somebody polluted. */
for (const name of [
  ...['oauthError', 'suberror', 'clientCode', 'claims', 'claimsDropped', 'scopes', 'traceId', 'correlationId'],
  ...['requestCorrelationId', 'timestamp', 'errorUri', 'status', 'retryAfterSeconds', 'throttledLocally', 'flow'],
  'unconfirmed',
]) {
  Object.defineProperty(NormalizedError.prototype, name, { value: undefined, writable: true });
}

/** @internal */
export function createNormalized(reading: Reading, cause: unknown): AadError {
  return new NormalizedError(ownFields(reading), cause) as unknown as AadError;
}

/** Whether a value is an AadError of this or another copy of the package. */
export function isAadError(value: unknown): value is AadError {
  try {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  } catch {
    return false;
  }
}

/** An error of this library's own: a callback without a sign-in, used or forged tickets. */
export function ownError(clientCode: string, status?: number): AadError {
  return createNormalized({ producer: 'aad-error-handler', origin: 'client', clientCode, status }, undefined);
}
