import type { Reading } from './aad-error.js';
import { asBag, asStatus, read, readText, type Bag } from './read.js';
import { readTextValue } from './text.js';
import { readTokenResponse } from './token-response.js';
import { saysUnusableToken, unusableToken } from './unusable-token.js';

/**
 * Errors of passport-azure-ad: an Error whose message says in which function it failed, with the server's text or
 * `{"statusCode":…,"data":…}` behind it: `In _authCodeFlowHandler: failed to redeem authorization code: …`.
 */
export function readPassport(bag: Bag): Reading | undefined {
  const message = readText(bag, 'message');
  const name = readText(bag, 'name');
  if (message !== undefined && (name === 'TokenError' || name === 'AuthorizationError'))
    return readOauth2(bag, message);
  if (message === undefined || !/^In [A-Za-z_.]{4,60}: /.test(message)) return undefined; // refuses "In an hour: "
  if (message.includes('invalid state received in the request')) {
    return { producer: 'passport-azure-ad', origin: 'client', clientCode: 'state_mismatch', rawDescription: message };
  }
  const reading = readTextValue(message.slice(message.indexOf(': ') + 2));
  if (reading !== undefined) return { ...reading, producer: 'passport-azure-ad' };
  if (message.startsWith(bearerPrefix)) return readBearerLog(message);
  const brace = message.indexOf('{"statusCode":');
  if (brace < 0) return undefined;
  try {
    const answer = asBag(JSON.parse(message.slice(brace)));
    const status = answer && asStatus(read(answer, 'statusCode'));
    return status === undefined || (status !== 429 && status < 500)
      ? undefined
      : { producer: 'passport-azure-ad', origin: 'network', status, rawDescription: message };
  } catch {
    return undefined;
  }
}

const bearerPrefix = 'In Strategy.prototype.jwtVerify: ';

/** What BearerStrategy says about a token that its check has refused: `jwt is expired`, `jwt audience is invalid`. */
function readBearerLog(message: string): Reading {
  return {
    producer: 'passport-azure-ad',
    origin: 'resource-challenge',
    oauthError: 'invalid_token',
    clientCode: saysUnusableToken(message) ? unusableToken : undefined,
    rawDescription: message,
  };
}

/** passport-oauth2 renames the members of the body: `code` is the OAuth error, `uri` the error_uri; `status` is its own. */
function readOauth2(bag: Bag, message: string): Reading | undefined {
  const reading = readTokenResponse({
    error: readText(bag, 'code'),
    error_description: message,
    error_uri: readText(bag, 'uri'),
  });
  const hasCode = reading !== undefined && (reading.aadstsCodes?.length ?? 0) + (reading.b2cCodes?.length ?? 0) > 0;
  return hasCode ? { ...reading, producer: 'passport-azure-ad' } : undefined;
}
