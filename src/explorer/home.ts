import { aadActions, searchCatalog, type CatalogEntry } from '../catalog/index.js';
import { html, type Html } from '../respond/index.js';
import { examples } from './examples.js';
import { badge } from './layout.js';
import type { ExplorerRequest } from './request.js';

const pageSize = 40;
const placeholder = `invalid_grant: AADSTS50076: …

HTTP/1.1 401 Unauthorized
WWW-Authenticate: Bearer error="insufficient_claims", claims="…"

{ "error": { "code": "InvalidAuthenticationToken", … } }`;

/** The start page, and the same page with the results of a search. */
export function homePage(request: ExplorerRequest, takesToken: boolean, notice: string | undefined): Html {
  const isSearch = request.query !== undefined || request.action !== undefined;
  return html`${
    notice !== undefined &&
    html`<p class="alert" role="alert">${notice}</p>
`
  }<h1>${isSearch ? 'Search the catalogue' : 'What does this error ask for?'}</h1>
${
  !isSearch &&
  html`<p class="lead">Paste what you have, and see how aad-error-handler reads it, what it decides and why, and what a person, a script and an API client get.</p>
`
}${isSearch ? html`${searchForm(request)}${results(request)}` : html`<div class="two">${pasteForm(takesToken)}<div>${searchForm(request)}${exampleList()}</div></div>`}`;
}

function pasteForm(takesToken: boolean): Html {
  return html`<section class="card" aria-labelledby="paste">
<h2 id="paste">Paste an error</h2>
<form method="post" action="?" autocomplete="off">
<label for="text">Error, JSON body, WWW-Authenticate header, HTTP answer or log text</label>
<textarea id="text" name="text" spellcheck="false" required placeholder="${placeholder}"></textarea>
<details>
<summary>A call to Microsoft Graph or Azure was refused</summary>
<label for="wanted">Permissions that the call needs</label>
<input class="wide" id="wanted" name="wanted" placeholder="Mail.Read User.Read" maxlength="2048">
${
  takesToken &&
  html`<label for="token">Access token of the call, from a development account</label>
<input class="wide" id="token" name="token" type="password" autocomplete="off">
<p class="hint">Only aud, scp, roles, idtyp, exp and the kind of tid are looked at. The token is dropped at once.</p>
`
}</details>
<p class="hint">Secrets, tokens and personal data are taken out before anything is shown.</p>
<button>Explain</button>
</form>
</section>
`;
}

function searchForm({ query, action }: ExplorerRequest): Html {
  const option = (value: string, label: string, isChosen: boolean): Html =>
    isChosen
      ? html`<option value="${value}" selected>${label}</option>`
      : html`<option value="${value}">${label}</option>`;
  return html`<section class="card" aria-labelledby="search">
<h2 id="search">Look up a code</h2>
<form class="row" method="get" action="?">
<div class="grow"><label for="q">Code, name or words</label>
<input class="wide" id="q" name="q" value="${query ?? ''}" placeholder="50076, invalid_grant, conditional access" maxlength="200"></div>
<div><label for="action">Action</label>
<select id="action" name="action">${option('', 'any', action === undefined)}${aadActions.map((name) => option(name, name, name === action))}</select></div>
<button>Search</button>
</form>
</section>
`;
}

function exampleList(): Html {
  return html`<section class="card" aria-labelledby="examples">
<h2 id="examples">Or start with an example</h2>
<ul class="chips">${examples.map(({ id, label }) => html`<li><a href="?example=${id}">${label}</a></li>`)}</ul>
</section>
`;
}

function results({ query = '', action, page }: ExplorerRequest): Html {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 16);
  const hits = searchCatalog(words).filter((entry) => action === undefined || entry.action === action);
  const last = Math.max(1, Math.ceil(hits.length / pageSize));
  const current = Math.min(page, last);
  const shown = hits.slice((current - 1) * pageSize, current * pageSize);
  const link = (to: number, text: string): Html => {
    const parameters = new URLSearchParams({ q: query, action: action ?? '', page: String(to) });
    return html`<a href="?${parameters.toString()}">${text}</a>`;
  };
  const count = `${String(hits.length)} ${hits.length === 1 ? 'entry' : 'entries'}`;
  return html`<section class="card" aria-labelledby="results">
<h2 id="results">${hits.length === 0 ? 'Nothing in the catalogue fits' : count}${last > 1 && `, page ${String(current)} of ${String(last)}`}</h2>
${
  hits.length === 0
    ? html`<p>Try fewer words, a code without its prefix, or another action. Codes that nobody documented are explained by the error they come with: <a href="?">paste the whole text</a>.</p>
`
    : html`<ul class="hits">${shown.map(hit)}</ul>
`
}<nav class="pages" aria-label="Pages of the results">${current > 1 && link(current - 1, 'Previous')}${current < last && link(current + 1, 'Next')}</nav>
</section>
`;
}

function hit({ key, id, name, action, summary }: CatalogEntry): Html {
  return html`<li><span><a href="?${new URLSearchParams({ code: key }).toString()}">${id}</a> ${name !== undefined && html`<span class="name">${name}</span>`}</span>${badge(action)}<p>${summary}</p></li>
`;
}
