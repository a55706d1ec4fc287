import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAccent, schemes, stylesheet } from '../../../src/respond/index.js';
import { contrast } from './contrast.js';

const schemeNames = Object.keys(schemes) as (keyof typeof schemes)[];
const parts = ['00', '33', '66', '99', 'cc', 'ff'];
/** 216 colours, evenly spread: every grey, every loud and every dull one. */
const colours = parts.flatMap((red) => parts.flatMap((green) => parts.map((blue) => `#${red}${green}${blue}`)));

/** What a scheme cannot show readably with this colour. */
function unreadable(colour: string, name: keyof typeof schemes): string[] {
  const { background, text, link } = parseAccent(colour)![name];
  const { card, page } = schemes[name];
  return [
    ...(contrast(text, background) < 4.5 ? [`${colour} ${name}: text ${text} on the button ${background}`] : []),
    ...(contrast(background, card) < 3 ? [`${colour} ${name}: the button ${background} on the card`] : []),
    ...(contrast(link, card) < 4.5 ? [`${colour} ${name}: the link ${link} on the card`] : []),
    ...(contrast(link, page) < 4.5 ? [`${colour} ${name}: the link ${link} on the page`] : []),
  ];
}

describe('an accent colour', () => {
  test.each([
    // Readable on both cards: as it is.
    ['#8764b8', { light: '#8764b8', dark: '#8764b8' }],
    // A dark red on the dark card, a yellow on the white one: moved just as far as it takes.
    ['#a4262c', { light: '#a4262c', dark: '#b75458' }],
    ['#ffb900', { light: '#bf8b00', dark: '#ffb900' }],
    ['#FFF', { light: '#949494', dark: '#ffffff' }],
    ['#000', { light: '#000000', dark: '#737373' }],
  ])('%s: the button has the nearest tint that is seen on the card', (colour, expected) => {
    const accents = parseAccent(colour)!;
    expect({ light: accents.light.background, dark: accents.dark.background }).toEqual(expected);
  });

  test.each(['blue', '#12', '#12345', '#1234567', '0f6cbd', '#ggg', '', '#0f6cbd;}', 'rgb(0,0,0)', '#0f6cbd\n'])(
    '%j is no colour',
    (colour) => {
      expect(parseAccent(colour)).toBeUndefined();
    },
  );

  test.each(schemeNames)('216 colours, %s: button, its text and links can all be read', (name) => {
    expect(colours.length).toBe(216);
    expect(colours.flatMap((colour) => unreadable(colour, name))).toEqual([]);
  });

  test('any colour at all can be read in both schemes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const colour = `#${value.toString(16).padStart(6, '0')}`;
        expect(schemeNames.flatMap((name) => unreadable(colour, name))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the stylesheet has both tints, each in its scheme', () => {
    const accents = parseAccent('#a4262c')!;
    const [light = '', dark = ''] = stylesheet(accents).split('\n');
    for (const [css, accent] of [
      [light, accents.light],
      [dark, accents.dark],
    ] as const)
      expect(css).toContain(`--link:${accent.link};--accent:${accent.background};--on-accent:${accent.text}`);
  });
});
