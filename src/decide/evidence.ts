import { ruleOfAadsts, ruleOfB2c, ruleOfSuberror, variantsOf, type RuleRow } from '../catalog/index.js';
import type { AadError, DecideContext, Flow } from '../types.js';

/** Everything the rules look at, gathered once. */
export interface Evidence {
  readonly error: AadError;
  readonly flow: Flow | undefined;
  readonly hasUser: boolean;
  readonly attempts: number;
  /** Catalogue row of the code that explains best. */
  readonly row: RuleRow | undefined;
  /** `AADSTS50076` or `AADB2C90118`, known to the catalogue or not. */
  readonly code: string | undefined;
  readonly suberrorRow: RuleRow | undefined;
}

const userlessFlows = new Set<Flow | undefined>(['client-credentials', 'managed-identity']);

/** Counting loops: errors are rare, so this code is seldom optimised, and before that `for … of` makes an object a step. */
export function gather(error: AadError, context: DecideContext): Evidence {
  const flow = context.flow ?? error.flow;
  let row: RuleRow | undefined;
  let code: string | undefined;
  const { aadstsCodes, b2cCodes } = error;
  // The members of a chain of credentials stand side by side, so the last one is not the innermost.
  const isChain = error.clientCode === 'AggregateAuthenticationError';
  for (let index = 0; index < aadstsCodes.length; index += 1) {
    const number = aadstsCodes[index] ?? 0;
    const candidate = ruleOfAadsts(number);
    if (code === undefined || (preferred(candidate, row) && !(isChain && row?.signInHelps === false))) {
      row = candidate;
      code = `AADSTS${String(number)}`;
    }
  }
  for (let index = 0; index < b2cCodes.length; index += 1) {
    const b2c = b2cCodes[index] ?? '';
    const candidate = ruleOfB2c(b2c);
    if (code === undefined || preferred(candidate, row)) {
      row = candidate;
      code = b2c;
    }
  }
  const variants = code === undefined ? undefined : variantsOf(code);
  if (row !== undefined && variants !== undefined) {
    const variant = variants.find(({ oauthError, text }) =>
      text === undefined ? oauthError === error.oauthError : error.description?.includes(text),
    );
    if (variant !== undefined) row = { ...row, ...variant };
  }
  return {
    error,
    flow,
    hasUser: context.hasUser ?? !userlessFlows.has(flow),
    attempts: context.attempts ?? 0,
    row,
    code,
    suberrorRow: error.suberror === undefined ? undefined : ruleOfSuberror(error.suberror),
  };
}

/** A known code before an unknown one, a specific before a wrapper; of equals the later one, which stands inside. */
function preferred(candidate: RuleRow | undefined, current: RuleRow | undefined): boolean {
  if (candidate === undefined) return false;
  if (current === undefined || current.wrapper) return true;
  return !candidate.wrapper && candidate.action !== 'unknown';
}
