import type { Decision } from '../types.js';
import { fixedParts, type FixedParts } from './fixed-parts.js';
import { inOnePiece } from './html.js';
import type { Settings } from './settings.js';
import { textsOf } from './texts.js';

/** The members of a problem document that many errors share, as JSON. */
export interface ProblemFrame {
  readonly action: Decision['action'];
  readonly retryable: boolean;
  readonly status: number;
  /** From the end of `type` to the beginning of `instance`, both of which are quoted texts. */
  readonly head: string;
  /** From the end of `instance` to `retryable`. */
  readonly tail: string;
}

/** What all answers to one situation in one language have in common. */
interface Prepared {
  page: FixedParts | undefined;
  readonly problems: ProblemFrame[];
}

/**
 * Made by the first answer that needs it, kept for the next: most of every page, half of every problem document. At most
 * as much as there are languages and situations, whatever is asked for.
 */
const made = new WeakMap<Settings, Map<string, Map<string, Prepared>>>();

function preparedFor(settings: Settings, tag: string, situation: string): Prepared {
  let byTag = made.get(settings);
  if (byTag === undefined) made.set(settings, (byTag = new Map<string, Map<string, Prepared>>()));
  let bySituation = byTag.get(tag);
  if (bySituation === undefined) byTag.set(tag, (bySituation = new Map<string, Prepared>()));
  let prepared = bySituation.get(situation);
  if (prepared === undefined) bySituation.set(situation, (prepared = { page: undefined, problems: [] }));
  return prepared;
}

/** The markup of a page that depends on nothing but settings, language and situation. */
export function preparedPage(settings: Settings, tag: string, situation: string): FixedParts {
  const prepared = preparedFor(settings, tag, situation);
  return (prepared.page ??= fixedParts(settings, settings.localeOf(tag), situation));
}

/** The members of a problem document that depend on nothing but settings, language and decision. */
export function preparedProblem(settings: Settings, tag: string, decision: Decision, status: number): ProblemFrame {
  const { action, situation, retryable } = decision;
  const { problems } = preparedFor(settings, tag, situation);
  for (let index = 0; index < problems.length; index += 1) {
    const frame = problems[index];
    if (frame?.action === action && frame.status === status && frame.retryable === retryable) return frame;
  }
  const { title, message } = textsOf(settings, settings.localeOf(tag), situation);
  const frame = {
    action,
    retryable,
    status,
    head: inOnePiece(
      `","title":${JSON.stringify(title)},"status":${String(status)},"detail":${JSON.stringify(message)},"instance":"`,
    ),
    tail: inOnePiece(`","action":"${action}","situation":"${situation}","retryable":${String(retryable)}`),
  };
  problems.push(frame);
  return frame;
}
