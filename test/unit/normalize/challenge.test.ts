import { describe, expect, it } from 'vitest';
import { readChallengeHeader, readParsedChallenges } from '../../../src/normalize/challenge-reading.js';
import { endOfJson, parseChallenges, readChallenges } from '../../../src/normalize/challenge.js';
import { acrsClaims, base64, base64url, correlationId, entraText, nbfClaims, seen, traceId } from './support.js';

/** [scheme, parameters] of each challenge, the token68 as third. */
const parsed = (header: Parameters<typeof parseChallenges>[0]): unknown[] =>
  parseChallenges(header).map(({ scheme, parameters, token68 }) => [
    scheme,
    Object.fromEntries(parameters),
    ...(token68 === undefined ? [] : [token68]),
  ]);

const authorize = 'https://login.microsoftonline.com/common/oauth2/authorize';
const claims64 = base64(acrsClaims);

/** The ten shapes that other parsers lose or break on, each with own ids. */
const wild: readonly [name: string, header: string, expected: Record<string, unknown>][] = [
  [
    'the documented example',
    `Bearer realm="", authorization_uri="${authorize}", error="insufficient_claims", claims="${claims64}"`,
    { oauthError: 'insufficient_claims', claims: acrsClaims, authorizationUri: authorize },
  ],
  [
    'Microsoft Graph: authorization_uri without quotes',
    `Bearer realm="", authorization_uri=${authorize}, client_id="00000003-0000-0000-c000-000000000000", errorDescription="Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp", error="insufficient_claims", claims="${base64(nbfClaims)}"`,
    {
      oauthError: 'insufficient_claims',
      claims: nbfClaims,
      authorizationUri: authorize,
      description:
        'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
    },
  ],
  [
    'a comma inside a quoted text',
    `Bearer error_description="first, second, third", error="insufficient_claims", claims="${claims64}"`,
    { oauthError: 'insufficient_claims', claims: acrsClaims, description: 'first, second, third' },
  ],
  [
    'escaped quotes and backslashes inside a text',
    String.raw`Bearer error_description="say \"now\" in C:\\temp", error="insufficient_claims", claims="${claims64}"`,
    { oauthError: 'insufficient_claims', claims: acrsClaims, description: String.raw`say "now" in C:\temp` },
  ],
  [
    'a PoP challenge first',
    `PoP realm="", authorization_uri="${authorize}", client_id="app-1", nonce="abc.def==", Bearer realm="", authorization_uri="${authorize}", error="insufficient_claims", claims="${claims64}"`,
    { oauthError: 'insufficient_claims', claims: acrsClaims, authorizationUri: authorize },
  ],
  [
    'two Bearer challenges (Azure Resource Manager): the one with insufficient_claims',
    `Bearer authorization_uri="https://login.windows-ppe.net/", error="invalid_token", error_description="User session has been revoked", claims="e30=", Bearer authorization_uri="https://login.windows.net/", error="insufficient_claims", claims="${claims64}"`,
    { oauthError: 'insufficient_claims', claims: acrsClaims, authorizationUri: 'https://login.windows.net/' },
  ],
  [
    'invalid_token with claims (Azure Resource Manager)',
    `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="User session has been revoked", claims="${claims64}"`,
    {
      oauthError: 'invalid_token',
      claims: acrsClaims,
      authorizationUri: 'https://login.windows.net/',
      description: 'User session has been revoked',
    },
  ],
  [
    'lower-case bearer and upper-case names',
    `bearer Realm="", Authorization_URI="${authorize}", ERROR="insufficient_claims", Claims="${claims64}"`,
    { oauthError: 'insufficient_claims', claims: acrsClaims, authorizationUri: authorize },
  ],
  [
    'Microsoft.Identity.Web: raw JSON with quotes that are not escaped',
    `Bearer consentUri="https://login.microsoftonline.com/t/oauth2/v2.0/authorize?client_id=a&scope=offline_access%20b", claims="${acrsClaims}", scopes="User.Read,Mail.Read", proposedAction="consent"`,
    { claims: acrsClaims, scopes: ['User.Read', 'Mail.Read'], proposedAction: 'consent' },
  ],
  [
    'Spring: Java Map.toString() with blanks and a comma in the description',
    `Bearer {error=invalid_token, error_description=The resource server requires higher privileges, please sign in again, claims=${acrsClaims}}`,
    {
      oauthError: 'invalid_token',
      claims: acrsClaims,
      description: 'The resource server requires higher privileges, please sign in again',
    },
  ],
];

