import { nameOf } from './audiences.js';
import type { Facts } from './facts.js';
import {
  certain,
  codeIs,
  codeText,
  likely,
  listed,
  pages,
  possible,
  says,
  saysSo,
  statusText,
  type DoctorRule,
  type Seen,
} from './rule.js';

/** Codes that say no more than "not allowed". */
const refusals: readonly string[] = [
  'Authorization_RequestDenied',
  'accessDenied',
  'ErrorAccessDenied',
  'Forbidden',
  'UnauthorizedAccessException',
  'System.UnauthorizedAccessException',
];

const apiPermissions = 'Microsoft Entra admin center > App registrations > the application > API permissions';

/**
 * Causes that lie in what was granted: mostly 403.
 *
 * @see https://learn.microsoft.com/graph/resolve-auth-errors (read 2026-11)
 */
export const permissionRules: readonly DoctorRule[] = [
  {
    // Before missing permissions: with the wrong kind of token no permission ever arrives.
    id: 'needs-delegated-token',
    title: 'The call needs a signed-in user, the token has none',
    when: needsDelegatedToken,
    cause:
      'The token was got with client credentials or a managed identity and holds application permissions, but the operation works for a signed-in user only. Delegated permissions that were granted are never in such a token.',
    change:
      'Get the token with the authorization code or on-behalf-of flow; or call the form of the operation that names the user (/users/{id} in place of /me) with an application permission. Some operations have no application permission at all: Microsoft names resetting the password of a user. Others want a directory role for the application as well.',
    where: `in the code, where the token is got; ${apiPermissions} > Delegated permissions`,
    learnMore: pages.authErrors,
  },
  {
    id: 'needs-application-token',
    title: 'The call needs application permissions, the token is delegated',
    when: ({ text, token }) =>
      text.includes('missing role permissions') && token?.permissionType === 'delegated'
        ? certain(saysSo, 'the token is delegated (scp)')
        : undefined,
    cause:
      'Application permissions were granted, but the token was got for a user: it holds delegated permissions only, and application permissions are never in it.',
    change:
      'Get the token with client credentials (acquireTokenByClientCredential with /.default), or grant the delegated permission of the same operation.',
    where: `in the code, where the token is got; ${apiPermissions} > Application permissions`,
    learnMore: pages.authErrors,
  },
  {
    id: 'consent-missing',
    title: 'Nobody has granted the permission yet',
    when: ({ error }) =>
      error?.aadstsCodes.includes(65001) === true ||
      error?.suberror === 'consent_required' ||
      error?.oauthError === 'consent_required'
        ? certain('Entra ID answered that consent is missing')
        : undefined,
    cause: 'The application asks for a permission that neither the user nor an administrator has granted.',
    change:
      'Send the user to /authorize with these scopes and prompt=consent, or have an administrator grant them for everybody when users may not consent.',
    where: `${apiPermissions} > Grant admin consent`,
    learnMore: pages.consent,
  },
  {
    id: 'missing-permission',
    title: 'The token lacks a permission',
    when: missingPermission,
    cause: ({ token }) =>
      token?.permissionType === 'application'
        ? 'The application permission is not in roles: it was not added, or an administrator has not granted it. Delegated permissions do not count for a token without a user.'
        : 'The permission was not asked for, or was not granted by the user or an administrator. One that was granted as application permission is never in the token of a user.',
    change: ({ missing, message }) => {
      const names = missing.length > 0 ? missing : namedPermissions(message);
      return `Add ${names.length === 0 ? 'the permission that the reference page of the operation lists' : listed(names)}, grant it, and get a new token: permissions arrive with the next token, not in the present one.`;
    },
    where: ({ token }) =>
      `${apiPermissions} > Add a permission > ${token?.permissionType === 'application' ? 'Application permissions' : 'Delegated permissions'}, then Grant admin consent`,
    learnMore: pages.permissions,
  },
  {
    id: 'azure-role-missing',
    title: 'The identity has no Azure role for this action',
    when: azureRole,
    cause: ({ message }) => {
      const action = namedAction(message);
      return `Azure checks role assignments, not permissions in the token: ${action === undefined ? 'the action in the message' : action} is in no role that the identity has at this scope, or the assignment is some minutes old.`;
    },
    change:
      'Assign a role that holds the action to the identity of the token, at the resource or above it; wait some minutes and get a new token.',
    where: 'Azure portal > the resource, resource group or subscription > Access control (IAM) > Add role assignment',
    learnMore: pages.azureRoles,
  },
  {
    id: 'deny-assignment',
    title: 'A deny assignment blocks the action',
    when: (facts) => (codeIs(facts, 'DenyAssignmentAuthorizationFailed') ? certain(codeText(facts)) : undefined),
    cause: 'A managed application or deployment stack forbids the action; no role overrides it.',
    change: 'Make the change through the deployment stack or managed application that owns the resource.',
    where: 'Azure portal > the resource > Access control (IAM) > Deny assignments',
    learnMore: pages.azureRoles,
  },
  {
    id: 'vault-access-policy',
    title: 'The access policy of the vault does not name the identity',
    when: (facts) =>
      codeIs(facts, 'ForbiddenByPolicy') || (facts.service === 'key-vault' && codeIs(facts, 'AccessDenied'))
        ? certain(codeText(facts))
        : saysOnlyForbidden(facts)
          ? possible(codeText(facts))
          : undefined,
    cause: 'The vault uses access policies, and none of them gives this identity the operation.',
    change:
      'Give the object id of the identity the operation (for instance Get and List on secrets), or move the vault to Azure roles.',
    where: 'Azure portal > Key vaults > the vault > Access policies',
    learnMore: pages.keyVault,
  },
  {
    id: 'network-rules',
    title: 'The network of the caller is not allowed in',
    when: (facts) =>
      codeIs(facts, 'ForbiddenByFirewall', 'ForbiddenByConnection')
        ? certain(codeText(facts))
        : saysOnlyForbidden(facts) || codeIs(facts, 'AuthorizationFailure')
          ? possible(codeText(facts))
          : undefined,
    cause:
      'Token and role may be fine: the firewall of the resource refuses the address, or only private endpoints are open.',
    change: 'Allow the outbound addresses or the subnet of the application, or call through a private endpoint.',
    where: 'Azure portal > the resource > Networking',
    learnMore: pages.keyVault,
  },
  {
    id: 'mailbox-policy',
    title: 'An administrator has limited the mailboxes of the application',
    when: (facts) =>
      says(facts, 'apponly accesspolicy', 'application access policy')
        ? certain(saysSo)
        : codeIs(facts, 'ErrorAccessDenied') &&
            facts.token?.permissionType === 'application' &&
            facts.missing.length === 0
          ? likely('code ErrorAccessDenied for a token without a user')
          : undefined,
    cause:
      'An application access policy or role-based access for applications in Exchange Online leaves this mailbox out.',
    change:
      'Have an Exchange administrator add the mailbox to the group of the policy, or call a mailbox that is in it.',
    where: 'Exchange Online PowerShell: Test-ApplicationAccessPolicy, Get-ManagementRoleAssignment',
    learnMore: pages.mailboxAccess,
  },
  {
    id: 'license-missing',
    title: 'A license is missing',
    when: licenseMissing,
    cause:
      'The user or the tenant has no license for the service or feature behind the API: a mailbox, SharePoint, Teams, Microsoft Entra ID P1.',
    change:
      'Assign the license, or leave the feature out for people without one. A new mailbox takes some time to appear.',
    where:
      'Microsoft 365 admin center > Users > Active users > the user > Licenses and apps; Microsoft Entra admin center > Billing > Licenses',
    learnMore: pages.authErrors,
  },
  {
    // After everything that names its cause: what is left of a refusal for a user is the user's own rights.
    id: 'user-privilege',
    title: 'The signed-in user may not do this',
    when: userPrivilege,
    cause:
      'A delegated call may do what both the application and the user may do. The application has a permission, but the user lacks the directory role, ownership or share that the operation asks for.',
    change:
      'Give the user the role or the share, or let somebody who has it make the call; more permissions for the application do not help. Other cause to look at: a license that the user does not have.',
    where:
      'Microsoft Entra admin center > Users > the user > Assigned roles; for sites and files, their sharing settings',
    learnMore: pages.authErrors,
  },
];

