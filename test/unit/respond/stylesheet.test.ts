import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAccent, stylesheet } from '../../../src/respond/index.js';

/** Contrast of two colours (WCAG 2.2), written once more from the standard. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const full = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe('parseAccent', () => {
  test.each([
    ['#0f6cbd', '#0f6cbd', '#fff'],
    ['#FFB900', '#ffb900', '#000'],
    ['#fff', '#ffffff', '#000'],
    ['#000', '#000000', '#fff'],
    ['#777', '#777777', '#000'],
  ])('%s: text on it is %s', (colour, background, text) => {
    expect(parseAccent(colour)).toEqual({ background, text });
  });

  test.each(['blue', '#12', '#12345', '#1234567', '0f6cbd', '#ggg', '', '#0f6cbd;}', 'rgb(0,0,0)', '#0f6cbd\n'])(
    '%j is no colour',
    (colour) => {
      expect(parseAccent(colour)).toBeUndefined();
    },
  );

  test('whatever the colour, the text on the button reaches 4.5 : 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const accent = parseAccent(`#${value.toString(16).padStart(6, '0')}`)!;
        expect(contrast(accent.background, accent.text)).toBeGreaterThanOrEqual(4.5);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('stylesheet', () => {
  const css = stylesheet(undefined);
  const variables = (block: string): ReadonlyMap<string, string> =>
    new Map([...block.matchAll(/--([a-z-]+):(#[0-9a-f]{3,6})/g)].map((match) => [match[1]!, match[2]!]));
  const light = variables(css.split('\n')[0]!);
  const dark = variables(css.split('\n')[1]!);
  const print = variables(css.split('@media print')[1]!);

  test.each([
    ['light', light],
    ['dark', dark],
    ['print', print],
  ])('%s: every text reaches 4.5 : 1 on what is behind it', (_theme, colours) => {
    for (const [text, behind] of [
      ['text', 'card'],
      ['text', 'bg'],
      ['soft', 'card'],
      ['soft', 'bg'],
      ['link', 'card'],
    ] as const)
      expect(contrast(colours.get(text)!, colours.get(behind)!), `${text} on ${behind}`).toBeGreaterThanOrEqual(4.5);
    const button = [colours.get('on-accent'), colours.get('accent')] as const;
    if (button[0] !== undefined && button[1] !== undefined)
      expect(contrast(button[0], button[1])).toBeGreaterThanOrEqual(4.5);
  });

  test('both themes define the same variables', () => {
    expect([...dark.keys()].sort()).toEqual([...light.keys()].sort());
  });

  test('nothing is loaded, nothing is positioned for one direction only', () => {
    expect(css).not.toMatch(/url\(|@import|@font-face|expression/);
    expect(css).not.toMatch(/(?:margin|padding|border)-(?:left|right)|text-align:(?:left|right)|float/);
  });

  test('it cannot end its own element', () => {
    expect(stylesheet(parseAccent('#abc'))).not.toMatch(/<\/?[a-z]/i);
  });
});
