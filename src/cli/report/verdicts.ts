import { detailsOf } from '../../catalog/index.js';
import { decide } from '../../decide/index.js';
import type { AadError } from '../../types.js';
import type { Verdict } from './groups.js';

/** Verdicts are kept, so that one kind of failure is one object however often it occurs. */
const maxKept = 10_000;

/** Turns a sign-in log's number, or an error read from a text, into a verdict. */
export class Verdicts {
  readonly #byNumber = new Map<number, Verdict>();
  readonly #byKey = new Map<string, Verdict>();
  /** What comes when too many different codes were kept: no log of Entra holds so many. */
  readonly #overflow: Verdict = {
    label: '(other codes)',
    action: 'unknown',
    who: 'developer',
    situation: 'unknown-problem',
    known: false,
  };

  /** `status.errorCode` of a sign-in log: the catalogue's row, without claims or OAuth error to refine it. */
  ofNumber(code: number): Verdict {
    const kept = this.#byNumber.get(code);
    if (kept !== undefined) return kept;
    if (this.#byNumber.size >= maxKept) return this.#overflow;
    const row = detailsOf(code);
    const verdict: Verdict = {
      label: `AADSTS${String(code)}`,
      ...(row?.name !== undefined && { name: row.name }),
      action: row?.action ?? 'unknown',
      who: row?.who ?? 'developer',
      situation: row?.situation ?? 'unknown-problem',
      known: row !== undefined,
    };
    this.#byNumber.set(code, verdict);
    return verdict;
  }

  /** An error of an application log: the whole decision. */
  ofError(error: AadError): Verdict {
    const { action, who, situation, code } = decide(error);
    const label = code ?? error.suberror ?? error.oauthError ?? error.clientCode ?? error.producer;
    const key = `${label}|${action}|${who}|${situation}`;
    const kept = this.#byKey.get(key);
    if (kept !== undefined) return kept;
    if (this.#byKey.size >= maxKept) return this.#overflow;
    const row = code === undefined ? undefined : detailsOf(code);
    const verdict: Verdict = {
      label,
      ...(row?.name !== undefined && { name: row.name }),
      action,
      who,
      situation,
      known: row !== undefined || action !== 'unknown',
    };
    this.#byKey.set(key, verdict);
    return verdict;
  }
}
