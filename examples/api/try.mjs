// Lines for a shell that play clients of the API: LocalEntra gives a token to anybody, without a password.

/** @returns {{ setup, tries }} `setup` defines two shell functions, each of `tries` is one line that uses them */
export function shellLines({ url, apiClientId, entra }) {
  const post = (fields) => {
    const form = fields.map((field) => `-d '${field}'`).join(' ');
    return `curl -s ${entra.authority}/oauth2/v2.0/token ${form}`;
  };
  const readToken = `sed 's/.*"access_token":"//; s/".*//'`;
  const userToken = `${post([
    'grant_type=password',
    'password=any',
    `client_id=${entra.clientId}`,
    `scope=api://${apiClientId}/Expenses.Read`,
    // As MSAL does for clientCapabilities: this client can handle claims challenges.
    'claims={"access_token":{"xms_cc":{"values":["cp1"]}}}',
  ])} -d "username=$1@contoso.test"`;
  const daemonToken = post([
    'grant_type=client_credentials',
    `client_id=${entra.clientId}`,
    `client_secret=${entra.clientSecret}`,
    `scope=api://${apiClientId}/.default`,
  ]);
  const call = (path, token) => `curl -si ${url}${path}${token ? ` -H "Authorization: Bearer $(${token})"` : ''}`;
  return {
    setup: `user_token() { ${userToken} | ${readToken}; }\n  daemon_token() { ${daemonToken} | ${readToken}; }`,
    tries: [
      { about: '401: no token', line: call('/expenses') },
      { about: '200: a user with the permission', line: call('/expenses', 'user_token alice') },
      { about: '200: a daemon with the role', line: call('/expenses', 'daemon_token') },
      { about: '403: a daemon where a user is needed', line: call('/receipts', 'daemon_token') },
      { about: '200: Graph on behalf of the user', line: call('/receipts', 'user_token alice') },
      { about: '401: Graph wants MFA, the challenge holds its claims', line: call('/receipts', 'user_token mfa') },
      { about: '403: Graph needs consent, the challenge says for what', line: call('/receipts', 'user_token consent') },
      { about: '401: a step-up to c1 is needed, as claims', line: call('/payouts', 'user_token alice') },
    ],
  };
}
