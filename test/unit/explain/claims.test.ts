import { describe, expect, it } from 'vitest';
import { describeClaims, developerTexts } from '../../../src/explain/index.js';

const texts = developerTexts('en').claims;
const describeEnglish = (claims: unknown): string[] => describeClaims(JSON.stringify(claims), texts);

describe('describeClaims', () => {
  it.each([
    [
      { access_token: { acrs: { essential: true, value: 'c1' } } },
      'the access token must satisfy authentication context c1 (Conditional Access)',
    ],
    [
      { id_token: { acr: { values: ['c1', 'c2'] } } },
      'the ID token must satisfy authentication context c1, c2 (Conditional Access)',
    ],
    [
      { access_token: { polids: { values: ['policy-one'] } } },
      'the sign-in must satisfy Conditional Access policy policy-one',
    ],
    [
      { access_token: { nbf: { essential: true, value: '1700000000' } } },
      'the access token must be issued after 2023-11-14T22:13:20Z: earlier ones are no longer accepted (session revoked or changed)',
    ],
    [{ access_token: { xms_cc: { values: ['cp1'] } } }, 'the client declares the capabilities cp1'],
    [{ userinfo: { given_name: { essential: true } } }, 'the UserInfo response must hold the claim "given_name"'],
    [{ id_token: { sub: { value: 'abc' } } }, 'the ID token should hold the claim "sub" with the value abc'],
    [{ id_token: { auth_time: null } }, 'the user must have signed in after '],
    [{ access_token: { amr: { values: ['mfa'] } } }, 'the user must authenticate with mfa'],
  ])('%j', (claims, expected) => {
    expect(describeEnglish(claims)).toEqual([expected]);
  });

  it('does not repeat the IP address that a resource saw', () => {
    const asks = describeEnglish({ access_token: { xms_rp_ipaddr: { value: '192.0.2.7' } } });
    expect(asks).toHaveLength(1);
    expect(asks.join()).not.toContain('192.0.2.7');
  });

  it('counts what it does not list', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`claim${String(index)}`, null]));
    const asks = describeEnglish({ id_token: many });
    expect(asks).toHaveLength(17);
    expect(asks.at(-1)).toBe('and 24 more');
  });

  it('cuts foreign names and takes control characters out', () => {
    const [ask = ''] = describeEnglish({ id_token: { [`a\u001b[31m${'b'.repeat(500)}`]: { essential: true } } });
    expect(ask).not.toContain('\u001b');
    expect(ask.length).toBeLessThan(140);
  });

  it.each([['not json'], ['[]'], ['null'], ['{"access_token":7}']])('%s asks for nothing', (claims) => {
    expect(describeClaims(claims, texts)).toEqual([]);
  });

  it('speaks Dutch', () => {
    const asks = describeClaims('{"access_token":{"acrs":{"value":"c1"}}}', developerTexts('nl').claims);
    expect(asks).toEqual(['het toegangstoken moet voldoen aan verificatiecontext c1 (voorwaardelijke toegang)']);
  });
});
