/** Door of catalog/: facts from data/ as typed look-ups. No decisions. */
export * from './rules.js';
export {
  catalogKey,
  detailsOf,
  detailTables,
  listAadsts,
  lookupAadsts,
  type DetailRow,
  type ListFilter,
  type SmallRow,
} from './details.js';
export {
  isSituation,
  localeOf,
  localeTags,
  situationIds,
  type Locale,
  type LocaleTexts,
  type SituationTexts,
} from './locales.js';
export { catalogEntries, searchCatalog, type CatalogEntry, type CatalogKind } from './search.js';
