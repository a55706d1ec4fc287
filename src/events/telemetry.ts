import type { Counter } from '@opentelemetry/api';
import type { DecisionEvent } from './event.js';

type OpenTelemetry = typeof import('@opentelemetry/api');

let loading: Promise<void> | undefined;
let loaded: { readonly api: OpenTelemetry; readonly counter: Counter } | undefined;

/**
 * Counts a decision and marks the active span, in applications that have @opentelemetry/api. The package is looked for
 * once, with the first error; that error itself may go uncounted. Attributes have few values: action, situation, kind.
 */
export function recordTelemetry(event: DecisionEvent): void {
  if (loaded === undefined) {
    loading ??= load();
    return;
  }
  const attributes = { 'aad.action': event.action, 'aad.situation': event.situation, 'aad.kind': event.kind };
  loaded.counter.add(1, attributes);
  loaded.api.trace.getActiveSpan()?.addEvent('aad.decision', { ...attributes, 'aad.code': event.code ?? '' });
}

async function load(): Promise<void> {
  try {
    const api = await import('@opentelemetry/api');
    const counter = api.metrics
      .getMeter('aad-error-handler')
      .createCounter('aad.errors', { description: 'Identity errors answered, by action and situation' });
    loaded = { api, counter };
  } catch {
    // Not installed: the application does not use OpenTelemetry.
  }
}
