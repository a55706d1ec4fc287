/** A claims request (OpenID Connect Core 5.5) as an object; never an array. */
export type ClaimsRequest = Readonly<Record<string, unknown>>;

/** Name of a test double's private fact about a user: `acrs=c1`, `capolids=<guid>`. */
type Proof = string;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The `claims` parameter as an object; undefined when it is absent, not JSON or not an object. @internal */
export function parseClaims(text: string | undefined): ClaimsRequest | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `{ value }` and `{ values }` of one requested claim, as texts. */
function valuesOf(entry: unknown): string[] {
  if (!isRecord(entry)) return [];
  const listed = Array.isArray(entry['values']) ? (entry['values'] as unknown[]) : [];
  return [...(entry['value'] === undefined ? [] : [entry['value']]), ...listed].map((value) => String(value));
}

/** Values asked for one member of `access_token`, for example `acrs`. @internal */
export function accessTokenValues(claims: ClaimsRequest | undefined, member: string): string[] {
  const accessToken = claims?.['access_token'];
  return isRecord(accessToken) ? valuesOf(accessToken[member]) : [];
}

/**
 * Members that a person satisfies by coming through /authorize: authentication contexts and policy ids.
 * `nbf` is satisfied by any new token, `xms_cc` is a capability and not a demand.
 */
const provenMembers = ['acrs', 'capolids', 'polids'] as const;

/** What the claims request demands of the user. @internal */
export function proofsIn(claims: ClaimsRequest | undefined): Proof[] {
  return provenMembers.flatMap((member) => accessTokenValues(claims, member).map((value) => `${member}=${value}`));
}

/** A claims request that asks for these proofs, as Entra's token endpoint sends it. @internal */
export function claimsFor(proofs: readonly Proof[]): string {
  const accessToken: Record<string, unknown> = {};
  for (const member of provenMembers) {
    const values = proofs
      .filter((proof) => proof.startsWith(`${member}=`))
      .map((proof) => proof.slice(member.length + 1));
    if (values.length === 0) continue;
    accessToken[member] =
      member === 'acrs' && values.length === 1 ? { essential: true, value: values[0] } : { essential: true, values };
  }
  return JSON.stringify({ access_token: accessToken });
}

/** Claims given by a test as object or JSON text, as JSON text. @internal */
export function claimsText(claims: string | object): string {
  return typeof claims === 'string' ? claims : JSON.stringify(claims);
}
