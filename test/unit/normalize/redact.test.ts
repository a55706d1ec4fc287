import { describe, expect, it } from 'vitest';
import { redactText } from '../../../src/normalize/index.js';
import { correlationId, entraText, timestamp, traceId, wireTimestamp } from './support.js';

/** Invented values with the outer shape of the real ones. `names` is how the value is labelled on the wire. */
const jwt = 'eyJhbGciOiJub25l.eyJzdWIiOiJuby1yZWFsLXVzZXIifQ.c2lnbmF0dXJl';
const canaries: readonly [kind: string, name: string, value: string][] = [
  ['authorization code', 'code', '0.AXkAcanaryCodeValue-with_many.characters0123456789'],
  ['client secret', 'client_secret', 'cs8Q~canarySecretValue.With_Tilde-0123456'],
  ['client assertion', 'client_assertion', jwt],
  ['id token hint', 'id_token_hint', jwt.replace('no', 'hn')],
  ['access token', 'access_token', jwt.replace('no', 'at')],
  ['refresh token', 'refresh_token', '0.ARcanaryRefreshTokenValue0123456789abcdefABCDEF.AgABAAEAAAD'],
  ['id token', 'id_token', jwt.replace('no', 'it')],
  ['cookie', 'cookie', 'canarySession'],
  ['state', 'state', 'canary-state-value'],
  ['nonce', 'nonce', 'canary-nonce-value'],
  ['user name', 'upn', 'canary.upn@contoso.example'],
  ['e-mail address', 'email', 'canary.mail+tag@fabrikam.example'],
  ['IP address', 'IPAddress', '203.0.113.77'],
  ['device code', 'device_code', 'DAQABcanaryDeviceCode0123456789abcdefghij'],
  ['password', 'password', 'canary-P4ssword'],
  ['code verifier', 'code_verifier', 'canary-verifier-0123456789'],
  ['session state', 'session_state', 'canary-session-state'],
  ['login hint', 'login_hint', 'canary-hint'],
  ['user assertion', 'assertion', jwt.replace('no', 'ua')],
];

