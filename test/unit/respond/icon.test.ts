import { describe, expect, test } from 'vitest';
import { situationIds } from '../../../src/index.js';
import { iconOf, iconStyles } from '../../../src/respond/icon.js';
import { stylesheet } from '../../../src/respond/index.js';

describe('the drawing above the title', () => {
  test.each([
    ['service-busy', 'clock'],
    ['admin-approval-needed', 'shield'],
    ['blocked-by-policy', 'lock'],
    ['secret-expired', 'warning'],
    ['session-expired', 'person'],
    ['__proto__', 'person'],
  ])('%s: %s', (situation, icon) => {
    expect(iconOf(situation)).toBe(icon);
  });

  test('each situation has one that the stylesheet draws, and each drawing has a situation', () => {
    const used = new Set(situationIds.map(iconOf));
    const drawn = [...iconStyles.matchAll(/^\.(\w+)::before\{clip-path:path\(evenodd,"M[^"]+z"\)\}$/gm)];
    expect(drawn.map(([, icon]) => icon).sort()).toEqual([...used].sort());
    expect(stylesheet()).toContain(iconStyles);
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
