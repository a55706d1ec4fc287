/** When a user's situation shows at the token endpoint. */
export type UserTrouble = 'protected-scope' | 'refresh' | 'refresh-or-protected-scope';

/** A person LocalEntra knows. All are invented; nobody has a password. */
export interface LocalEntraUser {
  readonly userName: string;
  readonly name: string;
  /** Object id: `oid` of the tokens and the first half of MSAL's homeAccountId. */
  readonly oid: string;
  /** What happens to this user, for the start page. */
  readonly situation: string;
  /** AADSTS code that token calls answer with; absent: everything works. */
  readonly fails?: number;
  /**
   * `protected-scope`: calls that ask for a scope beyond sign-in (and `User.Read`) fail.
   * `refresh`: every refresh fails. @defaultValue protected-scope
   */
  readonly failsAt?: UserTrouble;
  /** Proofs such as `capolids=<guid>` or `acrs=c1` that end the trouble once /authorize saw them in `claims`. */
  readonly until?: readonly string[];
  /** Ends the trouble for the scopes of a visit to /authorize with `prompt=consent`, or of an admin consent. */
  readonly untilConsent?: boolean;
  /** Sends a claims directive that never helps, to exercise loop brakes. */
  readonly claims?: string;
}

const policyId = '5e0b3a1c-0001-4000-8000-00000000c0de';
const riskPolicyId = '5e0b3a1c-0002-4000-8000-00000000c0de';
const oid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/**
 * The built-in users. Each of them signs in without trouble; the situation shows at the token endpoint.
 *
 * | user name | what happens |
 * |---|---|
 * | alice@contoso.test | nothing fails |
 * | mfa@contoso.test | protected scopes: 50076 `basic_action` with claims, until /authorize was visited with those claims |
 * | consent@contoso.test | protected scopes: 65001 `consent_required`, until /authorize was visited with prompt=consent |
 * | disabled@contoso.test | protected scopes and every refresh: 50057 |
 * | notassigned@contoso.test | protected scopes: 50105 `interaction_required` |
 * | device@contoso.test | protected scopes: 53000 `interaction_required` |
 * | risk@contoso.test | protected scopes: 53003 `message_only` with claims, which never help |
 * | expired@contoso.test | every refresh: 700082 |
 */
export const localEntraUsers: readonly LocalEntraUser[] = Object.freeze<LocalEntraUser[]>([
  { userName: 'alice@contoso.test', name: 'Alice Example', oid: oid(1), situation: 'Nothing fails' },
  {
    userName: 'mfa@contoso.test',
    name: 'Mia Factor',
    oid: oid(2),
    situation: 'Must do multifactor authentication for protected scopes (50076 with claims)',
    fails: 50076,
    until: [`capolids=${policyId}`],
  },
  {
    userName: 'consent@contoso.test',
    name: 'Conor Sent',
    oid: oid(3),
    situation: 'Has not consented to protected scopes (65001)',
    fails: 65001,
    untilConsent: true,
  },
  {
    userName: 'disabled@contoso.test',
    name: 'Dis Abled',
    oid: oid(4),
    situation: 'Account disabled after sign-in (50057)',
    fails: 50057,
    failsAt: 'refresh-or-protected-scope',
  },
  {
    userName: 'notassigned@contoso.test',
    name: 'Nora Signed',
    oid: oid(5),
    situation: 'Not assigned to the application behind protected scopes (50105)',
    fails: 50105,
  },
  {
    userName: 'device@contoso.test',
    name: 'Dev Ice',
    oid: oid(6),
    situation: 'Device does not comply with the policy of protected scopes (53000)',
    fails: 53000,
  },
  {
    userName: 'risk@contoso.test',
    name: 'Rick Sky',
    oid: oid(7),
    situation: 'Blocked by Conditional Access for protected scopes (53003; its claims never help)',
    fails: 53003,
    claims: JSON.stringify({ access_token: { capolids: { essential: true, values: [riskPolicyId] } } }),
  },
  {
    userName: 'expired@contoso.test',
    name: 'Exa Pired',
    oid: oid(8),
    situation: 'Every refresh fails, the refresh token has expired (700082)',
    fails: 700082,
    failsAt: 'refresh',
  },
]);

/** The user with this name, whatever its letter case. @internal */
export function findUser(users: readonly LocalEntraUser[], userName: string | undefined): LocalEntraUser | undefined {
  const wanted = userName?.toLowerCase();
  return users.find((user) => user.userName.toLowerCase() === wanted);
}
