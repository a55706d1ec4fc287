import { html, type Html } from '../respond/index.js';
import type { ResponseSpec } from '../types.js';
import { jsonMarkup } from './layout.js';
import { shownDocument, shownHeader } from './shown.js';
import type { View } from './view.js';

/** The three answers, and the form that asks for them in another language or with a sign-in. */
export function answersPart(view: View, locales: readonly string[]): Html {
  const { answers } = view;
  if (answers === undefined) return passedOn(view);
  return html`<section class="card" aria-labelledby="answers">
<h2 id="answers">The three answers</h2>
${optionsForm(view, locales)}
<div class="answers">
<article class="answer page"><h3>A person in a browser</h3>
${wire(answers.navigation)}${bodyOf(answers.navigation, view.locale)}</article>
<article class="answer"><h3>A script in a page: <code>fetch</code></h3>
${wire(answers.script)}${bodyOf(answers.script, view.locale)}</article>
<article class="answer"><h3>An API client with a token</h3>
${wire(answers.api)}${bodyOf(answers.api, view.locale)}</article>
</div>
</section>
`;
}

function passedOn({ explanation }: View): Html {
  const why = explanation.found
    ? 'Nothing in it shows that it comes from the identity platform, so the middleware does not answer.'
    : 'It is no identity error, so the middleware does not answer.';
  return html`<section class="card" aria-labelledby="answers">
<h2 id="answers">No answer</h2>
<p>${why} The very same object goes to <code>next(err)</code>, and your own error handler gets it.</p>
</section>
`;
}

function optionsForm({ subject, locale, signIn }: View, locales: readonly string[]): Html {
  const { name, value } = subjectField(subject);
  if (value === undefined)
    return html`<p class="note">This text is too long to be kept in the form: paste it again to see another language.</p>
`;
  const checked = signIn
    ? html`<input type="checkbox" name="signin" value="1" checked>`
    : html`<input type="checkbox" name="signin" value="1">`;
  return html`<form class="row" method="${name === 'again' ? 'post' : 'get'}" action="?">
<input type="hidden" name="${name}" value="${value}">
<div><label for="lang">Language</label>
<select id="lang" name="lang">${locales.map((tag) => languageOption(tag, tag === locale))}</select></div>
<label class="check">${checked} <span>with automatic sign-in (<code>interaction</code>)</span></label>
<button>Show</button>
</form>
`;
}

/** The hidden field that asks for the same subject again. */
function subjectField(subject: View['subject']): { readonly name: string; readonly value: string | undefined } {
  switch (subject.from) {
    case 'entry':
      return { name: 'code', value: subject.entry.key };
    case 'example':
      return { name: 'example', value: subject.id };
    case 'paste':
      return { name: 'again', value: subject.again };
  }
}

const languageNames = new Map<string, string>();

/** The language's own name; made once, because the data for it are loaded by the first use. */
function languageName(tag: string): string {
  const known = languageNames.get(tag);
  if (known !== undefined) return known;
  let name: string | undefined;
  try {
    name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag);
  } catch {
    name = undefined;
  }
  languageNames.set(tag, name ?? tag);
  return name ?? tag;
}

function languageOption(tag: string, isChosen: boolean): Html {
  const text = html`${languageName(tag)} (${tag})`;
  return isChosen
    ? html`<option value="${tag}" lang="${tag}" selected>${text}</option>`
    : html`<option value="${tag}" lang="${tag}">${text}</option>`;
}

const reasons = new Map([
  [303, 'See Other'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [500, 'Internal Server Error'],
  [503, 'Service Unavailable'],
]);
/** Headers that differ from answer to answer come first; the rest is the same for all. */
const telling = ['location', 'www-authenticate', 'retry-after', 'refresh', 'content-type', 'content-language'];

function wire({ status, headers }: ResponseSpec): Html {
  const line = (name: string): Html => html`<b>${name}:</b> ${shownHeader(headers[name] ?? '')}
`;
  const names = Object.keys(headers);
  const first = telling.filter((name) => names.includes(name));
  const rest = names.filter((name) => !telling.includes(name));
  return html`<p class="status">${status} ${reasons.get(status)}</p>
<pre tabindex="0">${first.map(line)}</pre>
<details><summary>All headers</summary><pre tabindex="0">${[...first, ...rest].map(line)}</pre></details>
`;
}

function bodyOf({ status, headers, body }: ResponseSpec, locale: string): Html {
  if (status === 303)
    return html`<p>The browser goes to <code>Location</code> and the sign-in starts; nobody sees a page. Clear the box above to see the page of an application without automatic sign-in.</p>
`;
  if (headers['content-type']?.startsWith('text/html') !== true) return jsonMarkup(shownDocument(body));
  // No permission at all for the frame: no script, no forms, no origin, and its links lead nowhere by our policy.
  return html`<iframe sandbox="" title="The page in ${languageName(locale)}" srcdoc="${body}"></iframe>
`;
}
