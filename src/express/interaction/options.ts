import { isLocalUrl } from '../../interaction/index.js';
import { AadOptionsError, badValue, checkOptions, requireOption, type OptionNames } from '../../options.js';
import { readSecrets } from '../secrets.js';
import type { AppFunction, AppRequest, ResponseOut } from '../types.js';
import type { AccountLike, MsalClient, ResultOf } from './msal-client.js';

/** Options of {@link msalInteraction}. */
export interface MsalInteractionOptions<Client extends MsalClient = MsalClient> {
  /** The application's own ConfidentialClientApplication, or an object with its methods `getAuthCodeUrl` and `acquireTokenByCode`. */
  readonly client: Client;
  /** Origin as browsers see it, `https://app.contoso.example`, without a path; http for localhost only. Never taken from the request. */
  readonly baseUrl: string;
  /** Seals cookies and tickets: random text of at least 32 characters; a list rotates (the first seals, all open). */
  readonly secret: string | readonly string[];
  /** Scopes of an ordinary sign-in. @defaultValue `openid`, `profile`, `offline_access` */
  readonly scopes?: readonly string[];
  /** Path of the redirect URI registered in Entra. @defaultValue `basePath` + `/redirect`, so `'/auth/redirect'` */
  readonly redirectPath?: string;
  /** Path below which the other routes live: sign-in, challenge, sign-out, admin-consent. @defaultValue `'/auth'` */
  readonly basePath?: string;
  /**
   * How Entra's answer comes. `form_post` keeps codes out of addresses and logs; it needs https outside localhost, and one
   * redirect more. @defaultValue `'query'`
   */
  readonly responseMode?: 'query' | 'form_post';
  /**
   * Called with MSAL's AuthenticationResult; keep the account in the session here. It may answer by itself. Add cookies,
   * do not replace the `Set-Cookie` that is there: the loop brake is in it.
   */
  readonly onSignedIn: AppFunction<[request: AppRequest, response: ResponseOut, result: ResultOf<Client>], unknown>;
  /**
   * The signed-in account, for hints and for acquireToken; undefined when nobody is signed in. `username` becomes the
   * login hint, `tenantId` the domain hint, but not with Azure AD B2C or External ID, where that names a social provider.
   * @defaultValue none: no hints, and acquireToken cannot be used
   */
  readonly getAccount?: AppFunction<[request: AppRequest], AccountLike | undefined | Promise<AccountLike | undefined>>;
  /** Ends the application's session on sign-out. @defaultValue nothing: the session is left as it is */
  readonly onSignOut?: AppFunction<[request: AppRequest, response: ResponseOut], unknown>;
  /**
   * Entra's end-session endpoint, such as `https://login.microsoftonline.com/<tenant>/oauth2/v2.0/logout`: sign-out goes
   * there and comes back to `/`. @defaultValue none: only this application's session ends
   */
  readonly endSessionUrl?: string;
  /**
   * Azure AD B2C: authority of the password reset policy, such as
   * `https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_reset`. "Forgot your password?" (AADB2C90118) goes there,
   * and from there to the ordinary sign-in. The client needs the host in its `knownAuthorities`.
   * @defaultValue none: a page says that the password is to be reset, without a way there
   */
  readonly passwordResetAuthority?: string;
  /** Where an administrator approves. @defaultValue none: the page has no link for administrators */
  readonly adminConsent?: {
    /** Client id of the app registration. */
    readonly clientId: string;
    /** Tenant id or domain, or `organizations`; never `common`. */
    readonly tenant: string;
    /** Scopes of one resource, or its `/.default`. @defaultValue `['https://graph.microsoft.com/.default']` */
    readonly scopes?: readonly string[];
    /** Sign-in host of a national cloud. @defaultValue `'https://login.microsoftonline.com'` */
    readonly host?: string;
  };
  /**
   * Called when the browser came back saying that an administrator approved, before the way back. Not a proof: whoever can
   * open the approval link can write that answer. Only the next token shows what was granted.
   * @defaultValue nothing
   */
  readonly onAdminConsent?: AppFunction<[request: AppRequest, response: ResponseOut], unknown>;
  /** Milliseconds since the epoch; for tests. @defaultValue `Date.now` */
  readonly now?: () => number;
}

const optionNames = {
  client: 'object',
  baseUrl: 'string',
  secret: 'any',
  scopes: 'array',
  redirectPath: 'string',
  basePath: 'string',
  responseMode: 'string',
  onSignedIn: 'function',
  getAccount: 'function',
  onSignOut: 'function',
  endSessionUrl: 'string',
  passwordResetAuthority: 'string',
  adminConsent: 'object',
  onAdminConsent: 'function',
  now: 'function',
} as const satisfies Record<keyof MsalInteractionOptions, OptionNames[string]>;