function needsDelegatedToken(facts: Facts): Seen | undefined {
  const { token, text, code, wanted, missing } = facts;
  const isApplication = token?.permissionType === 'application';
  if (
    says(facts, 'only valid with delegated authentication', 'only supports delegated', 'delegated authentication flow')
  )
    return isApplication ? certain(saysSo, 'the token has no user (roles without scp)') : certain(saysSo);
  if (isApplication && text.includes('missing scope permissions')) return certain(saysSo, 'the token has no user');
  if (!isApplication) return undefined;
  if (codeIs(facts, 'Authentication_RequestFromUnsupportedUserRole'))
    return likely(`code ${code ?? ''} for a token without a user`);
  // Everything wanted is there, and there is no user whose rights could be missing: the directory refuses for the operation.
  return wanted.length > 0 && missing.length === 0 && codeIs(facts, 'Authorization_RequestDenied')
    ? possible(`${codeText(facts)}, although the token holds ${listed(wanted)}`, 'the token has no user')
    : undefined;
}

function missingPermission(facts: Facts): Seen | undefined {
  const { missing, wanted, token, error, challengeError, status } = facts;
  const refused = status === 403 || status === 401 || codeIs(facts, ...refusals);
  const holds =
    token?.format === 'jwt'
      ? `the token holds ${listed([...token.scopes, ...token.roles]) || 'no permission'}`
      : undefined;
  if (missing.length > 0 && holds !== undefined)
    return (refused ? certain : likely)(
      `${listed(missing)} of the wanted permissions ${missing.length === 1 ? 'is' : 'are'} not in the token`,
      holds,
    );
  const named = says(
    facts,
    'missing scope permissions',
    'missing role permissions',
    'scopes are missing in the token',
    'permissionscopenotgranted',
    'missing permission scope',
    'must have one of the following scopes',
    'missing application scopes',
  );
  if (named) {
    const names = namedPermissions(facts.message);
    return names.length === 0 ? certain(saysSo) : certain(`the answer asks for one of ${listed(names)}`);
  }
  if (codeIs(facts, 'Authentication_MSGraphPermissionMissing', 'ErrorInsufficientPermissionsInAccessToken'))
    return certain(codeText(facts));
  if (challengeError === 'insufficient_scope' || error?.oauthError === 'insufficient_scope')
    return certain('the challenge says insufficient_scope');
  if (!refused || status === 401) return undefined;
  if (token?.format === 'jwt' && token.scopes.length === 0 && token.roles.length === 0)
    return certain('the token holds neither scp nor roles: nothing was granted');
  // Everything wanted is there: the refusal has another reason.
  if (wanted.length > 0 && token?.format === 'jwt') return undefined;
  if (!codeIs(facts, ...refusals) || !usesPermissions(facts)) return undefined;
  if (holds !== undefined) return possible(codeText(facts), holds);
  return (codeIs(facts, 'Authorization_RequestDenied', 'ErrorAccessDenied') ? likely : possible)(codeText(facts));
}

