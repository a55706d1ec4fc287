/** What an operator learns: events, log lines and alerts. Redacted by construction; nothing here can touch an answer. */
import diagnosticsChannel from 'node:diagnostics_channel';
import type { AadError, Decision, RequestKind } from '../types.js';
import type { DecisionEvent } from './event.js';
import { recordTelemetry } from './telemetry.js';

export type { DecisionEvent } from './event.js';
import { isKnownClientCode, ruleOfCode, ruleOfOauthError, ruleOfSuberror } from '../catalog/index.js';

/** A logger as pino has it: an object, then a sentence. `console` fits too. */
export interface LoggerLike {
  info(record: object, message?: string): unknown;
  warn(record: object, message?: string): unknown;
  error(record: object, message?: string): unknown;
}

/** What an operator is told, and how. */
export interface EventOptions {
  /** Called once for each answered error, after the answer. What it throws or rejects with is ignored. @defaultValue none */
  readonly onDecision?: (event: DecisionEvent) => unknown;
  /**
   * Called when an operator must act (`fix_config`: secrets, registration): once per situation, code and interval; codes
   * that the catalogue does not know count as one. All authorization responses together raise one an interval, because
   * anybody can write one: look into the log before acting on it.
   * @defaultValue none
   */
  readonly onOperatorAlert?: (event: DecisionEvent) => unknown;
  /** Seconds between two alerts for the same reason, 0 (every time) or more; each process counts for itself. @defaultValue 3600 */
  readonly operatorAlertIntervalSeconds?: number;
  /**
   * Gets one record an answered error, as pino and console take it: `error` for `fix_config` and `unknown`, `warn` for
   * `retry` and `contact_admin`, else `info`. @defaultValue none
   */
  readonly logger?: LoggerLike;
  /** Adds the server's text to events, redacted and cut to 1,000 characters. Still personal data. @defaultValue false */
  readonly logServerText?: boolean;
  /**
   * Counts decisions (`aad.errors` by action and situation) and marks the active span, when the application has
   * @opentelemetry/api. @defaultValue false
   */
  readonly telemetry?: boolean;
}

const channel = diagnosticsChannel.channel('aad-error-handler:decision');
const maxAlertReasons = 200;

/** Reports decisions. Hooks run after the answer, cannot delay or change it, and may throw or reject. */
export interface Reporter {
  readonly wanted: boolean;
  /** @param answered resolves when the answer has been given; absent: it is given in this turn of the event loop */
  report(
    error: AadError,
    decision: Decision,
    status: number,
    kind: RequestKind,
    nowMs: number,
    answered?: Promise<unknown>,
  ): void;
}

export function createReporter(options: EventOptions): Reporter {
  const { onDecision, onOperatorAlert, logger } = options;
  const intervalMs = (options.operatorAlertIntervalSeconds ?? 3_600) * 1_000;
  const lastAlert = new Map<string, number>();
  const telemetry = options.telemetry === true;
  const hooks = [onDecision, onOperatorAlert, logger].filter((hook) => hook !== undefined).length;
  const hasHooks = telemetry || hooks > 0;
  const isShared = hooks > 1;

  const alertIsDue = (reason: string, nowMs: number): boolean => {
    const last = lastAlert.get(reason);
    if (last !== undefined && nowMs - last < intervalMs && nowMs >= last) return false;
    // Put in again, so that the first one is the one that was told longest ago.
    lastAlert.delete(reason);
    lastAlert.set(reason, nowMs);
    const [oldest] = lastAlert.keys();
    if (lastAlert.size > maxAlertReasons && oldest !== undefined) lastAlert.delete(oldest);
    return true;
  };

  const handOut = (event: DecisionEvent, isAlert: boolean): void => {
    // One hook cannot change what the next one gets.
    if (isShared || channel.hasSubscribers) Object.freeze(event);
    if (channel.hasSubscribers) guarded(publish, event);
    if (onDecision !== undefined) guarded(onDecision, event);
    if (logger !== undefined) guarded((given) => log(logger, given), event);
    if (isAlert && onOperatorAlert !== undefined) guarded(onOperatorAlert, event);
  };

  return {
    get wanted() {
      return hasHooks || channel.hasSubscribers;
    },
    report(error, decision, status, kind, nowMs, answered = settled) {
      if (!hasHooks && !channel.hasSubscribers) return;
      const event = toEvent(error, decision, status, kind, options.logServerText === true);
      // The span of the request is active now, not later.
      if (telemetry) guarded(recordTelemetry, event);
      // A microtask: the answer has been handed to the socket by then, and an event-loop turn of its own costs more than
      // the whole answer. A promise's, because queueMicrotask of Node 20 makes an AsyncResource for each call.
      const isAlert =
        onOperatorAlert !== undefined &&
        event.action === 'fix_config' &&
        alertIsDue(reasonOf(event, error.origin), nowMs);
      void answered.then(() => {
        handOut(event, isAlert);
      });
    },
  };
}

