/** The doctor on errors that real HTTP clients and SDKs throw. */
import { Client, type Context } from '@microsoft/microsoft-graph-client';
import axios from 'axios';
import got from 'got';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/doctor/index.js';
import { accessToken, delegated, nowMs } from '../../unit/doctor/support.js';
import { startLoopback, thrownBy, type Loopback, type ReplyName } from './loopback.js';

let loopback: Loopback;

beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

const authorization = `Bearer ${accessToken(delegated('User.Read'))}`;

function graphGet(name: ReplyName): Promise<unknown> {
  const client = Client.initWithMiddleware({
    baseUrl: `${loopback.origin}/`,
    customHosts: new Set(['127.0.0.1']),
    middleware: {
      execute: async (context: Context): Promise<void> => {
        context.response = await fetch(context.request, context.options);
      },
    },
  });
  return client.api(`/${name}`).get() as Promise<unknown>;
}

const clients: readonly (readonly [name: string, get: (name: ReplyName) => Promise<unknown>])[] = [
  ['Graph SDK', graphGet],
  ['axios', (name) => axios.get(loopback.url(name), { headers: { authorization } })],
  ['got', (name) => got(loopback.url(name), { headers: { authorization }, retry: { limit: 0 } }).json()],
];

describe.each(clients)('%s', (_client, get) => {
  it('403 of Graph: permission or user', async () => {
    expect(diagnose(await thrownBy(() => get('graphDenied')), { nowMs })).toMatchObject({
      service: 'graph',
      status: 403,
      code: 'Authorization_RequestDenied',
      findings: [{ id: 'missing-permission' }, { id: 'user-privilege' }],
    });
  });

  it('401 of Graph with claims: the session was revoked', async () => {
    const diagnosis = diagnose(await thrownBy(() => get('graphRevoked')), { nowMs });
    expect(diagnosis).toMatchObject({ service: 'graph', status: 401, conclusive: true });
    expect(diagnosis?.findings[0]).toMatchObject({ id: 'conditional-access', confidence: 'certain' });
    expect(diagnosis?.findings[0]?.cause).toContain('revoked or changed');
  });

  it('throttling is no refusal', async () => {
    expect(diagnose(await thrownBy(() => get('graphBusy')), { nowMs })).toBeUndefined();
  });
});

describe.each(clients.filter(([name]) => name !== 'Graph SDK'))('%s', (_client, get) => {
  it('the token that the client kept is read when asked for, never otherwise', async () => {
    const thrown = await thrownBy(() => get('graphDenied'));
    const options = { nowMs, wantedScopes: ['Mail.Read'] };
    expect(diagnose(thrown, options)?.token).toBeUndefined();
    expect(diagnose(thrown, { ...options, tokenFromError: true })).toMatchObject({
      conclusive: true,
      findings: [{ id: 'missing-permission', confidence: 'certain' }],
      token: { scopes: ['User.Read'] },
    });
  });
});
