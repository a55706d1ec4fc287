import { detailsOf } from '../catalog/index.js';
import { diagnose, type DiagnosisFinding } from '../doctor/index.js';
import type { AadError } from '../types.js';
import { html, type Html } from './html.js';
import type { RespondInput } from './input.js';
import { developerDetails } from './problem.js';

/** What a developer sees below the card outside production: which rule decided, why, and what to change. */
export function developerPart({ error, decision, facts, settings }: RespondInput): Html {
  const row = detailsOf(decision.code);
  const details = JSON.stringify(developerDetails(error, decision, settings), null, 2);
  const explained =
    row !== undefined &&
    html`<dt>${decision.code} ${row.name}</dt><dd>${row.summary}</dd>
<dt>What to change</dt><dd>${row.remedy}</dd>
`;
  return html`<section class="developer" lang="en" dir="ltr" aria-labelledby="developer">
<h2 id="developer">For developers (not shown in production)</h2>
<dl>
<dt>Decision</dt><dd>${decision.action}, situation ${decision.situation}, rule ${decision.rule}, confidence ${decision.confidence}</dd>
<dt>Why</dt>${decision.trace.map((step) => html`<dd>${step.rule}: ${step.because}</dd>`)}
${explained}${diagnosisOf(error, facts.nowMs).map(findingMarkup)}</dl>
<details><summary>Everything read from the error</summary><pre tabindex="0">${details}</pre></details>
</section>
`;
}

/**
 * Why an API refused the call. The token that an HTTP client kept in its error is decoded for it: this part is made
 * outside production only, and what it says holds `aud`, permissions and expiry at most.
 */
function diagnosisOf(error: AadError, nowMs: number): readonly DiagnosisFinding[] {
  const isFromApi = error.origin === 'resource-challenge' || error.producer === 'http';
  return isFromApi ? (diagnose(error, { nowMs, tokenFromError: true })?.findings ?? []) : [];
}

function findingMarkup({ title, confidence, evidence, cause, change, where }: DiagnosisFinding): Html {
  return html`<dt>Diagnosis (${confidence}): ${title}</dt><dd>${cause}</dd><dd>${change}</dd><dd>Where: ${where}</dd><dd>Seen: ${evidence.join('; ')}</dd>
`;
}
