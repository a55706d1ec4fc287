/** Door of explain/: everything known about one identity error, in people's and developers' words. Never throws. */
import { catalogKey, detailsOf, localeOf, type DetailRow, type SmallRow } from '../catalog/index.js';
import { decide } from '../decide/index.js';
import { asName, normalize } from '../normalize/index.js';
import { diagnose } from '../doctor/index.js';
import type { AadError, Decision } from '../types.js';
import { describeClaims } from './claims.js';
import { rowOfDecision, rowOfName } from './details.js';
import type { CodeExplanation, ExplainedIds, ExplainedInput, Explanation, ExplainOptions } from './explanation.js';
import { localeTagFor } from './locale.js';
import { developerTexts, type DeveloperTexts } from './texts.js';

export { describeClaims } from './claims.js';
export type {
  CodeExplanation,
  ExplainedChallenge,
  ExplainedIds,
  ExplainedInput,
  Explanation,
  ExplainOptions,
} from './explanation.js';
export { localeTagFor } from './locale.js';
export { developerTexts } from './texts.js';

/**
 * What happened, what the error asks for, who must act, and what to do about it.
 *
 * A number or a bare code (`'AADSTS50076'`, `'AADB2C90118'`, `'50076'`) is looked up in the catalogue: `action` is the
 * row's own. A bare name (`'invalid_grant'`, `'no_tokens_found'`, `'ECONNRESET'`) is looked up as well. Everything else
 * goes through `normalizeAadError` and `decide`, so that claims, suberror and status count too; there, a code whose row
 * says `claims_challenge` becomes `interactive` when no usable claims came along.
 *
 * Never throws and never guesses. A code that the catalogue does not know is explained by the OAuth error beside it, and
 * by the link to Microsoft's own text; an input without evidence gives `found: false`.
 *
 * @example
 * ```ts
 * import { explain } from 'aad-error-handler';
 *
 * const { action, who, remedy, link } = explain(53003, { locale: 'nl' });
 * console.log(action, who, remedy, link);
 * ```
 */
export function explain(code: number, options?: ExplainOptions): CodeExplanation;
export function explain(codeOrTextOrThrown: unknown, options?: ExplainOptions): Explanation;
export function explain(value: unknown, options: ExplainOptions = {}): Explanation {
  const { locale, nowMs } = readOptions(options);
  const context: Context = { locale, nowMs, texts: developerTexts(locale) };
  try {
    return withDiagnosis(explainValue(value, context), value, nowMs);
  } catch {
    // The readers are guarded one by one; this is the promise for what nobody thought of.
    return notFound(inputOf(value), context);
  }
}

/** Refusals of APIs only: for an error of Entra ID the catalogue says more than a diagnosis could. */
function withDiagnosis(explanation: Explanation, value: unknown, nowMs: number): Explanation {
  const { error } = explanation;
  const isFromApi = error?.origin === 'resource-challenge' || error?.producer === 'http';
  const diagnosis = isFromApi ? diagnose(value, { nowMs }) : undefined;
  return diagnosis === undefined ? explanation : Object.freeze({ ...explanation, diagnosis });
}

interface Context {
  readonly locale: string;
  readonly nowMs: number;
  readonly texts: DeveloperTexts;
}

function readOptions(options: ExplainOptions): Pick<Context, 'locale' | 'nowMs'> {
  try {
    return { locale: localeTagFor(options.locale) ?? 'en', nowMs: options.nowMs ?? Date.now() };
  } catch {
    return { locale: 'en', nowMs: Date.now() };
  }
}

function inputOf(value: unknown): ExplainedInput {
  return typeof value === 'number' ? 'code' : typeof value === 'string' ? 'text' : 'object';
}

function explainValue(value: unknown, context: Context): Explanation {
  if (typeof value === 'number') return explainNumber(value, context);
  if (typeof value === 'string') {
    const key = catalogKey(value);
    if (key !== undefined) return explainCode(key, context);
    const bare = value.trim();
    if (/^(?:AADSTS)?\d{1,20}:?$/i.test(bare)) return notFound('code', context, context.texts.outOfRange); // accepts "12"
    const named = asName(bare) === undefined ? undefined : rowOfName(bare);
    if (named !== undefined) return explainRow('name', bare, undefined, named.row, context);
  }
  const error = normalize(value, { nowMs: context.nowMs });
  return error === undefined ? notFound(inputOf(value), context) : explainError(inputOf(value), error, context);
}

function explainNumber(value: number, context: Context): Explanation {
  const inRange = Number.isInteger(value) && value >= 100 && value <= 999_999_999;
  return inRange ? explainCode(String(value), context) : notFound('code', context, context.texts.outOfRange);
}

/** `50076` of the catalogue's keys as `AADSTS50076`; B2C keys carry their prefix. */
function explainCode(key: string, context: Context): Explanation {
  const code = key.startsWith('AADB2C') ? key : `AADSTS${key}`;
  const row = detailsOf(key);
  if (row !== undefined) return explainRow('code', row.name, code, row, context);
  const link = linkOf(code);
  return freeze({
    ...notFound('code', context),
    code,
    ...(link !== undefined && { link }),
    summary: context.texts.unknownCode(code),
    remedy: link === undefined ? context.texts.notFoundRemedy : context.texts.unknownCodeRemedy,
    note:
      link === undefined
        ? `${context.texts.unknownCode(code)} ${context.texts.readFromB2c}`
        : context.texts.unknownCode(code),
  });
}

