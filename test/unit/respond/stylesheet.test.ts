import { describe, expect, test } from 'vitest';
import { parseAccent, stylesheet } from '../../../src/respond/index.js';
import { contrast } from './contrast.js';

describe('stylesheet', () => {
  const css = stylesheet();
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
      ['link', 'bg'],
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
