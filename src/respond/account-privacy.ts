import { tellsAccount } from '../catalog/index.js';
import type { AadError, Decision, Flow } from '../types.js';

/** The error and the decision behind an answer that does not tell them: for logs, hooks and the developer page. */
export interface Undisclosed {
  readonly error: AadError;
  readonly decision: Decision;
}

/** The one of the family that all are answered like: user name or password not right. */
const standInCode = 50126;

/** States of an account. In a password grant anybody may have typed the name, so there they are as telling. */
const accountSituations = new Set(['account-disabled', 'account-locked', 'guest-not-invited']);

/**
 * The error to answer in place of one that would tell whether an account exists; undefined for all others.
 *
 * Whoever tries names must not see a difference, so status, action, texts, code and OAuth error are those of one and the
 * same error; ids and times stay, and the operator finds the reason by them. A rule of the application is an answer that
 * it wants, so it is left as it is.
 */
export function accountStandIn(error: AadError, decision: Decision, flow: Flow | undefined): AadError | undefined {
  const tells =
    (decision.code !== undefined && tellsAccount(decision.code)) ||
    (flow === 'password' && accountSituations.has(decision.situation));
  if (!tells || decision.rule === 'override') return undefined;
  const standIn: { -readonly [Key in keyof AadError]: AadError[Key] } = {
    ...error,
    aadstsCodes: [standInCode],
    b2cCodes: [],
    cause: undefined,
  };
  delete standIn.suberror;
  delete standIn.claims;
  delete standIn.clientCode;
  delete standIn.description;
  delete standIn.errorUri;
  // During an outage the OAuth error says so, whoever asks.
  if (decision.rule !== 'transient') standIn.oauthError = 'invalid_grant';
  return Object.defineProperty(standIn, 'cause', { value: error.cause, enumerable: false });
}

/** A decision whose code is not told. */
export function withoutCode(decision: Decision): Decision {
  const untold: { code?: string } & Decision = { ...decision };
  delete untold.code;
  return untold;
}
