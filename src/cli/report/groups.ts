import type { AadAction, Who } from '../../types.js';

/** What a failure is, apart from where and when it happened. */
export interface Verdict {
  /** `AADSTS50076`, or for errors without a code their OAuth error or client code. */
  readonly label: string;
  /** Microsoft's symbolic name. */
  readonly name?: string;
  readonly action: AadAction;
  readonly who: Who;
  readonly situation: string;
  /** The catalogue or the OAuth error explains it. */
  readonly known: boolean;
}

/** Failures of one kind in one application. */
export interface Group extends Verdict {
  readonly application: string;
  readonly count: number;
  /** UTC, ISO 8601 in seconds; absent when the rows carry no time. */
  readonly firstSeen?: string;
  readonly lastSeen?: string;
  /** The log's own words for a code that the catalogue does not know. */
  readonly reason?: string;
}

interface Counter {
  readonly verdict: Verdict;
  readonly application: string;
  count: number;
  firstSeen: string | undefined;
  lastSeen: string | undefined;
  reason: string | undefined;
}

/** Applications beyond this are counted together, so that a log with invented names cannot fill the memory. */
const maxGroups = 20_000;

export const otherApplications = '(other applications)';
export const noApplication = '(no application)';

/** Counts failures by action, code, who must act and application. Memory grows with the groups, not with the rows. */
export class Groups {
  readonly #byVerdict = new Map<Verdict, Map<string, Counter>>();
  #size = 0;
  #failures = 0;

  get failures(): number {
    return this.#failures;
  }

  /** @param verdict the same object for the same kind of failure */
  add(verdict: Verdict, application: string | undefined, time: string | undefined, reason?: string): void {
    let counters = this.#byVerdict.get(verdict);
    if (counters === undefined) {
      counters = new Map();
      this.#byVerdict.set(verdict, counters);
    }
    const name = application ?? noApplication;
    let counter = counters.get(name);
    if (counter === undefined) {
      const key = this.#size < maxGroups ? name : otherApplications;
      counter = counters.get(key);
      if (counter === undefined) {
        counter = { verdict, application: key, count: 0, firstSeen: undefined, lastSeen: undefined, reason: undefined };
        counters.set(key, counter);
        this.#size += 1;
      }
    }
    counter.count += 1;
    this.#failures += 1;
    if (time !== undefined) {
      if (counter.firstSeen === undefined || time < counter.firstSeen) counter.firstSeen = time;
      if (counter.lastSeen === undefined || time > counter.lastSeen) counter.lastSeen = time;
    }
    if (!verdict.known && counter.reason === undefined) counter.reason = reason;
  }

  /** All groups, the largest first; of equals in the order of label and application. */
  list(): Group[] {
    const groups: Group[] = [];
    for (const counters of this.#byVerdict.values()) {
      for (const { verdict, application, count, firstSeen, lastSeen, reason } of counters.values()) {
        groups.push({
          ...verdict,
          application,
          count,
          ...(firstSeen !== undefined && { firstSeen }),
          ...(lastSeen !== undefined && { lastSeen }),
          ...(reason !== undefined && { reason }),
        });
      }
    }
    return groups.sort(
      (a, b) => b.count - a.count || compare(a.label, b.label) || compare(a.application, b.application),
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
