import type { Reading } from './aad-error.js';
import { readParsedChallenges } from './challenge-reading.js';
import { isAnotherServers } from './http-response.js';
import { urlsOf } from './network.js';
import { asBag, asStatus, isInstance, read, readText, type Bag } from './read.js';
import { readTokenResponse } from './token-response.js';

const bodyNames = new Set(['OPError', 'ResponseBodyError', 'AuthorizationResponseError']);

/**
 * Errors of openid-client 5 (`OPError`) and of openid-client 6 / oauth4webapi, which divide by place of arrival: token
 * body, authorization response (with URLSearchParams in `cause`), and parsed `WWW-Authenticate` challenges in `cause`.
 */
export function readOpenidClient(bag: Bag): Reading | undefined {
  const name = readText(bag, 'name');
  if (name === undefined) return undefined;
  const status = asStatus(read(bag, 'status'));
  const cause = read(bag, 'cause');
  if (name === 'WWWAuthenticateChallengeError') {
    const reading = readParsedChallenges(cause, status);
    return reading === undefined ? undefined : { ...reading, producer: 'openid-client' };
  }
  if (!bodyNames.has(name)) return undefined;
  const origin = name === 'AuthorizationResponseError' ? 'authorization-response' : undefined;
  const causeBag = asBag(cause);
  const body = isInstance(causeBag, URLSearchParams) ? Object.fromEntries(causeBag) : causeBag;
  const reading = (body === undefined ? undefined : readTokenResponse(body, origin)) ?? readTokenResponse(bag, origin);
  if (reading === undefined) return undefined;
  // The client serves every provider: another one's host says that the error is not Entra's.
  const unconfirmed = isAnotherServers(() => urlsOf(bag), reading);
  return { ...reading, producer: 'openid-client', status: reading.status ?? status, unconfirmed };
}
