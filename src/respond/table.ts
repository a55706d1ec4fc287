import type { AadAction, RequestKind } from '../types.js';

/** What kind of answer an action gets; status and headers follow from it (DESIGN.md section 6). */
export type Answer = 'page' | 'problem';

export interface TableCell {
  readonly status: number;
  readonly answer: Answer;
}

const page = (status: number): TableCell => ({ status, answer: 'page' });
const problem = (status: number): TableCell => ({ status, answer: 'problem' });

const sameForAll = (status: number): Readonly<Record<RequestKind, TableCell>> => ({
  navigation: page(status),
  script: problem(status),
  api: problem(status),
});

const signIn: Readonly<Record<RequestKind, TableCell>> = {
  navigation: page(401),
  script: problem(401),
  api: problem(401),
};

/**
 * The status of an answer comes from here and from nowhere else: never from the status of an upstream answer or of the
 * thrown error. A safe navigation with a configured interaction turns the 401 page into a 303.
 */
export const answerTable: Readonly<Record<AadAction, Readonly<Record<RequestKind, TableCell>>>> = {
  retry: sameForAll(503),
  interactive: signIn,
  claims_challenge: signIn,
  consent: { ...signIn, api: problem(403) },
  admin_consent: sameForAll(403),
  contact_admin: sameForAll(403),
  fix_config: sameForAll(500),
  user_cancelled: sameForAll(403),
  unknown: sameForAll(500),
};
