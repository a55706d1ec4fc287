import { detailsOf, type CatalogEntry } from '../catalog/index.js';

/** Ids of samples: nobody's. */
const traceId = '0a1b2c3d-1111-4aaa-8bbb-0123456789ab';
const correlationId = '4e5f6a7b-2222-4ccc-9ddd-abcdef012345';
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

/** An API asks for claims in its header. */
const challenge = {
  status: 401,
  headers: {
    'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`,
  },
};

/**
 * An error with this entry in the form in which it usually arrives, for the preview. Texts are the catalogue's, so
 * nothing in it is anybody's real answer.
 */
export function sampleOf(entry: CatalogEntry, nowMs: number): unknown {
  const { id, summary } = entry;
  switch (entry.kind) {
    case 'aadsts':
    case 'aadb2c':
      return codeAnswer(entry, nowMs);
    case 'oauthErrors':
      return id === 'insufficient_claims' ? challenge : tokenAnswer({ error: id, error_description: summary }, nowMs);
    case 'suberrors':
      return tokenAnswer({ error: 'invalid_grant', suberror: id, error_description: summary }, nowMs);
    case 'msalErrors':
      return {
        name: 'ClientAuthError',
        errorCode: id,
        errorMessage: summary,
        message: `${id}: ${summary}`,
        subError: '',
      };
    case 'azureIdentityErrors':
      // The one of these names that other libraries use too: the server's answer on it tells it apart.
      return id === 'AuthenticationError'
        ? {
            name: id,
            message: summary,
            statusCode: 400,
            errorResponse: { error: 'unknown_error', errorDescription: summary },
          }
        : { name: id, message: summary };
    case 'resourceErrors':
      return resourceAnswer(entry, nowMs);
    case 'networkCodes':
      return { name: 'Error', code: id, message: summary, hostname: 'login.microsoftonline.com', port: 443 };
  }
}

function codeAnswer({ id, action, summary }: CatalogEntry, nowMs: number): object {
  const row = detailsOf(id);
  const isRefusal = action === 'user_cancelled' || id.startsWith('AADB2C');
  const error = row?.oauthErrors[0] ?? (isRefusal ? 'access_denied' : 'invalid_grant');
  const asked = action === 'claims_challenge' ? { claims, suberror: 'basic_action' } : {};
  const ids = `Trace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${entraTime(nowMs)}`;
  return tokenAnswer({ error, error_description: `${id}: ${summary}\r\n${ids}`, ...asked }, nowMs);
}

function tokenAnswer(body: object, nowMs: number): object {
  return {
    status: 400,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { ...body, timestamp: entraTime(nowMs), trace_id: traceId, correlation_id: correlationId },
  };
}

function resourceAnswer({ id, name, action, summary }: CatalogEntry, nowMs: number): object {
  const status = statusOf(action);
  const innerError = { date: entraTime(nowMs).slice(0, 19).replace(' ', 'T'), 'request-id': traceId };
  // Key Vault writes its AKV codes into the message; only Graph has ids in the inner error.
  const isKeyVaultCode = id.startsWith('AKV');
  const code = isKeyVaultCode ? 'Unauthorized' : id;
  // Privileged Identity Management writes its claims there.
  const claimed = action === 'claims_challenge' ? `&claims=${encodeURIComponent(claims)}` : summary;
  const message = isKeyVaultCode ? `${id}: ${summary}` : claimed;
  return { status, headers: {}, body: { error: { code, message, ...(name === 'graph' && { innerError }) } } };
}

function statusOf(action: CatalogEntry['action']): number {
  switch (action) {
    case 'retry':
      return 429;
    case 'claims_challenge':
      return 400;
    case 'interactive':
    case 'fix_config':
      return 401;
    default:
      return 403;
  }
}

/** `2026-01-31 23:59:59Z` */
const entraTime = (nowMs: number): string => `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
