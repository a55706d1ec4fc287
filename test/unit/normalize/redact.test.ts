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

describe('redactText: hostile texts', () => {
  it.each([
    'password:AADSTS',
    'password=null ',
    'password=',
    'cookie:',
    'cookie:"a",',
    'a@',
    '1.2.3.4.',
    'eyJ',
    '%',
    '%25',
    '::',
    ':',
    '1:',
    'Bearer ',
    '#EXT#',
    '\\u0026',
    '"',
    'password="\\',
    '\u00e9',
    '..',
    'state',
  ])('takes 1 MB of %j in linear time', (shape) => {
    const text = shape.repeat(Math.ceil(1_000_000 / shape.length));
    redactText(text);
    const start = performance.now();
    for (let round = 0; round < 5; round += 1) expect(redactText(text).length).toBeLessThan(16_384 * 11);
    expect((performance.now() - start) / 5).toBeLessThan(25);
  });
});
