/** Azure SDK for JavaScript: RestError around a real answer, and of a connection that failed. */
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { allReplies, expectForeign, expectReading, fromWholeAnswer } from './expected.js';
import { closedOrigin, startLoopback, thrownBy, type Loopback } from './loopback.js';

let loopback: Loopback;

beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

/** What every generated client does with an answer it did not expect. */
async function send(url: string): Promise<never> {
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
  const request = createPipelineRequest({ url, allowInsecureConnection: true });
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
  throw new RestError('The request failed.', { statusCode: response.status, request, response });
}

describe('RestError of @azure/core-rest-pipeline', () => {
  it.each(allReplies)('%s', async (name) => {
    expectReading(await thrownBy(() => send(loopback.url(name))), fromWholeAnswer[name]);
  });

  it('an answer of another API is not an identity error', async () => {
    expectForeign(await thrownBy(() => send(loopback.url('orders'))));
  });

  it('a refused connection to some host is not known to be ours', async () => {
    const closed = await closedOrigin();
    expectForeign(await thrownBy(() => send(closed)));
  });
});
