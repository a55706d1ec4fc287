import { packedLocales, situationIds } from './generated/locales.js';
import { unpack } from './packed.js';

/** What a person reads about one situation. Plain text, no placeholders, no markup. */
export interface SituationTexts {
  readonly title: string;
  readonly message: string;
  readonly nextStep: string;
  readonly helpDesk: string;
}

/** All texts of one language, as in data/locales and in `aad-error-handler/locales/<tag>`. */
export interface LocaleTexts {
  readonly tag: string;
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  readonly ui: Readonly<Record<string, string>>;
  readonly situations: Readonly<Record<string, SituationTexts>>;
}

/** Ready for look-ups with text from outside: Maps only. */
export interface Locale {
  readonly tag: string;
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  readonly ui: ReadonlyMap<string, string>;
  readonly situations: ReadonlyMap<string, SituationTexts>;
}

const packed = new Map(Object.entries(packedLocales));
const loaded = new Map<string, Locale>();

/** Tags of all built-in locales, sorted. */
export const localeTags: readonly string[] = [...packed.keys()];

const situationSet: ReadonlySet<string> = new Set(situationIds);

/** Whether every locale has texts for this situation. */
export function isSituation(id: string): boolean {
  return situationSet.has(id);
}

export { situationIds };

/** The texts of a built-in locale; English when the tag is not one of {@link localeTags}. Unpacked on first use. */
export function localeOf(tag: string): Locale {
  const found = loaded.get(tag);
  if (found !== undefined) return found;
  const textOf = packed.get(tag);
  if (textOf === undefined) return localeOf('en');
  const { ui, situations, ...head } = unpack(textOf()) as LocaleTexts;
  const locale = { ...head, ui: new Map(Object.entries(ui)), situations: new Map(Object.entries(situations)) };
  loaded.set(tag, locale);
  return locale;
}
