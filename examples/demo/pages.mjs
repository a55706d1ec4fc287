// The demo's own two pages. The error pages it shows come from aad-error-handler.
const escape = (text) => String(text).replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);

const style = `
:root{color-scheme:light dark;--bg:#fafafa;--card:#fff;--text:#1b1b1b;--soft:#5c5c5c;--line:#d6d6d6;--accent:#0f6cbd}
@media (prefers-color-scheme:dark){:root{--bg:#1b1b1b;--card:#262626;--text:#f2f2f2;--soft:#bdbdbd;--line:#555;--accent:#62abf5}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:1rem/1.5 "Segoe UI",system-ui,sans-serif}
header,main{max-width:80rem;margin:0 auto;padding:1rem}h1{margin:.25rem 0;font-size:1.5rem}h2{font-size:1rem;margin:1.25rem 0 .25rem;color:var(--soft)}
ul{list-style:none;margin:0;padding:0}li{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;border-block-start:1px solid var(--line);padding:.4rem 0}
a{color:var(--accent)}li>a{flex:0 1 30rem}button{font:inherit;font-size:.9rem;border:1px solid var(--line);border-radius:.3rem;background:var(--card);color:inherit;padding:.2rem .7rem;cursor:pointer}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.75rem;min-width:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:.8rem/1.5 ui-monospace,monospace;margin:.5rem 0 0}p{margin:.25rem 0;color:var(--soft)}`;

const script = `
const show = (id, text) => { document.getElementById(id).textContent = text; };
document.addEventListener('click', async (event) => {
  const { id, form } = event.target.dataset ?? {};
  if (id === undefined) return;
  const headers = form === 'api' ? { authorization: 'Bearer ' + document.body.dataset.token } : {};
  show('request', 'GET /situations/' + id + '\\n' + (form === 'api' ? 'Authorization: Bearer eyJ…' : 'fetch() from this page'));
  const response = await fetch('/situations/' + id, { headers, redirect: 'manual' });
  const body = await response.text();
  const wanted = ['content-type', 'www-authenticate', 'retry-after', 'cache-control', 'vary', 'content-language'];
  const lines = wanted.filter((name) => response.headers.has(name)).map((name) => name + ': ' + response.headers.get(name));
  let shown = body;
  try { shown = JSON.stringify(JSON.parse(body), null, 2); } catch {}
  show('answer', 'HTTP ' + response.status + '\\n' + lines.join('\\n') + '\\n\\n' + shown);
  show('raw', JSON.stringify(await (await fetch('/last-error/' + id)).json(), null, 2));
  document.getElementById('result').scrollIntoView({ behavior: 'smooth' });
});`;

export function overviewPage({ situations, account, token, localEntraUrl }) {
  const groups = new Map();
  for (const [id, situation] of situations) {
    groups.set(situation.group, [...(groups.get(situation.group) ?? []), { id, ...situation }]);
  }
  const list = [...groups]
    .map(
      ([group, entries]) =>
        `<h2>${escape(group)}</h2><ul>${entries
          .map(
            ({ id, title, signInOnly }) =>
              `<li><a href="/situations/${id}">${escape(title)}</a>${
                signInOnly
                  ? ''
                  : `<button data-id="${id}" data-form="script">fetch it</button> <button data-id="${id}" data-form="api">call it as an API</button>`
              }</li>`,
          )
          .join('')}</ul>`,
    )
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>aad-error-handler demo</title><style>${style}</style></head><body data-token="${escape(token)}">
<header><h1>What happens when sign-in with Entra ID fails</h1>
<p>Open a link to see what a person gets. The buttons show what a script in a page and an API client get for the same failure; the answer appears at the end of this page.</p>
<p>${account ? `Signed in as ${escape(account.username)}. <a href="/auth/sign-out">Sign out</a>` : 'Nobody is signed in.'}
 Every token call goes to <a href="${escape(localEntraUrl)}">LocalEntra</a>, a test double on this machine.</p>
<p><a href="/errors">Open the error explorer</a> to look up a code, or to paste an error of your own.</p></header>
<main>${list}
<div class="columns" id="result" style="margin-top:1.5rem">
<section><strong>The request</strong><pre id="request">Press a button above.</pre></section>
<section><strong>What was thrown</strong><pre id="raw"></pre></section>
<section><strong>What the client got</strong><pre id="answer"></pre></section>
</div></main><script>${script}</script></body></html>`;
}

export function welcomePage(situation, account) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>It worked</title><style>${style}</style></head>
<body><main><h1>It worked</h1><p>${escape(situation.title)}: you signed in, and are back on the page you asked for${account ? `, as ${escape(account.username)}` : ''}.</p>
<p><a href="/">Back to the list</a></p></main></body></html>`;
}
