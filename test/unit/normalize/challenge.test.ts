import { describe, expect, it } from 'vitest';
import { endOfJson, parseChallenges, readChallenges } from '../../../src/normalize/challenge.js';
import { acrsClaims, base64, base64url, nbfClaims, seen } from './support.js';

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
  ])('%s', (_name, header, expected) => {
    expect(parsed(header)).toStrictEqual(expected);
  });

  it('ignores what is no string', () => {
    expect(parseChallenges([1, null, 'Bearer'] as unknown as string[])).toHaveLength(1);
    expect(parseChallenges({} as unknown as string)).toStrictEqual([]);
  });

  it('reads at most 16 challenges and 16 KiB', () => {
    expect(parseChallenges('Bearer, '.repeat(100))).toHaveLength(16);
    expect(parseChallenges(Array.from({ length: 100 }, () => 'Bearer'))).toHaveLength(16);
    expect(parseChallenges(`Bearer ${' '.repeat(16_384)}realm="x"`)[0]?.parameters.size).toBe(0);
  });

  it.each([
    'a="{"',
    'a={',
    '"{"',
    '{',
    '\\"',
    '""',
    'Bearer ',
    'a=b ',
    "x='",
    '=',
    'a==,',
    'a,',
    ', ',
    '{ "',
    'a={"',
    'Bearer {a=b, c ',
    '\t',
    '\\',
  ])('takes 1 MB of %j in linear time', (shape) => {
    const header = `Bearer ${shape.repeat(Math.ceil(1_000_000 / shape.length))}`;
    parseChallenges(header);
    const start = performance.now();
    readChallenges(parseChallenges(header));
    expect(performance.now() - start).toBeLessThan(50);
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
