import { redactText } from '../normalize/index.js';
import { html, type Html } from '../respond/index.js';
import type { AadError } from '../types.js';
import { answersPart } from './answers.js';
import { decisionPart } from './decision.js';
import { diagnosisPart } from './diagnosis.js';
import { badge, facts, jsonMarkup, toneOf } from './layout.js';
import { redactedClaims, redactedValue } from './shown.js';
import type { View } from './view.js';

/** Everything about one error, from what was read to the three answers. */
export function resultPage(view: View, locales: readonly string[]): Html {
  const { error, decision, diagnosis } = view;
  return html`${verdict(view)}${diagnosis !== undefined && diagnosisPart(diagnosis)}${answersPart(view, locales)}${
    error !== undefined &&
    html`<div class="two">${decision !== undefined && decisionPart(decision)}${readingPart(error)}</div>
`
  }${pastedPart(view)}`;
}

export function resultTitle({ explanation }: View): string {
  const { found, code, name, title } = explanation;
  if (!found) return 'No identity error';
  const heading = [code, name].filter((part) => part !== undefined && part !== code).join(' ');
  return heading === '' ? (code ?? title) : redactText(code === undefined ? heading : `${code} ${heading}`);
}

function verdict(view: View): Html {
  const { explanation, decision, subject } = view;
  const action = decision?.action ?? explanation.action;
  const { found, summary, remedy, title, link, note, challenge, retryable } = explanation;
  return html`<section class="card verdict ${found ? toneOf(action) : 'none'}" aria-labelledby="verdict">
<p class="hint">${sourceOf(view)}</p>
<h1 id="verdict">${resultTitle(view)}</h1>
${
  found &&
  html`<p>${badge(action)} ${who(decision?.who ?? explanation.who)}</p>
`
}<p>${redactText(summary)}</p>
${facts([
  ['What to do', remedy],
  ['People read', found ? title : undefined],
  ['Claims ask', challenge?.asks.map((ask) => redactText(ask)).join('; ')],
  ['Retry', found ? (retryable ? 'yes, without anybody acting' : 'alone does not help') : undefined],
  ['Known from', found ? (decision?.confidence ?? explanation.confidence) : undefined],
  ['Note', note === undefined || note === summary ? undefined : redactText(note)],
  [
    'Microsoft',
    link === undefined ? undefined : html`<a href="${link}" rel="noreferrer">${link.replace('https://', '')}</a>`,
  ],
])}${way(view)}${
    view.isMasked &&
    html`<p class="note">Clients are told less than this: the answers below do not show whether the account exists.</p>
`
  }${
    subject.from === 'entry' &&
    html`<p class="note">Reading, decision and answers below are those of a sample error made from this entry.</p>
`
  }</section>
`;
}

function sourceOf({ subject }: View): string {
  switch (subject.from) {
    case 'entry':
      return 'From the catalogue';
    case 'example':
      return 'Example';
    case 'paste':
      return 'What you pasted';
  }
}

const whos = {
  user: 'The user can solve it.',
  admin: 'An administrator must act.',
  developer: 'The developer or operator must act.',
  microsoft: 'Nobody needs to act: the service recovers.',
  nobody: 'Nobody needs to act.',
} as const;

const who = (id: keyof typeof whos): string => whos[id];

/** The way through the pipeline in four steps, each a link to its part of the page. */
function way({ error, decision, answers }: View): Html | undefined {
  if (error === undefined || decision === undefined) return undefined;
  const statuses =
    answers === undefined
      ? html`<a href="#answers">passed on to <code>next(err)</code></a>`
      : html`<a href="#answers">page ${answers.navigation.status}, fetch ${answers.script.status}, API ${answers.api.status}</a>`;
  return html`<ol class="way" aria-label="The way of this error">
<li><a href="#reading">read as <code>${error.producer}</code></a></li>
<li><a href="#decision">rule <code>${decision.rule}</code></a></li>
<li><code>${decision.action}</code></li>
<li>${statuses}</li>
</ol>
`;
}

const readable = [
  'producer',
  'origin',
  'status',
  'oauthError',
  'suberror',
  'aadstsCodes',
  'b2cCodes',
  'clientCode',
  'flow',
  'scopes',
  'retryAfterSeconds',
  'throttledLocally',
  'traceId',
  'correlationId',
  'requestCorrelationId',
  'timestamp',
  'errorUri',
  'claimsDropped',
  'unconfirmed',
] as const satisfies readonly (keyof AadError)[];

/** The normalised error. `cause` is left out: it is the pasted value itself. */
function readingPart(error: AadError): Html {
  const shown = Object.fromEntries(readable.map((name) => [name, redactedValue(error[name])]));
  const { claims, description } = error;
  return html`<section class="card" aria-labelledby="reading">
<h2 id="reading">What was read</h2>
<p class="hint"><code>normalizeAadError()</code>; what is not here was not in it.</p>
${jsonMarkup({ ...shown, ...(claims !== undefined && { claims: redactedClaims(claims) }) })}${
    description !== undefined &&
    description !== '' &&
    html`<details><summary>The server's text, redacted; never on a page of yours</summary><pre tabindex="0">${description.slice(0, 4_000)}</pre></details>
`
  }</section>
`;
}

const maxShownPaste = 8_192;

function pastedPart({ subject }: View): Html | undefined {
  if (subject.from === 'entry') return undefined;
  return html`<section class="card" aria-labelledby="pasted">
<h2 id="pasted">${subject.from === 'example' ? 'The example' : 'The pasted text, without secrets'}</h2>
<pre tabindex="0">${(subject.from === 'example' ? subject.text : redactText(subject.text)).slice(0, maxShownPaste)}</pre>
<p><a href="?">Explain another error</a></p>
</section>
`;
}