/** Azure's own services check roles of Azure, never permissions of a token. */
const usesPermissions = ({ service }: Facts): boolean =>
  service === 'graph' || service === 'sharepoint' || service === 'unknown';

function azureRole(facts: Facts): Seen | undefined {
  if (
    codeIs(
      facts,
      'AuthorizationFailed',
      'LinkedAuthorizationFailed',
      'ForbiddenByRbac',
      'AuthorizationPermissionMismatch',
      'InsufficientAccessError',
      'PermissionDenied',
    )
  )
    return certain(codeText(facts));
  if (says(facts, 'does not have authorization to perform action')) return certain(saysSo);
  // A subscription without any role of the caller looks as if it did not exist.
  if (codeIs(facts, 'SubscriptionNotFound')) return likely(codeText(facts));
  return saysOnlyForbidden(facts) || codeIs(facts, 'AuthorizationFailure') ? possible(codeText(facts)) : undefined;
}

/** Key Vault without its inner code: role, policy and firewall are all left. */
const saysOnlyForbidden = (facts: Facts): boolean => facts.service === 'key-vault' && codeIs(facts, 'Forbidden');

function licenseMissing(facts: Facts): Seen | undefined {
  if (
    codeIs(
      facts,
      'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
      'MailboxNotEnabledForRESTAPI',
      'MailboxNotSupportedForRESTAPI',
    )
  )
    return certain(codeText(facts));
  if (codeIs(facts, 'OrganizationFromTenantGuidNotFound')) return likely(codeText(facts));
  if (says(facts, 'have a license')) return likely('the sentence in the answer names a license among its reasons');
  return says(facts, 'spo license', 'license is required', 'not licensed', 'missing license')
    ? certain(saysSo)
    : undefined;
}

function userPrivilege(facts: Facts): Seen | undefined {
  const { token, wanted, missing, status } = facts;
  if (codeIs(facts, 'Authentication_RequestFromUnsupportedUserRole') && token?.permissionType !== 'application')
    return certain(codeText(facts));
  if (codeIs(facts, 'accessRestricted')) return certain(codeText(facts));
  const isRefusal = codeIs(facts, ...refusals) || (status === 403 && facts.code === undefined);
  if (!isRefusal || token?.permissionType === 'application' || missing.length > 0 || !usesPermissions(facts))
    return undefined;
  if (says(facts, 'missing scope permissions', 'missing role permissions', 'scopes are missing')) return undefined;
  if (token?.permissionType === 'delegated' && wanted.length > 0)
    return likely(`${statusText(facts)}, although the token holds ${listed(wanted)}`);
  return facts.code === undefined ? undefined : possible(`${codeText(facts)} of ${nameOf(facts.service)}`);
}

/** `requires one of 'Chat.Read, Chat.ReadWrite'` and similar lists of Graph's messages. */
export function namedPermissions(message: string): readonly string[] {
  const start = message.search(/requires one of|following scopes|missing permission scope/i);
  if (start < 0) return [];
  const end = message.indexOf('on the request', start);
  const part = message.slice(start, end < 0 ? start + 600 : Math.min(end, start + 600));
  // accepts "Chat.ReadWrite", refuses "e.g" and "contoso.example"
  const names = part.match(/\b[A-Z][A-Za-z]{1,63}(?:\.[A-Z][A-Za-z]{1,31}){1,3}\b/g) ?? [];
  return [...new Set(names)].slice(0, 12);
}

/** `action 'Microsoft.Storage/storageAccounts/read'` of Resource Manager. */
function namedAction(message: string): string | undefined {
  return /action '(Microsoft\.[A-Za-z0-9./]{3,160})'/.exec(message)?.[1]; // accepts "action 'Microsoft.Web/sites/read'"
}
