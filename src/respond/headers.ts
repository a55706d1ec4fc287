/**
 * The only list of headers an answer of ours carries. Names are lower case, values ASCII by construction.
 */

/** What the answer depends on; appended to a `Vary` the application has set. */
export const vary = 'Accept, Accept-Language, Authorization, Sec-Fetch-Dest, Sec-Fetch-Mode, X-Requested-With';

/** On every answer. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

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
  'content-encoding',
  'content-range',
  'content-disposition',
  'etag',
  'last-modified',
  'expires',
  'accept-ranges',
  'transfer-encoding',
] as const;
