// Where customers sign in. The application is the same for both; only these addresses differ.

/** Azure AD B2C: each user flow or custom policy is an authority of its own. */
export function b2cFlows({ tenantName, signIn, passwordReset, editProfile }) {
  const host = `${tenantName}.b2clogin.com`;
  const authorityOf = (policy) => policy && `https://${host}/${tenantName}.onmicrosoft.com/${policy}`;
  return {
    knownAuthorities: [host],
    signIn: authorityOf(signIn),
    passwordReset: authorityOf(passwordReset),
    editProfile: authorityOf(editProfile),
  };
}

/** Microsoft Entra External ID: the user flow belongs to the app registration, password reset is part of it. */
export function externalIdFlows({ tenantName }) {
  return { knownAuthorities: [], signIn: `https://${tenantName}.ciamlogin.com/` };
}
