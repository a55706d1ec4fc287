import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { saysUnusableToken } from '../../../src/normalize/unusable-token.js';
import { traceId } from './support.js';

const graph = (message: string): object => ({
  status: 401,
  headers: {},
  body: { error: { code: 'InvalidAuthenticationToken', message, innerError: { 'request-id': traceId } } },
});
const challenge = (description: string): object => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${description}"` },
});
const storage = (detail: string): object => ({
  status: 401,
  headers: { 'x-ms-error-code': 'InvalidAuthenticationInfo' },
  body: `<?xml version="1.0"?><Error><Code>InvalidAuthenticationInfo</Code><Message>No.\nRequestId:${traceId}</Message><AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail></Error>`,
});
const sharePoint = (description: string, parameters = 'client_id="00000003-0000-0ff1-ce00-000000000000"'): object => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="contoso.test",${parameters}` },
  body: { error_description: description },
});

const told = (thrown: unknown): readonly unknown[] => {
  const error = normalize(thrown);
  if (error === undefined) return ['none'];
  const { action, situation } = decide(error);
  return [error.clientCode, action, situation, error.unconfirmed ?? false];
};

const unusable = ['unusable_token', 'fix_config', 'app-misconfigured', false];

describe('a token refused for what it is', () => {
  it.each<[name: string, thrown: unknown]>([
    ['Graph: another audience', graph('Access token validation failure. Invalid audience.')],
    ['Graph: another issuer', graph('Access token validation failure. Invalid issuer.')],
    ['Graph: unreadable', graph('CompactToken parsing failed with error code: 80049228')],
    ['a Web API: another audience', challenge("The audience 'api://orders.contoso.test' is invalid")],
    ['a Web API: another issuer', challenge("The issuer 'https://sts.contoso.test/' is invalid")],
    ['Storage: another audience', storage('Audience validation failed. Audience did not match.')],
    ['SharePoint: a kind it does not take', sharePoint('Unsupported app only token.')],
    [
      'SharePoint: another audience',
      sharePoint("Exception of type 'AudienceUriValidationFailedException' was thrown."),
    ],
    ['BearerStrategy', new Error('In Strategy.prototype.jwtVerify: jwt audience is invalid. expected: api://orders')],
  ])('%s: the developer must change it, signing in brings the same token', (_name, thrown) => {
    expect(told(thrown)).toEqual(unusable);
  });

  it.each<[name: string, thrown: unknown, clientCode: string | undefined]>([
    ['Graph', graph('Lifetime validation failed, the token is expired.'), 'InvalidAuthenticationToken'],
    ['Graph, both', graph('Invalid audience. The token is expired.'), 'InvalidAuthenticationToken'],
    ['a Web API', challenge("The token expired at '01/15/2026 10:20:30'"), undefined],
    ['a Web API: signature', challenge('The signature is invalid'), undefined],
    ['Storage', storage('Lifetime validation failed. The token is expired.'), 'InvalidAuthenticationInfo'],
    ['BearerStrategy', 'In Strategy.prototype.jwtVerify: jwt is expired', undefined],
  ])('%s: an expired token needs a new one', (_name, thrown, clientCode) => {
    expect(told(thrown)).toEqual([clientCode, 'interactive', 'session-expired', false]);
  });

  it('the words of SharePoint in the answer of an unknown API prove nothing', () => {
    expect(told(sharePoint('Unsupported app only token.', 'charset="UTF-8"'))).toEqual([...unusable.slice(0, 3), true]);
  });

  it('a code of another kind keeps its meaning whatever its text says', () => {
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Invalid audience.' } };
    expect(told({ status: 403, headers: {}, body })[0]).toBe('Authorization_RequestDenied');
  });

  it('looks at 2,048 characters', () => {
    const reason = 'Invalid issuer';
    expect(saysUnusableToken(reason.padStart(2_048))).toBe(true);
    expect(saysUnusableToken(reason.padStart(2_049))).toBe(false);
    expect(saysUnusableToken(undefined)).toBe(false);
  });
});
