/** Values shaped like what the identity stack throws, with parts of every kind mixed. */
import fc from 'fast-check';

const guid = fc.uuid();
const aadsts = fc.constantFrom(
  50076,
  50079,
  50105,
  50057,
  53003,
  65001,
  65004,
  70043,
  700082,
  7000215,
  90055,
  90033,
  50173,
  999_999,
);
const oauthError = fc.constantFrom(
  'invalid_grant',
  'interaction_required',
  'consent_required',
  'login_required',
  'access_denied',
  'invalid_client',
  'temporarily_unavailable',
  'server_error',
  'insufficient_claims',
  'invalid_token',
  'brand_new',
  '',
  'undefined',
  '__proto__',
  'constructor',
);
const suberror = fc.constantFrom(
  'basic_action',
  'message_only',
  'consent_required',
  'bad_token',
  'token_expired',
  'cancel',
  'brand_new',
  'toString',
  '',
);

const entraText = fc
  .tuple(aadsts, fc.string({ maxLength: 60 }), guid, guid)
  .map(
    ([code, words, trace, correlation]) =>
      `AADSTS${String(code)}: ${words} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: 2026-01-15 10:20:30Z`,
  );

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  entraText,
  fc.constantFrom('AADSTS', 'AADSTS50076', '{"error":"', 'Bearer ', '%20', '\ud800', '\u0000'),
);

const claims = fc.oneof(
  fc.constantFrom('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}', '{}', '[]', 'x', ''),
  fc.json({ maxDepth: 2 }),
  fc.json({ maxDepth: 2 }).map((json) => Buffer.from(json).toString('base64')),
);

const header = fc.oneof(
  text,
  fc
    .tuple(oauthError, claims, text)
    .map(
      ([error, value, words]) => `Bearer realm="", error="${error}", error_description="${words}", claims="${value}"`,
    ),
  fc
    .array(
      fc.constantFrom('Bearer', 'PoP', ' ', ',', '=', '"', '\\', '{', '}', 'error', 'claims', 'e30=', 'a', '%7B'),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
);

/** A field holds what belongs there, or anything at all. */
const or = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: fc.anything({ maxDepth: 2 }) });
const fields = (model: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(model).map(([key, value]) => [key, or(value)])), { requiredKeys: [] });

const codes = fc.oneof(aadsts, fc.array(aadsts, { maxLength: 3 }), aadsts.map(String));
const status = fc.oneof(fc.constantFrom(400, 401, 403, 408, 429, 500, 503, '503'), fc.integer());
const name = fc.constantFrom(
  'Error',
  'ServerError',
  'InteractionRequiredAuthError',
  'ClientAuthError',
  'AuthError',
  'NodeAuthError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
  'OPError',
  'ResponseBodyError',
  'AuthorizationResponseError',
  'WWWAuthenticateChallengeError',
  'GraphError',
  'AxiosError',
  'TypeError',
);
const clientCode = fc.constantFrom(
  'no_tokens_found',
  'network_error',
  'token_parsing_error',
  'post_request_failed',
  'user_canceled',
  '90055',
  '',
  'ECONNRESET',
  'InvalidAuthenticationToken',
);

const headers = fc.record(
  {
    'www-authenticate': header,
    'retry-after': fc.oneof(fc.constantFrom('5', 'x', 'Thu, 15 Jan 2026 10:22:30 GMT'), text),
  },
  { requiredKeys: [] },
);

const tokenBody = fields({
  error: oauthError,
  error_description: text,
  error_codes: codes,
  suberror,
  claims,
  trace_id: guid,
  correlation_id: guid,
  timestamp: fc.constant('2026-01-15 10:20:30Z'),
  error_uri: fc.webUrl(),
  error_subcode: suberror,
  state: text,
  admin_consent: fc.constantFrom('True', 'False'),
});
const msalError = fields({
  name,
  errorCode: fc.oneof(oauthError, clientCode),
  errorMessage: text,
  message: text,
  subError: suberror,
  claims,
  errorNo: codes,
  correlationId: guid,
  traceId: guid,
  status,
});
const resourceBody = fields({
  error: fields({
    code: clientCode,
    message: text,
    innerError: fields({ code: clientCode, 'request-id': guid, date: text }),
  }),
  status,
  requestId: guid,
});
const systemError = fields({
  code: clientCode,
  message: text,
  hostname: fc.domain(),
  port: fc.integer(),
  errno: fc.integer(),
  cause: fields({ code: clientCode, message: text }),
});
const answer = fields({
  status,
  statusCode: status,
  headers,
  body: fc.oneof(tokenBody, resourceBody, text),
  data: tokenBody,
  response: fields({ status, headers, data: tokenBody }),
  query: tokenBody,
});

const node = fc.oneof(tokenBody, msalError, resourceBody, systemError, answer, text, header);

/** One of the shapes, alone or wrapped, as an object or as an Error. */
export const errorShaped: fc.Arbitrary<unknown> = fc.oneof(
  node,
  node.map((inner) => new Error('outer', { cause: inner })),
  node.map((inner) => (typeof inner === 'object' ? Object.assign(new Error('x'), inner) : new Error(inner))),
  fc.array(node, { maxLength: 4 }).map((errors) => new AggregateError(errors, 'all')),
  fc
    .tuple(node, node)
    .map(([outer, inner]) =>
      typeof outer === 'object' ? { ...outer, cause: inner, innerError: inner } : { error: inner },
    ),
  fields({
    name,
    message: text,
    errorResponse: tokenBody,
    getTokenOptions: fields({ claims }),
    scopes: fc.array(text, { maxLength: 3 }),
    statusCode: status,
  }),
  fields({
    name,
    cause: fc.array(
      fields({ scheme: fc.constantFrom('bearer', 'pop'), parameters: fields({ error: oauthError, claims }) }),
      { maxLength: 3 },
    ),
    status,
  }),
  tokenBody.map((body) =>
    JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ),
);

/** Anything at all, most of it no error. */
export const anything: fc.Arbitrary<unknown> = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 4,
});

export const context = fc.record(
  {
    flow: fc.constantFrom(
      'authorization-code',
      'silent',
      'on-behalf-of',
      'client-credentials',
      'managed-identity',
      'device-code',
      'password' as const,
    ),
    hasUser: fc.boolean(),
    attempts: fc.integer({ min: 0, max: 4 }),
    scopes: fc.array(fc.constantFrom('User.Read', 'Mail.Read'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
