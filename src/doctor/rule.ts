import type { Facts } from './facts.js';
import type { DiagnosisConfidence } from './types.js';

/** What made a rule fit. */
export interface Seen {
  readonly evidence: readonly string[];
  readonly confidence: DiagnosisConfidence;
}

type Sentence = string | ((facts: Facts) => string);

/** One cause, its evidence and its remedy. The tables are read from top to bottom; order is likelihood. */
export interface DoctorRule {
  readonly id: string;
  readonly title: string;
  readonly when: (facts: Facts) => Seen | undefined;
  readonly cause: Sentence;
  readonly change: Sentence;
  readonly where: Sentence;
  readonly learnMore: string;
}

export const sentenceOf = (sentence: Sentence, facts: Facts): string =>
  typeof sentence === 'string' ? sentence : sentence(facts);

export const certain = (...evidence: string[]): Seen => ({ evidence, confidence: 'certain' });
export const likely = (...evidence: string[]): Seen => ({ evidence, confidence: 'likely' });
export const possible = (...evidence: string[]): Seen => ({ evidence, confidence: 'possible' });

/** Whether the server's sentence holds one of the phrases. */
export const says = ({ text }: Facts, ...phrases: string[]): boolean => phrases.some((phrase) => text.includes(phrase));

export const codeIs = ({ code }: Facts, ...codes: string[]): boolean => code !== undefined && codes.includes(code);

export const saysSo = 'the sentence in the answer says so';

/** `HTTP 403`, or a neutral word when the status is not known. */
export const statusText = ({ status }: Facts): string =>
  status === undefined ? 'the answer' : `HTTP ${String(status)}`;

export const codeText = ({ code }: Facts): string => `code ${code ?? ''}`;

/** Names for a sentence, cut to what can be read. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${String(names.length - most)} more` : shown;
}

export const pages = {
  authErrors: 'https://learn.microsoft.com/graph/resolve-auth-errors',
  permissions: 'https://learn.microsoft.com/graph/permissions-reference',
  claimsChallenge: 'https://learn.microsoft.com/entra/identity-platform/claims-challenge',
  tokenClaims: 'https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference',
  consent: 'https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview',
  azureRoles: 'https://learn.microsoft.com/azure/role-based-access-control/troubleshooting',
  keyVault: 'https://learn.microsoft.com/azure/key-vault/general/rest-error-codes',
  mailboxAccess: 'https://learn.microsoft.com/graph/auth-limit-mailbox-access',
} as const;
