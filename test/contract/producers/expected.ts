/** What must be read and decided for the answers of the loopback server, whichever library brought them. */
import { expect } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadAction, AadError } from '../../../src/types.js';
import {
  correlationId,
  policyClaims,
  requestId,
  revokedClaims,
  timestamp,
  traceId,
  type ReplyName,
} from './loopback.js';

export interface Expectation {
  readonly action: AadAction;
  readonly situation: string;
  readonly read: Partial<AadError>;
}

const ids = { traceId, correlationId, timestamp };
const graphIds = { traceId: requestId, requestCorrelationId: correlationId, timestamp };

/** For libraries that hand over status, headers and body. */
export const fromWholeAnswer = {
  mfa: {
    action: 'claims_challenge',
    situation: 'mfa-required',
    read: {
      oauthError: 'invalid_grant',
      suberror: 'basic_action',
      aadstsCodes: [50076],
      claims: policyClaims,
      status: 400,
      ...ids,
    },
  },
  expired: {
    action: 'interactive',
    situation: 'session-expired',
    read: { oauthError: 'invalid_grant', aadstsCodes: [700082], status: 400, ...ids },
  },
  consent: {
    action: 'consent',
    situation: 'consent-needed',
    read: { oauthError: 'invalid_grant', suberror: 'consent_required', aadstsCodes: [65001], status: 400, ...ids },
  },
  secret: {
    action: 'fix_config',
    situation: 'secret-expired',
    read: { oauthError: 'invalid_client', aadstsCodes: [7000215], status: 401, ...ids },
  },
  busy: {
    action: 'retry',
    situation: 'service-busy',
    read: { oauthError: 'temporarily_unavailable', aadstsCodes: [90055], status: 429, retryAfterSeconds: 17, ...ids },
  },
  outage: {
    action: 'retry',
    situation: 'service-unavailable',
    read: { status: 503, retryAfterSeconds: 17, unconfirmed: true },
  },
  graphRevoked: {
    action: 'claims_challenge',
    situation: 'session-expired',
    read: {
      oauthError: 'insufficient_claims',
      claims: revokedClaims,
      clientCode: 'InvalidAuthenticationToken',
      status: 401,
      ...graphIds,
    },
  },
  graphDenied: {
    action: 'contact_admin',
    situation: 'permission-denied',
    read: { producer: 'graph', clientCode: 'Authorization_RequestDenied', status: 403, ...graphIds },
  },
  graphBusy: {
    action: 'retry',
    situation: 'service-busy',
    read: { producer: 'graph', clientCode: 'TooManyRequests', status: 429, retryAfterSeconds: 17, ...graphIds },
  },
} as const satisfies Partial<Record<ReplyName, Expectation>>;

export type IdentityReply = keyof typeof fromWholeAnswer;
export const tokenReplies = ['mfa', 'expired', 'consent', 'secret', 'busy', 'outage'] as const;
export const graphReplies = ['graphRevoked', 'graphDenied', 'graphBusy'] as const;
export const allReplies = [...tokenReplies, ...graphReplies] as const;

export function read(thrown: unknown): AadError {
  const error = normalize(thrown, { nowMs: 0 });
  if (error === undefined) throw new Error(`nothing was read from ${String(thrown)}`);
  return error;
}

export function expectReading(thrown: unknown, { action, situation, read: facts }: Expectation): void {
  const error = read(thrown);
  expect(error).toMatchObject(facts);
  expect(decide(error)).toMatchObject({ action, situation, retryable: action === 'retry' });
}

/** An error of the application's own API: not ours, and no number in it is a code. */
export function expectForeign(thrown: unknown): void {
  const error = normalize(thrown, { nowMs: 0 });
  if (error === undefined) return;
  expect(error).toMatchObject({ unconfirmed: true, aadstsCodes: [], b2cCodes: [] });
  expect(error.oauthError).toBeUndefined();
}
