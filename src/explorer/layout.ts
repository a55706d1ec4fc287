import { html, trusted, type Html } from '../respond/index.js';
import type { AadAction } from '../types.js';
import { stylesheet } from './stylesheet.js';

const style = trusted(stylesheet);

/** For pages that have no search of their own. */
const topSearch = html`<form class="find" method="get" action="?" role="search">
<input type="search" name="q" aria-label="Search the catalogue" placeholder="Code, text or action" maxlength="200">
<button>Search</button>
</form>
`;

/** A whole document of the explorer around the part that changes. */
export function documentOf(title: string, main: Html, hasSearch: boolean): string {
  return html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<div class="bar">
<a class="home" href="?">Error explorer</a><span class="tag">development</span>
${!hasSearch && topSearch}</div>
</header>
<main id="main" tabindex="-1">
${main}</main>
<footer class="foot">aad-error-handler. Everything happens in this process: nothing is sent anywhere, kept or logged.</footer>
</body>
</html>
`.markup;
}

/** Who can do something about an action decides its colour. */
const tones: Readonly<Record<AadAction, string>> = {
  retry: 'wait',
  interactive: 'user',
  claims_challenge: 'user',
  consent: 'user',
  admin_consent: 'admin',
  contact_admin: 'admin',
  fix_config: 'code',
  user_cancelled: 'none',
  unknown: 'code',
};

export const toneOf = (action: AadAction): string => tones[action];

export function badge(action: AadAction): Html {
  return html`<span class="badge ${tones[action]}">${action}</span>`;
}

/** `dt` and `dd` pairs; what is not known is left out. */
export function facts(rows: readonly (readonly [label: string, value: string | Html | undefined])[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>
${shown.map(
  ([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>
`,
)}</dl>
`;
}

/** JSON for reading: names, texts and other values in their own colours. */
export function jsonMarkup(value: unknown): Html {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return html`<pre tabindex="0">${lines.map(lineMarkup)}</pre>
`;
}

function lineMarkup(line: string, index: number): Html {
  const match = /^( *)(?:("(?:[^"\\]|\\.)*"): )?(.*)$/.exec(line); // accepts `  "name": "value",`
  const [, indent = '', name, rest = ''] = match ?? [line, '', undefined, line];
  const shown = rest.startsWith('"') ? html`<i>${rest}</i>` : /^[\w-]/.test(rest) ? html`<u>${rest}</u>` : rest;
  return html`${index > 0 && '\n'}${indent}${name !== undefined && html`<b>${name}</b>: `}${shown}`;
}
