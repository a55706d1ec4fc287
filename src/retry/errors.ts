/** The part of an HTTP answer that normalizeAadError reads, so that the middleware answers 503 with Retry-After. */
interface LocalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
}

const answer = (status: number, text: string, retryAfterSeconds?: number): LocalAnswer => ({
  status,
  headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  body: { error: 'temporarily_unavailable', error_description: text },
});

/** The circuit is open: nothing was asked. Read by normalizeAadError as `temporarily_unavailable` with Retry-After. */
export class AadCircuitOpenError extends Error implements LocalAnswer {
  override readonly name = 'AadCircuitOpenError';
  readonly code = 'ERR_AAD_CIRCUIT_OPEN';
  readonly retryAfterMs: number;
  readonly status: number;
  readonly headers: LocalAnswer['headers'];
  readonly body: LocalAnswer['body'];

  constructor(authority: string, retryAfterMs: number, cause?: unknown) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    super(
      `No request to ${authority}: its circuit is open for another ${String(seconds)} s. [ERR_AAD_CIRCUIT_OPEN]`,
      cause === undefined ? {} : { cause },
    );
    this.retryAfterMs = retryAfterMs;
    ({
      status: this.status,
      headers: this.headers,
      body: this.body,
    } = answer(503, 'The circuit of the authority is open.', seconds));
  }
}

/** `fn` did not settle within the budget. Read by normalizeAadError as `temporarily_unavailable`, HTTP 504. */
export class AadRetryTimeoutError extends Error implements LocalAnswer {
  override readonly name = 'AadRetryTimeoutError';
  readonly code = 'ERR_AAD_RETRY_TIMEOUT';
  /** Calls that were made, the one that did not settle included. */
  readonly attempts: number;
  readonly status: number;
  readonly headers: LocalAnswer['headers'];
  readonly body: LocalAnswer['body'];

  /** @param cause what the call before failed with, if there was one */
  constructor(attempts: number, budgetMs: number, cause: unknown) {
    super(
      `Call ${String(attempts)} had not settled when the budget of ${String(budgetMs)} ms was spent. [ERR_AAD_RETRY_TIMEOUT]`,
      cause === undefined ? {} : { cause },
    );
    this.attempts = attempts;
    ({
      status: this.status,
      headers: this.headers,
      body: this.body,
    } = answer(504, 'The call did not settle within its time budget.'));
  }
}
