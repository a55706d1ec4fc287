/** A pasted text as the value that a program would have held. */

const maxLength = 65_536;
const maxHeaderLines = 64;

/**
 * Reads what people copy: a raw HTTP answer (`curl -i`, `curl -v`, developer tools), JSON, the address of a failed
 * redirect. Everything else stays text, in which the readers of normalize look for evidence.
 */
export function readPasted(pasted: string): unknown {
  const text = pasted.slice(0, maxLength).trim();
  return readRawAnswer(text) ?? readJson(text) ?? readCallback(text) ?? text;
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function readRawAnswer(text: string): RawAnswer | undefined {
  const status = /^(?:< ?)?HTTP\/[\d.]{1,3} (\d{3})(?:\s|$)/.exec(text)?.[1]; // accepts "HTTP/1.1 401 Unauthorized"
  if (status === undefined) return undefined;
  const headers: [string, string][] = [];
  // curl -v marks each header line with "< ".
  const lines = text.split('\n');
  let at = 1;
  for (; at < lines.length && at <= maxHeaderLines; at += 1) {
    const line = (lines[at] ?? '').replace(/^< ?/, '').trim();
    const colon = line.indexOf(':');
    if (line === '') {
      // Marked as well, so it must not become part of the body.
      at += 1;
      break;
    }
    if (line.startsWith('{') || colon < 1) break;
    headers.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
  const rest = lines.slice(at).join('\n').trim();
  return { status: Number(status), headers: joined(headers), body: readJson(rest) ?? rest };
}

/** Repeated fields as one list, RFC 9110 section 5.3. */
function joined(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const [name, value] of entries) {
    const known = headers.get(name);
    headers.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return Object.fromEntries(headers);
}

function readJson(text: string): object | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const maxCallbackLength = 8_192;

/** `https://app.example/redirect?error=access_denied&…`, or its query alone. */
function readCallback(text: string): object | undefined {
  if (text.length > maxCallbackLength || /\s/.test(text)) return undefined;
  const start = /(?:^|[?&#])error=[a-z]/.exec(text)?.index; // accepts "?error=access_denied", refuses "my_error=1"
  if (start === undefined) return undefined;
  const query = Math.max(text.indexOf('?'), text.indexOf('#')) + 1;
  return { query: Object.fromEntries(new URLSearchParams(text.slice(query))) };
}
