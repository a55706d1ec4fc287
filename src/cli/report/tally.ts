import { Groups } from './groups.js';
import { Verdicts } from './verdicts.js';

/** Everything that is counted while a log is read. */
export class Tally {
  readonly groups = new Groups();
  readonly verdicts = new Verdicts();
  /** Rows of a sign-in log, or lines of a text. */
  rows = 0;
  /** Sign-ins that succeeded. Lines of text do not say so. */
  successes = 0;
  /** Rows that are cut, damaged or too long. */
  unreadable = 0;
  firstUnreadable: number | undefined;

  countUnreadable(): void {
    this.unreadable += 1;
    this.firstUnreadable ??= this.rows;
  }
}
