import type { AadAction, CatalogVariant, Confidence, Who } from '../types.js';
import * as generated from './generated/rules.js';
import { once } from './packed.js';

/** All actions; a missing one does not compile. */
export const aadActions = Object.keys({
  retry: 0,
  interactive: 0,
  claims_challenge: 0,
  consent: 0,
  admin_consent: 0,
  contact_admin: 0,
  fix_config: 0,
  user_cancelled: 0,
  unknown: 0,
} satisfies Record<AadAction, 0>) as readonly AadAction[];

/** The part of a catalogue row that deciding needs. Texts are in details.ts. */
export interface RuleRow {
  readonly action: AadAction;
  readonly situation: string;
  readonly who: Who;
  readonly retryable: boolean;
  /** false: another sign-in cannot solve it. */
  readonly signInHelps: boolean;
  /** A generic text around a more specific code. */
  readonly wrapper: boolean;
  /** Tells which user names have an account. */
  readonly revealsAccount: boolean;
  readonly confidence: Confidence;
}

type RuleMap = ReadonlyMap<string, RuleRow>;

/** `key;action;situation;who;flags|…`, see data/build.mjs. A Map, so that `__proto__` finds nothing. */
function unpackRules(packed: string): RuleMap {
  const actions: readonly string[] = generated.actions;
  const situations: readonly string[] = generated.situations;
  const whos: readonly string[] = generated.whos;
  const rows = new Map<string, RuleRow>();
  for (const entry of packed.split('|')) {
    const [key, action, situation, who, flagText] = entry.split(';') as [string, string, string, string, string];
    const flags = Number.parseInt(flagText, 36);
    rows.set(key, {
      action: actions[Number.parseInt(action, 36)] as AadAction,
      situation: situations[Number.parseInt(situation, 36)] as string,
      who: whos[Number.parseInt(who, 36)] as Who,
      retryable: (flags & 1) !== 0,
      signInHelps: (flags & 2) === 0,
      wrapper: (flags & 4) !== 0,
      revealsAccount: (flags & 32) !== 0,
      confidence: (flags & 24) === 0 ? 'documented' : (flags & 8) !== 0 ? 'observed' : 'inferred',
    });
  }
  return rows;
}

/** AADSTS rows by number: the hot look-up of every decision. */
const aadstsRules = once((): ReadonlyMap<number, RuleRow> => {
  const rows = new Map<number, RuleRow>();
  for (const [code, row] of unpackRules(generated.aadsts)) rows.set(Number(code), row);
  return rows;
});
const aadb2cRules = once(() => unpackRules(generated.aadb2c));
const oauthErrorRules = once(() => unpackRules(generated.oauthErrors));
const suberrorRules = once(() => unpackRules(generated.suberrors));
const msalErrorRules = once(() => unpackRules(generated.msalErrors));
const azureIdentityRules = once(() => unpackRules(generated.azureIdentityErrors));
const networkRules = once(() => unpackRules(generated.networkCodes));
const resourceRules = once(() => unpackRules(generated.resourceErrors));

export const ruleOfAadsts = (code: number): RuleRow | undefined => aadstsRules().get(code);
export const ruleOfB2c = (code: string): RuleRow | undefined => aadb2cRules().get(code);
/** By `AADSTS50076` or `AADB2C90118`, as a decision names it. */
export const ruleOfCode = (code: string): RuleRow | undefined =>
  code.startsWith('AADSTS') ? ruleOfAadsts(Number(code.slice(6))) : ruleOfB2c(code);
const variants = once(() => new Map<string, readonly CatalogVariant[]>(Object.entries(generated.variants as Variants)));
type Variants = Readonly<Record<string, readonly CatalogVariant[]>>;

/** Other readings of a code; undefined for nearly all of them. @param code `AADSTS650051` or `AADB2C90289` */
export const variantsOf = (code: string): readonly CatalogVariant[] | undefined => variants().get(code);

/** Codes that tell which user names have an account. */
const telling = once(
  () =>
    new Set([
      ...[...aadstsRules()].flatMap(([code, { revealsAccount }]) => (revealsAccount ? [`AADSTS${String(code)}`] : [])),
      ...[...aadb2cRules()].flatMap(([code, { revealsAccount }]) => (revealsAccount ? [code] : [])),
    ]),
);
export const tellsAccount = (code: string): boolean => telling().has(code);
export const ruleOfOauthError = (error: string): RuleRow | undefined => oauthErrorRules().get(error);
export const ruleOfSuberror = (suberror: string): RuleRow | undefined => suberrorRules().get(suberror);
export const ruleOfMsalError = (clientCode: string): RuleRow | undefined => msalErrorRules().get(clientCode);
export const ruleOfAzureIdentityError = (name: string): RuleRow | undefined => azureIdentityRules().get(name);
export const ruleOfNetworkCode = (code: string): RuleRow | undefined => networkRules().get(code);

/** Services whose own error codes the catalogue knows. */
export const resourceServices = [
  'graph',
  'arm',
  'sharepoint',
  'keyvault',
  'managed-identity',
  'power-bi',
  'storage',
  'dataverse',
  'web-api',
] as const;
export type ResourceService = (typeof resourceServices)[number];

export const ruleOfResourceError = (service: ResourceService, code: string): RuleRow | undefined =>
  resourceRules().get(`${service}:${code}`);

/** Whether a library's or API's own code stands in the catalogue. Anything else may have been written by anybody. */
export const isKnownClientCode = (code: string): boolean =>
  ruleOfMsalError(code) !== undefined ||
  ruleOfNetworkCode(code) !== undefined ||
  ruleOfAzureIdentityError(code) !== undefined ||
  resourceServices.some((service) => ruleOfResourceError(service, code) !== undefined);
