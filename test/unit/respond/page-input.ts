import { normalizeAadError, type RespondOptions } from '../../../src/index.js';
import { createSettings } from '../../../src/options.js';
import type { AnswerPlan, RespondInput } from '../../../src/respond/index.js';
import { tokenErrorResponse } from '../../../src/testing/index.js';
import type { AadAction, RequestFacts, Who } from '../../../src/types.js';

export const correlationId = '4e5f6a7b-2222-4ccc-9ddd-abcdef012345';
const traceId = '0a1b2c3d-1111-4aaa-8bbb-0123456789ab';

export interface PageQuestion {
  readonly action: AadAction;
  readonly situation: string;
  readonly who?: Who;
  readonly locale?: string;
  readonly safe?: boolean;
  readonly plan?: Partial<AnswerPlan>;
  readonly options?: RespondOptions;
}

/** What the page of one decision is made from, with an error that Entra could have sent. */
export function pageInput(question: PageQuestion): RespondInput {
  const { action, situation, who = 'user', locale = 'en', safe = true, plan, options = {} } = question;
  const nowMs = Date.UTC(2026, 0, 15, 10, 20, 30);
  const facts: RequestFacts = {
    kind: 'navigation',
    method: safe ? 'GET' : 'POST',
    safe,
    redirectable: safe,
    returnTo: '/mail?folder=1',
    instance: '/mail',
    locale,
    reloads: 0,
    nowMs,
  };
  return {
    error: normalizeAadError(tokenErrorResponse(90094, { correlationId, traceId, now: () => nowMs }))!,
    decision: {
      action,
      situation,
      who,
      retryable: action === 'retry',
      confidence: 'documented',
      rule: 'code',
      trace: [],
    },
    facts,
    settings: createSettings('test', { timeZone: 'UTC', ...options }, 'production'),
    plan: plan === undefined ? undefined : { attempts: 0, setCookies: [], ...plan },
    retryAfterSeconds: action === 'retry' ? 30 : undefined,
  };
}
