import { localeTags } from '../catalog/index.js';

/** Spellings and regions whose first subtag alone would find nothing or the wrong script. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['pt', 'pt-BR'],
  ['zh', 'zh-Hans'],
  ['zh-tw', 'zh-Hant'],
  ['zh-hk', 'zh-Hant'],
  ['zh-mo', 'zh-Hant'],
  ['no', 'nb'],
  ['nn', 'nb'],
  ['iw', 'he'],
]);

/**
 * The built-in locale for a language tag: the tag itself, in any case and with `_` for `-`, else with its last subtags
 * left off. Undefined when no built-in locale fits.
 */
export function localeTagFor(tag: unknown): string | undefined {
  if (typeof tag !== 'string' || tag.length === 0 || tag.length > 35) return undefined;
  let wanted = tag.replaceAll('_', '-').toLowerCase();
  for (;;) {
    const exact = localeTags.find((known) => known.toLowerCase() === wanted) ?? aliases.get(wanted);
    if (exact !== undefined) return exact;
    const dash = wanted.lastIndexOf('-');
    if (dash < 0) return undefined;
    wanted = wanted.slice(0, dash);
  }
}