const call = 'msalInteraction';

/** Where an administrator approves, defaults filled in. */
export interface AdminConsentSettings {
  readonly clientId: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly host: string;
}

/** Options after checking, defaults filled in. */
export interface InteractionSettings {
  readonly client: MsalClient;
  /** Own origin, `https://app.contoso.example`. */
  readonly origin: string;
  readonly secrets: readonly string[];
  readonly scopes: readonly string[];
  readonly redirectPath: string;
  /** Without a final slash. */
  readonly basePath: string;
  readonly responseMode: 'query' | 'form_post';
  readonly adminConsent: AdminConsentSettings | undefined;
  readonly endSessionUrl: string | undefined;
  readonly passwordResetAuthority: string | undefined;
  /** The application's functions, called as methods of what it gave. */
  readonly hooks: Pick<MsalInteractionOptions, 'onSignedIn' | 'getAccount' | 'onSignOut' | 'onAdminConsent'>;
  readonly now: () => number;
}

/** @throws AadOptionsError with the option's name and the fix */
export function readInteractionOptions(options: MsalInteractionOptions): InteractionSettings {
  checkOptions(call, options, optionNames);
  requireOption(call, options, 'client', 'Pass your ConfidentialClientApplication.');
  requireOption(call, options, 'baseUrl', 'Pass the origin browsers use, such as "https://app.contoso.example".');
  requireOption(
    call,
    options,
    'secret',
    'Pass a random text of at least 32 characters, for instance from SESSION_SECRET.',
  );
  requireOption(
    call,
    options,
    'onSignedIn',
    'Pass a function that keeps the account, such as (req, res, result) => { req.session.account = result.account; }.',
  );
  const origin = readOrigin(options.baseUrl);
  const basePath = localPath('basePath', options.basePath ?? '/auth').replace(/\/$/, '');
  const redirectPath = localPath('redirectPath', options.redirectPath ?? `${basePath}/redirect`);
  const responseMode = options.responseMode ?? 'query';
  if (!['query', 'form_post'].includes(responseMode))
    throw badValue(call, 'responseMode', 'must be "query" or "form_post".');
  return {
    client: options.client,
    origin,
    basePath,
    redirectPath,
    responseMode,
    adminConsent: readAdminConsent(options.adminConsent),
    endSessionUrl: httpsUrl('endSessionUrl', options.endSessionUrl),
    passwordResetAuthority: httpsUrl('passwordResetAuthority', options.passwordResetAuthority),
    secrets: readSecrets(call, options.secret),
    scopes: options.scopes ?? ['openid', 'profile', 'offline_access'],
    hooks: options,
    now: options.now ?? Date.now,
  };
}

function readOrigin(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw badValue(call, 'baseUrl', 'must be an absolute URL such as "https://app.contoso.example".');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw badValue(call, 'baseUrl', 'must be an origin without a path; mount paths with basePath and redirectPath.');
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !loopback)
    throw badValue(call, 'baseUrl', 'must use https; http is for localhost only.');
  return url.origin;
}

function localPath(option: string, path: string): string {
  if (!isLocalUrl(path) || /[?#]/.test(path)) throw badValue(call, option, 'must be a path such as "/auth".');
  return path;
}

function httpsUrl(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && (!URL.canParse(text) || new URL(text).protocol !== 'https:'))
    throw badValue(call, option, 'must be an https URL.');
  return text;
}

function readAdminConsent(adminConsent: MsalInteractionOptions['adminConsent']): AdminConsentSettings | undefined {
  if (adminConsent === undefined) return undefined;
  checkOptions(
    call,
    adminConsent,
    { clientId: 'string', tenant: 'string', scopes: 'array', host: 'string' },
    'adminConsent',
  );
  for (const name of ['clientId', 'tenant'] as const) {
    if (!adminConsent[name])
      throw new AadOptionsError(
        'ERR_AAD_OPTIONS_MISSING',
        `adminConsent.${name}`,
        `${call}: option "adminConsent.${name}" is missing. Pass the ${name === 'tenant' ? 'tenant id' : 'client id of the app registration'}.`,
      );
  }
  if (adminConsent.tenant === 'common')
    throw badValue(call, 'adminConsent.tenant', 'must not be "common": pass the tenant id, or "organizations".');
  return {
    clientId: adminConsent.clientId,
    tenant: adminConsent.tenant,
    scopes: adminConsent.scopes ?? ['https://graph.microsoft.com/.default'],
    host: (adminConsent.host ?? 'https://login.microsoftonline.com').replace(/\/+$/, ''),
  };
}
