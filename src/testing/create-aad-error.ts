import { claimsText } from './claims.js';
import { checkKeys, hint, refusal, shown } from './refusal.js';
import { tokenErrorResponse, type TokenErrorDetails } from './responses.js';

/** MSAL Node majors whose errors can be made. There is no major 4. */
export const aadErrorMajors = [2, 3, 5, 6, 7] as const;
export type AadErrorMajor = (typeof aadErrorMajors)[number];

/** Flows whose errors can be made; `silent` is a refresh. */
export const aadErrorFlows = [
  'authorization-code',
  'silent',
  'on-behalf-of',
  'client-credentials',
  'device-code',
  'password',
] as const;
export type AadErrorFlow = (typeof aadErrorFlows)[number];

/** What createAadError makes: the answer's details, and how MSAL got it. */
export interface AadErrorOptions extends Omit<TokenErrorDetails, 'headers' | 'retryAfterSeconds'> {
  /** `50076`, `'AADSTS50076'` or `'AADB2C90118'`. @defaultValue an answer without a code; then `error` is required */
  readonly code?: number | string;
  /** Which token call failed. @defaultValue `'authorization-code'` */
  readonly flow?: AadErrorFlow;
  /** Major version of MSAL Node whose error it is; there is no 4. @defaultValue 7 */
  readonly msalMajor?: AadErrorMajor;
  /** The id that MSAL or the application gave the request. @defaultValue an invented GUID */
  readonly requestCorrelationId?: string;
  /** The error of the next call, which MSAL answers from its memory of a 429 or 5xx without asking. @defaultValue false */
  readonly fromThrottleMemory?: boolean;
}

/** MSAL's errors as far as an application sees them; which members an error has depends on class, major and flow. */
export interface MsalLikeError extends Error {
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly subError: string;
  readonly correlationId?: string;
  readonly claims?: string;
  readonly timestamp?: string;
  readonly traceId?: string;
  readonly errorNo?: number | string;
  readonly status?: number;
}

const optionKeys = [
  'code', 'flow', 'msalMajor', 'requestCorrelationId', 'fromThrottleMemory', 'error', 'suberror', 'claims', 'description',
  'status', 'omitErrorCodes', 'traceId', 'correlationId', 'now',
] as const satisfies readonly (keyof AadErrorOptions)[]; // prettier-ignore

const inventedCorrelationId = '9e9e9e9e-0000-4000-8000-00000000c0de';

/** Members in MSAL's order; JSON.stringify shows it. */
type Members = Readonly<Record<string, unknown>>;

/** Chain and constructor names of MSAL; the classes are not MSAL's, so `instanceof` its classes is false. */
class AuthError extends Error {
  constructor(message: string, members: Members) {
    super(message);
    Object.assign(this, members);
  }
}
class ServerError extends AuthError {}
class InteractionRequiredAuthError extends AuthError {}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Words that make MSAL throw InteractionRequiredAuthError, by major (measured; suberrors differ in the last ones). */
const interactionErrors = ['interaction_required', 'consent_required', 'login_required', 'bad_token'];
const interactionSuberrors = [
  'message_only',
  'additional_action',
  'basic_action',
  'user_password_expired',
  'consent_required',
  'bad_token',
];

function needsInteraction(major: AadErrorMajor, error: string, description: string, suberror: string): boolean {
  const errors = [
    ...interactionErrors,
    ...(major === 2 ? [] : ['interrupted_user']),
    ...(major === 3 ? ['ux_not_allowed'] : []),
    ...(major >= 5 ? ['ui_not_allowed'] : []),
  ];
  const suberrors = [
    ...interactionSuberrors,
    ...(major === 2 ? [] : ['interrupted_user']),
    ...(major >= 5 ? ['ui_not_allowed'] : []),
  ];
  // MSAL searches the description too.
  return errors.includes(error) || suberrors.includes(suberror) || errors.some((word) => description.includes(word));
}

/** What every class begins with. Majors 2 and 3 set the correlation id last, if at all; from 5 on it is the constructor's. */
function common(major: AadErrorMajor, name: string, values: readonly [string, string, string], correlationId: string) {
  const [errorCode, errorMessage, subError] = values;
  const start = { errorCode, errorMessage, subError };
  return major < 5 ? { ...start, name } : { ...start, correlationId, name };
}

const messageOf = (code: string, errorMessage: string): string =>
  errorMessage === '' ? code : `${code}: ${errorMessage}`;

/** Majors 2 and 3 let a ServerError without id pass where they do not await the refresh. */
const lateId = (major: AadErrorMajor, correlationId: string | undefined): Members =>
  major < 5 && correlationId !== undefined ? { correlationId } : {};

/** From 5 on an error without a text of its own gets a link. */
const withLink = (major: AadErrorMajor, code: string, errorMessage: string): string =>
  errorMessage === '' && major >= 5 && code !== ''
    ? `See https://aka.ms/msal.js.errors#${code} for details`
    : errorMessage;

interface Facts {
  readonly major: AadErrorMajor;
  readonly flow: AadErrorFlow;
  readonly body: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly requestId: string;
}

/** Lists are printed as template strings print them: `50076,65001`. */
const or = (value: unknown): string =>
  Array.isArray(value) ? value.join(',') : text(value) === '' ? 'Not Available' : text(value);

