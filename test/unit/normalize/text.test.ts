import { describe, expect, it } from 'vitest';
import { readTextValue, statusIn } from '../../../src/normalize/text.js';
import { acrsClaims, base64, correlationId, entraText, traceId, wireTimestamp } from './support.js';

const grant = '{"error":"invalid_grant"}';
/** One layer of quoting, as JSON inside a JSON string has it. */
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);

const check = (_name: string, text: string, expected: Record<string, unknown> | undefined): void => {
  const reading = readTextValue(text, 401);
  if (expected === undefined) expect(reading).toBeUndefined();
  else expect(reading).toMatchObject(expected);
};

type Case = [name: string, text: string, expected: Record<string, unknown> | undefined];

describe('readTextValue: which reader', () => {
  it.each<Case>([
    [
      'a printed error of MSAL',
      ` ServerError: invalid_grant: ${entraText(50076)}`,
      { producer: 'msal', aadstsCodes: [50076] },
    ],
    ['a body', ` ${grant} `, { producer: 'token-response', oauthError: 'invalid_grant' }],
    ['a body of Graph', '{"error":{"code":"InvalidAuthenticationToken"}}', { producer: 'graph', status: 401 }],
    ['a challenge', ' Bearer error="invalid_token"', { producer: 'www-authenticate' }],
    [
      'a code',
      ` ${entraText(50076)}`,
      {
        producer: 'text',
        origin: 'token-response',
        aadstsCodes: [50076],
        traceId,
        correlationId,
        status: 401,
        rawDescription: entraText(50076),
      },
    ],
    ['a B2C code', 'AADB2C90118: x', { producer: 'text', b2cCodes: ['AADB2C90118'] }],
    [
      'a code of Key Vault',
      `AKV10022: x request-id: ${traceId}`,
      { producer: 'key-vault', origin: 'resource-challenge', clientCode: 'AKV10022', traceId },
    ],
    [
      'a code beside a body',
      `400: AADSTS50076: x ${grant}`,
      { producer: 'token-response', oauthError: 'invalid_grant', aadstsCodes: [50076] },
    ],
    ['an encoded text', 'AADSTS50076%3a+It%27s+x', { aadstsCodes: [50076], rawDescription: "AADSTS50076: It's x" }],
    ['words', 'Unauthorized', undefined],
    ['a number', 'ticket 50076 was closed', undefined],
    ['nothing', '', undefined],
    ['a short text', 'AADS', undefined],
  ])('%s', check);
});

describe('readTextValue: challenges', () => {
  const challenge = `Bearer error="insufficient_claims", claims="${base64(acrsClaims)}"`;
  const found = { producer: 'www-authenticate', oauthError: 'insufficient_claims', claims: acrsClaims };

  it.each<Case>([
    ['alone', challenge, found],
    ['in lower case', challenge.replace('Bearer', 'bearer'), found],
    ['of another scheme of ours', challenge.replace('Bearer', 'PoP'), found],
    ...[
      'WWW-Authenticate: ',
      'www-authenticate:',
      'www-authenticate = ',
      "'WWW-Authenticate': '",
      '"www-authenticate":"',
      '"www-authenticate" : "',
    ].map((label): Case => [`behind ${label}`, `401 ${label}${challenge}`, found]),
    ['behind a quote that nothing closes', `said "no WWW-Authenticate: ${challenge}`, found],
    ['behind a challenge of another scheme', `Basic realm="x", ${challenge}`, undefined],
    ['behind a word', `a pop ${challenge}`, undefined],
    ['of another scheme', 'Basic realm="x"', undefined],
    ['that proves nothing', 'Bearer realm="x"', undefined],
    ['a word that only starts like a scheme', 'Bearerly error="insufficient_claims"', undefined],
  ])('%s', check);
});

describe('readTextValue: the address of a redirect URI', () => {
  const found = {
    producer: 'authorization-response',
    origin: 'authorization-response',
    oauthError: 'access_denied',
    suberror: 'cancel',
  };
  const at = 'https://app.contoso.test/auth/redirect';

  it.each<Case>([
    ['as a query', `${at}?error=access_denied&error_subcode=cancel`, found],
    ['as a query, the subcode first', `${at}?error_subcode=cancel&error=access_denied`, found],
    ['as a query, behind others', `${at}?state=x&error=access_denied&error_subcode=cancel`, found],
    ['as a query alone', '?error=access_denied&error_subcode=cancel', found],
    ['as a fragment', `${at}#error=access_denied&error_subcode=cancel`, found],
    ['in a log line', `GET ${at}?error=access_denied&error_subcode=cancel HTTP/1.1`, { oauthError: 'access_denied' }],
    ['without a subcode, as every provider has it', `${at}?error=access_denied`, undefined],
    ['no address', 'error=access_denied error_subcode=cancel', undefined],
  ])('%s', check);
});

