import type { Locale, SituationTexts } from '../catalog/index.js';
import type { Override } from '../types.js';

/** A link of the page's footer. */
export interface PageLink {
  /** What is read. */
  readonly text: string;
  /** https URL or local path. */
  readonly url: string;
}

/** How the page looks and whom it names. All of it is escaped; URLs are checked at start-up. */
export interface Branding {
  readonly applicationName: string | undefined;
  readonly logoUrl: string | undefined;
  readonly supportEmail: string | undefined;
  readonly supportUrl: string | undefined;
  readonly links: readonly PageLink[];
  readonly footer: string | undefined;
}

/** Options after checking, frozen. Everything that can be prepared before the first error is in here. */
export interface Settings {
  readonly mode: 'auto' | 'web' | 'api';
  readonly exposeDetails: boolean;
  /** Also show the server's own text, redacted, in the developer part. */
  readonly exposeServerText: boolean;
  readonly homeUrl: string;
  readonly realm: string;
  /** `https://login.microsoftonline.com/common/oauth2/authorize` */
  readonly authorizationUri: string;
  /** Challenge for clients that sent no token. */
  readonly bareChallenge: string;
  readonly branding: Branding;
  readonly stylesheet: string;
  readonly pageSecurityPolicy: string;
  /** situation -> locale tag or `*` -> texts of the application. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, Partial<SituationTexts>>>;
  readonly localeFor: (acceptLanguage: string | undefined) => string;
  /** The application's own texts of a language, else the built-in ones. */
  readonly localeOf: (tag: string) => Locale;
  readonly overrides: readonly Override[] | undefined;
  readonly maxReloads: number;
  /** Absent: the server's, asked for by the first page. */
  readonly timeZone: string | undefined;
}
