import { ruleOfAzureIdentityError } from '../catalog/index.js';
import type { Reading } from './aad-error.js';
import { decodeClaims } from './claims.js';
import { asBag, asStatus, members, read, readText, type Bag } from './read.js';
import { readMsalMessage } from './msal.js';
import { readTextValue } from './text.js';
import { readTokenResponse } from './token-response.js';
import { fill } from './merge.js';

/**
 * Errors of @azure/identity, known by name. AuthenticationError keeps a camel-cased token body in `errorResponse` without
 * suberror and claims; AuthenticationRequiredError keeps the scopes, and from 4.14.1 MSAL's error in `cause`.
 */
export function readAzureIdentity(bag: Bag, nowMs: number): Reading | undefined {
  const name = readText(bag, 'name');
  if (name === undefined || ruleOfAzureIdentityError(name) === undefined) return undefined;
  const message = readText(bag, 'message');
  const response = asBag(read(bag, 'errorResponse'));
  const options = asBag(read(bag, 'getTokenOptions'));
  const claims = decodeClaims(options && read(options, 'claims'));
  const scopes = members(read(bag, 'scopes')).filter(
    (scope): scope is string => typeof scope === 'string' && scope.length < 256,
  );
  const reading: Reading = {
    producer: 'azure-identity',
    origin: 'client',
    clientCode: name,
    status: asStatus(read(bag, 'statusCode')),
    rawDescription: message,
    claims,
    ...(scopes.length > 0 && { scopes }),
  };
  const body = response === undefined ? undefined : readTokenResponse(response);
  const text = message === undefined ? undefined : readTextValue(message);
  // It wraps MSAL's errors and copies their message: the prefix is all that tells an outage from a missing session.
  const msal = message === undefined ? undefined : readMsalMessage(message, nowMs, true);
  const server = fill(fill(body, msal), text);
  if (server === undefined) {
    // Many libraries have an AuthenticationError; this one has the server's answer on it, or its text.
    return name === 'AuthenticationError' && response === undefined ? undefined : reading;
  }
  return { ...fill(server, reading), producer: 'azure-identity', clientCode: server.clientCode ?? name };
}
