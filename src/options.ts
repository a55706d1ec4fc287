/** Options -> frozen Settings. Every mistake is raised here, when the application starts, with the name and the fix. */
import { createHash } from 'node:crypto';
import { aadActions, catalogKey, isSituation } from './catalog/index.js';
import { isLocalUrl } from './interaction/index.js';
import { readLocales, readTexts, type LocaleOption, type TextOption } from './locale-options.js';
import { badValue, checkOptions, requireOption, type Check } from './option-checks.js';
import {
  formatChallenge,
  pageSecurityPolicy,
  parseAccent,
  stylesheet,
  type PageLink,
  type Settings,
} from './respond/index.js';
import type { Override } from './types.js';

export {
  AadOptionsError,
  badValue,
  checkOptions,
  requireOption,
  type OptionErrorCode,
  type OptionNames,
} from './option-checks.js';
export type { LocaleOption, OwnLocale, TextOption } from './locale-options.js';

/** What the page looks like and whom it names. Everything is escaped. */
export interface BrandingOptions {
  /** Name of the application, shown above the card and in the text for administrators. @defaultValue none */
  readonly applicationName?: string;
  /**
   * https URL or local path of a logo, at most 2,048 characters. Its origin is added to the page's Content-Security-Policy.
   * @defaultValue none
   */
  readonly logoUrl?: string;
  /** `#rrggbb` of button, icon and links; light and dark each show the nearest tint that can be read. @defaultValue Microsoft's blue */
  readonly accentColor?: string;
  /** Mail address of the help desk, linked where asking it is the next step. @defaultValue none */
  readonly supportEmail?: string;
  /** Page of the help desk: https URL or local path. @defaultValue none */
  readonly supportUrl?: string;
  /** Links below the card, at most 5. @defaultValue none */
  readonly links?: readonly PageLink[];
  /** One line below the links. @defaultValue none */
  readonly footer?: string;
}

/** Options that decide what answers look like; shared by the middleware and the core. */
export interface RespondOptions {
  /**
   * Who the clients are. `auto`: a bearer token means API, then Fetch metadata and Accept decide. `web`: never API.
   * `api`: always API, no pages, no redirects.
   * @defaultValue `'auto'`
   */
  readonly mode?: 'auto' | 'web' | 'api';
  /**
   * Show the decision and what to change to the client. Never in production: it names your configuration.
   * @defaultValue true unless `process.env.NODE_ENV` is `production`, read once at start-up
   */
  readonly exposeDetails?: boolean;
  /** With exposeDetails, also the server's own text, redacted. It is personal data and anybody may have written it. @defaultValue false */
  readonly exposeServerText?: boolean;
  /** Path of the start page in this application: where pages lead when there is no place to go back to. @defaultValue `'/'` */
  readonly homeUrl?: string;
  /** `realm` in `WWW-Authenticate`. @defaultValue empty, as Microsoft's APIs send it */
  readonly realm?: string;
  /** Authority named in challenges to API clients, an https URL; never taken from a request. @defaultValue `https://login.microsoftonline.com/common` */
  readonly authority?: string;
  /** What the page looks like and whom it names. @defaultValue none: no name, no logo, Microsoft's blue */
  readonly branding?: BrandingOptions;
  /**
   * Own words by situation: `{ title, message, nextStep, helpDesk }`, any of them, for all languages or by locale tag
   * (`{ nl: { title } }`). What is left out stays as it is.
   * @defaultValue the built-in texts
   */
  readonly texts?: Readonly<Record<string, TextOption>>;
  /**
   * Languages of pages and problem documents, in any order: tags of built-in ones, or texts of your own in the shape of
   * `aad-error-handler/locales/en`, for another language or other words. Texts that yours lack are English.
   * @defaultValue all built-in ones
   */
  readonly locales?: readonly LocaleOption[];
  /** Language when Accept-Language names none of them; one of `locales`. @defaultValue `'en'`, or the first of `locales` when English is not among them */
  readonly defaultLocale?: string;
  /**
   * Data rules that come before the built-in ones; the first that matches counts. The loop brake and the need of claims
   * for a claims challenge stay.
   * @defaultValue none
   */
  readonly overrides?: readonly Override[];
  /** How often a retry page reloads itself, a whole number from 0 (never) to 10. @defaultValue 3 */
  readonly maxReloads?: number;
  /** IANA time zone of the local time in the details for support. @defaultValue the server's; where that is UTC no local time is shown */
  readonly timeZone?: string;
}

