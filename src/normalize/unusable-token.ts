/**
 * The code under which the catalogue keeps a token that an API refuses for what it is. The services have no code of
 * their own for it: they put the reason into the text of a general refusal.
 */
export const unusableToken = 'unusable_token';

/** What the services write when another token of the same kind would be refused the same way. In lower case. */
const reasons = [
  'invalid audience',
  'audience validation failed',
  'audienceurivalidationfailedexception',
  'audience is invalid',
  'invalid issuer',
  'issuer validation failed',
  'issuer is invalid',
  'compacttoken parsing failed',
  'jwt is not well formed',
  'unsupported app only token',
  'unsupported security token',
  'wrong audience',
  'wrong issuer',
  'audience claim value is invalid',
  'token type is not allowed',
];

/** `The audience '…' is invalid` and the same of the issuer, as the JWT handlers of ASP.NET Core write it. */
const named = /\bthe (?:audience|issuer) '[^']{0,512}' is invalid/; // refuses "The signature is invalid"

/**
 * Whether a refusal's text says that the token is made for another API, by another issuer, of a kind the API does not
 * take, or unreadable. Signing in again brings the same token. A text that names expiry too is left to the usual
 * answer: a new token is needed in any case.
 *
 * Texts are the weakest evidence: ask only about the text of a refusal that its code, error or status has shown.
 */
export function saysUnusableToken(text: string | undefined): boolean {
  if (text === undefined) return false;
  const head = text.slice(0, 2_048).toLowerCase();
  if (head.includes('expired') || head.includes('lifetime')) return false;
  return reasons.some((reason) => head.includes(reason)) || named.test(head);
}
