import type { Locale } from '../catalog/index.js';
import { html, trusted, type Html } from './html.js';
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
  /** The folded details up to the ids. */
  readonly support: Html;
  readonly contact: Html;
  readonly footer: Html;
}

const nothing = trusted('');

/** Situations times languages are few; the limit only keeps a changed catalogue from growing without notice. */
const maxParts = 1_000;
const made = new WeakMap<Settings, Map<string, FixedParts>>();

/** Made once for each language and situation, on the first page that needs them: three quarters of every page. */
export function fixedParts(settings: Settings, locale: Locale, situation: string): FixedParts {
  let byKey = made.get(settings);
  if (byKey === undefined) {
    byKey = new Map();
    made.set(settings, byKey);
  }
  const key = `${locale.tag} ${situation}`;
  const known = byKey.get(key);
  if (known !== undefined) return known;
  if (byKey.size >= maxParts) byKey.clear();
  const parts = makeParts(settings, locale, situation);
  byKey.set(key, parts);
  return parts;
}

function makeParts(settings: Settings, locale: Locale, situation: string): FixedParts {
  const texts = textsOf(settings, locale, situation);
  const { applicationName } = settings.branding;
  return {
    head: html`<!doctype html>
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
`,
    nextStep: step(locale, texts.nextStep),
    nextStepElsewhere: step(locale, nextStepElsewhere(settings, locale, situation)),
    support: html`<details>
<summary>${uiText(locale, 'detailsForSupport')}</summary>
<p>${uiText(locale, 'sendDetails')}</p>
<pre tabindex="0" dir="auto">${texts.helpDesk}`,
    contact: contact(settings, locale),
    footer: footer(settings),
  };
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