describe('readTextValue: managed identity of App Service', () => {
  it('names the identity that is missing', () => {
    const text = 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';
    expect(readTextValue(text)).toEqual({
      producer: 'managed-identity',
      origin: 'client',
      clientCode: 'identity_not_found',
      flow: 'managed-identity',
      rawDescription: text,
    });
  });
});

describe('readTextValue: codes of services', () => {
  const graph = { producer: 'graph', clientCode: 'InvalidAuthenticationToken', status: 401, unconfirmed: false };

  it.each([
    'Error code: InvalidAuthenticationToken', 'ErrorCode: InvalidAuthenticationToken', 'error code=InvalidAuthenticationToken',
    'code: InvalidAuthenticationToken', 'code:InvalidAuthenticationToken', 'code="InvalidAuthenticationToken"',
    "{ code: 'InvalidAuthenticationToken' }", '"code" InvalidAuthenticationToken "code":"InvalidAuthenticationToken"',
    "'code': 'InvalidAuthenticationToken'", 'HttpResponseError: (InvalidAuthenticationToken) The access token is invalid.',
  ])('%s', (text) => {
    expect(readTextValue(text, 401)).toMatchObject({ ...graph, rawDescription: text });
  }); // prettier-ignore

  it.each(['graph.microsoft.com', 'Azure', 'SharePoint', 'Microsoft'])(
    'a code that any API may use counts beside the word %s',
    (word) => {
      expect(readTextValue(`${word}: Error code: Forbidden`, 403)).toMatchObject({
        clientCode: 'Forbidden',
        unconfirmed: false,
      });
    },
  );

  it.each<Case>([
    ['a code that any API may use', 'Error code: Forbidden', undefined],
    ['a code of one service needs no word', 'Error code: ForbiddenByRbac', { producer: 'key-vault' }],
    ['a code nobody knows, beside the word Azure', 'Azure: Error code: NobodyKnows', undefined],
    ['a word that ends like code', 'Azure: decode: InvalidAuthenticationToken', undefined],
    ['a code without a sign before it', 'Azure: code InvalidAuthenticationToken', undefined],
    ['a short word in brackets', 'Azure (Forbidden)', undefined],
  ])('%s', check);
});

describe('readTextValue: bodies inside texts', () => {
  const found = { producer: 'token-response', oauthError: 'invalid_grant' };

  it.each<Case>([
    ['in words', `Request failed: ${grant} at 10:20`, found],
    ['behind three other objects', `{a} {"b":1} {} ${grant}`, found],
    ['behind four other objects', `{a} {"b":1} {} {c} ${grant}`, undefined],
    ['behind a brace that nothing closes', `{ ${grant}`, found],
    ['quoted', `"${quoted(grant)}"`, found],
    ['quoted twice', quoted(quoted(grant)), found],
    ['quoted three times', quoted(quoted(quoted(grant))), undefined],
    ['quoted as CSV', `"${grant.replaceAll('"', '""')}"`, found],
    ['quoted as CSV, with an empty member', '{""a"":"""",""error"":""invalid_grant""}', found],
    ['with a backslash in it', quoted(JSON.stringify({ error: 'invalid_grant', path: 'C:\\x' })), found],
    ...['error', 'body', 'data', 'response'].map((key): Case => [
      `as ${key} of another object`,
      `{"${key}":${grant}}`,
      found,
    ]),
    ...['error', 'body', 'data', 'response'].map((key): Case => [
      `as ${key} behind more objects than are tried`,
      `{"a":{},"b":{},"c":{},"${key}":${grant}}`,
      found,
    ]),
    ['behind more objects than are tried, under another name', `{"a":{},"b":{},"c":{},"d":${grant}}`, undefined],
    ['as another member', `{"other":${grant.replace('invalid_grant', 'x')}}`, undefined],
    ['as data behind a text as body', `{"body":"x","data":${grant}}`, found],
    ['as data behind a body that is none', `{"body":{},"data":${grant}}`, found],
    ['a list', '["invalid_grant"]', undefined],
  ])('%s', check);
});