function interactionError({ major, flow, body, requestId }: Facts): MsalLikeError {
  const code = text(body['error']);
  const errorMessage = withLink(major, code, text(body['error_description']));
  const id = keepsServerId(major, flow) ? text(body['correlation_id']) : requestId;
  const { timestamp, trace_id: traceId, claims, error_codes: codes } = body;
  return new InteractionRequiredAuthError(messageOf(code, errorMessage), {
    ...common(major, 'InteractionRequiredAuthError', [code, errorMessage, text(body['suberror'])], id),
    timestamp: text(timestamp),
    traceId: text(traceId),
    ...(major < 5 && { correlationId: id }),
    claims: text(claims),
    errorNo: (codes as readonly unknown[] | undefined)?.[0],
  }) as unknown as MsalLikeError;
}

/** acquireTokenSilent from 3 on returns the refresh without awaiting it, so that the request's id is never written. */
const keepsServerId = (major: AadErrorMajor, flow: AadErrorFlow): boolean => flow === 'silent' && major >= 3;

function serverError({ major, flow, body, status, requestId }: Facts): MsalLikeError {
  const code = text(body['error']);
  const codes = body['error_codes'] as readonly unknown[] | undefined;
  const errorMessage = [
    `Error(s): ${or(codes)}`,
    `Timestamp: ${or(body['timestamp'])}`,
    `Description: ${or(body['error_description'])}`,
    `Correlation ID: ${or(body['correlation_id'])}`,
    `Trace ID: ${or(body['trace_id'])}`,
  ].join(' - ');
  const silent = keepsServerId(major, flow);
  const id = silent ? text(body['correlation_id']) : requestId;
  return new ServerError(messageOf(code, errorMessage), {
    ...common(major, 'ServerError', [code, errorMessage, text(body['suberror'])], id),
    errorNo: codes?.[0],
    status: flow === 'client-credentials' ? status : undefined,
    ...lateId(major, silent ? undefined : id),
  }) as unknown as MsalLikeError;
}

function throttledError({ major, flow, body, requestId }: Facts): MsalLikeError {
  const code = (body['error_codes'] as readonly unknown[] | undefined)?.join(' ') ?? '';
  const errorMessage = withLink(major, code, text(body['error_description']));
  return new ServerError(messageOf(code, errorMessage), {
    ...common(major, 'ServerError', [code, errorMessage, text(body['suberror'])], requestId),
    errorNo: undefined,
    status: undefined,
    ...lateId(major, keepsServerId(major, flow) ? undefined : requestId),
  }) as unknown as MsalLikeError;
}

const pollingSentence =
  'Post request failed from the network, could be a 4xx/5xx or a network unavailability. Please check the exact error code for details.';

/** Device code polling keeps nothing but the OAuth error. */
function pollingError({ major, body, requestId }: Facts): MsalLikeError {
  const error = text(body['error']);
  const errorMessage = major < 5 ? `${pollingSentence} ${error}` : error;
  return new AuthError(messageOf('post_request_failed', errorMessage), {
    ...common(major, 'AuthError', ['post_request_failed', errorMessage, ''], requestId),
    ...lateId(major, requestId),
  }) as unknown as MsalLikeError;
}

function oneOf(key: string, value: unknown, valid: readonly unknown[]): void {
  if (valid.includes(value)) return;
  const near = typeof value === 'string' ? hint(value, valid.map(String)) : '';
  throw refusal('ERR_AAD_TESTING_PLAN', `${key}: ${shown(value)} is unknown.${near} Valid: ${valid.join(', ')}.`);
}

/**
 * The error that MSAL Node throws when the token endpoint answers with this code: same name, own members in the same
 * order, and message form, for the chosen major. No version of MSAL is needed; `instanceof` MSAL's classes is false, as
 * it also is between two copies of MSAL.
 *
 * As in MSAL, claims are lost where the answer becomes a ServerError. An `authorization_pending` of device code, which
 * MSAL goes on polling after, and network failures are not made: use LocalEntra.
 *
 * @example
 * ```ts
 * const error = createAadError({ code: 50076, claims: { access_token: { acrs: { essential: true, value: 'c1' } } } });
 * ```
 * @throws TypeError `ERR_AAD_TESTING_PLAN`: unknown key or value, with the valid ones
 */
export function createAadError(options: AadErrorOptions): MsalLikeError {
  checkKeys('ERR_AAD_TESTING_PLAN', 'createAadError', options, optionKeys);
  const { code, flow = 'authorization-code', msalMajor = 7, fromThrottleMemory = false, ...details } = options;
  const { requestCorrelationId = inventedCorrelationId, ...answer } = details;
  oneOf('flow', flow, aadErrorFlows);
  oneOf('msalMajor', msalMajor, aadErrorMajors);
  if (code === undefined && answer.error === undefined) {
    throw refusal('ERR_AAD_TESTING_PLAN', 'createAadError: nothing to make. Give code or error.');
  }
  const { body, status } = tokenErrorResponse(code, {
    ...answer,
    ...(answer.claims !== undefined && { claims: claimsText(answer.claims) }),
  });
  const facts: Facts = { major: msalMajor, flow, body, status, requestId: requestCorrelationId };
  if (fromThrottleMemory) return throttledError(facts);
  if (flow === 'device-code') return pollingError(facts);
  return needsInteraction(msalMajor, text(body['error']), text(body['error_description']), text(body['suberror']))
    ? interactionError(facts)
    : serverError(facts);
}
