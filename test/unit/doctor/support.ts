export const nowMs = Date.parse('2026-01-15T12:00:00Z');
const seconds = (time: string): number => Date.parse(time) / 1000;

export const graph = 'https://graph.microsoft.com';
export const arm = 'https://management.azure.com';
export const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';
export const requestId = '0a1b2c3d-1111-4aaa-8bbb-0123456789ab';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access token of a work account that is valid until 13:00; claims are added or, with undefined, left out. */
export function accessToken(claims: object = {}): string {
  const payload = {
    aud: graph,
    exp: seconds('2026-01-15T13:00:00Z'),
    tid: '11111111-2222-4333-8444-555555555555',
    oid: 'aaaaaaaa-0000-4000-8000-000000000001',
    upn: 'jane@contoso.test',
    ...claims,
  };
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(payload)}.c2lnbmF0dXJl`;
}

export const expired = { exp: seconds('2026-01-15T11:00:00Z') };
export const delegated = (scp: string): object => ({ scp, idtyp: 'user' });
export const application = (...roles: string[]): object => ({ roles, idtyp: 'app' });

/** What an HTTP client hands over of an answer of Microsoft Graph. */
export function graphAnswer(status: number, code: string, message: string, headers: object = {}): object {
  const innerError = { date: '2026-01-15T12:00:00', 'request-id': requestId, 'client-request-id': requestId };
  return { status, headers, body: { error: { code, message, innerError } } };
}

/** Resource Manager: no inner error, no ids in the body. */
export function armAnswer(status: number, code: string, message: string, headers: object = {}): object {
  return { status, headers, body: { error: { code, message } } };
}

const claims = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');

export const challenge = (value: object): object => ({
  'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="${claims(value)}"`,
});
