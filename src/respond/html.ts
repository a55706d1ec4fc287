/** Markup that is safe to send: only `html` and `trusted` make it. */
export interface Html {
  readonly markup: string;
}

class Markup implements Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/**
 * The same text, stored as one piece. V8 keeps a text that was pieced together as a tree of its pieces, and walks that
 * tree again for every longer text it becomes a part of (Node 20 to 26). Half characters become U+FFFD, as they would in
 * any answer.
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}

/** Markup written by us, such as a stylesheet. Never call it with text from outside. */
export const trusted = (markup: string): Html => new Markup(markup);

type Value = string | number | Html | readonly Html[] | undefined | false;

/**
 * Escaping tagged template, the only way to make HTML here. Strings are escaped for element content and for quoted
 * attribute values; undefined and false vanish.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  let markup = parts[0] ?? '';
  for (let index = 0; index < values.length; index += 1) markup += render(values[index]) + (parts[index + 1] ?? '');
  return new Markup(markup);
}

function render(value: Value): string {
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Markup) return value.markup;
  return Array.isArray(value) ? value.map(render).join('') : '';
}

/**
 * The five characters of HTML, plus what could change the meaning of text around it: bidirectional overrides and
 * control characters are dropped.
 */
export function escapeHtml(text: string): string {
  if (!/[&<>"'\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.test(text)) return text; // accepts "a b"
  let out = '';
  for (const unit of text) {
    switch (unit) {
      case '&':
        out += '&amp;';
        break;
      case '<':
        out += '&lt;';
        break;
      case '>':
        out += '&gt;';
        break;
      case '"':
        out += '&quot;';
        break;
      case "'":
        out += '&#39;';
        break;
      default:
        if (!isInvisible(unit.charCodeAt(0))) out += unit;
    }
  }
  return out;
}

function isInvisible(unit: number): boolean {
  return (
    (unit < 32 && unit !== 9 && unit !== 10) ||
    unit === 127 ||
    (unit >= 0x202a && unit <= 0x202e) ||
    (unit >= 0x2066 && unit <= 0x2069)
  );
}
