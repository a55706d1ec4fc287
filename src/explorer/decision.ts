import { rules } from '../decide/index.js';
import { html, type Html } from '../respond/index.js';
import type { Decision } from '../types.js';

/** What each rule asks, in the order of decide/rules.ts. @internal exported for the test that none is missing */
export const ruleQuestions: ReadonlyMap<string, string> = new Map([
  ['loop-brake', 'Has the loop brake of this library spoken already?'],
  ['user-cancelled', 'Did a person say no, or go back?'],
  ['sign-in-cannot-help', 'Is it a code that another sign-in cannot solve?'],
  ['claims', 'Is there a claims directive that can be used?'],
  ['transient', 'Is it throttling, an outage or the network?'],
  ['suberror', 'Does the suberror say what to do?'],
  ['code', 'Does the catalogue know the AADSTS or AADB2C code?'],
  ['oauth-error', 'Does the OAuth error say what to do?'],
  ['client-code', 'Does the code of the library or API say what to do?'],
  ['http-status', 'Does the HTTP status say what to do?'],
]);

/** The way through the rules: which ones did not fit, which one decided, and what changed its result afterwards. */
export function decisionPart({ trace, rule, action }: Decision): Html {
  const ids = rules.map(({ id }) => id);
  // An override of the application stands before the rule that it overrules.
  const first = trace.findIndex((step) => step.rule !== 'override');
  const decidedAt = ids.indexOf(trace[first]?.rule ?? '');
  const end = decidedAt < 0 ? ids.length : decidedAt;
  const passed = ids.slice(0, end).map((id) => step('no', id, questionOf(id), 'no'));
  const chosen = trace[first];
  const decided =
    decidedAt >= 0 && chosen !== undefined
      ? [step('hit', chosen.rule, questionOf(chosen.rule), `Yes: ${chosen.because}`)]
      : [];
  const later = ids.slice(end + 1).map((id) => step('later', id, questionOf(id), 'not asked'));
  const after = trace
    .filter((_step, index) => index !== first || decidedAt < 0)
    .map(({ rule: id, because }) => step('hit after', id, 'Afterwards', because));
  return html`<section class="card" aria-labelledby="decision">
<h2 id="decision">How it was decided</h2>
<p class="hint">The first rule that fits decides: <code>${rule}</code> gives <code>${action}</code>.</p>
<ol class="rules">
${[...passed, ...decided, ...later, ...after]}</ol>
</section>
`;
}

const questionOf = (id: string): string => ruleQuestions.get(id) ?? id;

function step(state: string, id: string, question: string, outcome: string): Html {
  return state.startsWith('hit')
    ? html`<li class="${state}"><span><code>${id}</code> ${question}</span><span class="because">${outcome}</span></li>
`
    : html`<li class="${state}"><span><code>${id}</code> ${question}</span><span>${outcome}</span></li>
`;
}
