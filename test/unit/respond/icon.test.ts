import { describe, expect, test } from 'vitest';
import { situationIds } from '../../../src/index.js';
import { iconOf, iconStyles } from '../../../src/respond/icon.js';
import { stylesheet } from '../../../src/respond/index.js';

describe('the drawing above the title', () => {
  test.each([
    ...(['network-problem', 'service-busy', 'service-unavailable', 'waiting-for-sign-in'] as const).map((id) => [
      id,
      'clock',
    ]),
    ...(['admin-approval-needed', 'admin-approval-not-granted', 'consent-declined', 'consent-needed'] as const).map(
      (id) => [id, 'shield'],
    ),
    ...(
      [
        'account-disabled',
        'account-locked',
        'app-disabled',
        'approved-app-required',
        'blocked-by-policy',
        'blocked-by-risk',
        'device-not-compliant',
        'license-missing',
        'not-assigned-to-app',
        'organization-blocked',
        'permission-denied',
      ] as const
    ).map((id) => [id, 'lock']),
    ...(
      [
        'app-misconfigured',
        'app-not-in-organization',
        'identity-provider-problem',
        'secret-expired',
        'too-many-sign-ins',
        'unknown-problem',
      ] as const
    ).map((id) => [id, 'warning']),
    ...(['session-expired', 'mfa-required', 'password-expired', '__proto__'] as const).map((id) => [id, 'person']),
  ])('%s: %s', (situation, icon) => {
    expect(iconOf(situation)).toBe(icon);
  });

  test('each situation has one that the stylesheet draws, and each drawing has a situation', () => {
    const used = new Set(situationIds.map(iconOf));
    const drawn = [...iconStyles.matchAll(/^\.(\w+)::before\{clip-path:path\(evenodd,"M[^"]+z"\)\}$/gm)];
    expect(drawn.map(([, icon]) => icon).sort()).toEqual([...used].sort());
    expect(stylesheet()).toContain(iconStyles);
  });

  test('a browser that cannot cut shows no square', () => {
    expect(iconStyles).toMatch(/^main::before\{content:"";.*background:var\(--link\)\}$/m);
    expect(iconStyles).toMatch(/^@supports not \(clip-path:.*\{main::before\{display:none\}\}$/m);
  });

  test('it is drawn inside its square', () => {
    for (const [, path = ''] of iconStyles.matchAll(/evenodd,"([^"]+)"/g)) {
      // Every figure begins at an absolute place.
      for (const [, x, y] of path.matchAll(/M([\d.]+) ([\d.]+)/g)) {
        expect(Number(x)).toBeLessThanOrEqual(40);
        expect(Number(y)).toBeLessThanOrEqual(40);
      }
    }
  });
});
