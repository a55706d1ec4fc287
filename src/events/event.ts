import type { AadAction, Decision, RequestKind } from '../types.js';

/** One decision, as hooks and logs see it. At most 14 members, short values, no free text. */
export interface DecisionEvent {
  readonly action: AadAction;
  readonly situation: string;
  readonly rule: string;
  readonly who: Decision['who'];
  readonly retryable: boolean;
  readonly status: number;
  readonly kind: RequestKind;
  readonly code?: string;
  readonly error?: string;
  readonly clientCode?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
  readonly timestamp?: string;
  /** The server's text, redacted and cut to 1,000 characters; only with the option logServerText. Personal data. */
  readonly serverText?: string;
}
