import { checkKeys, refusal, shown } from './refusal.js';
import { findUser, localEntraUsers, type LocalEntraUser } from './users.js';

/** An application that LocalEntra knows. */
export interface LocalEntraClient {
  readonly clientId: string;
  /** Obviously fake by convention. */
  readonly clientSecret: string;
}

/** Options of createLocalEntra. All have defaults that suit a test. */
export interface LocalEntraOptions {
  /** TCP port on 127.0.0.1, 0 to 65535. @defaultValue 0: a free one */
  readonly port?: number;
  /** Tenant id, a GUID. @defaultValue an invented one */
  readonly tenantId?: string;
  /** Client id of the registered application, a GUID. @defaultValue an invented one */
  readonly clientId?: string;
  /** Its client secret. @defaultValue an obviously fake one */
  readonly clientSecret?: string;
  /** Further applications, for example the API in an on-behalf-of chain: `{ clientId, clientSecret }`. @defaultValue none */
  readonly additionalClients?: readonly LocalEntraClient[];
  /** Redirect URIs beyond loopback ones, which are always accepted. @defaultValue none */
  readonly redirectUris?: readonly string[];
  /** true: /authorize signs in at once. false: it shows a page with buttons. @defaultValue true */
  readonly autoApprove?: boolean;
  /** User name of who is signed in where the request names nobody. @defaultValue `alice@contoso.test` */
  readonly defaultUser?: string;
  /** Users beside {@link localEntraUsers}. @defaultValue none */
  readonly users?: readonly LocalEntraUser[];
  /** Scopes that every user may have; all others are protected. @defaultValue sign-in scopes and Graph's User.Read */
  readonly unprotectedScopes?: readonly string[];
  /** App roles in client-credentials tokens. @defaultValue `['Tasks.Read.All']` */
  readonly appRoles?: readonly string[];
  /** Lifetime of access tokens in seconds, 1 to 86,400. @defaultValue 3,600 */
  readonly accessTokenSeconds?: number;
  /** Lifetime of authorization codes in seconds, 1 to 3,600. @defaultValue 600 */
  readonly codeSeconds?: number;
  /** Seconds between polls that /devicecode asks for, 1 to 60. @defaultValue 1, so that tests are quick (Entra: 5) */
  readonly deviceCodeIntervalSeconds?: number;
  /** Milliseconds since the epoch, for lifetimes and timestamps. @defaultValue Date.now */
  readonly now?: () => number;
}

/** Options with every default filled in. @internal */
export interface Settings extends Required<Omit<LocalEntraOptions, 'additionalClients' | 'users'>> {
  readonly clients: readonly LocalEntraClient[];
  readonly users: readonly LocalEntraUser[];
}

const optionKeys: readonly (keyof LocalEntraOptions)[] = [
  'port', 'tenantId', 'clientId', 'clientSecret', 'additionalClients', 'redirectUris', 'autoApprove', 'defaultUser',
  'users', 'unprotectedScopes', 'appRoles', 'accessTokenSeconds', 'codeSeconds', 'deviceCodeIntervalSeconds', 'now',
]; // prettier-ignore

const signInScopes = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'User.Read',
  'https://graph.microsoft.com/User.Read',
];

function wholeNumber(name: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw refusal(
    'ERR_AAD_TESTING_OPTIONS',
    `${name}: ${shown(value)} is not a whole number from ${String(low)} to ${String(high)}.`,
  );
}

function filledText(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw refusal('ERR_AAD_TESTING_OPTIONS', `${name}: ${shown(value)} is not a text with at least one character.`);
}

/** @throws TypeError `ERR_AAD_TESTING_OPTIONS` for an unknown or wrong option @internal */
export function readOptions(options: LocalEntraOptions): Settings {
  checkKeys('ERR_AAD_TESTING_OPTIONS', 'createLocalEntra', options, optionKeys);
  const clientId = filledText('clientId', options.clientId ?? '11111111-1111-4111-8111-111111111111');
  const clientSecret = filledText('clientSecret', options.clientSecret ?? 'local-entra-fake-secret-not-for-production');
  const users = [...(options.users ?? []), ...localEntraUsers];
  const defaultUser = options.defaultUser ?? 'alice@contoso.test';
  if (findUser(users, defaultUser) === undefined) {
    const names = users.map((user) => user.userName).join(', ');
    throw refusal('ERR_AAD_TESTING_OPTIONS', `defaultUser: ${shown(defaultUser)} is unknown. Users: ${names}.`);
  }
  return {
    port: wholeNumber('port', options.port ?? 0, 0, 65_535),
    tenantId: filledText('tenantId', options.tenantId ?? '22222222-2222-4222-8222-222222222222'),
    clientId,
    clientSecret,
    clients: [{ clientId, clientSecret }, ...(options.additionalClients ?? [])],
    redirectUris: options.redirectUris ?? [],
    autoApprove: options.autoApprove ?? true,
    defaultUser,
    users,
    unprotectedScopes: options.unprotectedScopes ?? signInScopes,
    appRoles: options.appRoles ?? ['Tasks.Read.All'],
    accessTokenSeconds: wholeNumber('accessTokenSeconds', options.accessTokenSeconds ?? 3600, 1, 86_400),
    codeSeconds: wholeNumber('codeSeconds', options.codeSeconds ?? 600, 1, 3600),
    deviceCodeIntervalSeconds: wholeNumber('deviceCodeIntervalSeconds', options.deviceCodeIntervalSeconds ?? 1, 1, 60),
    now: options.now ?? Date.now,
  };
}
