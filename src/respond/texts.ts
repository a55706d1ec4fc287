import { localeOf, type Locale, type SituationTexts } from '../catalog/index.js';
import type { Settings } from './settings.js';

/** The texts of a situation in a language, with the application's own words in place of ours where it gave some. */
export function textsOf(settings: Settings, locale: Locale, situation: string): SituationTexts {
  const built = locale.situations.get(situation) ?? locale.situations.get('unknown-problem') ?? emptyTexts;
  const own = settings.texts.get(situation);
  if (own === undefined) return built;
  return { ...built, ...own.get('*'), ...own.get(locale.tag) };
}

/** The next step where the page cannot lead to a sign-in itself: the application's own words, else where to start one. */
export function nextStepElsewhere(settings: Settings, locale: Locale, situation: string): string {
  const own = settings.texts.get(situation);
  return own?.get(locale.tag)?.nextStep ?? own?.get('*')?.nextStep ?? uiText(locale, 'signInAtStartPage');
}

const emptyTexts: SituationTexts = { title: '', message: '', nextStep: '', helpDesk: '' };

/** A text of the page frame, placeholders filled. */
export function uiText(locale: Locale, id: string, values?: Readonly<Record<string, string | number>>): string {
  const text = locale.ui.get(id) ?? localeOf('en').ui.get(id) ?? '';
  if (values === undefined) return text;
  const filled = text.replace('{seconds} ', '{seconds}\u00a0'); // a number stays with its unit
  return filled.replace(/\{([a-z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  ); // accepts "{seconds}"
}
