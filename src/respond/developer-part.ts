import { detailsOf } from '../catalog/index.js';
import { html, type Html } from './html.js';
import type { RespondInput } from './input.js';
import { developerDetails } from './problem.js';

/** What a developer sees below the card outside production: which rule decided, why, and what to change. */
export function developerPart({ error, decision, facts, settings }: RespondInput): Html {
  const row = detailsOf(decision.code);
  const details = JSON.stringify(developerDetails(error, decision, facts, settings), null, 2);
  const explained =
    row !== undefined &&
    html`<dt>${String(row.code)} ${row.name}</dt><dd>${row.summary}</dd>
<dt>What to change</dt><dd>${row.remedy}</dd>
`;
  return html`<section class="developer" lang="en" dir="ltr" aria-labelledby="developer">
<h2 id="developer">For developers (not shown in production)</h2>
<dl>
<dt>Decision</dt><dd>${decision.action}, situation ${decision.situation}, rule ${decision.rule}, ${decision.confidence}</dd>
<dt>Why</dt>${decision.trace.map((step) => html`<dd>${step.rule}: ${step.because}</dd>`)}
${explained}</dl>
<details><summary>Everything read from the error</summary><pre tabindex="0">${details}</pre></details>
</section>
`;
}
