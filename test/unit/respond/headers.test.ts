import { describe, expect, it } from 'vitest';
import { headersToRemove, noSniff, noStore, pageSecurityPolicy, vary } from '../../../src/respond/headers.js';

describe('headers of every answer', () => {
  it('varies on what decides the answer', () => {
    expect(vary.split(', ').sort()).toStrictEqual([
      'Accept',
      'Accept-Language',
      'Authorization',
      'HX-Request',
      'Sec-Fetch-Dest',
      'Sec-Fetch-Mode',
      'X-Requested-With',
    ]);
  });

  it('is stored nowhere and taken for nothing else', () => {
    expect([noStore, noSniff]).toStrictEqual(['no-store', 'nosniff']);
  });

  it('leaves nothing behind that describes the body the application meant to send', () => {
    expect([...headersToRemove].sort()).toStrictEqual([
      'accept-ranges',
      'content-disposition',
      'content-encoding',
      'content-language',
      'content-range',
      'content-security-policy-report-only',
      'content-type',
      'etag',
      'expires',
      'last-modified',
      'location',
      'refresh',
      'retry-after',
      'transfer-encoding',
    ]);
  });
});

describe('pageSecurityPolicy', () => {
  it.each<[name: string, logoOrigin: string | undefined, expected: string]>([
    [
      'nothing but the stylesheet of this hash',
      undefined,
      "default-src 'none'; style-src 'sha256-x='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ],
    [
      'the logo of one origin besides',
      'https://static.contoso.example',
      "default-src 'none'; style-src 'sha256-x='; img-src https://static.contoso.example; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ],
  ])('allows %s', (_name, logoOrigin, expected) => {
    expect(pageSecurityPolicy('sha256-x=', logoOrigin)).toBe(expected);
  });
});
