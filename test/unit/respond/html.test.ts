import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { escapeHtml, html, trusted } from '../../../src/respond/index.js';
import { inOnePiece } from '../../../src/respond/html.js';

describe('escapeHtml', () => {
  test.each([
    ['plain text', 'plain text'],
    ['<b>&"\'', '&lt;b&gt;&amp;&quot;&#39;'],
    ['&amp;', '&amp;amp;'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['a\rb\u0000c\u001bd\u007fe', 'abcde'],
    ['\u202egnp.exe\u202c', 'gnp.exe'],
    ['\u2066isolate\u2069', 'isolate'],
    ['שלום and 日本', 'שלום and 日本'],
    ['\u{1f600}', '\u{1f600}'],
    ['a < b', 'a &lt; b'],
    ['<\t\n\u001f \u007f\u0080', '&lt;\t\n \u0080'],
    ['<\u2029\u202a\u202b\u202e\u202f', '&lt;\u2029\u202f'],
    ['<\u2065\u2066\u2067\u2069\u206a', '&lt;\u2065\u206a'],
    ['\u0008', ''],
    ['\u000b\u000c', ''],
    ['\u001f', ''],
    ['\u007f', ''],
    ['\u202a', ''],
    ['\u202e', ''],
    ['\u2066', ''],
    ['\u2069', ''],
    ['', ''],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeHtml(text)).toBe(escaped);
  });

  test('right-to-left and left-to-right marks stay: Arabic and Hebrew texts need them', () => {
    expect(escapeHtml('\u200fא\u200e')).toBe('\u200fא\u200e');
  });

  test('no text makes an element or ends an attribute, and what is readable arrives unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const fragment = parseFragment(html`<p title="${text}">${text}</p>`.markup);
        expect(fragment.childNodes).toHaveLength(1);
        const paragraph = fragment.childNodes[0]!;
        if (!('attrs' in paragraph)) throw new Error('no element');
        expect(paragraph.attrs).toHaveLength(1);
        const inside = paragraph.childNodes
          .map((node) => ('value' in node ? node.value : `<${node.nodeName}>`))
          .join('');
        const wanted = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '');
        expect(inside).toBe(wanted);
        expect(paragraph.attrs[0]!.value).toBe(wanted);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 2_000) },
    );
  });
});

describe('html', () => {
  test('nests without escaping twice, joins lists, drops undefined and false', () => {
    const items = ['<1>', '2'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${undefined}${false}${0}`.markup).toBe('<ul><li>&lt;1&gt;</li><li>2</li></ul>0');
    expect(html`${trusted('<b>')}`.markup).toBe('<b>');
  });

  test('an object that only looks like markup is not taken for it', () => {
    const forged = JSON.parse('{"markup":"<script>alert(1)</script>"}') as ReturnType<typeof html>;
    expect(html`<p>${forged}</p>`.markup).toBe('<p></p>');
  });
});

describe('a text in one piece', () => {
  test.each([
    ['', ''],
    ['Zażółć gęślą jaźń', 'Zażółć gęślą jaźń'],
    ['half a \ud83d character', 'half a \ufffd character'],
  ])('%j is %j', (text, stored) => {
    expect(inOnePiece(text)).toBe(stored);
  });
});