describe('redactText: canaries', () => {
  const shapes: readonly [name: string, write: (name: string, value: string) => string][] = [
    ['a URL', (name, value) => `GET https://app.example/callback?${name}=${value}&x=1#y`],
    ['a URL-encoded URL', (name, value) => `https://app.example/callback?${name}=${encodeURIComponent(value)}&x=1`],
    ['a form', (name, value) => `grant_type=authorization_code&${name}=${value}&redirect_uri=x`],
    ['a form inside a URL', (name, value) => `returnUrl=${encodeURIComponent(`/x?${name}=${value}&y=1`)}`],
    ['a form twice encoded', (name, value) => `u=${encodeURIComponent(encodeURIComponent(`/x?${name}=${value}&y=1`))}`],
    ['a .NET-escaped form', (name, value) => `a=1\\u0026${name}=${value}\\u0026b=2`],
    ['the end of a sentence', (name, value) => `The value ${name}=${value}.`],
  ];
  const labelled: typeof shapes = [
    ['JSON', (name, value) => `{"${name}":"${value}","x":1}`],
    ['JSON with blanks', (name, value) => `{ "${name}" : "${value}" }`],
    ['JSON inside JSON', (name, value) => `{"body":"{\\"${name}\\":\\"${value}\\",\\"x\\":1}"}`],
    ['URL-encoded JSON', (name, value) => encodeURIComponent(`{"${name}":"${value}"}`)],
    ['a printed object', (name, value) => `{ ${name}: '${value}', x: 1 }`],
    ['a header', (name, value) => `${name}: ${value}\r\nhost: x`],
  ];
  /** `"code":"…"` of a JSON body is Graph's error code: there only the shape of the value tells. */
  const needsShape = new Set(['state']);

  for (const [kind, name, value] of canaries) {
    it.each([...shapes, ...(needsShape.has(name) ? labelled.filter(([shape]) => shape.includes('JSON')) : labelled)])(
      `hides a ${kind} in %s`,
      (_shape, write) => {
        const text = write(name, value);
        const redacted = redactText(text);
        expect(redacted).not.toContain(value);
        expect(redacted).not.toContain(encodeURIComponent(value));
        expect(redacted).not.toMatch(/canary/i);
        expect(redacted).toContain('[redacted]');
      },
    );
  }

  it.each([
    ['a bearer token', 'Authorization: Bearer canaryOpaqueToken0123', 'Authorization: Bearer [redacted]'],
    ['basic credentials', 'authorization: Basic Y2FuYXJ5', 'authorization: Basic [redacted]'],
    ['a bearer token alone', 'sent Bearer canaryOpaqueToken0123, failed', 'sent Bearer [redacted], failed'],
    ['a proof of possession', 'PoP canaryOpaqueToken0123', 'PoP [redacted]'],
    ['all cookies of a header', 'Cookie: a=canary; b=canary2; c=3\r\nTrace ID: x', 'Cookie: [redacted]\r\nTrace ID: x'],
    ['a Set-Cookie list', '"set-cookie":["a=canary; path=/","b=canary2"],"x":1', '"set-cookie":["[redacted]"],"x":1'],
    ['a Set-Cookie string', '"Set-Cookie":"a=canary; path=/, b=canary2","x":1', '"Set-Cookie":"[redacted]","x":1'],
    ['a secret with escaped quotes', '{"password":"p\\"canary\\\\","x":1}', '{"password":"[redacted]","x":1}'],
    ['a mail address in quotes', "User account 'canary@contoso.example' from", "User account '[redacted]' from"],
    [
      'a mail address with escaped quotes',
      'account \\u0027canary@contoso.example\\u0027 from',
      'account \\u0027[redacted]\\u0027 from',
    ],
    ['a mail address in brackets', 'to <canary@contoso.example>', 'to <[redacted]>'],
    ['a non-ASCII mail address', 'f\u00fcr j\u00f6rg@m\u00fcnchen.example ok', 'f\u00fcr [redacted] ok'],
    ['a guest user name', 'canary_contoso.example#EXT#@fabrikam.example.', '[redacted].'],
    ['an encoded guest user name', 'upn: canary_contoso.example%23EXT%23%40fabrikam.example&x', 'upn: [redacted]&x'],
    ['a live.com user', 'live.com#canary@outlook.example', 'live.com#[redacted]'],
    ['an IPv4 address at the end', 'from 203.0.113.7.', 'from [redacted].'],
    ['an IPv4 address with port', 'from 203.0.113.7:443', 'from [redacted]:443'],
    ['an IPv6 address', 'from 2001:db8::8a2e:370:7334, now', 'from [redacted], now'],
    ['a full IPv6 address', 'from 2001:db8:0:0:0:8a2e:370:7334', 'from [redacted]'],
    ['the IPv6 loopback', 'connect ::1 failed', 'connect [redacted] failed'],
    ['a token without a label', `token ${jwt} here`, 'token [redacted] here'],
    ['a refresh token without a label', 'got 1.AXcanary0123456789-abcdefgh here', 'got [redacted] here'],
    ['a consumer code', 'got M.C5canary_BL2.U.0123456789-abc here', 'got [redacted] here'],
    ['a secret that starts like a code', 'password=AADSTScanary', 'password=[redacted]'],
    ['a secret that starts with a code', 'password=AADSTS50013canary', 'password=[redacted]'],
    ['a user name that starts with a code', 'upn: AADSTS50013@contoso.example', 'upn: [redacted]'],
    ['a user name behind a code and a full stop', 'upn: AADSTS50013.canary@contoso.example', 'upn: [redacted]'],
    ['a long random word', 'got Zm9vYmFyYmF6MTIzNDU2Nzg5MGFiY2RlZg here', 'got [redacted] here'],
  ])('hides %s', (_name, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('hides a token that the cut at 16 KiB went through', () => {
    const text = `${'x '.repeat(8_160)}${jwt.repeat(20)}`;
    expect(redactText(text)).toBe(`${'x '.repeat(8_160)}[redacted]`);
  });
});

describe('redactText: what support needs stays', () => {
  it.each([
    entraText(50076),
    `Error(s): 7000215 - Timestamp: ${wireTimestamp} - Description: ${entraText(7000215)} - Correlation ID: ${correlationId} - Trace ID: ${traceId}`,
    `{"error":"invalid_grant","error_codes":[50076],"suberror":"basic_action","trace_id":"${traceId}","timestamp":"${wireTimestamp}"}`,
    `AADSTS700016: Application with identifier '${traceId}' was not found in the directory '${correlationId}'.`,
    `https://login.microsoftonline.com/${traceId}/oauth2/v2.0/token`,
    'https://graph.microsoft.com/.default https://graph.microsoft.com/User.Read',
    'AADSTS50011: The redirect URI does not match.',
    'error code: 50076, code 50076, status code 400, "code":"InvalidAuthenticationToken", code: \'ECONNRESET\'',
    'state: noncompliant; the state of the device',
    'Bearer realm="", authorization_uri="https://login.windows.net/common", error="invalid_token"',
    'Bearer authentication failed',
    'password: null, nonce: undefined, assertion: AADSTS50013: x, client_secret: [redacted]',
    'password: AADSTS50126. Next, assertion=AADSTS50013',
    'The password is expired. The email is missing. A nonce was sent. Your username or password.',
    `at ${timestamp} 09:05:00Z, std::string, Type::1, a::b, 10:20`,
    'msal 7.2.1, Node v20.20.2, 1.2.3',
    '@azure/identity and a@b',
    '50% of users, 100%',
    '\u201cquoted\u201d \u2018text\u2019',
    '',
  ])('%s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('changes nothing the second time', () => {
    for (const [, name, value] of canaries) {
      for (const text of [
        `?${name}=${value}&`,
        `{"${name}":"${value}"}`,
        `"${name}":["${value}","x"]`,
        `${name}: ${value} x`,
      ]) {
        expect(redactText(redactText(text))).toBe(redactText(text));
      }
    }
  });
});

describe('redactText: names of secrets', () => {
  const everywhere = [
    'access_token', 'refresh_token', 'id_token', 'client_secret', 'client_assertion', 'assertion', 'password', 'passwd', 'pwd', 'secret',
    'nonce', 'code_verifier', 'device_code', 'session_state', 'id_token_hint', 'login_hint', 'username', 'user_name', 'upn',
    'preferred_username', 'email', 'unique_name', 'authorization', 'cookie', 'set-cookie', 'x-ms-refreshtokencredential', 'api_key', 'apikey',
    'sig', 'sharedaccesskey', 'accountkey', 'clientsecret', 'accesstoken', 'refreshtoken', 'idtoken', 'clientassertion', 'logonhint',
    'loginhint', 'userassertion', 'authorizationcode', 'codeverifier', 'devicecode', 'signature', 'ClientSecret', 'PASSWORD',
  ]; // prettier-ignore

  it.each(everywhere)('%s, as a form, as JSON and with a colon', (name) => {
    expect(redactText(`${name}=abc`)).toBe(`${name}=[redacted]`);
    expect(redactText(`{"${name}":"abc","x":"y"}`)).toBe(`{"${name}":"[redacted]","x":"y"}`);
    expect(redactText(`${name}: abc`)).toBe(`${name}: [redacted]`);
  });

  it.each(['code', 'state', 'client_info', 'x-client-info', 'SAMLResponse', 'wresult'])('%s in a form only', (name) => {
    expect(redactText(`?${name}=abc&x=y`)).toBe(`?${name}=[redacted]&x=y`);
    expect(redactText(`${name}: abc`)).toBe(`${name}: abc`);
  });

  it.each(['state', 'client_info', 'SAMLResponse'])('%s also in JSON', (name) => {
    expect(redactText(`{"${name}":"abc"}`)).toBe(`{"${name}":"[redacted]"}`);
    expect(redactText(String.raw`{\"${name}\":\"abc\"}`)).toBe(String.raw`{\"${name}\":\"[redacted]\"}`);
  });

  it.each(['Bearer', 'Basic', 'PoP', 'DPoP'])('what follows the scheme %s', (scheme) => {
    expect(redactText(`sent ${scheme} canaryToken0, x`)).toBe(`sent ${scheme} [redacted], x`);
    expect(redactText(`authorization: ${scheme}  ab`)).toBe(`authorization: ${scheme}  [redacted]`);
    expect(redactText(`authorization: x ${scheme} ab`)).toBe(`authorization: [redacted] ${scheme} ab`);
  });

  it.each<[name: string, text: string, expected: string]>([
    ['a token of 12 characters behind a scheme', 'Bearer 012345678abc', 'Bearer [redacted]'],
    ['up to 24 blanks behind a scheme', `Bearer${' '.repeat(24)}canaryToken0`, `Bearer${' '.repeat(24)}[redacted]`],
    ['quoted with blanks', "{ password: 'a b, c', x: 1 }", "{ password: '[redacted]', x: 1 }"],
    [
      'in an escaped string',
      String.raw`{\"password\":\"a b\",\"x\":1}`,
      String.raw`{\"password\":\"[redacted]\",\"x\":1}`,
    ],
    ['in a string that never ends', 'password="abc def', 'password="[redacted]'],
    ['with a backslash at the very end', 'password="abc\\', 'password="[redacted]'],
    ['that only starts like nothing', 'password=nullable1, x', 'password=[redacted], x'],
    ['that only ends like nothing', 'password=x-null, x', 'password=[redacted], x'],
    ['in braces', '{password=abc}', '{password=[redacted]}'],
    ['named as a parameter of SQL', "@password='abc'", "@password='[redacted]'"],
    ['behind dots', '...password=abc', '...password=[redacted]'],
    ['in a list', '"password":["a b"],"x":1', '"password":["[redacted]"],"x":1'],
  ])('a secret %s', (_name, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each<[name: string, text: string, expected: string]>([
    ['with brackets in a value', '"cookie":"a=x]y; b=canary","x":1', '"cookie":"[redacted]","x":1'],
    ['in single quotes', '{ cookie: \'a=1; b="2"\', x: 1 }', "{ cookie: '[redacted]', x: 1 }"],
    ['without quotes, to the end of the line', 'cookie: a=1; b=2, c\nx: y', 'cookie: [redacted]\nx: y'],
    ['without quotes, to a quote', '"cookie: a=1; b=2" x', '"cookie: [redacted]" x'],
    ['at the end of the text', 'cookie: a=1; b', 'cookie: [redacted]'],
    ['as one string, other members stay', '[1] "set-cookie":"a=1","x":"y"', '[1] "set-cookie":"[redacted]","x":"y"'],
    ['as a list of one, what follows stays', '"set-cookie":["a=1"]"b"', '"set-cookie":["[redacted]"]"b"'],
    ['as a list with a number', '"set-cookie":["a=1",2],"x":1', '"set-cookie":["[redacted]",2],"x":1'],
    ['as a list of three', '"set-cookie":["a=1","b=]","c=3"]', '"set-cookie":["[redacted]"]'],
    ['as a list that starts the text', 'cookie["a=1","b=2"]', 'cookie["a=1","b=2"]'],
  ])('cookies %s', (_name, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

describe('redactText: where a word starts and ends', () => {
  const encoded = [
    '0a',
    '0d',
    '20',
    '22',
    '23',
    '26',
    '27',
    '2c',
    '2f',
    '3a',
    '3b',
    '3d',
    '3f',
    '5b',
    '5c',
    '5d',
    '7b',
    '7d',
  ];

  it.each(encoded.flatMap((hex) => [`%${hex}`, `%${hex.toUpperCase()}`, `%25${hex}`, `%2525${hex}`, `\\u00${hex}`]))(
    '%s divides words as the character does that it stands for',
    (separator) => {
      expect(redactText(`y${separator}password=abc`)).toBe(`y${separator}password=[redacted]`);
    },
  );

  it.each(['%2B', '%41', '%7C', '%09', '%24', '%3C', '%5E'])('%s does not', (other) => {
    expect(redactText(`y${other}password=abc`)).toBe(`y${other}password=abc`);
  });

  it.each(Array.from(' \t\r\n!"#$&\'()*,/:;<=>?[\\]^`{|}\u007f\u00a0\u2018\u2019\u201c\u201d@.'))(
    'a name of a secret may stand behind %j',
    (separator) => {
      expect(redactText(`${separator}password=abc`)).toBe(`${separator}password=[redacted]`);
    },
  );

  it.each(Array.from('azAZ09_-~+%\u0080\u00e9\u4e00'))('%j belongs to the word', (unit) => {
    expect(redactText(`x${unit}password=abc`)).toBe(`x${unit}password=abc`);
    expect(redactText(`${unit}password=abc`)).toBe(`${unit}password=abc`);
  });

  it.each<[name: string, text: string, expected: string]>([
    ['blanks', 'password=abc def', 'password=[redacted] def'],
    ['a tab', 'password=abc\tdef', 'password=[redacted]\tdef'],
    ['a line break', 'password=abc\ndef', 'password=[redacted]\ndef'],
    ['a carriage return', 'password=abc\rdef', 'password=[redacted]\rdef'],
    ['a comma', 'password=abc,def', 'password=[redacted],def'],
    ['a semicolon', 'password=abc;def', 'password=[redacted];def'],
    ['an ampersand', 'password=abc&def', 'password=[redacted]&def'],
    ['an encoded ampersand', 'password%3Dabc%26def', 'password%3D[redacted]%26def'],
    ['a quote', 'password=abc"def', 'password=[redacted]"def'],
    ['a single quote', "password=abc'def", "password=[redacted]'def"],
    ['a brace', 'password=abc}def', 'password=[redacted]}def'],
    ['nothing else', 'password=abc#/?:@!$()*+=[]^`{|~.def', 'password=[redacted]'],
  ])('a value without quotes ends at %s', (_name, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('cuts at 16 KiB and changes nothing else', () => {
    expect(redactText('x '.repeat(8_192))).toBe('x '.repeat(8_192));
    expect(redactText(`${'x '.repeat(8_192)}y`)).toBe('x '.repeat(8_192));
  });
});

describe('redactText: shapes', () => {
  const letters = (length: number): string => 'a'.repeat(length);

  it.each<[name: string, hidden: string]>([
    ['eyJ and 20 characters', `eyJ${letters(17)}`],
    ['an opaque token of 24 characters, version 0', `0.${letters(22)}`],
    ['an opaque token, version 1', `1.${letters(22)}`],
    ['a consumer token', `M.${letters(22)}`],
    ['32 characters with both cases and a digit', `${letters(30)}A0`],
    ['with the last letters and digits', `${'z'.repeat(30)}Z9`],
    ['40 characters with a digit in one case', `${letters(39)}0`],
    ['40 characters with a digit in upper case', `${letters(39).toUpperCase()}9`],
    ['with signs of base64url', `${letters(14)}-_~+%${letters(12)}A0`],
    ['like a GUID, one dash elsewhere', '0A1b2C3d-1111x4aAa-8bBb-0123456789ab'],
    ['like a GUID, the first dash elsewhere', '0A1b2C3dx1111-4aAa-8bBb-0123456789ab'],
    ['like a GUID, but longer', '0A1b2C3d-1111-4aAa-8bBb-0123456789abc'],
    ['an IPv4 address of the highest numbers', '255.255.255.255'],
    ['an IPv4 address of one digit each', '1.2.3.4'],
    ['an address of a short domain', 'a@b.c'],
    ['an IPv4 client of Node', '::ffff:203.0.113.7'],
    ['an IPv6 address that ends like IPv4', '64:ff9b:0:0:0:0:203.0.113.255'],
    ['a short IPv6 address', 'a::1'],
    ['an IPv6 address that ends in zeros', '1:2:3:4:5:6:7::'],
    ['a guest with an encoded sign', 'canary_contoso.example%23EXT%23@fabrikam.example'],
    ['a guest with a sign encoded twice', 'canary_contoso.example%2523EXT%2523@fabrikam.example'],
  ])('hides %s', (_name, hidden) => {
    expect(redactText(`got ${hidden}, x`)).toBe('got [redacted], x');
    expect(redactText(hidden)).toBe('[redacted]');
    expect(redactText(`${'x '.repeat(60)}${hidden}`)).toBe(`${'x '.repeat(60)}[redacted]`);
  });

  it.each<[name: string, text: string, expected: string]>([
    ['the zone of an IPv6 address stays', 'from fe80::1%eth0', 'from [redacted]%eth0'],
    ['an IPv6 address at the end of a sentence', 'from 2001:db8::1.', 'from [redacted].'],
    ['an IPv6 address before a sentence', 'from 2001:db8::1. Next 1.2', 'from [redacted]. Next 1.2'],
    ['an IPv6 address before numbers', 'from ::1 .1.2.3 x', 'from [redacted] .1.2.3 x'],
    ['a colon in front of an IPv6 address stays', 'x, :a::1', 'x, :[redacted]'],
    ['colons behind an IPv6 address stay', 'from a::1:::: x', 'from [redacted]:: x'],
    ['three colons are no address', 'a:::1 x', 'a:[redacted] x'],
    ['a text before two colons and a text', 'x::::1:2 y', 'x::[redacted] y'],
    ['cookies of which one is hidden already', 'cookie: [redacted]; b=canary', 'cookie: [redacted]'],
    ['a # in front of a guest stays', 'a#b#EXT#@fabrikam.example', 'a#[redacted]'],
    ['an address behind an @', '@a@contoso.example', '@[redacted]'],
  ])('%s', (_name, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each<[name: string, text: string]>([
    ['eyJ and less than 20 characters', `eyJ${letters(16)}`],
    ['a number with less than 24 characters', `0.${letters(21)}`],
    ['another number', `2.${letters(30)} 0`],
    ['no dot behind the number', `0a.${letters(30)}`],
    ['31 characters', `${letters(29)}A0`],
    ['32 characters without a digit', `${letters(31)}A`],
    ['32 characters without a digit, and a digit behind', `${letters(31)}A,9`],
    ['39 characters in one case', `${letters(38)}0`],
    ['39 characters in upper case', `${letters(38).toUpperCase()}0`],
    ['40 letters', letters(40)],
    ['40 letters in both cases', `${letters(39)}A`],
    ['only signs next to letters and digits', `${letters(20)}AAAA${'-~_+'.repeat(4)}`],
    ['a word whose first digit comes after 512 characters', `${letters(512)}0`],
    ['a GUID in both cases', '0A1b2C3d-1111-4aAa-8bBb-0123456789ab'],
    ['a GUID in both cases behind words', 'got 0A1b2C3d-1111-4aAa-8bBb-0123456789ab, x'],
    ['upper case, a digit and a sign', `${'A'.repeat(38)}0~`.slice(1)],
    ['256 in a version number', '1.2.3.256'],
    ['four digits in a version number', '1.2.3.0004'],
    ['a gap in a version number', '1.2..4'],
    ['a letter in a version number', '1.2.3.4a'],
    ['five numbers', '1.2.3.4.5'],
    ['an @ with two characters behind it', 'a@bc'],
    ['a time', 'at 10:20:30 std::string'],
    ['a time, with an address behind', 'at 10:20:30, x'],
    ['a group of five digits', '12345::1'],
    ['five digits in the second group', '1::12345'],
    ['letters behind an address', 'a::1x'],
    ['no digit at all', 'dead::beef'],
    ['a name behind two colons', 'a::get1'],
    ['seven groups', '1:2:3:4:5:6:7'],
    ['eleven characters behind a scheme', 'Bearer abcdEFGH012'],
    ['a scheme before the next field of a form', 'token_type=Bearer&expires_in=3599'],
    ['a scheme with too many blanks', `Bearer${' '.repeat(25)}canaryToken0`],
    ['an empty secret', 'password=&x=1'],
    ['a secret that is null', 'password=null'],
    ['a scheme before a name', 'Bearer authorization_uri="x"'],
  ])('keeps %s', (_name, text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('redactText: names of secrets that hold none', () => {
  it.each([
    '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
    '"claims":"{\\"access_token\\":{\\"nbf\\":{\\"essential\\":true}}}"',
    '{"id_token": {"auth_time":{"essential":true}}}',
    'see https://login.microsoftonline.com/error?code=50076 for details',
    'error_uri=https%3a%2f%2flogin.microsoftonline.com%2ferror%3fcode%3d65004&state=',
  ])('keeps %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it.each([
    ['a code to redeem', 'https://contoso.test/callback?code=123456&x=1'],
    ['a one-time code', 'https://contoso.test/verify?code=50076'],
    ['a code behind a number', 'https://login.microsoftonline.com/error?code=50076-canary'],
    ['an object that is no claims directive', 'password={"canary"'],
    ['a secret inside the object', '{"access_token":{"client_secret":"canary0"}}'],
    ['a token in braces', 'access_token={canary0}'],
  ])('still hides %s', (_name, text) => {
    expect(redactText(text)).toContain('[redacted]');
  });
});
