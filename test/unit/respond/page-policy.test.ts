import { describe, expect, test } from 'vitest';
import { joinPolicies, pageSecurityPolicy } from '../../../src/respond/index.js';

const own = pageSecurityPolicy('sha256-x', undefined);

describe('the policy of the built-in page', () => {
  test.each<[name: string, theirs: readonly string[], expected: string | readonly string[]]>([
    ['no policy of the application', [], own],
    ['source lists, however strict', ["default-src 'self'; style-src 'self'; script-src 'none'"], own],
    ['frames and forms: ours allows none', ["frame-ancestors 'self' https://a.example; form-action 'self'"], own],
    ['the default of helmet', ["default-src 'self';upgrade-insecure-requests"], [own, 'upgrade-insecure-requests']],
    ['a sandbox stays', ["style-src 'self'; sandbox allow-popups"], [own, 'sandbox allow-popups']],
    ['names in any case, with tabs', ["STYLE-SRC 'self';\tSandBox\tallow-popups"], [own, 'SandBox\tallow-popups']],
    [
      'two headers, one of them a list: each stays a policy of its own',
      ["img-src *; sandbox, require-trusted-types-for 'script'", 'block-all-mixed-content'],
      [own, 'sandbox', "require-trusted-types-for 'script'", 'block-all-mixed-content'],
    ],
    ['empty policies', ['', ' ; ;', ','], own],
    ['a name that only begins like one that stays', ['sandboxed; sandbox-x a'], own],
  ])('%s', (_name, theirs, expected) => {
    expect(joinPolicies(theirs, own)).toEqual(expected);
  });

  test("a page of the application's own keeps the application's policy whole, and may not be framed", () => {
    const framing = "frame-ancestors 'none'; base-uri 'none'";
    expect(joinPolicies(["style-src 'self'", "img-src 'none'"], framing)).toEqual([
      "style-src 'self'",
      "img-src 'none'",
      framing,
    ]);
    expect(joinPolicies([], framing)).toBe(framing);
  });
});