export const respondOptionNames = {
  mode: 'string',
  exposeDetails: 'boolean',
  exposeServerText: 'boolean',
  homeUrl: 'string',
  realm: 'string',
  authority: 'string',
  branding: 'object',
  texts: 'object',
  locales: 'array',
  defaultLocale: 'string',
  overrides: 'array',
  maxReloads: 'number',
  timeZone: 'string',
} as const satisfies Record<keyof RespondOptions, Check>;

const brandingNames = {
  applicationName: 'string',
  logoUrl: 'string',
  accentColor: 'string',
  supportEmail: 'string',
  supportUrl: 'string',
  links: 'array',
  footer: 'string',
} as const satisfies Record<keyof BrandingOptions, Check>;

/**
 * Options, already checked for names and types, as Settings.
 *
 * @param environment `NODE_ENV` as it was when the application started
 * @throws AadOptionsError
 */
export function createSettings(call: string, options: RespondOptions, environment: string | undefined): Settings {
  if (options.mode !== undefined && !['auto', 'web', 'api'].includes(options.mode)) {
    throw badValue(call, 'mode', 'must be "auto", "web" or "api".');
  }
  const homeUrl = options.homeUrl ?? '/';
  if (!isLocalUrl(homeUrl)) throw badValue(call, 'homeUrl', 'must be a path of this application such as "/".');
  const maxReloads = options.maxReloads ?? 3;
  if (!Number.isInteger(maxReloads) || maxReloads < 0 || maxReloads > 10)
    throw badValue(call, 'maxReloads', 'must be a whole number from 0 to 10.');
  const authority = (options.authority ?? 'https://login.microsoftonline.com/common').replace(/\/+$/, '');
  // `/oauth2/authorize` is put behind it.
  if (!isHttpsUrl(authority) || /[?#]/.test(authority))
    throw badValue(call, 'authority', 'must be an https URL such as "https://login.microsoftonline.com/<tenant>".');
  const authorizationUri = `${authority}/oauth2/authorize`;
  const realm = options.realm ?? '';
  const branding = options.branding ?? {};
  checkBranding(call, branding);
  const accent = branding.accentColor === undefined ? undefined : parseAccent(branding.accentColor);
  if (branding.accentColor !== undefined && accent === undefined)
    throw badValue(call, 'branding.accentColor', 'must be a colour such as "#0f6cbd".');
  const css = stylesheet(accent);
  const locales = readLocales(call, options.locales, options.defaultLocale);
  return Object.freeze<Settings>({
    mode: options.mode ?? 'auto',
    exposeDetails: options.exposeDetails ?? environment !== 'production',
    exposeServerText: options.exposeServerText ?? false,
    homeUrl,
    realm,
    authorizationUri,
    bareChallenge: formatChallenge({ realm, authorizationUri }),
    branding: {
      applicationName: branding.applicationName,
      logoUrl: branding.logoUrl,
      supportEmail: branding.supportEmail,
      supportUrl: branding.supportUrl,
      links: (branding.links ?? []).map(({ text, url }) => ({ text, url })),
      footer: branding.footer,
    },
    stylesheet: css,
    pageSecurityPolicy: pageSecurityPolicy(
      `sha256-${createHash('sha256').update(css).digest('base64')}`,
      logoOrigin(branding.logoUrl),
    ),
    texts: readTexts(call, options.texts ?? {}, locales.tags),
    localeFor: locales.localeFor,
    localeOf: locales.localeOf,
    overrides: readOverrides(call, options.overrides),
    maxReloads,
    timeZone: readTimeZone(call, options.timeZone),
  });
}

function isHttpsUrl(text: string): boolean {
  return text.length <= 2_048 && /^https:\/\/[^\s/?#@\\;,'"<>]+(?:[/?#]\S*)?$/.test(text) && URL.canParse(text); // accepts "https://a.example/b", refuses "https://u@a"
}

function checkBranding(call: string, branding: BrandingOptions): void {
  checkOptions(call, branding, brandingNames, 'branding');
  for (const name of ['logoUrl', 'supportUrl'] as const) {
    const url = branding[name];
    if (url !== undefined && !isHttpsUrl(url) && !isLocalUrl(url))
      throw badValue(call, `branding.${name}`, 'must be an https URL or a local path.');
  }
  if (
    branding.supportEmail !== undefined &&
    !/^[^\s@<>"?&#%]{1,64}@[^\s@<>"?&#%]{1,190}$/.test(branding.supportEmail)
  ) {
    throw badValue(call, 'branding.supportEmail', 'must be an e-mail address.'); // accepts "help@contoso.example", refuses "a b@c"
  }
  if ((branding.links?.length ?? 0) > 5) throw badValue(call, 'branding.links', 'may hold at most 5 links.');
  for (const [index, entry] of (branding.links ?? []).entries()) {
    const path = `branding.links[${String(index)}]`;
    checkOptions(call, entry, { text: 'string', url: 'string' }, path);
    for (const name of ['text', 'url']) requireOption(call, entry, name, 'Every link has a text and a url.', path);
    if (!isHttpsUrl(entry.url) && !isLocalUrl(entry.url))
      throw badValue(call, `${path}.url`, 'must be an https URL or a local path.');
  }
}

function logoOrigin(logoUrl: string | undefined): string | undefined {
  if (logoUrl === undefined) return undefined;
  return logoUrl.startsWith('/') ? "'self'" : new URL(logoUrl).origin;
}

/**
 * Overrides as `decide` takes them, checked and copied.
 *
 * @throws AadOptionsError
 */
export function readOverrides(call: string, overrides: readonly Override[] | undefined): Settings['overrides'] {
  if (overrides === undefined) return undefined;
  return overrides.map((override, index) => {
    const path = `overrides[${String(index)}]`;
    checkOptions(call, override, { match: 'object', use: 'object' }, path);
    requireOption(call, override, 'match', 'An override is { match: { code }, use: { action } }.', path);
    requireOption(call, override, 'use', 'An override is { match: { code }, use: { action } }.', path);
    checkOptions(
      call,
      override.match,
      { code: 'any', oauthError: 'string', suberror: 'string', situation: 'string' },
      `${path}.match`,
    );
    checkOptions(
      call,
      override.use,
      { action: 'string', situation: 'string', who: 'string', retryable: 'boolean', prompt: 'string' },
      `${path}.use`,
    );
    const { code, situation } = override.match;
    const key = code === undefined ? undefined : catalogKey(code);
    if (code !== undefined && key === undefined)
      throw badValue(call, `${path}.match.code`, 'must be a number, "AADSTS50076" or "AADB2C90118".');
    if (Object.values(override.match as Record<string, unknown>).every((value) => value === undefined))
      throw badValue(call, `${path}.match`, 'must name code, oauthError, suberror or situation.');
    for (const [name, id] of [
      ['match', situation],
      ['use', override.use.situation],
    ] as const) {
      if (id !== undefined && !isSituation(id))
        throw badValue(call, `${path}.${name}.situation`, 'names no situation; the export `situationIds` lists them.');
    }
    const { action, who, prompt } = override.use;
    if (action !== undefined && !aadActions.includes(action))
      throw badValue(call, `${path}.use.action`, `must be one of ${aadActions.join(', ')}.`);
    if (who !== undefined && !['user', 'admin', 'developer', 'microsoft', 'nobody'].includes(who))
      throw badValue(call, `${path}.use.who`, 'must be user, admin, developer, microsoft or nobody.');
    if (prompt !== undefined && !['login', 'select_account', 'consent'].includes(prompt))
      throw badValue(call, `${path}.use.prompt`, 'must be login, select_account or consent.');
    return {
      match: { ...override.match, ...(key !== undefined && { code: key.startsWith('AADB2C') ? key : Number(key) }) },
      use: withoutUndefined(override.use),
    };
  });
}

/** What is undefined was left out: it must not take the place of what was decided. */
function withoutUndefined(use: Override['use']): Override['use'] {
  const members: [string, unknown][] = Object.entries(use);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function readTimeZone(call: string, timeZone: string | undefined): string | undefined {
  // The server's own zone is asked for by the first page: loading ICU's zones costs milliseconds at start-up.
  if (timeZone === undefined) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw badValue(call, 'timeZone', 'must be an IANA time zone such as "Europe/Amsterdam".');
  }
}
