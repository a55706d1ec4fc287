/**
 * The way Microsoft's documentation and Node samples read a challenge, rebuilt from its steps with its weaknesses: the
 * whole header is taken for one challenge; behind the scheme it is split at every comma, each part at every `=` (so the
 * padding of base64 is lost), all quotes are dropped, and of a repeated name the last counts. A comma inside a quoted text
 * makes it throw. The challenge counts when `error` is `insufficient_claims`.
 */
export function readAsDocumented(header: string): { error: string | undefined; claims: string | undefined } {
  const parameters = new Map<string, string>();
  for (const part of header.slice(header.indexOf(' ') + 1).split(',')) {
    const [name, value] = part.split('=');
    if (name === undefined || value === undefined) throw new TypeError(`cannot read ${part}`);
    parameters.set(name.trim(), decodeURI(value.replace(/['"]+/g, '')));
  }
  const error = parameters.get('error');
  const claims = error === 'insufficient_claims' ? parameters.get('claims') : undefined;
  return { error, claims: claims === undefined ? undefined : atob(claims) };
}
