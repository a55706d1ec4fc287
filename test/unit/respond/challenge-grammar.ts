/**
 * A strict checker of one `WWW-Authenticate` challenge, written from the grammars and not from our parser:
 * RFC 9110 section 11.6.1 (challenge), 5.6.2 (token), 5.6.4 (quoted-string), RFC 6750 section 3, RFC 9470 section 3.
 */

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** qdtext / quoted-pair, ASCII only. */
const quotedString = /^"(?:[\t !#-[\]-~]|\\[\t -~])*"$/;
/** RFC 6750: the characters of error, error_description and of a scope-token. */
const plain = /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/;
const scope = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What is wrong with the value, or undefined when nothing is. */
export function grammarProblem(header: string): string | undefined {
  const space = header.indexOf(' ');
  const scheme = space < 0 ? header : header.slice(0, space);
  if (!token.test(scheme)) return 'auth-scheme is no token';
  if (space < 0) return undefined;
  const names = new Set<string>();
  let rest = header.slice(space + 1);
  for (;;) {
    const equals = rest.indexOf('=');
    const name = equals < 0 ? rest : rest.slice(0, equals);
    if (equals < 0 || !token.test(name)) return `"${name}" is no auth-param name`;
    if (names.has(name.toLowerCase())) return `${name} appears twice`;
    names.add(name.toLowerCase());
    const end = endOfValue(rest, equals + 1);
    const value = rest.slice(equals + 1, end);
    if (value.startsWith('"') ? !quotedString.test(value) : !token.test(value))
      return `the value of ${name} is neither token nor quoted-string`;
    const problem = problemOf(name, value.startsWith('"') ? value.slice(1, -1) : value);
    if (problem !== undefined) return problem;
    if (end === rest.length) return undefined;
    if (!rest.startsWith(', ', end)) return `no ", " behind ${name}`;
    rest = rest.slice(end + 2);
  }
}

function endOfValue(text: string, start: number): number {
  if (text.charAt(start) !== '"') {
    const comma = text.indexOf(',', start);
    return comma < 0 ? text.length : comma;
  }
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function problemOf(name: string, value: string): string | undefined {
  switch (name) {
    case 'error':
    case 'error_description':
      return value !== '' && plain.test(value) ? undefined : `${name} has characters that RFC 6750 forbids`;
    case 'scope':
    case 'acr_values':
      return scope.test(value) ? undefined : `${name} is no list of tokens`;
    case 'claims':
      return value !== '' && base64.test(value) ? undefined : 'claims are not padded base64';
    case 'max_age':
      return /^\d+$/.test(value) ? undefined : 'max_age is no number of seconds';
    default:
      return undefined;
  }
}
