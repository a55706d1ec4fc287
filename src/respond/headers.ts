/**
 * The only list of headers an answer of ours carries. Names are lower case, values ASCII by construction.
 */

/** What the answer depends on; appended to a `Vary` the application has set. */
export const vary =
  'Accept, Accept-Language, Authorization, Sec-Fetch-Dest, Sec-Fetch-Mode, X-Requested-With, HX-Request';

/** `Cache-Control` of every answer: what went wrong for one person is nobody else's. */
export const noStore = 'no-store';
/** `X-Content-Type-Options` of every answer. */
export const noSniff = 'nosniff';

/**
 * For pages: no script, no framing, styles by hash only, nothing loaded but the configured logo.
 * @see https://www.w3.org/TR/CSP3/
 */
export function pageSecurityPolicy(styleHash: string, logoOrigin: string | undefined): string {
  const image = logoOrigin === undefined ? '' : `; img-src ${logoOrigin}`;
  return `default-src 'none'; style-src '${styleHash}'${image}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** Set by the application for the answer it did not get to send. */
export const headersToRemove = [
  'content-type',
  'content-language',
  // Made for the application's own pages: it would report our style, which is fine by the policy that holds.
  'content-security-policy-report-only',
  'content-encoding',
  'content-range',
  'content-disposition',
  'etag',
  'last-modified',
  'expires',
  'accept-ranges',
  'transfer-encoding',
  'location',
  'refresh',
  'retry-after',
] as const;
