import { validateHeaderName, validateHeaderValue } from 'node:http';
import { readCode } from './error-defaults.js';
import { checkKeys, hint, refusal, shown } from './refusal.js';
import type { TokenErrorDetails } from './responses.js';

/**
 * Which call a plan fails. Without a flow: any call of the token endpoint.
 * `silent` is a refresh-token grant, `authorize` answers on the redirect URI, `device-authorization` is /devicecode,
 * `discovery` the metadata documents, `any` everything except the start page.
 */
export const planFlows = [
  'authorization-code',
  'silent',
  'on-behalf-of',
  'client-credentials',
  'device-code',
  'password',
  'authorize',
  'admin-consent',
  'device-authorization',
  'discovery',
  'any',
] as const;
export type PlanFlow = (typeof planFlows)[number];

/**
 * What breaks on the way. `refuse`: ECONNREFUSED through `networkClient` (a caller with its own transport sees a reset);
 * `reset`: the connection is reset before an answer; `slow`: the right answer, `delayMs` late; `cut`: half of a body;
 * `html`: 503 with an HTML page; `empty`: 503 without a body; `invalid-json`: 200 with half a JSON document.
 */
export const planOutages = ['refuse', 'reset', 'slow', 'cut', 'html', 'empty', 'invalid-json'] as const;
export type PlanOutage = (typeof planOutages)[number];

/** How and when a scripted failure happens. */
export interface PlanDetails extends Omit<TokenErrorDetails, 'now' | 'traceId' | 'correlationId'> {
  /** How many calls fail, 1 or more. @defaultValue 1 for failNext, no end for failAlways */
  readonly times?: number;
  /** Only calls of this kind; `authorize` is an error on the redirect URI. @defaultValue any call of the token endpoint */
  readonly flow?: PlanFlow;
  /** Only calls for this user name. @defaultValue any */
  readonly user?: string;
  /** Only calls that ask for this scope. @defaultValue any */
  readonly scope?: string;
  /** `error_subcode` of an authorization error, for example `cancel`. @defaultValue none */
  readonly subcode?: string;
  /** Replaces the whole body: text as it is, an object as JSON. @defaultValue what Entra answers */
  readonly body?: string | object;
  /** Breaks the way instead of answering, see {@link planOutages}. @defaultValue none */
  readonly outage?: PlanOutage;
  /** Milliseconds before the answer, 0 to 600,000. @defaultValue 10,000 for `slow`, else 0 */
  readonly delayMs?: number;
}

/** A whole plan: {@link PlanDetails} and the code to fail with. */
export interface FailurePlan extends PlanDetails {
  /** `50076`, `'AADSTS50076'` or `'AADB2C90118'`. */
  readonly code?: number | string;
}

/** A plan that still waits for its call. */
export interface PendingPlan extends FailurePlan {
  /** Calls it will still fail; Infinity for failAlways. */
  readonly remaining: number;
}

const planKeys = [
  'code', 'error', 'suberror', 'claims', 'description', 'status', 'retryAfterSeconds', 'headers', 'omitErrorCodes',
  'times', 'flow', 'user', 'scope', 'subcode', 'body', 'outage', 'delayMs',
] as const satisfies readonly (keyof FailurePlan)[]; // prettier-ignore

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const between =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high && (Number.isInteger(value) || value === Infinity);

function isHeaders(value: unknown): boolean {
  if (!isRecord(value)) return false;
  try {
    for (const [name, text] of Object.entries(value) as [string, unknown][]) {
      if (typeof text !== 'string') return false;
      validateHeaderName(name);
      validateHeaderValue(name, text);
    }
    return true;
  } catch {
    return false;
  }
}

function isClaims(value: unknown): boolean {
  if (isRecord(value)) return true;
  return typeof value === 'string' && value !== '';
}

const checks: Readonly<Record<Exclude<keyof FailurePlan, 'flow' | 'outage'>, readonly [check: Check, wanted: string]>> =
  {
    code: [(value) => readCode(value) !== undefined, '50076, "AADSTS50076" or "AADB2C90118"'],
    error: [(value) => isText(value) && value !== '', 'an OAuth error such as "invalid_grant"'],
    suberror: [(value) => value === null || isText(value), 'text, or null to leave it out'],
    claims: [isClaims, 'an object or JSON text'],
    description: [isText, 'text'],
    status: [between(200, 599), 'an HTTP status from 200 to 599'],
    retryAfterSeconds: [between(0, 86_400), 'whole seconds from 0 to 86,400'],
    headers: [isHeaders, 'an object of header names and texts'],
    omitErrorCodes: [(value) => typeof value === 'boolean', 'true or false'],
    times: [between(1, Infinity), 'a whole number from 1'],
    user: [isText, 'a user name'],
    scope: [isText, 'a scope'],
    subcode: [isText, 'text such as "cancel"'],
    body: [(value) => isText(value) || (typeof value === 'object' && value !== null), 'text or an object'],
    delayMs: [between(0, 600_000), 'milliseconds from 0 to 600,000'],
  };

