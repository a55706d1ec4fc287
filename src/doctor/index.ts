/** Door of doctor/: why an API of Microsoft refused a call, and what to change. No network, never throws. */
import { gatherFacts, type Facts } from './facts.js';
import { permissionRules } from './permission-rules.js';
import { sentenceOf, type DoctorRule } from './rule.js';
import { tokenRules } from './token-rules.js';
import type { Diagnosis, DiagnoseOptions, DiagnosisFinding, TokenFacts } from './types.js';

export { readTokenFacts } from './token.js';
export type {
  DiagnosedService,
  DiagnoseOptions,
  Diagnosis,
  DiagnosisConfidence,
  DiagnosisFinding,
  TokenFacts,
} from './types.js';

/** Token first: a permission cannot be judged while the token itself is refused. */
const rules: readonly DoctorRule[] = [...tokenRules, ...permissionRules];

/** Ids of all findings, in the order of the rules; `cannot-tell` last. */
export const findingIds: readonly string[] = [...rules.map(({ id }) => id), 'cannot-tell'];

const order = ['certain', 'likely', 'possible'] as const;

/**
 * Why Microsoft Graph, Azure Resource Manager or another API of Microsoft refused a call, and what to change where.
 *
 * Works on the answer alone; with the token of the failed call and the permissions that the operation needs it can tell
 * causes apart that look the same from outside. It says when it cannot tell. Texts are English and meant for developers:
 * do not show them to users.
 *
 * @param errorOrResponse what was thrown or received: anything normalizeAadError takes, `{ status, headers, body }`, the
 *   error of an HTTP client or SDK. The body of a fetch `Response` must be read before: `{ status, headers, body }`.
 * @returns undefined when it is no refusal (no 401, 403, claims challenge or known code)
 *
 * @example
 * ```ts
 * import { diagnose } from 'aad-error-handler';
 *
 * const refused = { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' } } };
 * for (const { title, change, where } of diagnose(refused)?.findings ?? []) console.log(`${title}. ${change} (${where})`);
 * ```
 */
export function diagnose(errorOrResponse: unknown, options: DiagnoseOptions = {}): Diagnosis | undefined {
  try {
    return diagnoseFacts(gatherFacts(errorOrResponse, options, options.nowMs ?? Date.now()));
  } catch {
    // The readers are guarded one by one; this is the promise for what nobody thought of.
    return undefined;
  }
}

/**
 * {@link diagnose} for whoever has read the token's facts already and no longer holds the token.
 *
 * @internal
 */
export function diagnoseWith(
  errorOrResponse: unknown,
  token: TokenFacts | undefined,
  wantedScopes: readonly string[],
  nowMs: number,
): Diagnosis | undefined {
  return diagnoseFacts(gatherFacts(errorOrResponse, { wantedScopes }, nowMs, token));
}

function diagnoseFacts(facts: Facts): Diagnosis | undefined {
  const { status, service, code, token } = facts;
  const found = rules.flatMap((rule) => finding(rule, facts) ?? []);
  if (found.length === 0 && status !== 401 && status !== 403) return undefined;
  // A stable sort: of equally sure findings the order of the rules decides.
  const sorted = [...found].sort((left, right) => order.indexOf(left.confidence) - order.indexOf(right.confidence));
  const findings = sorted.length === 0 ? [cannotTell(facts)] : sorted;
  const conclusive = findings[0]?.confidence === 'certain';
  return Object.freeze<Diagnosis>({
    service,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    findings: Object.freeze(findings),
    conclusive,
    toKnowMore: Object.freeze(conclusive ? [] : hints(facts)),
    ...(token !== undefined && { token: Object.freeze(token) }),
  });
}

function finding(rule: DoctorRule, facts: Facts): DiagnosisFinding | undefined {
  const seen = rule.when(facts);
  if (seen === undefined) return undefined;
  return Object.freeze({
    id: rule.id,
    title: rule.title,
    evidence: Object.freeze([...seen.evidence]),
    cause: sentenceOf(rule.cause, facts),
    change: sentenceOf(rule.change, facts),
    where: sentenceOf(rule.where, facts),
    confidence: seen.confidence,
    learnMore: rule.learnMore,
  });
}

function cannotTell({ status, code }: Facts): DiagnosisFinding {
  return Object.freeze({
    id: 'cannot-tell',
    title: 'The answer does not show why',
    evidence: Object.freeze([
      `HTTP ${String(status)}${code === undefined ? ' without an error code' : `, code ${code}`}, and nothing in it that names a cause`,
    ]),
    cause:
      status === 401
        ? 'A 401 means that the token is missing, expired, for another API or not a token at all.'
        : 'A 403 means that the token was read, and that a permission, a role, a license or a policy is missing.',
    change:
      'Give the whole answer (status, headers, body), the permissions that the call needs and, in development, the token.',
    where: 'diagnose(answer, { accessToken, wantedScopes })',
    confidence: 'possible',
    learnMore: 'https://learn.microsoft.com/graph/resolve-auth-errors',
  });
}

function hints({ token, wanted, status, error, message }: Facts): readonly string[] {
  const all: readonly (readonly [boolean, string])[] = [
    [status === undefined, 'the HTTP status of the answer'],
    [message === '', 'the body of the answer'],
    [
      token === undefined && error?.origin !== 'token-response',
      'the access token of the failed call, from a development account (accessToken)',
    ],
    [wanted.length === 0 && status !== 401, 'the permissions that the operation needs (wantedScopes)'],
  ];
  return all.flatMap(([isMissing, text]) => (isMissing ? [text] : []));
}
