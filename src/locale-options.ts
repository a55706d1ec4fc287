/** The options `locales`, `defaultLocale` and `texts`. */
import { isSituation, localeOf, localeTags, type Locale, type SituationTexts } from './catalog/index.js';
import { badValue, checkOptions, requireOption, type OptionNames } from './option-checks.js';
import { createLocaleMatcher, type Settings } from './respond/index.js';

/** Texts of the application for one situation: for all languages, or by locale tag. */
export type TextOption = Partial<SituationTexts> | Readonly<Record<string, Partial<SituationTexts>>>;

/** Texts of an application's own for one language; any part may be missing. `aad-error-handler/locales/en` is an example. */
export interface OwnLocale {
  /** BCP 47 tag such as `el` or `sr-Latn`. The tag of a built-in language replaces its texts. */
  readonly tag: string;
  /** Which way the script runs. */
  readonly direction: 'ltr' | 'rtl';
  /** The language's name for itself. @defaultValue `tag` */
  readonly name?: string;
  /** Words of buttons and labels. @defaultValue English, also for each word left out */
  readonly ui?: Readonly<Record<string, string>>;
  /** Texts by situation: `{ title, message, nextStep, helpDesk }`, any of them. @defaultValue English, also for each text left out */
  readonly situations?: Readonly<Record<string, Partial<SituationTexts>>>;
}

/** Tag of a built-in language, or texts of the application's own. */
export type LocaleOption = string | OwnLocale;

const textNames = { title: 'string', message: 'string', nextStep: 'string', helpDesk: 'string' } as const;
const localeNames = { tag: 'string', name: 'string', direction: 'string', ui: 'object', situations: 'object' } as const;

/** The languages an application answers in. */
export interface Locales extends Pick<Settings, 'localeFor' | 'localeOf'> {
  /** Tags that `texts` may use: the built-in ones and those of the application. */
  readonly tags: readonly string[];
}

/**
 * @param options all built-in languages when absent
 * @throws AadOptionsError
 */
export function readLocales(
  call: string,
  options: readonly LocaleOption[] = localeTags,
  defaultLocale?: string,
): Locales {
  if (options.length === 0) throw badValue(call, 'locales', 'must hold at least one locale.');
  const own = new Map<string, Locale>();
  const supported = options.map((option, index) => {
    if (typeof option !== 'object') {
      if (!localeTags.includes(option))
        throw badValue(call, 'locales', `holds "${option}", which is no built-in locale (${localeTags.join(', ')}).`);
      return option;
    }
    const locale = readOwnLocale(call, option, `locales[${String(index)}]`);
    if (own.has(locale.tag)) throw badValue(call, 'locales', `holds two texts for "${locale.tag}".`);
    own.set(locale.tag, locale);
    return locale.tag;
  });
  const fallback = defaultLocale ?? (supported.includes('en') ? 'en' : (supported[0] ?? 'en'));
  if (!supported.includes(fallback)) throw badValue(call, 'defaultLocale', `must be one of ${supported.join(', ')}.`);
  return {
    tags: [...new Set([...localeTags, ...own.keys()])],
    localeFor: createLocaleMatcher(supported, fallback),
    localeOf: (tag) => own.get(tag) ?? localeOf(tag),
  };
}

/** English stands in for what is missing: a new situation of a later version must not stop an application from starting. */
function readOwnLocale(call: string, option: OwnLocale, path: string): Locale {
  checkOptions(call, option, localeNames, path);
  for (const name of ['tag', 'direction'])
    requireOption(call, option, name, 'An own language has at least a tag and a direction.', path);
  const { tag, name = tag, direction, ui = {}, situations = {} } = option;
  // Goes into a header and an attribute. Accepts "sr-Latn-RS", refuses "EN".
  if (!/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/.test(tag))
    throw badValue(call, `${path}.tag`, 'must be a language tag such as "el" or "sr-Latn".');
  if (!['ltr', 'rtl'].includes(direction)) throw badValue(call, `${path}.direction`, 'must be "ltr" or "rtl".');
  const english = localeOf('en');
  checkOptions(call, ui, namesOf(english.ui), `${path}.ui`);
  checkOptions(call, situations, namesOf(english.situations, 'object'), `${path}.situations`);
  const texts = new Map(english.situations);
  for (const [situation, own] of Object.entries(situations)) {
    checkOptions(call, own, textNames, `${path}.situations.${situation}`);
    const inEnglish = english.situations.get(situation);
    if (inEnglish !== undefined) texts.set(situation, { ...inEnglish, ...own });
  }
  return { tag, name, direction, ui: new Map([...english.ui, ...Object.entries(ui)]), situations: texts };
}

const namesOf = (texts: ReadonlyMap<string, unknown>, check: 'string' | 'object' = 'string'): OptionNames =>
  Object.fromEntries([...texts.keys()].map((name) => [name, check]));

/**
 * @param tags locale tags that may stand in place of "all languages"
 * @throws AadOptionsError
 */
export function readTexts(
  call: string,
  texts: Readonly<Record<string, TextOption>>,
  tags: readonly string[],
): Settings['texts'] {
  const read = new Map<string, Map<string, Partial<SituationTexts>>>();
  for (const [situation, value] of Object.entries(texts)) {
    const path = `texts.${situation}`;
    if (!isSituation(situation))
      throw badValue(call, path, 'names no situation; the export `situationIds` lists them.');
    const byLocale = new Map<string, Partial<SituationTexts>>();
    // Not an object: checkOptions says so.
    if (typeof (value as unknown) !== 'object' || (value as unknown) === null)
      checkOptions(call, value, textNames, path);
    if (Object.values(value).every((entry) => typeof entry === 'string')) {
      checkOptions(call, value, textNames, path);
      byLocale.set('*', { ...value });
    } else {
      for (const [tag, entry] of Object.entries(value)) {
        if (!tags.includes(tag)) throw badValue(call, `${path}.${tag}`, `is no built-in locale (${tags.join(', ')}).`);
        checkOptions(call, entry, textNames, `${path}.${tag}`);
        byLocale.set(tag, { ...(entry as Partial<SituationTexts>) });
      }
    }
    read.set(situation, byLocale);
  }
  return read;
}
