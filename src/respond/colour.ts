/** Red, green and blue, 0 to 255. */
type Colour = readonly [red: number, green: number, blue: number];

const black: Colour = [0, 0, 0];
const white: Colour = [255, 255, 255];

/** What is behind buttons and links in one scheme, and where a tint moves to stand out from it. */
interface Scheme {
  readonly card: string;
  readonly page: string;
  readonly towards: Colour;
}

export const schemes = {
  light: { card: '#ffffff', page: '#f5f5f5', towards: black },
  dark: { card: '#292929', page: '#1b1b1b', towards: white },
} as const satisfies Record<string, Scheme>;

/** One accent colour as a scheme shows it. */
export interface Accent {
  /** Of the main button and the line above the card: at least 3 : 1 on the card (WCAG 2.2, 1.4.11). */
  readonly background: string;
  /** On that background: black or white, whichever contrasts more, which is always more than 4.5 : 1. */
  readonly text: '#000' | '#fff';
  /** At least 4.5 : 1 on the card and on the page. */
  readonly link: string;
}

export type Accents = Readonly<Record<keyof typeof schemes, Accent>>;

/**
 * The application's colour, in each scheme as near to itself as can be read there.
 *
 * @param colour `#rrggbb` or `#rgb`
 * @returns undefined when the text is no such colour
 */
export function parseAccent(colour: string): Accents | undefined {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour); // accepts "#0f6cbd", refuses "blue"
  const digits = match?.[1];
  if (digits === undefined) return undefined;
  const own = colourOf(`#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`);
  return { light: accentIn(schemes.light, own), dark: accentIn(schemes.dark, own) };
}

function accentIn({ card, page, towards }: Scheme, own: Colour): Accent {
  const surfaces = [colourOf(card), colourOf(page)];
  const background = tint(own, towards, surfaces.slice(0, 1), 3);
  return {
    background: textOf(background),
    text: contrast(background, white) >= contrast(background, black) ? '#fff' : '#000',
    link: textOf(tint(own, towards, surfaces, 4.5)),
  };
}

/** The first mixture, in steps of a hundredth, that contrasts enough with everything behind it. */
function tint(own: Colour, towards: Colour, surfaces: readonly Colour[], ratio: number): Colour {
  for (let share = 0; share < 1; share += 0.01) {
    const mixed = own.map((channel, index) => Math.round(channel + ((towards[index] ?? 0) - channel) * share));
    const colour = mixed as unknown as Colour;
    if (surfaces.every((surface) => contrast(colour, surface) >= ratio)) return colour;
  }
  return towards;
}

/** Contrast ratio of WCAG 2.2, 1 to 21. */
function contrast(one: Colour, other: Colour): number {
  const [first, second] = [luminance(one), luminance(other)];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  const linear = (channel: number): number => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function colourOf(text: string): Colour {
  const channel = (at: number): number => Number.parseInt(text.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

function textOf(colour: Colour): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