function checkName(key: string, value: unknown, valid: readonly string[]): void {
  if (value === undefined || valid.includes(value as string)) return;
  const near = typeof value === 'string' ? hint(value, valid) : '';
  throw refusal('ERR_AAD_TESTING_PLAN', `${key}: ${shown(value)} is unknown.${near} Valid: ${valid.join(', ')}.`);
}

/**
 * A checked plan from the arguments of failNext.
 *
 * @throws TypeError `ERR_AAD_TESTING_PLAN`, naming the key, the value and what is valid
 * @internal
 */
export function readPlan(codeOrPlan: unknown, details: unknown = {}): FailurePlan {
  const isCode = typeof codeOrPlan === 'number' || typeof codeOrPlan === 'string';
  if (!isCode && !isRecord(codeOrPlan)) {
    throw refusal(
      'ERR_AAD_TESTING_PLAN',
      `failNext: ${shown(codeOrPlan)} is neither a code nor a plan. Use failNext(50076) or failNext({ outage: "refuse" }).`,
    );
  }
  if (!isRecord(details)) {
    throw refusal('ERR_AAD_TESTING_PLAN', `failNext: details must be an object, not ${shown(details)}.`);
  }
  const plan: FailurePlan = { ...(isCode ? { code: codeOrPlan } : codeOrPlan), ...details };
  checkKeys('ERR_AAD_TESTING_PLAN', 'plan', plan, planKeys);
  for (const [key, [check, wanted]] of Object.entries(checks)) {
    const value = plan[key as keyof FailurePlan];
    if (value === undefined || check(value)) continue;
    throw refusal('ERR_AAD_TESTING_PLAN', `${key}: ${shown(value)} is not valid. Give ${wanted}.`);
  }
  checkName('flow', plan.flow, planFlows);
  checkName('outage', plan.outage, planOutages);
  const given = [plan.code, plan.error, plan.outage, plan.body, plan.status, plan.delayMs];
  if (given.every((value) => value === undefined)) {
    throw refusal(
      'ERR_AAD_TESTING_PLAN',
      'plan: nothing to fail with. Give code, error, outage, body, status or delayMs.',
    );
  }
  return Object.freeze({ ...plan });
}

/** What is known about a call when plans are looked through. @internal */
export interface CallFacts {
  readonly flow: Exclude<PlanFlow, 'any'>;
  readonly user?: string | undefined;
  readonly scopes: readonly string[];
}

const tokenFlows: ReadonlySet<string> = new Set(planFlows.slice(0, 6));

function fits(plan: FailurePlan, facts: CallFacts): boolean {
  const flowFits =
    plan.flow === undefined ? tokenFlows.has(facts.flow) : plan.flow === 'any' || plan.flow === facts.flow;
  return (
    flowFits &&
    (plan.user === undefined || plan.user.toLowerCase() === facts.user?.toLowerCase()) &&
    (plan.scope === undefined || facts.scopes.some((scope) => scope.toLowerCase() === plan.scope?.toLowerCase()))
  );
}

/** The scripted failures, in the order given; a call meets the first one that fits. @internal */
export class PlanQueue {
  private waiting: { readonly plan: FailurePlan; remaining: number }[] = [];

  add(plan: FailurePlan, defaultTimes: number): void {
    this.waiting.push({ plan, remaining: plan.times ?? defaultTimes });
  }

  /** The plan for this call, counted down; undefined when none fits or `wanted` refuses it. */
  take(facts: CallFacts, wanted: (plan: FailurePlan) => boolean = () => true): FailurePlan | undefined {
    const entry = this.waiting.find(({ plan }) => fits(plan, facts));
    if (entry === undefined || !wanted(entry.plan)) return undefined;
    entry.remaining -= 1;
    if (entry.remaining <= 0) this.waiting = this.waiting.filter((other) => other !== entry);
    return entry.plan;
  }

  get pending(): readonly PendingPlan[] {
    return this.waiting.map(({ plan, remaining }) => ({ ...plan, remaining }));
  }

  clear(): void {
    this.waiting = [];
  }
}