const settled = Promise.resolve();

/**
 * What counts as the same alert.
 *
 * An authorization response is written by whoever can open the redirect URI, so its alerts must neither become many nor
 * use up those of the token endpoint: all of them share one reason. None at all would hide a wrong scope or registration
 * that Entra reports nowhere else. For the same cause only codes of the catalogue tell reasons apart.
 */
function reasonOf({ situation, code, clientCode }: DecisionEvent, origin: AadError['origin']): string {
  if (origin === 'authorization-response') return origin;
  const known = code !== undefined && ruleOfCode(code) !== undefined ? code : clientCode;
  return `${situation} ${known ?? ''}`;
}

const publish = (event: DecisionEvent): void => {
  channel.publish(event);
};

/** Runs a hook; what it throws or rejects with ends here. */
function guarded(hook: (event: DecisionEvent) => unknown, event: DecisionEvent): void {
  try {
    const result = hook(event);
    if (typeof result === 'object' && result !== null && 'then' in result)
      Promise.resolve(result).catch(() => undefined);
  } catch {
    // A hook of the application must not reach the person who is waiting for a page.
  }
}

/** @returns what the logger returned, which is a promise for some and may reject */
function log(logger: LoggerLike, event: DecisionEvent): unknown {
  const sentence = `identity error: ${event.action} (${event.situation}${event.code === undefined ? '' : `, ${event.code}`})`;
  if (event.action === 'fix_config' || event.action === 'unknown') return logger.error(event, sentence);
  if (event.action === 'retry' || event.action === 'contact_admin') return logger.warn(event, sentence);
  return logger.info(event, sentence);
}

function toEvent(
  error: AadError,
  decision: Decision,
  status: number,
  kind: RequestKind,
  withText: boolean,
): DecisionEvent {
  // Assignments instead of conditional spreads: this object is made for every error.
  const event: { -readonly [Key in keyof DecisionEvent]: DecisionEvent[Key] } = {
    action: decision.action,
    situation: decision.situation,
    rule: decision.rule,
    who: decision.who,
    retryable: decision.retryable,
    status,
    kind,
  };
  if (decision.code !== undefined) event.code = decision.code;
  if (error.oauthError !== undefined && ruleOfOauthError(error.oauthError) !== undefined)
    event.error = error.oauthError + suffix(error);
  if (error.clientCode !== undefined && isKnownClientCode(error.clientCode)) event.clientCode = error.clientCode;
  if (error.correlationId !== undefined) event.correlationId = error.correlationId;
  if (error.traceId !== undefined) event.traceId = error.traceId;
  if (error.timestamp !== undefined) event.timestamp = error.timestamp;
  const text = withText ? error.description : undefined;
  if (text !== undefined) event.serverText = oneLine(text.slice(0, 1_000));
  return event;
}

/** `/basic_action`, when the suberror is a known one. */
function suffix(error: AadError): string {
  return error.suberror !== undefined && ruleOfSuberror(error.suberror) !== undefined ? `/${error.suberror}` : '';
}

/** Printable text on one line: control, format (bidirectional, zero-width), separator and half characters become blanks. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' '); // changes CR LF and U+202E
}
