import type { ServerResponse } from 'node:http';
import { bodyText, sendAnswer, type EntraAnswer } from './http.js';
import type { FailurePlan, PlanOutage } from './plans.js';

const defaultSlowMs = 10_000;

/** Milliseconds a plan waits before its answer. @internal */
export function delayOf(plan: FailurePlan): number {
  return plan.delayMs ?? (plan.outage === 'slow' ? defaultSlowMs : 0);
}

const maintenancePage =
  '<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body><h1>Our services are not available</h1></body></html>';

/** Sends headers that promise more than arrives. */
function cut(response: ServerResponse, answer: EntraAnswer): void {
  const text = bodyText(answer);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(text) + 1000 });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => {
    response.socket?.destroy();
  });
}

/**
 * Breaks a response as a plan says. `answer` is what would have been sent.
 *
 * @internal
 */
export function breakResponse(
  response: ServerResponse,
  outage: Exclude<PlanOutage, 'slow'>,
  answer: EntraAnswer,
  plan: FailurePlan,
): void {
  const retryAfter = plan.retryAfterSeconds === undefined ? {} : { 'retry-after': String(plan.retryAfterSeconds) };
  const extra = { ...retryAfter, ...plan.headers };
  switch (outage) {
    case 'refuse':
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'cut':
      cut(response, { ...answer, headers: { ...answer.headers, ...extra } });
      return;
    case 'html':
      sendAnswer(response, {
        status: plan.status ?? 503,
        headers: { 'content-type': 'text/html; charset=utf-8', ...extra },
        body: maintenancePage,
      });
      return;
    case 'empty':
      sendAnswer(response, { status: plan.status ?? 503, headers: extra, body: '' });
      return;
    case 'invalid-json':
      sendAnswer(response, {
        status: plan.status ?? 200,
        headers: { 'content-type': 'application/json; charset=utf-8', ...extra },
        body: '{"token_type":"Bearer","access_',
      });
  }
}
