import type { ClaimTexts } from './texts.js';

/** More claims than this are counted, not listed. */
const maxAsks = 16;
/** Characters of a name or value that somebody else wrote. */
const maxPart = 64;
const maxValues = 8;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * What a decoded claims directive asks for, one phrase a claim, in the order of the JSON text.
 *
 * Names and values are somebody else's text: they are cut and stripped of control characters. IP addresses are not
 * repeated.
 *
 * @see OpenID Connect Core 1.0 section 5.5 (claims request parameter)
 */
export function describeClaims(claims: string, texts: ClaimTexts): string[] {
  const asks: string[] = [];
  let left = 0;
  for (const [tokenName, requested] of Object.entries(parseObject(claims))) {
    const token = texts.tokens.get(tokenName) ?? texts.otherToken(clean(tokenName));
    for (const [name, request] of Object.entries(asObject(requested))) {
      if (asks.length < maxAsks) asks.push(phrase(token, name, asObject(request), texts));
      else left += 1;
    }
  }
  return left === 0 ? asks : [...asks, texts.more(left)];
}

function phrase(token: string, name: string, request: JsonObject, texts: ClaimTexts): string {
  const found = valuesOf(request);
  const values = found.map(clean).join(', ');
  switch (name) {
    case 'acrs':
    case 'acr':
      return texts.authContext(token, values);
    case 'polids':
    case 'capolids':
      return texts.policies(values);
    // Without a value they only ask that the claim be there.
    case 'nbf':
      if (values !== '') return texts.notBefore(token, asTime(found[0]) ?? values);
      break;
    case 'auth_time':
      if (values !== '') return texts.signedInAfter(asTime(found[0]) ?? values);
      break;
    case 'xms_cc':
      return texts.capabilities(values);
    case 'xms_rp_ipaddr':
      return texts.ipAddress;
    case 'xms_caeerror':
      return texts.evaluation(values);
    case 'amr':
      return texts.methods(values);
  }
  return texts.other(token, clean(name), values, request.essential === true);
}

function valuesOf(request: JsonObject): string[] {
  const list = Array.isArray(request.values) ? (request.values as readonly unknown[]) : [request.value];
  return list
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .slice(0, maxValues)
    .map(String);
}

/** Seconds since the epoch as ISO 8601, when they make a plausible time. */
function asTime(value: string | undefined): string | undefined {
  if (value === undefined || !/^\d{9,11}$/.test(value)) return undefined; // accepts "1700000000", refuses "2024-01-31"
  return new Date(Number(value) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Printable text of bounded length. */
function clean(text: string): string {
  let out = '';
  for (const character of text.slice(0, maxPart)) {
    const unit = character.charCodeAt(0);
    out += unit < 32 || (unit >= 127 && unit < 160) || unit === 34 ? ' ' : character;
  }
  return text.length > maxPart ? `${out}...` : out;
}

function parseObject(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
