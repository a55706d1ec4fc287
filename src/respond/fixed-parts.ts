import type { Locale } from '../catalog/index.js';
import { html, inOnePiece, trusted, type Html } from './html.js';
import { iconOf } from './icon.js';
import type { Settings } from './settings.js';
import { nextStepElsewhere, textsOf, uiText } from './texts.js';

/** The markup of a page that depends on nothing but settings, language and situation. */
export interface FixedParts {
  /** From the doctype to the first paragraph. */
  readonly head: Html;
  readonly nextStep: Html;
  /** In place of nextStep where the page cannot lead to a sign-in. */
  readonly nextStepElsewhere: Html;
  /** Who can help besides this application, by the id of the text. */
  readonly helpers: ReadonlyMap<Helper, Html>;
  /** How to reach the application's own support, and the folded details up to the ids. */
  readonly support: Html;
  /** A line of the details up to its value. */
  readonly labels: Readonly<Record<SupportLine, Html>>;
  /** From the end of the details to that of the card. */
  readonly supportEnd: Html;
  /** From the footer to the end. */
  readonly end: Html;
}

/** What the sentence about help says, by the id of its text. */
export type Helper = 'askAdministrator' | 'askApplicationOwner' | 'askNobody';
const helpers: readonly Helper[] = ['askAdministrator', 'askApplicationOwner', 'askNobody'];

/** The ids to quote, in this order. */
export const supportLines = ['code', 'correlationId', 'traceId', 'timeUtc', 'timeLocal'] as const;
export type SupportLine = (typeof supportLines)[number];

const nothing = trusted('');

/** Made once for each language and situation (prepared.ts): nine tenths of every page. */
export function fixedParts(settings: Settings, locale: Locale, situation: string): FixedParts {
  const texts = textsOf(settings, locale, situation);
  const { applicationName } = settings.branding;
  return {
    head: kept(html`<!doctype html>
<html lang="${locale.tag}" dir="${locale.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${texts.title}${applicationName !== undefined && ` - ${applicationName}`}</title>
<style>${trusted(settings.stylesheet)}</style>
</head>
<body>
<div class="page">
${brand(settings)}<main class="${iconOf(situation)}">
<h1>${texts.title}</h1>
<p>${texts.message}</p>
`),
    nextStep: kept(step(locale, texts.nextStep)),
    nextStepElsewhere: kept(step(locale, nextStepElsewhere(settings, locale, situation))),
    helpers: new Map(helpers.map((helper) => [helper, kept(whoCanHelp(locale, helper))])),
    support: kept(html`${contact(settings, locale)}<details>
<summary>${uiText(locale, 'detailsForSupport')}</summary>
<p>${uiText(locale, 'sendDetails')}</p>
<pre tabindex="0" dir="auto">${texts.helpDesk}`),
    labels: Object.fromEntries(
      supportLines.map((id) => [
        id,
        // Each value is kept in one piece and in its own direction beside its label.
        kept(html`
${uiText(locale, id)}: <bdi>`),
      ]),
    ) as Record<SupportLine, Html>,
    supportEnd: kept(html`</pre>
</details>
</main>
`),
    end: kept(html`${footer(settings)}</div>
</body>
</html>
`),
  };
}

const kept = ({ markup }: Html): Html => trusted(inOnePiece(markup));

function whoCanHelp(locale: Locale, helper: Helper): Html {
  // A heading that asks for help and a sentence that says it is not needed would be one too many.
  const heading =
    helper !== 'askNobody' &&
    html`<h2>${uiText(locale, 'whoCanHelp')}</h2>
`;
  return html`${heading}<p>${uiText(locale, helper)}</p>
`;
}

function step(locale: Locale, text: string): Html {
  return html`<h2>${uiText(locale, 'whatYouCanDo')}</h2>
<p>${text}</p>
`;
}

function brand({ branding }: Settings): Html {
  if (branding.applicationName === undefined && branding.logoUrl === undefined) return nothing;
  const logo = branding.logoUrl !== undefined && html`<img src="${branding.logoUrl}" alt="">`;
  const name = branding.applicationName !== undefined && html`<span>${branding.applicationName}</span>`;
  return html`<header class="brand">${logo}${name}</header>
`;
}

function contact({ branding }: Settings, locale: Locale): Html {
  const label = uiText(locale, 'contactSupport');
  const mail = branding.supportEmail;
  const url = branding.supportUrl;
  if (mail === undefined && url === undefined) return nothing;
  const page = url !== undefined && html`<a href="${url}">${label}</a> `;
  const address =
    mail !== undefined && html`<a href="mailto:${mail}">${url === undefined ? `${label}: ${mail}` : mail}</a>`;
  return html`<p class="links">${page}${address}</p>
`;
}

function footer({ branding }: Settings): Html {
  if (branding.links.length === 0 && branding.footer === undefined) return nothing;
  const links = branding.links.map((entry) => html`<a href="${entry.url}">${entry.text}</a>`);
  return html`<footer class="links">${links}${branding.footer !== undefined && html`<p>${branding.footer}</p>`}</footer>
`;
}
