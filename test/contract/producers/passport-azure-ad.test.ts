/**
 * passport-azure-ad 4 (retired, still in use). It reports failures as a text: `fail('In _authCodeFlowHandler: …{JSON}')`.
 * The JSON holds the token endpoint's body as a string, so it is JSON inside JSON inside a message.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { expectReading, fromWholeAnswer } from './expected.js';
import { startLoopback, type Loopback, type ReplyName } from './loopback.js';

/** The package has no types of its own. */
interface Strategy {
  authenticate(request: object, options: object): void;
}
interface PassportAzureAd {
  readonly OIDCStrategy: new (options: object, verify: () => void) => Strategy;
}

const packageName: string = 'passport-azure-ad';
let library: PassportAzureAd;
let loopback: Loopback;

beforeAll(async () => {
  loopback = await startLoopback();
  const loaded = (await import(packageName)) as PassportAzureAd & { readonly default?: PassportAzureAd };
  library = loaded.default ?? loaded;
});
afterAll(() => loopback.close());

const clientId = '7d2f0a5e-3333-4c00-8a00-0c0ffee00003';

/** Redeems a code at the loopback server; only metadata and session, which need https and a browser, are stood in for. */
function failureOf(name: ReplyName, loggingNoPII: boolean): Promise<unknown> {
  const strategy = new library.OIDCStrategy(
    {
      identityMetadata:
        'https://login.microsoftonline.com/7d2f0a5e-2222-4c00-8a00-0c0ffee00002/v2.0/.well-known/openid-configuration',
      clientID: clientId,
      clientSecret: 'invented-secret',
      responseType: 'code',
      responseMode: 'query',
      redirectUrl: 'https://app.example/redirect',
      loggingLevel: 'fatal',
      loggingNoPII,
      passReqToCallback: false,
    },
    () => undefined,
  );
  const target = {
    clientID: clientId,
    clientSecret: 'invented-secret',
    redirectUrl: 'https://app.example/redirect',
    scope: ['openid'],
  };
  return new Promise((resolve) => {
    const perRequest = Object.assign(Object.create(strategy) as Strategy, {
      setOptions: (_params: object, oauth: object, _validate: object, next: () => void) => {
        Object.assign(oauth, target, { token_endpoint: loopback.url(name), authorization_endpoint: loopback.origin });
        next();
      },
      _sessionContentHandler: { findAndDeleteTupleByState: () => ({ nonce: 'invented-nonce' }) },
      fail: resolve,
      error: resolve,
    });
    perRequest.authenticate({ query: { code: 'invented-code', state: 'invented-state' }, session: {} }, {});
  });
}

describe('OIDCStrategy', () => {
  it.each(['mfa', 'expired', 'consent', 'secret', 'busy'] as const)(
    '%s, as the text it fails with and as an Error of it',
    async (name) => {
      const failure = await failureOf(name, false);
      expect(failure).toEqual(expect.stringContaining('failed to redeem authorization code'));
      const { read: facts, ...outcome } = fromWholeAnswer[name];
      const { oauthError, aadstsCodes, traceId, correlationId, timestamp } = facts;
      const claims = 'claims' in facts ? { claims: facts.claims } : {};
      const expectation = {
        ...outcome,
        read: { oauthError, aadstsCodes, traceId, correlationId, timestamp, ...claims },
      };
      expectReading(failure, expectation);
      expectReading(new Error(failure as string), expectation);
    },
  );

  it('says nothing of the cause by default, and nothing is made up', async () => {
    const error = normalize(await failureOf('mfa', true));
    expect(error?.aadstsCodes ?? []).toEqual([]);
    expect(error?.oauthError).toBeUndefined();
  });
});