describe('readTextValue: bodies that are cut or printed by another language', () => {
  const found = { producer: 'token-response', origin: 'token-response', oauthError: 'invalid_grant' };

  it.each<Case>([
    ['cut', '{"error":"invalid_grant","error_description":"The sess', found],
    ['cut behind the codes', '{"error":"invalid_grant","error_codes":[50076', found],
    ['cut before a second member', '{"error":"invalid_grant","err', undefined],
    ['another error', '{"error":"teapot","error_description":"The sess', undefined],
    ['no error', '{"error_description":"The sess', undefined],
    ['Python', "{'error': 'invalid_grant', 'error_description': 'x'}", found],
    ['Python 2', "{u'error': u'invalid_grant', u'error_description': u'x'}", found],
    ['a list of pairs', 'error=invalid_grant, error_description=x', found],
    ['a list of names and values', 'error: invalid_grant, error_description: x', found],
    ['blanks on both sides', 'error = invalid_grant, error_description = x', found],
    ['a longer name', 'the_error=invalid_grant, error_description=x', undefined],
    [
      'the ids',
      `error=invalid_grant, error_description=x Trace ID: ${traceId} Correlation ID: ${correlationId}`,
      { ...found, traceId, correlationId },
    ],
    ['a request id', `error=invalid_grant, error_description=x request-id: ${traceId}`, { ...found, traceId }],
    [
      'the words',
      'error=invalid_grant, error_description=x',
      { ...found, rawDescription: 'error=invalid_grant, error_description=x' },
    ],
    ...[
      `"suberror":"bad_token"`,
      "'suberror': 'bad_token'",
      'suberror: bad_token',
      'suberror=bad_token',
      'suberror = bad_token',
      'suberror:"bad_token"',
    ].map((suberror): Case => [
      suberror,
      `error=invalid_grant, error_description=x, ${suberror}, x`,
      { ...found, suberror: 'bad_token' },
    ]),
    [
      'another name that ends like it',
      'error=invalid_grant, error_description=x, my_suberror=bad_token',
      { ...found, suberror: undefined },
    ],
    [
      'no sign behind the name',
      'error=invalid_grant, error_description=x suberror bad_token',
      { ...found, suberror: undefined },
    ],
  ])('%s', check);

  const withClaims = (claims: string): unknown =>
    readTextValue(`error=invalid_grant, error_description=x, ${claims}, y`)?.claims;

  it.each([
    `"claims":"${acrsClaims}"`, `'claims': '${acrsClaims}'`, `'claims' : '${acrsClaims}'`, `"claims":${acrsClaims}`,
    `"claims":${' '.repeat(7)}${acrsClaims}`,
  ])('claims of %s', (claims) => {
    expect(withClaims(claims)).toBe(acrsClaims);
  }); // prettier-ignore

  it.each([
    `"claims":${' '.repeat(8)}${acrsClaims}`, // not its value
    `"claims":"x"`,
    `"claims":"${acrsClaims.slice(0, -1)}"`, // cut
    `"claims":"{}"`,
    `claims ${acrsClaims}`,
    `"my_claims":"x", ${acrsClaims}`,
    `"claims_x":${acrsClaims}`,
    '',
  ])('no claims of %s', (claims) => {
    expect(withClaims(claims)).toBeUndefined();
  });

  it('claims at the very start', () => {
    expect(readTextValue(`"claims":${acrsClaims},"error":"invalid_grant","error_description":"x`)?.claims).toBe(
      acrsClaims,
    );
  });
});

describe('readTextValue: the OAuth error beside a code', () => {
  it.each<[text: string, oauthError: string | undefined]>([
    ['error=invalid_grant AADSTS50076: x', 'invalid_grant'],
    ['"error":"invalid_grant" AADSTS50076: x', 'invalid_grant'],
    ["u'error': u'invalid_grant' AADSTS50076: x", 'invalid_grant'],
    ['ErrorCode: invalid_grant AADSTS50076: x', 'invalid_grant'],
    ['error_code: invalid_grant AADSTS50076: x', 'invalid_grant'],
    ['error:invalid_grant AADSTS50076: x', 'invalid_grant'],
    ['Graph Error: invalid_grant:AADSTS50076: x', 'invalid_grant'],
    ['invalid_grant:AADSTS50076: x', 'invalid_grant'],
    ['INVALID_GRANT - AADSTS50076: x', 'invalid_grant'],
    ["oauth2: 'invalid_grant' ('AADSTS50076: x", 'invalid_grant'],
    ['oauth2: "invalid_grant", "AADB2C90118: x', 'invalid_grant'],
    ['invalid_grant Status code: 400  More details:  AADSTS50076: x', 'invalid_grant'],
    ['invalid_grant Status code: 400 More details:AADSTS50076: x', 'invalid_grant'],
    ['invalid_grant Status code: 4 More details: AADSTS50076: x', undefined],
    ['invalid_grant happened. AADSTS50076: x', undefined],
    ['some_words AADSTS50076: x', undefined],
    ['error=teapots invalid_client: AADSTS50076: x', 'invalid_client'],
    ['AADSTS50076: invalid_grant', undefined],
    ['AADSTS50076: x', undefined],
    ['AKV10022: invalid_grant:', undefined],
    [`invalid_grant${' '.repeat(107)}AADSTS50076: x`, 'invalid_grant'],
    [`invalid_grant${' '.repeat(108)}AADSTS50076: x`, undefined],
  ])('%s', (text, oauthError) => {
    const reading = readTextValue(text);
    expect(reading).toBeDefined();
    expect(reading?.oauthError).toBe(oauthError);
  });
});

