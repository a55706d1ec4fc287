/**
 * What an application's Content-Security-Policy may ask of a page besides where its parts come from. Ours says nothing
 * about these, so they stay in force.
 */
const keptDirectives: ReadonlySet<string> = new Set([
  'block-all-mixed-content',
  'require-trusted-types-for',
  'sandbox',
  'trusted-types',
  'upgrade-insecure-requests',
]);

/** Only the built-in page's policy starts from nothing; that of an application's own page leaves the rest to it. */
const startsFromNothing = "default-src 'none';";

/**
 * The policies of an answer for which the application had set its own.
 *
 * The built-in page is the same few bytes of style for everybody, locked by a hash, without script, forms or frames. No
 * source list can be stricter where it matters, but `style-src 'self'` beside ours would leave the page bare: so for this
 * answer ours stands in place of the application's, and only what it does not cover is kept.
 */
export function joinPolicies(theirs: readonly string[], own: string): string | string[] {
  if (theirs.length === 0) return own;
  if (!own.startsWith(startsFromNothing)) return [...theirs, own];
  const kept = theirs
    .flatMap((header) => header.split(','))
    .map((policy) => policy.split(';').filter(isKept).join(';').trim())
    .filter((policy) => policy !== '');
  return kept.length === 0 ? own : [own, ...kept];
}

function isKept(directive: string): boolean {
  return keptDirectives.has(directive.trim().split(/\s/, 1)[0]?.toLowerCase() ?? '');
}
