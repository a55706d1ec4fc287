import { toLocalUrl } from '../../interaction/index.js';
import { AadOptionsError, badValue, checkOptions, requireOption, type OptionNames } from '../../options.js';
import { requireSecrets } from '../secrets.js';
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
  /** Scopes of an ordinary sign-in, at least one. @defaultValue `openid`, `profile`, `offline_access` */
  readonly scopes?: readonly string[];
  /** Path of the redirect URI registered in Entra; none of the other routes. @defaultValue `basePath` + `/redirect`, so `'/auth/redirect'` */
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
   *
   * The brake counts each sign-in that an error began and that came back, with tokens or an error; two for the same reason
   * within five minutes, and the third is a page. Pages that work are not seen, so it counts also when the page worked
   * afterwards. A person's own sign-in does not count, and sign-out starts the count over.
   */
  readonly onSignedIn: AppFunction<[request: AppRequest, response: ResponseOut, result: ResultOf<Client>], unknown>;
  /**
   * The signed-in account, for hints and for acquireToken; undefined when nobody is signed in. `username` becomes the
   * login hint, `tenantId` the domain hint, but not with Azure AD B2C or External ID, where that names a social provider.
   * @defaultValue none: no hints, and acquireToken cannot be used
   */
  readonly getAccount?: AppFunction<[request: AppRequest], AccountLike | undefined | Promise<AccountLike | undefined>>;
  /**
   * Ends the application's session on sign-out; add cookies, do not replace `Set-Cookie`. Called for links, forms and
   * scripts' POSTs of this site and for typed addresses. Not for images, for pages fetched in advance, nor for what began
   * on another site, where the browser says so (`Sec-Fetch-Site`): that includes a redirect out of onSignedIn and Entra's
   * front-channel logout, which need a route of your own.
   * @defaultValue nothing: the session is left as it is
   */
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
    /** Tenant id or domain, or `organizations`; never `common` or `consumers`. */
    readonly tenant: string;
    /** Scopes of one resource, or its `/.default`; at least one. @defaultValue `['https://graph.microsoft.com/.default']` */
    readonly scopes?: readonly string[];
    /** Sign-in host of a national cloud, an https origin without a path; http for localhost only. @defaultValue `'https://login.microsoftonline.com'` */
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

/** Paths of the routes, as requests have them. */
export interface InteractionPaths {
  readonly signIn: string;
  readonly challenge: string;
  readonly signOut: string;
  readonly adminConsent: string;
  readonly adminConsentReturn: string;
  readonly redirect: string;
}

/** Options after checking, defaults filled in. */
export interface InteractionSettings {
  readonly client: MsalClient;
  /** Own origin, `https://app.contoso.example`. */
  readonly origin: string;
  readonly secrets: readonly string[];
  readonly scopes: readonly string[];
  readonly paths: InteractionPaths;
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
  const secrets = requireSecrets(
    call,
    options,
    'Pass a random text of at least 32 characters, for instance from SESSION_SECRET.',
  );
  requireOption(
    call,
    options,
    'onSignedIn',
    'Pass a function that keeps the account, such as (req, res, result) => { req.session.account = result.account; }.',
  );
  checkClient(options.client);
  const origin = readOrigin('baseUrl', options.baseUrl, ownOrigin);
  const responseMode = options.responseMode ?? 'query';
  if (!['query', 'form_post'].includes(responseMode))
    throw badValue(call, 'responseMode', 'must be "query" or "form_post".');
  return {
    client: options.client,
    origin,
    paths: readPaths(options),
    responseMode,
    adminConsent: readAdminConsent(options.adminConsent),
    endSessionUrl: httpsUrl('endSessionUrl', options.endSessionUrl),
    passwordResetAuthority: httpsUrl('passwordResetAuthority', options.passwordResetAuthority),
    secrets,
    scopes: readScopes('scopes', options.scopes, ['openid', 'profile', 'offline_access']),
    hooks: options,
    now: options.now ?? Date.now,
  };
}

/** Methods without which no sign-in can begin, or end. */
const clientMethods = ['getAuthCodeUrl', 'acquireTokenByCode'] as const;

function checkClient(client: Readonly<Partial<Record<(typeof clientMethods)[number], unknown>>>): void {
  const missing = clientMethods.filter((name) => typeof client[name] !== 'function');
  if (missing.length === 0) return;
  const names = `method${missing.length > 1 ? 's' : ''} ${missing.join(' and ')}`;
  throw badValue(call, 'client', `must have the ${names}. Pass your ConfidentialClientApplication.`);
}

/** What the origin of one option looks like, and where its path belongs. */
interface OriginFix {
  readonly example: string;
  readonly noPath: string;
}
const ownOrigin: OriginFix = {
  example: 'https://app.contoso.example',
  noPath: 'must be an origin without a path; mount paths with basePath and redirectPath.',
};
const signInHost: OriginFix = {
  example: 'https://login.microsoftonline.us',
  noPath: 'must be an origin without a path; the tenant has an option of its own.',
};

function readOrigin(option: string, text: string, { example, noPath }: OriginFix): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '')
    throw badValue(call, option, `must be an absolute URL such as "${example}".`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw badValue(call, option, noPath);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !loopback)
    throw badValue(call, option, 'must use https; http is for localhost only.');
  return url.origin;
}

function readPaths(options: Pick<MsalInteractionOptions, 'basePath' | 'redirectPath'>): InteractionPaths {
  const basePath = localPath('basePath', options.basePath ?? '/auth').replace(/\/$/, '');
  const redirect = localPath('redirectPath', options.redirectPath ?? `${basePath}/redirect`);
  const own = {
    signIn: `${basePath}/sign-in`,
    challenge: `${basePath}/challenge`,
    signOut: `${basePath}/sign-out`,
    adminConsent: `${basePath}/admin-consent`,
    adminConsentReturn: `${basePath}/admin-consent/return`,
  };
  // It would take the place of that route.
  if (Object.values(own).includes(redirect))
    throw badValue(
      call,
      'redirectPath',
      `must not be the path of another route; leave it out for "${basePath}/redirect".`,
    );
  return { ...own, redirect };
}

/** A path as browsers send it: one that they change first, such as `/a/../b`, would never be met. */
function localPath(option: string, path: string): string {
  if (toLocalUrl(path) !== path || /[?#]/.test(path)) throw badValue(call, option, 'must be a path such as "/auth".');
  return path;
}

function readScopes(
  option: string,
  scopes: readonly unknown[] | undefined,
  usual: readonly string[],
): readonly string[] {
  if (scopes === undefined) return usual;
  const isScope = (scope: unknown): scope is string => typeof scope === 'string' && scope.trim() !== '';
  if (scopes.length === 0 || !scopes.every(isScope))
    throw badValue(call, option, `must be a list of scopes; leave it out for ${usual.join(', ')}.`);
  return scopes;
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
  // Both let personal accounts in, which have no administrator.
  const tenant = adminConsent.tenant.toLowerCase();
  if (tenant === 'common' || tenant === 'consumers')
    throw badValue(call, 'adminConsent.tenant', `must not be "${tenant}": pass the tenant id, or "organizations".`);
  return {
    clientId: adminConsent.clientId,
    tenant: adminConsent.tenant,
    scopes: readScopes('adminConsent.scopes', adminConsent.scopes, ['https://graph.microsoft.com/.default']),
    host: readOrigin(
      'adminConsent.host',
      (adminConsent.host ?? 'https://login.microsoftonline.com').replace(/\/+$/, ''),
      signInHost,
    ),
  };
}