function explainRow(
  input: ExplainedInput,
  name: string | undefined,
  code: string | undefined,
  row: DetailRow | SmallRow,
  context: Context,
): Explanation {
  const link = linkOf(code);
  return freeze({
    input,
    found: true,
    ...(code !== undefined && { code }),
    ...(name !== undefined && { name }),
    ...(link !== undefined && { link }),
    action: row.action,
    who: row.who,
    ...userTexts(row.situation, context),
    ...rowTexts(row, context),
    retryable: row.retryable,
    ...('delivery' in row && { delivery: row.delivery }),
    confidence: row.confidence,
    sources: row.sources,
    ...(row.note !== undefined && { note: row.note }),
    ids: {},
  });
}

function explainError(input: ExplainedInput, error: AadError, context: Context): Explanation {
  const { texts } = context;
  const decision = decide(error);
  const found = rowOfDecision(error, decision);
  const row = found?.row;
  const { code } = decision;
  const name =
    (row !== undefined && 'delivery' in row ? row.name : undefined) ??
    error.suberror ??
    error.oauthError ??
    error.clientCode;
  const link = linkOf(code);
  const unknownCode = code !== undefined && detailsOf(code) === undefined;
  const note = unknownCode ? unknownCodeNote(code, found?.evidence, decision, texts) : row?.note;
  return freeze({
    input,
    found: true,
    ...(code !== undefined && { code }),
    ...(name !== undefined && { name }),
    ...(link !== undefined && { link }),
    action: decision.action,
    who: decision.who,
    ...userTexts(decision.situation, context),
    ...errorTexts(row, decision, unknownCode, context),
    retryable: decision.retryable,
    ...(row !== undefined && 'delivery' in row && { delivery: row.delivery }),
    confidence: decision.confidence,
    sources: row?.sources ?? [],
    ...(note !== undefined && { note }),
    ids: idsOf(error),
    error,
    decision,
    ...(error.claims !== undefined && {
      challenge: { claims: error.claims, asks: describeClaims(error.claims, texts.claims) },
    }),
  });
}

/** The row's texts; its remedy only where the decision is the row's own (claims, status or a missing user change it). */
function errorTexts(
  row: DetailRow | SmallRow | undefined,
  decision: Decision,
  unknownCode: boolean,
  context: Context,
): Pick<Explanation, 'summary' | 'remedy'> {
  const { texts } = context;
  const generic = texts.remedies[decision.action];
  if (row === undefined) {
    const because = decision.trace[0]?.because ?? '';
    return { summary: unknownCode ? texts.unknownCode(decision.code ?? '') : sentence(because), remedy: generic };
  }
  const { summary, remedy } = rowTexts(row, context);
  if (row.action === decision.action) return { summary, remedy };
  const claimsMissing = row.action === 'claims_challenge' && decision.action === 'interactive';
  return { summary, remedy: claimsMissing ? texts.claimsMissing : generic };
}

function unknownCodeNote(
  code: string,
  evidence: string | undefined,
  decision: Decision,
  texts: DeveloperTexts,
): string {
  if (evidence !== undefined) return texts.unknownCodeBeside(code, evidence);
  const because = decision.action === 'unknown' ? undefined : decision.trace[0]?.because;
  return because === undefined ? texts.unknownCode(code) : texts.unknownCodeBeside(code, `"${because}"`);
}

function notFound(input: ExplainedInput, context: Context, why?: string): Explanation {
  const { texts } = context;
  return freeze({
    input,
    found: false,
    action: 'unknown',
    who: 'nobody',
    ...userTexts('unknown-problem', context),
    summary: texts.notFound,
    remedy: texts.notFoundRemedy,
    retryable: false,
    confidence: 'inferred',
    sources: [],
    note: why === undefined ? texts.notFound : `${texts.notFound} ${why}`,
    ids: {},
  });
}

function userTexts(
  situation: string,
  { locale }: Context,
): Pick<Explanation, 'situation' | 'title' | 'message' | 'nextStep' | 'locale'> {
  const texts = localeOf(locale).situations.get(situation);
  return {
    situation,
    title: texts?.title ?? '',
    message: texts?.message ?? '',
    nextStep: texts?.nextStep ?? '',
    locale,
  };
}

function rowTexts(row: DetailRow | SmallRow, { locale }: Context): Pick<Explanation, 'summary' | 'remedy'> {
  return locale === 'nl'
    ? { summary: row.summaryNl, remedy: row.remedyNl }
    : { summary: row.summary, remedy: row.remedy };
}

function idsOf({ traceId, correlationId, requestCorrelationId, timestamp }: AadError): ExplainedIds {
  return {
    ...(traceId !== undefined && { traceId }),
    ...(correlationId !== undefined && { correlationId }),
    ...(requestCorrelationId !== undefined && { requestCorrelationId }),
    ...(timestamp !== undefined && { timestamp }),
  };
}

/** Microsoft shows its own text for a number there; for AADB2C codes there is no such page. */
function linkOf(code: string | undefined): string | undefined {
  return code?.startsWith('AADSTS') === true
    ? `https://login.microsoftonline.com/error?code=${code.slice(6)}`
    : undefined;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Freezes the parts that this call made. Shared rows of the catalogue are copied first, so that they stay as they are. */
function freeze(explanation: Explanation): Explanation {
  const { challenge, decision, delivery } = explanation;
  if (challenge !== undefined) Object.freeze(challenge.asks);
  if (decision !== undefined) {
    decision.trace.forEach((step) => Object.freeze(step));
    Object.freeze(decision.trace);
  }
  return Object.freeze({
    ...explanation,
    sources: Object.freeze(explanation.sources.map((source) => Object.freeze({ ...source }))),
    ids: Object.freeze({ ...explanation.ids }),
    ...(delivery !== undefined && { delivery: Object.freeze([...delivery]) }),
    ...(challenge !== undefined && { challenge: Object.freeze(challenge) }),
    ...(decision !== undefined && { decision: Object.freeze(decision) }),
  });
}