describe('readChallenges: headers seen in the wild', () => {
  it.each(wild)('reads %s', (_name, header, expected) => {
    expect(readChallenges(parseChallenges(header))).toStrictEqual({ claimsDropped: false, ...expected });
  });

  it.each(wild)(
    'finds the same claims when the value is thrown as text or arrives in a 401: %s',
    (_name, header, expected) => {
      expect(seen(header)).toMatchObject({ origin: 'resource-challenge', claims: expected.claims });
      expect(seen({ status: 401, headers: { 'WWW-Authenticate': header } })).toMatchObject({
        status: 401,
        claims: expected.claims,
      });
    },
  );
});

describe('readChallenges: every way to write claims', () => {
  const odd = '{"access_token":{"x":{"value":"\u00ff\u00fe>>>???"}}}';
  it.each([
    ['base64', `"${base64(odd)}"`],
    ['base64 without padding', `"${base64(odd).replace(/=+$/, '')}"`],
    ['base64url', `"${base64url(odd)}"`],
    ['base64 without quotes', base64(odd)],
    ['base64, URL-encoded', `"${encodeURIComponent(base64(odd))}"`],
    ['JSON with escaped quotes', `"${odd.replaceAll('"', String.raw`\"`)}"`],
    ['JSON with quotes that are not escaped', `"${odd}"`],
    ['JSON without quotes around it', odd],
    ['URL-encoded JSON', `"${encodeURIComponent(odd)}"`],
  ])('%s', (_name, value) => {
    expect(
      readChallenges(parseChallenges(`Bearer error="insufficient_claims", claims=${value}, realm=""`)),
    ).toStrictEqual({
      oauthError: 'insufficient_claims',
      claims: odd,
      claimsDropped: false,
    });
  });

  it('reads raw JSON with a blank behind its brace', () => {
    expect(
      readChallenges(parseChallenges('Bearer claims="{ "access_token":{"a":1} }", error="insufficient_claims"'))
        ?.claims,
    ).toBe('{ "access_token":{"a":1} }');
  });

  it.each([
    ['empty', '""'],
    ['an empty object', '"e30="'],
    ['not base64', '"###"'],
    ['base64 of a number', `"${base64('12345')}"`],
    ['base64 of a list', `"${base64('[1]')}"`],
    ['longer than 8 KiB', `"${base64(`{"a":"${'x'.repeat(8200)}"}`)}"`],
  ])('says that claims were dropped: %s', (_name, value) => {
    expect(readChallenges(parseChallenges(`Bearer error="insufficient_claims", claims=${value}`))).toStrictEqual({
      oauthError: 'insufficient_claims',
      claimsDropped: true,
    });
  });
});

describe('readChallenges: choice', () => {
  it('does not read decoy parameters inside a quoted text', () => {
    const decoy = `claims=\\"${base64('{"evil":1}')}\\", error=\\"insufficient_claims\\", Bearer scope=\\"all\\"`;
    expect(readChallenges(parseChallenges(`Bearer error_description="${decoy}", error="invalid_token"`))).toStrictEqual(
      {
        oauthError: 'invalid_token',
        claimsDropped: false,
        description: decoy.replaceAll('\\"', '"'),
      },
    );
  });

  it('prefers insufficient_claims over other claims, wherever it stands', () => {
    const first = `Bearer error="insufficient_claims", claims="${claims64}"`;
    const second = `Bearer error="invalid_token", claims="${base64(nbfClaims)}"`;
    for (const header of [[first, second], [second, first], `${first}, ${second}`, `${second}, ${first}`]) {
      expect(readChallenges(parseChallenges(header))?.claims).toBe(acrsClaims);
    }
  });

  it('prefers usable claims over a challenge whose claims are not usable', () => {
    const header = `Bearer error="insufficient_claims", claims="e30=", Bearer error="invalid_token", claims="${claims64}"`;
    expect(readChallenges(parseChallenges(header))).toStrictEqual({
      oauthError: 'invalid_token',
      claims: acrsClaims,
      claimsDropped: false,
    });
  });

  it('prefers Bearer over PoP when both say the same', () => {
    expect(
      readChallenges(
        parseChallenges(
          'PoP error="invalid_token", error_description="p", Bearer error="invalid_token", error_description="b"',
        ),
      )?.description,
    ).toBe('b');
  });

  it('reads a PoP challenge that stands alone', () => {
    expect(readChallenges(parseChallenges(`PoP error="insufficient_claims", claims="${claims64}"`))).toStrictEqual({
      oauthError: 'insufficient_claims',
      claims: acrsClaims,
      claimsDropped: false,
    });
  });

  it.each([
    [
      'an error over an authorization server',
      `Bearer authorization_uri="${authorize}"`,
      'Bearer error="b"',
      'error="b"',
    ],
    [
      'an authorization server over nothing',
      'Bearer realm="a"',
      `Bearer authorization_uri="${authorize}"`,
      'authorization_uri',
    ],
    [
      'an error with an authorization server',
      'Bearer error="b"',
      `Bearer error="b", authorization_uri="${authorize}"`,
      'authorization_uri',
    ],
    ['the first of two that say as much', 'Bearer error="b", scope="first"', 'Bearer error="c"', 'first'],
    ['usable claims over an error', 'Bearer error="b"', `Bearer claims="${claims64}"`, 'claims'],
  ])('prefers %s', (_name, first, second, wanted) => {
    const both = parseChallenges(`${first}, ${second}`);
    const [preferred] = [first, second].filter((header) => header.includes(wanted));
    expect(readChallenges(both)).toStrictEqual(readChallenges(parseChallenges(preferred)));
  });

  it('prefers an error to an authorization server, whichever comes first', () => {
    const [error, server] = ['Bearer error="b"', `Bearer authorization_uri="${authorize}"`];
    for (const header of [`${error}, ${server}`, `${server}, ${error}`]) {
      expect(readChallenges(parseChallenges(header))).toStrictEqual({ oauthError: 'b', claimsDropped: false });
    }
  });

  it('reads at most 16 scopes, divided by blanks and commas', () => {
    const scopes = Array.from({ length: 20 }, (_, index) => `s${String(index)}`);
    expect(readChallenges(parseChallenges(`Bearer scope=" ,${scopes.join(' , ')} "`))?.scopes).toStrictEqual(
      scopes.slice(0, 16),
    );
  });

  it('reads scope, scopes and acr_values', () => {
    expect(
      readChallenges(
        parseChallenges('Bearer error="insufficient_user_authentication", scope="a  b c", acr_values="urn:x:2"'),
      ),
    ).toStrictEqual({
      oauthError: 'insufficient_user_authentication',
      claimsDropped: false,
      scopes: ['a', 'b', 'c'],
      acrValues: 'urn:x:2',
    });
  });

  it.each([[''], ['Negotiate'], ['Basic realm="x"'], ['Negotiate YIIB+zCC/w==, NTLM'], [',,, ,']])(
    'has nothing to say about %j',
    (header) => {
      expect(readChallenges(parseChallenges(header))).toBeUndefined();
    },
  );
});

describe('parseChallenges: grammar', () => {
  it.each<[name: string, header: Parameters<typeof parseChallenges>[0], expected: unknown[]]>([
    ['nothing', undefined, []],
    ['null', null, []],
    ['an empty value', '', []],
    ['blanks and commas', ' ,\t, ', []],
    ['a bare scheme', 'Bearer', [['bearer', {}]]],
    [
      'two bare schemes',
      'Bearer, Negotiate',
      [
        ['bearer', {}],
        ['negotiate', {}],
      ],
    ],
    ['blanks around the equals sign', 'Bearer error = "x" , realm\t=\t"y"', [['bearer', { error: 'x', realm: 'y' }]]],
    ['a missing comma between parameters', 'Bearer error="x" realm="y"', [['bearer', { error: 'x', realm: 'y' }]]],
    [
      'a missing comma between challenges',
      'Bearer error="x" Basic realm="y"',
      [
        ['bearer', { error: 'x' }],
        ['basic', { realm: 'y' }],
      ],
    ],
    [
      'words without quotes',
      'Bearer error=invalid_token, error_description=The token expired, realm=x',
      [['bearer', { error: 'invalid_token', error_description: 'The token expired', realm: 'x' }]],
    ],
    [
      'words without quotes before a parameter',
      'Bearer error_description=token is old error=x',
      [['bearer', { error_description: 'token is old', error: 'x' }]],
    ],
    [
      'words without quotes before a scheme',
      'Bearer error=x y Basic realm=z',
      [
        ['bearer', { error: 'x y' }],
        ['basic', { realm: 'z' }],
      ],
    ],
    [
      'an empty value without quotes',
      'Bearer error="x", claims=, scope="a"',
      [['bearer', { error: 'x', claims: '', scope: 'a' }]],
    ],
    ['the first of a repeated name', 'Bearer error="a", error="b"', [['bearer', { error: 'a' }]]],
    [
      'token68',
      'Negotiate YIIB+zCC/w==, Bearer realm="x"',
      [
        ['negotiate', {}, 'YIIB+zCC/w=='],
        ['bearer', { realm: 'x' }],
      ],
    ],
    ['token68 at the end', 'DPoP abc.def~_-', [['dpop', {}, 'abc.def~_-']]],
    ['an empty quoted-string', 'Bearer realm=""', [['bearer', { realm: '' }]]],
    ['a quoted-string that never ends', 'Bearer realm="abc, error=x', [['bearer', { realm: 'abc, error=x' }]]],
    ['a backslash at the very end', 'Bearer realm="abc\\', [['bearer', { realm: 'abc\\' }]]],
    ['a stray quoted-string', 'Bearer "claims=x, error=y", realm="z"', [['bearer', { realm: 'z' }]]],
    ['parameters before any scheme', 'error="x", Bearer realm="y"', [['bearer', { realm: 'y' }]]],
    [
      'several fields',
      ['Negotiate', 'Bearer realm="x"'],
      [
        ['negotiate', {}],
        ['bearer', { realm: 'x' }],
      ],
    ],
    ['several fields do not run into each other', ['Bearer realm="x', 'error="y"'], [['bearer', { realm: 'x' }]]],
    [
      'prototype keys as names',
      'Bearer __proto__="x", constructor="y"',
      [
        [
          'bearer',
          Object.fromEntries([
            ['__proto__', 'x'],
            ['constructor', 'y'],
          ]),
        ],
      ],
    ],
    ['a map printed without blanks', 'Bearer {error=x,claims=y z}', [['bearer', { error: 'x', claims: 'y z' }]]],
    [
      'a challenge behind a printed map',
      'Bearer {error=x y}, Basic realm="r"',
      [
        ['bearer', { error: 'x y' }],
        ['basic', { realm: 'r' }],
      ],
    ],
    ['braces that never close', 'Bearer {error=x, Basic realm=y', [['bearer', { error: 'x, Basic', realm: 'y' }]]],
    ['a word in a printed map that is no entry', 'Bearer {Basic, realm=y}', [['bearer', { realm: 'y' }]]],
    ['a stray sign in a printed map', 'Bearer {; Basic, realm=y}', [['bearer', { realm: 'y' }]]],
    [
      'a brace behind parameters: no printed map',
      'Bearer a="b" {Basic realm="y"',
      [
        ['bearer', { a: 'b' }],
        ['basic', { realm: 'y' }],
      ],
    ],
    [
      'a stray sign behind the scheme: no printed map',
      'Bearer ;Basic realm="y"',
      [
        ['bearer', {}],
        ['basic', { realm: 'y' }],
      ],
    ],
    ['a brace before any scheme', '{Bearer realm="y"', [['bearer', { realm: 'y' }]]],
    [
      'a brace that nothing closes, then a challenge',
      'Bearer a={b, Basic realm="y"',
      [
        ['bearer', { a: '{b' }],
        ['basic', { realm: 'y' }],
      ],
    ],
    [
      'a comma and a word that is no parameter',
      'Bearer error=x, y',
      [
        ['bearer', { error: 'x' }],
        ['y', {}],
      ],
    ],
    [
      'an equals sign inside words without quotes',
      'Bearer error=a=b, realm=c',
      [['bearer', { error: 'a=b', realm: 'c' }]],
    ],
    ['an equals sign behind two letters', 'Bearer error=ab=c, realm=d', [['bearer', { error: 'ab=c', realm: 'd' }]]],
    ['a stray equals sign behind words', 'Bearer error=x =y', [['bearer', { error: 'x =y' }]]],
    ['a tab between words and a parameter', 'Bearer error=x y\trealm=z', [['bearer', { error: 'x y', realm: 'z' }]]],
    ['a comma without a blank', 'Bearer error=x,realm=y', [['bearer', { error: 'x', realm: 'y' }]]],
    ['blanks before a comma', 'Bearer error=x  , realm=y', [['bearer', { error: 'x', realm: 'y' }]]],
    ['blanks at the end', 'Bearer error=x  ', [['bearer', { error: 'x' }]]],
    [
      'a stray quoted-string ends at its quote, JSON or not',
      'Bearer "{"a":1}", realm="x"',
      [
        ['bearer', {}],
        ['a', { realm: 'x' }],
      ],
    ],
    [
      'raw JSON that is not all of the quoted-string',
      'Bearer claims="{"a":1} x", realm="r"',
      [
        ['bearer', { claims: '{' }],
        ['a', { realm: 'r' }],
      ],
    ],
    [
      'raw JSON as the value of something else',
      'Bearer realm="{"a":1}", claims="e30="',
      [
        ['bearer', { realm: '{' }],
        ['a', { claims: 'e30=' }],
      ],
    ],
    [
      'a run that is no token68, because a blank and a word follow',
      'Negotiate abc def="x"',
      [
        ['negotiate', {}],
        ['abc', { def: 'x' }],
      ],
    ],
    [
      'token68 before blanks and a comma',
      'NTLM abc , Bearer',
      [
        ['ntlm', {}, 'abc'],
        ['bearer', {}],
      ],
    ],
  ])('%s', (_name, header, expected) => {
    expect(parsed(header)).toStrictEqual(expected);
  });

  it.each(['bearer', 'pop', 'DPoP', 'basic', 'digest', 'Negotiate', 'ntlm', 'mutual', 'HOBA'])(
    'takes %s behind words for the next challenge, without a comma',
    (scheme) => {
      expect(parsed(`Bearer error=x y ${scheme} realm="z"`)).toStrictEqual([
        ['bearer', { error: 'x y' }],
        [scheme.toLowerCase(), { realm: 'z' }],
      ]);
    },
  );

  it('takes no other word for a scheme there', () => {
    expect(parsed('Bearer error=x y Custom realm=z')).toStrictEqual([['bearer', { error: 'x y Custom', realm: 'z' }]]);
  });

  const ascii = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit));
  const sorted = (units: string): string => Array.from(units).sort().join('');
  const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

  it('has exactly the characters of RFC 9110 in a name', () => {
    const found = ascii.filter((unit) =>
      parseChallenges(`Bearer a${unit}b="x"`)[0]?.parameters.has(`a${unit}b`.toLowerCase()),
    );
    expect(found.join('')).toBe(sorted(`!#$%&'*+-.^_\`|~${alphanumeric}`));
  });

  it('has exactly the characters of RFC 9110 in a token68', () => {
    const found = ascii.filter((unit) => parseChallenges(`Negotiate a${unit}b`)[0]?.token68 === `a${unit}b`);
    expect(found.join('')).toBe(sorted(`-._~+/${alphanumeric}`));
  });

  it('reads eight pieces of raw JSON in a value, and the ninth like other words', () => {
    const parameters = Array.from({ length: 9 }, (_, index) => `p${String(index)}={"a":1,"b":2}`);
    const [challenge] = parseChallenges(`Bearer ${parameters.join(', ')}`);
    expect(challenge?.parameters.get('p7')).toBe('{"a":1,"b":2}');
    expect(challenge?.parameters.get('p8')).toBe('{"a":1');
  });

  it('ignores what is no string', () => {
    expect(parseChallenges([1, null, 'Bearer'] as unknown as string[])).toHaveLength(1);
    expect(parseChallenges({} as unknown as string)).toStrictEqual([]);
  });

  it('reads at most 16 challenges and 16 KiB', () => {
    expect(parseChallenges('Bearer, '.repeat(100))).toHaveLength(16);
    expect(parseChallenges(Array.from({ length: 100 }, () => 'Bearer'))).toHaveLength(16);
    expect(parseChallenges([...Array.from({ length: 16 }, () => ''), 'Bearer'])).toStrictEqual([]);
    expect(parseChallenges([...Array.from({ length: 15 }, () => ''), 'Bearer'])).toHaveLength(1);
    const padded = (length: number): unknown[] => parsed(`Bearer ${' '.repeat(length - 'Bearer a=xy'.length)}a=xyz`);
    expect(padded(16_384)).toStrictEqual([['bearer', { a: 'xy' }]]);
    expect(padded(16_383)).toStrictEqual([['bearer', { a: 'xyz' }]]);
  });
});

describe('endOfJson', () => {
  it.each([
    ['{}', 2],
    ['{"a":"}"} x', 9],
    [String.raw`{"a":"\"}"}`, 11],
    ['{{}', undefined],
    ['{"a', undefined],
    ['', undefined],
  ])('%j ends at %j', (text, end) => {
    expect(endOfJson(text, 0)).toBe(end);
  });
});

describe('readChallengeHeader', () => {
  const read = (header: string): unknown => readChallengeHeader(parseChallenges(header), 401);
  const nothing = {
    producer: 'www-authenticate',
    origin: 'resource-challenge',
    oauthError: undefined,
    clientCode: undefined,
    claims: undefined,
    claimsDropped: false,
    scopes: undefined,
    rawDescription: undefined,
    aadstsCodes: undefined,
    b2cCodes: undefined,
    traceId: undefined,
    correlationId: undefined,
    status: 401,
    unconfirmed: false,
  };

  it.each<[name: string, header: string, expected: Record<string, unknown>]>([
    ['a bare challenge proves nothing', 'Bearer', { unconfirmed: true }],
    ['an error of no registry proves nothing', 'Bearer error="teapot"', { oauthError: 'teapot', unconfirmed: true }],
    ['an error of RFC 6750 is proof', 'Bearer error="invalid_token"', { oauthError: 'invalid_token' }],
    ['an authorization server of Microsoft is proof', `Bearer authorization_uri="${authorize}"`, {}],
    [
      'an authorization server of somebody else proves nothing',
      'Bearer authorization_uri="https://idp.example/authorize"',
      { unconfirmed: true },
    ],
    ['claims are proof', `Bearer claims="${claims64}"`, { claims: acrsClaims }],
    ['claims that cannot be used prove nothing', 'Bearer claims="e30="', { claimsDropped: true, unconfirmed: true }],
    [
      'a proposed consent is proof',
      'Bearer proposedAction="consent", scopes="User.Read"',
      { clientCode: 'proposedAction=consent', scopes: ['User.Read'] },
    ],
    ['another proposal proves nothing', 'Bearer proposedAction="forceAuthenticate"', { unconfirmed: true }],
    [
      'claims say more than a proposed consent',
      `Bearer proposedAction="consent", claims="${claims64}"`,
      { claims: acrsClaims },
    ],
    [
      'codes and ids out of the description',
      `Bearer error="invalid_token", error_description="${entraText(50013)} AADB2C90118: x"`,
      {
        oauthError: 'invalid_token',
        rawDescription: `${entraText(50013)} AADB2C90118: x`,
        aadstsCodes: [50013],
        b2cCodes: ['AADB2C90118'],
        traceId,
        correlationId,
      },
    ],
    ['an error that is no name is left out', 'Bearer error="two words"', { unconfirmed: true }],
    [
      'an error of 64 characters',
      `Bearer error="${'e'.repeat(64)}"`,
      { oauthError: 'e'.repeat(64), unconfirmed: true },
    ],
    ['an error of 65 characters is left out', `Bearer error="${'e'.repeat(65)}"`, { unconfirmed: true }],
  ])('%s', (_name, header, expected) => {
    expect(read(header)).toStrictEqual({ ...nothing, ...expected });
  });
});

describe('readParsedChallenges', () => {
  it('reads the parameters that openid-client has parsed, in any case of the scheme', () => {
    const parameters = {
      error: 'insufficient_claims',
      claims: claims64,
      scope: 'a b',
      error_description: entraText(50076),
      authorization_uri: authorize,
      realm: 'not looked at',
    };
    expect(readParsedChallenges([{ scheme: 'Bearer', parameters }], 401)).toMatchObject({
      oauthError: 'insufficient_claims',
      claims: acrsClaims,
      scopes: ['a', 'b'],
      aadstsCodes: [50076],
      unconfirmed: false,
      status: 401,
    });
  });

  it('takes an authorization server of Microsoft as proof', () => {
    const parameters = { authorization_uri: authorize };
    expect(readParsedChallenges([{ scheme: 'bearer', parameters }], undefined)).toMatchObject({ unconfirmed: false });
  });

  it.each<[name: string, value: unknown]>([
    ['nothing', undefined],
    ['an empty list', []],
    ['no list', { scheme: 'bearer', parameters: {} }],
    ['another scheme', [{ scheme: 'basic', parameters: { error: 'invalid_token' } }]],
    ['a challenge without a scheme', [{ parameters: { error: 'invalid_token' } }]],
    ['a challenge without parameters', [{ scheme: 'bearer' }]],
    ['members that are no challenges', [null, 'bearer', 1]],
  ])('has nothing to say about %s', (_name, value) => {
    expect(readParsedChallenges(value, 401)).toBeUndefined();
  });

  it('steps over members that are no challenges', () => {
    const good = { scheme: 'bearer', parameters: { error: 'invalid_token' } };
    expect(readParsedChallenges([{}, { scheme: 'bearer' }, { parameters: {} }, good], 401)).toMatchObject({
      oauthError: 'invalid_token',
    });
  });
});
