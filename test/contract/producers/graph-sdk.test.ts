/** Microsoft Graph SDK for JavaScript. */
import { Client, type Context } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectForeign, expectReading, fromWholeAnswer, graphReplies } from './expected.js';
import { startLoopback, thrownBy, type Loopback, type ReplyName } from './loopback.js';

let loopback: Loopback;

beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

/** The SDK's own retries would wait; everything else of the chain is its own. */
function get(name: ReplyName): Promise<unknown> {
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

describe('GraphError of @microsoft/microsoft-graph-client', () => {
  it.each(graphReplies)('%s', async (name) => {
    expectReading(await thrownBy(() => get(name)), fromWholeAnswer[name]);
  });

  it('an answer of another API is not an identity error', async () => {
    expectForeign(await thrownBy(() => get('orders')));
  });
});