describe('statusIn', () => {
  it.each([
    ['429 : {', 429],
    ['503', 503],
    ['42', undefined],
    ['4290', undefined],
    ['700 x', undefined],
    ['x 429', undefined],
    ['abc', undefined],
    [wireTimestamp, undefined],
  ])('%j is %j', (text, status) => {
    expect(statusIn(text)).toBe(status);
  });
});

describe('readTextValue: the OAuth error of a text', () => {
  it.each([
    ['PHP', `Array ( [error] => invalid_client [error_description] => ${entraText(7000215)} )`, 'invalid_client'],
    ['Python', `Error: (invalid_client) ${entraText(700025)}`, 'invalid_client'],
    ['Spring', `OAuth2AuthenticationException: [invalid_grant] ${entraText(54005)}`, 'invalid_grant'],
    ['Go in a log line', `error="oauth2: \\"invalid_client\\" \\"${entraText(7000222)}\\""`, 'invalid_client'],
    [
      'a body that was escaped and cut',
      `error: reply was 400: {\\"error\\":\\"invalid_request\\",\\"error_description\\":\\"${entraText(70021)}`,
      'invalid_request',
    ],
    [
      'MSAL Node 1 behind other words',
      `unhandled error: ServerError: unauthorized_client: 700016 - [2026-01-15 10:20:30Z]: ${entraText(700016)}`,
      'unauthorized_client',
    ],
    ['nothing', `error: reply was no_such_error: ${entraText(70021)}`, undefined],
  ])('%s', (_name, text, oauthError) => {
    expect(readTextValue(text)?.oauthError).toBe(oauthError);
  });
});

describe('readTextValue: errors after JSON.stringify', () => {
  it('an error of MSAL, but not its claims', () => {
    const text = `[error] ${JSON.stringify({
      errorCode: 'no_tokens_found',
      errorMessage: 'No refresh token found in the cache.',
      subError: '',
      name: 'InteractionRequiredAuthError',
      claims: acrsClaims,
    })}`;
    const reading = readTextValue(text);
    expect(reading).toMatchObject({ producer: 'msal', clientCode: 'no_tokens_found' });
    expect(reading?.claims).toBeUndefined();
  });

  it('an answer: its challenge leads, its body has the id', () => {
    const headers = {
      'WWW-Authenticate': `Bearer error="insufficient_claims", claims="${base64(acrsClaims)}"`,
    };
    const body = { error: { code: 'InvalidAuthenticationToken', message: 'x', innerError: { 'request-id': traceId } } };
    for (const answer of [
      { status: 401, headers, body },
      { message: 'x', response: { status: 401, headers, data: body } },
    ]) {
      expect(readTextValue(JSON.stringify(answer))).toMatchObject({
        oauthError: 'insufficient_claims',
        claims: acrsClaims,
        traceId,
      });
    }
  });

  it('a challenge that only names the issuer does not hide the code beside it', () => {
    const text = JSON.stringify({
      code: 'InvalidAuthenticationInfo',
      statusCode: 401,
      details: {
        'www-authenticate': 'Bearer authorization_uri=https://login.microsoftonline.com/contoso.test',
        authenticationErrorDetail: 'Issuer validation failed. Issuer did not match.',
      },
    });
    expect(readTextValue(text)).toMatchObject({ clientCode: 'unusable_token' });
  });

  it('an error of something else', () => {
    expect(readTextValue(JSON.stringify({ errorCode: 'OUT_OF_STOCK', errorMessage: 'x' }))).toBeUndefined();
  });
});

describe('readTextValue: PnPjs', () => {
  const refusal = (status: number, description: string): string =>
    `Error making HttpClient request in queryable [${String(status)}] No ::> {"error_description":"${description}"}`;

  it('a token that SharePoint does not take', () => {
    expect(readTextValue(refusal(401, 'Unsupported app only token.'))).toMatchObject({
      producer: 'sharepoint',
      clientCode: 'unusable_token',
      status: 401,
    });
  });

  it.each([refusal(404, 'Unsupported app only token.'), refusal(401, 'Something else.')])('refuses %s', (text) => {
    expect(readTextValue(text)).toBeUndefined();
  });
});
